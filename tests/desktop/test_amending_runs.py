import threading
from collections.abc import Iterator
from pathlib import Path

from open_apps import BREATH, EGGS, OpenApp, answer, has_ended, read_trace, type_and_ask
from slow_cast import Gate

from desktop.app import App
from engine.casting import Cast
from engine.domain import Amendment, AmendmentKind, Depth, RunId, Scope, Verdict
from engine.events import (
    AmendmentFailed,
    ClaimMarked,
    CommandGiven,
    CommandKind,
    ReportFinished,
    RunEnded,
    SourceFailed,
    StoredEvent,
)
from engine.research import History, Research, RunControl
from engine.web.progress import OnFetch

DEEPER = Amendment(kind=AmendmentKind.DEEPER, words="How long can an otter hold its breath?")
SHORTEN = Amendment(kind=AmendmentKind.SHORTEN)
NO_VERSION = Amendment(kind=AmendmentKind.RESTORE, version=7)


class LateToReturn(Research):
    """Its first run has ended, and nobody has been told yet that nobody follows it any more."""

    ended: threading.Event
    may_return: threading.Event
    follows = 0

    def follow(
        self, run_id: RunId, *, control: RunControl, cast: Cast | None = None, on_fetch: OnFetch | None = None
    ) -> Iterator[StoredEvent]:
        LateToReturn.follows += 1
        yield from super().follow(run_id, control=control, cast=cast, on_fetch=on_fetch)
        if LateToReturn.follows == 1:
            LateToReturn.ended.set()
            for _ in range(1000):
                _ = control.wants_attention  # what waits for the run's thread is heard meanwhile
                if LateToReturn.may_return.wait(0.02):
                    break


def open_at_the_end(qtbot, open_app: OpenApp, monkeypatch) -> App:
    """The app at the moment at which its first run has stored its end."""
    monkeypatch.setattr(LateToReturn, "ended", threading.Event(), raising=False)
    monkeypatch.setattr(LateToReturn, "may_return", threading.Event(), raising=False)
    monkeypatch.setattr(LateToReturn, "follows", 0)
    app = open_app(research=LateToReturn)
    type_and_ask(app, EGGS)
    qtbot.waitUntil(LateToReturn.ended.is_set, timeout=20_000)
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)
    assert app.runs.current is not None
    return app


def events_of(app: App, kind: type) -> list[object]:
    return [stored.event for stored in read_trace(app) if isinstance(stored.event, kind)]


def test_a_source_supplied_at_the_moment_a_run_ends_is_read(qtbot, open_app: OpenApp, monkeypatch, tmp_path: Path):
    app = open_at_the_end(qtbot, open_app, monkeypatch)
    address = next(iter(app.work.state.sources.values())).address
    with qtbot.waitSignal(app.runs._bench.supplied):
        app.work.supply(address, "A heron lays five eggs in warm years. " * 20)
    LateToReturn.may_return.set()
    qtbot.waitUntil(lambda: LateToReturn.follows == 2, timeout=20_000)
    qtbot.waitUntil(lambda: app.runs.current is None, timeout=20_000)
    given = [event for event in events_of(app, CommandGiven) if event.kind is CommandKind.SUPPLY_SOURCE]
    assert [command.target for command in given] == [address]


def test_a_change_asked_for_at_the_moment_a_run_ends_is_made(qtbot, open_app: OpenApp, monkeypatch):
    app = open_at_the_end(qtbot, open_app, monkeypatch)
    app.runs.amend(app.work.state.run_id, DEEPER)
    LateToReturn.may_return.set()
    qtbot.waitUntil(lambda: len(events_of(app, ReportFinished)) == 2, timeout=20_000)
    qtbot.waitUntil(lambda: app.runs.current is None and has_ended(app, EGGS), timeout=20_000)
    assert "eight minutes" in answer(app)


def test_a_report_is_changed_after_its_run_and_becomes_a_new_version(qtbot, open_app: OpenApp):
    app = open_app()
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS) and app.runs.current is None, timeout=20_000)
    first = app.work.state.report
    app.runs.amend(app.work.state.run_id, DEEPER)
    qtbot.waitUntil(lambda: len(app.work.state.versions) == 2 and app.runs.current is None, timeout=20_000)
    assert app.work.state.versions[0].report == first
    assert app.work.state.versions[1].amendment == DEEPER
    assert "eight minutes" in answer(app)


