"""Asks arXiv through its Atom interface."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.etree import ElementTree

from engine.domain import EngineState
from engine.search.answers import fetch, with_parameters
from engine.search.dates import stated_date
from engine.search.plain import plain
from engine.search.provider import Errand, Facts, Found, Kind, ProviderTrouble, WebQuery
from engine.search.refusal import Reply, not_understood, wall

_ATOM = "{http://www.w3.org/2005/Atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"
_WORD = re.compile(r"[^\W_][\w.+'-]*")
_SMALL = frozenset(
    "a an and are as at be by can do does for from how in is it of on or that the their there this to was were what "
    "when where which who why will with".split()
)
_MOST_WORDS = 8


class Arxiv:
    """Preprints of physics, mathematics, computer science and their neighbours."""

    facts = Facts(
        name="arxiv",
        title="arXiv",
        hosts=("export.arxiv.org",),
        kind=Kind.SCHOLARLY,
        about="Preprints in physics, mathematics, computer science and neighbouring fields. Needs no account.",
        interval_s=3.0,  # its terms of use
        finds_only=("arxiv.org",),
    )

    def ask(self, query: WebQuery, *, errand: Errand) -> tuple[Found, ...]:
        words = search_words(query)
        if not words:
            raise ProviderTrouble(EngineState.RESTING, "arXiv was not asked: the query has no words for it.")
        address = with_parameters(
            "https://export.arxiv.org/api/query",
            {"search_query": words, "start": "0", "max_results": errand.limit, "sortBy": "relevance"},
        )
        reply = fetch(
            address,
            errand=errand,
            facts=self.facts,
            words=query.text,
            headers={"accept": "application/atom+xml"},
        )
        return _found(reply, title=self.facts.title, query=query.text)


def search_words(query: WebQuery) -> str:
    """Return the query in arXiv's own language; empty if there is no word in it."""
    words = [word.rstrip(".'-") for word in _WORD.findall(query.text)]
    words = [word for word in words if word.lower() not in _SMALL][:_MOST_WORDS]
    if not words:
        return ""
    asked = " AND ".join(f"all:{word}" for word in words)
    since, until = query.limits.since, query.limits.until
    if since or until:
        first = since.replace("-", "") or "19910101"
        last = until.replace("-", "") or datetime.now(UTC).strftime("%Y%m%d")
        asked += f" AND submittedDate:[{first}0000 TO {last}2359]"
    return asked


def _found(reply: Reply, *, title: str, query: str) -> tuple[Found, ...]:
    if "<!DOCTYPE" in reply.text or "<!ENTITY" in reply.text:
        raise wall(reply, title=title, query=query) or not_understood(title)
    try:
        feed = ElementTree.fromstring(reply.text)
    except (ElementTree.ParseError, ValueError):
        raise wall(reply, title=title, query=query) or not_understood(title) from None
    if feed.tag != f"{_ATOM}feed":
        raise wall(reply, title=title, query=query) or not_understood(title)
    entries = feed.findall(f"{_ATOM}entry")
    if any("/api/errors" in (entry.findtext(f"{_ATOM}id") or "") for entry in entries):
        raise ProviderTrouble(EngineState.NONSENSE, f"{title} does not understand the query.")
    found = tuple(
        Found(
            address=_address(entry),
            title=plain(entry.findtext(f"{_ATOM}title"), limit=300),
            snippet=plain(entry.findtext(f"{_ATOM}summary"), limit=500),
            published=stated_date(entry.findtext(f"{_ATOM}published"), today=datetime.now(UTC).date()),
            site="arXiv",
        )
        for entry in entries
        if _address(entry)
    )
    if not found and (feed.findtext(_TOTAL) or "").strip() != "0":
        raise not_understood(title)
    return found


def _address(entry: ElementTree.Element) -> str:
    """Return the page about a paper; its own id is the same page written with http."""
    for link in entry.findall(f"{_ATOM}link"):
        if link.get("rel") == "alternate" and link.get("href"):
            return (link.get("href") or "").replace("http://arxiv.org/", "https://arxiv.org/")
    return (entry.findtext(f"{_ATOM}id") or "").strip().replace("http://arxiv.org/", "https://arxiv.org/")
