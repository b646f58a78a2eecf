import pytest

from engine.agent.model_roles.writer_language import (
    is_not_in,
    is_other_language,
    is_written_in,
    language_name,
    question_language,
)

ENGLISH = "The lake is 136 metres deep, and it was measured by Anna Berg in the spring of 2021."
GERMAN = "Der See ist 136 Meter tief und wurde von Anna Berg im Frühling des Jahres 2021 gemessen."
FRENCH = "Le lac est profond de 136 mètres et il a été mesuré par Anna Berg au printemps de 2021."
RUSSIAN = "Озеро очень глубокое, его измерила Анна Берг."
CHINESE = "这个湖很深，是安娜在春天测量的。"
JAPANESE = "この湖はとても深く、春に測られた。"


@pytest.mark.parametrize("text", [GERMAN, FRENCH, RUSSIAN, CHINESE])
def test_a_reply_in_another_language_is_told(text: str) -> None:
    assert is_other_language(text, "How deep is the lake and who measured it?")


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (ENGLISH, "How deep is the lake?"),
        (GERMAN, "Wie tief ist der See?"),
        (CHINESE, "这个湖有多深？"),
        (JAPANESE, "この湖の深さは？"),
        ("136 m [1]", "How deep is the lake?"),
        ("", "How deep is the lake?"),
        ("Anna Berg, Lac Léman, 2021.", "Who measured it?"),
        ("The French title of the book is “Le lac et la mer de la ville”.", "What is the title of the book?"),
        ("Die Hard is a film of 1988.", "Which film is it?"),
        (f"{ENGLISH} {ENGLISH} {GERMAN}", "How deep is the lake?"),
        (GERMAN, "Lake depth?"),
        ("Jezioro ma głębokość do 136 metrów. Zmierzyła to Anna Berg.", "Jak głębokie jest to jezioro?"),
        ("Jezero je hluboké až do 136 metrů a je to studené jezero.", "Co je to za jezero a jak je hluboké?"),
        ("Sjön är 136 meter djup och den mättes av Anna Berg.", "Hur djup är sjön och vem mätte den?"),
        ("Lacul are o adâncime de 136 de metri și este rece.", "Cât de adânc este lacul?"),
        ("Göl en derin yerinde 136 metre ve çok soğuk.", "Göl ne kadar derin?"),
    ],
)
def test_in_doubt_a_reply_is_in_the_language_of_the_question(text: str, question: str) -> None:
    assert not is_other_language(text, question)


@pytest.mark.parametrize(
    ("text", "code"),
    [(ENGLISH, "de"), (GERMAN, "en"), (GERMAN, "ru"), (RUSSIAN, "de"), (ENGLISH, "zh"), (CHINESE, "en")],
)
def test_what_is_not_in_a_language_is_told(text: str, code: str) -> None:
    assert is_not_in(text, code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ENGLISH, "en"),
        (GERMAN, "de"),
        (RUSSIAN, "ru"),
        (CHINESE, "zh"),
        (JAPANESE, "ja"),
        ("Jezioro ma 136 metrów głębokości i zostało zmierzone przez Annę Berg wiosną 2021 roku.", "pl"),
        ("Søen er 136 meter dyb.", "da"),
        ("136 m", "de"),
    ],
)
def test_what_may_be_in_a_language_is_taken_to_be(text: str, code: str) -> None:
    assert not is_not_in(text, code)


def test_languages_have_names() -> None:
    assert language_name("de") == "German" and language_name("xx") == "xx"
    assert question_language("Wie tief ist der See?") == "German"
    assert question_language("136?") == "the language of the question"
    assert is_written_in("short", "CYRILLIC") and not is_written_in(ENGLISH, "CYRILLIC")
