"""The register as spans of days: one row for each subject and interval in which nothing changed.

Subjects that take part in mergers, splits and expansions are played one by one; all others, by far
the most, are derived in DuckDB. Both kinds come out the same as ``states.states_at``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from yuanzhi.engine.records.events import (
    AREA,
    ATTRIBUTE_TYPES,
    CLEARED,
    OPENING,
    RANK,
    REFERENCES,
    SHARE,
    STRUCTURAL,
    EventKind,
    events_of,
    setting,
)
from yuanzhi.engine.records.lives import Life, Lives, Piece
from yuanzhi.engine.records.states import Playing, Raw, timelines, total_area, withdrawn

_AREA_PARTS = pa.list_(pa.struct([("territory", pa.string()), ("area_ha", AREA)]))
_TEXTS = pa.list_(pa.string())
LINEAGE_SCHEMA = pa.schema(
    [("predecessor", pa.string()), ("successor", pa.string()), ("valid", pa.date32()), ("share", SHARE),
     ("how", pa.string())]
)  # fmt: skip
"""Who became what: a row for each predecessor and successor, with the part of the predecessor that went there."""


def subjects_schema(attributes: Mapping[str, pa.DataType] = ATTRIBUTE_TYPES) -> pa.Schema:
    """The columns of the table of subjects. ``valid_from`` and ``valid_to`` both count; an open end is null.

    ``area_parts`` is filled only where the area lies in more territories than ``territory``.
    """
    further = [(name, kind) for name, kind in attributes.items() if name not in ATTRIBUTE_TYPES]
    return pa.schema(
        [("subject_type", pa.string()), ("subject", pa.string()), *ATTRIBUTE_TYPES.items(), *further,
         ("valid_from", pa.date32()), ("valid_to", pa.date32()), ("successors", _TEXTS), ("predecessors", _TEXTS),
         ("area_parts", _AREA_PARTS), ("source", pa.string()), ("synthetic", pa.bool_())]
    )  # fmt: skip


def derive(events: pa.Table, known: date, *, threads: int = 2) -> tuple[pa.Table, pa.Table]:
    """The table of subjects and the table of lineage, as known on a day.

    Args:
        events: A table of ``event_schema``; further attributes are columns beside the standing ones.
        known: Events recorded later are left out.
        threads: Threads for DuckDB; the result does not depend on them.
    """
    attributes = {n: t for n, t in zip(events.schema.names, events.schema.types, strict=True) if is_attribute(n)}
    with duckdb.connect(config={"threads": threads}) as connection:
        effective_events(connection, events, known)
        own = _structural(connection, events.schema.names)
        kept, playing = timelines(sorted(events_of(own), key=lambda event: event.order))
        connection.register("structural", own.select(["subject"]))
        connection.register("played", pa.Table.from_pylist(_played(kept, playing.lives), _raw_schema(attributes)))
        connection.register("pieces", _pieces(playing.lives))
        table = connection.sql(_subjects_sql(attributes)).to_arrow_table()
    return table.cast(subjects_schema(attributes)).combine_chunks(), lineage(playing.lives)


def lineage(lives: Lives) -> pa.Table:
    """Every predecessor with its successors and shares, in order."""
    rows = [
        {"predecessor": code, "successor": part.subject, "valid": life.end, "share": part.share, "how": life.how}
        for code, all_lives in lives.by_subject.items()
        for life in all_lives
        for part in life.successors
    ]
    rows.sort(key=lambda row: (row["valid"], row["predecessor"], row["successor"]))
    return pa.Table.from_pylist(rows, schema=LINEAGE_SCHEMA)


def played_events(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> tuple[pa.Table, Playing]:
    """The events of subjects that take part in mergers, splits and expansions, and how they played out."""
    own = _structural(connection, names)
    return own, timelines(sorted(events_of(own), key=lambda event: event.order))[1]


def _structural(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> pa.Table:
    return connection.sql(_STRUCTURAL).to_arrow_table().select(names)


def is_attribute(column: str) -> bool:
    """Whether a column of a table of events is an attribute of the subject."""
    return column not in _NOT_ATTRIBUTES


_NOT_ATTRIBUTES = frozenset(
    [
        "event",
        "subject_type",
        "subject",
        "valid",
        "recorded",
        "sequence",
        "into",
        "id",
        "withdraws",
        "source",
        "clause",
        "note",
        "synthetic",
    ]
)


def effective_events(connection: duckdb.DuckDBPyConnection, events: pa.Table, known: date) -> None:
    """Make the table ``effective``: the events known on a day without those withdrawn by then."""
    placed = events.append_column("position", pa.array(range(events.num_rows), pa.int64()))
    connection.register("all_events", placed)
    notices = connection.execute(
        "select recorded, coalesce(id, ''), withdraws from all_events where recorded <= $1 and withdraws <> ''", [known]
    ).fetchall()
    connection.register("gone", pa.table({"id": pa.array(sorted(withdrawn(notices)), pa.string())}))
    connection.execute(_EFFECTIVE, [known])


def _raw_schema(attributes: Mapping[str, pa.DataType]) -> pa.Schema:
    return pa.schema(
        [("subject_type", pa.string()), ("subject", pa.string()), *attributes.items(),
         *((f"{name}_written", pa.date32()) for name in REFERENCES), ("first", pa.date32()), ("stop", pa.date32()),
         ("life_end", pa.date32()), ("successors", _TEXTS), ("predecessors", _TEXTS), ("area_parts", _AREA_PARTS),
         ("source", pa.string()), ("synthetic", pa.bool_())]
    )  # fmt: skip


def _played(kept: Mapping[str, list[tuple[date, Raw]]], lives: Lives) -> list[dict[str, Any]]:
    ends = {(code, life.end): life for code, all_lives in lives.by_subject.items() for life in all_lives if life.end}
    rows = []
    for code, timeline in kept.items():
        stops = [day for day, _ in timeline[1:]] + [date.max]
        for (first, raw), stop in zip(timeline, stops, strict=True):
            if raw.alive:
                rows.append(_played_row(code, raw, first, stop, ends.get((code, stop))))
    return rows


def _played_row(code: str, raw: Raw, first: date, stop: date, life: Life | None) -> dict[str, Any]:
    several = [{"territory": name, "area_ha": area} for name, area in sorted(raw.areas.items())]
    return {
        "subject_type": raw.subject_type, "subject": code, **raw.values, "area_ha": total_area(raw.areas),
        **{f"{name}_written": raw.written.get(name) for name in REFERENCES}, "first": first, "stop": stop,
        "life_end": stop if life else None, "successors": [part.subject for part in life.successors] if life else [],
        "predecessors": list(raw.predecessors), "area_parts": several if len(several) > 1 else None,
        "source": raw.source, "synthetic": raw.synthetic,
    }  # fmt: skip


def _pieces(lives: Lives) -> pa.Table:
    columns = [field.name for field in fields(Piece)]
    rows = [{name: getattr(piece, name) for name in columns} for piece in lives.pieces()]
    kinds = {name: pa.string() if name in ("written", "target") else pa.date32() for name in columns}
    return pa.Table.from_pylist(rows, pa.schema(list(kinds.items())))


_RANKS = " ".join(f"when '{kind}' then {rank}" for kind, rank in RANK.items())
_OPENINGS = ", ".join(f"'{kind}'" for kind in sorted(OPENING))
_STRUCTURALS = ", ".join(f"'{kind}'" for kind in sorted(STRUCTURAL))
_EFFECTIVE = f"""
create temp table effective as
select e.* replace (coalesce(e.sequence, 0) as sequence, coalesce(e.id, '') as id,
    coalesce(e.synthetic, false) as synthetic),
    case e.event {_RANKS} else 5 end as rank
