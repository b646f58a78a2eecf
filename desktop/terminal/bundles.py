"""Bundles from a terminal: a file looked through, or opened as a session. Nobody is contacted."""

from __future__ import annotations

import json
from pathlib import Path

from desktop.terminal.exit_codes import ExitCode
from desktop.terminal.library import with_data_hint
from desktop.terminal.streams import Style, Terminal
from engine.bundle.opening import sentence
from engine.bundle.verification import NO_SIGNATURE, Verification
from engine.bundle.verify import verify
from engine.errors import BundleUnusable
from engine.export.printable import one_line
from engine.research import Research

_MOST_TOLD = 40


def verify_file(named: str, *, as_json: bool, terminal: Terminal) -> ExitCode:
    """Print what was looked at in a bundle, and what does not hold.

    Raises:
        BundleUnusable: it cannot be read, or is none.
    """
    found = verify(_path(named))
    if as_json:
        terminal.say(_as_json(found))
    else:
        _tell(found, terminal)
    return ExitCode.DONE if found.is_sound else ExitCode.NOT_SOUND


def open_file(named: str, *, data_folder: Path, is_wanted_anyway: bool, terminal: Terminal) -> ExitCode:
    """Look a bundle through, and store it as a session of its own.

    Raises:
        BundleUnusable: it cannot be opened, or does not hold and is not wanted anyway.
        StorageError: it could not be stored.
    """
    path = _path(named)
    found = verify(path)
    if not found.is_sound:
        _tell(found, terminal)
        if not found.can_be_opened:
            terminal.warn("It is too damaged to be opened.")
            return ExitCode.NOT_SOUND
        if not is_wanted_anyway:
            terminal.warn("It was not opened. Open it as it is:  plumbline open FILE --anyway")
            return ExitCode.NOT_SOUND
    with with_data_hint(), Research.open(data_folder) as research:
        for notice in research.notices:
            terminal.warn(f"{notice.title}. {notice.hint}")
        opened = research.open_bundle(path, despite_findings=is_wanted_anyway)
    session = opened.session_id[:8]
    if opened.is_new:
        terminal.note(f"Opened “{one_line(found.question)}”. Nobody was contacted.")
    else:
        terminal.note("This file was opened before; it is the same session.")
    terminal.note(f"Read it:  plumbline show {session}")
    terminal.say(opened.session_id)
    return ExitCode.DONE


def _path(named: str) -> Path:
    if not named.strip():
        raise BundleUnusable("No file is named", hint="For example:  plumbline verify report.plumbline")
    return Path(named).expanduser()


def _tell(found: Verification, terminal: Terminal) -> None:
    terminal.say(one_line(found.question) or one_line(found.name), style=Style.HEADING)
    terminal.say(f"  SHA-256 of the file  {found.digest}")
    for looked in found.looked:
        findings = found.of(looked.topic)
        if not findings:
            terminal.say(f" {looked.words}.", lead="✓", style=Style.GOOD)
    for finding in found.findings[:_MOST_TOLD]:
        terminal.say(f" {one_line(sentence(finding))}", lead="✗", style=Style.BAD)
    more = len(found.findings) + found.more_findings - _MOST_TOLD
    if more > 0:
        terminal.say(f"  and {more:,} more")
    for note in found.notes:
        terminal.say(f" {one_line(note)}", lead="–")
    terminal.say(found.summary, style=Style.GOOD if found.is_sound else Style.BAD)
    if found.is_sound:
        terminal.say(NO_SIGNATURE)


def _as_json(found: Verification) -> str:
    content = {
        "file": found.name,
        "sha256": found.digest,
        "question": found.question,
        "packed_by": found.version,
        "is_sound": found.is_sound,
        "can_be_opened": found.can_be_opened,
        "looked_at": [
            {"topic": one.topic.value, "number": one.number, "holds": not found.of(one.topic)} for one in found.looked
        ],
        "findings": [
            {"topic": one.topic.value, "where": one.where, "words": one.words, "is_fatal": one.is_fatal}
            for one in found.findings
        ],
        "more_findings": found.more_findings,
        "notes": list(found.notes),
    }
    return json.dumps(content, ensure_ascii=False, indent=2)
