"""Rich Text Format to a Document."""

from __future__ import annotations

import re

from striprtf.striprtf import rtf_to_text

from engine.errors import DocumentUnreadable
from engine.reading.document import BlockKind, Document
from engine.reading.extract.content import Content
from engine.reading.extract.draft import Draft, Metadata, assemble, one_line

_OUTLINE = re.compile(r"\\outlinelevel([0-8])(?!\d)")
_MARKED_LEVEL = re.compile("\x02([0-8])")
_MARKS = re.compile("\x02[0-8]?")
_STYLESHEET_HEADING = re.compile(
    r"\\s(\d{1,3})\b[^{}]{0,400}?\\?\s?(?:heading|Heading|Überschrift|Titre|Title)\s*(\d)?;"
)
_STYLE = re.compile(r"\\s(\d{1,3})(?!\d)")
_INFO = re.compile(r"\{\\(title|author)\s+([^{}\\]{1,300})\}")
_BULLET = re.compile(r"^(?:[•·◦▪–\-*\u00b7]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s+")


def extract(content: Content) -> Document:
    """Return the document.

    Raises:
        DocumentUnreadable: it is damaged, or without text.
    """
    source = content.data.decode("latin-1")
    marked = _with_marked_headings(source)
    text = rtf_to_text(marked, encoding="cp1252", errors="replace")  # type: ignore[no-untyped-call]
    if not text.strip():
        raise DocumentUnreadable("There is no text in this file", hint="It may hold only pictures, or be damaged.")
    drafts = [_draft(line) for line in text.split("\n") if line.strip(" \t|\x02")]
    info = {name: value for name, value in _INFO.findall(source[:200_000])}
    author = one_line(info.get("author", ""))
    return assemble(
        drafts,
        format="rtf",
        stem=content.stem,
        characters=content.characters,
        metadata=Metadata(title=one_line(info.get("title", "")), authors=(author,) if author else ()),
    )


def _with_marked_headings(source: str) -> str:
    """The stripper knows no styles: a mark in the text says which paragraphs are headings."""
    head = source[:400_000]
    levels = {style: max(int(level or 1), 1) for style, level in _STYLESHEET_HEADING.findall(head)}
    body = head.find("\\stylesheet")
    start = max(source.find("\\pard", body), 0) if body >= 0 else 0
    marked = _OUTLINE.sub(lambda found: f"{found.group(0)}\\'02{found.group(1)} ", source[start:])
    if levels and "\\outlinelevel" not in source[start:]:
        marked = _STYLE.sub(lambda found: found.group(0) + _mark(levels.get(found.group(1))), marked)
    return source[:start] + marked


def _mark(level: int | None) -> str:
    return f"\\'02{level - 1} " if level else ""


def _draft(line: str) -> Draft:
    marked = _MARKED_LEVEL.search(line)
    line = _MARKS.sub("", line)
    if marked and len(line) <= 300:
        return Draft(kind=BlockKind.HEADING, text=line, level=int(marked.group(1)) + 1)
    if line.count("|") >= 2 and line.rstrip().endswith("|"):
        return Draft(kind=BlockKind.TABLE_ROW, text="\t".join(cell for cell in line.split("|") if cell.strip()))
    if _BULLET.match(line.strip()):
        return Draft(kind=BlockKind.LIST_ITEM, text=line)
    return Draft(kind=BlockKind.PARAGRAPH, text=line)
