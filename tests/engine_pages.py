"""What search engines answer, in the shape of the real ones: results, the word that there are none, and refusals.

Written by hand after the engines' documentation, the library ddgs 9.16 (which elements of a page it looks at) and what
maintainers of other clients report of blocks and empty pages. None was recorded from the real engine.
"""

# ruff: noqa: E501  pages are easier to compare with real ones as they are
from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from urllib.parse import parse_qs, quote, urlsplit

from loopback_web import Asked, LoopbackWeb, Reply


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One result that an engine holds."""

    address: str
    title: str
    snippet: str = "A page about the thing that was asked."
    published: str = ""


def hits(name: str, count: int = 6, *, shared: int = 2) -> tuple[Hit, ...]:
    """Results of one engine: the first ones are those that every engine holds."""
    return tuple(
        Hit(
            address=f"https://{'common' if number < shared else name}{number}.example/page?x=a%26b",
            title=f"{'Common' if number < shared else name.title()} page number {number}",
            snippet=f"{'Common words' if number < shared else f'Words of {name}'} on matter {number} and what follows.",
        )
        for number in range(count)
    )


# --- pages -------------------------------------------------------------------------------------------------------


def _page(title: str, body: str) -> str:
    return f"<!DOCTYPE html><html lang='en'><head><title>{escape(title)}</title></head><body>{body}</body></html>"


def duckduckgo(found: tuple[Hit, ...], query: str) -> str:
    items = "".join(
        f"""<div class="result results_links results_links_deep web-result">
        <div class="links_main links_deep result__body">
        <h2 class="result__title"><a rel="nofollow" class="result__a" href="{escape(hit.address)}">{escape(hit.title)}</a></h2>
        <div class="result__extras"><div class="result__extras__url"><a class="result__url" href="{escape(hit.address)}">x</a></div></div>
        <a class="result__snippet" href="{escape(hit.address)}">{escape(hit.snippet)}</a><div class="clear"></div>
        </div></div>"""
        for hit in found
    )
    advertisement = (
        '<div class="result result--ad"><div class="links_main links_deep result__body"><h2 class="result__title">'
        '<a class="result__a" href="https://duckduckgo.com/y.js?ad_domain=shop.example">Buy it</a></h2>'
        '<a class="result__snippet" href="https://duckduckgo.com/y.js?ad_domain=shop.example">Cheap.</a></div></div>'
    )
    return _page(
        f"{query} at DuckDuckGo",
        f'<form id="search_form"><input name="q" value="{escape(query)}"></form><div id="links" class="results">{advertisement}{items}</div>',
    )


def duckduckgo_nothing(query: str) -> str:
    return _page(
        f"{query} at DuckDuckGo",
        f'<div id="links" class="results"><div class="result results_links results_links_deep result--no-result">'
        f'<div class="links_main links_deep result__body"><span class="no-results">No results.</span></div></div></div>'
        f"<p>{escape(query)}</p>",
    )


ANOMALY = _page(
    "DuckDuckGo",
    '<form id="challenge-form" action="//duckduckgo.com/anomaly.js?sv=html&cc=sre" method="POST">'
    '<div class="anomaly-modal__mask"><div class="anomaly-modal__modal is-ie">'
    '<div class="anomaly-modal__title">Unfortunately, bots use DuckDuckGo too.</div>'
    '<div class="anomaly-modal__description">Please complete the following challenge.</div></div></div></form>',
)


def brave(found: tuple[Hit, ...], query: str) -> str:
    items = "".join(
        f"""<div class="snippet svelte-x" data-pos="{place}" data-type="web"><div class="result-wrapper">
        <a href="{escape(hit.address)}" class="l1"><div class="site-name-wrapper">site</div>
        <div class="title search-snippet-title">{escape(hit.title)}</div></a>
        <div class="generic-snippet snippet"><div class="content desktop-default-regular">{escape(hit.snippet)}</div></div>
        </div></div>"""
        for place, hit in enumerate(found)
    )
    return _page(f"{query} - Brave Search", f'<main id="results">{items}</main>')


def brave_nothing(query: str) -> str:
    return _page(
        f"{query} - Brave Search",
        f"<main><div class='noresults'><span>Not many great matches came back for your search: {escape(query)}</span></div></main>",
    )


BRAVE_CAPTCHA = _page(
    "Captcha - Brave Search", '<form action="/search/captcha"><button>I\'m not a robot</button></form>'
)


def mojeek(found: tuple[Hit, ...], query: str) -> str:
    items = "".join(
        f'<li class="r{place}"><a class="ob" href="{escape(hit.address)}"></a><h2><a class="title" href="{escape(hit.address)}">'
        f'{escape(hit.title)}</a></h2><p class="s">{escape(hit.snippet)}</p></li>'
        for place, hit in enumerate(found)
    )
    return _page(f"{query} - Mojeek Search", f'<ul class="results-standard">{items}</ul>')


def mojeek_nothing(query: str) -> str:
    return _page(
        f"{query} - Mojeek Search", f"<div class='results'><p>No pages found matching: <b>{escape(query)}</b></p></div>"
    )


MOJEEK_FORBIDDEN = _page(
    "403 - Forbidden", "<h1>403 - Forbidden</h1><p>Sorry, your network appears to be sending automated queries.</p>"
)

STARTPAGE_FRONT = _page(
    "Startpage",
    '<form id="search" action="/sp/search" method="post"><input type="hidden" name="sc" value="s3cret"></form>',
)


def startpage(found: tuple[Hit, ...], query: str) -> str:
    items = "".join(
        f'<div class="result css-o7i03b"><a class="result-title result-link" href="{escape(hit.address)}"><h2 class="wgl-title">'
        f'{escape(hit.title)}</h2></a><p class="description">{escape(hit.snippet)}</p></div>'
        for hit in found
    )
    return _page("Startpage Search Results", f'<section class="w-gl">{items}</section>')


def startpage_nothing(query: str) -> str:
    return _page(
        "Startpage Search Results",
        f"<div class='no-results-box'><p>Sorry, there are no results for this search.</p><p>{escape(query)}</p></div>",
    )


def yahoo(found: tuple[Hit, ...], query: str) -> str:
    items = "".join(
        f'<li><div class="dd algo algo-sr relsrch Sr"><div class="compTitle options-toggle"><a href="https://r.search.yahoo.com/_ylt=A;'
        f'_ylu=Y/RV=2/RE=1/RO=10/RU={quote(hit.address, safe="")}/RK=2/RS=abc-"><h3 class="title">{escape(hit.title)}</h3></a></div>'
        f'<div class="compText aAbs"><p>{escape(hit.snippet)}</p></div></div></li>'
        for hit in found
    )
    return _page(f"{query} - Yahoo Search Results", f'<div id="web"><ol class="searchCenterMiddle">{items}</ol></div>')


def yahoo_nothing(query: str) -> str:
    return _page(
        f"{query} - Yahoo Search Results",
        f'<ol><li class="first last"><div class="dd zrp"><div class="compText"><p>We did not find results for: '
        f"<strong><b>{escape(query)}</b></strong>.</p></div></div></li></ol>",
    )


# --- programming interfaces --------------------------------------------------------------------------------------


def wikipedia(found: tuple[Hit, ...], _query: str) -> str:
    pages = [
        {
            "pageid": 100 + place,
            "ns": 0,
            "title": hit.title,
            "index": place + 1,
            "touched": "2026-01-02T03:04:05Z",
            "fullurl": hit.address,
            "canonicalurl": hit.address,
            "extract": hit.snippet,
        }
        for place, hit in enumerate(found)
    ]
    # The pages come by number, not by rank.
    return json.dumps({"batchcomplete": True, "query": {"pages": pages[::-1]}})


def openalex(found: tuple[Hit, ...], _query: str) -> str:
    results = []
    for place, hit in enumerate(found):
        index: dict[str, list[int]] = {}
        for at, word in enumerate(hit.snippet.split()):
            index.setdefault(word, []).append(at)
        results.append(
            {
                "id": f"https://openalex.org/W{place}",
                "doi": f"https://doi.org/10.5555/{place}",
                "display_name": hit.title,
                "publication_date": hit.published or "2021-03-04",
                "publication_year": 2021,
                "primary_location": {"landing_page_url": hit.address, "source": {"display_name": "Journal of Things"}},
                "best_oa_location": None,
                "abstract_inverted_index": index,
            }
        )
    return json.dumps({"meta": {"count": len(results), "page": 1, "per_page": 10}, "results": results, "group_by": []})


def arxiv(found: tuple[Hit, ...], query: str) -> str:
    entries = "".join(
        f"""<entry><id>http://arxiv.org/abs/2401.0000{place}v1</id><updated>2024-01-05T00:00:00Z</updated>
        <published>{hit.published or "2024-01-02"}T17:59:59Z</published><title>{escape(hit.title)}</title>
        <summary>{escape(hit.snippet)}
        </summary><author><name>A. Writer</name></author>
        <link href="http://arxiv.org/abs/2401.0000{place}v1" rel="alternate" type="text/html"/>
        <link title="pdf" href="http://arxiv.org/pdf/2401.0000{place}v1" rel="related" type="application/pdf"/></entry>"""
        for place, hit in enumerate(found)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><link href="http://arxiv.org/api/query?x" rel="self"/><title>ArXiv Query: {escape(query)}</title>
<id>http://arxiv.org/api/x</id><updated>2026-11-21T00:00:00-05:00</updated>
<opensearch:totalResults xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">{len(found)}</opensearch:totalResults>
<opensearch:startIndex xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">0</opensearch:startIndex>{entries}</feed>"""


