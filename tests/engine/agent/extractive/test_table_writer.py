from dataclasses import replace

import pytest
from fakes import source_of
from role_play import Evidence

from engine.agent.extractive.judge import ExtractiveJudge
from engine.agent.extractive.reader import ExtractiveReader
from engine.agent.extractive.table_writer import ExtractiveTableWriter, report_as_table
from engine.agent.extractive.writer import ExtractiveWriter
from engine.agent.plain_statistics import NoStatistics
from engine.agent.roles import Brief, ReadingTask
from engine.agent.table_cells import MAX_ROWS, NOT_FOUND
from engine.agent.wide import wide_question
from engine.citations.integrity import with_only_known_citations
from engine.citations.wording import no_answer_words
from engine.domain import (
    BlockKind,
    Claim,
    ClaimId,
    ClaimState,
    OutlinePart,
    PassageId,
    Report,
    Section,
    SubQuestion,
    SubQuestionId,
    Table,
)
from engine.reading.document import Block, Document

HERONS = "All herons with their wingspan and clutch size"
TYPES = "List every numeric type with its storage size and range"
ROWS = (
    "Name\tStorage Size\tDescription\tRange\n"
    "smallint\tStorage Size: 2 bytes\tDescription: small-range integer\tRange: -32768 to +32767\n"
    "bigint\tStorage Size: 8 bytes\tDescription: large-range integer\tRange: -2^63 to 2^63 - 1"
)


def section_of(brief: Brief) -> Section:
    wide = wide_question(brief.question)
    assert wide is not None
    part = OutlinePart(title="A table", passages=tuple(brief.passages), columns=wide.columns)
    section = ExtractiveTableWriter(NoStatistics()).section(brief, part)
    report = Report(question=brief.question, answer=(), sections=(section,), gaps=(), made_by="")
    assert section.table is None or with_only_known_citations(report, brief.passages).sections == (section,)
    for claim in section.all_claims:
        assert ExtractiveJudge().check(claim, brief).state is not ClaimState.UNSUPPORTED
    return section


def table_of(brief: Brief) -> Table:
    table = section_of(brief).table
    assert table is not None
    assert all(len(row) == len(table.columns) for row in table.rows)
    return table


def shown(table: Table) -> list[list[str]]:
    return [[cell.text or cell.missing for cell in row] for row in table.rows]


# --- rows that stand in the sources ---------------------------------------------------------------------------------


def test_rows_of_a_table_in_a_source_become_rows() -> None:
    evidence = Evidence(TYPES)
    evidence.passage(ROWS, title="Data types", section=("8.1. Numeric Types",))
    table = table_of(evidence.brief())
    assert shown(table) == [
        ["smallint", "2 bytes", "-32768 to +32767"],
        ["bigint", "8 bytes", "-2^63 to 2^63 - 1"],
    ]
    assert [claim.text for claim in table.claims[:3]] == [
        "smallint",
        "smallint, storage size: 2 bytes",
        "smallint, range: -32768 to +32767",
    ]
    assert all(claim.passages == (1,) for claim in table.claims)


def test_a_cell_too_long_to_be_called_by_its_column_is_known_from_its_neighbours() -> None:
    long = "from minus thirty-two thousand to plus thirty-two thousand, as it is stored in two bytes"
    quote = f"smallint\tStorage Size: 2 bytes\t{long}\nbigint\tStorage Size: 8 bytes\tRange: very large"
    evidence = Evidence(TYPES)
    evidence.passage(quote, section=("Numeric Types",))
    assert shown(table_of(evidence.brief()))[0] == ["smallint", "2 bytes", long]


def test_a_table_on_something_else_is_left_alone() -> None:
    evidence = Evidence(TYPES)
    evidence.passage("apple\tStorage Size: 2 boxes\npear\tStorage Size: 3 boxes", section=("Fruit in the cellar",))
    assert section_of(evidence.brief()).table is None


def test_a_name_that_looks_like_a_number_is_called_by_its_column_too() -> None:
    evidence = Evidence("All Debian releases with their codename and release date")
    rows = "version: 12\tcodename: Bookworm\trelease: 2023-06-10\nversion: 13\tcodename: Trixie\trelease: 2025-08-09"
    evidence.passage(rows, title="Debian releases")
    assert shown(table_of(evidence.brief())) == [["12", "Bookworm", "2023-06-10"], ["13", "Trixie", "2025-08-09"]]