def test_a_change_that_is_impossible_leaves_the_report_as_it_was(qtbot, open_app: OpenApp):
    app = open_app()
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS) and app.runs.current is None, timeout=20_000)
    before = app.work.state
    app.runs.amend(before.run_id, NO_VERSION)
    qtbot.waitUntil(lambda: bool(events_of(app, AmendmentFailed)) and app.runs.current is None, timeout=20_000)
    qtbot.waitUntil(lambda: has_ended(app, EGGS))
    assert app.work.state.report == before.report
    assert app.work.state.outcome is before.outcome


def test_a_mark_is_stored_and_seen_at_once(qtbot, open_app: OpenApp):
    app = open_app()
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS) and app.runs.current is None, timeout=20_000)
    claim = app.work.state.report.claims[0]
    app.runs.mark(app.work.state.run_id, claim.id, Verdict.WRONG, "It is five.")
    qtbot.waitUntil(lambda: claim.id in app.work.state.marks, timeout=20_000)
    assert app.work.state.marks[claim.id].note == "It is five."
    assert app.work.state.outcome is not None
    app.runs.mark(app.work.state.run_id, claim.id, None)
    qtbot.waitUntil(lambda: not app.work.state.marks, timeout=20_000)


def test_a_mark_given_while_the_run_is_at_work_is_stored_when_it_rests(qtbot, open_app: OpenApp, monkeypatch):
    app = open_at_the_end(qtbot, open_app, monkeypatch)
    claim = app.work.state.report.claims[0]
    app.runs.mark(app.work.state.run_id, claim.id, Verdict.RIGHT)
    assert not app.work.state.marks
    LateToReturn.may_return.set()
    qtbot.waitUntil(lambda: claim.id in app.work.state.marks, timeout=20_000)
    trace = read_trace(app)
    assert [type(stored.event) for stored in trace[-2:]] == [RunEnded, ClaimMarked]
    assert not events_of(app, SourceFailed)


def test_a_change_that_waits_is_made_after_the_app_was_closed(qtbot, open_app: OpenApp):
    gate = Gate()
    gate.opened.set()
    app = open_app(cast=gate.cast)
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS) and app.runs.current is None, timeout=20_000)
    changed = app.work.state.run_id
    gate.opened.clear()
    gate.reached.clear()
    app.runs.ask(BREATH, scope=Scope(), depth=Depth.QUICK)
    qtbot.waitUntil(gate.reached.is_set, timeout=20_000)
    app.runs.amend(changed, DEEPER)
    assert app.runs.waiting == (changed,)
    gate.opened.set()
    assert app.close()
    again = open_app()
    qtbot.waitUntil(
        lambda: (state := again.runs.state(changed)) is not None and len(state.versions) == 2, timeout=20_000
    )
    qtbot.waitUntil(lambda: again.runs.current is None and not again.runs.waiting, timeout=20_000)
    assert again.runs.state(changed).versions[1].amendment == DEEPER


def test_a_mark_and_a_further_change_of_a_run_at_work_survive_closing_in_its_midst(qtbot, open_app: OpenApp):
    gate = Gate()
    gate.opened.set()
    app = open_app(cast=gate.cast)
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS) and app.runs.current is None, timeout=20_000)
    run_id, claim = app.work.state.run_id, app.work.state.report.claims[0].id
    gate.opened.clear()
    gate.reached.clear()
    app.runs.amend(run_id, DEEPER)
    qtbot.waitUntil(gate.reached.is_set, timeout=20_000)
    app.runs.mark(run_id, claim, Verdict.RIGHT)
    app.runs.amend(run_id, SHORTEN)
    app.runs.interrupt()
    gate.opened.set()
    assert app.close()
    again = open_app()
    qtbot.waitUntil(lambda: (state := again.runs.state(run_id)) is not None and not state.amendments, timeout=20_000)
    qtbot.waitUntil(lambda: again.runs.current is None and not again.runs.waiting, timeout=20_000)
    state = again.runs.state(run_id)
    history = History.open(again.places.data_folder)
    wanted = [one.event.amendment for one in history.trace(run_id) if isinstance(one.event, CommandGiven)]
    history.close()
    assert wanted == [DEEPER, SHORTEN]
    assert [one.amendment for one in state.versions[1:]] == [DEEPER]  # a sentence or two cannot be shortened
    assert state.marks[claim].verdict is Verdict.RIGHT
