"""What the tables of reports are made of: names, cells and their claims; and what of a table is still to be found."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.agent.roles import Brief
from engine.agent.wide import WideQuestion, wide_question
from engine.citations.checking.languages import language_of
from engine.counting import counted
from engine.domain import (
    Cell,
    Claim,
    ClaimId,
    Gap,
    OutlinePart,
    PassageId,
    Section,
    Table,
)

MAX_ROWS = 40
NOT_FOUND = "Not found in what was read."
"""In an empty cell."""
_LONG_PIECES = 4
"""That are read of a source at most."""
_LONG_CHARACTERS = 800
"""Of a passage that is a piece of a list or a table."""
_MOST_NAMED = 5
"""Things that one question names."""
_GLUE = re.compile(r"[\s\-‐‑–_'’\"“”„«»`*]+")
_RELATIVE = re.compile(r"(?P<noun>.+?) (?:that |which )?they (?P<verb>.+)", re.IGNORECASE)
"""A header that narrows itself down: "operators they support"."""
_WORD = re.compile(r"[^\W\d_]{3}")
_ARTICLE = re.compile(r"(?:the|an?|der|die|das|les?|la|el|l[oa]s|il|gli) ", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What is said of one thing in one column."""

    text: str
    """As the cell shows it."""
    claim: str
    """The same as a sentence that can be checked."""
    passages: tuple[PassageId, ...]
    is_quotation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A thing and what is said of it."""

    name: str
    passages: tuple[PassageId, ...]
    """Those that name it; none where the question does."""
    values: tuple[Value | None, ...]
    """For each column but the first."""
    is_quoted: bool = False
    """Whether the name stands in the first passage, letter for letter, and claims no more than that."""


def wide_of(brief: Brief, part: OutlinePart) -> WideQuestion:
    """Return what the table of a part is wanted of: in the question's words, or in those of its columns."""
    wide = wide_question(brief.question)
    if wide is not None and wide.columns == part.columns:
        return wide
    language = language_of(brief.question) or "en"
    things = part.columns[0] if language == "de" else _in_sentence(part.columns[0])
    return WideQuestion(things=things, columns=part.columns, language=language)


def merged_names(found: Iterable[tuple[str, tuple[PassageId, ...]]]) -> list[tuple[str, tuple[PassageId, ...]]]:
    """Return the names, those that differ in case, number or hyphens only once, with all passages of each."""
    names: dict[str, str] = {}
    passages: dict[str, dict[PassageId, None]] = {}
    for name, numbers in found:
        key = name_key(name)
        if any(letter.isalnum() for letter in key):
            names.setdefault(key, " ".join(name.split()))
            passages.setdefault(key, {}).update(dict.fromkeys(numbers))
    return [(names[key], tuple(passages[key])) for key in names]


def name_key(name: str) -> str:
    """Return what two spellings of one name share: ``btree`` of "B-tree", "B Trees" and "the b-tree".

    Of a code every letter and sign counts: ``b`` is not ``B``, and ``-x`` is not ``x``.
    """
    if not _WORD.search(name):
        return " ".join(name.split())
    flat = _ARTICLE.sub("", unicodedata.normalize("NFKC", " ".join(name.split())), count=1).casefold()
    words = [_singular(word) for word in _GLUE.split(flat)]
    return "".join(words).strip(".,;:")


def cell_sentence(thing: str, column: str, value: str, *, language: str = "en") -> str:
    """Return what a cell says as a sentence that can be checked: ``Grey heron, wingspan: 175–195 cm``."""
    return f"{thing}, {column if language == 'de' else _in_sentence(column)}: {value}"


def table_section(part: OutlinePart, wide: WideQuestion, rows: Sequence[Row]) -> Section:
    """Return the rows as a section; where none of them claims anything, it is one about which nothing can be said."""
    if not any(row.passages or any(row.values) for row in rows):
        return Section(title=part.title, claims=(), subquestion_id=part.subquestion_id)
    number = 0
    cells: list[tuple[Cell, ...]] = []
    for row in rows[:MAX_ROWS]:
        line: list[Cell] = []
        if row.passages:
            number += 1
            said = row.name if row.is_quoted else _name_sentence(row.name, wide)
            claim = Claim(id=ClaimId(number), text=said, passages=row.passages, is_quotation=row.is_quoted)
            line.append(Cell(text=row.name, claim=claim))
        else:
            line.append(Cell(text=row.name))
        for value in row.values:
            if value is None:
                line.append(Cell(missing=NOT_FOUND))
                continue
            number += 1
            claim = Claim(
                id=ClaimId(number), text=value.claim, passages=value.passages, is_quotation=value.is_quotation
            )
            line.append(Cell(text=value.text, claim=claim))
        cells.append(tuple(line))
    table = Table(columns=part.columns, rows=tuple(cells))
    return Section(title=part.title, claims=(), subquestion_id=part.subquestion_id, table=table)


def _name_sentence(name: str, wide: WideQuestion) -> str:
    return f"{name} is one of: {wide.things}" if wide.language == "en" else f"{wide.columns[0]}: {name}"


# --- what is missing -----------------------------------------------------------------------------------------------


