"""Slips of magnitude: a value that is 15, 1,000 or 10,000 times what the same subject reports else.

Nothing here repairs. Units in which the item could have been written by mistake come from the
units the packs declare, so 亩 for 公顷 and 万元 for 亿元 are found because both are declared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import log
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.kernel.quantities import UnitSystem
from yuanzhi.engine.pack.model import Form, Item
from yuanzhi.engine.records.headers import known_unit
from yuanzhi.engine.records.snapshots import literal, quoted

LEAST_HISTORY = 4
"""With no more values of the same subject than this nothing is concluded."""
STEADY = 3
"""The upper quartile of a subject's values may be at most so many times the lower one."""
LONG_HISTORY, STEADY_LONG = 12, 5
"""With so many values the highest tenth may also be at most so many times the lowest: seasons are no slips."""
NEAR = 1.35
"""How far beyond the subject's middle values a slip may be once corrected, either way."""
UNUSUAL = 20
"""So many times what is usual is doubted even where no slip explains it."""
_LEAST_FACTOR = 5
_TENS = (10, 100, 1000, 10_000)


@dataclass(frozen=True)
class Slip:
    """A value that looks wrong: its row, item, subject and period, the problem's code, and what the finding says."""

    row: int
    item: str
    code: str
    values: Mapping[str, str]
    subject: str = ""
    period: str = ""


def usual_values(form: Form, source: Path | pa.Table | Sequence[Path]) -> pa.Table:
    """How many values each subject has of each item, and their quantiles; zeros are left out.

    Args:
        form: The form.
        source: Its rows: a table, a Parquet file, or several files with the same columns.
    """
    items = _numbers(form, source)
    measures = "".join(
        f", count({_size(item)}) as {quoted(item.code + '.n')}, "
        f"bool_or({quoted(item.code)} < 0) as {quoted(item.code + '.below')}, "
        f"quantile_cont({_size(item)}, [0.1, 0.25, 0.5, 0.75, 0.9]) as {quoted(item.code + '.q')}"
        for item in items
    )
    with duckdb.connect(config={"threads": 2}) as connection:
        rows = _rows(connection, source)
        return connection.sql(
            f"select subject{measures} from {rows} group by subject order by subject"
        ).to_arrow_table()


def find_slips(source: Path | pa.Table, form: Form, units: UnitSystem, usual: pa.Table | None = None) -> list[Slip]:
    """Values far from the subject's usual ones: by a factor between units, by a power of ten, or just far.

    Args:
        source: The rows to judge: a table or a Parquet file of the form.
        form: The form.
        units: The units declared.
        usual: What is usual, from earlier rows; subjects it lacks are judged by the rows themselves.
    """
    items = _numbers(form, source)
    if not items or (usual is None and isinstance(source, pa.Table) and source.num_rows <= LEAST_HISTORY):
        return []
    with duckdb.connect(config={"threads": 2}) as connection:
        rows = _rows(connection, source)
        connection.register("past", usual if usual is not None else usual_values(form, source))
        connection.execute("create temp table usual as from past")
        if usual is not None and _has_strangers(connection, rows):
            connection.register("own", usual_values(form, source))
            connection.execute("insert into usual by name from own where subject not in (select subject from past)")
        found = _doubtful(connection, rows, items)
        return [slip for item in items if item.code in found for slip in _slips(connection, item, units)]


def _has_strangers(connection: duckdb.DuckDBPyConnection, rows: str) -> bool:
    return bool(
        connection.execute(f"select exists(from {rows} where subject not in (select subject from past))").fetchall()[0][
            0
        ]
    )


def confusable(item: Item, units: UnitSystem) -> dict[Fraction, str]:
    """Factors by which a value comes out when written in another unit of its dimension, with the unit's name.

    Powers of ten above one are among them for slipped decimal points; they name no unit. Those below one
    are not: a month with little in it is ordinary.
    """
    factors = {Fraction(power): "" for power in _TENS}
    own = known_unit(item.unit, units)
    if own is not None and own.dimension:
        for unit in units.units.values():
            if unit.same_dimension(own) and max(ratio := own.factor / unit.factor, 1 / ratio) >= _LEAST_FACTOR:
                factors[ratio] = unit.code
    return factors


def _numbers(form: Form, source: Path | pa.Table | Sequence[Path]) -> list[Item]:
    """The items of numbers that the source has a column for."""
    sources = [source] if isinstance(source, Path | pa.Table) else source
    present = {n for s in sources for n in (s.schema if isinstance(s, pa.Table) else pq.read_schema(s)).names}
    return [item for item in form.items.values() if item.type == "number" and item.code in present]


