"""Tables of what prose enumerates, lists define and sections tell."""

from dataclasses import replace

from fakes import source_of
from role_play import Evidence

from engine.agent.extractive.judge import ExtractiveJudge
from engine.agent.extractive.reader import ExtractiveReader
from engine.agent.extractive.table_writer import ExtractiveTableWriter
from engine.agent.extractive.writer import ExtractiveWriter
from engine.agent.plain_statistics import NoStatistics
from engine.agent.roles import Brief, ReadingTask
from engine.agent.table_cells import NOT_FOUND, table_gaps
from engine.agent.wide import wide_question
from engine.domain import (
    BlockKind,
    ClaimState,
    Locator,
    OutlinePart,
    Passage,
    PassageId,
    Section,
    SourceId,
    SubQuestion,
    SubQuestionId,
)
from engine.reading.document import Block, Document

HERONS = "All herons with their wingspan and weight"
INDEXES = "List all index types with their use and the operators they support"
METHODS = "All authentication methods with their description"
LOCKS = "All lock modes with their conflicts"


def section_of(brief: Brief) -> Section:
    wide = wide_question(brief.question)
    assert wide is not None
    part = OutlinePart(title="A table", passages=tuple(brief.passages), columns=wide.columns)
    section = ExtractiveTableWriter(NoStatistics()).section(brief, part)
    for row in section.table.rows if section.table is not None else ():
        for cell in row:
            if cell.claim is not None and cell.claim.is_quotation:
                assert cell.claim.text in brief.passages[cell.claim.passages[0]].quote
                assert cell.text in cell.claim.text
                assert ExtractiveJudge().check(cell.claim, brief).state is not ClaimState.UNSUPPORTED
    return section


def rows_of(brief: Brief) -> dict[str, list[str]]:
    table = section_of(brief).table
    return {row[0].text: [cell.text or cell.missing for cell in row[1:]] for row in table.rows} if table else {}


# --- prose ----------------------------------------------------------------------------------------------------------


def test_sentences_about_things_of_the_kind_make_rows_of_their_clauses() -> None:
    evidence = Evidence(HERONS)
    evidence.passage("The grey heron has a wingspan of 175 to 195 cm and weighs 1 to 2 kg.", source="a", title="grey")
    evidence.passage(
        "With a wingspan of 185 to 230 cm and a weight of 4 to 5 kg, the goliath heron is the largest heron.",
        source="b",
        title="notes",
    )
    assert rows_of(evidence.brief()) == {
        "grey heron": ["The grey heron has a wingspan of 175 to 195 cm", "weighs 1 to 2 kg"],
        "goliath heron": ["With a wingspan of 185 to 230 cm", "a weight of 4 to 5 kg"],
    }


def test_a_figure_that_may_belong_to_the_column_too_keeps_the_sentence_whole() -> None:
    evidence = Evidence(HERONS)
    said = "The grey heron weighs 1 kg in spring, and 2 kg in autumn."
    evidence.passage(said, title="grey")
    assert rows_of(evidence.brief()) == {"grey heron": [NOT_FOUND, said]}


# --- enumerations ---------------------------------------------------------------------------------------------------


def enumerated() -> Evidence:
    evidence = Evidence(INDEXES)
    evidence.passage("The program has several index types: B-tree, GiST, SP-GiST and BRIN.", title="Index types")
    return evidence


def test_an_enumeration_gives_the_rows_and_its_empty_cells_are_questions() -> None:
    evidence = enumerated()
    evidence.episode(INDEXES)
    brief = evidence.brief()
    section = section_of(brief)
    assert section.table is not None
    assert [row[0].text for row in section.table.rows] == ["B-tree", "GiST", "SP-GiST", "BRIN"]
    assert all(row[0].claim is not None and row[0].claim.passages == (1,) for row in section.table.rows)
    assert {cell.missing for row in section.table.rows for cell in row[1:]} == {NOT_FOUND}
    questions = ExtractiveWriter(NoStatistics()).missing(brief, (section,))
    assert questions[0].startswith("What is the use of each of these index types: B-tree, GiST")
    assert questions[1] == "Which operators do B-tree, GiST, SP-GiST and BRIN (index types) support?"


def test_what_is_said_of_all_of_them_fills_no_cell_and_what_is_said_of_one_does() -> None:
    evidence = enumerated()
    alike = "Like GiST and SP-GiST, BRIN can support many operators, which vary with the strategy."
    evidence.passage(alike, source="b", section=("11.2. Index Types", "11.2.6. BRIN"))
    evidence.passage("B-tree, GiST and BRIN support operators of many sorts.", source="c")
    evidence.passage("B-trees are useful for data that can be sorted.", source="d")
    found = rows_of(evidence.brief())
    assert found["BRIN"] == found["GiST"] == found["SP-GiST"] == [NOT_FOUND, NOT_FOUND]
    assert found["B-tree"] == ["B-trees are useful for data that can be sorted.", NOT_FOUND]