from all_events e
where e.recorded <= $1 and e.event <> 'withdrawn' and coalesce(e.id, '') not in (select id from gone where id <> '')
"""
_STRUCTURAL = f"""
select * from effective where subject in (
    select subject from effective where event in ({_STRUCTURALS})
    union
    select unnest("into").subject from effective where event in ('merged', 'split')
) order by position
"""
ORDER = "valid, sequence, rank, recorded, id, position"
"""The order of events, in SQL; as ``Event.order`` has it."""
_LIVING = f"""
living as (
    select * from (
        select *, last_value(
            case when event in ({_OPENINGS}) then true when event = 'closed' then false end ignore nulls)
            over (partition by subject order by {ORDER} rows unbounded preceding) as alive
        from effective where subject not in (select subject from structural)
    ) where alive or event = 'closed'
)
"""


def _subjects_sql(attributes: Mapping[str, pa.DataType]) -> str:
    """One query: living leaves, their attributes as of each event, references resolved, equal neighbours joined."""
    names = subjects_schema(attributes).names
    raw = ", ".join(f'"{name}"' for name in _raw_schema(attributes).names)
    steps = [
        _LIVING,
        f"leaves as ({_leaves_sql(attributes)})",
        f"step_0 as (select {raw} from leaves where alive union all by name select {raw} from played)",
        *(_resolved_sql(at, name) for at, name in enumerate(REFERENCES)),
    ]
    compared = [n for n in names if n not in ("subject", "valid_from", "valid_to", "successors", "source", "synthetic")]
    row = ", ".join(f'"{name}"' for name in compared)
    kept = ", ".join(
        f'{_ISLAND.get(name, "any_value({0})").format(chr(34) + name + chr(34))} as "{name}"' for name in names
    )
    return f"""
