"""Two runs side by side: which results appeared, vanished or changed, and who moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import duckdb

from yuanzhi.engine.runs.results import FORMS, Results, TableForm

Kind = Literal["added", "removed", "changed"]
_CARRIED = {"series": "value", "targets": "outcome", "determinations": "outcome", "scores": "score", "grades": "grade"}
"""The column that speaks for a row when the row is new or gone."""


@dataclass(frozen=True)
class Change:
    """One cell that differs. ``key`` names the row; ``before`` and ``after`` are its values."""

    table: str
    key: tuple[str, ...]
    column: str
    kind: Kind
    before: Any
    after: Any

    @property
    def difference(self) -> Decimal | None:
        """After less before, where both are numbers."""
        if isinstance(self.before, Decimal | int) and isinstance(self.after, Decimal | int):
            return Decimal(self.after) - Decimal(self.before)
        return None


@dataclass(frozen=True)
class Comparison:
    """Every difference between two results, in the order of tables, keys and columns."""

    changes: tuple[Change, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return not self.changes

    def of(self, table: str, column: str | None = None) -> tuple[Change, ...]:
        """The differences of one table, or of one column in it."""
        return tuple(c for c in self.changes if c.table == table and column in (None, c.column))


def compare(before: Results, after: Results) -> Comparison:
    """Compare two results table by table, row by row by key.

    A row in only one of them counts once, by the column that carries its meaning; a table that
    only one of them has is compared with an empty one.
    """
    changes: list[Change] = []
    for form in FORMS:
        if form.name == "findings" or not (form.name in before.tables or form.name in after.tables):
            continue
        empty = form.schema.empty_table()
        changes.extend(_compare(form, before.tables.get(form.name, empty), after.tables.get(form.name, empty)))
    return Comparison(tuple(changes))


def _compare(form: TableForm, before: Any, after: Any) -> Sequence[Change]:
    columns = [name for name in form.schema.names if name not in form.key]
    keys = ", ".join(f'"{name}"' for name in form.key)
    differs = " or ".join(f'b."{name}" is distinct from a."{name}"' for name in columns)
    chosen = ", ".join(f'b."{name}", a."{name}"' for name in columns)
    with duckdb.connect() as connection:
        connection.register("b", before)
        connection.register("a", after)
        rows = connection.execute(
            f"select {keys}, b.mark, a.mark, {chosen} from (select *, 1 as mark from b) b "
            f"full outer join (select *, 1 as mark from a) a using ({keys}) "
            f"where b.mark is null or a.mark is null or {differs} order by {keys}"
        ).fetchall()
    return [change for row in rows for change in _changes(form, columns, row)]


def _changes(form: TableForm, columns: Sequence[str], row: tuple[Any, ...]) -> list[Change]:
    width = len(form.key)
    key, was, now, cells = row[:width], row[width], row[width + 1], row[width + 2 :]
    pairs = {name: (cells[2 * at], cells[2 * at + 1]) for at, name in enumerate(columns)}
    if was is None or now is None:
        name = _CARRIED.get(form.name, columns[0])
        return [Change(form.name, key, name, "added" if was is None else "removed", *pairs[name])]
    return [Change(form.name, key, name, "changed", b, a) for name, (b, a) in pairs.items() if b != a]
