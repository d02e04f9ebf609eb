"""Cells a method cannot score, named one by one: no score is ever infinite or no number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from yuanzhi.engine.assessment.aggregating import not_positive
from yuanzhi.engine.assessment.framework import Leaf
from yuanzhi.engine.assessment.matrix import Floats, Mask
from yuanzhi.engine.assessment.normalising import Block
from yuanzhi.engine.assessment.scoring import Plan, Scored, children_of
from yuanzhi.engine.kernel.problems import Problem, listed

_BY_DISTANCE = frozenset({"min_max", "distance_to_max", "z_score", "percentile_rank"})


def refusals(plan: Plan, values: Floats, scored: Scored, units: Sequence[str]) -> Iterator[Problem]:
    """Every known cell of values that came to no score, with the reason, leaf by leaf."""
    for block, constants in zip(plan.blocks, scored.constants, strict=True):
        if block.settings.formula:
            continue
        for column, leaf in enumerate(block.leaves):
            own = values[:, leaf.index]
            bad = plan.applies[:, leaf.index] & ~np.isnan(own) & np.isnan(scored.normalised[:, leaf.index])
            yield from _of_leaf(
                block, leaf, {n: _column(c, column, len(own)) for n, c in constants.items()}, own, bad, units
            )
    for group in plan.framework.groups:
        if group.method in ("geometric", "harmonic"):
            bad_cells = not_positive(children_of(plan, group, scored.nodes, plan.weights))
            cells = [f"{units[row]}/{group.children[child]}" for row, child in zip(*np.nonzero(bad_cells), strict=True)]
            if cells:
                yield Problem(
                    "assessment.not_positive",
                    values={"node": group.code, "method": group.method, "cells": listed(cells)},
                )


def _of_leaf(
    block: Block, leaf: Leaf, constants: Mapping[str, Floats], own: Floats, bad: Mask, units: Sequence[str]
) -> Iterator[Problem]:
    method = block.settings.method
    lacking = np.zeros(len(own), dtype=bool)
    for name in block.fixed:
        # A base, target or threshold without a value was reported when it was looked up.
        lacking |= np.isnan(constants[name])
    bad = bad & ~lacking
    if method in ("base_ratio", "fraction_of_max"):
        yield from _ratios(block, leaf, constants, own, bad, lacking, units)
    elif method == "steps" and "peers" in constants and bad.any():
        yield _cells("assessment.base_not_positive", leaf, method, bad, units)
    elif method == "distance_to_reference" and bad.any():
        yield _cells("assessment.zero_divisor", leaf, method, bad, units)
    elif method in _BY_DISTANCE and bad.any():
        values = {"node": leaf.code, "method": method, "value": f"{own[np.flatnonzero(bad)[0]]:.6g}"}
        yield Problem("assessment.constant_column", values=values)


def _ratios(
    block: Block,
    leaf: Leaf,
    constants: Mapping[str, Floats],
    own: Floats,
    bad: Mask,
    lacking: Mask,
    units: Sequence[str],
) -> Iterator[Problem]:
    """Ratios need a positive base; turned round they need positive values too."""
    method, known = block.settings.method, ~np.isnan(own) & ~lacking
    if method == "base_ratio" or leaf.sign > 0:
        wrong = known & (constants["base" if method == "base_ratio" else "most"] <= 0)
        if wrong.any():
            yield _cells("assessment.base_not_positive", leaf, method, wrong, units)
            return
    if leaf.sign < 0:
        if (zero := known & (own == 0)).any():
            yield _cells("assessment.zero_divisor", leaf, method, zero, units)
        if (negative := known & (own < 0)).any():
            yield _cells("assessment.value_not_positive", leaf, method, negative, units)
    elif bad.any():
        yield _cells("assessment.zero_divisor", leaf, method, bad, units)


def _column(constant: Floats, column: int, count: int) -> Floats:
    table = np.atleast_2d(constant)
    return np.broadcast_to(table[:, min(column, table.shape[1] - 1)], (count,))


def _cells(code: str, leaf: Leaf, method: str, bad: Mask, units: Sequence[str]) -> Problem:
    cells = listed(f"{units[row]}/{leaf.code}" for row in np.flatnonzero(bad).tolist())
    return Problem(code, values={"node": leaf.code, "method": method, "cells": cells})
