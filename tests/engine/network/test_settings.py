import json
import os

import pytest

from engine.errors import DataFolderUnusable
from engine.network.settings import SETTINGS_FILE, NetworkSettings, SettingsFile
from models.http import ConnectionProblem


def test_nothing_is_decided_at_first(tmp_path):
    assert SettingsFile(tmp_path / "data").now() == NetworkSettings(is_online=None, proxy="", obey_robots=True)


def test_what_was_decided_is_kept(tmp_path):
    decided = NetworkSettings(is_online=True, proxy="http://proxy.example:3128", obey_robots=False)
    SettingsFile(tmp_path / "data").keep(decided)
    assert SettingsFile(tmp_path / "data").now() == decided


SENSELESS = [
    b"",
    b"nonsense",
    b"[]",
    b'{"is_online": "yes"}',
    b'{"is_online": 1}',
    b'{"is_online": true, "proxy": 5}',
    b'{"is_online": true, "proxy": "socks5://a:1"}',
    b"\xff" * 10,
    b"[" * 50_000,
]


@pytest.mark.parametrize("written", SENSELESS)
def test_a_file_without_sense_is_the_same_as_being_offline(tmp_path, written):
    (tmp_path / SETTINGS_FILE).write_bytes(written)
    file = SettingsFile(tmp_path)
    assert file.now() == NetworkSettings()
    assert "could not be read" in file.notice
    file.keep(NetworkSettings(is_online=True))
    assert file.notice == "" and file.now().is_online


def test_a_change_by_another_program_counts_at_once(tmp_path):
    first, second = SettingsFile(tmp_path), SettingsFile(tmp_path)
    first.keep(NetworkSettings(is_online=True))
    assert second.now().is_online
    second.keep(NetworkSettings(is_online=False))
    assert first.now().is_online is False


@pytest.mark.skipif(os.name != "posix", reason="folders are made unusable in another way elsewhere")
def test_going_offline_counts_even_where_it_cannot_be_kept(tmp_path):
    file = SettingsFile(tmp_path / "data")
    file.keep(NetworkSettings(is_online=True))
    (tmp_path / "data" / SETTINGS_FILE).unlink()
    (tmp_path / "data").rmdir()
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(DataFolderUnusable, match="could not be kept"):
        file.keep(NetworkSettings(is_online=False))
    assert file.now().is_online is False
    with pytest.raises(DataFolderUnusable):
        file.keep(NetworkSettings(is_online=True))
    assert file.now().is_online is False


def test_a_proxy_without_sense_changes_nothing(tmp_path):
    file = SettingsFile(tmp_path)
    file.keep(NetworkSettings(is_online=True))
    with pytest.raises(ConnectionProblem):
        file.keep(NetworkSettings(is_online=True, proxy="socks5://a:1"))
    assert file.now() == NetworkSettings(is_online=True)
    assert json.loads((tmp_path / SETTINGS_FILE).read_text())["proxy"] == ""
