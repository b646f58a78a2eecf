"""Asks Brave through its programming interface, with the person's key."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.domain import WebLimits
from engine.search.answers import believed, fetch, json_of, objects, text_at, with_parameters
from engine.search.dates import stated_date
from engine.search.plain import plain
from engine.search.provider import Errand, Facts, Found, WebQuery
from engine.search.refusal import not_understood
from engine.search.sites import with_sites


class Brave:
    """An index of its own."""

    facts = Facts(
        name="brave-api",
        title="Brave Search API",
        hosts=("api.search.brave.com",),
        about="An independent index, asked with a key of your own.",
        is_default=False,
        needs_key=True,
        takes_key=True,
        key_name="https://api.search.brave.com",
    )

    def ask(self, query: WebQuery, *, errand: Errand) -> tuple[Found, ...]:
        limits = query.limits
        words = with_sites(query, can_join=True)
        address = with_parameters(
            "https://api.search.brave.com/res/v1/web/search",
            {
                "q": words,
                "count": min(errand.limit, 20),
                "country": limits.region.upper(),
                "search_lang": limits.language,
                "freshness": _freshness(limits),
                "text_decorations": "false",
            },
        )
        reply = fetch(
            address, errand=errand, facts=self.facts, words=words, headers={"x-subscription-token": errand.key}
        )
        read = json_of(reply, facts=self.facts, words=words)
        if read.get("type") != "search":
            raise not_understood(self.facts.title)
        web = read.get("web")
        if "web" not in read:
            return ()
        results = objects(web.get("results")) if isinstance(web, dict) else []
        today = datetime.now(UTC).date()
        found = tuple(
            Found(
                address=text_at(result, "url"),
                title=plain(result.get("title"), limit=300),
                snippet=plain(result.get("description"), limit=500),
                published=stated_date(result.get("page_age"), today=today)
                or stated_date(result.get("age"), today=today),
                site=plain(text_at(result, "profile", "long_name"), limit=100),
            )
            for result in results
            if text_at(result, "url")
        )
        return believed(found, listed=web.get("results") if isinstance(web, dict) else None, facts=self.facts)


def _freshness(limits: WebLimits) -> str:
    if not (limits.since or limits.until):
        return ""
    return f"{limits.since or '1990-01-01'}to{limits.until or datetime.now(UTC).date().isoformat()}"
