from fake_runs import failed_run, finished_run, not_found_run, stopped_run

from desktop.activity import ActivityKind, activity_of
from engine.agent.state import fold
from engine.events import (
    ClaimChecked,
    CommandGiven,
    CommandKind,
    EpisodeStarted,
    PlanMade,
    RunStarted,
    SearchRan,
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
