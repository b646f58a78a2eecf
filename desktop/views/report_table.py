"""A table of the report on the page: real rows and columns where there is room, one thing after the other where not."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QBrush, QTextCharFormat, QTextFrameFormat, QTextLength, QTextTable, QTextTableFormat

from desktop.plain_text import laid_out, one_line
from desktop.views.report_pen import Pen
from desktop.views.typesetting import Role, Typesetting
from engine.domain import Cell, Table
from resources.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_6

_LEAST_CHARACTERS = 6
_LONGEST_WORD = 16
"""Words that are longer are broken."""
_WIDEST_CELL = 34
"""In characters: what is longer is better on several lines."""
_LONGEST_NAME = 18
_CHIP_CHARACTERS = 5
_LAST_NARROW = "\u2dff"


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePlan:
    """How a table is set in the room there is."""

    is_stacked: bool
    """Whether its things stand one below the other, each with its properties as lines."""
    width_px: int = 0
    left_px: int = 0
    """How far it reaches over the left edge of the column; over the right one it may reach as well."""
    shares: tuple[float, ...] = ()
    """Of the columns, in hundredths."""


def plan_table(table: Table, *, setting: Typesetting, column_px: int, beside_px: int) -> TablePlan:
    """Return how to set a table.

    Args:
        table: what is to be set.
        setting: the size of the text.
        column_px: width of the page's column.
        beside_px: room on either side of it; that on the left is used only if the other is not enough.
    """
    each = setting.cell_px * 0.53
    least, wanted = [], []
    for number, title in enumerate(table.columns):
        cells = [row[number] for row in table.rows if number < len(row)]
        texts = [title, *(cell.text or cell.missing for cell in cells)]
        chips = _CHIP_CHARACTERS if any(cell.claim is not None for cell in cells) else 0
        word = max(_widest_word(text) for text in texts)
        if number == 0:
            # Names are kept on one line where that costs little.
            word = max(word, min(_LONGEST_NAME, max(_characters(text) for text in texts)))
        narrow = max(_LEAST_CHARACTERS, word) + chips
        wide = max(narrow, min(_WIDEST_CELL, max(_characters(text) for text in texts)) + chips)
        least.append(narrow * each + SPACE_3)
        wanted.append(wide * each + SPACE_3)
    if sum(least) > column_px + 2 * beside_px:
        return TablePlan(is_stacked=True)
    width = max(column_px, sum(least), min(column_px + beside_px, sum(wanted)))
    spare, wish = width - sum(least), sum(wanted) - sum(least)
    sizes = [
        one + (spare * (more - one) / wish if wish > 0 else spare / len(least))
        for one, more in zip(least, wanted, strict=True)
    ]
    return TablePlan(
        is_stacked=False,
        width_px=round(width),
        left_px=max(0, round(width) - column_px - beside_px),
        shares=tuple(100 * one / sum(sizes) for one in sizes),
    )


def write_table(pen: Pen, table: Table, plan: TablePlan, *, key: str) -> None:
    """Write a table as planned."""
    if plan.is_stacked:
        _write_stacked(pen, table, key=key)
        return
    rows = [row for row in table.rows if row]
    made = framed_table(pen, rows=len(rows) + 1, plan=plan)
    for number, title in enumerate(table.columns):
        inside = pen.within(made.cellAt(0, number).firstCursorPosition())
        inside.begin(pen.setting.cell_block(key=f"{key}:head:{number}", role=Role.CELL_HEAD))
        inside.text(one_line(title, limit=200), pen.setting.label())
    for at, row in enumerate(rows, start=1):
        for number, cell in enumerate(row[: len(table.columns)]):
            inside = pen.within(made.cellAt(at, number).firstCursorPosition())
            inside.begin(pen.setting.cell_block(key=_key_of(cell, f"{key}:{at}:{number}")))
            _write_cell(inside, cell, pen.setting.cell_strong() if number == 0 else pen.setting.cell())
    pen.leave_table(made.lastPosition())


def framed_table(pen: Pen, *, rows: int, plan: TablePlan) -> QTextTable:
    """Insert an empty table with hairlines between its rows."""
    setting = pen.setting
    frame = QTextTableFormat()
    frame.setBorder(0)
    frame.setBorderCollapse(True)
    frame.setCellSpacing(0)
    frame.setCellPadding(0)
    frame.setHeaderRowCount(1)
    frame.setTopMargin(setting.scaled(SPACE_2))
    frame.setBottomMargin(setting.scaled(SPACE_6))
    # Qt adds a negative margin to the width again.
    frame.setLeftMargin(-plan.left_px)
    frame.setWidth(QTextLength(QTextLength.Type.FixedLength, plan.width_px - plan.left_px))
    frame.setColumnWidthConstraints([QTextLength(QTextLength.Type.PercentageLength, one) for one in plan.shares])
    table = pen.cursor.insertTable(rows, len(plan.shares), frame)
    hairline = QBrush(setting.colour("hairline"))
    for row in range(rows):
        for column in range(len(plan.shares)):
            cell = table.cellAt(row, column)
            look = cell.format().toTableCellFormat()
            look.setBottomBorder(1)
            look.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
            look.setBottomBorderBrush(hairline)
            look.setTopPadding(setting.scaled(SPACE_1 + 2))
            look.setBottomPadding(setting.scaled(SPACE_1 + 2))
            look.setRightPadding(setting.scaled(SPACE_3) if column < len(plan.shares) - 1 else 0)
            cell.setFormat(look)
    return table


def _write_stacked(pen: Pen, table: Table, *, key: str) -> None:
    setting = pen.setting
    for at, row in enumerate(row for row in table.rows if row):
        for number, cell in enumerate(row[: len(table.columns)]):
            if number == 0:
                pen.begin(setting.block(Role.PARAGRAPH, key=_key_of(cell, f"{key}:{at}"), bottom=SPACE_1))
                _write_cell(pen, cell, setting.strong())
                continue
            is_last = number == len(table.columns) - 1
            block = setting.block(
                Role.ITEM,
                key=_key_of(cell, f"{key}:{at}:{number}"),
                bottom=SPACE_4 if is_last else SPACE_1,
                left=SPACE_4,
                line_px=setting.cell_px * 1.4,
            )
            pen.begin(block)
            pen.text(f"{one_line(table.columns[number], limit=200)}:\u2002", setting.label())
            _write_cell(pen, cell, setting.cell())


def _write_cell(pen: Pen, cell: Cell, characters: QTextCharFormat) -> None:
    if cell.claim is not None:
        pen.sentence(cell.claim, characters, text=cell.text or cell.claim.text, has_remark=False)
    elif cell.text:
        pen.text(laid_out(" ".join(cell.text.split())), characters)
    else:
        pen.text(one_line(cell.missing, limit=300) or "not established", pen.setting.small())


def _key_of(cell: Cell, otherwise: str) -> str:
    return f"claim:{cell.claim.id}" if cell.claim is not None else otherwise


def _characters(text: str) -> int:
    return sum(2 if one > _LAST_NARROW else 1 for one in text[: 2 * _WIDEST_CELL])


def _widest_word(text: str) -> int:
    """Return how many characters of one line a text needs; what has no gaps can be broken anywhere."""
    return max((min(_LONGEST_WORD, _characters(word)) for word in text[:400].split()), default=0)
