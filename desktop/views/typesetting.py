"""How text to be read is set: formats for every kind of block and character, from the theme and a zoom.

Nothing here ever reads markup: documents are built from characters and formats, and cannot ask for anything.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QTextBlockFormat,
    QTextCharFormat,
    QTextDocument,
    QTextFormat,
    QTextOption,
)

from desktop.theme import Theme
from resources.tokens import (
    MEASURE_CHARACTERS,
    READING_LINE,
    SCALE,
    SMALL_PX,
    SPACE_1,
    SPACE_2,
    SPACE_3,
    SPACE_4,
    SPACE_6,
    SPACE_8,
)

QUOTE_INDENT = SPACE_4
CELL_LINE = 1.4


class Property(IntEnum):
    """What blocks and chips carry, as properties of their formats."""

    ROLE = QTextFormat.Property.UserProperty + 1
    KEY = QTextFormat.Property.UserProperty + 2
    """Names the block, so that a view finds its place again in a document that was set anew."""
    CHIP = QTextFormat.Property.UserProperty + 3
    """Number of a chip within its view."""
    WORDS = QTextFormat.Property.UserProperty + 5
    """What an inline object shows beside its mark."""
    GLUE = QTextFormat.Property.UserProperty + 6
    """Set on what only keeps things together."""
    LABEL = QTextFormat.Property.UserProperty + 4
    """What an inline object stands for when it is copied as text."""
    VERDICT = QTextFormat.Property.UserProperty + 7
    """What a reader thinks of the sentence in front."""
    SHARES = QTextFormat.Property.UserProperty + 8
    """Numbers that a bar shows."""


class Role(StrEnum):
    """What a block is, for painting and for copying."""

    HEADING = "heading"
    SUBHEADING = "subheading"
    PARAGRAPH = "paragraph"
    ANSWER = "answer"
    QUOTE = "quote"
    CODE = "code"
    ITEM = "item"
    NOTE = "note"
    PAGE = "page"
    CELL = "cell"
    """In a table."""
    CELL_HEAD = "cell_head"
    """In the first row of one."""


class PlainDocument(QTextDocument):
    """A document that never loads anything, whatever its text says."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setUndoRedoEnabled(False)
        self.setDocumentMargin(0)

    def loadResource(self, type: int, name: QUrl | str) -> object:  # noqa: ARG002 - Qt's signature
        return nothing_loaded(type)


def nothing_loaded(type: int) -> object:
    """Return the answer to a request for a resource: an empty picture or no bytes.

    It must be a picture for pictures: given none, Qt's image handler opens the named file itself, and a pipe or a
    device holds up the window for ever.
    """
    if type == QTextDocument.ResourceType.ImageResource.value:
        picture = QImage(1, 1, QImage.Format.Format_ARGB32)
        picture.fill(0)
        return picture
    return b""


