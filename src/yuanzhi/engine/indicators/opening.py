"""A snapshot opened for computing: its views, the register's columns formulas read, members and successions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import localcontext
from typing import TYPE_CHECKING

import duckdb

from yuanzhi.engine.indicators.catalogue import REGISTER_COLUMNS, TERRITORY, Catalogue
from yuanzhi.engine.indicators.evaluating import Evaluation
from yuanzhi.engine.indicators.facts import Facts
from yuanzhi.engine.indicators.frames import Successions
from yuanzhi.engine.indicators.members import Members
from yuanzhi.engine.indicators.plan import Node, Plan, Planner
from yuanzhi.engine.pack.model import Scalar

if TYPE_CHECKING:
    from yuanzhi.engine.records import Snapshot

DIGITS = 60
"""Digits of decimal sums in memory: more than any column holds."""


@contextmanager
def open_facts(
    catalogue: Catalogue,
    snapshot: Snapshot,
    columns: Mapping[str, frozenset[str]],
    *,
    territories: frozenset[str] = frozenset(),
    threads: int = 2,
) -> Iterator[Facts]:
    """A snapshot's facts, with these attributes of each kind of subject; closed at the end.

    Args:
        catalogue: Where names come from.
        snapshot: The frozen records.
        columns: The attributes that will be asked for, by kind of subject.
        territories: Territories that count although no park lies there.
        threads: Threads for DuckDB.
    """
    connection = snapshot.connect(threads=threads)
    try:
        with localcontext() as context:
            context.prec = DIGITS
            tables = _tables(connection)
            _complete_subjects(connection, tables, columns)
            successions = Successions.of(
                connection.sql("from lineage").to_arrow_table(),
                connection.sql("from register where event in ('split', 'withdrawn')").to_arrow_table(),
                snapshot.manifest.as_known,
            )
            members = Members(connection, successions, columns, territories)
            yield Facts(connection, catalogue, members, tables)
    finally:
        connection.close()


@contextmanager
def open_evaluation(
    planner: Planner,
    plan: Plan,
    snapshot: Snapshot,
    parameters: Mapping[str, Scalar],
    *,
    sets: Sequence[str] = (),
    threads: int = 2,
) -> Iterator[Evaluation]:
    """An evaluation of a plan over a snapshot, ready to run; ``sets`` are asked for beside those of the plan."""
    indicators = planner.composition.indicators
    territories = frozenset(
        target.subject
        for target in planner.composition.targets.values()
        if target.subject and target.indicator in indicators and indicators[target.indicator].subject == TERRITORY
    )
    columns = _register_columns(planner, plan, sets)
    with open_facts(planner.catalogue, snapshot, columns, territories=territories, threads=threads) as facts:
        yield Evaluation(facts.connection, planner, plan, parameters, facts)


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
