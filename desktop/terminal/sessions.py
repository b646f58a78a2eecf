"""Sessions from a terminal: listed, searched, shown, exported. Nothing here needs the data folder to be free."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop.terminal.claims import at_version, list_claims, list_versions
from desktop.terminal.delivery import Delivery, deliver
from desktop.terminal.exit_codes import ExitCode
from desktop.terminal.streams import Style, Terminal
from desktop.words import OUTCOME_WORDS
from engine.agent.state import RunState
from engine.counting import counted
from engine.domain import RunId, Session
from engine.errors import AmendmentImpossible, ExportFailed, SessionNotFound
from engine.export import ReportFormat
from engine.export.printable import one_line
from engine.health import has_sessions
from engine.research import HIT_END, HIT_START, History

_SHOWN_CHARACTERS = 8
_COLUMNS = 78
_INDENT = "  "
LAST = "last"
"""What a person calls the newest session."""


@contextmanager
def opened_history(data_folder: Path) -> Iterator[History]:
    """Open what was ever asked.

    Raises:
        SessionNotFound: nothing was.
        StorageError: it cannot be read.
    """
    if not has_sessions(data_folder):
        raise SessionNotFound(
            f"There are no sessions in {data_folder}", hint="Ask a question first:  plumbline ask “…”"
        )
    history = History.open(data_folder)
    try:
        yield history
    finally:
        history.close()


def named_session(history: History, name: str) -> Session:
    """Return the session whose id begins with the name, or the newest one for ``last``.

    Raises:
        SessionNotFound: there is none, or there are several.
    """
    sessions = history.sessions()
    found = sessions[:1] if name == LAST else [session for session in sessions if session.id.startswith(name.lower())]
    if len(found) != 1 or not name:
        raise SessionNotFound(
            f"Several sessions begin with “{name}”" if len(found) > 1 else f"There is no session “{name}”",
            hint="See “plumbline sessions” for the ids; “last” is the newest one.",
        )
    return found[0]


def changeable(history: History, run_id: RunId) -> RunState:
    """Return the state of a run that was made here, and can be gone on with.

    Raises:
        AmendmentImpossible: it was opened from a file.
        SessionNotFound: there is no such run.
    """
    if history.origin(run_id) is not None:
        raise AmendmentImpossible(
            "This report was opened from a file, and is not changed here",
            hint="It can be read, marked and exported. Ask its question again to research it on this computer.",
        )
    return history.state(run_id)


def named_run(history: History, name: str, *, number: int | None = None) -> RunId:
    """Return the run that is meant.

    Args:
        history: what was ever asked.
        name: beginning of a session's id, or ``last``; or of a run's id.
        number: which run of the session, from 1 in the order in which they were asked; None: the last one.

    Raises:
        SessionNotFound: there is none, or there are several.
    """
    try:
        session = named_session(history, name)
    except SessionNotFound:
        found = [run for one in history.sessions() for run in history.runs(one.id) if run.startswith(name.lower())]
        if len(found) != 1 or not name or number is not None:
            raise
        return found[0]
    if number is None:
        return session.last_run
    runs = history.runs(session.id)
    if number > len(runs):
        raise SessionNotFound(
            f"There is no run {number} in session {session.id[:_SHOWN_CHARACTERS]}",
            hint=f"It has {counted(len(runs), 'run')}:  plumbline sessions show {session.id[:_SHOWN_CHARACTERS]}",
        )
    return runs[number - 1]


def list_runs(data_folder: Path, name: str, *, terminal: Terminal) -> ExitCode:
    """List what was asked in a session, in that order."""
    with opened_history(data_folder) as history:
        for number, run in enumerate(history.runs(named_session(history, name).id), start=1):
            state = history.state(run)
            ended = OUTCOME_WORDS[state.outcome] if state.outcome is not None else "Not finished"
            when = f"{state.started_at.astimezone():%Y-%m-%d %H:%M}"
            terminal.say(
                f"  {run[:_SHOWN_CHARACTERS]}  {when}  {ended:<12}  {one_line(state.question)}",
                lead=f"{number:>3}",
                style=Style.HEADING,
            )
    terminal.note(f"Print one of them:  plumbline show {name} --run N")
    return ExitCode.DONE


def list_sessions(data_folder: Path, *, terminal: Terminal) -> ExitCode:
    """List the sessions, the newest first."""
    if not has_sessions(data_folder):
        terminal.note("There are no sessions yet. Ask a question:  plumbline ask “…”")
        return ExitCode.DONE
    with opened_history(data_folder) as history:
        for session in history.sessions():
            ended = OUTCOME_WORDS[session.outcome] if session.outcome is not None else "Not finished"
            when = f"{session.updated_at.astimezone():%Y-%m-%d %H:%M}"
            terminal.say(
                f"  {when}  {ended:<12}  {one_line(session.title)}",
                lead=session.id[:_SHOWN_CHARACTERS],
                style=Style.HEADING,
            )
    return ExitCode.DONE


def search_sessions(data_folder: Path, text: str, *, terminal: Terminal) -> ExitCode:
    """List where the words occur in everything asked, read and written."""
    with opened_history(data_folder) as history:
        hits = history.search(text)
        for hit in hits:
            terminal.say(
                f"  {hit.kind:<8}  {one_line(hit.title)}", lead=hit.session_id[:_SHOWN_CHARACTERS], style=Style.HEADING
            )
            snippet = one_line(hit.snippet.replace(HIT_START, "").replace(HIT_END, ""))
            terminal.say(textwrap.fill(snippet, _COLUMNS, initial_indent=_INDENT, subsequent_indent=_INDENT))
    if not hits:
        terminal.note("Nothing that was asked, read or written has these words.")
    return ExitCode.DONE if hits else ExitCode.NOTHING_FOUND


def show_parts(
    data_folder: Path, name: str, *, run: int | None, version: int | None, versions: bool, terminal: Terminal
) -> ExitCode:
    """Print the sentences of a report one by one, or its versions.

    Raises:
        SessionNotFound: there is no such session, run or version.
    """
    with opened_history(data_folder) as history:
        state = history.state(named_run(history, name, number=run))
        is_opened = history.origin(state.run_id) is not None
    if versions:
        return list_versions(state, terminal)
    return list_claims(state if version is None else at_version(state, version), terminal, is_opened=is_opened)


def show_session(
    data_folder: Path,
    name: str,
    *,
    run: int | None = None,
    version: int | None = None,
    delivery: Delivery,
    terminal: Terminal,
) -> ExitCode:
    """Print or save the report of a session's last run, or of another one; or an earlier version of it.

    Raises:
        SessionNotFound: there is no such session, run or version.
        ExportFailed: it could not be made or saved.
    """
    delivery.check()
    with opened_history(data_folder) as history:
        state = history.state(named_run(history, name, number=run))
        if version is not None:
            if delivery.form is ReportFormat.BUNDLE:
                raise ExportFailed("A bundle holds every version of a report", hint="Leave --version out.")
            state = at_version(state, version)
        origin = history.origin(state.run_id)
        if origin is not None:
            terminal.note(f"This report was opened from the file “{one_line(origin.name)}”.")
            for finding in origin.findings:
                terminal.warn(f"It does not hold: {one_line(finding)}")
        runs = history.runs(state.session_id)
        if len(runs) > 1:
            session = state.session_id[:_SHOWN_CHARACTERS]
            place = f"This is run {runs.index(state.run_id) + 1} of {len(runs)} of the session."
            terminal.note(f"{place} See all:  plumbline sessions show {session}")
        deliver(state, delivery, data_folder=data_folder, history=history, terminal=terminal)
    return ExitCode.DONE
