from collections.abc import Callable

import pytest
from fake_runs import FakeRun, failed_run, finished_run, large_run, long_trace, nasty_run, not_found_run, stopped_run
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktop.items.plan import PlanModel, PlanStatus
from desktop.items.sources import ROW_ROLE, SourcesFilter, SourcesModel, SourceStatus
from desktop.items.trace import TraceModel
from engine.agent.state import RunState, apply, fold
from engine.domain import SubQuestionId
from engine.events import CommandGiven, CommandKind, EpisodeStarted, SearchRan, StoredEvent

RUNS: list[Callable[[], FakeRun]] = [finished_run, not_found_run, stopped_run, failed_run, nasty_run, large_run]


def live(trace: list[StoredEvent], show: Callable[[StoredEvent, RunState], None]) -> RunState:
    state = None
    for stored in trace:
        state = apply(state, stored)
        show(stored, state)
    assert state is not None
    return state


def count_resets(model: QAbstractItemModel) -> list[None]:
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    return resets


@pytest.mark.parametrize("make", RUNS)
def test_a_reopened_run_lists_what_the_live_one_did(make: Callable[[], FakeRun], qapp: object) -> None:
    run = make()
    live_sources, live_plan, live_steps = SourcesModel(), PlanModel(), TraceModel()

    def show(stored: StoredEvent, state: RunState) -> None:
        live_sources.show_event(stored, state)
        live_plan.show_state(state)
        live_steps.append(stored)

    state = live(run.trace, show)
    sources, plan, steps = SourcesModel(), PlanModel(), TraceModel()
    sources.show_state(state)
    plan.show_state(state)
    steps.show_trace(run.trace)
    assert plan.rows == live_plan.rows
    texts = [[model.index(n).data() for n in range(model.rowCount())] for model in (steps, live_steps)]
    assert texts[0] == texts[1]

    def facts(model: SourcesModel) -> dict[str, tuple[object, ...]]:
        return {row.address: (row.title, row.words, row.status, row.marks, row.number) for row in model.rows}

    assert facts(sources) == facts(live_sources)


def test_events_never_reset_a_model(qapp: object) -> None:
    run = finished_run()
    sources, plan, steps = SourcesModel(), PlanModel(), TraceModel()
    first = fold(run.trace[:2])
    sources.show_state(first)
    plan.show_state(first)
    steps.show_trace(run.trace[:2])
    resets = [*map(count_resets, (sources, plan, steps))]
    for length in range(3, len(run.trace) + 1):
        state = fold(run.trace[:length])
        sources.show_event(run.trace[length - 1], state)
        plan.show_state(state)
        steps.append(run.trace[length - 1])
        steps.show_live(f"step {length}")
    assert resets == [[], [], []]


def test_what_is_chosen_stays_chosen_while_events_arrive(qapp: object) -> None:
    run = finished_run()
    model, shown = SourcesModel(), SourcesFilter()
    shown.setSourceModel(model)
    model.show_state(fold(run.trace[:5]))
    chosen = QPersistentModelIndex(shown.index(0, 0))
    title = chosen.data()
    for length in range(6, len(run.trace) + 1):
        model.show_event(run.trace[length - 1], fold(run.trace[:length]))
    assert chosen.isValid()
    assert chosen.data() == title