def _size(item: Item) -> str:
    return f"abs(nullif({quoted(item.code)}, 0))::double"


def _rows(connection: duckdb.DuckDBPyConnection, source: Path | pa.Table | Sequence[Path]) -> str:
    """Something to select the rows from, numbered in ``row_no``; of rows on disk only accepted ones."""
    if isinstance(source, pa.Table):
        connection.register("given", source.append_column("row_no", pa.array(range(source.num_rows), pa.int64())))
        return "given"
    paths = [source] if isinstance(source, Path) else source
    files = ", ".join(literal(str(path)) for path in paths)
    numbered = f"read_parquet([{files}], file_row_number = true, union_by_name = true)"
    return f"(select *, file_row_number as row_no from {numbered} where status = 'accepted')"


def _doubtful(connection: duckdb.DuckDBPyConnection, rows: str, items: Sequence[Item]) -> set[str]:
    """Put the rows with a doubtful value aside with what is usual, all items in one pass; give the items concerned.

    An item that may be negative comes near zero without any slip and is left alone.
    """
    signs = ", ".join(f"bool_or({quoted(item.code + '.below')})" for item in items)
    signed = connection.execute(f"select {signs} from usual").fetchall()[0]
    judged = [item for item, is_signed in zip(items, signed, strict=True) if not is_signed]
    if not judged:
        return set()
    hits = ", ".join(f"case when {_condition(item)} then '{item.code}' end" for item in judged)
    connection.execute(
        f"create temp table doubtful as select * from (select r.*, u.* exclude (subject), "
        f"list_filter([{hits}], lambda hit: hit is not null) as hits "
        f"from {rows} r join usual u using (subject)) where len(hits) > 0"
    )
    return {row[0] for row in connection.execute("select distinct unnest(hits) from doubtful").fetchall()}


def _condition(item: Item) -> str:
    """Whether a value lies far from the median of a subject with enough and steady values."""
    value, count, q = f"abs(r.{quoted(item.code)})::double", quoted(item.code + ".n"), "u." + quoted(item.code + ".q")
    far = _LEAST_FACTOR / NEAR
    return (
        f"r.{quoted(item.code)} <> 0 and u.{count} > {LEAST_HISTORY} and {q}[4] <= {STEADY} * {q}[2] "
        f"and (u.{count} < {LONG_HISTORY} or {q}[5] <= {STEADY_LONG} * {q}[1]) "
        f"and ({value} >= {far} * {q}[3] or {value} * {far} <= {q}[3])"
    )


def _slips(connection: duckdb.DuckDBPyConnection, item: Item, units: UnitSystem) -> Iterator[Slip]:
    """The doubtful values of one item, by row."""
    name, q = quoted(item.code), quoted(item.code + ".q")
    found = connection.execute(
        f"select row_no, subject, period, {name}, {q} from doubtful where list_contains(hits, $1) order by row_no",
        [item.code],
    ).fetchall()
    factors = confusable(item, units)
    for row, subject, period, value, (_, low, usual, high, _) in found:
        ratio = float(abs(value)) / usual
        factor = _nearest_factor(ratio, factors, (low / usual / NEAR, high / usual * NEAR))
        if factor is None and ratio < UNUSUAL:
            continue
        said = {
            "value": decimal_text(value), "usual": format(usual, ".6g"), "unit": item.unit,
            "ratio": format(ratio, ".3g"),
        }  # fmt: skip
        if factor is None:
            yield Slip(row, item.code, "import.unusual", said, subject, period)
        else:
            said |= {"factor": _shown(factor), "suspect": factors[factor] or "—"}
            yield Slip(row, item.code, "import.magnitude", said, subject, period)


def _nearest_factor(ratio: float, factors: Mapping[Fraction, str], spread: tuple[float, float]) -> Fraction | None:
    """The factor without which the value would be usual; a named unit goes before a plain power of ten."""
    near = [factor for factor in factors if spread[0] <= ratio / float(factor) <= spread[1]]
    return min(near, key=lambda factor: (not factors[factor], abs(log(ratio / float(factor))))) if near else None


def _shown(factor: Fraction) -> str:
    return str(factor) if factor.denominator == 1 or factor.numerator == 1 else format(float(factor), ".4g")
