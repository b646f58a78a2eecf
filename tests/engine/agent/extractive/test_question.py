import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.agent.extractive.kinds import AnswerKind
from engine.agent.extractive.question import analyse


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many columns can a table have?", AnswerKind.NUMBER),
        ("What is the maximum size of a file?", AnswerKind.NUMBER),
        ("When was it introduced?", AnswerKind.DATE),
        ("Which version added this?", AnswerKind.DATE),
        ("Who wrote the Odyssey?", AnswerKind.NAME),
        ("Where is the log stored?", AnswerKind.PLACE),
        ("Does it work offline?", AnswerKind.YES_NO),
        ("What is a heron?", AnswerKind.DEFINITION),
        ("What does VACUUM do?", AnswerKind.DEFINITION),
        ("How do I clean the filter?", AnswerKind.STEPS),
        ("Why do eels migrate?", AnswerKind.REASON),
        ("What kinds of lock are there?", AnswerKind.LIST),
        ("What is the difference between merge and rebase?", AnswerKind.COMPARISON),
        ("What is the default timeout?", AnswerKind.DEFAULT),
        ("Which option limits the output?", AnswerKind.TERM),
        ("Tell me about eels", AnswerKind.STATEMENT),
        ("heron nesting", AnswerKind.DEFINITION),
        ("Wie viele Eier legt ein Reiher?", AnswerKind.NUMBER),
        ("Warum wandern Aale?", AnswerKind.REASON),
        ("¿Cuándo empezó?", AnswerKind.DATE),
        ("为什么鳗鱼洄游？", AnswerKind.REASON),
        ("كم عدد الأعمدة؟", AnswerKind.NUMBER),
        ("Когда это произошло?", AnswerKind.DATE),
    ],
)
def test_the_wording_tells_what_kind_of_answer_is_wanted(question: str, kind: AnswerKind) -> None:
    assert analyse(question.lstrip("¿")).kind is kind


def test_question_words_are_left_out_and_the_subject_stays() -> None:
    assert [word.text for word in analyse("How do I rename a branch?").words] == ["rename", "branch"]
    assert analyse("What does the pump do?").subject == "pump"
    assert analyse("What is a bare repository?").subject == "bare repository"


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("How does WAL mode work?", ["WAL"]),
        ('What does "dirty read" mean?', ["dirty", "read"]),
        ("What is the default of max_connections?", ["max_connections"]),
        ("Did Maria Keller visit Paris?", ["Maria", "Keller", "Paris"]),
        ("Wie tief ist der See bei Nacht?", []),
    ],
)
def test_names_identifiers_and_quoted_words_are_told_apart(question: str, names: list[str]) -> None:
    assert [word.text for word in analyse(question).words if word.is_name] == names


def test_a_verb_of_two_words_is_also_one() -> None:
    assert analyse("How do I back up a database?").words[0].terms == ("backup",)


@given(st.text(max_size=300))
def test_any_text_is_a_question(text: str) -> None:
    assert analyse(text) == analyse(text)
    assert len(analyse(text).words) <= 40
