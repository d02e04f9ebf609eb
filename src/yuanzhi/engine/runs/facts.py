"""The facts of each subject on a day: what the register says, what returns hold, what indicators came to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from yuanzhi.engine.indicators.inspecting import subject_facts
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.records.snapshots import Snapshot

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

    Attributes are those of that day, items are brought to the period as the formulas of indicators read them, and
    indicators are those of their own scope. What is absent is null.

    Args:
        compiled: The packs.
        snapshot: The records.
        series: Indicator values, of which those of the period count.
        subject_type: The kind of subject.
        period: The period, usually a year.
        names: Items, indicators and attributes wanted; others are null.
        threads: Threads for DuckDB.
    """
    wanted = sorted(set(names))
    facts = subject_facts(compiled, snapshot, subject_type, period, wanted, threads=threads)
    places = {subject: at for at, subject in enumerate(facts[SUBJECT].to_pylist())}
    for name in wanted:
        if name in compiled.composition.indicators:
            values = _values(compiled, series, subject_type, period, name, places)
            facts = facts.append_column(name, values)
    return facts.select([SUBJECT, *wanted])


def inputs_of(compiled: CompiledPack, trail: str) -> frozenset[str]:
    """Every name the formulas at and under a trail read, parameters left out."""
    prefix = f"{trail}/"
    own = [formula for at, formula in compiled.formulas.items() if at == trail or at.startswith(prefix)]
    return frozenset().union(*(formula.inputs for formula in own))


def _values(
    compiled: CompiledPack,
    series: pa.Table,
    subject_type: str,
    period: Period,
    indicator: str,
    places: Mapping[str, int],
) -> pa.Array:
    """The values of one indicator over its own scope, in the order of the subjects."""
    scope = compiled.composition.indicators[indicator].scope
    asked = {"indicator": indicator, "scope": scope, "subject_type": subject_type, "period": str(period)}
    own = series.filter(
        reduce(pc.and_, (pc.equal(pc.fill_null(series[name], ""), value) for name, value in asked.items()))
    )
    column: list[Decimal | None] = [None] * len(places)
    for subject, value in zip(own[SUBJECT].to_pylist(), own["value"].to_pylist(), strict=True):
        if subject in places:
            column[places[subject]] = value
    return pa.array(column, series.schema.field("value").type)
