"""Which rows of a decision table hit, for one subject and as SQL: the same policy said twice, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

HitPolicy = Literal["unique", "first", "priority", "collect"]
NO_ROW, UNDETERMINED_ROW, CONFLICT_ROWS = -1, -2, -3
"""What stands for a row number where no row hits, none can be told, or several hit a table that allows one."""


@dataclass(frozen=True, slots=True)
class Hit:
    """The rows that hit, from 0; ``state`` is a row number or one of the three marks."""

    state: int
    rows: tuple[int, ...] = ()


def hit_of(outcomes: Sequence[bool | None], policy: HitPolicy) -> Hit:
    """The hit for one subject, from the outcome of each row.

    ``unique``: one row alone; a row that cannot be told does not matter beside one that hits, since the check of the
    pack has shown that no two can. ``first`` and ``priority``: the highest row, unless one above cannot be told.
    ``collect``: every row; undetermined as soon as one cannot be told.

    >>> hit_of([None, True], "first").state == UNDETERMINED_ROW, hit_of([None, True], "unique").state
    (True, 1)
    """
    rows = tuple(at for at, outcome in enumerate(outcomes) if outcome)
    unknown = any(outcome is None for outcome in outcomes)
    if policy == "unique":
        if len(rows) > 1:
            return Hit(CONFLICT_ROWS, rows)
        return Hit(rows[0], rows) if rows else Hit(UNDETERMINED_ROW if unknown else NO_ROW)
    if policy == "collect":
        if unknown:
            return Hit(UNDETERMINED_ROW, rows)
        return Hit(rows[0], rows) if rows else Hit(NO_ROW)
    for at, outcome in enumerate(outcomes):
        if outcome is None:
            return Hit(UNDETERMINED_ROW)
        if outcome:
            return Hit(at, (at,))
    return Hit(NO_ROW)


def hit_sql(rows: Sequence[str], policy: HitPolicy) -> str:
    """The state of the hit as an SQL expression over the rows' conditions."""
    if not rows:
        return str(NO_ROW)
    unknown = " or ".join(f"({row}) is null" for row in rows)
    first = " ".join(f"when ({row}) then {at}" for at, row in enumerate(rows))
    if policy == "unique":
        hits = " + ".join(f"coalesce(({row})::tinyint, 0::tinyint)" for row in rows)
        return (
            f"case when {hits} > 1 then {CONFLICT_ROWS} {first} "
            f"when {unknown} then {UNDETERMINED_ROW} else {NO_ROW} end"
        )
    if policy == "collect":
        return f"case when {unknown} then {UNDETERMINED_ROW} {first} else {NO_ROW} end"
    steps = " ".join(
        f"when ({row}) is null then {UNDETERMINED_ROW} when ({row}) then {at}" for at, row in enumerate(rows)
    )
    return f"case {steps} else {NO_ROW} end"


def rows_sql(rows: Sequence[str]) -> str:
    """Every row that hits, as an SQL list of row numbers."""
    each = ", ".join(f"case when ({row}) then {at} end" for at, row in enumerate(rows))
    return f"list_filter([{each}]::smallint[], lambda x: x is not null)"
