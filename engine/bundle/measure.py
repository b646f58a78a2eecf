"""How much a trace may ask for: what follows from its steps is worked out each time that its report is shown."""

from __future__ import annotations

from engine.bundle.archive import EntryBroken
from engine.domain import Report
from engine.events import (
    AmendmentBegun,
    AmendmentFailed,
    ClaimMarked,
    ClaimRewritten,
    CommandGiven,
    CommandKind,
    Event,
    GapsFound,
    OutlineMade,
    PlanMade,
    ReportDrafted,
    ReportFinished,
    RunContinued,
    SearchRan,
    SectionWritten,
    SourceFailed,
    SourceRead,
)

MOST_SUBQUESTIONS = 500
"""Of a run."""
MOST_PASSAGES = 2_000
"""That one source gave in one step."""
MOST_CLAIMS = 5_000
"""Of a report or a part of one."""
MOST_PARTS = 2_000
"""Of an outline."""
MOST_WORK = 60_000_000
"""Things that are looked at while the steps are followed, about 50 ns each. A long run of today needs a tenth."""
_REWRITING = 20
"""How many times as long a claim takes that is looked at for being rewritten."""


class Measure:
    """Adds up what the steps of a trace ask for."""

    def __init__(self) -> None:
        self._work = 0
        self._subquestions = 0
        self._found = 0
        """Sources and passages."""
        self._met = 0
        """Results of searches, and pages that could not be read."""
        self._commands = 0
        self._claims = 0
        self._written = 0
        self._marked = 0

    def add(self, event: Event) -> None:
        """Count one more step.

        Raises:
            EntryBroken: no run asks for so much.
        """
        self._work += 1 + self._subquestions + self._asked_for(event)
        if self._work > MOST_WORK:
            raise EntryBroken("asks for more work than a run can")

    def _asked_for(self, event: Event) -> int:
        match event:
            case PlanMade():
                self._ask(len(event.plan.subquestions))
            case GapsFound() | AmendmentBegun():
                self._ask(len(event.subquestions))
                return self._commands
            case SearchRan():
                self._met += len(event.results)
            case SourceFailed():
                self._met += 1
                return self._commands
            case SourceRead():
                _refuse(len(event.passages), MOST_PASSAGES, "has more passages than a source can give")
                self._found += 1 + len(event.passages)
                return self._found + self._commands
            case OutlineMade():
                _refuse(len(event.outline.parts), MOST_PARTS, "has more parts than a report can have")
                return len(event.outline.parts)
            case SectionWritten():
                _refuse(len(event.section.all_claims), MOST_CLAIMS, _TOO_MANY_CLAIMS)
                self._written += 1
                return self._written
            case ReportDrafted() | ReportFinished():
                self._claims = _claims_of(event.report)
                return self._claims
            case ClaimRewritten():
                return self._claims * _REWRITING
            case ClaimMarked():
                self._marked += 1
                return self._marked
            case AmendmentFailed():
                return self._commands
            case CommandGiven():
                self._commands += 1
                return self._commands + (self._met if event.kind is CommandKind.SUPPLY_SOURCE else 0)
            case RunContinued():
                return self._met
        return 0

    def _ask(self, number: int) -> None:
        self._subquestions += number
        _refuse(self._subquestions, MOST_SUBQUESTIONS, "has more sub-questions than a run can have")


_TOO_MANY_CLAIMS = "has more sentences than a report can have"


def _claims_of(report: Report) -> int:
    number = len(report.claims) + len(report.failed)
    _refuse(number, MOST_CLAIMS, _TOO_MANY_CLAIMS)
    return number


def _refuse(number: int, most: int, words: str) -> None:
    if number > most:
        raise EntryBroken(words)
