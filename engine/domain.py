"""The nouns of a research session: immutable values that every other module speaks in.

Behaviour that needs a file, a database or a network is not here. Offsets are in Unicode code points of an archived
text, half-open (``start <= i < end``). Times are timezone-aware and in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
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
"""Numbered from 1 within a report."""


# --- what is asked -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a run may look."""

    folders: tuple[FolderId, ...] = ()
    """Folders of the library; none named means every folder there is."""


class Depth(StrEnum):
    """How much work a question is worth."""

    QUICK = "quick"
    STANDARD = "standard"
    THOROUGH = "thorough"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most a run may spend; reaching a limit ends an episode with that reason and is never an error."""

    subquestions: int
    searches_per_episode: int
    sources_per_episode: int
    passages_per_source: int
    tool_calls_per_episode: int = 10
    """Searches and readings that a language model may ask for before it has to answer."""
    corrections_per_episode: int = 3
    """Replies out of form that are sent back to a language model before the episode ends with what is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubQuestion:
    """One question of the plan; each is researched in an episode of its own."""

    id: SubQuestionId
    text: str
    queries: tuple[str, ...] = ()
    """Search queries proposed by the planner, most promising first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The sub-questions of a run, in the order in which they are researched."""

    subquestions: tuple[SubQuestion, ...]


# --- what is found -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """A place that may hold an answer. It is a hint, not evidence, until it has been read."""

    address: str
    """A ``file:`` or ``https:`` address."""
    title: str
    snippet: str
    score: float
    """Higher is better; comparable only within one search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A page or file that was read, as it was at that moment. Its text is kept in the archive under ``text_hash``."""

    id: SourceId
    address: str
    title: str
    format: str
    """What the bytes were: ``html``, ``markdown``, ``text``, ``pdf``, ``docx``, …"""
    text_hash: str
    """SHA-256 of the archived text in UTF-8, in hexadecimal."""
    file_hash: str
    """SHA-256 of the bytes that were read, in hexadecimal."""
    characters: int
    read_at: datetime
    modified_at: datetime | None = None
    folder: FolderId | None = None
    site: str = ""
    """What a person would call the place: the library folder's name, or the web site's."""
    authors: tuple[str, ...] = ()
    published: str = ""
    """As the document states it; empty when it does not."""
    warnings: tuple[str, ...] = ()
    """What a reader should know of the text: truncated, scanned pages without text, …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """Where in a source a passage stands, in the terms of somebody who opens the original."""

    page: int | None = None
    """1-based page of a paged document, slide of a presentation, or None."""
    section: tuple[str, ...] = ()
    """Headings above the passage, outermost first."""
    anchor: str = ""
    """Fragment to open an HTML page at, without the ``#``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A span of a source, word for word: what citations point to."""

    id: PassageId
    source_id: SourceId
    subquestion_id: SubQuestionId
    start: int
    end: int
    quote: str
    """Exactly ``text[start:end]`` of the archived text."""
    locator: Locator
    relevance: float
    """0 to 1, as judged by the reader that selected it."""


# --- what is said ------------------------------------------------------------------------------------------------


class ClaimState(StrEnum):
    """How well a claim is supported by the passages it cites."""

    UNCHECKED = "unchecked"
    SUPPORTED = "supported"
    """At least two independent sources agree."""
    SINGLE_SOURCE = "single_source"
    PARTLY = "partly"
    UNSUPPORTED = "unsupported"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One checkable sentence of a report."""

    id: ClaimId
    text: str
    passages: tuple[PassageId, ...]
    """What the claim rests on; never empty in a finished report."""
    agreeing: tuple[PassageId, ...] = ()
    """Passages of other sources that say the same in their own words."""
    is_quotation: bool = False
    """Whether the text is, word for word, that of its first passage."""
    state: ClaimState = ClaimState.UNCHECKED
    remark: str = ""
    """Why the claim is in its state, for the reader of the report; may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the report about one sub-question or aspect."""

    title: str
    claims: tuple[Claim, ...]
    subquestion_id: SubQuestionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that was looked for and not established."""

    question: str
    queries: tuple[str, ...]
    sources_read: int
    reason: str
    """A sentence for the reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result of a run, as data; every format is rendered from it."""

    question: str
    answer: tuple[Claim, ...]
    """The answer in a sentence or two; empty when nothing relevant was found."""
    sections: tuple[Section, ...]
    gaps: tuple[Gap, ...]
    made_by: str
    """Who wrote it, in words a reader understands; says so when no language model was used."""
    caveats: tuple[str, ...] = ()
    """What limited the search, a sentence each: a folder that was still being read, or was not there."""

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Every claim, the answer's first."""
        return self.answer + tuple(claim for section in self.sections for claim in section.claims)


class Outcome(StrEnum):
    """How a run ended."""

    COMPLETE = "complete"
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
