"""What nobody looked for is never told as not found."""

from dataclasses import replace

import pytest
from fake_runs import FakeRun, finished_run

from desktop.activity import activity_of
from desktop.episode_words import nothing_known, place_of_gap
from desktop.items.plan import PlanStatus, plan_rows
from engine.agent.state import RunState
from engine.domain import EngineReport, EngineState, Gap, Obstacle, Outcome, Plan, Reach, Scope, Side, SubQuestion
from engine.domain import SubQuestionId as Number
from engine.events import EpisodeEnded, PlanMade, SearchRan, SourceFailed


def both(*states: EngineState, obstacles: tuple[Obstacle, ...] = ()) -> RunState:
    """A run over both, whose query on the web met these ends, and whose pages those."""
    run = FakeRun(scope=Scope(reach=Reach.BOTH))
    run.started()
    text = "What is git stash for?"
    questions = (
        SubQuestion(id=Number(1), text=text, side=Side.WEB),
        SubQuestion(id=Number(2), text=text, side=Side.LIBRARY, twin=Number(1)),
    )
    run.add(PlanMade(plan=Plan(subquestions=questions)))
    run.began(1)
    engines = tuple(EngineReport(name=str(number), state=state) for number, state in enumerate(states))
    run.add(SearchRan(subquestion_id=Number(1), query="git stash", results=(), where="web", engines=engines))
    for number, obstacle in enumerate(obstacles):
        address = f"https://{number}.example/"
        run.add(SourceFailed(subquestion_id=Number(1), address=address, title="", reason="", obstacle=obstacle))
    run.add(EpisodeEnded(subquestion_id=Number(1), found=False, reason="Everything new has been read."))
    return run.state


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (both(EngineState.BLOCKED, EngineState.RESTING), "no search engine answered"),
        (both(EngineState.REFUSED, EngineState.REFUSED), "its searches were not sent"),
        (both(EngineState.EMPTY, EngineState.BLOCKED), ""),
        (
            both(EngineState.ANSWERED, obstacles=(Obstacle.REFUSED, Obstacle.REFUSED)),
            "none of the pages that were found was fetched",
        ),
        (both(EngineState.ANSWERED, obstacles=(Obstacle.REFUSED, Obstacle.LOGIN)), ""),
    ],
)
def test_unknown_is_told_from_not_found(state: RunState, words: str) -> None:
    assert nothing_known(state.episodes[0]) == words
    row = plan_rows(state)[0]
    assert row.status is (PlanStatus.UNKNOWN if words else PlanStatus.NOTHING)
    assert (row.detail == "Everything new has been read.") == (not words)


def test_a_run_that_is_done_without_the_web_says_so() -> None:
    blocked, looked = both(EngineState.BLOCKED), both(EngineState.EMPTY)
    report = finished_run().state.report
    ends = [activity_of(replace(one, outcome=Outcome.COMPLETE, report=report)) for one in (blocked, looked)]
    assert [one.text for one in ends] == ["Done, without the web", "Done"]
    assert ends[0].detail.startswith("No search engine answered. ")


def test_a_gap_names_the_side_where_it_is() -> None:
    state = both(EngineState.EMPTY)
    question = state.episodes[0].subquestion.text
    web = Gap(question=question, queries=("git stash",), sources_read=0, reason="")
    library = Gap(question=question, queries=(), sources_read=0, reason="")
    assert place_of_gap(web, state) == "Web"
    assert place_of_gap(library, state) == "Your documents"
    assert place_of_gap(library, replace(state, scope=Scope(reach=Reach.WEB))) == ""
