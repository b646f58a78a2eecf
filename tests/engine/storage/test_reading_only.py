"""A data folder in which nothing can be written, as on a full disk or one that is read-only."""

import pytest

from engine.errors import StorageError
from engine.research import History, Research
from engine.storage.folder import SESSIONS_FILE


@pytest.fixture
def data(tmp_path):
    data = tmp_path / "data"
    with Research.open(data) as research:
        research.start("How high is the tower?")
    return data


def test_what_is_stored_can_be_read_where_nothing_can_be_written(data):
    (data / f"{SESSIONS_FILE}-shm").mkdir()  # the file that SQLite would make cannot be made
    history = History.open(data)
    assert [session.title for session in history.sessions()] == ["How high is the tower?"]
    history.close()


def test_what_is_not_wholly_in_its_file_is_not_read_in_part(data):
    (data / f"{SESSIONS_FILE}-shm").mkdir()
    (data / f"{SESSIONS_FILE}-wal").write_bytes(b"x" * 4_096)
    with pytest.raises(StorageError, match="not full"):
        History.open(data)


def test_a_folder_without_sessions_is_still_said_to_be_one(tmp_path):
    with pytest.raises(StorageError):
        History.open(tmp_path)
