"""Indicators computed over a snapshot: one table of values with completeness, basis and origin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa

from yuanzhi.engine.indicators.evaluating import Evaluation
from yuanzhi.engine.indicators.facts import RESULTS
from yuanzhi.engine.indicators.frames import Frame
from yuanzhi.engine.indicators.opening import open_evaluation
from yuanzhi.engine.indicators.plan import Planner, make_plan
from yuanzhi.engine.indicators.series_form import ROW_KEY, SERIES_SCHEMA
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.kernel.problems import Problem, ProblemsError, has_errors
from yuanzhi.engine.pack.model import Scalar

if TYPE_CHECKING:
    from yuanzhi.engine.pack import CompiledPack
    from yuanzhi.engine.records import Snapshot


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
    with open_evaluation(planner, plan, snapshot, values, threads=threads) as evaluation:
        evaluation.run(periods)
        return _collected(evaluation, periods, as_of, keep_mixed=keep_mixed)


def indicator_problems(compiled: CompiledPack) -> tuple[Problem, ...]:
    """What keeps indicators from being computed: circles, scopes that do not fit, definitions that are missing.

    An indicator without a definition, and whatever rests on it, is left out of the series with a warning here; the rest
    are errors, and ``compute_series`` refuses them.
    """
    return make_plan(Planner(compiled)).problems


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
    parameters = compiled.parameters_on(as_of)
    with open_evaluation(planner, plan, snapshot, parameters, sets=(code,), threads=threads) as evaluation:
        evaluation.run([period])
        return evaluation.members_of_set(code, Frame(period))


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
