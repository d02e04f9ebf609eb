"""What a target has come to on a day, with the values read, the reckoning and the clause."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.outcomes import Basis, Outcome
from yuanzhi.engine.pack.model import Comparison, Target

NeededUnit = Literal["%/year", "points/year", "units/year", ""]


@dataclass(frozen=True, slots=True)
class ValueRead:
    """One value a target's status rests on."""

    indicator: str
    scope: str
    subject: str
    period: str
    value: Decimal | None
    basis: Basis = Basis.STATED
    completeness: Decimal | None = None
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class PartStatus:
    """One part of a structure, count or cascade: what it should reach and what it has."""

    name: str
    goal: Decimal | None
    value: Decimal | None
    outcome: Outcome
    gap: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class TargetStatus:
    """A target on a day.

    Attributes:
        target: The target as declared.
        as_of: The day asked about.
        outcome: Met, not met, or undetermined with ``missing`` named; before the due day, how things stand today.
        is_due: Whether the day the target is set for has come.
        period: The period of the value read.
        value: The value today in ``unit``; for a multiple or a growth target, the level reached.
        goal: What it is to reach, in ``unit``; for a multiple or a growth target, the level that is worth it.
        gap: What is short, in ``unit`` (percentage points where it is ``%``); zero where nothing is short.
        achieved: For a multiple, times the base; for growth, the mean yearly rate so far in percent.
        expected_today: What the declared path expects in the year read.
        on_path: Whether the value is at or beyond the path.
        growth_required: The yearly growth or step from the base to the goal, over the whole time.
        growth_needed: What is still needed a year from the value read to the goal by the due year.
        needed_unit: ``%/year`` of mean growth, ``points/year`` or ``units/year`` of equal steps.
        forecast: Where the trend of the values so far leads in the due year, and what that would come to.
        basis: Stated, or chosen if the goal or any value read rests on a choice.
        is_synthetic: Whether a value read comes from synthetic records.
        missing: The facts that are absent, at most twenty of each.
        reads: Every value read.
        parts: The parts of a structure, count or cascade.
        reasons: The reckoning in sentences.
    """

    target: Target
    as_of: date
    outcome: Outcome
    is_due: bool = False
    period: str = ""
    value: Decimal | None = None
    goal: Decimal | None = None
    gap: Decimal | None = None
    unit: str = "1"
    comparison: Comparison = "ge"
    achieved: Decimal | None = None
    expected_today: Decimal | None = None
    on_path: Outcome = Outcome.UNDETERMINED
    growth_required: Decimal | None = None
    growth_needed: Decimal | None = None
    needed_unit: NeededUnit = ""
    forecast: Decimal | None = None
    forecast_outcome: Outcome = Outcome.UNDETERMINED
    basis: Basis = Basis.STATED
    is_synthetic: bool = False
    missing: tuple[str, ...] = ()
    reads: tuple[ValueRead, ...] = ()
    parts: tuple[PartStatus, ...] = ()
    reasons: tuple[Label, ...] = field(default_factory=tuple)

    @property
    def citation(self) -> str:
        """The clause the target carries out, with its pack."""
        return self.target.citation
