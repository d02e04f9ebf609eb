"""Assess: screen, denominate, impute, treat, normalise, weight, aggregate; then adjust, rank and grade.

The steps are those of the OECD/JRC handbook, by name. ``assess_scheme`` reads as the sequence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from yuanzhi.engine.assessment.amounts import Ground
from yuanzhi.engine.assessment.checking import check_scheme
from yuanzhi.engine.assessment.exact import ExactScorer
from yuanzhi.engine.assessment.expressions import Expressions, Facts
from yuanzhi.engine.assessment.finishing import Ended, Finished, finish
from yuanzhi.engine.assessment.framework import Framework, lay_out, walk
from yuanzhi.engine.assessment.matrix import Floats, Mask, Matrix
from yuanzhi.engine.assessment.normalising import near_lines
from yuanzhi.engine.assessment.planning import Applicability, applicability, check_unit_weights, plan_of, weights_of
from yuanzhi.engine.assessment.preparing import Prepared, Substitution, missing_columns, prepare
from yuanzhi.engine.assessment.refusing import refusals
from yuanzhi.engine.assessment.results import Assessment, Steps, Undecided
from yuanzhi.engine.assessment.scoring import Plan, Scored, roll_up, run
from yuanzhi.engine.assessment.standing import Standing
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.problems import Problem, ProblemsError, has_errors, listed, nearest
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.model import Scalar
from yuanzhi.engine.pack.scheme_model import Scheme

FactsByUnit = Mapping[str, Mapping[str, Scalar]]
NO_FACTS: FactsByUnit = {}


def assess(
    compiled: CompiledPack,
    scheme_code: str,
    matrix: Matrix,
    *,
    parameters: Mapping[str, Scalar],
    facts_by_unit: FactsByUnit = NO_FACTS,
    earlier: Mapping[int, Matrix] | None = None,
) -> Assessment:
    """Assess the units of a matrix by a scheme of a compiled pack.

    Args:
        compiled: The pack.
        scheme_code: The scheme's code.
        matrix: Indicator values of the units, with their groups.
        parameters: The pack's parameters on the day of the assessment.
        facts_by_unit: Further facts that conditions, bonuses and vetoes read.
        earlier: Matrices of earlier years by how many years back, for bases taken from them.

    Returns:
        The assessment. Where the scheme or the data cannot be scored it is ``refused``: its
        problems say why, with nodes and cells named, and nothing has a score.

    Raises:
        ProblemsError: The pack has no such scheme.
    """
    schemes = compiled.composition.schemes
    if scheme_code not in schemes:
        values = {"scheme": scheme_code, "nearest": nearest(scheme_code, schemes)}
        raise ProblemsError([Problem("assessment.scheme_unknown", values=values)])
    scheme = schemes[scheme_code]
    directions = {code: own.direction for code, own in compiled.composition.indicators.items()}
    expressions = Expressions(compiled, f"schemes/{scheme_code}", parameters, scheme.subject)
    return assess_scheme(
        scheme, matrix, expressions, directions=directions, facts_by_unit=facts_by_unit, earlier=earlier
    )


def assess_scheme(
    scheme: Scheme,
    matrix: Matrix,
    expressions: Expressions | None = None,
    *,
    directions: Mapping[str, str] | None = None,
    facts_by_unit: FactsByUnit = NO_FACTS,
    earlier: Mapping[int, Matrix] | None = None,
) -> Assessment:
    """Assess by a scheme whose formulas come from ``expressions``; see ``assess``."""
    matrix = matrix.ordered()
    expressions = expressions or Expressions(None, f"schemes/{scheme.code}", {}, scheme.subject)
    framework = lay_out(scheme, directions)
    facts = _FactsOfUnits(matrix, facts_by_unit)
    problems = [*check_scheme(scheme), *_check_matrix(matrix)]
    if has_errors(problems):
        return _refused(scheme, framework, matrix, problems)

    inside, undecided = _population(scheme, expressions, matrix, facts)
    everyone = np.ones((len(matrix.units), len(framework.leaves)), dtype=bool)
    ground = Ground(matrix, everyone, facts, expressions, earlier or {})
    applies = applicability(framework, ground, inside)
    ground.applies = applies.leaves
    weights = weights_of(scheme, framework, matrix)
    prepared = prepare(scheme, framework.leaves, matrix, applies.leaves, inside)
    plan, amounts = plan_of(scheme, framework, ground, applies, weights, prepared.kept)
    problems += check_unit_weights(scheme, framework, applies, weights, matrix)
    problems += [*missing_columns(matrix, framework.leaves), *prepared.problems, *ground.problems]
    if has_errors(problems):
        return _refused(scheme, framework, matrix, problems)

    exact = ExactScorer(framework, matrix, amounts, applies.leaves, applies.nodes, weights, prepared.touched)
    scored, stand_ins = _score(plan, prepared, exact)
    problems += refusals(plan, prepared.treated, scored, matrix.units)
    if has_errors(problems):
        return _refused(scheme, framework, matrix, problems)
    exact = replace(exact, substituted=frozenset((row, node) for row, node, _, _ in stand_ins))
    rows = [int(row) for row in np.flatnonzero(prepared.kept)]
    finished = finish(Ended(scheme, expressions, matrix, facts, scored.nodes, exact, rows, frozenset(applies.unknown)))
    undecided += [*finished.undecided, *_lacking(plan, ground, applies, prepared, scored, rows)]
    named = tuple(Substitution(matrix.units[row], node, method, value) for row, node, method, value in stand_ins)
    return Assessment(
        scheme=scheme,
        framework=framework,
        matrix=matrix,
        plan=plan,
        kept=prepared.kept,
        steps=Steps(prepared.raw, prepared.denominated, prepared.imputed, prepared.treated, scored.normalised),
        nodes=scored.nodes,
        scores=finished.scores,
        standing=finished.standing,
        ranks=finished.ranks,
        ranks_from_bottom=finished.ranks_from_bottom,
        group_sizes=finished.group_sizes,
        grades=finished.grades,
        adjustments=tuple(finished.added.findings),
        vetoes=tuple(finished.struck.findings),
        moves=_moves(finished),
        overrides=finished.struck.overrides(),
        substitutions=(*prepared.filled, *named),
        screened=prepared.screened,
        treatments=prepared.treatments,
        treated_cells=prepared.treated_cells,
        undecided=tuple(sorted(undecided, key=lambda own: (own.unit, own.why, own.nodes, own.missing))),
        outside=tuple(matrix.units[row] for row in np.flatnonzero(~inside)),
        constants=scored.constants,
        basis=_basis(scheme),
        problems=(*problems, *finished.problems),
    )


class _FactsOfUnits:
    """The facts of each unit, put together once: indicator values, groups, then what is given besides."""

    def __init__(self, matrix: Matrix, given: FactsByUnit) -> None:
        self._matrix, self._given = matrix, given
        self._made: dict[int, dict[str, Scalar]] = {}

    def __call__(self, row: int) -> Facts:
        if row not in self._made:
            own: dict[str, Scalar] = {name: places[row] or None for name, places in self._matrix.groups.items()}
            own.update({name: self._matrix.decimal(name, row) for name in self._matrix.indicators})
            own.update(self._given.get(self._matrix.units[row], {}))
            self._made[row] = own
        return self._made[row]


def _check_matrix(matrix: Matrix) -> list[Problem]:
    found = []
    if not matrix.units:
        found.append(Problem("assessment.no_units"))
    if cells := matrix.infinite_cells():
        named = listed(f"{unit}/{indicator}" for unit, indicator in cells)
        found.append(Problem("assessment.infinite_cells", values={"cells": named}))
    return found


def _population(
    scheme: Scheme, expressions: Expressions, matrix: Matrix, facts: _FactsOfUnits
) -> tuple[Mask, list[Undecided]]:
    """Who the scheme is for. Where that cannot be told the unit is left out and listed."""
    inside = np.ones(len(matrix.units), dtype=bool)
    undecided: list[Undecided] = []
    for row, unit in enumerate(matrix.units if scheme.where else ()):
        holds = expressions.holds("where", scheme.where, facts(row))
        inside[row] = holds is True
        if holds is None:
            missing = expressions.missing("where", scheme.where, facts(row))
            undecided.append(Undecided(unit, "condition", missing, (scheme.framework.code,)))
    return inside, undecided


def _score(plan: Plan, prepared: Prepared, exact: ExactScorer) -> tuple[Scored, list[tuple[int, str, str, float]]]:
    """Score the values, judging those on a step or threshold exactly, and note every substitute."""
    scored = run(plan, prepared.treated)
    normalised = scored.normalised
    for block, constants in zip(plan.blocks, scored.constants, strict=True):
        if block.settings.method in ("steps", "pass_fail") and not block.settings.formula:
            for column, leaf in enumerate(block.leaves):
                for row in near_lines(block, column, prepared.treated[:, block.columns], constants):
                    own = exact.normalised(leaf, int(row))
                    normalised[row, leaf.index] = normalised[row, leaf.index] if own is None else float(own)
    stand_ins: list[tuple[int, str, str, float]] = []
    nodes = roll_up(plan, normalised, record=lambda *own: stand_ins.append(own))
    return Scored(nodes, scored.constants, normalised), sorted(stand_ins)


def _lacking(
    plan: Plan, ground: Ground, applies: Applicability, prepared: Prepared, scored: Scored, rows: Sequence[int]
) -> list[Undecided]:
    """Units without a score for want of facts: the leaves that are missing and their indicators."""
    matrix = ground.matrix
    found = [Undecided(matrix.units[row], "condition", names) for row, names in applies.unknown.items()]
    root = scored.nodes[plan.framework.root]
    for row in rows:
        if not np.isnan(root[row]):
            continue
        lacking = [
            leaf
            for leaf in plan.framework.leaves
            if plan.applies[row, leaf.index]
            and np.isnan(scored.nodes[leaf.code][row])
            and leaf.node.missing != "leave_out"
        ] or [leaf for leaf in plan.framework.leaves if np.isnan(prepared.treated[row, leaf.index])]
        names = {
            name
            for leaf in lacking
            for name in (leaf.node.indicator, leaf.node.denominator)
            if name and np.isnan(matrix.column(name)[row])
        }
        names.update(name for leaf in lacking for name in ground.lacking.get((row, leaf.code), ()))
        found.append(Undecided(matrix.units[row], "facts", tuple(sorted(names)), tuple(leaf.code for leaf in lacking)))
    return found


def _moves(finished: Finished) -> dict[int, float]:
    rows = finished.added.points.keys() | finished.struck.deducted.keys()
    return {
        row: float(finished.added.points.get(row, 0)) - float(finished.struck.deducted.get(row, 0))
        for row in sorted(rows)
    }


def _basis(scheme: Scheme) -> Basis:
    """Chosen as soon as the scheme, a weight that is used, or the grades are chosen."""
    own = [scheme.basis, *(node.weight_basis for node in walk(scheme.framework))]
    if scheme.grades:
        own.append(scheme.grades.basis)
    order = (Basis.STATED, Basis.CHOSEN, Basis.MISSING)
    return max(own, key=order.index)


def _refused(scheme: Scheme, framework: Framework, matrix: Matrix, problems: list[Problem]) -> Assessment:
    count, width = len(matrix.units), len(framework.leaves)
    empty: Floats = np.full((count, width), np.nan)
    none = np.zeros(count, dtype=np.int64)
    nodes = {code: np.full(count, np.nan) for code in framework.nodes}
    return Assessment(
        scheme=scheme,
        framework=framework,
        matrix=matrix,
        plan=Plan(framework, (), np.ones((count, width), dtype=bool), {}, ()),
        kept=np.zeros(count, dtype=bool),
        steps=Steps(empty, empty, empty, empty, empty),
        nodes=nodes,
        scores=np.full(count, np.nan),
        standing=Standing(none - 1, none, 0),
        ranks=none,
        ranks_from_bottom=none,
        group_sizes=none,
        grades=(None,) * count,
        basis=_basis(scheme),
        problems=tuple(problems),
    )
