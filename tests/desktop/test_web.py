"""The whole window over a small web on this computer, through the real door."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from loopback_web import LoopbackWeb, Reply, door_to
from open_apps import OpenApp, has_ended, type_and_ask
from PySide6.QtCore import QMimeData, QModelIndex, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from web_scenes import ENGINE, QUESTION, SmallWeb, article

from desktop.actions import ActionId
from desktop.app import App
from desktop.items.ledger import Column
from desktop.items.plan import PlanStatus
from desktop.items.sources import SourceRow, SourceStatus
from desktop.main_window import Page
from desktop.views.rescue import PasteDialog
from engine.domain import Amendment, AmendmentKind, Outcome, Reach
from engine.network.entry import Verdict
from engine.network.gate import Purpose
from engine.network.ledger import LEDGER_FILE, LedgerReader
from engine.search.settings import SearchSettings, write_settings
from models.http import ConnectionProblem

OTHERS = (
    "duckduckgo brave mojeek startpage yahoo bing yandex openalex arxiv crossref semantic-scholar wikipedia".split()
)
NESTS = "Grey herons nest in colonies high in tall trees near water, often in old oaks."
REEDS = "In marshes without trees grey herons nest in reeds, close above the water."
PAGE = "http://birds.example/herons"
WALLED = "http://marsh.example/reeds"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallWeb]:
    """One search engine and two pages; the data folder knows of no other engine."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    write_settings(tmp_path / "data", SearchSettings(off=tuple(OTHERS), searxng_address=f"http://{ENGINE}"))
    with LoopbackWeb() as web:
        made = SmallWeb(web)
        made.add(PAGE, article(NESTS))
        made.add(WALLED, article(REEDS))
        yield made


@pytest.fixture
def open_web_app(open_app: OpenApp, small: SmallWeb) -> Callable[..., App]:
    def open_one(*, is_online: bool | None = True) -> App:
        app = open_app(open_door=partial(door_to, small.web, is_online=is_online))
        app.settings.web_limits = app.window.ask._limits.limits
        return app

    return open_one


def ask_the_web(app: App, question: str = QUESTION, reach: Reach = Reach.WEB) -> None:
    app.work.start_over()
    app.window.ask._reaches._buttons[reach].click()
    type_and_ask(app, question)


def row(app: App, address: str) -> SourceRow:
    return next(one for one in app.window.sources.model.rows if one.address == address)


def trace_text(app: App) -> str:
    model = app.window.trace.model
    return "\n".join(str(model.index(number).data()) for number in range(model.rowCount(QModelIndex())))


def test_nobody_is_contacted_before_a_person_goes_online_and_then_the_question_is_answered(
    qtbot, open_web_app, small: SmallWeb
):
    app = open_web_app(is_online=None)
    for page in Page:
        app.window.show_page(page)
    ask_the_web(app)
    qtbot.wait(100)
    assert small.web.resolved == []
    assert not (app.places.data_folder / LEDGER_FILE).exists()
    assert app.window.status._network.accessibleName() == "Offline · Library"
    app.window.ask._consent.online.click()
    qtbot.waitUntil(lambda: has_ended(app, QUESTION), timeout=20_000)
    assert app.work.state.outcome is Outcome.COMPLETE
    assert app.window.status._network.accessibleName() == "Online · Web"
    assert row(app, PAGE).status is SourceStatus.USED
    assert row(app, PAGE).site
    assert "SearXNG: 2 results" in trace_text(app)


def test_the_network_pane_shows_what_left_for_the_run_and_the_report_says_so(qtbot, open_web_app):
    app = open_web_app()
    ask_the_web(app)
    qtbot.waitUntil(lambda: has_ended(app, QUESTION), timeout=20_000)
    pane = app.window.network
    qtbot.waitUntil(lambda: bool(pane.model.rows) and all(one.is_complete for one in pane.model.rows), timeout=5000)
    kept = LedgerReader.open(app.places.data_folder).entries(app.work.state.run_id)
    qtbot.waitUntil(lambda: pane.model.rows == kept, timeout=5000)
    assert {one.host for one in kept} == {ENGINE, "birds.example", "marsh.example"}
    assert {one.words for one in kept if one.purpose is Purpose.SEARCH} >= {QUESTION.rstrip("?")}
    qtbot.waitUntil(lambda: pane.count_text == str(len(kept)), timeout=5000)
    assert "3 hosts" in pane._totals.text()
    qtbot.waitUntil(lambda: "to 3 hosts" in app.window.work.report.toPlainText(), timeout=5000)


