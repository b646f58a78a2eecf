"""Palette, fonts and icons as Qt wants them; follows the system's light or dark unless told otherwise.

The only import of QtAwesome (its Phosphor icons, one line family for everything).
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import qtawesome
from PySide6.QtCore import QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPalette, QPixmap, QStyleHints
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QStyle
from qtawesome.iconic_font import CharIconEngine, IconicFont

from resources import icons
from resources.style import style_sheet
from resources.tokens import DARK, LIGHT, MOTION_MS, READING_PX, TEXT_PX, Palette

_UI_FAMILIES = ("Inter", "Noto Sans", "Cantarell", "Ubuntu", "Open Sans")
"""Tried in this order where the system names no interface font of its own."""
_NO_CHOICE = frozenset({"", "sans", "sans serif", "sans-serif", "dejavu sans", "helvetica", "bitstream vera sans"})
"""What a desktop that was never told a font answers."""
_SERIF_FAMILIES = ("Source Serif 4", "Charter", "Iowan Old Style", "Georgia", "Noto Serif", "P052", "DejaVu Serif")
_HAN_FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Hiragino Sans",
    "Microsoft YaHei",
    "Yu Gothic",
    "Apple SD Gothic Neo",
    "Malgun Gothic",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
)
"""Named behind the first family, where they are installed: looking for each of their characters in every font of the
system costs fifty times the layout."""
_HAN_SYSTEMS = (
    QFontDatabase.WritingSystem.SimplifiedChinese,
    QFontDatabase.WritingSystem.TraditionalChinese,
    QFontDatabase.WritingSystem.Japanese,
    QFontDatabase.WritingSystem.Korean,
)
_MONO_FAMILIES = (
    "JetBrains Mono",
    "Cascadia Mono",
    "SF Mono",
    "Menlo",
    "Consolas",
    "Noto Sans Mono",
    "DejaVu Sans Mono",
)


_OWN_ICONS = frozenset({"sidebar-left", "sidebar-right"})
_ICON_EDGES = (16, 20, 24, 32, 40, 48)
"""In device pixels."""


class Appearance(StrEnum):
    """Which set of colours a person wants."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Typeface(StrEnum):
    """What reports are set in."""

    SANS = "sans"
    SERIF = "serif"


class Theme(QObject):
    """What everything on screen is drawn with. ``changed`` says that palette, sizes or fonts are different now."""

    changed = Signal()

    def __init__(self, hints: QStyleHints | None = None, parent: QObject | None = None) -> None:
        """Start with the system's colours.

        Args:
            hints: where the system's choice is read and followed; without it the system counts as light.
            parent: the owner.
        """
        super().__init__(parent)
        self._hints = hints
        self._appearance = Appearance.SYSTEM
        self._typeface = Typeface.SANS
        self._text_scale = 1.0
        self._application: QApplication | None = None
        self._icon_font: _LineIcons | None = None
        self._families = _Families()
        self.palette: Palette = self._wanted_palette()
        if hints is not None:
            hints.colorSchemeChanged.connect(self._follow_system)

    # --- what it is now ---

    @property
    def is_dark(self) -> bool:
        """Whether the dark palette is in use."""
        return self.palette.is_dark

    @property
    def appearance(self) -> Appearance:
        """What was asked for; ``palette`` is what came of it."""
        return self._appearance

    @property
    def typeface(self) -> Typeface:
        """What reports are set in."""
        return self._typeface

    @property
    def text_scale(self) -> float:
        """1.0 is the normal text size."""
        return self._text_scale

    @property
    def motion_ms(self) -> int:
        """Duration of a transition; 0 where the system asks for reduced motion."""
        wants_motion = QApplication.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0
        return MOTION_MS if wants_motion else 0

    def colour(self, name: str) -> QColor:
        """Return one of the palette's colours by its token name."""
        return QColor(getattr(self.palette, name))

    # --- changing it ---

    def use(
        self,
        *,
        appearance: Appearance | None = None,
        text_scale: float | None = None,
        typeface: Typeface | None = None,
    ) -> None:
        """Take over what a person has chosen; what is None stays as it is."""
        self._appearance = appearance or self._appearance
        self._text_scale = text_scale or self._text_scale
        self._typeface = typeface or self._typeface
        self.palette = self._wanted_palette()
        self._announce()

    def apply_to(self, application: QApplication) -> None:
        """Dress the whole application in this theme, now and whenever it changes."""
        self._application = application
        self._dress()

    def _dress(self) -> None:
        if self._application is not None:
            self._application.setPalette(_qt_palette(self.palette))
            self._application.setFont(self.ui_font())
            self._application.setStyleSheet(style_sheet(self.palette, text_scale=self._text_scale))

    def _announce(self) -> None:
        # Dressed first: what views set in answer to the signal must come after what the style sheet sets.
        self._dress()
        self.changed.emit()

    def _follow_system(self) -> None:
        wanted = self._wanted_palette()
        if wanted is not self.palette:
            self.palette = wanted
            self._announce()

    def _wanted_palette(self) -> Palette:
        if self._appearance is Appearance.SYSTEM:
            is_dark = self._hints is not None and self._hints.colorScheme() is Qt.ColorScheme.Dark
        else:
            is_dark = self._appearance is Appearance.DARK
        return DARK if is_dark else LIGHT

    # --- fonts ---

    def ui_font(self, *, step: int = 0) -> QFont:
        """Return the interface's font; each step is 1.2 times the size of the one before."""
        return _font(self._families.ui(), round(TEXT_PX * self._text_scale * 1.2**step))

    def reading_font(self) -> QFont:
        """Return the font that reports and sources are set in."""
        families = self._families.serif() if self._typeface is Typeface.SERIF else self._families.ui()
        return _font(families, round(READING_PX * self._text_scale))

    def mono_font(self) -> QFont:
        """Return the font of code and of numbers in the trace."""
        font = _font(self._families.mono(), round((TEXT_PX - 0.5) * self._text_scale))
        font.setStyleHint(QFont.StyleHint.Monospace)
        return font

    # --- icons ---

    def icon(self, name: str, *, colour: str | None = None) -> QIcon:
        """Return a line icon.

        Args:
            name: of the Phosphor family, without prefix: ``magnifying-glass``, ``folder-plus``, …; or of one that
                the family lacks and we have drawn: ``sidebar-left``, ``sidebar-right``.
            colour: ``#rrggbb``; secondary text when None.
        """
        if name in _OWN_ICONS:
            return _own_icon(name, colour or self.palette.text_secondary)
        if self._icon_font is None:
            fonts = Path(qtawesome.__path__[0]) / "fonts"
            charmap = next(fonts.glob("phosphor-charmap-*.json"))
            font = next(fonts.glob("phosphor-[0-9]*.ttf"))
            # The directory is named, because the package would otherwise install its fonts into Windows.
            self._icon_font = _LineIcons(("ph", font.name, charmap.name, str(fonts)))
        icon: QIcon = self._icon_font.icon(
            f"ph.{name}",
            color=colour or self.palette.text_secondary,
            color_disabled=self.palette.text_disabled,
            scale_factor=1.1,
        )
        return icon

    def app_icon(self) -> QIcon:
        """Return the app's own icon, a plumb bob."""
        return QIcon(str(Path(icons.__path__[0]) / "plumbline.svg"))


