"""A run as it happens, in a few lines for the error stream, or each step as a line of JSON."""

from __future__ import annotations

from typing import Protocol

from desktop.amendment_words import doing_words, failed_words
from desktop.episode_words import nothing_known
from desktop.terminal.streams import Terminal
from desktop.web_words import SIDE_NAMES, engine_words, site_of
from engine.agent.state import RunState
from engine.citations.coverage import coverage_words
from engine.counting import counted
from engine.domain import EngineState, Reach, SubQuestionId
from engine.events import (
    AmendmentBegun,
    AmendmentFailed,
    ClaimChecked,
    ClaimRewritten,
    EpisodeEnded,
    EpisodeStarted,
    GapsFound,
    ModelRestarted,
    OutlineMade,
    PlanMade,
    PolicyReplied,
    ReplyRejected,
    ReportDrafted,
    ReportFinished,
    RunEnded,
    SearchRan,
    SecondLookAsked,
    SectionWritten,
    SourceFailed,
    SourceRead,
    StoredEvent,
    WorkspaceRebuilt,
)
from engine.export import render_trace_line
from engine.export.printable import one_line

STOPPED_REASON = "You stopped it."
"""Of a change that was given up because a person asked for that."""
_THOUGHT_CHARACTERS = 160
_HEARD = frozenset([EngineState.ANSWERED, EngineState.EMPTY])


class Watcher(Protocol):
    """Is shown each step once it is stored."""

    def show(self, stored: StoredEvent, state: RunState) -> None: ...


