from hypothesis import given, settings
from hypothesis import strategies as st

from engine.export.printable import closed, direction, one_line, printable

DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069a"


def depth_at_end(text: str) -> int:
    """How many changes of direction are open at the end, by the rules of the bidirectional algorithm."""
    stack: list[str] = []
    for character in text:
        if character in "\u202a\u202b\u202d\u202e":
            stack.append("embedding")
        elif character in "\u2066\u2067\u2068":
            stack.append("isolate")
        elif character == "\u202c" and stack and stack[-1] == "embedding":
            stack.pop()
        elif character == "\u2069" and "isolate" in stack:
            while stack.pop() != "isolate":
                pass
    return len(stack)


@settings(deadline=None)
@given(st.text(alphabet=DIRECTIONS, max_size=30))
def test_no_change_of_direction_outlives_its_text(text: str) -> None:
    assert closed(text).startswith(text)
    assert depth_at_end(closed(text)) == 0


@settings(deadline=None)
@given(st.text())
def test_printable_text_can_be_written_and_commands_no_terminal(text: str) -> None:
    result = printable(text)
    result.encode("utf-8")
    assert all(character in "\t\n" or (character >= " " and not "\x7f" <= character <= "\x9f") for character in result)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufffe\uffff")))
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert printable(text) == text


def test_escape_sequences_become_visible() -> None:
    assert one_line("a\x1b[31m\nb\tc") == "a\ufffd[31m b c"


def test_direction_is_that_of_the_first_letter() -> None:
    assert direction("123 שלום abc") == "rtl"
    assert direction("“Abc” שלום") == "ltr"
    assert direction("…") == "ltr"
