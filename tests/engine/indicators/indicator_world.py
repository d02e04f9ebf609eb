"""Small packs and snapshots for indicator and target tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from yuanzhi.engine.indicators import compute_series
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.kernel.problems import Severity
from yuanzhi.engine.pack import CompiledPack, compile_pack, compose, read_pack
from yuanzhi.engine.records import Event, EventKind, Part, Register, Snapshot

HEAD = """
pack:
  code: small
  version: "1"
  title: {zh: 小包, en: A small pack}
  issuer: {zh: 示例厅, en: Department of Examples}
  region: "630000"
  in_force: {from: 2010-01-01}
clauses:
  "1": {label: 第一条, text: {zh: 说明。, en: Text.}}
units:
  元: {dimension: money, factor: 1}
  万元: {dimension: money, factor: 10000}
  亿元: {dimension: money, factor: 100000000}
  亩: {dimension: area, factor: 2000/3}
  公顷: {dimension: area, factor: 10000}
  家: {dimension: "1", factor: 1}
  吨: {dimension: mass, factor: 1}
  "%": {dimension: "1", factor: 1/100}
"""


def compiled_pack(folder: Path, text: str) -> CompiledPack:
    """The pack written in the text, compiled; fails the test where it has errors."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(HEAD + text, encoding="utf-8")
    reading = read_pack(folder)
    assert reading.pack is not None, [problem.text("en") for problem in reading.problems]
    compiled = compile_pack(compose([reading.pack]))
    problems = (*reading.problems, *compiled.composition.problems, *compiled.problems)
    errors = [problem.text("en") for problem in problems if problem.severity is Severity.ERROR]
    assert not errors, errors
    return compiled


def registered(subject_type: str, subject: str, on: str = "2015-01-01", **values: Any) -> Event:
    """A subject entered in the register."""
    day = date.fromisoformat(on)
    return Event(
        event=EventKind.REGISTERED, subject=subject, subject_type=subject_type, valid=day, recorded=day, values=values
    )


def merged(subject: str, into: str, on: str) -> Event:
    day = date.fromisoformat(on)
    return Event(
        event=EventKind.MERGED, subject=subject, subject_type="park", valid=day, recorded=day, into=(Part(into),)
    )


def split(subject: str, into: Mapping[str, str], on: str) -> Event:
    day = date.fromisoformat(on)
    parts = tuple(Part(code, Decimal(share)) for code, share in into.items())
    return Event(event=EventKind.SPLIT, subject=subject, subject_type="park", valid=day, recorded=day, into=parts)


def moved(subject: str, on: str, **values: Any) -> Event:
    day = date.fromisoformat(on)
    return Event(
        event=EventKind.MOVED, subject=subject, subject_type="enterprise", valid=day, recorded=day, values=values
    )


def closed(subject: str, on: str, subject_type: str = "enterprise") -> Event:
    day = date.fromisoformat(on)
    return Event(event=EventKind.CLOSED, subject=subject, subject_type=subject_type, valid=day, recorded=day)


def snapshot_of(
    compiled: CompiledPack, events: Iterable[Event], rows: Mapping[str, Iterable[Mapping[str, Any]]]
) -> Snapshot:
    forms = compiled.composition.forms
    return Snapshot.of_rows(forms, rows, Register.of(list(events)))


def series_of(
    compiled: CompiledPack, snapshot: Snapshot, *periods: str, as_of: date = date(2020, 12, 31), **more: Any
) -> pa.Table:
    return compute_series(compiled, snapshot, periods=[Period.read(p) for p in periods], as_of=as_of, **more)


def values(table: pa.Table, indicator: str, column: str = "value", scope: str | None = None) -> dict[str, Any]:
    """A column of one indicator by ``subject/period``."""
    found = {}
    for row in table.to_pylist():
        if row["indicator"] == indicator and (scope is None or row["scope"] == scope):
            value = row[column]
            found[f"{row['subject']}/{row['period']}"] = plain(value) if isinstance(value, Decimal) else value
    return found


def plain(value: Decimal) -> str:
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
