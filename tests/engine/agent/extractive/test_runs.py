"""Whole runs over small folders: does the report say what is there, and nothing when nothing is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_library import answer_of, article, research

from engine.domain import ClaimState, Depth, Outcome

GARDEN = {
    "file:///garden/heron.md": article(
        "The grey heron",
        """
# The grey heron
The grey heron is a wading bird of the heron family. It lives along rivers and lakes.
## Size
An adult stands up to 100 cm tall. It weighs between 1 and 2 kg.
## Nesting
Herons nest in colonies high in trees. The female lays three to five eggs in April.
The colony at Lake Arn was founded by Maria Keller in 1931.
""",
    ),
    "file:///garden/eel.md": article(
        "The European eel",
        """
# The European eel
The European eel is a snake-like fish. Eels can live for more than 80 years.
## Migration
Eels swim to the Sargasso Sea because they spawn there. The journey is about 6,000 km long.
""",
    ),
    "file:///garden/pump.md": article(
        "Pump manual",
        """
# Settings
- interval: Time between two runs of the pump. The value is given in minutes. The default is 15.
- pressure: Pressure at the outlet in bar. The default is 2.5.
# Cleaning the filter
To clean the filter, follow these steps:
- Switch the pump off.
- Open the lid and take the filter out.
- Rinse it with warm water.
""",
    ),
    "file:///garden/index.md": article(
        "Contents",
        """
- Grey heron size, tall, weight
- Heron nesting
- Eel migration, long journey
- Pump settings, interval default
""",
        is_navigation=True,
    ),
}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How tall is an adult heron?", "100 cm"),
        ("What is the grey heron?", "wading bird"),
        ("Who founded the colony at Lake Arn?", "Maria Keller"),
        ("When was the colony at Lake Arn founded?", "1931"),
        ("Why do eels swim to the Sargasso Sea?", "because they spawn there"),
        ("How long can eels live?", "80 years"),
        ("What is the default interval of the pump?", "The default is 15."),
        ("What is the default pressure?", "2.5"),
        ("How do I clean the filter?", "Rinse it with warm water."),
        ("Where do herons nest?", "trees"),
    ],
)
def test_a_question_with_an_answer_gets_it(question: str, expected: str) -> None:
    state = research(question, GARDEN)
    assert expected in answer_of(state)
    assert state.outcome is Outcome.COMPLETE


@pytest.mark.parametrize(
    "question",
    [
        "How tall is a flamingo?",
        "Who founded the Volkswagen company?",
        "What is the default voltage of the charger?",
        "How do I install a solar panel?",
        "When was the first computer built?",
        "zxqv",
        "???",
        "the of and",
    ],
)
def test_a_question_without_an_answer_gets_an_honest_not_found(question: str) -> None:
    state = research(question, GARDEN)
    assert state.outcome is Outcome.NOT_FOUND
    assert state.report is not None
    assert state.report.claims == ()
    assert state.report.gaps


def test_an_answer_is_never_taken_from_a_table_of_contents() -> None:
    state = research("How long is the journey of the eel?", GARDEN)
    assert "6,000 km" in answer_of(state)
    assert all("Pump settings" not in passage.quote for passage in state.passages.values())


def test_a_compound_question_is_answered_in_its_parts() -> None:
    state = research("How tall is a heron and how long do eels live?", GARDEN)
    assert "100 cm" in answer_of(state)
    assert "80 years" in answer_of(state)
    assert state.report is not None
    assert len(state.episodes) == 2


def test_the_part_that_is_not_there_becomes_a_gap() -> None:
    state = research("How tall is a heron and who painted the Mona Lisa?", GARDEN)
    assert "100 cm" in answer_of(state)
    assert state.report is not None
    (gap,) = state.report.gaps
    assert "Mona Lisa" in gap.question
    assert gap.queries


GERMAN = {
    "file:///a.txt": article(
        "Der Zürichsee",
        "# Der Zürichsee\nDer Zürichsee ist ein See in der Schweiz. Er ist bis zu 136 Meter tief. "
        "Die Fläche beträgt 88 Quadratkilometer.",
    ),
    "file:///b.txt": article("Der Rhein", "# Der Rhein\nDer Rhein ist ein Fluss. Er ist 1233 Kilometer lang."),
}
CHINESE = {
    "file:///a.txt": article("数据库", "# 数据库的限制\n数据库的最大大小是281太字节。每个表最多有2000列。"),
    "file:///b.txt": article("天气", "# 天气\n今天的天气很好。明天会下雨。"),
}
ARABIC = {
    "file:///a.txt": article("النيل", "# نهر النيل\nنهر النيل هو أطول نهر في أفريقيا. يبلغ طول النهر 6650 كيلومترا."),
    "file:///b.txt": article("القاهرة", "# القاهرة\nالقاهرة هي عاصمة مصر. يعيش فيها ملايين الناس."),
}


@pytest.mark.parametrize(
    ("question", "documents", "expected"),
    [
        ("Wie tief ist der Zürichsee?", GERMAN, "136 Meter"),
        ("Was ist der Rhein?", GERMAN, "Fluss"),
        ("数据库的最大大小是多少？", CHINESE, "281太字节"),
        ("ما هو طول نهر النيل؟", ARABIC, "6650"),
    ],
)
def test_other_languages_and_scripts_get_answers_too(question: str, documents: dict, expected: str) -> None:
    assert expected in answer_of(research(question, documents))


@pytest.mark.parametrize(
    ("question", "documents"),
    [
        ("Wer gründete die Universität Bologna?", GERMAN),
        ("火车什么时候到达？", CHINESE),
        ("متى تأسست جامعة الأزهر؟", ARABIC),
    ],
)
def test_other_languages_get_an_honest_not_found_too(question: str, documents: dict) -> None:
    assert research(question, documents).outcome is Outcome.NOT_FOUND


def test_two_sources_that_agree_support_a_claim() -> None:
    documents = {
        "file:///a": article("Lake guide", "The lake is 136 metres deep at its deepest point."),
        "file:///b": article("Swimming", "Swimmers beware: the lake has a depth of 136 metres near the island."),
    }
    state = research("How deep is the lake?", documents)
    assert state.report is not None
    best = state.report.answer[0]
    assert "136" in best.text
    assert best.state is ClaimState.SUPPORTED
    assert best.agreeing


def test_a_copy_is_not_a_second_source() -> None:
    text = "The lake is 136 metres deep at its deepest point."
    documents = {"file:///a": article("Lake guide", text), "file:///b": article("Lake guide", text)}
    state = research("How deep is the lake?", documents)
    assert state.report is not None
    (claim,) = state.report.claims
    assert claim.state is ClaimState.SINGLE_SOURCE
    assert "word for word" in claim.remark


def test_values_that_contradict_stand_side_by_side() -> None:
    documents = {
        "file:///a": article("Old guide", "The lake is 136 metres deep at its deepest point."),
        "file:///b": article("New guide", "The lake is 143 metres deep at its deepest point."),
    }
    state = research("How deep is the lake?", documents)
    assert {"136", "143"} <= set(answer_of(state).split())
    assert state.report is not None
    assert {claim.state for claim in state.report.answer} == {ClaimState.CONTRADICTED}
    assert all("says otherwise" in claim.remark for claim in state.report.answer)


@pytest.mark.parametrize("depth", list(Depth))
def test_every_claim_is_word_for_word_that_of_its_passage(depth: Depth) -> None:
    state = research("herons and eels", GARDEN, depth=depth)
    assert state.report is not None
    assert state.report.claims
    for claim in state.report.claims:
        assert claim.is_quotation
        assert claim.text in state.passages[claim.passages[0]].quote
        assert claim.text == claim.text.strip()
        assert set(claim.passages) | set(claim.agreeing) <= set(state.passages)
    assert [claim.id for claim in state.report.claims] == list(range(1, len(state.report.claims) + 1))
    assert len({claim.text for claim in state.report.claims}) == len(state.report.claims)
    assert "without a language model" in state.report.made_by


def test_the_same_question_gives_the_same_report() -> None:
    first, second = (research("How do herons nest and what do eels eat?", GARDEN) for _ in range(2))
    assert first == second


@settings(max_examples=60, deadline=None)
@given(question=st.text(max_size=80), text=st.text(max_size=400))
def test_no_text_breaks_a_run(question: str, text: str) -> None:
    documents = {"file:///x": article(question[:20], text), **GARDEN}
    state = research(question, documents)
    assert state.report is not None
    for claim in state.report.claims:
        assert claim.text in state.passages[claim.passages[0]].quote


@pytest.mark.parametrize(
    "question", ["", "x" * 50_000, "heron " * 9_000, "heron? " * 7_000, "؟" * 50_000, "数" * 50_000]
)
def test_empty_and_enormous_questions_come_to_an_end(question: str) -> None:
    assert research(question, GARDEN).outcome in (Outcome.COMPLETE, Outcome.NOT_FOUND)


def test_an_empty_library_is_a_not_found() -> None:
    assert research("How tall is a heron?", {}).outcome is Outcome.NOT_FOUND


MANUALS = {
    "file:///manual/made-sort.html": article(
        "made-sort(1)",
        """
