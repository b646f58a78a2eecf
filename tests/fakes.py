"""Stand-ins in the shape of the real things: a world of documents in memory and a scripted cast."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from one_by_one import OneByOne

from engine.agent.roles import (
    Action,
    Brief,
    Browse,
    Conclude,
    EpisodeView,
    Findings,
    OpenedSource,
    PlanProposal,
    ReadingTask,
    Roles,
    Search,
    Selection,
)
from engine.citations.versions import with_each_claim
from engine.domain import (
    Amendment,
    AmendmentKind,
    Claim,
    ClaimId,
    ClaimState,
    Gap,
    Outline,
    OutlinePart,
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
from engine.errors import AmendmentImpossible, DocumentUnreadable
from engine.reading.document import Block, BlockKind, Document


def document_of(text: str, *, title: str = "A page") -> Document:
    """One paragraph for each line of the text."""
    blocks, start = [], 0
    for line in text.split("\n"):
        if line:
            blocks.append(Block(kind=BlockKind.PARAGRAPH, start=start, end=start + len(line)))
        start += len(line) + 1
    return Document(title=title, text=text, blocks=tuple(blocks), format="text")


def source_of(address: str, document: Document) -> Source:
    text_hash = hashlib.sha256(document.text.encode()).hexdigest()
    return Source(
        id=SourceId(hashlib.sha256(f"{address}\0{text_hash}".encode()).hexdigest()[:16]),
        address=address,
        title=document.title,
        format=document.format,
        text_hash=text_hash,
        file_hash=text_hash,
        characters=len(document.text),
        read_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )


class FakeWorld(OneByOne):
    """Documents by address; searching returns those that share a word with the query."""

    def __init__(self, documents: dict[str, Document], *, unreadable: frozenset[str] = frozenset()) -> None:
        self.documents = documents
        self.unreadable = unreadable
        self.queries: list[str] = []
        self.limits: tuple[str, ...] = ()
        self.opened: list[str] = []

    def caveats(self) -> tuple[str, ...]:
        return self.limits

    def search(self, query: str, *, limit: int) -> tuple[SearchResult, ...]:
        self.queries.append(query)
        words = set(query.lower().split())
        return tuple(
            SearchResult(address=address, title=document.title, snippet=document.text[:80], score=1.0)
            for address, document in self.documents.items()
            if words & set(document.text.lower().split())
        )[:limit]

    def open_source(self, address: str) -> OpenedSource:
        self.opened.append(address)
        if address in self.unreadable:
            raise DocumentUnreadable("The file cannot be read", hint="It is damaged.")
        document = self.documents[address]
        return OpenedSource(source=source_of(address, document), document=document)


class OneEachPlanner:
    """A sub-question for each part between question marks."""

    def plan(self, question: str, *, max_subquestions: int) -> PlanProposal:
        parts = [part.strip() for part in question.split("?") if part.strip()][:max_subquestions]
        subquestions = tuple(
            SubQuestion(id=SubQuestionId(number), text=part + "?", queries=(part,))
            for number, part in enumerate(parts, 1)
        )
        return PlanProposal(plan=Plan(subquestions=subquestions), reason="One for each question mark.")


class ReadEverythingPolicy:
    """Searches once, opens every result, concludes."""

    def next_action(self, view: EpisodeView) -> Action:
        episode = view.episode
        if not episode.searches:
            return Search(queries=episode.subquestion.queries, reason="To begin with.")
        for ran in episode.searches:
            for result in ran.results:
                if result.address not in episode.opened and result.address not in view.skipped:
                    return Browse(address=result.address, reason="It was found.")
        return Conclude(found=bool(episode.passages), reason="Everything was read.")


class FirstLineReader:
    """Selects the first block of a document, once."""

    def read(self, tasks: Sequence[ReadingTask]) -> tuple[Findings, ...]:
        return tuple(self._read(task) for task in tasks)

    def _read(self, task: ReadingTask) -> Findings:
        block = task.document.blocks[0]
        if any(p.source_id == task.source.id and p.start == block.start for p in task.known):
            return Findings(selections=(), note="Nothing new.")
        return Findings(
            selections=(Selection(start=block.start, end=block.end, relevance=0.9),), note="The first line."
        )


class QuotingWriter:
    """A section for each sub-question, a claim for each passage; the first of all is the answer."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        """What it was asked to do, in order."""
        self.misses: list[tuple[str, ...]] = []
        """What it finds missing, the next time first."""
        self.says_otherwise: dict[str, str] = {}
        """Sentences that it writes in place of quotations."""
        self.rewrites: dict[str, str] = {}
        """What it makes of a sentence that failed."""

    def outline(self, brief: Brief) -> Outline:
        self.asked.append("outline")
        parts = tuple(
            OutlinePart(
                title=episode.subquestion.text,
                passages=tuple(passage.id for passage in episode.passages),
                subquestion_id=episode.subquestion.id,
            )
            for episode in brief.episodes
            if episode.passages
        )
        return Outline(parts=parts)

    def sections(self, brief: Brief, outline: Outline, *, parts: Sequence[int]) -> Iterator[tuple[int, Section]]:
        for index in parts:
            part = outline.parts[index]
            self.asked.append(f"section {part.title}")
            yield index, self.section(brief, part)

    def section(self, brief: Brief, part: OutlinePart) -> Section:
        claims = tuple(self._claim(brief, number) for number in part.passages)
        return Section(title=part.title, claims=claims, subquestion_id=part.subquestion_id)

    def _claim(self, brief: Brief, number: PassageId) -> Claim:
        quote = brief.passages[number].quote
        text = self.says_otherwise.get(quote, quote)
        return Claim(id=ClaimId(1), text=text, passages=(number,), is_quotation=text == quote)

    def missing(self, brief: Brief, sections: Sequence[Section]) -> tuple[str, ...]:
        self.asked.append("missing")
        return self.misses.pop(0) if self.misses else ()

    def report(self, brief: Brief, outline: Outline, sections: Sequence[Section]) -> Report:
        self.asked.append("report")
        gaps = tuple(
            Gap(
                question=episode.subquestion.text,
                queries=tuple(ran.query for ran in episode.searches),
                sources_read=len(episode.read),
                reason="Nothing was found.",
            )
            for episode in brief.episodes
            if not episode.passages
        )
        return Report(
            question=brief.question,
            answer=sections[0].claims[:1] if sections else (),
            sections=tuple(sections),
            gaps=gaps,
            made_by="A scripted writer",
        )

    def rewrite(self, claim: Claim, brief: Brief) -> Claim | None:
        self.asked.append(f"rewrite {claim.text}")
        text = self.rewrites.get(claim.text)
        return Claim(id=claim.id, text=text, passages=claim.passages) if text is not None else None


class QuotingEditor:
    """Shortens to the answer, writes in capitals for a translation, adds what was researched; makes no tables."""

    def amended(
        self, report: Report, amendment: Amendment, brief: Brief, *, subquestions: Sequence[SubQuestionId] = ()
    ) -> Report:
        match amendment.kind:
            case AmendmentKind.SHORTEN:
                return replace(report, sections=())
            case AmendmentKind.TRANSLATE:
                return with_each_claim(report, _in_capitals)
            case AmendmentKind.DEEPER:
                writer = QuotingWriter()
                outline = writer.outline(brief)
                added = [writer.section(brief, part) for part in outline.parts if part.subquestion_id in subquestions]
                return replace(report, sections=(*report.sections, *added))
            case _:
                raise AmendmentImpossible("That is not possible", hint="A scripted editor makes no tables.")


def _in_capitals(claim: Claim) -> Claim:
    return Claim(id=claim.id, text=claim.text.upper(), passages=claim.passages, based_on=(claim.id,))


class QuotationJudge:
    """A quotation that is one is supported by a single source."""

    def check(self, claim: Claim, brief: Brief) -> Claim:
        held = claim.text in brief.passages[claim.passages[0]].quote
        return replace(claim, state=ClaimState.SINGLE_SOURCE if held else ClaimState.UNSUPPORTED)


def scripted_roles() -> Roles:
    return Roles(
        name="A scripted cast",
        planner=OneEachPlanner(),
        policy=ReadEverythingPolicy(),
        reader=FirstLineReader(),
        writer=QuotingWriter(),
        editor=QuotingEditor(),
        judge=QuotationJudge(),
    )
