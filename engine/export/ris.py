"""The cited sources as RIS, which reference managers read: a line a value, and nothing in a value means anything.

Pandoc reads it and does not write it; the form is that of the specification of 2011 (Research Information Systems).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from engine.agent.state import RunState
from engine.export.csl import CslItem, csl_items

_TYPES = {
    "article": "UNPB",
    "article-journal": "JOUR",
    "article-magazine": "MGZN",
    "article-newspaper": "NEWS",
    "bill": "BILL",
    "book": "BOOK",
    "chapter": "CHAP",
    "dataset": "DATA",
    "entry": "ENCYC",
    "entry-dictionary": "DICT",
    "entry-encyclopedia": "ENCYC",
    "legal_case": "CASE",
    "legislation": "STAT",
    "manuscript": "UNPB",
    "map": "MAP",
    "pamphlet": "PAMP",
    "paper-conference": "CPAPER",
    "patent": "PAT",
    "post-weblog": "BLOG",
    "report": "RPRT",
    "review": "JOUR",
    "software": "COMP",
    "standard": "STAND",
    "thesis": "THES",
    "webpage": "ELEC",
}
_OTHER = "GEN"
_FIELDS = (
    ("container-title", "T2"),
    ("publisher", "PB"),
    ("volume", "VL"),
    ("issue", "IS"),
    ("DOI", "DO"),
    ("URL", "UR"),
    ("language", "LA"),
    ("medium", "M3"),
    ("note", "N1"),
)
_PAGES = re.compile(r"([^\s–-]+)\s*[–-]\s*([^\s–-]+)")


def ris_of(state: RunState) -> bytes:
    """Return the sources that the current report cites as an RIS file in UTF-8; empty where it cites none."""
    return "".join(f"{tag}  - {value}\r\n" for item in csl_items(state) for tag, value in _lines(item)).encode()


def _lines(item: CslItem) -> Iterator[tuple[str, str]]:
    yield "TY", _TYPES.get(item["type"], _OTHER)
    yield "ID", item["id"]
    for name in item.get("author", ()):
        yield "AU", _author(name)
    if "title" in item:
        yield "TI", item["title"]
    if "issued" in item:
        yield from _issued(item["issued"])
    for field, tag in _FIELDS:
        if field in item:
            yield tag, item[field]
    yield from _pages(item.get("page", ""))
    for field in ("ISBN", "ISSN"):
        if field in item:
            yield "SN", item[field]
    if "accessed" in item:
        yield "Y2", _date(item["accessed"]["date-parts"][0])
    yield "ER", ""


def _author(name: dict[str, str]) -> str:
    if "literal" in name:
        return name["literal"]
    return ", ".join(name[part] for part in ("family", "given", "suffix") if part in name)


def _issued(issued: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The date; one that is only known in words has no place there."""
    parts = issued.get("date-parts", [[]])[0]
    if parts:
        yield "PY", f"{parts[0]:04}"
    if len(parts) > 1:
        yield "DA", _date(parts)


def _date(parts: list[int]) -> str:
    """``2021/05/03/``, with nothing for what is not known."""
    year, month, day = [f"{parts[0]:04}", *(f"{part:02}" for part in parts[1:]), "", ""][:3]
    return f"{year}/{month}/{day}/"


def _pages(pages: str) -> Iterator[tuple[str, str]]:
    both = _PAGES.fullmatch(pages)
    if both is not None:
        yield "SP", both[1]
        yield "EP", both[2]
    elif pages:
        yield "SP", pages
