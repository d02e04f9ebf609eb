"""Grades (分档): from the standing of scored units to the grades of the pack, by cut or by quota."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import numpy as np

from yuanzhi.engine.assessment.exact import rounded
from yuanzhi.engine.assessment.matrix import Mask, Whole
from yuanzhi.engine.assessment.standing import Standing
from yuanzhi.engine.kernel.problems import Problem, Severity, listed
from yuanzhi.engine.pack.scheme_model import GradeBand, Grades

Decided = Literal["cut", "quota", "veto", "cap", "exempt"]
TieKeys = Sequence[tuple[Fraction | str | None, ...]]
"""For each unit the values that order it among units with the same score, best first."""


@dataclass(frozen=True)
class GradeReason:
    """What gave a unit its grade: the bound, the place in the quota, the veto or the exemption.

    ``score`` is the score compared; ``bound`` the line it met; ``place`` and ``places`` the unit's
    place in its group and the last place of the grade.
    """

    grade: str
    by: Decided
    score: Decimal | None = None
    bound: Decimal | None = None
    place: int = 0
    places: int = 0
    group: str = ""
    source: str = ""
    clause: str = ""


@dataclass(frozen=True, eq=False)
class Overrides:
    """What stands above score and quota, by row: the grade and what gave it.

    ``last`` are rows struck to the lowest grade; they take places of the quota, from the bottom.
    ``fixed`` are rows with a grade of their own, ``capped`` those that may reach no better one.
    ``exempt`` rows take a grade outside the score; of these ``counted`` take places of the quota.
    """

    last: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    fixed: Mapping[int, tuple[str, str, str]] = field(default_factory=dict)
    capped: Mapping[int, tuple[str, str, str]] = field(default_factory=dict)
    exempt: Mapping[int, tuple[str, str, str]] = field(default_factory=dict)
    counted: frozenset[int] = frozenset()
    undecided: frozenset[int] = frozenset()


def grade(
    standing: Standing,
    settings: Grades,
    groups: Sequence[tuple[str, Whole]],
    units: Sequence[str],
    overrides: Overrides | None = None,
    tie_keys: TieKeys = (),
) -> tuple[tuple[GradeReason | None, ...], tuple[Problem, ...]]:
    """Sort scored units into the pack's grades.

    A unit struck out takes the lowest grade whatever its score. A unit with no score stays
    ungraded: missing is never zero. A score equal to a bound belongs to the better grade unless
    the bound is strict.

    Args:
        standing: The scores as they are compared.
        settings: The grades, best first, with cuts or shares.
        groups: The rows of each group; quotas are counted within it.
        units: The units' codes, for what is said of them.
        overrides: Vetoes and exemptions.
        tie_keys: What orders units with the same score, where the scheme says ``order``.

    Returns:
        One reason per unit, ``None`` for the ungraded, and what a person has to see.
    """
    above = overrides or Overrides()
    found: list[GradeReason | None] = [None] * len(units)
    problems: list[Problem] = []
    if settings.by == "cut":
        _by_cut(standing, settings, units, found, problems)
    else:
        for name, rows in groups:
            _by_quota(standing, settings, (name, rows), units, above, tie_keys, found, problems)
    _override(found, settings, above, standing)
    return tuple(found), tuple(problems)


def _by_cut(
    standing: Standing,
    settings: Grades,
    units: Sequence[str],
    found: list[GradeReason | None],
    problems: list[Problem],
) -> None:
    reached = [
        standing.known if band.at_least is None else standing.reaches(band.at_least, strict=band.strict)
        for band in settings.bands
    ]
    below: list[str] = []
    for row in np.flatnonzero(standing.known).tolist():
        own = next((place for place, mask in enumerate(reached) if mask[row]), None)
        if own is None:
            below.append(units[row])
            continue
        band = settings.bands[own]
        found[row] = GradeReason(band.grade, "cut", standing.value(row), band.at_least)
    if below:
        problems.append(_warning("assessment.below_all_bands", units=listed(below)))


def places_of(bands: Sequence[GradeBand], count: int) -> tuple[int, ...]:
    """The number of places of each grade among so many units.

    With a grade that takes the remainder every other one is rounded on its own. Without one the
    cumulative shares are rounded, so that the places always add up. Where so few units cannot
    fill all places, the best and the lowest grade keep theirs and the middle gives way.

    >>> shares = [("A", "0.2", "floor"), ("B", "0.3", "floor"), ("C", None, "remainder"), ("D", "0.05", "ceil")]
    >>> bands = [GradeBand(grade=g, share=Decimal(s) if s else None, rounding=r) for g, s, r in shares]
    >>> places_of(bands, 11)
    (2, 3, 5, 1)
    """
    if not any(_takes_rest(band) for band in bands):
        return _cumulative(bands, count)
    places = [
        0 if _takes_rest(band) else max(band.fewest, _rounded(_share(band) * count, band.rounding)) for band in bands
    ]
    excess = sum(places) - count
    for own in [*range(len(bands) - 2, 0, -1), 0, len(bands) - 1]:
        given_up = min(max(excess, 0), places[own])
        places[own] -= given_up
        excess -= given_up
    rest = next(place for place, band in enumerate(bands) if _takes_rest(band))
    places[rest] += count - sum(places)
    return tuple(places)


def _takes_rest(band: GradeBand) -> bool:
    return band.rounding == "remainder" or band.share is None


def _cumulative(bands: Sequence[GradeBand], count: int) -> tuple[int, ...]:
    shares, ends = Fraction(0), [0]
    for band in bands:
        shares += _share(band)
        ends.append(max(ends[-1] + band.fewest, min(count, _rounded(shares * count, band.rounding))))
    ends[-1] = count
    ends = [min(end, count) for end in ends]
    return tuple(last - first for first, last in itertools.pairwise(ends))


def _share(band: GradeBand) -> Fraction:
    return Fraction(band.share or 0)


def _rounded(amount: Fraction, rounding: str) -> int:
    if rounding == "ceil":
        return math.ceil(amount)
    return math.floor(amount) if rounding == "floor" else int(rounded(amount, "half_up", 0))


def _by_quota(
    standing: Standing,
    settings: Grades,
    group: tuple[str, Whole],
    units: Sequence[str],
    above: Overrides,
    tie_keys: TieKeys,
    found: list[GradeReason | None],
    problems: list[Problem],
) -> None:
    """Fill the places of each grade in order of score; ties across a last place as the scheme says."""
    name, rows = group
    outside = {row for row in above.exempt if row not in above.counted}
    # Whether a unit is struck out or exempt decides the places of others: one that cannot be told
    # still takes part by its score, and its own grade is withheld afterwards.
    counted = [
        int(row) for row in rows if int(row) not in outside and (standing.order[row] >= 0 or int(row) in above.last)
    ]
    if len(counted) < settings.fewest:
        values = {"group": name or "*", "count": str(len(counted)), "fewest": str(settings.fewest)}
        problems.append(_note("assessment.quota_too_few", **values))
        return
    places = list(places_of(settings.bands, len(counted)))
    grades = [band.grade for band in settings.bands]
    for row in above.counted & set(counted):
        if above.exempt[row][0] in grades:
            places[grades.index(above.exempt[row][0])] -= 1
    ranked = [row for row in counted if row not in above.counted]
    ranked.sort(key=lambda row: _sort_key(row, standing, above, tie_keys))
    ends = np.cumsum([max(place, 0) for place in places])
    own = [min(int(np.searchsorted(ends, place, side="right")), len(grades) - 1) for place in range(len(ranked))]
    _settle_ties(own, ranked, standing, settings, above, tie_keys, units, problems)
    for place, row in enumerate(ranked):
        chosen = own[place]
        found[row] = GradeReason(
            grades[chosen], "quota", standing.value(row), place=place + 1, places=int(ends[chosen]), group=name
        )


def _sort_key(row: int, standing: Standing, above: Overrides, tie_keys: TieKeys) -> tuple[object, ...]:
    keys = tie_keys[row] if tie_keys else ()
    return (row in above.last, -int(standing.order[row]), *[_sortable(key) for key in keys], row)


def _sortable(key: Fraction | str | None) -> tuple[bool, Fraction | str]:
    return (key is None, Fraction(0) if key is None else key)


def _settle_ties(
    own: list[int],
    ranked: Sequence[int],
    standing: Standing,
    settings: Grades,
    above: Overrides,
    tie_keys: TieKeys,
    units: Sequence[str],
    problems: list[Problem],
) -> None:
    """Give units that tie across a last place the better or the worse grade, or the grade of their order."""

    def identity(row: int) -> tuple[object, ...]:
        keys = tuple(tie_keys[row]) if settings.ties == "order" and tie_keys else ()
        return (row in above.last, int(standing.order[row]), keys)

    first = 0
    while first < len(ranked):
        last = first
        while last + 1 < len(ranked) and identity(ranked[last + 1]) == identity(ranked[first]):
            last += 1
        if own[first] != own[last] and ranked[first] not in above.last:
            chosen = own[last] if settings.ties == "worse" else own[first]
            if settings.ties == "order":
                tied = listed(units[row] for row in ranked[first : last + 1])
                problems.append(_warning("assessment.tie_undecided", units=tied, grade=settings.bands[chosen].grade))
            own[first : last + 1] = [chosen] * (last - first + 1)
        first = last + 1


def _override(found: list[GradeReason | None], settings: Grades, above: Overrides, standing: Standing) -> None:
    grades = [band.grade for band in settings.bands]
    for row, (own, source, clause) in above.exempt.items():
        found[row] = GradeReason(own, "exempt", standing.value(row), source=source, clause=clause)
    for row, (cap, source, clause) in above.capped.items():
        now = found[row]
        if now and cap in grades and now.grade in grades and grades.index(now.grade) < grades.index(cap):
            found[row] = GradeReason(cap, "cap", standing.value(row), source=source, clause=clause)
    for row, (own, source, clause) in above.fixed.items():
        found[row] = GradeReason(own, "veto", standing.value(row), source=source, clause=clause)
    for row, (source, clause) in above.last.items():
        found[row] = GradeReason(grades[-1], "veto", standing.value(row), source=source, clause=clause)
    for row in above.undecided:
        found[row] = None


def struck(mask: Mask, source: str, clause: str) -> dict[int, tuple[str, str]]:
    """Rows of a mask with what struck them."""
    return {int(row): (source, clause) for row in np.flatnonzero(mask)}


def _warning(code: str, **values: str) -> Problem:
    return Problem(code, values=values, severity=Severity.WARNING)


def _note(code: str, **values: str) -> Problem:
    return Problem(code, values=values, severity=Severity.NOTE)