def test_offline_takes_effect_in_the_middle_of_a_run_and_is_told_in_words(qtbot, open_web_app, small: SmallWeb):
    app = open_web_app()

    def hold(_asked: object) -> Reply:
        small.web.closing.wait(10)
        return Reply("late")

    small.web.on("birds.example", hold)
    ask_the_web(app)
    qtbot.waitUntil(lambda: "birds.example" in small.web.resolved, timeout=20_000)
    app._act(ActionId.NETWORK_SWITCH)
    assert app.window.status._network.accessibleName() == "Offline · Library"
    assert [notice.title for notice in app.window.bars.notices] == ["Offline, in the middle of a run"]
    qtbot.waitUntil(lambda: has_ended(app, QUESTION), timeout=15_000)
    assert "Offline, in the middle of a run" not in [notice.title for notice in app.window.bars.notices]
    dialled = len(small.web.dialled)
    assert app.door.settings.is_online is False
    ask_the_web(app, "Where do otters sleep?")
    qtbot.wait(100)
    assert len(small.web.dialled) == dialled


def test_a_run_that_lost_the_web_goes_on_once_it_is_online_again(qtbot, open_web_app, small: SmallWeb):
    app = open_web_app()
    small.web.on("birds.example", lambda _asked: (small.web.closing.wait(3), Reply("late"))[1])
    small.web.on("marsh.example", lambda _asked: (small.web.closing.wait(3), Reply("late"))[1])
    ask_the_web(app)
    qtbot.waitUntil(lambda: "birds.example" in small.web.resolved, timeout=20_000)
    app._act(ActionId.NETWORK_SWITCH)
    qtbot.waitUntil(lambda: app.runs.current is None, timeout=15_000)
    assert app.work.state.outcome in (None, Outcome.FAILED)
    (notice,) = [one for one in app.window.bars.notices if "ffline" in one.title]
    (action,) = notice.actions
    assert action.text == "Go online and go on"
    small.web.on("birds.example", Reply(article(NESTS)))
    small.web.on("marsh.example", Reply(article(REEDS)))
    action.act()
    qtbot.waitUntil(lambda: app.work.state.outcome is Outcome.COMPLETE, timeout=20_000)
    assert not [one for one in app.window.bars.notices if "ffline" in one.title]


def test_a_paused_run_that_needs_the_web_is_not_broken_by_going_on_offline(qtbot, open_web_app, small: SmallWeb):
    app = open_web_app()
    small.web.on("birds.example", lambda _asked: (small.web.closing.wait(1), Reply("late"))[1])
    ask_the_web(app)
    qtbot.waitUntil(lambda: "birds.example" in small.web.resolved, timeout=20_000)
    app.work.pause_or_continue()
    qtbot.waitUntil(lambda: app.runs.current is None, timeout=20_000)
    assert app.work.state.is_paused
    app._act(ActionId.NETWORK_SWITCH)
    app.work.go_on()
    assert app.work.state.is_paused
    assert app.runs.current is None
    (notice,) = [one for one in app.window.bars.notices if one.title == "Plumbline is offline"]
    (action,) = notice.actions
    assert action.text == "Go online and go on"
    action.act()
    qtbot.waitUntil(lambda: has_ended(app, QUESTION), timeout=20_000)
    assert app.network.is_online
    assert app.work.state.outcome is Outcome.COMPLETE


def test_a_library_question_leaves_nothing_even_online(qtbot, open_web_app, small: SmallWeb):
    app = open_web_app()
    type_and_ask(app, "How many eggs does a grey heron lay?")
    qtbot.waitUntil(lambda: has_ended(app, "How many eggs does a grey heron lay?"), timeout=20_000)
    assert small.web.resolved == []
    assert app.window.network.count_text == "nothing left"
    qtbot.waitUntil(lambda: "Nothing left this computer" in app.window.work.report.toPlainText(), timeout=5000)


