"""Finds the documents that answer a query: full-text search over segments, then a closer look at the best."""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from engine.domain import FolderId, Scope
from engine.library.archive import stored_text
from engine.library.index import title_terms
from engine.library.query import Frequency, Query, closeness, coverage, make_query
from engine.library.schema import CONTENT_OF, content_of
from engine.library.snippet import snippet
from engine.reading.stop_words import stop_terms
from engine.reading.terms import terms

_MAX_CHARACTERS = 60_000
_MAX_QUERY_TERMS = 10_000
_NAMES_AT_ONCE = 500
_SEGMENTS = 200
_LOOKED_AT = 40
_COLUMN_WEIGHTS = (4.0, 2.0, 1.0)
"""Of title, headings and body."""
_SAME_SHARE = 0.75
"""Of the words of two segments: those that share more say the same."""
_REPETITION_FACTOR = 0.7
_BASE, _COVERAGE, _CLOSENESS = 0.3, 0.7, 0.6
"""What a document's score is multiplied by: in any case, for how much of the question is there, for how close."""
_FURTHER = (1.0, 0.2, 0.1, 0.1, 0.05)
"""What a document's best, second, third … segment count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A document that answers, and the words that say so."""

    folder_id: FolderId
    path: str
    title: str
    snippet: str
    score: float


@dataclass(slots=True, kw_only=True)
class _Candidate:
    """A document, its best segment, and what it is worth so far."""

    content_id: int
    segment: int
    score: float
    title: str = ""
    text: str = ""
    text_hash: str = ""
    vocabulary: frozenset[str] = frozenset()


def find(connection: sqlite3.Connection, query: str, *, scope: Scope, limit: int) -> tuple[Hit, ...]:
    """Return the documents in the scope that answer best, best first, each once."""
    wanted = terms(query[:_MAX_CHARACTERS])
    known = _frequencies(connection, list(dict.fromkeys(wanted))[:_MAX_QUERY_TERMS])
    (segments,) = connection.execute("SELECT segments FROM totals").fetchone()
    plan = make_query(wanted, known, segments=segments, stop_terms=stop_terms())
    if plan is None or limit <= 0:
        return ()
    candidates = _candidates(connection, plan, scope)[: max(_LOOKED_AT, 2 * limit)]
    looked_at = _looked_at(connection, plan, candidates, limit=limit)
    candidates = _demote_repetitions(sorted(looked_at, key=lambda candidate: -candidate.score), limit=limit)
    return _hits(connection, plan, candidates, scope=scope, limit=limit)


def _frequencies(connection: sqlite3.Connection, names: list[str]) -> dict[str, Frequency]:
    found: dict[str, Frequency] = {}
    for start in range(0, len(names), _NAMES_AT_ONCE):
        some = names[start : start + _NAMES_AT_ONCE]
        rows = connection.execute(
            f"SELECT term, documents, segments FROM vocabulary WHERE term IN ({', '.join('?' * len(some))})", some
        )
        found.update((term, Frequency(documents=documents, segments=segments)) for term, documents, segments in rows)
    return found


def _candidates(connection: sqlite3.Connection, plan: Query, scope: Scope) -> list[_Candidate]:
    """Return the documents of the best segments, best first."""
    within, values = _within(connection, scope)
    rows = connection.execute(
        f"""SELECT found.rowid, -found.score * segments.weight / 100.0 AS weighed FROM (
            SELECT rowid, bm25(segments_fts, {", ".join(map(str, _COLUMN_WEIGHTS))}) AS score FROM segments_fts
            WHERE segments_fts MATCH ? {within} ORDER BY score LIMIT {_SEGMENTS}) AS found
        JOIN segments ON segments.id = found.rowid ORDER BY weighed DESC""",
        (plan.expression, *values),
    ).fetchall()
    candidates: dict[int, _Candidate] = {}
    counts: dict[int, int] = {}
    for segment, score in rows:
        content_id = content_of(segment)
        count = counts[content_id] = counts.get(content_id, 0) + 1
        if count == 1:
            candidates[content_id] = _Candidate(content_id=content_id, segment=segment, score=score)
        elif count <= len(_FURTHER):
            candidates[content_id].score += _FURTHER[count - 1] * score
    return sorted(candidates.values(), key=lambda candidate: -candidate.score)


