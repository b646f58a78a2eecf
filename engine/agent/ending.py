"""How a run ends: as complete, with too little established, with nothing found, or because nobody answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from engine.agent.state import RunState
from engine.citations.coverage import coverage_words, is_covered
from engine.domain import AmendmentKind, EngineReport, EngineState, Outcome, Report, Side
from engine.events import RunEnded, SearchRan
from engine.search.caveats import caveats_of

_PUT_DIFFERENTLY = frozenset({AmendmentKind.SHORTEN, AmendmentKind.TRANSLATE, AmendmentKind.TABLE})
_HEARD = (EngineState.ANSWERED, EngineState.EMPTY)


def caveats(state: RunState) -> tuple[str, ...]:
    """Return what limited the searches of the run, each sentence once, and each search engine once."""
    searches = [ran for episode in state.episodes for ran in episode.searches]
    said = []
    for ran in searches:
        of_engines = set(caveats_of(ran.engines, found=len(ran.results), outside=0)) if ran.engines else set()
        said += [caveat for caveat in ran.caveats if caveat not in of_engines]
    return tuple(dict.fromkeys([*_engine_caveats(searches), *said]))


def _engine_caveats(searches: Iterable[SearchRan]) -> tuple[str, ...]:
    reports = [report for ran in searches for report in ran.engines]
    if not reports:
        return ()
    heard = [report for report in reports if report.state in _HEARD]
    names = {report.name for report in heard}
    silent: dict[str, EngineReport] = {}
    for report in sorted(reports, key=_is_resting):
        if report.name not in names:
            silent.setdefault(report.name, report)
    return caveats_of([*heard, *silent.values()], found=len(heard), outside=0)


def _is_mostly_silent(searches: Sequence[SearchRan]) -> bool:
    """Whether more engines gave no answer than said that there is nothing."""
    reports = [report for ran in searches for report in ran.engines]
    heard = {report.name for report in reports if report.state in _HEARD}
    return len({report.name for report in reports} - heard) > len(heard)


def _is_resting(report: EngineReport) -> bool:
    return report.state is EngineState.RESTING


def ending(state: RunState) -> RunEnded:
    """Return the end of a run whose report is finished."""
    assert state.report is not None
    if state.report.coverage.written:
        failing = [report for report in _judged(state, state.report) if not is_covered(report)]
        if not failing:
            return RunEnded(outcome=Outcome.COMPLETE)
        return RunEnded(outcome=Outcome.INCOMPLETE, reason=coverage_words(failing[0]))
    if state.sources or not any(ran.results for episode in state.episodes for ran in episode.searches):
        return RunEnded(outcome=Outcome.NOT_FOUND, reason="Nothing relevant was found in these sources.")
    return RunEnded(outcome=Outcome.NOT_FOUND, reason="None of the sources that were found was read.")


def _judged(state: RunState, report: Report) -> list[Report]:
    """Return what a run is judged by: its report and, where that only puts another one differently, that one too."""
    judged = [report]
    for version in reversed(state.versions):
        judged.append(version.report)
        if version.amendment is None or version.amendment.kind not in _PUT_DIFFERENTLY:
            break
    return judged


def failure(state: RunState) -> str:
    """Return why there is nothing to write a report from, where that says nothing of what there is to find."""
    if state.passages:
        return ""
    ends = [episode.ended for episode in state.episodes if episode.ended is not None]
    for ended in ends:
        if ended.model_failed:
            return ended.reason
    web = [episode for episode in state.episodes if episode.subquestion.side is Side.WEB]
    searches = [ran for episode in web for ran in episode.searches if ran.engines]
    if searches and all(ran.is_unanswered for ran in searches):
        return " ".join(_engine_caveats(searches))
    if searches and not any(ran.results for ran in searches) and _is_mostly_silent(searches):
        return " ".join(_engine_caveats(searches))
    failures = {one.address: one.reason for episode in web for one in episode.failed}
    if failures and not any(episode.read for episode in web):
        ((most, _),) = Counter(failures.values()).most_common(1)
        return (
            f"Pages were found, but none of the {len(failures)} that were tried could be read. Most often: {most} "
            "A page that you save in your browser can be given instead."
        )
    return ""
