"""Each scheme of the pack for each year: the matrix from the series, the assessment, its certainty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from yuanzhi.engine.assessment import Assessment, Matrix, assess
from yuanzhi.engine.assessment.framework import groupings_read, indicators_read, years_read
from yuanzhi.engine.assessment.uncertainty import Spread, quantify_uncertainty
from yuanzhi.engine.indicators.series import set_members
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.kernel.problems import Problem, ProblemsError, Severity, listed, nearest
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.model import Scalar
from yuanzhi.engine.pack.scheme_model import Scheme
from yuanzhi.engine.records.snapshots import Snapshot
from yuanzhi.engine.runs.facts import SUBJECT, facts_table, inputs_of
from yuanzhi.engine.runs.plan import RunPlan


@dataclass(frozen=True, eq=False)
class YearAssessment:
    """One scheme in one year, with the spread of ranks and grades where it was asked for."""

    scheme: Scheme
    period: Period
    assessment: Assessment
    spread: Spread | None


def schemes_to_run(compiled: CompiledPack, plan: RunPlan, data_subjects: frozenset[str]) -> tuple[Scheme, ...]:
    """The schemes asked for, or all that are complete, in force and about subjects there are.

    Raises:
        ProblemsError: A scheme asked for is not declared.
    """
    declared = compiled.composition.schemes
    if unknown := [code for code in plan.schemes if code not in declared]:
        raise ProblemsError(
            Problem("assessment.scheme_unknown", values={"scheme": code, "nearest": nearest(code, declared)})
            for code in unknown
        )
    if plan.schemes:
        return tuple(declared[code] for code in plan.schemes)
    return tuple(own for own in declared.values() if own.subject in data_subjects and not own.missing_parts)


def years_needed(compiled: CompiledPack, plan: RunPlan) -> tuple[Period, ...]:
    """The years of the plan, those before that bases of its schemes are taken from, and the base years of targets."""
    composition = compiled.composition
    backs = {0} | {back for scheme in composition.schemes.values() for back in years_read(scheme)}
    wanted = {year - back for year in plan.years for back in backs}
    wanted |= {target.base_year for target in composition.targets.values() if target.base_year}
    return tuple(Period.year(year) for year in sorted(wanted))


def assess_years(
    compiled: CompiledPack, snapshot: Snapshot, series: pa.Table, plan: RunPlan, problems: list[Problem]
) -> tuple[YearAssessment, ...]:
    """Assess every scheme in every year of the plan; what cannot be assessed is said in ``problems``."""
    subjects = frozenset(series["subject_type"].unique().to_pylist())
    for scheme in compiled.composition.schemes.values():
        if scheme.missing_parts and not plan.schemes:
            values = {"scheme": scheme.code, "parts": listed(part.zh for part in scheme.missing_parts)}
            problems.append(Problem("run.scheme_incomplete", scheme.place, values, Severity.NOTE))
    done = []
    for scheme in schemes_to_run(compiled, plan, subjects):
        done += list(_years(compiled, snapshot, series, plan, scheme, problems))
    return tuple(done)


def _years(
    compiled: CompiledPack, snapshot: Snapshot, series: pa.Table, plan: RunPlan, scheme: Scheme, problems: list[Problem]
) -> Iterator[YearAssessment]:
    for period in plan.periods:
        if not scheme.validity.covers(period.end):
            continue
        matrix, facts = _matrix(compiled, snapshot, series, scheme, period)
        if not matrix.units:
            values = {"scheme": scheme.code, "period": str(period)}
            problems.append(Problem("run.scheme_without_data", scheme.place, values, Severity.WARNING))
            continue
        earlier = {
            back: _matrix(compiled, snapshot, series, scheme, Period.year(period.start.year - back))[0]
            for back in years_read(scheme)
        }
        assessment = assess(
            compiled,
            scheme.code,
            matrix,
            parameters=compiled.parameters_on(period.end),
            facts_by_unit=facts,
            earlier=earlier,
        )
        problems.extend(assessment.problems)
        # Only the last year is still to be decided; certainty of earlier years changes nothing any more.
        asked = plan.uncertainty and period == plan.periods[-1] and scheme.grades is not None
        spread = quantify_uncertainty(assessment) if asked and not assessment.refused else None
        yield YearAssessment(scheme, period, assessment, spread)


def _matrix(
    compiled: CompiledPack, snapshot: Snapshot, series: pa.Table, scheme: Scheme, period: Period
) -> tuple[Matrix, Mapping[str, Mapping[str, Scalar]]]:
    indicators, groups = sorted(indicators_read(scheme)), sorted(groupings_read(scheme))
    names = {*indicators, *groups, *inputs_of(compiled, f"schemes/{scheme.code}")}
    table = facts_table(compiled, snapshot, series, scheme.subject, period, names)
    rows: dict[str, dict[str, Any]] = {row.pop(SUBJECT): row for row in table.to_pylist()}
    if scheme.population:
        population = set_members(compiled, snapshot, scheme.population, period=period, as_of=period.end)
        rows = {subject: row for subject, row in rows.items() if subject in population}
    values: dict[str, dict[str, Decimal | None]] = {
        subject: {name: row[name] for name in indicators} for subject, row in rows.items()
    }
    placed = {name: {subject: str(row[name] or "") for subject, row in rows.items()} for name in groups}
    return Matrix.of(values, indicators=indicators, groups=placed), rows
