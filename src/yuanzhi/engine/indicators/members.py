"""Which subjects belonged where in a period: one row a subject, from the register's intervals.

A subject counts in a period if some day of its life lies in it, with the state it had last. A frame
may look at a period on the boundaries of a later one: parks merged or split since are then put
where they stand later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import duckdb
import pyarrow as pa

from yuanzhi.engine.indicators.catalogue import TERRITORY, Catalogue, territory_parent
from yuanzhi.engine.kernel.periods import Period

AMBIGUOUS = "?"
"""Before the code of a subject that was split since: what it was cannot be put to one of its parts."""


@dataclass(frozen=True, order=True)
class Frame:
    """A period, looked at on its own boundaries or on those of a later period."""

    period: Period
    boundaries: Period | None = None

    @property
    def code(self) -> str:
        """The frame in a name."""
        return f"{self.period}@{self.boundaries}" if self.boundaries else str(self.period)

    @property
    def standing(self) -> Period:
        """The period whose parks and populations count."""
        return self.boundaries or self.period


@dataclass(frozen=True)
class Successions:
    """Who became what, for putting one period on the boundaries of another."""

    rows: Sequence[tuple[str, str, date]]

    @classmethod
    def of(cls, lineage: pa.Table) -> Successions:
        """From the snapshot's table of lineage."""
        names = ("predecessor", "successor", "valid")
        columns = [lineage[name].to_pylist() for name in names]
        return cls(sorted(zip(*columns, strict=True), key=lambda row: (row[2], row[0], row[1])))

    def between(self, earlier: date, later: date) -> dict[str, tuple[str, ...]]:
        """The subjects that stand on ``later`` in place of each that changed after ``earlier``."""
        found: dict[str, tuple[str, ...]] = {}
        steps: dict[tuple[str, date], list[str]] = {}
        for predecessor, successor, valid in self.rows:
            if earlier < valid <= later:
                steps.setdefault((predecessor, valid), []).append(successor)
        for (predecessor, _), successors in sorted(steps.items(), key=lambda step: step[0][1]):
            for subject, present in list(found.items()):
                if predecessor in present:
                    kept = [name for name in present if name != predecessor]
                    found[subject] = tuple(dict.fromkeys((*kept, *successors)))
            found.setdefault(predecessor, tuple(successors))
        return found


