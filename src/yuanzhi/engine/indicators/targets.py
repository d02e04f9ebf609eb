"""Targets judged on a day: met, not met or undetermined, how far, how fast, and where the trend leads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from yuanzhi.engine.indicators.comparing import UPWARD, compares, fraction, shortfall
from yuanzhi.engine.indicators.paths import expected_value, is_on_path, mean_growth, trend, yearly_step
from yuanzhi.engine.indicators.series_form import SeriesIndex
from yuanzhi.engine.indicators.target_points import Point, Sources, points_of
from yuanzhi.engine.indicators.target_reasons import reasons_of
from yuanzhi.engine.indicators.target_status import NeededUnit, TargetStatus
from yuanzhi.engine.kernel.outcomes import Basis, Outcome
from yuanzhi.engine.kernel.periods import Frequency
from yuanzhi.engine.kernel.quantities import decimal_of
from yuanzhi.engine.pack.model import Target, TargetKind

if TYPE_CHECKING:
    import pyarrow as pa

    from yuanzhi.engine.pack import CompiledPack

_BY_RATE = (TargetKind.MULTIPLE, TargetKind.GROWTH)


def judge_targets(
    compiled: CompiledPack,
    series: pa.Table,
    *,
    as_of: date,
    codes: Iterable[str] | None = None,
    least_completeness: Decimal = Decimal(1),
) -> tuple[TargetStatus, ...]:
    """Every target of the pack as it stands on a day, in the order of codes.

    Values of periods that end after the day, or after the day a target is set for, are not looked at.

    Args:
        compiled: The pack with its formulas.
        series: Indicator values as ``compute_series`` gives them.
        as_of: The day asked about.
        codes: The targets to judge; all if left out.
        least_completeness: The least share of subjects that must have reported before a value decides. Below
            it the outcome is undetermined, with the value still shown.

    Returns:
        One status a target.
    """
    composition = compiled.composition
    wanted = sorted(composition.targets if codes is None else codes)
    sources = Sources(
        indicators=composition.indicators,
        targets=composition.targets,
        units=composition.unit_system,
        index=SeriesIndex.of(series, _indicators_read(compiled, wanted)),
        least_completeness=least_completeness,
    )
    return tuple(judge_target(composition.targets[code], sources, as_of=as_of) for code in wanted)


def judge_target(target: Target, sources: Sources, *, as_of: date) -> TargetStatus:
    """One target as it stands on a day."""
    due = due_day(target)
    is_due = due is not None and as_of >= due
    points = points_of(target, sources)
    past = [point for point in points if point.period.end <= (min(as_of, due) if due else as_of)]
    point = _point_read(past, due if is_due else None)
    base = _base(target, points)
    span = _span(target, due, point)
    goal = _goal(target, base, span if is_due or due is None else _passed(target, point))
    outcome = _outcome(target, point, goal)
    status = TargetStatus(
        target=target,
        as_of=as_of,
        outcome=outcome,
        is_due=is_due,
        period=str(point.period) if point else "",
        value=_shown(point.value if point else None),
        goal=_shown(goal),
        gap=_gap(target, point, goal),
        unit=_unit(target, sources),
        comparison=target.comparison,
        achieved=_achieved(target, base, point),
        basis=_basis(target, sources, point),
        is_synthetic=any(read.synthetic for read in point.reads) if point else False,
        missing=_missing(target, point, base, goal, due if is_due else None),
        reads=point.reads if point else (),
        parts=point.parts if point else (),
    )
    final = _goal(target, base, span)
    status = _with_path(status, _Way(base, final, span, due, point, tuple(past)))
    return replace(status, reasons=reasons_of(status, sources))


def due_day(target: Target) -> date | None:
    """The day a target is set for: its deadline, or the last day of its year."""
    if target.deadline:
        return target.deadline
    return date(target.year, 12, 31) if target.year else None


@dataclass(frozen=True)
class _Way:
    base: Fraction | None
    goal: Fraction | None
    span: int
    due: date | None
    point: Point | None
    past: Sequence[Point]


def _point_read(past: Sequence[Point], due: date | None) -> Point | None:
    """The period that decides: the due one once it is due, until then the latest that has a value."""
    if not past:
        return None
    if due is not None:
        last = past[-1]
        year = due.year if (due.month, due.day) == (12, 31) else due.year - 1
        if last.period.frequency is Frequency.YEAR and last.period.end.year != year:
            return None
        return last
    known = [point for point in past if point.value is not None]
    return known[-1] if known else past[-1]


def _base(target: Target, points: Sequence[Point]) -> Fraction | None:
    if target.base_value is not None:
        return Fraction(target.base_value)
    if target.base_year is None:
        return None
    found = [point.value for point in points if point.period.end.year == target.base_year]
    return found[-1] if found else None


def _span(target: Target, due: date | None, point: Point | None) -> int:
    """Years from the base to the target, or to the value read where no year is set."""
    if target.base_year is None:
        return 0
    if due is not None:
        return due.year - target.base_year
    return _passed(target, point)


def _passed(target: Target, point: Point | None) -> int:
    if target.base_year is None or point is None:
        return 0
    return point.period.end.year - target.base_year


def _goal(target: Target, base: Fraction | None, years: int) -> Fraction | None:
    """The level to reach after so many years from the base."""
    value = fraction(target.value)
    match target.kind:
        case TargetKind.MULTIPLE:
            return None if value is None or base is None else value * base
        case TargetKind.GROWTH:
            if value is None or base is None or years <= 0:
                return None
            return base * (1 + _rate(target, value)) ** years
        case TargetKind.STRUCTURE if value is None:
            wanted = dict(target.children)
            first = target.subject if target.subject in wanted else next(iter(wanted), "")
            return fraction(wanted.get(first))
        case _:
            return value


def _rate(target: Target, value: Fraction) -> Fraction:
    return value / 100 if target.unit.startswith("%") else value


def _outcome(target: Target, point: Point | None, goal: Fraction | None) -> Outcome:
    if point is None or not point.is_complete:
        return Outcome.UNDETERMINED
    found = compares(point.value, target.comparison, goal)
    if point.highest is not None and point.highest != point.value and found != _at_best(target, point, goal):
        return Outcome.UNDETERMINED
    return Outcome.of(found)


def _at_best(target: Target, point: Point, goal: Fraction | None) -> bool | None:
    """How the comparison would end if every missing subject of a count were met; equality stays open in between."""
    if target.comparison in ("eq", "ne", "approx"):
        return None
    return compares(point.highest, target.comparison, goal)


def _gap(target: Target, point: Point | None, goal: Fraction | None) -> Decimal | None:
    if point is None or point.value is None or goal is None:
        return None
    return decimal_of(shortfall(point.value, target.comparison, goal))


def _achieved(target: Target, base: Fraction | None, point: Point | None) -> Decimal | None:
    if target.kind not in _BY_RATE or base is None or point is None or point.value is None or base <= 0:
        return None
    if target.kind is TargetKind.MULTIPLE:
        return decimal_of(point.value / base)
    growth = mean_growth(base, point.value, _passed(target, point))
    return None if growth is None else growth * 100


def _unit(target: Target, sources: Sources) -> str:
    """The unit values and goal are shown in: levels for what is put as a multiple or as growth."""
    own = sources.indicators.get(target.indicator)
    return own.unit if target.kind in _BY_RATE and own else target.unit


def _basis(target: Target, sources: Sources, point: Point | None) -> Basis:
    own = sources.indicators.get(target.indicator)
    found = {target.basis, *(read.basis for read in point.reads)} if point else {target.basis}
    if own:
        found.add(own.basis)
    if Basis.MISSING in found:
        return Basis.MISSING
    return Basis.CHOSEN if Basis.CHOSEN in found else Basis.STATED


def _missing(
    target: Target, point: Point | None, base: Fraction | None, goal: Fraction | None, due: date | None
) -> tuple[str, ...]:
    names: list[str] = []
    if target.kind in _BY_RATE and base is None:
        year = target.base_year
        names.append(f"{target.indicator}/{target.subject}/{year}".replace("//", "/") if year else "base_year")
    elif goal is None:
        names.append("value")
    if point is None:
        when = f"/{due.year}" if due else ""
        names.append(f"{target.indicator}/{target.subject}".rstrip("/") + when)
    else:
        names.extend(point.missing)
    return tuple(dict.fromkeys(names))


def _with_path(status: TargetStatus, way: _Way) -> TargetStatus:
    """The status with expectation, speed and forecast, where base, goal and time allow them."""
    target, goal = status.target, way.goal
    if goal is None:
        return status
    upward = target.comparison in UPWARD
    path = "compound" if target.kind is TargetKind.GROWTH else target.path
    passed = _passed(target, way.point)
    value = way.point.value if way.point else None
    if way.base is not None and way.span > 0 and (way.point or way.due):
        known = passed if way.point else min(status.as_of.year - (target.base_year or 0), way.span)
        expected = expected_value(way.base, goal, passed=known, span=way.span, path=path)
        on_path = (
            None
            if value is None
            else is_on_path(value, way.base, goal, passed=passed, span=way.span, path=path, upward=upward)
        )
        status = replace(
            status,
            expected_today=expected,
            on_path=Outcome.of(on_path),
            growth_required=_speed(target, way.base, goal, way.span),
        )
    left = way.due.year - way.point.period.end.year if way.due and way.point else 0
    status = replace(status, needed_unit=_needed_unit(target))
    if value is not None and left > 0:
        reached = compares(value, target.comparison, goal)
        needed = Decimal(0) if reached else _speed(target, value, goal, left)
        status = replace(status, growth_needed=needed)
    if way.due is not None and not status.is_due:
        forecast = trend(_trend_points(target, way.past), way.due.year, path)
        outcome = Outcome.of(compares(fraction(forecast), target.comparison, goal))
        status = replace(status, forecast=forecast, forecast_outcome=outcome)
    return status


def _trend_points(target: Target, past: Sequence[Point]) -> list[tuple[int, Fraction]]:
    first = target.base_year or 0
    by_year = {p.period.end.year: p.value for p in past if p.value is not None and p.period.end.year >= first}
    return sorted(by_year.items())


def _speed(target: Target, start: Fraction, goal: Fraction, years: int) -> Decimal | None:
    """Per year: mean growth in percent, or equal steps for shares and counts."""
    if _needed_unit(target) == "%/year":
        growth = mean_growth(start, goal, years)
        return None if growth is None else growth * 100
    return yearly_step(start, goal, years)


def _needed_unit(target: Target) -> NeededUnit:
    if target.kind in _BY_RATE:
        return "%/year"
    if target.kind in (TargetKind.SHARE, TargetKind.STRUCTURE) or target.unit.startswith("%"):
        return "points/year"
    return "units/year" if target.kind is TargetKind.COUNT else "%/year"


def _shown(value: Fraction | None) -> Decimal | None:
    return None if value is None else decimal_of(value)


def _indicators_read(compiled: CompiledPack, codes: Iterable[str]) -> set[str]:
    targets = compiled.composition.targets
    found: set[str] = set()
    for code in codes:
        own = targets[code]
        found.add(own.indicator)
        for child, _ in own.children:
            found.add(targets[child].indicator if child in targets else child)
    return found
