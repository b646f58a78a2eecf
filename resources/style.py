"""The style sheet, built from a palette; text only, so that it can be made and tested without a window.

Widgets are told apart by two properties: ``kind`` (what a control or frame is: ``primary``, ``quiet``, ``chip``,
``card``, …) and ``tone`` (how text speaks: ``title``, ``heading``, ``secondary``, ``muted``, …).
"""

from __future__ import annotations

from pathlib import Path

from resources import icons
from resources.tokens import (
    CONTROL,
    RADIUS,
    RADIUS_SMALL,
    SCALE,
    SMALL_PX,
    SPACE_1,
    SPACE_2,
    SPACE_3,
    SPACE_6,
    TEXT_PX,
    Palette,
)


def style_sheet(palette: Palette, *, text_scale: float = 1.0) -> str:
    """Return the application's style sheet.

    Args:
        palette: the colours.
        text_scale: 1.0 is the normal text size.
    """
    return "\n".join(
        (
            _text(palette, text_scale),
            _buttons(palette, text_scale),
            _fields(palette),
            _lists(palette),
            _frames(palette),
            _furniture(palette),
        )
    )


def text_px(step: int = 0, *, text_scale: float = 1.0) -> int:
    """Return a size of type in logical pixels: 0 is the interface's text, each step is 1.2 times the one before."""
    return round(TEXT_PX * text_scale * SCALE**step)


def _mark(name: str, palette: Palette) -> str:
    path = Path(icons.__path__[0]) / f"{name}-{palette.name}.svg"
    return f'url("{path.as_posix()}")'


def _text(p: Palette, scale: float) -> str:
    small = round(SMALL_PX * scale)
    return f"""
QWidget {{ color: {p.text}; }}
QMainWindow, QDialog {{ background: {p.window}; }}
QLabel {{ background: transparent; }}
QLabel[tone="display"] {{ font-size: {text_px(4, text_scale=scale)}px; font-weight: 600; }}
QLabel[tone="title"] {{ font-size: {text_px(3, text_scale=scale)}px; font-weight: 600; }}
QLabel[tone="heading"] {{ font-size: {text_px(1, text_scale=scale)}px; font-weight: 600; }}
QLabel[tone="strong"] {{ font-weight: 600; }}
QLabel[tone="secondary"] {{ color: {p.text_secondary}; }}
QLabel[tone="muted"] {{ color: {p.text_muted}; }}
QLabel[tone="small"] {{ color: {p.text_muted}; font-size: {small}px; }}
QLabel[tone="section"] {{ color: {p.text_muted}; font-size: {small}px; font-weight: 600; }}
QLabel[tone="status"] {{ color: {p.text_secondary}; font-size: {small}px; }}
QLabel[tone="status-muted"] {{ color: {p.text_muted}; font-size: {small}px; }}
QLabel[tone="accent"] {{ color: {p.accent}; }}
QLabel[tone="warn"] {{ color: {p.partly}; }}
QLabel[tone="badge"], QLabel[tone="badge-warning"] {{
    color: {p.accent}; background: {p.accent_soft}; border-radius: {RADIUS_SMALL}px; padding: 1px 6px;
    font-size: {small}px; font-weight: 500;
}}
QLabel[tone="badge-warning"] {{ color: {p.partly}; background: {p.partly_soft}; }}
QLabel[tone="error"] {{ color: {p.unsupported}; }}
QLabel[tone="key"] {{
    color: {p.text_secondary}; background: {p.code}; border: 1px solid {p.hairline};
    border-radius: {RADIUS_SMALL}px; padding: 1px 6px; font-size: {small}px;
}}
QLabel:disabled {{ color: {p.text_disabled}; }}
QToolTip {{
    color: {p.text}; background: {p.raised}; border: 1px solid {p.hairline}; padding: 4px 6px; font-size: {small}px;
}}
"""


