"""Periods looked at on their own boundaries or on later ones; who became what; the tree of parks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa

from yuanzhi.engine.indicators.catalogue import territory_parent
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.records.events import events_of
from yuanzhi.engine.records.states import effective

AMBIGUOUS = "?"
"""Before the code of a subject that was split since: what it was cannot be put to one of its parts."""


@dataclass(frozen=True)
class Frame:
    """A period, looked at as it went or on the boundaries with which a period ended, its own or a later one.

    As it went, what was merged within the period is in both places, each for its part of the time.
    """

    period: Period
    boundaries: Period | None = None

    @property
    def code(self) -> str:
        """The frame as text."""
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
    def of(cls, lineage: pa.Table, splits: pa.Table, known: date) -> Successions:
        """From a snapshot's lineage, and the splits of its register: a whole that lives on has no lineage."""
        columns = [lineage[name].to_pylist() for name in ("predecessor", "successor", "valid")]
        rows = set(zip(*columns, strict=True))
        for event in effective(events_of(splits), known):
            rows |= {(event.subject, part.subject, event.valid) for part in event.into}
        return cls(sorted(rows, key=lambda row: (row[2], row[0], row[1])))

    def between(self, earlier: date, later: date) -> dict[str, tuple[str, ...]]:
        """What stands on ``later`` in place of each subject that was merged or split after ``earlier``."""
        steps: dict[tuple[date, str], list[str]] = {}
        for predecessor, successor, valid in self.rows:
            if earlier < valid <= later:
                steps.setdefault((valid, predecessor), []).append(successor)
        found: dict[str, tuple[str, ...]] = {}
        for (_, predecessor), successors in sorted(steps.items()):
            for subject, present in list(found.items()):
                if predecessor in present:
                    kept = [name for name in present if name != predecessor]
                    found[subject] = tuple(dict.fromkeys((*kept, *successors)))
            found.setdefault(predecessor, tuple(successors))
        return found

    def of_frame(self, frame: Frame) -> dict[str, tuple[str, ...]]:
        """The same from a frame's period on to its boundaries; nothing for a frame without any."""
        return self.between(frame.period.start, frame.boundaries.end) if frame.boundaries else {}


@dataclass(frozen=True)
class Tree:
    """The parks and zones of a period: parent, territory and kind of each."""

    parents: Mapping[str, str]
    territories: Mapping[str, str]
    kinds: Mapping[str, str]
    alive: frozenset[str]
    split: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _above: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(
        cls, rows: Iterable[tuple[str, str, str | None, str | None, bool]], split: Mapping[str, tuple[str, ...]]
    ) -> Tree:
        """From rows of subject, kind, parent, territory and whether it lives on the last day."""
        kept = list(rows)
        return cls(
            {subject: parent for subject, _, parent, _, _ in kept if parent},
            {subject: territory for subject, _, _, territory, _ in kept if territory},
            {subject: kind for subject, kind, _, _, _ in kept},
            frozenset(subject for subject, _, _, _, lives in kept if lives),
            split,
        )

    def above(self, park: str) -> tuple[str, ...]:
        """The park itself and everything above it, upwards; a circle in the register ends it.

        What was split since stands only under what all its parts stand under.
        """
        if park not in self._above:
            if park.startswith(AMBIGUOUS):
                ways = [self.above(part) for part in self.split.get(park.removeprefix(AMBIGUOUS), ())]
                shared = set.intersection(*map(set, ways)) if ways else set()
                self._above[park] = (park, *(name for name in (ways[0] if ways else ()) if name in shared))
            else:
                way = [park]
                while (parent := self.parents.get(way[-1])) and parent not in way:
                    way.append(parent)
                self._above[park] = tuple(way)
        return self._above[park]

    def left_open(self, park: str) -> frozenset[str]:
        """The subjects that cannot be told because this one, split since, belongs to some of them in part."""
        parts = self.split.get(park.removeprefix(AMBIGUOUS), ()) if park.startswith(AMBIGUOUS) else ()
        return frozenset(name for part in parts for name in self.above(part)) - set(self.above(park))

    def territory(self, park: str) -> str:
        """Where a park lies: its own territory, or that of the nearest zone above that states one."""
        return next((self.territories[name] for name in self.above(park) if name in self.territories), "")


def territories_above(territory: str) -> tuple[str, ...]:
    """A territory and those it lies in, upwards.

    >>> territories_above("630102")
    ('630102', '630100', '630000')
    """
    way = [territory] if territory else []
    while way and (parent := territory_parent(way[-1])):
        way.append(parent)
    return tuple(way)
