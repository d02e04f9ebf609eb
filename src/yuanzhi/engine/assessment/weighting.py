"""Weights from the data or from judgements, as analyses beside the weights a policy declares.

Every method says what it does with missing, zero, negative and constant columns: rows with a
missing cell take no part and are listed, constant columns get the weight zero and are listed,
negative values are refused where a method works on shares. No weight is ever infinite or no number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog

from yuanzhi.engine.assessment.matrix import Floats, Mask
from yuanzhi.engine.kernel.problems import Problem, Severity, listed

RANDOM_INDEX = (0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Saaty's mean consistency of random judgement matrices, by size."""
CONSISTENCY_LIMIT = 0.1
RECIPROCAL_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Weighting:
    """Weights by column, summing to one; empty where the method could not give any.

    ``details`` are figures to judge the weights by: consistency ratio, share of variance explained.
    """

    method: str
    weights: Mapping[str, float] = field(default_factory=dict)
    details: Mapping[str, float] = field(default_factory=dict)
    loadings: Mapping[str, float] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class BestLight:
    """Each unit in its own best light (benefit of the doubt): its score from 0 to 1 and the weights that give it."""

    scores: Mapping[str, float]
    weights: Mapping[str, Mapping[str, float]]
    problems: tuple[Problem, ...] = ()


def equal(columns: Sequence[str]) -> Weighting:
    """The same weight for every column."""
    return Weighting("equal", {column: 1 / len(columns) for column in columns})


def entropy(values: Floats, columns: Sequence[str], units: Sequence[str]) -> Weighting:
    """Entropy weights (熵权法): the less evenly a column is spread over the units, the more it weighs.

    A zero counts as a share of zero, whose entropy is zero.
    """
    whole, problems = _whole_rows("entropy", values, units, least=2)
    if whole is None or (wrong := _negative("entropy", values, columns, units)):
        return Weighting("entropy", problems=(*problems, *(() if whole is None else wrong)))
    varied = _varied(whole)
    totals = np.where(varied, whole.sum(axis=0), 1.0)
    shares = whole / totals
    spread = -np.where(shares > 0, shares * np.log(np.where(shares > 0, shares, 1.0)), 0.0).sum(axis=0)
    return _shared("entropy", np.where(varied, 1 - spread / np.log(len(whole)), 0.0), varied, columns, problems)


def critic(values: Floats, columns: Sequence[str], units: Sequence[str], signs: Floats | None = None) -> Weighting:
    """CRITIC weights: contrast (standard deviation) times conflict (one minus correlation).

    Columns are put on 0 to 1 first, turned round where ``signs`` is -1. Constant columns neither
    weigh nor conflict with others.
    """
    whole, problems = _whole_rows("critic", values, units, least=2)
    if whole is None:
        return Weighting("critic", problems=problems)
    varied = _varied(whole)
    oriented = whole if signs is None else whole * signs
    span = np.where(varied, oriented.max(axis=0) - oriented.min(axis=0), 1.0)
    scaled = (oriented - oriented.min(axis=0)) / span
    deviation = scaled.std(axis=0, ddof=1)
    kept = np.flatnonzero(varied)
    conflict = np.zeros(len(columns))
    if len(kept):
        conflict[kept] = (1 - np.atleast_2d(np.corrcoef(scaled[:, kept], rowvar=False))).sum(axis=0)
    if len(kept) == 1:
        # A single column has nothing to conflict with; its contrast alone speaks for it.
        conflict[kept] = 1.0
    return _shared("critic", np.where(varied, deviation * conflict, 0.0), varied, columns, problems)


def principal_component(values: Floats, columns: Sequence[str], units: Sequence[str]) -> Weighting:
    """Weights of the first principal component of the standardised columns.

    Weights are squared loadings, which sum to one and are never negative; the loadings themselves
    stand beside them, with the sign that makes their sum positive.
    """
    whole, problems = _whole_rows("pca", values, units, least=3)
    if whole is None:
        return Weighting("pca", problems=problems)
    varied = _varied(whole)
    kept = np.flatnonzero(varied)
    if not len(kept):
        return _shared("pca", np.zeros(len(columns)), varied, columns, problems)
    standard = (whole[:, kept] - whole[:, kept].mean(axis=0)) / whole[:, kept].std(axis=0, ddof=1)
    variances, vectors = np.linalg.eigh(standard.T @ standard / (len(standard) - 1))
    first = vectors[:, -1] * (1.0 if vectors[:, -1].sum() >= 0 else -1.0)
    loadings = np.zeros(len(columns))
    loadings[kept] = first
    made = _shared("pca", loadings**2, varied, columns, problems)
    explained = {"explained": float(variances[-1] / variances.sum())}
    return Weighting("pca", made.weights, explained, dict(zip(columns, loadings.tolist(), strict=True)), made.problems)


