"""The tables of the sessions database, as numbered migrations that are never edited once released."""

from __future__ import annotations

from engine.storage.database import Database, Migrations


def session_migrations() -> Migrations:
    """Return every migration of the sessions database, oldest first."""
    migrations = Migrations("sessions")

    @migrations()
    def m001_sessions_runs_events(db: Database) -> None:
        _run_each(
            db,
            """CREATE TABLE sessions (
                id TEXT PRIMARY KEY, title TEXT NOT NULL, created_at TEXT NOT NULL, deleted_at TEXT)""",
            """CREATE TABLE runs (
                id TEXT PRIMARY KEY, session_id TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
                created_at TEXT NOT NULL, updated_at TEXT NOT NULL, outcome TEXT,
                is_paused INTEGER NOT NULL DEFAULT 0)""",
            "CREATE INDEX runs_by_session ON runs(session_id, created_at)",
            """CREATE TABLE events (
                run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE, sequence INTEGER NOT NULL,
                at TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (run_id, sequence))""",
            """CREATE TRIGGER events_are_facts BEFORE UPDATE ON events
                BEGIN SELECT RAISE(ABORT, 'the trace is append-only'); END""",
        )

    @migrations()
    def m002_archive(db: Database) -> None:
        _run_each(
            db,
            """CREATE TABLE texts (
                id INTEGER PRIMARY KEY, text_hash TEXT NOT NULL UNIQUE, document BLOB NOT NULL)""",
            """CREATE TABLE sources (
                id TEXT PRIMARY KEY, text_hash TEXT NOT NULL REFERENCES texts(text_hash), body TEXT NOT NULL)""",
            """CREATE TABLE readings (
                run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
                source_id TEXT NOT NULL REFERENCES sources(id),
                PRIMARY KEY (run_id, source_id))""",
            "CREATE INDEX readings_by_source ON readings(source_id)",
        )

    @migrations()
    def m003_full_text(db: Database) -> None:
        _run_each(
            db,
            # Both hold normalised terms, not text: what is shown comes from the trace and the archive.
            """CREATE TABLE writings (
                id INTEGER PRIMARY KEY, run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
                kind TEXT NOT NULL, text TEXT NOT NULL)""",
            "CREATE INDEX writings_by_run ON writings(run_id)",
            "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
            "CREATE VIRTUAL TABLE writings_terms USING fts5(terms, content='', tokenize='unicode61')",
            "CREATE VIRTUAL TABLE texts_terms USING fts5(terms, content='', tokenize='unicode61')",
        )

    @migrations()
    def m004_opened_runs(db: Database) -> None:
        _run_each(
            db,
            """CREATE TABLE origins (
                run_id TEXT PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
                digest TEXT NOT NULL, body TEXT NOT NULL)""",
            "CREATE INDEX origins_by_digest ON origins(digest)",
        )

    return migrations


def _run_each(db: Database, *statements: str) -> None:
    for statement in statements:
        db.execute(statement)