def _buttons(p: Palette, scale: float) -> str:
    return f"""
QPushButton {{
    color: {p.text}; background: {p.raised}; border: 1px solid {p.border}; border-radius: {RADIUS}px;
    min-height: {CONTROL - 10}px; padding: 4px {SPACE_3}px; font-weight: 500;
}}
QPushButton:hover {{ background: {p.hover}; border-color: {p.border_hover}; }}
QPushButton:pressed {{ background: {p.pressed}; }}
QPushButton:focus {{ border: 2px solid {p.focus}; padding: 3px {SPACE_3 - 1}px; }}
QPushButton:disabled {{ color: {p.text_disabled}; border-color: {p.hairline}; background: transparent; }}
QPushButton[kind="primary"] {{ color: {p.on_accent}; background: {p.accent}; border-color: {p.accent}; }}
QPushButton[kind="primary"]:hover {{ background: {p.accent_hover}; border-color: {p.accent_hover}; }}
QPushButton[kind="primary"]:pressed {{ background: {p.accent_pressed}; border-color: {p.accent_pressed}; }}
QPushButton[kind="primary"]:focus {{ border: 2px solid {p.text}; }}
QPushButton[kind="primary"]:disabled {{
    color: {p.text_disabled}; background: {p.hover}; border-color: {p.hover};
}}
QPushButton[kind="quiet"], QToolButton {{
    color: {p.text_secondary}; background: transparent; border: 1px solid transparent; border-radius: {RADIUS}px;
}}
QPushButton[kind="quiet"] {{ padding: 4px {SPACE_2}px; }}
QPushButton[kind="quiet"]:hover, QToolButton:hover {{ color: {p.text}; background: {p.hover}; }}
QPushButton[kind="quiet"]:pressed, QToolButton:pressed, QToolButton:checked {{
    color: {p.text}; background: {p.pressed};
}}
QPushButton[kind="quiet"]:focus {{ border: 2px solid {p.focus}; padding: 3px {SPACE_2 - 1}px; }}
QPushButton[kind="row"] {{
    color: {p.text}; background: transparent; border: 1px solid transparent; text-align: left;
    padding: 4px {SPACE_2}px; font-weight: 400;
}}
QPushButton[kind="row"]:hover {{ background: {p.hover}; }}
QPushButton[kind="row"]:pressed {{ background: {p.pressed}; }}
QPushButton[kind="row"]:checked {{ background: {p.selection}; font-weight: 500; }}
QPushButton[kind="row"]:focus {{ border: 2px solid {p.focus}; padding: 3px {SPACE_2 - 1}px; }}
QPushButton[kind="heading"] {{
    color: {p.text}; background: transparent; border: 1px solid transparent; border-radius: 0; text-align: left;
    padding: 0 {SPACE_3}px; font-weight: 600; min-height: 36px;
}}
QPushButton[kind="heading"]:hover {{ background: {p.hover}; }}
QPushButton[kind="heading"]:focus {{ border: 2px solid {p.focus}; padding: 0 {SPACE_3 - 1}px; }}
QPushButton[kind="status"] {{
    color: {p.text_muted}; background: transparent; border: 1px solid transparent; border-radius: {RADIUS_SMALL}px;
    text-align: left; padding: 1px {SPACE_1}px; min-height: 18px; font-weight: 400;
    font-size: {round(SMALL_PX * scale)}px;
}}
QPushButton[kind="status"][state="problem"] {{ color: {p.partly}; }}
QPushButton[kind="status"]:hover {{ color: {p.text}; background: {p.hover}; }}
QPushButton[kind="status"]:focus {{ border: 1px solid {p.focus}; }}
QPushButton[kind="disclosure"] {{
    color: {p.text}; background: transparent; border: 1px solid transparent; text-align: left; padding: 2px 0;
    font-weight: 600;
}}
QPushButton[kind="disclosure"]:hover {{ color: {p.accent}; }}
QPushButton[kind="disclosure"]:focus {{ border: 2px solid {p.focus}; padding: 1px 0; }}
QPushButton[kind="link"] {{
    color: {p.accent}; background: transparent; border: 1px solid transparent; padding: 0 2px; min-height: 20px;
    border-radius: {RADIUS_SMALL}px;
}}
QPushButton[kind="link"]:hover {{ color: {p.accent_hover}; text-decoration: underline; }}
QPushButton[kind="link"]:focus {{ border: 2px solid {p.focus}; padding: 0 1px; }}
QPushButton[kind="segment"] {{
    color: {p.text_secondary}; background: transparent; border: 1px solid transparent; font-weight: 500;
    border-radius: {RADIUS_SMALL}px; padding: 2px {SPACE_3}px; min-height: {CONTROL - 12}px;
}}
QPushButton[kind="segment"]:hover {{ color: {p.text}; background: {p.hover}; }}
QPushButton[kind="segment"]:checked {{ color: {p.accent}; background: {p.raised}; border-color: {p.hairline}; }}
QPushButton[kind="segment"]:focus {{ border: 2px solid {p.focus}; padding: 1px {SPACE_3 - 1}px; }}
QToolButton {{ padding: 5px; }}
QToolButton:focus {{ border: 2px solid {p.focus}; padding: 4px; }}
QToolButton:disabled {{ color: {p.text_disabled}; }}
QToolButton::menu-indicator {{ image: none; width: 0; }}
QToolButton[kind="chip"] {{
    color: {p.text_secondary}; background: transparent; border: 1px solid {p.hairline};
    padding: 4px {SPACE_2}px; font-weight: 500;
}}
QToolButton[kind="chip"]:hover {{ color: {p.text}; background: {p.hover}; border-color: {p.hairline}; }}
QToolButton[kind="chip"]:focus {{ border: 2px solid {p.focus}; padding: 3px {SPACE_2 - 1}px; }}
QToolButton[kind="label"] {{ padding: 3px {SPACE_2 - 2}px; font-size: {round(SMALL_PX * scale)}px; }}
QToolButton[kind="label"]:focus {{ padding: 2px {SPACE_2 - 3}px; }}
QCheckBox, QRadioButton {{ spacing: {SPACE_2}px; background: transparent; border-radius: {RADIUS_SMALL}px; }}
QCheckBox::indicator {{
    width: 14px; height: 14px; border: 1px solid {p.border}; border-radius: {RADIUS_SMALL}px; background: {p.raised};
}}
QCheckBox::indicator:hover {{ border-color: {p.border_hover}; }}
QCheckBox::indicator:checked {{ border-color: {p.accent}; image: {_mark("check", p)}; }}
QCheckBox::indicator:focus {{ border: 2px solid {p.focus}; width: 12px; height: 12px; }}
"""


