"""The state machine itself: results, events and passing deadlines move a subject from state to state.

The history is replayed from the beginning every time, so the same facts always give the same state
and a corrected result moves everything after it. At one moment at most one transition is taken.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from yuanzhi.engine.assessment.expressions import Expressions
from yuanzhi.engine.consequences.counting import Count, count_all, judge
from yuanzhi.engine.consequences.histories import ADOPTED, DECLINED, Event, Facts, History, PeriodResult
from yuanzhi.engine.formulas import AtomFinding, explain_atoms
from yuanzhi.engine.formulas.types import Value
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.pack.consequence_model import ConsequenceMachine, Deadline, Transition
from yuanzhi.engine.pack.model import Effect


@dataclass(frozen=True)
class GivenEffect:
    """An effect with the values its formulas came to; a value that cannot be told is ``None``."""

    effect: Effect
    values: Mapping[str, Value] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The effect's code."""
        return self.effect.code


@dataclass(frozen=True)
class GivenCooldown:
    """Something a third party may not do from one day to another; the last day is unknown where its length is."""

    applies_to: str
    whom: str
    forbids: GivenEffect
    first: date
    last: date | None
    clause: str

    def covers(self, day: date) -> bool:
        """Whether it holds on a day; one of unknown length holds until somebody says otherwise."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class Step:
    """One transition taken: when, from where to where, on which result or event, with what reasons."""

    transition: Transition
    on: date
    source: str
    to: str
    period: Period | None
    event: Event | None
    reasons: tuple[AtomFinding, ...]
    counters: Mapping[str, Count]
    effects: tuple[GivenEffect, ...]
    deadline: date | None
    has_deadline: bool
    cooldowns: tuple[GivenCooldown, ...]
    decided: str = ""
    """``adopted`` where a person decided so; empty while it is only proposed."""

    @property
    def code(self) -> str:
        """The transition's code."""
        return self.transition.code

    @property
    def is_proposal(self) -> bool:
        """Whether it follows from results alone and waits for a person's decision."""
        return self.event is None and not self.decided


@dataclass(frozen=True)
class OpenTransition:
    """A transition that could not be judged, and what would decide it."""

    transition: str
    on: date
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Course:
    """Where a replay ended and everything on the way."""

    state: str
    steps: tuple[Step, ...]
    open: tuple[OpenTransition, ...]
    counters: Mapping[str, Count]
    deadline: date | None
    """The day by which something is due in the present state."""


def follow(
    machine: ConsequenceMachine, history: History, as_of: date, facts: Facts, expressions: Expressions
) -> Course:
    """Replay a subject's history up to a day.

    Args:
        machine: The machine.
        history: Results and events.
        as_of: The day; nothing later counts.
        facts: The subject's facts and attributes, behind those of a period's own result.
        expressions: The machine's formulas.
    """
    return _Replay(machine, history, as_of, facts, expressions).course()