def test_a_page_that_is_blocked_is_read_from_pasted_text_after_the_run(qtbot, open_web_app, small: SmallWeb):
    small.web.on("marsh.example", Reply("<title>Sign in</title><form><input type=password></form>", status=403))
    app = open_web_app()
    ask_the_web(app)
    qtbot.waitUntil(lambda: has_ended(app, QUESTION), timeout=20_000)
    blocked = row(app, WALLED)
    assert blocked.status is SourceStatus.BLOCKED
    assert "blocked: " in blocked.words
    app.window.sources.list.setCurrentIndex(app.window.sources._index_of(WALLED))
    assert app.window.sources.rescue.address == WALLED
    asked = len(small.web.asked("marsh.example"))
    app.window.sources.rescue.text.click()
    dialog = app.window.findChild(PasteDialog)
    assert not dialog.use.isEnabled()
    dialog._text.setPlainText(f"Herons of the marsh\n\n{REEDS} " + "They come back every year. " * 20)
    QTest.keyClick(dialog._text, Qt.Key.Key_Tab)
    assert dialog.focusWidget() is dialog.use
    dialog.reject()
    app.window.sources.rescue.text.click()
    dialog = app.window.findChildren(PasteDialog)[-1]
    assert REEDS in dialog.draft
    QTest.keyClick(dialog._text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: row(app, WALLED).is_supplied, timeout=20_000)
    qtbot.waitUntil(lambda: app.runs.current is None and app.work.state.outcome is not None, timeout=20_000)
    assert "supplied by you" in row(app, WALLED).words
    assert row(app, WALLED).status in (SourceStatus.USED, SourceStatus.READ)
    assert len(small.web.asked("marsh.example")) == asked
    assert "You supplied a source" in trace_text(app)


def test_words_of_a_private_report_are_sent_exactly_as_they_were_read(qtbot, open_web_app, small: SmallWeb):
    app = open_web_app()
    question = "How long can an otter hold its breath?"
    type_and_ask(app, question)
    qtbot.waitUntil(lambda: has_ended(app, question), timeout=20_000)
    assert small.web.resolved == []
    claim = app.work.state.report.claims[0]
    app.window.work.report.look_up_wanted.emit(claim.id)
    dialog = app.look_up_desk.dialog
    assert dialog is not None
    assert dialog.words == " ".join(claim.text.split())
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert small.web.resolved == []
    dialog.field.setPlainText("herons " * 80)
    assert "too long for a query" in dialog._remark.text()
    assert not dialog.send.isEnabled()
    dialog.field.setPlainText("!herons\n\\nest where")
    assert dialog._remark.text() == "Sent is exactly: herons nest where"
    dialog.send.click()
    qtbot.waitUntil(lambda: has_ended(app, "herons nest where"), timeout=20_000)
    state = app.work.state
    assert state.approved_query == "herons nest where"
    assert state.scope.reach is Reach.WEB
    sent = LedgerReader.open(app.places.data_folder).entries(state.run_id)
    assert {one.words for one in sent if one.purpose is Purpose.SEARCH} == {"herons nest where"}
    app._act(ActionId.ASK_AGAIN)
    qtbot.waitUntil(lambda: app.work.state.run_id != state.run_id, timeout=10_000)
    qtbot.waitUntil(lambda: has_ended(app, "herons nest where"), timeout=20_000)
    assert app.work.state.approved_query == "herons nest where"
    app._act(ActionId.PRIVACY)
    approved = app.window.privacy._approvals
    qtbot.waitUntil(lambda: approved.count() == 2 and "“herons nest where”" in approved.item(0).text(), timeout=5000)


def test_a_sentence_of_the_web_is_checked_again_only_after_its_words_were_read(qtbot, open_web_app, small: SmallWeb):
    app = open_web_app()
    ask_the_web(app)
    qtbot.waitUntil(lambda: has_ended(app, QUESTION) and app.runs.current is None, timeout=20_000)
    run_id, length = app.work.state.run_id, app.work.state.length
    claim = app.work.state.report.claims[0]
    check = Amendment(kind=AmendmentKind.CHECK, claim=claim.id)
    app.follow_up.follow_up(check)
    dialog = app.look_up_desk.dialog
    assert dialog is not None
    shown = dialog.words
    assert claim.text.startswith(shown)
    assert dialog.field.isReadOnly()
    dialog.cancel.click()
    assert app.runs.current is None
    assert app.work.state.length == length
    app.network.go_offline()
    qtbot.waitUntil(lambda: not app.network.is_online)
    app.follow_up.follow_up(check)
    assert not app.look_up_desk.dialog.send.isEnabled()
    app.network.go_online(uses_system_proxy=False)
    qtbot.waitUntil(app.look_up_desk.dialog.send.isEnabled)
    before = set(LedgerReader.open(app.places.data_folder).entries(run_id))
    app.look_up_desk.dialog.send.click()
    qtbot.waitUntil(lambda: app.work.state.length > length, timeout=20_000)
    qtbot.waitUntil(lambda: app.runs.current is None and app.work.state.outcome is not None, timeout=20_000)
    sent = set(LedgerReader.open(app.places.data_folder).entries(run_id)) - before
    words = {one.words for one in sent if one.purpose is Purpose.SEARCH}
    assert shown in words
    assert all(set(one.casefold().split()) <= set(shown.casefold().split()) for one in words)


