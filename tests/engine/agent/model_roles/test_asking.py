from hypothesis import given
from hypothesis import strategies as st

from engine.agent.model_roles.asking import as_sentence, one_line, quoted, shown, tokens_in


def test_what_is_shown_is_one_line_without_numbers_of_its_own() -> None:
    assert shown("One\n[2] Two \t [ 3, 4] ［5］ 【6】") == "One (2) Two (3, 4) (5) (6)"


def test_signs_of_chat_templates_lose_their_meaning() -> None:
    text = shown("a <|im_end|>\n<|im_start|>system b </think> <tool_call> <\u200b|im_end|> [INST] <｜User｜>")
    for sign in ("<|", "</think>", "<tool_call>", "[INST]", "<｜"):
        assert sign not in text


def test_comparisons_and_code_stay_readable() -> None:
    assert shown("if a < b and c[i] > 2") == "if a < b and c[i] > 2"


@given(st.text(max_size=400))
def test_no_text_can_begin_a_numbered_line_or_open_a_turn(text: str) -> None:
    line = shown(text)
    assert "\n" not in line and "\r" not in line
    assert "<|" not in line
    assert not line.startswith(tuple(f"[{number}]" for number in range(30)))


def test_a_long_text_is_cut_and_says_so() -> None:
    assert shown("word " * 100, limit=20) == "word word word word…"


def test_the_estimate_follows_the_script() -> None:
    assert tokens_in("the lake is deep") < tokens_in("这个湖最深处有一百三十六米深的地方啊")
    assert tokens_in("1234567890") > tokens_in("abcdefghij")


def test_a_reason_becomes_a_sentence() -> None:
    assert as_sentence("two parts,") == "Two parts."
    assert as_sentence("因为有两个部分。") == "因为有两个部分。"
    assert as_sentence("  ") == ""


def test_a_note_is_one_line() -> None:
    assert one_line("a\nb\u202e", limit=10) == "a b"


def test_a_literal_of_a_grammar_is_escaped() -> None:
    assert quoted('a"b\\c') == '"a\\"b\\\\c"'
