"""The probability of each consequence: the machine run over every replicate of an uncertain assessment."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from yuanzhi.engine.assessment.expressions import Expressions
from yuanzhi.engine.assessment.standing import DEFAULT_SCALE
from yuanzhi.engine.assessment.uncertainty import Spread
from yuanzhi.engine.consequences.forecasting import names_read
from yuanzhi.engine.consequences.histories import Events, Facts, Histories, History, PeriodResult, Successors, gather
from yuanzhi.engine.consequences.moving import follow
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.consequence_model import ConsequenceMachine
from yuanzhi.engine.pack.model import Scalar

NO_FACTS: Mapping[str, Facts] = {}


@dataclass(frozen=True)
class ConsequenceProbability:
    """How likely each state, transition and effect is for one subject, over all replicates."""

    subject: str
    states: Mapping[str, float]
    transitions: Mapping[str, float]
    effects: Mapping[str, float]


def quantify(
    compiled: CompiledPack,
    machine_code: str,
    spread: Spread,
    period: Period,
    histories: Histories,
    events: Events,
    as_of: date,
    *,
    facts: Mapping[str, Facts] = NO_FACTS,
    successors: Successors | None = None,
    parameters: Mapping[str, Scalar] | None = None,
) -> dict[str, ConsequenceProbability]:
    """Run a machine over the replicates of one period's assessment.

    Args:
        compiled: The pack.
        machine_code: The machine's code.
        spread: The replicates.
        period: The period they are for; it takes the place of the result in the histories.
        histories: Results of the other periods.
        events: Recorded events.
        as_of: The day.
        facts: Facts of subjects.
        successors: Into what subjects were merged, renamed or split.
        parameters: Other parameters than those of the day.

    Returns:
        One entry per unit with a score. Transitions and effects are those the period brings.
    """
    machine = compiled.composition.consequences[machine_code]
    used = compiled.parameters_on(as_of) if parameters is None else parameters
    expressions = Expressions(compiled, f"consequences/{machine_code}", used, machine.subject)
    read = names_read(machine, expressions)
    gathered = gather(histories, events, successors)
    found = {}
    for row, unit in enumerate(spread.assessment.units):
        if np.isnan(spread.assessment.scores[row]) and spread.grades[0, row] < 0:
            continue
        history = gathered.get(unit, History(unit))
        found[unit] = _of_one(machine, history, spread, row, period, as_of, facts.get(unit, {}), expressions, read)
    return found


def _of_one(
    machine: ConsequenceMachine,
    history: History,
    spread: Spread,
    row: int,
    period: Period,
    as_of: date,
    facts: Facts,
    expressions: Expressions,
    read: frozenset[str],
) -> ConsequenceProbability:
    alike: dict[tuple[object, ...], tuple[PeriodResult, int]] = {}
    for number in range(len(spread.scores)):
        result = _result(spread, row, number, period, read)
        key = _signature(machine, result, facts, expressions, read)
        alike[key] = (result, alike[key][1] + 1 if key in alike else 1)
    states: Tally[str] = Tally()
    transitions: Tally[str] = Tally()
    effects: Tally[str] = Tally()
    for result, times in alike.values():
        course = follow(machine, history.with_result(result), as_of, facts, expressions)
        states[course.state] += times
        own = [step for step in course.steps if step.period == period]
        transitions.update(dict.fromkeys({step.code for step in own}, times))
        effects.update(dict.fromkeys({given.code for step in own for given in step.effects}, times))
    count = len(spread.scores)
    return ConsequenceProbability(
        history.subject, _shares(states, count), _shares(transitions, count), _shares(effects, count)
    )


def _shares(tally: Tally[str], count: int) -> dict[str, float]:
    return {code: times / count for code, times in sorted(tally.items())}


def _result(spread: Spread, row: int, number: int, period: Period, read: frozenset[str]) -> PeriodResult:
    """A replicate's result, with what the machine reads and nothing else."""
    grade = int(spread.grades[number, row])
    score = float(spread.scores[number, row])
    return PeriodResult(
        period=period,
        score=round(Decimal(score), DEFAULT_SCALE) if "score" in read and not np.isnan(score) else None,
        rank=int(spread.ranks[number, row]) or None,
        rank_from_bottom=int(spread.ranks_from_bottom[number, row]) or None,
        group_size=int(spread.assessment.group_sizes[row]) or None,
        grade=spread.bands[grade] if grade >= 0 else None,
    )


def _signature(
    machine: ConsequenceMachine, result: PeriodResult, facts: Facts, expressions: Expressions, read: frozenset[str]
) -> tuple[object, ...]:
    """What tells results apart for the machine: whether counters count them, and names read directly."""
    names = {**facts, **result.names()}
    counted = tuple(
        expressions.holds(f"counters/{number}/counts", counter.counts, names)
        for number, counter in enumerate(machine.counters)
    )
    direct: set[str] = set()
    for number, own in enumerate(machine.counters):
        if own.reset_on:
            direct |= expressions.formula(f"counters/{number}/reset_on", own.reset_on).inputs
    for number, transition in enumerate(machine.transitions):
        if transition.when:
            direct |= expressions.formula(f"transitions/{number}/when", transition.when).inputs
    return (*counted, *(names[name] for name in sorted(direct & read)), result.is_gap)