def _within(connection: sqlite3.Connection, scope: Scope) -> tuple[str, Sequence[str]]:
    """Return the condition that leaves out other folders, and what is in the index but in no folder any more."""
    if scope.folders:
        marks = ", ".join("?" * len(scope.folders))
        return f"AND {CONTENT_OF} IN (SELECT content_id FROM documents WHERE folder_id IN ({marks}))", scope.folders
    if connection.execute("SELECT EXISTS (SELECT 1 FROM orphans)").fetchone()[0]:
        return f"AND {CONTENT_OF} NOT IN (SELECT content_id FROM orphans)", ()
    return "", ()


def _looked_at(
    connection: sqlite3.Connection, plan: Query, candidates: list[_Candidate], *, limit: int
) -> list[_Candidate]:
    """Return the candidates in their order, each weighed again, until no further one can be among the best."""
    best: list[float] = []
    for number, candidate in enumerate(candidates):
        if number > limit and candidate.score * (_BASE + _COVERAGE + _CLOSENESS) <= best[0]:
            return candidates[:number]
        _look_closer(connection, plan, candidate)
        heapq.heappush(best, candidate.score)
        if len(best) > limit:
            heapq.heappop(best)
    return candidates


def _look_closer(connection: sqlite3.Connection, plan: Query, candidate: _Candidate) -> None:
    """Weigh a document again by how much of the question its best segment has, and how close together."""
    start, end, headings, candidate.title, name, candidate.text_hash = connection.execute(
        """SELECT start, end, headings, title, name, text_hash FROM segments, contents
        WHERE segments.id = ? AND contents.id = ?""",
        (candidate.segment, candidate.content_id),
    ).fetchone()
    candidate.text = stored_text(connection, candidate.content_id, start=start, end=end)
    body = terms(candidate.text)
    candidate.vocabulary = frozenset(body)
    found = title_terms(candidate.title, name) + terms(headings) + body
    candidate.score *= _BASE + _COVERAGE * coverage(plan, found) + _CLOSENESS * closeness(plan, found)


def _demote_repetitions(candidates: list[_Candidate], *, limit: int) -> list[_Candidate]:
    """Put what says nearly the same as a better result, such as a page and its source, behind other results."""
    told: list[frozenset[str]] = []
    for candidate in candidates:
        if len(told) >= limit:
            break
        words = candidate.vocabulary
        if any(len(words & other) > _SAME_SHARE * len(words | other) for other in told):
            candidate.score *= _REPETITION_FACTOR
        else:
            told.append(words)
    return sorted(candidates, key=lambda candidate: -candidate.score)


def _hits(
    connection: sqlite3.Connection, plan: Query, candidates: list[_Candidate], *, scope: Scope, limit: int
) -> tuple[Hit, ...]:
    hits: list[Hit] = []
    texts: set[str] = set()
    for candidate in candidates:
        if len(hits) == limit:
            break
        place = _place(connection, candidate.content_id, scope)
        if place is None or candidate.text_hash in texts:
            continue
        texts.add(candidate.text_hash)
        hits.append(
            Hit(
                folder_id=FolderId(place[0]),
                path=place[1],
                title=candidate.title,
                snippet=snippet(candidate.text, plan.weights),
                score=candidate.score,
            )
        )
    return tuple(hits)


def _place(connection: sqlite3.Connection, content_id: int, scope: Scope) -> tuple[str, str] | None:
    """Return folder and path of one of the files with this content, rather one that is there."""
    rows = connection.execute(
        """SELECT folder_id, documents.path FROM documents JOIN folders ON folders.id = folder_id
        WHERE content_id = ? ORDER BY is_available DESC, length(documents.path), documents.path""",
        (content_id,),
    )
    return next(((folder, path) for folder, path in rows if not scope.folders or folder in scope.folders), None)
