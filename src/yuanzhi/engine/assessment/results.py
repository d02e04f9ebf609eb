"""What an assessment comes to: every step, every score, and what each rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal

import numpy as np

from yuanzhi.engine.assessment.framework import Framework
from yuanzhi.engine.assessment.grading import GradeReason, Overrides
from yuanzhi.engine.assessment.matrix import Floats, Mask, Matrix, Whole
from yuanzhi.engine.assessment.normalising import Constants
from yuanzhi.engine.assessment.preparing import ScreenedUnit, Substitution
from yuanzhi.engine.assessment.scoring import Plan
from yuanzhi.engine.assessment.standing import Standing
from yuanzhi.engine.assessment.treating import TreatedCell, Treatment
from yuanzhi.engine.kernel.outcomes import Basis, Outcome
from yuanzhi.engine.kernel.problems import Problem, has_errors
from yuanzhi.engine.pack.scheme_model import Scheme

Why = Literal["facts", "condition", "adjustment", "veto", "exemption", "group", "screened"]


@dataclass(frozen=True)
class Undecided:
    """A unit without score or grade: why, and the facts that would decide it."""

    unit: str
    why: Why
    missing: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()


@dataclass(frozen=True)
class VetoFinding:
    """A veto that was met or could not be judged."""

    unit: str
    veto: str
    outcome: Outcome
    effect: str
    clause: str
    grade: str = ""
    points: Decimal | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class AdjustmentFinding:
    """Bonus or penalty points of a unit, before and after the cap; ``None`` where they cannot be told."""

    unit: str
    adjustment: str
    points: Fraction | None
    uncapped: Fraction | None
    clause: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Steps:
    """The values of the leaves after each step, one column per leaf; NaN is missing."""

    raw: Floats
    denominated: Floats
    imputed: Floats
    treated: Floats
    normalised: Floats


@dataclass(frozen=True, eq=False)
class Assessment:
    """An assessment whole. Arrays have one entry per unit, in the order of ``units``.

    ``scores`` are final: the root of the framework plus adjustments and deductions. ``ranks`` are
    within the groups of the scheme, 0 where there is no score. ``moves`` are the points that came
    on top by row, ``overrides`` what vetoes and exemptions set. ``refused`` says that nothing was
    scored, for the errors among ``problems``.
    """

    scheme: Scheme
    framework: Framework
    matrix: Matrix
    plan: Plan
    kept: Mask
    steps: Steps
    nodes: Mapping[str, Floats]
    scores: Floats
    standing: Standing
    ranks: Whole
    ranks_from_bottom: Whole
    group_sizes: Whole
    grades: tuple[GradeReason | None, ...]
    adjustments: tuple[AdjustmentFinding, ...] = ()
    vetoes: tuple[VetoFinding, ...] = ()
    moves: Mapping[int, float] = field(default_factory=dict)
    overrides: Overrides = field(default_factory=Overrides)
    substitutions: tuple[Substitution, ...] = ()
    screened: tuple[ScreenedUnit, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    treated_cells: tuple[TreatedCell, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    outside: tuple[str, ...] = ()
    constants: tuple[Constants, ...] = ()
    basis: Basis = Basis.STATED
    problems: tuple[Problem, ...] = ()

    @property
    def units(self) -> tuple[str, ...]:
        """The units, in the order of their codes."""
        return self.matrix.units

    @property
    def refused(self) -> bool:
        """Whether errors kept the scheme from running."""
        return has_errors(self.problems)

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each unit."""
        return {unit: row for row, unit in enumerate(self.units)}

    def score(self, unit: str) -> Decimal | None:
        """The score that was compared with others and with cuts."""
        return self.standing.value(self.rows[unit])

    def shown_score(self, unit: str) -> str:
        """The score rounded for display; never used to compare."""
        from yuanzhi.engine.assessment.exact import rounded

        own = self.standing.decisive(self.rows[unit])
        if own is None:
            return ""
        shown = rounded(own, "half_up", self.scheme.display_scale)
        return f"{Decimal(shown.numerator) / Decimal(shown.denominator):.{self.scheme.display_scale}f}"

    def rank(self, unit: str) -> int | None:
        """The rank within the group, ties taking the better one."""
        return int(self.ranks[self.rows[unit]]) or None

    def grade(self, unit: str) -> str:
        """The grade, empty where undecided."""
        reason = self.grades[self.rows[unit]]
        return reason.grade if reason else ""

    def ranking(self) -> tuple[str, ...]:
        """Units with a score, best first; units that tie stand in the order of their codes."""
        known = np.flatnonzero(self.standing.known)
        return tuple(self.units[row] for row in sorted(known, key=lambda row: (-self.standing.order[row], row)))

    def leaf_constants(self, code: str, unit: str) -> dict[str, float]:
        """What a leaf's method used for a unit: base, minimum, maximum, mean, target, threshold."""
        row = self.rows[unit]
        for block, constants in zip(self.plan.blocks, self.constants, strict=True):
            for column, leaf in enumerate(block.leaves):
                if leaf.code == code:
                    return {name: _entry(held, row, column) for name, held in sorted(constants.items())}
        return {}


def _entry(held: Floats, row: int, column: int) -> float:
    table = np.atleast_2d(held)
    return float(table[min(row, table.shape[0] - 1), min(column, table.shape[1] - 1)])
