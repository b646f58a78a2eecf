"""What becomes of a report: how its run ended, what readers think of it and want of it, its versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.domain.identity import ClaimId, RunId, SessionId
from engine.domain.said import Report


class Verdict(StrEnum):
    """What a reader thinks of a claim."""

    RIGHT = "right"
    WRONG = "wrong"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a reader wrote at a claim."""

    claim_id: ClaimId
    verdict: Verdict
    note: str
    at: datetime


class AmendmentKind(StrEnum):
    """How a reader wants a report to be changed."""

    DEEPER = "deeper"
    """Research ``words`` as a further sub-question and add what is found."""
    CHECK = "check"
    """Look for more about one claim and check it again."""
    SHORTEN = "shorten"
    TRANSLATE = "translate"
    TABLE = "table"
    RESTORE = "restore"
    """Take an earlier version up again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A change of a finished report; it makes a new version."""

    kind: AmendmentKind
    claim: ClaimId | None = None
    """Of CHECK: which; of DEEPER: behind which the new section is put."""
    section: int | None = None
    """Index of the section that is meant; None for the whole report."""
    words: str = ""
    """Of DEEPER: the question, as a person has seen it."""
    language: str = ""
    """Of TRANSLATE: two letters of ISO 639-1."""
    version: int | None = None
    """Of RESTORE: its number, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportVersion:
    """A report as it was finished at some time."""

    number: int
    """From 1 within a run."""
    report: Report
    at: datetime
    amendment: Amendment | None = None
    """What made it; None for the first, and for one that was written again with a source that was supplied."""


class Outcome(StrEnum):
    """How a run ended."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    """A report was written, but too little of it is said by what was read."""
    NOT_FOUND = "not_found"
    """Everything was done and nothing relevant was there."""
    STOPPED = "stopped"
    """The person stopped it."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A question, its follow-ups and their runs, as listed in the sidebar."""

    id: SessionId
    title: str
    created_at: datetime
    updated_at: datetime
    last_run: RunId
    outcome: Outcome | None
    """None while the last run has not ended."""
