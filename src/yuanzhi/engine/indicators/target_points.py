"""What a target looks at, period by period: the value itself, a share in a structure, a count, or a sum of parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from yuanzhi.engine.indicators.comparing import compares, fraction, shortfall
from yuanzhi.engine.indicators.series_form import SeriesIndex, SeriesValue
from yuanzhi.engine.indicators.target_status import PartStatus, ValueRead
from yuanzhi.engine.kernel.outcomes import Basis, Outcome
from yuanzhi.engine.kernel.periods import Frequency, Period
from yuanzhi.engine.kernel.quantities import Unit, UnitSystem, decimal_of
from yuanzhi.engine.pack.model import Indicator, Target, TargetKind

PERCENT = Unit("%", (), Fraction(1, 100))


@dataclass(frozen=True)
class Point:
    """What a target looks at in one period.

    ``highest`` is above ``value`` where some subjects of a count are missing: the truth lies between the two.
    """

    period: Period
    value: Fraction | None
    missing: tuple[str, ...] = ()
    reads: tuple[ValueRead, ...] = ()
    parts: tuple[PartStatus, ...] = ()
    is_complete: bool = True
    highest: Fraction | None = None


@dataclass(frozen=True)
class Sources:
    """What points are made from: the declarations of the pack and the values of the run."""

    indicators: Mapping[str, Indicator]
    targets: Mapping[str, Target]
    units: UnitSystem
    index: SeriesIndex
    least_completeness: Decimal

    def scope_of(self, target: Target) -> str:
        """The park set whose series the target is about."""
        own = self.indicators.get(target.indicator)
        return target.scope or (own.scope if own else "")

    def unit(self, text: str) -> Unit | None:
        """The unit written so; percent is known without being declared."""
        try:
            return self.units.unit(text)
        except KeyError:
            return PERCENT if text.startswith("%") else None

    def is_in_percent(self, indicator: str) -> bool:
        """Whether the indicator's values are percentages."""
        own = self.indicators.get(indicator)
        unit = self.unit(own.unit) if own else None
        return unit is not None and not unit.dimension and unit.factor == PERCENT.factor

    def factor(self, target: Target) -> Fraction:
        """What turns a value of the indicator into the target's unit."""
        own = self.indicators.get(target.indicator)
        if own is None or target.kind in (TargetKind.MULTIPLE, TargetKind.GROWTH, TargetKind.COUNT):
            return Fraction(1)
        return self._conversion(own.unit, target.unit)

    def _conversion(self, source: str, goal: str) -> Fraction:
        old, new = self.unit(source), self.unit(goal)
        if old is None or new is None or not old.same_dimension(new):
            return Fraction(1)
        return old.conversion_to(new)

    def child_goal(self, target: Target, child: str, declared: Decimal) -> Fraction:
        """What a part of a cascade is to reach, in the parent's unit."""
        own = self.targets.get(child)
        if own is None or own.value is None:
            return Fraction(declared)
        return Fraction(own.value) * self._conversion(own.unit, target.unit)

    def child_values(self, target: Target, child: str) -> dict[Period, SeriesValue]:
        """The values of a part: those of its own target, of an indicator so named, or of a subject so named."""
        own = self.targets.get(child)
        if own is not None:
            return _by_period(self.index.of_subject(own.indicator, self.scope_of(own), own.subject))
        if child in self.indicators and child != target.indicator:
            scope = target.scope or self.indicators[child].scope
            return _by_period(self.index.of_subject(child, scope, target.subject))
        return _by_period(self.index.subjects(target.indicator, self.scope_of(target)).get(child, ()))

    def child_factor(self, target: Target, child: str) -> Fraction:
        """What turns a part's value into the parent's unit."""
        own = self.targets.get(child)
        code = own.indicator if own else child if child in self.indicators else target.indicator
        indicator = self.indicators.get(code)
        return self._conversion(indicator.unit, target.unit) if indicator else Fraction(1)


