"""Markdown to a Document, through HTML: what a reader of the rendered page would see."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from engine.reading.document import Document
from engine.reading.extract.content import Content
from engine.reading.extract.draft import Metadata, assemble, one_line
from engine.reading.extract.encoding import decode
from engine.reading.extract.html import drafts_of_markup
from engine.reading.extract.plain import text_blocks

_FRONT_MATTER = re.compile(
    r"\A(?P<fence>---|\+\+\+)[ \t]*\n(?P<lines>.{0,20000}?)\n(?P=fence)[ \t]*(?:\n|\Z)", re.DOTALL
)
_FIELD = re.compile(r"^([A-Za-z_-]{1,40})\s*[:=]\s*(.*)$")
_MAX_NESTING = 100
_ITEM = re.compile(r"^\s*-\s+(.*)$")


def extract(content: Content) -> Document:
    """Return the Markdown file as a document.

    Raises:
        DocumentUnreadable: the bytes are not text, or there is none.
    """
    decoded = decode(content.data)
    warnings = decoded.warnings
    text = decoded.text[: content.characters].replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if content.is_truncated or len(decoded.text) > content.characters:
        warnings = (*warnings, f"Only the first {len(text):,} characters of a longer file were read.")
    metadata, body = front_matter(text)
    try:
        markup = (
            MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_NESTING})
            .enable(["table", "strikethrough"])
            .render(body)
        )
        drafts, _ = drafts_of_markup(markup)
    except RecursionError:
        drafts = []
    if not any(draft.text.strip() for draft in drafts) and body.strip():
        drafts = text_blocks(body)
        warnings = (*warnings, "The markup is nested too deeply; the file was read as plain text.")
    return assemble(
        drafts,
        format="markdown",
        stem=content.stem,
        characters=content.characters,
        metadata=metadata,
        warnings=warnings,
    )


def front_matter(text: str) -> tuple[Metadata, str]:
    """Return what the block of fields at the top says, and the text below it."""
    found = _FRONT_MATTER.match(text)
    if not found:
        return Metadata(), text
    fields: dict[str, list[str]] = {}
    name = ""
    for line in found.group("lines").split("\n"):
        if field := _FIELD.match(line):
            name = field.group(1).lower()
            fields[name] = [value for value in _values(field.group(2)) if value]
        elif (item := _ITEM.match(line)) and name:
            fields[name].append(item.group(1).strip(" \"'"))
    if not fields:
        return Metadata(), text
    first = {name: values[0] for name, values in fields.items() if values}
    return (
        Metadata(
            title=one_line(first.get("title", "")),
            language=first.get("lang", first.get("language", "")),
            authors=tuple(fields.get("authors") or fields.get("author") or ()),
            published=first.get("date", first.get("published", "")),
        ),
        text[found.end() :],
    )


def _values(value: str) -> list[str]:
    value = value.strip()
    if value.startswith("[") and value.endswith("]"):
        return [part.strip(" \"'") for part in value[1:-1].split(",")]
    return [value.strip("\"'")]
