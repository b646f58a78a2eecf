import hashlib
import sqlite3
from datetime import UTC, datetime

import pytest
from stored_runs import asked, planned, reading, reported

from engine.domain import (
    Outcome,
    RunId,
    SessionId,
)
from engine.errors import DatabaseTooNew, DataFolderUnusable, SessionNotFound, StorageFull
from engine.events import (
    CommandGiven,
    CommandKind,
    RunContinued,
    RunEnded,
    StoredEvent,
)
from engine.export.departures import Departures
from engine.storage.history import HIT_END, HIT_START, History
from engine.storage.origin import Origin
from engine.storage.store import Store


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path / "sessions.sqlite")
    yield store
    store.close()


@pytest.fixture
def history(store, tmp_path):
    history = History.open(tmp_path)
    yield history
    history.close()


def test_what_was_stored_is_read_back_the_same(store, history):
    started = store.add_run(asked(), session_id=None)
    event, documents = reading()
    stored = [
        started,
        store.append(started.run_id, event, documents=documents),
        store.append(started.run_id, RunEnded(outcome=Outcome.COMPLETE), documents={}),
    ]
    assert list(history.trace(started.run_id)) == stored
    assert list(history.trace(started.run_id, after=2)) == stored[2:]
    assert history.source(event.source.id) == event.source
    assert history.document(event.source.text_hash) == documents[event.source.text_hash]


def test_sequences_have_no_gaps_even_across_stores(tmp_path):
    path = tmp_path / "sessions.sqlite"
    store = Store.open(path)
    run_id = store.add_run(asked(), session_id=None).run_id
    store.append(run_id, RunContinued(), documents={})
    store.close()
    store = Store.open(path)
    assert store.append(run_id, RunContinued(), documents={}).sequence == 3
    store.close()


def test_another_connection_sees_an_event_as_soon_as_append_returns(store, tmp_path):
    run_id = store.add_run(asked(), session_id=None).run_id
    other = sqlite3.connect(tmp_path / "sessions.sqlite")
    for number in range(2, 12):
        store.append(run_id, RunContinued(), documents={})
        assert other.execute("SELECT max(sequence) FROM events").fetchone() == (number,)
    other.close()


def test_the_database_waits_for_the_disk(store):
    assert store._database.execute("PRAGMA synchronous").fetchone() == (2,)
    assert store._database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_failed_append_leaves_nothing_behind(store, history):
    run_id = store.add_run(asked(), session_id=None).run_id
    event, documents = reading()
    wrong = {hashlib.sha256(b"another").hexdigest(): document for document in documents.values()}
    with pytest.raises(ValueError):
        store.append(run_id, event, documents=wrong)
    with pytest.raises(sqlite3.IntegrityError):
        store.append(run_id, event, documents={})  # a source whose text was not archived
    assert len(history.trace(run_id)) == 1
    assert store.append(run_id, event, documents=documents).sequence == 2


def test_the_trace_cannot_be_rewritten(store, tmp_path):
    store.add_run(asked(), session_id=None)
    with sqlite3.connect(tmp_path / "sessions.sqlite") as other, pytest.raises(sqlite3.IntegrityError, match="append"):
        other.execute("UPDATE events SET body = '{}'")
    other.close()


def test_unfinished_runs_are_those_neither_ended_nor_paused(store):
    runs = [store.add_run(asked(str(n)), session_id=None).run_id for n in range(4)]
    store.append(runs[0], RunEnded(outcome=Outcome.STOPPED), documents={})
    store.append(runs[1], CommandGiven(kind=CommandKind.PAUSE), documents={})
    assert store.unfinished() == (runs[2], runs[3])
    store.append(runs[0], RunContinued(), documents={})
    store.append(runs[1], RunContinued(), documents={})
    assert store.unfinished() == tuple(runs)


def test_a_follow_up_joins_its_session(store, history):
    first = store.add_run(asked(), session_id=None)
    second = store.add_run(asked("And eels?"), session_id=first.session_id)
    assert history.runs(first.session_id) == (first.run_id, second.run_id)
    (session,) = history.sessions()
    assert (session.title, session.last_run) == ("Where do herons nest?", second.run_id)
    with pytest.raises(SessionNotFound):
        store.add_run(asked(), session_id=SessionId("gone"))


