from pathlib import Path

import pytest

from engine.search.provider import Facts
from engine.search.settings import SETTINGS_FILE, Scholarly, SearchSettings, read_settings, write_settings

DEFAULT = Facts(name="one", title="One", hosts=())
EXTRA = Facts(name="two", title="Two", hosts=(), is_default=False)


def test_engines_are_as_they_come_unless_switched() -> None:
    assert SearchSettings().wants(DEFAULT)
    assert not SearchSettings().wants(EXTRA)
    assert not SearchSettings(off=("one",)).wants(DEFAULT)
    assert SearchSettings(on=("two",)).wants(EXTRA)


def test_what_was_chosen_is_read_again(tmp_path: Path) -> None:
    chosen = SearchSettings(
        on=("two",),
        off=("one",),
        searxng_address="http://127.0.0.1:8888",
        scholarly=Scholarly.ALWAYS,
        keeps_answers=False,
    )
    write_settings(tmp_path / "new", chosen)
    assert read_settings(tmp_path / "new") == chosen


def test_no_file_is_no_notice(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == SearchSettings()
    assert read_settings(tmp_path).notice == ""


@pytest.mark.parametrize("written", ["", "{", "[]", '{"on": 3}', '{"scholarly": "perhaps"}', '{"off": [1]}', "\xff"])
def test_a_damaged_file_is_as_none_and_says_so(tmp_path: Path, written: str) -> None:
    (tmp_path / SETTINGS_FILE).write_text(written, encoding="latin-1")
    settings = read_settings(tmp_path)
    assert settings == SearchSettings()
    assert "could not be read" in settings.notice


def test_what_a_later_version_wrote_is_kept(tmp_path: Path) -> None:
    (tmp_path / SETTINGS_FILE).write_text('{"format": 2, "on": ["x"], "colour": "red"}')
    write_settings(tmp_path, read_settings(tmp_path))
    assert '"colour": "red"' in (tmp_path / SETTINGS_FILE).read_text()
