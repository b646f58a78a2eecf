"""A whole run led by a scripted language model, from the door of the engine to its report."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from scripted_model import ScriptedModel

from engine.agent.live import LiveWords, RoleName
from engine.agent.model_roles import judge, planner, reader, writer_missing, writer_requests
from engine.agent.state import fold
from engine.casting import EXTRACTIVE, Cast, model_cast
from engine.domain import ClaimState, Depth, Outcome
from engine.events import (
    CommandGiven,
    CommandKind,
    EpisodeEnded,
    ModelRestarted,
    PolicyReplied,
    SearchRan,
    SecondLookAsked,
    SourceRead,
    ThoughtKind,
)
from engine.library.library import Library
from engine.reading.parser import Parser
from engine.research import History, Research, RunControl
from models.chat import ChatRequest, Lane, Speaker
from models.errors import ModelDied, ModelUnusable

QUESTION = "How long can European eels live?"


@pytest.fixture(scope="module")
def documents(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "eels.md").write_text("# Eels\n\nThey are long.\n\nEuropean eels can live for up to 85 years.\n")
    (folder / "herons.md").write_text("# Herons\n\nThe grey heron eats eels.\n")
    data = tmp_path_factory.mktemp("data")
    with Parser() as parser:
        library = Library.open(data, parser=parser)
        library.add_folder(folder)
        for _ in library.update(should_stop=lambda: False):
            pass
        library.close()
    return data


@dataclass(frozen=True)
class Pair:
    policy: ScriptedModel
    reading: ScriptedModel


def call(name: str, key: str, *values: str) -> str:
    return f"<tool_call>\n{json.dumps({'name': name, 'arguments': {key: list(values)}})}\n</tool_call>"


def eel_expert(request: ChatRequest) -> str:
    """Play every role of a run about eels: search, read, answer, be sent for a second source, answer again."""
    system, *turns = request.prompt.messages
    if system.text == planner.SYSTEM:
        return "whole\nwhy: One search can answer it."
    if system.text == reader.SYSTEM:
        number = re.search(r"\[(\d+)\] European eels", turns[-1].text)
        return (
            f"new: {number[1]}\nnext: no\nnote: They live up to 85 years."
            if number
            else "new: none\nnext: no\nnote: No."
        )
    if system.text == writer_missing.SYSTEM:
        return "none"
    if system.text == writer_requests.SYSTEM:
        passage = re.search(r"\[(\d+)\]", turns[-1].text)[1]
        return f"European eels live up to 85 years. [{passage}]"
    assert request.lane is Lane.POLICY
    said = [turn.text for turn in turns if turn.speaker is Speaker.ASSISTANT]
    if not said:
        return " First I plan to search.\n</think>\n" + call("web_search", "query", "eels live", "herons eat")
    if len(said) == 1:
        shown = json.loads(re.search(r"\[.*\]", turns[-1].text, re.DOTALL)[0])
        address = next(one["url"] for one in shown[0]["web_page_info_list"] if "eels" in one["url"])
        return " Read it.\n</think>\n" + call("browse_webpage", "url_list", address)
    return " It is known.\n</think>\n<answer> up to 85 years </answer>"


def sure(_request: ChatRequest, options: tuple[str, ...]) -> tuple[float, ...]:
    return (0.9, 0.1) if options[0] == "Yes" else (0.1, 0.9)


def follow(data: Path, cast: Cast, *, depth: Depth = Depth.STANDARD):
    with Research.open(data) as research:
        run_id = research.start(QUESTION, depth=depth, cast=cast)
        trace = list(research.follow(run_id, control=RunControl(), cast=cast))
    history = History.open(data)
    state = history.state(run_id)
    history.close()
    return state, [stored.event for stored in trace]


def of_kind(events: list, kind: type) -> list:
    return [event for event in events if isinstance(event, kind)]


def test_a_language_model_leads_a_run_from_the_plan_to_a_checked_report(documents):
    words: list[LiveWords] = []
    model = ScriptedModel(eel_expert, weights=sure)
    cast = model_cast(Pair(policy=model, reading=model), name="Scripted model", on_live=words.append)
    state, events = follow(documents, cast)
    assert state.outcome is Outcome.COMPLETE
    assert state.engine == "Scripted model"
    (claim,) = state.report.answer
    assert claim.text == "European eels live up to 85 years."
    assert claim.state is ClaimState.SINGLE_SOURCE
    assert state.passages[claim.passages[0]].quote == "European eels can live for up to 85 years."
    assert [search.query for search in of_kind(events, SearchRan)] == ["eels live", "herons eat"]
    assert [read.source.title for read in of_kind(events, SourceRead)] == ["Eels"]
    assert of_kind(events, PolicyReplied)[0].kind is ThoughtKind.PLANNING
    assert len(of_kind(events, SecondLookAsked)) == 1
    assert of_kind(events, EpisodeEnded)[0].answer == "up to 85 years"
    assert {one.role for one in words} == {RoleName.PLANNER, RoleName.POLICY, RoleName.READER, RoleName.WRITER}
    assert "Scripted model" in state.report.made_by


def test_the_policy_and_the_readers_may_be_different_models(documents):
    leading, reading = ScriptedModel(eel_expert), ScriptedModel(eel_expert, weights=sure)
    follow(documents, model_cast(Pair(policy=leading, reading=reading), name="two"))
    assert {request.lane for request in leading.asked} == {Lane.POLICY}
    assert {request.lane for request in reading.asked} == {Lane.READING}
    assert not leading.weighed
    assert reading.weighed


def test_a_model_that_dies_in_mid_reply_is_asked_again_and_the_report_is_the_same(documents):
    deaths = iter([False, True, False, True, True, False, False, True])

    def mortal(request: ChatRequest) -> str:
        if next(deaths, False):
            raise ModelDied("The model process was killed")
        return eel_expert(request)

    immortal = ScriptedModel(eel_expert, weights=sure)
    wanted, _ = follow(documents, model_cast(Pair(policy=immortal, reading=immortal), name="m"))
    model = ScriptedModel(mortal, weights=sure)
    state, events = follow(documents, model_cast(Pair(policy=model, reading=model), name="m"))
    assert len(of_kind(events, ModelRestarted)) == 4
    assert state.report == wanted.report


def test_a_model_that_cannot_be_used_ends_the_run_with_its_reason_and_another_cast_can_go_on(documents):
    class Unusable(ScriptedModel):
        def about(self, *, is_cancelled=None):
            raise ModelUnusable("The model file is damaged", hint="Download it again.")

    model = Unusable(eel_expert)
    state, _ = follow(documents, model_cast(Pair(policy=model, reading=model), name="m"))
    assert state.outcome is Outcome.FAILED
    assert state.end_reason == "The model file is damaged. Download it again."
    with Research.open(documents) as research:
        trace = list(research.follow(state.run_id, control=RunControl(), cast=EXTRACTIVE))
    assert trace[0].event.engine == EXTRACTIVE.name
    assert trace[-1].event.outcome is Outcome.COMPLETE


def test_a_paused_run_is_parked_and_recalled_and_its_file_goes_with_its_end(documents):
    class KeepsAFile(ScriptedModel):
        def park(self, path: Path) -> None:
            super().park(path)
            path.write_bytes(b"what was read")

    model = KeepsAFile(eel_expert, weights=sure)
    cast = model_cast(Pair(policy=model, reading=model), name="m")
    with Research.open(documents) as research:
        run_id = research.start(QUESTION, cast=cast)
        control = RunControl()
        for stored in research.follow(run_id, control=control, cast=cast):
            if isinstance(stored.event, SearchRan) and not model.parked:
                control.give(CommandGiven(kind=CommandKind.PAUSE))
        assert fold(research._store.trace(run_id)).is_paused
        (parked,) = model.parked
        assert parked.exists()
        for _ in research.follow(run_id, control=RunControl(), cast=cast):
            pass
    assert model.recalled == [parked]
    assert not parked.exists()


def test_a_model_may_ask_three_queries_in_each_of_its_calls(documents):
    cast = model_cast(Pair(policy=ScriptedModel(eel_expert), reading=ScriptedModel(eel_expert)), name="m")
    for depth in Depth:
        budget = cast.budget(depth)
        assert budget.searches_per_episode == 3 * budget.tool_calls_per_episode
        assert EXTRACTIVE.budget(depth).subquestions == budget.subquestions


def test_what_the_judge_is_asked_never_holds_what_the_policy_said(documents):
    model = ScriptedModel(eel_expert, weights=sure)
    follow(documents, model_cast(Pair(policy=model, reading=model), name="m"))
    for request, _ in model.weighed:
        assert request.prompt.messages[0].text == judge.SYSTEM
        assert "First I plan" not in "".join(message.text for message in request.prompt.messages)
