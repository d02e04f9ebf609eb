"""Looking back at the data and the index: statistics, correlations, what each element does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from yuanzhi.engine.assessment.matrix import Floats, Whole
from yuanzhi.engine.assessment.results import Assessment
from yuanzhi.engine.assessment.scoring import Weights, roll_up
from yuanzhi.engine.assessment.standing import ranks, stand
from yuanzhi.engine.assessment.treating import kurtosis, skew

LOW_AVAILABILITY, MANY_ZEROS, FEW_DIFFERENT = 0.65, 0.5, 0.5
HIGH_SKEW, HIGH_KURTOSIS = 2.0, 3.5


@dataclass(frozen=True)
class ColumnStatistics:
    """What is to be known of one column before it is scored."""

    column: str
    least: float
    most: float
    mean: float
    median: float
    deviation: float
    skew: float
    kurtosis: float
    available: int
    not_zero: int
    different: int
    most_alike: int
    """The largest number of units with the same value."""
    count: int

    @property
    def is_scarce(self) -> bool:
        """Too few units have a value."""
        return self.available / self.count < LOW_AVAILABILITY

    @property
    def is_mostly_zero(self) -> bool:
        """Too few values differ from zero."""
        return self.not_zero / self.count < MANY_ZEROS

    @property
    def is_coarse(self) -> bool:
        """Too few values differ from one another."""
        return self.different / self.count < FEW_DIFFERENT

    @property
    def has_outliers(self) -> bool:
        """Skew and kurtosis are both high."""
        return abs(self.skew) > HIGH_SKEW and self.kurtosis > HIGH_KURTOSIS


@dataclass(frozen=True)
class Availability:
    """How much of a unit's row is known, and how much of that is not zero."""

    unit: str
    missing: int
    zero: int
    share: float
    not_zero: float


@dataclass(frozen=True, eq=False)
class Without:
    """An index with one element left out: scores, ranks, and how far ranks move on average."""

    element: str
    scores: Floats
    ranks: Whole
    mean_move: float


def statistics(values: Floats, columns: Sequence[str]) -> tuple[ColumnStatistics, ...]:
    """Statistics of every column that has a value."""
    found = []
    for place, column in enumerate(columns):
        own = values[~np.isnan(values[:, place]), place]
        if not len(own):
            continue
        _, alike = np.unique(own, return_counts=True)
        found.append(
            ColumnStatistics(
                column,
                float(own.min()),
                float(own.max()),
                float(own.mean()),
                float(np.median(own)),
                float(own.std(ddof=1)) if len(own) > 1 else 0.0,
                skew(own),
                kurtosis(own),
                len(own),
                int((own != 0).sum()),
                len(alike),
                int(alike.max()),
                len(values),
            )
        )
    return tuple(found)


def availability(values: Floats, units: Sequence[str]) -> tuple[Availability, ...]:
    """How complete each unit's row is."""
    width = values.shape[1]
    found = []
    for unit, row in zip(units, values, strict=True):
        missing, zero = int(np.isnan(row).sum()), int((row == 0).sum())
        known = width - missing
        found.append(Availability(unit, missing, zero, known / width, 1 - zero / known if known else 0.0))
    return tuple(found)


def correlations(values: Floats) -> Floats:
    """Pearson correlations of columns over the units both have; NaN where one does not vary."""
    width = values.shape[1]
    found = np.full((width, width), np.nan)
    for one in range(width):
        for other in range(one, width):
            both = ~np.isnan(values[:, one]) & ~np.isnan(values[:, other])
            left, right = values[both, one], values[both, other]
            if len(left) < 2 or left.min() == left.max() or right.min() == right.max():
                continue
            left, right = left - left.mean(), right - right.mean()
            size = np.sqrt((left**2).sum() * (right**2).sum())
            found[one, other] = found[other, one] = 1.0 if one == other else float((left * right).sum() / size)
    return found


def effective_weights(assessment: Assessment) -> dict[str, float]:
    """The share of the root's weight that reaches every node, along means all the way.

    With weights by group or by condition this is the mean over units.
    """
    framework, weights = assessment.framework, assessment.plan.weights
    shares: dict[str, Floats] = {framework.root: np.ones(1)}
    for group in reversed(framework.groups):
        own = {code: weights[code] for code in group.children}
        total: Floats = np.sum(np.broadcast_arrays(*own.values()), axis=0)
        for code, weight in own.items():
            shares[code] = shares[group.code] * np.divide(weight, total, out=np.zeros_like(total), where=total > 0)
    return {code: float(shares[code].mean()) for code in framework.nodes}


def without(assessment: Assessment, elements: Sequence[str]) -> tuple[Without, ...]:
    """The index again with each element left out in turn, the weights of its siblings growing in proportion."""
    rows = list(assessment.plan.peers)
    before = assessment.ranks
    found = []
    for element in elements:
        weights = {**assessment.plan.weights, element: np.zeros(1)}
        scores = rescore(assessment, weights)
        after = ranks(stand(scores), rows)
        known = (before > 0) & (after > 0)
        moves = np.abs(before[known] - after[known])
        found.append(Without(element, scores, after, float(moves.mean()) if len(moves) else 0.0))
    return tuple(found)


def rescore(assessment: Assessment, weights: Weights) -> Floats:
    """The root's scores under other weights; nodes the mapping lacks keep theirs."""
    full = {**assessment.plan.weights, **weights}
    return roll_up(assessment.plan, assessment.steps.normalised, weights=full)[assessment.framework.root]


def under_weights(assessment: Assessment, sets: Sequence[Mapping[str, float]]) -> tuple[Floats, Whole]:
    """Scores and ranks under each of many weight sets, one row per set."""
    rows = list(assessment.plan.peers)
    scores = np.array([rescore(assessment, {code: np.array([weight]) for code, weight in own.items()}) for own in sets])
    return scores, np.array([ranks(stand(own), rows) for own in scores])
