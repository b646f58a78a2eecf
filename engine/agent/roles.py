"""The six roles of a run, as small protocols; ``extractive`` and ``model_roles`` play them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.agent.episode_state import Episode
from engine.domain import (
    Amendment,
    Budget,
    Claim,
    EngineReport,
    Outline,
    Passage,
    PassageId,
    Plan,
    Report,
    SearchResult,
    Section,
    Source,
    SourceId,
    SubQuestion,
    SubQuestionId,
)
from engine.errors import DocumentUnreadable
from engine.events import ThoughtKind
from engine.reading.document import Document

# --- planner -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanProposal:
    """A plan and, in a sentence, why it is divided so."""

    plan: Plan
    reason: str


class Planner(Protocol):
    """Divides a question into sub-questions; a simple question is a plan of one."""

    def plan(self, question: str, *, max_subquestions: int) -> PlanProposal: ...


# --- policy ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The words of a language model that chose an action; stored before the action is carried out."""

    reply: str
    """Exactly as generated, after the opening we wrote."""
    thought: str
    kind: ThoughtKind
    prompt_tokens: int = 0
    reused_tokens: int = 0
    reply_tokens: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Ask the search for each of the queries."""

    queries: tuple[str, ...]
    reason: str
    said: Said | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Browse:
    """Open one place, or several together, that searches of this episode have returned."""

    address: str
    reason: str
    also: tuple[str, ...] = ()
    """Further addresses to be opened and read in the same step."""
    said: Said | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclude:
    """End the episode."""

    found: bool
    reason: str
    answer: str = ""
    model_failed: bool = False
    """Whether the language model could not go on."""
    said: Said | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """Nothing is carried out: the model's reply was out of form, and it will be told why at the next step."""

    reply: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAgain:
    """Nothing is carried out: an answer rests on one source, and the model will be asked for another."""

    said: Said
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuild:
    """Nothing is carried out: the conversation is to be begun anew from the evidence."""

    tokens_before: int
    tokens_after: int
    reason: str
    left_out: int = 0
    """Passages, the least relevant ones, that are not in the new conversation."""


Action = Search | Browse | Conclude | Reject | LookAgain | Rebuild


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeView:
    """What the policy may know when it chooses."""

    question: str
    """Of the run."""
    episode: Episode
    budget: Budget
    skipped: frozenset[str]
    """Addresses the person does not want to be read."""
    asked_at: datetime | None = None
    """When the run was started: what is today for it, however long it takes."""
    earlier: tuple[Passage, ...] = ()
    """Evidence of the run's other sub-questions: a reader does not select it again, but it is there."""


class Policy(Protocol):
    """Chooses the next action of an episode."""

    def next_action(self, view: EpisodeView) -> Action: ...


# --- reader ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingTask:
    """One document to be read for one sub-question."""

    question: str
    subquestion: SubQuestion
    document: Document
    source: Source
    known: tuple[Passage, ...]
    """Evidence of the whole run so far; what was found once is not selected again."""
    max_passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A span of whole sentences worth citing."""

    start: int
    end: int
    relevance: float
    """0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a document holds on a sub-question."""

    selections: tuple[Selection, ...]
    note: str
    """One line for the person watching."""
    segments_read: int = 0
    """How many pieces of the text a language model read; 0 where none did."""
    segments: int = 0


class Reader(Protocol):
    """Selects spans of documents; it never produces words of its own as evidence."""

    def read(self, tasks: Sequence[ReadingTask]) -> tuple[Findings, ...]:
        """Return the findings of each task, in order; several are read together where that is cheaper."""
        ...


# --- writer, editor and judge ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """Everything a writer may use."""

    question: str
    episodes: tuple[Episode, ...]
    passages: Mapping[PassageId, Passage]
    sources: Mapping[SourceId, Source]


class Writer(Protocol):
    """Writes the report part by part; every claim cites passages of the brief, and what is missing becomes a gap.

    Claims may be numbered as is convenient: the loop gives them their numbers.
    """

    def outline(self, brief: Brief) -> Outline:
        """Divide the report; called again when more was found."""
        ...

    def sections(self, brief: Brief, outline: Outline, *, parts: Sequence[int]) -> Iterator[tuple[int, Section]]:
        """Yield the parts of those indexes, each with its index, in any order, as soon as it is written.

        A part about which nothing can be said is yielded without claims.
        """
        ...

    def missing(self, brief: Brief, sections: Sequence[Section]) -> tuple[str, ...]:
        """Return what should still be looked for, as questions that stand on their own, the most important first."""
        ...

    def report(self, brief: Brief, outline: Outline, sections: Sequence[Section]) -> Report:
        """Return the whole report with the sections that were written, in the order of the outline."""
        ...

    def rewrite(self, claim: Claim, brief: Brief) -> Claim | None:
        """Return a claim that failed its check as its passages allow it to be said; None where they do not."""
        ...


class Editor(Protocol):
    """Changes a finished report from the evidence that there is; it never looks for more."""

    def amended(
        self, report: Report, amendment: Amendment, brief: Brief, *, subquestions: Sequence[SubQuestionId] = ()
    ) -> Report:
        """Return the report with what was wanted of it.

        Claims that stay as they are keep their number and state. New ones have the state UNCHECKED and say in
        ``based_on`` which they stand for.

        Args:
            report: the newest version.
            amendment: DEEPER, SHORTEN, TRANSLATE or TABLE.
            brief: all evidence.
            subquestions: of DEEPER: what was researched for it.

        Raises:
            AmendmentImpossible: it cannot be done, with why.
        """
        ...


class Judge(Protocol):
    """Says how well a claim is supported by the passages it cites; returns the claim in its new state."""

    def check(self, claim: Claim, brief: Brief) -> Claim: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The cast of a run."""

    name: str
    """In words for the reader of the report."""
    planner: Planner
    policy: Policy
    reader: Reader
    writer: Writer
    editor: Editor
    judge: Judge
    caveats: tuple[str, ...] = ()
    """What a reader of the report must know of them, a sentence each."""


# --- what the loop needs from the world --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """The answer to one query."""

    query: str
    results: tuple[SearchResult, ...]
    caveats: tuple[str, ...] = ()
    """What limits the results at this moment, a sentence each."""
    engines: tuple[EngineReport, ...] = ()
    """What became of it at each search engine; none for the library."""


class Searcher(Protocol):
    """Finds places that may hold an answer."""

    def search_all(self, queries: Sequence[str], *, limit: int) -> Iterator[Searched]:
        """Yield the answer to each query, in order; several are asked at once where that helps.

        Nothing is raised because a search engine fails: ``engines`` says so.
        """
        ...


class Opener(Protocol):
    """Turns addresses that a search returned into documents."""

    def begin_subquestion(self) -> None:
        """Hear that what comes now is for another sub-question: what each site may give is counted anew."""
        ...

    def expect(self, addresses: Sequence[str]) -> None:
        """Hear which addresses will probably be opened soon, the most promising first; return at once."""
        ...

    def open_all(self, addresses: Sequence[str]) -> Iterator[OpenedSource | DocumentUnreadable]:
        """Yield each address as a document, or why that is not possible, in order; several are fetched at once."""
        ...

    def open_supplied(self, address: str, *, file: str) -> OpenedSource:
        """Return the document that a person saved for an address.

        Args:
            address: where it comes from.
            file: name of its copy in the data folder.

        Raises:
            DocumentUnreadable: it cannot be turned into text.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSource:
    """A source with its text."""

    source: Source
    document: Document
    links: tuple[str, ...] = ()
    """Addresses that a web page leads to, in its order."""
