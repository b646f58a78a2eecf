"""The office with the real ``models`` behind it: a hub and a server on this computer, files in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fetched_model import MODEL
from loopback_chat import loopback_chat
from loopback_hub import LoopbackHub, loopback_hub

from desktop import model_office
from desktop.model_office import LocalOffice
from engine.network.door import Door
from models.choice import LocalChoice, ModelChoice, RemoteChoice
from models.errors import ModelUnusable, ServerUnreachable
from models.files.discovery import Discovery, find_models
from models.http import RequestCancelled
from models.hub.catalog import Catalog, shipped_catalog
from models.hub.download import DownloadProgress, DownloadState
from models.keys import Keys

REPOSITORY = "heron/Small-GGUF"


class NoKeyring:
    """A computer without a keyring."""

    def get_password(self, service_name: str, username: str) -> str | None:
        raise OSError

    def set_password(self, service_name: str, username: str, password: str) -> None:
        raise OSError

    def delete_password(self, service_name: str, username: str) -> None:
        raise OSError


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalOffice]:
    """An office that looks nowhere but in its own folder, and offers one small model that the hub must be asked for."""

    def look(folders: tuple[Path, ...], *, our_folder: Path) -> Discovery:
        return find_models(folders, our_folder=our_folder, other_places=())

    def catalog() -> Catalog:
        (family, *_) = shipped_catalog().families
        offers = [offer for offer in family.offers if offer.quantisation == "Q4_K_M"]
        small = replace(family, shape=replace(family.shape, parameters=0), offers=tuple(offers))
        return replace(shipped_catalog(), families=(small,))

    monkeypatch.setattr(model_office, "find_models", look)
    monkeypatch.setattr(model_office, "shipped_catalog", catalog)
    with Door(tmp_path / "data") as door:
        yield LocalOffice(tmp_path / "data", keys=Keys(NoKeyring()), door=door)


@pytest.fixture
def hub() -> Iterator[LoopbackHub]:
    with loopback_hub() as hub:
        hub.add(REPOSITORY, "Small-Q4_K_M.gguf", MODEL)
        hub.quantised["GAIR/DeepResearcher-7b"] = [{"id": REPOSITORY, "downloads": 7, "likes": 1, "gated": False}]
        yield hub


def never() -> bool:
    return False


def test_what_is_offered_is_known_without_asking_anybody(office: LocalOffice):
    (row,) = office.offers(ModelChoice(), held_bytes=0)
    assert row.name == "DeepResearcher-7b Q4_K_M"
    assert row.is_first
    assert not row.is_here
    assert row.size_is_estimated
    assert row.speed.words.startswith("about ")


def test_a_model_is_looked_up_downloaded_found_and_removed(office: LocalOffice, hub: LoopbackHub):
    choice = ModelChoice(mirror=hub.address)
    office.keep_choice(choice)
    (row,) = office.offers(choice, held_bytes=0)
    told: list[DownloadProgress] = []
    path = office.fetch(row.key, on_progress=told.append, is_cancelled=never).run()
    assert path.read_bytes() == MODEL
    assert told[-1].state is DownloadState.DONE
    assert office.offers(choice, held_bytes=0)[0].is_here
    (found,) = office.found(replace(choice, policy=LocalChoice(path=path)), held_bytes=0)
    assert (found.path, found.is_ours, found.is_chosen, found.problem) == (path, True, True, "")
    assert found.fits
    assert " free" in found.fit
    office.remove(path)
    assert office.found(choice, held_bytes=0) == ()


def test_a_download_that_was_broken_off_is_listed_at_the_next_start(office: LocalOffice, hub: LoopbackHub):
    choice = ModelChoice(mirror=hub.address)
    office.keep_choice(choice)
    (row,) = office.offers(choice, held_bytes=0)
    fetch = None

    def stop(progress: DownloadProgress) -> None:
        if progress.done_bytes > 3_000_000 and fetch is not None:
            fetch.pause()

    hub.faults.slow_s = 0.02
    fetch = office.fetch(row.key, on_progress=stop, is_cancelled=never)
    with pytest.raises(RequestCancelled):
        fetch.run()
    hub.faults.slow_s = 0.0
    (left,) = office.unfinished(choice)
    assert left.state is DownloadState.PAUSED
    assert 0 < left.done_bytes <= left.total_bytes
    assert office.fetch(left.key, on_progress=lambda progress: None, is_cancelled=never).run().exists()
    assert office.unfinished(choice) == ()


def test_a_damaged_file_is_listed_with_the_reason(office: LocalOffice, tmp_path: Path):
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(b"GGUF" + bytes(200_000))
    (row,) = office.found(ModelChoice(policy=LocalChoice(path=damaged)), held_bytes=0)
    assert row.problem
    assert not row.fits


def test_a_damaged_file_is_no_model(office: LocalOffice, tmp_path: Path):
    damaged = tmp_path / "page.gguf"
    damaged.write_bytes(b"<!doctype html>" + bytes(200_000))
    with pytest.raises(ModelUnusable):
        office.check(damaged)


def test_added_files_are_listed_each_once(office: LocalOffice, tmp_path: Path):
    one, other = tmp_path / "one.gguf", tmp_path / "other.gguf"
    for path in (one, other):
        path.write_bytes(MODEL)
        office.check(path)
    choice = ModelChoice(policy=LocalChoice(path=one), added=(one, other))
    rows = office.found(choice, held_bytes=0)
    assert {(row.path, row.is_added, row.is_ours) for row in rows} == {(one, True, False), (other, True, False)}


def test_a_server_is_listed_and_tried_with_a_key_that_is_kept_until_the_end(office: LocalOffice):
    with loopback_chat("llama-server", key="secret") as chat:
        with pytest.raises(ServerUnreachable):
            office.list_server(chat.address, key="", is_cancelled=never)
        name = office.keep_key(chat.address, "secret")
        assert "until Plumbline is closed" in office.key_words(chat.address)
        answer = office.list_server(chat.address, key="", is_cancelled=never)
        assert answer.is_good
        assert answer.models
        said = office.try_server(chat.address, model=answer.models[0], key="", is_cancelled=never)
        assert said.is_good
        assert said.words.startswith("It answers: “")
        office.forget_key(chat.address)
        assert office.key_words(chat.address) == ""
        chosen = RemoteChoice(address=chat.address, model=answer.models[0], key_name=name)
        assert office.name_of(chosen).startswith(f"{answer.models[0]} at 127.0.0.1")


def test_a_server_that_is_not_there_is_explained(office: LocalOffice):
    with pytest.raises(ServerUnreachable) as refused:
        office.try_server("http://127.0.0.1:9/v1", model="one", key="", is_cancelled=never)
    assert refused.value.hint