def points_of(target: Target, sources: Sources) -> list[Point]:
    """Everything the target looks at, in the order of periods; yearly values only where there are any."""
    match target.kind:
        case TargetKind.STRUCTURE:
            points = _structure(target, sources)
        case TargetKind.COUNT if not _is_counted_already(target, sources):
            points = _count(target, sources)
        case TargetKind.CASCADE:
            points = _cascade(target, sources)
        case _:
            points = _plain(target, sources)
    yearly = [point for point in points if point.period.frequency is Frequency.YEAR]
    return sorted(yearly or points, key=lambda point: point.period.end)


def _plain(target: Target, sources: Sources) -> list[Point]:
    factor = sources.factor(target)
    values = sources.index.of_subject(target.indicator, sources.scope_of(target), target.subject)
    return [_point(sources, value, factor) for value in values]


def _point(sources: Sources, value: SeriesValue, factor: Fraction) -> Point:
    found = None if value.value is None else Fraction(value.value) * factor
    missing = value.missing
    if found is None:
        missing = (f"{value.indicator}/{value.subject}/{value.period}".replace("//", "/"), *missing)
    share = value.completeness
    return Point(
        period=value.period,
        value=found,
        missing=missing,
        reads=(_read(sources, value),),
        is_complete=share is None or share >= sources.least_completeness,
    )


def _read(sources: Sources, value: SeriesValue) -> ValueRead:
    own = sources.indicators.get(value.indicator)
    basis = Basis.CHOSEN if own and own.basis is Basis.CHOSEN and value.basis is Basis.STATED else value.basis
    return ValueRead(
        indicator=value.indicator,
        scope=value.scope,
        subject=value.subject,
        period=str(value.period),
        value=value.value,
        basis=basis,
        completeness=value.completeness,
        synthetic=value.synthetic,
    )


def _structure(target: Target, sources: Sources) -> list[Point]:
    """The share of one part in the sum of all parts, in percent."""
    names = [name for name, _ in target.children]
    own = target.subject if target.subject and not names else names[0] if names else ""
    if target.subject in names:
        own = target.subject
    if not names:
        names = sorted(sources.index.subjects(target.indicator, sources.scope_of(target)))
    values = {name: sources.child_values(target, name) for name in names}
    wanted = dict(target.children)
    return [_structure_point(period, own, values, wanted, sources, target) for period in _periods(values)]


def _structure_point(
    period: Period,
    own: str,
    values: Mapping[str, Mapping[Period, SeriesValue]],
    wanted: Mapping[str, Decimal],
    sources: Sources,
    target: Target,
) -> Point:
    found = {name: by_period.get(period) for name, by_period in values.items()}
    absent = tuple(name for name, value in found.items() if value is None or value.value is None)
    reads = tuple(_read(sources, value) for name, value in found.items() if value)
    complete = all(_is_complete(value, sources) for value in found.values() if value)
    total = sum((Fraction(v.value) for v in found.values() if v and v.value is not None), Fraction(0))
    if absent or total == 0 or own not in found:
        return Point(period, None, absent or (own,), reads, is_complete=complete)
    shares = {name: Fraction(v.value) / total * 100 for name, v in found.items() if v and v.value is not None}
    parts = tuple(
        PartStatus(
            name,
            wanted.get(name),
            decimal_of(share),
            Outcome.of(compares(share, target.comparison, fraction(target.value or wanted.get(name))))
            if name == own
            else Outcome.UNDETERMINED,
        )
        for name, share in shares.items()
    )
    return Point(period, shares[own], (), reads, parts, complete)


def _is_counted_already(target: Target, sources: Sources) -> bool:
    own = sources.indicators.get(target.indicator)
    if target.subject or (own and own.aggregate and own.aggregate.function in ("count", "share")):
        return True
    subjects = sources.index.subjects(target.indicator, sources.scope_of(target))
    return not target.children and set(subjects) == {""}


