"""A sentence that is too long, or has too many figures, is not said to be checked."""

from engine.citations.checking.check import check

MANY = " ".join(f"Item {number} weighs {number} kg." for number in range(1000, 1150))


def test_a_sentence_of_usual_length_is_looked_through_whole():
    assert check("It weighs 1000 kg.", [MANY]).is_whole
    assert check(MANY, [MANY]).is_whole


def test_more_figures_than_are_looked_for_are_said():
    assert not check(" ".join(f"{number} kg" for number in range(1000, 1150)) + " 9999 kg", [MANY]).is_whole


def test_more_characters_than_are_looked_through_are_said():
    text = "frost mortar " * 900 + " weighs 999 kilograms."
    assert not check(text, [MANY]).is_whole
    assert not check(text, ["frost mortar " * 900]).is_whole
