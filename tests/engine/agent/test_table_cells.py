import pytest
from role_play import Evidence

from engine.agent.table_cells import NOT_FOUND, merged_names, missing_cells, name_key, table_gaps
from engine.domain import Cell, PassageId, Section, Table


def table_of(*rows: tuple[str, ...], columns: tuple[str, ...] = ("Herons", "Wingspan", "Clutch size")) -> Table:
    return Table(
        columns=columns,
        rows=tuple(tuple(Cell(text=text, missing="" if text else NOT_FOUND) for text in row) for row in rows),
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("B-tree", "b trees"),
        ("The grey heron", "Grey  Herons"),
        ("SP-GiST", "sp–gist"),
        ("“Brie”", "Brie"),
        ("ﬁnch", "finch"),
        ("der Graureiher", "Graureiher"),
    ],
)
def test_spellings_of_one_name_are_one(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("GiST", "SP-GiST"), ("C", "C++"), ("HTTP/1", "HTTP/2"), ("Debian 1.1", "Debian 11"), ("universe", "university")],
)
def test_other_names_stay_apart(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_merged_names_keep_the_first_spelling_and_all_passages() -> None:
    found = [("Grey heron", (PassageId(1),)), ("Egret", (PassageId(2),)), ("grey herons", (PassageId(3), PassageId(1)))]
    assert merged_names(found) == [("Grey heron", (1, 3)), ("Egret", (2,))]
    assert merged_names([("", (PassageId(1),)), ("—", (PassageId(1),))]) == []


def test_an_empty_cell_becomes_a_question_that_stands_on_its_own() -> None:
    table = table_of(("Grey heron", "175 cm", "4"), ("Purple heron", "", "5"))
    assert missing_cells(table, "herons") == ("What is the wingspan of the purple heron?",)


def test_a_name_that_may_be_of_anything_is_asked_for_with_its_kind() -> None:
    table = table_of(("GIN", ""), ("Hash", "equality"), columns=("Index types", "Limits"))
    assert missing_cells(table, "PostgreSQL index types") == ("What are the limits of GIN (PostgreSQL index types)?",)


def test_a_thing_that_the_question_names_is_asked_for_among_the_others() -> None:
    table = table_of(("GIN", "arrays", ""), ("Hash", "equality", "none"), columns=("Name", "Use", "Limits"))
    assert missing_cells(table, "GIN and Hash") == ("What are the limits of GIN (among GIN and Hash)?",)


def test_a_column_of_which_nothing_was_found_is_asked_for_at_once_and_first() -> None:
    table = table_of(("Grey heron", "", ""), ("Purple heron", "", "5"), ("Great egret", "", ""))
    assert missing_cells(table, "herons", limit=2) == (
        "What is the wingspan of each of these herons: Grey heron, Purple heron and Great egret?",
        "What is the clutch size of the grey heron?",
    )


def test_rows_of_which_most_is_known_come_first() -> None:
    columns = ("Herons", "Wingspan", "Clutch size", "Weight")
    table = table_of(
        ("Grey heron", "", "", "1"), ("Purple heron", "2", "", "1"), ("Egret", "", "3", ""), columns=columns
    )
    assert missing_cells(table, "herons", limit=1) == ("What is the clutch size of the purple heron?",)


def test_a_full_table_lacks_nothing() -> None:
    table = table_of(("Grey heron", "175 cm", "4"))
    assert missing_cells(table, "herons") == ()
    section = Section(title="Herons", claims=(), table=table)
    assert table_gaps(section, Evidence("All herons with their wingspan").brief()) == ()


def test_questions_in_other_languages_are_plain() -> None:
    table = table_of(("Graureiher", "", "4"), ("GIN", "5", "5"), columns=("Reiher", "Spannweite", "Gelege"))
    assert missing_cells(table, "Reiher", language="de") == ("Graureiher: Spannweite?",)


def test_a_table_says_what_it_lacks_and_what_was_looked_for() -> None:
    letters = "bcdefghjkl"
    question = f"All herons with their {', '.join(f'measure {letter}' for letter in letters)}"
    evidence = Evidence(question)
    evidence.passage("Herons are measured.")
    evidence.episode(question, query="herons measures")
    columns = ("Herons", *(f"Measure {letter}" for letter in letters[:7]))
    section = Section(title="Herons", claims=(), table=table_of(("Grey heron", *"123456", ""), columns=columns))
    gaps = table_gaps(section, evidence.brief())
    assert [gap.reason for gap in gaps] == [
        "There was no room for 3 columns: Measure j, Measure k, Measure l.",
        "1 of 7 cells is empty.",
    ]
    assert gaps[0].queries == ("herons measures",) and gaps[0].sources_read == 1


def test_a_section_without_a_table_lacks_nothing() -> None:
    assert table_gaps(Section(title="x", claims=()), Evidence("How deep?").brief()) == ()
