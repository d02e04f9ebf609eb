"""Medians over everything below an upper subject, exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from yuanzhi.engine.indicators.figures import Figure, rounded
from yuanzhi.engine.indicators.rolling import Climb, rolled_up
from yuanzhi.engine.indicators.tallies import Leaf, Leaves


def medians(values: Mapping[Leaf, list[Decimal]], leaves: Leaves, climb: Climb, factor: Fraction) -> dict[str, Figure]:
    """The median of each upper subject: of an even number of values, the mean of the two in the middle."""
    below: dict[str, list[Decimal]] = {}
    for leaf, own in values.items():
        if climb.holds(leaf):
            for upper in climb.above(leaf):
                below.setdefault(upper, []).extend(own)
    found: dict[str, Figure] = {}
    for upper, tally in rolled_up(leaves, replace(climb, once=False)).items():
        middle = _middle(below.get(upper, []))
        found[upper] = Figure(
            value=None if middle is None or tally.is_open else rounded(middle * factor),
            reported=tally.people - tally.unknown,
            expected=tally.people,
            missing=tally.missing,
            synthetic=tally.synthetic,
            real=tally.real,
        )
    return found


def _middle(values: list[Decimal]) -> Fraction | None:
    if not values:
        return None
    ordered = sorted(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return Fraction(ordered[half])
    return (Fraction(ordered[half - 1]) + Fraction(ordered[half])) / 2
