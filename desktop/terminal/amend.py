"""A finished report changed from a terminal: gone deeper into, checked, shortened, translated, taken up again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.amendment_words import doing_words, done_words, failed_words
from desktop.language_words import LANGUAGES
from desktop.terminal.cast import NO_MODEL, CastingStopped
from desktop.terminal.delivery import Delivery
from desktop.terminal.exit_codes import ExitCode
from desktop.terminal.following import follow_run
from desktop.terminal.look_up import is_approved
from desktop.terminal.progress import STOPPED_REASON
from desktop.terminal.sessions import changeable, named_run, opened_history
from desktop.terminal.streams import Terminal
from desktop.terminal.web import OpenDoor, real_door
from desktop.terminal.workbench import opened_bench
from engine.agent.amending import words_sent
from engine.agent.state import RunState, fold
from engine.casting import EXTRACTIVE, Cast
from engine.domain import Amendment, AmendmentKind, ClaimId, ReportVersion
from engine.errors import AmendmentImpossible, ClaimNotFound
from engine.events import AmendmentFailed, CommandGiven, CommandKind, ReportFinished, StoredEvent
from engine.export.printable import one_line
from engine.research import usable_question

_RESEARCHED = frozenset({AmendmentKind.DEEPER, AmendmentKind.CHECK})
"""Changes for which more is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendOrder:
    """A change of a report, from the command line."""

    session: str
    run: int | None
    """Which of its runs; None: the last one."""
    kind: AmendmentKind
    delivery: Delivery
    words: str = ""
    claim: int | None = None
    section: int | None = None
    """From 1, as a person counts."""
    language: str = ""
    """Its code or its name."""
    version: int | None = None
    model: str | None = None
    is_verbose: bool = False
    is_approved: bool = False
    """Whether what goes to search engines may go there without being shown first."""


def amend(data_folder: Path, order: AmendOrder, *, terminal: Terminal, open_door: OpenDoor = real_door) -> ExitCode:
    """Have a report changed, which makes a new version of it, and deliver that.

    Raises:
        PlumblineError: title and hint say why not; ModelError likewise.
    """
    order.delivery.check()
    with opened_history(data_folder) as history:
        state = changeable(history, named_run(history, order.session, number=order.run))
    amendment = _meant(order, state)
    if not _may_leave(order, amendment, state, terminal):
        terminal.warn("Nothing was sent. The report is as it was.")
        return ExitCode.STOPPED
    with opened_bench(
        data_folder,
        reach=state.scope.reach,
        delivery=order.delivery,
        model=_model_for(order, state),
        is_verbose=order.is_verbose,
        may_be_offline=amendment.kind not in _RESEARCHED,
        terminal=terminal,
        open_door=open_door,
    ) as bench:
        for earlier in dict.fromkeys((*((state.amending,) if state.amending else ()), *state.amendments)):
            terminal.note(f"A change that was asked for before comes first. {doing_words(earlier)}")
        command = CommandGiven(kind=CommandKind.AMEND, amendment=amendment)
        try:
            with bench.opened_cast() as cast:
                _refuse_without_model(order, state, cast)
                code = follow_run(state.run_id, bench, cast=cast, command=command)
        except CastingStopped:
            return ExitCode.STOPPED
    with opened_history(data_folder) as history:
        trace = history.trace(state.run_id)
    version, reason = _outcome(amendment, trace, since=state.length)
    if version is not None:
        terminal.note(f"This is version {version.number} of the report ({done_words(version.amendment)}).")
        terminal.note(f"What changed:  plumbline compare {state.session_id[:8]}")
        return code
    if code is ExitCode.STOPPED:
        return code
    if reason == STOPPED_REASON:
        terminal.warn("The change was stopped and given up. The report is as it was.")
        return ExitCode.STOPPED
    if terminal.is_quiet:
        terminal.explain(AmendmentImpossible(failed_words(amendment), hint=reason))
    terminal.warn("The report is as it was.")
    return ExitCode.PROBLEM


