"""Asks OpenAlex for works of all sciences.

It is asked without a key, which it takes only as a part of the address: there the ledger would have to show it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from engine.search.answers import believed, fetch, json_of, objects, text_at, with_parameters
from engine.search.dates import stated_date
from engine.search.plain import plain
from engine.search.provider import Errand, Facts, Found, Kind, WebQuery
from engine.search.refusal import not_understood

_MOST_WORDS_OF_ABSTRACT = 80
_FIELDS = (
    "id,doi,display_name,publication_date,publication_year,primary_location,best_oa_location,abstract_inverted_index"
)


class OpenAlex:
    """Works with abstracts and, where they are free, the place of their full text."""

    facts = Facts(
        name="openalex",
        title="OpenAlex",
        hosts=("api.openalex.org",),
        kind=Kind.SCHOLARLY,
        about="Papers of all sciences. Needs no account for some dozens of searches a day.",
    )

    def ask(self, query: WebQuery, *, errand: Errand) -> tuple[Found, ...]:
        limits = query.limits
        conditions = [
            f"from_publication_date:{limits.since}" if limits.since else "",
            f"to_publication_date:{limits.until}" if limits.until else "",
            f"language:{limits.language}" if limits.language else "",
        ]
        # Commas and colons would be taken for further conditions only inside ``filter``; in ``search`` they are words.
        address = with_parameters(
            "https://api.openalex.org/works",
            {
                "search": query.text,
                "per_page": errand.limit,
                "filter": ",".join(condition for condition in conditions if condition),
                "select": _FIELDS,
            },
        )
        read = json_of(
            fetch(address, errand=errand, facts=self.facts, words=query.text), facts=self.facts, words=query.text
        )
        if "results" not in read or not isinstance(read.get("meta"), dict):
            raise not_understood(self.facts.title)
        found = tuple(_found(work) for work in objects(read["results"]) if _address(work))
        return believed(found, listed=read["results"], facts=self.facts)


def _found(work: Mapping[str, Any]) -> Found:
    today = datetime.now(UTC).date()
    return Found(
        address=_address(work),
        title=plain(work.get("display_name"), limit=300),
        snippet=plain(_abstract(work.get("abstract_inverted_index")), limit=500),
        published=stated_date(work.get("publication_date"), today=today)
        or stated_date(str(work.get("publication_year", "")), today=today),
        site=plain(text_at(work, "primary_location", "source", "display_name"), limit=100),
    )


def _address(work: Mapping[str, Any]) -> str:
    """Return where most of the text can be read: free full text before the publisher's page, before the DOI."""
    return (
        text_at(work, "best_oa_location", "pdf_url")
        or text_at(work, "best_oa_location", "landing_page_url")
        or text_at(work, "primary_location", "landing_page_url")
        or text_at(work, "doi")
    )


def _abstract(index: object) -> str:
    """Return the beginning of a text that is told as the places of each of its words."""
    if not isinstance(index, dict):
        return ""
    words: dict[int, str] = {}
    for word, places in index.items():
        if isinstance(word, str) and isinstance(places, list):
            for place in places:
                if isinstance(place, int) and 0 <= place < _MOST_WORDS_OF_ABSTRACT:
                    words[place] = word
    return " ".join(words[place] for place in sorted(words))
