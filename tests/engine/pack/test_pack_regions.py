"""Regions and conditions: the algebra holds point by point."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.engine.pack.checks.regions import (
    EVERY_NUMBER,
    Box,
    Interval,
    Members,
    Numbers,
    Region,
    compared,
    meet,
    overlap,
    remainder,
    union,
)

OPERATORS = ("=", "<>", "<", "<=", ">", ">=")
numbers = st.builds(compared, st.sampled_from(OPERATORS), st.integers(-3, 3).map(Fraction))
members = st.builds(Members, st.frozensets(st.sampled_from("abcd")), st.booleans())
POINTS = [Fraction(n, 2) for n in range(-8, 9)]


def holds(region: Region, point: object) -> bool:
    if isinstance(region, Members):
        return (str(point) in region.values) is not region.negated
    assert isinstance(point, Fraction)
    return any(_inside(interval, point) for interval in region.intervals)


def _inside(interval: Interval, point: Fraction) -> bool:
    low, high = interval.low, interval.high
    above = low.value is None or point > low.value or (point == low.value and not low.above)
    below = high.value is None or point < high.value or (point == high.value and high.above)
    return above and below


def compare(operator: str, one: Fraction, two: Fraction) -> bool:
    return {
        "=": one == two, "<>": one != two, "<": one < two, "<=": one <= two, ">": one > two, ">=": one >= two,
    }[operator]  # fmt: skip


@given(st.sampled_from(OPERATORS), st.sampled_from(POINTS), st.sampled_from(POINTS))
def test_a_comparison_holds_where_its_region_does(operator: str, bound: Fraction, point: Fraction) -> None:
    assert holds(compared(operator, bound), point) is compare(operator, point, bound)


@given(numbers, numbers, st.sampled_from(POINTS))
def test_sets_of_numbers_meet_and_complete_each_other(one: Numbers, two: Numbers, point: Fraction) -> None:
    assert holds(meet(one, two), point) is (holds(one, point) and holds(two, point))
    assert holds(one.complement(), point) is not holds(one, point)
    joined = union([one, two])
    assert joined is not None
    assert holds(joined, point) is (holds(one, point) or holds(two, point))


@given(numbers)
def test_the_complement_of_the_complement_is_the_set(one: Numbers) -> None:
    assert one.complement().complement() == one
    assert meet(one, one.complement()).is_empty


@given(members, members, st.sampled_from("abcdz"))
def test_sets_of_codes_meet_and_complete_each_other(one: Members, two: Members, point: str) -> None:
    assert holds(meet(one, two), point) is (holds(one, point) and holds(two, point))
    assert holds(one.complement(), point) is not holds(one, point)


@given(st.lists(st.tuples(numbers, members), max_size=4), st.sampled_from(POINTS), st.sampled_from("abcdz"))
def test_what_boxes_leave_is_what_none_of_them_holds(boxes: list[Box], number: Fraction, code: str) -> None:
    universe: Box = (EVERY_NUMBER, Members(frozenset(), True))
    left = remainder(universe, boxes)
    assert left is not None
    point = (number, code)

    def inside(box: Box) -> bool:
        return all(holds(region, value) for region, value in zip(box, point, strict=True))

    assert any(inside(box) for box in left) is not any(inside(box) for box in boxes)
    assert sum(inside(box) for box in left) <= 1, "the pieces are apart"


@pytest.mark.parametrize(
    ("one", "two", "shared"),
    [
        (compared(">=", Fraction(10)), compared("<", Fraction(20)), "[10, 20)"),
        (compared(">", Fraction(10)), compared("<=", Fraction(20)), "(10, 20]"),
        (compared(">=", Fraction(10)), compared("<=", Fraction(10)), "= 10"),
        (compared(">", Fraction(10)), compared("<=", Fraction(10)), None),
        (Members(frozenset("ab")), Members(frozenset("b"), True), "a"),
        (compared("=", Fraction(1)), Members(frozenset("b")), None),
    ],
)
def test_an_overlap_is_shown_as_people_write_it(one: Region, two: Region, shared: str | None) -> None:
    found = overlap((one,), (two,))
    assert (str(found[0]) if found else None) == shared
