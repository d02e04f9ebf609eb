"""Grades by quota: places, ties, floors, exemptions, vetoes."""

from decimal import Decimal

import numpy as np
import pytest
from small_schemes import XIAOWEI, by_quota, codes, grades, group, leaf, matrix, scheme

from yuanzhi.engine.assessment import assess_scheme
from yuanzhi.engine.assessment.grading import Overrides, grade, places_of
from yuanzhi.engine.assessment.standing import stand
from yuanzhi.engine.pack.scheme_model import GradeBand

HUAIAN = (("A", "0.20", "half_up"), ("B", "0.40", "half_up"), ("C", "0.35", "half_up"), ("D", "0.05", "half_up"))
UNITS = [f"u{place:02d}" for place in range(10)]


def bands_of(shares):
    return by_quota(*shares).bands


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (10, (2, 3, 4, 1)),
        (11, (2, 3, 5, 1)),
        (100, (20, 30, 45, 5)),
        (101, (20, 30, 45, 6)),
        (2, (0, 0, 1, 1)),
        (1, (0, 0, 0, 1)),
        (0, (0, 0, 0, 0)),
    ],
)
def test_places_with_floor_ceil_and_remainder(count, expected):
    """A不超过20%，B不超过30%（向下取整），D不少于5%（向上取整），其余为C."""
    assert places_of(bands_of(XIAOWEI), count) == expected


@pytest.mark.parametrize(
    ("count", "expected"), [(20, (4, 8, 7, 1)), (7, (1, 3, 3, 0)), (13, (3, 5, 4, 1)), (3, (1, 1, 1, 0))]
)
def test_places_by_cumulative_shares_always_add_up(count, expected):
    assert places_of(bands_of(HUAIAN), count) == expected
    assert sum(expected) == count


def test_at_least_so_many_places():
    own = (*bands_of(XIAOWEI)[:3], GradeBand(grade="D", share=Decimal("0.05"), rounding="floor", fewest=1))
    assert places_of(own, 10) == (2, 3, 4, 1)


def test_too_few_places_take_from_the_middle():
    shares = (("A", "0.5", "ceil"), ("B", "0.5", "ceil"), ("C", None, "remainder"), ("D", "0.5", "ceil"))
    assert places_of(bands_of(shares), 2) == (1, 0, 0, 1)


def quota(**keys):
    return scheme(group("all", leaf("x")), grades=by_quota(*XIAOWEI, **keys))


def descending(*scores):
    return matrix(**dict(zip(UNITS, scores, strict=False)))


def test_grades_by_rank():
    made = assess_scheme(quota(), descending(*range(100, 0, -10)))
    assert "".join(grades(made).values()) == "AABBBCCCCD"
    reason = made.grades[1]
    assert (reason.by, reason.place, reason.places) == ("quota", 2, 2)


@pytest.mark.parametrize(
    ("ties", "expected"),
    [("better", "AAABBCCCCD"), ("worse", "ABBBBCCCCD"), ("order", "AAABBCCCCD")],
)
def test_ties_across_a_last_place(ties, expected):
    made = assess_scheme(quota(ties=ties), descending(100, 90, 90, 70, 60, 50, 40, 30, 20, 10))
    assert "".join(grades(made).values()) == expected
    assert codes(made) == (["assessment.tie_undecided"] if ties == "order" else [])


def test_ties_in_a_declared_order():
    own = quota(ties="order", tie_order=(("y", "desc"), ("z", "asc")))
    rows = {unit: {"x": 100 - 10 * place, "y": 0, "z": 0} for place, unit in enumerate(UNITS)}
    rows["u01"] |= {"x": 90, "y": 1, "z": 5}
    rows["u02"] |= {"x": 90, "y": 2, "z": 5}
    made = assess_scheme(own, matrix(**rows))
    assert (made.grade("u01"), made.grade("u02")) == ("B", "A")
    rows["u01"]["y"] = 2
    rows["u01"]["z"] = 4
    made = assess_scheme(own, matrix(**rows))
    assert (made.grade("u01"), made.grade("u02")) == ("A", "B")
    assert codes(made) == []


def test_a_quota_needs_enough_subjects():
    made = assess_scheme(quota(fewest=5), descending(3, 2, 1))
    assert set(grades(made).values()) == {""}
    assert codes(made) == ["assessment.quota_too_few"]
    assert made.ranks.tolist() == [1, 2, 3]


def test_quotas_within_groups():
    groups = {"kind": {unit: "odd" if place % 2 else "even" for place, unit in enumerate(UNITS)}}
    own = scheme(group("all", leaf("x")), groups="kind", grades=by_quota(*XIAOWEI))
    made = assess_scheme(own, matrix(groups, **{unit: 100 - place for place, unit in enumerate(UNITS)}))
    assert "".join(grades(made).values()) == "AABBCCCCDD"
    assert made.ranks.tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert made.ranks_from_bottom.tolist() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert set(made.group_sizes.tolist()) == {5}


def test_a_unit_without_a_group_has_no_rank():
    own = scheme(group("all", leaf("x")), groups="kind", grades=by_quota(*XIAOWEI))
    made = assess_scheme(own, matrix({"kind": {"a": "k"}}, a=1, b=2))
    assert (made.rank("b"), made.grade("b")) == (None, "")
    assert [(found.unit, found.why) for found in made.undecided] == [("b", "group")]


def ranked(scores, settings, **overrides):
    found, problems = grade(
        stand(np.array(scores, dtype=float)),
        settings,
        [("", np.arange(len(scores)))],
        UNITS[: len(scores)],
        Overrides(**overrides),
    )
    return "".join(own.grade if own else "-" for own in found), problems


def test_exempt_units_outside_and_inside_the_quota():
    """星级园区直接A档，不占A档比例."""
    scores = range(100, 0, -10)
    outside, _ = ranked(scores, by_quota(*XIAOWEI), exempt={9: ("A", "stars", "")})
    assert outside == "ABBCCCCCDA"
    inside, _ = ranked(scores, by_quota(*XIAOWEI), exempt={9: ("A", "stars", "")}, counted=frozenset({9}))
    assert inside == "ABBBCCCCDA"


def test_units_struck_out_fill_the_last_grade_first():
    found, _ = ranked(range(100, 0, -10), by_quota(*XIAOWEI), last={0: ("accident", "")})
    assert found == "DAABBBCCCC"


def test_a_cap_on_the_grade():
    found, _ = ranked(range(100, 0, -10), by_quota(*XIAOWEI), capped={0: ("B", "v", ""), 9: ("B", "v", "")})
    assert found == "BABBBCCCCD"


def test_missing_scores_stay_ungraded():
    found, _ = ranked([3, np.nan, 1], by_quota(("A", "0.5", "half_up"), ("B", None, "remainder")))
    assert found == "A-B"


def test_a_unit_struck_out_is_graded_without_a_score():
    found, _ = ranked([3, np.nan, 1], by_quota(("A", "0.34", "half_up"), ("B", None, "remainder")), last={1: ("v", "")})
    assert found == "ABB"
