"""What is said: claims with what they rest on, tables, sections, gaps, the report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.domain.identity import ClaimId, PassageId, SubQuestionId


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
