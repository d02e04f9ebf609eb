"""Events of the register: what happened to a subject, when, and when we came to know it.

The register is a list of these and nothing else. It is only ever added to; what was recorded
wrongly is withdrawn by a later event. The columns of ``event_schema`` are also the columns of the
register's files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pyarrow as pa

from yuanzhi.engine.pack.model import Item, Scalar

AREA = pa.decimal128(18, 4)
SHARE = pa.decimal128(18, 12)
CLEARED = "-"
"""Written in place of a reference to say that there is none any more, as when an enterprise leaves its park."""


class EventKind(StrEnum):
    """What happened."""

    FOUNDED = "founded"
    REGISTERED = "registered"
    REOPENED = "reopened"
    DESCRIBED = "described"
    MOVED = "moved"
    RENAMED = "renamed"
    TIER_CHANGED = "tier_changed"
    KIND_CHANGED = "kind_changed"
    AREA_CHANGED = "area_changed"
    EXPANDED = "expanded"
    MERGED = "merged"
    SPLIT = "split"
    CLOSED = "closed"
    INDUSTRY_CHANGED = "industry_changed"
    SIZE_CHANGED = "size_changed"
    WITHDRAWN = "withdrawn"


OPENING = frozenset({EventKind.FOUNDED, EventKind.REGISTERED, EventKind.REOPENED})
"""Events that begin a subject's life. Only ``founded`` says that its day is the day of establishment."""

STRUCTURAL = frozenset({EventKind.MERGED, EventKind.SPLIT, EventKind.EXPANDED})
"""Events whose effect depends on other subjects or on what was there before."""

ATTRIBUTE_TYPES: Mapping[str, pa.DataType] = {
    "name": pa.string(), "kind": pa.string(), "tier": pa.string(), "territory": pa.string(), "parent": pa.string(),
    "park": pa.string(), "industry": pa.string(), "credit_code": pa.string(), "status": pa.string(),
    "established": pa.date32(), "area_ha": AREA, "above_scale": pa.bool_(),
}  # fmt: skip
REFERENCES = ("territory", "parent", "park")
"""Attributes that name another subject; they follow it when it is merged or split."""

_ALL = frozenset(ATTRIBUTE_TYPES)
SETS: Mapping[EventKind, frozenset[str]] = {
    EventKind.FOUNDED: _ALL,
    EventKind.REGISTERED: _ALL,
    EventKind.REOPENED: _ALL,
    EventKind.DESCRIBED: _ALL,
    EventKind.MOVED: frozenset(REFERENCES),
    EventKind.RENAMED: frozenset({"name"}),
    EventKind.TIER_CHANGED: frozenset({"tier"}),
    EventKind.KIND_CHANGED: frozenset({"kind"}),
    EventKind.AREA_CHANGED: frozenset({"area_ha"}),
    EventKind.EXPANDED: frozenset({"area_ha", "territory"}),
    EventKind.MERGED: frozenset(),
    EventKind.SPLIT: frozenset(),
    EventKind.CLOSED: frozenset({"status"}),
    EventKind.INDUSTRY_CHANGED: frozenset({"industry"}),
    EventKind.SIZE_CHANGED: frozenset({"above_scale"}),
    EventKind.WITHDRAWN: frozenset(),
}
"""The attributes each kind of event may carry. ``expanded`` carries the area added, ``area_changed`` the new whole."""

_DESCRIBING = OPENING | {EventKind.DESCRIBED}


def setting(attribute: str) -> frozenset[EventKind]:
    """The kinds of events that set an attribute; those a pack declares are set like a description."""
    return frozenset(kind for kind, names in SETS.items() if attribute in names) if attribute in _ALL else _DESCRIBING


RANK: Mapping[EventKind, int] = {
    **dict.fromkeys(OPENING, 0),
    EventKind.SPLIT: 1,
    EventKind.MERGED: 2,
    EventKind.EXPANDED: 3,
    EventKind.CLOSED: 9,
}
"""Order within one day where ``sequence`` says nothing; kinds not named come in between, at 5."""

