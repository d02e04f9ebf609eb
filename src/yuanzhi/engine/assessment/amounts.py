"""Bases, targets and thresholds of the leaves: numbers, parameters, formulas, or peer statistics.

Every amount is an exact fraction, one for all units or one per unit (by group, tier, industry).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import numpy as np

from yuanzhi.engine.assessment.expressions import Expressions, Facts
from yuanzhi.engine.assessment.framework import Leaf
from yuanzhi.engine.assessment.matrix import Floats, Mask, Matrix, members_of
from yuanzhi.engine.kernel.problems import Problem, Severity, listed, nearest
from yuanzhi.engine.kernel.quantities import decimal_of
from yuanzhi.engine.pack.scheme_model import Base

_WHERE = {"base": "base/value", "peers": "base/value"}
Amount = Fraction | None
Answer = tuple[Amount, str, str]
"""An amount with the trail and text it came from, or on which it failed."""
Amounts = tuple[Amount, ...]
"""One amount for all units, or one for each."""


@dataclass
class Ground:
    """What amounts are taken from: this period's facts, earlier periods, parameters, and the problems met."""

    matrix: Matrix
    applies: Mask
    facts: Callable[[int], Facts]
    expressions: Expressions
    earlier: Mapping[int, Matrix] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    lacking: dict[tuple[int, str], tuple[str, ...]] = field(default_factory=dict)
    """The facts that kept an amount of a leaf from being known, by row and leaf."""


def cell(matrix: Matrix, leaf: Leaf, row: int) -> Fraction | None:
    """The exact value of a leaf for a unit, before anything is filled or treated."""
    above = matrix.decimal(leaf.node.indicator, row) if leaf.node.indicator else None
    if above is None:
        return None
    if not leaf.node.denominator:
        return Fraction(above)
    below = matrix.decimal(leaf.node.denominator, row)
    return Fraction(above) / Fraction(below) if below else None


def amounts_of(leaf: Leaf, ground: Ground) -> dict[str, Amounts]:
    """The amounts a leaf's method needs, by name, as exact fractions."""
    settings = leaf.settings
    match settings.method:
        case _ if settings.formula:
            return {"score": _formula_scores(leaf, ground)}
        case "base_ratio":
            return {"base": _base(leaf, settings.base or Base(), ground, "base")}
        case "goalposts":
            return _ends(leaf)
        case "distance_to_target":
            return {"target": _amount(leaf, settings.target, "target", ground)}
        case "distance_to_reference":
            return {"reference": _reference(leaf, ground)}
        case "steps" if settings.steps_on == "ratio_to_peers":
            return {"peers": _base(leaf, settings.base or _peer_mean(leaf), ground, "peers")}
        case "pass_fail" if settings.comparison == "between":
            return _ends(leaf)
        case "pass_fail":
            found = {"threshold": _threshold(leaf, ground)}
            if settings.flip_when_negative:
                found["flip"] = _turns(leaf, ground)
            return found
        case _:
            return {}


def as_floats(amounts: Amounts) -> Floats:
    """Amounts as a column of floats, NaN where missing."""
    return np.array([np.nan if amount is None else float(amount) for amount in amounts])


def pick(amounts: Amounts, row: int) -> Amount:
    """The amount that counts for a unit."""
    return amounts[0] if len(amounts) == 1 else amounts[row]


def _ends(leaf: Leaf) -> dict[str, Amounts]:
    first, last = leaf.settings.goalposts or (Decimal(0), Decimal(1))
    return {"first": (Fraction(first),), "last": (Fraction(last),)}


def _amount(leaf: Leaf, text: str, what: str, ground: Ground) -> Amounts:
    """A number or parameter for all, else a formula for every unit the leaf applies to."""
    if ground.expressions.is_constant(text):
        constant = ground.expressions.constant(text)
        if constant is None:
            ground.problems.append(_no_amount(leaf, what, text, ["*"], [text]))
        return (constant,)
    trail = f"{leaf.path}/normalise/{_WHERE.get(what, what)}"
    return _per_unit(
        leaf, ground, what, text, lambda facts: (ground.expressions.amount(trail, text, facts), trail, text)
    )


def _per_unit(leaf: Leaf, ground: Ground, what: str, text: str, ask: Callable[[Facts], Answer]) -> Amounts:
    found: list[Amount] = []
    lacking: list[str] = []
    names: set[str] = set()
    for row, unit in enumerate(ground.matrix.units):
        if not ground.applies[row, leaf.index]:
            found.append(None)
            continue
        facts = ground.facts(row)
        amount, trail, asked = ask(facts)
        found.append(amount)
        if amount is None:
            missing = ground.expressions.missing(trail, asked, facts) if asked else ()
            ground.lacking[row, leaf.code] = missing
            lacking.append(unit)
            names.update(missing)
    if lacking:
        ground.problems.append(_no_amount(leaf, what, text, lacking, sorted(names), Severity.WARNING))
    return tuple(found)


