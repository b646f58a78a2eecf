from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.agent.budget import budget_for
from engine.agent.state import Stage, fold
from engine.codec import decode, encode
from engine.domain import Depth, Outcome, Plan, RunId, Scope, SessionId, SubQuestion, SubQuestionId
from engine.events import (
    EVENT_TYPES,
    CommandGiven,
    CommandKind,
    EpisodeEnded,
    EpisodeStarted,
    PlanMade,
    RunContinued,
    RunEnded,
    RunStarted,
    SearchRan,
    StoredEvent,
)
from engine.storage.trace import decode_event


def stored(*events):
    return [
        StoredEvent(
            session_id=SessionId("s"), run_id=RunId("r"), sequence=n, at=datetime(2026, 1, 1, tzinfo=UTC), event=event
        )
        for n, event in enumerate(events, 1)
    ]


STARTED = RunStarted(
    question="Why?", scope=Scope(), depth=Depth.QUICK, budget=budget_for(Depth.QUICK), engine="e", version="0"
)


def plan_of(*texts: str) -> PlanMade:
    return PlanMade(
        plan=Plan(subquestions=tuple(SubQuestion(id=SubQuestionId(n), text=text) for n, text in enumerate(texts, 1)))
    )


def test_an_empty_trace_has_no_state():
    with pytest.raises(ValueError):
        fold([])


def test_a_trace_begins_with_its_question():
    with pytest.raises(ValueError, match="RunStarted"):
        fold(stored(RunContinued()))


def test_the_stage_follows_from_the_events():
    events = [STARTED]
    assert fold(stored(*events)).stage is Stage.PLANNING
    events.append(plan_of("a", "b"))
    assert fold(stored(*events)).stage is Stage.RESEARCHING
    for number in (1, 2):
        events.append(EpisodeStarted(subquestion_id=SubQuestionId(number)))
        assert fold(stored(*events)).current_episode.subquestion.id == number
        events.append(EpisodeEnded(subquestion_id=SubQuestionId(number), found=False, reason="."))
    assert fold(stored(*events)).stage is Stage.WRITING
    events.append(RunEnded(outcome=Outcome.FAILED, reason="x"))
    assert fold(stored(*events)).stage is Stage.ENDED
    events.append(RunContinued())
    assert fold(stored(*events)).stage is Stage.WRITING


def test_a_changed_plan_keeps_the_work_on_the_questions_that_stay():
    search = SearchRan(subquestion_id=SubQuestionId(1), query="q", results=())
    changed = plan_of("a", "b", "c")
    state = fold(stored(STARTED, plan_of("a"), search, changed))
    assert state.episode(SubQuestionId(1)).searches == (search,)
    assert [episode.subquestion.text for episode in state.episodes] == ["a", "b", "c"]


def test_pause_is_undone_by_going_on():
    trace = stored(STARTED, CommandGiven(kind=CommandKind.PAUSE))
    assert fold(trace).is_paused
    assert not fold(stored(*[s.event for s in trace], RunContinued())).is_paused


def test_every_kind_of_event_can_be_decoded_by_its_name():
    names = {kind.__name__ for kind in EVENT_TYPES}
    assert len(names) == len(EVENT_TYPES)
    assert decode_event("RunContinued", "{}") == RunContinued()


def test_fields_that_a_later_version_added_are_ignored():
    assert decode_event("RunEnded", '{"outcome": "complete", "reason": "", "mood": "good"}') == RunEnded(
        outcome=Outcome.COMPLETE
    )


@given(st.text())
def test_any_question_survives_being_written_down(question):
    question = question.encode("utf-8", "replace").decode()
    started = replace(STARTED, question=question)
    assert decode(encode(started), RunStarted) == started