class Typesetting:
    """Formats for one theme and zoom. Make a new one when either changes."""

    def __init__(self, theme: Theme, *, zoom: float = 1.0) -> None:
        self.theme = theme
        self.zoom = zoom
        self.body_font = QFont(theme.reading_font())
        self.body_font.setPixelSize(max(8, round(self.body_font.pixelSize() * zoom)))
        self.body_px = self.body_font.pixelSize()
        """Size of running text in logical pixels."""
        self.answer_px = round(self.body_px * 1.125)
        self.cell_px = round(self.body_px * 0.9375)
        self._scale = theme.text_scale * zoom
        self.small_px = round((SMALL_PX + 1) * self._scale)
        """Size of small text in logical pixels."""
        self._made: dict[tuple[str, str, int], QTextCharFormat] = {}
        self._blocks: dict[tuple[Role, float, float, float, float], QTextBlockFormat] = {}

    @property
    def measure_px(self) -> int:
        """Width of the column in logical pixels."""
        sample = "the quick brown fox jumps over the lazy dog and runs on to the next line"
        per_character = QFontMetricsF(self.body_font).horizontalAdvance(sample) / len(sample)
        return round(per_character * MEASURE_CHARACTERS)

    def colour(self, name: str) -> QColor:
        """Return a colour of the palette by its token name."""
        return self.theme.colour(name)

    # --- characters: each is made once, so copy it before changing it ---

    def body(self) -> QTextCharFormat:
        """Running text."""
        return self._characters("body", "text", size=self.body_px)

    def answer(self) -> QTextCharFormat:
        """The answer, a little larger than the rest."""
        return self._characters("body", "text", size=self.answer_px)

    def quiet(self) -> QTextCharFormat:
        """Running text of what does not stand."""
        return self._characters("body", "text_secondary", size=self.body_px)

    def strong(self) -> QTextCharFormat:
        """Running text that names something."""
        return self._characters("strong", "text", size=self.body_px)

    def heading(self, level: int = 1) -> QTextCharFormat:
        """A heading; level 1 is a section's, higher ones are smaller."""
        size = {1: SCALE**1.25, 2: SCALE**0.75}.get(level, 1.0)
        return self._characters("strong", "text", size=round(self.body_px * size))

    def label(self) -> QTextCharFormat:
        """A small heading over a group that is not part of what is said."""
        return self._characters("label", "text_muted", size=self.small_px)

    def small(self, colour: str = "text_muted") -> QTextCharFormat:
        """Second lines: where something is from, figures."""
        return self._characters("small", colour, size=self.small_px)

    def code(self) -> QTextCharFormat:
        """Code, and rows of tables."""
        size = round(self.theme.mono_font().pixelSize() * self.zoom * 1.06)
        return self._characters("code", "text", size=size)

    def cell(self, colour: str = "text") -> QTextCharFormat:
        """Tables and what stands side by side: a little smaller than running text."""
        return self._characters("body", colour, size=self.cell_px)

    def cell_strong(self) -> QTextCharFormat:
        """The same, of what names something."""
        return self._characters("strong", "text", size=self.cell_px)

    # --- blocks ---

    def block(
        self,
        role: Role,
        *,
        key: str = "",
        top: float = 0,
        bottom: float = SPACE_2,
        left: float = 0,
        line_px: float = 0,
    ) -> QTextBlockFormat:
        """Return the format of a block.

        Args:
            role: what the block is.
            key: names the block.
            top: distance to the block above, in logical pixels at normal size.
            bottom: distance to the block below, likewise.
            left: indentation, likewise.
            line_px: height of its lines; that of running text when 0.
        """
        made = self._blocks.get((role, top, bottom, left, line_px))
        if made is None:
            made = QTextBlockFormat()
            made.setTopMargin(top * self._scale)
            made.setBottomMargin(bottom * self._scale)
            made.setLeftMargin(left * self._scale)
            made.setProperty(Property.ROLE, role.value)
            height = round(line_px or self.body_px * READING_LINE)
            made.setLineHeight(height, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
            self._blocks[(role, top, bottom, left, line_px)] = made
        block = QTextBlockFormat(made)
        if key:
            block.setProperty(Property.KEY, key)
        return block

    def paragraph(self, *, key: str = "", bottom: float = SPACE_3) -> QTextBlockFormat:
        """Running text."""
        return self.block(Role.PARAGRAPH, key=key, bottom=bottom)

    def answer_block(self, *, key: str = "", bottom: float = SPACE_3) -> QTextBlockFormat:
        """The answer, set off by a rule at its side."""
        line_px = self.answer_px * READING_LINE
        return self.block(Role.ANSWER, key=key, bottom=bottom, left=QUOTE_INDENT, line_px=line_px)

    def heading_block(self, level: int = 1, *, key: str = "") -> QTextBlockFormat:
        """A heading: more space above than below, and never alone at the end of a printed page."""
        tops = {1: SPACE_8 + SPACE_2, 2: SPACE_6}
        role = Role.HEADING if level == 1 else Role.SUBHEADING
        bottom = SPACE_3 if level == 1 else SPACE_2
        line_px = self.body_px * SCALE * 1.35
        block = self.block(role, key=key, top=tops.get(level, SPACE_4), bottom=bottom, line_px=line_px)
        block.setHeadingLevel(level)
        return block

    def note(self, *, key: str = "", top: float = 0, bottom: float = SPACE_2, left: float = 0) -> QTextBlockFormat:
        """Small text."""
        line_px = self.small_px * READING_LINE
        return self.block(Role.NOTE, key=key, top=top, bottom=bottom, left=left, line_px=line_px)

    def quote(self, *, key: str = "", bottom: float = SPACE_1) -> QTextBlockFormat:
        """Words of a source, set apart by a rule at their side."""
        return self.block(Role.QUOTE, key=key, bottom=bottom, left=QUOTE_INDENT)

    def cell_block(self, *, key: str = "", role: Role = Role.CELL, bottom: float = 0) -> QTextBlockFormat:
        """In a table: its cells have the distances."""
        return self.block(role, key=key, bottom=bottom, line_px=self.cell_px * CELL_LINE)

    def scaled(self, distance: float) -> float:
        """Return a distance of the tokens at the size of the text."""
        return distance * self._scale

    def hang(self, block: QTextBlockFormat) -> None:
        """Let the first line begin at the edge, with a tab that leads to where the others begin."""
        indent = block.leftMargin()
        block.setTextIndent(-indent)
        block.setTabPositions([QTextOption.Tab(indent, QTextOption.TabType.LeftTab)])

    def tabulate(self, block: QTextBlockFormat, starts: list[float]) -> None:
        """Let columns begin at the given places; what does not fit wraps within the last one."""
        if starts:
            block.setLeftMargin(starts[-1])
            block.setTextIndent(-starts[-1])
            block.setTabPositions([QTextOption.Tab(start, QTextOption.TabType.LeftTab) for start in starts])

    # --- inside ---

    def _characters(self, kind: str, colour: str, *, size: int) -> QTextCharFormat:
        made = self._made.get((kind, colour, size))
        if made is None:
            made = QTextCharFormat()
            made.setFont(self._font(kind, size))
            made.setForeground(QBrush(self.colour(colour)))
            self._made[(kind, colour, size)] = made
        return made

    def _font(self, kind: str, size: int) -> QFont:
        match kind:
            case "code":
                font = QFont(self.theme.mono_font())
            case "small" | "label":
                font = QFont(self.theme.ui_font())
                font.setFeature(QFont.Tag("tnum"), 1)
            case _:
                font = QFont(self.body_font)
        font.setPixelSize(size)
        if kind in ("strong", "label"):
            font.setWeight(QFont.Weight.DemiBold)
        return font


def with_ground(characters: QTextCharFormat, colour: QColor) -> QTextCharFormat:
    """Return the format with a colour behind the characters."""
    marked = QTextCharFormat(characters)
    marked.setBackground(QBrush(colour))
    return marked


def underlined(characters: QTextCharFormat, colour: QColor, *, tip: str) -> QTextCharFormat:
    """Return the format with a dotted line under the characters, and what it means on hovering (see ``as_tip``)."""
    marked = QTextCharFormat(characters)
    marked.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
    marked.setUnderlineColor(colour)
    marked.setToolTip(tip)
    return marked


def role_of(block: QTextBlockFormat) -> str:
    """Return the role a block was set with, or nothing."""
    return str(block.property(Property.ROLE) or "")
