import random
from math import exp, log

import pytest

from engine.citations.calibration import Case, Curve, TooFewCases, calibrated, fitted, quality


def cases_of(model: Curve, *, number: int = 2_000, seed: int = 1) -> list[Case]:
    """Cases of a model that says ``model(p)`` where it is right with the probability ``p``."""
    dice = random.Random(seed)
    found = []
    for index in range(number):
        right = dice.uniform(0.02, 0.98)
        found.append(Case(given=model(right), is_true=dice.random() < right, group=str(index % 50)))
    return found


def test_a_model_that_is_too_sure_is_taken_back() -> None:
    found = calibrated(cases_of(Curve(slope=3.0, offset=1.0)))
    assert found.curve.slope == pytest.approx(1 / 3, abs=0.04)
    assert found.curve(Curve(slope=3.0, offset=1.0)(0.5)) == pytest.approx(0.5, abs=0.05)
    assert found.after.brier < found.before.brier
    assert found.after.error < 0.05 < found.before.error
    assert found.is_telling


def test_a_model_that_is_right_already_stays_as_it_is() -> None:
    curve = calibrated(cases_of(Curve(slope=1.0, offset=0.0))).curve
    assert all(curve(value / 10) == pytest.approx(value / 10, abs=0.05) for value in range(1, 10))


def test_more_is_never_made_less() -> None:
    upside_down = calibrated(
        [Case(given=1 - case.given, is_true=case.is_true) for case in cases_of(Curve(slope=1.0, offset=0.0))]
    )
    assert not upside_down.is_telling
    assert upside_down.curve(0.01) == upside_down.curve(0.99) == pytest.approx(0.5, abs=0.05)


def test_a_perfect_model_on_a_small_set_is_not_believed_without_end() -> None:
    cases = [Case(given=1.0, is_true=True) for _ in range(10)] + [Case(given=0.0, is_true=False) for _ in range(10)]
    curve = calibrated(cases).curve
    assert 0.85 < curve(1.0) < 0.999
    assert 0.001 < curve(0.0) < 0.15


def test_the_curve_is_where_its_cases_are_most_probable() -> None:
    """Held against a search that knows nothing of derivatives."""
    cases = cases_of(Curve(slope=2.0, offset=-0.5), number=200)
    curve = fitted(cases)
    true = sum(case.is_true for case in cases)
    targets = {True: (true + 1) / (true + 2), False: 1 / (len(cases) - true + 2)}

    def loss(slope: float, offset: float) -> float:
        total = 0.0
        for case in cases:
            place = log(case.given / (1 - case.given))
            value = 1 / (1 + exp(-(slope * place + offset)))
            target = targets[case.is_true]
            counts = 1 / true if case.is_true else 1 / (len(cases) - true)
            total -= counts * (target * log(value) + (1 - target) * log(1 - value))
        return total

    best = loss(curve.slope, curve.offset)
    around = [(s, o) for s in (-0.02, 0.0, 0.02) for o in (-0.02, 0.0, 0.02) if (s, o) != (0.0, 0.0)]
    assert all(best < loss(curve.slope + s, curve.offset + o) for s, o in around)


def test_nothing_is_made_of_a_handful() -> None:
    few = [Case(given=0.9, is_true=True)] * 50 + [Case(given=0.1, is_true=False)] * 9
    with pytest.raises(TooFewCases):
        calibrated(few)


def test_quality_is_that_of_the_definition() -> None:
    cases = [Case(given=0.0, is_true=is_true) for is_true in (True, False, True, True)]
    found = quality([0.75, 0.75, 0.75, 0.25], cases)
    # three true ones count two thirds each, the false one twice
    assert found.brier == pytest.approx((0.0625 * 2 / 3 + 0.5625 * 2 + 0.0625 * 2 / 3 + 0.5625 * 2 / 3) / 4)
    assert found.error == pytest.approx((abs(0.25 * 2 / 3 - 0.75 * 2 + 0.25 * 2 / 3) + 0.75 * 2 / 3) / 4)


@pytest.mark.parametrize("given", [0.0, 1.0, 1e-300, 1 - 1e-16])
def test_what_is_quite_sure_stays_a_probability(given: float) -> None:
    assert 0 <= Curve(slope=50.0, offset=900.0)(given) <= 1
    assert 0 <= Curve(slope=50.0, offset=-900.0)(given) <= 1


def test_how_many_true_ones_a_set_has_does_not_matter() -> None:
    cases = cases_of(Curve(slope=2.0, offset=0.0))
    more = cases + 4 * [case for case in cases if case.is_true]
    one, other = fitted(cases), fitted(more)
    assert one.slope == pytest.approx(other.slope, abs=0.05) and one.offset == pytest.approx(other.offset, abs=0.05)
