"""Whether one figure tells another: the same value in other digits, words or units, or one that it is a rounding of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation, localcontext

from engine.citations.checking.figures import Bound, Figure
from engine.citations.checking.units import convert

_ABOUT = Decimal("0.1")
"""How far a value may be from what is said to be about it, if that is a rounding of it."""
_CLOSELY_ABOUT = Decimal("0.03")
_CONVERTED = Decimal("0.05")
"""How far a rounded value may be from the same in another unit."""
_NEARLY_SAME = Decimal("1e-9")
MOST_OVER = 2
"""How many times the value may be of which something is more or less."""
_DECADE = 10
_CENTURY_MONTHS = 1_200
_PRECISION = 60


def is_told(figure: Figure, others: Iterable[Figure], *, years: Iterable[int] = ()) -> bool:
    """Return whether others say a figure, or years lie in the decade or century that it is."""
    others = tuple(others)
    telling = [other for other in others if tells(other, figure)]
    if any(other.unit is not None or figure.unit is None for other in telling):
        return True
    if telling and not any(_is_same_of_another_unit(figure, other) for other in others):
        return True
    if figure.decade:
        return any(figure.decade <= year < figure.decade + _DECADE for year in years)
    if figure.unit is not None and figure.unit.dimension == "calendar" and figure.unit.factor == _CENTURY_MONTHS:
        return any((year - 1) // 100 + 1 == value for year in years for value in figure.readings)
    return figure.unit is None and any(value == year for year in years for value in figure.readings)


def tells(held: Figure, said: Figure) -> bool:
    """Return whether a figure of a passage says one of a sentence."""
    for one, other in ((said, held), (held, said)):
        loose = one.unit.loosely if one.unit is not None else None
        if loose is not None and (other.unit is None or other.unit.dimension == loose.dimension):
            pair = (replace(one, unit=loose), other)
            return tells(*(pair if one is held else pair[::-1]))
    if said.label and held.label:
        return said.label == held.label
    if {said.bound, held.bound} == {Bound.OVER, Bound.UNDER}:
        return False
    if said.digits_said and said.digits_said == held.digits_said and said.unit == held.unit:
        return True
    if said.bound is held.bound:
        said = replace(said, bound=Bound.EXACT)  # both are more than it, or about it: then it is the same number
    with localcontext() as context:
        context.prec = _PRECISION
        try:
            return _tells(held, said)
        except (InvalidOperation, ZeroDivisionError):
            return False


def are_alike(one: Figure, other: Figure) -> bool:
    """Return whether two figures count the same kind of thing, so that one may stand where the other should."""
    if one.unit is None or other.unit is None:
        return one.unit is other.unit and bool(one.label) == bool(other.label)
    return one.unit.dimension == other.unit.dimension or (
        one.unit.dimension.startswith("money") and other.unit.dimension.startswith("money")
    )


def _tells(held: Figure, said: Figure) -> bool:
    if held.unit is None or said.unit is None:
        return _tells_without_unit(held, said)
    if held.unit == said.unit:
        return _any_fits(said, held)
    if held.unit.dimension != said.unit.dimension or held.unit.dimension.startswith("money"):
        return False
    return any(
        _fits_converted(said, said.readings[0], there) for there in convert(held.readings[0], held.unit, to=said.unit)
    )


def _tells_without_unit(held: Figure, said: Figure) -> bool:
    if _is_percent(said) and held.is_share:
        return _any_fits(said, held, times=Decimal(100))
    if _is_percent(held) and said.is_share:
        return _any_fits(said, held, times=Decimal("0.01"))
    if (said.unit is not None and held.is_noun_next) or (held.unit is not None and said.is_noun_next):
        return False
    return _any_fits(said, held)


def _any_fits(said: Figure, held: Figure, *, times: Decimal = Decimal(1)) -> bool:
    """Whether the first readings fit, or any others are equal."""
    theirs = [value * times for value in held.readings]
    return _fits(said, said.readings[0], theirs[0]) or any(value in theirs for value in said.readings)


def _is_same_of_another_unit(figure: Figure, other: Figure) -> bool:
    return other.unit is not None and other.unit != figure.unit and figure.readings[0] in other.readings


def _is_percent(figure: Figure) -> bool:
    return figure.unit is not None and figure.unit.dimension == "share" and figure.unit.factor == Decimal("0.01")


def _fits(said: Figure, mine: Decimal, theirs: Decimal) -> bool:
    """Whether a value is what is said, or is rounded to it, or lies on the said side of it."""
    if mine == theirs:
        return True
    if mine == 0 or theirs == 0 or (mine < 0) != (theirs < 0):
        return False
    match said.bound:
        case Bound.OVER:
            return mine < theirs <= MOST_OVER * mine
        case Bound.UNDER:
            return mine / MOST_OVER <= theirs < mine
        case Bound.ABOUT:
            off = abs(mine - theirs) / abs(theirs)
            return off <= _CLOSELY_ABOUT or (off <= _ABOUT and _is_rounded(mine, theirs, step=_last_digit(mine)))
        case Bound.EXACT:
            return not said.label and said.digits > 1 and _is_rounded(mine, theirs, step=said.step)


def _fits_converted(said: Figure, mine: Decimal, there: Decimal) -> bool:
    if abs(mine - there) <= _NEARLY_SAME * abs(mine) or _fits(said, mine, there):
        return True
    off = abs(mine - there) / abs(there) if there else Decimal(1)
    return off <= _CONVERTED and _is_rounded(mine, there, step=min(said.step, _last_digit(mine)) or said.step)


def _is_rounded(mine: Decimal, theirs: Decimal, *, step: Decimal) -> bool:
    if step <= 0 or not mine.is_finite() or not theirs.is_finite():
        return False
    steps = theirs / step
    return any(steps.quantize(Decimal(1), rounding=way) * step == mine for way in (ROUND_HALF_UP, ROUND_HALF_EVEN))


def _last_digit(value: Decimal) -> Decimal:
    """One of the last digit of a number that is not zero: 100 for 1,200."""
    _, _, exponent = value.normalize().as_tuple()
    return Decimal(1).scaleb(int(exponent))
