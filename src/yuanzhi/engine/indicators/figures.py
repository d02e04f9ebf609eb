"""From tallies to the value an aggregate declares: sum, count, mean, share; exact, rounded at twelve places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from yuanzhi.engine.indicators.series_form import SHOWN_MISSING
from yuanzhi.engine.indicators.tallies import Tally
from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.pack.model import Aggregate

PLACES = 12


@dataclass(frozen=True, slots=True)
class Figure:
    """One value with what it was made from."""

    value: Decimal | None
    raw: Decimal | None = None
    reported: int = 0
    expected: int = 0
    missing: tuple[str, ...] = ()
    synthetic: bool = False
    real: bool = False


def figures(
    aggregate: Aggregate,
    tallies: Mapping[str, Tally],
    wholes: Mapping[str, Tally],
    factor: Fraction,
    *,
    is_number: bool,
) -> dict[str, Figure]:
    """The value of every upper subject.

    A sum without any value is missing, unless all the subjects there are reported and none meets the condition: then
    it is zero. A count without any subject is zero too, for the register knows that there is none. A mean or a
    share of nothing is missing.

    Args:
        aggregate: The declaration.
        tallies: What each upper subject holds.
        wholes: For a share, what it is a share of.
        factor: What turns the value read into the indicator's unit.
        is_number: Whether what is rolled up is a number; a share of anything else is one of subjects.
    """
    return {
        code: _figure(aggregate, tally, wholes.get(code), factor, is_number=is_number)
        for code, tally in tallies.items()
    }


Pair = tuple[Figure | None, Figure | None]
"""The value of a period and that of the same period a year before."""


def growth(comparable: Pair, plain: Pair, factor: Fraction) -> Figure:
    """Growth on the year before, on comparable boundaries and as things went.

    Args:
        comparable: Both values on the boundaries with which the period ended.
        plain: Both values as they were.
        factor: 100 for percent.
    """
    parts = [part for part in comparable if part is not None]
    return Figure(
        value=_growth(comparable, factor),
        raw=_growth(plain, factor),
        reported=sum(part.reported for part in parts),
        expected=sum(part.expected for part in parts),
        missing=tuple(sorted({name for part in parts for name in part.missing})[:SHOWN_MISSING]),
        synthetic=any(part.synthetic for part in parts),
        real=any(part.real for part in parts),
    )


def _figure(aggregate: Aggregate, tally: Tally, whole: Tally | None, factor: Fraction, *, is_number: bool) -> Figure:
    value: Fraction | None = None
    match aggregate.function:
        case "sum" if factor.denominator == 1 and (tally.count or _is_known_empty(tally)):
            return _sum(tally, factor.numerator)
        case "sum" if tally.count or _is_known_empty(tally):
            value = Fraction(tally.total) * factor
        case "count":
            value = tally.count * factor
        case "avg" if tally.count:
            value = Fraction(tally.total) / tally.count * factor
        case "share" if whole is not None:
            value = _share(tally, whole, factor, is_number=is_number)
    people, unknown = tally.people, tally.unknown
    if whole is not None:
        people, unknown = max(people, whole.people), max(unknown, whole.unknown)
    parts = [tally, whole] if whole else [tally]
    missing = sorted({name for part in parts for name in part.missing})[:SHOWN_MISSING]
    if tally.is_open or (whole and whole.is_open):
        value = None
    return Figure(
        value=None if value is None else rounded(value),
        reported=people - unknown,
        expected=people,
        missing=tuple(missing),
        synthetic=any(part.synthetic for part in parts),
        real=any(part.real for part in parts),
    )


def _sum(tally: Tally, factor: int) -> Figure:
    """A sum in the unit it was read in, or in one it divides evenly: no fractions are needed."""
    return Figure(
        value=None if tally.is_open else tally.total * factor,
        reported=tally.people - tally.unknown,
        expected=tally.people,
        missing=tally.missing,
        synthetic=tally.synthetic,
        real=tally.real,
    )


def _is_known_empty(tally: Tally) -> bool:
    return tally.people > 0 and tally.unknown == 0


def _share(tally: Tally, whole: Tally, factor: Fraction, *, is_number: bool) -> Fraction | None:
    """Of what the values add up to, or of how many subjects there are."""
    if is_number:
        return Fraction(tally.total) / Fraction(whole.total) * factor if whole.total else None
    return Fraction(tally.count, whole.count) * factor if whole.count else None


def _growth(pair: Pair, factor: Fraction) -> Decimal | None:
    now, base = (part.value if part is not None else None for part in pair)
    if now is None or base is None or base <= 0:
        return None
    return rounded((Fraction(now) / Fraction(base) - 1) * factor)


def exact_decimal(value: Fraction) -> Decimal:
    """Half up at twelve places, without trailing zeros or exponent.

    >>> exact_decimal(Fraction(40)), exact_decimal(Fraction(2, 3))
    (Decimal('40'), Decimal('0.666666666667'))
    """
    return Decimal(decimal_text(rounded(value)))


def rounded(value: Fraction) -> Decimal:
    """Half up (away from zero) at twelve places, as formulas round."""
    scaled = abs(value) * 10**PLACES
    whole = int(scaled + Fraction(1, 2))
    return Decimal(-whole if value < 0 else whole).scaleb(-PLACES)