def hierarchy(judgements: Floats, columns: Sequence[str], *, limit: float = CONSISTENCY_LIMIT) -> Weighting:
    """AHP weights (层次分析法) from pairwise judgements, with their consistency ratio.

    Judgements that are not positive and reciprocal are refused; inconsistent ones give weights and
    an error, as no decision should rest on them.
    """
    wrong = _not_reciprocal(judgements, columns)
    if wrong:
        return Weighting("ahp", problems=wrong)
    values, vectors = np.linalg.eig(judgements)
    principal = int(np.argmax(values.real))
    vector = np.abs(vectors[:, principal].real)
    n = len(columns)
    index = (float(values[principal].real) - n) / (n - 1) if n > 1 else 0.0
    expected = RANDOM_INDEX[min(n, len(RANDOM_INDEX) - 1)]
    ratio = max(index / expected, 0.0) if expected else 0.0
    problems: tuple[Problem, ...] = ()
    if ratio >= limit:
        values_ = {"ratio": f"{ratio:.3f}", "limit": f"{limit:g}"}
        problems = (Problem("weighting.inconsistent", values=values_),)
    weights = dict(zip(columns, (vector / vector.sum()).tolist(), strict=True))
    return Weighting("ahp", weights, {"consistency_ratio": ratio}, problems=problems)


def benefit_of_the_doubt(
    values: Floats,
    columns: Sequence[str],
    units: Sequence[str],
    *,
    least_share: float = 0.0,
    most_share: float = 1.0,
) -> BestLight:
    """Give every unit the weights that show it best, under which no unit scores above one.

    Args:
        values: Scores, not negative, more is better.
        columns: The columns.
        units: The units.
        least_share: The least part of a unit's score any column must make up.
        most_share: The largest part it may.

    Returns:
        Scores from 0 to 1. A unit whose values are all zero scores 0. Units with a missing cell
        have no score and are listed.
    """
    whole, problems = _whole_rows("bod", values, units, least=1)
    wrong = _negative("bod", values, columns, units)
    if whole is None or wrong:
        return BestLight({}, {}, (*problems, *wrong))
    names = [unit for unit, row in zip(units, values, strict=True) if not np.isnan(row).any()]
    scores: dict[str, float] = {}
    weights: dict[str, Mapping[str, float]] = {}
    for unit, row in zip(names, whole, strict=True):
        limits = np.vstack([whole, *_share_limits(row, least_share, most_share)])
        right = np.concatenate([np.ones(len(whole)), np.zeros(len(limits) - len(whole))])
        found = linprog(-row, A_ub=limits, b_ub=right, bounds=(0, None), method="highs")
        chosen = found.x if found.success else np.zeros(len(columns))
        scores[unit] = float(row @ chosen)
        weights[unit] = dict(zip(columns, chosen.tolist(), strict=True))
    return BestLight(scores, weights, problems)


def _share_limits(row: Floats, least: float, most: float) -> list[Floats]:
    """Rows that hold each column's part of the unit's own score between two shares."""
    parts = np.diag(row)
    limits = []
    if least > 0:
        limits.append(least * row - parts)
    if most < 1:
        limits.append(parts - most * row)
    return limits


def _whole_rows(
    method: str, values: Floats, units: Sequence[str], *, least: int
) -> tuple[Floats | None, tuple[Problem, ...]]:
    gaps = np.isnan(values).any(axis=1)
    problems: list[Problem] = []
    if gaps.any():
        names = listed(units[row] for row in np.flatnonzero(gaps).tolist())
        told = {"count": str(int(gaps.sum())), "units": names}
        problems.append(Problem("weighting.rows_left_out", values=told, severity=Severity.WARNING))
    count = int((~gaps).sum())
    if count < least:
        told = {"method": method, "least": str(least), "count": str(count)}
        problems.append(Problem("weighting.too_few", values=told))
        return None, tuple(problems)
    return values[~gaps], tuple(problems)


def _varied(whole: Floats) -> Mask:
    return np.asarray(whole.max(axis=0) > whole.min(axis=0))


def _negative(method: str, values: Floats, columns: Sequence[str], units: Sequence[str]) -> tuple[Problem, ...]:
    cells = [f"{units[row]}/{columns[column]}" for row, column in np.argwhere(values < 0).tolist()]
    return (Problem("weighting.negative", values={"method": method, "cells": listed(cells)}),) if cells else ()


def _shared(method: str, raw: Floats, varied: Mask, columns: Sequence[str], problems: tuple[Problem, ...]) -> Weighting:
    if not varied.any() or not raw.sum() > 0:
        return Weighting(method, problems=(*problems, Problem("weighting.all_constant", values={"method": method})))
    if not varied.all():
        names = listed(column for column, own in zip(columns, varied, strict=True) if not own)
        told = Problem("weighting.constant_columns", values={"columns": names}, severity=Severity.WARNING)
        problems = (*problems, told)
    weights = np.maximum(raw, 0.0) / np.maximum(raw, 0.0).sum()
    return Weighting(method, dict(zip(columns, weights.tolist(), strict=True)), problems=problems)


def _not_reciprocal(judgements: Floats, columns: Sequence[str]) -> tuple[Problem, ...]:
    found = []
    for row in range(len(columns)):
        for column in range(row, len(columns)):
            one, other = float(judgements[row, column]), float(judgements[column, row])
            if not (one > 0 and other > 0 and abs(one * other - 1) <= RECIPROCAL_TOLERANCE):
                told = {"row": columns[row], "column": columns[column], "value": f"{one:g}", "mirror": f"{other:g}"}
                found.append(Problem("weighting.not_reciprocal", values=told))
    return tuple(found)
