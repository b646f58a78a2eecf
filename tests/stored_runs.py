"""Events as a store gets them, for the tests of storage."""

from __future__ import annotations

from fakes import document_of, source_of

from engine.domain import (
    Budget,
    Claim,
    ClaimId,
    Depth,
    Locator,
    Passage,
    PassageId,
    Plan,
    Report,
    Scope,
    SubQuestion,
    SubQuestionId,
)
from engine.events import PlanMade, ReportFinished, RunStarted, SourceRead


def asked(question: str = "Where do herons nest?") -> RunStarted:
    budget = Budget(subquestions=1, searches_per_episode=1, sources_per_episode=1, passages_per_source=1)
    return RunStarted(question=question, scope=Scope(), depth=Depth.QUICK, budget=budget, engine="a test", version="0")


def planned() -> PlanMade:
    subquestion = SubQuestion(id=SubQuestionId(1), text="Where do herons nest?")
    return PlanMade(plan=Plan(subquestions=(subquestion,)))


def reading(text: str = "Herons nest in trées.", address: str = "file:///herons") -> tuple[SourceRead, dict]:
    document = document_of(text, title="A page on birds")
    source = source_of(address, document)
    passage = Passage(
        id=PassageId(1),
        source_id=source.id,
        subquestion_id=SubQuestionId(1),
        start=0,
        end=len(text),
        quote=text,
        locator=Locator(section=("Nests",)),
        relevance=0.5,
    )
    event = SourceRead(subquestion_id=SubQuestionId(1), source=source, passages=(passage,))
    return event, {source.text_hash: document}


def reported(text: str) -> ReportFinished:
    claim = Claim(id=ClaimId(1), text=text, passages=(PassageId(1),))
    return ReportFinished(report=Report(question="?", answer=(claim,), sections=(), gaps=(), made_by="a test"))
