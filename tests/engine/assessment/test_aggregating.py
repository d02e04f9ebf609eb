"""Aggregation by hand, and what each way of treating missing scores does."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from small_schemes import AS_IS, by_cut, codes, group, leaf, matrix, scheme, scores

from yuanzhi.engine.assessment import assess_scheme
from yuanzhi.engine.assessment.aggregating import copeland, outranking
from yuanzhi.engine.assessment.analysing import effective_weights
from yuanzhi.engine.pack.scheme_model import Normalise

TWO = {"x": 2, "y": 8}
PASS = Normalise(method="pass_fail", threshold="1")


def run(root, rows, **keys):
    made = assess_scheme(scheme(root, **keys), matrix(keys.pop("groups_of", None), **rows))
    assert not made.refused, [problem.text("en") for problem in made.problems]
    return made


@pytest.mark.parametrize(
    ("method", "expected"), [("arithmetic", 5), ("geometric", 4), ("harmonic", 3.2), ("sum", 10), ("minimum", 2)]
)
def test_method_by_hand(method, expected):
    made = run(group("all", leaf("x"), leaf("y"), aggregate=method), {"a": TWO})
    assert scores(made)["a"] == expected


@pytest.mark.parametrize(
    ("method", "expected"),
    [("arithmetic", 0.25 * 2 + 0.75 * 8), ("geometric", 2**0.25 * 8**0.75), ("harmonic", 1 / (0.25 / 2 + 0.75 / 8))],
)
def test_weights_count(method, expected):
    root = group("all", leaf("x", weight=Decimal("0.25")), leaf("y", weight=Decimal("0.75")), aggregate=method)
    assert scores(run(root, {"a": TWO}, weighting="declared"))["a"] == pytest.approx(expected, abs=1e-9)


def test_value_over_base_times_weight_in_points():
    """Σ 指标值 ÷ 基准值 × 权重, with weights out of 100."""
    root = group("all", leaf("x", weight=Decimal(30)), leaf("y", weight=Decimal(70)))
    made = run(root, {"a": {"x": 150, "y": 90}}, weighting="declared", weight_total=Decimal(100))
    assert scores(made)["a"] == 30 * 1.5 + 70 * 0.9


def test_each_level_its_own_method():
    root = group("all", group("one", leaf("x"), leaf("y")), group("two", leaf("z")))
    made = run(root, {"a": {"x": 2, "y": 8, "z": 20}}, aggregate_by_level=("geometric", "arithmetic"))
    assert scores(made)["a"] == 12.0
    by_node = replace(root, aggregate="minimum")
    assert scores(run(by_node, {"a": {"x": 2, "y": 8, "z": 20}}, aggregate="geometric"))["a"] == 4.0


def test_caps_and_floors_of_nodes():
    root = group("all", leaf("x", cap=Decimal(5)), leaf("y", floor=Decimal(10)), cap=Decimal(7))
    assert scores(run(root, {"a": {"x": 9, "y": 8}, "b": {"x": 1, "y": 8}})) == {"a": 7.0, "b": 5.5}


@pytest.mark.parametrize(
    ("missing", "expected"),
    [("undetermined", None), ("leave_out", 8), ("peer_mean_score", (30 + 8) / 2), ("worst", (20 + 8) / 2)],
)
def test_a_missing_score_is_treated_as_the_node_says(missing, expected):
    root = group("all", leaf("x", missing=missing), leaf("y"))
    made = run(root, {"a": {"x": None, "y": 8}, "b": {"x": 20, "y": 1}, "c": {"x": 40, "y": 1}})
    assert scores(made)["a"] == expected
    listed = [(own.unit, own.node, own.method) for own in made.substitutions]
    assert listed == ([("a", "x", missing)] if missing in ("peer_mean_score", "worst") else [])
    assert [own.unit for own in made.undecided] == (["a"] if expected is None else [])


def test_the_mean_score_of_peers_is_that_of_the_group():
    """规上企业缺排放数据的，按规上企业此项平均得分赋分."""
    root = group("all", leaf("x", missing="peer_mean_score"))
    groups = {"size": {"a": "above", "b": "above", "c": "above", "d": "below"}}
    own = scheme(root, groups="size")
    made = assess_scheme(own, matrix(groups, a=None, b=10, c=20, d=100))
    assert scores(made)["a"] == 15.0


def test_the_worst_score_is_the_lowest_the_method_gives():
    low = Normalise(method="min_max", low=Decimal(40))
    root = group("all", leaf("x", low, missing="worst"))
    assert scores(run(root, {"a": {"x": None}, "b": {"x": 1}, "c": {"x": 2}}))["a"] == 40.0


def test_a_node_with_too_few_known_children_has_no_score():
    children = [leaf(code, missing="leave_out") for code in "xyz"]
    root = group("all", *children, least_share=Decimal(2) / 3)
    rows = {"a": {"x": 1, "y": 2, "z": None}, "b": {"x": 1, "y": None, "z": None}}
    assert scores(run(replace(root, least_share=Decimal("0.66")), rows)) == {"a": 1.5, "b": None}


def test_nothing_known_is_nothing():
    root = group("all", leaf("x", missing="leave_out"))
    assert scores(run(root, {"a": {"x": None}, "b": {"x": 1}})) == {"a": None, "b": 1.0}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((1, 1, 0), 100),
        ((1, 0, 0), 0),
        ((1, None, 0), None),
        ((1, 1, None), 100),
        ((0, None, 0), 0),
        ((None, None, None), None),
    ],
)
def test_at_least_two_of_three(values, expected):
    root = group("all", *(leaf(code, PASS) for code in "xyz"), aggregate="pass_k", need=2)
    made = run(root, {"a": dict(zip("xyz", values, strict=True))})
    assert scores(made)["a"] == expected


def test_all_musts_and_one_of_each_choice_group():
    """必选项全部达标，且各选择组至少达到规定项数."""
    choice = group("g1", leaf("p", PASS), leaf("q", PASS), aggregate="pass_k", need=1)
    root = group("all", leaf("must", PASS), choice, aggregate="pass_k")
    rows = {
        "met": {"must": 1, "p": 0, "q": 1},
        "no_choice": {"must": 1, "p": 0, "q": 0},
        "no_must": {"must": 0, "p": 1, "q": 1},
        "open": {"must": 1, "p": None, "q": 0},
    }
    made = run(root, rows, grades=by_cut(passed=100, failed=None))
    assert {unit: made.grade(unit) for unit in made.units} == {
        "met": "passed",
        "no_choice": "failed",
        "no_must": "failed",
        "open": "",
    }


def test_copeland_counts_majorities():
    """a beats b and c on two of three criteria, b beats c on two."""
    values = np.array([[3.0, 3.0, 1.0], [2.0, 2.0, 3.0], [1.0, 1.0, 2.0]])
    assert copeland(values, [1, 1, 1]).tolist() == [2, 0, -2]
    assert outranking(values, [1, 1, 2])[0].tolist() == [0.0, 0.5, 0.5]
    assert copeland(values, [1, 1, 2]).tolist() == [0, 1, -1]


def test_copeland_treats_an_exact_half_as_a_draw():
    """0.1 + 0.2 against 0.3 is a draw, whatever floats say."""
    values = np.array([[2.0, 2.0, 1.0], [1.0, 1.0, 2.0]])
    assert copeland(values, [0.1, 0.2, 0.3]).tolist() == [0, 0]


def test_copeland_without_a_single_score():
    assert np.isnan(copeland(np.array([[np.nan], [1.0]]), [1])).tolist() == [True, False]


def test_weight_sets_over_the_same_indicators():
    """Two weight sets; an indicator without a weight in a set takes no part in it."""
    children = (
        leaf("x", weights={"target": Decimal(60), "effect": Decimal(30)}),
        leaf("y", weights={"target": Decimal(40), "effect": Decimal(30)}),
        leaf("z", weights={"effect": Decimal(40)}),
    )
    rows = {"a": {"x": 10, "y": 20, "z": None}, "b": {"x": 10, "y": 20, "z": 30}}
    keys = {"weighting": "declared", "weight_total": Decimal(100)}
    target = run(group("all", *children), rows, weight_set="target", **keys)
    assert scores(target) == {"a": 14.0, "b": 14.0}
    effect = run(group("all", *children), rows, weight_set="effect", **keys)
    assert scores(effect) == {"a": None, "b": 21.0}


def test_weight_sets_by_group():
    children = (
        leaf("x", weights={"east": Decimal("0.8"), "west": Decimal("0.5")}),
        leaf("y", weights={"east": Decimal("0.2"), "west": Decimal("0.5")}),
    )
    own = scheme(group("all", *children), weighting="declared", weight_set="east", weight_sets_by="region")
    groups = {"region": {"a": "east", "b": "west", "c": "north"}}
    made = assess_scheme(own, matrix(groups, **{unit: {"x": 10, "y": 20} for unit in "abc"}))
    assert scores(made) == {"a": 12.0, "b": 15.0, "c": 12.0}


def test_a_wrong_sum_in_one_weight_set_is_refused_by_set():
    children = (leaf("x", weights={"p": Decimal(1), "q": Decimal("0.9")}),)
    own = scheme(group("all", *children), weighting="declared", weight_set="p")
    made = assess_scheme(own, matrix(a=1))
    assert codes(made) == ["assessment.weights_sum"]
    assert "q" in made.problems[0].text("en")


def test_relative_weights_are_shared_out():
    root = group("all", leaf("x", weight=Decimal(1)), leaf("y", weight=Decimal(3)))
    made = run(root, {"a": TWO}, weighting="relative")
    assert scores(made)["a"] == 0.25 * 2 + 0.75 * 8
    assert effective_weights(made) == {"all": 1.0, "x": 0.25, "y": 0.75}


@pytest.mark.parametrize("total", ["0.5", "1.17"])
def test_two_stored_results_would_have_been_refused(total):
    """A leaf of weight 0.5 alone, and weights of 1.17 that gave 128.13 out of 100."""
    weights = {"0.5": ("0.5",), "1.17": ("0.25", "0.22", "0.41", "0.29")}[total]
    children = (leaf(f"n{place}", AS_IS, weight=Decimal(own)) for place, own in enumerate(weights))
    made = assess_scheme(scheme(group("intensity", *children), weighting="declared"), matrix(a={"n0": 100}))
    assert made.refused
    assert total in made.problems[0].text("zh")
    assert "intensity" in made.problems[0].text("en")