@pytest.mark.parametrize("make", [finished_run, nasty_run])
def test_the_models_keep_to_the_rules_of_qt(
    make: Callable[[], FakeRun], qtbot: QtBot, qtmodeltester: ModelTester
) -> None:
    run = make()
    sources, shown, plan, steps = SourcesModel(), SourcesFilter(), PlanModel(), TraceModel()
    shown.setSourceModel(sources)
    for model in (sources, shown, plan, steps):
        qtmodeltester.check(model)

    def show(stored: StoredEvent, state: RunState) -> None:
        sources.show_event(stored, state)
        plan.show_state(state)
        steps.append(stored)
        steps.show_live("now")
        steps.toggle(stored.sequence // 2)

    live(run.trace, show)
    shown.filter_by("handbook")
    shown.show_unopened(True)
    steps.filter_by("read")
    steps.show_live("")


def test_sub_questions_wait_live_are_found_or_not_and_can_be_skipped(qapp: object) -> None:
    run = finished_run()
    model = PlanModel()
    model.show_state(fold(run.until(SearchRan, nth=2)))
    assert [row.status for row in model.rows] == [
        PlanStatus.FOUND,
        PlanStatus.LIVE,
        PlanStatus.WAITING,
        PlanStatus.WAITING,
    ]
    run.trace = run.until(EpisodeStarted, nth=2)
    run.add(CommandGiven(kind=CommandKind.SKIP_SUBQUESTION, target="2"))
    run.closed(2, found=False, reason="You skipped the rest.")
    model.show_state(run.state)
    assert model.rows[1].status is PlanStatus.SKIPPED
    assert model.rows[1].id == SubQuestionId(2)
    model.show_state(stopped_run().state)
    assert {row.status for row in model.rows} == {PlanStatus.NOT_REACHED}
    assert PlanModel().rows == ()


def test_a_source_tells_what_became_of_it(qapp: object) -> None:
    model = SourcesModel()
    model.show_state(finished_run().state)
    by_title = {row.title: row for row in model.rows}
    assert by_title["Working with lime: a site handbook"].status is SourceStatus.USED
    assert by_title["Working with lime: a site handbook"].marks == ("1a", "1b")
    assert by_title["Limewash, colours and brushes"].status is SourceStatus.NOTHING
    assert by_title["Slate roofs of the uplands"].status is SourceStatus.FOUND
    scan = by_title["scan-0031.pdf"]
    assert scan.status is SourceStatus.FAILED
    assert "pictures without text" in scan.words


def test_sources_are_listed_by_number_and_filtered_by_typing(qapp: object) -> None:
    model, shown = SourcesModel(), SourcesFilter()
    shown.setSourceModel(model)
    model.show_state(finished_run().state)

    def rows() -> list[str]:
        return [shown.index(number, 0).data() for number in range(shown.rowCount(QModelIndex()))]

    assert rows()[:2] == ["Working with lime: a site handbook", "Frost and fresh mortar"]
    assert "Slate roofs of the uplands" not in rows()
    shown.show_unopened(True)
    assert rows()[-1] == "Slate roofs of the uplands"
    shown.filter_by("could not be READ scan")
    assert rows() == ["scan-0031.pdf"]
    assert shown.index(0, 0).data(ROW_ROLE).problem


def test_a_skipped_source_says_so(qapp: object) -> None:
    run = finished_run()
    run.trace = run.until(SearchRan)
    address = run.trace[-1].event.results[-1].address  # type: ignore[union-attr]
    run.add(CommandGiven(kind=CommandKind.SKIP_SOURCE, target=address))
    model = SourcesModel()
    model.show_state(run.state)
    assert {row.address: row.status for row in model.rows}[address] is SourceStatus.SKIPPED


def test_details_unfold_beneath_their_step_and_fold_again(qapp: object) -> None:
    run = finished_run()
    model = TraceModel()
    model.show_trace(run.trace)
    folded = model.rowCount()
    model.toggle(3)
    assert model.rowCount() == folded + 6
    assert model.index(5).data().startswith("Working with lime")
    assert model.step_row(6) == 3
    model.toggle(5)  # a detail has nothing to unfold
    assert model.rowCount() == folded + 6
    model.toggle(3)
    assert model.rowCount() == folded
    model.toggle(99_999)
    assert model.rowCount() == folded


def test_the_trace_is_filtered_by_what_its_details_say(qapp: object) -> None:
    model = TraceModel()
    model.show_trace(finished_run().trace)
    model.filter_by("antifreeze")
    texts = [model.index(number).data() for number in range(model.rowCount())]
    assert texts
    assert len(texts) == 3  # the search, the reading, the check of the sentence
    assert texts[0] == "Searched “antifreeze lime mortar”: nothing"
    model.append(finished_run().trace[0])
    assert model.rowCount() == len(texts)
    model.filter_by("")
    assert model.rowCount() == len(finished_run().trace) + 1


def test_ten_thousand_events_are_listed(qapp: object) -> None:
    run = long_trace(10_000)
    model = TraceModel()
    model.show_trace(run.trace[:-1])
    inserted: list[tuple[int, int]] = []
    model.rowsInserted.connect(lambda parent, first, last: inserted.append((first, last)))
    model.append(run.trace[-1])
    assert inserted == [(9_999, 9_999)]
    assert model.index(9_999).data() == "Searched “query 9996”: 1 result"
