import pytest
from fake_runs import claim

from engine.citations.cells import shows_its_claim, shows_unproven
from engine.domain import Cell


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("175–195 cm", "Grey heron, wingspan: 175–195 cm"),
        ("175–195 cm", "Grey heron, wingspan: 175–195 cm."),
        ("Not  in winter", "Grey heron, moult: not in winter"),
        ("toxic", "Berry, status: toxic"),
        ("no", "Berry, is it never toxic: no"),
        ("B-Tree", "B-Tree is one of: PostgreSQL index types"),
        ("Reiher", "Vogel: Reiher"),
        ("水鳥", "アオサギ、種類：水鳥"),
        ("28", "החומר NHL 3.5 דורש 28 ימים לפי EN 459-1 (2015)."),
        ("Lime mortar stays vulnerable.", "Lime mortar stays vulnerable."),
        ("", "Anything"),
    ],
)
def test_what_the_claim_says_may_be_shown(shown: str, said: str):
    assert shows_its_claim(Cell(text=shown, claim=claim(1, said, [1])))


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("95 years", "Lime mortar stays vulnerable to frost for about three months"),
        ("toxic", "Berry, status: not toxic."),
        ("175 cm", "Heron, wingspan: 190 cm, not 175 cm"),
        ("175 cm", "Heron, wingspan: 1,175 cm"),
        ("175", "Heron, wingspan: 175–195 cm"),
        ("5", "Heron, wingspan: -5"),
        ("195 cm", "Heron, wingspan: 175–195 cm"),
        ("30", "Train, leaves: 10:30"),
        ("harmless", "The berry isn't harmless"),
        ("heron", "Night herons, food: fish"),
    ],
)
def test_what_the_claim_does_not_say_may_not_be_shown(shown: str, said: str):
    cell = Cell(text=shown, claim=claim(1, said, [1]))
    assert not shows_its_claim(cell)
    assert shows_unproven(cell, place=0) and shows_unproven(cell, place=1)


def test_only_the_name_of_a_row_may_stand_without_a_claim():
    assert not shows_unproven(Cell(text="Heron"), place=0)
    assert shows_unproven(Cell(text="95 years"), place=1)
    assert not shows_unproven(Cell(missing="Not found."), place=1)
