"""What follows for each subject: state, effects, deadlines, cooldowns, reasons and forecast.

Everything here is proposed (建议). A person decides; the decision comes back as an event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from yuanzhi.engine.assessment.expressions import Expressions
from yuanzhi.engine.consequences.combining import Applied, combine
from yuanzhi.engine.consequences.counting import Count
from yuanzhi.engine.consequences.forecasting import Forecast, forecast
from yuanzhi.engine.consequences.histories import Events, Facts, Histories, History, Successors, gather
from yuanzhi.engine.consequences.moving import (
    Course,
    GivenCooldown,
    GivenEffect,
    OpenTransition,
    Step,
    follow,
    in_force,
)
from yuanzhi.engine.consequences.scoping import inside_scope
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.problems import Problem, ProblemsError, Severity, nearest
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.consequence_model import ConsequenceMachine
from yuanzhi.engine.pack.model import Scalar

NO_FACTS: Mapping[str, Facts] = {}
NO_OTHERS: Mapping[str, Mapping[str, Fraction]] = {}


@dataclass(frozen=True)
class Proposal:
    """What follows for one subject on a day.

    ``proposals`` are the steps that rest on results alone and no one has decided yet; ``effects``
    those of the step that led to the present state; ``applied`` their values once those that
    exclude one another are settled. ``mean_score`` is that of the periods the machine's first
    counter counted, by which several candidates are ordered.
    """

    subject: str
    state: str
    counters: Mapping[str, Count]
    effects: tuple[GivenEffect, ...]
    applied: tuple[Applied, ...]
    proposals: tuple[Step, ...]
    steps: tuple[Step, ...]
    deadline: date | None
    cooldowns: tuple[GivenCooldown, ...]
    open: tuple[OpenTransition, ...]
    forecast: tuple[Forecast, ...]
    mean_score: Decimal | None
    problems: tuple[Problem, ...] = ()

    @property
    def is_undetermined(self) -> bool:
        """Whether a transition of the latest moment could not be judged."""
        latest = self.steps[-1].on if self.steps else date.min
        return any(own.on >= latest for own in self.open)


@dataclass(frozen=True)
class Proposals:
    """What follows for all subjects, in the order of their codes."""

    machine: ConsequenceMachine
    as_of: date
    basis: Basis
    by_subject: Mapping[str, Proposal] = field(default_factory=dict)
    outside: tuple[str, ...] = ()
    """Subjects the machine is not for."""
    undecided: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Subjects of whom it cannot be told, with the missing facts."""
    problems: tuple[Problem, ...] = ()

    def candidates(self, transition: str) -> tuple[Proposal, ...]:
        """Subjects a transition is proposed for, lowest mean score first; without one last."""
        found = [own for own in self.by_subject.values() if any(step.code == transition for step in own.proposals)]
        return tuple(sorted(found, key=lambda own: (own.mean_score is None, own.mean_score or Decimal(0), own.subject)))

    def cooldowns_on(self, day: date) -> tuple[tuple[str, GivenCooldown], ...]:
        """What third parties may not do on a day, with the subject that brought it about."""
        return tuple(
            (subject, own)
            for subject, proposal in self.by_subject.items()
            for own in proposal.cooldowns
            if own.covers(day)
        )


