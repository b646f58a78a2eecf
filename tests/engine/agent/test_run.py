from dataclasses import replace
from itertools import count

import pytest
from fakes import FakeWorld, QuotingWriter, ReadEverythingPolicy, document_of, scripted_roles
from notebook import Notebook

from engine.agent.budget import budget_for
from engine.agent.control import RunControl
from engine.agent.roles import Action, Browse, EpisodeView, Search
from engine.agent.run import Happening
from engine.agent.state import apply, fold
from engine.domain import Claim, ClaimId, Depth, Outcome, PassageId
from engine.events import (
    CommandGiven,
    CommandKind,
    EpisodeEnded,
    RunContinued,
    RunEnded,
    SearchRan,
    SourceFailed,
    SourceRead,
)

QUESTION = "where do herons nest? how long do eels live?"


def pages() -> dict:
    return {
        "file:///herons": document_of("herons nest in tall trees\nthey fish in shallow water", title="Herons"),
        "file:///eels": document_of("eels live up to eighty years", title="Eels"),
    }


def test_a_question_becomes_a_report_whose_claims_quote_what_was_read():
    state = Notebook(QUESTION).run(FakeWorld(pages()))
    assert state.outcome is Outcome.COMPLETE
    assert [claim.text for claim in state.report.answer] == ["herons nest in tall trees"]
    for claim in state.report.claims:
        passage = state.passages[claim.passages[0]]
        assert claim.text == passage.quote
        assert passage.source_id in state.sources


def test_a_run_cut_off_after_any_event_goes_on_to_the_same_report():
    whole = Notebook(QUESTION)
    expected = whole.run(FakeWorld(pages()))
    for length in range(1, len(whole.trace)):
        resumed = Notebook(QUESTION)
        resumed.trace = whole.trace[:length]
        state = resumed.run(FakeWorld(pages()))
        assert state.report == expected.report, f"cut after {length} events"


def test_what_was_done_before_the_cut_is_not_done_again():
    notebook = Notebook(QUESTION)
    world = FakeWorld(pages())
    for stored in notebook.follow(world):
        if isinstance(stored.event, SourceRead):
            break
    opened, queries = list(world.opened), list(world.queries)
    notebook.run(world)
    assert world.opened[: len(opened)] == opened
    assert len(set(world.queries)) == len(world.queries)
    assert len(world.queries) > len(queries)


def test_the_live_state_is_the_fold_of_the_trace():
    notebook = Notebook(QUESTION)
    state = fold(notebook.trace)
    for stored in notebook.follow(FakeWorld(pages())):
        state = apply(state, stored)
    assert state == fold(notebook.trace)


def test_an_unreadable_source_is_told_and_the_run_goes_on():
    notebook = Notebook(QUESTION)
    state = notebook.run(FakeWorld(pages(), unreadable=frozenset(["file:///herons"])))
    assert [failed.title for failed in notebook.events(SourceFailed)] == ["Herons"]
    assert state.outcome is Outcome.COMPLETE
    assert "damaged" in notebook.events(SourceFailed)[0].reason


def test_nothing_relevant_ends_as_not_found_without_a_claim():
    state = Notebook("who painted the ceiling?").run(FakeWorld(pages()))
    assert state.outcome is Outcome.NOT_FOUND
    assert state.report.claims == ()
    assert [gap.question for gap in state.report.gaps] == ["who painted the ceiling?"]


def test_stop_ends_the_run_at_the_next_step_and_following_it_again_goes_on():
    notebook = Notebook(QUESTION)
    control = RunControl()
    stream = notebook.follow(FakeWorld(pages()), control=control)
    next(stream)
    control.give(CommandGiven(kind=CommandKind.STOP))
    for _ in stream:
        pass
    state = fold(notebook.trace)
    assert state.outcome is Outcome.STOPPED
    notebook.record(Happening(event=RunContinued(), documents={}))
    assert notebook.run(FakeWorld(pages())).outcome is Outcome.COMPLETE


def test_a_paused_run_returns_and_goes_on_when_followed_again():
    notebook = Notebook(QUESTION)
    control = RunControl()
    control.give(CommandGiven(kind=CommandKind.PAUSE))
    state = notebook.run(FakeWorld(pages()), control=control)
    assert state.is_paused and state.outcome is None
    notebook.record(Happening(event=RunContinued(), documents={}))
    assert notebook.run(FakeWorld(pages())).outcome is Outcome.COMPLETE


