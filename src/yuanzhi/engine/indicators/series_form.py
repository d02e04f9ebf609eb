"""The form of a table of indicator values, and reading it by indicator, scope and subject."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.periods import Period

VALUE = pa.decimal128(38, 12)
COMPLETENESS = pa.decimal128(9, 6)
SERIES_SCHEMA = pa.schema(
    [
        ("indicator", pa.string()),
        ("scope", pa.string()),
        ("subject_type", pa.string()),
        ("subject", pa.string()),
        ("period", pa.string()),
        ("value", VALUE),
        ("raw", VALUE),
        ("reported", pa.int64()),
        ("expected", pa.int64()),
        ("completeness", COMPLETENESS),
        ("missing", pa.list_(pa.string())),
        ("basis", pa.string()),
        ("synthetic", pa.bool_()),
        ("mixed", pa.bool_()),
    ]
)
"""One row a value. ``raw`` is growth on the boundaries as they were, where ``value`` is on comparable ones.

``missing`` names at most ``SHOWN_MISSING`` subjects or facts; the number missing is ``expected - reported``.
A ``mixed`` row would have put real and synthetic records into one figure, so its value is withheld.
"""
ROW_KEY = ("indicator", "scope", "subject", "period")
SHOWN_MISSING = 20


@dataclass(frozen=True, slots=True)
class SeriesValue:
    """One value of a series as read back."""

    indicator: str
    scope: str
    subject: str
    period: Period
    value: Decimal | None
    reported: int | None = None
    expected: int | None = None
    missing: tuple[str, ...] = ()
    basis: Basis = Basis.STATED
    synthetic: bool = False
    mixed: bool = False

    @property
    def completeness(self) -> Decimal | None:
        """Reported over expected, or ``None`` where nothing is expected."""
        if not self.expected or self.reported is None:
            return None
        return Decimal(self.reported) / Decimal(self.expected)


@dataclass(frozen=True)
class SeriesIndex:
    """Values by (indicator, scope), then subject, in the order of periods."""

    values: Mapping[tuple[str, str], Mapping[str, Sequence[SeriesValue]]] = field(default_factory=dict)

    @classmethod
    def of(cls, table: pa.Table, indicators: Iterable[str] | None = None) -> SeriesIndex:
        """The table read into memory; with ``indicators`` only their rows."""
        if indicators is not None:
            names = pa.array(sorted(set(indicators)), pa.string())
            table = table.filter(pc.is_in(table["indicator"], value_set=names))
        found: dict[tuple[str, str], dict[str, list[SeriesValue]]] = {}
        for row in table.to_pylist():
            by_subject = found.setdefault((row["indicator"], row["scope"] or ""), {})
            by_subject.setdefault(row["subject"], []).append(_value_of(row))
        for by_subject in found.values():
            for values in by_subject.values():
                values.sort(key=lambda value: (value.period.end, value.period.start))
        return cls(found)

    def subjects(self, indicator: str, scope: str) -> Mapping[str, Sequence[SeriesValue]]:
        """The values of an indicator over a scope by subject."""
        return self.values.get((indicator, scope), {})

    def of_subject(self, indicator: str, scope: str, subject: str) -> Sequence[SeriesValue]:
        """One subject's values; without a subject, those of the only subject there is."""
        by_subject = self.subjects(indicator, scope)
        if not subject and len(by_subject) == 1:
            return next(iter(by_subject.values()))
        return by_subject.get(subject, ())


def series_table(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows as a series table in canonical order; columns a row leaves out are empty.

    >>> series_table([{"indicator": "x", "period": "2020", "value": Decimal(1)}]).num_rows
    1
    """
    defaults = {"scope": "", "subject_type": "", "subject": "", "basis": "stated", "synthetic": False, "mixed": False}
    filled = [{**defaults, "missing": [], **row} for row in rows]
    columns = {
        name: pa.array([row.get(name) for row in filled], type=SERIES_SCHEMA.field(name).type)
        for name in SERIES_SCHEMA.names
    }
    return in_order(pa.table(columns, schema=SERIES_SCHEMA))


def in_order(table: pa.Table) -> pa.Table:
    """The table in the order of its key."""
    order = pc.sort_indices(table, sort_keys=[(name, "ascending") for name in ROW_KEY])
    return table.take(order).combine_chunks()


def series_from_values(indicator: str, facts: Mapping[str, Any], *, scope: str = "", subject: str = "") -> pa.Table:
    """A series from values by period, or by period and subject, as the examples of a pack give them.

    >>> series_from_values("x", {"2014": 100, "2020": {"a": 1, "b": 2}}).num_rows
    3
    """
    rows: list[dict[str, Any]] = []
    for period, given in facts.items():
        by_subject = given if isinstance(given, Mapping) else {subject: given}
        for name, value in by_subject.items():
            exact = None if value is None else Decimal(str(value))
            row = {"indicator": indicator, "scope": scope, "subject": str(name), "period": str(period), "value": exact}
            rows.append(row)
    return series_table(rows)


def _value_of(row: Mapping[str, Any]) -> SeriesValue:
    return SeriesValue(
        indicator=row["indicator"],
        scope=row["scope"] or "",
        subject=row["subject"],
        period=Period.read(row["period"]),
        value=row["value"],
        reported=row["reported"],
        expected=row["expected"],
        missing=tuple(row["missing"] or ()),
        basis=Basis(row["basis"] or "stated"),
        synthetic=bool(row["synthetic"]),
        mixed=bool(row["mixed"]),
    )
