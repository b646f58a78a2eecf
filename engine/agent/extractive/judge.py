"""The judge without a language model: checks what can be checked by looking, and never more than that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import unquote

from engine.agent.extractive.agreement import compare
from engine.agent.extractive.facts import names, quantities
from engine.agent.roles import Brief
from engine.domain import Claim, ClaimState, Passage, PassageId


class ExtractiveJudge:
    """Compares a claim with its passages by words, numbers and names. Deterministic."""

    def check(self, claim: Claim, brief: Brief) -> Claim:
        """Return the claim with its state and, where the state needs one, a remark."""
        cited = [brief.passages[passage] for passage in claim.passages if passage in brief.passages]
        if not cited or len(cited) < len(claim.passages) or any(p.source_id not in brief.sources for p in cited):
            return replace(claim, state=ClaimState.UNSUPPORTED, agreeing=(), remark="It cites nothing that was read.")
        if claim.is_quotation and claim.text not in cited[0].quote:
            return replace(
                claim, state=ClaimState.UNSUPPORTED, agreeing=(), remark="The words are not those of the passage."
            )
        if not claim.is_quotation and (problem := _missing_facts(claim.text, cited)):
            state, remark = problem
            return replace(claim, state=state, agreeing=(), remark=remark)
        return _compared(claim, cited, brief)


def _missing_facts(text: str, cited: Sequence[Passage]) -> tuple[ClaimState, str] | None:
    """What of the claim's numbers and names its passages lack."""
    quotes = "\n".join(passage.quote for passage in cited)
    held_values = {number.value for number in quantities(quotes)}
    wanted = [(number.value, number.value in held_values) for number in quantities(text)]
    folded = quotes.casefold()
    wanted += [(name, name in folded) for name in names(text)]
    missing = sorted(word for word, is_there in wanted if not is_there)
    if not missing:
        return None
    state = ClaimState.PARTLY if len(missing) < len(wanted) else ClaimState.UNSUPPORTED
    return state, f"Not in the passages it cites: {', '.join(missing[:5])}."


def _compared(claim: Claim, cited: Sequence[Passage], brief: Brief) -> Claim:
    comparison = compare(claim.text, cited[0], brief)
    cited_texts = {brief.sources[passage.source_id].text_hash for passage in cited}
    if comparison.conflicting:
        passage, sentence = comparison.conflicting[0]
        remark = f"{_title(passage, brief)} says otherwise: “{_shortened(sentence)}”"
        return replace(claim, state=ClaimState.CONTRADICTED, agreeing=comparison.agreeing, remark=remark)
    also = _titles(comparison.copies, brief, beside=cited[0])
    copied = f"Also, nearly word for word, in {also}; a copy does not count as a second source." if also else ""
    if comparison.agreeing or (len(cited_texts) > 1 and not claim.is_quotation):
        agreeing = _titles(comparison.agreeing, brief)
        verb = "say" if len(comparison.agreeing) > 1 else "says"
        remark = " ".join(part for part in (f"{agreeing} {verb} the same." if agreeing else "", copied) if part)
        return replace(claim, state=ClaimState.SUPPORTED, agreeing=comparison.agreeing, remark=remark)
    return replace(claim, state=ClaimState.SINGLE_SOURCE, agreeing=(), remark=copied)


def _titles(passages: Sequence[PassageId], brief: Brief, *, beside: Passage | None = None) -> str:
    """The titles of the sources; where one is that of the passage it stands beside, the name of the file instead."""
    own = _title(beside.id, brief) if beside is not None else ""
    found = [(_title(passage, brief), brief.sources[brief.passages[passage].source_id].address) for passage in passages]
    titles = list(dict.fromkeys(title if title != own else _file_name(address) for title, address in found))
    if len(titles) > 3:
        return f"{', '.join(titles[:2])} and {len(titles) - 2} more"
    return " and ".join(titles)


def _title(passage: PassageId, brief: Brief) -> str:
    source = brief.sources[brief.passages[passage].source_id]
    return source.title or _file_name(source.address)


def _file_name(address: str) -> str:
    return unquote(address.rsplit("/", 1)[-1])


def _shortened(sentence: str) -> str:
    flat = " ".join(sentence.split())
    return flat if len(flat) <= 160 else f"{flat[:157].rstrip()}…"
