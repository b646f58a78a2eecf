"""What is selected, as plain text, HTML and Markdown: chips become ``[1]``, and nothing is markup by accident."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QTextBlock, QTextCharFormat, QTextCursor

from desktop.views.citation_chip import OBJECT_CHARACTER
from desktop.views.typesetting import Property, Role, role_of
from engine.export.commonmark import inline, line

_TAGS = {Role.HEADING: "h2", Role.SUBHEADING: "h3", Role.QUOTE: "blockquote", Role.CODE: "pre", Role.ITEM: "li"}
_MARKDOWN = {Role.HEADING: "## ", Role.SUBHEADING: "### ", Role.QUOTE: "> ", Role.ANSWER: "**", Role.ITEM: "- "}


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedBlock:
    """One selected block: its role and its text with ``[1]`` for chips."""

    role: str
    text: str


def selected_blocks(cursor: QTextCursor) -> Iterator[CopiedBlock]:
    """Yield what a cursor has selected, block by block."""
    start, end = cursor.selectionStart(), cursor.selectionEnd()
    block = cursor.document().findBlock(start)
    while block.isValid() and block.position() < end:
        text = "".join(_pieces(block, start, end))
        if text.strip():
            yield CopiedBlock(role=role_of(block.blockFormat()), text=_cleaned(text))
        block = block.next()


def copied(cursor: QTextCursor) -> QMimeData:
    """Return the selection in every form."""
    blocks = tuple(selected_blocks(cursor))
    mime = QMimeData()
    mime.setText(as_text(blocks))
    mime.setHtml(as_html(blocks))
    mime.setData("text/markdown", as_markdown(blocks).encode())
    return mime


def as_text(blocks: tuple[CopiedBlock, ...]) -> str:
    """Return plain text, a blank line between blocks that are not lines of one list."""
    return "\n\n".join(block.text for block in blocks)


def as_html(blocks: tuple[CopiedBlock, ...]) -> str:
    """Return well-formed HTML."""
    parts = []
    for block in blocks:
        tag = _TAGS.get(Role(block.role), "p") if block.role else "p"
        content = escape(block.text).replace("\n", "<br/>")
        parts.append(f"<ul><li>{content}</li></ul>" if tag == "li" else f"<{tag}>{content}</{tag}>")
    return f'<html><head><meta charset="utf-8"/></head><body>{"".join(parts)}</body></html>'


def as_markdown(blocks: tuple[CopiedBlock, ...]) -> str:
    """Return CommonMark that shows exactly the selected words."""
    parts = []
    for block in blocks:
        role = Role(block.role) if block.role else Role.PARAGRAPH
        if role is Role.CODE:
            parts.append("\n".join(f"    {one}" for one in block.text.split("\n")))
            continue
        prefix = _MARKDOWN.get(role, "")
        lines = [line(one) for one in block.text.split("\n") if one.strip()]
        if role is Role.ANSWER:
            parts.append(f"**{inline(block.text)}**")
        else:
            parts.append(
                "\n".join(
                    f"{prefix if number == 0 or role is Role.QUOTE else ''}{one}" for number, one in enumerate(lines)
                )
            )
    return "\n\n".join(parts) + "\n"


def _pieces(block: QTextBlock, start: int, end: int) -> Iterator[str]:
    iterator = block.begin()
    while not iterator.atEnd():
        fragment = iterator.fragment()
        first = max(start, fragment.position())
        last = min(end, fragment.position() + fragment.length())
        if first < last:
            units = fragment.text().encode("utf-16-le", "surrogatepass")
            offset = fragment.position()
            text = units[2 * (first - offset) : 2 * (last - offset)].decode("utf-16-le", "replace")
            yield _labelled(text, fragment.charFormat())
        iterator += 1


def _labelled(text: str, characters: QTextCharFormat) -> str:
    if characters.property(Property.GLUE):
        return ""
    label = characters.property(Property.LABEL)
    return text.replace(OBJECT_CHARACTER, str(label)) if label else text


def _cleaned(text: str) -> str:
    return text.replace("\u2028", "\n").replace("\u200b", "").strip()