_FIXED: tuple[tuple[str, pa.DataType], ...] = (
    ("event", pa.string()), ("subject_type", pa.string()), ("subject", pa.string()), ("valid", pa.date32()),
    ("recorded", pa.date32()), ("sequence", pa.int32()),
)  # fmt: skip
_LAST: tuple[tuple[str, pa.DataType], ...] = (
    ("into", pa.list_(pa.struct([("subject", pa.string()), ("share", SHARE)]))),
    ("id", pa.string()), ("withdraws", pa.string()), ("source", pa.string()), ("clause", pa.string()),
    ("note", pa.string()), ("synthetic", pa.bool_()),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A successor and its share of the whole, from 0 to 1."""

    subject: str
    share: Decimal = Decimal(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One event.

    Attributes:
        event: What happened.
        subject: To whom. For a merger the one absorbed, for a split the whole.
        valid: The first day on which it holds in the world.
        recorded: The day on which it was entered here.
        values: Attributes it sets; what it does not name stays as it was.
        into: The core that absorbs, or the parts of a split. A whole that is among its own parts lives on.
        id: A name by which the event can be withdrawn.
        withdraws: Of a withdrawal: the event that never was.
        sequence: Order among events of one day, where it matters.
    """

    event: EventKind
    subject: str
    valid: date
    recorded: date
    subject_type: str = ""
    values: Mapping[str, Scalar] = field(default_factory=dict)
    into: tuple[Part, ...] = ()
    id: str = ""
    withdraws: str = ""
    sequence: int = 0
    source: str = ""
    clause: str = ""
    note: str = ""
    synthetic: bool = False

    @property
    def order(self) -> tuple[Any, ...]:
        """The place among all events. Of two that set one thing on one day the later recorded has the last word."""
        return (self.valid, self.sequence, RANK.get(self.event, 5), self.recorded, self.subject, self.id)


def item_type(item: Item) -> pa.DataType:
    """The Arrow type that holds an item's values: DECIMAL(18, scale), text, truth value or day."""
    match item.type:
        case "number":
            return pa.decimal128(18, item.scale)
        case "boolean":
            return pa.bool_()
        case "date":
            return pa.date32()
        case _:
            return pa.string()


def attribute_types(items: Iterable[Item] = ()) -> dict[str, pa.DataType]:
    """Every attribute of a subject with its type: the standing ones and those a pack declares."""
    return {**ATTRIBUTE_TYPES, **{item.code: item_type(item) for item in items if item.code not in ATTRIBUTE_TYPES}}


def event_schema(items: Iterable[Item] = ()) -> pa.Schema:
    """The columns of a table of events, with a column for each further attribute a pack declares."""
    return pa.schema([*_FIXED, *attribute_types(items).items(), *_LAST])


def events_table(events: Iterable[Event], items: Sequence[Item] = ()) -> pa.Table:
    """Events as a table.

    Raises:
        ValueError: A value does not fit its column, such as an area of more than four places.
    """
    rows = [
        {
            "event": str(e.event), "subject_type": e.subject_type, "subject": e.subject, "valid": e.valid,
            "recorded": e.recorded, "sequence": e.sequence, **e.values,
            "into": [{"subject": part.subject, "share": part.share} for part in e.into], "id": e.id,
            "withdraws": e.withdraws, "source": e.source, "clause": e.clause, "note": e.note, "synthetic": e.synthetic,
        }
        for e in events
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=event_schema(items))


def events_of(table: pa.Table) -> Iterator[Event]:
    """The events in a table."""
    fixed = {name for name, _ in (*_FIXED, *_LAST)}
    attributes = [name for name in table.column_names if name not in fixed]
    for row in table.to_pylist():
        yield Event(
            event=EventKind(row["event"]), subject=row["subject"], valid=row["valid"], recorded=row["recorded"],
            subject_type=row["subject_type"] or "", sequence=row["sequence"] or 0,
            values={name: row[name] for name in attributes if row[name] is not None},
            into=tuple(Part(p["subject"], p["share"]) for p in row["into"] or ()), id=row["id"] or "",
            withdraws=row["withdraws"] or "", source=row["source"] or "", clause=row["clause"] or "",
            note=row["note"] or "", synthetic=bool(row["synthetic"]),
        )  # fmt: skip
