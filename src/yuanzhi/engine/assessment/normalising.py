"""Normalisation (无量纲化): values of unlike indicators become scores on one scale.

Leaves with like settings are scored together as a block of columns. ``fit`` takes from the peers
what a method needs (minimum, mean, rank), ``apply`` turns values into scores. Both are plain
NumPy in a fixed order, so that a replicate costs milliseconds and a repetition gives the same bits.
Scores that NumPy cannot give (division by zero, a constant column) are NaN here and refused by
``refusing``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Literal

import numpy as np

from yuanzhi.engine.assessment.framework import Leaf
from yuanzhi.engine.assessment.matrix import Floats, Mask, Whole
from yuanzhi.engine.pack.model import Comparison
from yuanzhi.engine.pack.scheme_model import Normalise, NormaliseMethod

TIE_DIGITS = 12
"""Values are tied when they agree to so many digits of the largest in their column."""
ROUNDING_DIGITS = 9
"""A score is taken at so many decimals before it is rounded down or up by the scheme."""
NEAR = 1e-9
"""Values nearer than this to a line are judged in exact fractions."""
FROM_PEERS: frozenset[NormaliseMethod] = frozenset(
    {"min_max", "z_score", "distance_to_target", "distance_to_max", "distance_to_reference", "fraction_of_max"}
)
RANKING: frozenset[NormaliseMethod] = frozenset({"rank", "borda", "percentile_rank"})
Rows = Sequence[Whole]
Constants = Mapping[str, Floats]


@dataclass(frozen=True, eq=False)
class Block:
    """Leaves scored together. ``fixed`` are amounts that do not come from this period's peers.

    ``rows`` are the groups within which the peers of a unit stand; a constant has one entry per
    leaf, or one per unit and leaf where groups or units differ.
    """

    leaves: tuple[Leaf, ...]
    settings: Normalise
    rows: Rows
    fixed: Constants = field(default_factory=dict)

    @cached_property
    def columns(self) -> slice | list[int]:
        """The columns of the leaves in the matrix of leaf values; a slice where they stand together."""
        own = [leaf.index for leaf in self.leaves]
        return slice(own[0], own[-1] + 1) if own == list(range(own[0], own[-1] + 1)) else own

    @cached_property
    def signs(self) -> Floats:
        """1 or -1 per leaf."""
        return np.array([float(leaf.sign) for leaf in self.leaves])

    def with_method(self, method: NormaliseMethod) -> Block:
        """The same leaves scored by another method, as a variation of method does."""
        from dataclasses import replace

        return replace(self, settings=replace(self.settings, method=method))


def fit(block: Block, values: Floats) -> Constants:
    """What the method takes from the peers: one row of constants, or one per unit where groups differ."""
    method = block.settings.method
    if method not in FROM_PEERS:
        return block.fixed
    if len(block.rows) == 1 and len(block.rows[0]) == len(values):
        return {**block.fixed, **_statistics(method, values)}
    found: dict[str, Floats] = {}
    for rows in block.rows:
        for name, row in _statistics(method, values[rows]).items():
            found.setdefault(name, np.full(values.shape, np.nan))[rows] = row
    return {**block.fixed, **found}


def _statistics(method: NormaliseMethod, values: Floats) -> dict[str, Floats]:
    least, most = np.minimum.reduce(values, axis=0), np.maximum.reduce(values, axis=0)
    if np.isnan(least).any():
        least, most = np.fmin.reduce(values, axis=0), np.fmax.reduce(values, axis=0)
    # Values that differ by a rounding only are one value: no score may grow out of noise.
    alike = most - least <= np.maximum(np.abs(least), np.abs(most)) * 10.0**-TIE_DIGITS
    if method != "z_score":
        return {"least": least, "most": np.where(alike, least, most)}
    known = ~np.isnan(values)
    count = known.sum(axis=0).astype(np.float64)
    mean = _quotient(np.where(known, values, 0.0).sum(axis=0), count)
    squares = np.where(known, (values - mean) ** 2, 0.0).sum(axis=0)
    deviation = np.sqrt(_quotient(squares, count - 1))
    return {"mean": mean, "deviation": np.where(alike, np.nan, deviation)}


def apply(block: Block, values: Floats, constants: Constants) -> Floats:
    """The scores of a block's values, NaN where a value is missing or the method has none."""
    settings = block.settings
    scores = round_scores(clipped(_raw_scores(block, values, constants), settings), settings)
    # A score the method cannot give is no score; which cells and why is said by ``refusing``.
    finite = np.isfinite(scores)
    return scores if finite.all() else np.where(finite, scores, np.nan)


