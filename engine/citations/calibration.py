"""How often a judge is right where it gives a probability: a logistic curve through what it gave for known cases.

This is Platt's scaling: the share of true sentences is taken to be a logistic function of the logit of the probability
that the model gives. Two numbers are fitted, with Platt's targets, which keep a small set from being believed too much.
True and false cases count the same in all, however many of each there are: what is told is what the model knows, and
not what the set happens to hold. A model whose judgement tells nothing is thus at one half, whatever it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, log1p

_LEAST = 1e-4
"""Probabilities nearer to 0 and 1 count as this: what a model is surer of than that is beyond what a set can tell."""
_MOST_STEPS = 100
_LEAST_STEP = 1e-10
_DAMPING = 1e-12
_ENOUGH = 1e-9
_BINS = 10
_PARTS = 5
LEAST_OF_EACH = 10
"""True and false cases, without as many of which nothing is fitted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A logistic curve over the logit of a probability."""

    slope: float
    """Never below 0: what a model finds more probable never becomes less so. At 0 its judgement tells nothing."""
    offset: float

    def __call__(self, probability: float) -> float:
        """Return the probability after calibration, 0 to 1."""
        return _logistic(self.slope * _logit(probability) + self.offset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a judge gave for a sentence of which it is known whether its passages say it."""

    given: float
    """Probability, 0 to 1."""
    is_true: bool
    group: str = ""
    """Cases of one group are never on both sides of a trial: those about the same passage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How good probabilities are."""

    brier: float
    """Mean square of their distance from what is so: 0 is perfect, always saying one half gives 0.25."""
    error: float
    """Expected calibration error, 0 to 1: by how much they miss the share of true ones, over ten bins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A curve and what it was made of."""

    curve: Curve
    cases: int
    true: int
    """Of the cases."""
    before: Quality
    after: Quality
    """Of cases that a curve was not made of: each part is judged by the curve of the others."""

    @property
    def is_telling(self) -> bool:
        """Whether the model's judgement tells anything of what is so."""
        return self.curve.slope > 0


class TooFewCases(ValueError):
    """There are not enough cases to calibrate with."""


def calibrated(cases: Sequence[Case]) -> Calibration:
    """Return the curve through some cases, and how good it is where it was not made.

    Raises:
        TooFewCases: fewer than ten are true, or fewer than ten are false.
    """
    true = sum(case.is_true for case in cases)
    if min(true, len(cases) - true) < LEAST_OF_EACH:
        raise TooFewCases(f"{true} true and {len(cases) - true} false cases")
    return Calibration(
        curve=fitted(cases),
        cases=len(cases),
        true=true,
        before=quality([case.given for case in cases], cases),
        after=quality(_judged_by_others(cases), cases),
    )


def fitted(cases: Sequence[Case]) -> Curve:
    """Return the curve that makes some cases most probable, by Newton's method; a falling one is made flat.

    There must be a true and a false one.
    """
    true = sum(case.is_true for case in cases)
    targets = {True: (true + 1) / (true + 2), False: 1 / (len(cases) - true + 2)}
    points = [
        (_logit(case.given), targets[case.is_true], weight) for case, weight in zip(cases, _weights(cases), strict=True)
    ]
    slope, offset = 0.0, 0.0
    loss = _loss(points, slope, offset)
    for _ in range(_MOST_STEPS):
        gradient, curvature = _derivatives(points, slope, offset)
        if max(map(abs, gradient)) < _ENOUGH:
            break
        (h11, h12, h22) = curvature
        determinant = h11 * h22 - h12 * h12
        change = (
            -(h22 * gradient[0] - h12 * gradient[1]) / determinant,
            -(h11 * gradient[1] - h12 * gradient[0]) / determinant,
        )
        step = 1.0
        while step >= _LEAST_STEP:
            tried = slope + step * change[0], offset + step * change[1]
            if (now := _loss(points, *tried)) < loss:
                (slope, offset), loss = tried, now
                break
            step /= 2
        else:
            break
    return Curve(slope=slope, offset=offset) if slope > 0 else Curve(slope=0.0, offset=0.0)


def quality(given: Sequence[float], cases: Sequence[Case]) -> Quality:
    """Return how good probabilities are for some cases, in the same order; a true and a false one must be there."""
    bins: dict[int, float] = {}
    brier = 0.0
    for probability, case, weight in zip(given, cases, _weights(cases), strict=True):
        off = float(case.is_true) - probability
        brier += weight * off**2
        place = min(_BINS - 1, int(probability * _BINS))
        bins[place] = bins.get(place, 0.0) + weight * off
    return Quality(brier=brier / len(cases), error=sum(map(abs, bins.values())) / len(cases))


def _weights(cases: Sequence[Case]) -> list[float]:
    """How much each case counts: together as much as there are, the true ones as much as the false ones."""
    true = sum(case.is_true for case in cases)
    half = len(cases) / 2
    return [half / (true if case.is_true else len(cases) - true) for case in cases]


def _judged_by_others(cases: Sequence[Case]) -> list[float]:
    """The probability of each case, by the curve of the parts that it is not in."""
    groups = {group: number for number, group in enumerate(dict.fromkeys(case.group for case in cases))}
    is_grouped = len(groups) >= _PARTS
    parts = [(groups[case.group] if is_grouped else index) % _PARTS for index, case in enumerate(cases)]
    curves = [fitted([case for case, part in zip(cases, parts, strict=True) if part != out]) for out in range(_PARTS)]
    return [curves[part](case.given) for case, part in zip(cases, parts, strict=True)]


_Points = Sequence[tuple[float, float, float]]
"""Logit of what was given, what should have been, and how much it counts."""


def _loss(points: _Points, slope: float, offset: float) -> float:
    total = 0.0
    for place, target, weight in points:
        value = slope * place + offset
        # -target·log(p) - (1-target)·log(1-p), written so that nothing overflows
        off = (1 - target) * value + log1p(exp(-value)) if value >= 0 else -target * value + log1p(exp(value))
        total += weight * off
    return total


_Derivatives = tuple[tuple[float, float], tuple[float, float, float]]


def _derivatives(points: _Points, slope: float, offset: float) -> _Derivatives:
    g1 = g2 = h12 = 0.0
    h11 = h22 = _DAMPING
    for place, target, counts in points:
        probability = _logistic(slope * place + offset)
        weight = counts * probability * (1 - probability)
        g1 += counts * place * (probability - target)
        g2 += counts * (probability - target)
        h11 += place * place * weight
        h12 += place * weight
        h22 += weight
    return (g1, g2), (h11, h12, h22)


def _logit(probability: float) -> float:
    inside = min(1 - _LEAST, max(_LEAST, probability))
    return log(inside / (1 - inside))


def _logistic(value: float) -> float:
    return 1 / (1 + exp(-value)) if value >= 0 else exp(value) / (1 + exp(value))
