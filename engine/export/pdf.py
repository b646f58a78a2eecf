"""A document as PDF: its tree becomes plain data, which a fixed program sets in a process of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from engine.export.bibliography import time_words
from engine.export.child import answer_of
from engine.export.manuscript import Manuscript, Role
from engine.export.pandoc_tree import FINGERPRINT_STYLE, QUIET_STYLE, ROLE_STYLES, SIGN_STYLE, Node
from engine.export.printable import direction
from resources.locations import report_folder

_TIMEOUT_S = 180.0
_MEMORY_BYTES = 3 << 30
_ANSWER_BYTES = 512 << 20
_ROLES = {
    ROLE_STYLES[Role.ANSWER]: "answer",
    ROLE_STYLES[Role.NOTICE]: "notice",
    ROLE_STYLES[Role.QUIET]: "note",
    ROLE_STYLES[Role.ENTRY]: "entry",
}
_SPAN_LOOKS = {QUIET_STYLE: "quiet", SIGN_STYLE: "quiet", FINGERPRINT_STYLE: "fingerprint"}
_LONGEST_WHOLE_ROW = 20
"""Lines of a row that is kept on one page; it must never be higher than a page."""
_TABLE_LINE = 84
"""Letters."""
_LOOKS = {
    "Strong": "strong",
    "Emph": "emphasis",
    "SmallCaps": "caps",
    "Superscript": "raised",
    "Subscript": "lowered",
    "Underline": "emphasis",
}

Data = dict[str, Any]


def typesetter_command() -> tuple[str, ...]:
    """Return the command that starts the process: of the installed program, or of this Python."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "--typeset-process")
    return (sys.executable, "-P", "-m", "engine.export.typesetter")


def pdf_of(manuscript: Manuscript, tree: Node) -> bytes:
    """Return a PDF.

    Args:
        manuscript: the document, for what is said of it.
        tree: the same as pandoc has it, its citations written.

    Raises:
        ExportFailed: it could not be set, or took more than it may.
    """
    at = manuscript.at
    report = {
        "title": manuscript.title,
        "title_shown": "".join(one.get("text", "") for one in _line(tree["meta"]["title"]["c"])),
        "rtl": direction(manuscript.title) == "rtl",
        "at_shown": f"Plumbline report · {time_words(at)}",
        "date": {"year": at.year, "month": at.month, "day": at.day},
        "blocks": list(_blocks(tree["blocks"])),
    }
    asked = {
        "program": (report_folder() / "report.typ").read_text(encoding="utf-8"),
        "report": report,
        "epoch": int(at.timestamp()),
    }
    return answer_of(
        typesetter_command(),
        question=json.dumps(asked, ensure_ascii=False).encode("utf-8", "replace"),
        name="The typesetter",
        timeout_s=_TIMEOUT_S,
        memory_bytes=_MEMORY_BYTES,
        answer_bytes=_ANSWER_BYTES,
    )


def _blocks(nodes: Sequence[Node], **around: object) -> Iterator[Data]:
    for node in nodes:
        content = node.get("c")
        match node["t"]:
            case "Header":
                level, (anchor, _, _), inlines = content  # type: ignore[misc]
                yield _directed({"kind": "heading", "level": level, "anchor": anchor, "inlines": _line(inlines)})
            case "Para" | "Plain":
                yield {"kind": "paragraph", "inlines": _line(content), **around}
            case "BlockQuote":
                yield {"kind": "quote", "blocks": list(_blocks(content or [], **_turn(around))), **_turn(around)}
            case "CodeBlock":
                yield {"kind": "code", "text": str(content[1])}  # type: ignore[index]
            case "BulletList":
                yield {"kind": "list", "items": [list(_blocks(item)) for item in content or []]}
            case "Div":
                yield from _division(content, around)
            case "Table":
                yield _table(content)