def test_words_that_are_kept_here_are_not_sent(qtbot, open_web_app, small: SmallWeb):
    app = open_web_app()
    question = "How long can an otter hold its breath?"
    type_and_ask(app, question)
    qtbot.waitUntil(lambda: has_ended(app, question), timeout=20_000)
    app._act(ActionId.LOOK_UP)
    app.look_up_desk.dialog.cancel.click()
    qtbot.waitUntil(lambda: app.look_up_desk.dialog is None)
    assert small.web.resolved == []
    assert app.work.state.question == question


def test_the_privacy_page_filters_and_exports_the_ledger(qtbot, open_web_app, tmp_path: Path):
    app = open_web_app()
    ask_the_web(app)
    qtbot.waitUntil(lambda: has_ended(app, QUESTION), timeout=20_000)
    app._act(ActionId.PRIVACY)
    page = app.window.privacy
    qtbot.waitUntil(lambda: len(page.model.rows) >= 3, timeout=5000)
    page.filter.setText("marsh")
    qtbot.waitUntil(lambda: {one.host for one in page.model.rows} == {"marsh.example"}, timeout=5000)
    app.network_desk._export_to(str(tmp_path / "left.json"))
    qtbot.waitUntil((tmp_path / "left.json").exists, timeout=5000)
    written = json.loads((tmp_path / "left.json").read_text(encoding="utf-8"))
    assert {one["host"] for one in written} == {"marsh.example"}
    page.filter.setText("")
    page._refused.click()
    qtbot.waitUntil(lambda: app.network_desk._query.refused_only and page.model.rows == (), timeout=5000)
    with pytest.raises(ConnectionProblem):
        app.door.client(Purpose.PAGE).open("http://192.168.0.1/")
    qtbot.waitUntil(lambda: len(page.model.rows) == 1, timeout=5000)
    assert page.model.rows[0].verdict is Verdict.REFUSED
    assert page.model.index(0, Column.RESULT).data().startswith("Refused: ")


def test_a_search_engine_is_tried_only_when_its_button_is_pressed(qtbot, open_web_app, small: SmallWeb):
    app = open_web_app()
    app._act(ActionId.SEARCH_ENGINES)
    page = app.window.engines
    qtbot.waitUntil(lambda: "searxng" in page._rows, timeout=5000)
    qtbot.wait(100)
    assert small.web.resolved == []
    page._rows["searxng"]._try.click()
    qtbot.waitUntil(lambda: page._rows["searxng"].row.tried is not None, timeout=10_000)
    assert page._rows["searxng"]._words.text() == "SearXNG: 2 results"
    assert [entry.words for entry in LedgerReader.open(app.places.data_folder).entries("")] == ["plumb line"]


def test_an_engine_is_switched_and_a_key_is_handed_over_once(qtbot, open_web_app):
    app = open_web_app()
    app._act(ActionId.SEARCH_ENGINES)
    page = app.window.engines
    qtbot.waitUntil(lambda: "tavily" in page._rows, timeout=5000)
    page._rows["duckduckgo"]._on.click()
    qtbot.waitUntil(lambda: "duckduckgo" not in app.web.engines().settings.off, timeout=5000)
    tavily = page._rows["tavily"]
    assert tavily._words.text() == "It needs a key of your own."
    assert not tavily._on.isEnabled()
    assert tavily._key.isHidden()
    tavily._add.click()
    QTest.keyClicks(tavily._key, "a-secret")
    tavily._keep.click()
    qtbot.waitUntil(lambda: tavily.row.has_key and tavily._on.isChecked(), timeout=10_000)
    assert tavily._key.text() == ""
    assert "until Plumbline is closed" in tavily._key_words.text()
    tavily._remove.click()
    qtbot.waitUntil(lambda: not tavily.row.has_key, timeout=10_000)


