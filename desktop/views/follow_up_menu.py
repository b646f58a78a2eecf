"""What a reader can want of a report, of one of its sections or of one of its sentences: a menu for each place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from desktop.theme import Theme
from engine.agent.state import RunState
from engine.domain import Amendment, AmendmentKind, ClaimId, Report

DEEPER = "Go deeper here…"
CHECK = "Check this claim"
SHORTEN = "Shorten"
TRANSLATE = "Translate…"
TABLE = "As a table"
_ICONS = {
    AmendmentKind.DEEPER: "arrow-bend-down-right",
    AmendmentKind.CHECK: "checks",
    AmendmentKind.SHORTEN: "arrows-in-line-vertical",
    AmendmentKind.TRANSLATE: "translate",
    AmendmentKind.TABLE: "table",
}


def can_follow_up(state: RunState, report: Report) -> bool:
    """Return whether a report that is read can be changed: it is the newest version, and nothing works on it."""
    return state.outcome is not None and bool(state.versions) and report == state.versions[-1].report


def follow_ups(
    report: Report, *, claim: ClaimId | None = None, section: int | None = None, gap: int | None = None
) -> tuple[tuple[str, Amendment], ...]:
    """Return what can be wanted at a place of a report, with what each is called.

    What an amendment still lacks, the words of DEEPER and the language of TRANSLATE, is asked for afterwards.

    Args:
        report: the newest version.
        claim: the sentence at the place, if there is one.
        section: index of the section at the place; None for the whole report.
        gap: index of what was not established, at the place.
    """
    wanted: list[tuple[str, Amendment]] = []
    words = _proposed(report, claim=claim, section=section, gap=gap)
    is_here = claim is not None or section is not None or gap is not None
    wanted.append(
        (
            DEEPER if is_here else "Go deeper…",
            Amendment(kind=AmendmentKind.DEEPER, claim=claim, section=section, words=words),
        )
    )
    if claim is not None:
        wanted.append((CHECK, Amendment(kind=AmendmentKind.CHECK, claim=claim)))
    of_part = section is not None and section < len(report.sections)
    if of_part and len(report.sections) > 1:
        wanted.append(("Shorten this section", Amendment(kind=AmendmentKind.SHORTEN, section=section)))
        wanted.append(("This section as a table", Amendment(kind=AmendmentKind.TABLE, section=section)))
    if claim is None and gap is None and not (of_part and len(report.sections) > 1):
        wanted.append((SHORTEN, Amendment(kind=AmendmentKind.SHORTEN)))
        wanted.append((TABLE, Amendment(kind=AmendmentKind.TABLE)))
        wanted.append((TRANSLATE, Amendment(kind=AmendmentKind.TRANSLATE)))
    return tuple(wanted)


def add_on_top(
    menu: QMenu, wanted: tuple[tuple[str, Amendment], ...], *, theme: Theme, ask: Callable[[Amendment], object]
) -> None:
    """Put what asks for amendments in front of everything in a menu."""
    first = menu.actions()[0] if menu.actions() else None
    for text, amendment in wanted:
        action = QAction(theme.icon(_ICONS[amendment.kind]), text, menu)
        action.triggered.connect(partial(_ask, ask, amendment))
        menu.insertAction(first, action)  # type: ignore[arg-type]
    if first is not None:
        menu.insertSeparator(first)


def _ask(ask: Callable[[Amendment], object], amendment: Amendment, _checked: bool = False) -> None:
    ask(amendment)


def _proposed(report: Report, *, claim: ClaimId | None, section: int | None, gap: int | None) -> str:
    """Return the words that are proposed as a further question: of the sentence, the gap, the section, or nothing."""
    if claim is not None:
        found = next((one for one in report.claims + report.failed if one.id == claim), None)
        return found.text if found is not None else ""
    if gap is not None and gap < len(report.gaps):
        return report.gaps[gap].question
    if section is not None and section < len(report.sections):
        return report.sections[section].title
    return ""
