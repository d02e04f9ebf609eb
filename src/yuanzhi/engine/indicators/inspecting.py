"""What values were made of: the facts that formulas read, and the parts that a rolled-up value was added up from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa

from yuanzhi.engine.indicators.catalogue import parts_of
from yuanzhi.engine.indicators.facts import Facts, quoted
from yuanzhi.engine.indicators.frames import Frame
from yuanzhi.engine.indicators.measures import Measure, Measuring
from yuanzhi.engine.indicators.opening import open_evaluation, open_facts
from yuanzhi.engine.indicators.plan import Node, Planner, make_plan
from yuanzhi.engine.indicators.rolling import Climb
from yuanzhi.engine.indicators.tallies import Leaf
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.pack.model import Scalar

if TYPE_CHECKING:
    from yuanzhi.engine.pack import CompiledPack
    from yuanzhi.engine.records import Snapshot

SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one subject gave to a rolled-up value.

    Attributes:
        subject: The lower subject.
        value: Its value for the period, in its own unit; ``None`` where it is missing, or where subjects are counted.
        counts: Whether it meets the aggregate's condition; ``None`` where that cannot be told.
    """

    subject: str
    value: Scalar
    counts: bool | None = True


def subject_facts(
    compiled: CompiledPack,
    snapshot: Snapshot,
    subject: str,
    period: Period,
    names: Iterable[str],
    *,
    threads: int = 2,
) -> pa.Table:
    """Items and attributes of every subject of a kind that lives on the last day of a period.

    Items are brought to the period as formulas read them: a flow is there only if every part of the period in which
    the subject lived is, a stock is that of the last part. Subjects that no register knows and that have a return
    in the period are there too. What is nowhere to be had is null.

    Args:
        compiled: The packs.
        snapshot: The frozen records.
        subject: The kind of subject.
        period: The period.
        names: Items and attributes; names of indicators are left out.
        threads: Threads for DuckDB.
    """
    planner = Planner(compiled)
    indicators = compiled.composition.indicators
    wanted = sorted({name for name in names if name not in indicators})
    attributes = frozenset(name for name in wanted if planner.catalogue.is_attribute(subject, name))
    with open_facts(planner.catalogue, snapshot, {subject: attributes}, threads=threads) as facts:
        view = facts.view(subject, Frame(period), wanted, {})
        columns = ", ".join(quoted(name) for name in (SUBJECT, *wanted))
        sql = f'select {columns} from ({view.sql}) where "leaf.at_end" order by {SUBJECT}'
        return facts.connection.sql(sql).to_arrow_table()


def contributions(
    compiled: CompiledPack,
    snapshot: Snapshot,
    indicator: str,
    period: Period,
    *,
    scope: str = "",
    as_of: date,
    threads: int = 2,
) -> dict[str, tuple[Contribution, ...]]:
    """What each lower subject gave to an aggregate indicator, by upper subject, the largest first.

    Those outside its scope are left out; those that do not meet its condition are there and do not count.
    A growth or rank has none: it is made of the subject's own values.

    Args:
        compiled: The packs.
        snapshot: The frozen records.
        indicator: An aggregate indicator's code.
        period: The period.
        scope: The set it is taken over.
        as_of: The day whose parameters count.
        threads: Threads for DuckDB.
    """
    planner, node = Planner(compiled), Node(indicator, scope)
    aggregate = planner.indicator(node).aggregate
    if aggregate is None or aggregate.function in ("growth", "rank"):
        return {}
    plan, parameters = make_plan(planner, [indicator]), compiled.parameters_on(as_of)
    with open_evaluation(planner, plan, snapshot, parameters, threads=threads) as evaluation:
        evaluation.run([period])
        frame, rolled = Frame(period), planner.rolled(node)
        measuring = Measuring(planner, parameters)
        measure = measuring.measure(node, rolled, frame, row_set=evaluation.row_set(frame, scope, rolled))
        climb = evaluation.climb(frame, node, rolled, scope)
        found: dict[str, list[tuple[Leaf, Contribution]]] = {}
        for leaf, own in _rows(evaluation.facts, measure, frame, evaluation.results_read([node])):
            for upper in climb.above(leaf) if climb.holds(leaf) else ():
                found.setdefault(upper, []).append((leaf, own))
    return {
        upper: tuple(sorted((own for _, own in _topmost(rows, climb)), key=_largest_first))
        for upper, rows in sorted(found.items())
    }


def _rows(
    facts: Facts, measure: Measure, frame: Frame, results: Mapping[str, Node]
) -> Iterator[tuple[Leaf, Contribution]]:
    """Every subject of the population with its place, value, and whether it meets the condition."""
    read = {name: results[name] for name in sorted(measure.reads) if name in results}
    source, value = facts.view(measure.lower, frame, measure.reads, read).sql, measure.value or "null"
    if measure.by_part and measure.item:
        source, value = _by_part(facts, measure, frame, source), "part_total"
    population = ['"leaf.at_end"'] if measure.at_end else []
    population += [f"{SUBJECT} in (select {SUBJECT} from {measure.row_set})"] if measure.row_set else []
    found = facts.connection.execute(
        f'select {SUBJECT}, "leaf.park", "leaf.territory", {value}, {measure.where or "true"} '
        f"from ({source}) where {' and '.join(population) or 'true'}"
    )
    for subject, park, territory, own, counts in found.fetchall():
        yield (park, territory), Contribution(subject, own, counts)


def _by_part(facts: Facts, measure: Measure, frame: Frame, view: str) -> str:
    """The view with a row for each place a subject was at in the period, and what it had there."""
    assert measure.item is not None
    form = measure.item.form
    table, periods = "returns_" + form.code, parts_of(frame.period, form.frequency)
    known = measure.item.code in facts.tables.get(table, frozenset())
    parts = facts.members.parts(measure.lower, frame, periods)
    total, join = "null", ""
    if known:
        total = f"sum(r.{quoted(measure.item.code)})"
        join = f"left join {quoted(table)} r on r.{SUBJECT} = m.original and r.period = m.period"
    return (
        f'select p.park as "leaf.park", p.territory as "leaf.territory", p.part_total, '
        f'v.* exclude ("leaf.park", "leaf.territory") from ('
        f"select m.{SUBJECT}, m.park, m.territory, {total} as part_total from {parts} m {join} group by 1, 2, 3"
        f") p join ({view}) v on v.{SUBJECT} = p.{SUBJECT}"
    )


def _topmost(found: list[tuple[Leaf, Contribution]], climb: Climb) -> list[tuple[Leaf, Contribution]]:
    """Without those that stand under another that has the value, as in the sum."""
    if not (climb.once and climb.is_nested):
        return found
    holders = {climb.own(leaf) for leaf, own in found if own.value is not None or own.counts is None}
    return [(leaf, own) for leaf, own in found if not holders.intersection(climb.ancestors(leaf))]


def _largest_first(own: Contribution) -> tuple[bool, bool, float, str]:
    value = own.value
    number = float(value) if not isinstance(value, str | date | None) else 0.0
    return not own.counts, value is None, -number, own.subject
