"""The tables a run leaves, with one canonical form so that equal results have equal hashes.

Every table has plain columns only (text, decimals, whole numbers, truth values, days) and a key;
rows stand in the order of the key. The hash is over the rows as text, not over Parquet bytes,
which differ between writer versions.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

SCORE_PLACES = 12
"""Scores are kept to twelve places: far below any difference that decides, far above noise of the last bit."""

NUMBER = pa.decimal128(38, SCORE_PLACES)
_TEXT = pa.string()
_FLAG = pa.bool_()
_COUNT = pa.int64()


@dataclass(frozen=True)
class TableForm:
    """A result table: its columns in order and the columns that tell rows apart."""

    name: str
    schema: pa.Schema
    key: tuple[str, ...]


def _form(name: str, key: str, columns: Iterable[tuple[str, pa.DataType]]) -> TableForm:
    return TableForm(name, pa.schema(list(columns)), tuple(key.split()))


SERIES = _form(
    "series",
    "indicator scope subject period",
    [
        ("indicator", _TEXT), ("scope", _TEXT), ("subject_type", _TEXT), ("subject", _TEXT), ("period", _TEXT),
        ("value", NUMBER), ("raw", NUMBER), ("reported", _COUNT), ("expected", _COUNT), ("completeness", NUMBER),
        ("missing", _TEXT), ("basis", _TEXT), ("synthetic", _FLAG), ("mixed", _FLAG),
    ],
)  # fmt: skip
TARGETS = _form(
    "targets",
    "target subject as_of",
    [
        ("target", _TEXT), ("subject", _TEXT), ("as_of", _TEXT), ("outcome", _TEXT), ("is_due", _FLAG),
        ("value", NUMBER),
        ("goal", NUMBER), ("gap", NUMBER), ("expected_today", NUMBER), ("growth_needed", NUMBER),
        ("needed_unit", _TEXT), ("forecast", NUMBER),
        ("period", _TEXT), ("basis", _TEXT), ("synthetic", _FLAG), ("missing", _TEXT),
    ],
)  # fmt: skip
DETERMINATIONS = _form(
    "determinations",
    "rule subject as_of",
    [
        ("rule", _TEXT), ("subject_type", _TEXT), ("subject", _TEXT), ("as_of", _TEXT), ("outcome", _TEXT),
        ("effect", _TEXT), ("exception", _TEXT), ("gives", _TEXT), ("missing", _TEXT), ("met", _COUNT),
        ("known", _COUNT), ("basis", _TEXT),
    ],
)  # fmt: skip
"""``met`` and ``known`` hold a bit for each condition of the rule; ``explain`` puts them into words."""
SCORES = _form(
    "scores",
    "scheme period subject node",
    [
        ("scheme", _TEXT), ("period", _TEXT), ("subject", _TEXT), ("node", _TEXT), ("parent", _TEXT),
        ("value", NUMBER), ("reference", NUMBER), ("score", NUMBER), ("weight", NUMBER), ("contribution", NUMBER),
        ("note", _TEXT),
    ],
)  # fmt: skip
GRADES = _form(
    "grades",
    "scheme period subject",
    [
        ("scheme", _TEXT), ("period", _TEXT), ("subject", _TEXT), ("group", _TEXT), ("score", NUMBER),
        ("rank", _COUNT), ("ranked", _COUNT), ("grade", _TEXT), ("decided_by", _TEXT), ("certainty", NUMBER),
        ("basis", _TEXT), ("note", _TEXT),
    ],
)  # fmt: skip
PROPOSALS = _form(
    "proposals",
    "machine subject as_of",
    [
        ("machine", _TEXT), ("subject", _TEXT), ("as_of", _TEXT), ("state", _TEXT), ("before", _TEXT),
        ("effects", _TEXT), ("deadline", _TEXT), ("reasons", _TEXT), ("forecast", _TEXT), ("counters", _TEXT),
        ("certainty", NUMBER), ("basis", _TEXT),
    ],
)  # fmt: skip
FINDINGS = _form(
    "findings",
    "severity code place text",
    [("severity", _TEXT), ("code", _TEXT), ("place", _TEXT), ("text", _TEXT), ("text_en", _TEXT)],
)
FORMS: tuple[TableForm, ...] = (SERIES, TARGETS, DETERMINATIONS, SCORES, GRADES, PROPOSALS, FINDINGS)


@dataclass(frozen=True)
class Results:
    """The tables of one run by name."""

    tables: Mapping[str, pa.Table] = field(default_factory=dict)

    def digests(self) -> dict[str, str]:
        """The hash of each table."""
        return {name: table_digest(table) for name, table in sorted(self.tables.items())}

    def __getitem__(self, name: str) -> pa.Table:
        return self.tables[name]


def table_of(form: TableForm, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table of the form, in the order of its key; numbers to twelve places, half to even.

    Raises:
        ValueError: Two rows have the same key.
    """
    columns = {
        column.name: pa.array([_as(row.get(column.name), column.type) for row in rows], type=column.type)
        for column in form.schema
    }
    return ordered(form, pa.table(columns, schema=form.schema))


def ordered(form: TableForm, table: pa.Table) -> pa.Table:
    """The table in the order of the form's key.

    Raises:
        ValueError: Two rows have the same key.
    """
    table = table.select(form.schema.names).cast(form.schema)
    filled = table
    for name in form.key:
        at = filled.schema.get_field_index(name)
        filled = filled.set_column(at, name, pc.fill_null(filled[name], ""))
    order = pc.sort_indices(filled, sort_keys=[(name, "ascending") for name in form.key])
    filled = filled.take(order)
    if form is not FINDINGS and filled.num_rows > filled.group_by(list(form.key)).aggregate([]).num_rows:
        raise ValueError(f"table {form.name}: two rows with the same {', '.join(form.key)}")
    return filled.combine_chunks()


def table_digest(table: pa.Table) -> str:
    """SHA-256 of the table's rows as text, with the column names first."""
    out = io.BytesIO()
    pacsv.write_csv(table, out)
    return hashlib.sha256(out.getvalue()).hexdigest()


def _as(value: Any, kind: pa.DataType) -> Any:
    if value is None:
        return None
    if kind == NUMBER:
        exact = (
            value
            if isinstance(value, Decimal)
            else Decimal(repr(value))
            if isinstance(value, float)
            else Decimal(value)
        )
        return exact.quantize(Decimal(1).scaleb(-SCORE_PLACES), rounding=ROUND_HALF_EVEN)
    if kind == _TEXT:
        return str(value)
    return value