def crossref(found: tuple[Hit, ...], _query: str) -> str:
    items = [
        {
            "DOI": f"10.5555/{place}",
            "URL": hit.address,
            "title": [hit.title],
            "abstract": f"<jats:p>{escape(hit.snippet)}</jats:p>",
            "container-title": ["Journal of Things"],
            "issued": {"date-parts": [[2020, 5]]},
            "type": "journal-article",
        }
        for place, hit in enumerate(found)
    ]
    message = {"facets": {}, "total-results": len(items), "items": items, "items-per-page": 10, "query": {}}
    return json.dumps({"status": "ok", "message-type": "work-list", "message-version": "1.0.0", "message": message})


def semantic_scholar(found: tuple[Hit, ...], _query: str) -> str:
    if not found:
        return json.dumps({"total": 0, "offset": 0})
    data = [
        {
            "paperId": f"{place:040x}",
            "title": hit.title,
            "abstract": hit.snippet,
            "url": hit.address,
            "year": 2022,
            "publicationDate": None,
            "openAccessPdf": None,
            "venue": "A Conference",
        }
        for place, hit in enumerate(found)
    ]
    return json.dumps({"total": len(data), "offset": 0, "next": len(data), "data": data})


def searxng(found: tuple[Hit, ...], query: str) -> str:
    results = [
        {
            "url": hit.address,
            "title": hit.title,
            "content": hit.snippet,
            "publishedDate": f"{hit.published}T00:00:00" if hit.published else None,
            "engine": "qwant",
            "engines": ["qwant"],
            "score": 1.0,
            "category": "general",
        }
        for hit in found
    ]
    return json.dumps(
        {
            "query": query,
            "number_of_results": 0,
            "results": results,
            "answers": [],
            "suggestions": [],
            "unresponsive_engines": [],
        }
    )


