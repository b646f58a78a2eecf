"""The signs of states and verdicts as icons, for menus, buttons and lists."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap

from desktop.theme import Theme
from desktop.views.citation_chip import STATE_COLOURS, draw_state_mark
from desktop.views.inline_signs import draw_verdict
from engine.domain import ClaimState, Verdict
from resources.tokens import ICON

_SCALE = 2
"""Pixels for each logical one, so that they are sharp on fine screens."""
_PLACE = QRectF(ICON * 0.19, ICON * 0.19, ICON * 0.62, ICON * 0.62)


def state_icon(state: ClaimState, theme: Theme) -> QIcon:
    """Return the sign of a claim's state."""
    pixmap, painter = _begun()
    draw_state_mark(painter, _PLACE, state, theme.colour(STATE_COLOURS[state]))
    painter.end()
    return QIcon(pixmap)


def verdict_icon(verdict: Verdict, theme: Theme) -> QIcon:
    """Return the sign of what a reader thinks."""
    pixmap, painter = _begun()
    draw_verdict(painter, _PLACE, verdict, theme.colour("accent"))
    painter.end()
    return QIcon(pixmap)


def _begun() -> tuple[QPixmap, QPainter]:
    pixmap = QPixmap(_SCALE * ICON, _SCALE * ICON)
    pixmap.setDevicePixelRatio(_SCALE)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap, QPainter(pixmap)
