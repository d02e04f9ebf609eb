"""What one period more would bring: “one more such year, and ...”."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from yuanzhi.engine.assessment.expressions import Expressions
from yuanzhi.engine.consequences.histories import Facts, History, PeriodResult
from yuanzhi.engine.consequences.moving import Course, Step, follow
from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.pack.consequence_model import ConsequenceMachine

RESULT_NAMES = frozenset({"score", "rank", "rank_from_bottom", "grade"})


@dataclass(frozen=True)
class Forecast:
    """One assumption about the next period and what would follow.

    ``same`` is one more period like the last; otherwise ``grade`` is assumed, or the best rank.
    """

    assumption: str
    label: Label
    grade: str
    state: str
    steps: tuple[Step, ...]

    @property
    def effects(self) -> tuple[str, ...]:
        """The effects of all steps that would be taken."""
        return tuple(own.code for step in self.steps for own in step.effects)

    @property
    def transitions(self) -> tuple[str, ...]:
        """The transitions that would be taken."""
        return tuple(step.code for step in self.steps)


def forecast(
    machine: ConsequenceMachine,
    history: History,
    as_of: date,
    facts: Facts,
    expressions: Expressions,
    course: Course,
    grades: Sequence[str],
) -> tuple[Forecast, ...]:
    """Simulate the next period with the last result, with every grade, and with the best rank.

    Only results the machine's conditions read are varied. A deadline that would run out before
    the next result runs out in the forecast too.
    """
    known = [own for own in history.results if own.day <= as_of and not own.is_gap]
    if not known:
        return ()
    last, read = known[-1], names_read(machine, expressions)
    after = max(known[-1].period, *(own.period for own in history.results if own.day <= as_of)).following()
    day = max(after.end, as_of)
    found = []
    for assumption, label, result in _assumptions(last, grades, read):
        assumed = replace(result, period=after, announced=day, subject=history.subject)
        future = follow(machine, history.with_result(assumed), day, facts, expressions)
        new = future.steps[len(course.steps) :]
        found.append(Forecast(assumption, label, assumed.grade or "", future.state, new))
    return tuple(found)


def names_read(machine: ConsequenceMachine, expressions: Expressions) -> frozenset[str]:
    """The names of results the machine's conditions read."""
    texts = [(f"counters/{n}/counts", own.counts) for n, own in enumerate(machine.counters)]
    texts += [(f"counters/{n}/reset_on", own.reset_on) for n, own in enumerate(machine.counters)]
    texts += [(f"transitions/{n}/when", own.when) for n, own in enumerate(machine.transitions)]
    read = {name for trail, text in texts if text for name in expressions.formula(trail, text).inputs}
    return frozenset(read & RESULT_NAMES)


def _assumptions(
    last: PeriodResult, grades: Sequence[str], read: frozenset[str]
) -> list[tuple[str, Label, PeriodResult]]:
    same = Label("再有一期与上期相同", "one more period like the last")
    found = [("same", same, last)]
    if "grade" in read:
        for grade in grades:
            label = Label(f"下期为“{grade}”档", f"grade {grade} in the next period")
            found.append((f"grade:{grade}", label, _only_grade(last, grade)))
    if read & {"rank", "rank_from_bottom"}:
        best = replace(last, rank=1, rank_from_bottom=last.group_size or _beyond(last))
        found.append(("best_rank", Label("下期名次为第一", "first rank in the next period"), best))
    return found


def _only_grade(last: PeriodResult, grade: str) -> PeriodResult:
    """The last result with another grade; score and rank stay only with the same grade, else they are unknown."""
    if grade == last.grade:
        return last
    return replace(last, grade=grade, score=None, rank=None, rank_from_bottom=None)


def _beyond(last: PeriodResult) -> int:
    """A place from the bottom that no rule about the last ones reaches."""
    return max(last.rank_from_bottom or 0, last.rank or 0) + 10_000
