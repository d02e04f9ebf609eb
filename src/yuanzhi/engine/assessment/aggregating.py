"""Aggregation (汇总): the scores of the children of a node become the score of the node.

Sums run child by child in the order written, so the same input gives the same bits on any
machine and with any number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never

import numpy as np

from yuanzhi.engine.assessment.framework import Group
from yuanzhi.engine.assessment.matrix import Floats, Mask
from yuanzhi.engine.pack.scheme_model import Node

Turn = Callable[[Floats], Floats]
PASSED, FAILED = 100.0, 0.0
"""The scores of a node that counts passes."""
PAIR_DIGITS = 12
"""Weights of pairwise comparisons are summed as whole numbers of this many decimals."""
CHUNK = 256


@dataclass(frozen=True, eq=False)
class Children:
    """The children's scores with their weights; a weight of zero or NaN-free zero takes no part.

    ``weights`` have one entry per child, or one per unit and child. ``asked`` says which children
    apply to which unit, ``left_out`` which of these are missing and may be.
    """

    scores: tuple[Floats, ...]
    weights: tuple[Floats, ...]
    asked: tuple[Mask | None, ...]
    left_out: tuple[bool, ...]
    passing: tuple[float, ...]


def aggregate(group: Group, children: Children) -> Floats:
    """The score of a node for every unit.

    NaN where a child that may not be left out is missing, where too few children are known, or
    where no child is known at all. Means over known children use the weights of those.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        if group.method == "arithmetic" and (plain := _plain_mean(children)) is not None:
            return limited(plain, group.node)
        match group.method:
            case "arithmetic":
                scores = _weighted(children, lambda x: x, lambda total: total)
            case "geometric":
                scores = _weighted(children, _log, np.exp)
            case "harmonic":
                scores = _weighted(children, _inverse, lambda total: 1 / total)
            case "sum":
                scores = _summed(children)
            case "minimum":
                scores = _least(children)
            case "pass_k":
                scores = _passes(children, group.node.need)
            case "copeland":
                scores = copeland(np.column_stack(children.scores), [float(w.ravel()[0]) for w in children.weights])
            case _:
                assert_never(group.method)
    if group.method != "pass_k":
        scores = _where_known(scores, group.node, children)
    return limited(scores, group.node)


def limited(scores: Floats, node: Node) -> Floats:
    """Scores held between the node's floor and cap; missing stays missing."""
    if node.floor is not None:
        scores = np.asarray(np.maximum(scores, float(node.floor)))
    return scores if node.cap is None else np.asarray(np.minimum(scores, float(node.cap)))


def outranking(scores: Floats, weights: Sequence[float]) -> Floats:
    """For each pair of units, the share of weight on which the first is better; ties count half.

    Criteria one of the two has no score on are left out of the pair.
    """
    whole = _whole(weights)
    n = len(scores)
    better, shared = np.zeros((n, n), dtype=np.int64), np.zeros((n, n), dtype=np.int64)
    for column, weight in enumerate(whole):
        own = scores[:, column]
        known = ~np.isnan(own)
        both = known[:, None] & known[None, :]
        better += weight * (2 * (own[:, None] > own[None, :]) + (own[:, None] == own[None, :])) * both
        shared += 2 * weight * both
    share: Floats = np.divide(better, shared, out=np.full((n, n), np.nan), where=shared > 0)
    np.fill_diagonal(share, 0.0)
    return share


def copeland(scores: Floats, weights: Sequence[float]) -> Floats:
    """Copeland scores: pairwise majorities won minus lost, by weight.

    Weights are added as whole numbers, so an exact half is a draw and never a rounding. A unit
    with no score on any criterion has none.
    """
    whole = _whole(weights)
    n = len(scores)
    balance = np.zeros(n, dtype=np.int64)
    for first in range(0, n, CHUNK):
        part = scores[first : first + CHUNK]
        net = np.zeros((len(part), n), dtype=np.int64)
        for column, weight in enumerate(whole):
            own, others = part[:, column, None], scores[None, :, column]
            net += weight * ((own > others).astype(np.int64) - (own < others))
        balance[first : first + CHUNK] = np.sign(net).sum(axis=1)
    return np.where(np.isnan(scores).all(axis=1), np.nan, balance.astype(np.float64))


