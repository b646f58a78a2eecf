"""Asks Tavily, with the person's key."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.search.answers import believed, fetch, json_of, objects, text_at
from engine.search.canonical import domain
from engine.search.dates import stated_date
from engine.search.plain import plain
from engine.search.provider import Errand, Facts, Found, WebQuery


class Tavily:
    """A search made for programs."""

    facts = Facts(
        name="tavily",
        title="Tavily",
        hosts=("api.tavily.com",),
        about="A search made for programs, asked with a key of your own.",
        is_default=False,
        needs_key=True,
        takes_key=True,
        key_name="https://api.tavily.com",
    )

    def ask(self, query: WebQuery, *, errand: Errand) -> tuple[Found, ...]:
        limits = query.limits
        body: dict[str, object] = {
            "query": query.text,
            "max_results": min(errand.limit, 20),
            "search_depth": "basic",
            "topic": "general",
        }
        wishes: dict[str, object] = {
            "include_domains": [domain(each) for each in limits.only],
            "exclude_domains": [domain(each) for each in limits.never],
            "start_date": limits.since,
            "end_date": limits.until,
        }
        body |= {name: value for name, value in wishes.items() if value}
        reply = fetch(
            "https://api.tavily.com/search",
            errand=errand,
            facts=self.facts,
            words=query.text,
            headers={"authorization": f"Bearer {errand.key}"},
            body=body,
        )
        read = json_of(reply, facts=self.facts, words=query.text)
        results = objects(read.get("results"))
        today = datetime.now(UTC).date()
        found = tuple(
            Found(
                address=text_at(result, "url"),
                title=plain(result.get("title"), limit=300),
                snippet=plain(result.get("content"), limit=500),
                published=stated_date(result.get("published_date"), today=today),
            )
            for result in results
            if text_at(result, "url")
        )
        return believed(found, listed=read.get("results"), facts=self.facts)
