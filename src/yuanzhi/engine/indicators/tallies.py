"""Measures summed and counted by the leaves of the trees, each view read once for all measures over it.

Sums are exact decimals: neither the order of rows nor the number of threads can change them.
Everything above the leaves is added up in ``rolling``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import duckdb

from yuanzhi.engine.indicators.catalogue import TERRITORY, TREE_KINDS, parts_of
from yuanzhi.engine.indicators.facts import Facts, View, quoted
from yuanzhi.engine.indicators.frames import Frame
from yuanzhi.engine.indicators.measures import Measure
from yuanzhi.engine.indicators.plan import Node
from yuanzhi.engine.indicators.series_form import SHOWN_MISSING

Leaf = tuple[str | None, str | None]
"""Park and territory of rows; for parks themselves the park is the row's own subject."""


@dataclass(slots=True)
class Tally:
    """What a leaf, or anything above it, holds of a measure.

    Attributes:
        total: The sum of the values there are.
        count: How many there are.
        people: The subjects expected to report: those of the population, or where what is added up are results of
            an earlier step, those that were expected there.
        unknown: Those of them whose value or condition is missing.
        pending: Rows whose own value or condition is missing.
        missing: The first missing subjects by code.
        absent: Subjects without any return, where that was asked.
        is_open: Part of it cannot be told, as after a split.
    """

    total: Decimal = Decimal(0)
    count: int = 0
    people: int = 0
    unknown: int = 0
    pending: int = 0
    synthetic: bool = False
    real: bool = False
    missing: tuple[str, ...] = ()
    absent: int = 0
    is_open: bool = False

    def add(self, other: Tally) -> None:
        """Take another tally in."""
        self.total += other.total
        self.count += other.count
        self.people += other.people
        self.unknown += other.unknown
        self.pending += other.pending
        self.synthetic = self.synthetic or other.synthetic
        self.real = self.real or other.real
        if other.missing:
            self.missing = tuple(sorted({*self.missing, *other.missing})[:SHOWN_MISSING])


Leaves = dict[Leaf, Tally]
_PARK, _TERRITORY = quoted("leaf.park"), quoted("leaf.territory")


@dataclass
class _Columns:
    """Distinct expressions with the place of each."""

    texts: dict[str, int] = field(default_factory=dict)

    def add(self, text: str) -> int:
        return self.texts.setdefault(text, len(self.texts))

    def sql(self, prefix: str = "") -> str:
        return "".join(f", {text}" + (f" as {prefix}{at}" if prefix else "") for text, at in self.texts.items())


