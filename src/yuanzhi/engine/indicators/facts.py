"""The wide view of a kind of subject in a period: its attributes, items and indicators side by side.

Items of shorter periods are brought to the frame's period here: flows are added and only if every
part is there, stocks are those of the last part, codes and truth values the last that were reported.
A rate is never added or averaged; it is there only if it was reported for the period itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from yuanzhi.engine.indicators.catalogue import Catalogue, ItemSource, parts_of
from yuanzhi.engine.indicators.frames import Frame
from yuanzhi.engine.indicators.members import Members
from yuanzhi.engine.indicators.plan import Node
from yuanzhi.engine.kernel.periods import Frequency, Period
from yuanzhi.engine.pack.model import Form, Item, Measurement

LEAF = ("park", "territory", "at_end", "synthetic")
"""Where a row stands for rolling up; in views with ``leaf.`` before, which no code can begin with."""
RESULTS = "results"
"""The table of values computed so far."""


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class View:
    """A query with one row a subject: ``subject``, the columns of ``LEAF``, and the names asked for.

    For each form read there is ``synthetic.form`` (null without a row); for each result read, its marks
    under ``reported.name`` and so on.
    """

    sql: str
    items: Mapping[str, ItemSource] = field(default_factory=dict)
    results: Mapping[str, Node] = field(default_factory=dict)
    attributes: frozenset[str] = frozenset()

    def form_marks(self, names: Iterable[str]) -> list[str]:
        """The columns that say whether the forms these names come from were synthetic."""
        codes = [name.rpartition(".")[2] for name in sorted(names)]
        forms = dict.fromkeys(self.items[code].form.code for code in codes if code in self.items)
        return [f"synthetic.{form}" for form in forms]

    def synthetic_marks(self, names: Iterable[str]) -> list[str]:
        """The same columns as SQL."""
        return [quoted(mark) for mark in self.form_marks(names)]


@dataclass
class Facts:
    """Makes views. ``tables`` are the names of the snapshot's tables there are."""

    connection: duckdb.DuckDBPyConnection
    catalogue: Catalogue
    members: Members
    tables: Mapping[str, frozenset[str]]

    def view(
        self,
        subject: str,
        frame: Frame,
        names: Iterable[str],
        results: Mapping[str, Node],
        *,
        members_only: bool = False,
    ) -> View:
        """The view of a kind of subject with the names asked for; what is nowhere to be had is null.

        Args:
            subject: The kind of subject.
            frame: The period and boundaries.
            names: Items and attributes.
            results: Indicators computed before, by the name they have in formulas.
            members_only: Leave out subjects that have returns although the register does not know them.
        """
        wanted = sorted(set(names) - results.keys())
        found = {code: self.catalogue.item(subject, code) for code in wanted}
        items = {own.code: own for own in found.values() if own is not None}
        attributes = [code for code, own in found.items() if own is None]
        forms: dict[str, list[ItemSource]] = {}
        for own in items.values():
            forms.setdefault(own.form.code, []).append(own)
        chosen = ["u.subject", *(f"u.{name} as {quoted('leaf.' + name)}" for name in LEAF)]
        chosen += [self._attribute(subject, code) for code in attributes]
        joins: list[str] = []
        for number, (code, own_items) in enumerate(sorted(forms.items())):
            sql = self._form(subject, frame, own_items[0].form, own_items)
            joins.append(f"left join ({sql}) f{number} on f{number}.subject = u.subject")
            chosen += [f"f{number}.{quoted(own.code)}" for own in own_items]
            chosen.append(f"f{number}.synthetic as {quoted('synthetic.' + code)}")
        if results:
            joins.append(f"left join ({_results(results, frame)}) r on r.subject = u.subject")
            chosen += [f"r.{quoted(name)}" for name in sorted(results)]
            chosen += [f"r.{quoted(f'{mark}.{name}')}" for name in sorted(results) for mark in MARKS]
        asked = [] if members_only else [own[0].form for own in forms.values()]
        everyone = self._everyone(subject, frame, asked, results)
        sql = f"select {', '.join(chosen)} from ({everyone}) u {' '.join(joins)}"
        return View(sql, items, dict(results), frozenset(attributes))

    def count(self, subject: str, frame: Frame) -> int:
        """How many members a kind of subject has in a frame."""
        rows = self.connection.execute(f"select count(*) from {self.members.table(subject, frame)}").fetchall()
        return int(rows[0][0])

    def _attribute(self, subject: str, code: str) -> str:
        if code in self.members.columns.get(subject, frozenset()):
            return f"u.{quoted('attribute.' + code)} as {quoted(code)}"
        return f"null as {quoted(code)}"

    def _everyone(self, subject: str, frame: Frame, forms: Sequence[Form], results: Mapping[str, Node]) -> str:
        """The members, and subjects that have returns or results although the register does not know them."""
        table = self.members.table(subject, frame)
        found = [f"select subject from ({_results(results, frame)})"] if results else []
        found += [
            f"select r.subject from {quoted('returns_' + form.code)} r "
            f"where r.period_end between {_day(frame.period.start)} and {_day(frame.period.end)} "
            f"and not exists (from subjects s where s.subject = r.subject and s.subject_type = {literal(subject)})"
            for form in forms
            if "returns_" + form.code in self.tables and frame.boundaries is None
        ]
        if not found:
            return f"from {table}"
        others = " union ".join(found)
        return (
            f"from {table} union all by name select o.subject, "
            f"case when {literal(subject)} in ('park', 'zone') then o.subject end as park, "
            f"case when {literal(subject)} = 'territory' then o.subject end as territory, "
            f"true as at_end, false as synthetic from ({others}) o "
            f"where o.subject not in (select subject from {table})"
        )

    def _form(self, subject: str, frame: Frame, form: Form, items: Sequence[ItemSource]) -> str:
        """One row a subject with the form's items brought to the frame's period."""
        table = "returns_" + form.code
        periods = parts_of(frame.period, form.frequency)
        known = self.tables.get(table, frozenset())
        if not known or not (periods or form.frequency is Frequency.ONCE):
            empty = ", ".join(f"null::{_sql_type(own.item)} as {quoted(own.code)}" for own in items)
            return f"select null::varchar as subject, null::boolean as synthetic, {empty} where false"
        if form.frequency is Frequency.ONCE:
            chosen = ", ".join(_column(own, known) for own in items)
            return (
                f"select subject, {_MARK}, {chosen} from {quoted(table)} where period_end <= {_day(frame.period.end)} "
                "qualify row_number() over (partition by subject order by period_end desc) = 1"
            )
        if len(periods) == 1 and frame.boundaries is None:
            chosen = ", ".join(_column(own, known) for own in items)
            return f"select subject, {_MARK}, {chosen} from {quoted(table)} where period = {literal(str(periods[0]))}"
        return self._over_parts(subject, frame, table, periods, items)

    def _over_parts(
        self, subject: str, frame: Frame, table: str, periods: Sequence[Period], items: Sequence[ItemSource]
    ) -> str:
        parts = self._parts_with_strays(subject, frame, table, periods)
        known = self.tables[table]
        chosen = ", ".join(
            f"{_over_time(own, len(periods))} as {quoted(own.code)}" if own.code in known else _column(own, known)
            for own in items
        )
        return (
            f"select m.subject, bool_or(r.synthetic) as synthetic, {chosen} from ({parts}) m "
            f"left join {quoted(table)} r on r.subject = m.original and r.period = m.period group by m.subject"
        )

    def _parts_with_strays(self, subject: str, frame: Frame, table: str, periods: Sequence[Period]) -> str:
        """The members by part; a subject the register does not know is expected in every part."""
        parts = self.members.parts(subject, frame, periods)
        columns = "subject, original, period, period_end, is_last"
        if frame.boundaries is not None:
            return f"select {columns} from {parts}"
        listed = ", ".join(
            f"({literal(str(period))}, {_day(period.end)}, {str(at == len(periods) - 1).lower()})"
            for at, period in enumerate(periods)
        )
        names = ", ".join(literal(str(period)) for period in periods)
        return (
            f"select {columns} from {parts} union all "
            f"select o.subject, o.subject, l.period, l.period_end, l.is_last from ("
            f"select distinct r.subject from {quoted(table)} r where r.period in ({names}) and not exists "
            f"(from subjects s where s.subject = r.subject and s.subject_type = {literal(subject)})) o, "
            f"(values {listed}) l(period, period_end, is_last)"
        )


