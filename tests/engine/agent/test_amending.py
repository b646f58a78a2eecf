from dataclasses import replace

from fakes import FakeWorld, QuotingWriter, document_of, scripted_roles
from notebook import Notebook

from engine.agent.control import RunControl
from engine.agent.happening import Happening
from engine.agent.state import RunState, Stage, fold
from engine.domain import Amendment, AmendmentKind, ClaimId, ClaimState, Outcome, Verdict
from engine.errors import AmendmentImpossible, ModelBroke, ModelFailed
from engine.events import (
    AmendmentBegun,
    AmendmentFailed,
    ClaimChecked,
    ClaimMarked,
    CommandGiven,
    CommandKind,
    ReportFinished,
    RunContinued,
    SearchRan,
)

QUESTION = "where do herons nest? how long do eels live?"


def pages() -> dict:
    return {
        "file:///herons": document_of("herons nest in tall trees", title="Herons"),
        "file:///eels": document_of("eels live up to eighty years", title="Eels"),
        "file:///otters": document_of("otters hunt frogs", title="Otters"),
    }


def finished(roles=None) -> Notebook:
    notebook = Notebook(QUESTION)
    notebook.run(FakeWorld(pages()), roles=roles)
    return notebook


def amend(notebook: Notebook, amendment: Amendment, *, world: FakeWorld | None = None, roles=None) -> RunState:
    control = RunControl()
    control.give(CommandGiven(kind=CommandKind.AMEND, amendment=amendment))
    notebook.record(Happening(event=RunContinued(), documents={}))
    return notebook.run(world or FakeWorld(pages()), control=control, roles=roles)


def texts(state: RunState) -> list[str]:
    return [claim.text for claim in state.report.claims]


def test_a_shorter_report_is_a_new_version_and_the_old_one_stays():
    notebook = finished()
    before = fold(notebook.trace)
    world = FakeWorld(pages())
    state = amend(notebook, Amendment(kind=AmendmentKind.SHORTEN), world=world)
    assert state.outcome is Outcome.COMPLETE
    assert [version.number for version in state.versions] == [1, 2]
    assert state.versions[0].report == before.report
    assert state.versions[1].report == state.report == state.current_report
    assert state.report.sections == ()
    assert world.queries == []


def test_what_stays_as_it_was_keeps_its_number_and_is_not_checked_again():
    notebook = finished()
    before = fold(notebook.trace).report
    checks = len(notebook.events(ClaimChecked))
    state = amend(notebook, Amendment(kind=AmendmentKind.DEEPER, words="what do otters hunt?"))
    assert state.report.claims[: len(before.claims)] == before.claims
    assert len(notebook.events(ClaimChecked)) == checks + len(state.report.claims) - len(before.claims)
    assert state.report.sections[-1].title == "what do otters hunt?"
    assert len({claim.id for claim in state.report.claims}) == len(state.report.claims)


def test_going_deeper_researches_exactly_the_words_that_were_given():
    notebook = finished()
    searches = len(notebook.events(SearchRan))
    amend(notebook, Amendment(kind=AmendmentKind.DEEPER, words="  what do otters\n hunt? "))
    (begun,) = notebook.events(AmendmentBegun)
    assert [one.text for one in begun.subquestions] == ["what do otters hunt?"]
    assert len(notebook.events(SearchRan)) == searches + 1


def test_the_old_version_is_shown_until_the_new_one_is_finished():
    notebook = finished()
    before = fold(notebook.trace).report
    control = RunControl()
    control.give(CommandGiven(kind=CommandKind.AMEND, amendment=Amendment(kind=AmendmentKind.SHORTEN)))
    notebook.record(Happening(event=RunContinued(), documents={}))
    for stored in notebook.follow(FakeWorld(pages()), control=control):
        if isinstance(stored.event, ReportFinished):
            break
        assert fold(notebook.trace).current_report == before
    assert fold(notebook.trace).current_report != before


def test_a_change_that_is_cut_off_after_any_event_goes_on_to_the_same_report():
    whole = finished()
    start = len(whole.trace)
    expected = amend(whole, Amendment(kind=AmendmentKind.DEEPER, words="what do otters hunt?"))
    for length in range(start + 2, len(whole.trace)):
        cut = Notebook(QUESTION)
        cut.trace = whole.trace[:length]
        state = cut.run(FakeWorld(pages()))
        assert state.report == expected.report, f"cut after {length} events"
        assert len(state.versions) == 2