def _division(content: Any, around: Data) -> Iterator[Data]:
    (anchor, classes, pairs), blocks = content
    named = dict(pairs)
    if "csl-entry" in classes:
        yield {"kind": "hanging", "inlines": [one for block in blocks for one in _line(block["c"])]}
        return
    inner = {**around}
    if named.get("custom-style") in _ROLES:
        inner["role"] = _ROLES[named["custom-style"]]
    if named.get("dir") == "rtl":
        inner["rtl"] = True
    made = list(_blocks(blocks, **inner))
    if anchor and anchor not in ("refs",) and made:
        yield {"kind": "group", "blocks": made, "anchor": anchor, "role": inner.get("role", "")}
    else:
        yield from made


def _table(content: Any) -> Data:
    _, _, columns, (_, head_rows), bodies, _ = content
    rows = [row for body in bodies for row in (*body[2], *body[3])]
    shares = [width["c"] for _, width in columns]
    return {
        "kind": "table",
        "widths": shares,
        "header": [list(_blocks(cell[4])) for row in head_rows[:1] for cell in row[1]],
        "rows": [[list(_blocks(cell[4])) for cell in row[1]] for row in rows],
        "whole": [_is_low(row, shares) for row in rows],
    }


def _is_low(row: Any, shares: Sequence[float]) -> bool:
    """Whether a row has so few lines, roughly, that it can be kept together."""
    most = _LONGEST_WHOLE_ROW * _TABLE_LINE
    return all(_length(cell[4]) <= most * share for cell, share in zip(row[1], shares, strict=True))


def _length(node: Any) -> int:
    """Letters in a part of the tree, and a little for each of its nodes."""
    if isinstance(node, list):
        return sum(_length(one) for one in node)
    if isinstance(node, dict):
        content = node.get("c", "")
        return 2 * len(content) if isinstance(content, str) else _length(content) + 1
    return 0


def _turn(around: Data) -> Data:
    return {"rtl": True} if around.get("rtl") else {}


def _directed(block: Data) -> Data:
    words = "".join(one.get("text", "") for one in block["inlines"])
    return {**block, "rtl": True} if direction(words) == "rtl" else block


def _line(nodes: Any) -> list[Data]:
    """Return the words of a line, neighbours of one look put together."""
    told: list[Data] = []
    for one in _inlines(nodes or [], {}):
        last = told[-1] if told else None
        if last is not None and "text" in last and "text" in one and _look(last) == _look(one):
            last["text"] += one["text"]
        else:
            told.append(one)
    return told


def _look(one: Data) -> Data:
    return {name: value for name, value in one.items() if name != "text"}


def _inlines(nodes: Sequence[Node], look: Data) -> Iterator[Data]:
    for node in nodes:
        content: Any = node.get("c")
        match node["t"]:
            case "Str":
                yield {**look, "text": content}
            case "Space" | "SoftBreak":
                yield {**look, "text": " "}
            case "LineBreak":
                yield {"end": True}
            case "Code":
                yield {**look, "text": content[1], "code": True}
            case "Strong" | "Emph" | "SmallCaps" | "Superscript" | "Subscript" | "Underline":
                yield from _inlines(content, {**look, _LOOKS[node["t"]]: True})
            case "Quoted":
                opening, closing = ("‘", "’") if content[0]["t"] == "SingleQuote" else ("“", "”")
                yield {**look, "text": opening}
                yield from _inlines(content[1], look)
                yield {**look, "text": closing}
            case "Link":
                target = content[2][0]
                leads = {"to": target[1:]} if target.startswith("#") else {"web": target}
                yield from _inlines(content[1], look if "to" in look or "web" in look else {**look, **leads})
            case "Span":
                if "csl-right-inline" in content[0][1]:
                    yield {**look, "text": " "}
                style = dict(content[0][2]).get("custom-style", "")
                inner = {**look, _SPAN_LOOKS[style]: True} if style in _SPAN_LOOKS else look
                yield from _inlines(content[1], inner)
            case "Cite":
                yield from _inlines(content[1], look)
            case "Math":
                yield {**look, "text": content[1]}
            case "Note":
                yield {"note": [one for block in content for one in _line(block["c"])]}
