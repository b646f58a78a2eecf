from dataclasses import replace

from engine.citations.versions import ChangeKind, compare, with_numbers, words_diff
from engine.domain import Cell, Claim, ClaimId, ClaimState, Gap, PassageId, Report, Section, Table


def claim(number: int, text: str, *, state: ClaimState = ClaimState.SINGLE_SOURCE, **more) -> Claim:
    return Claim(id=ClaimId(number), text=text, passages=(PassageId(1),), state=state, **more)


def report(*answer: Claim, sections: tuple[Section, ...] = (), gaps: tuple[Gap, ...] = ()) -> Report:
    return Report(question="q?", answer=answer, sections=sections, gaps=gaps, made_by="")


def kinds(old: Report, new: Report) -> list[tuple[str, str]]:
    return [
        (change.kind.value, change.after.text if change.after is not None else change.before[0].text)
        for change in compare(old, new)
    ]


EGGS, TREES = "Herons lay four eggs.", "They nest in tall trees near water."


def test_a_report_is_the_same_as_itself():
    same = report(claim(1, EGGS), sections=(Section(title="Nests", claims=(claim(2, TREES),)),))
    assert {change.kind for change in compare(same, same)} == {ChangeKind.KEPT}
    assert not any(change.is_state_changed for change in compare(same, same))


def test_a_sentence_that_was_kept_may_be_in_another_state():
    (change,) = compare(report(claim(1, EGGS)), report(claim(1, EGGS, state=ClaimState.SUPPORTED)))
    assert change.kind is ChangeKind.KEPT
    assert change.is_state_changed


def test_what_was_added_and_removed_is_told_where_it_stood():
    old = report(claim(1, EGGS), claim(2, TREES), claim(3, "Eels are fish."))
    new = report(claim(1, EGGS), claim(3, "Eels are fish."), claim(4, "Otters swim in rivers."))
    assert kinds(old, new) == [
        ("kept", EGGS),
        ("removed", TREES),
        ("kept", "Eels are fish."),
        ("added", "Otters swim in rivers."),
    ]


def test_a_sentence_that_names_what_it_is_based_on_is_that_in_new_words():
    old = report(claim(1, EGGS), claim(2, TREES))
    new = report(claim(9, "Four eggs, tall trees.", based_on=(ClaimId(1), ClaimId(2))))
    (change,) = compare(old, new)
    assert change.kind is ChangeKind.REWORDED
    assert [one.id for one in change.before] == [1, 2]


def test_a_sentence_that_was_written_once_more_is_the_one_it_was():
    old = report(claim(1, EGGS))
    (change,) = compare(old, report(claim(5, "A clutch has up to five.", former=EGGS)))
    assert (change.kind, change.before[0].text) == (ChangeKind.REWORDED, EGGS)


def test_most_of_the_words_are_enough_in_the_same_place_and_not_in_another():
    old = report(claim(1, "Herons lay four eggs in spring."))
    near = claim(2, "Herons lay five eggs in spring.")
    assert kinds(old, report(near)) == [("reworded", near.text)]
    elsewhere = report(sections=(Section(title="Other", claims=(near,)),))
    assert [kind for kind, _ in kinds(old, elsewhere)] == ["removed", "added"]


def test_what_stands_among_the_gaps_now_was_moved_out():
    gap = Gap(question=EGGS, queries=(), sources_read=1, reason="", claim=claim(1, EGGS, state=ClaimState.UNSUPPORTED))
    assert kinds(report(claim(1, EGGS)), report(gaps=(gap,))) == [("moved_out", EGGS)]


def test_cells_of_tables_are_compared_too():
    table = Table(columns=("Bird",), rows=((Cell(text="4", claim=claim(1, "Heron, eggs: 4")),),))
    old = report(sections=(Section(title="T", claims=(), table=table),))
    assert kinds(old, report()) == [("removed", "Heron, eggs: 4")]
    assert kinds(old, old) == [("kept", "Heron, eggs: 4")]


def test_the_words_of_both_sentences_can_be_read_from_their_comparison():
    for old, new in (
        ("Herons lay four eggs.", "Herons lay 5 eggs in May."),
        ("", "New."),
        ("東京都の人口は1400万人", "東京都の人口は1300万人"),
    ):
        words = words_diff(old, new)
        assert "".join(one.text for one in words if one.is_old) == old
        assert "".join(one.text for one in words if one.is_new) == new
    changed = [one.text for one in words_diff("Herons lay four eggs.", "Herons lay five eggs.") if not one.is_new]
    assert changed == ["four"]


def test_numbers_are_unique_and_stay_with_the_words_they_were_given_to():
    first = with_numbers(report(claim(7, EGGS), claim(7, EGGS), claim(7, TREES)))
    assert [one.id for one in first.claims] == [1, 2, 3]
    changed = report(claim(0, TREES), claim(0, "Something new here."), claim(0, EGGS))
    second = with_numbers(changed, before=[first])
    assert [one.id for one in second.claims] == [3, 4, 1]
    third = with_numbers(report(claim(0, "And again new.")), before=[first, second])
    assert [one.id for one in third.claims] == [5]


def test_the_same_words_with_other_evidence_are_another_claim():
    first = with_numbers(report(claim(0, EGGS)))
    other = replace(claim(0, EGGS), passages=(PassageId(2),))
    assert [one.id for one in with_numbers(report(other), before=[first]).claims] == [2]


def test_what_was_not_touched_keeps_its_own_number_beside_equal_words():
    first = with_numbers(report(claim(0, EGGS), sections=(Section(title="Nests", claims=(claim(0, EGGS),)),)))
    assert [one.id for one in first.claims] == [1, 2]
    without_answer = with_numbers(replace(first, answer=()), before=[first])
    assert [one.id for one in without_answer.claims] == [2]


def test_a_number_that_stands_among_the_gaps_is_not_given_again():
    failed = Gap(question=EGGS, queries=(), sources_read=0, reason="", claim=claim(7, EGGS))
    first = report(claim(1, TREES), gaps=(failed,))
    again = with_numbers(report(claim(0, TREES), claim(0, EGGS), gaps=(failed,)), before=[first])
    assert [one.id for one in again.claims] == [1, 8]
