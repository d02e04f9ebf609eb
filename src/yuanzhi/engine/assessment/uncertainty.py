"""How certain a result is: scores, ranks and grades under other weights, erring data, other methods.

Replicate ``r`` of seed ``s`` draws from its own stream (s, r): any one can be run again alone,
and more replicates never change the earlier ones. Treatment and imputation are not repeated;
their values vary with the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from yuanzhi.engine.assessment.grading import places_of
from yuanzhi.engine.assessment.matrix import Floats, Whole, members_of
from yuanzhi.engine.assessment.results import Assessment
from yuanzhi.engine.assessment.scoring import INTERCHANGEABLE, roll_up, run
from yuanzhi.engine.assessment.standing import DEFAULT_SCALE
from yuanzhi.engine.kernel.problems import Problem, Severity, listed
from yuanzhi.engine.pack.scheme_model import NormaliseMethod

Small = NDArray[np.int32]
LOW, HIGH = 0.05, 0.95
UNGRADED = -1
SHORT = 2.0**15


@dataclass(frozen=True)
class Variation:
    """What varies: weights and data by a share of themselves at most, evenly; methods by chance.

    ``data_by`` gives single leaves their own share, such as twice the rate of errors found in them.
    """

    seed: int
    replicates: int
    weights: float
    data: float
    data_by: Mapping[str, float] = field(default_factory=dict)
    methods: tuple[NormaliseMethod, ...] = ()


@dataclass(frozen=True, eq=False)
class Draw:
    """One replicate: what was drawn and the scores it gave."""

    scores: Floats
    method: NormaliseMethod | None
    weights: Mapping[str, Floats]


@dataclass(frozen=True)
class CloseCall:
    """A unit whose grade does not hold in enough replicates: a call for a person.

    ``neighbour`` is the unit nearest in score that has another grade.
    """

    unit: str
    grade: str
    probability: float
    likely: str
    neighbour: str
    gap: float | None


@dataclass(frozen=True, eq=False)
class Spread:
    """Scores, ranks and grades of all replicates, one row each; unscored units have NaN, 0 and -1."""

    assessment: Assessment
    variation: Variation
    scores: Floats
    ranks: Small
    ranks_from_bottom: Small
    grades: Small
    """Places in ``bands``, -1 where ungraded."""
    bands: tuple[str, ...]
    methods: tuple[NormaliseMethod | None, ...]
    problems: tuple[Problem, ...] = ()

    @cached_property
    def rank_summary(self) -> Floats:
        """Mean, median, 5 % and 95 % quantile of the rank of every unit; NaN where there is none."""
        known = self.ranks[0] > 0
        found = np.full((self.ranks.shape[1], 4), np.nan)
        own = self.ranks[:, known]
        found[known, 0] = own.mean(axis=0)
        found[known, 1:] = np.quantile(own, [0.5, LOW, HIGH], axis=0).T
        return found

    def rank_probability(self, unit: str) -> dict[int, float]:
        """The probability of each rank the unit had in any replicate."""
        own = self.ranks[:, self.assessment.rows[unit]]
        places, counts = np.unique(own[own > 0], return_counts=True)
        return {int(place): float(count) / len(own) for place, count in zip(places, counts, strict=True)}

    def probability_of_rank(self, unit: str, *, at_best: int = 1, at_worst: int) -> float:
        """The probability that the unit ranks between two places."""
        own = self.ranks[:, self.assessment.rows[unit]]
        return float(((own >= at_best) & (own <= at_worst)).mean())

    def probability_among_last(self, unit: str, places: int) -> float:
        """The probability of being among the last so many of the group."""
        own = self.ranks_from_bottom[:, self.assessment.rows[unit]]
        return float(((own > 0) & (own <= places)).mean())

    def grade_probability(self, unit: str) -> dict[str, float]:
        """The probability of each grade, best first; those that never came are left out."""
        own = self.grades[:, self.assessment.rows[unit]]
        counts = {grade: float((own == place).mean()) for place, grade in enumerate(self.bands)}
        return {grade: share for grade, share in counts.items() if share > 0}

    def close_calls(self, least: float | None = None) -> tuple[CloseCall, ...]:
        """Units whose grade holds in fewer replicates than the scheme asks, least certain first."""
        limit = float(self.assessment.scheme.uncertainty.close_call) if least is None else least
        found = []
        for unit in self.assessment.units:
            grade = self.assessment.grade(unit)
            shares = self.grade_probability(unit)
            if not grade or grade not in self.bands or shares.get(grade, 0.0) >= limit:
                continue
            other, gap = _across(self.assessment, unit)
            likely = max(shares, key=lambda own: shares[own]) if shares else ""
            found.append(CloseCall(unit, grade, shares.get(grade, 0.0), likely, other, gap))
        return tuple(sorted(found, key=lambda call: (call.probability, call.unit)))


def quantify_uncertainty(
    assessment: Assessment,
    *,
    seed: int | None = None,
    replicates: int | None = None,
    weights: float | None = None,
    data: float | None = None,
    data_by: Mapping[str, float] | None = None,
    methods: Sequence[NormaliseMethod] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Spread:
    """Repeat an assessment under variation; what is not given is as the scheme declares.

    Args:
        assessment: The assessment. A refused one cannot be repeated.
        seed: The seed of the draws.
        replicates: How many.
        weights: The share by which each weight may differ, before siblings are brought to one.
        data: The share by which each value may differ.
        data_by: The same by leaf, where it is known.
        methods: Methods tried in the place of the declared one, where leaves allow it.
        progress: Told of the number of replicates done.

    Raises:
        ValueError: The assessment was refused.
    """
    if assessment.refused:
        raise ValueError("an assessment that was refused cannot be repeated")
    declared = assessment.scheme.uncertainty
    tried, problems = _methods(assessment, declared.methods if methods is None else tuple(methods))
    variation = Variation(
        declared.seed if seed is None else seed,
        declared.replicates if replicates is None else replicates,
        float(declared.weights) if weights is None else weights,
        float(declared.data) if data is None else data,
        data_by or {},
        tried,
    )
    scores = np.empty((variation.replicates, len(assessment.units)))
    used: list[NormaliseMethod | None] = []
    for number in range(variation.replicates):
        draw = replicate(assessment, variation, number)
        scores[number] = draw.scores
        used.append(draw.method)
        if progress:
            progress(number + 1)
    groups = [rows for _, rows in members_of(assessment.matrix, assessment.scheme.groups)]
    top, bottom = _ranks(scores, groups)
    bands = tuple(band.grade for band in assessment.scheme.grades.bands) if assessment.scheme.grades else ()
    grades = _grades(assessment, scores, (top, bottom))
    return Spread(assessment, variation, scores, top, bottom, grades, bands, tuple(used), tuple(problems))


def replicate(assessment: Assessment, variation: Variation, number: int) -> Draw:
    """Run one replicate alone; the same number always gives the same scores."""
    stream = np.random.Generator(np.random.PCG64(np.random.SeedSequence((variation.seed, number))))
    plan = assessment.plan
    codes = [code for code in plan.framework.nodes if code in plan.weights]
    swings = 1 + variation.weights * (2 * stream.random(len(codes)) - 1)
    weights = {code: plan.weights[code] * swing for code, swing in zip(codes, swings, strict=True)}
    choice: NormaliseMethod | None = None
    if variation.methods:
        options: tuple[NormaliseMethod | None, ...] = (None, *variation.methods)
        choice = options[int(stream.integers(len(options)))]
    nodes: Mapping[str, Floats]
    if not (variation.data or variation.data_by or choice):
        nodes = roll_up(plan, assessment.steps.normalised, weights=weights)
    else:
        nodes = run(plan, _erring(assessment, variation, stream), weights=weights, method=choice).nodes
    scores = nodes[plan.framework.root].copy()
    for row, points in assessment.moves.items():
        scores[row] += points
    scores[np.isnan(assessment.scores)] = np.nan
    return Draw(scores, choice, weights)


def _erring(assessment: Assessment, variation: Variation, stream: np.random.Generator) -> Floats:
    """The treated values, each off by at most its share."""
    values = assessment.steps.treated
    if variation.data or variation.data_by:
        leaves = assessment.framework.leaves
        width = np.array([variation.data_by.get(leaf.code, variation.data) for leaf in leaves])
        swing = _even_draws(stream, values.shape) * (width / SHORT)
        swing += 1.0
        swing *= values
        return swing
    return values


def _even_draws(stream: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.int16]:
    """Whole numbers spread evenly from -32,768 to 32,767, in the memory order of values kept column by column.

    Four are cut from one draw of 64 bits. An error of two per cent in 65,536 steps is finer than
    any return is, and the raw stream is the same in every version of the library.
    """
    count = int(np.prod(shape))
    raw = stream.bit_generator.random_raw(-(-count // 4)).astype("<u8").view("<i2")
    return np.asarray(raw[:count].reshape(shape[::-1]).T)


def _methods(
    assessment: Assessment, wanted: tuple[NormaliseMethod, ...]
) -> tuple[tuple[NormaliseMethod, ...], list[Problem]]:
    """Methods that may stand in for one another; not where grades go by cuts on one scale."""
    tried = tuple(method for method in wanted if method in INTERCHANGEABLE)
    grades = assessment.scheme.grades
    if tried and grades and grades.by == "cut":
        told = {"methods": listed(tried)}
        return (), [Problem("assessment.methods_not_comparable", values=told, severity=Severity.WARNING)]
    return tried, []


def _ranks(scores: Floats, groups: Sequence[Whole]) -> tuple[Small, Small]:
    """Ranks from the top and from the bottom within each group, ties taking the better and the lower place."""
    top = np.zeros(scores.shape, dtype=np.int32)
    bottom = np.zeros(scores.shape, dtype=np.int32)
    compared = np.round(scores, DEFAULT_SCALE)
    for rows in groups:
        known = rows[~np.isnan(scores[0, rows])]
        if not len(known):
            continue
        own = compared[:, known]
        order = np.argsort(own, axis=1)
        ordered = np.take_along_axis(own, order, axis=1)
        places = np.broadcast_to(np.arange(len(known), dtype=np.int32), own.shape)
        rises = np.ones(own.shape, dtype=bool)
        rises[:, 1:] = ordered[:, 1:] > ordered[:, :-1]
        first = np.maximum.accumulate(np.where(rises, places, 0), axis=1)
        ends = np.ones(own.shape, dtype=bool)
        ends[:, :-1] = rises[:, 1:]
        last = np.minimum.accumulate(np.where(ends, places, len(known))[:, ::-1], axis=1)[:, ::-1]
        placed_first, placed_last = np.empty_like(first), np.empty_like(last)
        np.put_along_axis(placed_first, order, first, axis=1)
        np.put_along_axis(placed_last, order, last, axis=1)
        bottom[:, known] = placed_first + 1
        top[:, known] = len(known) - placed_last
    return top, bottom


def _grades(assessment: Assessment, scores: Floats, ranked: tuple[Small, Small]) -> Small:
    """The grade of every unit in every replicate; vetoes and exemptions hold in all."""
    settings = assessment.scheme.grades
    found = np.full(scores.shape, UNGRADED, dtype=np.int32)
    if settings is None:
        return found
    bands = [band.grade for band in settings.bands]
    known = ~np.isnan(scores)
    if settings.by == "cut":
        compared = np.round(scores, DEFAULT_SCALE)
        for place in range(len(bands) - 1, -1, -1):
            band = settings.bands[place]
            if band.at_least is None:
                reached = known
            else:
                cut = float(band.at_least)
                reached = compared > cut if band.strict else compared >= cut
            found[reached] = place
    else:
        grouping = settings.group or assessment.scheme.groups
        reused = ranked if grouping == assessment.scheme.groups else None
        for _, rows in members_of(assessment.matrix, grouping):
            _by_quota(assessment, scores, [int(row) for row in rows if assessment.kept[row]], found, reused)
    above = assessment.overrides
    for row, (grade, *_) in above.exempt.items():
        found[:, row] = bands.index(grade) if grade in bands else UNGRADED
    for row, (cap, *_) in above.capped.items():
        own = found[:, row]
        found[:, row] = np.where(own >= 0, np.maximum(own, bands.index(cap)), own)
    for row, (grade, *_) in above.fixed.items():
        found[:, row] = bands.index(grade)
    for row in above.last:
        found[:, row] = len(bands) - 1
    found[:, list(above.undecided)] = UNGRADED
    return found


def _by_quota(
    assessment: Assessment,
    scores: Floats,
    rows: Sequence[int],
    found: Small,
    ranked: tuple[Small, Small] | None,
) -> None:
    """Grades by place; units that tie all have the best of their places, or the worst where the scheme says so."""
    settings, above = assessment.scheme.grades, assessment.overrides
    assert settings is not None
    known = ~np.isnan(scores[0])
    counted = [row for row in rows if row not in above.exempt and (known[row] or row in above.last)]
    taken = [row for row in rows if row in above.counted]
    if not counted or len(counted) + len(taken) < settings.fewest:
        return
    places = list(places_of(settings.bands, len(counted) + len(taken)))
    grades = [band.grade for band in settings.bands]
    for row in taken:
        if above.exempt[row][0] in grades:
            places[grades.index(above.exempt[row][0])] -= 1
    if ranked and not above.last and len(counted) == sum(1 for row in rows if known[row]):
        top, bottom = ranked[0][:, counted], ranked[1][:, counted]
    else:
        own = scores[:, counted].copy()
        own[:, [place for place, row in enumerate(counted) if row in above.last]] = -np.inf
        top, bottom = _ranks(own, [np.arange(len(counted))])
    place = len(counted) - bottom if settings.ties == "worse" else top - 1
    ends = np.cumsum(np.maximum(places, 0))
    of_place = np.minimum(np.searchsorted(ends, np.arange(len(counted)), side="right"), len(places) - 1)
    found[:, counted] = of_place[place]


def _across(assessment: Assessment, unit: str) -> tuple[str, float | None]:
    """The unit nearest in score, in the same group, that has another grade."""
    scheme = assessment.scheme
    own, grade = float(assessment.scores[assessment.rows[unit]]), assessment.grade(unit)
    name = (scheme.grades.group if scheme.grades else "") or scheme.groups
    row = assessment.rows[unit]
    peers: list[int] = next((rows.tolist() for _, rows in members_of(assessment.matrix, name) if row in rows), [])
    others = [
        (abs(float(assessment.scores[row]) - own), assessment.units[row])
        for row in peers
        if assessment.grade(assessment.units[row]) not in ("", grade) and not np.isnan(assessment.scores[row])
    ]
    if not others or np.isnan(own):
        return "", None
    gap, other = min(others)
    return other, gap
