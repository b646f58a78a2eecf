"""Evidence in the language of the question comes first, and translations are one document."""

import pytest
from fakes import document_of, source_of
from small_library import answer_of, article, research

from engine.agent.extractive.similarity import are_twins, translation_key
from engine.agent.extractive.tongues import is_foreign, question_tongue
from engine.domain import Source

GERMAN = "Was ist der Unterschied zwischen dem Reiher und dem Storch?"
TONGUES = {
    "de-DE": "Der Reiher zieht im Flug den Hals ein. Der Storch streckt den Hals aus, das ist der Unterschied zwischen "
    "Reiher und Storch.",
    "en-US": "The heron draws in its neck in flight. The stork (Storch) stretches the neck, and that is the difference "
    "of the Reiher and the Storch.",
    "fr-FR": "Le héron (Reiher) rentre le cou pendant le vol. La cigogne (Storch) tend le cou, et c'est la différence "
    "entre Reiher et Storch.",
    "ca-ES": "El Reiher recull el coll durant el vol, i el Storch estira el coll; aquesta és la diferència entre "
    "els dos.",
    "pl-PL": "Reiher w locie chowa szyję, a Storch wyciąga szyję; na tym polega różnica między nimi, która jest duża.",
}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is apt?", "en"),
        ("How does PostgreSQL prevent wraparound?", "en"),
        ("Was ist apt?", "de"),
        ("Vergleiche apt, aptitude und dpkg", "de"),
        ("Qu'est-ce que le vide et comment est-il fait ?", "fr"),
        ("¿Cómo se instala el paquete?", "es"),
        ("apt dpkg", ""),
        ("Что такое apt?", ""),
    ],
)
def test_the_language_of_a_question_is_told_by_its_little_words(question: str, expected: str) -> None:
    assert question_tongue(question) == expected


@pytest.mark.parametrize("tongue", [tongue for tongue in TONGUES if tongue != "de-DE"])
def test_another_language_is_foreign(tongue: str) -> None:
    assert is_foreign(TONGUES[tongue], GERMAN)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (TONGUES["de-DE"], GERMAN),
        (TONGUES["en-US"], "What is the difference between a heron and a stork?"),
        ("Use it as a filter, or as a no-op; do not e-mail o’Reilly.", "What is it used as?"),
        ("CREATE INDEX name ON table USING HASH (column);", "Was ist der Zweck von HASH?"),
        ("apt install paket", GERMAN),
        ("Anything at all, and the rest of it.", "apt dpkg"),
        ("", GERMAN),
    ],
)
def test_in_doubt_nothing_is_foreign(text: str, question: str) -> None:
    assert not is_foreign(text, question)


def test_another_script_is_foreign() -> None:
    assert is_foreign("Подобно dpkg, программа aptitude сохраняет историю", "What is dpkg?")
    assert is_foreign("しかしながら、それぞれのログファイルには異なる情報が含まれます。", GERMAN)


def page(tongue: str) -> Source:
    return source_of(f"file:///manual/{tongue}/birds.html", document_of(TONGUES[tongue], title=f"Birds {tongue}"))


def test_translations_are_one_document() -> None:
    assert are_twins(page("de-DE"), page("pl-PL"))
    assert translation_key("file:///manual/guide.de.html") == translation_key("file:///manual/guide.pt_BR.html") != ""
    assert translation_key("file:///manual/detail/guide.html") == ""


def test_an_answer_is_in_the_language_of_the_question_where_that_has_one() -> None:
    documents = {
        f"file:///manual/{tongue}/birds.html": article("Reiher und Storch", TONGUES[tongue]) for tongue in TONGUES
    }
    state = research(GERMAN, documents)
    assert state.report is not None
    assert "Der Storch streckt den Hals aus" in answer_of(state)
    assert not any(is_foreign(claim.text, GERMAN) for claim in state.report.claims)


def test_where_only_another_language_has_an_answer_it_is_given_once() -> None:
    documents = {
        f"file:///manual/{tongue}/birds.html": article("Reiher und Storch", TONGUES[tongue])
        for tongue in ("en-US", "fr-FR")
    }
    state = research("Was ist der Unterschied zwischen Reiher und Storch?", documents)
    assert state.report is not None
    assert state.report.claims
    cited = {state.passages[number].source_id for claim in state.report.claims for number in claim.passages}
    assert len(cited) == 1
