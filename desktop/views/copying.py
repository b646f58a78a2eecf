"""What is selected, as text, HTML and Markdown: citations become ``[1a]``, and nothing is markup by accident."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QTextCursor

from desktop.views.copied_blocks import Copied, CopiedBlock, CopiedTable, Run, RunKind, selected
from desktop.views.typesetting import Role
from engine.export.commonmark import inline, line

_TAGS = {Role.HEADING: "h2", Role.SUBHEADING: "h3", Role.QUOTE: "blockquote", Role.CODE: "pre"}
_MARKDOWN = {Role.HEADING: "## ", Role.SUBHEADING: "### ", Role.QUOTE: "> ", Role.ITEM: "- "}
_ADDRESS = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_NUMBER = re.compile(r"\[(\d+)[a-z]*\]")
_CELL_STYLE = "border:1px solid #999;padding:3px 6px;vertical-align:top"
_TABLE_STYLE = "border-collapse:collapse"


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedLine:
    """A source that a copied mark leads to."""

    number: int
    words: str
    """Title, authors, site and date, on one line."""
    address: str = ""
    """Where anybody can find it; empty for files."""


SourceLines = Callable[[tuple[int, ...]], tuple[CitedLine, ...]]
"""The sources of some numbers of citations, in their order."""


def no_sources(_numbers: tuple[int, ...]) -> tuple[CitedLine, ...]:
    """Return nothing: a page without citations."""
    return ()


def copied(cursor: QTextCursor, *, sources: SourceLines = no_sources) -> QMimeData:
    """Return the selection in every form; what its citations lead to stands at its end."""
    parts = tuple(selected(cursor))
    has_list = any(isinstance(part, CopiedBlock) and part.key.startswith("source:") for part in parts)
    cited = () if has_list else sources(_numbers(parts))
    mime = QMimeData()
    mime.setText(as_text(parts, cited))
    mime.setHtml(as_html(parts, cited))
    mime.setData("text/markdown", as_markdown(parts, cited).encode())
    return mime


def as_text(parts: tuple[Copied, ...], cited: tuple[CitedLine, ...] = ()) -> str:
    """Return Markdown; words of one paragraph are left as they are, so that a copied name stays that name."""
    if len(parts) == 1 and isinstance(parts[0], CopiedBlock):
        words = parts[0].text
        return f"{words}\n\n{_source_text(cited)}" if cited else words
    return as_markdown(parts, cited).rstrip("\n")


# --- HTML --------------------------------------------------------------------------------------------------------


def as_html(parts: tuple[Copied, ...], cited: tuple[CitedLine, ...] = ()) -> str:
    """Return well-formed HTML that word processors understand; the only links are those of sources on the web."""
    body, items = [], []
    for part in parts:
        if isinstance(part, CopiedBlock) and part.role is Role.ITEM:
            items.append(f"<li>{_html_words(part.runs)}</li>")
            continue
        if items:
            body.append(f"<ul>{''.join(items)}</ul>")
            items = []
        body.append(_html_table(part) if isinstance(part, CopiedTable) else _html_block(part))
    if items:
        body.append(f"<ul>{''.join(items)}</ul>")
    if cited:
        body.append("<h3>Sources</h3>")
        body += [f"<p>[{one.number}] {_html_source(one)}</p>" for one in cited]
    return f'<html><head><meta charset="utf-8"/></head><body>{"".join(body)}</body></html>'


def _html_block(block: CopiedBlock) -> str:
    tag = _TAGS.get(block.role, "p")
    if block.role is Role.NOTE and _ADDRESS.fullmatch(block.text):
        return f"<p>{_link(block.text)}</p>"
    content = _html_words(block.runs)
    return f"<{tag}><p>{content}</p></{tag}>" if tag == "blockquote" else f"<{tag}>{content}</{tag}>"


def _html_words(runs: Iterable[Run]) -> str:
    parts = []
    for run in runs:
        text = escape(run.text).replace("\n", "<br/>")
        tag = {RunKind.OLD: "del", RunKind.NEW: "ins"}.get(run.kind, "")
        parts.append(f"<{tag}>{text}</{tag}>" if tag else text)
    return "".join(parts)


def _html_table(table: CopiedTable) -> str:
    rows = []
    for number, row in enumerate(table.rows):
        tag = "th" if number == 0 and table.has_head else "td"
        cells = "".join(f'<{tag} style="{_CELL_STYLE}">{_html_words(cell)}</{tag}>' for cell in row)
        rows.append(f"<tr>{cells}</tr>")
    return f'<table style="{_TABLE_STYLE}">{"".join(rows)}</table>'


def _html_source(source: CitedLine) -> str:
    is_link = bool(_ADDRESS.fullmatch(source.address))
    return f"{escape(source.words)} {_link(source.address)}" if is_link else escape(source.words)


def _link(address: str) -> str:
    return f'<a href="{escape(address)}">{escape(address)}</a>'


# --- Markdown ----------------------------------------------------------------------------------------------------


def as_markdown(parts: tuple[Copied, ...], cited: tuple[CitedLine, ...] = ()) -> str:
    """Return CommonMark, with the tables of its common dialects, that shows exactly the selected words."""
    made: list[str] = []
    was_item = False
    for part in parts:
        text = _md_table(part) if isinstance(part, CopiedTable) else _md_block(part)
        is_item = isinstance(part, CopiedBlock) and part.role is Role.ITEM
        if is_item and was_item:
            made[-1] += f"\n{text}"
        else:
            made.append(text)
        was_item = is_item
    if cited:
        made.append("### Sources")
        made.append("\n".join(_md_source(one) for one in cited))
    return "\n\n".join(made) + "\n"


def _md_block(block: CopiedBlock) -> str:
    if block.role is Role.CODE:
        return "\n".join(f"    {one}" for one in block.text.split("\n"))
    if block.role is Role.NOTE and _ADDRESS.fullmatch(block.text):
        return f"<{block.text}>"
    prefix = _MARKDOWN.get(block.role, "")
    lines = [_md_words(runs, is_line=True) for runs in _lines(block.runs)]
    joined = "\\\n".join(f"{prefix if number == 0 or prefix == '> ' else ''}{one}" for number, one in enumerate(lines))
    return f"**{joined}**" if block.role is Role.ANSWER and not _has_marks(block.runs) else joined


def _has_marks(runs: Iterable[Run]) -> bool:
    return any(run.kind is not RunKind.WORDS for run in runs)


def _lines(runs: Iterable[Run]) -> list[list[Run]]:
    lines: list[list[Run]] = [[]]
    for run in runs:
        for number, text in enumerate(run.text.split("\n")):
            if number:
                lines.append([])
            if text:
                lines[-1].append(Run(text=text, kind=run.kind))
    return [one for one in lines if "".join(run.text for run in one).strip()]


def _md_words(runs: Iterable[Run], *, is_line: bool) -> str:
    """Return runs on one line; a mark stays ``[1a]``, which is no link since nothing defines one."""
    made = ""
    for run in runs:
        if run.kind is RunKind.MARK:
            made += run.text
            continue
        core = line(run.text) if is_line and not made else inline(run.text)
        before = " " if run.text[:1].isspace() and made else ""
        after = " " if run.text[-1:].isspace() and core else ""
        sign = {RunKind.OLD: "~~", RunKind.NEW: "**"}.get(run.kind, "") if core else ""
        made += f"{before}{sign}{core}{sign}{after}"
    return made.strip()


def _md_table(table: CopiedTable) -> str:
    rows = [" | ".join(_md_words(cell, is_line=False) for cell in row) for row in table.rows]
    width = max((len(row) for row in table.rows), default=0)
    rule = " | ".join(["---"] * width)
    head = rows[:1] if table.has_head else [" | ".join([" "] * width)]
    body = rows[1:] if table.has_head else rows
    return "\n".join(f"| {one} |" for one in (*head, rule, *body))


def _md_source(source: CitedLine) -> str:
    words = f"- [{source.number}] {inline(source.words)}"
    return f"{words} <{source.address}>" if _ADDRESS.fullmatch(source.address) else words


# --- sources -----------------------------------------------------------------------------------------------------


def _source_text(cited: Iterable[CitedLine]) -> str:
    return "\n".join(f"[{one.number}] {one.words} {one.address}".rstrip() for one in cited)


def _numbers(parts: tuple[Copied, ...]) -> tuple[int, ...]:
    """Return the numbers of the sources whose marks were copied, in the order in which they stand there."""
    runs = [run for part in parts if isinstance(part, CopiedBlock) for run in part.runs]
    runs += [
        run for part in parts if isinstance(part, CopiedTable) for row in part.rows for cell in row for run in cell
    ]
    marks = [number for run in runs if run.kind is RunKind.MARK for number in _NUMBER.findall(run.text)]
    return tuple(sorted({int(number) for number in marks}))