@dataclass
class Tallier:
    """Reads measures from views."""

    connection: duckdb.DuckDBPyConnection
    facts: Facts
    results: Mapping[str, Node]
    """Where an indicator read by a measure has been computed, by its code."""

    def leaves(self, measures: Iterable[Measure], frame: Frame) -> dict[Measure, Leaves]:
        """The tallies of each measure by leaf."""
        groups: dict[tuple[Any, ...], list[Measure]] = {}
        for measure in dict.fromkeys(measures):
            forms = frozenset(self._forms(measure))
            part = measure.item.form.code if measure.by_part and measure.item else ""
            groups.setdefault((measure.lower, part, forms), []).append(measure)
        found: dict[Measure, Leaves] = {}
        for (lower, part, _), group in groups.items():
            names = frozenset().union(*(measure.reads for measure in group))
            results = {name: self.results[name] for name in sorted(names) if name in self.results}
            view = self._view(lower, frame, names, results)
            if part:
                self.connection.execute(
                    f"create or replace temp table part_rows as {self._part_rows(group, frame, view)}"
                )
            found |= self._tallied(group, view, "from part_rows" if part else view.sql)
        return found

    def values(self, measure: Measure, frame: Frame) -> dict[Leaf, list[Decimal]]:
        """Every value of a measure by leaf, for what cannot be added up, such as a median."""
        results = {name: self.results[name] for name in sorted(measure.reads) if name in self.results}
        view = self._view(measure.lower, frame, measure.reads, results)
        given = _Columns()
        taken = _Taken.of(measure, view, given)
        conditions = " and ".join((*taken.rows, f"{taken.value} is not null"))
        sql = (
            f"select {_PARK}, {_TERRITORY}, list({taken.value}) from (select *{given.sql('given_')} from ({view.sql})) "
            f"where {conditions} group by all"
        )
        return {(park, territory): values for park, territory, values in self.connection.execute(sql).fetchall()}

    def _view(self, lower: str, frame: Frame, names: frozenset[str], results: Mapping[str, Node]) -> View:
        """The view; whom the register does not know belongs nowhere, unless it is itself a place."""
        is_place = lower in TREE_KINDS or lower == TERRITORY
        return self.facts.view(lower, frame, names, results, members_only=not is_place)

    def _forms(self, measure: Measure) -> set[str]:
        items = [self.facts.catalogue.item(measure.lower, name) for name in measure.reads]
        return {own.form.code for own in items if own is not None}

    def _part_rows(self, measures: Sequence[Measure], frame: Frame, view: View) -> str:
        """A row for each subject and place it was at in the period, with what it had there and its whole view."""
        items = {measure.item.code: measure.item for measure in measures if measure.item}
        form = next(iter(items.values())).form
        parts = self.facts.members.parts(measures[0].lower, frame, parts_of(frame.period, form.frequency))
        known = self.facts.tables.get("returns_" + form.code, frozenset())
        sums = "".join(
            f", {f'sum(r.{quoted(code)})' if code in known else 'null'} as {quoted('part.' + code)}"
            for code in sorted(items)
        )
        returns = quoted("returns_" + form.code) if known else _NO_RETURNS
        return (
            f"select p.park as {_PARK}, p.territory as {_TERRITORY}, p.is_home, p.part_synthetic, p.part_real, "
            f"v.* exclude ({_PARK}, {_TERRITORY}){_parts(items)} from ("
            "select *, row_number() over (partition by subject order by last_day desc, park, territory) = 1 as is_home "
            "from ("
            f"select m.subject, m.park, m.territory, max(m.period_end) as last_day, "
            f"bool_or(r.synthetic) as part_synthetic, bool_or(not r.synthetic) as part_real{sums} "
            f"from {parts} m left join {returns} r on r.subject = m.original and r.period = m.period "
            f"group by m.subject, m.park, m.territory)) p left join ({view.sql}) v on v.subject = p.subject"
        )

    def _tallied(self, measures: Sequence[Measure], view: View, rows: str) -> dict[Measure, Leaves]:
        given = _Columns()
        taken = [_Taken.of(measure, view, given) for measure in measures]
        rows = f"select *{given.sql('given_')} from ({rows})"
        columns = _Columns()
        places = [[columns.add(text) if text else -1 for text in own.columns()] for own in taken]
        fetched = self._by_leaf(columns, rows)
        found = {
            measure: {(row[0], row[1]): _tally(row, place) for row in fetched}
            for measure, place in zip(measures, places, strict=True)
        }
        by_measure = dict(zip(measures, taken, strict=True))
        self._name_missing(by_measure, rows, found)
        self._look_closer(by_measure, rows, found)
        return found

    def _by_leaf(self, columns: _Columns, rows: str) -> list[tuple[Any, ...]]:
        sql = f"select {_PARK}, {_TERRITORY}{columns.sql()} from ({rows}) group by all"
        return self.connection.execute(sql).fetchall()

    def _look_closer(self, taken: Mapping[Measure, _Taken], rows: str, found: Mapping[Measure, Leaves]) -> None:
        """Where a leaf has synthetic and real rows, see of each measure which of them its values come from."""
        doubtful = [measure for measure in taken if any(own.synthetic and own.real for own in found[measure].values())]
        if not doubtful:
            return
        columns = _Columns()
        places = [[columns.add(text) for text in taken[measure].exact_marks()] for measure in doubtful]
        for row in self._by_leaf(columns, rows):
            for measure, (synthetic, real) in zip(doubtful, places, strict=True):
                tally = found[measure][(row[0], row[1])]
                tally.synthetic, tally.real = bool(row[2 + synthetic]), bool(row[2 + real])

    def _name_missing(self, taken: Mapping[Measure, _Taken], rows: str, found: Mapping[Measure, Leaves]) -> None:
        """The first missing subjects of each leaf by code, only for measures that lack any.

        Where the only ones missing are those who reported nothing at all, they are named once for all measures.
        """
        lacking = [measure for measure in taken if any(tally.unknown for tally in found[measure].values())]
        if not lacking:
            return
        columns = _Columns()
        places = [columns.add(self._names(taken[measure], found[measure])) for measure in lacking]
        for row in self._by_leaf(columns, rows):
            for measure, place in zip(lacking, places, strict=True):
                if row[2 + place]:
                    found[measure][(row[0], row[1])].missing = tuple(sorted(row[2 + place]))

    @staticmethod
    def _names(taken: _Taken, leaves: Leaves) -> str:
        if taken.absent and all(tally.unknown == tally.absent for tally in leaves.values()):
            return f"min(subject, {SHOWN_MISSING}){_filter((*taken.pending[:-1], taken.absent))}"
        return taken.names


