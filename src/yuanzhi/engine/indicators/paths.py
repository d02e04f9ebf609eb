"""The way to a target: what the path expects in a year, what is still needed, where the trend leads.

Everything is exact in fractions except roots, which are taken to 28 digits and rounded to twelve places.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import Literal

from yuanzhi.engine.kernel.quantities import decimal_of

Path = Literal["linear", "compound", "none"]
_ROOTS = Context(prec=40)
PLACES = 12


def expected_value(base: Fraction, goal: Fraction, *, passed: int, span: int, path: Path) -> Decimal | None:
    """What the path expects ``passed`` years after the base, of ``span`` years in all.

    Before the base year it is the base, after the target year the goal. A compound path needs a
    positive base and goal; without a path there is no expectation.

    >>> expected_value(Fraction("8.5"), Fraction(10), passed=3, span=6, path="linear")
    Decimal('9.25')
    """
    if path == "none" or span <= 0:
        return None
    passed = min(max(passed, 0), span)
    if path == "linear":
        return decimal_of(base + (goal - base) * Fraction(passed, span), PLACES)
    if base <= 0 or goal <= 0:
        return None
    return rounded(_decimal(base) * _power(goal / base, Fraction(passed, span)))


def mean_growth(first: Fraction, last: Fraction, years: int) -> Decimal | None:
    """The mean yearly growth from one value to another, as a share of one; none from a base of zero or less.

    >>> round(mean_growth(Fraction(150), Fraction(200), 3), 4)
    Decimal('0.1006')
    """
    if years <= 0 or first <= 0 or last < 0:
        return None
    if last == 0:
        return Decimal(-1)
    return rounded(_power(last / first, Fraction(1, years)) - 1)


def yearly_step(first: Fraction, last: Fraction, years: int) -> Decimal | None:
    """The same amount every year from one value to another."""
    return decimal_of((last - first) / years, PLACES) if years > 0 else None


def trend(points: Sequence[tuple[int, Fraction]], year: int, path: Path) -> Decimal | None:
    """The value the trend of the points gives for a year; at least two different years are needed.

    A linear trend is the least-squares line; a compound one carries on the mean growth from the
    first point to the last.
    """
    ordered = sorted(points)
    if len({at for at, _ in ordered}) < 2:
        return None
    if path == "compound" and ordered[0][1] > 0 and ordered[-1][1] > 0:
        (first, start), (last, end) = ordered[0], ordered[-1]
        return rounded(_decimal(end) * _power(end / start, Fraction(year - last, last - first)))
    count = len(ordered)
    middle = Fraction(sum(at for at, _ in ordered), count)
    level = sum((value for _, value in ordered), Fraction(0)) / count
    spread = sum(((at - middle) ** 2 for at, _ in ordered), Fraction(0))
    slope = sum(((at - middle) * (value - level) for at, value in ordered), Fraction(0)) / spread
    return decimal_of(level + slope * (year - middle), PLACES)


def is_on_path(
    value: Fraction, base: Fraction, goal: Fraction, *, passed: int, span: int, path: Path, upward: bool
) -> bool | None:
    """Whether a value is at or beyond the path, compared exactly even where the path is a root."""
    if path == "none" or span <= 0:
        return None
    passed = min(max(passed, 0), span)
    if path == "linear":
        expected = base + (goal - base) * Fraction(passed, span)
        return value >= expected if upward else value <= expected
    if base <= 0 or goal <= 0:
        return None
    if value < 0:
        return not upward
    left, right = (value / base) ** span, (goal / base) ** passed
    return left >= right if upward else left <= right


def rounded(value: Decimal) -> Decimal:
    """Half up at twelve places."""
    return decimal_of(Fraction(value), PLACES)


def _decimal(value: Fraction) -> Decimal:
    return _ROOTS.divide(Decimal(value.numerator), Decimal(value.denominator))


def _power(value: Fraction, exponent: Fraction) -> Decimal:
    with localcontext(_ROOTS):
        return _decimal(value) ** _decimal(exponent)