def test_things_of_the_question_may_stand_in_any_cell_and_keep_its_order() -> None:
    evidence = Evidence("Compare Trixie and Bookworm by version and release")
    rows = "version: 12\tcodename: Bookworm\trelease: 2023-06-10\nversion: 13\tcodename: Trixie\trelease: 2025-08-09"
    evidence.passage(rows, title="Debian releases")
    assert shown(table_of(evidence.brief())) == [["Trixie", "13", "2025-08-09"], ["Bookworm", "12", "2023-06-10"]]


def test_codes_that_differ_in_case_or_sign_are_rows_of_their_own() -> None:
    evidence = Evidence("List all type codes with their size")
    evidence.passage("b\tSize: 1\nB\tSize: 2\n-b\tSize: 3\n<\tSize: 4", title="Type codes")
    assert shown(table_of(evidence.brief())) == [["b", "1"], ["B", "2"], ["-b", "3"], ["<", "4"]]


def test_a_header_that_says_it_all_is_preferred_to_one_that_says_half() -> None:
    evidence = Evidence("List all type codes with their standard size")
    evidence.passage("@\tSize: native\n=\tSize: standard", title="Type codes")
    evidence.passage("b\tStandard size: 1\nh\tStandard size: 2", title="Type codes")
    assert shown(table_of(evidence.brief())) == [["b", "1"], ["h", "2"]]


def test_a_table_on_a_neighbouring_kind_is_left_alone() -> None:
    evidence = Evidence("List every PostgreSQL numeric type with its storage size and range")
    shown_in = "Table 8.20 shows the geometric types of PostgreSQL.\n\npoint\tStorage Size: 16 bytes"
    evidence.passage(shown_in, title="Geometric Types", section=("8.8. Geometric Types",))
    assert section_of(evidence.brief()).table is None


def test_a_value_of_another_row_is_no_support() -> None:
    evidence = Evidence(TYPES)
    number = evidence.passage("smallint\tStorage Size: 2 bytes\nbigint\tStorage Size: 8 bytes", title="Data types")
    right = Claim(id=ClaimId(1), text="bigint, storage size: 8 bytes", passages=(number,))
    wrong = replace(right, text="bigint, storage size: 2 bytes")
    judge, brief = ExtractiveJudge(), evidence.brief()
    assert judge.check(right, brief).state is ClaimState.SINGLE_SOURCE
    assert judge.check(wrong, brief).state in (ClaimState.UNSUPPORTED, ClaimState.PARTLY)


def test_things_that_the_question_names_are_found_in_any_table() -> None:
    evidence = Evidence("Compare smallint, bigint and money by storage size and range")
    evidence.passage(ROWS, section=("What is stored",))
    assert shown(table_of(evidence.brief())) == [
        ["smallint", "2 bytes", "-32768 to +32767"],
        ["bigint", "8 bytes", "-2^63 to 2^63 - 1"],
        ["money", NOT_FOUND, NOT_FOUND],
    ]


def test_rows_of_one_thing_in_two_sources_complete_each_other() -> None:
    evidence = Evidence(TYPES)
    evidence.passage("bigint\tStorage Size: 8 bytes\nreal\tStorage Size: 4 bytes", section=("Numeric Types",))
    evidence.passage("bigint\tRange: large\nserial\tRange: 1 to 9", source="b", section=("Numeric Types",))
    found = {row[0]: row[1:] for row in shown(table_of(evidence.brief()))}
    assert found == {"bigint": ["8 bytes", "large"], "real": ["4 bytes", NOT_FOUND], "serial": [NOT_FOUND, "1 to 9"]}


def test_no_more_rows_than_a_table_holds() -> None:
    rows = "\n".join(f"type{number}\tStorage Size: {number} bytes" for number in range(90))
    evidence = Evidence(TYPES)
    evidence.passage(rows, section=("Numeric Types",))
    assert len(table_of(evidence.brief()).rows) == MAX_ROWS


def test_a_report_with_a_table_does_not_quote_the_rows_again() -> None:
    evidence = Evidence(TYPES)
    evidence.passage(ROWS, title="Data types", section=("8.1. Numeric Types",))
    evidence.episode(TYPES, query="numeric types")
    brief = evidence.brief()
    writer = ExtractiveWriter(NoStatistics())
    outline = writer.outline(brief)
    sections = [section for _, section in writer.sections(brief, outline, parts=range(len(outline.parts)))]
    report = writer.report(brief, outline, sections)
    assert report.answer == ()
    assert [section.table is not None for section in report.sections] == [True]
    assert no_answer_words(report) == "What was found on it stands in the table."


