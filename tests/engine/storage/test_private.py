from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.network.entry import Entry
from engine.network.gate import Purpose
from engine.network.ledger import Ledger
from engine.network.settings import NetworkSettings, SettingsFile
from engine.search.cache import CACHE_FILE, SearchCache
from engine.search.provider import Found, WebQuery
from engine.search.settings import SearchSettings, write_settings
from engine.storage.folder import DataFolder
from engine.storage.store import Store
from engine.web.supplied import keep_supplied

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has the permissions of the profile")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def careless() -> None:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("careless")
def test_nobody_else_on_the_computer_can_read_what_is_asked_and_read(tmp_path: Path) -> None:
    data = tmp_path / "data"
    folder = DataFolder.claim(data)
    store = Store.open(folder.sessions_path)
    ledger = Ledger(data)
    ledger.begin(Entry(at=datetime.now(UTC), purpose=Purpose.PAGE, host="a.example", port=443, method="GET", path="/"))
    cache = SearchCache(data / CACHE_FILE)
    cache.keep("one", WebQuery(text="herons"), (Found(address="https://a.example", title="A"),), limit=5)
    SettingsFile(data).keep(NetworkSettings(is_online=False))
    write_settings(data, SearchSettings())
    keep_supplied(data, "a private page")
    kept = sorted(path for path in data.rglob("*") if path.suffix != ".lock" and path.name != "lock")
    open_to_others = [path.name for path in kept if mode(path) & 0o077]
    for each in (store, ledger, cache):
        each.close()
    folder.release()
    assert mode(data) == 0o700
    assert {"sessions.sqlite", "network.sqlite", "searches.sqlite", "supplied"} <= {path.name for path in kept}
    assert open_to_others == []


@pytest.mark.usefixtures("careless")
def test_a_database_that_was_open_to_all_is_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / CACHE_FILE
    SearchCache(path).close()
    path.chmod(0o644)
    SearchCache(path).close()
    assert mode(path) == 0o600


def test_a_folder_that_somebody_chose_keeps_its_permissions(tmp_path: Path) -> None:
    chosen = tmp_path / "chosen"
    chosen.mkdir()
    chosen.chmod(0o750)
    DataFolder.claim(chosen).release()
    assert mode(chosen) == 0o750
