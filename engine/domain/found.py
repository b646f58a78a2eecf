"""What is found: results, sources, passages, and what kept a source from being read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.domain.identity import FolderId, PassageId, SourceId, SubQuestionId


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
