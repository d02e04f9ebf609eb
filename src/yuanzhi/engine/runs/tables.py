"""What the steps of a run came to, gathered into its result tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from yuanzhi.engine.indicators import TargetStatus
from yuanzhi.engine.kernel.problems import Problem, Severity, listed
from yuanzhi.engine.runs import results as forms
from yuanzhi.engine.runs.assessing import YearAssessment
from yuanzhi.engine.runs.results import Results, ordered, table_of
from yuanzhi.engine.runs.score_rows import grade_rows, score_rows


def gather(
    series: pa.Table,
    targets: Iterable[TargetStatus],
    determinations: pa.Table,
    assessments: Sequence[YearAssessment],
    proposals: Iterable[dict[str, Any]],
    problems: Iterable[Problem],
) -> Results:
    """The tables of a run in canonical form."""
    found = [*problems, *_mixed(series)]
    return Results(
        {
            "series": series_rows(series),
            "targets": table_of(forms.TARGETS, [_target_row(status) for status in targets]),
            "determinations": ordered(forms.DETERMINATIONS, determinations),
            "scores": table_of(forms.SCORES, [row for year in assessments for row in score_rows(year)]),
            "grades": table_of(forms.GRADES, [row for year in assessments for row in grade_rows(year)]),
            "proposals": table_of(forms.PROPOSALS, list(proposals)),
            "findings": table_of(forms.FINDINGS, [_finding_row(problem) for problem in found]),
        }
    )


def series_rows(series: pa.Table) -> pa.Table:
    """The series with its list of missing subjects as text, in the form of results."""
    missing = pc.binary_join(series["missing"], ", ")
    at = series.schema.get_field_index("missing")
    return ordered(forms.SERIES, series.set_column(at, "missing", missing))


def _target_row(status: TargetStatus) -> dict[str, Any]:
    return {
        "target": status.target.code,
        "subject": status.target.subject,
        "as_of": status.as_of.isoformat(),
        "outcome": status.outcome.value,
        "is_due": status.is_due,
        "value": status.value,
        "goal": status.goal,
        "gap": status.gap,
        "expected_today": status.expected_today,
        "growth_needed": status.growth_needed,
        "needed_unit": status.needed_unit,
        "forecast": status.forecast,
        "period": status.period,
        "basis": status.basis.value,
        "synthetic": status.is_synthetic,
        "missing": listed(status.missing),
    }


def _finding_row(problem: Problem) -> dict[str, Any]:
    return {
        "severity": problem.severity.value,
        "code": problem.code,
        "place": str(problem.place),
        "text": problem.text("zh"),
        "text_en": problem.text("en"),
    }


def _mixed(series: pa.Table) -> list[Problem]:
    own = series.filter(pc.fill_null(series["mixed"], False))
    if not own.num_rows:
        return []
    names = sorted(set(own["indicator"].to_pylist()))
    return [
        Problem(
            "run.mixed_origin", values={"count": str(own.num_rows), "names": listed(names)}, severity=Severity.WARNING
        )
    ]
