from amended_runs import amended_run, began_to_shorten
from fake_runs import failed_run, finished_run, not_found_run, stopped_run

from desktop.activity import ActivityKind, activity_of
from engine.agent.state import fold
from engine.domain import Outcome, Outline, OutlinePart, PassageId, Section
from engine.events import (
    AmendmentBegun,
    ClaimChecked,
    CommandGiven,
    CommandKind,
    EpisodeEnded,
    EpisodeStarted,
    OutlineMade,
    PlanMade,
    ReportDrafted,
    RunStarted,
    SearchRan,
    SectionWritten,
    SourceRead,
)


def after(kind: type, nth: int = 1) -> tuple[ActivityKind, str, str]:
    activity = activity_of(fold(finished_run().until(kind, nth=nth)))
    return activity.kind, activity.text, activity.detail


def test_a_run_says_what_it_does_in_words() -> None:
    assert after(RunStarted)[:2] == (ActivityKind.PLANNING, "Planning")
    kind, text, _ = after(PlanMade)
    assert kind is ActivityKind.RESEARCHING
    assert text == "Researching “How long must fresh lime mortar be protected from frost?”"
    assert after(EpisodeStarted)[2] == "searching"
    assert after(SearchRan)[2].startswith("reading: 5 results for “protect fresh lime mortar")
    assert after(SourceRead)[2] == "read “Working with lime: a site handbook”: 2 passages"
    assert after(ClaimChecked, 4)[1:] == ("Checking", "4 of 9 sentences against their passages")


def test_every_ending_is_named() -> None:
    assert activity_of(finished_run().state).text == "Done"
    assert activity_of(not_found_run().state).text == "Not found"
    stopped = activity_of(stopped_run().state)
    assert (stopped.text, stopped.detail) == ("Stopped", "This is what had been found until then.")
    failed = activity_of(failed_run().state)
    assert (failed.text, failed.detail) == ("Failed", "The disk is full: the next step could not be stored")


def test_commands_show_before_they_are_carried_out() -> None:
    run = finished_run()
    run.trace = run.until(SourceRead)
    run.add(CommandGiven(kind=CommandKind.PAUSE))
    assert activity_of(run.state).kind is ActivityKind.PAUSED
    run.add(CommandGiven(kind=CommandKind.STOP))
    assert activity_of(run.state).kind is ActivityKind.STOPPING


def test_the_waiting_time_counts_from_the_last_stored_event() -> None:
    state = fold(finished_run().until(SourceRead))
    assert activity_of(state).since == state.updated_at


def test_writing_says_which_section_it_is_at() -> None:
    run = finished_run()
    run.trace = run.until(EpisodeEnded, nth=4)
    assert activity_of(run.state).detail == "dividing the report, from 9 passages of 5 sources"
    parts = tuple(OutlinePart(title=title, passages=(PassageId(1),)) for title in ("Frost", "Additives"))
    run.add(OutlineMade(outline=Outline(parts=parts)))
    activity = activity_of(run.state)
    assert (activity.kind, activity.text) == (ActivityKind.WRITING, "Writing")
    assert activity.detail == "section 1 of 2, “Frost”"
    run.add(SectionWritten(part=0, section=Section(title="Frost", claims=())))
    assert activity_of(run.state).detail == "section 2 of 2, “Additives”"
    run.add(SectionWritten(part=1, section=Section(title="Additives", claims=())))
    assert activity_of(run.state).detail == "putting the sections together"


def test_a_report_that_is_too_little_supported_does_not_end_as_done() -> None:
    run = finished_run()
    run.trace = run.trace[:-1]
    run.ended(Outcome.INCOMPLETE, "4 of 9 sentences are said by what they cite")
    activity = activity_of(run.state)
    assert (activity.kind, activity.text) == (ActivityKind.INCOMPLETE, "Incomplete")
    assert activity.detail == "4 of 9 sentences are said by what they cite"


def test_a_change_of_the_report_says_what_is_done_and_that_the_report_stays() -> None:
    activity = activity_of(began_to_shorten().state)
    assert activity.kind is ActivityKind.AMENDING
    assert (activity.text, activity.detail) == ("Shortening", "writing the new version; this one stays as it is")
    changed = amended_run()
    researching = activity_of(fold(changed.until(AmendmentBegun, nth=2)))
    assert researching.text == "Checking a sentence again"
    assert researching.detail == "researching “How much protection would have been enough?”: searching"
    checking = activity_of(fold(changed.until(ReportDrafted, nth=2)))
    assert checking.detail == "checking the new version: 0 of 2 sentences against their passages"
    assert activity_of(changed.state).text == "Done"
