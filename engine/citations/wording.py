"""The words and signs for what citations are made of, so that the window and the exports say the same."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from engine.domain import ClaimState, EngineState, Locator, Obstacle, Outcome, Report

STATE_SIGNS = {
    ClaimState.UNCHECKED: "·",
    ClaimState.SUPPORTED: "●",
    ClaimState.SINGLE_SOURCE: "①",
    ClaimState.PARTLY: "◐",
    ClaimState.UNSUPPORTED: "○",
    ClaimState.CONTRADICTED: "⇄",
}

STATE_WORDS = {
    ClaimState.UNCHECKED: "not checked",
    ClaimState.SUPPORTED: "two or more sources agree",
    ClaimState.SINGLE_SOURCE: "one source",
    ClaimState.PARTLY: "partly supported",
    ClaimState.UNSUPPORTED: "not supported",
    ClaimState.CONTRADICTED: "contradicted by another source",
}

_COUNTED = {
    ClaimState.UNCHECKED: "not checked",
    ClaimState.SUPPORTED: "supported by two or more sources",
    ClaimState.SINGLE_SOURCE: "by one source",
    ClaimState.PARTLY: "partly supported",
    ClaimState.UNSUPPORTED: "not supported",
    ClaimState.CONTRADICTED: "contradicted by another source",
}

OUTCOME_WORDS = {
    Outcome.COMPLETE: "Complete",
    Outcome.INCOMPLETE: "Incomplete",
    Outcome.NOT_FOUND: "Not found",
    Outcome.STOPPED: "Stopped",
    Outcome.FAILED: "Failed",
}

OBSTACLE_WORDS = {
    Obstacle.OTHER: "could not be read",
    Obstacle.LOGIN: "needs a login",
    Obstacle.JAVASCRIPT: "needs a browser to show its text",
    Obstacle.CAPTCHA: "wants proof that you are a person",
    Obstacle.ROBOTS: "does not want programs to read it",
    Obstacle.REFUSED: "was not let out",
    Obstacle.UNREACHABLE: "could not be reached",
    Obstacle.SLOW: "took too long",
    Obstacle.LIMIT: "was left out, as its site had given enough pages",
    Obstacle.GONE: "is gone",
    Obstacle.EMPTY: "has no text to read",
}
"""What stood in the way, after the name of a source."""

ENGINE_NAMES = {
    "arxiv": "arXiv",
    "bing": "Bing",
    "brave": "Brave",
    "brave-api": "Brave (key)",
    "crossref": "Crossref",
    "duckduckgo": "DuckDuckGo",
    "google": "Google",
    "mojeek": "Mojeek",
    "openalex": "OpenAlex",
    "searxng": "SearXNG",
    "semantic-scholar": "Semantic Scholar",
    "serper": "Serper",
    "startpage": "Startpage",
    "tavily": "Tavily",
    "wikipedia": "Wikipedia",
    "yahoo": "Yahoo",
    "yandex": "Yandex",
}
"""What search engines are called, by the name that they have in traces and the ledger."""

ENGINE_STATE_WORDS = {
    EngineState.ANSWERED: "answered",
    EngineState.EMPTY: "found nothing",
    EngineState.BLOCKED: "refused",
    EngineState.UNREACHABLE: "was not reached",
    EngineState.NONSENSE: "gave an answer that is not understood",
    EngineState.RESTING: "was resting and not asked",
    EngineState.REFUSED: "was not asked, as the query was not let out",
}
"""What became of a query at a search engine, after the engine's name."""


def place_words(locator: Locator, *, title: str = "") -> str:
    """Return where in a source something stands, such as ``page 4, Installing › On Windows``; may be empty.

    A first heading that only repeats the source's title is left out.
    """
    parts = [f"page {locator.page}"] if locator.page is not None else []
    headings = [" ".join(heading.split()) for heading in locator.section if heading.strip()]
    if headings and headings[0] == " ".join(title.split()):
        headings = headings[1:]
    section = " › ".join(headings)
    return ", ".join([*parts, section] if section else parts)


def address_words(address: str) -> str:
    """Return an address as a person writes it: a path for a file, the address itself for anything else.

    A name and a password in it are not shown.
    """
    try:
        parts = urlsplit(address)
    except ValueError:  # an address that is none
        return address
    if parts.scheme != "file":
        _, at, place = parts.netloc.rpartition("@")
        return address.replace(parts.netloc, f"…@{place}", 1) if at else address
    path = unquote(parts.path)
    if len(path) > 2 and path[0] == "/" and path[2] == ":":  # file:///C:/Users/…
        return path[1:].replace("/", "\\")
    return f"//{parts.netloc}{path}" if parts.netloc not in ("", "localhost") else path


def count_words(states: Mapping[ClaimState, int]) -> str:
    """Return ``11 (8 supported by two or more sources, 3 by one source)`` for the sentences of a report."""
    parts = [f"{count} {_COUNTED[state]}" for state, count in states.items() if count]
    return f"{sum(states.values())} ({', '.join(parts)})" if parts else "none"


def no_answer_words(report: Report) -> str:
    """Return what stands in the place of the answer of a report that has none."""
    if any(section.table is not None and section.table.claims for section in report.sections):
        return "What was found on it stands in the table."
    if report.claims:
        return "No clear answer was found in these sources. This is what comes nearest."
    return "Not found in these sources."


def no_report_words(outcome: Outcome | None) -> str:
    """Return what stands in the place of a report of a run that has none; None is a run that has not ended."""
    return "No report has been written yet." if outcome is None else "No report was written in this run."
