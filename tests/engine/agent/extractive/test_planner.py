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
        ("Who invented the pump? When was it built?", ["Who invented the pump?", "When was pump built?"]),
        ("What is an eel and what are its limits?", ["What is an eel?", "What are eel's limits?"]),
        (
            "What is the difference between merge and rebase?",
            ["What is the difference between merge and rebase?", "What is merge?", "What is rebase?"],
        ),
        ("How do eels and herons differ?", ["How do eels and herons differ?", "What are eels?", "What are herons?"]),
        ("herons and eels", ["herons", "eels"]),
        ("Was ist ein Aal und wie lange lebt er?", ["Was ist ein Aal?", "Wie lange lebt er?"]),
    ],
)
def test_a_question_is_divided_where_its_wording_does(question: str, expected: list[str]) -> None:
    assert parts(question) == expected


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
