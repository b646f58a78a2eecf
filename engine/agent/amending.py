"""Changes of a finished report: what is researched for them, and the draft of the next version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.agent.happening import Happening, happening
from engine.agent.sides import Agents, deeper_side, gap_side, is_private, web_queries
from engine.agent.state import RunState
from engine.agent.writing import brief_of, drafted, further_subquestion
from engine.citations.versions import with_each_claim
from engine.domain import (
    Amendment,
    AmendmentKind,
    Claim,
    ClaimId,
    ClaimState,
    Report,
    Section,
    Side,
    SubQuestion,
    SubQuestionId,
)
from engine.errors import AmendmentImpossible
from engine.events import AmendmentBegun, AmendmentFailed, ReportDrafted
from engine.search.plain import query_text

_WITNESSES = 4
"""Passages found for a claim that is checked again, which it may rest on if it had failed."""
_AGAIN = "Checked again"


def beginning(state: RunState, amendment: Amendment, *, agents: Agents) -> Iterator[Happening]:
    """Yield the beginning of a change, with what must be researched for it, or that it cannot be made."""
    try:
        wanted = _wanted(state, amendment)
    except AmendmentImpossible as error:
        yield happening(AmendmentFailed(amendment=amendment, reason=str(error)))
        return
    subquestions: tuple[SubQuestion, ...] = ()
    if wanted:
        text, side = wanted
        subquestions = (further_subquestion(state, text, side=side, agents=agents),)
    yield happening(AmendmentBegun(amendment=amendment, subquestions=subquestions))


def _wanted(state: RunState, amendment: Amendment) -> tuple[str, Side] | None:
    """Return what is to be researched for a change, and where; None where the evidence is enough.

    Raises:
        AmendmentImpossible: what it names is not there.
    """
    report = state.report
    if report is None:
        raise AmendmentImpossible("There is no report to be changed yet")
    match amendment.kind:
        case AmendmentKind.RESTORE:
            if amendment.version is None or not 1 <= amendment.version <= len(state.versions):
                raise AmendmentImpossible("There is no such version", hint=f"There are {len(state.versions)}.")
            if state.versions[amendment.version - 1].report == report:
                raise AmendmentImpossible("The report is that version already")
            return None
        case AmendmentKind.DEEPER:
            text = " ".join(amendment.words.split())
            if not any(character.isalnum() for character in text):
                raise AmendmentImpossible("There is no question yet", hint="Write what is to be looked into.")
            if state.approved_query:
                raise AmendmentImpossible(
                    "Only the words that were approved are searched for in this run",
                    hint="Look other words up on their own.",
                )
            return text, deeper_side(state)
        case AmendmentKind.CHECK:
            claim = _claim(report, amendment.claim)
            if claim is None:
                raise AmendmentImpossible("The sentence is not in the report any more")
            if state.scope.reach.has_library:
                return claim.text, Side.LIBRARY
            if gap_side(state) is not Side.WEB or is_private(state, claim):
                # The writer saw everything: what a sentence cites does not tell where its words come from.
                return None
            return claim.text, Side.WEB
        case _:
            return None


def words_sent(state: RunState, amendment: Amendment) -> str:
    """Return the words with which a change begins to look on the web, as search engines get them.

    Empty where nothing is looked for there, so that nobody has to be shown anything.
    """
    try:
        wanted = _wanted(state, amendment)
    except AmendmentImpossible:
        return ""
    if wanted is None or wanted[1] is not Side.WEB:
        return ""
    asked = web_queries(SubQuestion(id=SubQuestionId(1), text=wanted[0], side=Side.WEB))
    return query_text(asked[0]) if asked else ""


def amended_draft(state: RunState, *, agents: Agents) -> ReportDrafted:
    """Return the next version of the report, still to be checked.

    Raises:
        AmendmentImpossible: it cannot be made.
    """
    amendment, report = state.amending, state.report
    assert amendment is not None and report is not None
    match amendment.kind:
        case AmendmentKind.RESTORE:
            assert amendment.version is not None
            return ReportDrafted(report=state.versions[amendment.version - 1].report, amendment=amendment)
        case AmendmentKind.CHECK:
            changed = _to_be_checked(state, report, amendment)
        case _:
            changed = agents.inward.roles.editor.amended(
                report, amendment, brief_of(state), subquestions=state.amending_subquestions
            )
    draft = drafted(state, changed, limits=agents.inward.roles.caveats)
    if draft == report:
        raise AmendmentImpossible("There is nothing to change")
    return ReportDrafted(report=draft, amendment=amendment)


def _to_be_checked(state: RunState, report: Report, amendment: Amendment) -> Report:
    """Return the report with one claim to be checked again; one that had failed may rest on what was found now."""

    def unchecked(claim: Claim) -> Claim:
        return replace(claim, state=ClaimState.UNCHECKED, former="") if claim.id == amendment.claim else claim

    if any(claim.id == amendment.claim for claim in report.claims):
        return with_each_claim(report, unchecked)
    number = state.amending_subquestions[0] if state.amending_subquestions else None
    found = [passage for passage in state.passages.values() if passage.subquestion_id == number]
    best = sorted(found, key=lambda passage: (-passage.relevance, passage.id))[:_WITNESSES]
    gaps, again = [], []
    for gap in report.gaps:
        claim = gap.claim
        if claim is None or claim.id != amendment.claim:
            gaps.append(gap)
            continue
        passages = tuple(dict.fromkeys((*claim.passages, *(passage.id for passage in best))))
        again.append(unchecked(replace(claim, passages=passages, is_quotation=False)))
    section = Section(title=_AGAIN, claims=tuple(again))
    return replace(report, gaps=tuple(gaps), sections=(*report.sections, section))


def _claim(report: Report, number: ClaimId | None) -> Claim | None:
    return next((claim for claim in report.claims + report.failed if claim.id == number), None)