def test_the_latest_session_comes_first_and_titles_are_one_line(store, history):
    store.add_run(asked("first"), session_id=None)
    store.add_run(asked("second\n" + "very long " * 50), session_id=None)
    titles = [session.title for session in history.sessions()]
    assert titles[1] == "first"
    assert titles[0].startswith("second very long") and len(titles[0]) <= 160 and "\n" not in titles[0]


def test_everything_asked_read_and_written_can_be_found(store, history):
    run_id = store.add_run(asked("Where do herons nest?"), session_id=None).run_id
    event, documents = reading("The bittern is a shy bird.\nIt booms in the reeds.")
    store.append(run_id, event, documents=documents)
    store.append(run_id, reported("Bitterns boom at dusk."), documents={})
    assert [hit.kind for hit in history.search("heron")] == ["question"]
    assert [hit.kind for hit in history.search("dusk")] == ["report"]
    (hit,) = history.search("booms reeds")
    assert (hit.kind, hit.source_id, hit.title) == ("source", event.source.id, "A page on birds")
    assert f"{HIT_START}booms{HIT_END}" in hit.snippet


@pytest.mark.parametrize(
    "text", ["", "  ", '"', "AND OR", "a*b(c", "NEAR(x y)", "😀", "x" * 50_000, "\x00", "مرحبا", "東京"]
)
def test_odd_searches_are_harmless(store, history, text):
    store.add_run(asked(), session_id=None)
    history.search(text)


def test_a_deleted_session_is_hidden_can_come_back_and_is_purged_without_a_trace(store, history, tmp_path):
    kept = store.add_run(asked("Keep this"), session_id=None)
    gone = store.add_run(asked("Forget the zebra"), session_id=None)
    shared, shared_documents = reading("Shared words.", "file:///shared")
    for run in (kept, gone):
        store.append(run.run_id, shared, documents=shared_documents)
    private, documents = reading("Zebrafinch secret.", "file:///private")
    store.append(gone.run_id, private, documents=documents)
    store.set_deleted(gone.session_id, is_deleted=True)
    assert [session.title for session in history.sessions()] == ["Keep this"]
    assert history.search("zebra") == () and history.search("zebrafinch") == ()
    store.set_deleted(gone.session_id, is_deleted=False)
    assert len(history.sessions()) == 2 and len(history.search("zebrafinch")) == 1
    store.set_deleted(gone.session_id, is_deleted=True)
    assert store.purge() == 1
    with pytest.raises(SessionNotFound):
        history.source(private.source.id)
    assert history.source(shared.source.id) == shared.source
    assert history.search("shared words")
    store._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = (tmp_path / "sessions.sqlite").read_bytes()
    assert b"zebra" not in content.lower()


def test_a_full_disk_is_said_and_what_was_stored_is_still_there(store, history):
    run_id = store.add_run(asked(), session_id=None).run_id
    pages = store._database.execute("PRAGMA page_count").fetchone()[0]
    store._database.execute(f"PRAGMA max_page_count = {pages + 2}")
    event, documents = reading(" ".join(f"word{n}" for n in range(50_000)))
    with pytest.raises(StorageFull) as caught:
        store.append(run_id, event, documents=documents)
    assert "full" in caught.value.title and caught.value.hint
    assert len(history.trace(run_id)) == 1
    store._database.execute("PRAGMA max_page_count = 1000000")
    assert store.append(run_id, event, documents=documents).sequence == 2


def test_a_database_of_a_later_version_is_refused_untouched(tmp_path):
    path = tmp_path / "sessions.sqlite"
    store = Store.open(path)
    store._database.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('sessions', 'm999_future', '')"
    )
    store.close()
    with pytest.raises(DatabaseTooNew):
        Store.open(path)


def test_history_of_a_folder_without_sessions_is_an_error_with_a_hint(tmp_path):
    with pytest.raises(DataFolderUnusable) as caught:
        History.open(tmp_path)
    assert caught.value.hint


def test_a_trace_of_a_missing_run_is_not_found(history):
    with pytest.raises(SessionNotFound):
        history.trace("nothing")


