"""Passages that a run found for something else and that answer a further question as well.

Readers select nothing twice, so what answers a later question may have been selected long before it was asked.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from engine.agent.extractive.keys import keys_for
from engine.agent.extractive.question import analyse
from engine.agent.extractive.relevance import ANSWERING
from engine.agent.extractive.units import units_of
from engine.agent.roles import Brief
from engine.domain import Passage, SubQuestionId
from engine.reading.ranking import TermStatistics

_MOST_LOOKED_AT = 400
_MOST = 20
_OWN_SHARE = 0.65
"""Of the score of a unit, what it says itself; the rest is what its passage was found worth for another question."""


def earlier_passages(
    question: str, brief: Brief, statistics: TermStatistics, *, besides: Collection[SubQuestionId]
) -> tuple[Passage, ...]:
    """Return the passages that answer a question, the best first; ``relevance`` is that for this question.

    Args:
        question: the further one.
        brief: all evidence.
        statistics: how common words are where was searched.
        besides: sub-questions whose passages are known to be on it.
    """
    analysed = analyse(question)
    keys = keys_for(analysed, statistics)
    if not keys:
        return ()
    others = [
        passage
        for passage in brief.passages.values()
        if passage.subquestion_id not in besides and passage.source_id in brief.sources
    ]
    found: list[Passage] = []
    for passage in sorted(others, key=lambda one: (-one.relevance, one.id))[:_MOST_LOOKED_AT]:
        bare = replace(passage, relevance=0.0)
        source = brief.sources[passage.source_id]
        score = max((unit.score for unit in units_of(bare, source, analysed, keys, bonus=0.0)), default=0.0)
        if score >= _OWN_SHARE * ANSWERING:
            found.append(replace(passage, relevance=round(score / _OWN_SHARE, 3)))
    return tuple(sorted(found, key=lambda one: (-one.relevance, one.id))[:_MOST])
