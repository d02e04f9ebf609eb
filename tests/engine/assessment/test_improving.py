"""What it would take: the least change of one indicator, checked by assessing again."""

from decimal import Decimal

import pytest
from small_schemes import by_cut, by_quota, group, leaf, matrix, scheme, steps

from yuanzhi.engine.assessment import assess_scheme
from yuanzhi.engine.assessment.improving import marginal_worth, next_grade, next_rank, ways_up
from yuanzhi.engine.pack.scheme_model import Base, Normalise

RATIO = Normalise(method="base_ratio", base=Base(value="10"))
ROWS = {"a": {"x": 12, "y": 11}, "b": {"x": 9, "y": 10}, "c": {"x": 8, "y": 8}, "d": {"x": 4, "y": 9}}


def ratio_scheme(**keys):
    return scheme(
        group("all", leaf("x", RATIO, weight=Decimal("0.75")), leaf("y", RATIO, weight=Decimal("0.25"))),
        weighting="declared",
        **keys,
    )


def changed(rows, unit, change):
    return {**rows, unit: {**rows[unit], change.indicator: change.after}}


def test_the_next_rank_and_the_least_changes():
    made = assess_scheme(ratio_scheme(), matrix(**ROWS))
    goal = next_rank(made, "c")
    assert (goal.ahead, round(goal.gap, 9)) == ("b", 12.5)
    (way,) = ways_up(made, "c")
    by_leaf = {change.leaf: change for change in way.changes}
    # 12.5 points are 12.5 / 0.75 / 10 of x, or 12.5 / 0.25 / 10 of y.
    assert by_leaf["x"].after == pytest.approx(8 + 12.5 / 7.5)
    assert by_leaf["y"].after == pytest.approx(13)
    assert by_leaf["x"].within_peers
    assert not by_leaf["y"].within_peers
    assert by_leaf["x"].relative == pytest.approx(12.5 / 7.5 / 8)


def test_a_change_reaches_its_goal_and_a_little_less_does_not():
    made = assess_scheme(ratio_scheme(), matrix(**ROWS))
    for unit in "bcd":
        (way,) = ways_up(made, unit)
        for change in way.changes:
            after = assess_scheme(ratio_scheme(), matrix(**changed(ROWS, unit, change)))
            assert after.rank(unit) <= made.rank(way.goal.ahead)
            short = {**ROWS, unit: {**ROWS[unit], change.indicator: change.after * (1 - 1e-6)}}
            assert assess_scheme(ratio_scheme(), matrix(**short)).rank(unit) == made.rank(unit)


def test_the_best_has_nothing_to_gain():
    made = assess_scheme(ratio_scheme(), matrix(**ROWS))
    assert ways_up(made, "a") == ()


def test_the_next_grade_by_cut():
    made = assess_scheme(ratio_scheme(grades=by_cut(A=100, B=60, C=None)), matrix(**ROWS))
    goal = next_grade(made, "d")
    assert (goal.name, goal.score) == ("B", 60.0)
    way = next(way for way in ways_up(made, "d") if way.goal.kind == "grade")
    after = assess_scheme(made.scheme, matrix(**changed(ROWS, "d", way.changes[0])))
    assert after.grade("d") == "B"
    assert next_grade(made, "a") is None


def test_the_next_grade_by_quota_is_the_last_unit_that_has_it():
    own = ratio_scheme(grades=by_quota(("A", "0.5", "half_up"), ("B", None, "remainder")))
    made = assess_scheme(own, matrix(**ROWS))
    goal = next_grade(made, "c")
    assert (goal.name, goal.ahead) == ("A", "b")


def test_a_threshold_is_named_as_it_stands():
    stepped = Normalise(method="steps", steps=steps((50, 5), (80, 10)))
    own = scheme(group("all", leaf("x", stepped), aggregate="sum"), grades=by_cut(A=10, B=None))
    made = assess_scheme(own, matrix(a=61, b=20))
    way = next(way for way in ways_up(made, "a") if way.goal.kind == "grade")
    assert [change.after for change in way.changes] == [80.0]


def test_less_of_what_is_bad():
    own = scheme(
        group("all", leaf("x", Normalise(method="goalposts", goalposts=(Decimal(0), Decimal(10))), direction="less")),
        grades=by_cut(A=80, B=None),
    )
    made = assess_scheme(own, matrix(a=5, b=9))
    way = next(way for way in ways_up(made, "a") if way.goal.kind == "grade")
    assert way.changes[0].after == pytest.approx(2)


def test_what_no_single_change_reaches_is_not_promised():
    capped = Normalise(method="base_ratio", base=Base(value="10"), clip=(None, Decimal(100)))
    own = scheme(group("all", leaf("x", capped), leaf("y", capped)), grades=by_cut(A=99, B=None))
    made = assess_scheme(own, matrix(a={"x": 1, "y": 1}, b={"x": 10, "y": 10}))
    way = next(way for way in ways_up(made, "a") if way.goal.kind == "grade")
    assert way.changes == ()


def test_prices_order_the_changes():
    made = assess_scheme(ratio_scheme(), matrix(**ROWS))
    cheap_y = ways_up(made, "c", prices={"x": 100.0, "y": 1.0})[0].changes
    assert [change.leaf for change in cheap_y] == ["y", "x"]
    assert cheap_y[0].cost == pytest.approx(5)


def test_what_one_per_cent_is_worth():
    made = assess_scheme(ratio_scheme(), matrix(**ROWS))
    worth = {own.leaf: own.points for own in marginal_worth(made, "c")}
    assert worth == pytest.approx({"x": 0.6, "y": 0.2})


def test_a_unit_without_a_score_has_no_way():
    made = assess_scheme(ratio_scheme(), matrix(**{**ROWS, "e": {"x": None, "y": 1}}))
    assert ways_up(made, "e") == ()
    assert marginal_worth(made, "e") == ()


def test_rank_methods_are_tried_against_the_peers():
    own = scheme(group("all", leaf("x", Normalise(method="rank")), leaf("y", Normalise(method="rank"))))
    rows = {"a": {"x": 1, "y": 9}, "b": {"x": 2, "y": 8}, "c": {"x": 30, "y": 7}, "d": {"x": 0, "y": "8.5"}}
    made = assess_scheme(own, matrix(**rows))
    (way,) = ways_up(made, "d")
    assert way.goal.score == 2.5
    by_leaf = {change.leaf: change.after for change in way.changes}
    # One place up on x is just past a, one on y just past a.
    assert by_leaf == {"x": pytest.approx(1, abs=1e-6), "y": pytest.approx(9, abs=1e-6)}
    assert by_leaf["x"] > 1
