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
"""Numbered from 1 within a run: what keeps its words from one version of the report to the next keeps its number."""


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
    deepenings: int = 0
    """How often what is found missing while the report is written may become new sub-questions."""


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
class Reference:
    """What a page or file says of itself that a reference list needs; what it does not say is empty."""

    kind: str = ""
    """A type of the Citation Style Language: ``article-journal``, ``book``, ``webpage``, …"""
    container: str = ""
    """Journal, newspaper, book or series that it is part of."""
    publisher: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    """As printed, ``12–34``."""
    doi: str = ""
    """Without a resolver: ``10.1000/182``."""
    isbn: str = ""
    issn: str = ""
    language: str = ""
    """As stated, such as ``en`` or ``de-AT``."""


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
    reference: Reference = Reference()


class BlockKind(StrEnum):
    """What a stretch of text is, as far as it matters for reading."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"
    """The cells of one row, separated by tabs."""
    CODE = "code"
    QUOTE = "quote"


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
    kind: BlockKind | None = None
    """Of the block in which it begins; None where that was not kept."""


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
    against: tuple[PassageId, ...] = ()
    """Passages of other sources that say otherwise: shown side by side with what it rests on."""
    is_quotation: bool = False
    """Whether the text is, word for word, that of its first passage."""
    state: ClaimState = ClaimState.UNCHECKED
    remark: str = ""
    """Why the claim is in its state, for the reader of the report; may be empty."""
    support: float | None = None
    """Probability, 0 to 1, that its passages say it, as the judge gives it after calibration; None where no language
    model was asked."""
    lone_figures: tuple[str, ...] = ()
    """Figures and dates of the text, as written there, that only one site or one document states."""
    former: str = ""
    """Its words before they failed the check and were written once more; empty where that did not happen."""
    based_on: tuple[ClaimId, ...] = ()
    """Claims of the version before that it says in other words: shortened, translated."""


VERIFIED = frozenset({ClaimState.SUPPORTED, ClaimState.SINGLE_SOURCE, ClaimState.CONTRADICTED})
"""States in which the passages of a claim say what it says; of one that is contradicted, another source does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One place of a table."""

    text: str = ""
    """As shown; empty where nothing is established."""
    claim: Claim | None = None
    """The same as a sentence that can be checked, ``Grey heron, wingspan: 175–195 cm``, with its citations."""
    missing: str = ""
    """Why there is nothing, for the reader; empty where there is something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Things of one kind, a row each, with what is asked about each of them."""

    columns: tuple[str, ...]
    """The first names the things."""
    rows: tuple[tuple[Cell, ...], ...]
    """Each with as many cells as there are columns."""

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What its cells claim, row by row."""
        return tuple(cell.claim for row in self.rows for cell in row if cell.claim is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the report about one sub-question or aspect."""

    title: str
    claims: tuple[Claim, ...]
    subquestion_id: SubQuestionId | None = None
    table: Table | None = None
    """Stands behind the claims."""

    @property
    def all_claims(self) -> tuple[Claim, ...]:
        """The claims, then those of the table."""
        return self.claims + (self.table.claims if self.table is not None else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that was looked for and not established."""

    question: str
    queries: tuple[str, ...]
    sources_read: int
    reason: str
    """A sentence for the reader."""
    claim: Claim | None = None
    """The sentence that was written and failed its check twice; None where nothing was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlinePart:
    """A section before it is written."""

    title: str
    passages: tuple[PassageId, ...]
    """What it may cite, the most relevant first."""
    subquestion_id: SubQuestionId | None = None
    columns: tuple[str, ...] = ()
    """Of the table that it is to be; none where it is text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """How the report is to be divided."""

    parts: tuple[OutlinePart, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of what was written is established."""

    verified: int
    """Sentences whose passages were found to say them."""
    written: int
    """Sentences of the report and those that were taken out because they failed, each once."""

    @property
    def share(self) -> float:
        """0 to 1; 1 where nothing was written."""
        return self.verified / self.written if self.written else 1.0


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
    unwritten: tuple[str, ...] = ()
    """Titles of the parts of the outline that are still to be written; none in a finished report."""
    language: str = ""
    """Two letters of ISO 639-1, where it was translated; empty for the language of the question."""

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Every claim, the answer's first; those of tables are among them."""
        return self.answer + tuple(claim for section in self.sections for claim in section.all_claims)

    @property
    def failed(self) -> tuple[Claim, ...]:
        """Sentences that were taken out because they failed their check."""
        return tuple(gap.claim for gap in self.gaps if gap.claim is not None)

    @property
    def coverage(self) -> Coverage:
        """How much of it is established; what is said twice from the same passages counts once."""
        written: dict[tuple[str, tuple[PassageId, ...]], bool] = {}
        for claim in self.claims:
            said = (claim.text, claim.passages)
            written[said] = written.get(said, True) and claim.state in VERIFIED
        written.update(((claim.text, claim.passages), False) for claim in self.failed)
        return Coverage(verified=sum(written.values()), written=len(written))


# --- what a reader does with it ----------------------------------------------------------------------------------


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
