"""Arrays as the columns of a return, by the types the form asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from yuanzhi.cli.demo.facts import Array
from yuanzhi.engine.pack.model import Form
from yuanzhi.engine.records.returns import return_schema


def decimals(values: Array, scale: int) -> pa.Array:
    """Floats as DECIMAL(18, scale), rounded half to even; NaN is missing."""
    missing = np.isnan(values)
    whole = np.rint(np.where(missing, 0.0, values) * 10.0**scale).astype(np.int64)
    return exact(whole, scale, missing)


def exact(whole: Array, scale: int, missing: Array) -> pa.Array:
    """Integers that count units of the last place as DECIMAL(18, scale)."""
    words = np.empty((len(whole), 2), dtype="<i8")
    words[:, 0], words[:, 1] = whole, whole >> 63
    present = pa.py_buffer(np.packbits(~missing, bitorder="little").tobytes()) if missing.any() else None
    return pa.Array.from_buffers(pa.decimal128(18, scale), len(whole), [present, pa.py_buffer(words.tobytes())])


def texts(values: Array) -> pa.Array:
    """Texts repeated often, without making a Python object for each row."""
    distinct, places = np.unique(values, return_inverse=True)
    return pa.DictionaryArray.from_arrays(places.astype(np.int32), pa.array(distinct.tolist(), pa.string())).cast(
        pa.string()
    )


def return_of(
    form: Form, *, subject: Array, starts: Array, ends: Array, period: Array, source: Array | str, recorded: Array,
    items: Mapping[str, Any], status: Array | str = "accepted",
) -> pa.Table:  # fmt: skip
    """One form's table from arrays; what no array is given for is missing. Every row is synthetic.

    Raises:
        KeyError: An array is given for an item the form does not have.
    """
    if unknown := items.keys() - form.items.keys():
        raise KeyError(f"form {form.code} has no {', '.join(sorted(unknown))}")
    count = len(subject)
    keys = {
        "subject": texts(subject), "period": texts(period),
        "period_start": pa.array(starts.astype("datetime64[D]"), pa.date32()),
        "period_end": pa.array(ends.astype("datetime64[D]"), pa.date32()),
        "status": texts(_column(status, count)), "source": texts(_column(source, count)),
        "recorded": pa.array(recorded.astype("datetime64[us]"), pa.timestamp("us")),
        "synthetic": pa.array(np.ones(count, dtype=bool)),
    }  # fmt: skip
    columns = [
        *keys.values(),
        *(_item(items.get(code), item.type, item.scale, count) for code, item in form.items.items()),
    ]
    return pa.Table.from_arrays(columns, schema=return_schema(form))


def _item(values: Any, kind: str, scale: int, count: int) -> pa.Array:
    if values is None:
        values = np.full(count, np.nan) if kind == "number" else None
    match kind:
        case "number":
            return decimals(np.asarray(values, dtype=float), scale)
        case "boolean":
            return pa.nulls(count, pa.bool_()) if values is None else pa.array(values, pa.bool_())
        case "date":
            return pa.nulls(count, pa.date32()) if values is None else pa.array(values, pa.date32())
        case _:
            if values is None or isinstance(values, list):
                return (
                    pa.nulls(count, pa.string())
                    if values is None
                    else pa.array([v and str(v) for v in values], pa.string())
                )
            return texts(values)


def _column(value: Array | str, count: int) -> Array:
    return np.full(count, value) if isinstance(value, str) else value


def month_end(first: date) -> date:
    """The last day of the month."""
    return (first.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)


def reported(last: date, days: Array, hour: int = 9) -> Array:
    """The time of recording, some days after a period's last day."""
    base = np.datetime64(datetime(last.year, last.month, last.day, hour), "us")
    moment: Array = base + days.astype("timedelta64[D]").astype("timedelta64[us]")
    return moment