def not_positive(children: Children) -> Mask:
    """Units and children whose score a geometric or harmonic mean cannot take."""
    return np.column_stack(
        [(score <= 0) & (weight > 0) for score, weight in zip(children.scores, children.weights, strict=True)]
    )


def _plain_mean(children: Children) -> Floats | None:
    """The weighted mean where every child has a score and one weight; ``None`` where it takes more care."""
    if any(weight.size != 1 or weight[0] == 0 for weight in children.weights) or any(
        asked is not None for asked in children.asked
    ):
        return None
    total = children.scores[0] * children.weights[0]
    mass = children.weights[0].copy()
    for score, weight in zip(children.scores[1:], children.weights[1:], strict=True):
        total = total + score * weight
        mass = mass + weight
    return None if np.isnan(total).any() else np.asarray(total / mass)


def _weighted(children: Children, inward: Turn, outward: Turn) -> Floats:
    n = len(children.scores[0])
    total, mass = np.zeros(n), np.zeros(n)
    for score, weight in zip(children.scores, children.weights, strict=True):
        known = ~np.isnan(score) & (weight > 0)
        total = total + np.where(known, inward(score) * weight, 0.0)
        mass = mass + np.where(known, weight, 0.0)
    return outward(total / mass)


def _summed(children: Children) -> Floats:
    total = np.zeros(len(children.scores[0]))
    for score, weight in zip(children.scores, children.weights, strict=True):
        total = total + np.where(np.isnan(score) | (weight == 0), 0.0, score * weight)
    return total


def _least(children: Children) -> Floats:
    kept = [
        np.where(weight > 0, score, np.nan) for score, weight in zip(children.scores, children.weights, strict=True)
    ]
    least: Floats = np.fmin.reduce(np.column_stack(kept), axis=1)
    return least


def _passes(children: Children, need: int | None) -> Floats:
    """Three-valued: met when enough pass, failed when even all missing ones would not do."""
    n = len(children.scores[0])
    passed, unknown, counted = np.zeros(n), np.zeros(n), np.zeros(n)
    for score, weight, asked, left_out, mark in zip(
        children.scores, children.weights, children.asked, children.left_out, children.passing, strict=True
    ):
        applies = (np.ones(n, dtype=bool) if asked is None else asked) & (weight > 0)
        missing = np.isnan(score) & applies
        passed += (score >= mark) & applies
        unknown += missing & (not left_out)
        counted += applies & ~(missing & left_out)
    least = counted if need is None else np.full(n, float(need))
    met, lost = passed >= least, passed + unknown < least
    return np.where(counted == 0, np.nan, np.where(met, PASSED, np.where(lost, FAILED, np.nan)))


def _where_known(scores: Floats, node: Node, children: Children) -> Floats:
    """Scores only where no obligatory child is missing and enough children are known."""
    n = len(scores)
    known, wanted, lacking = np.zeros(n), np.zeros(n), np.zeros(n, dtype=bool)
    for score, weight, asked, left_out in zip(
        children.scores, children.weights, children.asked, children.left_out, strict=True
    ):
        applies = (weight > 0) if asked is None else asked & (weight > 0)
        missing = np.isnan(score) & applies
        wanted += applies
        known += applies & ~missing
        lacking = lacking | (missing & (not left_out))
    short = known == 0
    if node.least_share is not None:
        least: Decimal = node.least_share
        # Whole numbers are compared: a share of exactly two thirds is not left to a float.
        short = short | (known * least.as_integer_ratio()[1] < wanted * least.as_integer_ratio()[0])
    return np.where(lacking | short, np.nan, scores)


def _log(scores: Floats) -> Floats:
    return np.log(np.where(scores > 0, scores, np.nan))


def _inverse(scores: Floats) -> Floats:
    return 1 / np.where(scores > 0, scores, np.nan)


def _whole(weights: Sequence[float]) -> list[int]:
    largest = max([abs(weight) for weight in weights], default=1.0) or 1.0
    return [round(weight / largest * 10**PAIR_DIGITS) for weight in weights]
