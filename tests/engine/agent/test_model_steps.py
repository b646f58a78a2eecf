"""What the loop does with the words of a language model, and with its failures."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from fakes import FakeWorld, document_of, scripted_roles
from notebook import Notebook

from engine.agent.control import Interrupted, RunControl
from engine.agent.roles import (
    Action,
    Browse,
    Conclude,
    EpisodeView,
    Findings,
    LookAgain,
    ReadingTask,
    Rebuild,
    Reject,
    Said,
    Search,
    Selection,
)
from engine.agent.run import Happening
from engine.agent.state import fold
from engine.domain import Outcome
from engine.errors import ModelBroke
from engine.events import (
    CommandGiven,
    CommandKind,
    EpisodeEnded,
    ModelRestarted,
    PolicyReplied,
    ReplyRejected,
    RunContinued,
    RunEnded,
    SearchRan,
    SecondLookAsked,
    SourceRead,
    ThoughtKind,
    WorkspaceRebuilt,
)

QUESTION = "where do herons nest?"


def pages() -> dict:
    return {
        "file:///herons": document_of("herons nest in tall trees", title="Herons"),
        "file:///eels": document_of("eels live up to eighty years", title="Eels"),
    }


def said(reply: str, kind: ThoughtKind = ThoughtKind.NEXT_STEP) -> Said:
    return Said(reply=reply, thought=reply, kind=kind)


class Script:
    """A policy that does what it is told, one step after another; an exception is raised."""

    def __init__(self, *actions: Action | Exception) -> None:
        self._actions = list(actions)
        self.views: list[EpisodeView] = []

    def next_action(self, view: EpisodeView) -> Action:
        self.views.append(view)
        action = self._actions.pop(0)
        if isinstance(action, Exception):
            raise action
        return action


def kinds(notebook: Notebook) -> list[type]:
    return [type(stored.event) for stored in notebook.trace]


def test_words_of_the_model_are_stored_before_what_they_ask_for():
    policy = Script(
        Search(queries=("herons",), reason="r", said=said("look for herons", ThoughtKind.PLANNING)),
        Conclude(found=False, reason="done", answer="in trees", said=said("they nest in trees", ThoughtKind.ANSWER)),
    )
    notebook = Notebook(QUESTION)
    notebook.run(FakeWorld(pages()), roles=replace(scripted_roles(), policy=policy))
    order = kinds(notebook)
    assert order.index(PolicyReplied) < order.index(SearchRan)
    assert [event.reply for event in notebook.events(PolicyReplied)] == ["look for herons", "they nest in trees"]
    (ended,) = notebook.events(EpisodeEnded)
    assert ended.answer == "in trees"


def test_the_policy_sees_every_step_of_its_episode_in_order():
    policy = Script(
        Search(queries=("herons",), reason="r", said=said("one")),
        Reject(reply="nonsense", problem="That is no tool call."),
        Browse(address="file:///herons", reason="r", said=said("two")),
        LookAgain(said=said("three"), reason="One source only."),
        Rebuild(tokens_before=900, tokens_after=100, reason="No room left."),
        Conclude(found=True, reason="done"),
    )
    notebook = Notebook(QUESTION)
    notebook.run(FakeWorld(pages()), roles=replace(scripted_roles(), policy=policy))
    assert [type(step) for step in policy.views[-1].episode.steps] == [
        PolicyReplied,
        SearchRan,
        ReplyRejected,
        PolicyReplied,
        SourceRead,
        PolicyReplied,
        SecondLookAsked,
        WorkspaceRebuilt,
    ]


def test_several_pages_are_read_together_and_their_passages_numbered_through():
    class TogetherReader:
        def __init__(self) -> None:
            self.sizes: list[int] = []

        def read(self, tasks: Sequence[ReadingTask]) -> tuple[Findings, ...]:
            self.sizes.append(len(tasks))
            first = Selection(start=0, end=6, relevance=0.9)
            return tuple(Findings(selections=(first,), note="", segments_read=1, segments=2) for _ in tasks)

    policy = Script(
        Search(queries=("herons eels",), reason="r"),
        Browse(address="file:///herons", also=("file:///broken", "file:///eels", "file:///herons"), reason="r"),
        Conclude(found=True, reason="done"),
    )
    reader = TogetherReader()
    world = FakeWorld({**pages(), "file:///broken": pages()["file:///eels"]}, unreadable=frozenset({"file:///broken"}))
    notebook = Notebook(QUESTION)
    state = notebook.run(world, roles=replace(scripted_roles(), policy=policy, reader=reader))
    assert reader.sizes == [2]
    assert world.opened == ["file:///herons", "file:///broken", "file:///eels"]
    assert [[passage.id for passage in read.passages] for read in notebook.events(SourceRead)] == [[1], [2]]
    assert notebook.events(SourceRead)[0].segments == 2
    assert [failure.address for failure in state.episodes[0].failed] == ["file:///broken"]


def test_an_unknown_address_among_several_ends_nothing_and_is_not_opened():
    policy = Script(
        Search(queries=("herons",), reason="r"),
        Browse(address="file:///herons", also=("file:///secret",), reason="r"),
        Conclude(found=True, reason="done"),
    )
    world = FakeWorld({**pages(), "file:///secret": pages()["file:///eels"]})
    Notebook(QUESTION).run(world, roles=replace(scripted_roles(), policy=policy))
    assert world.opened == ["file:///herons"]


def test_a_model_that_breaks_down_is_started_again_and_the_step_repeated():
    policy = Script(
        Search(queries=("herons",), reason="r"),
        ModelBroke("The model ran out of memory"),
        ModelBroke("The model ran out of memory"),
        Conclude(found=False, reason="done"),
    )
    notebook = Notebook(QUESTION)
    state = notebook.run(FakeWorld(pages()), roles=replace(scripted_roles(), policy=policy))
    assert [event.reason for event in notebook.events(ModelRestarted)] == ["The model ran out of memory"] * 2
    assert state.outcome is Outcome.NOT_FOUND
    assert state.deaths == 0


def test_a_model_that_breaks_down_at_every_try_ends_the_run():
    policy = Script(*[ModelBroke("It crashed") for _ in range(9)])
    notebook = Notebook(QUESTION)
    with pytest.raises(ModelBroke):
        notebook.run(FakeWorld(pages()), roles=replace(scripted_roles(), policy=policy))
    assert len(notebook.events(ModelRestarted)) == 3


def test_a_role_that_was_broken_off_leaves_no_event_and_the_command_is_obeyed():
    control = RunControl()

    class StopsInTheMiddle(Script):
        def next_action(self, view: EpisodeView) -> Action:
            control.give(CommandGiven(kind=CommandKind.STOP))
            assert control.wants_attention
            raise Interrupted

    notebook = Notebook(QUESTION)
    roles = replace(scripted_roles(), policy=StopsInTheMiddle())
    state = notebook.run(FakeWorld(pages()), roles=roles, control=control)
    assert state.outcome is Outcome.STOPPED
    assert kinds(notebook)[-2:] == [CommandGiven, RunEnded]
    assert fold(notebook.trace) == state


def test_skipping_another_source_does_not_break_a_reply_off():
    control = RunControl()
    control.give(CommandGiven(kind=CommandKind.SKIP_SOURCE, target="file:///eels"))
    assert not control.wants_attention
    control.interrupt()
    assert control.wants_attention


def test_a_model_that_cannot_go_on_is_not_taken_for_sources_that_say_nothing():
    policy = Script(
        Search(queries=("herons",), reason="r"),
        Conclude(found=False, reason="The model went wrong in 4 replies.", model_failed=True),
    )
    notebook = Notebook(QUESTION)
    state = notebook.run(FakeWorld(pages()), roles=replace(scripted_roles(), policy=policy))
    assert state.outcome is Outcome.FAILED
    assert state.end_reason == "The model went wrong in 4 replies."
    assert state.report is None
    notebook.record(Happening(event=RunContinued(engine="another"), documents={}))
    state = notebook.run(FakeWorld(pages()))
    assert state.outcome is Outcome.COMPLETE
    assert len(state.episodes[0].searches) == 1


def test_what_was_found_before_the_model_failed_is_written():
    policy = Script(
        Search(queries=("herons",), reason="r"),
        Browse(address="file:///herons", reason="r"),
        Conclude(found=True, reason="The model went wrong in 4 replies.", model_failed=True),
    )
    state = Notebook(QUESTION).run(FakeWorld(pages()), roles=replace(scripted_roles(), policy=policy))
    assert state.outcome is Outcome.COMPLETE


def test_sources_that_nobody_opened_are_not_said_to_hold_nothing():
    policy = Script(Search(queries=("herons",), reason="r"), Conclude(found=False, reason="It answered from memory."))
    state = Notebook(QUESTION).run(FakeWorld(pages()), roles=replace(scripted_roles(), policy=policy))
    assert state.outcome is Outcome.NOT_FOUND
    assert state.end_reason == "None of the sources that were found was read."
