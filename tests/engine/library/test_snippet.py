from __future__ import annotations

from engine.library.snippet import snippet


def test_the_sentence_with_the_rarest_words_is_shown_with_what_follows() -> None:
    text = "Nothing here. The bridge was built in 1482. It is red.\nAnd more."
    assert snippet(text, {"bridg": 2.0, "1482": 3.0, "noth": 0.1}).startswith(
        "The bridge was built in 1482. It is red."
    )


def test_a_long_sentence_is_cut_around_what_was_looked_for() -> None:
    text = "word " * 300 + "the needle is here " + "word " * 300
    shown = snippet(text, {"needl": 5.0})
    assert "needle" in shown
    assert len(shown) <= 300
    assert shown.startswith("…")
    assert shown.endswith("…")


def test_text_without_spaces_or_matches_is_still_shown() -> None:
    assert len(snippet("語" * 2_000, {"橋": 1.0})) <= 300
    assert snippet("Only this.", {}) == "Only this."
    assert snippet("", {"a": 1.0}) == ""
    assert snippet(" \n\t ", {"a": 1.0}) == ""


def test_a_sentence_is_shown_rather_than_a_heading_with_the_same_words() -> None:
    text = "The old bridge\n\nNobody knows who built the old bridge over the river.\n\nOther"
    assert snippet(text, {"old": 1.0, "bridg": 2.0}).startswith("Nobody knows")
    assert snippet("The old bridge\n\nNobody knows.", {"old": 1.0, "bridg": 2.0}) == "The old bridge Nobody knows."
