"""The facts of each subject on a day: what the register says, what returns hold, what indicators came to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from yuanzhi.engine.kernel.periods import Frequency, Period
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.model import Form, Item, Measurement
from yuanzhi.engine.pack.scopes import ATTRIBUTES
from yuanzhi.engine.records.snapshots import SUBJECTS, Snapshot, literal, quoted

SUBJECT = "subject"


def facts_table(
    compiled: CompiledPack,
    snapshot: Snapshot,
    series: pa.Table,
    subject_type: str,
    period: Period,
    names: Iterable[str],
    *,
    threads: int = 2,
) -> pa.Table:
    """One row per subject living on the last day of the period, with a column for each name asked for.

    Attributes are those of that day. An item of a yearly or one-off return is the latest known by
    then; of monthly returns a flow is the year's sum if every month is there, a stock the last
    month's value. What is absent is null.

    Args:
        compiled: The packs.
        snapshot: The records.
        series: Indicator values, of which those of the period count.
        subject_type: The kind of subject.
        period: The period, usually a year.
        names: Items, indicators and attributes wanted; others are left out.
        threads: Threads for DuckDB.
    """
    wanted = sorted(set(names))
    with snapshot.connect(threads=threads) as connection:
        known = {row[0] for row in connection.execute(f"select column_name from (describe {SUBJECTS})").fetchall()}
        attributes = [name for name in wanted if name in ATTRIBUTES or name in known]
        forms = compiled.composition.forms
        own = [f for f in forms.values() if f.subject == subject_type and f.code in snapshot.forms]
        connection.execute(f"create temp table facts as {_everyone_sql(subject_type, period, attributes, own)}")
        left = [name for name in wanted if name not in attributes]
        joined: dict[str, str] = {}
        for form in forms.values():
            items = [name for name in left if name in form.items]
            if form.subject == subject_type and items and form.code in snapshot.forms:
                connection.execute(
                    f"create temp table {quoted('of_' + form.code)} as {_items_sql(form, items, period)}"
                )
                joined |= dict.fromkeys(items, "of_" + form.code)
        indicators = [name for name in left if name in compiled.composition.indicators]
        connection.register("wide", _pivoted(compiled, series, subject_type, period, indicators))
        joined |= dict.fromkeys(indicators, "wide")
        return connection.sql(_joined_sql(wanted, attributes, joined)).to_arrow_table()


def inputs_of(compiled: CompiledPack, trail: str) -> frozenset[str]:
    """Every name the formulas at and under a trail read, parameters left out."""
    prefix = f"{trail}/"
    own = [formula for at, formula in compiled.formulas.items() if at == trail or at.startswith(prefix)]
    return frozenset().union(*(formula.inputs for formula in own))


def _everyone_sql(subject_type: str, period: Period, attributes: Iterable[str], forms: Iterable[Form]) -> str:
    """Subjects of the register, and those no register knows (cases, parcels) with a return in the period."""
    day, kind = f"date '{period.end}'", literal(subject_type)
    names = list(attributes)
    columns = ", ".join([SUBJECT, *(quoted(name) for name in names)])
    strays = [
        f"select distinct {SUBJECT} from {quoted('returns_' + form.code)} where period_end <= {day} "
        f"and period_start >= date '{period.start}'"
        for form in forms
    ]
    registered = f"select {columns} from {SUBJECTS} where subject_type = {kind}"
    living = f"{registered} and valid_from <= {day} and (valid_to is null or valid_to >= {day})"
    if not strays:
        return living
    unknown = f"select {SUBJECT} from {SUBJECTS} where subject_type = {kind}"
    return f"{living} union all by name select * from ({' union '.join(strays)}) where {SUBJECT} not in ({unknown})"


def _items_sql(form: Form, items: Iterable[str], period: Period) -> str:
    view = quoted(f"returns_{form.code}")
    first, last = f"date '{period.start}'", f"date '{period.end}'"
    if form.frequency in (Frequency.MONTH, Frequency.QUARTER):
        needed = len(list(period.months())) // (1 if form.frequency is Frequency.MONTH else 3)
        columns = ", ".join(f"{_over_months(form.items[name], needed)} as {quoted(name)}" for name in items)
        return (
            f"select {SUBJECT}, {columns} from {view} where period_start >= {first} and period_end <= {last} group by 1"
        )
    columns = ", ".join(quoted(name) for name in items)
    within = f"period_end <= {last}" + (f" and period_start >= {first}" if form.frequency is Frequency.YEAR else "")
    latest = f"qualify row_number() over (partition by {SUBJECT} order by period_end desc, recorded desc) = 1"
    return f"select {SUBJECT}, {columns} from {view} where {within} {latest}"


def _over_months(item: Item, needed: int) -> str:
    name = quoted(item.code)
    if item.type == "number" and item.measurement is Measurement.FLOW:
        return f"case when count({name}) = {needed} then sum({name}) end"
    return f"arg_max({name}, period_end)"


def _pivoted(
    compiled: CompiledPack, series: pa.Table, subject_type: str, period: Period, indicators: Iterable[str]
) -> pa.Table:
    """Indicator values of the period, one column an indicator, over the indicator's own scope."""
    names = list(indicators)
    own = series.filter(
        pc.and_(pc.equal(series["period"], str(period)), pc.is_in(series["indicator"], pa.array(names, pa.string())))
    )
    by_subject: dict[str, dict[str, object]] = {}
    for row in own.select(["indicator", "scope", "subject_type", "subject", "value"]).to_pylist():
        declared = compiled.composition.indicators[row["indicator"]]
        if row["subject_type"] == subject_type and (row["scope"] or "") == declared.scope:
            by_subject.setdefault(row["subject"], {})[row["indicator"]] = row["value"]
    value = series.schema.field("value").type
    columns: Mapping[str, pa.Array] = {
        SUBJECT: pa.array(list(by_subject), pa.string()),
        **{name: pa.array([row.get(name) for row in by_subject.values()], value) for name in names},
    }
    return pa.table(dict(columns))


def _joined_sql(wanted: Iterable[str], attributes: Iterable[str], joined: Mapping[str, str]) -> str:
    own = set(attributes)
    columns = [f"facts.{SUBJECT}"]
    for name in wanted:
        source = "facts" if name in own else joined.get(name)
        columns.append(f"{quoted(source)}.{quoted(name)}" if source else f"null as {quoted(name)}")
    joins = " ".join(f"left join {quoted(table)} using ({SUBJECT})" for table in dict.fromkeys(joined.values()))
    return f"select {', '.join(columns)} from facts {joins} order by facts.{SUBJECT}"
