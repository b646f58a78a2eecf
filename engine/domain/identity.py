"""What things are called: ids of sessions, runs, sources, passages and claims."""

from __future__ import annotations

from typing import NewType

SessionId = NewType("SessionId", str)
RunId = NewType("RunId", str)
FolderId = NewType("FolderId", str)
SubQuestionId = NewType("SubQuestionId", int)
"""Numbered from 1 within a run."""
SourceId = NewType("SourceId", str)
"""Derived from the address and the archived text, so that reading the same thing twice gives the same source."""
PassageId = NewType("PassageId", int)
"""Numbered from 1 within a run: the only thing a citation can name."""
ClaimId = NewType("ClaimId", int)
"""Numbered from 1 within a run: what keeps its words from one version of the report to the next keeps its number."""
