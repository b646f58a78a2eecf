"""Where sources say different things: what a sentence rests on beside what says otherwise, word for word."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.evidence import source_line, source_title
from desktop.plain_text import laid_out, one_line
from desktop.views.citation_chip import OBJECT_CHARACTER, mark_format
from desktop.views.report_pen import Pen
from desktop.views.report_table import TablePlan, framed_table
from desktop.views.typesetting import Role
from engine.citations.numbering import CitationMark
from engine.citations.wording import STATE_SIGNS
from engine.domain import Claim, ClaimState
from resources.tokens import SPACE_1, SPACE_2, SPACE_3

RESTS_ON = "What the sentence rests on"
OTHERWISE = "What says otherwise"
_LEAST_COLUMN_EMS = 15
"""Width of one of two columns under which they stand one below the other."""
_MOST_QUOTED = 600
_MOST_LISTED = 4


def disputed(claims: Iterable[Claim], pen: Pen) -> tuple[Claim, ...]:
    """Return the claims for which passages are known that say otherwise."""
    return tuple(
        claim for claim in claims if claim.state is ClaimState.CONTRADICTED and pen.numbering.marks_against(claim)
    )


def write_contradiction(pen: Pen, claim: Claim, *, column_px: int, names_sentence: bool) -> None:
    """Write both sides of a contradiction.

    Args:
        pen: where.
        claim: it has passages that say otherwise.
        column_px: width of the page's column.
        names_sentence: whether the sentence is said again, as it does not stand directly above.
    """
    setting = pen.setting
    small = setting.small("contradicted")
    pen.begin(setting.note(key=f"dispute:{claim.id}", top=SPACE_1, bottom=0))
    state = ClaimState.CONTRADICTED
    sign = mark_format(state, small, sign=STATE_SIGNS[state], words="Sources say different things")
    pen.text(OBJECT_CHARACTER, sign)
    if names_sentence:
        pen.text(f" on “{one_line(claim.text, limit=160)}”", small)
    sides = (
        (RESTS_ON, (*pen.numbering.marks_of(claim), *pen.numbering.agreeing_marks_of(claim))),
        (OTHERWISE, pen.numbering.marks_against(claim)),
    )
    is_narrow = column_px < 2 * _LEAST_COLUMN_EMS * setting.cell_px
    if is_narrow:
        plan = TablePlan(is_stacked=False, width_px=column_px, shares=(100.0,))
        table = framed_table(pen, rows=4, plan=plan)
        places = ((0, 1, 0), (2, 3, 0))
    else:
        plan = TablePlan(is_stacked=False, width_px=column_px, shares=(50.0, 50.0))
        table = framed_table(pen, rows=2, plan=plan)
        places = ((0, 1, 0), (0, 1, 1))
    # Cells are written in the order in which they stand: what is written later moves what is behind it.
    order = sorted(
        [(head, column, title, None) for (head, _, column), (title, _) in zip(places, sides, strict=True)]
        + [(body, column, "", marks) for (_, body, column), (_, marks) in zip(places, sides, strict=True)],
        key=_place,
    )
    for row, column, title, marks in order:
        inside = pen.within(table.cellAt(row, column).firstCursorPosition())
        if marks is None:
            inside.begin(setting.cell_block(key=f"dispute:{claim.id}:{row}:{column}", role=Role.CELL_HEAD))
            inside.text(title, setting.label())
        else:
            _write_side(inside, claim, marks)
    pen.leave_table(table.lastPosition())


def _place(entry: tuple[int, int, str, object]) -> tuple[int, int]:
    return entry[:2]


def _write_side(pen: Pen, claim: Claim, marks: tuple[CitationMark, ...]) -> None:
    setting = pen.setting
    for number, mark in enumerate(marks[:_MOST_LISTED]):
        passage = pen.state.passages[mark.passage_id]
        source = pen.state.sources.get(mark.source_id)
        if source is None:
            continue
        is_last = number == min(len(marks), _MOST_LISTED) - 1
        pen.begin(setting.cell_block(key=f"dispute:{claim.id}:{mark.label}", bottom=SPACE_1))
        pen.text(f"“{_quoted(passage.quote)}”", setting.cell())
        pen.chip(setting.cell(), mark, claim=claim.id, shows_state=False)
        pen.begin(setting.note(bottom=0))
        pen.text(source_title(source), setting.small("text_secondary"))
        pen.begin(setting.note(bottom=0 if is_last else SPACE_3))
        pen.text(source_line(source), setting.small())
    if len(marks) > _MOST_LISTED:
        pen.begin(setting.note(top=SPACE_2, bottom=0))
        pen.text(f"and {len(marks) - _MOST_LISTED} more", setting.small())


def _quoted(quote: str) -> str:
    words = laid_out(" ".join(quote.split()))
    return words if len(words) <= _MOST_QUOTED else f"{words[:_MOST_QUOTED].rstrip()}…"