# --- quotations -----------------------------------------------------------------------------------------------------


def herons() -> Evidence:
    evidence = Evidence(HERONS)
    evidence.passage(
        "The grey heron has a wingspan of 155 to 195 cm. It was once hunted by kings.", source="a", title="Grey heron"
    )
    evidence.passage("The usual clutch size is four to five eggs, or 4.5 on average.", source="a", title="Grey heron")
    evidence.passage("Its wingspan is 120 to 152 cm.", source="b", title="Purple heron - A site on birds")
    evidence.passage("Wingspan: 31 km", source="c", title="Airports of the world")
    return evidence


def test_sources_whose_titles_name_a_thing_have_rows_of_quotations() -> None:
    table = table_of(herons().brief())
    found = {row[0].text: row[1:] for row in table.rows}
    assert set(found) == {"Grey heron", "Purple heron"}
    assert found["Grey heron"][0].text == "The grey heron has a wingspan of 155 to 195 cm."
    assert found["Purple heron"][0].text == "Its wingspan is 120 to 152 cm."
    assert found["Purple heron"][1].missing == NOT_FOUND


def test_a_quoted_cell_is_its_claim_word_for_word() -> None:
    brief = herons().brief()
    for row in table_of(brief).rows:
        for cell in row[1:]:
            if cell.claim is not None:
                assert cell.claim.is_quotation
                assert cell.claim.text in brief.passages[cell.claim.passages[0]].quote
                assert cell.text in cell.claim.text


def test_a_labelled_line_gives_its_value() -> None:
    evidence = Evidence(HERONS)
    evidence.passage("Grey heron\n\nWingspan: 155–195 cm\n\nColour: grey", title="Grey heron")
    cell = table_of(evidence.brief()).rows[0][1]
    assert cell.text == "155–195 cm"
    assert cell.claim is not None and cell.claim.text == "Wingspan: 155–195 cm"


def test_what_is_said_of_another_thing_fills_no_cell() -> None:
    evidence = Evidence("Compare grey heron and purple heron by wingspan and clutch size")
    evidence.passage("The purple heron has a wingspan of 120 to 152 cm.", source="a", title="Grey heron")
    found = {row[0]: row[1] for row in shown(table_of(evidence.brief()))}
    assert found["grey heron"] == NOT_FOUND
    assert found["purple heron"].startswith("The purple heron")


def test_names_in_a_script_without_spaces_are_found() -> None:
    evidence = Evidence("Compare 苍鹭, 草鹭 and 夜鹭 by wingspan")
    evidence.passage("苍鹭\tWingspan: 195 cm\n草鹭\tWingspan: 152 cm")
    assert [row[1] for row in shown(table_of(evidence.brief()))] == ["195 cm", "152 cm", NOT_FOUND]


def test_a_sentence_on_a_namesake_or_one_that_only_likens_fills_no_cell() -> None:
    evidence = Evidence("Compare GiST and SP-GiST by use and limitations")
    evidence.passage("SP-GiST is useful for data that falls into regions of unequal size.", source="a")
    evidence.passage("Like GiST, it is suitable for types that nobody has thought of yet.", source="b")
    found = {row[0]: row[1] for row in shown(table_of(evidence.brief()))}
    assert found["GiST"] == NOT_FOUND
    assert found["SP-GiST"].startswith("SP-GiST is useful")


def test_a_measure_without_a_figure_is_no_value() -> None:
    evidence = Evidence(HERONS)
    evidence.passage("The wingspan of the grey heron is impressive to all who see it.", title="Grey heron")
    assert section_of(evidence.brief()).table is None


def test_headings_under_that_of_the_kind_name_the_things() -> None:
    evidence = Evidence("List every index type with its use and limitations")
    quote = "GIN indexes are useful for values that contain several components. A limitation of GIN is its slow update."
    evidence.passage(quote, title="Manual", section=("11.2. Index Types", "11.2.5. GIN"))
    evidence.passage("Indexes are useful for many things in life.", title="Manual", section=("11.2. Index Types",))
    assert shown(table_of(evidence.brief())) == [
        [
            "GIN",
            "GIN indexes are useful for values that contain several components.",
            "A limitation of GIN is its slow update.",
        ]
    ]


