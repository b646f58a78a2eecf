"""What programs are told in a page: the names and values of its head, and its structured data (JSON-LD)."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from typing import Any

from engine.reading.extract.draft import one_line

_MAX_DATA_LENGTH = 500_000
_MAX_DATA_VALUES = 20_000
_LONGEST_VALUE = 2_000
_LONGEST_NAME = 200
_OTHER_WORKS = frozenset(
    """about blogPost blogPosts citation comment exampleOfWork hasPart isBasedOn isPartOf isRelatedTo itemListElement
    mentions recordedIn relatedLink review reviews significantLink subjectOf workExample""".split()
)
_ARTICLES = ("article", "posting", "report", "page", "webpage", "book", "chapter", "thesis", "dataset")


def metas_of(root: Any) -> dict[str, list[str]]:
    """Return the values of the page's ``meta`` elements by their names in lower case, in their order."""
    found: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().lower()
        value = one_line((meta.get("content") or "")[:_LONGEST_VALUE])
        if name and value:
            found.setdefault(name, []).append(value)
    for meta in root.iter("meta"):
        if (meta.get("http-equiv") or "").strip().lower() == "content-language" and meta.get("content"):
            found.setdefault("content-language", []).append(one_line(meta.get("content")[:_LONGEST_VALUE]))
    return found


def first(metas: dict[str, list[str]], names: tuple[str, ...]) -> str:
    """Return the first value of the first of the names that has one."""
    return next((metas[name][0] for name in names if name in metas), "")


def described_in(root: Any, *, without: frozenset[str] = frozenset()) -> Iterator[dict[str, Any]]:
    """Yield the objects of the page's JSON-LD, outermost first; not those that stand under the names in ``without``."""
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        text = script.text or ""
        if not text.strip() or len(text) > _MAX_DATA_LENGTH:
            continue
        try:
            waiting = deque([json.loads(text, strict=False)])
        except (ValueError, RecursionError):
            continue
        for _ in range(_MAX_DATA_VALUES):
            if not waiting:
                break
            value = waiting.popleft()
            if isinstance(value, dict):
                yield value
                waiting.extend(
                    inner for name, inner in value.items() if isinstance(inner, dict | list) and name not in without
                )
            elif isinstance(value, list):
                waiting.extend(inner for inner in value if isinstance(inner, dict | list))


def main_article(root: Any) -> dict[str, Any]:
    """Return what JSON-LD says of the text that the page shows; empty where it says nothing.

    Works that it cites, mentions, lists or is part of are others. What is called a page is taken only where nothing
    is called something more particular.
    """
    found = [data for data in described_in(root, without=_OTHER_WORKS) if is_article(data)]
    return next((data for data in found if "page" not in kinds_of(data)), found[0] if found else {})


def is_article(data: dict[str, Any]) -> bool:
    """Whether an object of JSON-LD is something to read that says of itself when, by whom, or what it is called."""
    return any(word in kinds_of(data) for word in _ARTICLES) and bool(
        data.get("datePublished") or data.get("author") or data.get("headline")
    )


def kinds_of(data: dict[str, Any]) -> str:
    """Return the types of an object in lower case, with blanks between them."""
    kinds = data.get("@type")
    words = [str(kind) for kind in kinds] if isinstance(kinds, list) else [str(kinds or "")]
    return " ".join(word.rpartition("/")[2] for word in words).lower()


def name_of(value: Any) -> str:
    """Return the name of a person, an organisation or a work in JSON-LD."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("name")
    return one_line(value[:_LONGEST_NAME]) if isinstance(value, str) else ""


def text_of(value: Any) -> str:
    """Return a value that should be a text or a number as a text; of a list its first; anything else is empty."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return one_line(str(value)[:_LONGEST_VALUE])
