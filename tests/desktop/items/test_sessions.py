from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QModelIndex, Qt

from desktop.items.delegates import beginning_near_mark, plain_and_ranges
from desktop.items.sessions import ROW, DayRow, SessionsModel
from engine.domain import Outcome, RunId, Session, SessionId
from engine.research import HIT_END, HIT_START

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


def session(name: str, *, days_ago: float = 0, outcome: Outcome | None = Outcome.COMPLETE) -> Session:
    at = NOW - timedelta(days=days_ago)
    return Session(id=SessionId(name), title=name, created_at=at, updated_at=at, last_run=RunId(name), outcome=outcome)


def shown(*sessions: Session, live: set[SessionId] = frozenset()) -> SessionsModel:
    model = SessionsModel()
    model.show_sessions(sessions, live=live, queued=(), paused=(), now=NOW)
    return model


def texts(model: SessionsModel) -> list[str]:
    return [model.index(row).data() for row in range(model.rowCount())]


def test_sessions_are_grouped_by_day():
    model = shown(
        session("a"), session("b"), session("c", days_ago=1), session("d", days_ago=5), session("e", days_ago=70)
    )
    assert texts(model) == ["Today", "a", "b", "Yesterday", "c", "Last 7 days", "d", "January", "e"]


def test_headings_cannot_be_chosen():
    model = shown(session("a"))
    assert isinstance(model.index(0).data(ROW), DayRow)
    assert model.flags(model.index(0)) == Qt.ItemFlag.NoItemFlags
    assert model.flags(model.index(1)) & Qt.ItemFlag.ItemIsSelectable


def test_a_state_that_changes_does_not_reset_the_list(qtbot):
    model = shown(session("a"), session("b"))
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged):
        model.show_sessions((session("a"), session("b")), live={SessionId("b")}, queued=(), paused=(), now=NOW)
    assert model.index(2).data(ROW).state == "live"


def test_a_title_is_changed_only_to_something_else(qtbot):
    model = shown(session("a"))
    index = model.index_of(SessionId("a"))
    with qtbot.assertNotEmitted(model.renamed):
        assert not model.setData(index, "  ")
        assert not model.setData(index, "a")
    with qtbot.waitSignal(model.renamed) as renamed:
        assert model.setData(index, " the\n letter a ")
    assert renamed.args == [SessionId("a"), "the letter a"]


def test_a_session_that_is_not_listed_has_no_index():
    assert shown(session("a")).index_of(SessionId("z")) == QModelIndex()


def test_marks_become_ranges_in_the_units_of_qt():
    marked = f"🦩 the {HIT_START}heron{HIT_END} lays {HIT_START}eggs{HIT_END}"
    assert plain_and_ranges(marked) == ("🦩 the heron lays eggs", [(7, 5), (18, 4)])


def test_a_late_mark_is_brought_into_view():
    marked = f"{'many words before ' * 5}a {HIT_START}heron{HIT_END}"
    near = beginning_near_mark(marked)
    assert near.startswith("…")
    assert near.index(HIT_START) < 28
    assert beginning_near_mark("no mark") == "no mark"
