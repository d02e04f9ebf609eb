"""Each method by hand, then what no method may do."""

from decimal import Decimal

import numpy as np
import pytest
from small_schemes import group as node_group
from small_schemes import leaf as node_leaf
from small_schemes import matrix, one_leaf, scheme, scored, scores, steps

from yuanzhi.engine.assessment import assess_scheme
from yuanzhi.engine.assessment.normalising import tied
from yuanzhi.engine.pack.scheme_model import Base, Normalise

FIVE = Base(value="5")


@pytest.mark.parametrize(
    ("settings", "values", "expected"),
    [
        (Normalise(method="as_is"), (3, 7), (3, 7)),
        (Normalise(method="base_ratio", base=FIVE), (10, 4), (200, 80)),
        (Normalise(method="base_ratio", base=FIVE, clip=(None, Decimal(150))), (10, 4), (150, 80)),
        (Normalise(method="base_ratio", base=FIVE, high=Decimal(30)), (10, 5), (60, 30)),
        (Normalise(method="min_max"), (2, 4, 3), (0, 100, 50)),
        (Normalise(method="min_max", low=Decimal(60)), (2, 4, 3), (60, 100, 80)),
        (Normalise(method="goalposts", goalposts=(Decimal(0), Decimal(10))), (-1, 5, 12), (0, 50, 100)),
        (Normalise(method="goalposts", goalposts=(Decimal(0), Decimal(10)), clip=(None, None)), (-1, 12), (-10, 120)),
        (Normalise(method="z_score"), (1, 2, 3), (-1, 0, 1)),
        (Normalise(method="z_score", mean=Decimal(50), deviation=Decimal(10)), (1, 2, 3), (40, 50, 60)),
        (Normalise(method="scaled", mean=Decimal(1), deviation=Decimal(2)), (5, 9), (2, 4)),
        (Normalise(method="rank"), (5, 9, 9, 1), (2, 3, 3, 1)),
        (Normalise(method="borda"), (5, 9, 9, 1), (1, 2, 2, 0)),
        (Normalise(method="percentile_rank"), (5, 9, 9, 1), (33.333333333, 66.666666667, 66.666666667, 0)),
        (Normalise(method="distance_to_max"), (2, 4, 3), (0, 100, 50)),
        (Normalise(method="distance_to_target", target="6"), (2, 4, 6), (0, 50, 100)),
        (Normalise(method="distance_to_target", target="6"), (2, 10), (0, 200)),
        (Normalise(method="distance_to_target", target="6", clip=(None, Decimal(100))), (2, 10), (0, 100)),
        (Normalise(method="distance_to_target", target="1"), (2, 10), (100, 100)),
        (Normalise(method="distance_to_reference", target="b"), (2, 4, 6), (0, 100, 200)),
        (Normalise(method="fraction_of_max"), (2, 4), (50, 100)),
        (Normalise(method="steps", steps=steps((10, 2), (20, 4))), (9, 10, 19, 20), (0, 2, 2, 4)),
        (Normalise(method="steps", steps=steps((10, 2)), comparison="gt", below_first=Decimal(1)), (10, 11), (1, 2)),
        (Normalise(method="pass_fail", threshold="80"), (79.9, 80), (0, 100)),
        (Normalise(method="pass_fail", threshold="80", comparison="gt"), (80, 80.1), (0, 100)),
        (Normalise(method="pass_fail", threshold="7", comparison="le", high=Decimal(5)), (7, 8), (5, 0)),
        (Normalise(method="pass_fail", comparison="between", goalposts=(Decimal(1), Decimal(2))), (1, 2.1), (100, 0)),
        (Normalise(method="pass_fail", threshold="0", comparison="eq"), (0, 1), (100, 0)),
        (Normalise(method="as_is", rounding="floor"), (1.9, -0.1), (1, -1)),
        (Normalise(method="as_is", rounding="ceil"), (1.1, -0.9), (2, 0)),
        (Normalise(method="as_is", rounding="half_up", places=1), (0.25, -0.25), (0.3, -0.3)),
        (Normalise(method="as_is", rounding="half_even"), (0.5, 1.5), (0, 2)),
    ],
    ids=lambda case: case.method if isinstance(case, Normalise) else None,
)
def test_method_by_hand(settings, values, expected):
    found = scored(settings, **dict(zip("abcd", values, strict=False)))
    assert found == dict(zip("abcd", map(float, expected), strict=False))


@pytest.mark.parametrize(
    ("settings", "values", "expected"),
    [
        (Normalise(method="base_ratio", base=FIVE), (10, 4), (50, 125)),
        (Normalise(method="min_max"), (2, 4, 3), (100, 0, 50)),
        (Normalise(method="goalposts", goalposts=(Decimal(0), Decimal(10))), (-1, 5, 12), (100, 50, 0)),
        (Normalise(method="z_score"), (1, 2, 3), (1, 0, -1)),
        (Normalise(method="scaled"), (5, 9), (-5, -9)),
        (Normalise(method="rank"), (5, 9, 1), (2, 1, 3)),
        (Normalise(method="percentile_rank"), (5, 9, 1), (50, 0, 100)),
        (Normalise(method="distance_to_target", target="2"), (2, 4, 6), (100, 50, 0)),
        (Normalise(method="fraction_of_max"), (2, 4), (100, 50)),
    ],
    ids=lambda case: case.method if isinstance(case, Normalise) else None,
)
def test_where_less_is_better(settings, values, expected):
    made = assess_scheme(one_leaf(settings, direction="less"), matrix(**dict(zip("abcd", values, strict=False))))
    assert scores(made) == dict(zip("abcd", map(float, expected), strict=False))


