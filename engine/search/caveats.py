"""What limits the results of one query, for people: which engines did not answer and why, in one short line."""

from __future__ import annotations

from collections.abc import Sequence

from engine.domain import EngineReport, EngineState

NOBODY_ANSWERED = "No search engine answered, so this says nothing about what there is on the web."

_DOOR = "the door refused it."
_NO_NAME = " cannot be found"
_FAILED = (EngineState.BLOCKED, EngineState.UNREACHABLE, EngineState.NONSENSE)


def caveats_of(reports: Sequence[EngineReport], *, found: int, outside: int) -> tuple[str, ...]:
    """Return what limits the results of one query, a sentence each.

    Nothing in it passes with time: it is kept, and read again later.

    Args:
        reports: of every engine that was asked or left out, in the order of asking.
        found: how many results there are.
        outside: how many there were beyond the domains or dates that are wanted.
    """
    states = {report.state for report in reports}
    if states == {EngineState.REFUSED}:
        reasons = [report.words.partition(": ")[2] for report in reports]
        # What was refused to the relay was refused for the same reason, of which the relay does not tell.
        return (f"The query was not sent: {next((each for each in reasons if each != _DOOR), _DOOR)}",)
    has_answer = bool(states & {EngineState.ANSWERED, EngineState.EMPTY})
    told = _FAILED if has_answer else (*_FAILED, EngineState.RESTING)
    caveats = [] if has_answer else [NOBODY_ANSWERED]
    caveats += _unanswered([report for report in reports if report.state in told])
    caveats += [report.words for report in reports if report.state is EngineState.REFUSED][:1]
    if has_answer and outside and not found:
        caveats.append(f"All {outside} results lie outside of the domains or dates that are wanted.")
    return tuple(dict.fromkeys(caveats))


def _unanswered(reports: Sequence[EngineReport]) -> list[str]:
    """One line for all engines that did not answer, those with the same reason together."""
    if not reports:
        return []
    names: dict[str, dict[str, None]] = {}
    for report in reports:
        names.setdefault(_reason(report), {}).setdefault(report.name)
    groups = [f"from {_listed(tuple(engines))}: {reason}" for reason, engines in names.items()]
    return [f"No answer {'; '.join(groups)}."]


def _reason(report: EngineReport) -> str:
    """Why an engine did not answer, without its name."""
    words = report.words.removeprefix(report.name).strip().removeprefix("It ")
    first, _, rest = words.partition(". ")
    if first == "could not be reached" and rest:
        first = rest[:1].lower() + rest[1:]
    first = first.removeprefix("refused the query: ").removeprefix("was ")
    first = first.replace("not asked, as it failed before", "not asked after failing before")
    if first.rstrip(".").endswith(_NO_NAME):
        # The names differ, the reason is one: mostly there is no connection at all.
        first = "the name of its server cannot be found, as without a connection to the internet"
    return first.rstrip(".") or "nothing is known of the reason"


def _listed(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"
