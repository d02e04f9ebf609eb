"""The register: dated events, and what follows from them on any day as known on any day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from yuanzhi.engine.pack.model import Item
from yuanzhi.engine.records.events import Event, event_schema, events_of, events_table
from yuanzhi.engine.records.intervals import derive
from yuanzhi.engine.records.states import States, states_at

END_OF_TIME = date.max


@dataclass(frozen=True)
class Register:
    """An append-only list of events on two clocks.

    ``valid`` is when something holds in the world, ``known`` is when it was recorded here. What was
    asked once as known on a day has the same answer for ever, whatever is recorded later.
    """

    table: pa.Table = field(default_factory=lambda: event_schema().empty_table())

    @classmethod
    def of(cls, events: Iterable[Event], items: Iterable[Item] = ()) -> Register:
        """A register of these events; ``items`` are further attributes that a pack declares."""
        return cls(events_table(events, tuple(items)))

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The events in the order they were added."""
        return tuple(events_of(self.table))

    def adding(self, events: Iterable[Event]) -> Register:
        """A register with more events at its end."""
        more = events_table(events)
        return Register(pa.concat_tables([self.table, more], promote_options="default").select(self.table.schema.names))

    def known_on(self, known: date) -> Register:
        """The register as it was on a day."""
        return Register(self.table.filter(pc.less_equal(self.table["recorded"], pa.scalar(known, pa.date32()))))

    def at(self, valid: date, known: date = END_OF_TIME) -> States:
        """Every living subject on ``valid`` as known on ``known``, played event by event.

        Made for registers of up to some ten thousand events; ``subjects`` serves any number.
        """
        return states_at(self.events, valid, known)

    def derived(self, known: date = END_OF_TIME, *, threads: int = 2) -> tuple[pa.Table, pa.Table]:
        """The tables of subjects and of lineage at once."""
        return derive(self.table, known, threads=threads)

    def subjects(self, known: date = END_OF_TIME, *, threads: int = 2) -> pa.Table:
        """One row for each subject and span of days in which nothing about it changed, as known on a day."""
        return self.derived(known, threads=threads)[0]

    def lineage(self, known: date = END_OF_TIME) -> pa.Table:
        """Which subject became which, when, and with what share."""
        return self.derived(known)[1]
