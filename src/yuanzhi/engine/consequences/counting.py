"""Counters over periods: k of the last n, in a row, or in all; with resets and years without a result.

A counter whose periods cannot all be judged is a range from the lowest to the highest count. A
condition on it holds only if it holds for every count in the range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Literal

from yuanzhi.engine.assessment.expressions import Expressions
from yuanzhi.engine.consequences.histories import Facts, PeriodResult
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.pack.consequence_model import ConsequenceMachine, Counter

Verdict = Literal["counts", "counts_not", "gap", "unknown", "reset"]
MOST_CASES = 4096


@dataclass(frozen=True)
class Judged:
    """One period as a counter saw it."""

    period: Period
    verdict: Verdict
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Count:
    """A counter's state: the lowest and highest count, and the periods it rests on."""

    counter: str
    low: int
    high: int
    periods: tuple[Judged, ...] = ()

    @property
    def value(self) -> int | None:
        """The count, ``None`` while it cannot be told."""
        return self.low if self.low == self.high else None

    @property
    def counted(self) -> tuple[Period, ...]:
        """The periods that were counted."""
        return tuple(own.period for own in self.periods if own.verdict == "counts")


def count_all(
    machine: ConsequenceMachine, results: Sequence[PeriodResult], background: Facts, expressions: Expressions
) -> dict[str, Count]:
    """All counters of a machine over results up to some day."""
    return {
        counter.code: count(counter, number, results, background, expressions)
        for number, counter in enumerate(machine.counters)
    }


def count(
    counter: Counter, number: int, results: Sequence[PeriodResult], background: Facts, expressions: Expressions
) -> Count:
    """One counter over results in order of periods; periods left out between them are gaps."""
    judged = [_judge(counter, number, result, background, expressions) for result in with_gaps(results)]
    if counter.mode == "window" and counter.window:
        width = expressions.amount(f"counters/{number}/window", counter.window, background)
        if width is None:
            return Count(counter.code, 0, len(judged), tuple(judged))
        judged = _last(judged, int(width), counter)
    after_reset = _since_reset(judged)
    low, high = _run(after_reset, counter) if counter.mode == "consecutive" else _total(after_reset, counter)
    return Count(counter.code, low, high, tuple(after_reset))


def with_gaps(results: Sequence[PeriodResult]) -> list[PeriodResult]:
    """Results with an empty one for every period that was left out between the first and the last."""
    found: list[PeriodResult] = []
    for result in results:
        while found and found[-1].period.following() < result.period:
            found.append(PeriodResult(period=found[-1].period.following()))
        found.append(result)
    return found


def _judge(counter: Counter, number: int, result: PeriodResult, background: Facts, expressions: Expressions) -> Judged:
    facts = {**background, **result.names()}
    if counter.reset_on and expressions.holds(f"counters/{number}/reset_on", counter.reset_on, facts):
        return Judged(result.period, "reset")
    if result.is_gap:
        return Judged(result.period, "gap")
    trail = f"counters/{number}/counts"
    holds = expressions.holds(trail, counter.counts, facts)
    if holds is None:
        return Judged(result.period, "unknown", expressions.missing(trail, counter.counts, facts))
    return Judged(result.period, "counts" if holds else "counts_not")


def _last(judged: list[Judged], width: int, counter: Counter) -> list[Judged]:
    """The last periods of the window; skipped gaps do not use it up."""
    kept: list[Judged] = []
    used = 0
    for own in reversed(judged):
        skipped = own.verdict == "gap" and counter.gap == "skipped"
        if not skipped and used == width:
            break
        used += 0 if skipped else 1
        kept.append(own)
    return kept[::-1]


def _since_reset(judged: Sequence[Judged]) -> list[Judged]:
    last = max([place for place, own in enumerate(judged) if own.verdict == "reset"], default=-1)
    return list(judged[last + 1 :])


def _total(judged: Sequence[Judged], counter: Counter) -> tuple[int, int]:
    low = sum(1 for own in judged if own.verdict == "counts")
    open_ = sum(
        1 for own in judged if own.verdict == "unknown" or (own.verdict == "gap" and counter.gap == "undetermined")
    )
    return low, low + open_


def _run(judged: Sequence[Judged], counter: Counter) -> tuple[int, int]:
    """The run back from the latest period: sure as far as every period counts, possible beyond a doubt."""
    low = high = 0
    sure = True
    for own in reversed(judged):
        if own.verdict == "gap" and counter.gap == "skipped":
            continue
        if own.verdict == "counts_not" or (own.verdict == "gap" and counter.gap == "breaks"):
            break
        sure = sure and own.verdict == "counts"
        low += 1 if sure else 0
        high += 1
    return low, high


@dataclass(frozen=True)
class Judgement:
    """What a condition over counters and facts came to, and what would decide it."""

    holds: bool | None
    missing: tuple[str, ...] = ()


def judge(trail: str, text: str, facts: Facts, counts: dict[str, Count], expressions: Expressions) -> Judgement:
    """A condition judged for every count its counters may have; undetermined where these disagree."""
    if not text:
        return Judgement(True)
    mentioned = expressions.formula(trail, text).inputs & counts.keys()
    names = sorted(mentioned)
    ranges = [range(counts[name].low, counts[name].high + 1) for name in names]
    outcomes: set[bool | None] = set()
    for number, combination in enumerate(product(*ranges)):
        if number >= MOST_CASES:
            outcomes.add(None)
            break
        own = {**facts, **dict(zip(names, map(Decimal, combination), strict=True))}
        outcomes.add(expressions.holds(trail, text, own))
    if len(outcomes) == 1 and (sole := next(iter(outcomes))) is not None:
        return Judgement(sole)
    open_counters = tuple(name for name in names if counts[name].value is None)
    known = {**facts, **{name: Decimal(counts[name].low) for name in names}}
    missing = tuple(name for name in expressions.missing(trail, text, known) if name not in open_counters)
    return Judgement(None, (*open_counters, *missing))
