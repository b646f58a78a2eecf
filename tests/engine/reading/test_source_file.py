"""Bytes from the disk, as they were at one moment."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from made_documents import written

from engine.errors import DocumentUnreadable
from engine.reading import source_file
from engine.reading.source_file import read_file
from engine.reading.wire import Limits


def meddling(monkeypatch: pytest.MonkeyPatch, path: Path, *, times: int) -> None:
    """Somebody writes to the file while it is read, the first so many times."""
    real = os.read
    left = [times]

    def read(descriptor: int, length: int) -> bytes:
        data = real(descriptor, length)
        if data and left[0]:
            left[0] -= 1
            with path.open("ab") as file:
                file.write(b" More.")
        return data

    monkeypatch.setattr(source_file.os, "read", read)


def test_the_hash_is_that_of_all_bytes(tmp_path: Path) -> None:
    path = written(tmp_path, "a.txt", b"words " * 100_000)
    content = read_file(path, limits=Limits(characters=1_000))
    assert content.is_truncated
    assert len(content.data) == 4_000
    assert content.file_hash == hashlib.sha256(path.read_bytes()).hexdigest()
    assert content.size_bytes == 600_000


def test_a_file_that_changes_once_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "a.txt", "Words.")
    meddling(monkeypatch, path, times=1)
    content = read_file(path, limits=Limits())
    assert content.data == b"Words. More."


def test_a_file_that_never_stands_still_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "a.txt", "Words.")
    meddling(monkeypatch, path, times=1_000)
    with pytest.raises(DocumentUnreadable, match="changed while it was read"):
        read_file(path, limits=Limits())


def test_a_time_beyond_the_calendar_does_not_matter(tmp_path: Path) -> None:
    path = written(tmp_path, "a.txt", "Words.")
    try:
        os.utime(path, (-(10**11), -(10**11)))
    except OSError:
        pytest.skip("this file system keeps no such times")
    assert read_file(path, limits=Limits()).modified_at.tzinfo is not None
