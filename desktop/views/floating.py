"""Where a small card goes that floats over the window beside something: below it, or above where there is no room."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QWidget

from resources.tokens import SPACE_1, SPACE_2, SPACE_8

_GAP: Final = SPACE_1
EDGE: Final = SPACE_2
"""Least distance from the edge of the window, in logical pixels."""


def place_beside(at: QRect, *, size: QSize, window: QWidget) -> QPoint:
    """Return the top left corner of a card, in the window's coordinates.

    Args:
        at: what it belongs to, in global coordinates.
        size: of the card.
        window: which it does not leave.
    """
    beside = QRect(window.mapFromGlobal(at.topLeft()), at.size())
    room = window.rect().adjusted(EDGE, EDGE, -EDGE, -EDGE)
    left = max(room.left(), min(beside.center().x() - SPACE_8, room.right() - size.width() + 1))
    top = beside.bottom() + _GAP
    if top + size.height() > room.bottom() and beside.top() - _GAP - size.height() >= room.top():
        top = beside.top() - _GAP - size.height()
    return QPoint(left, max(room.top(), min(top, room.bottom() - size.height() + 1)))