def missing_cells(table: Table, things: str = "", *, language: str = "en", limit: int = 3) -> tuple[str, ...]:
    """Return questions for the empty cells that stand on their own, the most useful first.

    That is one for a column of which nothing was found at all, then those for single cells of rows of which most was
    found.

    Args:
        table: as it was written.
        things: what the rows are, ``herons``: said where a name alone may be of anything.
        language: of the questions; two letters of ISO 639-1.
        limit: the most questions.
    """
    questions: list[str] = []
    named = [(row, row[0].text) for row in table.rows if row and row[0].text]
    lacking = [
        column
        for place, column in enumerate(table.columns)
        if place and len(named) > 1 and all(not row[place].text for row, _ in named)
    ]
    for column in lacking:
        names = [name for _, name in named][:_MOST_NAMED]
        questions.append(_question(column, names, things, language=language))
    fullest = sorted(named, key=lambda one: -sum(bool(cell.text) for cell in one[0]))
    for row, name in fullest:
        for cell, column in zip(row[1:], table.columns[1:], strict=True):
            if not cell.text and column not in lacking:
                questions.append(_question(column, [name], things, language=language))
    return tuple(questions[:limit])


def table_gaps(section: Section, brief: Brief) -> tuple[Gap, ...]:
    """Return what the reader of a table should know it lacks: rows and columns for which there was no room, and cells.

    It can be told from the table and the question alone, so that it is the same after a run was continued.
    """
    table = section.table
    if table is None:
        return ()
    reasons: list[str] = []
    if len(table.rows) >= MAX_ROWS:
        reasons.append(f"The table ends after {MAX_ROWS} rows, the most it holds; there may be more.")
    if _has_long_source(table, brief):
        reasons.append("A list or table that it was made of may be longer than what was read of it.")
    wide = wide_question(brief.question)
    if wide is not None and wide.columns == table.columns and wide.left_out:
        reasons.append(f"There was no room for {counted(len(wide.left_out), 'column')}: {', '.join(wide.left_out)}.")
    cells = [cell for row in table.rows for cell in row[1:]]
    empty = sum(not cell.text for cell in cells)
    if empty:
        reasons.append(f"{empty} of {counted(len(cells), 'cell')} {'is' if empty == 1 else 'are'} empty.")
    episodes = [one for one in brief.episodes if section.subquestion_id in (None, one.subquestion.id)]
    queries = tuple(dict.fromkeys(search.query for one in episodes for search in one.searches))
    read = {reading.source.id for one in episodes for reading in one.read}
    return tuple(
        Gap(question=section.title, queries=queries, sources_read=len(read), reason=reason) for reason in reasons
    )


def _has_long_source(table: Table, brief: Brief) -> bool:
    """Whether as many pieces were read of a list in a source as are read of one at most."""
    cited = {number for row in table.rows for cell in row if cell.claim is not None for number in cell.claim.passages}
    sources = {brief.passages[number].source_id for number in cited if number in brief.passages}
    pieces = Counter(
        one.source_id
        for one in brief.passages.values()
        if one.source_id in sources and len(one.quote) >= _LONG_CHARACTERS
    )
    return any(count >= _LONG_PIECES for count in pieces.values())


def _question(column: str, names: Sequence[str], things: str, *, language: str) -> str:
    kind = " ".join(things.split())
    is_named = all(name in kind for name in names)  # the question gave them: the others say what is meant
    listed = ", ".join(names)
    is_clear = not kind or kind == listed or any(name_key(kind.split()[-1]) in name_key(name) for name in names)
    if language != "en":
        return f"{listed}: {column}?" if is_clear and not is_named else f"{listed} ({kind}): {column}?"
    wanted = _in_sentence(column)
    if relative := _RELATIVE.fullmatch(wanted):
        one_or_more = listed if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        kinds = "" if is_clear or is_named else f" ({kind})"
        does = "does" if len(names) == 1 else "do"
        return f"Which {relative['noun']} {does} {one_or_more}{kinds} {relative['verb']}?"
    if len(names) > 1:
        about = (
            f"each of {'these' if is_named or not kind else f'these {kind}'}: {', '.join(names[:-1])} and {names[-1]}"
        )
    elif is_named:
        about = f"{_with_article(listed)} (among {kind})"
    else:
        about = _with_article(listed) if is_clear else f"{_with_article(listed)} ({kind})"
    return f"What {'are' if _is_plural(wanted) else 'is'} the {wanted} of {about}?"


def _with_article(name: str) -> str:
    """A common noun with its article: the grey heron, but GIN and Lake Constance."""
    words = name.split()
    is_common = all(word.islower() for word in words) or (
        len(words) > 1 and words[0].istitle() and all(word.islower() for word in words[1:])
    )
    return f"the {_in_sentence(name)}" if is_common and not _is_plural(name) else name


def _is_plural(text: str) -> bool:
    words = re.split(r" (?:of|in|for) ", text)[0].split()
    last = words[-1] if words else ""
    return last.endswith("s") and not last.endswith(("ss", "us", "is"))


def _in_sentence(text: str) -> str:
    """A header as it stands in the middle of a sentence: with a small letter, unless it is a name or an acronym."""
    first = text.split(maxsplit=1)[0] if text.split() else ""
    return text[:1].lower() + text[1:] if len(first) > 1 and first.istitle() and first.isascii() else text


def _singular(word: str) -> str:
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