def test_the_full_text_index_is_renewed_when_terms_change(tmp_path, monkeypatch):
    path = tmp_path / "sessions.sqlite"
    store = Store.open(path)
    event, documents = reading("Herons nest.")
    run_id = store.add_run(asked("What of it?"), session_id=None).run_id
    store.append(run_id, event, documents=documents)
    store.close()

    def reversed_terms(text):
        return [word[::-1] for word in text.lower().split()]

    monkeypatch.setattr("engine.storage.store.terms", reversed_terms)
    monkeypatch.setattr("engine.storage.history.terms", reversed_terms)
    Store.open(path).close()
    history = History.open(tmp_path)
    assert len(history.search("herons")) == 1
    history.close()


def test_times_are_aware_and_in_utc(store):
    stored = store.add_run(asked(), session_id=None)
    assert isinstance(stored, StoredEvent)
    assert stored.at.tzinfo is UTC and abs((datetime.now(UTC) - stored.at).total_seconds()) < 60


# --- runs of elsewhere -----------------------------------------------------------------------------------------------


def origin(digest: str = "d" * 64) -> Origin:
    return Origin(
        opened_at=datetime(2026, 1, 2, tzinfo=UTC),
        digest=digest,
        name="a.plumbline",
        run="r",
        version="0",
        departures=Departures(),
    )


def trace_of(*events) -> list[StoredEvent]:
    at = datetime(2020, 5, 6, tzinfo=UTC)
    return [
        StoredEvent(session_id=SessionId(""), run_id=RunId(""), sequence=number, at=at, event=event)
        for number, event in enumerate(events, start=1)
    ]


def test_a_run_of_elsewhere_is_stored_whole_with_ids_of_its_own(store, history):
    event, documents = reading()
    trace = trace_of(asked(), planned(), event, reported("Herons nest."), RunEnded(outcome=Outcome.COMPLETE))
    session, run = store.add_opened(trace, title="Opened", origin=origin(), documents=documents.items())
    stored = history.trace(run)
    assert [(one.sequence, one.at, one.event) for one in stored] == [(one.sequence, one.at, one.event) for one in trace]
    assert {one.session_id for one in stored} == {session}
    assert history.origin(run) == origin()
    assert store.opened("d" * 64) == (session, run)
    assert store.opened("e" * 64) is None


def test_a_run_of_elsewhere_that_never_ended_is_not_gone_on_with_here(store):
    event, documents = reading()
    store.add_opened(trace_of(asked(), planned(), event), title="Opened", origin=origin(), documents=documents.items())
    assert store.unfinished() == ()


def test_a_run_of_elsewhere_is_stored_wholly_or_not_at_all(store, history):
    event, documents = reading()
    trace = trace_of(asked(), planned(), event, RunEnded(outcome=Outcome.COMPLETE))
    wrong = {hashlib.sha256(b"another").hexdigest(): document for document in documents.values()}
    with pytest.raises(ValueError):
        store.add_opened(trace, title="Opened", origin=origin(), documents=wrong.items())
    assert history.sessions() == ()
    assert store.opened("d" * 64) is None


def test_a_run_of_elsewhere_whose_text_did_not_come_whole_is_stored_without_it(store, history):
    event, _ = reading()
    trace = trace_of(asked(), planned(), event, RunEnded(outcome=Outcome.COMPLETE))
    _, run = store.add_opened(trace, title="Opened", origin=origin(), documents=())
    assert len(history.trace(run)) == len(trace)
    with pytest.raises(SessionNotFound):
        history.documents_of(run)(event.source.text_hash)


def test_a_database_of_an_older_version_has_no_runs_of_elsewhere(store, tmp_path):
    run_id = store.add_run(asked(), session_id=None).run_id
    store.close()
    with sqlite3.connect(tmp_path / "sessions.sqlite") as connection:
        connection.execute("DROP TABLE origins")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm004_opened_runs'")
    connection.close()
    history = History.open(tmp_path)
    assert history.origin(run_id) is None
    assert history.approvals() == ()
    history.close()
    Store.open(tmp_path / "sessions.sqlite").close()
    history = History.open(tmp_path)
    assert history.origin(run_id) is None
    history.close()