# NAME
made-sort - Put the herons of a lake in order
# DESCRIPTION
If a lake is given, made sort will walk to it first. Herons are put in order by their height, and equal ones stay.
To sort the herons of a lake by weight, run:
    $ made sort --by weight
""",
    ),
    "file:///manual/made-sort.txt": article(
        "made-sort(1)",
        """
# NAME
made-sort - Put the herons of a lake in order
# DESCRIPTION
If a lake is given, made sort will walk to it first. Herons are put in order by their height, and equal ones stay.
""",
    ),
    "file:///manual/copy.html": article(
        "Notes on herons",
        """
# Sorting
Herons are put in order by their height, and equal ones stay. With made sort this takes a minute.
""",
    ),
}


@pytest.mark.parametrize("question", ["What does made sort do?", "made sort", "How are herons put in order?"])
def test_no_sentence_is_said_twice(question: str) -> None:
    report = research(question, MANUALS).report
    assert report is not None and report.claims
    said = [" ".join(claim.text.split()) for claim in report.claims]
    assert len(said) == len(set(said))
    assert not any(one != other and one in other for one in said for other in said)


def test_what_a_command_does_begins_with_its_line_in_the_manual() -> None:
    assert answer_of(research("What does made sort do?", MANUALS)).startswith("made-sort - Put the herons")


def test_two_forms_of_a_document_are_one_witness() -> None:
    report = research("How are herons put in order?", MANUALS, depth=Depth.THOROUGH).report
    assert report is not None
    assert all(claim.state is not ClaimState.SUPPORTED for claim in report.claims)


def test_code_comes_with_what_introduces_it_and_only_where_it_is_wanted() -> None:
    how = research("How do I sort the herons by weight?", MANUALS).report
    what = research("Are herons put in order by weight?", MANUALS).report
    assert how is not None and what is not None
    assert any("run:" in claim.text and "$ made sort" in claim.text for claim in how.claims)
    assert not any("$ made sort" in claim.text for claim in what.claims)


def test_of_each_passage_it_is_kept_what_kind_of_block_it_begins_in() -> None:
    state = research("What is the default interval of the pump?", GARDEN)
    kinds = {passage.kind for passage in state.passages.values()}
    assert kinds and None not in kinds
