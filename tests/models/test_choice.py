"""Which models were chosen, written down and read again."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.choice import (
    CHOICE_FILE,
    ChoiceNotKept,
    LocalChoice,
    ModelChoice,
    RemoteChoice,
    read_choice,
    write_choice,
)

FULL = ModelChoice(
    policy=LocalChoice(path=Path("/models/deep.gguf")),
    reading=RemoteChoice(address="http://127.0.0.1:8080", model="small", key_name="local"),
    idle_minutes=3,
    model_folder=Path("/models"),
    mirror="https://mirror.invalid",
    added=(Path("/elsewhere/one.gguf"), Path("/elsewhere/two.gguf")),
)


def test_without_a_file_nothing_is_chosen_and_nothing_is_wrong(tmp_path):
    assert read_choice(tmp_path) == ModelChoice()
    assert read_choice(tmp_path).notice == ""


@pytest.mark.parametrize("choice", [ModelChoice(), FULL, ModelChoice(policy=RemoteChoice(address="a", model="b"))])
def test_what_was_chosen_is_read_again(tmp_path, choice):
    write_choice(tmp_path, choice)
    assert read_choice(tmp_path) == choice


def test_the_folder_is_made_when_it_is_not_there(tmp_path):
    write_choice(tmp_path / "new" / "data", FULL)
    assert read_choice(tmp_path / "new" / "data") == FULL


def test_a_path_that_is_no_text_is_kept(tmp_path):
    choice = ModelChoice(policy=LocalChoice(path=Path(os.fsdecode(b"/models/caf\xe9.gguf"))))
    write_choice(tmp_path, choice)
    assert read_choice(tmp_path) == choice


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"policy": 3}',
        b'{"policy": {"path": 3}}',
        b'{"policy": {"address": "x"}}',
        b'{"reading": []}',
        b'{"idle_minutes": "ten"}',
        b'{"idle_minutes": true}',
        b'{"mirror": {}}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_as_good_as_none_and_says_so(tmp_path, content):
    (tmp_path / CHOICE_FILE).write_bytes(content)
    choice = read_choice(tmp_path)
    assert choice == ModelChoice()
    assert "could not be read" in choice.notice


@given(st.binary(max_size=60))
def test_whatever_is_in_the_file_reading_it_ends_in_a_choice(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("data")
    (folder / CHOICE_FILE).write_bytes(content)
    assert isinstance(read_choice(folder), ModelChoice)


def test_what_a_later_version_wrote_down_is_kept(tmp_path):
    written = {"format": 2, "policy": {"path": "/m.gguf"}, "voice": {"name": "calm"}}
    (tmp_path / CHOICE_FILE).write_text(json.dumps(written))
    choice = read_choice(tmp_path)
    assert choice.policy == LocalChoice(path=Path("/m.gguf"))
    write_choice(tmp_path, choice)
    again = json.loads((tmp_path / CHOICE_FILE).read_text())
    assert again["voice"] == {"name": "calm"}
    assert again["format"] == 2


def test_a_disk_that_takes_nothing_leaves_the_old_choice_whole(tmp_path, monkeypatch):
    write_choice(tmp_path, FULL)
    monkeypatch.setattr(os, "fsync", _full)
    with pytest.raises(ChoiceNotKept, match="could not be kept"):
        write_choice(tmp_path, ModelChoice())
    assert read_choice(tmp_path) == FULL
    assert [path.name for path in tmp_path.iterdir()] == [CHOICE_FILE]


def _full(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.skipif(sys.platform == "win32", reason="permissions mean something else there")
def test_the_file_is_for_its_owner_alone(tmp_path):
    write_choice(tmp_path, FULL)
    assert (tmp_path / CHOICE_FILE).stat().st_mode & 0o077 == 0
