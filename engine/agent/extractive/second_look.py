"""What the rest of the evidence means for a sentence that its passages say: who says otherwise, who else says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.agent.extractive.agreement import Comparison, compare
from engine.agent.extractive.near_passages import NearPassages
from engine.agent.extractive.similarity import content_terms, overlap
from engine.agent.extractive.titles import titles_of
from engine.agent.extractive.witnesses import is_same_document, is_same_witness, witness_groups
from engine.agent.roles import Brief
from engine.citations.checking.clashes import clash_of, share_a_name
from engine.citations.checking.statements import KIND_OF_AMOUNT, words_of
from engine.citations.lone_figures import has_figures, lone_figures
from engine.domain import Passage, PassageId

_MOST_COMPARED = 60
_LEAST_COMPARED = 0.15
_MOST_RIVALS = 30
"""Passages that are held against a sentence, in search of another figure."""
_LEAST_RIVAL = 0.4
"""Of the sentence's telling words, that such a passage must have."""
_MOST_SHOWN = 4
"""Sources that say otherwise, that are named."""
_MOST_STATING = 30
_LEAST_STATING = 0.4
_SAME_TITLE = 0.5
_LEAST_ASKED = 2
"""Words of the question that two sentences must have to be of one subject: more than “the bridge”."""
_SHOWN_CHARACTERS = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """A passage that says otherwise."""

    passage: Passage
    held: str
    """The figure or date that it has, or the whole sentence."""
    said: str = ""
    """What the sentence has in its place; empty where ``held`` is a whole sentence."""


class SecondLook:
    """Looks at the other passages of a run. Keeps what it has learnt of them from one sentence to the next."""

    def __init__(self) -> None:
        self._near = NearPassages()

    def compared(self, text: str, passage: Passage, brief: Brief) -> Comparison:
        """Return which other sources agree with a text that is taken from a passage, copy it, or contradict it."""
        among = self._near.near(text, brief, limit=_MOST_COMPARED, least=_LEAST_COMPARED)
        return compare(text, passage, brief, among=among)

    def near(self, text: str, brief: Brief, *, limit: int, least: float = 0.0) -> list[Passage]:
        """Return the passages that speak of the same, the nearest first."""
        return self._near.near(text, brief, limit=limit, least=least)

    def rivals(self, text: str, own: Sequence[Passage], brief: Brief, *, comparison: Comparison) -> tuple[Rival, ...]:
        """Return passages of other sources that contradict a sentence, one of a source.

        Args:
            text: the sentence.
            own: the passages that it rests on.
            brief: the evidence.
            comparison: what ``compared`` has found already.
        """
        found: dict[str, Rival] = {}
        sources = [brief.sources[passage.source_id] for passage in own]
        if has_figures(text):
            near = self._near.near(text, brief, limit=_MOST_RIVALS, least=_LEAST_RIVAL, prefers_numbers=False)
            for passage in near:
                source = brief.sources[passage.source_id]
                if source.text_hash in found or any(is_same_document(source, other) for other in sources):
                    continue
                alike = [other for other in own if _have_like_titles(passage, other, brief)]
                subject = [brief.sources[one.source_id].title for one in (passage, *alike)] if alike else ()
                clash = clash_of(text, passage.quote, is_same_subject=True, subject=subject)
                if clash is not None and (alike or _are_of_one_subject(text, clash.sentence, brief)):
                    found[source.text_hash] = Rival(passage=passage, said=clash.said, held=clash.held)
        for number, sentence in comparison.conflicting:
            passage = brief.passages[number]
            source = brief.sources[passage.source_id]
            if not any(is_same_document(source, other) for other in sources):
                found.setdefault(source.text_hash, Rival(passage=passage, held=sentence))
        return tuple(found.values())[:_MOST_SHOWN]

    def lone_figures(self, text: str, own: Sequence[Passage], brief: Brief) -> tuple[str, ...]:
        """Return the figures of a sentence that one site or document states and no other passage about the same."""
        if not has_figures(text):
            return ()
        others = self._near.near(text, brief, limit=_MOST_STATING, least=_LEAST_STATING)
        passages = [*{passage.id: passage for passage in (*own, *others)}.values()]

        def witnesses(indexes: Sequence[int]) -> int:
            return len(witness_groups([passages[index] for index in indexes], brief, by_site=True))

        asked = [brief.question, *(episode.subquestion.text for episode in brief.episodes)]
        return lone_figures(text, [passage.quote for passage in passages], count_witnesses=witnesses, asked=asked)


def otherwise_words(rivals: Sequence[Rival], own: Passage, brief: Brief) -> str:
    """Return a remark that names both sides."""
    mine, *theirs = titles_of([own, *(rival.passage for rival in rivals)], brief)
    first = rivals[0]
    if first.said:
        words = f"{mine} says {first.said}, {theirs[0]} says {first.held}."
    else:
        words = f"{theirs[0]} says otherwise than {mine}: “{_shortened(first.held)}”"
    if more := len(rivals) - 1:
        words += f" So does {theirs[1]}." if more == 1 else f" So do {more} more."
    return words


def against(rivals: Sequence[Rival]) -> tuple[PassageId, ...]:
    """Return the passages of rivals."""
    return tuple(rival.passage.id for rival in rivals)


def distinct(rivals: Sequence[Rival]) -> tuple[Rival, ...]:
    """Return rivals, one of a passage, as many as are named."""
    return tuple({rival.passage.id: rival for rival in reversed(rivals)}.values())[::-1][:_MOST_SHOWN]


def other_documents(passages: Sequence[Passage], own: Sequence[Passage], brief: Brief) -> list[Passage]:
    """Return the passages that are of other witnesses than some, one of a witness, in their order."""
    chosen: list[Passage] = []
    for passage in passages:
        if not any(is_same_witness(passage, other, brief) for other in (*own, *chosen)):
            chosen.append(passage)
    return chosen


def _are_of_one_subject(text: str, sentence: str, brief: Brief) -> bool:
    """Whether two sentences share a name, or what the question is about."""
    if share_a_name(text, sentence):
        return True
    asked = (brief.question, *(episode.subquestion.text for episode in brief.episodes))
    shared = {word for word in words_of(text) & words_of(sentence) if word[0] != KIND_OF_AMOUNT}
    return any(len(shared & words_of(question)) >= _LEAST_ASKED for question in asked)


def _have_like_titles(one: Passage, other: Passage, brief: Brief) -> bool:
    titles = (content_terms(brief.sources[passage.source_id].title) for passage in (one, other))
    return overlap(*titles) >= _SAME_TITLE


def _shortened(sentence: str) -> str:
    flat = " ".join(sentence.split())
    return flat if len(flat) <= _SHOWN_CHARACTERS else f"{flat[: _SHOWN_CHARACTERS - 1].rstrip()}…"