with {", ".join(steps)},
marked as (
    select *, row({row}) is distinct from lag(row({row})) over w or first <> lag(stop) over w as is_new
    from step_{len(REFERENCES)} window w as (partition by subject order by first)
),
numbered as (
    select *, sum(is_new::int) over (partition by subject order by first rows unbounded preceding) as island from marked
)
select {kept} from numbered group by subject, island order by subject, valid_from
"""


_ISLAND = {
    "subject": "{0}",
    "valid_from": "min(first)",
    "valid_to": "case when max(stop) = date '9999-12-31' then null else max(stop) - 1 end",
    "successors": "coalesce(max(case when stop = life_end then successors end), [])",
    "source": "arg_max({0}, first)",
    "synthetic": "bool_or({0})",
}
"""How the columns of equal neighbours are joined into one row; all others are the same in each of them."""


def _leaves_sql(attributes: Mapping[str, pa.DataType]) -> str:
    columns = ", ".join(f'{_as_of(_written(name))} as "{name}"' for name in attributes)
    cleared = ", ".join(
        f'nullif("{name}", \'{CLEARED}\') as "{name}"' for name, kind in attributes.items() if kind == pa.string()
    )
    days = {name: _as_of(f"case when {_written(name)} is not null then valid end") for name in REFERENCES}
    written = ", ".join(f"{day} as {name}_written" for name, day in days.items())
    return f"""
select * replace ({cleared}) from (
    select coalesce(first_value(nullif(subject_type, '') ignore nulls) over w, '') as subject_type, subject,
        {columns}, {written},
        valid as first, coalesce(lead(valid) over w, date '9999-12-31') as stop, null::date as life_end,
        []::varchar[] as successors, []::varchar[] as predecessors,
        null::struct(territory varchar, area_ha decimal(18, 4))[] as area_parts,
        coalesce({_as_of("nullif(source, '')")}, '') as source, bool_or(synthetic) over w as synthetic, alive
    from living window w as (partition by subject order by {ORDER} rows unbounded preceding)
) where first < stop
"""


def _written(name: str) -> str:
    """What an event says of an attribute; an opening makes a subject active, a founding establishes it."""
    kinds = ", ".join(f"'{kind}'" for kind in sorted(setting(name) - {EventKind.CLOSED}))
    said = f'case when event in ({kinds}) then "{name}" end'
    match name:
        case "status":
            return f"case when event in ({_OPENINGS}) then coalesce(status, 'active') else {said} end"
        case "established":
            return f"case when event = 'founded' then coalesce(established, valid) else {said} end"
        case _:
            return said


def _as_of(expression: str) -> str:
    return f"last_value({expression} ignore nulls) over w"


def _resolved_sql(at: int, name: str) -> str:
    target = f"coalesce(p.target, r.{name})"
    return f"""
step_{at + 1} as (
    select r.* replace (
        case when {target} = r.subject then null else {target} end as {name},
        greatest(r.first, p.first) as first, least(r.stop, p.stop) as stop)
    from step_{at} r left join pieces p on p.written = r.{name} and p.written_from <= r.{name}_written
        and r.{name}_written < p.written_to and p.first < r.stop and r.first < p.stop
)"""
