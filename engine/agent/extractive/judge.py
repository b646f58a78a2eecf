"""The judge without a language model: checks what can be checked by looking, and never more than that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from engine.agent.checks import checked, finding_words
from engine.agent.extractive.agreement import Comparison
from engine.agent.extractive.citations import Kept, kept_by_looking
from engine.agent.extractive.second_look import SecondLook, against, otherwise_words
from engine.agent.extractive.similarity import content_terms
from engine.agent.extractive.titles import title_of, titles_of
from engine.agent.roles import Brief
from engine.citations.checking.facts import facts_of
from engine.citations.checking.units import unit_after
from engine.domain import Claim, ClaimState, Passage, PassageId

UNREAD = "It cites nothing that was read."
TOO_LONG = "It is too long, or has too many figures, to be checked as a whole."
_MOST_WORDS_TOLD = 5


class ExtractiveJudge:
    """Compares a claim with its passages by words, figures and names. Deterministic."""

    def __init__(self, look: SecondLook | None = None) -> None:
        self._look = look or SecondLook()

    def check(self, claim: Claim, brief: Brief) -> Claim:
        """Return the claim with its state and, where the state needs one, a remark."""
        cited = cited_passages(claim, brief)
        if cited is None:
            return failed(claim, ClaimState.UNSUPPORTED, UNREAD)
        if claim.is_quotation and claim.text not in cited[0].quote:
            return failed(claim, ClaimState.UNSUPPORTED, "The words are not those of the passage.")
        kept = kept_by_looking(claim, cited, brief, look=self._look)
        if not claim.is_quotation:
            found = checked(claim.text, kept.passages, brief)
            if found.findings:
                state = ClaimState.UNSUPPORTED if found.is_everything else ClaimState.PARTLY
                return failed(claim, state, finding_words(found.findings, passages=len(kept.passages)))
            if not found.is_whole:
                return failed(claim, ClaimState.PARTLY, TOO_LONG)
            if words := _words_of_its_own(claim.text, kept.passages, brief):
                return failed(claim, ClaimState.UNCHECKED, _unjudged_words(words))
        return self._compared(claim, kept, brief)

    def _compared(self, claim: Claim, kept: Kept, brief: Brief) -> Claim:
        own = kept.passages
        comparison = self._look.compared(claim.text, own[0], brief)
        rivals = self._look.rivals(claim.text, own, brief, comparison=comparison)
        agreeing = tuple(number for number in comparison.agreeing if number not in against(rivals))
        documents = {brief.sources[passage.source_id].text_hash for passage in own}
        if rivals:
            state, remarks = ClaimState.CONTRADICTED, [otherwise_words(rivals, own[0], brief)]
        elif agreeing or (len(documents) > 1 and not claim.is_quotation):
            state, remarks = ClaimState.SUPPORTED, [_agreeing_words(agreeing, brief)]
        else:
            state, remarks = ClaimState.SINGLE_SOURCE, []
        if not rivals:
            remarks.append(_copied_words(comparison, own[0], brief))
        witnesses = [*own, *(brief.passages[number] for number in agreeing)]
        return replace(
            claim,
            state=state,
            passages=tuple(passage.id for passage in own),
            agreeing=agreeing,
            against=against(rivals),
            lone_figures=self._look.lone_figures(claim.text, witnesses, brief),
            remark=" ".join(remark for remark in (*remarks, kept.words) if remark),
        )


def cited_passages(claim: Claim, brief: Brief) -> list[Passage] | None:
    """Return the passages that a claim cites; None where it cites none, or something that was not read."""
    cited = [
        brief.passages[number]
        for number in dict.fromkeys(claim.passages)
        if number in brief.passages and brief.passages[number].source_id in brief.sources
    ]
    return cited if cited and len(cited) == len(set(claim.passages)) else None


def _words_of_its_own(text: str, passages: Sequence[Passage], brief: Brief) -> list[str]:
    """Return the telling words of a sentence that neither its passages nor what they stand under have.

    Figures and names are looked at elsewhere. What is said in other words only a language model can judge.
    """
    held = content_terms(brief.question)
    for passage in passages:
        above = " ".join((brief.sources[passage.source_id].title, *passage.locator.section))
        held |= content_terms(passage.quote) | content_terms(above)
    if any(" ".join(text.split()) in " ".join(passage.quote.split()) for passage in passages):
        return []
    facts = facts_of(text)
    words = dict.fromkeys(re.findall(r"\w+", facts.rest))
    own = [word for word in words if not word[0].isdigit() and not content_terms(word) <= held]
    # Figures were compared with their units, which may be written in another way.
    return [word for word in own if not facts.figures or unit_after(word, 0)[0] is None]


def _unjudged_words(words: Sequence[str]) -> str:
    told = ", ".join(f"“{word}”" for word in words[:_MOST_WORDS_TOLD])
    return (
        "Its figures, dates and names stand in its passages. Whether they say the rest, no language model has judged; "
        f"words of its own: {told}."
    )


def failed(claim: Claim, state: ClaimState, *remarks: str) -> Claim:
    """Return a claim that its passages do not say, without what only one that is said has."""
    return replace(
        claim,
        state=state,
        agreeing=(),
        against=(),
        lone_figures=(),
        support=None,
        remark=" ".join(remark for remark in remarks if remark),
    )


def _agreeing_words(agreeing: Sequence[PassageId], brief: Brief) -> str:
    titles = _titles([brief.passages[number] for number in agreeing], brief)
    return f"{titles} {'say' if len(agreeing) > 1 else 'says'} the same." if titles else ""


def _copied_words(comparison: Comparison, own: Passage, brief: Brief) -> str:
    passages = [brief.passages[number] for number in comparison.copies]
    copies = titles_of([own, *passages], brief)[1:]
    also = _joined(list(dict.fromkeys(copies)))
    return f"Also, nearly word for word, in {also}; a copy does not count as a second source." if also else ""


def _titles(passages: Sequence[Passage], brief: Brief) -> str:
    return _joined(list(dict.fromkeys(title_of(passage, brief) for passage in passages)))


def _joined(titles: Sequence[str]) -> str:
    if len(titles) > 3:
        return f"{', '.join(titles[:2])} and {len(titles) - 2} more"
    return " and ".join(titles)
