"""Every rule of the pack for every subject it can be asked of, as of the last day of each year."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from yuanzhi.engine.kernel.canonical import plain
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.pack import CompiledPack
from yuanzhi.engine.pack.model import Scalar
from yuanzhi.engine.records import Snapshot
from yuanzhi.engine.rules import Determinations, determine_all
from yuanzhi.engine.runs.facts import SUBJECT, facts_table, inputs_of
from yuanzhi.engine.runs.plan import RunPlan
from yuanzhi.engine.runs.results import DETERMINATIONS

SCOPE_ATTRIBUTES = ("territory", "tier", "kind", "name", "park")
"""Attributes that the scope of a rule may ask for beside its formulas."""


def determine_years(compiled: CompiledPack, snapshot: Snapshot, series: pa.Table, plan: RunPlan) -> pa.Table:
    """The determinations of every year, as rows of the result table."""
    tables = [
        rows_of(found, subject_type)
        for period in plan.periods
        for subject_type, rules in rules_by_subject(compiled, period.end).items()
        for found in _determined(compiled, snapshot, series, subject_type, rules, period, plan.threads)
    ]
    empty = DETERMINATIONS.schema.empty_table()
    return pa.concat_tables([empty, *tables])


def rules_by_subject(compiled: CompiledPack, day: date) -> dict[str, list[str]]:
    """The rules in force on a day that compiled, by the kind of subject they are asked of."""
    found: dict[str, list[str]] = {}
    for code, rule in compiled.composition.rules.items():
        if rule.validity.covers(day):
            found.setdefault(rule.subject, []).append(code)
    return found


def facts_of_rule(
    compiled: CompiledPack, snapshot: Snapshot, series: pa.Table, rule: str, day: date
) -> dict[str, Mapping[str, Scalar]]:
    """What a rule reads of every subject on a day."""
    declared = compiled.composition.rules[rule]
    names = {*inputs_of(compiled, f"rules/{rule}"), *SCOPE_ATTRIBUTES}
    table = facts_table(compiled, snapshot, series, declared.subject, Period.year(day.year), names)
    return {row.pop(SUBJECT): row for row in table.to_pylist()}


def _determined(
    compiled: CompiledPack, snapshot: Snapshot, series: pa.Table, subject_type: str, rules: list[str], period: Period,
    threads: int,
) -> Iterator[Determinations]:  # fmt: skip
    names = {name for rule in rules for name in inputs_of(compiled, f"rules/{rule}")} | set(SCOPE_ATTRIBUTES)
    facts = facts_table(compiled, snapshot, series, subject_type, period, names, threads=threads)
    if facts.num_rows:
        yield from determine_all(compiled, rules, facts, as_of=period.end, threads=threads).values()


def rows_of(found: Determinations, subject_type: str) -> pa.Table:
    """The determinations of one rule as rows; subjects the rule does not apply to are left out."""
    rows = []
    for row, raw in zip(found.table.to_pylist(), found.raw.to_pylist(), strict=True):
        if not row["applicable"] or row["outcome"] is None:
            continue
        gives = {name.removeprefix("gives."): value for name, value in row.items() if name.startswith("gives.")}
        rows.append(
            {
                "rule": found.rule,
                "subject_type": subject_type,
                "subject": row["subject"],
                "as_of": found.as_of.isoformat(),
                "outcome": row["outcome"],
                "effect": row["effect"] or "",
                "exception": row["exception"] or "",
                "gives": _json(gives) if any(value is not None for value in gives.values()) else "",
                "missing": ", ".join(found.missing_of(raw)),
                "met": raw["met"],
                "known": raw["known"],
                "basis": found.basis.value,
            }
        )
    return pa.Table.from_pylist(rows, DETERMINATIONS.schema)


def _json(value: Any) -> str:
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True)
