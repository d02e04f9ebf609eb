"""From a score back to its inputs: what every leaf contributed, by which formula, from which values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from yuanzhi.engine.assessment.framework import Framework, Group, Leaf
from yuanzhi.engine.assessment.results import Assessment
from yuanzhi.engine.kernel.labels import Label

ADDITIVE = frozenset({"arithmetic", "sum"})


@dataclass(frozen=True)
class Contribution:
    """One leaf's part in one unit's score.

    ``effective`` is the share of the leaf's score that reaches the root; ``points`` the product of
    both. They are ``None`` below a node that does not add up (geometric, minimum, pass-k ...).
    ``stands_in`` names the method where the value or score was missing and something stands for it.
    """

    leaf: str
    path: str
    label: Label
    clause: str
    indicator: str
    denominator: str
    raw: Decimal | None
    below: Decimal | None
    value: float | None
    score: float | None
    weight: float
    effective: float | None
    points: float | None
    stands_in: str
    treated: bool
    how: Label
    constants: Mapping[str, float]


@dataclass(frozen=True)
class NodeScore:
    """One node's score for one unit, with how it came from its children."""

    node: str
    path: str
    label: Label
    clause: str
    method: str
    score: float | None
    weight: float
    children: tuple[str, ...]


def contributions(assessment: Assessment, unit: str) -> tuple[Contribution, ...]:
    """What every leaf that applies to a unit contributed, in the order of the framework."""
    row = assessment.rows[unit]
    shares = effective_shares(assessment, row)
    stands_in = {own.node: own.method for own in assessment.substitutions if own.unit == unit}
    treated = {own.node for own in assessment.treated_cells if own.unit == unit}
    found = []
    for leaf in assessment.framework.leaves:
        if not assessment.plan.applies[row, leaf.index]:
            continue
        score = _number(assessment.nodes[leaf.code][row])
        effective = shares.get(leaf.code)
        found.append(
            Contribution(
                leaf.code,
                leaf.path,
                leaf.node.label,
                leaf.node.clause,
                leaf.node.indicator,
                leaf.node.denominator,
                _decimal(assessment, leaf.node.indicator, row),
                _decimal(assessment, leaf.node.denominator, row),
                _number(assessment.steps.treated[row, leaf.index]),
                score,
                weight_at(assessment, leaf.code, row),
                effective,
                None if effective is None or score is None else effective * score,
                stands_in.get(leaf.code, ""),
                leaf.code in treated,
                describe(leaf),
                assessment.leaf_constants(leaf.code, unit),
            )
        )
    return tuple(found)


def node_scores(assessment: Assessment, unit: str) -> tuple[NodeScore, ...]:
    """The score of every group of the framework for a unit, children before parents."""
    row = assessment.rows[unit]
    return tuple(
        NodeScore(
            group.code,
            group.path,
            group.node.label,
            group.node.clause,
            group.method,
            _number(assessment.nodes[group.code][row]),
            weight_at(assessment, group.code, row),
            group.children,
        )
        for group in assessment.framework.groups
    )


def weight_at(assessment: Assessment, code: str, row: int) -> float:
    """The weight of a node for a unit, as declared; one for the root."""
    weights = assessment.plan.weights.get(code)
    if weights is None:
        return 1.0
    return float(weights[0] if len(weights) == 1 else weights[row])


def effective_shares(assessment: Assessment, row: int) -> dict[str, float]:
    """The share of each leaf's score that reaches the root for one unit, where nodes add up."""
    framework = assessment.framework
    shares: dict[str, float | None] = {framework.root: 1.0}
    for group in reversed(framework.groups):
        own = _shares_below(assessment, group, row)
        above = shares.get(group.code)
        for code in group.children:
            shares[code] = None if above is None or code not in own else above * own[code]
    return {leaf.code: share for leaf in framework.leaves if (share := shares.get(leaf.code)) is not None}