def brave_api(found: tuple[Hit, ...], query: str) -> str:
    answer: dict[str, object] = {"type": "search", "query": {"original": query, "more_results_available": False}}
    if found:
        results = [
            {
                "type": "search_result",
                "title": hit.title,
                "url": hit.address,
                "description": f"<strong>{escape(hit.snippet)}</strong>",
                "age": "January 2, 2024",
                "page_age": f"{hit.published or '2024-01-02'}T00:00:00",
                "profile": {"name": "Site", "long_name": "site.example"},
            }
            for hit in found
        ]
        answer["web"] = {"type": "search", "results": results}
    return json.dumps(answer)


def tavily(found: tuple[Hit, ...], query: str) -> str:
    results = [{"title": hit.title, "url": hit.address, "content": hit.snippet, "score": 0.9} for hit in found]
    return json.dumps({"query": query, "answer": None, "images": [], "results": results, "response_time": 1.1})


def serper(found: tuple[Hit, ...], query: str) -> str:
    organic = [
        {"title": hit.title, "link": hit.address, "snippet": hit.snippet, "date": "Jan 5, 2024", "position": place + 1}
        for place, hit in enumerate(found)
    ]
    return json.dumps({"searchParameters": {"q": query, "type": "search"}, "organic": organic, "credits": 1})


