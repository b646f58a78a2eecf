"""The nouns of a research session: immutable values that every other module speaks in.

Behaviour that needs a file, a database or a network is not here. Offsets are in Unicode code points of an archived
text, half-open (``start <= i < end``). Times are timezone-aware and in UTC.
"""

from __future__ import annotations

from engine.domain.asked import Budget, Depth, Plan, Reach, Scope, Side, SubQuestion, WebLimits
from engine.domain.found import (
    BlockKind,
    EngineReport,
    EngineState,
    Locator,
    Obstacle,
    Passage,
    Reference,
    SearchResult,
    Source,
)
from engine.domain.identity import ClaimId, FolderId, PassageId, RunId, SessionId, SourceId, SubQuestionId
from engine.domain.kept import Amendment, AmendmentKind, Mark, Outcome, ReportVersion, Session, Verdict
from engine.domain.said import (
    VERIFIED,
    Cell,
    Claim,
    ClaimState,
    Coverage,
    Gap,
    Outline,
    OutlinePart,
    Report,
    Section,
    Table,
)

__all__ = [
    "VERIFIED",
    "Amendment",
    "AmendmentKind",
    "BlockKind",
    "Budget",
    "Cell",
    "Claim",
    "ClaimId",
    "ClaimState",
    "Coverage",
    "Depth",
    "EngineReport",
    "EngineState",
    "FolderId",
    "Gap",
    "Locator",
    "Mark",
    "Obstacle",
    "Outcome",
    "Outline",
    "OutlinePart",
    "Passage",
    "PassageId",
    "Plan",
    "Reach",
    "Reference",
    "Report",
    "ReportVersion",
    "RunId",
    "Scope",
    "SearchResult",
    "Section",
    "Session",
    "SessionId",
    "Side",
    "Source",
    "SourceId",
    "SubQuestion",
    "SubQuestionId",
    "Table",
    "Verdict",
    "WebLimits",
]
