"""Consequences as declared in a pack: counters over years, states, transitions, cooldowns.

They are proposed with reasons and a forecast, never executed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from yuanzhi.engine.kernel.labels import NO_LABEL, Label
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.periods import ALWAYS, Validity
from yuanzhi.engine.kernel.problems import NOWHERE, Place
from yuanzhi.engine.pack.model import Declared, Effect, RuleScope


@dataclass(frozen=True, kw_only=True)
class Counter:
    """Counts periods in which ``counts`` is met.

    ``window`` looks at the last n periods (k of n); ``consecutive`` runs back from the latest until
    one is not met. ``gap`` says what a period without a result does: ``breaks`` the run, is
    ``skipped``, or makes the counter ``undetermined``. ``reset_on`` empties the counter where met.
    """

    code: str
    counts: str
    mode: Literal["window", "consecutive", "total"] = "window"
    window: str = ""
    gap: Literal["breaks", "skipped", "undetermined"] = "undetermined"
    reset_on: str = ""
    label: Label = NO_LABEL
    clause: str = ""


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """A time to act: months, years or days as a formula (usually a parameter)."""

    months: str = ""
    years: str = ""
    days: str = ""


@dataclass(frozen=True, kw_only=True)
class Cooldown:
    """Something a third party may not do for a time, such as a province recommending upgrades."""

    applies_to: str
    forbids: Effect
    lasts: Deadline
    label: Label = NO_LABEL
    clause: str = ""


@dataclass(frozen=True, kw_only=True)
class Transition:
    """From a state to another when a condition over counters, results, facts and events is met.

    ``event`` is a recorded decision or report (``rectification_passed``); ``after_deadline`` waits
    until the time limit of the state has passed. Lower ``order`` is tried first.
    """

    code: str
    source: tuple[str, ...]
    to: str
    when: str = ""
    event: str = ""
    after_deadline: bool = False
    effects: tuple[Effect, ...] = ()
    deadline: Deadline | None = None
    cooldowns: tuple[Cooldown, ...] = ()
    order: int = 0
    label: Label = NO_LABEL
    clause: str = ""
    authority: Label = NO_LABEL
    place: Place = NOWHERE


@dataclass(frozen=True, kw_only=True)
class State:
    """A standing of the subject, such as warned or under rectification."""

    code: str
    label: Label = NO_LABEL
    final: bool = False


@dataclass(frozen=True, kw_only=True)
class ConsequenceMachine(Declared):
    """A state machine of consequences for one kind of subject.

    ``names`` available in conditions: ``score``, ``rank``, ``rank_from_bottom``, ``group_size``,
    ``grade`` of ``scheme``; counters; indicators, facts and attributes of the subject; parameters.
    ``combine`` says what happens when several effects give the same value: ``highest`` keeps one.
    """

    subject: str
    scheme: str = ""
    counters: tuple[Counter, ...] = ()
    states: tuple[State, ...]
    initial: str
    transitions: tuple[Transition, ...]
    combine: Literal["all", "highest"] = "all"
    scope: RuleScope = field(default_factory=RuleScope)
    validity: Validity = ALWAYS
    basis: Basis = Basis.STATED
