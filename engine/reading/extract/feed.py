"""A feed (RSS, Atom) as a page: its entries under headings, with what each says."""

from __future__ import annotations

import html
from typing import Any

from engine.errors import DocumentUnreadable
from engine.reading.extract.archive import local_name, parse_xml

_MAX_ENTRIES = 500
_ENTRY_TAGS = frozenset({"item", "entry"})
_TEXT_TAGS = ("encoded", "content", "description", "summary")
_DATE_TAGS = ("pubDate", "published", "updated", "date")


def feed_markup(data: bytes) -> bytes:
    """Return a page that says what the feed says, in UTF-8.

    Raises:
        DocumentUnreadable: it is not a well-formed feed.
    """
    root = parse_xml(data)
    channel = next((element for element in root if local_name(element) == "channel"), root)
    parts = [
        f"<title>{html.escape(_text(channel, 'title'))}</title><main><h1>{html.escape(_text(channel, 'title'))}</h1>"
    ]
    entries = [element for element in root.iter() if local_name(element) in _ENTRY_TAGS][:_MAX_ENTRIES]
    if not entries:
        raise DocumentUnreadable("There is nothing in this feed", hint="It lists no entries.")
    for entry in entries:
        said = next((text for name in _TEXT_TAGS if (text := _text(entry, name))), "")
        when = next((text for name in _DATE_TAGS if (text := _text(entry, name))), "")
        link = html.escape(_link(entry), quote=True)
        parts.append(f'<h2><a href="{link}">{html.escape(_text(entry, "title"))}</a></h2>')
        parts.append(f"<p>{html.escape(when)}</p><div>{said}</div>")
    return "".join([*parts, "</main>"]).encode("utf-8", "replace")


def _text(element: Any, name: str) -> str:
    child = next((child for child in element if local_name(child) == name), None)
    return "".join(child.itertext()).strip() if child is not None else ""


def _link(entry: Any) -> str:
    for child in entry:
        if local_name(child) == "link":
            return str(child.get("href") or (child.text or "")).strip()
    return ""
