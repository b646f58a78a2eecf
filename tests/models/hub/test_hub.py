import json
from collections import deque
from dataclasses import replace

import pytest
from loopback_hub import REVISION, loopback_hub
from near_client import near_client

from models.http import RequestCancelled
from models.hub.catalog import shipped_catalog
from models.hub.hub import Hub, HubProblem

CATALOG = shipped_catalog()
BASE = "GAIR/DeepResearcher-7b"
FAMILY = replace(
    CATALOG.family("deepresearcher-7b"), shape=replace(CATALOG.family("deepresearcher-7b").shape, parameters=0)
)
KNOWN = CATALOG.known_quantisers


@pytest.fixture
def server():
    with loopback_hub() as made:
        made.quantised[BASE] = [
            {"id": "nobody/DR-GGUF", "downloads": 900, "likes": 3, "gated": False},
            {"id": "mradermacher/DR-GGUF", "downloads": 50, "likes": 1},
            {"modelId": "bartowski/DR-GGUF", "downloads": 10},
            {"id": "secret/DR-GGUF", "downloads": 5000, "gated": "manual"},
        ]
        for name in ("nobody", "mradermacher", "bartowski", "secret"):
            made.add(f"{name}/DR-GGUF", f"DR-{name}-Q4_K_M.gguf", name.encode() * 9)
        made.add("nobody/DR-GGUF", "DR-Q8_0.gguf", b"eight")
        made.add("nobody/DR-GGUF", "README.md", b"words")
        yield made


@pytest.fixture
def hub(server):
    with near_client(server.address) as client:
        yield Hub(client, mirror=server.address)


def test_known_makers_come_first_and_closed_repositories_last(hub, server):
    found = hub.quantised(BASE, known_quantisers=KNOWN)
    assert [one.name.partition("/")[0] for one in found] == ["bartowski", "mradermacher", "nobody", "secret"]
    assert found[2].downloads == 900
    path, headers = server.requests[0]
    assert "filter=base_model%3Aquantized%3AGAIR%2FDeepResearcher-7b" in path and "filter=gguf" in path
    assert "authorization" not in headers and "cookie" not in headers


def test_files_come_with_sizes_checksums_and_the_revision(hub, server):
    listing = hub.files("nobody/DR-GGUF")
    assert listing.revision == REVISION
    assert [(file.path, file.size_bytes) for file in listing.files] == [
        ("DR-nobody-Q4_K_M.gguf", 54),
        ("DR-Q8_0.gguf", 5),
    ]
    assert all(len(file.sha256) == 64 for file in listing.files)


def test_the_best_file_of_each_quantisation_is_offered(hub):
    offers = hub.offers(FAMILY, known_quantisers=KNOWN)
    assert {(one.quantisation, one.repository) for one in offers} == {
        ("Q4_K_M", "bartowski/DR-GGUF"),
        ("Q8_0", "nobody/DR-GGUF"),
    }
    assert all(one.is_pinned for one in offers)
    assert hub.address_of(offers[0], offers[0].files[0]).endswith(
        f"/{offers[0].repository}/resolve/{REVISION}/{offers[0].file}"
    )


def test_a_repository_that_is_gone_does_not_spoil_the_others(hub, server):
    del server.files["bartowski/DR-GGUF"]
    assert {one.repository for one in hub.offers(FAMILY, known_quantisers=KNOWN)} == {
        "mradermacher/DR-GGUF",
        "nobody/DR-GGUF",
    }


def test_the_catalogue_is_made_fresh(hub):
    catalog = replace(CATALOG, families=(FAMILY, *CATALOG.families[1:]))
    fresh = hub.refreshed(catalog, keys=(FAMILY.key,))
    assert {one.quantisation for one in fresh.family(FAMILY.key).offers} == {"Q4_K_M", "Q8_0"}
    assert fresh.families[1] == CATALOG.families[1]


def test_a_model_nobody_has_quantised_keeps_its_shipped_offers(hub, server):
    server.quantised.clear()
    assert hub.refreshed(CATALOG, keys=(FAMILY.key,)) == CATALOG


