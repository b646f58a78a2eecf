"""Asks Semantic Scholar through its academic graph."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from engine.search.answers import fetch, json_of, objects, text_at, with_parameters
from engine.search.dates import stated_date
from engine.search.plain import plain
from engine.search.provider import Errand, Facts, Found, Kind, WebQuery
from engine.search.refusal import not_understood

_FIELDS = "title,abstract,url,year,publicationDate,openAccessPdf,venue"


class SemanticScholar:
    """Papers by meaning; without a key it often asks for patience, so it is asked last."""

    facts = Facts(
        name="semantic-scholar",
        title="Semantic Scholar",
        hosts=("api.semanticscholar.org",),
        kind=Kind.SCHOLARLY,
        about="Papers of all sciences. Works without an account, but often asks for patience; a key helps.",
        takes_key=True,
        key_name="https://api.semanticscholar.org",
        interval_s=1.5,
    )

    def ask(self, query: WebQuery, *, errand: Errand) -> tuple[Found, ...]:
        limits = query.limits
        address = with_parameters(
            "https://api.semanticscholar.org/graph/v1/paper/search",
            {
                # A hyphen in the query makes it find nothing.
                "query": query.text if query.is_exact else query.text.replace("-", " "),
                "limit": errand.limit,
                "fields": _FIELDS,
                "publicationDateOrYear": f"{limits.since}:{limits.until}" if limits.since or limits.until else "",
            },
        )
        headers = {"x-api-key": errand.key} if errand.key else {}
        reply = fetch(address, errand=errand, facts=self.facts, words=query.text, headers=headers)
        read = json_of(reply, facts=self.facts, words=query.text)
        papers = objects(read.get("data"))
        if not papers:
            if read.get("total") == 0 and not read.get("data"):
                return ()
            raise not_understood(self.facts.title)
        found = tuple(_found(paper) for paper in papers if _address(paper))
        if not found:
            raise not_understood(self.facts.title)
        return found


def _found(paper: Mapping[str, Any]) -> Found:
    today = datetime.now(UTC).date()
    return Found(
        address=_address(paper),
        title=plain(paper.get("title"), limit=300),
        snippet=plain(paper.get("abstract"), limit=500),
        published=stated_date(paper.get("publicationDate"), today=today)
        or stated_date(str(paper.get("year") or ""), today=today),
        site=plain(paper.get("venue"), limit=100),
    )


def _address(paper: Mapping[str, Any]) -> str:
    return text_at(paper, "openAccessPdf", "url") or text_at(paper, "url")