def test_stopping_a_change_leaves_the_report_as_it_was():
    notebook = finished()
    before = fold(notebook.trace).report
    control = RunControl()
    control.give(CommandGiven(kind=CommandKind.AMEND, amendment=Amendment(kind=AmendmentKind.DEEPER, words="otters?")))
    notebook.record(Happening(event=RunContinued(), documents={}))
    for stored in notebook.follow(FakeWorld(pages()), control=control):
        if isinstance(stored.event, AmendmentBegun):
            control.give(CommandGiven(kind=CommandKind.STOP))
    state = fold(notebook.trace)
    assert state.outcome is Outcome.COMPLETE
    assert state.report == before
    assert state.stage is Stage.ENDED
    assert all(episode.ended is not None for episode in state.episodes)
    assert len(state.versions) == 1


def test_what_the_editor_cannot_do_is_said_and_the_report_stays():
    notebook = finished()
    before = fold(notebook.trace).report
    state = amend(notebook, Amendment(kind=AmendmentKind.TABLE))
    (failed,) = notebook.events(AmendmentFailed)
    assert "makes no tables" in failed.reason
    assert state.outcome is Outcome.COMPLETE
    assert state.report == before


def test_a_translated_sentence_that_fails_its_check_stands_as_it_was_written():
    notebook = finished()
    before = fold(notebook.trace).report
    state = amend(notebook, Amendment(kind=AmendmentKind.TRANSLATE, language="de"))
    assert [one.reason for one in notebook.events(AmendmentFailed)] == [
        "No sentence came out well enough in the other language, so the report stays as it was."
    ]
    assert texts(state) == [claim.text for claim in before.claims]
    assert [claim.state for claim in state.report.claims] == [claim.state for claim in before.claims]
    assert state.report.failed == ()


def test_an_earlier_version_is_taken_up_again_as_a_new_one():
    notebook = finished()
    first = fold(notebook.trace).report
    amend(notebook, Amendment(kind=AmendmentKind.SHORTEN))
    state = amend(notebook, Amendment(kind=AmendmentKind.RESTORE, version=1))
    assert len(state.versions) == 3
    assert state.report == first


def test_what_is_not_there_cannot_be_changed():
    for amendment in (
        Amendment(kind=AmendmentKind.RESTORE, version=7),
        Amendment(kind=AmendmentKind.RESTORE, version=1),
        Amendment(kind=AmendmentKind.CHECK, claim=ClaimId(99)),
        Amendment(kind=AmendmentKind.DEEPER, words=" ?! "),
    ):
        notebook = finished()
        state = amend(notebook, amendment)
        assert len(notebook.events(AmendmentFailed)) == 1, amendment
        assert state.outcome is Outcome.COMPLETE
        assert len(state.versions) == 1


def wrong() -> QuotingWriter:
    writer = QuotingWriter()
    writer.says_otherwise = {"herons nest in tall trees": "eels live up to eighty years"}
    return writer


def test_a_claim_that_had_failed_can_be_checked_again_with_what_is_found_now():
    notebook = finished(replace(scripted_roles(), writer=wrong()))
    before = fold(notebook.trace)
    failed = before.report.failed[0]
    state = amend(notebook, Amendment(kind=AmendmentKind.CHECK, claim=failed.id))
    assert notebook.events(AmendmentBegun)[-1].subquestions[0].text == failed.text
    assert len(notebook.events(SearchRan)) > 2
    assert state.report == before.report
    assert "nothing has changed" in notebook.events(AmendmentFailed)[0].reason


def test_two_changes_are_made_one_after_the_other():
    notebook = finished()
    control = RunControl()
    for amendment in (
        Amendment(kind=AmendmentKind.DEEPER, words="what do otters hunt?"),
        Amendment(kind=AmendmentKind.SHORTEN),
    ):
        control.give(CommandGiven(kind=CommandKind.AMEND, amendment=amendment))
    notebook.record(Happening(event=RunContinued(), documents={}))
    state = notebook.run(FakeWorld(pages()), control=control)
    assert [version.amendment.kind for version in state.versions[1:]] == [AmendmentKind.DEEPER, AmendmentKind.SHORTEN]


def test_a_check_that_changes_nothing_says_so_and_makes_no_version():
    notebook = finished()
    state = amend(notebook, Amendment(kind=AmendmentKind.CHECK, claim=ClaimId(1)))
    assert [one.reason for one in notebook.events(AmendmentFailed)] == [
        "The sentence was checked again with everything that was found: nothing has changed."
    ]
    assert len(state.versions) == 1
    assert state.outcome is Outcome.COMPLETE


class _Unreachable(FakeWorld):
    def search_all(self, queries, *, limit):
        raise AmendmentImpossible("The library is gone")


