"""What is run: which pack on which snapshot, for which years, with which parameters changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.pack.model import Scalar


@dataclass(frozen=True)
class RunPlan:
    """Years to evaluate, each as of its last day, and parameters set for this run only.

    Attributes:
        years: The calendar years, ascending.
        parameters: Values that replace those of the pack; every result resting on one is ``chosen``.
        schemes: Schemes to assess; empty means every scheme of the pack that is complete.
        least_completeness: The least share of expected returns for a value to decide a target.
        uncertainty: Whether to compute the probability of each rank, grade and consequence.
        threads: Threads for DuckDB; never part of what a result depends on.
    """

    years: tuple[int, ...]
    parameters: Mapping[str, Scalar] = field(default_factory=dict)
    schemes: tuple[str, ...] = ()
    least_completeness: Decimal = Decimal(1)
    uncertainty: bool = True
    threads: int = 2

    @property
    def periods(self) -> tuple[Period, ...]:
        """The years as periods."""
        return tuple(Period.year(year) for year in self.years)

    @property
    def days(self) -> tuple[date, ...]:
        """The last day of each year."""
        return tuple(period.end for period in self.periods)
