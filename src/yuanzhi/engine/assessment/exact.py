"""Scores in exact fractions, for the units that stand close to a line.

Plain value-to-base schemes, sums of points, goalposts and pass-or-fail schemes are rational all
the way; their scores are computed here without a single rounding. Schemes with means, ranks or
roots are not, and are compared at a declared number of decimals instead.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from yuanzhi.engine.assessment.aggregating import FAILED, PASSED
from yuanzhi.engine.assessment.amounts import Amounts, cell, pick
from yuanzhi.engine.assessment.framework import Framework, Group, Leaf
from yuanzhi.engine.assessment.matrix import Mask, Matrix
from yuanzhi.engine.assessment.normalising import bounds, mirrored
from yuanzhi.engine.pack.scheme_model import Node, Normalise, NormaliseMethod

RATIONAL: frozenset[NormaliseMethod] = frozenset({"as_is", "base_ratio", "goalposts", "steps", "pass_fail"})
ADDING = frozenset({"arithmetic", "sum", "minimum", "harmonic", "pass_k"})
UNKNOWN = None


@dataclass(frozen=True, eq=False)
class ExactScorer:
    """Exact scores of single units.

    ``touched`` are the cells that were filled or treated; ``substituted`` the (row, node) whose score stands in for
    a missing one. A unit with either has no exact score.
    """

    framework: Framework
    matrix: Matrix
    amounts: Mapping[str, Mapping[str, Amounts]]
    applies: Mask
    node_applies: Mapping[str, Mask]
    weights: Mapping[str, Amounts]
    touched: Mask
    substituted: frozenset[tuple[int, str]] = frozenset()

    @property
    def is_rational(self) -> bool:
        """Whether scores of the scheme can be exact at all."""
        return all(is_rational_leaf(leaf) for leaf in self.framework.leaves) and all(
            group.method in ADDING for group in self.framework.groups
        )

    def total(self, row: int) -> Fraction | None:
        """The exact score of the root, ``None`` where it cannot be had exactly."""
        if any(at == row for at, _ in self.substituted):
            return UNKNOWN
        scores: dict[str, Fraction | None] = {leaf.code: self.leaf(leaf, row) for leaf in self.framework.leaves}
        for group in self.framework.groups:
            scores[group.code] = self._group(group, scores, row)
        return scores[self.framework.root]

    def leaf(self, leaf: Leaf, row: int) -> Fraction | None:
        """The exact score of a leaf for a unit, within the leaf's cap and floor."""
        return _within(self.normalised(leaf, row), leaf.node)

    def normalised(self, leaf: Leaf, row: int) -> Fraction | None:
        """The exact score of a leaf before its cap and floor."""
        if not self.applies[row, leaf.index] or self.touched[row, leaf.index] or not is_rational_leaf(leaf):
            return UNKNOWN
        own = {name: pick(amounts, row) for name, amounts in self.amounts.get(leaf.code, {}).items()}
        score = own["score"] if leaf.settings.formula else score_exactly(leaf, cell(self.matrix, leaf, row), own)
        return None if score is None else _finished(score, leaf.settings)

    def _group(self, group: Group, scores: Mapping[str, Fraction | None], row: int) -> Fraction | None:
        found: list[tuple[Fraction | None, Fraction]] = []
        for code in group.children:
            node, weight = self.framework.nodes[code], pick(self.weights[code], row)
            asked = self.node_applies.get(code)
            leaf = self.framework.by_code.get(code)
            applies = self.applies[row, leaf.index] if leaf else asked is None or asked[row]
            if applies and weight and not (scores[code] is None and node.missing == "leave_out"):
                found.append((scores[code], weight))
        if not found or any(score is None for score, _ in found):
            return UNKNOWN
        known = [(score, weight) for score, weight in found if score is not None]
        if group.method == "pass_k":
            return self._passed(group, scores, len(known))
        return _within(_combined(group, known), group.node)

    def _passed(self, group: Group, scores: Mapping[str, Fraction | None], asked: int) -> Fraction:
        marks = {
            code: self.framework.by_code[code].settings.high if code in self.framework.by_code else PASSED
            for code in scores
        }
        passed = sum(1 for code in group.children if (own := scores[code]) is not None and own >= Fraction(marks[code]))
        return Fraction(PASSED if passed >= (asked if group.node.need is None else group.node.need) else FAILED)


