"""From facts to comparable values: denominate, screen, impute.

Every cell that is filled and every unit that is left out is listed; nothing is filled silently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from yuanzhi.engine.assessment.framework import Leaf
from yuanzhi.engine.assessment.matrix import Floats, Mask, Matrix, members_of
from yuanzhi.engine.assessment.treating import TreatedCell, Treatment, treat
from yuanzhi.engine.kernel.problems import Problem, Severity, listed, nearest
from yuanzhi.engine.pack.scheme_model import Impute, Scheme, Screen


@dataclass(frozen=True)
class Substitution:
    """A cell or score that was missing and what stands in its place."""

    unit: str
    node: str
    method: str
    value: float
    """The value of the leaf, or for ``peer_mean_score`` and ``worst`` its score."""


@dataclass(frozen=True)
class ScreenedUnit:
    """A unit left out because too few of its cells are known."""

    unit: str
    share: float
    least: Decimal


@dataclass(frozen=True, eq=False)
class Prepared:
    """The values of the leaves step by step, and everything that was changed or left out."""

    raw: Floats
    denominated: Floats
    imputed: Floats
    treated: Floats
    kept: Mask
    filled: tuple[Substitution, ...] = ()
    screened: tuple[ScreenedUnit, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    treated_cells: tuple[TreatedCell, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def touched(self) -> Mask:
        """Cells that were filled or treated."""
        both_missing = np.isnan(self.denominated) & np.isnan(self.treated)
        return np.asarray((self.denominated != self.treated) & ~both_missing)


def prepare(scheme: Scheme, leaves: Sequence[Leaf], matrix: Matrix, applies: Mask, inside: Mask) -> Prepared:
    """Denominate, screen, impute and treat; screening looks at values before or after imputation.

    Args:
        scheme: The scheme.
        leaves: Its leaves.
        matrix: The facts.
        applies: Which leaf is asked of which unit.
        inside: The units the scheme is for; nobody else is a peer.
    """
    raw = np.column_stack([matrix.column(leaf.node.indicator) for leaf in leaves])
    divided, zeros = denominate(matrix, leaves)
    raw, divided = np.where(applies, raw, np.nan), np.where(applies, divided, np.nan)
    kept = inside
    out: tuple[ScreenedUnit, ...] = ()
    if scheme.screen.on == "raw":
        kept, out = _screened(scheme, raw, matrix, applies, inside)
    pool = np.where(kept[:, None], divided, np.nan)
    imputed, filled = impute(pool, applies & kept[:, None], matrix, leaves, scheme.impute)
    if scheme.screen.on == "imputed":
        kept, out = _screened(scheme, imputed, matrix, applies, inside)
        imputed = np.where(kept[:, None], imputed, np.nan)
        left_out = {gone.unit for gone in out}
        filled = tuple(cell for cell in filled if cell.unit not in left_out)
    treated, treatments, cells, skewed = treat(imputed, leaves, matrix, scheme.treat)
    columns_first = np.asfortranarray(treated)
    return Prepared(raw, divided, imputed, columns_first, kept, filled, out, treatments, cells, (*zeros, *skewed))


def _screened(
    scheme: Scheme, values: Floats, matrix: Matrix, applies: Mask, inside: Mask
) -> tuple[Mask, tuple[ScreenedUnit, ...]]:
    if not scheme.screen.least_share:
        return inside, ()
    kept, out = screen(values, applies, matrix.units, scheme.screen)
    asked = {matrix.units[row] for row in np.flatnonzero(inside)}
    return kept & inside, tuple(own for own in out if own.unit in asked)


def denominate(matrix: Matrix, leaves: Sequence[Leaf]) -> tuple[Floats, tuple[Problem, ...]]:
    """The value of every leaf: its indicator, divided by its denominator where it has one.

    A zero denominator gives a missing cell and a warning, never an infinity.
    """
    values = np.full((len(matrix.units), len(leaves)), np.nan)
    problems: list[Problem] = []
    for leaf in leaves:
        column = matrix.column(leaf.node.indicator)
        if leaf.node.denominator:
            below = matrix.column(leaf.node.denominator)
            zero = below == 0
            if zero.any():
                problems.append(_zero_denominator(matrix, leaf, zero))
            column = np.divide(column, below, out=np.full_like(column, np.nan), where=~zero)
        values[:, leaf.index] = column
    return values, tuple(problems)


def screen(
    values: Floats, applies: Mask, units: Sequence[str], settings: Screen
) -> tuple[Mask, tuple[ScreenedUnit, ...]]:
    """Which units have enough of the cells that apply to them, and those that do not.

    >>> kept, out = screen(np.array([[1.0, np.nan]]), np.ones((1, 2), bool), ["a"], Screen(least_share=Decimal("0.9")))
    >>> bool(kept[0]), out[0].share
    (False, 0.5)
    """
    asked = applies.sum(axis=1)
    known = (applies & ~np.isnan(values)).sum(axis=1)
    share = np.divide(known, asked, out=np.ones(len(units)), where=asked > 0)
    # Counts are compared, not quotients: 9 of 10 against 0.9 must never depend on a float.
    kept = np.array([int(k) >= settings.least_share * int(a) for k, a in zip(known, asked, strict=True)], dtype=bool)
    out = tuple(ScreenedUnit(units[i], float(share[i]), settings.least_share) for i in np.flatnonzero(~kept).tolist())
    return kept, out


def impute(
    values: Floats, applies: Mask, matrix: Matrix, leaves: Sequence[Leaf], settings: Impute
) -> tuple[Floats, tuple[Substitution, ...]]:
    """Fill missing cells by the mean or median of the peers that have a value.

    A cell without such a peer stays missing. Cells a leaf does not ask of a unit stay empty.
    """
    if settings.method == "none":
        return values, ()
    filled = values.copy()
    found: list[Substitution] = []
    grouping = settings.group if settings.method.startswith("group_") else ""
    for _, rows in members_of(matrix, grouping):
        for leaf in leaves:
            column = values[rows, leaf.index]
            gaps = np.isnan(column) & applies[rows, leaf.index]
            if not gaps.any() or np.isnan(column).all():
                continue
            by_mean = settings.method.endswith("mean")
            stand_in = float(np.nanmean(column) if by_mean else np.nanmedian(column))
            filled[rows[gaps], leaf.index] = stand_in
            found += [Substitution(matrix.units[i], leaf.code, settings.method, stand_in) for i in rows[gaps].tolist()]
    return filled, tuple(sorted(found, key=lambda cell: (cell.unit, cell.node)))


def missing_columns(matrix: Matrix, leaves: Sequence[Leaf]) -> tuple[Problem, ...]:
    """A warning for every leaf whose indicator nobody has a value of."""
    found = []
    for leaf in leaves:
        for name in filter(None, (leaf.node.indicator, leaf.node.denominator)):
            if np.isnan(matrix.column(name)).all():
                near = nearest(name, set(matrix.indicators) - {name})
                values: Mapping[str, str] = {"indicator": name, "node": leaf.code, "nearest": near}
                found.append(Problem("assessment.no_column", values=values, severity=Severity.WARNING))
    return tuple(found)


def _zero_denominator(matrix: Matrix, leaf: Leaf, zero: Mask) -> Problem:
    units = listed(matrix.units[i] for i in np.flatnonzero(zero))
    values = {"node": leaf.code, "denominator": leaf.node.denominator, "units": units}
    return Problem("assessment.denominator_zero", values=values, severity=Severity.WARNING)
