"""Formula indicators over a view: by the interpreter for few subjects, by one query for many.

Both give the same values. A query of exact decimals takes the database far longer to plan than a few
hundred subjects take to compute.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from yuanzhi.engine.formulas import Formula, emit_value, evaluate
from yuanzhi.engine.indicators.facts import View, literal, quoted
from yuanzhi.engine.indicators.figures import Figure, rounded
from yuanzhi.engine.indicators.plan import Node
from yuanzhi.engine.indicators.series_form import SHOWN_MISSING
from yuanzhi.engine.pack.model import Scalar

FEW = 400
"""Up to so many subjects the interpreter is the faster way."""
STRUCT = ("value", "raw", "reported", "expected", "missing", "synthetic", "real")


@dataclass(frozen=True)
class Asked:
    """One formula to compute, and the set its subjects must be in, as a table's name or as members; empty for all."""

    node: Node
    formula: Formula
    set_table: str = ""
    members: frozenset[str] = frozenset()


def computed(
    asked: Sequence[Asked], view: View, rows: Iterable[Mapping[str, Any]], parameters: Mapping[str, Scalar]
) -> dict[Node, dict[str, Figure]]:
    """Every formula for every row of a view, by the interpreter."""
    found: dict[Node, dict[str, Figure]] = {own.node: {} for own in asked}
    for row in rows:
        for own in asked:
            if own.set_table and row["subject"] not in own.members:
                continue
            found[own.node][row["subject"]] = _figure(own.formula, view, row, parameters)
    return found


def _figure(formula: Formula, view: View, row: Mapping[str, Any], parameters: Mapping[str, Scalar]) -> Figure:
    value = evaluate(formula, row, parameters)
    own = [name for name in sorted(formula.inputs) if name not in view.results]
    results = [name for name in sorted(formula.inputs) if name in view.results]
    missing = {name for name in own if row[name] is None}
    for name in results:
        named = row[f"missing.{name}"] or ()
        missing |= set(named) if named or row[name] is not None else {name}
    marks = [row[mark] for mark in view.form_marks(own)]
    return Figure(
        value=rounded(value) if isinstance(value, Fraction) else None,
        reported=sum(row[name] is not None for name in own) + sum(row[f"reported.{name}"] or 0 for name in results),
        expected=len(own) + sum(_expected(row[f"expected.{name}"]) for name in results),
        missing=tuple(sorted(missing)[:SHOWN_MISSING]),
        synthetic=True in marks or any(row[f"synthetic.{name}"] for name in results),
        real=False in marks or any(row[f"real.{name}"] for name in results),
    )


def _expected(count: int | None) -> int:
    return 1 if count is None else count


def computing_sql(asked: Sequence[Asked], view: View, parameters: Mapping[str, Scalar]) -> str:
    """The same as one query: for each formula and subject ``indicator``, ``scope`` and the columns of ``STRUCT``."""
    values = ", ".join(_struct(own, view, parameters) for own in asked)
    fields = ", ".join(f"found.{name}" for name in STRUCT)
    return (
        f"select found.indicator, found.scope, subject, {fields} "
        f"from (select subject, unnest([{values}]) as found from ({view.sql})) where found.indicator is not null"
    )


def _struct(asked: Asked, view: View, parameters: Mapping[str, Scalar]) -> str:
    own = [name for name in sorted(asked.formula.inputs) if name not in view.results]
    results = [name for name in sorted(asked.formula.inputs) if name in view.results]
    indicator = literal(asked.node.indicator)
    if asked.set_table:
        indicator = f"case when subject in (select subject from {asked.set_table}) then {indicator} end"
    reported = [f"({quoted(name)} is not null)::bigint" for name in own]
    reported += [f"coalesce({quoted('reported.' + name)}, 0)" for name in results]
    expected = [f"coalesce({quoted('expected.' + name)}, 1)" for name in results]
    synthetic = [f"coalesce({mark}, false)" for mark in view.synthetic_marks(own)]
    synthetic += [f"coalesce({quoted('synthetic.' + name)}, false)" for name in results]
    real = [f"coalesce(not {mark}, false)" for mark in view.synthetic_marks(own)]
    real += [f"coalesce({quoted('real.' + name)}, false)" for name in results]
    return (
        f"{{indicator: {indicator}, scope: {literal(asked.node.scope)}, "
        f"value: try_cast({emit_value(asked.formula, parameters)} as decimal(38,12)), "
        f"raw: cast(null as decimal(38,12)), reported: ({' + '.join(reported) or '0'})::bigint, "
        f"expected: ({' + '.join([str(len(own)), *expected])})::bigint, missing: {_missing(own, results)}, "
        f"synthetic: {' or '.join(synthetic) or 'false'}, real: {' or '.join(real) or 'false'}}}"
    )


def _missing(own: Sequence[str], results: Sequence[str]) -> str:
    lists = [f"case when {quoted(name)} is null then [{literal(name)}] else [] end" for name in own]
    lists += [
        f"case when len(coalesce({quoted('missing.' + name)}, [])) > 0 then {quoted('missing.' + name)} "
        f"when {quoted(name)} is null then [{literal(name)}] else [] end"
        for name in results
    ]
    if not lists:
        return "[]::varchar[]"
    return f"list_slice(list_sort(list_distinct(list_concat([]::varchar[], {', '.join(lists)}))), 1, {SHOWN_MISSING})"