def test_direction_comes_from_the_indicator_where_the_node_says_nothing():
    own = one_leaf(Normalise(method="min_max"))
    made = assess_scheme(own, matrix(a=1, b=2), directions={"x": "less"})
    assert scores(made) == {"a": 100.0, "b": 0.0}


def test_a_missing_value_has_no_score_and_is_nobodys_minimum():
    made = assess_scheme(one_leaf(Normalise(method="min_max")), matrix(a=None, b=2, c=4))
    assert scores(made) == {"a": None, "b": 0.0, "c": 100.0}
    assert [(own.unit, own.missing) for own in made.undecided] == [("a", ("x",))]


def test_statistics_within_a_group():
    groups = {"region": {"a": "east", "b": "east", "c": "west", "d": "west"}}
    made = assess_scheme(one_leaf(Normalise(method="min_max", group="region")), matrix(groups, a=1, b=2, c=10, d=30))
    assert scores(made) == {"a": 0.0, "b": 100.0, "c": 0.0, "d": 100.0}


def test_ranks_within_a_group():
    groups = {"region": {"a": "east", "b": "east", "c": "west", "d": "west"}}
    made = assess_scheme(one_leaf(Normalise(method="rank", group="region")), matrix(groups, a=1, b=2, c=10, d=30))
    assert scores(made) == {"a": 1.0, "b": 2.0, "c": 1.0, "d": 2.0}


def test_the_base_is_a_multiple_of_last_years_mean_of_the_group():
    """基准值参照各县（区）上年平均值的2倍."""
    base = Base(statistic="mean", multiplier=Decimal(2), years_back=1, group="county")
    settings = Normalise(method="base_ratio", base=base)
    now = matrix({"county": {"a": "k", "b": "l"}}, a=12, b=12)
    before = matrix({"county": {"p": "k", "q": "k", "r": "l", "s": "l"}}, p=2, q=4, r=6, s=None)
    made = assess_scheme(one_leaf(settings), now, earlier={1: before})
    assert scores(made) == {"a": 200.0, "b": 100.0}
    refused = assess_scheme(one_leaf(settings), now)
    assert [problem.code for problem in refused.problems] == ["assessment.history_missing"]


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [("mean", 100 * 9 / 4), ("median", 300.0), ("max", 100.0), ("min", 900.0)],
)
def test_the_base_is_a_statistic_of_the_peers(statistic, expected):
    settings = Normalise(method="base_ratio", base=Base(statistic=statistic))
    assert scored(settings, a=9, b=3, c=3, d=1)["a"] == pytest.approx(expected)


def weighed_by_area(base=None):
    """亩均税收 on steps of the ratio to the area-weighted mean of the peers."""
    settings = Normalise(method="steps", steps=steps((1.5, 2), (2, 4), (2.5, 6)), steps_on="ratio_to_peers", base=base)
    return scheme(node_group("all", node_leaf("x", settings, indicator="tax", denominator="land")))


def test_steps_on_the_ratio_to_the_area_weighted_mean():
    # Mean of the peers: 60 over 60; the plain mean of ratios would be another.
    rows = {"a": {"tax": 25, "land": 10}, "b": {"tax": 35, "land": 50}}
    assert scores(assess_scheme(weighed_by_area(), matrix(**rows))) == {"a": 6.0, "b": 0.0}


def test_a_ratio_exactly_on_a_step_reaches_it():
    """Ratio 1.5 exactly, though 0.3 / 0.1 over 2 is not 1.5 in floats."""
    rows = {"a": {"tax": "0.3", "land": "0.1"}, "b": {"tax": "0.1", "land": "0.1"}}
    assert scores(assess_scheme(weighed_by_area(), matrix(**rows)))["a"] == 2.0
    over = {"a": {"tax": "0.2999999999999", "land": "0.1"}, "b": {"tax": "0.1", "land": "0.1"}}
    assert scores(assess_scheme(weighed_by_area(), matrix(**over)))["a"] == 0.0


def test_no_land_is_a_missing_ratio_not_a_zero():
    rows = {"a": {"tax": 25, "land": 0}, "b": {"tax": 35, "land": 50}, "c": {"tax": 35, "land": None}}
    made = assess_scheme(weighed_by_area(), matrix(**rows))
    assert scores(made) == {"a": None, "b": 0.0, "c": None}
    assert "assessment.denominator_zero" in [problem.code for problem in made.problems]
    assert {own.unit: own.missing for own in made.undecided} == {"a": (), "c": ("land",)}


@pytest.mark.parametrize(
    ("growth", "value", "expected"),
    [(3, 0.6, 100.0), (3, 0.7, 0.0), (-3, 0.7, 100.0), (-3, 0.5, 0.0), (-3, 0.6, 100.0), (None, 0.5, None)],
)
def test_the_comparison_turns_where_growth_is_negative(growth, value, expected):
    """弹性系数：增长时不高于，下降时不低于；没有增速则无从判断."""
    settings = Normalise(method="pass_fail", threshold="0.6", comparison="le", flip_when_negative="growth")
    made = assess_scheme(one_leaf(settings), matrix(a={"x": value, "growth": growth}))
    assert scores(made)["a"] == expected


def test_thresholds_compare_decimals_not_floats():
    """Two decimals that share one float are still told apart."""
    settings = Normalise(method="pass_fail", threshold="12345678901234567.1")
    found = scored(settings, a="12345678901234567.1", b="12345678901234567.0")
    assert found == {"a": 100.0, "b": 0.0}


def test_values_tie_when_they_differ_by_a_rounding_only():
    values = np.array([[0.1 + 0.2], [0.3], [0.4]])
    assert tied(values)[0, 0] == tied(values)[1, 0] != tied(values)[2, 0]
