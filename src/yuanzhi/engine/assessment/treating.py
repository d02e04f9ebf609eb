"""Outliers: winsorise while skew and kurtosis are high, else take logs (OECD/JRC, step of treatment)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from yuanzhi.engine.assessment.framework import Leaf
from yuanzhi.engine.assessment.matrix import Floats, Matrix, members_of
from yuanzhi.engine.kernel.problems import Problem, Severity
from yuanzhi.engine.pack.scheme_model import Treat

FEWEST = 4
"""Kurtosis is not defined for fewer values."""
LOG_OFFSET = 0.01
"""The smallest value is moved to this share of the range before taking logs."""


@dataclass(frozen=True)
class Treatment:
    """What was done to one leaf: how many points were drawn in, whether logs were taken."""

    node: str
    skew: float
    kurtosis: float
    winsorised: int = 0
    logged: bool = False
    skew_after: float | None = None
    kurtosis_after: float | None = None
    passes: bool = True
    group: str = ""


@dataclass(frozen=True)
class TreatedCell:
    """A cell changed by treatment."""

    unit: str
    node: str
    before: float
    after: float


def skew(values: Floats) -> float:
    """Sample skewness, corrected for bias (type 2, as SAS, SPSS and Excel have it); 0 if constant."""
    n = len(values)
    moved = values - values.mean()
    variance = float((moved**2).mean())
    if n < 3 or variance == 0:
        return 0.0
    third = float((moved**3).mean())
    return float(third / variance**1.5 * (n * (n - 1)) ** 0.5 / (n - 2))


def kurtosis(values: Floats) -> float:
    """Sample excess kurtosis, corrected for bias (type 2); 0 if constant or too few."""
    n = len(values)
    moved = values - values.mean()
    variance = float((moved**2).mean())
    if n < FEWEST or variance == 0:
        return 0.0
    plain = float((moved**4).mean()) / variance**2 - 3
    return ((n + 1) * plain + 6) * (n - 1) / ((n - 2) * (n - 3))


def treat(
    values: Floats, leaves: Sequence[Leaf], matrix: Matrix, settings: Treat
) -> tuple[Floats, tuple[Treatment, ...], tuple[TreatedCell, ...], tuple[Problem, ...]]:
    """Treat every leaf on its own, within each group where the settings name a grouping.

    Returns:
        The treated values, what was done per leaf, the cells changed, and a warning for each leaf
        that stays skewed after logs.
    """
    if settings.method == "none":
        return values, (), (), ()
    treated = values.copy()
    done: list[Treatment] = []
    cells: list[TreatedCell] = []
    for name, rows in members_of(matrix, settings.group):
        for leaf in leaves:
            own = rows[~np.isnan(values[rows, leaf.index])]
            before = values[own, leaf.index]
            after, what = treat_column(before, settings, leaf.code)
            done.append(replace(what, group=name))
            treated[own, leaf.index] = after
            cells += [
                TreatedCell(matrix.units[row], leaf.code, float(was), float(now))
                for row, was, now in zip(own.tolist(), before, after, strict=True)
                if was != now
            ]
    return treated, tuple(done), tuple(cells), tuple(_still_skewed(what) for what in done if not what.passes)


def _still_skewed(what: Treatment) -> Problem:
    values = {"node": what.node, "skew": f"{what.skew_after:.2f}", "kurtosis": f"{what.kurtosis_after:.2f}"}
    return Problem("assessment.still_skewed", values=values, severity=Severity.WARNING)


def treat_column(values: Floats, settings: Treat, node: str = "") -> tuple[Floats, Treatment]:
    """Treat one complete column.

    The farthest points on the skewed side are drawn in to the next one, one more each time, until
    skew or kurtosis is acceptable or ``most_points`` is reached. If that is not enough the
    original values are logged instead.
    """
    first_skew, first_kurtosis = skew(values), kurtosis(values)
    if len(values) < FEWEST or _acceptable(values, settings):
        return values, Treatment(node, first_skew, first_kurtosis)
    for points in range(1, min(settings.most_points, len(values) - 2) + 1):
        drawn = winsorise(values, points, upper=first_skew > 0)
        # A column drawn in until nothing varies is not treated but lost.
        if drawn.min() < drawn.max() and _acceptable(drawn, settings):
            return drawn, Treatment(node, first_skew, first_kurtosis, points, False, skew(drawn), kurtosis(drawn))
    logged = log_shifted(values)
    passes = _acceptable(logged, settings)
    return logged, Treatment(node, first_skew, first_kurtosis, 0, True, skew(logged), kurtosis(logged), passes)


def winsorise(values: Floats, points: int, *, upper: bool) -> Floats:
    """The farthest ``points`` on one side drawn in to the next value.

    >>> winsorise(np.array([1.0, 2.0, 3.0, 99.0]), 1, upper=True)
    array([1., 2., 3., 3.])
    """
    ordered = np.sort(values)
    drawn: Floats = np.minimum(values, ordered[-points - 1]) if upper else np.maximum(values, ordered[points])
    return drawn


def log_shifted(values: Floats) -> Floats:
    """Logs after moving the smallest value just above zero; order is kept."""
    low = values.min()
    logged: Floats = np.log(values - low + LOG_OFFSET * (values.max() - low))
    return logged


def _acceptable(values: Floats, settings: Treat) -> bool:
    return abs(skew(values)) < settings.skew or kurtosis(values) < settings.kurtosis
