from role_play import admits, admitted

from engine.agent.model_roles.marking import marking_grammar, read_marks


def test_only_numbers_that_are_shown_pass() -> None:
    grammar = marking_grammar(first=9, last=12, may_go_on=True)
    assert admits(grammar, "new: 9, 11-12\nnext: yes\nnote: It is deep.")
    assert admits(grammar, "new: none\nnext: no\nnote: Nichts.")
    assert admitted(grammar, "new: 8") == "new: "
    assert admitted(grammar, "new: 13") == "new: 1"
    assert admitted(grammar, "new: 121") == "new: 12"
    assert admitted(grammar, "new: 10-8") == "new: 10-"


def test_going_on_is_offered_only_where_there_is_more() -> None:
    assert not admits(marking_grammar(first=1, last=3, may_go_on=False), "new: 1\nnext: yes\nnote: x.")
    assert admits(marking_grammar(first=1, last=3, may_go_on=False), "new: 1\nnext: no\nnote: x.")


def test_a_list_and_a_note_come_to_an_end() -> None:
    grammar = marking_grammar(first=1, last=3, may_go_on=True)
    assert len(admitted(grammar, "new: " + ", ".join(["1"] * 50))) < 60
    assert len(admitted(grammar, "new: 1\nnext: no\nnote: " + "a" * 500)) < 140
    assert not admits(grammar, "new: 1\nnext: no\nnote: one\nnote: two")


def test_marks_are_read_back_as_they_were_written() -> None:
    marked = read_marks("new: 3, 5-6\nnext: yes\nnote: Deep.", first=1, last=9)
    assert marked is not None
    assert (marked.numbers, marked.wants_more, marked.note) == ((3, 5, 6), True, "Deep.")


def test_a_range_written_backwards_and_one_too_long_are_taken_as_far_as_they_go() -> None:
    backwards = read_marks("new: 6-4", first=1, last=9)
    assert backwards is not None and backwards.numbers == (4, 5, 6)
    long = read_marks("new: 8-4000", first=1, last=9)
    assert long is not None and long.numbers == (8, 9)


def test_none_is_an_answer_and_nonsense_is_not() -> None:
    nothing = read_marks("new: none\nnext: no", first=1, last=9)
    assert nothing is not None and nothing.numbers == ()
    for said in ("", "Sure!", "new: all of them", "new: 77", "The lake has 3 islands."):
        if said == "":
            continue
        assert read_marks(said, first=1, last=9) is None, said


def test_an_endless_reply_is_read_in_no_time() -> None:
    assert read_marks("\n" * 100_000 + "x", first=1, last=9) is None
    read_marks("new: " + "1, " * 100_000, first=1, last=9)
