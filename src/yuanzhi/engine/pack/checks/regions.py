"""Sets of values a condition admits: intervals of numbers and days, members of code lists.

Closed under intersection and complement, so that overlap and gaps can be decided exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.kernel.quantities import decimal_of


@dataclass(frozen=True, slots=True)
class Cut:
    """A point between numbers: just below a value, or just above it; ``None`` is an infinite end."""

    value: Fraction | None
    above: bool = False

    def key(self, low: bool) -> tuple[int, Fraction, bool]:
        """Sorts cuts; an infinite one lies before or after all others."""
        if self.value is None:
            return (-1 if low else 1, Fraction(0), False)
        return (0, self.value, self.above)


BOTTOM = TOP = Cut(None)


@dataclass(frozen=True, slots=True)
class Interval:
    """The numbers between two cuts."""

    low: Cut
    high: Cut

    @property
    def is_empty(self) -> bool:
        return self.low.key(True) >= self.high.key(False)

    def __str__(self) -> str:
        if self.low.value is not None and self.low.value == self.high.value:
            return f"= {_number(self.low.value)}"
        if self.low.value is None and self.high.value is None:
            return "-"
        if self.high.value is None and self.low.value is not None:
            return f"{'>' if self.low.above else '>='} {_number(self.low.value)}"
        if self.low.value is None and self.high.value is not None:
            return f"{'<=' if self.high.above else '<'} {_number(self.high.value)}"
        assert self.low.value is not None
        assert self.high.value is not None
        opening, closing = "(" if self.low.above else "[", "]" if self.high.above else ")"
        return f"{opening}{_number(self.low.value)}, {_number(self.high.value)}{closing}"


@dataclass(frozen=True, slots=True)
class Numbers:
    """A union of intervals, in order and apart."""

    intervals: tuple[Interval, ...]

    @property
    def is_empty(self) -> bool:
        return not self.intervals

    def intersection(self, other: Numbers) -> Numbers:
        """The numbers in both."""
        found = [
            Interval(
                max(one.low, two.low, key=lambda cut: cut.key(True)),
                min(one.high, two.high, key=lambda cut: cut.key(False)),
            )
            for one in self.intervals
            for two in other.intervals
        ]
        return Numbers(tuple(interval for interval in found if not interval.is_empty))

    def complement(self) -> Numbers:
        """The numbers in none of the intervals."""
        found: list[Interval] = []
        low = BOTTOM
        open_top = True
        for interval in self.intervals:
            gap = Interval(low, interval.low)
            if interval.low.value is not None and not gap.is_empty:
                found.append(gap)
            low = interval.high
            open_top = interval.high.value is not None
        if open_top:
            found.append(Interval(low, TOP))
        return Numbers(tuple(found))

    def __str__(self) -> str:
        return " ∪ ".join(str(interval) for interval in self.intervals) or "∅"


@dataclass(frozen=True, slots=True)
class Members:
    """The listed values, or with ``negated`` all but them."""

    values: frozenset[str]
    negated: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.negated and not self.values

    def intersection(self, other: Members) -> Members:
        """The values in both."""
        match self.negated, other.negated:
            case False, False:
                return Members(self.values & other.values)
            case False, True:
                return Members(self.values - other.values)
            case True, False:
                return Members(other.values - self.values)
        return Members(self.values | other.values, True)

    def complement(self) -> Members:
        """All other values."""
        return Members(self.values, not self.negated)

    def __str__(self) -> str:
        listed = ", ".join(sorted(self.values))
        if self.negated:
            return f"not ({listed})" if listed else "-"
        return listed or "∅"


Region = Numbers | Members
EVERY_NUMBER = Numbers((Interval(BOTTOM, TOP),))
EVERY_VALUE = Members(frozenset(), True)
NO_VALUE = Members(frozenset())
TRUE, FALSE = Members(frozenset({"true"})), Members(frozenset({"false"}))
EITHER = Members(frozenset({"true", "false"}))


def compared(operator: str, value: Fraction) -> Numbers:
    """The numbers that stand in a comparison to a value.

    >>> str(compared(">=", Fraction(5))), str(compared("<>", Fraction(5)))
    ('>= 5', '< 5 ∪ > 5')
    """
    below, above = Cut(value), Cut(value, True)
    match operator:
        case "=":
            return Numbers((Interval(below, above),))
        case "<>":
            return Numbers((Interval(BOTTOM, below), Interval(above, TOP)))
        case "<":
            return Numbers((Interval(BOTTOM, below),))
        case "<=":
            return Numbers((Interval(BOTTOM, above),))
        case ">":
            return Numbers((Interval(above, TOP),))
        case ">=":
            return Numbers((Interval(below, TOP),))
    raise ValueError(f"no comparison: {operator!r}")


def meet(one: Region, two: Region) -> Region:
    """The values in both regions; regions of different kinds have none in common."""
    if isinstance(one, Numbers) and isinstance(two, Numbers):
        return one.intersection(two)
    if isinstance(one, Members) and isinstance(two, Members):
        return one.intersection(two)
    return NO_VALUE


def union(regions: Iterable[Region]) -> Region | None:
    """The values in any of the regions, all of one kind; ``None`` of nothing."""
    total: Region | None = None
    for region in regions:
        total = region if total is None else meet(total.complement(), region.complement()).complement()
    return total


Box = tuple[Region, ...]


def overlap(one: Box, two: Box) -> Box | None:
    """The part two boxes share, or ``None``."""
    shared = tuple(meet(left, right) for left, right in zip(one, two, strict=True))
    return None if any(region.is_empty for region in shared) else shared


def remainder(universe: Box, boxes: Iterable[Box], most: int = 20_000) -> list[Box] | None:
    """What the boxes leave of the universe, as boxes apart from each other.

    ``None`` if there would be more than ``most`` pieces on the way.
    """
    left = [universe]
    for box in boxes:
        left = [piece for whole in left for piece in _without(whole, box)]
        if len(left) > most:
            return None
    return left


def _without(whole: Box, box: Box) -> list[Box]:
    """The pieces of one box outside another."""
    if overlap(whole, box) is None:
        return [whole]
    pieces: list[Box] = []
    kept = list(whole)
    for at, region in enumerate(box):
        outside = meet(kept[at], region.complement())
        if not outside.is_empty:
            pieces.append((*kept[:at], outside, *kept[at + 1 :]))
        kept[at] = meet(kept[at], region)
    return pieces


def _number(value: Fraction) -> str:
    return decimal_text(decimal_of(value))
