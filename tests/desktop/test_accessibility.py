"""Everything that can have the keyboard says what it is, and everything can be reached with it."""

from open_apps import EGGS, OpenApp, has_ended, type_and_ask
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from desktop.main_window import Page
from desktop.views.rescue import PasteDialog
from engine.domain import Reach

CONTROLS = (QAbstractButton, QAbstractItemView, QLineEdit, QPlainTextEdit, QTextEdit)


def nameless(window: QWidget) -> list[str]:
    found = []
    for widget in window.findChildren(QWidget):
        is_part = widget.objectName().startswith("qt_") or widget.parent() is None
        if isinstance(widget, CONTROLS) and widget.isVisibleTo(window) and not is_part:
            words = widget.accessibleName() or getattr(widget, "text", str)()
            if not str(words).strip() and not isinstance(widget.parent(), QLineEdit):
                found.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    return found


def test_every_control_on_every_page_has_a_name(qtbot, open_app: OpenApp):
    app = open_app()
    window = app.window
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)
    for part in (window.models.server_part, window.models.preferences_part):
        part.unfold()
    for page in Page:
        window.show_page(page)
        if page is Page.ENGINES:
            qtbot.waitUntil(lambda: bool(window.engines._rows), timeout=10_000)
        if page is Page.ASK:
            window.ask._choose_reach(Reach.BOTH)
            window.ask._limits._heading.setChecked(True)
        assert nameless(window) == [], page
    window.show_page(Page.WORK)
    window.work.citation_activated.emit(min(app.work.state.passages))
    assert nameless(window) == []
    app.look_up_desk.look_up()
    assert nameless(app.look_up_desk.dialog) == []
    app.look_up_desk.dialog.reject()
    app.work.sources.ask_for_text("https://example.org/page")
    (dialog,) = [one for one in window.findChildren(PasteDialog) if one.isVisible()]
    assert nameless(dialog) == []
    dialog.reject()
    window.palette_overlay.open_with(available=window.available, sessions=app.work.sessions)
    assert nameless(window) == []


def test_tab_goes_through_the_ask_page_from_the_question_to_the_examples(qtbot, open_app: OpenApp):
    app = open_app()
    app.window.activateWindow()
    app.work.start_over()
    QTest.keyClicks(app.window.ask._box._field, "A question")
    names = []
    for _ in range(7):
        widget = app.window.focusWidget()
        names.append(widget.accessibleName().split(":")[0])
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    assert names == ["Question", "Where to look", "Depth", "Language model", "Ask", *names[5:]]
    assert names[5].startswith("Which file formats")


def test_the_sidebar_says_what_a_session_is_doing(qtbot, open_app: OpenApp):
    app = open_app()
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS) and len(app.work.sessions) == 1, timeout=20_000)
    model = app.window.sessions._model
    index = model.index_of(app.work.state.session_id)
    qtbot.waitUntil(lambda: index.data(Qt.ItemDataRole.AccessibleTextRole) == f"{EGGS}, done", timeout=5000)