@dataclass
class Members:
    """Makes and keeps the tables of members, each once; all are temporary tables of the connection."""

    connection: duckdb.DuckDBPyConnection
    catalogue: Catalogue
    successions: Successions
    columns: Mapping[str, frozenset[str]]
    """The register's columns needed of each kind of subject."""
    made: dict[tuple[str, str, str], str] = field(default_factory=dict)
    trees: dict[str, Tree] = field(default_factory=dict)
    maps: dict[str, dict[str, str]] = field(default_factory=dict)

    def table(self, subject: str, frame: Frame) -> str:
        """The members of a kind of subject in a frame, one row each.

        Columns: ``subject``, ``park`` and ``territory`` where it belongs for rolling up, ``at_end`` whether it
        lived on the last day, ``synthetic`` of the register's record, and its attributes with ``attribute.`` before.
        """
        return self._once(subject, frame, "", lambda name: self._make(name, subject, frame))

    def parts(self, subject: str, frame: Frame, periods: Sequence[Period]) -> str:
        """The same for each of the shorter periods that make up the frame's: with ``period``, ``period_end`` and
        ``is_last``, the last in which the subject lived."""
        kind = str(periods[0].frequency)
        return self._once(subject, frame, kind, lambda name: self._make_parts(name, subject, frame, periods))

    def _once(self, subject: str, frame: Frame, kind: str, make: object) -> str:
        key = (subject, frame.code, kind)
        if key not in self.made:
            name = f"members_{len(self.made)}"
            make(name)  # type: ignore[operator]
            self.made[key] = name
        return self.made[key]

    def _make(self, name: str, subject: str, frame: Frame) -> None:
        start, end = frame.period.start, frame.period.end
        if frame.boundaries is None:
            self.connection.execute(_SINGLE.format(name=name, columns=self._columns(subject), **_LEAVES), [subject, start, end])
            return
        self._register_map(frame)
        sql = _MAPPED.format(name=name, columns=self._columns(subject), kept=self._kept(subject), **_LEAVES)
        self.connection.execute(sql, [subject, start, end])

    def _make_parts(self, name: str, subject: str, frame: Frame, periods: Sequence[Period]) -> None:
        listed = pa.table(
            {
                "period": [str(period) for period in periods],
                "period_start": pa.array([period.start for period in periods], pa.date32()),
                "period_end": pa.array([period.end for period in periods], pa.date32()),
            }
        )
        self.connection.register("parts_listed", listed)
        if frame.boundaries is not None:
            self._register_map(frame)
        mapping = _PARTS_MAPPED if frame.boundaries else _PARTS_PLAIN
        self.connection.execute(_PARTS.format(name=name, mapping=mapping, **_LEAVES), [subject])
        self.connection.unregister("parts_listed")

    def _columns(self, subject: str) -> str:
        wanted = sorted(self.columns.get(subject, frozenset()))
        return "".join(f', s."{code}" as "attribute.{code}"' for code in wanted)

    def _kept(self, subject: str) -> str:
        wanted = sorted(self.columns.get(subject, frozenset()))
        chosen = "arg_max(\"attribute.{0}\", original = subject) as \"attribute.{0}\""
        return "".join(", " + chosen.format(code) for code in wanted)

    def map_of(self, frame: Frame) -> dict[str, str]:
        """Where each changed subject stands on the frame's boundaries; split ones are marked ambiguous."""
        if frame.boundaries is None:
            return {}
        if frame.code not in self.maps:
            changed = self.successions.between(frame.period.end, frame.boundaries.end)
            self.maps[frame.code] = {
                subject: present[0] if len(present) == 1 else AMBIGUOUS + subject for subject, present in changed.items()
            }
        return self.maps[frame.code]

    def parts_since(self, frame: Frame) -> dict[str, tuple[str, ...]]:
        """The parts of each subject that was split between the frame's period and its boundaries."""
        if frame.boundaries is None:
            return {}
        changed = self.successions.between(frame.period.end, frame.boundaries.end)
        return {subject: present for subject, present in changed.items() if len(present) > 1}

    def _register_map(self, frame: Frame) -> None:
        mapping = self.map_of(frame)
        table = pa.table({"old": pa.array(mapping.keys(), pa.string()), "new": pa.array(mapping.values(), pa.string())})
        self.connection.execute("create or replace temp table succession as select * from table_", ) if False else None
        self.connection.register("succession_rows", table)
        self.connection.execute("create or replace temp table succession as select * from succession_rows")
        self.connection.unregister("succession_rows")
        now = frame.standing
        self.connection.execute(
            "create or replace temp table standing as select subject, any_value(park) as park from subjects "
            "where valid_from <= $1 and (valid_to is null or valid_to >= $1) group by subject",
            [now.end],
        )

    def tree(self, frame: Frame) -> Tree:
        """The park tree and the parks' territories as they stand in the frame."""
        standing = frame.standing
        if str(standing) not in self.trees:
            kinds = sorted(self.catalogue.tree_kinds)
            rows = self.connection.execute(
                "select subject, subject_type, parent, territory, "
                "valid_from <= $3 and (valid_to is null or valid_to >= $3) from subjects "
                "where list_contains($1, subject_type) and valid_from <= $3 and (valid_to is null or valid_to >= $2) "
                "qualify row_number() over (partition by subject order by valid_from desc) = 1 order by subject",
                [kinds, standing.start, standing.end],
            ).fetchall()
            self.trees[str(standing)] = Tree.of(rows)
        return self.trees[str(standing)]


@dataclass(frozen=True)
class Tree:
    """The parks and zones of a day: parent, territory and kind of each."""

    parents: Mapping[str, str]
    territories: Mapping[str, str]
    kinds: Mapping[str, str]
    alive: frozenset[str]
    _above: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, str | None, str | None, bool]]) -> Tree:
        """From rows of subject, kind, parent, territory and whether it lives on the last day."""
        kept = list(rows)
        return cls(
            {subject: parent for subject, _, parent, _, _ in kept if parent},
            {subject: territory for subject, _, _, territory, _ in kept if territory},
            {subject: kind for subject, kind, _, _, _ in kept},
            frozenset(subject for subject, _, _, _, lives in kept if lives),
        )

    def above(self, park: str) -> tuple[str, ...]:
        """The park itself and everything above it, upwards; a circle in the register ends it."""
        if park not in self._above:
            way = [park]
            while (parent := self.parents.get(way[-1])) and parent not in way:
                way.append(parent)
            self._above[park] = tuple(way)
        return self._above[park]

    def territories_above(self, territory: str) -> tuple[str, ...]:
        """The territory itself and those it lies in, upwards."""
        way = [territory] if territory else []
        while way and (parent := territory_parent(way[-1])):
            way.append(parent)
        return tuple(way)


_LEAVES = {
    "park": f"case when s.subject_type in ('park', 'zone') then s.subject else s.park end",
    "territory": f"case when s.subject_type = '{TERRITORY}' then s.subject else coalesce(s.territory, h.territory) end",
    "home": (
        "left join (select subject, territory from subjects where subject_type in ('park', 'zone') "
        "and valid_from <= {end} and (valid_to is null or valid_to >= {start}) "
        "qualify row_number() over (partition by subject order by valid_from desc) = 1) h on h.subject = s.park"
    ),
}
