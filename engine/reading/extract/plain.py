"""Plain text to a Document: paragraphs, headings, lists and listings are told apart by how they are laid out.

Sources in AsciiDoc and reStructuredText come under the same names; they are recognised by their marks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.reading.document import BlockKind, Document
from engine.reading.extract import asciidoc, restructured
from engine.reading.extract.content import Content
from engine.reading.extract.draft import Draft, Metadata, assemble, one_line
from engine.reading.extract.encoding import decode, decode_page
from engine.reading.extract.lines import repeated_edges
from engine.reading.extract.text_kinds import drafts_of
from engine.reading.extract.text_layout import MAX_HEADING_LENGTH, NUMBERED, chunks_of, layout_of, plain
from engine.reading.lines import WORD, is_code

_MAN_TITLE = re.compile(r"^\s*([\w.+:-]+\(\w{1,4}\))\s+\S.*\s+\1\s*$", re.IGNORECASE)
_MIN_ENTRIES = 5


def extract(content: Content) -> Document:
    """Return the text file as a document.

    Raises:
        DocumentUnreadable: the bytes are not text, or there is none.
    """
    header = content.charset
    decoded = decode_page(content.data, header=header, inside="") if header else decode(content.data)
    warnings = decoded.warnings
    text = decoded.text[: content.characters]
    if content.is_truncated or len(decoded.text) > len(text):
        warnings = (*warnings, f"Only the first {len(text):,} characters of a longer file were read.")
    drafts = _blocks(text)
    return assemble(
        drafts,
        format="text",
        stem=content.stem,
        characters=content.characters,
        metadata=Metadata(title=_title(drafts)),
        warnings=warnings,
    )


def _blocks(text: str) -> list[Draft]:
    if restructured.is_restructured(text):
        return restructured.blocks(plain(text))
    if asciidoc.is_asciidoc(text):
        return asciidoc.blocks(plain(text))
    return text_blocks(text)


def text_blocks(text: str) -> list[Draft]:
    """Return the blocks of a text that has no markup but its layout."""
    text = plain(text)
    pages = text.split("\f")
    if len(pages) > 1:
        if not pages[-1].strip():
            pages.pop()
        paged = repeated_edges([page.split("\n") for page in pages])
    else:
        paged = [text.split("\n")]
    has_pages = len(paged) > 1
    chunks = list(chunks_of(paged))
    layout = layout_of(chunks)
    drafts: list[Draft] = []
    for index, chunk in enumerate(chunks):
        page = chunk.page if has_pages else None
        previous = chunks[index - 1] if index else None
        drafts.extend(drafts_of(chunk, previous, layout, page))
    _mark_contents(drafts)
    return drafts


def looks_like_prose(text: str) -> bool:
    """Return whether a listing is in truth a text: paragraphs of sentences, set in one width."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 15:
        return False
    sample = lines[:: max(1, len(lines) // 400)]
    words = sum(len(WORD.findall(line)) >= 5 for line in sample)
    code = sum(is_code(line) for line in sample)
    return words >= 0.45 * len(sample) and code <= 0.12 * len(sample) and text.count("\n\n") * 25 >= len(lines)


def _mark_contents(drafts: Sequence[Draft]) -> None:
    """Numbered titles one after another, with nothing between them, are a table of contents."""
    start = 0
    while start < len(drafts):
        end = start
        while end < len(drafts) and _is_entry(drafts[end]):
            end += 1
        if end - start >= _MIN_ENTRIES:
            is_last_real = end < len(drafts) and drafts[end - 1].kind is BlockKind.HEADING  # it heads what follows
            for draft in drafts[start : end - is_last_real]:
                draft.kind, draft.level, draft.is_navigation = BlockKind.LIST_ITEM, 0, True
        start = max(end, start + 1)


def _is_entry(draft: Draft) -> bool:
    if draft.is_navigation:
        return True
    if len(draft.text) > MAX_HEADING_LENGTH or draft.text.endswith((".", ";", ",")):
        return False
    numbered = NUMBERED.match(draft.text)
    return numbered is not None and (draft.kind is BlockKind.HEADING or "." in numbered.group(1))


def _title(drafts: Sequence[Draft]) -> str:
    """The first heading, or a short line before it."""
    for draft in drafts[:8]:
        if named := _MAN_TITLE.match(draft.text):
            return named.group(1).lower()
        text = one_line(draft.text)
        if draft.kind is BlockKind.HEADING and draft.level <= 2:
            return text
        is_short = 3 <= len(text) <= MAX_HEADING_LENGTH and not text.endswith((".", ",", ";", ":"))
        if draft.kind is BlockKind.PARAGRAPH and is_short and WORD.search(text):
            return text
    return ""