def _fields(p: Palette) -> str:
    return f"""
QLineEdit, QTextEdit[kind="field"], QPlainTextEdit[kind="field"] {{
    color: {p.text}; background: {p.raised}; border: 1px solid {p.border}; border-radius: {RADIUS}px;
    selection-background-color: {p.selection}; selection-color: {p.text};
}}
QTextEdit[kind="field"], QPlainTextEdit[kind="field"] {{ padding: {SPACE_1}px; }}
QLineEdit {{ padding: 4px {SPACE_2}px; min-height: {CONTROL - 10}px; }}
QLineEdit:hover {{ border-color: {p.border_hover}; }}
QLineEdit:focus {{ border: 2px solid {p.focus}; padding: 3px {SPACE_2 - 1}px; }}
QLineEdit[kind="quiet"] {{ background: {p.hover}; border: 1px solid transparent; }}
QLineEdit[kind="quiet"]:hover {{ border-color: {p.border}; }}
QLineEdit[kind="quiet"]:focus {{ background: {p.raised}; border: 2px solid {p.focus}; }}
QLineEdit[kind="bare"], QPlainTextEdit[kind="bare"], QTextEdit[kind="bare"] {{
    background: transparent; border: none; padding: 0; color: {p.text};
    selection-background-color: {p.selection}; selection-color: {p.text};
}}
QTextBrowser, QTextEdit, QPlainTextEdit {{
    background: transparent; border: none; color: {p.text};
    selection-background-color: {p.selection}; selection-color: {p.text};
}}
QPlainTextEdit[kind="live"] {{
    background: {p.code}; border: 1px solid transparent; border-radius: {RADIUS}px; color: {p.text_secondary};
}}
QPlainTextEdit[kind="live"]:focus {{ border-color: {p.focus}; }}
"""


def _lists(p: Palette) -> str:
    return f"""
QAbstractItemView {{
    background: transparent; border: none; outline: none; color: {p.text};
    selection-background-color: {p.selection}; selection-color: {p.text};
    alternate-background-color: transparent;
}}
QAbstractItemView:window {{ background: {p.raised}; border: 1px solid {p.hairline}; }}
QAbstractItemView::item {{ border-radius: {RADIUS}px; padding: {SPACE_1}px {SPACE_2}px; }}
QAbstractItemView::item:hover {{ background: {p.hover}; }}
QAbstractItemView::item:selected {{ background: {p.selection}; color: {p.text}; }}
QAbstractItemView::item:selected:!active {{ background: {p.pressed}; }}
QHeaderView {{ background: transparent; border: none; }}
QHeaderView::section {{
    color: {p.text_muted}; background: transparent; border: none; border-bottom: 1px solid {p.hairline};
    padding: {SPACE_1}px {SPACE_2 + 2}px; font-weight: 600;
}}
QMenu {{
    background: {p.raised}; border: 1px solid {p.hairline}; border-radius: {RADIUS}px; padding: {SPACE_1}px;
}}
QMenu::item {{ padding: 6px {SPACE_6}px 6px {SPACE_2}px; border-radius: {RADIUS_SMALL}px; color: {p.text}; }}
QMenu::item:selected {{ background: {p.hover}; }}
QMenu::item:disabled {{ color: {p.text_muted}; }}
QMenu::separator {{ height: 1px; background: {p.hairline}; margin: {SPACE_1}px {SPACE_2}px; }}
QMenu::icon {{ padding-left: {SPACE_2}px; }}
QMenu::indicator {{ width: 16px; height: 16px; margin-left: {SPACE_2}px; }}
QMenu::indicator:checked {{ image: {_mark("check", p)}; }}
"""


