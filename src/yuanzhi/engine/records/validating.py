"""A form's own checks (审核关系) and bounds applied to its rows, exactly, all rows at once.

A check is three-valued: where a fact it needs is missing it says nothing, since missing is not wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from yuanzhi.engine.formulas import Formula, emit_condition
from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.kernel.problems import Place, Problem, Severity
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.model import Form, Item, Validation
from yuanzhi.engine.records.importing import ImportResult
from yuanzhi.engine.records.returns import KEYS, ReturnStatus
from yuanzhi.engine.records.snapshots import literal, quoted

MOST_FINDINGS = 1000
"""Rows named for one check and form; a check that fails more often is wrong itself or its data are."""


@dataclass(frozen=True)
class Failure:
    """A row that fails a check: its number in the table, and the finding."""

    row: int
    problem: Problem


def validate_rows(compiled: CompiledPack, form: Form, rows: Path | pa.Table, *, file: str = "") -> tuple[Failure, ...]:
    """Apply every bound and check of a form to its rows; parameters are those of the last day of each row's period.

    Args:
        compiled: The packs, compiled.
        form: The form.
        rows: A table of the form, or a Parquet file of which accepted rows are checked.
        file: What findings call the file.

    Returns:
        The failures in the order of checks and rows. A check that did not compile is left out; the
        pack's own problems say so.
    """
    failures: list[Failure] = []
    with duckdb.connect(config={"threads": 2}) as connection:
        names = _attach(connection, form, rows)
        for item in form.items.values():
            if item.type == "number" and (item.least is not None or item.most is not None):
                failures.extend(_beyond(connection, item, file))
        days = [row[0] for row in connection.execute("select distinct period_end from rows order by 1").fetchall()]
        for at, check in enumerate(form.validations):
            formula = compiled.formulas.get(f"forms/{form.code}/validations/{at}/check")
            if formula is not None and formula.inputs <= names:
                failures.extend(_failures(connection, compiled, (check, formula), days, file))
    return tuple(failures)


def with_checks(result: ImportResult, compiled: CompiledPack, form: Form) -> ImportResult:
    """An import with the form's checks applied: rows that fail one wait for a person.

    Accepted rows become submitted; the findings of the checks are added.
    """
    failures = validate_rows(compiled, form, result.rows)
    failed = {failure.row for failure in failures}
    statuses = [
        str(ReturnStatus.SUBMITTED) if at in failed and status == ReturnStatus.ACCEPTED else status
        for at, status in enumerate(result.rows["status"].to_pylist())
    ]
    place = result.rows.schema.get_field_index("status")
    rows = result.rows.set_column(place, "status", pa.array(statuses, pa.string()))
    return replace(result, rows=rows, findings=(*result.findings, *(failure.problem for failure in failures)))


def _attach(connection: duckdb.DuckDBPyConnection, form: Form, rows: Path | pa.Table) -> frozenset[str]:
    """Make the view ``rows`` with a column for each item of the form; give the names formulas may use."""
    if isinstance(rows, pa.Table):
        connection.register("given", rows.append_column("row_no", pa.array(range(rows.num_rows), pa.int64())))
        present, source = set(rows.schema.names), "given"
    else:
        present = set(pq.read_schema(rows).names)
        numbered = f"read_parquet({literal(str(rows))}, file_row_number = true)"
        source = f"(select *, file_row_number as row_no from {numbered} where status = 'accepted')"
    columns = [quoted(name) for name in (*KEYS, "row_no")]
    columns += [quoted(code) if code in present else f"null as {quoted(code)}" for code in form.items]
    connection.execute(f"create temp view rows as select {', '.join(columns)} from {source}")
    return frozenset(form.items)


def _beyond(connection: duckdb.DuckDBPyConnection, item: Item, file: str) -> Iterator[Failure]:
    """The rows in which an item lies outside the bounds its form declares."""
    name = quoted(item.code)
    sides = [
        f"{name} {sign} {decimal_text(bound)}"
        for sign, bound in (("<", item.least), (">", item.most))
        if bound is not None
    ]
    shown = f"row_no, subject, period, {name}"
    sql = f"select {shown} from rows where {' or '.join(sides)} order by row_no limit {MOST_FINDINGS}"
    for row, subject, period, value in connection.execute(sql).fetchall():
        said = {
            "item": item.code, "value": _shown(value), "text": _shown(value),
            "least": decimal_text(item.least) if item.least is not None else "−∞",
            "most": decimal_text(item.most) if item.most is not None else "∞",
        }  # fmt: skip
        place = Place(file=file, line=row + 1, path=f"{subject}/{period}/{item.code}")
        yield Failure(row, Problem("records.out_of_bounds", place, said, Severity.ERROR))


def _failures(
    connection: duckdb.DuckDBPyConnection,
    compiled: CompiledPack,
    checked: tuple[Validation, Formula],
    days: Sequence[date],
    file: str,
) -> Iterator[Failure]:
    """The rows that fail one check."""
    check, formula = checked
    inputs = sorted(formula.inputs)
    shown = ", ".join(["row_no", "subject", "period", *(quoted(name) for name in inputs)])
    conditions = {day: emit_condition(formula, compiled.parameters_on(day), "duckdb") for day in days}
    if not conditions:
        return
    if len(set(conditions.values())) == 1:
        wrong = f"({next(iter(conditions.values()))}) = false"
    else:
        wrong = " or ".join(f"(period_end = date '{day}' and ({sql}) = false)" for day, sql in conditions.items())
    sql = f"select {shown} from rows where {wrong} order by row_no limit {MOST_FINDINGS}"
    for row, subject, period, *values in connection.execute(sql).fetchall():
        facts = ", ".join(f"{name} = {_shown(value)}" for name, value in zip(inputs, values, strict=True))
        said = {
            "subject": subject, "period": period, "check": check.label.zh or check.check, "formula": check.check,
            "facts": facts,
        }  # fmt: skip
        severity = Severity.ERROR if check.severity == "error" else Severity.WARNING
        place = Place(file=file, line=row + 1, path=f"{subject}/{period}")
        yield Failure(row, Problem("import.check_failed", place, said, severity))


def _shown(value: Any) -> str:
    return "—" if value is None else decimal_text(value) if isinstance(value, Decimal) else str(value)
