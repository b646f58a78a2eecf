"""The policy without a language model: search, read the most promising results, stop in time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from engine.agent.episode_state import Episode
from engine.agent.extractive.evidence import kind_evidence
from engine.agent.extractive.question import Question, analyse
from engine.agent.extractive.relevance import ANSWERING
from engine.agent.extractive.similarity import is_page_source, twin_keys
from engine.agent.extractive.tongues import is_foreign
from engine.agent.roles import Action, Browse, Conclude, EpisodeView, Search
from engine.agent.typed import without_addresses
from engine.counting import counted
from engine.domain import Passage, Side
from engine.reading.terms import terms

_QUERIES_AT_ONCE = 3
_PAGES_AT_ONCE = 3
_STRONG = 0.7
"""Relevance from which a passage is taken for an answer."""
_BARREN_READS = 3
"""Sources without anything new, one after the other, after which other words are tried."""
_RANK_SMOOTHING = 5
_FULL_QUERY_WORDS = 3
"""Queries of fewer words find more by chance."""
_INDEX_FACTOR = 0.3
_TWIN_FACTOR = 0.05
"""Of a document that was read in another form: it says nothing new."""
_SOURCE_FACTOR = 0.5
_FOREIGN_FACTOR = 0.15
"""Of a document in another language than the question: it is read where little is found in that one."""
_VERY_STRONG = 0.85
_CACHED_PROMISES = 2_048
_EMPTY_TITLES = ("index", "contents", "table of contents", "search", "changelog", "sitemap", "bibliography")


class ExtractivePolicy:
    """Chooses the next step from what the episode has brought so far. Deterministic, keeps nothing itself."""

    def next_action(self, view: EpisodeView) -> Action:
        """Return the next search, the next result to open, or the end of the episode."""
        episode, budget = view.episode, view.budget
        queries = _unused_queries(episode, limit=budget.searches_per_episode)
        if not episode.searches:
            if queries:
                return Search(queries=queries, reason="The words of the question, the most telling first.")
            return Conclude(found=False, reason="There is nothing in the question to search for.")
        if _is_answered(view):
            return Conclude(found=True, reason=_answered_reason(episode))
        opened = len(episode.read) + len(episode.failed)
        candidates = _unread(view)
        if opened >= budget.sources_per_episode:
            return _concluded(episode, _all_tried(episode))
        if queries and (not candidates or _barren_reads(episode) >= _BARREN_READS * len(episode.searches)):
            return Search(queries=queries, reason=_other_words_reason(episode))
        if not candidates:
            return _concluded(episode, "Everything new that the searches found has been read")
        if not queries and _barren_reads(episode) >= 2 * _BARREN_READS:
            return _concluded(episode, "The last sources had nothing new")
        return Browse(address=candidates[0], also=_together(view, candidates), reason=_browse_reason(episode))


def _together(view: EpisodeView, candidates: Sequence[str]) -> tuple[str, ...]:
    """Pages to be opened in the same step: those of the web are waited for, and that is done for several at once."""
    if view.episode.subquestion.side is not Side.WEB:
        return ()
    opened = len(view.episode.read) + len(view.episode.failed)
    return tuple(candidates[1 : min(_PAGES_AT_ONCE, view.budget.sources_per_episode - opened)])


def _unused_queries(episode: Episode, *, limit: int) -> tuple[str, ...]:
    ran = {search.query for search in episode.searches}
    queries = episode.subquestion.queries or (without_addresses(episode.subquestion.text),)
    left = [query for query in dict.fromkeys(queries) if query not in ran and query.strip()]
    return tuple(left[: max(0, min(_QUERIES_AT_ONCE, limit - len(episode.searches)))])


def _unread(view: EpisodeView) -> list[str]:
    """Addresses not opened yet, those first that several searches put high and whose snippets promise an answer."""
    episode = view.episode
    question = analyse(episode.subquestion.text)
    opened = {reading.source.address for reading in episode.read} | {failure.address for failure in episode.failed}
    scores: dict[str, float] = {}
    promises: dict[str, float] = {}
    titles: dict[str, str] = {}
    foreign: set[str] = set()
    for search in episode.searches:
        weight = min(1.0, len(search.query.split()) / _FULL_QUERY_WORDS)
        for position, result in enumerate(search.results):
            factor = weight * (_INDEX_FACTOR if _names_an_index(result.title) else 1.0)
            scores[result.address] = scores.get(result.address, 0.0) + factor / (_RANK_SMOOTHING + position)
            shown = f"{result.title}\n{result.snippet}"
            promise = _promise(shown, question)
            if is_foreign(shown, question.text):
                foreign.add(result.address)
            promises[result.address] = max(promises.get(result.address, 0.0), promise)
            titles[result.address] = result.title
    keys = {address: twin_keys(address, title) for address, title in titles.items()}
    seen = {key for reading in episode.read for key in keys.get(reading.source.address, ())}
    left = [
        address
        for address in scores
        if not (
            address in opened
            or address in view.skipped
            or (is_page_source(address) and not keys[address].isdisjoint(seen))
        )
    ]
    worth = {
        address: scores[address] * (0.5 + promises[address]) * (_FOREIGN_FACTOR if address in foreign else 1.0)
        for address in left
    }
    for address in left:
        if not keys[address].isdisjoint(seen):
            worth[address] *= _TWIN_FACTOR
        elif is_page_source(address):
            pages = [page for page in left if not is_page_source(page) and not keys[page].isdisjoint(keys[address])]
            for page in pages[:1]:
                worth[page] = max(worth[page], worth[address])
                worth[address] *= _SOURCE_FACTOR
    return sorted(left, key=lambda address: -worth[address])


@lru_cache(maxsize=_CACHED_PROMISES)
def _promise(text: str, question: Question) -> float:
    """How much of the question a search result shows already, 0 to 1."""
    words = [word for word in question.words if not word.is_weak] or list(question.words)
    found = set(terms(text))
    share = sum(any(term in found for term in word.terms) for word in words) / max(1, len(words))
    return 0.6 * share + 0.4 * kind_evidence(text, question)


def _names_an_index(title: str) -> bool:
    folded = title.casefold().strip()
    return any(folded == name or folded.startswith((f"{name} ", f"{name}:", f"{name} —")) for name in _EMPTY_TITLES)


def _strong(episode: Episode) -> list[Passage]:
    return [passage for passage in episode.passages if passage.relevance >= _STRONG]


def _is_answered(view: EpisodeView) -> bool:
    """Enough was looked at to trust the choice, and two sources have an answer in them."""
    sure = {passage.source_id for passage in view.episode.passages if passage.relevance >= _VERY_STRONG}
    return len(sure) >= 3 and len(view.episode.read) >= max(3, view.budget.sources_per_episode // 2)


def _answered_reason(episode: Episode) -> str:
    sources = len({passage.source_id for passage in episode.passages})
    return f"{counted(sources, 'source')} have an answer."


def _barren_reads(episode: Episode) -> int:
    count = 0
    for reading in reversed(episode.read):
        if reading.passages:
            break
        count += 1
    return count


def _concluded(episode: Episode, why: str) -> Conclude:
    passages = episode.passages
    if not passages:
        return Conclude(found=False, reason=f"{why}. {_none_of(episode)}" if episode.read else f"{why}.")
    if _strong(episode):
        return Conclude(found=True, reason=f"{why}. There is an answer among what was read.")
    if any(passage.relevance >= ANSWERING for passage in passages):
        return Conclude(found=True, reason=f"{why}. What was read may answer it.")
    return Conclude(found=False, reason=f"{why}. What was read is only near the question.")


def _none_of(episode: Episode) -> str:
    return "None of what was read is relevant." if episode.failed else "None of it is relevant."


def _all_tried(episode: Episode) -> str:
    if not episode.failed:
        return f"Read {counted(len(episode.read), 'source')}, the most for one question"
    tried = counted(len(episode.read) + len(episode.failed), "source")
    return f"Tried {tried}, the most for one question; {len(episode.failed)} of them could not be read"


def _other_words_reason(episode: Episode) -> str:
    if not any(search.results for search in episode.searches):
        return "Nothing was found; trying other words."
    if not episode.passages:
        return "Nothing relevant was in what was read; trying other words."
    return "The last sources had nothing new; trying other words."


def _browse_reason(episode: Episode) -> str:
    strong = _strong(episode)
    if not episode.read:
        return "The most promising result."
    if not episode.passages:
        return "Nothing relevant so far; the next most promising result."
    if not strong:
        return "Nothing clear so far; the next most promising result."
    return "Looking for a second source."