@dataclass(frozen=True)
class _Taken:
    """A measure over the rows, as SQL aggregates.

    ``rows`` are the conditions for a row's value to be taken, ``pending`` those for that to be unknown.
    """

    value: str
    rows: tuple[str, ...]
    total: str
    people: str
    unknown: str
    pending: tuple[str, ...]
    names: str
    marks: tuple[str, str]
    absent: str
    """Of a measure that is one item without conditions: whether a row's subject has no return at all."""

    @classmethod
    def of(cls, measure: Measure, view: View, given: _Columns) -> _Taken:
        population = ['"leaf.at_end"'] if measure.at_end else []
        if measure.row_set:
            inside = f"subject in (select subject from {measure.row_set})"
            population.append(f"given_{given.add(inside)}")
        where = f"given_{given.add('(' + measure.where + ')')}" if measure.where else ""
        whole = measure.value if measure.item or not measure.value else f"given_{given.add(measure.value)}"
        value = quoted("part." + measure.item.code) if measure.by_part and measure.item else whole
        people = (*(["is_home"] if measure.by_part else []), *population)
        rows = (*population, *([where] if where else []))
        pending = _pending(whole, where)
        results = sorted(measure.reads & view.results.keys())
        is_plain = bool(measure.item) and not (results or where or measure.by_part)
        own = _from_results(results, where, pending, people) if results else _from_rows(pending, people)
        return cls(
            value=value,
            rows=rows,
            total=f"sum({value}){_filter(rows)}" if measure.is_number else "null",
            people=own[0],
            unknown=own[1],
            pending=(*people, pending),
            names=own[2],
            marks=_marks(measure, view),
            absent=f"{view.synthetic_marks(measure.names)[0]} is null" if is_plain else "",
        )

    def columns(self) -> tuple[str, ...]:
        """Total, count, people, unknown, pending, whether any row is synthetic or real, and subjects without a return.

        An empty text stands for what follows from the others: whoever of the people has no value is unknown.
        """
        pending = f"count(*){_filter(self.pending)}" if self.pending[-1] != "false" else "0"
        absent = f"count(*){_filter((*self.pending[:-1], self.absent))}" if self.absent else "0"
        return (
            self.total,
            f"count({self.value or '*'}){_filter(self.rows)}",
            self.people,
            "" if self.absent else self.unknown,
            "" if self.absent else pending,
            f"bool_or({self.marks[0]}){_filter(self.rows)}",
            f"bool_or({self.marks[1]}){_filter(self.rows)}",
            absent,
        )

    def exact_marks(self) -> tuple[str, str]:
        """Whether a value taken, and not only some row, is synthetic or real."""
        present = (*self.rows, f"{self.value} is not null") if self.value else self.rows
        return f"bool_or({self.marks[0]}){_filter(present)}", f"bool_or({self.marks[1]}){_filter(present)}"


