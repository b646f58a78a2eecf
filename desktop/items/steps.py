"""Events as lines for somebody watching: what kind of step, what was done, and what can be unfolded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from desktop.amendment_words import asked_words
from desktop.items.report_steps import report_step
from desktop.items.step import Detail, Step, StepKind
from desktop.items.thought_steps import model_step
from desktop.plain_text import one_line
from desktop.web_words import REACH_NAMES, engine_name, engine_words, engines_line, limits_words, site_of
from desktop.words import OUTCOME_WORDS
from engine.citations.wording import OBSTACLE_WORDS, address_words, place_words
from engine.counting import counted
from engine.domain import Obstacle
from engine.events import (
    AmendmentBegun,
    AmendmentFailed,
    ClaimChecked,
    ClaimMarked,
    ClaimRewritten,
    CommandGiven,
    CommandKind,
    EpisodeEnded,
    EpisodeStarted,
    Event,
    GapsFound,
    ModelRestarted,
    OutlineMade,
    PlanMade,
    PolicyReplied,
    ReplyRejected,
    ReportDrafted,
    ReportFinished,
    RunContinued,
    RunEnded,
    RunStarted,
    SearchRan,
    SecondLookAsked,
    SectionWritten,
    SourceFailed,
    SourceRead,
    WorkspaceRebuilt,
)

_COMMANDS = {
    CommandKind.STOP: "You stopped the run",
    CommandKind.PAUSE: "You paused the run",
    CommandKind.WRITE_NOW: "You asked for the report now",
    CommandKind.SKIP_SUBQUESTION: "You skipped a sub-question",
    CommandKind.SKIP_SOURCE: "You skipped a source",
    CommandKind.SUPPLY_SOURCE: "You supplied a source",
    CommandKind.AMEND: "You asked for a change of the report",
}

_SAID = frozenset(Obstacle) - {Obstacle.OTHER, Obstacle.REFUSED}
"""Obstacles whose words say more than the reason alone."""


def step_of(event: Event) -> Step:
    """Return the line for an event."""
    match event:
        case RunStarted():
            details = [Detail(label="by", text=one_line(event.engine)), Detail(label="depth", text=event.depth.value)]
            if event.scope.reach.has_web:
                where = [REACH_NAMES[event.scope.reach], one_line(limits_words(event.scope.web), limit=300)]
                details.append(Detail(label="where", text=" · ".join(part for part in where if part)))
            if event.approved_query:
                details.append(Detail(label="sent", text=f"only the approved words “{one_line(event.approved_query)}”"))
            return _step(StepKind.ASK, f"Asked “{one_line(event.question, limit=200)}”", details)
        case PlanMade():
            plan = event.plan.subquestions
            details = [Detail(label="why", text=one_line(event.reason))] if event.reason else []
            details += [Detail(label=str(one.id), text=one_line(one.text, limit=500)) for one in plan]
            return _step(StepKind.THINK, f"Planned {counted(len(plan), 'sub-question')}", details)
        case EpisodeStarted():
            return _step(StepKind.THINK, f"Began sub-question {event.subquestion_id}")
        case PolicyReplied() | ReplyRejected() | SecondLookAsked() | WorkspaceRebuilt() | ModelRestarted():
            return model_step(event)
        case SearchRan():
            found = _found_words(event)
            return _step(
                StepKind.SEARCH, f"Searched “{one_line(event.query, limit=200)}”: {found}", list(_search_details(event))
            )
        case SourceRead():
            found = counted(len(event.passages), "passage") if event.passages else "nothing on this"
            title = one_line(event.source.title, limit=200) or address_words(event.source.address)
            parts = f" ({event.segments_read} of {counted(event.segments, 'part')})" if event.segments_read else ""
            return _step(StepKind.READ, f"Read “{title}”{parts}: {found}", list(_reading_details(event)))
        case SourceFailed():
            title = one_line(event.title, limit=200) or address_words(event.address)
            obstacle = f"{OBSTACLE_WORDS[event.obstacle].capitalize()}. " if event.obstacle in _SAID else ""
            details = [
                Detail(label="why", text=one_line(f"{obstacle}{event.reason}", limit=600)),
                Detail(label="at", text=one_line(address_words(event.address), limit=600)),
            ]
            return _step(StepKind.PROBLEM, f"Could not read “{title}”", details)
        case EpisodeEnded():
            outcome = "answered" if event.found else "no answer"
            if event.answer:
                outcome = f"“{one_line(event.answer, limit=160)}”"
            details = [Detail(label="", text=f"Answer: {event.answer}", is_prose=True)] if event.answer else []
            details += [Detail(label="why", text=one_line(event.reason, limit=600))] if event.reason else []
            return _step(StepKind.NOTE, f"Sub-question {event.subquestion_id}: {outcome}", details)
        case (
            OutlineMade()
            | SectionWritten()
            | GapsFound()
            | ReportDrafted()
            | ClaimRewritten()
            | ClaimChecked()
            | ReportFinished()
            | AmendmentBegun()
            | AmendmentFailed()
            | ClaimMarked()
        ):
            return report_step(event)
        case CommandGiven():
            if event.amendment is not None:
                return _step(StepKind.COMMAND, asked_words(event.amendment))
            details = [Detail(label="what", text=one_line(event.target, limit=600))] if event.target else []
            return _step(StepKind.COMMAND, _COMMANDS[event.kind], details)
        case RunContinued():
            details = [Detail(label="by", text=one_line(event.engine, limit=300))] if event.engine else []
            return _step(StepKind.COMMAND, "Went on", details)
        case RunEnded():
            details = [Detail(label="why", text=one_line(event.reason, limit=600))] if event.reason else []
            return _step(StepKind.END, OUTCOME_WORDS[event.outcome], details)
        case _:
            assert_never(event)


def _step(kind: StepKind, text: str, details: list[Detail] | None = None) -> Step:
    return Step(kind=kind, text=text, details=tuple(details or ()))


def _found_words(event: SearchRan) -> str:
    """Return what came of a query; that nobody answered is never called nothing."""
    if event.engines:
        found = counted(len(event.results), "result") if event.results else "no results"
        found = "no engine answered" if event.is_unanswered else found
        return f"{found} · {one_line(engines_line(event.engines), limit=400)}"
    return counted(len(event.results), "result") if event.results else "nothing"


def _search_details(event: SearchRan) -> Iterator[Detail]:
    for report in event.engines:
        took = f" · {report.seconds:.1f} s" if report.seconds >= 0.05 else ""
        words = one_line(report.words, limit=400) or engine_words(report)
        yield Detail(label=engine_name(report.name)[:9], text=f"{words}{took}")
    for caveat in event.caveats:
        yield Detail(label="note", text=one_line(caveat, limit=400))
    if event.reason:
        yield Detail(label="why", text=one_line(event.reason, limit=600))
    for result in event.results:
        title = one_line(result.title, limit=200) or address_words(result.address)
        site = site_of(result.address)
        title = " · ".join(part for part in (title, site, one_line(result.published, limit=20)) if part)
        snippet = one_line(result.snippet, limit=300)
        yield Detail(label=f"{result.score:.2f}", text=f"{title} — {snippet}" if snippet else title)


def _reading_details(event: SourceRead) -> Iterator[Detail]:
    if event.note:
        yield Detail(label="note", text=one_line(event.note, limit=600), source=event.source.id)
    if event.segments_read:
        parts = f"{event.segments_read} of {counted(event.segments, 'part')} of the text, most promising first"
        yield Detail(label="read", text=parts)
    for passage in event.passages:
        place = place_words(passage.locator)
        quote = f"“{one_line(passage.quote, limit=800)}”"
        yield Detail(
            label=f"{passage.relevance:.2f}",
            text=f"{quote} ({one_line(place, limit=120)})" if place else quote,
            passage=passage.id,
        )
    for warning in event.source.warnings:
        yield Detail(label="note", text=one_line(warning, limit=300))
