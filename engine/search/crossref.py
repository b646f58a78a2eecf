"""Asks Crossref, where publishers register their works."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.search.answers import believed, fetch, json_of, objects, text_at, with_parameters
from engine.search.dates import partial_date
from engine.search.plain import plain
from engine.search.provider import Errand, Facts, Found, Kind, WebQuery
from engine.search.refusal import not_understood

_FIELDS = "DOI,URL,title,abstract,container-title,issued,type"
"""A field that it does not give here makes it refuse the whole query."""


class Crossref:
    """Bibliographic records, some with abstracts."""

    facts = Facts(
        name="crossref",
        title="Crossref",
        hosts=("api.crossref.org",),
        kind=Kind.SCHOLARLY,
        about="The register of publishers' works. Needs no account.",
    )

    def ask(self, query: WebQuery, *, errand: Errand) -> tuple[Found, ...]:
        limits = query.limits
        conditions = [
            f"from-pub-date:{limits.since}" if limits.since else "",
            f"until-pub-date:{limits.until}" if limits.until else "",
        ]
        address = with_parameters(
            "https://api.crossref.org/works",
            {
                "query.bibliographic": query.text,
                "rows": errand.limit,
                "filter": ",".join(condition for condition in conditions if condition),
                "select": _FIELDS,
            },
        )
        read = json_of(
            fetch(address, errand=errand, facts=self.facts, words=query.text), facts=self.facts, words=query.text
        )
        message = read.get("message")
        if read.get("status") != "ok" or not isinstance(message, dict) or not isinstance(message.get("items"), list):
            raise not_understood(self.facts.title)
        items = objects(message["items"])
        found = tuple(_found(item) for item in items if text_at(item, "URL") and _first(item.get("title")))
        return believed(found, listed=message["items"], facts=self.facts)


def _found(item: Mapping[str, Any]) -> Found:
    place = plain(_first(item.get("container-title")), limit=100)
    return Found(
        address=text_at(item, "URL"),
        title=plain(_first(item.get("title")), limit=300),
        snippet=plain(item.get("abstract"), limit=500) or place,
        published=_date(item.get("issued")),
        site=place,
    )


def _first(written: object) -> str:
    return written[0] if isinstance(written, list) and written and isinstance(written[0], str) else ""


def _date(written: object) -> str:
    parts = written.get("date-parts") if isinstance(written, dict) else None
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    numbers = [part for part in first[:3] if isinstance(part, int)]
    return partial_date(*numbers) if numbers and len(numbers) == len(first[:3]) else ""
