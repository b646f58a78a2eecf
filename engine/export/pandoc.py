"""Pandoc, an unmodified program of its own that comes with pypandoc's wheel: asked in its sandbox, with trees only.

It gets a document as data on its input and gives a file on its output. In its sandbox it opens no file but those that
its command names, which is at most a citation style, and no connection.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from engine.errors import ExportFailed
from engine.export.child import answer_of
from engine.export.cited_tree import settled
from engine.export.pandoc_tree import Node, encoded, every_work

_PACKAGE = "pypandoc"
_TIMEOUT_S = 120.0
_MEMORY_BYTES = 2 << 30
_ANSWER_BYTES = 256 << 20


def pandoc_path() -> Path:
    """Return the program that the wheel carries, never another one that the system may have.

    Raises:
        ExportFailed: it is not there.
    """
    spec = find_spec(_PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not places:
        raise _missing()
    folder = Path(places[0]) / "files"
    for name in ("pandoc", "pandoc.exe"):
        if (folder / name).is_file():
            return folder / name
    raise _missing()


def converted(tree: Node, to: str, *, options: Sequence[str] = (), style: str = "", epoch: int = 0) -> bytes:
    """Return a document as a file of another kind.

    Args:
        tree: the document.
        to: pandoc's name for the kind of file, ``docx``.
        options: further arguments, all of them ours.
        style: the XML of a citation style, or empty for none.
        epoch: seconds since 1970 that files are dated with where they have to be.

    Raises:
        ExportFailed: pandoc is missing, failed, or took more than it may.
    """
    with tempfile.TemporaryDirectory(prefix="plumbline-style-", ignore_cleanup_errors=True) as folder:
        command = [str(pandoc_path()), "--sandbox", "--from=json", f"--to={to}", "--output=-", *options]
        if style:
            file = Path(folder) / "style.csl"
            file.write_text(style, encoding="utf-8")
            command += ["--citeproc", f"--csl={file}"]
        return answer_of(
            command,
            question=encoded(tree),
            name="Pandoc",
            timeout_s=_TIMEOUT_S,
            memory_bytes=_MEMORY_BYTES,
            answer_bytes=_ANSWER_BYTES,
            environment={"SOURCE_DATE_EPOCH": str(epoch)},
        )


def with_citations(tree: Node, style: str) -> Node:
    """Return the document with its citations and list of works written in a citation style.

    Raises:
        ExportFailed: as above, or the style is none.
    """
    return settled(dict(json.loads(converted(tree, "json", style=style))))


def formatted_bibliography(items: Sequence[Mapping[str, object]], style: str) -> tuple[str, ...]:
    """Return the entries of a list of works as plain text, in the order that the citation style wants.

    Args:
        items: CSL-JSON.
        style: the XML of the style.

    Raises:
        ExportFailed: as above, or the style is none.
    """
    if not items:
        return ()
    tree = with_citations(every_work(items), style)
    return tuple(filter(None, (" ".join(_text(entry).split()) for entry in _entries(tree["blocks"]))))


def _entries(blocks: Sequence[Any]) -> Iterator[Any]:
    for block in blocks:
        if isinstance(block, dict) and block.get("t") == "Div":
            (_, classes, _), content = block["c"]
            if "csl-entry" in classes:
                yield content
            else:
                yield from _entries(content)


def _text(node: object) -> str:
    """Return what a node of the tree says."""
    if isinstance(node, list):
        return "".join(_text(one) for one in node)
    if not isinstance(node, dict):
        return ""
    content: Any = node.get("c")
    match node.get("t"):
        case "Str":
            return str(content)
        case "Space" | "SoftBreak" | "LineBreak":
            return " "
        case "Code" | "Math":
            return str(content[1]) if isinstance(content, list) else ""
        case "Quoted":
            opening, closing = ("‘", "’") if content[0]["t"] == "SingleQuote" else ("“", "”")
            return f"{opening}{_text(content[1])}{closing}"
        case "Para" | "Plain":
            return _text(content) + " "
        case "Span" | "Link" | "Cite" | "Div":
            return _text(content[1])
        case _:
            return _text(content)


def _missing() -> ExportFailed:
    return ExportFailed(
        "The program that makes this kind of file is not installed",
        hint="It is called pandoc and comes with Plumbline's packages: install them again. "
        "HTML and Markdown are made without it.",
    )
