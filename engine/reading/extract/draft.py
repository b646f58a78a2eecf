"""Blocks before they have offsets, and their assembly into a Document that keeps what a Document promises."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.domain import Reference
from engine.errors import DocumentUnreadable
from engine.reading.document import Block, BlockKind, Document

MAX_BLOCKS = 200_000
MAX_ANCHOR_LENGTH = 300
MAX_TITLE_LENGTH = 300
MAX_METADATA_LENGTH = 200

# Characters that carry no words and break searching or hide text: controls, soft hyphens, zero-width and blank letters,
# direction marks and overrides, tag characters, selectors of variants, interlinear and musical marks. Joiners stay
# where several scripts and emoji need them; more than one in a row, or between other letters, they only carry messages.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u2060-\u2064\u202a-\u202e\u2065-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    "|(?<![\u0590-\u109f\u1780-\u18af\u1a00-\u1cff\ua800-\uabff\ufb50-\ufdff\ufe0f\ufe70-\ufefc"
    "\u200d\u2190-\u2bff\U0001f000-\U0001faff\U00010a00-\U00011fff\U0001e900-\U0001e95f])[\u200c\u200d]"
    "|(?<=[\u200c\u200d\ufe0e\ufe0f])[\u200c\ufe0e\ufe0f]|(?<=[\u200c\u200d])\u200d"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_BREAK = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_MANY_BLANK_LINES = re.compile(r"\n{3,}")

_HEADINGS_OF_PARTS = frozenset({"name", "contents", "table of contents", "abstract", "summary", "preface", "copyright"})


@dataclass(slots=True, kw_only=True)
class Draft:
    """A block whose text is still its own; mutable, because what surrounds a block can change what it is."""

    kind: BlockKind
    text: str
    level: int = 0
    page: int | None = None
    anchor: str = ""
    is_navigation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a document says about itself; every field may be empty."""

    title: str = ""
    language: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    reference: Reference = field(default_factory=Reference)


def clean(text: str) -> str:
    """Return the text without characters that are invisible or cannot be written as UTF-8."""
    if text.isascii() and text.isprintable():
        return text
    return _INVISIBLE.sub("", _SURROGATE.sub("\ufffd", text))


def one_line(text: str) -> str:
    """Return the text with every run of white space made one space."""
    return " ".join(clean(text).split())


def table_row(cells: Iterable[str]) -> str:
    """Return one row; cells are separated by tabs, and empty cells at the end are left out."""
    return "\t".join(one_line(cell) for cell in cells).rstrip("\t")


def code_lines(text: str) -> str:
    """Return the text with its line breaks and indentation, without blank lines around it."""
    text = clean(_LINE_BREAK.sub("\n", text)).replace("\xa0", " ")
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return _MANY_BLANK_LINES.sub("\n\n", text.strip("\n"))


def assemble(
    drafts: Iterable[Draft],
    *,
    format: str,
    stem: str,
    characters: int,
    metadata: Metadata | None = None,
    warnings: tuple[str, ...] = (),
) -> Document:
    """Return the document that the drafts make.

    White space is normalised, empty drafts disappear, and what exceeds the limit is left out with a warning.

    Raises:
        DocumentUnreadable: there are no words in it.
    """
    metadata = metadata or Metadata()
    parts: list[str] = []
    blocks: list[Block] = []
    length = 0
    previous: BlockKind | None = None
    is_cut = False
    has_words = False
    for draft in drafts:
        text = _normalised(draft)
        if not text:
            continue
        separator = _separator(previous, draft.kind)
        room = characters - length - len(separator)
        if room < len(text) or len(blocks) >= MAX_BLOCKS:
            is_cut = True
            text = text[: max(room, 0)].rstrip() if len(blocks) < MAX_BLOCKS else ""
            if not text:
                break
        if separator:
            parts.append(separator)
            length += len(separator)
        has_words = has_words or any(character.isalnum() for character in text)
        parts.append(text)
        blocks.append(
            Block(
                kind=draft.kind,
                start=length,
                end=length + len(text),
                level=min(max(draft.level, 1), 6) if draft.kind is BlockKind.HEADING else 0,
                page=draft.page,
                anchor=clean(draft.anchor) if len(draft.anchor) <= MAX_ANCHOR_LENGTH else "",
                is_navigation=draft.is_navigation,
            )
        )
        length += len(text)
        previous = draft.kind
        if is_cut:
            break
    if not has_words:
        raise DocumentUnreadable("There is no text in this file", hint="It may hold only pictures, or nothing at all.")
    if is_cut:
        warnings = (*warnings, f"Only the first {length:,} characters were read.")
    text = "".join(parts)
    return Document(
        title=_title(metadata.title, text, blocks, stem),
        text=text,
        blocks=tuple(blocks),
        format=format,
        language=one_line(metadata.language)[:35],
        authors=tuple(name for author in metadata.authors[:50] if (name := one_line(author)[:MAX_METADATA_LENGTH])),
        published=one_line(metadata.published)[:MAX_METADATA_LENGTH],
        warnings=tuple(dict.fromkeys(warnings)),
        reference=metadata.reference,
    )


def _normalised(draft: Draft) -> str:
    if draft.kind is BlockKind.CODE:
        return code_lines(draft.text)
    if draft.kind is BlockKind.TABLE_ROW:
        return table_row(draft.text.split("\t")).strip()
    return one_line(draft.text)


def _separator(previous: BlockKind | None, kind: BlockKind) -> str:
    if previous is None:
        return ""
    return "\n" if previous is kind and kind in (BlockKind.TABLE_ROW, BlockKind.LIST_ITEM) else "\n\n"


def _title(stated: str, text: str, blocks: list[Block], stem: str) -> str:
    title = one_line(stated)
    if not title:
        headings = (text[b.start : b.end] for b in blocks if b.kind is BlockKind.HEADING and b.level <= 2)
        title = next((heading for heading in headings if heading.casefold() not in _HEADINGS_OF_PARTS), "")
    if not title or len(title) > MAX_TITLE_LENGTH:
        title = title[: MAX_TITLE_LENGTH - 1].rstrip() + "…" if title else one_line(stem)
    return title or "Untitled"