def test_signs_that_a_sentence_introduces_are_quoted_with_it() -> None:
    evidence = enumerated()
    quote = "A B-tree index is considered for comparisons with these operators:\n\n<   <=   =   >=   >\n\nMore follows."
    evidence.passage(quote, source="b")
    assert rows_of(evidence.brief())["B-tree"][1] == quote.removesuffix("\n\nMore follows.")


def test_a_sentence_that_only_says_where_it_stands_fills_no_cell() -> None:
    evidence = enumerated()
    evidence.passage("The operators that GiST supports are documented in Table 68.1.", source="b", section=("GiST",))
    assert rows_of(evidence.brief())["GiST"][1] == NOT_FOUND


def test_a_word_in_small_letters_is_no_name_in_capitals() -> None:
    evidence = Evidence(LOCKS)
    evidence.passage("There are three lock modes: SHARE, ROW SHARE and EXCLUSIVE.", title="Lock modes")
    evidence.passage("A shared lock conflicts with an exclusive one: exclusive conflicts are rare.", source="b")
    assert rows_of(evidence.brief())["EXCLUSIVE"] == [NOT_FOUND]


def test_names_one_below_the_other_under_words_that_announce_them() -> None:
    evidence = Evidence(HERONS)
    evidence.passage("These herons breed here:\nGrey heron\nPurple heron\nNight heron", title="Birds")
    assert list(rows_of(evidence.brief())) == ["Grey heron", "Purple heron", "Night heron"]


# --- lists that define ----------------------------------------------------------------------------------------------

DEFINED = (
    "The program has these authentication methods:\n"
    "trust (local): Anybody may connect. Be careful with it.\n"
    "peer (local): The name is taken from the operating system, which knows who has logged in, and is compared.\n"
    "Other authentication methods: There are none.\n"
    "Note: Some of them need a library."
)


def test_items_that_define_things_are_rows() -> None:
    evidence = Evidence(METHODS)
    evidence.passage(DEFINED, title="Manual")
    found = rows_of(evidence.brief())
    assert list(found) == ["trust", "peer"]
    assert found["trust"] == ["Anybody may connect. Be careful with it."]
    assert found["peer"][0].startswith("The name is taken from") and found["peer"][0].endswith("compared.")


def test_a_heading_of_several_things_is_no_name() -> None:
    evidence = Evidence("All cleaning parameters with their default")
    evidence.passage("The default value is true.", title="A table", section=("Parameters", "Storage Parameters"))
    assert rows_of(evidence.brief()) == {}


def test_items_of_another_kind_are_left_alone() -> None:
    evidence = Evidence(METHODS)
    other = DEFINED.replace("these authentication methods", "these switches for authentication methods")
    evidence.passage(other, title="Manual", section=("Options",))
    assert rows_of(evidence.brief()) == {}


def test_items_that_speak_of_themselves_as_the_kind_are_rows_of_the_column() -> None:
    evidence = Evidence("All WAL configuration parameters with their defaults")
    quote = (
        "wal_level (enum): This parameter determines how much is written. The default is replica.\n"
        "fsync (boolean): This parameter makes sure of the disk.\n"
        "wal_buffers (integer): Memory for it. The default of -1 chooses a size. This parameter is set at start."
    )
    evidence.passage(quote, title="Configuration of the WAL", section=("20.5. WAL",))
    assert rows_of(evidence.brief()) == {
        "wal_level": ["The default is replica."],
        "wal_buffers": ["The default of -1 chooses a size."],
    }
    evidence = Evidence("All WAL configuration parameters with their defaults")
    evidence.passage(quote, title="Configuration of the planner")
    assert rows_of(evidence.brief()) == {}


def test_a_table_on_a_neighbouring_kind_is_left_alone_and_its_caption_says_which_it_is() -> None:
    evidence = Evidence("All environment variables with their description")
    quote = "Variable\tDescription\nscale\tDescription: current factor\nseed\tDescription: of the generator"
    evidence.passage(quote, source="a", title="The benchmark", section=("Automatic Variables",))
    assert rows_of(evidence.brief()) == {}
    evidence.passage(f"Table 3. Environment Variables\n\n{quote}", source="b", title="The benchmark")
    assert rows_of(evidence.brief()) == {"scale": ["current factor"], "seed": ["of the generator"]}


def test_the_words_of_a_kind_have_to_stand_together_over_a_table() -> None:
    evidence = Evidence("All numeric types with their description")
    quote = "Table 9.27. Patterns for Numeric Formatting\n\nPattern\tDescription\n9\tDescription: digit position"
    evidence.passage(f"{quote}\n0\tDescription: leading zero", title="9.8. Data Type Formatting Functions")
    assert rows_of(evidence.brief()) == {}


