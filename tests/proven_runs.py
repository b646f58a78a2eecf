"""Runs whose reports show all that a check can bring: a table, contradictions, lone figures, failed sentences, marks.

Like those of ``fake_runs`` they are built and never happened; the birds and the figures are made up.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fake_runs import FakeRun, claim, document_from

from engine.domain import (
    Cell,
    Claim,
    ClaimId,
    ClaimState,
    Gap,
    Outcome,
    Outline,
    OutlinePart,
    PassageId,
    Report,
    RunId,
    Section,
    Source,
    SubQuestionId,
    Table,
    Verdict,
)
from engine.events import (
    ClaimChecked,
    ClaimMarked,
    ClaimRewritten,
    OutlineMade,
    ReportDrafted,
    ReportFinished,
    RunStarted,
    SectionWritten,
    SourceRead,
)
from engine.reading.document import Document
from engine.storage.folder import SESSIONS_FILE
from engine.storage.store import Store

QUESTION = "All wading birds of the Lower Marsh with their wingspan, clutch and food"
ENGINE = "Example 7B, on this computer"

SURVEY = document_from(
    "Breeding birds of the Lower Marsh",
    [
        ("h1", "Breeding birds of the Lower Marsh"),
        (
            "p",
            "The survey counted every nest of the marsh in three summers. All waders were measured.",
        ),
        ("h2", "Grey stalker"),
        (
            "p",
            "The grey stalker is the largest wader of the marsh; its wings span 175 to 195 cm. It lays three to five "
            "eggs in April. In 2019 there were 1,234 pairs, more than in any year before.",
        ),
        ("h2", "Reed bittern"),
        ("p", "The reed bittern spans 125 to 135 cm and lays five or six eggs in a nest among last year's reeds."),
        ("h2", "Marsh ibis"),
        ("p", "The marsh ibis lays three eggs. It probes the mud for worms and small crabs."),
    ],
    published="2020-11-03",
)
HANDBOOK = document_from(
    "Waders: a pocket handbook",
    [
        ("h1", "Waders: a pocket handbook"),
        ("p", "Measurements are those of adult birds. The grey stalker has a wingspan of 175–195 cm."),
        ("p", "Grey stalkers eat fish and frogs, which they catch by standing still in shallow water."),
        ("p", "The reed bittern eats eels. Its young leave the nest after fifty days."),
        ("p", "The grey stalker lays its eggs in the first half of March, earlier than any other wader."),
    ],
    format="pdf",
    paged=True,
)
NOTES = document_from(
    "Field notes, spring",
    [
        ("h1", "Field notes, spring"),
        ("p", "14 March: two stalker nests with eggs already, on the north side. None of them was disturbed."),
        ("p", "An ibis that was measured for ringing had a wingspan of 96 cm."),
    ],
    format="markdown",
)
WEB = {
    "Breeding birds of the Lower Marsh": "https://birds.example.org/marsh/survey-2020",
    "Waders: a pocket handbook": "https://press.example.net/waders.pdf",
}


def proven_run(*, outcome: Outcome = Outcome.COMPLETE, is_marked: bool = True, written: int | None = None) -> FakeRun:
    """A finished run with everything; or one that breaks off while it writes, after so many parts."""
    run = FakeRun(question=QUESTION, engine=ENGINE)
    run.started()
    run.planned(["Which waders breed in the Lower Marsh?", "What are their wingspan, clutch and food?"])
    run.began(1)
    survey = _source(run, "survey", SURVEY, site="birds.example.org")
    handbook = _source(run, "waders", HANDBOOK, site="press.example.net")
    notes = run.source("field notes.md", NOTES)
    run.searched(1, "wading birds lower marsh", [(one.address, one.title) for one in (survey, handbook, notes)])
    largest, april, pairs, bittern, ibis, probes = run.read(
        1,
        survey,
        [
            "its wings span 175 to 195 cm",
            "It lays three to five eggs in April.",
            "In 2019 there were 1,234 pairs, more than in any year before.",
            "The reed bittern spans 125 to 135 cm and lays five or six eggs in a nest among last year's reeds.",
            "The marsh ibis lays three eggs.",
            "It probes the mud for worms and small crabs.",
        ],
    )
    same, fish, eels, march = run.read(
        1,
        handbook,
        [
            "The grey stalker has a wingspan of 175–195 cm.",
            "Grey stalkers eat fish and frogs, which they catch by standing still in shallow water.",
            "The reed bittern eats eels.",
            "The grey stalker lays its eggs in the first half of March, earlier than any other wader.",
        ],
    )
    nests, wing = run.read(
        1,
        notes,
        [
            "14 March: two stalker nests with eggs already, on the north side.",
            "An ibis that was measured for ringing had a wingspan of 96 cm.",
        ],
    )
    run.closed(1)
    run.began(2)
    run.searched(2, "marsh ibis wingspan young", [(notes.address, notes.title)])
    run.closed(2)
    report = Report(
        question=QUESTION,
        answer=(
            _said(
                1,
                "Three waders breed in the Lower Marsh; the largest of them, the grey stalker, spans 175 to 195 cm.",
                [largest],
                agreeing=[same],
                state=ClaimState.SUPPORTED,
                support=0.97,
            ),
        ),
        sections=(
            Section(
                title="The grey stalker",
                claims=(
                    _said(
                        2,
                        "In 2019 1,234 pairs of the grey stalker were counted, more than in any year before.",
                        [pairs],
                        lone_figures=("2019", "1,234"),
                        support=0.94,
                    ),
                    _said(
                        3,
                        "It lays its eggs in April.",
                        [april],
                        against=[march, nests],
                        state=ClaimState.CONTRADICTED,
                        remark="Two other sources name March.",
                        support=0.91,
                    ),
                    _said(
                        4,
                        "It stands still in shallow water to catch fish and frogs.",
                        [fish],
                        former="It hunts fish, frogs and eels by standing still in shallow water at dusk.",
                        support=0.88,
                    ),
                ),
                subquestion_id=SubQuestionId(1),
            ),
            Section(
                title="Wingspan, clutch and food",
                claims=(),
                subquestion_id=SubQuestionId(2),
                table=Table(
                    columns=("Bird", "Wingspan", "Clutch", "Food"),
                    rows=(
                        (
                            Cell(text="Grey stalker"),
                            _cell(11, "175–195 cm", "Grey stalker, wingspan", [largest], agreeing=[same]),
                            _cell(12, "three to five eggs", "Grey stalker, clutch", [april]),
                            _cell(13, "fish and frogs, caught standing still", "Grey stalker, food", [fish]),
                        ),
                        (
                            Cell(text="Reed bittern"),
                            _cell(14, "125–135 cm", "Reed bittern, wingspan", [bittern], lone=("125–135",)),
                            _cell(15, "five or six eggs", "Reed bittern, clutch", [bittern]),
                            _cell(16, "eels", "Reed bittern, food", [eels], state=ClaimState.PARTLY),
                        ),
                        (
                            Cell(text="Marsh ibis"),
                            _cell(17, "96 cm", "Marsh ibis, wingspan", [wing], lone=("96",)),
                            _cell(18, "three eggs", "Marsh ibis, clutch", [ibis]),
                            _cell(19, "worms and small crabs", "Marsh ibis, food", [probes]),
                        ),
                        (
                            Cell(text="Blackwing"),
                            Cell(missing="not found in 3 sources"),
                            Cell(missing="not found in 3 sources"),
                            Cell(missing="What was written here is not said by what it cites."),
                        ),
                    ),
                ),
            ),
        ),
        gaps=(
            Gap(
                question="What are their wingspan, clutch and food?",
                queries=("marsh ibis wingspan young",),
                sources_read=1,
                reason="What was written is not said by what it cites.",
                claim=_said(
                    21,
                    "The young of the reed bittern leave the nest after fifteen days.",
                    [eels],
                    state=ClaimState.UNSUPPORTED,
                    remark="Its passage does not name “fifteen days”.",
                    former="The young leave the nest after fifteen days.",
                    support=0.04,
                ),
            ),
            Gap(
                question="How old do they become?",
                queries=("wader age lower marsh", "oldest grey stalker"),
                sources_read=3,
                reason="No source speaks of the age of the birds.",
            ),
        ),
        made_by=ENGINE,
    )
    _write(run, report, written=written)
    if written is not None:
        return run
    is_short = outcome is Outcome.INCOMPLETE
    run.ended(outcome, "Only 5 of 15 sentences are said by what they cite." if is_short else "")
    if is_marked:
        run.add(ClaimMarked(claim_id=ClaimId(2), verdict=Verdict.RIGHT, note="The county report has the same count."))
        run.add(ClaimMarked(claim_id=ClaimId(16), verdict=Verdict.WRONG, note="Ours took frogs all summer."))
        run.add(ClaimMarked(claim_id=ClaimId(4), verdict=Verdict.UNCLEAR, note=""))
    return run


def table_run(rows: int, *, columns: int = 6) -> FakeRun:
    """A finished run of one large table, every cell of which cites something."""
    run = FakeRun(question="All samples with what was measured of them")
    run.started()
    run.planned([run.question])
    run.began(1)
    measured = [f"Sample {number} was measured." for number in range(20)]
    document = document_from("Samples", [("p", one) for one in measured])
    passages = run.read(1, run.source("samples.html", document), measured)
    run.closed(1)
    made = tuple(
        (
            Cell(text=f"Sample {row}"),
            *(
                _cell(row * columns + column, f"{row * column} mm", f"Sample {row}", [passages[(row + column) % 20]])
                for column in range(1, columns)
            ),
        )
        for row in range(1, rows + 1)
    )
    titles = ("Sample", *(f"Measure {column}" for column in range(1, columns)))
    section = Section(title="Samples", claims=(), table=Table(columns=titles, rows=made))
    report = Report(question=run.question, answer=(), sections=(section,), gaps=(), made_by=ENGINE)
    run.add(ReportDrafted(report=report))
    run.add(ReportFinished(report=report))
    run.ended()
    return run


def keep(run: FakeRun, folder: Path) -> RunId:
    """Store a run as one of a data folder, as if it had been made there."""
    folder.mkdir(parents=True, exist_ok=True)
    store = Store.open(folder / SESSIONS_FILE)
    try:
        first = run.trace[0].event
        assert isinstance(first, RunStarted)
        stored = store.add_run(first, session_id=None)
        for one in run.trace[1:]:
            event = one.event
            read = {event.source.text_hash} if isinstance(event, SourceRead) else set()
            store.append(stored.run_id, event, documents={each: run.documents[each] for each in read})
    finally:
        store.close()
    return stored.run_id


def _source(run: FakeRun, name: str, document: Document, *, site: str) -> Source:
    return run.source(name, document, address=WEB[document.title], site=site, folder=None, modified_at=None)


def _write(run: FakeRun, report: Report, *, written: int | None) -> None:
    parts = tuple(
        OutlinePart(
            title=section.title,
            passages=tuple(dict.fromkeys(one for each in section.all_claims for one in each.passages)),
            subquestion_id=section.subquestion_id,
            columns=section.table.columns if section.table is not None else (),
        )
        for section in report.sections
    )
    run.add(OutlineMade(outline=Outline(parts=parts)))
    for number, section in enumerate(report.sections[:written]):
        run.add(SectionWritten(part=number, section=_unchecked_section(section)))
    if written is not None:
        return
    draft = replace(
        report,
        answer=tuple(_unchecked(one) for one in report.answer),
        sections=tuple(_unchecked_section(one) for one in report.sections),
        gaps=tuple(one for one in report.gaps if one.claim is None),
    )
    run.add(ReportDrafted(report=draft))
    for one in report.claims:
        if one.former:
            run.add(ClaimRewritten(claim=_unchecked(one)))
        run.add(ClaimChecked(claim=one), after_s=0.1)
    run.add(ReportFinished(report=report))


def _unchecked_section(section: Section) -> Section:
    table = section.table
    if table is not None:
        rows = tuple(
            tuple(replace(cell, claim=_unchecked(cell.claim)) if cell.claim is not None else cell for cell in row)
            for row in table.rows
        )
        table = replace(table, rows=rows)
    return replace(section, claims=tuple(_unchecked(one) for one in section.claims), table=table)


def _unchecked(one: Claim) -> Claim:
    return replace(
        one,
        state=ClaimState.UNCHECKED,
        remark="",
        support=None,
        lone_figures=(),
        against=(),
        text=one.former or one.text,
    )


def _said(
    number: int,
    text: str,
    passages: list[PassageId],
    *,
    agreeing: tuple[PassageId, ...] | list[PassageId] = (),
    against: tuple[PassageId, ...] | list[PassageId] = (),
    state: ClaimState = ClaimState.SINGLE_SOURCE,
    remark: str = "",
    support: float | None = None,
    lone_figures: tuple[str, ...] = (),
    former: str = "",
) -> Claim:
    made = claim(number, text, passages, agreeing=agreeing, state=state, remark=remark, is_quotation=False)
    return replace(made, against=tuple(against), support=support, lone_figures=lone_figures, former=former)


def _cell(
    number: int,
    text: str,
    about: str,
    passages: list[PassageId],
    *,
    agreeing: tuple[PassageId, ...] | list[PassageId] = (),
    lone: tuple[str, ...] = (),
    state: ClaimState = ClaimState.SINGLE_SOURCE,
) -> Cell:
    if agreeing:
        state = ClaimState.SUPPORTED
    sentence = _said(number, f"{about}: {text}", passages, agreeing=agreeing, state=state, lone_figures=lone)
    return Cell(text=text, claim=sentence)
