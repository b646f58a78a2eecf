from hypothesis import given
from hypothesis import strategies as st

from engine.domain import WebLimits
from engine.search.plain import QUERY_LIMIT, fits_query, plain, query_text
from engine.search.provider import WebQuery
from engine.search.sites import with_sites


def test_markup_and_what_cannot_be_seen_are_taken_out() -> None:
    assert plain("<b>Tall</b> &amp; old\x00\u202e\u200b tower<br>here", limit=100) == "Tall & old tower here"
    assert plain("<jats:p>One</jats:p><jats:p>two</jats:p>", limit=100) == "One two"
    assert plain(None, limit=10) == ""
    assert plain(["x"], limit=10) == ""


def test_what_is_too_long_ends_in_an_ellipsis() -> None:
    assert plain("a" * 50, limit=10) == "a" * 9 + "…"


def test_a_query_keeps_its_words_and_operators() -> None:
    asked = '"exact words" -without site:example.org (a OR b) C++ 100% 🙂'
    assert query_text(asked) == asked


def test_control_characters_and_lone_surrogates_do_not_reach_an_engine() -> None:
    assert query_text("one\ntwo\x00three\ud800 four\u2028five") == "one two three four five"


def test_a_bang_does_not_send_the_query_to_another_site() -> None:
    assert query_text("!w tower !!g height \\ducky a!b wow!") == "w tower g height ducky a!b wow!"


def test_a_very_long_query_ends_at_a_word() -> None:
    cut = query_text("word " * 1000)
    assert len(cut) <= QUERY_LIMIT
    assert set(cut.split()) == {"word"}
    assert len(query_text("x" * 5000)) == QUERY_LIMIT


def test_nothing_is_left_of_nothing() -> None:
    for nothing in ("", "   ", "\x00\n", "?!...", "\u200b\u202e", "\ud800"):
        assert query_text(nothing) == ""
    assert query_text("🙂") == "🙂"


@given(st.text(max_size=2000))
def test_any_query_becomes_one_line_that_can_be_sent(text: str) -> None:
    sent = query_text(text)
    sent.encode("utf-8")
    assert len(sent) <= QUERY_LIMIT
    assert sent == " ".join(sent.split())
    assert query_text(sent) == sent


def test_letters_that_come_together_when_the_invisible_goes_are_one_the_first_time() -> None:
    once = query_text("caf" + "e\u200b\u0301")
    assert once == "caf\u00e9"
    assert query_text(once) == once


def test_what_would_be_cut_can_be_known_before() -> None:
    assert fits_query("x" * QUERY_LIMIT)
    assert fits_query("  word\u200b " * (QUERY_LIMIT // 5))
    assert not fits_query("x" * (QUERY_LIMIT + 1))
    assert not fits_query(" " * 100_000 + "x")


def test_approved_words_get_no_operators_for_sites() -> None:
    limits = WebLimits(only=("a.example",), never=("b.example",))
    assert with_sites(WebQuery(text="tower", limits=limits), can_join=True) == "tower site:a.example -site:b.example"
    assert with_sites(WebQuery(text="tower", limits=limits, is_exact=True), can_join=True) == "tower"
