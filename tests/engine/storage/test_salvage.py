import random
import sqlite3

import pytest
from stored_runs import asked, planned, reading

from engine.domain import Outcome
from engine.events import RunEnded
from engine.research import Research
from engine.storage.database import DatabaseDamaged
from engine.storage.history import History
from engine.storage.salvage import check_health, salvage, set_aside
from engine.storage.store import Store


@pytest.fixture
def filled(tmp_path):
    """A database with forty sessions of four events each."""
    path = tmp_path / "sessions.sqlite"
    store = Store.open(path)
    for number in range(40):
        run_id = store.add_run(asked(f"Question number {number}?"), session_id=None).run_id
        store.append(run_id, planned(), documents={})
        event, documents = reading(f"Text number {number}. " * 60, f"file:///{number}")
        store.append(run_id, event, documents=documents)
        store.append(run_id, RunEnded(outcome=Outcome.COMPLETE), documents={})
    store.close()
    return path


def damage(path, *, seed, share=0.03):
    """Overwrite some pages in the middle with noise."""
    content = bytearray(path.read_bytes())
    chance = random.Random(seed)
    pages = len(content) // 4096
    for page in chance.sample(range(4, pages), max(1, int(pages * share))):
        content[page * 4096 : (page + 1) * 4096] = chance.randbytes(4096)
    path.write_bytes(bytes(content))


def test_where_a_run_was_opened_from_is_carried_over(filled):
    with sqlite3.connect(filled) as connection:
        run = connection.execute("SELECT id FROM runs").fetchone()[0]
        connection.execute("INSERT INTO origins (run_id, digest, body) VALUES (?, 'd', '{}')", [run])
    connection.close()
    aside = set_aside(filled)
    salvage(aside, into=filled)
    with sqlite3.connect(filled) as connection:
        assert connection.execute("SELECT run_id FROM origins").fetchall() == [(run,)]
    connection.close()


def test_a_healthy_database_passes(filled):
    check_health(filled)


def test_noise_in_the_middle_is_noticed(filled):
    damage(filled, seed=1, share=0.2)
    with pytest.raises(DatabaseDamaged):
        check_health(filled)


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_database_is_kept_aside_and_what_can_be_read_is_carried_over(filled, seed):
    damage(filled, seed=seed, share=0.05)
    as_damaged = filled.read_bytes()
    with Research.open(filled.parent) as research:
        assert len(research.notices) == 1
        notice = research.notices[0]
    (aside,) = filled.parent.glob("sessions.damaged-*")
    assert aside.read_bytes() == as_damaged
    assert aside.name in notice.hint
    check_health(filled)
    history = History.open(filled.parent)
    sessions = history.sessions()
    for session in sessions:
        state = history.state(session.last_run)
        for source in state.sources.values():
            if source.id in _archived(filled):
                assert history.document(source.text_hash).text
    history.close()
    assert (f"{len(sessions)} session" if sessions else "No session") in notice.title


def _archived(path):
    connection = sqlite3.connect(path)
    found = {row[0] for row in connection.execute("SELECT id FROM sources")}
    connection.close()
    return found


@pytest.mark.parametrize(
    "content", [b"", b"this is not a database at all" * 1000, b"SQLite format 3\x00" + b"\xff" * 8192]
)
def test_a_file_that_is_no_database_is_replaced_with_a_notice(tmp_path, content):
    (tmp_path / "sessions.sqlite").write_bytes(content)
    with Research.open(tmp_path) as research:
        if content:
            assert "No session" in research.notices[0].title
        research.start("Does it work again?")
    if content:
        assert next(tmp_path.glob("sessions.damaged-*")).read_bytes() == content


def test_a_trace_with_a_hole_is_carried_over_up_to_the_hole(filled):
    connection = sqlite3.connect(filled)
    run_id = connection.execute("SELECT id FROM runs LIMIT 1").fetchone()[0]
    connection.execute("DELETE FROM events WHERE run_id = ? AND sequence = 2", [run_id])
    connection.commit()
    connection.close()
    salvage(set_aside(filled), into=filled)
    history = History.open(filled.parent)
    assert [stored.sequence for stored in history.trace(run_id)] == [1]
    assert history.state(run_id).outcome is None
    history.close()


def test_setting_aside_twice_in_a_second_keeps_both(tmp_path):
    path = tmp_path / "sessions.sqlite"
    asides = set()
    for number in range(3):
        path.write_bytes(b"%d" % number)
        asides.add(set_aside(path))
    assert sorted(aside.read_bytes() for aside in asides) == [b"0", b"1", b"2"]


def test_a_database_that_became_empty_is_not_taken_for_a_new_one(tmp_path):
    (tmp_path / "sessions.sqlite").write_bytes(b"")
    (tmp_path / "library.sqlite").write_bytes(b"")
    with Research.open(tmp_path) as research:
        assert "damaged" in research.notices[0].title
    assert len(list(tmp_path.glob("sessions.damaged-*"))) == 1


def test_an_empty_file_in_a_new_data_folder_is_only_a_first_start_that_was_cut_short(tmp_path):
    (tmp_path / "sessions.sqlite").write_bytes(b"")
    with Research.open(tmp_path) as research:
        assert research.notices == ()