class Progress:
    """Tells a person what a run is doing."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._told: set[tuple[str, EngineState]] = set()
        """Which engines were said not to answer, and how."""
        self._is_unchanged = False
        """Whether the last that was heard of the report is that a change of it could not be made."""
        self._subquestions: tuple[SubQuestionId, ...] = ()
        """Of the change that is being made."""

    def show(self, stored: StoredEvent, state: RunState) -> None:
        """Write what is worth a line, and draw the rest over itself."""
        match stored.event:
            case PlanMade(plan=plan):
                if len(plan.subquestions) > 1:
                    self._terminal.note(f"Plan: {counted(len(plan.subquestions), 'sub-question')}")
                    for subquestion in plan.subquestions:
                        place = f" ({SIDE_NAMES[subquestion.side]})" if state.scope.reach is Reach.BOTH else ""
                        self._terminal.note(f"  {subquestion.id}. {one_line(subquestion.text)}{place}")
            case EpisodeStarted(subquestion_id=number):
                numbers = self._subquestions or tuple(one.subquestion.id for one in state.episodes)
                place = (
                    f"{numbers.index(number) + 1} of {len(numbers)}: " if len(numbers) > 1 and number in numbers else ""
                )
                self._step(f"Researching {place}{_shortened(one_line(state.episode(number).subquestion.text))}")
            case SearchRan() as search:
                self._tell_search(search)
            case SourceRead(source=source, passages=passages):
                self._step(f"Read “{one_line(source.title)}”: {counted(len(passages), 'passage')}")
            case SourceFailed(title=title, address=address, reason=reason):
                name = one_line(title) or one_line(address)
                site = f" ({site_of(address)})" if site_of(address) else ""
                self._terminal.note(f"Could not read “{name}”{site}: {one_line(reason)}")
            case EpisodeEnded(subquestion_id=number, found=found, reason=reason):
                unknown = nothing_known(state.episode(number))
                what = "Found" if found else "Not known" if unknown else "Not found"
                why = f": {unknown}." if unknown else f". {one_line(reason)}"
                text = _shortened(one_line(state.episode(number).subquestion.text))
                about = f"{text} — " if len(state.episodes) > 1 else ""
                self._terminal.note(f"{'✓' if found else '–'} {about}{what}{why}")
            case PolicyReplied(thought=thought) if thought:
                self._step(f"Thought: {_shortened(one_line(thought))}")
            case ReplyRejected(problem=problem):
                self._step(f"A reply was sent back to the model: “{one_line(problem)}”")
            case SecondLookAsked(reason=reason) | WorkspaceRebuilt(reason=reason):
                self._step(one_line(reason))
            case ModelRestarted(reason=reason):
                self._terminal.note(f"The language model broke down and was started again: {one_line(reason)}")
            case RunEnded():
                if not self._is_unchanged:
                    self._terminal.note(_ending(state))
            case _:
                self._show_writing(stored, state)

    def _show_writing(self, stored: StoredEvent, state: RunState) -> None:
        """The same for what happens to the report."""
        match stored.event:
            case OutlineMade(outline=outline):
                self._step(f"Outline: {counted(len(outline.parts), 'part')}")
            case SectionWritten(part=part, section=section):
                total = len(state.outline.parts) if state.outline is not None else part + 1
                self._step(f"Wrote part {part + 1} of {total}: {one_line(section.title)}")
            case GapsFound(subquestions=subquestions):
                self._terminal.note("Something is missing, and is looked for before the report goes on:")
                for subquestion in subquestions:
                    self._terminal.note(f"  {subquestion.id}. {one_line(subquestion.text)}")
            case AmendmentBegun(amendment=amendment, subquestions=subquestions):
                self._subquestions = tuple(one.id for one in subquestions)
                self._is_unchanged = False
                self._step(doing_words(amendment))
            case AmendmentFailed(amendment=amendment, reason=reason):
                self._is_unchanged = True
                if reason != STOPPED_REASON:
                    self._terminal.note(_failure(failed_words(amendment), one_line(reason)))
            case ReportDrafted():
                self._step("Checking the report" if state.outline is not None else "Writing the report")
            case ClaimRewritten(claim=claim):
                self._step(f"Written once more, as it failed its check: {_shortened(one_line(claim.text))}")
            case ClaimChecked():
                total = len(state.draft.claims) if state.draft is not None else 0
                done = min(len({claim.id for claim in state.checked}), total)
                self._terminal.live(f"Checking sentence {done} of {total}")
            case ReportFinished(report=report):
                self._is_unchanged = False
                if coverage_words(report):
                    self._terminal.note(coverage_words(report))
            case _:
                pass

    def _tell_search(self, search: SearchRan) -> None:
        """Say what was found; where no engine answered, that nothing is known of what there is."""
        query = one_line(search.query)
        engines = [one_line(engine_words(report)) for report in search.engines]
        if search.is_unanswered:
            self._terminal.note(f"No search engine answered “{query}”, so what there is was not found out:")
            for words in engines:
                self._terminal.note(f"  {words}")
            return
        where = "Searched the web for" if search.engines else "Searched"
        self._step(f"{where} “{query}”: {counted(len(search.results), 'result')}")
        if engines and not self._terminal.is_live:
            self._terminal.note(f"  {' · '.join(engines)}")
        for report, words in zip(search.engines, engines, strict=True):
            is_new = report.state not in _HEARD and (report.name, report.state) not in self._told
            if is_new and self._terminal.is_live:
                self._told.add((report.name, report.state))
                self._terminal.note(f"  {words}")

    def _step(self, text: str) -> None:
        if self._terminal.is_live:
            self._terminal.live(text)
        else:
            self._terminal.note(text)


class TraceLines:
    """Writes each step to the output stream as one line of JSON."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def show(self, stored: StoredEvent, _state: RunState) -> None:
        """Write the line and hand it over at once."""
        self._terminal.say(render_trace_line(stored))


def _shortened(text: str) -> str:
    return text if len(text) <= _THOUGHT_CHARACTERS else f"{text[: _THOUGHT_CHARACTERS - 1].rstrip()}…"


def _failure(title: str, reason: str) -> str:
    """What could not be done and why, as one or two sentences, and nothing twice."""
    words = reason if reason.startswith(title) else f"{title}: {reason}" if reason else title
    return words if words.endswith((".", "?", "…")) else f"{words}."


def _ending(state: RunState) -> str:
    read = f"{counted(len(state.sources), 'source')} read, {counted(len(state.passages), 'passage')} found"
    return f"{one_line(state.end_reason) or 'Done.'} {read}; {state.worked_s:.1f} s"
