"""From the framework's score to the result: adjustments, vetoes, standing, ranks and grades."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from yuanzhi.engine.assessment.adjusting import Added, FactsOf, Struck, adjust, exempt, strike
from yuanzhi.engine.assessment.exact import ExactScorer
from yuanzhi.engine.assessment.expressions import Expressions, Facts
from yuanzhi.engine.assessment.grading import GradeReason, TieKeys, grade
from yuanzhi.engine.assessment.matrix import Floats, Matrix, Whole, members_of
from yuanzhi.engine.assessment.results import Undecided
from yuanzhi.engine.assessment.standing import Standing, group_sizes, ranks, ranks_from_bottom, stand
from yuanzhi.engine.kernel.problems import Problem
from yuanzhi.engine.kernel.quantities import decimal_of
from yuanzhi.engine.pack.model import Scalar
from yuanzhi.engine.pack.scheme_model import Scheme


@dataclass(frozen=True, eq=False)
class Finished:
    """Final scores with their standing, and everything that moved them."""

    scores: Floats
    standing: Standing
    ranks: Whole
    ranks_from_bottom: Whole
    group_sizes: Whole
    grades: tuple[GradeReason | None, ...]
    added: Added
    struck: Struck
    undecided: tuple[Undecided, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, eq=False)
class Ended:
    """What finishing starts from."""

    scheme: Scheme
    expressions: Expressions
    matrix: Matrix
    facts: FactsOf
    nodes: Mapping[str, Floats]
    exact: ExactScorer
    rows: Sequence[int]
    unknown: frozenset[int]
    """Rows whose conditions could not be judged: they have no score."""


def finish(given: Ended) -> Finished:
    """Add bonus and penalty points, judge vetoes and exemptions, rank and grade."""
    scheme, matrix, units = given.scheme, given.matrix, given.matrix.units
    base = given.nodes[given.exact.framework.root].copy()
    outside = np.ones(len(units), dtype=bool)
    outside[list(given.rows)] = False
    base[outside] = np.nan
    base[list(given.unknown)] = np.nan
    added, struck = Added(), Struck()
    standing = _stand(given, base, {})
    if scheme.adjustments:
        added = adjust(scheme, given.expressions, units, given.rows, _facts_with(given, standing))
        standing = _stand(given, _plus(base, added.points, added.unknown), added.points)
    if scheme.vetoes or (scheme.grades and scheme.grades.exemptions):
        facts = _facts_with(given, standing)
        struck = strike(scheme, given.expressions, units, given.rows, facts)
        exempt(scheme, given.expressions, units, given.rows, facts, struck)
    moves = {
        row: added.points.get(row, Fraction(0)) - struck.deducted.get(row, Fraction(0))
        for row in added.points.keys() | struck.deducted.keys()
    }
    unknown = added.unknown | struck.unknown_score | struck.unscored
    scores = _plus(base, moves, unknown)
    if moves or unknown:
        standing = _stand(given, scores, moves)
    groups = members_of(matrix, scheme.groups)
    rows = [own for _, own in groups]
    grades, problems = _graded(given, standing, struck)
    return Finished(
        scores,
        standing,
        ranks(standing, rows),
        ranks_from_bottom(standing, rows),
        group_sizes(standing, rows),
        grades,
        added,
        struck,
        (*added.undecided, *struck.undecided, *_without_group(given)),
        problems,
    )


def _plus(base: Floats, points: Mapping[int, Fraction], unknown: set[int]) -> Floats:
    scores = base.copy()
    for row, own in points.items():
        scores[row] += float(own)
    scores[list(unknown)] = np.nan
    return scores


def _stand(given: Ended, scores: Floats, moves: Mapping[int, Fraction]) -> Standing:
    scheme = given.scheme
    bands = scheme.grades.bands if scheme.grades else ()
    cuts = [band.at_least for band in bands if band.at_least is not None]
    exact = _exactly(given.exact, moves) if given.exact.is_rational else None
    return stand(scores, cuts=cuts, scale=scheme.decision_scale, exact=exact)


def _exactly(exact: ExactScorer, moves: Mapping[int, Fraction]) -> Callable[[int], Fraction | None]:
    def total(row: int) -> Fraction | None:
        own = exact.total(row)
        return None if own is None else own + moves.get(row, Fraction(0))

    return total


def _facts_with(given: Ended, standing: Standing) -> FactsOf:
    """The facts of a unit with its score, its rank and the scores of the nodes."""
    rows = [own for _, own in members_of(given.matrix, given.scheme.groups)]
    top, bottom, sizes = ranks(standing, rows), ranks_from_bottom(standing, rows), group_sizes(standing, rows)

    def facts(row: int) -> Facts:
        own: dict[str, Scalar] = {}
        for code, scores in given.nodes.items():
            own[code] = None if np.isnan(scores[row]) else decimal_of(Fraction(scores[row]).limit_denominator(10**12))
        own |= given.facts(row)
        own["score"] = standing.value(row)
        for name, values in (("rank", top), ("rank_from_bottom", bottom), ("group_size", sizes)):
            own[name] = decimal_of(Fraction(int(values[row]))) if values[row] else None
        return own

    return facts


def _graded(
    given: Ended, standing: Standing, struck: Struck
) -> tuple[tuple[GradeReason | None, ...], tuple[Problem, ...]]:
    settings = given.scheme.grades
    if settings is None:
        return (None,) * len(given.matrix.units), ()
    inside = set(given.rows)
    groups = [
        (name, np.array([row for row in rows if row in inside], dtype=np.int64))
        for name, rows in members_of(given.matrix, settings.group or given.scheme.groups)
    ]
    keys = _tie_keys(given) if settings.ties == "order" else ()
    return grade(standing, settings, groups, given.matrix.units, struck.overrides(), keys)


def _tie_keys(given: Ended) -> TieKeys:
    """What orders units with the same score: facts by name, best first."""
    assert given.scheme.grades is not None
    keys = []
    for row in range(len(given.matrix.units)):
        facts = given.facts(row)
        own: list[Fraction | str | None] = []
        for name, order in given.scheme.grades.tie_order:
            value = facts.get(name)
            if name in given.nodes and not np.isnan(given.nodes[name][row]):
                value = decimal_of(Fraction(float(given.nodes[name][row])), 9)
            if value is None or isinstance(value, str):
                own.append(value)
            else:
                number = Fraction(str(value)) if not isinstance(value, bool) else Fraction(int(value))
                own.append(-number if order == "desc" else number)
        keys.append(tuple(own))
    return keys


def _without_group(given: Ended) -> list[Undecided]:
    """Units whose place in the scheme's grouping is not known have no rank and no quota."""
    name = given.scheme.groups
    if not name:
        return []
    places = given.matrix.groups.get(name, ("",) * len(given.matrix.units))
    return [Undecided(given.matrix.units[row], "group", (name,)) for row in given.rows if not places[row]]