def _threshold(leaf: Leaf, ground: Ground) -> Amounts:
    """The threshold by tier, region or industry: the first pair whose condition is met, else the plain one."""
    settings = leaf.settings
    if not settings.thresholds_by:
        return _amount(leaf, settings.threshold, "threshold", ground)
    trail = f"{leaf.path}/normalise/thresholds_by"

    def first_met(facts: Facts) -> Answer:
        for number, (when, text) in enumerate(settings.thresholds_by):
            holds = ground.expressions.holds(f"{trail}/{number}/when", when, facts)
            if holds is None:
                return None, f"{trail}/{number}/when", when
            if holds:
                return ground.expressions.amount(f"{trail}/{number}", text, facts), f"{trail}/{number}", text
        if not settings.threshold:
            return None, trail, ""
        plain = f"{leaf.path}/normalise/threshold"
        return ground.expressions.amount(plain, settings.threshold, facts), plain, settings.threshold

    return _per_unit(leaf, ground, "threshold", "", first_met)


def _turns(leaf: Leaf, ground: Ground) -> Amounts:
    """The value whose sign turns the comparison: an indicator by name, else a formula."""
    name = leaf.settings.flip_when_negative
    if name in ground.matrix.indicators:
        decimals = (ground.matrix.decimal(name, row) for row in range(len(ground.matrix.units)))
        return tuple(None if value is None else Fraction(value) for value in decimals)
    trail = f"{leaf.path}/normalise/flip_when_negative"
    return _per_unit(
        leaf, ground, "flip", name, lambda facts: (ground.expressions.amount(trail, name, facts), trail, name)
    )


def _formula_scores(leaf: Leaf, ground: Ground) -> Amounts:
    """Scores a formula gives; a condition gives the highest score where met, else the lowest."""
    text, trail = leaf.settings.formula, f"{leaf.path}/normalise/formula"

    def score(facts: Facts) -> Answer:
        value = ground.expressions.value(trail, text, facts)
        if isinstance(value, bool):
            return Fraction(leaf.settings.high if value else leaf.settings.low), trail, text
        return (value if isinstance(value, Fraction) else None), trail, text

    return _per_unit(leaf, ground, "score", text, score)


def _reference(leaf: Leaf, ground: Ground) -> Amounts:
    units = ground.matrix.units
    name = leaf.settings.target
    value = cell(ground.matrix, leaf, units.index(name)) if name in units else None
    if value is None:
        values = {"node": leaf.code, "unit": name, "nearest": nearest(name, set(units) - {name})}
        ground.problems.append(Problem("assessment.reference_unknown", values=values))
    return (value,)


def _peer_mean(leaf: Leaf) -> Base:
    return Base(statistic="weighted_mean" if leaf.node.denominator else "mean", group=leaf.settings.group)


def _base(leaf: Leaf, base: Base, ground: Ground, what: str) -> Amounts:
    if not base.statistic:
        return tuple(
            None if amount is None else amount * Fraction(base.multiplier)
            for amount in _amount(leaf, base.value, what, ground)
        )
    source = ground.matrix if base.years_back == 0 else ground.earlier.get(base.years_back)
    if source is None:
        values = {"node": leaf.code, "years": str(base.years_back)}
        ground.problems.append(Problem("assessment.history_missing", values=values))
        return (None,)
    by_group = {
        name: peer_statistic(source, leaf, base, [int(row) for row in rows])
        for name, rows in members_of(source, base.group)
    }
    multiplied = {
        name: None if found is None else found * Fraction(base.multiplier) for name, found in by_group.items()
    }
    if not base.group:
        return (multiplied.get(""),)
    places = ground.matrix.groups.get(base.group, ("",) * len(ground.matrix.units))
    return tuple(multiplied.get(place) for place in places)


def peer_statistic(matrix: Matrix, leaf: Leaf, base: Base, rows: Sequence[int]) -> Amount:
    """A statistic of the peers that have a value, exact; ratios count at twelve decimals.

    A weighted mean of a ratio by its own denominator is the sum of numerators over the sum of
    denominators, so a unit without land has no part in it.
    """
    if base.statistic == "weighted_mean":
        return _weighted_mean(matrix, leaf, base, rows)
    found = [value for row in rows if (value := cell(matrix, leaf, row)) is not None]
    if not found:
        return None
    if leaf.node.denominator:
        found = [Fraction(decimal_of(value)) for value in found]
    match base.statistic:
        case "max":
            return max(found)
        case "min":
            return min(found)
        case "median":
            found.sort()
            middle = len(found) // 2
            return found[middle] if len(found) % 2 else (found[middle - 1] + found[middle]) / 2
        case _:
            return sum(found, Fraction(0)) / len(found)


def _weighted_mean(matrix: Matrix, leaf: Leaf, base: Base, rows: Sequence[int]) -> Amount:
    weigh_by = base.weight or leaf.node.denominator
    above = below = Fraction(0)
    for row in rows:
        value, weight = cell(matrix, leaf, row), matrix.decimal(weigh_by, row) if weigh_by else Decimal(1)
        if value is not None and weight is not None:
            above += value * Fraction(weight)
            below += Fraction(weight)
    return above / below if below else None


def _no_amount(
    leaf: Leaf, what: str, text: str, units: Sequence[str], names: Sequence[str], severity: Severity = Severity.ERROR
) -> Problem:
    values = {"node": leaf.code, "what": what, "text": text or what, "units": listed(units), "names": listed(names)}
    return Problem("assessment.amount_missing", values=values, severity=severity)