def _from_rows(pending: str, people: tuple[str, ...]) -> tuple[str, str, str]:
    """People, unknown and names where each row is one subject expected to report."""
    unknown = (*people, pending)
    return (
        f"count(*){_filter(people)}",
        f"count(*){_filter(unknown)}" if pending != "false" else "0",
        f"min(subject, {SHOWN_MISSING}){_filter(unknown)}",
    )


def _from_results(results: Sequence[str], where: str, pending: str, people: tuple[str, ...]) -> tuple[str, str, str]:
    """The same where rows hold results of an earlier step: those know who was expected there and who is missing."""
    expected = " + ".join(f"coalesce({quoted('expected.' + name)}, 1)" for name in results)
    reported = " + ".join(f"coalesce({quoted('reported.' + name)}, 0)" for name in results)
    lacking = f"greatest({expected} - ({reported}), case when {pending} then 1 else 0 end)"
    unknown = f"case when {where} is null then {expected} else {lacking} end" if where else lacking
    own = ", ".join(f"coalesce({quoted('missing.' + name)}, [])" for name in results)
    listed = f"list_concat([]::varchar[], {own})"
    named = f"case when len({listed}) > 0 then {listed} when {pending} then [subject] else []::varchar[] end"
    names = f"list_slice(list_sort(list_distinct(flatten(list({named}){_filter(people)}))), 1, {SHOWN_MISSING})"
    return f"sum({expected}){_filter(people)}", f"sum({unknown}){_filter(people)}", names


_NO_RETURNS = "(select null::varchar as subject, null::varchar as period, null::boolean as synthetic where false)"


def _pending(value: str, where: str) -> str:
    """Whether a row's value or condition is missing."""
    absent = f"{value} is null" if value else ""
    if not where:
        return absent or "false"
    return f"({where} is null or ({where} and {absent}))" if absent else f"{where} is null"


def _marks(measure: Measure, view: View) -> tuple[str, str]:
    """Whether a row's value rests on synthetic and on real records, as conditions."""
    if measure.by_part:
        return "part_synthetic", "part_real"
    synthetic, real = [], []
    for mark in view.synthetic_marks(measure.names):
        synthetic.append(f"coalesce({mark}, false)")
        real.append(f"coalesce(not {mark}, false)")
    for name in sorted(measure.names & view.results.keys()):
        synthetic.append(f"coalesce({quoted('synthetic.' + name)}, false)")
        real.append(f"coalesce({quoted('real.' + name)}, false)")
    if not synthetic:
        return '"leaf.synthetic"', 'not "leaf.synthetic"'
    return " or ".join(synthetic), " or ".join(real)


def _filter(conditions: Sequence[str]) -> str:
    return f" filter (where {' and '.join(conditions)})" if conditions else ""


def _parts(items: Iterable[str]) -> str:
    return "".join(f", p.{quoted('part.' + code)}" for code in sorted(items))


def _tally(row: Sequence[Any], at: Sequence[int]) -> Tally:
    """The tally of a measure from a row that begins with the leaf."""
    total, count, people = row[2 + at[0]], row[2 + at[1]], int(row[2 + at[2]] or 0)
    unknown = people - count if at[3] < 0 else int(row[2 + at[3]] or 0)
    pending = unknown if at[4] < 0 else row[2 + at[4]]
    # A row without any value taken has no origin to speak of.
    synthetic, real = (count > 0 and bool(row[2 + at[5]]), count > 0 and bool(row[2 + at[6]]))
    return Tally(total or Decimal(0), count, people, unknown, pending, synthetic, real, absent=row[2 + at[7]])
