"""The palette and the list of keys, over the whole window."""

from open_apps import EGGS, OpenApp, has_ended, type_and_ask
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from shiboken6 import delete
from slow_cast import Gate

from desktop.actions import ActionId
from desktop.main_window import Page


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


def test_keys_of_the_window_close_what_is_over_it_first(qtbot, open_app: OpenApp):
    app = open_app()
    window = app.window
    window.activateWindow()
    for overlay, action_id in (
        (window.palette_overlay, ActionId.PALETTE),
        (window.shortcuts_overlay, ActionId.SHORTCUTS),
    ):
        window.show_page(Page.ASK)
        window.triggered.emit(action_id)
        assert overlay.isVisible()
        control = Qt.KeyboardModifier.ControlModifier
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_F, control | Qt.KeyboardModifier.ShiftModifier)
        assert overlay.isHidden()
        assert window.sessions.isAncestorOf(window.focusWidget())
        window.triggered.emit(action_id)
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_L, control)
        assert overlay.isHidden()
        assert window.page is Page.LIBRARY


def test_the_keys_of_the_palette_close_it_again(open_app: OpenApp):
    app = open_app()
    window = app.window
    window.activateWindow()
    field = window.focusWidget()
    for is_open in (True, False, True):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        assert window.palette_overlay.isVisible() is is_open
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert window.focusWidget() is field
