"""The cited sources as BibTeX, written by pandoc: it knows which signs mean something to LaTeX, and how they are kept.

The fields are those of biblatex, which has a place for the day of a visit and for web pages; the year is there in the
old way too, so that plain BibTeX prints it.
"""

from __future__ import annotations

import re
from typing import Any

from engine.agent.state import RunState
from engine.export.csl import CslItem, csl_items
from engine.export.pandoc import converted
from engine.export.pandoc_tree import API_VERSION

_ON_LINES = ("title", "container-title", "publisher", "literal", "family", "given", "note")
_CASE_IS_KEPT = ("title", "container-title", "publisher")
_DATE = re.compile(r"^  date = \{(\d{4})([^}\n]*)\},?$", re.MULTILINE)
_TITLE = re.compile(r"^  (?:title|journaltitle|booktitle|publisher) = \{\{.*\}\},?$", re.MULTILINE)
_BRACED_WORD = re.compile(r"(?<![^\s{]){([^\W_][\w.:’-]*)}(?=[\s},.;:])")
_DOI_SIGNS = re.compile(r"[{}\\]")


def bibtex_of(state: RunState) -> bytes:
    """Return the sources that the current report cites as a BibTeX file in UTF-8; empty where it cites none.

    Raises:
        ExportFailed: pandoc is missing or failed.
    """
    items = csl_items(state)
    if not items:
        return b""
    references = {"t": "MetaList", "c": [_meta_map(_sayable(item)) for item in items]}
    tree = {"pandoc-api-version": list(API_VERSION), "meta": {"references": references}, "blocks": []}
    written = converted(tree, "biblatex", options=("--wrap=none",)).decode().replace("\r\n", "\n").strip()
    return (_TITLE.sub(_without_inner_braces, _DATE.sub(_with_year, written)) + "\n").encode()


def _sayable(item: CslItem) -> CslItem:
    """Return what BibTeX has a form for: a date in words is none, and what stands for itself has no braces."""
    return {
        name: value
        for name, value in item.items()
        if not (name == "issued" and "literal" in value) and not (name == "DOI" and _DOI_SIGNS.search(value))
    }


def _with_year(match: re.Match[str]) -> str:
    return f"{match[0].rstrip(',')},\n  year = {{{match[1]}}},"


def _without_inner_braces(match: re.Match[str]) -> str:
    """A field in double braces keeps its capitals already: those around each of its words are noise."""
    name, _, value = match[0].partition(" = {{")
    return f"{name} = {{{{{_BRACED_WORD.sub(lambda word: word[1], value)}"


def _meta_map(item: CslItem) -> dict[str, Any]:
    return {"t": "MetaMap", "c": {name: _meta(name, value) for name, value in item.items()}}


def _meta(name: str, value: Any) -> dict[str, Any]:
    """Return a value as pandoc's metadata, in which no text is taken for markup, as it would be in CSL-JSON itself."""
    if isinstance(value, dict):
        return _meta_map(value)
    if isinstance(value, list):
        return {"t": "MetaList", "c": [_meta("", one) for one in value]}
    if name not in _ON_LINES:
        return {"t": "MetaString", "c": str(value)}
    inlines = _inlines(str(value))
    is_kept = name in _CASE_IS_KEPT
    return {"t": "MetaInlines", "c": [{"t": "Span", "c": [["", ["nocase"], []], inlines]}] if is_kept else inlines}


def _inlines(text: str) -> list[dict[str, Any]]:
    inlines: list[dict[str, Any]] = []
    for word in text.split(" "):
        if inlines:
            inlines.append({"t": "Space"})
        inlines.append({"t": "Str", "c": word})
    return inlines
