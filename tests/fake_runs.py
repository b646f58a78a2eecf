"""Runs that never happened, in the shape of real ones: documents, traces and reports to show, fold and test with.

Everything is built, nothing is recorded: a test takes the run it needs, or cuts one short with ``until``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from engine.agent.state import RunState, fold
from engine.domain import (
    Budget,
    Claim,
    ClaimId,
    ClaimState,
    Depth,
    FolderId,
    Gap,
    Outcome,
    Passage,
    PassageId,
    Plan,
    Report,
    RunId,
    Scope,
    SearchResult,
    Section,
    SessionId,
    Source,
    SourceId,
    SubQuestion,
    SubQuestionId,
)
from engine.events import (
    ClaimChecked,
    EpisodeEnded,
    EpisodeStarted,
    Event,
    PlanMade,
    ReportDrafted,
    ReportFinished,
    RunEnded,
    RunStarted,
    SearchRan,
    SourceFailed,
    SourceRead,
    StoredEvent,
)
from engine.reading.document import Block, BlockKind, Document
from engine.reading.identity import source_id

START = datetime(2026, 3, 14, 9, 26, 0, tzinfo=UTC)
ENGINE = "No language model: quoted word for word"
FOLDER = FolderId("notes")
RUN = RunId("run-1")

H1, H2, H3 = "h1", "h2", "h3"
KINDS = {
    "h1": (BlockKind.HEADING, 1),
    "h2": (BlockKind.HEADING, 2),
    "h3": (BlockKind.HEADING, 3),
    "p": (BlockKind.PARAGRAPH, 0),
    "li": (BlockKind.LIST_ITEM, 0),
    "row": (BlockKind.TABLE_ROW, 0),
    "code": (BlockKind.CODE, 0),
    "quote": (BlockKind.QUOTE, 0),
    "nav": (BlockKind.LIST_ITEM, 0),
}


def document_from(
    title: str,
    parts: Iterable[tuple[str, str]],
    *,
    format: str = "html",
    paged: bool = False,
    published: str = "",
    warnings: tuple[str, ...] = (),
) -> Document:
    """Return a document of the parts, each a kind (see KINDS, or ``page`` to turn one) and its text."""
    text = ""
    blocks = []
    page = 1
    anchor = ""
    for kind_name, part in parts:
        if kind_name == "page":
            page += 1
            continue
        kind, level = KINDS[kind_name]
        if kind is BlockKind.HEADING:
            anchor = "-".join(part.lower().split()[:4])
        if text:
            text += "\n\n"
        blocks.append(
            Block(
                kind=kind,
                start=len(text),
                end=len(text) + len(part),
                level=level,
                page=page if paged else None,
                anchor="" if paged else anchor,
                is_navigation=kind_name == "nav",
            )
        )
        text += part
    return Document(title=title, text=text, blocks=tuple(blocks), format=format, published=published, warnings=warnings)


@dataclass(slots=True)
class FakeRun:
    """Collects documents and events; every ``…ed`` method adds one event, in the order of a real run."""

    question: str = "How long must lime mortar be protected from frost?"
    depth: Depth = Depth.STANDARD
    engine: str = ENGINE
    scope: Scope = field(default_factory=Scope)
    run_id: RunId = RUN
    trace: list[StoredEvent] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    passages: list[Passage] = field(default_factory=list)
    clock: datetime = START

    def add(self, event: Event, *, after_s: float = 0.4) -> StoredEvent:
        self.clock += timedelta(seconds=after_s)
        stored = StoredEvent(
            session_id=SessionId("session-1"),
            run_id=self.run_id,
            sequence=len(self.trace) + 1,
            at=self.clock,
            event=event,
        )
        self.trace.append(stored)
        return stored

    def document_of(self, text_hash: str) -> Document:
        return self.documents[text_hash]

    @property
    def state(self) -> RunState:
        return fold(self.trace)

    def until(self, kind: type[Event], *, nth: int = 1) -> list[StoredEvent]:
        """Return the trace up to and with the nth event of a kind."""
        seen = 0
        for index, stored in enumerate(self.trace):
            seen += isinstance(stored.event, kind)
            if seen == nth:
                return self.trace[: index + 1]
        raise ValueError(f"no {nth}th {kind.__name__}")

    # --- events ------------------------------------------------------------------------------------------------

    def started(self) -> None:
        budget = Budget(subquestions=5, searches_per_episode=4, sources_per_episode=6, passages_per_source=4)
        self.add(
            RunStarted(
                question=self.question,
                scope=self.scope,
                depth=self.depth,
                budget=budget,
                engine=self.engine,
                version="0.1.0",
            )
        )

    def planned(self, texts: Sequence[str], *, reason: str = "The question has several parts.") -> None:
        subquestions = tuple(
            SubQuestion(id=SubQuestionId(number), text=text, queries=(text.lower().rstrip("?"),))
            for number, text in enumerate(texts, start=1)
        )
        self.add(PlanMade(plan=Plan(subquestions=subquestions), reason=reason), after_s=0.2)

    def began(self, subquestion: int) -> None:
        self.add(EpisodeStarted(subquestion_id=SubQuestionId(subquestion)), after_s=0.05)

    def searched(self, subquestion: int, query: str, found: Sequence[tuple[str, str]], *, reason: str = "") -> None:
        """``found`` are (address, title) pairs, best first."""
        results = tuple(
            SearchResult(
                address=address,
                title=title,
                snippet=f"… {title.lower()} mentions {query} in passing …",
                score=round(12.5 - 1.3 * place, 2),
            )
            for place, (address, title) in enumerate(found)
        )
        self.add(
            SearchRan(
                subquestion_id=SubQuestionId(subquestion),
                query=query,
                results=results,
                reason=reason or "Asks for the words of the sub-question first.",
            ),
            after_s=0.3,
        )

    def source(self, name: str, document: Document, **changes: object) -> Source:
        """Return the source a document is read as; it gets its hashes from its text."""
        text_hash = hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest()
        self.documents[text_hash] = document
        source = Source(
            id=SourceId(""),
            address=f"file:///home/reader/Documents/Building%20notes/{name}",
            title=document.title,
            format=document.format,
            text_hash=text_hash,
            file_hash=hashlib.sha256(name.encode()).hexdigest(),
            characters=len(document.text),
            read_at=self.clock,
            modified_at=datetime(2024, 11, 5, 8, 30, tzinfo=UTC),
            folder=FOLDER,
            site="Building notes",
            published=document.published,
            warnings=document.warnings,
        )
        source = replace(source, **changes)  # type: ignore[arg-type]
        source = replace(source, id=source.id or source_id(source.address, text_hash))
        self.sources[source.address] = source
        return source

    def read(
        self, subquestion: int, source: Source, quotes: Sequence[str] = (), *, note: str = "", after_s: float = 1.2
    ) -> tuple[PassageId, ...]:
        """Read a source; each quote must occur in its text and becomes a passage."""
        document = self.documents[source.text_hash]
        found = []
        for quote in quotes:
            start = document.text.index(quote)
            found.append(
                Passage(
                    id=PassageId(len(self.passages) + len(found) + 1),
                    source_id=source.id,
                    subquestion_id=SubQuestionId(subquestion),
                    start=start,
                    end=start + len(quote),
                    quote=quote,
                    locator=document.locator_at(start),
                    relevance=0.86 - 0.07 * len(found),
                )
            )
        self.passages += found
        plural = "passage" if len(found) == 1 else "passages"
        self.add(
            SourceRead(
                subquestion_id=SubQuestionId(subquestion),
                source=source,
                passages=tuple(found),
                note=note or (f"{len(found)} {plural} on the sub-question" if found else "Nothing on this here"),
            ),
            after_s=after_s,
        )
        return tuple(passage.id for passage in found)

    def failed(self, subquestion: int, address: str, title: str, reason: str) -> None:
        self.add(
            SourceFailed(subquestion_id=SubQuestionId(subquestion), address=address, title=title, reason=reason),
            after_s=0.7,
        )

    def closed(self, subquestion: int, *, found: bool = True, reason: str = "Enough evidence") -> None:
        self.add(EpisodeEnded(subquestion_id=SubQuestionId(subquestion), found=found, reason=reason), after_s=0.05)

    def wrote(self, report: Report, *, checked: bool = True) -> None:
        """Draft the report with unchecked claims, check each, finish it."""

        def unchecked(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
            return tuple(replace(claim, state=ClaimState.UNCHECKED, remark="") for claim in claims)

        draft = replace(
            report,
            answer=unchecked(report.answer),
            sections=tuple(replace(section, claims=unchecked(section.claims)) for section in report.sections),
        )
        self.add(ReportDrafted(report=draft), after_s=1.1)
        if checked:
            for claim in report.claims:
                self.add(ClaimChecked(claim=claim), after_s=0.06)
            self.add(ReportFinished(report=report), after_s=0.05)

    def ended(self, outcome: Outcome = Outcome.COMPLETE, reason: str = "") -> None:
        self.add(RunEnded(outcome=outcome, reason=reason), after_s=0.02)


def claim(
    number: int,
    text: str,
    passages: Sequence[PassageId],
    *,
    agreeing: Sequence[PassageId] = (),
    state: ClaimState = ClaimState.SINGLE_SOURCE,
    remark: str = "",
    is_quotation: bool = True,
) -> Claim:
    return Claim(
        id=ClaimId(number),
        text=text,
        passages=tuple(passages),
        agreeing=tuple(agreeing),
        state=state,
        remark=remark,
        is_quotation=is_quotation,
    )


# --- documents ---------------------------------------------------------------------------------------------------

HANDBOOK = document_from(
    "Working with lime: a site handbook",
    [
        ("h1", "Working with lime: a site handbook"),
        ("p", "This handbook collects what a small crew needs on site: mixing, laying, protecting and repairing."),
        ("page", ""),
        ("h2", "Before you start"),
        ("p", "Order materials early. Putty improves with age, and sand that has been left open to rain is useless."),
        ("li", "Sharp, well-graded sand, washed and covered."),
        ("li", "Clean water; brackish water brings salts into the wall."),
        ("li", "Hessian and sheeting for at least a week of protection."),
        ("page", ""),
        ("h2", "Protecting new work"),
        (
            "p",
            "New lime work is soft for a long time. Non-hydraulic lime mortar gains its strength from carbon "
            "dioxide in the air, and it takes up none while it is frozen or bone dry. Protect fresh lime mortar "
            "from frost for at least three months, because water freezing in its pores destroys the bond before it "
            "has formed. Hang damp hessian over the face and keep it a hand's width away so that air can reach "
            "the joints. Inspect it every week and wet it again when it has dried.",
        ),
        ("h3", "In winter"),
        (
            "p",
            "Stop lime work when the air falls below five degrees Celsius and is still falling. Work begun after "
            "the end of September is at risk in most inland places and should wait until spring.",
        ),
        ("quote", "If in doubt, wait. A wall that stood a hundred winters can stand one more with open joints."),
        ("page", ""),
        ("h2", "Mixes"),
        ("row", "Use\tLime\tSand\tNote"),
        ("row", "Bedding\t1\t3\tThe usual mix for rubble walls"),
        ("row", "Pointing\t1\t2½\tFiner sand; press in firmly"),
        ("row", "Render, first coat\t1\t2½\tAdd hair"),
        ("code", "putty_litres = wall_area_m2 * 0.03 * 1000 / 4\nsand_litres  = putty_litres * 3"),
        ("p", "Measure by volume with a gauge box, never by the shovel."),
    ],
    format="pdf",
    paged=True,
    published="2019",
)

WINTER = document_from(
    "Frost and fresh mortar",
    [
        ("h1", "Frost and fresh mortar"),
        ("p", "Why does frost matter more for lime than for cement, and for how long?"),
        ("h2", "What frost does"),
        (
            "p",
            "Water expands by about nine per cent when it freezes. In a mortar that has not yet hardened the ice "
            "pushes the grains apart. Lime mortar stays vulnerable to frost for about three months after it is "
            "placed. A natural hydraulic lime sets in part with water and is past the worst after four weeks.",
        ),
        ("h2", "What to do"),
        ("li", "Cover the work with hessian and a breathing sheet."),
        ("li", "Leave a gap for air: carbonation needs it."),
        ("li", "Keep the covering on through the first winter if the work was finished in autumn."),
        (
            "p",
            "Additives sold as antifreeze do not help: they bring salts into the wall and slow the uptake of "
            "carbon dioxide.",
        ),
    ],
    published="2021-10",
)

HYDRAULIC = document_from(
    "Natural hydraulic limes compared",
    [
        ("h1", "Natural hydraulic limes compared"),
        ("p", "Three grades are sold: 2, 3.5 and 5, after their strength in newtons per square millimetre."),
        ("h2", "Setting and curing"),
        (
            "p",
            "The hydraulic set begins within hours and goes on for weeks. Hydraulic lime needs protection from frost "
            "for two to four weeks, depending on its grade. The remaining free lime carbonates for months.",
        ),
        ("row", "Grade\tFirst set\tFrost protection"),
        ("row", "NHL 2\t20 hours\tfour weeks"),
        ("row", "NHL 3.5\t10 hours\tthree weeks"),
        ("row", "NHL 5\t6 hours\ttwo weeks"),
    ],
    format="markdown",
    published="2022-03-01",
)

LOG = document_from(
    "Garden wall log",
    [
        ("h1", "Garden wall log"),
        ("p", "12 October. Pointed the last four metres of the north wall, mild and damp, nine degrees."),
        ("p", "3 December. First hard frost, minus six. Took the sheet off one day too early."),
        (
            "p",
            "20 March. Six weeks of protection were not enough: the north face has lost its joints to a depth of "
            "two centimetres. The south face, covered until February, is sound.",
        ),
    ],
    format="text",
)

PAINT = document_from(
    "Limewash, colours and brushes",
    [
        ("h1", "Limewash, colours and brushes"),
        ("p", "Five thin coats are better than two thick ones. Damp the wall before each of them."),
    ],
    format="docx",
)

ARABIC = document_from(
    "ملاحظات عن ملاط الجير",
    [
        ("h1", "ملاحظات عن ملاط الجير"),
        ("p", "يجب حماية ملاط الجير الطري من الصقيع لمدة ثلاثة أشهر على الأقل بعد وضعه. يتصلب ببطء مع الهواء."),
        ("p", "درجة الحرارة 5 °C هي الحد الأدنى للعمل."),
    ],
    format="text",
)

CHINESE = document_from(
    "石灰砂浆的养护",
    [
        ("h1", "石灰砂浆的养护"),
        ("p", "新砌的石灰砂浆至少三个月内必须防冻。石灰依靠空气中的二氧化碳缓慢硬化,冬季施工应避免。"),
        ("p", "👷🏽‍♀️🧱 现场记录:温度 4 °C,停止施工。"),
    ],
    format="text",
)


# --- runs --------------------------------------------------------------------------------------------------------


def finished_run(*, with_other_scripts: bool = False) -> FakeRun:
    """A complete run: three sub-questions, five sources read, one that failed, one with nothing, every claim state."""
    run = FakeRun()
    run.started()
    run.planned(
        [
            "How long must fresh lime mortar be protected from frost?",
            "What does frost do to lime mortar that has not hardened?",
            "Does natural hydraulic lime need less protection?",
            "Which additives make lime mortar frost-proof?",
        ]
    )
    handbook = run.source("Handbook.pdf", HANDBOOK)
    winter = run.source("web/frost-and-fresh-mortar.html", WINTER)
    hydraulic = run.source("hydraulic-limes.md", HYDRAULIC)
    log = run.source("garden wall log.txt", LOG)
    paint = run.source("Limewash.docx", PAINT)
    listing = [(one.address, one.title) for one in (handbook, winter, log, hydraulic, paint)]
    scan = ("file:///home/reader/Documents/Building%20notes/scan-0031.pdf", "scan-0031.pdf")
    never = ("file:///home/reader/Documents/Building%20notes/Roofs.epub", "Slate roofs of the uplands")

    run.began(1)
    run.searched(1, "protect fresh lime mortar frost how long", [*listing[:3], scan, never])
    (three_months, below_five) = run.read(
        1,
        handbook,
        [
            "Protect fresh lime mortar from frost for at least three months, because water freezing in its pores "
            "destroys the bond before it has formed.",
            "Stop lime work when the air falls below five degrees Celsius and is still falling.",
        ],
    )
    (also_three,) = run.read(
        1, winter, ["Lime mortar stays vulnerable to frost for about three months after it is placed."]
    )
    run.failed(1, *scan, "The pages are pictures without text, and Plumbline does not read pictures yet")
    (six_weeks,) = run.read(
        1,
        log,
        ["Six weeks of protection were not enough: the north face has lost its joints to a depth of two centimetres."],
    )
    other: tuple[PassageId, ...] = ()
    if with_other_scripts:
        arabic = run.source("الجير.txt", ARABIC)
        chinese = run.source("石灰.txt", CHINESE)
        other = run.read(1, arabic, ["يجب حماية ملاط الجير الطري من الصقيع لمدة ثلاثة أشهر على الأقل بعد وضعه."])
        other += run.read(1, chinese, ["新砌的石灰砂浆至少三个月内必须防冻。"])
    run.closed(1)

    run.began(2)
    run.searched(2, "frost damage unhardened lime mortar", listing[:2])
    (expands, pushes) = run.read(
        2,
        winter,
        [
            "Water expands by about nine per cent when it freezes.",
            "In a mortar that has not yet hardened the ice pushes the grains apart.",
        ],
    )
    run.closed(2)

    run.began(3)
    run.searched(3, "natural hydraulic lime frost protection", [*listing[3:], listing[1], never])
    (two_to_four,) = run.read(
        3,
        hydraulic,
        ["Hydraulic lime needs protection from frost for two to four weeks, depending on its grade."],
    )
    (four_weeks,) = run.read(
        3,
        winter,
        ["A natural hydraulic lime sets in part with water and is past the worst after four weeks."],
    )
    run.read(3, paint, [])
    run.closed(3)

    run.began(4)
    run.searched(4, "additives frost-proof lime mortar", listing[1:2])
    run.searched(4, "antifreeze lime mortar", [])
    (antifreeze,) = run.read(
        4,
        winter,
        [
            "Additives sold as antifreeze do not help: they bring salts into the wall and slow the uptake of "
            "carbon dioxide."
        ],
    )
    run.closed(4, found=False, reason="No source names one that works")

    quotes = {passage.id: passage.quote for passage in run.passages}
    states = ClaimState
    claims_first = [
        claim(
            2,
            quotes[also_three],
            [also_three],
            agreeing=[three_months],
            state=states.SUPPORTED,
            remark="Two independent documents name the same time.",
        ),
        claim(3, quotes[below_five], [below_five]),
        claim(
            4,
            quotes[six_weeks],
            [six_weeks],
            state=states.PARTLY,
            remark="The log describes one wall; it does not say how much protection would have been enough.",
        ),
    ]
    if with_other_scripts:
        claims_first += [
            claim(20 + number, quotes[one], [one], agreeing=[three_months], state=states.SUPPORTED)
            for number, one in enumerate(other)
        ]
    report = Report(
        question=run.question,
        answer=(
            claim(
                1,
                quotes[three_months],
                [three_months],
                agreeing=[also_three],
                state=states.SUPPORTED,
                remark="Two independent documents name the same time.",
            ),
        ),
        sections=(
            Section(
                title="How long must fresh lime mortar be protected from frost?",
                claims=tuple(claims_first),
                subquestion_id=SubQuestionId(1),
            ),
            Section(
                title="What does frost do to lime mortar that has not hardened?",
                claims=(
                    claim(5, quotes[expands], [expands]),
                    claim(6, quotes[pushes], [pushes]),
                ),
                subquestion_id=SubQuestionId(2),
            ),
            Section(
                title="Does natural hydraulic lime need less protection?",
                claims=(
                    claim(7, quotes[two_to_four], [two_to_four], agreeing=[four_weeks], state=states.SUPPORTED),
                    claim(
                        8,
                        quotes[four_weeks],
                        [four_weeks],
                        state=states.CONTRADICTED,
                        remark="Another source allows two weeks for the strongest grade.",
                    ),
                    claim(
                        9,
                        quotes[antifreeze],
                        [antifreeze],
                        state=states.UNSUPPORTED,
                        remark="The passage gives no measurement for this.",
                    ),
                ),
                subquestion_id=SubQuestionId(3),
            ),
        ),
        gaps=(
            Gap(
                question="Which additives make lime mortar frost-proof?",
                queries=("additives frost-proof lime mortar", "antifreeze lime mortar"),
                sources_read=1,
                reason="One source speaks of additives, and only to say that they do not help.",
            ),
        ),
        made_by=ENGINE,
    )
    run.wrote(report)
    run.ended()
    return run


def not_found_run() -> FakeRun:
    """Everything was searched, two sources were opened, nothing was there."""
    run = FakeRun(question="What is the tensile strength of spider silk at 77 kelvin?")
    run.started()
    run.planned([run.question], reason="The question is simple.")
    run.began(1)
    paint = run.source("Limewash.docx", PAINT)
    log = run.source("garden wall log.txt", LOG)
    run.searched(1, "tensile strength spider silk 77 kelvin", [(log.address, log.title)])
    run.read(1, log)
    run.searched(1, "spider silk strength", [(paint.address, paint.title)])
    run.read(1, paint)
    run.searched(1, "dragline silk cryogenic", [])
    run.closed(1, found=False, reason="Three searches brought nothing on this")
    report = Report(
        question=run.question,
        answer=(),
        sections=(),
        gaps=(
            Gap(
                question=run.question,
                queries=("tensile strength spider silk 77 kelvin", "spider silk strength", "dragline silk cryogenic"),
                sources_read=2,
                reason="Neither of the two documents that came up speaks of spider silk.",
            ),
        ),
        made_by=ENGINE,
    )
    run.wrote(report)
    run.ended(Outcome.NOT_FOUND)
    return run


def stopped_run() -> FakeRun:
    """Stopped by the person after the first evidence."""
    whole = finished_run()
    run = replace(whole, trace=whole.until(SourceRead, nth=2))
    run.clock = run.trace[-1].at
    run.ended(Outcome.STOPPED)
    return run


def failed_run() -> FakeRun:
    """Broke off for a reason outside of it, after the first evidence."""
    whole = finished_run()
    run = replace(whole, trace=whole.until(SourceRead, nth=1))
    run.clock = run.trace[-1].at
    run.ended(Outcome.FAILED, "The disk is full: the next step could not be stored")
    return run


def large_run(claims: int = 500) -> FakeRun:
    """A report of many claims over many sources, a section for every ten."""
    run = FakeRun(question="What do all of these documents say?")
    run.started()
    run.planned(["What do all of these documents say?"])
    run.began(1)
    written = []
    for number in range(1, claims + 1):
        text = f"Sample {number} hardened after {number % 90 + 10} days in damp air and held its joint under load."
        document = document_from(f"Sample sheet {number}", [("h1", f"Sample {number}"), ("p", f"{text} It was kept.")])
        (passage,) = run.read(1, run.source(f"sheet-{number}.html", document), [text], after_s=0.1)
        written.append(claim(number, text, [passage]))
    run.closed(1)
    sections = tuple(
        Section(title=f"Samples {at + 1} to {at + 10}", claims=tuple(written[at : at + 10]))
        for at in range(1, claims, 10)
    )
    run.wrote(
        Report(question=run.question, answer=(written[0],), sections=sections, gaps=(), made_by=ENGINE), checked=False
    )
    run.add(ReportFinished(report=run.state.draft or Report(question="", answer=(), sections=(), gaps=(), made_by="")))
    run.ended()
    return run


def long_trace(events: int = 10_000) -> FakeRun:
    """A run with a great many steps."""
    run = FakeRun()
    run.started()
    run.planned(["What is there?"])
    run.began(1)
    handbook = run.source("Handbook.pdf", HANDBOOK)
    for number in range(events - len(run.trace)):
        run.searched(1, f"query {number}", [(handbook.address, handbook.title)])
    return run


def large_document(*, blocks: int = 20_000, characters: int = 60) -> Document:
    """A document with many short paragraphs and a heading every fifty."""
    sentence = "Lime mortar cures by taking up carbon dioxide from damp air, which takes weeks in winter. "
    filler = sentence * (characters // len(sentence) + 1)
    parts = [
        ("h2", f"Part {number // 50 + 1}") if number % 50 == 0 else ("p", f"{number}: {filler[:characters]}")
        for number in range(blocks)
    ]
    return document_from("A very long document", parts)


NASTY_TEXTS: Mapping[str, str] = {
    "image": "![x](/dev/tty0) ![y](file:///dev/zero)",
    "html image": '<img src="file:///etc/passwd"><img src="http://127.0.0.1:9/x.png">',
    "stylesheet": '<link rel="stylesheet" href="file:///etc/passwd"><style>@import url(file:///etc/hosts);</style>',
    "script": "<script>alert(1)</script>",
    "link": '<a href="file:///etc/passwd">click</a>',
    "markdown link": "[click](javascript:alert(1))",
    "reference": "[x]: file:///etc/passwd\n[x]",
    "table": "<table><tr><td background='file:///etc/passwd'>x</td></tr></table>",
    "background": '<body background="file:///etc/passwd" style="background:url(/etc/passwd)">',
    "frame": '<iframe src="file:///etc/passwd"></iframe>',
    "object": '<object data="/etc/passwd"></object><embed src="/etc/passwd">',
    "svg": '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
    "entity": "&lt;b&gt;not bold&lt;/b&gt; &amp; &#x202e;",
    "doctype": '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>&x;',
    "nested": "<div>" * 400 + "deep" + "</div>" * 400,
    "unclosed": "<b><i><u><table><tr><td>never closed",
    "marks": "[1] [2] [99] \ufffc \ufffc",
    "object characters": "\ufffc" * 20,
    "frame characters": "\ufdd0\ufdd1 and \ufdd0",
    "control": "".join(chr(code) for code in range(32)) + "\x7f\x80\x9f",
    "bidi override": "safe \u202eexe.txt\u202c \u2066 \u2067 \u202b unfinished",
    "unmatched isolate": "\u2069\u2069\u2069 \u2067 after",
    "right to left": "هذا نص من اليمين إلى اليسار مع English في الوسط و 123.",
    "hebrew": "שלום עולם, זהו משפט ארוך למדי עם (סוגריים) ומספר 42.",
    "cjk": "漢字とカナ混じりの文。" * 30,
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 🇺🇳 👍🏿" * 10,
    "combining": "Z" + "\u0301\u0323\u0330" * 200,
    "separators": "one\u2028two\u2029three\x0bfour\x0cfive\x85six",
    "surrogate": "broken \ud800 half \udfff pair",
    "long word": "x" * 5_000,
    "astral": "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 " * 50,
    "spaces": " \t\u00a0\u3000" * 50 + "end",
    "empty": " ",
    "newlines": "a\n\n\n\nb\r\nc\rd",
}
"""Things that must only ever be shown as the characters they are."""


def nasty_run() -> FakeRun:
    """A finished run in which the question, every title, quote, claim, gap and remark is hostile text."""
    everything = " ".join(NASTY_TEXTS.values())
    run = FakeRun(question=everything[:3_000])
    run.started()
    run.planned([text[:500] for text in NASTY_TEXTS.values()])
    written = []
    for number, (name, text) in enumerate(NASTY_TEXTS.items(), start=1):
        run.began(number)
        document = document_from(f"{text[:300]} {name}", [("h1", text[:200]), ("p", f"Before. {text} {name} after.")])
        source = run.source(f"{name}.html", document, site=text[:100], published=text[:50], warnings=(text[:200],))
        run.searched(number, text[:300], [(source.address, source.title)], reason=text[:200])
        (passage,) = run.read(number, source, [f"{text} {name}"], note=text[:200])
        run.failed(number, f"file:///gone/{name}", text[:200], text[:200])
        run.closed(number, reason=text[:200])
        written.append(claim(number, text, [passage], state=list(ClaimState)[number % 6], remark=text[:300]))
    report = Report(
        question=run.question,
        answer=tuple(written[:2]),
        sections=tuple(
            Section(title=one.text[:300], claims=(one, replace(one, id=ClaimId(one.id + 1000), is_quotation=False)))
            for one in written[2:]
        ),
        gaps=tuple(Gap(question=t[:300], queries=(t[:100],), sources_read=1, reason=t) for t in NASTY_TEXTS.values()),
        made_by=everything[:500],
    )
    run.wrote(report)
    run.ended(Outcome.COMPLETE, everything[:200])
    return run