class _LineIconEngine(CharIconEngine):  # type: ignore[misc]
    """WORKAROUND: QtAwesome 1.4 paints into pixmaps without an area too, and Qt warns of each step of that."""

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        if not rect.isEmpty():
            super().paint(painter, rect, mode, state)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        if not pixmap.isNull():
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
            painter.end()
        return pixmap


class _LineIcons(IconicFont):  # type: ignore[misc]
    """The one font of icons, painted by the engine above."""

    def _icon_by_painter(self, painter: object, options: object) -> QIcon:
        return QIcon(_LineIconEngine(self, painter, options))


class _Families:
    """The families to use, looked up once: asking for all installed ones takes tens of milliseconds."""

    def __init__(self) -> None:
        self._installed: frozenset[str] | None = None
        self._han: list[str] | None = None

    def ui(self) -> list[str]:
        named = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
        first = [named] if named.casefold() not in _NO_CHOICE else self._first(_UI_FAMILIES, otherwise=named)
        return list(dict.fromkeys([*first, *self.han()]))

    def serif(self) -> list[str]:
        return list(dict.fromkeys([*self._first(_SERIF_FAMILIES, otherwise="serif"), *self.han()]))

    def mono(self) -> list[str]:
        named = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
        return list(dict.fromkeys([*self._first(_MONO_FAMILIES, otherwise=named), *self.han()]))

    def han(self) -> list[str]:
        """Return families for Chinese, Japanese and Korean: for each of them one that has it, each family once."""
        if self._han is None:
            found: list[str] = []
            for system in _HAN_SYSTEMS:
                able = [family for family in QFontDatabase.families(system) if not family.startswith(".")]
                known = [family for family in _HAN_FAMILIES if family in able]
                found += (known or able)[:1]
            self._han = list(dict.fromkeys(found))
        return self._han

    def _first(self, families: tuple[str, ...], *, otherwise: str) -> list[str]:
        if self._installed is None:
            self._installed = frozenset(QFontDatabase.families())
        return [family for family in families if family in self._installed][:1] or [otherwise]


def _own_icon(name: str, colour: str) -> QIcon:
    drawing = (Path(icons.__path__[0]) / f"{name}.svg").read_text(encoding="utf-8").replace("#000000", colour)
    renderer = QSvgRenderer(drawing.encode())
    icon = QIcon()
    for edge in _ICON_EDGES:
        pixmap = QPixmap(edge, edge)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter)
        painter.end()
        icon.addPixmap(pixmap)
    return icon


def _font(families: list[str], pixels: int) -> QFont:
    font = QFont()
    font.setFamilies(families)
    font.setPixelSize(pixels)
    return font


def _qt_palette(p: Palette) -> QPalette:
    """Give what the style sheet does not reach (native parts, disabled text, links) the same colours."""
    roles = {
        QPalette.ColorRole.Window: p.window,
        QPalette.ColorRole.WindowText: p.text,
        QPalette.ColorRole.Base: p.surface,
        QPalette.ColorRole.AlternateBase: p.window,
        QPalette.ColorRole.Text: p.text,
        QPalette.ColorRole.Button: p.raised,
        QPalette.ColorRole.ButtonText: p.text,
        QPalette.ColorRole.BrightText: p.on_accent,
        QPalette.ColorRole.Highlight: p.selection,
        QPalette.ColorRole.HighlightedText: p.text,
        QPalette.ColorRole.Link: p.accent,
        QPalette.ColorRole.LinkVisited: p.accent,
        QPalette.ColorRole.ToolTipBase: p.raised,
        QPalette.ColorRole.ToolTipText: p.text,
        QPalette.ColorRole.PlaceholderText: p.text_muted,
        QPalette.ColorRole.Accent: p.accent,
        QPalette.ColorRole.Light: p.raised,
        QPalette.ColorRole.Midlight: p.hover,
        QPalette.ColorRole.Mid: p.hairline,
        QPalette.ColorRole.Dark: p.border,
        QPalette.ColorRole.Shadow: p.border,
    }
    palette = QPalette()
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(p.text_disabled))
    return palette
