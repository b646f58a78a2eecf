import ssl
from collections import Counter
from collections.abc import Iterator

import pytest
from loopback_web import door_to
from ssrf_vectors import FAR, World, try_door, try_httpx, vectors

from engine.network import addresses, resolving
from engine.network.door import Door

VECTORS = vectors()
PUBLIC = {"", FAR}
"""What may stand in the ledger as an address that was connected to."""
KINDS = tuple(Counter(vector.kind for vector in VECTORS))


@pytest.fixture
def world() -> Iterator[World]:
    with World() as made:
        yield made


@pytest.fixture
def door(world, tmp_path) -> Iterator[Door]:
    with door_to(world, tmp_path) as made:
        yield made


def test_there_are_vectors_enough_and_none_twice():
    assert len(VECTORS) >= 150
    assert len({repr(vector) for vector in VECTORS}) == len(VECTORS)


@pytest.mark.parametrize("kind", KINDS)
def test_no_trick_leads_to_a_number_that_is_not_public(world, door, kind):
    for vector in VECTORS:
        if vector.kind == kind:
            tried = try_door(world, vector, door)
            assert tried.near == [], vector
            assert tried.odd_ports == [], vector
    assert [one for one in door.ledger.entries(limit=1000) if one.address not in PUBLIC] == []


def test_a_client_that_guards_nothing_is_led_astray_by_most_of_them(world):
    believed = ssl.create_default_context()
    reached = Counter(vector.kind for vector in VECTORS if _goes_astray(world, vector, believed))
    assert sum(reached.values()) > len(VECTORS) * 0.6
    assert set(reached) >= {
        "numbers",
        "spellings",
        "IPv6",
        "names",
        "mixed answers",
        "rebinding",
        "redirects",
        "proxies",
    }


def test_the_same_door_without_its_judgement_is_led_astray(world, door, monkeypatch):
    """What is counted is what the judgement prevents: without it, the same ways through the same door are open."""
    monkeypatch.setattr(resolving, "is_public", lambda number: True)
    monkeypatch.setattr(resolving, "check_name_is_public", lambda host: None)
    monkeypatch.setattr(addresses, "check_name_is_public", lambda host: None)
    reached = Counter(vector.kind for vector in VECTORS if try_door(world, vector, door).near)
    counted = Counter(vector.kind for vector in VECTORS)
    assert reached["numbers"] == counted["numbers"]
    assert reached["mixed answers"] >= 1
    assert reached["names"] >= counted["names"] - 2
    assert reached["names at home"] == counted["names at home"]
    assert reached["rebinding"] >= counted["rebinding"] - 1
    assert reached["IPv6"] >= counted["IPv6"] - 4
    assert reached["redirects"] >= 12


def _goes_astray(world, vector, believed):
    tried = try_httpx(world, vector, believed)
    return bool(tried.near or tried.odd_ports)
