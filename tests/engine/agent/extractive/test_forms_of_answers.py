"""What a sentence is: a definition, an aim served, a statement or a piece of code."""

from __future__ import annotations

import pytest

from engine.agent.extractive.definitions import definition_evidence
from engine.agent.extractive.evidence import kind_evidence
from engine.agent.extractive.kinds import AnswerKind
from engine.agent.extractive.question import analyse
from engine.agent.extractive.similarity import twin_keys
from engine.agent.extractive.substance import is_code, is_prompt, substance
from engine.agent.extractive.units import quote_spans


@pytest.mark.parametrize(
    ("subject", "better", "worse"),
    [
        (
            "made rebase",
            "made-rebase - Put things on top of others",
            "If a thing is given, made rebase moves it first.",
        ),
        ("heron", "heron: A wading bird.", "heron, eel: Two animals."),
        ("pool.gather", "awaitable pool.gather(*eggs): Collect the eggs.", "Others call pool.gather(), too."),
        ("grey heron", "The grey heron is a wading bird.", "When a grey heron is a chick it is fed."),
    ],
)
def test_names_with_what_they_do_and_entries_define_best(subject: str, better: str, worse: str) -> None:
    assert definition_evidence(better, subject) > definition_evidence(worse, subject)
    assert definition_evidence(better, subject) >= 0.9


def test_a_step_that_serves_the_aim_is_better_than_one_on_the_way() -> None:
    question = analyse("How do I create a signed tag?")

    serves = kind_evidence("Use -s to create a signed tag.", question)
    passes_by = kind_evidence("You can change the key used when creating a signed tag.", question)
    other_aim = kind_evidence("Use -b to create a branch.", question)

    assert serves == 1.0
    assert passes_by < serves
    assert other_aim < serves


@pytest.mark.parametrize("question", ["When should I not use herons?", "When is WAL slower?", "Should I use it?"])
def test_when_should_i_asks_for_advice_and_not_for_a_date(question: str) -> None:
    assert analyse(question).kind is AnswerKind.ADVICE
    assert analyse("When was the heron seen?").kind is AnswerKind.DATE


def test_pieces_of_sentences_and_walls_of_text_say_less() -> None:
    whole = "The files are copied and put under the given folder."
    assert substance("copied and put under the given folder.") < 0.7 * substance(whole)
    assert substance(" ".join([whole[:-1]] * 15) + ".") < substance(whole)
    assert substance("made-ls - List the things in a folder") > 0.9


def test_code_is_told_from_sentences() -> None:
    assert is_code("for heron in lake:\n    heron.count()")
    assert is_code("---o---o---M\n          /")
    assert is_prompt("$ made tag v2.5 1b2e1d63ff")
    assert not is_code("The first item of a list\nThe second item of a list")
    quote = "To count, run:\n\nfor heron in lake:\n    heron.count()\n\nIt is slow. It works."
    assert [quote[start:end] for start, end in quote_spans(quote)] == [
        "To count, run:",
        "for heron in lake:\n    heron.count()",
        "It is slow.",
        "It works.",
    ]


def test_forms_of_one_document_are_recognised() -> None:
    page = twin_keys("file:///docs/lib/csv.html", "csv — CSV Files — Made 3 documentation")
    assert page & twin_keys("file:///docs/_sources/lib/csv.rst.txt", "csv --- CSV Files")
    assert page & twin_keys("file:///docs/lib/csv.txt", "")
    assert not page & twin_keys("file:///docs/lib/json.html", "json — JSON — Made 3 documentation")
    assert not twin_keys("file:///a/index.html", "Made Guide") & twin_keys("file:///b/index.html", "Made Other Things")
