"""Asks Serper for what Google finds, with the person's key."""

from __future__ import annotations

from datetime import UTC, date, datetime

from engine.domain import EngineState, WebLimits
from engine.search.answers import believed, fetch, json_of, objects, text_at
from engine.search.dates import stated_date
from engine.search.plain import plain
from engine.search.provider import Errand, Facts, Found, ProviderTrouble, WebQuery
from engine.search.sites import with_sites


class Serper:
    """Google's results, sold by somebody else."""

    facts = Facts(
        name="serper",
        title="Serper",
        hosts=("google.serper.dev",),
        about="Google's results, asked with a key of your own.",
        is_default=False,
        needs_key=True,
        takes_key=True,
        key_name="https://google.serper.dev",
    )

    def ask(self, query: WebQuery, *, errand: Errand) -> tuple[Found, ...]:
        limits = query.limits
        words = with_sites(query, can_join=True)
        body: dict[str, object] = {"q": words, "num": errand.limit}
        wishes = {"gl": limits.region, "hl": limits.language, "tbs": _range(limits)}
        body |= {name: value for name, value in wishes.items() if value}
        try:
            reply = fetch(
                "https://google.serper.dev/search",
                errand=errand,
                facts=self.facts,
                words=words,
                headers={"x-api-key": errand.key},
                body=body,
            )
        except ProviderTrouble as trouble:
            if "(error 400)" in trouble.words:
                # It says so when the paid queries are used up, too.
                told = "Serper refused the query: the allowance may be used up."
                raise ProviderTrouble(EngineState.BLOCKED, told, retry_after_s=trouble.retry_after_s) from None
            raise
        read = json_of(reply, facts=self.facts, words=words)
        results = objects(read.get("organic"))
        today = datetime.now(UTC).date()
        found = tuple(
            Found(
                address=text_at(result, "link"),
                title=plain(result.get("title"), limit=300),
                snippet=plain(result.get("snippet"), limit=500),
                published=stated_date(result.get("date"), today=today),
            )
            for result in results
            if text_at(result, "link")
        )
        return believed(found, listed=read.get("organic"), facts=self.facts)


def _range(limits: WebLimits) -> str:
    """Return Google's way to write a range of dates."""
    parts = ["cdr:1"]
    for name, written in (("cd_min", limits.since), ("cd_max", limits.until)):
        try:
            day = date.fromisoformat(written)
        except ValueError:
            continue
        parts.append(f"{name}:{day.month}/{day.day}/{day.year}")
    return ",".join(parts) if len(parts) > 1 else ""