def test_an_offer_gets_its_checksum(hub):
    (known, *_) = [one for one in hub.offers(FAMILY) if one.quantisation == "Q8_0"]
    bare = replace(known, revision="", files=tuple(replace(file, sha256="", size_bytes=1) for file in known.files))
    pinned = hub.pinned(bare)
    assert (pinned.sha256, pinned.revision, pinned.size_bytes) == (known.sha256, REVISION, 5)
    with pytest.raises(HubProblem, match="any more"):
        hub.pinned(replace(bare, files=tuple(replace(file, path="other-Q8_0.gguf") for file in bare.files)))
    whole = replace(bare, shape=CATALOG.family("deepresearcher-7b").shape)
    with pytest.raises(HubProblem, match="cannot be this model"):
        hub.pinned(whole)


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        ({"gated": True}, "does not give out"),
        ({"captcha": True}, "web page"),
        ({"captcha_as_file": True}, "web page"),
        ({"statuses": deque([404])}, "does not have"),
        ({"statuses": deque([407])}, "proxy wants a name"),
        ({"statuses": deque([500])}, "out of order"),
        ({"statuses": deque([418])}, "answers with an error"),
        ({"api": b""}, "no list of models"),
        ({"api": b"nonsense"}, "no list of models"),
        ({"api": b"[" * 100_000}, "no list of models"),
        ({"api": b"3"}, "no list of models"),
        ({"api": b" " * 9_000_000}, "far too large"),
    ],
)
def test_every_problem_is_a_sentence(hub, server, faults, words):
    for name, value in faults.items():
        setattr(server.faults, name, value)
    with pytest.raises(HubProblem, match=words) as caught:
        hub.files("nobody/DR-GGUF")
    assert caught.value.hint.endswith(".")


def test_a_hub_that_was_asked_too_often_says_when_to_come_back(hub, server):
    server.faults.statuses = deque([429])
    server.faults.retry_after = "120"
    with pytest.raises(HubProblem, match="asked too often") as caught:
        hub.quantised(BASE)
    assert caught.value.retry_after_s == 120
    assert "2 min" in caught.value.hint


@pytest.mark.parametrize(
    "said",
    [
        [
            None,
            3,
            "x",
            {},
            {"id": 5},
            {"id": "../../etc"},
            {"id": "a/b", "downloads": "many", "likes": None, "private": True},
        ],
        [],
    ],
)
def test_odd_lists_of_repositories_are_empty_lists(hub, server, said):
    server.faults.api = json.dumps(said).encode()
    assert hub.quantised(BASE) == ()


@pytest.mark.parametrize(
    "siblings",
    [
        None,
        {"a": 1},
        [None, 3, {}, {"rfilename": 5}],
        [
            {"rfilename": "a-Q4_0.gguf"},
            {"rfilename": "b-Q4_0.gguf", "size": -5},
            {"rfilename": "c-Q4_0.gguf", "size": True},
        ],
        [{"rfilename": "../a-Q4_0.gguf", "size": 5}, {"rfilename": "a-Q4_0.gguf", "size": 10**16}],
    ],
)
def test_odd_lists_of_files_are_empty_lists(hub, server, siblings):
    server.faults.api = json.dumps({"sha": ["no"], "siblings": siblings, "gated": "auto"}).encode()
    listing = hub.files("nobody/DR-GGUF")
    assert listing.files == ()
    assert listing.revision == ""
    assert listing.is_gated


def test_a_checksum_in_the_older_form_is_read(hub, server):
    server.faults.api = json.dumps(
        {"sha": "abc", "siblings": [{"rfilename": "a-Q4_0.gguf", "lfs": {"oid": "sha256:" + "A" * 64, "size": 7}}]}
    ).encode()
    (file,) = hub.files("nobody/DR-GGUF").files
    assert (file.sha256, file.size_bytes) == ("a" * 64, 7)


def test_a_question_can_be_given_up(hub, server):
    server.faults.silent = True
    with pytest.raises(RequestCancelled):
        hub.files("nobody/DR-GGUF", is_cancelled=lambda: bool(server.requests))


@pytest.mark.parametrize("mirror", ["ftp://a", "huggingface", "https://", "https://a?b=c", "http://[", "javascript:x"])
def test_a_mirror_without_sense_is_refused(mirror):
    with near_client() as client, pytest.raises(HubProblem, match="mirror"):
        Hub(client, mirror=mirror)


def test_a_name_without_sense_is_refused(hub):
    with pytest.raises(HubProblem, match="no name of a repository"):
        hub.files("only-a-name")


def test_a_hub_out_of_reach_is_said_so():
    with near_client("http://127.0.0.1:9") as client, pytest.raises(HubProblem, match="refuses the connection"):
        Hub(client, mirror="http://127.0.0.1:9").files("a/b")


def test_an_offer_without_a_repository_is_looked_up(hub, server):
    catalog = replace(CATALOG, families=(FAMILY, *CATALOG.families[1:]))
    wanted = {offer.quantisation: offer for offer in FAMILY.offers}
    found = hub.located(wanted["Q4_K_M"], catalog=catalog)
    assert (found.repository, found.is_pinned) == ("bartowski/DR-GGUF", True)
    assert hub.located(found, catalog=catalog) is found
    with pytest.raises(HubProblem, match="no file of DeepResearcher-7b Q6_K") as caught:
        hub.located(wanted["Q6_K"], catalog=catalog)
    assert "Q4_K_M" in caught.value.hint
    server.quantised.clear()
    with pytest.raises(HubProblem, match="no file of"):
        hub.located(wanted["Q4_K_M"], catalog=catalog)