def _shares_below(assessment: Assessment, group: Group, row: int) -> dict[str, float]:
    if group.method not in ADDITIVE:
        return {}
    known = {
        code: weight_at(assessment, code, row) for code in group.children if not np.isnan(assessment.nodes[code][row])
    }
    if group.method == "sum":
        return known
    total = sum(known.values())
    return {code: weight / total for code, weight in known.items()} if total else {}


def describe(leaf: Leaf) -> Label:
    """How a leaf is scored, as a formula in words."""
    settings = leaf.settings
    low, high = f"{settings.low:f}", f"{settings.high:f}"
    less = leaf.sign < 0
    if settings.formula:
        return Label(f"得分 = {settings.formula}", f"score = {settings.formula}")
    match settings.method:
        case "as_is":
            return Label("得分 = 指标值", "score = value")
        case "base_ratio" if less:
            return Label(f"得分 = 基准值 ÷ 指标值 × {high}", f"score = base ÷ value × {high}")
        case "base_ratio":
            return Label(f"得分 = 指标值 ÷ 基准值 × {high}", f"score = value ÷ base × {high}")
        case "min_max" | "distance_to_max" if less:
            zh = f"得分 = {low} + ({high} - {low}) × (最大值 - 指标值) ÷ (最大值 - 最小值)"
            return Label(zh, f"score = {low} + ({high} - {low}) × (maximum - value) ÷ (maximum - minimum)")
        case "min_max" | "distance_to_max":
            zh = f"得分 = {low} + ({high} - {low}) × (指标值 - 最小值) ÷ (最大值 - 最小值)"
            return Label(zh, f"score = {low} + ({high} - {low}) × (value - minimum) ÷ (maximum - minimum)")
        case "goalposts":
            zh = f"得分 = {low} 至 {high}，按指标值在两端点之间的位置"
            return Label(zh, f"score = {low} to {high} by the place of the value between the goalposts")
        case "z_score":
            zh = f"得分 = {settings.mean:f} + {settings.deviation:f} × (指标值 - 均值) ÷ 标准差"
            return Label(zh, f"score = {settings.mean:f} + {settings.deviation:f} × (value - mean) ÷ deviation")
        case "scaled":
            zh = f"得分 = (指标值 - {settings.mean:f}) ÷ {settings.deviation:f}"
            return Label(zh, f"score = (value - {settings.mean:f}) ÷ {settings.deviation:f}")
        case "rank" | "borda":
            return Label("得分 = 从劣到优的名次", "score = rank from the worst up")
        case "percentile_rank":
            return Label("得分 = 劣于本对象的同类比例", "score = share of peers that are worse")
        case "distance_to_target" | "distance_to_reference":
            zh = "得分 = 1 - (目标 - 指标值) ÷ (目标 - 最差值)，按量程折算"
            return Label(zh, "score = 1 - (target - value) ÷ (target - worst), on the scale")
        case "fraction_of_max" if less:
            return Label(f"得分 = 最小值 ÷ 指标值 × {high}", f"score = minimum ÷ value × {high}")
        case "fraction_of_max":
            return Label(f"得分 = 指标值 ÷ 最大值 × {high}", f"score = value ÷ maximum × {high}")
        case "steps":
            ratio = settings.steps_on == "ratio_to_peers"
            zh = "得分 = 与同类均值之比所在分段的分值" if ratio else "得分 = 指标值所在分段的分值"
            return Label(
                zh,
                "score = points of the step " + ("the ratio to the peers' mean" if ratio else "the value") + " is on",
            )
        case "pass_fail":
            return Label(f"达标得 {high}，否则得 {low}", f"{high} where met, else {low}")


def parents(framework: Framework, code: str) -> tuple[str, ...]:
    """The nodes above a node, nearest first."""
    up = framework.paths_up()
    found = []
    while code in up:
        code = up[code]
        found.append(code)
    return tuple(found)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _decimal(assessment: Assessment, name: str, row: int) -> Decimal | None:
    return assessment.matrix.decimal(name, row) if name else None
