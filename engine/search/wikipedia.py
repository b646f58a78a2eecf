"""Asks Wikipedia, in the person's language, through MediaWiki's action API."""

from __future__ import annotations

from engine.domain import EngineState
from engine.search.answers import fetch, json_of, objects, text_at, with_parameters
from engine.search.plain import plain
from engine.search.provider import Errand, Facts, Found, Kind, ProviderTrouble, WebQuery
from engine.search.refusal import not_understood
from engine.search.regions import country_and_language

_MOST = 5
_WORDS = 300


class Wikipedia:
    """Search with the address and the first sentences of each article in one request."""

    facts = Facts(
        name="wikipedia",
        title="Wikipedia",
        hosts=("wikipedia.org",),
        kind=Kind.BACKGROUND,
        about="The encyclopaedia, for background. Needs no account.",
        finds_only=("wikipedia.org",),
    )

    def ask(self, query: WebQuery, *, errand: Errand) -> tuple[Found, ...]:
        if query.is_exact and len(query.text) > _WORDS:
            told = f"Wikipedia was not asked: it takes no more than {_WORDS} characters."
            raise ProviderTrouble(EngineState.RESTING, told)
        _, language = country_and_language(query.limits)
        address = with_parameters(
            f"https://{language or 'en'}.wikipedia.org/w/api.php",
            {
                "action": "query",
                "format": "json",
                "formatversion": "2",
                "generator": "search",
                "gsrsearch": query.text[:_WORDS],
                "gsrlimit": min(errand.limit, _MOST),
                "prop": "info|extracts",
                "inprop": "url",
                "exintro": "1",
                "explaintext": "1",
                "exsentences": "3",
                "exlimit": "max",
            },
        )
        reply = fetch(address, errand=errand, facts=self.facts, words=query.text[:_WORDS])
        read = json_of(reply, facts=self.facts, words=query.text)
        if "error" in read:
            raise _error(text_at(read, "error", "code"))
        if "query" not in read:
            # Of all that a search may say, only the word that the batch is complete means that there is nothing.
            if "batchcomplete" in read:
                return ()
            raise not_understood(self.facts.title)
        pages = objects(read["query"].get("pages")) if isinstance(read["query"], dict) else []
        found = [
            Found(
                address=text_at(page, "fullurl"),
                title=plain(page.get("title"), limit=300),
                snippet=plain(page.get("extract"), limit=500),
                site="Wikipedia",
            )
            for page in sorted(pages, key=_place)
            if text_at(page, "fullurl")
        ]
        if not found:
            raise not_understood(self.facts.title)
        return tuple(found)


def _place(page: dict[str, object]) -> int:
    index = page.get("index")
    return index if isinstance(index, int) else 1_000


def _error(code: str) -> ProviderTrouble:
    if code in ("ratelimited", "blocked", "autoblocked", "readapidenied"):
        return ProviderTrouble(EngineState.BLOCKED, "Wikipedia refused the query: too many requests.")
    if code in ("maxlag", "readonly") or code.startswith("internal_api_error"):
        return ProviderTrouble(EngineState.UNREACHABLE, "Wikipedia has trouble of its own.")
    return not_understood("Wikipedia")
