"""Asks a SearXNG that the person has named: their own, or one that they trust."""

from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from engine.domain import EngineState, WebLimits
from engine.network.addresses import AddressRefused, parse_address
from engine.search.answers import believed, fetch, json_of, objects, text_at, with_parameters
from engine.search.dates import stated_date
from engine.search.plain import plain
from engine.search.provider import Errand, Facts, Found, ProviderTrouble, WebQuery
from engine.search.refusal import not_understood
from engine.search.sites import with_sites

_RANGES = ((1, "day"), (7, "week"), (31, "month"), (366, "year"))


class SearXng:
    """One SearXNG.

    Args:
        address: of its front page, as ``searxng_root`` returns it.
    """

    def __init__(self, address: str) -> None:
        self._root = address
        self.facts = Facts(
            name="searxng",
            title="SearXNG",
            hosts=(urlsplit(address).hostname or "",),
            about="A search engine of your own that asks many others. Enter its address.",
        )

    def ask(self, query: WebQuery, *, errand: Errand) -> tuple[Found, ...]:
        today = datetime.now(UTC).date()
        limits = query.limits
        words = with_sites(query, can_join=True)
        language = "-".join(part for part in (limits.language, limits.region.upper()) if part and limits.language)
        address = with_parameters(
            f"{self._root}/search",
            {"q": words, "format": "json", "language": language, "time_range": _range(limits, today)},
        )
        try:
            reply = fetch(address, errand=errand, facts=self.facts, words=words)
        except ProviderTrouble as trouble:
            if trouble.state is EngineState.BLOCKED and "robot" in trouble.words:
                told = "SearXNG does not give its results to programs: its settings have to allow the format json."
                raise ProviderTrouble(EngineState.BLOCKED, told, retry_after_s=trouble.retry_after_s) from None
            raise
        read = json_of(reply, facts=self.facts, words=words)
        if not isinstance(read.get("results"), list):
            raise not_understood(self.facts.title)
        results = objects(read["results"])
        found = tuple(
            Found(
                address=text_at(result, "url"),
                title=plain(result.get("title"), limit=300),
                snippet=plain(result.get("content"), limit=500),
                published=stated_date(result.get("publishedDate"), today=today),
            )
            for result in results
            if text_at(result, "url")
        )[: errand.limit]
        if found:
            return found
        if failed := _failed(read.get("unresponsive_engines")):
            raise ProviderTrouble(EngineState.BLOCKED, f"SearXNG got no answer from {failed}.")
        return believed((), listed=read["results"], facts=self.facts)


def searxng_root(written: str) -> str:
    """Return the address of a SearXNG however somebody wrote it, without a slash at its end.

    Raises:
        ValueError: it is none: no http or https address of a host, or one with a name or password in it.
    """
    text = written.strip()
    if "://" not in text:
        host = text.partition("/")[0].partition(":")[0].lower()
        is_here = host in ("localhost", "127.0.0.1") or host.startswith("[")
        text = f"{'http' if is_here else 'https'}://{text}"
    parts = urlsplit(text)
    good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
    if not good or any(character.isspace() or character == "\\" for character in text) or (parts.port or 1) <= 0:
        raise ValueError("no address of a SearXNG")
    root = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix('/search')}"
    try:
        host = parse_address(root).endpoint.host
    except AddressRefused as problem:
        raise ValueError("no address of a SearXNG") from problem
    if parts.scheme != written.strip().partition("://")[0].lower() and not _may_be_meant(host):
        raise ValueError("no address of a SearXNG")
    return root


def _may_be_meant(host: str) -> bool:
    """Whether one word without a scheme is more likely a host than something else that was typed there."""
    return host == "localhost" or "." in host or ":" in host


def _range(limits: WebLimits, today: date) -> str:
    """Return the shortest span up to today that holds the wanted dates; older ones are sorted out afterwards."""
    try:
        days = (today - date.fromisoformat(limits.since)).days
    except ValueError:
        return ""
    return next((name for most, name in _RANGES if days <= most), "")


def _failed(written: object) -> str:
    """Return the engines that did not answer it, with their reasons."""
    told = []
    for each in written if isinstance(written, list) else []:
        if isinstance(each, list) and each and isinstance(each[0], str):
            reason = plain(each[1], limit=60) if len(each) > 1 else ""
            told.append(f"{plain(each[0], limit=40)} ({reason})" if reason else plain(each[0], limit=40))
    return ", ".join(told[:5])