def _raw_scores(block: Block, x: Floats, constants: Constants) -> Floats:
    settings, signs = block.settings, block.signs
    low, high = float(settings.low), float(settings.high)
    span = high - low
    with np.errstate(divide="ignore", invalid="ignore"):
        match settings.method:
            case "as_is":
                return x
            case "base_ratio":
                base = constants["base"]
                return np.where(signs > 0, x / base, base / x) * high
            case "min_max" | "distance_to_max":
                return _between(x, constants["least"], constants["most"], signs, low, span)
            case "goalposts":
                return _between(x, constants["first"], constants["last"], signs, low, span)
            case "z_score":
                standard = (x - constants["mean"]) / constants["deviation"] * signs
                return float(settings.mean) + float(settings.deviation) * standard
            case "scaled":
                return (x * signs - float(settings.mean)) / float(settings.deviation)
            case "rank" | "borda" | "percentile_rank":
                return _ranked(block, x * signs)
            case "distance_to_target":
                return low + span * _toward(x, constants, signs)
            case "distance_to_reference":
                reference = constants["reference"]
                worst = np.where(signs > 0, constants["least"], constants["most"])
                return low + span * (1 - (reference - x) / (reference - worst))
            case "fraction_of_max":
                return high * np.where(signs > 0, x / constants["most"], constants["least"] / x)
            case "steps":
                return _stepped(settings, x / constants["peers"] if "peers" in constants else x)
            case "pass_fail":
                met = _passes(settings, x, constants)
                return np.where(np.isnan(x) | np.isnan(met), np.nan, np.where(met == 1, high, low))


def _between(x: Floats, first: Floats, last: Floats, signs: Floats, low: float, span: float) -> Floats:
    """Scores in proportion from one end to the other, the better end being the last or, turned round, the first."""
    start = np.where(signs > 0, first, last)
    share = x - start
    share /= (last - first) * signs
    share *= span
    share += low
    return share


def score_one(block: Block, column: int, row: int, value: float, constants: Constants, peers: Floats) -> float:
    """The score one leaf would give one unit for another value, all else as it is.

    Args:
        block: The block the leaf is in.
        column: The leaf's place in the block.
        row: The unit's row.
        value: The value to score.
        constants: As fitted; they stay, also where the value would be a new extreme.
        peers: The block's values, for methods that rank.
    """
    if block.settings.method in RANKING:
        changed = peers[:, [column]].copy()
        changed[row] = value
        single = Block((block.leaves[column],), block.settings, block.rows)
        return float(apply(single, changed, {})[row, 0])
    own = {
        name: np.atleast_2d(held)[min(row, np.atleast_2d(held).shape[0] - 1)][[column]]
        for name, held in constants.items()
    }
    single = Block((block.leaves[column],), block.settings, [np.array([0])], own)
    return float(apply(single, np.array([[value]]), own)[0, 0])


def near_lines(block: Block, column: int, values: Floats, constants: Constants) -> Whole:
    """Rows whose value lies so close to a step or threshold that a float could fall on the wrong side."""
    own = values[:, [column]]
    if block.settings.method == "steps":
        peers = constants.get("peers")
        own = own if peers is None else np.divide(own, peers, out=np.full_like(own, np.nan), where=peers != 0)
        lines = np.array([[float(step.at) for step in block.settings.steps]])
    else:
        names = ("first", "last") if block.settings.comparison == "between" else ("threshold",)
        lines = np.column_stack([np.atleast_2d(constants[name])[:, [column]] for name in names])
    near = np.abs(own - lines) <= NEAR * np.maximum(1.0, np.abs(lines))
    return np.flatnonzero(near.any(axis=1))


def tied(values: Floats) -> Floats:
    """Values rounded so far that equal ones computed in different ways are equal.

    >>> bool((lambda v: v[0, 0] == v[1, 0])(tied(np.array([[0.1 + 0.2], [0.3]]))))
    True
    """
    largest = np.fmax.reduce(np.abs(values), axis=0)
    scale = np.where((largest > 0) & np.isfinite(largest), largest, 1.0)
    # A power of two divides without rounding, so integers stay the integers they are.
    return np.round(values / 2.0 ** np.ceil(np.log2(scale)), TIE_DIGITS)


