"""From treated values to the scores of all nodes: one plan, run once for the result and again for every replicate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from yuanzhi.engine.assessment.aggregating import PASSED, Children, aggregate, limited
from yuanzhi.engine.assessment.framework import Framework, Group
from yuanzhi.engine.assessment.matrix import Floats, Mask
from yuanzhi.engine.assessment.normalising import Block, Constants, Rows, apply, bounds, clipped, fit, round_scores
from yuanzhi.engine.pack.scheme_model import Node, Normalise, NormaliseMethod

Weights = Mapping[str, Floats]
"""The weight of every node but the root: one number, or one per unit."""
Record = Callable[[int, str, str, float], None]
"""Told of every score put in the place of a missing one: row, node, method, score."""
FORMULA = "score"
FILLING = ("peer_mean_score", "worst")
ZERO_FLOORED: frozenset[NormaliseMethod] = frozenset({"base_ratio", "fraction_of_max", "borda"})
INTERCHANGEABLE: frozenset[NormaliseMethod] = frozenset(
    {"min_max", "z_score", "rank", "borda", "percentile_rank", "distance_to_max", "fraction_of_max", "scaled"}
)
"""Methods that need nothing but the peers, so that one may be tried in the place of another."""


@dataclass(frozen=True, eq=False)
class Plan:
    """Everything needed to score values: the framework, how leaves are scored, who is asked what.

    ``applies`` says which leaf is asked of which unit; ``node_applies`` the same for nodes with a
    condition; ``peers`` are the rows within which a mean score of peers is taken.
    """

    framework: Framework
    blocks: tuple[Block, ...]
    applies: Mask
    weights: Weights
    peers: Rows
    node_applies: Mapping[str, Mask] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """The number of units."""
        return len(self.applies)

    @cached_property
    def _asked_of_all(self) -> tuple[bool, ...]:
        return tuple(bool(self.applies[:, leaf.index].all()) for leaf in self.framework.leaves)

    def standing_facts(self, group: Group) -> tuple[tuple[Mask | None, ...], tuple[bool, ...], tuple[float, ...]]:
        """What stays the same for the children of a node: who is asked, who may be left out, what passes."""
        if group.code not in self._kept:
            leaves, nodes = self.framework.by_code, self.framework.nodes
            self._kept[group.code] = (
                tuple(self.asked(code) for code in group.children),
                tuple(nodes[code].missing == "leave_out" for code in group.children),
                tuple(float(leaves[code].settings.high) if code in leaves else PASSED for code in group.children),
            )
        return self._kept[group.code]

    @cached_property
    def _kept(self) -> dict[str, tuple[tuple[Mask | None, ...], tuple[bool, ...], tuple[float, ...]]]:
        return {}

    @cached_property
    def asks_all(self) -> bool:
        """Whether every leaf is asked of every unit."""
        return all(self._asked_of_all)

    def asked(self, code: str) -> Mask | None:
        """Which units a node is asked of; ``None`` for all."""
        leaf = self.framework.by_code.get(code)
        if leaf is None:
            return self.node_applies.get(code)
        return None if self._asked_of_all[leaf.index] else self.applies[:, leaf.index]


@dataclass(frozen=True, eq=False)
class Scored:
    """What a plan made of values. ``nodes`` holds the scores after missing ones were filled."""

    nodes: Mapping[str, Floats]
    constants: tuple[Constants, ...]
    normalised: Floats
    """Leaf scores before caps, floors and substitutes."""


def run(
    plan: Plan,
    values: Floats,
    *,
    weights: Weights | None = None,
    method: NormaliseMethod | None = None,
    record: Record | None = None,
) -> Scored:
    """Score values.

    Args:
        plan: The plan.
        values: One column per leaf.
        weights: Other weights than the plan's.
        method: Another method for all leaves whose own could be exchanged for it.
        record: Told of every substitute.
    """
    normalised = np.full(values.shape, np.nan, order="F")
    constants: list[Constants] = []
    for block in plan.blocks:
        if method and block.settings.method in INTERCHANGEABLE and not block.settings.formula:
            block = block.with_method(method)
        own = values[:, block.columns]
        fitted = fit(block, own)
        constants.append(fitted)
        normalised[:, block.columns] = _formula_scores(block) if block.settings.formula else apply(block, own, fitted)
    if not plan.asks_all:
        normalised[~plan.applies] = np.nan
    nodes = roll_up(plan, normalised, weights=weights, record=record)
    return Scored(nodes, tuple(constants), normalised)


def roll_up(
    plan: Plan, normalised: Floats, *, weights: Weights | None = None, record: Record | None = None
) -> dict[str, Floats]:
    """The scores of all nodes from those of the leaves."""
    used = plan.weights if weights is None else weights
    nodes: dict[str, Floats] = {}
    for leaf in plan.framework.leaves:
        own = limited(normalised[:, leaf.index], leaf.node)
        if leaf.node.missing in FILLING:
            own = fill(plan, leaf.node, own, plan.applies[:, leaf.index], lowest(leaf.settings), record)
        nodes[leaf.code] = own
    for group in plan.framework.groups:
        scores = aggregate(group, children_of(plan, group, nodes, used))
        if group.node.missing in FILLING and group.code != plan.framework.root:
            asked = plan.node_applies.get(group.code, np.ones(plan.count, dtype=bool))
            scores = fill(plan, group.node, scores, asked, None, record)
        nodes[group.code] = scores
    return nodes


def children_of(plan: Plan, group: Group, nodes: Mapping[str, Floats], weights: Weights) -> Children:
    """The children of a node as its aggregation takes them."""
    asked, left_out, passing = plan.standing_facts(group)
    return Children(
        tuple([nodes[code] for code in group.children]),
        tuple([weights[code] for code in group.children]),
        asked,
        left_out,
        passing,
    )


def fill(
    plan: Plan, node: Node, scores: Floats, asked: Mask, least: float | None, record: Record | None = None
) -> Floats:
    """Missing scores filled as the node says: by the mean of the peers that have one, or the worst score."""
    gaps = np.isnan(scores) & asked
    if not gaps.any():
        return scores
    filled = scores.copy()
    for rows in plan.peers:
        own = scores[rows]
        if node.missing == "worst" and least is not None:
            stand_in = least
        elif np.isnan(own).all():
            continue
        else:
            stand_in = float(np.nanmean(own) if node.missing == "peer_mean_score" else np.nanmin(own))
        for row in rows[gaps[rows]]:
            filled[row] = stand_in
            if record:
                record(int(row), node.code, node.missing, stand_in)
    return filled


def lowest(settings: Normalise) -> float | None:
    """The lowest score a method can give; ``None`` where it has no end."""
    first = bounds(settings)[0]
    if first is not None:
        return float(first)
    if settings.formula:
        return None
    if settings.method == "steps":
        return float(min(settings.below_first, *(step.points for step in settings.steps)))
    if settings.method in ("min_max", "pass_fail", "percentile_rank", "distance_to_max"):
        return float(min(settings.low, settings.high))
    if settings.method in ZERO_FLOORED:
        return 0.0
    return 1.0 if settings.method == "rank" else None


def with_blocks(plan: Plan, blocks: Sequence[Block]) -> Plan:
    """The same plan with other blocks."""
    return replace(plan, blocks=tuple(blocks))


def _formula_scores(block: Block) -> Floats:
    return round_scores(clipped(block.fixed[FORMULA], block.settings), block.settings)
