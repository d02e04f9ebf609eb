"""Slips of magnitude: a value that is 15, 1,000 or 10,000 times what the same subject reports else.

Nothing here repairs. Units in which the item could have been written by mistake come from the
units the packs declare, so 亩 for 公顷 and 万元 for 亿元 are found because both are declared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import duckdb
import pyarrow as pa

from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.kernel.quantities import UnitSystem
from yuanzhi.engine.pack.model import Form, Item
from yuanzhi.engine.records.headers import known_unit

LEAST_HISTORY = 4
"""With fewer other values of the same subject nothing is concluded."""
STEADY = 3
"""The upper quartile of a subject's values may be at most so many times the lower one."""
NEAR = 1.35
"""How far from the exact factor a slip may be, either way."""
_LEAST_FACTOR = 5
_TENS = (10, 100, 1000, 10_000)


@dataclass(frozen=True)
class Slip:
    """A value that looks like a slip: its row, its item, and what the finding says."""

    row: int
    item: str
    values: Mapping[str, str]


def find_slips(rows: pa.Table, form: Form, units: UnitSystem, history: pa.Table | None = None) -> list[Slip]:
    """Values that differ from the subject's usual ones by a factor between units, or by a power of ten.

    Args:
        rows: The rows to judge, a table of the form.
        form: The form.
        units: The units declared.
        history: Earlier rows of the form.
    """
    items = [item for item in form.items.values() if item.type == "number"]
    if not items or not rows.num_rows:
        return []
    placed = rows.append_column("row_no", pa.array(range(rows.num_rows), pa.int64()))
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("rows", placed)
        connection.register("history", history if history is not None else rows.slice(0, 0))
        connection.execute(_usual(items, history))
        return [slip for item in items for slip in _slips(connection, item, units)]


def _usual(items: list[Item], history: pa.Table | None) -> str:
    """A table of each subject's usual values: how many, median, quartiles."""
    own = ", ".join(f'abs(nullif("{item.code}", 0))::double as "{item.code}"' for item in items)
    past = ", ".join(
        f'abs(nullif("{item.code}", 0))::double as "{item.code}"'
        if history is not None and item.code in history.schema.names
        else f'null::double as "{item.code}"'
        for item in items
    )
    measures = ", ".join(
        f'count("{item.code}") as "{item.code}.n", quantile_cont("{item.code}", [0.25, 0.5, 0.75]) as "{item.code}.q"'
        for item in items
    )
    return (
        f"create temp table usual as select subject, {measures} from (select subject, {own} from rows "
        f"union all select subject, {past} from history) group by subject"
    )


def _slips(connection: duckdb.DuckDBPyConnection, item: Item, units: UnitSystem) -> Iterator[Slip]:
    """The suspicious values of one item, by row."""
    found = connection.execute(
        f'''select r.row_no, r."{item.code}", u."{item.code}.q"[2],
            abs(r."{item.code}")::double / u."{item.code}.q"[2] as ratio
        from rows r join usual u using (subject)
        where r."{item.code}" <> 0 and u."{item.code}.n" > $1 and u."{item.code}.q"[3] <= $2 * u."{item.code}.q"[1]
            and greatest(ratio, 1 / ratio) >= $3
        order by r.row_no''',
        [LEAST_HISTORY, STEADY, _LEAST_FACTOR / NEAR],
    ).fetchall()
    if not found:
        return
    factors = confusable(item, units)
    for row, value, usual, ratio in found:
        if factor := _nearest_factor(ratio, factors):
            said = {
                "value": decimal_text(value), "usual": format(usual, ".6g"), "factor": _shown(factor),
                "suspect": factors[factor] or "—", "unit": item.unit,
            }  # fmt: skip
            yield Slip(row, item.code, said)


def confusable(item: Item, units: UnitSystem) -> dict[Fraction, str]:
    """Factors by which a value comes out when written in another unit of its dimension, with the unit's name.

    Powers of ten are among them for slipped decimal points; they name no unit.
    """
    factors = {Fraction(power) ** sign: "" for power in _TENS for sign in (1, -1)}
    own = known_unit(item.unit, units)
    if own is not None and own.dimension:
        for unit in units.units.values():
            if unit.same_dimension(own) and max(ratio := own.factor / unit.factor, 1 / ratio) >= _LEAST_FACTOR:
                factors[ratio] = unit.code
    return factors


def _nearest_factor(ratio: float, factors: Mapping[Fraction, str]) -> Fraction | None:
    """The factor a ratio is nearest to, if it is near any; a named unit goes before a plain power of ten."""
    near = [factor for factor in factors if 1 / NEAR <= ratio / float(factor) <= NEAR]
    return min(near, key=lambda factor: (not factors[factor], abs(ratio / float(factor) - 1))) if near else None


def _shown(factor: Fraction) -> str:
    return str(factor) if factor.denominator == 1 or factor.numerator == 1 else format(float(factor), ".4g")