def test_research_for_a_change_that_cannot_be_done_leaves_the_report():
    notebook = finished()
    before = fold(notebook.trace).report
    amendment = Amendment(kind=AmendmentKind.DEEPER, words="what do otters hunt?")
    state = amend(notebook, amendment, world=_Unreachable(pages()))
    assert [one.reason for one in notebook.events(AmendmentFailed)] == ["The library is gone"]
    assert state.report == before
    assert state.outcome is Outcome.COMPLETE


def test_marks_of_readers_are_kept_by_claim_and_the_last_one_counts():
    notebook = finished()
    for verdict, note in ((Verdict.WRONG, "no"), (Verdict.RIGHT, "yes")):
        notebook.record(Happening(event=ClaimMarked(claim_id=ClaimId(1), verdict=verdict, note=note), documents={}))
    notebook.record(Happening(event=ClaimMarked(claim_id=ClaimId(2), verdict=Verdict.UNCLEAR), documents={}))
    notebook.record(Happening(event=ClaimMarked(claim_id=ClaimId(2), verdict=None), documents={}))
    state = fold(notebook.trace)
    assert [(mark.claim_id, mark.verdict, mark.note) for mark in state.marks.values()] == [(1, Verdict.RIGHT, "yes")]
    assert state.outcome is Outcome.COMPLETE
    assert state.report.claims[0].state is ClaimState.SINGLE_SOURCE


class _Doubtful:
    """Supports nothing but the sentence that it is told."""

    def __init__(self, believed: str) -> None:
        self._believed = believed

    def check(self, claim, brief):
        held = claim.text == self._believed
        return replace(claim, state=ClaimState.SINGLE_SOURCE if held else ClaimState.UNSUPPORTED)


def test_a_mark_never_stands_at_words_that_its_reader_did_not_see():
    notebook = finished()
    claim = fold(notebook.trace).report.claims[0]
    marked = ClaimMarked(claim_id=claim.id, verdict=Verdict.RIGHT, note="I looked it up.")
    notebook.record(Happening(event=marked, documents={}))
    writer = QuotingWriter()
    writer.rewrites = {claim.text: "herons do not nest in trees"}
    roles = replace(scripted_roles(), judge=_Doubtful("herons do not nest in trees"), writer=writer)
    state = amend(notebook, Amendment(kind=AmendmentKind.CHECK, claim=claim.id), roles=roles)
    (new,) = [one for one in state.report.claims if one.text == "herons do not nest in trees"]
    assert new.id not in state.marks
    assert new.based_on == (claim.id,)
    assert new.id not in {one.id for one in state.versions[0].report.claims}


class _Broken(QuotingWriter):
    def rewrite(self, claim, brief):
        raise ModelFailed("The model cannot be loaded")


class _NoPlanner:
    def plan(self, question, *, max_subquestions):
        raise ModelBroke("The model died")


def test_a_model_that_cannot_begin_or_check_a_change_leaves_a_complete_report():
    deeper = Amendment(kind=AmendmentKind.DEEPER, words="what do otters hunt?")
    for amendment, roles, reason in (
        (deeper, replace(scripted_roles(), planner=_NoPlanner()), "The model died"),
        (
            Amendment(kind=AmendmentKind.CHECK, claim=ClaimId(2)),
            replace(scripted_roles(), judge=_Doubtful(""), writer=_Broken()),
            "The model cannot be loaded",
        ),
    ):
        notebook = finished()
        before = fold(notebook.trace).report
        state = amend(notebook, amendment, roles=roles)
        assert [one.reason for one in notebook.events(AmendmentFailed)] == [reason]
        assert (state.outcome, state.report, state.amendments) == (Outcome.COMPLETE, before, ())


def test_stopping_gives_up_every_change_that_waits():
    notebook = finished()
    before = fold(notebook.trace).report
    control = RunControl()
    for words in ("otters?", "frogs?"):
        wanted = Amendment(kind=AmendmentKind.DEEPER, words=words)
        control.give(CommandGiven(kind=CommandKind.AMEND, amendment=wanted))
    control.give(CommandGiven(kind=CommandKind.STOP))
    notebook.record(Happening(event=RunContinued(), documents={}))
    state = notebook.run(FakeWorld(pages()), control=control)
    assert len(notebook.events(AmendmentFailed)) == 2
    assert (state.outcome, state.report, state.amendments) == (Outcome.COMPLETE, before, ())
    assert not state.stop_requested


def test_shortening_does_not_make_a_report_complete_that_was_not():
    notebook = finished(replace(scripted_roles(), writer=wrong()))
    assert fold(notebook.trace).outcome is Outcome.INCOMPLETE
    state = amend(notebook, Amendment(kind=AmendmentKind.SHORTEN))
    assert state.outcome is Outcome.INCOMPLETE
