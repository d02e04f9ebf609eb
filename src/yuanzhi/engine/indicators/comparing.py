"""Comparisons as policy texts put them, exact and three-valued."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from yuanzhi.engine.pack.model import Comparison

UPWARD: frozenset[str] = frozenset({"ge", "gt", "eq", "approx"})
WORDS: dict[str, tuple[str, str]] = {
    "ge": ("不低于", "at least"),
    "gt": ("超过", "more than"),
    "le": ("不超过", "at most"),
    "lt": ("低于", "less than"),
    "eq": ("等于", "equal to"),
    "ne": ("不等于", "other than"),
    "approx": ("约为", "about"),
    "between": ("介于", "between"),
    "in": ("属于", "one of"),
}


def compares(value: Fraction | None, comparison: Comparison, goal: Fraction | None) -> bool | None:
    """Whether the value stands to the goal as the comparison says; ``None`` if either is missing.

    ``approx`` (左右) holds where the value, rounded half up to the places the goal is written with, is the goal.
    ``between`` and ``in`` need more than one bound and are never decided here.

    >>> compares(Fraction("44.9"), "ge", Fraction(45)), compares(Fraction(45), "gt", Fraction(45))
    (False, False)
    """
    if value is None or goal is None:
        return None
    match comparison:
        case "ge":
            return value >= goal
        case "gt":
            return value > goal
        case "le":
            return value <= goal
        case "lt":
            return value < goal
        case "eq":
            return value == goal
        case "ne":
            return value != goal
        case "approx":
            return _rounded_to(value, goal) == goal
        case "between" | "in":
            return None
        case _:
            assert_never(comparison)


def shortfall(value: Fraction, comparison: Comparison, goal: Fraction) -> Fraction:
    """What is missing to the goal in the direction of the comparison; zero where nothing is."""
    if comparison in ("ge", "gt"):
        return max(goal - value, Fraction(0))
    if comparison in ("le", "lt"):
        return max(value - goal, Fraction(0))
    if comparison == "ne":
        return Fraction(0)
    return abs(goal - value)


def fraction(value: Decimal | None) -> Fraction | None:
    """A decimal as a fraction, missing stays missing."""
    return None if value is None else Fraction(value)


def _rounded_to(value: Fraction, goal: Fraction) -> Fraction:
    places = 0
    while (goal * 10**places).denominator != 1 and places < 12:
        places += 1
    scaled = abs(value) * 10**places
    whole = Fraction(int(scaled + Fraction(1, 2)), 10**places)
    return -whole if value < 0 else whole
