import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.reading.terms import term_groups, terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Databases", "database"),
        ("1,200", "1200"),
        ("e-mail", "email"),
        ("UTF-8", "utf8"),
        ("café", "CAFE"),
        ("U.S.A.", "USA"),
        ("SQLite's", "sqlite"),
        ("Straße", "STRASSE"),
        ("ＡＢＣ", "abc"),
        ("كِتَابٌ", "كتاب"),
        ("базами", "база"),
    ],
)
def test_two_ways_of_writing_a_word_meet(one: str, other: str) -> None:
    assert terms(one)[0] == terms(other)[0]


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("synchronous=FULL", {"synchronous=full", "full"}),
        ("sqlite3_open_v2", {"sqlite3_open_v2", "sqlite3", "open", "v2"}),
        ("getUserName", {"getusernam", "get", "user", "name"}),
        ("3.11.7", {"3.11.7", "3.11"}),
        ("jane@example.org", {"jane@example.org", "jane", "org"}),
        ("os.path.join", {"os.path.join", "os", "path", "join"}),
        ("std::vector", {"std::vector", "vector"}),
        ("write-ahead", {"write", "ahead", "writeahead"}),
        ("python3", {"python3", "python"}),
        ("l’été", {"ete"}),
    ],
)
def test_an_identifier_is_found_whole_and_by_its_parts(written: str, parts: set[str]) -> None:
    assert parts <= set(terms(written))


@pytest.mark.parametrize("language", ["C++", "C#"])
def test_the_sign_that_makes_a_name_stays_with_it(language: str) -> None:
    assert terms(f"written in {language}.")[-1] == language.lower()


def test_scripts_without_spaces_become_pairs() -> None:
    assert terms("数据库") == ["数据", "据库"]
    assert terms("SQLite数据库") == ["sqlite", "数据", "据库"]
    assert set(terms("ขนาด")) <= set(terms("ฐานข้อมูลขนาดใหญ่"))


def test_vowel_signs_do_not_break_words() -> None:
    assert len(terms("किताबें हिन्दी")) == 2
    assert len(terms("מִסַּד נתונים")) == 2


def test_a_group_is_what_one_written_word_stands_for() -> None:
    assert list(term_groups("open sqlite3_open_v2")) == [
        ("open",),
        ("sqlite3_open_v2", "sqlite3", "sqlite", "open", "v2"),
    ]


@given(st.text())
def test_any_text_gives_clean_terms(text: str) -> None:
    found = terms(text)
    assert found == terms(text)
    for term in found:
        assert 0 < len(term) <= 64
        assert not any(character.isspace() or character == '"' for character in term)


@given(st.text(alphabet=st.characters(categories=["L", "M", "N"]), max_size=30))
def test_a_word_means_the_same_wherever_it_stands(word: str) -> None:
    assert terms(f"{word} x") == [*terms(word), "x"]


@pytest.mark.parametrize("garbage", ["a" * 300_000, "a." * 100_000, "_" * 300_000, "数" * 100_000, "\u0301" * 100_000])
def test_garbage_is_bounded(garbage: str) -> None:
    started = time.process_time()
    found = terms(garbage)
    assert time.process_time() - started < 2.0
    assert sum(map(len, found)) <= 2 * len(garbage)
