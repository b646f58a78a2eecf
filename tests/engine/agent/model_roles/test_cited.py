from hypothesis import given, settings
from hypothesis import strategies as st
from role_play import admits, admitted

from engine.agent.model_roles.cited import cited_grammar, cited_sentences, is_none
from engine.domain import PassageId

ALLOWED = {
    PassageId(3): "The lake is 136 metres deep at its deepest point.",
    PassageId(17): "Anna Berg measured the lake in the spring of 2021.",
}


def read(said: str, *, limit: int = 6, is_cut: bool = False) -> list[tuple[str, tuple[int, ...]]]:
    return [
        (sentence.text, sentence.passages) for sentence in cited_sentences(said, ALLOWED, limit=limit, is_cut=is_cut)[0]
    ]


def dropped(said: str) -> int:
    return cited_sentences(said, ALLOWED, limit=6)[1]


def test_only_passages_of_the_ledger_can_be_named() -> None:
    grammar = cited_grammar([3, 17], limit=2)
    assert admits(grammar, "The lake is deep and cold. [3][17]\nAnna measured it. [17]")
    assert admits(grammar, "none")
    assert admitted(grammar, "The lake is deep. [4]") == "The lake is deep. ["
    assert admitted(grammar, "The lake is deep. [1]") == "The lake is deep. [1"
    assert admitted(grammar, "The lake is deep. [33]") == "The lake is deep. [3"
    assert admitted(grammar, "The lake is deep. [171]") == "The lake is deep. [17"


def test_a_sentence_must_name_a_passage_and_a_text_must_end() -> None:
    grammar = cited_grammar([3], limit=2)
    assert not admits(grammar, "The lake is deep.")
    assert not admits(grammar, "The lake is deep.\nIt is cold. [3]")
    assert not admits(grammar, "\n".join(["The lake is deep. [3]"] * 3))
    assert len(admitted(grammar, "deep " * 500)) < 500
    assert admits(grammar, "None of the lakes is deep. [3]")
    assert admits(cited_grammar([3], limit=1), "The lake is deep. [3]")
    assert not admits(cited_grammar([3], limit=1), "The lake is deep. [3]\nIt is cold. [3]")


def test_sentences_come_with_what_they_name() -> None:
    assert read("The lake is deep. [3]\nAnna measured the lake. [17][3]") == [
        ("The lake is deep.", (3,)),
        ("Anna measured the lake.", (17, 3)),
    ]


def test_what_is_cited_and_has_nothing_of_the_sentence_is_taken_out() -> None:
    assert read("The lake is deep. [3][17]\nAnna measured it. [17][3]") == [
        ("The lake is deep.", (3, 17)),
        ("Anna measured it.", (17,)),
    ]
    many = {PassageId(n): f"The lake number {n} is {n} metres deep." for n in range(1, 21)}
    everything = "".join(f"[{n}]" for n in many)
    said = "\n".join(f"Lake number {n} has a depth of {n} metres. {everything}" for n in (4, 17))
    sentences, _ = cited_sentences(said, many, limit=6)
    assert [sentence.passages for sentence in sentences] == [(4,), (17,)]


def test_a_sentence_of_two_facts_keeps_both_of_its_passages() -> None:
    assert read("The lake is 136 metres deep, as Anna Berg measured in 2021. [3][17]")[0][1] == (3, 17)


def test_passages_in_another_language_stay_with_a_sentence() -> None:
    allowed = {PassageId(1): "湖の深さは最も深いところで測られた。", PassageId(2): "Озеро очень глубокое."}
    (sentence,), _ = cited_sentences("It is a deep one. [1][2]", allowed, limit=6)
    assert sentence.passages == (1, 2)


def test_sentences_that_stop_in_the_middle_are_no_sentences() -> None:
    assert read("The lake is deep. [3]\nAnna Berg measured the lake in the") == [("The lake is deep.", (3,))]
    assert read("The lake is deep and was measured by the [3]") == []
    assert read("## The deepest point of the lake\nThe lake is deep. [3]") == [("The lake is deep.", (3,))]
    assert read("The lake is deep, [3]") == []
    assert read(f"{'The lake is deep and '.rstrip() * 22} [3]") == []
    assert read("The lake is 136 metres deep [3]") == [("The lake is 136 metres deep.", (3,))]
    assert read("The lake is 136 metres deep. [3]\nAnna measured it. [17][", is_cut=True)[1][1] == (17,)


def test_several_sentences_on_a_line_are_several_sentences() -> None:
    said = "- The lake is deep. [3] Anna Berg measured the lake [3, 17]. 1. It was spring [17]."
    assert [passages for _, passages in read(said)] == [(3,), (3, 17), (17,)]
    assert read(said)[1][0] == "Anna Berg measured the lake."


def test_numbers_within_a_sentence_do_not_cut_it() -> None:
    assert read("The lake [3] was measured in spring [17].") == [("The lake was measured in spring.", (3, 17))]


def test_a_sentence_that_names_nothing_gets_the_passage_whose_words_it_has_or_is_dropped() -> None:
    assert read("The lake is 136 metres deep.") == [("The lake is 136 metres deep.", (3,))]
    assert read("Anna Berg measured the lake in 2021. [99]") == [("Anna Berg measured the lake in 2021.", (17,))]
    assert read("The moon is made of cheese and dust. [99]") == []
    assert dropped("The moon is made of cheese and dust. [99]\nBirds sing in the old trees.") == 2


def test_what_broke_off_is_left_out() -> None:
    assert read("The lake is deep. [3]\nAnna measured th", is_cut=True) == [("The lake is deep.", (3,))]
    assert read("The lake is deep. [3]\nAnna measured it. [1", is_cut=True) == [("The lake is deep.", (3,))]
    assert len(read("The lake is deep. [3]\nAnna measured it. [17]", is_cut=True)) == 2


def test_an_endless_reply_is_a_few_sentences() -> None:
    assert read("The lake is deep. [3]\n" * 5_000) == [("The lake is deep.", (3,))]
    assert len(read("\n".join(f"The lake number {n} is deep. [3]" for n in range(5_000)), limit=6)) == 6


def test_a_reply_of_white_space_and_brackets_is_read_in_no_time() -> None:
    assert read(" " * 200_000 + "x") == []
    assert read("[ " * 50_000) == []
    assert read("[1" + " 1" * 50_000) == []


def test_none_is_said_in_one_word() -> None:
    assert is_none("none") and is_none(" None.\n")
    assert not is_none("None of them is deep. [3]")
    assert read("none") == [] and dropped("none") == 0


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="Thelakisdp [](),.!\n0123789-*“”", max_size=300))
def test_no_number_is_ever_made_up(said: str) -> None:
    for text, passages in read(said):
        assert passages and set(passages) <= set(ALLOWED)
        assert "\n" not in text
