"""From a scheme and its facts to a plan: who is asked what, how leaves are scored, what nodes weigh."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from yuanzhi.engine.assessment.amounts import Amounts, Ground, amounts_of, as_floats, pick
from yuanzhi.engine.assessment.framework import (
    WEIGHTLESS,
    Framework,
    Group,
    Leaf,
    child_weight,
    takes_part,
    weight_sets,
)
from yuanzhi.engine.assessment.matrix import Floats, Mask, Matrix, members_of
from yuanzhi.engine.assessment.normalising import Block, Rows
from yuanzhi.engine.assessment.scoring import Plan
from yuanzhi.engine.kernel.problems import Problem, listed
from yuanzhi.engine.pack.scheme_model import Normalise, Scheme


@dataclass(frozen=True, eq=False)
class Applicability:
    """Which leaf and node is asked of which unit, and the conditions that could not be judged."""

    leaves: Mask
    nodes: Mapping[str, Mask]
    unknown: Mapping[int, tuple[str, ...]]
    """The missing facts of conditions, by row."""


def applicability(framework: Framework, ground: Ground, inside: Mask) -> Applicability:
    """Judge the conditions of nodes for every unit; a condition holds for all below its node.

    A node whose condition cannot be judged is asked, and the unit is undecided for the facts that
    are missing.
    """
    count = len(ground.matrix.units)
    own: dict[str, Mask] = {}
    unknown: dict[int, set[str]] = {}
    paths = {leaf.code: leaf.path for leaf in framework.leaves} | {group.code: group.path for group in framework.groups}
    for code, node in framework.nodes.items():
        if not node.where:
            continue
        trail = f"{paths[code]}/where"
        judged = np.ones(count, dtype=bool)
        for row in np.flatnonzero(inside):
            facts = ground.facts(int(row))
            holds = ground.expressions.holds(trail, node.where, facts)
            judged[row] = holds is not False
            if holds is None:
                unknown.setdefault(int(row), set()).update(ground.expressions.missing(trail, node.where, facts))
        own[code] = judged
    up = framework.paths_up()
    nodes: dict[str, Mask] = {}
    leaves = np.repeat(inside[:, None], len(framework.leaves), axis=1)
    for code in framework.nodes:
        mask = _and_above(code, own, up)
        if mask is None:
            continue
        leaf = framework.by_code.get(code)
        if leaf is not None:
            leaves[:, leaf.index] &= mask
        else:
            nodes[code] = mask
    return Applicability(leaves, nodes, {row: tuple(sorted(names)) for row, names in unknown.items()})


def _and_above(code: str, own: Mapping[str, Mask], up: Mapping[str, str]) -> Mask | None:
    found: Mask | None = None
    at: str | None = code
    while at is not None:
        if at in own:
            found = own[at] if found is None else found & own[at]
        at = up.get(at)
    return found


def weights_of(scheme: Scheme, framework: Framework, matrix: Matrix) -> dict[str, Amounts]:
    """The weight of every node but the root, exact: one, or one per unit where weight sets go by group."""
    sets = _sets_of_units(scheme, matrix)
    found: dict[str, Amounts] = {}
    for group in framework.groups:
        for code in group.children:
            by_set = {name: child_weight(group, framework.nodes[code], name) for name in set(sets)}
            found[code] = tuple(Fraction(by_set[name] or 0) for name in sets)
    return found


def _sets_of_units(scheme: Scheme, matrix: Matrix) -> tuple[str, ...]:
    if not scheme.weight_sets_by:
        return (scheme.weight_set,)
    known = set(weight_sets(scheme))
    places = matrix.groups.get(scheme.weight_sets_by, ("",) * len(matrix.units))
    return tuple(place if place in known else scheme.weight_set for place in places)


def check_unit_weights(
    scheme: Scheme, framework: Framework, applies: Applicability, weights: Mapping[str, Amounts], matrix: Matrix
) -> Iterable[Problem]:
    """Weights of the children that apply to a unit must come to the total, for every unit."""
    sets = _sets_of_units(scheme, matrix)
    for group in framework.groups:
        nodes = [framework.nodes[code] for code in group.children]
        if group.weighting != "declared" or not any(node.where for node in nodes) or _weightless(group, nodes):
            continue
        wrong: dict[Fraction, list[str]] = {}
        for row, unit in enumerate(matrix.units):
            if row in applies.unknown:
                continue
            own = [code for code in group.children if _asked(framework, applies, code, row)]
            set_name = sets[0] if len(sets) == 1 else sets[row]
            if not any(takes_part(framework.nodes[code], set_name) for code in own):
                continue
            total = sum((pick(weights[code], row) or Fraction(0) for code in own), Fraction(0))
            if total != Fraction(scheme.weight_total):
                wrong.setdefault(total, []).append(unit)
        for total, units in sorted(wrong.items()):
            values = {
                "node": group.code,
                "sum": str(Decimal(total.numerator) / Decimal(total.denominator)),
                "total": str(scheme.weight_total),
                "units": listed(units),
            }
            yield Problem("assessment.weights_of_units", scheme.place, values)


def _weightless(group: Group, nodes: Iterable[object]) -> bool:
    return group.method in WEIGHTLESS and all(getattr(node, "weight", None) is None for node in nodes)


def _asked(framework: Framework, applies: Applicability, code: str, row: int) -> bool:
    leaf = framework.by_code.get(code)
    if leaf is not None:
        return bool(applies.leaves[row, leaf.index])
    return code not in applies.nodes or bool(applies.nodes[code][row])


def plan_of(
    scheme: Scheme,
    framework: Framework,
    ground: Ground,
    applies: Applicability,
    weights: Mapping[str, Amounts],
    kept: Mask,
) -> tuple[Plan, dict[str, dict[str, Amounts]]]:
    """The plan of a scheme and the exact amounts its leaves are scored by.

    Units that were screened out are nobody's peers.
    """
    amounts = {leaf.code: amounts_of(leaf, ground) for leaf in framework.leaves}
    blocks: dict[object, list[Leaf]] = {}
    for leaf in framework.leaves:
        blocks.setdefault(_likeness(leaf), []).append(leaf)
    made = [_block(leaves, ground.matrix, kept, amounts) for leaves in blocks.values()]
    peers = _rows(ground.matrix, scheme.groups, kept)
    floats = {code: as_floats(own) for code, own in weights.items()}
    return Plan(framework, tuple(made), applies.leaves, floats, peers, applies.nodes), amounts


def _likeness(leaf: Leaf) -> object:
    """Leaves with the same key are scored as one block of columns."""
    settings = leaf.settings
    if settings.formula or settings.method == "steps":
        return leaf.code
    names = ("method", "low", "high", "clip", "mean", "deviation", "comparison", "group", "rounding", "places")
    return (*(getattr(settings, name) for name in names), bool(settings.flip_when_negative))


def _block(leaves: list[Leaf], matrix: Matrix, kept: Mask, amounts: Mapping[str, Mapping[str, Amounts]]) -> Block:
    settings: Normalise = leaves[0].settings
    fixed: dict[str, Floats] = {}
    for name in amounts[leaves[0].code]:
        own = [as_floats(amounts[leaf.code][name]) for leaf in leaves]
        by_unit = any(len(column) > 1 for column in own)
        if by_unit or settings.formula:
            fixed[name] = np.column_stack([np.broadcast_to(column, (len(matrix.units),)) for column in own])
        else:
            fixed[name] = np.concatenate(own)
    return Block(tuple(leaves), settings, _rows(matrix, settings.group, kept), fixed)


def _rows(matrix: Matrix, grouping: str, kept: Mask) -> Rows:
    everyone = [rows[kept[rows]] for _, rows in members_of(matrix, grouping)]
    return [np.arange(len(matrix.units))] if not grouping and kept.all() else everyone
