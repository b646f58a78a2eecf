from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from desktop.items.step import StepKind
from desktop.items.steps import step_of
from desktop.items.trace import ROW_ROLE, TraceModel
from engine.domain import RunId, SessionId, SubQuestionId
from engine.events import (
    EpisodeEnded,
    Event,
    ModelRestarted,
    PolicyReplied,
    ReplyRejected,
    RunContinued,
    SecondLookAsked,
    StoredEvent,
    ThoughtKind,
    WorkspaceRebuilt,
)

SUBQUESTION = SubQuestionId(1)
THOUGHT = (
    "I should look for the nesting of herons first. The page on birds may say it.\n\n"
    "If it does not, another page has to be found, and what was tried so far is of no use: then I change course."
)


def replied(kind: ThoughtKind, thought: str = THOUGHT) -> PolicyReplied:
    return PolicyReplied(
        subquestion_id=SUBQUESTION,
        reply=f"{thought}</think>",
        thought=thought,
        kind=kind,
        prompt_tokens=1240,
        reused_tokens=980,
        reply_tokens=212,
        seconds=31.4,
    )


def stored(event: Event) -> StoredEvent:
    return StoredEvent(
        session_id=SessionId("s"), run_id=RunId("r"), sequence=1, at=datetime(2026, 3, 1, tzinfo=UTC), event=event
    )


@pytest.mark.parametrize(
    ("kind", "step", "words"),
    [
        (ThoughtKind.PLANNING, StepKind.PLAN, "Planned the way"),
        (ThoughtKind.NEXT_STEP, StepKind.THINK, "Thought"),
        (ThoughtKind.CROSS_CHECK, StepKind.CROSS_CHECK, "Set out to cross-check"),
        (ThoughtKind.CHANGE_OF_COURSE, StepKind.TURN, "Changed course"),
        (ThoughtKind.ADMISSION, StepKind.ADMIT, "Admitted not to know"),
        (ThoughtKind.ANSWER, StepKind.ANSWER, "Came to an answer"),
    ],
)
def test_each_kind_of_thought_has_words_and_a_picture_of_its_own(kind: ThoughtKind, step: StepKind, words: str):
    shown = step_of(replied(kind))
    assert shown.kind is step
    assert shown.text == f"{words}: I should look for the nesting of herons first."


def test_what_a_thought_cost_is_a_detail():
    details = step_of(replied(ThoughtKind.NEXT_STEP)).details
    assert details[0].is_prose
    assert details[0].text == THOUGHT
    assert details[-1].text == "1,240 tokens read, 980 of them known before · 212 written · 31 s"


def test_a_reply_without_a_thought_is_still_a_step():
    shown = step_of(replied(ThoughtKind.ANSWER, thought=""))
    assert shown.text == "Came to an answer"
    assert len(shown.details) == 1


def test_what_went_wrong_and_what_was_asked_of_the_model_is_told():
    rejected = step_of(ReplyRejected(subquestion_id=SUBQUESTION, reply="Blue.\nGreen.", problem="No tool was called."))
    assert (rejected.kind, rejected.details[0].text) == (StepKind.PROBLEM, "No tool was called.")
    assert rejected.details[1].is_prose
    looked = step_of(SecondLookAsked(subquestion_id=SUBQUESTION, reply="", reason="It rests on one source."))
    assert (looked.kind, looked.details[0].text) == (StepKind.CROSS_CHECK, "It rests on one source.")
    rebuilt = step_of(
        WorkspaceRebuilt(subquestion_id=SUBQUESTION, tokens_before=30_000, tokens_after=4_000, reason="No room.")
    )
    assert rebuilt.details[1].text == "from 30,000 to 4,000 tokens"
    assert "is repeated" in step_of(ModelRestarted(reason="It died.")).text
    assert step_of(RunContinued(engine="Deep Q4")).details[0].text == "Deep Q4"


def test_the_short_answer_of_an_episode_is_in_its_row():
    ended = EpisodeEnded(subquestion_id=SUBQUESTION, found=True, reason="It was found.", answer="four eggs")
    assert step_of(ended).text == "Sub-question 1: “four eggs”"


def in_words_of(size: int) -> object:
    def wrap(text: str) -> Sequence[str]:
        words = text.split()
        return [" ".join(words[start : start + size]) for start in range(0, len(words), size)]

    return wrap


def test_a_thought_unfolds_in_full_and_is_cut_anew_when_there_is_other_room(qapp: object):
    model = TraceModel()
    model.use_wrapping(in_words_of(8))
    thought = replace(replied(ThoughtKind.PLANNING), reply_tokens=0)
    model.append(stored(thought))
    model.append(stored(ModelRestarted(reason="It died.")))
    model.toggle(0)

    def unfolded() -> list[str]:
        rows = [model.index(row).data(ROW_ROLE) for row in range(model.rowCount())]
        return [row.text for row in rows if row.detail is not None and "tokens" not in row.text]

    assert " ".join(unfolded()) == " ".join(THOUGHT.split())
    before = len(unfolded())
    model.use_wrapping(in_words_of(3))
    assert len(unfolded()) > before
    assert " ".join(unfolded()) == " ".join(THOUGHT.split())
    model.toggle(0)
    assert unfolded() == []
    assert model.rowCount() == 2


def test_the_words_of_the_moment_stand_in_the_live_row(qapp: object):
    model = TraceModel()
    model.append(stored(replied(ThoughtKind.PLANNING)))
    model.show_live_words("before there is a row")
    model.show_live("Researching")
    model.show_live_words("the last words")
    row = model.index(1).data(ROW_ROLE)
    assert (row.text, row.live_words) == ("Researching", "the last words")
    model.show_live("")
    assert model.rowCount() == 1