def test_an_interrupted_run_stores_nothing_more():
    notebook = Notebook(QUESTION)
    control = RunControl()
    stream = notebook.follow(FakeWorld(pages()), control=control)
    next(stream)
    length = len(notebook.trace)
    control.interrupt()
    assert list(stream) == []
    assert len(notebook.trace) == length


def test_write_now_writes_from_what_was_found():
    notebook = Notebook(QUESTION)
    control = RunControl()
    for stored in notebook.follow(FakeWorld(pages()), control=control):
        if isinstance(stored.event, SourceRead):
            control.give(CommandGiven(kind=CommandKind.WRITE_NOW))
    state = fold(notebook.trace)
    assert state.outcome is Outcome.COMPLETE
    assert len(notebook.events(SourceRead)) == 1
    assert len(state.report.sections) == 1


def test_a_skipped_subquestion_ends_and_the_next_begins():
    notebook = Notebook(QUESTION)
    control = RunControl()
    control.give(CommandGiven(kind=CommandKind.SKIP_SUBQUESTION, target="1"))
    for stored in notebook.follow(FakeWorld(pages()), control=control):
        if isinstance(stored.event, SearchRan) and stored.event.subquestion_id == 1:
            control.give(CommandGiven(kind=CommandKind.SKIP_SUBQUESTION, target="1"))
    ended = {event.subquestion_id: event.reason for event in notebook.events(EpisodeEnded)}
    assert "skipped" in ended[1] and "skipped" not in ended[2]


class Insatiable:
    """Never has enough; opens what nobody offered."""

    def __init__(self, action: Action | None = None) -> None:
        self._numbers = count()
        self._action = action

    def next_action(self, view: EpisodeView) -> Action:
        return self._action or Search(queries=(f"herons {next(self._numbers)}",), reason="More.")


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (Insatiable(), "searches"),
        (Insatiable(Browse(address="https://elsewhere.example/", reason="")), "no search had returned"),
        (Insatiable(Search(queries=(), reason="")), "nothing left"),
    ],
)
def test_a_policy_that_does_not_end_is_ended_with_a_reason(policy, reason):
    notebook = Notebook("where do herons nest?")
    world = FakeWorld(pages())
    notebook.run(world, roles=replace(scripted_roles(), policy=policy))
    assert reason in notebook.events(EpisodeEnded)[0].reason
    assert "https://elsewhere.example/" not in world.opened
    assert isinstance(notebook.trace[-1].event, RunEnded)


class Inventor(QuotingWriter):
    """Cites what does not exist."""

    def report(self, brief, outline, sections):
        report = super().report(brief, outline, sections)
        invented = Claim(id=ClaimId(99), text="Herons invented fire.", passages=(PassageId(999),))
        bent = replace(report.answer[0], text="Herons nest in tall chimneys.")
        return replace(report, answer=(bent, invented))


def test_a_claim_that_cites_nothing_that_was_read_is_left_out_and_said():
    state = Notebook(QUESTION).run(FakeWorld(pages()), roles=replace(scripted_roles(), writer=Inventor()))
    assert "Herons invented fire." not in [claim.text for claim in state.report.claims]
    assert "Herons invented fire." in [gap.question for gap in state.report.gaps]
    (bent,) = state.report.failed
    assert bent.text == "Herons nest in tall chimneys."
    assert not bent.is_quotation


def test_a_skipped_source_is_not_opened():
    notebook = Notebook(QUESTION)
    control = RunControl()
    control.give(CommandGiven(kind=CommandKind.SKIP_SOURCE, target="file:///herons"))
    world = FakeWorld(pages())
    notebook.run(world, control=control)
    assert "file:///herons" not in world.opened


def test_the_policy_of_another_kind_is_held_to_the_source_budget():
    many = {f"file:///{n}": document_of("herons nest here", title=str(n)) for n in range(9)}
    notebook = Notebook("where do herons nest?", depth=Depth.QUICK)
    notebook.run(FakeWorld(many), roles=replace(scripted_roles(), policy=ReadEverythingPolicy()))
    assert len(notebook.events(SourceRead)) == budget_for(Depth.QUICK).sources_per_episode


def test_what_limited_a_search_is_said_in_the_report_once():
    world = FakeWorld(pages())
    world.limits = ("The folder “Birds” was still being read.",)
    notebook = Notebook(QUESTION)
    state = notebook.run(world)
    assert len(notebook.events(SearchRan)) == 2
    assert state.report.caveats == world.limits
