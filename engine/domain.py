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


class Reach(StrEnum):
    """How far a run may go."""

    LIBRARY = "library"
    WEB = "web"
    BOTH = "both"

    @property
    def has_library(self) -> bool:
        """Whether files of this computer are searched."""
        return self is not Reach.WEB

    @property
    def has_web(self) -> bool:
        """Whether queries and requests for pages leave this computer."""
        return self is not Reach.LIBRARY


class Side(StrEnum):
    """Where an episode looks. Nothing that one side has read is ever told to the agent of the other."""

    LIBRARY = "library"
    WEB = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebLimits:
    """What a person wants of the web."""

    only: tuple[str, ...] = ()
    """Domains: nothing else is shown or opened. ``example.org`` stands for its subdomains too."""
    never: tuple[str, ...] = ()
    """Domains that are neither shown nor opened."""
    preferred: tuple[str, ...] = ()
    """Domains that come first."""
    since: str = ""
    """``YYYY-MM-DD``: nothing that is known to be older; empty for no limit."""
    until: str = ""
    """``YYYY-MM-DD``: nothing that is known to be newer; empty for no limit."""
    language: str = ""
    """Two letters of ISO 639-1, ``de``; empty for the engines' own choice."""
    region: str = ""
    """Two letters of ISO 3166-1, ``at``; empty for the engines' own choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a run may look."""

    folders: tuple[FolderId, ...] = ()
    """Folders of the library; none named means every folder there is."""
    reach: Reach = Reach.LIBRARY
    web: WebLimits = WebLimits()


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
    side: Side = Side.LIBRARY
    twin: SubQuestionId | None = None
    """The sub-question of the same words that was researched on the web, where this one is in the library."""


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
    site: str = ""
    """What a person would call the web site; empty for files."""
    published: str = ""
    """As the search engine states it, ``YYYY-MM-DD`` where it can be told; empty when it does not."""
    engines: tuple[str, ...] = ()
    """Names of the search engines that returned it; none for the library."""


class Obstacle(StrEnum):
    """What kept a source from being read, as far as it matters for what can be done about it."""

    OTHER = "other"
    LOGIN = "login"
    """It is shown to people who have signed in or paid."""
    JAVASCRIPT = "javascript"
    """There is nothing in it before its program has run in a browser."""
    CAPTCHA = "captcha"
    """It wants proof that a person is there, or takes us for a robot."""
    ROBOTS = "robots"
    """Its rules for robots do not want it to be read by programs."""
    REFUSED = "refused"
    """The door did not let the request out: offline, an address that is not public, not from a search, …"""
    UNREACHABLE = "unreachable"
    SLOW = "slow"
    """It did not end in the time that a page or a host has."""
    LIMIT = "limit"
    """It was not asked for: its host has given as many pages as one question may take from it."""
    GONE = "gone"
    """The server says that there is no such page."""
    EMPTY = "empty"
    """It was read, and has no text worth the name."""

    @property
    def can_be_rescued(self) -> bool:
        """Whether a person with a browser can probably get at it, and may be asked to.

        Not where the door refused it: nobody should be led by a page that was found to what the door keeps us from.
        """
        return self not in {Obstacle.GONE, Obstacle.OTHER, Obstacle.REFUSED}


class EngineState(StrEnum):
    """What became of one query at one search engine. Only ANSWERED and EMPTY say anything about the web."""

    ANSWERED = "answered"
    EMPTY = "empty"
    """It searched, and said that it found nothing."""
    BLOCKED = "blocked"
    """It refused us: too many requests, a captcha, a ban."""
    UNREACHABLE = "unreachable"
    """No answer, or a broken-off one."""
    NONSENSE = "nonsense"
    """An answer that is not understood: the engine may have changed its form."""
    RESTING = "resting"
    """Not asked: it failed too often lately, or asked for patience."""
    REFUSED = "refused"
    """Not asked: the door did not let the query out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineReport:
    """How one search engine dealt with one query."""

    name: str
    state: EngineState
    results: int = 0
    words: str = ""
    """Why, for people; empty when it answered."""
    seconds: float = 0.0
    is_cached: bool = False
    """Whether the answer is one of the last days."""


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
    final_address: str = ""
    """Of a web page, where redirects led; empty where they did not."""
    canonical: str = ""
    """Of a web page, the address that it says is its own; empty where it says none."""
    is_supplied: bool = False
    """Whether a person saved or pasted it, because it could not be fetched."""


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
