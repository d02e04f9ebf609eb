"""What comes on top of the framework's score: bonus and penalty points, vetoes, exemptions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from yuanzhi.engine.assessment.expressions import Expressions, Facts
from yuanzhi.engine.assessment.grading import Overrides
from yuanzhi.engine.assessment.results import AdjustmentFinding, Undecided, VetoFinding
from yuanzhi.engine.kernel.outcomes import Outcome
from yuanzhi.engine.pack.scheme_model import Scheme

FactsOf = Callable[[int], Facts]


@dataclass
class Added:
    """Points to add by row, and what kept them from being known."""

    points: dict[int, Fraction] = field(default_factory=dict)
    findings: list[AdjustmentFinding] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)
    unknown: set[int] = field(default_factory=set)


def adjust(
    scheme: Scheme, expressions: Expressions, units: Sequence[str], rows: Sequence[int], facts: FactsOf
) -> Added:
    """Bonus and penalty points of every unit, each held to its cap in either direction.

    Points that rest on a missing fact leave the score undetermined; a pack that wants no event
    to count as none says so with ``coalesce``.
    """
    added = Added()
    for number, own in enumerate(scheme.adjustments):
        trail = f"adjustments/{number}/points"
        for row in rows:
            points = expressions.amount(trail, own.points, facts(row))
            missing = () if points is not None else expressions.missing(trail, own.points, facts(row))
            held = _held(points, own.cap)
            added.findings.append(AdjustmentFinding(units[row], own.code, held, points, own.clause, missing))
            if held is None:
                added.unknown.add(row)
                added.undecided.append(Undecided(units[row], "adjustment", missing, (own.code,)))
            else:
                added.points[row] = added.points.get(row, Fraction(0)) + held
    return added


def _held(points: Fraction | None, cap: object) -> Fraction | None:
    if points is None or cap is None:
        return points
    limit = abs(Fraction(str(cap)))
    return max(-limit, min(limit, points))


@dataclass
class Struck:
    """What vetoes and exemptions do, by row."""

    deducted: dict[int, Fraction] = field(default_factory=dict)
    unscored: set[int] = field(default_factory=set)
    unknown_score: set[int] = field(default_factory=set)
    last: dict[int, tuple[str, str]] = field(default_factory=dict)
    fixed: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    capped: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    exempt: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    counted: set[int] = field(default_factory=set)
    unknown_grade: set[int] = field(default_factory=set)
    findings: list[VetoFinding] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)

    def overrides(self) -> Overrides:
        """What grading has to know."""
        # A unit struck to the lowest grade by one veto is not undecided for another.
        undecided = frozenset(self.unknown_grade - set(self.last))
        return Overrides(self.last, self.fixed, self.capped, self.exempt, frozenset(self.counted), undecided)


def strike(
    scheme: Scheme, expressions: Expressions, units: Sequence[str], rows: Sequence[int], facts: FactsOf
) -> Struck:
    """Judge the vetoes of a scheme (一票否决) for every unit.

    A veto that cannot be judged leaves the grade undecided, or the score where it would change it.
    """
    struck = Struck()
    for number, veto in enumerate(scheme.vetoes):
        trail = f"vetoes/{number}/when"
        for row in rows:
            holds = expressions.holds(trail, veto.when, facts(row))
            if holds is False:
                continue
            missing = () if holds else expressions.missing(trail, veto.when, facts(row))
            outcome = Outcome.of(holds)
            struck.findings.append(
                VetoFinding(units[row], veto.code, outcome, veto.effect, veto.clause, veto.grade, veto.points, missing)
            )
            if holds is None:
                struck.undecided.append(Undecided(units[row], "veto", missing, (veto.code,)))
            _carry_out(struck, veto.effect, row, holds, veto.code, veto.clause, veto.grade, Fraction(veto.points or 0))
    return struck


def _carry_out(
    struck: Struck, effect: str, row: int, holds: bool | None, code: str, clause: str, grade: str, points: Fraction
) -> None:
    if holds is None:
        (struck.unknown_score if effect in ("deduct", "no_score") else struck.unknown_grade).add(row)
        return
    match effect:
        case "deduct":
            struck.deducted[row] = struck.deducted.get(row, Fraction(0)) + abs(points)
        case "no_score":
            struck.unscored.add(row)
        case "grade":
            struck.fixed[row] = (grade, code, clause)
        case "cap_grade":
            struck.capped[row] = (grade, code, clause)
        case _:
            struck.last[row] = (code, clause)


def exempt(
    scheme: Scheme, expressions: Expressions, units: Sequence[str], rows: Sequence[int], facts: FactsOf, struck: Struck
) -> None:
    """Judge who takes a grade outside score and quota; the first exemption that holds counts."""
    for number, own in enumerate(scheme.grades.exemptions if scheme.grades else ()):
        trail = f"grades/exemptions/{number}/when"
        for row in rows:
            if row in struck.exempt:
                continue
            holds = expressions.holds(trail, own.when, facts(row))
            if holds:
                struck.exempt[row] = (own.grade, f"exemptions/{number}", own.clause)
                struck.counted |= {row} if own.counts_in_quota else set()
            elif holds is None:
                missing = expressions.missing(trail, own.when, facts(row))
                struck.unknown_grade.add(row)
                struck.undecided.append(Undecided(units[row], "exemption", missing, (f"exemptions/{number}",)))
