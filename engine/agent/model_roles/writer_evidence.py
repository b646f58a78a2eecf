"""Which passages each part of a report is written from: the best of them, as many as a prompt has room for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.agent.episode_state import Episode
from engine.agent.model_roles.asking import shown, tokens_in
from engine.agent.roles import Brief
from engine.domain import Passage, PassageId, Source, SourceId, SubQuestionId

TITLE_CHARACTERS = 80
PASSAGE_TOKENS = 2_400
"""Of the passages in one prompt, about, however much room there is: more costs time and dilutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found on one sub-question."""

    title: str
    subquestion_id: SubQuestionId | None
    """None for what belongs to no sub-question that is known."""
    passages: tuple[Passage, ...]
    """The most relevant first."""


def found_in(brief: Brief) -> tuple[Found, ...]:
    """Return the evidence of a brief by sub-question, in their order; those without any are left out."""
    by_number: dict[SubQuestionId, list[Passage]] = {one.subquestion.id: [] for one in brief.episodes}
    others: list[Passage] = []
    for passage in brief.passages.values():
        if passage.source_id in brief.sources:
            by_number.get(passage.subquestion_id, others).append(passage)
    found = [
        Found(title=one.subquestion.text, subquestion_id=one.subquestion.id, passages=_best_first(passages))
        for one in brief.episodes
        if (passages := by_number[one.subquestion.id])
    ]
    if others:
        found.append(Found(title=brief.question, subquestion_id=None, passages=_best_first(others)))
    return tuple(found)


def passages_in(brief: Brief, numbers: Sequence[PassageId]) -> list[Passage]:
    """Return the passages of those numbers that exist and have a source, in order, each once."""
    known = (brief.passages[number] for number in dict.fromkeys(numbers) if number in brief.passages)
    return [passage for passage in known if passage.source_id in brief.sources]


def fitting(passages: Sequence[Passage], sources: Mapping[SourceId, Source], *, room: int) -> list[Passage]:
    """Return the first passages that fill about so many tokens; at least one where there is one."""
    left = min(PASSAGE_TOKENS, room)
    chosen: list[Passage] = []
    for passage in passages:
        left -= tokens_in(passage_line(passage, sources))
        if left < 0 and chosen:
            break
        chosen.append(passage)
    return chosen


def passage_line(passage: Passage, sources: Mapping[SourceId, Source], *, limit: int = 0) -> str:
    """Return how a passage stands in a prompt; cut after so many characters, if a limit is given."""
    title = shown(sources[passage.source_id].title, limit=TITLE_CHARACTERS)
    return f"[{passage.id}] {f'({title}) ' if title else ''}{shown(passage.quote, limit=limit)}"


def episode_of(brief: Brief, subquestion_id: SubQuestionId | None) -> Episode | None:
    """Return the work on a sub-question; None where there is none."""
    return next((one for one in brief.episodes if one.subquestion.id == subquestion_id), None)


def has_found(episode: Episode | None) -> bool:
    """Whether the work on a sub-question established an answer, as far as is known."""
    return episode is None or episode.ended is None or episode.ended.found


def _best_first(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    return tuple(sorted(passages, key=lambda passage: (-passage.relevance, passage.id)))
