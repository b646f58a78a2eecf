"""The palette and the list of keys, over the whole window."""

from open_apps import EGGS, OpenApp, has_ended, type_and_ask
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from shiboken6 import delete
from slow_cast import Gate

from desktop.actions import ActionId


def test_the_keyboard_goes_to_the_page_when_what_had_it_is_gone_behind_the_palette(qtbot, open_app: OpenApp):
    gate = Gate()
    app = open_app(cast=gate.cast)
    window = app.window
    type_and_ask(app, EGGS)
    qtbot.waitUntil(gate.reached.is_set, timeout=20_000)
    window.work.findings.setFocus()
    window.triggered.emit(ActionId.PALETTE)
    gate.opened.set()
    qtbot.waitUntil(lambda: has_ended(app, EGGS) and window.work.findings.isHidden(), timeout=20_000)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert window.palette_overlay.isHidden()
    assert window.focusWidget() is window.work.report


def test_a_palette_closes_though_what_had_the_keyboard_was_deleted(open_app: OpenApp):
    app = open_app()
    window = app.window
    field = QLineEdit(window.ask)
    field.show()
    field.setFocus()
    window.triggered.emit(ActionId.PALETTE)
    delete(field)
    window.palette_overlay.close_overlay()
    assert window.ask.isAncestorOf(window.focusWidget())