def propose(
    compiled: CompiledPack,
    machine_code: str,
    histories: Histories,
    events: Events,
    as_of: date,
    *,
    facts: Mapping[str, Facts] = NO_FACTS,
    successors: Successors | None = None,
    parameters: Mapping[str, Scalar] | None = None,
    also_applying: Mapping[str, Mapping[str, Fraction]] = NO_OTHERS,
    forecasting: bool = True,
) -> Proposals:
    """Say what follows from results and events under a machine of a compiled pack.

    Args:
        compiled: The pack.
        machine_code: The machine's code.
        histories: Results by subject, each with its period.
        events: Recorded events by subject.
        as_of: The day; nothing later counts.
        facts: Attributes and facts of subjects for conditions, scope and cooldowns.
        successors: Into what subjects were merged, renamed or split.
        parameters: Other parameters than those of the day.
        also_applying: Values that hold for a subject from elsewhere, such as other surcharges; with
            ``combine: highest`` only the highest of a name is applied.
        forecasting: Whether to say what one period more would bring.

    Returns:
        One proposal per subject. Nothing is carried out.

    Raises:
        ProblemsError: The pack has no such machine.
    """
    machines = compiled.composition.consequences
    if machine_code not in machines:
        values = {"machine": machine_code, "nearest": nearest(machine_code, machines)}
        raise ProblemsError([Problem("consequence.machine_unknown", values=values)])
    machine = machines[machine_code]
    used = compiled.parameters_on(as_of) if parameters is None else parameters
    expressions = Expressions(compiled, f"consequences/{machine_code}", used, machine.subject)
    found: dict[str, Proposal] = {}
    outside: list[str] = []
    undecided: list[tuple[str, tuple[str, ...]]] = []
    for subject, history in gather(histories, events, successors).items():
        own_facts = facts.get(subject, {})
        inside, missing = inside_scope(machine.scope, subject, own_facts, expressions)
        if inside is None:
            undecided.append((subject, missing))
        elif not inside:
            outside.append(subject)
        else:
            grades = _grades(compiled, machine) if forecasting else ()
            others = also_applying.get(subject, {})
            found[subject] = _propose_one(machine, history, as_of, own_facts, expressions, grades, others, forecasting)
    basis = compiled.basis_of(f"consequences/{machine_code}", as_of)
    problems = [] if machine.validity.covers(as_of) else [_not_in_force(machine, as_of)]
    problems += [problem for own in found.values() for problem in own.problems]
    return Proposals(machine, as_of, basis, found, tuple(outside), tuple(undecided), tuple(problems))


def _propose_one(
    machine: ConsequenceMachine,
    history: History,
    as_of: date,
    facts: Facts,
    expressions: Expressions,
    grades: Sequence[str],
    others: Mapping[str, Fraction],
    forecasting: bool,
) -> Proposal:
    course = follow(machine, history, as_of, facts, expressions)
    effects = in_force(course.steps)
    return Proposal(
        history.subject,
        course.state,
        course.counters,
        effects,
        combine(machine.combine, effects, others),
        _waiting(course, history),
        course.steps,
        course.deadline,
        tuple(own for step in course.steps for own in step.cooldowns),
        course.open,
        forecast(machine, history, as_of, facts, expressions, course, grades) if forecasting else (),
        _mean_score(machine, history, course),
        history.problems,
    )


def _waiting(course: Course, history: History) -> tuple[Step, ...]:
    """Steps since the latest result that rest on results or deadlines and wait for a decision."""
    days = [
        result.day for result in history.results if not result.is_gap and any(s.on >= result.day for s in course.steps)
    ]
    since = max(days, default=date.min)
    return tuple(step for step in course.steps if step.is_proposal and step.on >= since)


def _mean_score(machine: ConsequenceMachine, history: History, course: Course) -> Decimal | None:
    if not machine.counters:
        return None
    counted = set(course.counters[machine.counters[0].code].counted)
    scores = [result.score for result in history.results if result.period in counted and result.score is not None]
    return sum(scores, Decimal(0)) / len(scores) if scores and len(scores) == len(counted) else None


def _grades(compiled: CompiledPack, machine: ConsequenceMachine) -> tuple[str, ...]:
    scheme = compiled.composition.schemes.get(machine.scheme)
    return tuple(band.grade for band in scheme.grades.bands) if scheme and scheme.grades else ()


def _not_in_force(machine: ConsequenceMachine, as_of: date) -> Problem:
    values = {"machine": machine.code, "day": as_of.isoformat()}
    return Problem("consequence.not_in_force", machine.place, values, Severity.WARNING)