def is_rational_leaf(leaf: Leaf) -> bool:
    """Whether the scores of a leaf are fractions of the facts."""
    return bool(leaf.settings.formula) or leaf.settings.method in RATIONAL


def score_exactly(leaf: Leaf, value: Fraction | None, amounts: Mapping[str, Fraction | None]) -> Fraction | None:
    """The score of one value before rounding and limits, ``None`` where anything is missing."""
    settings = leaf.settings
    if value is None or any(amount is None for amount in amounts.values()):
        return UNKNOWN
    own = {name: amount for name, amount in amounts.items() if amount is not None}
    low, high = Fraction(settings.low), Fraction(settings.high)
    match settings.method:
        case "as_is":
            return value
        case "base_ratio":
            above, below = (value, own["base"]) if leaf.sign > 0 else (own["base"], value)
            return above / below * high if below else UNKNOWN
        case "goalposts":
            first, last = own["first"], own["last"]
            above = value - first if leaf.sign > 0 else last - value
            return low + (high - low) * above / (last - first) if last != first else UNKNOWN
        case "steps":
            return _stepped(settings, value, own.get("peers"))
        case "pass_fail":
            return high if passes_exactly(settings, value, own) else low
        case _:
            return UNKNOWN


def passes_exactly(settings: Normalise, value: Fraction, amounts: Mapping[str, Fraction]) -> bool:
    """Whether a value meets a threshold, the comparison turned where the growth is negative."""
    comparison = settings.comparison
    if comparison == "between":
        return amounts["first"] <= value <= amounts["last"]
    if settings.flip_when_negative and amounts["flip"] < 0:
        comparison = mirrored(comparison)
    threshold = amounts["threshold"]
    match comparison:
        case "ge":
            return value >= threshold
        case "gt":
            return value > threshold
        case "le":
            return value <= threshold
        case "lt":
            return value < threshold
        case "ne":
            return value != threshold
        case _:
            return value == threshold


def _stepped(settings: Normalise, value: Fraction, peers: Fraction | None) -> Fraction | None:
    if settings.steps_on == "ratio_to_peers":
        if not peers:
            return UNKNOWN
        value = value / peers
    points = Fraction(settings.below_first)
    for step in settings.steps:
        at = Fraction(step.at)
        if value > at or (value == at and settings.comparison != "gt"):
            points = Fraction(step.points)
    return points


def _finished(score: Fraction, settings: Normalise) -> Fraction:
    """The score held within its bounds and rounded as declared."""
    least, most = bounds(settings)
    score = score if least is None else max(score, Fraction(least))
    score = score if most is None else min(score, Fraction(most))
    return rounded(score, settings.rounding, settings.places)


def rounded(score: Fraction, rounding: str, places: int) -> Fraction:
    """A fraction rounded in the declared way.

    >>> [str(rounded(Fraction(number, 2), "half_up", 0)) for number in (5, -5)]
    ['3', '-3']
    """
    if not rounding:
        return score
    moved = score * 10**places
    match rounding:
        case "floor":
            whole = math.floor(moved)
        case "ceil":
            whole = math.ceil(moved)
        case "half_even":
            whole = round(moved)
        case _:
            whole = (1 if moved >= 0 else -1) * math.floor(abs(moved) + Fraction(1, 2))
    return Fraction(whole, 10**places)


def _combined(group: Group, known: list[tuple[Fraction, Fraction]]) -> Fraction | None:
    mass = sum((weight for _, weight in known), Fraction(0))
    match group.method:
        case "arithmetic":
            return sum((score * weight for score, weight in known), Fraction(0)) / mass
        case "sum":
            return sum((score * weight for score, weight in known), Fraction(0))
        case "minimum":
            return min(score for score, _ in known)
        case "harmonic":
            if any(score <= 0 for score, _ in known):
                return UNKNOWN
            return mass / sum((weight / score for score, weight in known), Fraction(0))
        case _:
            return UNKNOWN


def _within(score: Fraction | None, node: Node) -> Fraction | None:
    if score is None:
        return None
    if node.floor is not None:
        score = max(score, Fraction(node.floor))
    return score if node.cap is None else min(score, Fraction(node.cap))
