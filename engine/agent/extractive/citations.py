"""Which of the passages that a sentence cites have to do with it: whoever cites everything for everything is heard out.

What is left out here is left out because it shares nothing with the sentence; whether the rest says it is for others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.agent.extractive.second_look import SecondLook
from engine.agent.extractive.similarity import content_terms
from engine.agent.roles import Brief
from engine.citations.checking.facts import Facts, facts_of
from engine.citations.checking.languages import language_of
from engine.counting import counted
from engine.domain import Claim, Passage

MOST_CONSIDERED = 64
"""Passages of a sentence, the nearest to its words, that are held against it."""
_MOST_KEPT = 12
_LITTLE = 0.25
"""Of the sentence's words: a passage that has less, and no figure of it, is no evidence for it by itself."""
_MUCH = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Citations that stay."""

    passages: tuple[Passage, ...]
    """Never none, in the order in which they were cited."""
    left_out: int = 0

    @property
    def words(self) -> str:
        """A remark about those that do not; empty where all stay."""
        return left_out_words(self.left_out)


def left_out_words(count: int) -> str:
    """Return a remark about citations that were left out; empty where there are none."""
    if not count:
        return ""
    verb = "was" if count == 1 else "were"
    return f"{counted(count, 'citation')} that {'does' if count == 1 else 'do'} not say this {verb} left out."


def considered(claim: Claim, cited: Sequence[Passage], brief: Brief, *, look: SecondLook) -> list[Passage]:
    """Return the passages of a claim that can be held against it: of very many, those nearest to its words, in that
    order.
    """
    if len(cited) <= MOST_CONSIDERED:
        return list(cited)
    own = {passage.id for passage in cited}
    near = [one for one in look.near(claim.text, brief, limit=len(brief.passages)) if one.id in own]
    chosen = {one.id: one for one in (*near[:MOST_CONSIDERED], *sorted(cited, key=_by_relevance))}
    return [*chosen.values()][:MOST_CONSIDERED]


def kept_by_looking(claim: Claim, cited: Sequence[Passage], brief: Brief, *, look: SecondLook) -> Kept:
    """Return the citations of a claim without those that share hardly a word and no figure with it.

    The first one of a quotation, which has its words, always stays.
    """
    if len(cited) == 1:
        return Kept(passages=tuple(cited))
    some = considered(claim, cited, brief, look=look)
    if claim.is_quotation and cited[0] not in some:
        some.insert(0, cited[0])
    words, facts = content_terms(claim.text), facts_of(claim.text)
    ranks = {passage.id: (_share(words, passage, brief), passage.relevance, -passage.id) for passage in some}

    def rank(passage: Passage) -> tuple[float, float, int]:
        return ranks[passage.id]

    def stays(passage: Passage) -> bool:
        if claim.is_quotation and passage is cited[0]:
            return True
        if not _is_comparable(claim.text, passage):
            return not (facts.figures or facts.moments) or _states_any(facts, passage)
        share = rank(passage)[0]
        return share >= _MUCH or (share >= _LITTLE and (not claim.is_quotation or _states_any(facts, passage)))

    kept = [passage for passage in some if stays(passage)] or [max(some, key=rank)]
    if len(kept) > _MOST_KEPT:
        first = kept[:1] if claim.is_quotation else []
        best = {passage.id for passage in [*first, *sorted(kept, key=rank, reverse=True)][:_MOST_KEPT]}
        kept = [passage for passage in kept if passage.id in best]
    return Kept(passages=tuple(kept), left_out=len(cited) - len(kept))


def _by_relevance(passage: Passage) -> tuple[float, int]:
    return -passage.relevance, passage.id


def _share(words: frozenset[str], passage: Passage, brief: Brief) -> float:
    """The share of a sentence's words that a passage has, its title and headings included."""
    if not words:
        return 1.0
    around = " ".join((brief.sources[passage.source_id].title, *passage.locator.section))
    of_its_own = words & content_terms(passage.quote)
    return len(words & (of_its_own | content_terms(around))) / len(words) if of_its_own else 0.0


def _states_any(facts: Facts, passage: Passage) -> bool:
    theirs = facts_of(passage.quote)
    return any(theirs.has_moment(one) for one in facts.moments) or any(theirs.has_figure(one) for one in facts.figures)


def _is_comparable(text: str, passage: Passage) -> bool:
    """Whether sentence and passage may be of one language, so that words can be compared."""
    mine, theirs = language_of(text), language_of(passage.quote)
    return not mine or not theirs or mine == theirs