class _Replay:
    def __init__(
        self, machine: ConsequenceMachine, history: History, as_of: date, facts: Facts, expressions: Expressions
    ) -> None:
        self.machine, self.history, self.as_of = machine, history, as_of
        self.facts, self.expressions = facts, expressions
        self.state = machine.initial
        self.deadline: date | None = None
        self.steps: list[Step] = []
        self.open: list[OpenTransition] = []
        self.results: list[PeriodResult] = []
        self.counters = count_all(machine, [], facts, expressions)
        numbered = enumerate(machine.transitions)
        self.transitions = sorted(numbered, key=lambda own: (own[1].order, own[0]))

    def course(self) -> Course:
        for day, moment in self._moments():
            self._pass_deadlines(day)
            if isinstance(moment, PeriodResult):
                self.results.append(moment)
                self.counters = count_all(self.machine, self.results, self.facts, self.expressions)
                self._try(day, None)
            else:
                self._try(day, moment)
        self._pass_deadlines(self.as_of)
        if not self.results and not self.history.events:
            self._try(self.as_of, None)
        return Course(self.state, tuple(self.steps), tuple(self.open), self.counters, self.deadline)

    def _moments(self) -> list[tuple[date, PeriodResult | Event]]:
        """Results and events up to the day, in order; on one day results come first."""
        results = sorted((own for own in self.history.results if own.day <= self.as_of), key=lambda own: own.period)
        decisions = (ADOPTED, DECLINED)
        events = [own for own in self.history.events if own.on <= self.as_of and own.event not in decisions]
        keyed: list[tuple[date, int, int, PeriodResult | Event]] = []
        latest = date.min
        for place, own in enumerate(results):
            # A result announced before that of an earlier period still counts after it.
            latest = max(latest, own.day)
            keyed.append((latest, 0, place, own))
        keyed += [(event.on, 1, place, event) for place, event in enumerate(events)]
        return [(day, moment) for day, _, _, moment in sorted(keyed, key=lambda own: own[:3])]

    def _pass_deadlines(self, day: date) -> None:
        """Take what follows from a deadline that ran out before the day; the last day itself is in time."""
        if self.deadline is not None and self.deadline < day:
            self._try(self.deadline + timedelta(days=1), None, late=True)

    def _try(self, day: date, event: Event | None, *, late: bool = False) -> None:
        """Take the first transition that applies; those that cannot be judged are noted and passed over."""
        facts = self._facts()
        overdue = self.deadline is not None and self.deadline < day
        for number, own in self.transitions:
            if self.state not in own.source or own.event != (event.event if event else ""):
                continue
            if (late and not own.after_deadline) or (own.after_deadline and not overdue):
                continue
            if not own.when and not own.event and not own.after_deadline:
                continue
            trail = f"transitions/{number}/when"
            judged = judge(trail, own.when, facts, dict(self.counters), self.expressions)
            if judged.holds is None:
                self.open.append(OpenTransition(own.code, day, judged.missing))
            if judged.holds and not self._declined(own, day):
                self._take(number, own, day, event, facts)
                return

    def _take(self, number: int, own: Transition, day: date, event: Event | None, facts: Facts) -> None:
        trail = f"transitions/{number}"
        counted = {
            **facts,
            **{code: None if found.value is None else Decimal(found.value) for code, found in self.counters.items()},
        }
        reasons: tuple[AtomFinding, ...] = ()
        if own.when:
            formula = self.expressions.formula(f"{trail}/when", own.when)
            reasons = explain_atoms(formula, counted, self.expressions.parameters)
        effects = tuple(
            give(f"{trail}/effects/{place}", effect, counted, self.expressions)
            for place, effect in enumerate(own.effects)
        )
        cooldowns = tuple(
            GivenCooldown(
                cooldown.applies_to,
                str(counted.get(cooldown.applies_to) or ""),
                give(f"{trail}/cooldowns/{place}/forbids", cooldown.forbids, counted, self.expressions),
                day,
                due(f"{trail}/cooldowns/{place}/lasts", cooldown.lasts, day, counted, self.expressions),
                cooldown.clause,
            )
            for place, cooldown in enumerate(own.cooldowns)
        )
        until = due(f"{trail}/deadline", own.deadline, day, counted, self.expressions) if own.deadline else None
        period = self.results[-1].period if self.results else None
        self.steps.append(
            Step(
                own,
                day,
                self.state,
                own.to,
                period,
                event,
                reasons,
                self.counters,
                effects,
                until,
                own.deadline is not None,
                cooldowns,
                self._decided(own, day),
            )
        )
        self.state, self.deadline = own.to, until

    def _facts(self) -> Facts:
        return {**self.facts, **self.results[-1].names()} if self.results else self.facts

    def _declined(self, own: Transition, day: date) -> bool:
        return self._decision(own, day) == DECLINED

    def _decided(self, own: Transition, day: date) -> str:
        return ADOPTED if self._decision(own, day) == ADOPTED else ""

    def _decision(self, own: Transition, day: date) -> str:
        """What a person decided on this proposal: the first decision after the day and before the next result."""
        later = [result.day for result in self.history.results if result.day > day]
        until = min(later, default=date.max)
        for event in self.history.events:
            if event.transition == own.code and day <= event.on <= min(until, self.as_of):
                return event.event
        return ""


def give(trail: str, effect: Effect, facts: Facts, expressions: Expressions) -> GivenEffect:
    """An effect with its values."""
    values = {
        name: expressions.value(f"{trail}/gives/{name}", text, facts) for name, text in sorted(effect.gives.items())
    }
    missing = sorted(
        {
            fact
            for name, text in effect.gives.items()
            if values[name] is None
            for fact in expressions.missing(f"{trail}/gives/{name}", text, facts)
        }
    )
    return GivenEffect(effect, values, tuple(missing))


def due(trail: str, deadline: Deadline, start: date, facts: Facts, expressions: Expressions) -> date | None:
    """The last day of a time limit, ``None`` where its length is not known.

    A limit of months ends on the same day of the month, or on its last day.
    """
    amounts: dict[str, Fraction] = {}
    for name, text in (("years", deadline.years), ("months", deadline.months), ("days", deadline.days)):
        amount = expressions.amount(f"{trail}/{name}", text, facts) if text else Fraction(0)
        if amount is None:
            return None
        amounts[name] = amount
    return add_months(start, int(amounts["years"] * 12 + amounts["months"])) + timedelta(days=int(amounts["days"]))


def add_months(start: date, months: int) -> date:
    """So many months later.

    >>> add_months(date(2020, 1, 31), 1)
    datetime.date(2020, 2, 29)
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def in_force(steps: Sequence[Step]) -> tuple[GivenEffect, ...]:
    """The effects of the step that led to the present state."""
    return steps[-1].effects if steps else ()
