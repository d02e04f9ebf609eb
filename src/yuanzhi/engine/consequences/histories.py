"""What a subject brings to a state machine: its results by period, recorded events, its facts.

A merged or renamed subject keeps its history through the successors map: what the old one did
counts for the new one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from yuanzhi.engine.assessment.results import Assessment
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.kernel.problems import Problem, Severity
from yuanzhi.engine.pack.model import Scalar

Facts = Mapping[str, Scalar]
ADOPTED, DECLINED = "adopted", "declined"


@dataclass(frozen=True, kw_only=True)
class PeriodResult:
    """One subject's assessment in one period. A result without score and grade is a gap.

    ``announced`` is the day it counts from, the end of the period where nothing is said.
    ``subject`` is who was assessed, where that was a predecessor.
    """

    period: Period
    score: Decimal | None = None
    rank: int | None = None
    rank_from_bottom: int | None = None
    group_size: int | None = None
    grade: str | None = None
    group: str = ""
    announced: date | None = None
    subject: str = ""
    facts: Facts = field(default_factory=dict)

    @property
    def day(self) -> date:
        """The day the result counts from."""
        return self.announced or self.period.end

    @property
    def is_gap(self) -> bool:
        """Whether there is nothing to judge: no score, no rank and no grade."""
        return self.score is None and self.grade is None and self.rank is None and self.rank_from_bottom is None

    def names(self) -> dict[str, Scalar]:
        """The result under the names conditions use."""
        return {
            **self.facts,
            "score": self.score,
            "rank": _decimal(self.rank),
            "rank_from_bottom": _decimal(self.rank_from_bottom),
            "group_size": _decimal(self.group_size),
            "grade": self.grade,
        }


@dataclass(frozen=True, kw_only=True)
class Event:
    """A recorded decision or report about a subject, such as ``rectification_passed``.

    ``adopted`` and ``declined`` say what a person decided on a proposed ``transition``.
    """

    event: str
    on: date
    transition: str = ""
    basis: str = ""


@dataclass(frozen=True)
class History:
    """Everything known of one subject, results in order of periods and events in order of days."""

    subject: str
    results: tuple[PeriodResult, ...] = ()
    events: tuple[Event, ...] = ()
    problems: tuple[Problem, ...] = ()

    def with_result(self, result: PeriodResult) -> History:
        """The same history with one result more, as a forecast makes it."""
        kept = [own for own in self.results if own.period != result.period]
        return replace(self, results=tuple(sorted([*kept, result], key=lambda own: own.period)))


Histories = Mapping[str, Sequence[PeriodResult]]
Events = Mapping[str, Sequence[Event]]
Successors = Mapping[str, Sequence[str]]


def gather(histories: Histories, events: Events, successors: Successors | None = None) -> dict[str, History]:
    """The history of every subject that still exists, with that of those it came from.

    A subject's own result of a period counts before that of a predecessor. Two predecessors with
    different results for one period leave a gap there, and are named.

    Args:
        histories: Results by subject.
        events: Recorded events by subject.
        successors: Into what a subject was merged, renamed or split; several for a split.
    """
    onward = successors or {}
    results: dict[str, dict[Period, list[PeriodResult]]] = {}
    recorded: dict[str, list[Event]] = {}
    for subject in sorted({*histories, *events}):
        for heir in heirs(subject, onward):
            for own in histories.get(subject, ()):
                results.setdefault(heir, {}).setdefault(own.period, []).append(
                    replace(own, subject=own.subject or subject)
                )
            recorded.setdefault(heir, []).extend(events.get(subject, ()))
    return {
        subject: _joined(subject, results.get(subject, {}), recorded.get(subject, []))
        for subject in sorted({*results, *recorded})
    }


def heirs(subject: str, successors: Successors) -> tuple[str, ...]:
    """Who carries a subject's history today, following merges and renamings to their end.

    >>> heirs("a", {"a": ["b"], "b": ["c", "d"]})
    ('c', 'd')
    """
    found: list[str] = []
    seen: set[str] = set()
    waiting = [subject]
    while waiting:
        at = waiting.pop(0)
        if at in seen:
            continue
        seen.add(at)
        onward = [heir for heir in successors.get(at, ()) if heir != at]
        if onward:
            waiting.extend(onward)
        else:
            found.append(at)
    return tuple(found)


def results_of(assessment: Assessment, period: Period, *, announced: date | None = None) -> dict[str, PeriodResult]:
    """The results of an assessment by unit, ready to be added to histories."""
    name = assessment.scheme.groups
    places = assessment.matrix.groups.get(name, ("",) * len(assessment.units))
    found = {}
    for row, unit in enumerate(assessment.units):
        scored = assessment.standing.known[row]
        found[unit] = PeriodResult(
            period=period,
            score=assessment.standing.value(row),
            rank=int(assessment.ranks[row]) or None,
            rank_from_bottom=int(assessment.ranks_from_bottom[row]) or None,
            group_size=int(assessment.group_sizes[row]) if scored else None,
            grade=assessment.grade(unit) or None,
            group=places[row],
            announced=announced,
            subject=unit,
        )
    return found


def _joined(subject: str, results: Mapping[Period, Sequence[PeriodResult]], events: Sequence[Event]) -> History:
    kept: list[PeriodResult] = []
    problems: list[Problem] = []
    for period in sorted(results):
        given = results[period]
        own = [result for result in given if result.subject == subject] or list(given)
        if len(own) > 1 and any(result.names() != own[0].names() for result in own[1:]):
            names = ", ".join(sorted(result.subject for result in own))
            values = {"subject": subject, "period": str(period), "subjects": names}
            problems.append(Problem("consequence.two_results", values=values, severity=Severity.WARNING))
            kept.append(PeriodResult(period=period, announced=own[0].announced))
            continue
        kept.append(own[0])
    return History(subject, tuple(kept), tuple(sorted(events, key=lambda event: event.on)), tuple(problems))


def _decimal(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)