def _count(target: Target, sources: Sources) -> list[Point]:
    """How many subjects reach their mark; in percent, of how many.

    Without a mark of its own a subject counts when its value is above zero, or for an indicator in percent when it
    is complete.
    """
    marks = dict(target.children)
    names = list(marks) or sorted(sources.index.subjects(target.indicator, sources.scope_of(target)))
    values = {name: sources.child_values(target, name) for name in names}
    return [_count_point(period, values, marks, sources, target) for period in _periods(values)]


def _count_point(
    period: Period,
    values: Mapping[str, Mapping[Period, SeriesValue]],
    marks: Mapping[str, Decimal],
    sources: Sources,
    target: Target,
) -> Point:
    parts: list[PartStatus] = []
    reads: list[ValueRead] = []
    for name, by_period in values.items():
        value = by_period.get(period)
        number = fraction(value.value) if value else None
        if value:
            reads.append(_read(sources, value))
        mark = marks.get(name)
        if mark is None and not sources.is_in_percent(target.indicator):
            reached = compares(number, "gt", Fraction(0))
        else:
            reached = compares(number, "ge", Fraction(100 if mark is None else mark))
        parts.append(PartStatus(name, mark, None if number is None else decimal_of(number), Outcome.of(reached)))
    certain = sum(part.outcome is Outcome.MET for part in parts)
    absent = tuple(part.name for part in parts if part.outcome is Outcome.UNDETERMINED)
    scale = Fraction(100, len(parts)) if target.unit.startswith("%") else Fraction(1)
    low, high = certain * scale, (certain + len(absent)) * scale
    return Point(period, low, absent, tuple(reads), tuple(parts), highest=high)


def _cascade(target: Target, sources: Sources) -> list[Point]:
    """The parent's own value, or the sum of its parts where it has none and every part has one."""
    own = {point.period: point for point in _plain(target, sources) if target.subject in _subjects(point)}
    values = {name: sources.child_values(target, name) for name, _ in target.children}
    periods = sorted({*own, *_periods(values)}, key=lambda period: period.end)
    return [_cascade_point(period, own.get(period), values, sources, target) for period in periods]


def _cascade_point(
    period: Period,
    own: Point | None,
    values: Mapping[str, Mapping[Period, SeriesValue]],
    sources: Sources,
    target: Target,
) -> Point:
    parts: list[PartStatus] = []
    reads: list[ValueRead] = []
    total = Fraction(0)
    for name, declared in target.children:
        goal = sources.child_goal(target, name, declared)
        value = values[name].get(period)
        number = None
        if value:
            reads.append(_read(sources, value))
            if value.value is not None:
                number = Fraction(value.value) * sources.child_factor(target, name)
                total += number
        outcome = Outcome.of(compares(number, target.comparison, goal))
        gap = None if number is None else decimal_of(shortfall(number, target.comparison, goal))
        parts.append(PartStatus(name, decimal_of(goal), None if number is None else decimal_of(number), outcome, gap))
    if own is not None and own.value is not None:
        return replace(own, reads=own.reads + tuple(reads), parts=tuple(parts))
    absent = tuple(part.name for part in parts if part.value is None)
    complete = all(_is_complete(v[period], sources) for v in values.values() if period in v)
    return Point(period, None if absent or not parts else total, absent, tuple(reads), tuple(parts), complete)


def _subjects(point: Point) -> set[str]:
    return {read.subject for read in point.reads}


def _is_complete(value: SeriesValue | None, sources: Sources) -> bool:
    share = value.completeness if value else None
    return share is None or share >= sources.least_completeness


def _by_period(values: Sequence[SeriesValue]) -> dict[Period, SeriesValue]:
    return {value.period: value for value in values}


def _periods(values: Mapping[str, Mapping[Period, SeriesValue]]) -> list[Period]:
    return sorted({period for by_period in values.values() for period in by_period}, key=lambda period: period.end)
