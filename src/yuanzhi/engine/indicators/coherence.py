"""Whether targets fit together: parts and wholes both ways, what some imply for others, later and earlier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from yuanzhi.engine.formulas import Name, NumberType, Scope, compile_formula, evaluate
from yuanzhi.engine.indicators.comparing import WORDS, compares, shortfall
from yuanzhi.engine.indicators.series_form import SeriesIndex
from yuanzhi.engine.indicators.target_points import Point, Sources, points_of
from yuanzhi.engine.indicators.target_reasons import number
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.problems import Problem, Severity, listed
from yuanzhi.engine.kernel.quantities import ONE, decimal_of
from yuanzhi.engine.pack.model import Target, TargetKind

if TYPE_CHECKING:
    import pyarrow as pa

    from yuanzhi.engine.pack import CompiledPack

_SCALE = 12


@dataclass(frozen=True, slots=True)
class CoherenceFinding:
    """Two figures that should agree and do not.

    Attributes:
        target: The target's code.
        kind: The code of the problem.
        stated: What the target says, in its unit.
        found: What the other targets or values come to.
        difference: How far apart they are.
        basis: Chosen where the reckoning rests on a chosen parameter.
        problem: The finding in words, a warning: a person decides which figure is wrong.
    """

    target: str
    kind: str
    stated: Decimal | None
    found: Decimal | None
    difference: Decimal | None
    problem: Problem
    basis: Basis = Basis.STATED


def check_coherence(
    compiled: CompiledPack, *, as_of: date, series: pa.Table | None = None
) -> tuple[CoherenceFinding, ...]:
    """Where the targets of a pack do not fit together.

    Cascades are added up both ways: the goals of the parts against the goal of the whole, and with a ``series`` the
    values of the parts against the value of the whole.

    Args:
        compiled: The pack with its formulas.
        as_of: The day whose parameters count.
        series: Indicator values; without them only goals are compared.
    """
    index = SeriesIndex.of(series) if series is not None else SeriesIndex()
    composition = compiled.composition
    sources = Sources(composition.indicators, composition.targets, composition.unit_system, index, Decimal(0))
    checker = _Checker(compiled, sources, as_of)
    return tuple(
        finding for code in sorted(composition.targets) for finding in checker.check(composition.targets[code])
    )


@dataclass(frozen=True)
class _Checker:
    compiled: CompiledPack
    sources: Sources
    as_of: date

    def check(self, target: Target) -> Iterator[CoherenceFinding]:
        if target.kind is TargetKind.CASCADE:
            yield from self._goals_of_parts(target)
            yield from self._values_of_parts(target)
        if target.kind is TargetKind.STRUCTURE:
            yield from self._structure(target)
        if target.implied_by:
            yield from self._implied(target)
        yield from self._earlier(target)

    # cascades

    def _goals_of_parts(self, target: Target) -> Iterator[CoherenceFinding]:
        for child, declared in target.children:
            own = self.sources.child_goal(target, child, declared)
            if own != declared:
                words = [number(declared), number(decimal_of(own))]
                yield self._finding(
                    target,
                    "targets.child_differs",
                    Fraction(declared),
                    own,
                    child=child,
                    declared=words[0],
                    own=words[1],
                )
        goals = [self.sources.child_goal(target, child, declared) for child, declared in target.children]
        total = sum(goals, Fraction(0))
        if target.value is not None and goals and total != target.value:
            parts = [
                f"{name} {number(decimal_of(goal))}" for (name, _), goal in zip(target.children, goals, strict=True)
            ]
            yield self._finding(target, "targets.cascade_mismatch", Fraction(target.value), total, parts=listed(parts))

    def _values_of_parts(self, target: Target) -> Iterator[CoherenceFinding]:
        for point in points_of(target, self.sources):
            values = [part.value for part in point.parts]
            if point.value is None or None in values or not self._has_own_value(target, point):
                continue
            total = sum((Fraction(value) for value in values if value is not None), Fraction(0))
            if total != point.value:
                yield self._finding(target, "targets.values_mismatch", point.value, total, period=str(point.period))

    def _has_own_value(self, target: Target, point: Point) -> bool:
        own = (target.indicator, target.subject)
        return any((read.indicator, read.subject) == own for read in point.reads)

    def _structure(self, target: Target) -> Iterator[CoherenceFinding]:
        total = sum((Fraction(share) for _, share in target.children), Fraction(0))
        if target.children and total != 100:
            parts = [f"{name} {number(share)}" for name, share in target.children]
            yield self._finding(target, "targets.structure_sum", Fraction(100), total, parts=listed(parts))

    # what other targets imply

    def _implied(self, target: Target) -> Iterator[CoherenceFinding]:
        composition = self.compiled.composition
        place = composition.place(f"targets/{target.code}/implied_by")
        unit = self.sources.unit(target.unit) or ONE
        made = compile_formula(target.implied_by, self._scope(), expects=NumberType(unit, _SCALE), place=place)
        if made.formula is None:
            for problem in made.problems:
                yield CoherenceFinding(target.code, problem.code, target.value, None, None, problem)
            return
        facts = {code: composition.targets[code].value for code in made.formula.inputs}
        parameters = self.compiled.parameters_on(self.as_of)
        implied = evaluate(made.formula, facts, parameters)
        basis = self.compiled.basis_of(made.formula, self.as_of)
        if not isinstance(implied, Fraction):
            absent = [code for code, value in facts.items() if value is None]
            absent += [f"p.{code}" for code in made.formula.parameters if parameters.get(code) is None]
            names = listed(sorted(absent))
            yield self._finding(target, "targets.implied_unknown", None, None, basis=basis, names=names)
            return
        if target.value is None or compares(implied, target.comparison, Fraction(target.value)):
            return
        word = WORDS[target.comparison]
        short = number(decimal_of(shortfall(implied, target.comparison, Fraction(target.value))))
        yield self._finding(
            target,
            "targets.implied_short",
            Fraction(target.value),
            implied,
            basis=basis,
            implied=number(decimal_of(implied)),
            word=f"{word[0]} ({word[1]})",
            difference=short,
        )

    def _scope(self) -> Scope:
        """Targets by code, each in its unit, and the parameters."""
        composition = self.compiled.composition
        names = {
            code: Name(code, NumberType(self.sources.unit(own.unit) or ONE, _SCALE), own.label, "result")
            for code, own in composition.targets.items()
        }
        parameters = {code: name for code, name in self.compiled.scopes.of("").names.items() if code.startswith("p.")}
        return Scope({**parameters, **names}, composition.unit_system)

    # time

    def _earlier(self, target: Target) -> Iterator[CoherenceFinding]:
        """A later target of the same series that asks for less than an earlier one."""
        if target.value is None or target.year is None or target.kind not in (TargetKind.ABSOLUTE, TargetKind.SHARE):
            return
        for other in self.sources.targets.values():
            if not self._is_same_series(target, other) or other.value is None or other.year is None:
                continue
            if other.year < target.year and _is_laxer(target, other):
                yield self._finding(
                    target,
                    "targets.steps_back",
                    Fraction(target.value),
                    Fraction(other.value),
                    year=str(target.year),
                    earlier=other.code,
                    earlier_year=str(other.year),
                    earlier_goal=number(other.value),
                )

    def _is_same_series(self, one: Target, other: Target) -> bool:
        series = [(t.indicator, self.sources.scope_of(t), t.subject, t.kind, t.unit) for t in (one, other)]
        return one.code != other.code and series[0] == series[1]

    def _finding(
        self,
        target: Target,
        code: str,
        stated: Fraction | None,
        found: Fraction | None,
        *,
        basis: Basis = Basis.STATED,
        **values: str,
    ) -> CoherenceFinding:
        difference = None if stated is None or found is None else decimal_of(abs(stated - found))
        shown = {
            "target": target.code,
            "unit": target.unit,
            "goal": number(target.value) if target.value is not None else "",
            "value": number(decimal_of(stated)) if stated is not None else "",
            "total": number(decimal_of(found)) if found is not None else "",
            "difference": number(difference) if difference is not None else "",
            **values,
        }
        place = self.compiled.composition.place(f"targets/{target.code}")
        return CoherenceFinding(
            target=target.code,
            kind=code,
            stated=None if stated is None else decimal_of(stated),
            found=None if found is None else decimal_of(found),
            difference=difference,
            problem=Problem(code, place, shown, Severity.WARNING),
            basis=basis,
        )


def _is_laxer(later: Target, earlier: Target) -> bool:
    if later.comparison in ("ge", "gt") and earlier.comparison in ("ge", "gt"):
        return (later.value or 0) < (earlier.value or 0)
    if later.comparison in ("le", "lt") and earlier.comparison in ("le", "lt"):
        return (later.value or 0) > (earlier.value or 0)
    return False
