"""Indicators computed over a snapshot: one table of values with completeness, basis and origin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import localcontext
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from yuanzhi.engine.indicators.catalogue import REGISTER_COLUMNS, TERRITORY
from yuanzhi.engine.indicators.evaluating import Evaluation
from yuanzhi.engine.indicators.facts import RESULTS, Facts
from yuanzhi.engine.indicators.frames import Frame, Successions
from yuanzhi.engine.indicators.members import Members
from yuanzhi.engine.indicators.plan import Node, Plan, Planner, make_plan
from yuanzhi.engine.indicators.series_form import ROW_KEY, SERIES_SCHEMA
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.kernel.problems import ProblemsError, has_errors
from yuanzhi.engine.pack.model import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yuanzhi.engine.pack import CompiledPack
    from yuanzhi.engine.records import Snapshot

DIGITS = 60
"""Digits of decimal sums in memory: more than any column holds."""


def compute_series(
    compiled: CompiledPack,
    snapshot: Snapshot,
    *,
    periods: Sequence[Period],
    as_of: date,
    parameters: Mapping[str, Scalar] | None = None,
    indicators: Iterable[str] | None = None,
    keep_mixed: bool = False,
    threads: int = 2,
) -> pa.Table:
    """Every indicator of the pack for the periods, over its scope and over each scope a target asks for.

    Rolled up the trees of parks and territories as the register has them in each period. Missing stays
    missing: sums hold what was reported, with ``reported`` and ``expected`` beside them. The result is
    the same for any number of threads.

    Args:
        compiled: The pack with its formulas.
        snapshot: The frozen records.
        periods: The periods wanted; an indicator that does not come that often is left out.
        as_of: The day whose parameters count.
        parameters: Values to use instead of the pack's, as in a simulation.
        indicators: Codes of the indicators wanted; all by default.
        keep_mixed: Give values that mix real and synthetic records too; they are marked either way.
        threads: Threads for DuckDB.

    Returns:
        A table of ``SERIES_SCHEMA`` in the order of indicator, scope, subject and period.

    Raises:
        ProblemsError: A scope cannot restrict its indicator, or indicators rest on each other in a circle.
    """
    planner = Planner(compiled)
    plan = make_plan(planner, indicators)
    if has_errors(plan.problems):
        raise ProblemsError(plan.problems)
    values = {**compiled.parameters_on(as_of), **(parameters or {})}
    with _evaluation(planner, plan, snapshot, values, threads) as evaluation:
        evaluation.run(periods)
        return _collected(evaluation, periods, as_of, keep_mixed=keep_mixed)


def set_members(
    compiled: CompiledPack,
    snapshot: Snapshot,
    code: str,
    *,
    period: Period,
    as_of: date,
    threads: int = 2,
) -> frozenset[str]:
    """The subjects of a set as it stands in a period.

    Members are the named ones, those that meet the condition, or of the named ones those that meet it.
    One that cannot be told to meet it is not in.
    """
    planner = Planner(compiled)
    where = compiled.formulas.get(f"sets/{code}/where")
    subject = planner.composition.sets[code].subject
    names = where.inputs if where is not None else frozenset()
    needed = [name for name in sorted(names) if planner.catalogue.indicator(subject, name) is not None]
    plan = make_plan(planner, needed)
    if has_errors(plan.problems):
        raise ProblemsError(plan.problems)
    with _evaluation(planner, plan, snapshot, compiled.parameters_on(as_of), threads, sets=(code,)) as evaluation:
        evaluation.run([period])
        return evaluation.members_of_set(code, Frame(period))


@contextmanager
def _evaluation(
    planner: Planner,
    plan: Plan,
    snapshot: Snapshot,
    parameters: Mapping[str, Scalar],
    threads: int,
    sets: Sequence[str] = (),
) -> Iterator[Evaluation]:
    connection = snapshot.connect(threads=threads)
    try:
        with localcontext() as context:
            context.prec = DIGITS
            columns = _register_columns(planner, plan, sets)
            tables = _tables(connection)
            _complete_subjects(connection, tables, columns)
            targets = planner.composition.targets.values()
            territories = frozenset(
                target.subject
                for target in targets
                if target.subject
                and target.indicator in planner.composition.indicators
                and planner.composition.indicators[target.indicator].subject == TERRITORY
            )
            successions = Successions.of(
                connection.sql("from lineage").to_arrow_table(),
                connection.sql("from register where event in ('split', 'withdrawn')").to_arrow_table(),
                snapshot.manifest.as_known,
            )
            members = Members(connection, successions, columns, territories)
            facts = Facts(connection, planner.catalogue, members, tables)
            yield Evaluation(connection, planner, plan, parameters, facts)
    finally:
        connection.close()


def _tables(connection: duckdb.DuckDBPyConnection) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    rows = connection.execute("select table_name, column_name from information_schema.columns").fetchall()
    for table, column in rows:
        found.setdefault(table, set()).add(column)
    return {table: frozenset(columns) for table, columns in found.items()}


def _register_columns(planner: Planner, plan: Plan, sets: Sequence[str]) -> dict[str, frozenset[str]]:
    """The attributes that formulas of the plan read, by kind of subject."""
    found: dict[str, set[str]] = {}
    for node in plan.nodes:
        own = planner.indicator(node)
        for formula, subject in _formulas_of(planner, node):
            found.setdefault(subject, set()).update(formula)
        if own.aggregate is not None:
            rolled = planner.rolled(node)
            found.setdefault(rolled.lower, set()).add(rolled.attribute)
            found.setdefault(own.subject, set()).add(own.aggregate.peers)
    used = {node.scope for node in plan.nodes} | set(sets)
    for node in plan.nodes:
        aggregate = planner.indicator(node).aggregate
        used |= {aggregate.base_set, aggregate.peers} if aggregate else set()
    for code in used & planner.composition.sets.keys():
        where = planner.compiled.formulas.get(f"sets/{code}/where")
        if where is not None:
            found.setdefault(planner.composition.sets[code].subject, set()).update(where.inputs)
    return {
        subject: frozenset(name for name in names if name and planner.catalogue.is_attribute(subject, name))
        for subject, names in found.items()
    }


def _formulas_of(planner: Planner, node: Node) -> list[tuple[frozenset[str], str]]:
    own = planner.indicator(node)
    found: list[tuple[frozenset[str], str]] = []
    formula = planner.formula(node.indicator)
    if formula is not None:
        found.append((formula.inputs, own.subject))
    if own.aggregate is not None:
        rolled = planner.rolled(node)
        where = planner.where(node.indicator)
        if where is not None:
            found.append((where.inputs, rolled.lower))
        below = planner.formula(rolled.formula) if rolled.formula else None
        if below is not None:
            found.append((below.inputs, rolled.lower))
    return found


def _complete_subjects(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, frozenset[str]],
    columns: Mapping[str, frozenset[str]],
) -> None:
    """Attributes a pack declares and the snapshot has not are there and missing."""
    wanted = {name for names in columns.values() for name in names} | set(REGISTER_COLUMNS)
    absent = sorted(wanted - tables.get("subjects", frozenset()))
    if absent:
        added = "".join(f', null as "{name}"' for name in absent)
        connection.execute("alter view subjects rename to known_subjects")
        connection.execute(f"create view subjects as select *{added} from known_subjects")


def _collected(evaluation: Evaluation, periods: Sequence[Period], as_of: date, *, keep_mixed: bool) -> pa.Table:
    plan, planner, connection = evaluation.plan, evaluation.planner, evaluation.connection
    wanted = sorted(plan.wanted)
    listed = {
        "indicator": [node.indicator for node in wanted],
        "scope": [node.scope for node in wanted],
        "basis": [str(planner.basis(node, as_of)) for node in wanted],
    }
    connection.register("wanted_nodes", pa.table({name: pa.array(own, pa.string()) for name, own in listed.items()}))
    asked = [
        (node.indicator, node.scope, str(period))
        for node in wanted
        for period in periods
        if evaluation.is_asked_for(node, period)
    ]
    columns = {name: pa.array([row[at] for row in asked], pa.string()) for at, name in enumerate(_ASKED)}
    connection.register("wanted_frames", pa.table(columns))
    value = "r.value" if keep_mixed else "case when not (r.synthetic and r.real) then r.value end"
    raw = "r.raw" if keep_mixed else "case when not (r.synthetic and r.real) then r.raw end"
    sql = _COLLECT.format(value=value, raw=raw, order=", ".join(f"r.{name}" for name in ROW_KEY[:3]))
    return connection.sql(sql).to_arrow_table().cast(SERIES_SCHEMA).combine_chunks()


_ASKED = ("indicator", "scope", "period")
# Half up in millionths, in whole numbers: a quotient of decimals would be a double.
_COLLECT = f"""
select r.indicator, r.scope, r.subject_type, r.subject, r.frame as period, {{value}} as value, {{raw}} as raw,
    r.reported, r.expected,
    case when r.expected > 0 then
        cast(((r.reported * 2000000 + r.expected) // (2 * r.expected)) as decimal(18, 0)) * 0.000001::decimal(7, 6)
    end as completeness,
    r.missing, w.basis, r.synthetic, r.synthetic and r.real as mixed
from {RESULTS} r
join wanted_frames f on f.indicator = r.indicator and f.scope = r.scope and f.period = r.frame
join wanted_nodes w on w.indicator = r.indicator and w.scope = r.scope
where not r.level
order by {{order}}, r.frame
"""