# --- the engines as hosts ----------------------------------------------------------------------------------------

Answer = Callable[[tuple[Hit, ...], str], str]


@dataclass(frozen=True, kw_only=True)
class FakeEngine:
    """One engine of the small web."""

    name: str
    host: str
    words: str
    """The parameter that holds the query."""
    answer: Answer
    nothing: Callable[[str], str] | None = None
    """None where an answer without results is written like any other."""
    type: str = "application/json"
    found: tuple[Hit, ...] = ()
    front: str = ""

    def holding(self, found: tuple[Hit, ...]) -> Reply:
        return Reply(self.told(found, "it"), type=self.type)

    def told(self, found: tuple[Hit, ...], query: str) -> str:
        return self.answer(found, query) if found or self.nothing is None else self.nothing(query)


_HTML = "text/html; charset=utf-8"

ENGINES = {
    each.name: each
    for each in (
        FakeEngine(name="duckduckgo", host="html.duckduckgo.com", words="q", answer=duckduckgo, nothing=duckduckgo_nothing, type=_HTML),
        FakeEngine(name="brave", host="search.brave.com", words="q", answer=brave, nothing=brave_nothing, type=_HTML),
        FakeEngine(name="mojeek", host="www.mojeek.com", words="q", answer=mojeek, nothing=mojeek_nothing, type=_HTML),
        FakeEngine(
            name="startpage", host="www.startpage.com", words="query", answer=startpage, nothing=startpage_nothing, type=_HTML,
            front=STARTPAGE_FRONT,
        ),
        FakeEngine(name="yahoo", host="search.yahoo.com", words="p", answer=yahoo, nothing=yahoo_nothing, type=_HTML),
        FakeEngine(
            name="wikipedia", host="en.wikipedia.org", words="gsrsearch", answer=wikipedia,
            nothing=lambda _query: json.dumps({"batchcomplete": True}),
        ),
        FakeEngine(name="openalex", host="api.openalex.org", words="search", answer=openalex),
        FakeEngine(name="arxiv", host="export.arxiv.org", words="search_query", answer=arxiv, type="application/atom+xml; charset=utf-8"),
        FakeEngine(name="crossref", host="api.crossref.org", words="query.bibliographic", answer=crossref),
        FakeEngine(name="semantic-scholar", host="api.semanticscholar.org", words="query", answer=semantic_scholar),
        FakeEngine(name="searxng", host="searx.example", words="q", answer=searxng),
        FakeEngine(name="brave-api", host="api.search.brave.com", words="q", answer=brave_api),
        FakeEngine(name="tavily", host="api.tavily.com", words="query", answer=tavily),
        FakeEngine(name="serper", host="google.serper.dev", words="q", answer=serper),
    )
}  # fmt: skip


def words_of(asked: Asked, engine: FakeEngine) -> str:
    """The query in a request."""
    if asked.headers.get("content-type", "").startswith("application/json"):
        return str(json.loads(asked.body)[engine.words])
    written = asked.body.decode() if asked.method == "POST" else urlsplit(asked.target).query
    return parse_qs(written, keep_blank_values=True).get(engine.words, [""])[0]


Fault = Callable[[Asked, FakeEngine, LoopbackWeb], Reply | str | bytes]


@dataclass
class FakeEngines:
    """All engines in one small web; each answers with its hits unless a fault takes its place."""

    web: LoopbackWeb
    hits: dict[str, tuple[Hit, ...]] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for engine in ENGINES.values():
            self.web.on(engine.host, self._handler(engine))

    def asked(self, name: str) -> list[str]:
        """The queries that an engine got."""
        engine = ENGINES[name]
        return [words for words in (words_of(one, engine) for one in self.web.asked(engine.host)) if words]

    def reset(self) -> None:
        self.hits.clear()
        self.faults.clear()
        self.web.requests.clear()

    def _handler(self, engine: FakeEngine) -> Callable[[Asked], Reply | str | bytes]:
        def handle(asked: Asked) -> Reply | str | bytes:
            fault = self.faults.get(engine.name)
            if fault is not None:
                return fault(asked, engine, self.web)
            if engine.front and asked.target == "/":
                return engine.front
            found = self.hits.get(engine.name, hits(engine.name))
            return Reply(engine.told(found, words_of(asked, engine)), type=engine.type)

        return handle
