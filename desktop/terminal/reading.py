"""What a reader does with a finished report: two versions compared sentence by sentence, a sentence marked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from desktop.terminal.claims import version_of
from desktop.terminal.exit_codes import ExitCode
from desktop.terminal.library import with_data_hint
from desktop.terminal.sessions import named_run, opened_history
from desktop.terminal.streams import Style, Terminal, filled
from engine.citations.versions import Change, ChangeKind, compare, words_diff
from engine.citations.wording import STATE_SIGNS, STATE_WORDS
from engine.counting import counted
from engine.domain import ClaimId, Verdict
from engine.export.printable import one_line
from engine.research import Research

_INDENT = 6
_CHANGE_WORDS = {
    ChangeKind.REWORDED: "in other words",
    ChangeKind.ADDED: "new",
    ChangeKind.REMOVED: "left out",
    ChangeKind.MOVED_OUT: "not established any more",
}
_CHANGE_SIGNS = {ChangeKind.REWORDED: "~", ChangeKind.ADDED: "+", ChangeKind.REMOVED: "-", ChangeKind.MOVED_OUT: "!"}


def compare_versions(
    data_folder: Path, name: str, *, run: int | None, first: int | None, second: int | None, terminal: Terminal
) -> ExitCode:
    """Print what became of every sentence from one version of a report to another; the last two if none is named.

    Raises:
        SessionNotFound: there is no such session, run or version.
    """
    with opened_history(data_folder) as history:
        state = history.state(named_run(history, name, number=run))
    if first is None and len(state.versions) < 2:
        terminal.note("There is only one version of this report." if state.versions else "There is no report.")
        return ExitCode.DONE
    last = len(state.versions)
    old_number = first if first is not None else last - 1
    new_number = second if second is not None else last
    changes = compare(version_of(state, old_number), version_of(state, new_number))
    terminal.say("", lead=f"Version {old_number} → version {new_number}", style=Style.HEADING)
    for change in changes:
        for line in _change_lines(change):
            terminal.say(line)
    kept = sum(change.kind is ChangeKind.KEPT for change in changes)
    told = [f"{counted(kept, 'sentence')} as before"]
    for kind, words in _CHANGE_WORDS.items():
        if number := sum(change.kind is kind for change in changes):
            told.append(f"{number:,} {words}")
    terminal.say("; ".join(told) + ".")
    return ExitCode.DONE


def mark_claim(
    data_folder: Path,
    name: str,
    *,
    run: int | None,
    number: int,
    verdict: Verdict | None,
    note: str,
    terminal: Terminal,
) -> ExitCode:
    """Store what a reader thinks of a sentence, or take that away.

    Raises:
        ClaimNotFound: there is no such sentence.
        PlumblineError: title and hint say why not.
    """
    with opened_history(data_folder) as history:
        state = history.state(named_run(history, name, number=run))
    with with_data_hint(), Research.open(data_folder) as research:
        research.mark(state.run_id, ClaimId(number), verdict, note)
    claims = [claim for version in state.versions for claim in version.report.claims + version.report.failed]
    text = next(one_line(claim.text) for claim in reversed(claims) if claim.id == number)
    what = f"Marked as {verdict.value}" if verdict is not None else "Not marked any more"
    terminal.note(f"{what}: {text}")
    return ExitCode.DONE


def _change_lines(change: Change) -> Iterator[str]:
    if change.kind is ChangeKind.KEPT:
        if change.is_state_changed and change.after is not None:
            before, after = change.before[0].state, change.after.state
            yield _wrapped("  = ", change.after.text)
            yield f"    {STATE_SIGNS[before]} {STATE_WORDS[before]} → {STATE_SIGNS[after]} {STATE_WORDS[after]}"
        return
    sign = _CHANGE_SIGNS[change.kind]
    if change.kind is ChangeKind.REWORDED and len(change.before) == 1 and change.after is not None:
        yield _wrapped(f"  {sign} ", _marked(change.before[0].text, change.after.text))
        return
    for claim in change.before:
        yield _wrapped(f"  {sign} ", claim.text)
    if change.after is not None:
        lead = "    now: " if change.before else f"  {sign} "
        yield _wrapped(lead, change.after.text)


def _wrapped(lead: str, text: str) -> str:
    return filled(one_line(text), first=lead, indent=" " * _INDENT)


def _marked(old: str, new: str) -> str:
    """Return two sentences as one, with what is gone in ``[-…-]`` and what is new in ``{+…+}``."""
    parts = []
    for words in words_diff(old, new):
        both = words.is_old and words.is_new
        parts.append(words.text if both else f"[-{words.text}-]" if words.is_old else f"{{+{words.text}+}}")
    return "".join(parts)
