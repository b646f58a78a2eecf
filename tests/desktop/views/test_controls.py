"""Buttons are pressed with Enter as well as with Space, wherever they are."""

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.theme import Theme
from desktop.views.choices import DepthChip
from desktop.views.controls import ElidedLabel, IconButton, TextButton
from desktop.views.sources import SourcesPane

KEYS = pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
KEYPAD = Qt.KeyboardModifier.KeypadModifier


def keypad(key: Qt.Key) -> Qt.KeyboardModifier:
    return KEYPAD if key == Qt.Key.Key_Enter else Qt.KeyboardModifier.NoModifier


def show(qtbot: QtBot, *widgets: QWidget) -> None:
    for widget in widgets:
        qtbot.addWidget(widget)
        widget.show()


@KEYS
def test_a_key_presses_a_button_once(qtbot: QtBot, theme: Theme, key: Qt.Key):
    buttons: list[QAbstractButton] = [IconButton(theme, "x", "Close"), TextButton("Ask again", kind="primary")]
    pressed = []
    for button in buttons:
        button.clicked.connect(lambda _checked, button=button: pressed.append(button))
    show(qtbot, *buttons)
    for button in buttons:
        QTest.keyClick(button, key, keypad(key))
    assert pressed == buttons


@KEYS
@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_key_opens_the_menu_of_a_choice(qtbot: QtBot, theme: Theme, key: Qt.Key):
    chip = DepthChip(theme)
    show(qtbot, chip)
    seen = []

    def close_menu() -> None:
        menu = QApplication.activePopupWidget()
        seen.append(menu)
        if menu is not None:
            menu.close()

    QTimer.singleShot(0, close_menu)
    QTest.keyClick(chip, key, keypad(key))
    assert seen == [chip.menu()]


@KEYS
def test_a_key_shows_what_was_not_opened(qtbot: QtBot, theme: Theme, key: Qt.Key):
    pane = SourcesPane(theme)
    show(qtbot, pane)
    pane.unopened.show()
    QTest.keyClick(pane.unopened, key, keypad(key))
    assert pane.unopened.isChecked()


def test_markup_in_a_title_is_none_in_its_tool_tip(theme: Theme, qtbot: QtBot) -> None:
    label = ElidedLabel('<img src="file:///dev/zero"> <b>A very long title of a page that nobody knows</b>')
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.show()
    qtbot.waitUntil(lambda: bool(label.toolTip()))
    assert "&lt;img src=" in label.toolTip()
    assert "<img" not in label.toolTip() and "<b>" not in label.toolTip()