@pytest.mark.parametrize(
    "quote", ["", "Herons are birds.", "\t\t\t", "a\tb\nc\td", "Wingspan:\tWingspan:", "x\t" * 500]
)
def test_evidence_that_says_nothing_makes_no_table(quote: str) -> None:
    evidence = Evidence(HERONS)
    evidence.passage(quote, title="Notes")
    assert section_of(evidence.brief()).all_claims == ()


def test_without_passages_there_is_no_table() -> None:
    assert section_of(Evidence(HERONS).brief()).table is None


# --- tables are read whole -------------------------------------------------------------------------------------------


def read(question: str, document: Document, *, limit: int = 4) -> list[str]:
    task = ReadingTask(
        question=question,
        subquestion=SubQuestion(id=SubQuestionId(1), text=question),
        document=document,
        source=source_of("file:///types.html", document),
        known=(),
        max_passages=limit,
    )
    (findings,) = ExtractiveReader(NoStatistics()).read((task,))
    return [document.text[one.start : one.end] for one in findings.selections]


def page(*rows: str, heading: str = "Numeric Types") -> Document:
    blocks: list[Block] = []
    text = ""
    kinds = [(BlockKind.HEADING, heading), *((BlockKind.TABLE_ROW, row) for row in rows)]
    for kind, said in kinds:
        blocks.append(Block(kind=kind, start=len(text), end=len(text) + len(said), level=kind is BlockKind.HEADING))
        text += f"{said}\n"
    return Document(title="Types", text=text, blocks=tuple(blocks), format="html")


def test_a_wide_question_reads_the_tables_it_is_about_whole() -> None:
    rows = [f"type{number}\tStorage Size: {number} bytes\tRange: {number} to {number}" for number in range(30)]
    found = read(TYPES, page("Name\tStorage Size\tRange", *rows))
    assert found[0].count("\n") == 30 and "type29" in found[0]
    assert read("How many bytes does type3 have?", page(*rows))[0].count("\n") < 5


def test_a_long_table_is_read_in_pieces() -> None:
    rows = [f"type{number}\tStorage Size: {number} bytes\tNote: {'x' * 300}" for number in range(60)]
    found = read(TYPES, page(*rows))
    assert 1 < len(found) <= 4
    assert all(len(piece) <= 3_000 for piece in found)


def test_tables_on_something_else_are_not_read_whole() -> None:
    rows = [f"tree{number}\tStorage Size: {number} boxes" for number in range(30)]
    assert all(piece.count("\n") < 10 for piece in read(TYPES, page(*rows, heading="Fruit")))


# --- a report as a table ---------------------------------------------------------------------------------------------


def finished() -> Report:
    def claim(number: int) -> Claim:
        return Claim(
            id=ClaimId(number), text=f"Sentence {number}.", passages=(PassageId(1),), state=ClaimState.SUPPORTED
        )

    sections = (
        Section(title="Size", claims=(claim(2), claim(3)), subquestion_id=SubQuestionId(1)),
        Section(title="Food", claims=(claim(4),)),
    )
    return Report(question="What are herons?", answer=(claim(1),), sections=sections, gaps=(), made_by="a test")


def test_a_report_as_a_table_keeps_its_claims() -> None:
    report = finished()
    section = report_as_table(report, Evidence("What are herons?").brief())
    assert section.table is not None
    assert section.table.columns == ("Aspect", "What the sources say")
    assert [[cell.text for cell in row] for row in section.table.rows] == [
        ["Size", "Sentence 2."],
        ["Size", "Sentence 3."],
        ["Food", "Sentence 4."],
    ]
    assert section.table.claims == tuple(claim for one in report.sections for claim in one.claims)


def test_one_section_as_a_table() -> None:
    section = report_as_table(finished(), Evidence("What are herons?").brief(), section=0)
    assert section.title == "Size" and section.subquestion_id == 1
    assert [claim.id for claim in section.all_claims] == [2, 3]


def test_the_headers_are_in_the_language_of_the_report() -> None:
    report = replace(finished(), language="de")
    section = report_as_table(report, Evidence("What are herons?").brief())
    assert section.table is not None and section.table.columns == ("Thema", "Was die Quellen sagen")


def test_a_report_without_sentences_is_no_table() -> None:
    report = replace(finished(), sections=())
    assert report_as_table(report, Evidence("What are herons?").brief()).table is None
