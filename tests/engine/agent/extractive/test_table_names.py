"""Which names sentences give the things of a kind."""

import pytest

from engine.agent.extractive.table_names import names_in, subjects_in
from engine.agent.wide import WideQuestion, wide_question

INDEXES = "List all PostgreSQL index types with their use"
HERONS = "All herons with their wingspan and weight"
LEVELS = "All transaction isolation levels with their description"


def wide_of(question: str) -> WideQuestion:
    wide = wide_question(question)
    assert wide is not None
    return wide


@pytest.mark.parametrize(
    ("question", "sentence", "names"),
    [
        (INDEXES, "PostgreSQL provides several index types: B-tree, Hash, and GIN.", ["B-tree", "Hash", "GIN"]),
        (INDEXES, "Currently, only the B-tree, GiST and BRIN index types support it.", ["B-tree", "GiST", "BRIN"]),
        (INDEXES, "The supported types of index are: B-tree (the default) and Hash.", ["B-tree", "Hash"]),
        (INDEXES, "Index types such as B-tree, Hash and GIN, which is slow to build.", ["B-tree", "Hash", "GIN"]),
        (HERONS, "The grey heron and the purple heron are herons.", ["grey heron", "purple heron"]),
        (HERONS, "These herons: the grey heron, the purple heron.", ["grey heron", "purple heron"]),
        (LEVELS, "The READ COMMITTED and SERIALIZABLE isolation levels differ.", ["READ COMMITTED", "SERIALIZABLE"]),
    ],
)
def test_an_enumeration_that_says_its_kind_gives_names(question: str, sentence: str, names: list[str]) -> None:
    assert list(names_in(sentence, wide_of(question), over="", context="postgresql doc transaction")) == names
    assert all(name in sentence for name in names)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (INDEXES, "PostgreSQL index types are useful, fast and small."),
        (INDEXES, "There are several index types: we recommend that you try all of them, one by one, and choose."),
        (INDEXES, "PostgreSQL provides the data types: integer, text, and date."),
        (INDEXES, "Many index types: B-tree."),
        (HERONS, "Herons are long, thin and grey."),
        (HERONS, "There are grey, purple and goliath herons."),
        (HERONS, "Owls: the barn owl and the tawny owl."),
        (LEVELS, "The SQL standard and PostgreSQL-implemented transaction isolation levels are described below."),
        (LEVELS, "It fails if a local transaction uses SERIALIZABLE or REPEATABLE READ isolation level."),
        (HERONS, ""),
        (HERONS, "herons: " + ", " * 500),
    ],
)
def test_what_is_not_certain_gives_no_names(question: str, sentence: str) -> None:
    assert names_in(sentence, wide_of(question), over="", context="") == ()


def test_the_name_of_a_program_in_the_kind_has_to_be_known() -> None:
    sentence = "There are several index types: Clustered, Bitmap and Hash."
    assert names_in(sentence, wide_of(INDEXES), over="The manual of another program", context="other") == ()
    assert names_in(sentence, wide_of(INDEXES), over="", context="postgresql") == ("Clustered", "Bitmap", "Hash")


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("The grey heron weighs 1 to 2 kg.", ["grey heron"]),
        ("With a weight of 4 to 5 kg, the goliath heron is the largest heron.", ["goliath heron"]),
        ("A great blue heron has long legs.", ["great blue heron"]),
        ("The largest heron is heavy.", []),
        ("The same heron has been seen again.", []),
        ("Herons weigh little.", []),
        ("He saw the heron and left.", []),
    ],
)
def test_the_subject_of_a_sentence_names_a_thing(sentence: str, names: list[str]) -> None:
    assert list(subjects_in(sentence, wide_of(HERONS))) == names


def test_subjects_of_a_kind_of_several_words_are_not_guessed() -> None:
    assert list(subjects_in("The fast index type is used.", wide_of(INDEXES))) == []
