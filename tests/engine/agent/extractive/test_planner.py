import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_library import SmallLibrary, article

from engine.agent.extractive.planner import ExtractivePlanner

LIBRARY = SmallLibrary({"file:///a": article("A", "Herons and eels."), "file:///b": article("B", "Pumps.")})


def parts(question: str, *, limit: int = 4) -> list[str]:
    plan = ExtractivePlanner(LIBRARY).plan(question, max_subquestions=limit).plan
    return [subquestion.text for subquestion in plan.subquestions]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How tall is a heron?", ["How tall is a heron?"]),
        ("salt and pepper: which came first?", ["salt and pepper: which came first?"]),
        ("What is WAL mode and how does it work?", ["What is WAL mode?", "How does WAL mode work?"]),
        ("Who invented the pump? When was it built?", ["Who invented the pump?", "When was the pump built?"]),
        ("What is an eel and what are its limits?", ["What is an eel?", "What are an eel's limits?"]),
        (
            "What is the difference between merge and rebase?",
            ["What is the difference between merge and rebase?", "What is merge?", "What is rebase?"],
        ),
        ("How do eels and herons differ?", ["How do eels and herons differ?", "What are eels?", "What are herons?"]),
        ("herons and eels", ["herons", "eels"]),
        ("Was ist ein Aal und wie lange lebt er?", ["Was ist ein Aal?", "Wie lange lebt ein Aal?"]),
        (
            "When was the bridge of Lomen built, and how long is it?",
            ["When was the bridge of Lomen built?", "How long is the bridge of Lomen?"],
        ),
        (
            "Wann wurde die Brücke von Lomen gebaut und wie lang ist sie?",
            ["Wann wurde die Brücke von Lomen gebaut?", "Wie lang ist die Brücke von Lomen?"],
        ),
        (
            "What is the default of checkpoint_timeout and what is its maximum?",
            ["What is the default of checkpoint_timeout?", "What is checkpoint_timeout's maximum?"],
        ),
        (
            "What is a savepoint and how is it different from a prepared transaction?",
            [
                "What is a savepoint?",
                "How is a savepoint different from a prepared transaction?",
                "What is a prepared transaction?",
            ],
        ),
        (
            "What is the maximum size of a heron's egg, and of a nest?",
            ["What is the maximum size of a heron's egg?", "What is the maximum size of a nest?"],
        ),
    ],
)
def test_a_question_is_divided_where_its_wording_does(question: str, expected: list[str]) -> None:
    assert parts(question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "Compare herons, storks and egrets",
            ["Compare herons, storks and egrets", "What are herons?", "What are storks?", "What are egrets?"],
        ),
        (
            "Vergleiche apt, aptitude und dpkg",
            ["Vergleiche apt, aptitude und dpkg", "Was ist apt?", "Was ist aptitude?", "Was ist dpkg?"],
        ),
        (
            "Was ist der Unterschied zwischen dem Reiher und dem Storch?",
            ["Was ist der Unterschied zwischen dem Reiher und dem Storch?", "Was ist Reiher?", "Was ist Storch?"],
        ),
        (
            "Compare the kinds of herons with their wingspan and nests",
            [
                "Compare the kinds of herons with their wingspan and nests",
                "What are the kinds of herons?",
                "What is the wingspan of the kinds of herons?",
                "What are the nests of the kinds of herons?",
            ],
        ),
        ("Tabelle aller Sperrmodi mit Zweck", ["Tabelle aller Sperrmodi mit Zweck"]),
    ],
)
def test_what_is_compared_is_asked_for_in_whole_questions_of_the_same_language(
    question: str, expected: list[str]
) -> None:
    assert parts(question) == expected


def test_no_side_of_a_comparison_is_left_out_where_there_is_room_for_the_sides_alone() -> None:
    assert parts("Compare herons, storks and egrets", limit=3) == [
        "What are herons?",
        "What are storks?",
        "What are egrets?",
    ]


@pytest.mark.parametrize(
    ("question", "first_query"),
    [
        ("Compare rebase with merge", "rebase merge"),
        ("Vergleiche apt, aptitude und dpkg", "apt aptitude dpkg"),
        ("List all bridges", "bridges"),
        ("Nenne die Vorteile von aptitude", "Vorteile aptitude"),
        ("Tabelle aller Sperrmodi", "Sperrmodi"),
        ("list comprehension", "list comprehension"),
    ],
)
def test_what_one_is_told_to_do_is_not_searched_for(question: str, first_query: str) -> None:
    (subquestion,) = ExtractivePlanner(LIBRARY).plan(question, max_subquestions=1).plan.subquestions
    assert subquestion.queries[0] == first_query


def test_a_topic_gets_a_few_aspects_when_depth_allows() -> None:
    assert parts("heron nesting", limit=1) == ["heron nesting"]
    assert parts("heron nesting")[:2] == ["What is heron nesting?", "How does heron nesting work?"]


def test_queries_start_with_the_telling_words() -> None:
    (subquestion,) = ExtractivePlanner(LIBRARY).plan("How tall is a heron?", max_subquestions=1).plan.subquestions
    assert subquestion.queries[0] == "tall heron"
    assert len(subquestion.queries) == len(set(subquestion.queries)) >= 2


@given(question=st.text(max_size=200), limit=st.integers(-1, 9))
def test_any_question_gets_a_plan(question: str, limit: int) -> None:
    proposal = ExtractivePlanner(LIBRARY).plan(question, max_subquestions=limit)
    subquestions = proposal.plan.subquestions
    assert 1 <= len(subquestions) <= max(1, limit)
    assert [subquestion.id for subquestion in subquestions] == list(range(1, len(subquestions) + 1))
    assert proposal.reason
