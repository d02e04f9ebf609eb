"""Each formula that the workbook can write, computed by another engine, against the engine's own arithmetic."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from yuanzhi.engine.assessment.aggregating import Children, aggregate
from yuanzhi.engine.assessment.framework import Group, Leaf
from yuanzhi.engine.assessment.normalising import Block, apply, fit
from yuanzhi.engine.pack.scheme_model import GradeBand, Node, Normalise, Step
from yuanzhi.engine.runs.cell_formulas import (
    ChildCells,
    LeafCells,
    grade_formula,
    group_formula,
    leaf_formula,
    rank_formula,
)

VALUES = [5.0, -3.0, 12.5, 12.5, 0.1 + 0.2, 40.0]
CELLS = LeafCells("B2", "B2:B7", "B1")


@pytest.fixture(scope="module")
def compute() -> Callable[..., Any]:
    """Compute a cell formula; ranges are given as lists."""
    warnings.filterwarnings("ignore", category=SyntaxWarning)
    import formulas

    def computing(text: str, **cells: Any) -> Any:
        function = formulas.Parser().ast(text)[1].compile()
        named = {name.replace("_", ":"): value for name, value in cells.items()}
        values = [named[name] if isinstance(named[name], list) else [named[name]] for name in function.inputs]
        given = [np.array([[own] for own in column], dtype=object) for column in values]
        found = function(*given)
        found = np.asarray(found, dtype=object).ravel()[0]
        return "" if found == "" else found

    return computing


def leaf_of(settings: Normalise, sign: int, **node: Any) -> Leaf:
    return Leaf(0, "leaf", "leaf", Node(code="leaf", indicator="x", **node), settings, sign)


LEAVES: dict[str, tuple[Normalise, float | None]] = {
    "as is": (Normalise(method="as_is"), None),
    "as is, clipped": (Normalise(method="as_is", clip=(Decimal(0), Decimal(10))), None),
    "clipped from below": (Normalise(method="as_is", clip=(Decimal(-1), None)), None),
    "over a base": (Normalise(method="base_ratio"), 8.0),
    "over a base, capped": (Normalise(method="base_ratio", clip=(Decimal(0), Decimal(120))), 8.0),
    "least to most": (Normalise(method="min_max"), None),
    "least to most on another scale": (Normalise(method="min_max", low=Decimal(60), high=Decimal(100)), None),
    "goalposts": (Normalise(method="goalposts", goalposts=(Decimal(-2), Decimal(20))), None),
    "standard score": (Normalise(method="z_score", mean=Decimal(70), deviation=Decimal(10)), None),
    "fraction of the most": (Normalise(method="fraction_of_max"), None),
    "percentile": (Normalise(method="percentile_rank"), None),
    "pass or fail": (Normalise(method="pass_fail", threshold="12.5"), 12.5),
    "pass above": (Normalise(method="pass_fail", comparison="gt", threshold="12.5"), 12.5),
    "steps": (
        Normalise(
            method="steps", below_first=Decimal(1),
            steps=(Step(at=Decimal(0), points=Decimal(2)), Step(at=Decimal("12.5"), points=Decimal(9))),
        ),
        None,
    ),
    "steps above": (
        Normalise(method="steps", comparison="gt", steps=(Step(at=Decimal("12.5"), points=Decimal(9)),)), None,
    ),
    "rounded": (
        Normalise(method="goalposts", goalposts=(Decimal(0), Decimal(30)), rounding="half_up", places=1), None,
    ),
    "rounded down": (
        Normalise(method="goalposts", goalposts=(Decimal(0), Decimal(30)), rounding="floor", places=1), None,
    ),
    "rounded up": (Normalise(method="goalposts", goalposts=(Decimal(0), Decimal(30)), rounding="ceil"), None),
}  # fmt: skip
CONSTANTS = {"base_ratio": "base", "pass_fail": "threshold"}


@pytest.mark.parametrize("sign", [1, -1], ids=["more", "less"])
@pytest.mark.parametrize(("settings", "reference"), LEAVES.values(), ids=LEAVES)
def test_a_leaf_is_scored_as_the_engine_scores_it(
    compute: Callable[..., Any], settings: Normalise, reference: float | None, sign: int
) -> None:
    leaf = leaf_of(settings, sign)
    fixed = {CONSTANTS[settings.method]: np.array([[reference]])} if settings.method in CONSTANTS else {}
    if settings.goalposts:
        fixed = {
            name: np.array([[float(end)]]) for name, end in zip(("first", "last"), settings.goalposts, strict=True)
        }
    values = np.array([*VALUES, np.nan]).reshape(-1, 1)
    block = Block((leaf,), settings, [np.arange(len(values))], fixed)
    expected = apply(block, values, fit(block, values)).ravel()
    text = leaf_formula(leaf, CELLS)
    assert text is not None
    column = [*VALUES, ""]
    for value, score in zip(column, expected, strict=True):
        found = compute(text, B2=value, B2_B7=column, B1=reference)
        if value == "":
            assert found == ""
        else:
            assert found == pytest.approx(score, abs=1e-9), value


def test_a_leaf_is_held_between_floor_and_cap(compute: Callable[..., Any]) -> None:
    text = leaf_formula(leaf_of(Normalise(method="as_is"), 1, floor=Decimal(2), cap=Decimal(9)), CELLS)
    assert [compute(str(text), B2=value) for value in (1.0, 5.0, 10.0)] == [2, 5, 9]


UNSAYABLE = {
    "a formula of its own": Normalise(method="as_is", formula="value * 2"),
    "peers by group": Normalise(method="min_max", group="tier"),
    "thresholds by condition": Normalise(method="pass_fail", threshold="1", thresholds_by=(("a > 1", "2"),)),
    "a turned comparison": Normalise(method="pass_fail", threshold="1", flip_when_negative="growth"),
    "ratio to peers": Normalise(
        method="steps", steps_on="ratio_to_peers", steps=(Step(at=Decimal(1), points=Decimal(2)),)
    ),
    "rank": Normalise(method="rank"),
    "distance to a target": Normalise(method="distance_to_target", target="5"),
}


@pytest.mark.parametrize("settings", UNSAYABLE.values(), ids=UNSAYABLE)
def test_what_a_cell_cannot_say_is_not_said(settings: Normalise) -> None:
    assert leaf_formula(leaf_of(settings, 1), CELLS) is None


def group_of(method: str, **node: Any) -> Group:
    own = Node(code="total", children=(Node(code="a"), Node(code="b"), Node(code="c")), **node)
    return Group("total", "total", own, method, "declared", ("a", "b", "c"))  # type: ignore[arg-type]


METHODS = ["arithmetic", "geometric", "harmonic", "sum", "minimum"]
SCORES: dict[str, list[float | None]] = {
    "all there": [60.0, 80.0, 10.0],
    "one that may be left out": [60.0, 80.0, None],
    "one that may not": [None, 80.0, 10.0],
    "none": [None, None, None],
}
WEIGHTS = [0.5, 0.3, 0.2]


@pytest.mark.parametrize("limits", [{}, {"cap": Decimal(55), "floor": Decimal(20)}], ids=["free", "limited"])
@pytest.mark.parametrize("scores", SCORES.values(), ids=SCORES)
@pytest.mark.parametrize("method", METHODS)
def test_a_group_is_put_together_as_the_engine_does(
    compute: Callable[..., Any], method: str, scores: list[float | None], limits: dict[str, Decimal]
) -> None:
    group = group_of(method, **limits)
    known = [np.array([np.nan if own is None else own]) for own in scores]
    weights = tuple(np.array([own]) for own in WEIGHTS)
    left_out = (False, False, True)
    children = Children(tuple(known), weights, (None, None, None), left_out, (0.0, 0.0, 0.0))
    expected = float(aggregate(group, children)[0])
    cells = [ChildCells(f"B{at}", f"C{at}", own) for at, own in enumerate(left_out, 1)]
    text = group_formula(group, cells)
    assert text is not None
    given = {f"B{at}": "" if own is None else own for at, own in enumerate(scores, 1)}
    given |= {f"C{at}": own for at, own in enumerate(WEIGHTS, 1)}
    found = compute(text, **given)
    assert found == "" if np.isnan(expected) else found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    "group", [group_of("copeland"), group_of("pass_k"), group_of("arithmetic", least_share=Decimal("0.5"))],
    ids=["majorities", "passes", "a least share"],
)  # fmt: skip
def test_a_group_that_a_cell_cannot_say_is_not_said(group: Group) -> None:
    assert group_formula(group, [ChildCells("B1", "C1", False)]) is None


TOTALS = [80.0, 79.9999999996, 65.0, "", 80.0, 64.6]


def ranks(compute: Callable[..., Any], totals: Sequence[Any], places: int | None) -> list[Any]:
    text = rank_formula("B2", "B2:B7", places)
    return [compute(text, B2=own, B2_B7=list(totals)) for own in totals]


def test_equal_scores_share_the_better_place_and_a_missing_one_has_none(compute: Callable[..., Any]) -> None:
    """Scores that differ by less than what is compared are equal, as in the engine."""
    assert ranks(compute, TOTALS, None) == [1, 1, 4, "", 1, 5]


def test_scores_are_compared_at_the_declared_decimals(compute: Callable[..., Any]) -> None:
    assert ranks(compute, TOTALS, 0) == [1, 1, 4, "", 1, 4]
    assert ranks(compute, [1.05, 1.04, 1.16, 1.1, "", 1.0], 1) == [2, 4, 1, 2, "", 4]


def test_ranks_are_within_the_group(compute: Callable[..., Any]) -> None:
    text = rank_formula("B2", "B2:B4", None, ("C2", "C2:C4"))
    groups, totals = ["x", "y", "x"], [10.0, 20.0, 30.0]
    found = [
        compute(text, B2=total, C2=group, B2_B4=totals, C2_C4=groups)
        for total, group in zip(totals, groups, strict=True)
    ]
    assert found == [2, 1, 1]


BANDS = [
    (GradeBand(grade="A", at_least=Decimal(80)), "Very “good”"),
    (GradeBand(grade="B", at_least=Decimal("60.5"), strict=True), 'Pass "B"'),
    (GradeBand(grade="C"), "不合格"),
]


@pytest.mark.parametrize(
    ("score", "name"),
    [
        (80.0, BANDS[0][1]),
        (79.9999999999, BANDS[0][1]),
        (79.99, BANDS[1][1]),
        (60.5, "不合格"),
        (-5.0, "不合格"),
        ("", ""),
    ],
)
def test_the_grade_of_a_score_by_cuts(compute: Callable[..., Any], score: Any, name: str) -> None:
    text = grade_formula("B2", BANDS)
    assert text is not None
    assert compute(text, B2=score) == name


def test_grades_by_quota_are_not_said() -> None:
    assert grade_formula("B2", [(GradeBand(grade="A", share=Decimal("0.2")), "A"), (GradeBand(grade="B"), "B")]) is None
    assert grade_formula("B2", []) is None
