"""Returns (报表): one wide table for each form, a row for each subject, period and time of recording.

A correction is a later row; no row is ever overwritten. A row's ``status`` says whether it counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

import pyarrow as pa

from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.pack.model import Form
from yuanzhi.engine.records.events import item_type

KEYS: Mapping[str, pa.DataType] = {
    "subject": pa.string(), "period": pa.string(), "period_start": pa.date32(), "period_end": pa.date32(),
    "status": pa.string(), "source": pa.string(), "recorded": pa.timestamp("us"), "synthetic": pa.bool_(),
}  # fmt: skip
"""The columns every return has before its items."""


class ReturnStatus(StrEnum):
    """Only accepted rows are frozen; rejected ones are counted."""

    ACCEPTED = "accepted"
    SUBMITTED = "submitted"
    ESTIMATED = "estimated"
    REJECTED = "rejected"


def return_schema(form: Form) -> pa.Schema:
    """The columns of a form's table: the keys, then its items in the order of the form."""
    return pa.schema([*KEYS.items(), *((item.code, item_type(item)) for item in form.items.values())])


def returns_table(form: Form, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows as a form's table.

    What a row leaves out is filled: the days of its period from ``period``, ``status`` as
    accepted, ``recorded`` as the last day of the period, ``synthetic`` as false. Items it leaves out are missing.

    Raises:
        ValueError: A period is none, or a value does not fit its column.
        KeyError: A row names something the form does not have.
    """
    schema = return_schema(form)
    full = [_filled(row) for row in rows]
    for row in full:
        if unknown := row.keys() - set(schema.names):
            raise KeyError(f"form {form.code} has no {', '.join(sorted(unknown))}")
    return pa.Table.from_pylist(full, schema=schema)


def _filled(row: Mapping[str, Any]) -> dict[str, Any]:
    period = Period.read(str(row["period"]))
    defaults = {
        "period_start": period.start, "period_end": period.end, "status": str(ReturnStatus.ACCEPTED), "source": "",
        "recorded": datetime.combine(period.end, time()), "synthetic": False,
    }  # fmt: skip
    filled = {**defaults, **row}
    if isinstance(filled["recorded"], date) and not isinstance(filled["recorded"], datetime):
        filled["recorded"] = datetime.combine(filled["recorded"], time())
    return filled
