import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.agent.model_roles.repetition import LoopWatch, loop_start, query_key, without_loop

THOUGHT = (
    "The question asks for the year in which the bridge was opened. The first page names 1894, the second one says that"
    " it was opened in 1894 by the prince, and a third page repeats the year. I am confident, but the engineer is not"
    " named in any of them, so I will search for the engineer. "
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Where do herons nest?", "where do herons nest"),
        ("herons  nest", " Herons, nest! "),
        ("ﬁsh", "fish"),
        ('"tall trees" herons', "tall trees herons"),
    ],
)
def test_queries_that_differ_only_in_form_are_the_same(one, other):
    assert query_key(one) == query_key(other)


def test_queries_in_other_words_are_different():
    assert query_key("herons nest") != query_key("heron nests")
    assert query_key("???") != query_key("!!!")


@pytest.mark.parametrize(
    "looping",
    [
        "I will search. " * 12,
        "so " * 60,
        "search search search\n" * 8,
        "我需要搜索更多信息。" * 14,
        "1. " * 60,
        "-" * 200,
    ],
)
def test_a_text_that_repeats_its_end_is_a_loop_and_is_cut_after_its_first_turn(looping):
    start = loop_start(THOUGHT + looping)
    assert start is not None
    assert len(THOUGHT) <= start <= len(THOUGHT) + 30
    assert without_loop(THOUGHT + looping).startswith(THOUGHT.strip())


def test_a_sentence_said_five_times_between_others_is_a_loop():
    text = "".join(
        f"Number {number} is another matter altogether. Let me look at the page once more. " for number in range(6)
    )
    start = loop_start(text)
    assert start is not None
    assert text[:start].count("once more") == 1


@pytest.mark.parametrize(
    "text",
    [
        THOUGHT,
        THOUGHT + "-" * 60,
        "\n".join(f"| {year} | {year * 7 % 100} |" for year in range(1900, 1960)),
        "1. Find the author.\n2. Find the year.\n3. Find the publisher.\n4. Find the first edition.\n",
        "no, no, no, no, no: that is not it.",
        "",
    ],
)
def test_honest_text_is_no_loop(text):
    assert loop_start(text) is None
    assert without_loop(text) == text


def test_a_watch_ends_a_reply_soon_after_it_begins_to_loop():
    watch = LoopWatch()
    heard = 0
    for piece in [THOUGHT, *["I will search. "] * 100]:
        watch.hear(piece)
        heard += 1
        if watch.has_heard_enough:
            break
    assert 5 < heard < 20


def test_a_watch_lets_an_honest_reply_be():
    watch = LoopWatch()
    for letter in THOUGHT:
        watch.hear(letter)
    assert not watch.has_heard_enough


@settings(max_examples=50, deadline=None)
@given(st.text(min_size=1, max_size=12), st.text(max_size=40))
def test_whatever_is_said_often_enough_is_found(unit, before):
    assert loop_start(before + unit * 160) is not None
