"""Makes one list of the answers of several engines: within the limits, each page once, the best first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from engine.domain import SearchResult, WebLimits
from engine.search.canonical import canonical, domain, host_of, is_in
from engine.search.dates import is_within
from engine.search.plain import plain
from engine.search.provider import Found

_RRF_K = 60.0
"""Of reciprocal rank fusion (Cormack, Clarke and Buettcher, 2009): score = Σ 1 / (k + rank)."""
_LONGEST_ADDRESS = 2_000
_WORD = re.compile(r"\w+")
_SITE_SUFFIX = re.compile(r"\s+[|–—·-]\s+[^|–—·-]{2,40}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineAnswer:
    """What one engine found, the best first."""

    engine: str
    """For people."""
    found: tuple[Found, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The results, and how many there were outside of the limits."""

    results: tuple[SearchResult, ...]
    outside: int = 0


@dataclass(frozen=True, slots=True)
class _Page:
    key: str
    best: Found
    rank: float
    """Of the engine that has it highest, in thousandths of a place when weights differ."""
    score: float
    engines: tuple[str, ...]
    title_words: tuple[str, ...]
    snippet_words: frozenset[tuple[str, ...]]


def merged(answers: Sequence[EngineAnswer], *, limits: WebLimits, limit: int) -> Merged:
    """Return the results of several engines as one list.

    Args:
        answers: in any order; of equal results, those of an earlier answer come first.
        limits: what lies outside of them is left out, whatever the engines made of them.
        limit: of results.
    """
    pages: dict[str, _Page] = {}
    outside = 0
    for answer in answers:
        rank = 0
        for found in answer.found:
            if not _is_web_address(found.address):
                continue
            if not is_wanted(found, limits):
                outside += 1
                continue
            rank += 1
            _add(pages, found, engine=answer.engine, rank=rank, weight=answer.weight)
    kept = _without_copies(sorted(pages.values(), key=lambda page: -page.score))
    preferred = tuple(domain(each) for each in limits.preferred)
    ordered = sorted(kept, key=lambda page: (not is_in(host_of(page.best.address), preferred), -page.score))
    return Merged(results=tuple(_result(page) for page in ordered[:limit]), outside=outside)


def is_wanted(found: Found, limits: WebLimits) -> bool:
    """Whether a result lies within what the person wants of the web, as far as can be told."""
    host = host_of(found.address)
    if limits.only and not is_in(host, tuple(domain(each) for each in limits.only)):
        return False
    if is_in(host, tuple(domain(each) for each in limits.never)):
        return False
    return is_within(found.published, since=limits.since, until=limits.until)


def _add(pages: dict[str, _Page], found: Found, *, engine: str, rank: int, weight: float) -> None:
    key = canonical(found.address)
    score = weight / (_RRF_K + rank)
    before = pages.get(key)
    if before is None:
        pages[key] = _Page(key, found, rank, score, (engine,), _title_words(found.title), _shingles(found.snippet))
    elif engine not in before.engines:
        pages[key] = replace(
            _joined(before, found, rank), score=before.score + score, engines=(*before.engines, engine)
        )


def _joined(page: _Page, found: Found, rank: float) -> _Page:
    """Return a page with what another engine knows of it: its address stays that of the engine that has it higher."""
    better, other = (found, page.best) if rank < page.rank else (page.best, found)
    best = replace(
        better,
        address=other.address if _is_safer(other.address, better.address) else better.address,
        snippet=max(better.snippet, other.snippet, key=len),
        published=max(better.published, other.published, key=len),
        site=better.site or other.site,
    )
    return replace(
        page,
        best=best,
        rank=min(rank, page.rank),
        title_words=_title_words(best.title),
        snippet_words=_shingles(best.snippet),
    )


def _is_safer(one: str, other: str) -> bool:
    return one.startswith("https:") and other.startswith("http:")


def _without_copies(pages: Sequence[_Page]) -> list[_Page]:
    """Return the pages, best first, with those that say the same in the same words merged into the better one."""
    kept: list[_Page] = []
    for page in pages:
        for place, other in enumerate(kept):
            if _is_copy(page, other):
                more = tuple(engine for engine in page.engines if engine not in other.engines)
                kept[place] = replace(
                    other,
                    best=replace(
                        other.best,
                        snippet=other.best.snippet or page.best.snippet,
                        published=other.best.published or page.best.published,
                    ),
                    # The same text at a second place is no second opinion, unless another engine holds it.
                    score=other.score + (page.score if more else 0.0),
                    engines=other.engines + more,
                )
                break
        else:
            kept.append(page)
    return sorted(kept, key=lambda page: -page.score)


def _is_copy(one: _Page, other: _Page) -> bool:
    if one.best.published and other.best.published and one.best.published[:4] != other.best.published[:4]:
        return False
    if _numbers(one.title_words) != _numbers(other.title_words):
        return False
    same_title = one.title_words == other.title_words
    alike = _likeness(one.snippet_words, other.snippet_words)
    if same_title and len(one.title_words) >= 5 and not (one.snippet_words and other.snippet_words):
        return True
    if same_title and len(one.title_words) >= 2:
        return alike >= 0.6
    few = min(len(one.snippet_words), len(other.snippet_words))
    return few >= 12 and alike >= 0.9 and _likeness(frozenset(one.title_words), frozenset(other.title_words)) >= 0.5


def _likeness(one: frozenset[object] | frozenset[tuple[str, ...]], other: frozenset[object] | frozenset[str]) -> float:
    """Return the share of what both have in what either has, from 0 to 1."""
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0


def _numbers(words: tuple[str, ...]) -> frozenset[str]:
    """Return what tells one edition or part from the next."""
    return frozenset(word for word in words if any(character.isdigit() for character in word))


def _title_words(title: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(_SITE_SUFFIX.sub("", title).casefold()))


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    return frozenset(tuple(words[start : start + 3]) for start in range(len(words) - 2))


def _is_web_address(address: str) -> bool:
    if len(address) > _LONGEST_ADDRESS or not address.startswith(("http://", "https://")):
        return False
    if any(character <= " " or character in '<>"\\\x7f' or "\ud800" <= character <= "\udfff" for character in address):
        return False
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.username is None and parts.password is None and (parts.port or 1) > 0
    except ValueError:
        return False


def _result(page: _Page) -> SearchResult:
    found = page.best
    return SearchResult(
        address=found.address,
        title=plain(found.title, limit=300) or found.address,
        snippet=plain(found.snippet, limit=500),
        score=page.score,
        site=found.site or host_of(found.address).removeprefix("www."),
        published=found.published,
        engines=page.engines,
    )