def test_an_address_that_is_none_is_said_at_its_field(qtbot, open_web_app):
    app = open_web_app()
    app._act(ActionId.SEARCH_ENGINES)
    page = app.window.engines
    qtbot.waitUntil(lambda: "tavily" in page._rows, timeout=5000)
    waiting = [one.row.is_waiting_for_key for one in page._rows.values()]
    assert waiting == sorted(waiting)
    for nonsense in ("not an address", "javascript:alert(1)", "searx.example/search?q=%s", "https://user@/"):
        page.address_written.emit("")
        qtbot.waitUntil(page._address_problem.isHidden, timeout=5000)
        page.address_written.emit(nonsense)
        qtbot.waitUntil(lambda: not page._address_problem.isHidden(), timeout=5000)
        app.engines_desk._look()
        qtbot.wait(50)
        assert not page._address_problem.isHidden(), nonsense
    assert app.web.engines().settings.searxng_address == ""
    qtbot.waitUntil(lambda: "searxng" not in page._rows, timeout=5000)
    qtbot.wait(50)
    place = page._rows["duckduckgo"].pos()
    page.address_written.emit(f"http://{ENGINE}")
    qtbot.waitUntil(lambda: page._address_problem.isHidden() and "searxng" in page._rows, timeout=5000)
    qtbot.wait(50)
    assert page._rows["duckduckgo"].pos() == place
    assert app.web.engines().settings.searxng_address.startswith("http://")


def test_a_saved_page_that_is_dropped_on_its_source_is_read_in_its_place(
    qtbot, open_web_app, small: SmallWeb, tmp_path
):
    small.web.on("marsh.example", Reply("<title>Sign in</title><form><input type=password></form>", status=403))
    saved = tmp_path / "saved.html"
    saved.write_text(article(REEDS), encoding="utf-8")
    app = open_web_app()
    ask_the_web(app)
    qtbot.waitUntil(lambda: has_ended(app, QUESTION), timeout=20_000)
    pane = app.window.sources
    index = pane._index_of(WALLED)
    pane.list.scrollTo(index)
    place = pane.list.viewport().mapTo(pane, pane.list.visualRect(index).center())
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(saved))])
    drop = QDropEvent(
        QPointF(place), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    pane.dropEvent(drop)
    qtbot.waitUntil(lambda: row(app, WALLED).is_supplied, timeout=20_000)
    qtbot.waitUntil(lambda: app.runs.current is None and app.work.state.outcome is not None, timeout=20_000)
    assert row(app, WALLED).status is SourceStatus.USED


def test_the_keys_of_a_source_copy_open_and_refuse(qtbot, open_web_app, monkeypatch, qapp):
    opened: list[str] = []
    monkeypatch.setattr("desktop.source_desk.open_original", lambda address, _place: opened.append(address))
    app = open_web_app()
    ask_the_web(app)
    qtbot.waitUntil(lambda: has_ended(app, QUESTION), timeout=20_000)
    pane = app.window.sources
    pane.list.setCurrentIndex(pane._index_of(PAGE))
    QTest.keyClick(pane.list, Qt.Key.Key_O)
    QTest.keyClick(pane.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert opened == [PAGE]
    assert qapp.clipboard().text() == PAGE
    names = [action.text() for action in pane.menu_for(row(app, PAGE)).actions()]
    assert "Open the live page (your browser contacts birds.example)" in names
    assert "Paste its text…" not in names


def test_a_citation_of_the_web_opens_what_was_archived_and_offers_the_live_page(qtbot, open_web_app):
    app = open_web_app()
    ask_the_web(app)
    qtbot.waitUntil(lambda: has_ended(app, QUESTION), timeout=20_000)
    passage = min(app.work.state.passages)
    app.window.work.citation_activated.emit(passage)
    assert app.window.is_source_shown
    viewer = app.window.viewer
    assert app.work.state.passages[passage].quote in viewer.text.toPlainText().replace("\u2028", "\n")
    assert viewer._original.accessibleName() == "Open live page"
    assert "Plumbline sends nothing" in viewer._original.toolTip()


def test_when_no_engine_answers_it_is_never_called_nothing_found(qtbot, open_web_app, small: SmallWeb):
    small.failing = Reply("", status=429)
    app = open_web_app()
    ask_the_web(app)
    qtbot.waitUntil(lambda: has_ended(app, QUESTION), timeout=30_000)
    assert "no engine answered" in trace_text(app)
    assert "SearXNG: refused, too many requests" in trace_text(app)
    assert "nothing" not in trace_text(app)
    assert {one.status for one in app.window.plan.model.rows} == {PlanStatus.UNKNOWN}


def test_both_names_the_side_of_each_row_of_the_plan(qtbot, open_web_app):
    app = open_web_app()
    ask_the_web(app, reach=Reach.BOTH)
    qtbot.waitUntil(lambda: has_ended(app, QUESTION), timeout=30_000)
    assert {one.place for one in app.window.plan.model.rows} == {"web", "library"}
    assert "and the web" in app.window.work.header.facts.full_text
