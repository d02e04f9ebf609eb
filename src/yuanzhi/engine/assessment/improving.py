"""What it would take (差距与路径): the least change of one indicator that gains a rank or a grade.

Others are held where they are, and so are minimum, maximum, mean and base: the answer is what one
subject can do by itself, not a forecast. Only changes of values count, never of who is assessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from yuanzhi.engine.assessment.framework import Leaf
from yuanzhi.engine.assessment.grading import GradeReason
from yuanzhi.engine.assessment.matrix import Floats, members_of
from yuanzhi.engine.assessment.normalising import Block, Constants, score_one
from yuanzhi.engine.assessment.results import Assessment
from yuanzhi.engine.assessment.scoring import Plan, roll_up

SMALLEST = 1e-9
"""One unit of the ninth decimal, at which scores are compared."""
DIGITS = 12
SAME = 1e-14
"""Floats this close in proportion are the same number computed in two ways."""
STEPS = 80
WIDEST = 60


@dataclass(frozen=True)
class Goal:
    """A score to reach and what it gains. ``ahead`` is the unit to catch up with, if any."""

    kind: Literal["rank", "grade"]
    name: str
    score: float
    gap: float
    ahead: str = ""


@dataclass(frozen=True)
class Change:
    """One leaf's value that alone reaches a goal.

    ``spreads`` is the change in interquartile ranges of the peers, so that unlike indicators can
    be compared; ``cost`` is what orders changes. ``within_peers`` says that some peer is there already.
    """

    leaf: str
    indicator: str
    before: float
    after: float
    relative: float | None
    spreads: float
    within_peers: bool
    cost: float


@dataclass(frozen=True)
class Way:
    """A goal and the changes that reach it, cheapest first; none where no single one does."""

    unit: str
    goal: Goal
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Worth:
    """What one per cent of improvement in a leaf is worth in points of the score."""

    leaf: str
    indicator: str
    points: float


def ways_up(assessment: Assessment, unit: str, *, prices: Mapping[str, float] | None = None) -> tuple[Way, ...]:
    """The least single changes that gain the next rank and the next grade.

    Args:
        assessment: The assessment.
        unit: The unit.
        prices: What one unit of a leaf's value costs, where known; other leaves are ordered by
            spreads after those with a price.

    Returns:
        One way per goal; nothing for a unit without a score or at the top.
    """
    row = assessment.rows[unit]
    if np.isnan(assessment.scores[row]) or row in assessment.overrides.last:
        return ()
    single = _OneUnit.of(assessment, row)
    goals = [goal for goal in (next_rank(assessment, unit), next_grade(assessment, unit)) if goal]
    return tuple(Way(unit, goal, _changes(assessment, single, goal, prices or {})) for goal in goals)


def next_rank(assessment: Assessment, unit: str) -> Goal | None:
    """The nearest better score in the group: to reach it is to share its rank."""
    row = assessment.rows[unit]
    rows = _peers(assessment, unit, assessment.scheme.groups)
    better = [other for other in rows if assessment.standing.order[other] > assessment.standing.order[row]]
    if not better:
        return None
    ahead = min(better, key=lambda other: (assessment.standing.order[other], other))
    score = float(assessment.scores[ahead])
    name = str(int(assessment.ranks[ahead]))
    return Goal("rank", name, score, score - float(assessment.scores[row]), assessment.units[ahead])


def next_grade(assessment: Assessment, unit: str) -> Goal | None:
    """The score of the next better grade: its cut, or the last unit that has it under a quota."""
    settings = assessment.scheme.grades
    reason = assessment.grades[assessment.rows[unit]]
    if settings is None or reason is None or reason.by not in ("cut", "quota"):
        return None
    names = [band.grade for band in settings.bands]
    place = names.index(reason.grade)
    if place == 0:
        return None
    own = float(assessment.scores[assessment.rows[unit]])
    if settings.by == "cut":
        band = settings.bands[place - 1]
        if band.at_least is None:
            return None
        score = float(band.at_least) + (SMALLEST if band.strict else 0.0)
        return Goal("grade", band.grade, score, score - own)
    return _above_quota(assessment, unit, names[:place], settings.ties == "better", own)


def _above_quota(assessment: Assessment, unit: str, better: list[str], ties_win: bool, own: float) -> Goal | None:
    assert assessment.scheme.grades is not None
    rows = _peers(assessment, unit, assessment.scheme.grades.group or assessment.scheme.groups)

    def has(reason: GradeReason | None) -> bool:
        return reason is not None and reason.by == "quota" and reason.grade in better

    above = [row for row in rows if has(assessment.grades[row])]
    if not above:
        return None
    ahead = min(above, key=lambda row: (assessment.standing.order[row], row))
    score = float(assessment.scores[ahead]) + (0.0 if ties_win else SMALLEST)
    reason = assessment.grades[ahead]
    return Goal("grade", reason.grade if reason else "", score, score - own, assessment.units[ahead])


def marginal_worth(assessment: Assessment, unit: str) -> tuple[Worth, ...]:
    """What one per cent of improvement is worth, leaf by leaf, most valuable first."""
    row = assessment.rows[unit]
    if np.isnan(assessment.scores[row]):
        return ()
    single = _OneUnit.of(assessment, row)
    found = []
    for leaf in assessment.framework.leaves:
        value = float(assessment.steps.treated[row, leaf.index])
        if np.isnan(value) or value == 0:
            continue
        moved = value + leaf.sign * abs(value) * 0.01
        found.append(Worth(leaf.code, leaf.node.indicator, single.total(leaf, moved) - single.now))
    return tuple(sorted(found, key=lambda own: (-own.points, own.leaf)))


@dataclass(frozen=True, eq=False)
class _OneUnit:
    """One unit cut out of an assessment, so that trying a value costs microseconds."""

    plan: Plan
    leaf_scores: Floats
    moves: float
    blocks: Mapping[str, tuple[Block, int, Constants, Floats]]
    row: int
    now: float

    @classmethod
    def of(cls, assessment: Assessment, row: int) -> _OneUnit:
        whole = assessment.plan
        weights = {code: own if len(own) == 1 else own[row : row + 1] for code, own in whole.weights.items()}
        plan = replace(
            whole,
            applies=whole.applies[row : row + 1],
            weights=weights,
            peers=(np.array([0]),),
            node_applies={code: mask[row : row + 1] for code, mask in whole.node_applies.items()},
        )
        leaf_scores = np.array([[assessment.nodes[leaf.code][row] for leaf in whole.framework.leaves]])
        blocks = {
            leaf.code: (block, column, constants, assessment.steps.treated[:, block.columns])
            for block, constants in zip(whole.blocks, assessment.constants, strict=True)
            for column, leaf in enumerate(block.leaves)
        }
        return cls(plan, leaf_scores, assessment.moves.get(row, 0.0), blocks, row, float(assessment.scores[row]))

    def total(self, leaf: Leaf, value: float) -> float:
        """The final score with another value of one leaf."""
        block, column, constants, peers = self.blocks[leaf.code]
        return self.with_score(leaf, score_one(block, column, self.row, value, constants, peers))

    def with_score(self, leaf: Leaf, score: float) -> float:
        scores = self.leaf_scores.copy()
        scores[0, leaf.index] = score
        return float(roll_up(self.plan, scores)[self.plan.framework.root][0]) + self.moves


def _changes(assessment: Assessment, single: _OneUnit, goal: Goal, prices: Mapping[str, float]) -> tuple[Change, ...]:
    compared = {code for group in assessment.framework.groups if group.method == "copeland" for code in group.children}
    found = []
    for leaf in assessment.framework.leaves:
        before = float(assessment.steps.treated[single.row, leaf.index])
        above = {leaf.code, *_above(assessment, leaf.code)}
        if np.isnan(before) or leaf.settings.formula or above & compared:
            continue
        after = _least_value(single, leaf, before, goal.score, _spread(assessment, leaf))
        if after is not None:
            found.append(_change(assessment, leaf, before, after, prices))
    return tuple(sorted(found, key=lambda own: (own.leaf not in prices, own.cost, own.leaf)))


def _above(assessment: Assessment, code: str) -> list[str]:
    up, found = assessment.framework.paths_up(), []
    while code in up:
        code = up[code]
        found.append(code)
    return found


def _least_value(single: _OneUnit, leaf: Leaf, before: float, wanted: float, spread: float) -> float | None:
    """The value nearest to the present one at which the unit reaches a score; ``None`` where no value does."""

    def reaches(value: float) -> bool:
        return single.total(leaf, value) >= wanted

    step = (spread or abs(before) or 1.0) * 1e-3
    far = _far_enough(reaches, before, leaf.sign * step)
    if far is None:
        return None
    near = before
    for _ in range(STEPS):
        middle = (near + far) / 2
        if middle in (near, far):
            break
        near, far = (near, middle) if reaches(middle) else (middle, far)
    return _tidied(far, leaf.sign)


def _far_enough(reaches: Callable[[float], bool], before: float, step: float) -> float | None:
    for _ in range(WIDEST):
        if reaches(before + step):
            return before + step
        step *= 2
        if not np.isfinite(before + step):
            break
    return None


def _tidied(far: float, direction: int) -> float:
    """The value with twelve digits, never on the wrong side of the exact one.

    A threshold of 80 is reported as 80, not as the last float below it; a third is rounded onward,
    as a score compared exactly would miss its goal by the digits cut off.
    """
    near = float(f"{far:.{DIGITS}g}")
    if far == 0 or abs(near - far) <= SAME * abs(far):
        return near
    onward = far + direction * abs(far) * 10.0 ** (1 - DIGITS)
    return float(f"{onward:.{DIGITS}g}")


def _spread(assessment: Assessment, leaf: Leaf) -> float:
    own = assessment.steps.treated[:, leaf.index]
    own = own[~np.isnan(own)]
    low, high = np.quantile(own, [0.25, 0.75])
    return float(high - low) or float(own.std())


def _change(assessment: Assessment, leaf: Leaf, before: float, after: float, prices: Mapping[str, float]) -> Change:
    own = assessment.steps.treated[:, leaf.index]
    best = float(np.nanmax(own * leaf.sign))
    spread = _spread(assessment, leaf)
    spreads = abs(after - before) / (spread or abs(before) or 1.0)
    relative = (after - before) / abs(before) if before else None
    cost = abs(after - before) * prices[leaf.code] if leaf.code in prices else spreads
    within = bool(after * leaf.sign <= best + SMALLEST)
    return Change(leaf.code, leaf.node.indicator, before, after, relative, spreads, within, cost)


def _peers(assessment: Assessment, unit: str, grouping: str) -> list[int]:
    row = assessment.rows[unit]
    return next(
        (
            [int(own) for own in rows if not np.isnan(assessment.scores[own])]
            for _, rows in members_of(assessment.matrix, grouping)
            if row in rows
        ),
        [],
    )
