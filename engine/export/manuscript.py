"""A report as the blocks of a document, before it is known what kind of file it becomes: values, no markup anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.domain import ClaimState


class Look(StrEnum):
    """How words stand out."""

    PLAIN = "plain"
    STRONG = "strong"
    QUIET = "quiet"
    """Smaller, for what is said about a sentence."""
    FINGERPRINT = "fingerprint"
    """Still smaller, each sign of one width: a hash, which is there to be compared and not to be read."""


class Role(StrEnum):
    """What a paragraph is for."""

    BODY = "body"
    ANSWER = "answer"
    NOTICE = "notice"
    """What a reader has to know of the whole report."""
    QUIET = "quiet"
    ENTRY = "entry"
    """The title of a source or a passage in its list."""


def beside_words(label: str) -> str:
    """Return the mark of a passage where a citation style has its own marks."""
    return f"‹{label}›"


# --- what stands in a line ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Text of one look, on one line and printable."""

    text: str
    look: Look = Look.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """How well a claim is supported, as a sign or in words."""

    state: ClaimState


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkLink:
    """A citation mark that leads to a place of the document."""

    label: str
    target: str
    """The anchor of a block; there is one of that name."""
    is_beside: bool = False
    """Whether it stands beside a citation in a style of its own, which may have numbers in brackets too."""

    @property
    def words(self) -> str:
        """The mark as it is shown."""
        return beside_words(self.label) if self.is_beside else f"[{self.label}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebLink:
    """An address that may be followed; its scheme is http, https or mailto."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedWork:
    """A work that a sentence cites, for a citation style to write."""

    key: str
    """The ``id`` of the item among the works of the document."""
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StyledCitation:
    """Works cited together, as a citation style writes them."""

    works: tuple[CitedWork, ...]
    target: str
    """The anchor of the first passage that is cited."""


Inline = Words | Sign | MarkLink | WebLink | StyledCitation


# --- what stands below each other --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading, 1 for a part of the document."""

    level: int
    text: str
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Words that stand together."""

    inlines: tuple[Inline, ...]
    role: Role = Role.BODY
    direction: str = "ltr"
    """``ltr`` or ``rtl``."""
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """Words of a source, their lines kept."""

    text: str
    direction: str = "ltr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Words of a source whose every space counts."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """A list."""

    items: tuple[tuple[Paragraph, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Paragraph, ...], ...]
    """Each with as many cells as there are columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksCited:
    """Where the list of works stands that a citation style writes."""


Block = Heading | Paragraph | Quotation | Code | Bullets | Grid | WorksCited


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """A whole document."""

    title: str
    identifier: str
    """A URN of its own, the same each time the document is made."""
    at: datetime
    """When the report was as it is."""
    blocks: tuple[Block, ...]
    works: tuple[Mapping[str, object], ...] = ()
    """CSL-JSON of what is cited; none where our own numbers are the style."""