def _outcome(amendment: Amendment, trace: Sequence[StoredEvent], *, since: int) -> tuple[ReportVersion | None, str]:
    """Return the version that a change made, or why it could not be made; others may have been made before it."""
    ends = [
        stored.event
        for stored in trace[since:]
        if isinstance(stored.event, AmendmentFailed | ReportFinished) and stored.event.amendment == amendment
    ]
    if not ends:
        return None, ""
    if isinstance(ends[-1], AmendmentFailed):
        return None, ends[-1].reason
    made = [version for version in fold(trace).versions if version.amendment == amendment]
    return (made[-1] if made else None), ""


def _model_for(order: AmendOrder, state: RunState) -> str | None:
    """Return the model that is to be used: a report made without one is changed without one, as far as that can be."""
    if order.model is None and state.engine == EXTRACTIVE.name and order.kind is not AmendmentKind.TRANSLATE:
        return NO_MODEL
    return order.model


def _refuse_without_model(order: AmendOrder, state: RunState, cast: Cast) -> None:
    """Stop before what a model has written is changed and checked without one, unless that is what was asked for.

    Raises:
        AmendmentImpossible: no model is there.
    """
    is_asked_for = order.model == NO_MODEL or order.kind is AmendmentKind.RESTORE
    if is_asked_for or state.engine == EXTRACTIVE.name or cast.name != EXTRACTIVE.name:
        return
    raise AmendmentImpossible(
        f"This report was made with {one_line(state.engine).partition(':')[0]}, and no language model can be used now",
        hint="Choose one:  plumbline models use NAME\nOr name one for this change:  --model NAME; or  --model none",
    )


def _may_leave(order: AmendOrder, amendment: Amendment, state: RunState, terminal: Terminal) -> bool:
    """Show what of a report goes to search engines for a change, and ask; what a person has typed was seen."""
    words = words_sent(state, amendment) if amendment.kind is AmendmentKind.CHECK else ""
    if not words or order.is_approved:
        return True
    terminal.say("The sentence is looked for on the web. These words go to the search engines that are on:")
    terminal.say(f"  {words}")
    return is_approved(terminal)


def _meant(order: AmendOrder, state: RunState) -> Amendment:
    """Return the change that is meant.

    Raises:
        AmendmentImpossible: there is no report, section, version or language like that.
        ClaimNotFound: there is no such sentence.
        QuestionUnusable: there is nothing to be looked into.
    """
    report = state.current_report
    if report is None or not state.versions:
        raise AmendmentImpossible("There is no finished report to be changed", hint="Finish the run:  plumbline resume")
    if order.claim is not None and all(one.id != order.claim for one in report.claims + report.failed):
        raise ClaimNotFound(
            f"There is no sentence {order.claim} in this report", hint="See:  plumbline show SESSION --claims"
        )
    if order.section is not None and order.section > len(report.sections):
        raise AmendmentImpossible(
            f"There is no section {order.section} in this report", hint=f"It has {len(report.sections)}."
        )
    if order.version is not None and order.version > len(state.versions):
        raise AmendmentImpossible(
            f"There is no version {order.version} of this report", hint=f"There are {len(state.versions)}."
        )
    return Amendment(
        kind=order.kind,
        claim=ClaimId(order.claim) if order.claim is not None else None,
        section=order.section - 1 if order.section is not None else None,
        words=usable_question(order.words) if order.kind is AmendmentKind.DEEPER else order.words,
        language=_language(order.language) if order.kind is AmendmentKind.TRANSLATE else "",
        version=order.version,
    )


def _language(named: str) -> str:
    """Return the two letters of a language that is named by them, or in English, or by its own name."""
    wanted = " ".join(named.split()).casefold()
    for code, names in LANGUAGES.items():
        if wanted in (code, *(name.casefold() for name in names)):
            return code
    known = ", ".join(f"{code} ({name})" for code, (name, _) in LANGUAGES.items())
    raise AmendmentImpossible(f"Plumbline does not know the language “{named}”", hint=f"These are known: {known}.")