def _ranked(block: Block, oriented: Floats) -> Floats:
    """Ascending ranks within each group, ties taking the lowest; percentile is the share of peers below."""
    scores = np.full(oriented.shape, np.nan)
    compared = tied(oriented)
    for rows in block.rows:
        for column in range(oriented.shape[1]):
            own = compared[rows, column]
            known = np.sort(own[~np.isnan(own)])
            below = np.where(np.isnan(own), np.nan, np.searchsorted(known, own, side="left"))
            if block.settings.method == "rank":
                below = below + 1
            elif block.settings.method == "percentile_rank":
                below = np.divide(below, len(known) - 1, out=np.full(len(rows), np.nan), where=len(known) > 1)
                low, high = float(block.settings.low), float(block.settings.high)
                below = low + (high - low) * below
            scores[rows, column] = below
    return scores


def _toward(x: Floats, constants: Constants, signs: Floats) -> Floats:
    """1 at the target, 0 at the worst peer; 1 for all where even the worst has reached the target."""
    target = constants["target"]
    worst = np.where(signs > 0, constants["least"], constants["most"])
    reached = (target - worst) * signs <= 0
    share = 1 - (target - x) / (target - worst)
    return np.where(np.isnan(x), np.nan, np.where(reached, 1.0, share))


def _stepped(settings: Normalise, x: Floats) -> Floats:
    at = np.array([float(step.at) for step in settings.steps])
    points = np.array([float(settings.below_first), *(float(step.points) for step in settings.steps)])
    side: Literal["left", "right"] = "left" if settings.comparison == "gt" else "right"
    return np.where(np.isnan(x), np.nan, points[np.searchsorted(at, x, side=side)])


def _passes(settings: Normalise, x: Floats, constants: Constants) -> Floats:
    """1 met, 0 not met, NaN where the threshold or the sign that turns the comparison is missing."""
    if settings.comparison == "between":
        met = (x >= constants["first"]) & (x <= constants["last"])
        return met.astype(np.float64)
    threshold = constants["threshold"]
    met = compare(x, threshold, settings.comparison)
    unknown = np.isnan(threshold)
    if settings.flip_when_negative:
        turn = constants["flip"]
        met = np.where(turn < 0, compare(x, threshold, mirrored(settings.comparison)), met)
        unknown = unknown | np.isnan(turn)
    return np.where(unknown, np.nan, met.astype(np.float64))


def compare(left: Floats, right: Floats, comparison: Comparison) -> Mask:
    """A comparison cell by cell; false where a side is missing."""
    found: Mask
    match comparison:
        case "ge":
            found = left >= right
        case "gt":
            found = left > right
        case "le":
            found = left <= right
        case "lt":
            found = left < right
        case "ne":
            found = (left != right) & ~np.isnan(left) & ~np.isnan(right)
        case _:
            found = left == right
    return found


def mirrored(comparison: Comparison) -> Comparison:
    """The comparison that holds when the sign of growth turns (不等式反向)."""
    turned: dict[Comparison, Comparison] = {"ge": "le", "le": "ge", "gt": "lt", "lt": "gt"}
    return turned.get(comparison, comparison)


def round_scores(scores: Floats, settings: Normalise) -> Floats:
    """Scores rounded as the scheme says; a score within 1e-9 of a rounding point counts as on it.

    >>> settings = Normalise(method="as_is", rounding="floor")
    >>> float(round_scores(np.array([(0.7 - 0.5) * 10]), settings)[0])
    2.0
    """
    if not settings.rounding:
        return scores
    factor = 10.0**settings.places
    moved = np.round(scores * factor, ROUNDING_DIGITS)
    match settings.rounding:
        case "floor":
            whole = np.floor(moved)
        case "ceil":
            whole = np.ceil(moved)
        case "half_even":
            whole = np.round(moved)
        case _:
            whole = np.sign(moved) * np.floor(np.abs(moved) + 0.5)
    rounded: Floats = whole / factor
    return rounded


def bounds(settings: Normalise) -> tuple[Decimal | None, Decimal | None]:
    """The lowest and highest score that are given; goalposts end at their scale unless said otherwise."""
    if settings.clip is not None:
        return settings.clip
    if settings.method == "goalposts" and not settings.formula:
        return min(settings.low, settings.high), max(settings.low, settings.high)
    return None, None


def clipped(scores: Floats, settings: Normalise) -> Floats:
    """Scores held within the bounds of their settings."""
    first, last = bounds(settings)
    if first is not None:
        scores = np.asarray(np.maximum(scores, float(first)))
    return scores if last is None else np.asarray(np.minimum(scores, float(last)))


def _quotient(above: Floats, below: Floats) -> Floats:
    return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0))
