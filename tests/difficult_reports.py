"""Reports that are hard to put into a file: every script, tables, contradictions, endless words, hostile texts.

Each says which of its texts have to be found again in the file, whatever kind of file it becomes.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from fake_runs import document_from
from hostile_snippets import SNIPPETS

from engine.agent.episode_state import Episode
from engine.agent.state import RunState
from engine.domain import (
    BlockKind,
    Budget,
    Cell,
    Claim,
    ClaimId,
    ClaimState,
    Depth,
    Gap,
    Locator,
    Mark,
    Obstacle,
    Outcome,
    Passage,
    PassageId,
    Reach,
    Reference,
    Report,
    RunId,
    Scope,
    Section,
    SessionId,
    Source,
    SourceId,
    SubQuestion,
    SubQuestionId,
    Table,
    Verdict,
    WebLimits,
)
from engine.events import SourceFailed
from engine.export.departures import NOT_ASKED, Departure, Departures
from engine.export.printable import printable
from engine.reading.document import Document

AT = datetime(2026, 5, 17, 14, 30, 12, tzinfo=UTC)
SUPPORTED, SINGLE, PARTLY = ClaimState.SUPPORTED, ClaimState.SINGLE_SOURCE, ClaimState.PARTLY


@dataclass(frozen=True, kw_only=True)
class DifficultReport:
    """A run to export."""

    name: str
    state: RunState
    documents: dict[str, Document]
    says: tuple[str, ...]
    drawn: tuple[str, ...] = ()
    """What more it says; in a PDF it can be read only where a font of the computer has it."""
    departures: Departures = NOT_ASKED

    def document_of(self, text_hash: str) -> Document:
        return self.documents[text_hash]


@dataclass(kw_only=True)
class Making:
    """Collects sources, passages and claims; the numbers are given in order."""

    documents: dict[str, Document] = field(default_factory=dict)
    sources: dict[SourceId, Source] = field(default_factory=dict)
    passages: dict[PassageId, Passage] = field(default_factory=dict)
    claims: int = 0

    def source(self, title: str, quotes: Sequence[str], **changes: object) -> tuple[PassageId, ...]:
        """Add a source with passages; return their numbers."""
        kind = changes.pop("kind", BlockKind.PARAGRAPH)
        locator = changes.pop("locator", Locator(page=len(self.sources) + 1, section=("A part",)))
        document = document_from(title, [("code" if kind is BlockKind.CODE else "p", quote) for quote in quotes])
        text_hash = hashlib.sha256(f"{len(self.sources)} {document.text}".encode("utf-8", "replace")).hexdigest()
        self.documents[text_hash] = document
        number = len(self.sources) + 1
        values: dict[str, object] = {
            "id": SourceId(f"{number:04x}source"),
            "address": f"https://example.org/page/{number}",
            "title": title,
            "format": "html",
            "text_hash": text_hash,
            "file_hash": hashlib.sha256(text_hash.encode()).hexdigest(),
            "characters": len(document.text),
            "read_at": AT,
            "site": "Example",
            "authors": ("Ada Mason",),
            "published": "2024-03-02",
        }
        source = Source(**(values | changes))  # type: ignore[arg-type]
        self.sources[source.id] = source
        numbers = []
        for quote, block in zip(quotes, document.blocks, strict=True):
            passage = Passage(
                id=PassageId(len(self.passages) + 1),
                source_id=source.id,
                subquestion_id=SubQuestionId(1),
                start=block.start,
                end=block.end,
                quote=quote,
                locator=locator,  # type: ignore[arg-type]
                relevance=0.5,
                kind=kind,  # type: ignore[arg-type]
            )
            self.passages[passage.id] = passage
            numbers.append(passage.id)
        return tuple(numbers)

    def claim(self, text: str, passages: Sequence[PassageId], state: ClaimState = SINGLE, **changes: object) -> Claim:
        self.claims += 1
        values: dict[str, object] = {"id": ClaimId(self.claims), "text": text, "passages": tuple(passages)}
        return Claim(**(values | {"state": state} | changes))  # type: ignore[arg-type]

    def state(self, report: Report | None, *, question: str = "", **changes: object) -> RunState:
        values: dict[str, object] = {
            "session_id": SessionId("session-1"),
            "run_id": RunId("run-1"),
            "question": question or (report.question if report is not None else "A question"),
            "scope": Scope(reach=Reach.WEB, web=WebLimits()),
            "depth": Depth.STANDARD,
            "budget": Budget(subquestions=1, searches_per_episode=1, sources_per_episode=1, passages_per_source=1),
            "engine": "No language model: quoted word for word",
            "version": "0.1.0",
            "started_at": AT,
            "updated_at": AT,
            "length": 12,
            "sources": self.sources,
            "passages": self.passages,
            "report": report,
            "outcome": Outcome.COMPLETE if report is not None else Outcome.FAILED,
        }
        return RunState(**(values | changes))  # type: ignore[arg-type]


def report_of(question: str, answer: Sequence[Claim], sections: Sequence[Section] = (), gaps: Sequence[Gap] = ()):
    return Report(
        question=question,
        answer=tuple(answer),
        sections=tuple(sections),
        gaps=tuple(gaps),
        made_by="No language model: quoted word for word",
    )


def found_again(text: str) -> str:
    """Return what of a text can be compared after a file was read back: its letters and signs, without layout."""
    kept = unicodedata.normalize("NFKC", printable(text))
    kept = re.sub(r"\n\d+ / \d+\n", "", kept).replace("\ufffd", "").replace("\u25a1", "")
    return "".join(one for one in kept if not one.isspace() and unicodedata.category(one) not in ("Cf", "Cc"))


# --- the reports -------------------------------------------------------------------------------------------------


def nothing_written() -> DifficultReport:
    making = Making()
    state = making.state(None, question="What was never answered?")
    return DifficultReport(name="nothing written", state=state, documents={}, says=("What was never answered?",))


def nothing_found() -> DifficultReport:
    gap = Gap(question="Why?", queries=("why", "why not"), sources_read=0, reason="No source says so.")
    report = report_of("Is there anything?", (), gaps=(gap,))
    state = Making().state(report, outcome=Outcome.NOT_FOUND)
    return DifficultReport(name="nothing found", state=state, documents={}, says=("Not found in these", "why not"))


SCRIPTS = {
    "Chinese": "新砂浆必须在三个月内防冻，因为水在孔隙中结冰。",
    "Japanese": "新しいモルタルは三か月間、霜から守る必要がある。",
    "Korean": "새 모르타르는 석 달 동안 서리로부터 보호해야 한다.",
    "Arabic": "يجب حماية الملاط الجديد من الصقيع لمدة ثلاثة أشهر.",
    "Hebrew": "יש להגן על טיט סיד טרי מפני כפור במשך שלושה חודשים.",
    "Greek": "Το νωπό κονίαμα χρειάζεται προστασία από τον παγετό.",
    "Russian": "Свежий известковый раствор нужно беречь от мороза.",
    "Accents": "Žluťoučký kůň, façade, Größe, œuvre, naïve, Ångström.",
    "Signs": "1 200 km², 5 °C, ½, ±3 %, §7, “quoted” — dash, ≥ 10, → on, ∑ and ∞.",
}
_RARE = ("Chinese", "Japanese", "Korean", "Arabic", "Hebrew")
EMOJI = "Frost 🥶 and sun ☀️, family 👨‍👩‍👧‍👦, flag 🇦🇹, thumb 👍🏽."


def every_script() -> DifficultReport:
    making = Making()
    sections = []
    for name, text in {**SCRIPTS, "Emoji": EMOJI}.items():
        (passage,) = making.source(text, (text,), site=name, authors=(text[:12],))
        sections.append(Section(title=f"{name}: {text[:14]}", claims=(making.claim(text, (passage,)),)))
    first = sections[0].claims[0]
    report = report_of("新砂浆 كم من الوقت wie lange?", (making.claim(SCRIPTS["Arabic"], first.passages),), sections)
    return DifficultReport(
        name="every script",
        state=making.state(report),
        documents=making.documents,
        says=tuple(text for name, text in SCRIPTS.items() if name not in _RARE),
        drawn=(*(SCRIPTS[name] for name in _RARE), EMOJI),
    )


def right_to_left() -> DifficultReport:
    making = Making()
    hebrew = SCRIPTS["Hebrew"]
    mixed = "החומר NHL 3.5 דורש 28 ימים לפי EN 459-1 (2015)."
    passages = making.source("מדריך לטיט", (hebrew, mixed))
    columns = ("חומר", "ימים")
    cells = (Cell(text="NHL 3.5"), Cell(text="28", claim=making.claim(mixed, passages[1:])))
    section = Section(
        title="הגנה מפני כפור",
        claims=(making.claim(hebrew, passages[:1]), making.claim(mixed, passages[1:], PARTLY, remark="רק חלק נאמר.")),
        table=Table(columns=columns, rows=(cells,)),
    )
    report = report_of("כמה זמן צריך להגן על טיט סיד?", (making.claim(hebrew, passages),), (section,))
    return DifficultReport(
        name="right to left",
        state=making.state(report),
        documents=making.documents,
        says=("NHL", "459-1"),
        drawn=(hebrew, mixed),
    )


def tables() -> DifficultReport:
    making = Making()
    passages = making.source(
        "Birds of the reed", ("The grey heron spans 175 to 195 cm.", "The egret spans 88 to 106 cm.")
    )
    heron = making.claim("Grey heron, wingspan: 175–195 cm", passages[:1], SUPPORTED, agreeing=passages[1:])
    egret = making.claim("Little egret, wingspan: 88–106 cm", passages[1:], lone_figures=("88–106 cm",))
    rows = (
        (Cell(text="Grey heron"), Cell(text="175–195 cm", claim=heron), Cell(missing="No source gives its weight.")),
        (Cell(text="Little egret"), Cell(text="88–106 cm", claim=egret), Cell(text="a | b\tc")),
        (Cell(text="Bittern"), Cell(missing="Looked for and not found."), Cell()),
    )
    wide = tuple(f"Column {number}" for number in range(1, 13))
    many = tuple(tuple(Cell(text=f"r{row}c{column}") for column in range(1, 13)) for row in range(1, 41))
    sections = (
        Section(title="Wingspans", claims=(), table=Table(columns=("Bird", "Wingspan", "Weight"), rows=rows)),
        Section(title="Wide and long", claims=(), table=Table(columns=wide, rows=many)),
        Section(title="No rows", claims=(), table=Table(columns=("Alone",), rows=())),
    )
    report = report_of("All herons with their wingspan and weight", (heron,), sections)
    return DifficultReport(
        name="tables",
        state=making.state(report),
        documents=making.documents,
        says=("175–195 cm", "No source gives its weight.", "r40c12", "Column 12", "Bittern", "a | b c", "Alone"),
    )


def disputes() -> DifficultReport:
    making = Making()
    mine = making.source("First survey", ("The tower is 57 metres high.",))
    other = making.source("Second survey", ("The tower has a height of 61 metres.",))
    against = making.claim(
        "The tower is 57 metres high.",
        mine,
        ClaimState.CONTRADICTED,
        against=other,
        remark="Another source gives 61 metres.",
        lone_figures=("57 metres",),
        former="The tower is 60 metres high.",
    )
    failed = making.claim(
        "It was built in one summer.", mine, ClaimState.UNSUPPORTED, remark="The passage says nothing of a summer."
    )
    gap = Gap(question="When was it built?", queries=("tower built",), sources_read=2, reason="Not said.", claim=failed)
    report = report_of("How high is the tower?", (against,), gaps=(gap,))
    marks = {
        against.id: Mark(claim_id=against.id, verdict=Verdict.WRONG, note="I measured 61 m.", at=AT),
        failed.id: Mark(claim_id=failed.id, verdict=Verdict.UNCLEAR, note="", at=AT),
    }
    return DifficultReport(
        name="disputes",
        state=making.state(report, marks=marks),
        documents=making.documents,
        says=(
            "The tower has a height of 61 metres.",
            "Another source gives 61 metres.",
            "It was built in one summer.",
            "The passage says nothing of a summer.",
            "I measured 61 m.",
            "The tower is 60 metres high.",
        ),
    )


CODE = 'def weeks(frost):\n    if frost:\n\treturn 12  # "weeks"\n    return {"a": [1, 2]}\n\n\\end{verbatim} `x` $y$'


def code_and_mathematics() -> DifficultReport:
    making = Making()
    (code,) = making.source("Program", (CODE,), kind=BlockKind.CODE, address="file:///home/reader/weeks.py")
    (plain,) = making.source("Theorem", ("The sum $\\sum_{i=1}^n i = \\frac{n(n+1)}{2}$ holds for 2^{10} too.",))
    claims = (
        making.claim("The function `weeks(frost)` returns 12.", (code,)),
        making.claim("It is $\\sum_{i=1}^n i$, at a cost of $5 and $6.", (plain,)),
    )
    report = report_of(
        "What does weeks() return, and what is $\\sum i$?", claims[:1], (Section(title="x", claims=claims),)
    )
    return DifficultReport(
        name="code and mathematics",
        state=making.state(report),
        documents=making.documents,
        says=(
            CODE,
            "$\\sum_{i=1}^n i = \\frac{n(n+1)}{2}$ holds for 2^{10} too.",
            "at a cost of $5 and $6.",
            "/home/reader/weeks.py",
        ),
    )


_HARMLESS = (*SCRIPTS.values(), EMOJI, "plain", "é" * 3)
LONG_WORD = "Donaudampfschifffahrt" * 477
LONG_ADDRESS = "https://example.org/" + "/".join(f"part-{number}" for number in range(200)) + "?q=" + "x" * 400


def endless() -> DifficultReport:
    making = Making()
    long_text = "One sentence of a long paragraph that goes on and on. " * 1_500
    (word,) = making.source(LONG_WORD[:300], (LONG_WORD,), address=LONG_ADDRESS)
    (text,) = making.source("T" * 2_000, (long_text.strip(),), published="x" * 500)
    claims = (making.claim(LONG_WORD, (word,)), making.claim(f"See {LONG_ADDRESS} for more.", (text,)))
    report = report_of("W" * 3_000, claims[:1], (Section(title="S" * 1_000, claims=claims),))
    return DifficultReport(
        name="endless words",
        state=making.state(report),
        documents=making.documents,
        says=(LONG_WORD, LONG_ADDRESS, "W" * 3_000, "S" * 1_000, long_text[:5_000]),
    )


def many_passages(count: int = 400) -> DifficultReport:
    making = Making()
    sections = []
    for number in range(1, count + 1, 20):
        passages = making.source(
            f"Source {number}",
            [f"Observation {one} was made in {1_900 + one % 120}." for one in range(number, number + 20)],
        )
        claims = tuple(
            making.claim(f"Claim {one} rests on it.", (one,), SUPPORTED, agreeing=passages[:3]) for one in passages
        )
        sections.append(Section(title=f"Part {number}", claims=claims))
    everything = making.claim("It all agrees.", tuple(making.passages))
    report = report_of("What was observed?", (everything,), sections)
    return DifficultReport(
        name=f"{count} passages",
        state=making.state(report),
        documents=making.documents,
        says=(f"Observation {count} was", f"Claim {count} rests on it."),
    )


def hostile(snippets: Sequence[str] = SNIPPETS) -> DifficultReport:
    """Return a report with each of the texts in every place where a text can stand."""
    making = Making()
    sections, gaps, marks, failed, entries = [], [], {}, [], []
    for number, text in enumerate(snippets):
        (passage,) = making.source(
            text,
            (text,),
            address=text if number % 2 else f"https://trap.example/{text}",
            site=text,
            authors=(text, f"{text}, {text}"),
            published=text,
            canonical=text,
            final_address="",
            warnings=(text,),
            format=text,
            locator=Locator(page=number, section=(text, text), anchor=text),
            kind=BlockKind.CODE if number % 3 == 0 else BlockKind.PARAGRAPH,
            reference=Reference(
                kind=text, container=text, publisher=text, volume=text, issue=text, pages=text, doi=text, isbn=text
            ),
        )
        state = tuple(ClaimState)[number % len(ClaimState)]
        told = making.claim(
            text, (passage,), state, remark=text, lone_figures=(text,), former=text, against=(passage,), agreeing=(1,)
        )
        cell = making.claim(f"{text}: {text}", (passage,), state, remark=text)
        table = Table(
            columns=(text, text), rows=((Cell(text=text), Cell(text=text, claim=cell)), (Cell(missing=text),))
        )
        sections.append(Section(title=text, claims=(told,), table=table))
        lost = making.claim(text, (passage,), ClaimState.UNSUPPORTED, remark=text, former=text)
        gaps.append(Gap(question=text, queries=(text, text), sources_read=1, reason=text, claim=lost))
        marks[told.id] = Mark(claim_id=told.id, verdict=Verdict.WRONG, note=text, at=AT)
        failed.append(
            SourceFailed(
                subquestion_id=SubQuestionId(1), address=text, title=text, reason=text, obstacle=Obstacle.UNREACHABLE
            )
        )
        entries.append(
            Departure(at=AT, purpose="search", host=text, path=text, words=text, provider=text, via=text, reason=text)
        )
    report = Report(
        question=snippets[0],
        answer=sections[0].claims,
        sections=tuple(sections),
        gaps=tuple(gaps),
        made_by=" ".join(snippets),
        caveats=tuple(snippets),
        unwritten=tuple(snippets),
    )
    episode = Episode(subquestion=SubQuestion(id=SubQuestionId(1), text=snippets[0]), failed=tuple(failed))
    state = making.state(
        report,
        question=" ".join(snippets)[:4_000] if len(snippets) > 1 else snippets[0],
        marks=marks,
        episodes=(episode,),
        engine=snippets[0],
        version=snippets[0],
        end_reason=snippets[0],
        sent_to=tuple(snippets[:2]),
        approved_query=snippets[0],
        run_id=RunId(snippets[0]),
    )
    return DifficultReport(
        name="hostile texts",
        state=state,
        documents=making.documents,
        says=tuple(snippets),
        departures=Departures(entries=tuple(entries)),
    )


def harmless() -> DifficultReport:
    """Return the report of the hostile one's shape, with ordinary words in place of the texts."""
    return replace(
        hostile(tuple(f"{one} word {number}" for number, one in enumerate(_HARMLESS))), name="harmless words"
    )


def difficult_reports() -> tuple[DifficultReport, ...]:
    """Return all of them; the hostile one last."""
    return (
        nothing_written(),
        nothing_found(),
        every_script(),
        right_to_left(),
        tables(),
        disputes(),
        code_and_mathematics(),
        endless(),
        many_passages(),
        hostile(),
    )