_MARK = "coalesce(synthetic, false) as synthetic"
"""Null in a view means that there was no return at all."""
MARKS = ("reported", "expected", "missing", "synthetic", "real")
"""What a result carries beside its value."""


def _results(results: Mapping[str, Node], frame: Frame) -> str:
    """Results side by side, one row a subject, read in one pass."""
    columns = "".join(
        f", any_value({mark}) filter (where {_is_of(node)}) as {quoted(name if mark == 'value' else f'{mark}.{name}')}"
        for name, node in sorted(results.items())
        for mark in ("value", *MARKS)
    )
    wanted = " or ".join(f"({_is_of(node)})" for node in dict.fromkeys(results.values()))
    return f"select subject{columns} from {RESULTS} where frame = {literal(frame.code)} and ({wanted}) group by subject"


def _is_of(node: Node) -> str:
    level = str(node.level).lower()
    return f"indicator = {literal(node.indicator)} and scope = {literal(node.scope)} and level = {level}"


def _over_time(own: ItemSource, parts: int) -> str:
    column = f"r.{quoted(own.code)}"
    if own.item.type != "number":
        return f"arg_max({column}, m.period_end) filter (where {column} is not null)"
    match own.measurement:
        case Measurement.FLOW:
            return f"try_cast(case when count({column}) = count(*) then sum({column}) end as {_sql_type(own.item)})"
        case Measurement.STOCK:
            last = "filter (where m.is_last)"
            total = f"case when count({column}) {last} = count(*) {last} then sum({column}) {last} end"
            return f"try_cast({total} as {_sql_type(own.item)})"
        case _:
            return f"case when count(*) = 1 and {parts} = 1 then any_value({column}) end"


def _column(own: ItemSource, known: frozenset[str]) -> str:
    if own.code in known:
        return quoted(own.code)
    return f"null::{_sql_type(own.item)} as {quoted(own.code)}"


def _sql_type(item: Item) -> str:
    match item.type:
        case "number":
            return f"decimal(18,{item.scale})"
        case "boolean":
            return "boolean"
        case "date":
            return "date"
        case _:
            return "varchar"


def _day(day: object) -> str:
    return f"date '{day}'"