def _frames(p: Palette) -> str:
    return f"""
QFrame {{ border: none; }}
QFrame[kind="side"], QWidget[kind="side"] {{ background: {p.side}; }}
QFrame[kind="window"], QWidget[kind="window"] {{ background: {p.window}; }}
QFrame[kind="surface"], QWidget[kind="surface"] {{ background: {p.surface}; }}
QFrame[kind="card"] {{ background: {p.raised}; border: 1px solid {p.hairline}; border-radius: {RADIUS}px; }}
QFrame[kind="field"] {{ background: {p.raised}; border: 1px solid {p.border}; border-radius: {RADIUS + 2}px; }}
QFrame[kind="field"][focused="true"] {{ border: 2px solid {p.focus}; }}
QFrame[kind="folder"] {{ background: transparent; border: 1px solid transparent; border-radius: {RADIUS}px; }}
QFrame[kind="folder"]:hover {{ background: {p.hover}; }}
QFrame[kind="folder"][chosen="true"] {{ background: {p.selection}; }}
QFrame[kind="folder"]:focus {{ border-color: {p.focus}; }}
QFrame[kind="model"] {{ background: transparent; border: none; border-top: 1px solid {p.hairline}; }}
QFrame[kind="drop"] {{
    background: {p.accent_soft}; border: 2px dashed {p.accent}; border-radius: {RADIUS + 2}px;
}}
QFrame[kind="track"] {{ background: {p.hover}; border-radius: {RADIUS}px; }}
QFrame[kind="hairline"] {{ background: {p.hairline}; max-height: 1px; min-height: 1px; }}
QFrame[kind="hairline-vertical"] {{ background: {p.hairline}; max-width: 1px; min-width: 1px; }}
QFrame[kind="notice"] {{ background: {p.raised}; border: 1px solid {p.hairline}; border-radius: {RADIUS}px; }}
QFrame[kind="notice"][level="problem"] {{ background: {p.unsupported_soft}; border-color: {p.unsupported}; }}
QFrame[kind="notice"][level="warning"] {{ background: {p.partly_soft}; border-color: {p.partly}; }}
QFrame[kind="notice"][level="done"] {{ background: {p.accent_soft}; border-color: {p.accent}; }}
"""


def _furniture(p: Palette) -> str:
    return f"""
QSplitter::handle {{ background: {p.hairline}; }}
QSplitter::handle:hover {{ background: {p.accent}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}
QScrollArea, QScrollArea > QWidget > QWidget[kind="page"] {{ background: transparent; border: none; }}
QScrollBar {{ background: transparent; border: none; margin: 0; }}
QScrollBar:vertical {{ width: 10px; }}
QScrollBar:horizontal {{ height: 10px; }}
QScrollBar::handle {{ background: {p.pressed}; border-radius: 3px; margin: 2px; }}
QScrollBar::handle:hover {{ background: {p.border}; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; border: none; background: transparent; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QProgressBar {{
    background: {p.pressed}; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; color: transparent;
}}
QProgressBar::chunk {{ background: {p.accent}; border-radius: 2px; }}
QTabBar {{ background: transparent; border: none; qproperty-drawBase: 0; }}
QTabBar::tab {{
    color: {p.text_secondary}; background: transparent; border: none; border-bottom: 2px solid transparent;
    padding: {SPACE_2}px {SPACE_3}px; font-weight: 500;
}}
QTabBar::tab:hover {{ color: {p.text}; }}
QTabBar::tab:selected {{ color: {p.text}; border-bottom-color: {p.accent}; }}
QTabBar::tab:focus {{ color: {p.accent}; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {p.hairline}; }}
"""
