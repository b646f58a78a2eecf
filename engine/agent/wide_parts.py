"""The part of an outline that is the table which a question asks for, and the questions that its empty cells leave."""

from __future__ import annotations

from collections.abc import Sequence

from engine.agent.roles import Brief
from engine.agent.table_cells import missing_cells
from engine.agent.wide import WideQuestion, wide_question
from engine.domain import OutlinePart, Passage, Section

MOST_PASSAGES = 400
"""That a table is made of, the best ones."""


def table_part(wide: WideQuestion, passages: Sequence[Passage]) -> OutlinePart:
    """Return the part that is a table, made of the first of some passages."""
    title = f"{wide.things[:1].upper()}{wide.things[1:]}: {', '.join(wide.columns[1:])}"
    numbers = tuple(passage.id for passage in passages[:MOST_PASSAGES])
    return OutlinePart(title=title, passages=numbers, columns=wide.columns)


def cell_questions(section: Section, brief: Brief) -> tuple[str, ...]:
    """Return questions about the empty cells of a section that is a table, the most useful first."""
    if section.table is None:
        return ()
    wide = wide_question(brief.question)
    if wide is None:
        return missing_cells(section.table)
    return missing_cells(section.table, wide.things, language=wide.language)