def test_a_cell_that_names_a_function_and_tells_of_it_is_split_by_its_header() -> None:
    evidence = Evidence("List all aggregate functions with their descriptions")
    quote = (
        "Function Description\tPartial Mode\ncount ( * ) → bigint Computes the number of rows.\tPartial Mode: Yes\n"
        "max ( value ) → value Computes the maximum.\tPartial Mode: Yes"
    )
    evidence.passage(quote, title="9.21. Aggregate Functions")
    assert rows_of(evidence.brief()) == {
        "count": ["count ( * ) → bigint Computes the number of rows."],
        "max": ["max ( value ) → value Computes the maximum."],
    }


# --- reading --------------------------------------------------------------------------------------------------------


def page(*blocks: tuple[BlockKind, str, int]) -> Document:
    made: list[Block] = []
    text = ""
    for kind, said, level in blocks:
        made.append(Block(kind=kind, start=len(text), end=len(text) + len(said), level=level))
        text += f"{said}\n\n"
    return Document(title="The manual", text=text, blocks=tuple(made), format="html")


def read(question: str, document: Document) -> Brief:
    """Read a page as a run does, and return what was found as a brief."""
    source = replace(source_of("file:///manual.html", document), id=SourceId("m"))
    task = ReadingTask(
        question=question,
        subquestion=SubQuestion(id=SubQuestionId(1), text=question),
        document=document,
        source=source,
        known=(),
        max_passages=4,
    )
    (findings,) = ExtractiveReader(NoStatistics()).read((task,))
    passages = {}
    for number, one in enumerate(findings.selections, start=1):
        index = document.block_at(one.start)
        assert index is not None
        passages[PassageId(number)] = Passage(
            id=PassageId(number),
            source_id=source.id,
            subquestion_id=SubQuestionId(1),
            start=one.start,
            end=one.end,
            quote=document.text[one.start : one.end],
            locator=Locator(section=document.headings_above(index)),
            relevance=one.relevance,
            kind=document.blocks[index].kind,
        )
    return Brief(question=question, episodes=(), passages=passages, sources={source.id: source})


ITEMS = [f"mode{number} (Mode{number}): Conflicts with mode {number + 1}. {'It is old. ' * 30}" for number in range(20)]


def test_a_list_that_defines_is_read_whole_in_pieces_of_whole_items() -> None:
    items = [(BlockKind.LIST_ITEM, item.strip(), 0) for item in ITEMS]
    document = page((BlockKind.HEADING, "3. Lock Modes", 2), *items)
    brief = read(LOCKS, document)
    assert 1 < len(brief.passages) <= 4
    assert all(len(one.quote) <= 3_000 and one.quote.startswith("mode") for one in brief.passages.values())
    found = rows_of(brief)
    assert found["mode0"] == ["Conflicts with mode 1."] and found["mode19"] == ["Conflicts with mode 20."]
    assert not any("longer" in gap.reason for gap in table_gaps(section_of(brief), brief))


def test_a_list_that_is_too_long_to_be_read_whole_is_said_to_be() -> None:
    items = [(BlockKind.LIST_ITEM, item.strip() + " It is new." * 40, 0) for item in ITEMS]
    brief = read(LOCKS, page((BlockKind.HEADING, "3. Lock Modes", 2), *items))
    assert len(brief.passages) == 4 and "mode19" not in rows_of(brief)
    assert any("may be longer" in gap.reason for gap in table_gaps(section_of(brief), brief))


def test_a_list_of_something_else_is_not_read_whole() -> None:
    items = [(BlockKind.LIST_ITEM, item.strip(), 0) for item in ITEMS]
    brief = read(LOCKS, page((BlockKind.HEADING, "3. Fruit", 2), *items))
    assert all(one.quote.count("Conflicts") < 5 for one in brief.passages.values())


def test_sections_under_the_heading_of_the_kind_are_rows() -> None:
    document = page(
        (BlockKind.HEADING, "11.2. Index Types", 2),
        (BlockKind.HEADING, "11.2.1. B-Tree", 3),
        (BlockKind.PARAGRAPH, "B-trees are useful for data that can be sorted into some order.", 0),
        (BlockKind.HEADING, "11.2.2. Hash", 3),
        (BlockKind.PARAGRAPH, "Hence, such indexes can only handle simple comparisons.", 0),
        (BlockKind.HEADING, "11.2.3. GIN", 3),
        (BlockKind.PARAGRAPH, "GIN indexes are suitable for values with several components.", 0),
        (BlockKind.HEADING, "11.3. Something Else", 2),
    )
    found = rows_of(read("List all index types with their use", document))
    assert found == {
        "B-Tree": ["B-trees are useful for data that can be sorted into some order."],
        "GIN": ["GIN indexes are suitable for values with several components."],
    }
