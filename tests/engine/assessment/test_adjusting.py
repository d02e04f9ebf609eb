"""Bonus, penalty, veto and exemption, with conditions compiled from a pack."""

from datetime import date
from decimal import Decimal

import pytest
from small_schemes import grades, scores

from yuanzhi.engine.assessment import assess, assess_scheme, why_not_run
from yuanzhi.engine.kernel.outcomes import Basis, Outcome
from yuanzhi.engine.kernel.problems import ProblemsError

QUIET = {"prizes": 0, "accidents": 0, "violations": 0, "major_risk": False, "stars": 0}


def test_a_major_risk_vetoes_whatever_the_score(assess_rows):
    """T47: score 95 and one major risk is vetoed; without the risk it is 95."""
    made = assess_rows("plain", a={**QUIET, "points": 95, "major_risk": True}, b={**QUIET, "points": 95})
    assert grades(made) == {"a": "fail", "b": "good"}
    assert scores(made) == {"a": 95.0, "b": 95.0}
    reason = made.grades[0]
    assert (reason.by, reason.source, reason.clause) == ("veto", "major_risk", "1")
    assert [(own.unit, own.veto, own.outcome) for own in made.vetoes] == [("a", "major_risk", Outcome.MET)]


def test_a_veto_that_cannot_be_judged_leaves_the_grade_open(assess_rows):
    made = assess_rows("plain", a={**QUIET, "points": 95, "major_risk": None})
    assert grades(made) == {"a": ""}
    assert made.score("a") == 95
    assert [(own.why, own.missing) for own in made.undecided] == [("veto", ("major_risk",))]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, 80),
        ({"prizes": 1}, 82),
        ({"prizes": 5}, 83),
        ({"accidents": 2}, "79.4"),
        ({"accidents": 9}, 79),
        ({"prizes": 5, "accidents": 9}, 82),
        ({"violations": 1}, 75),
    ],
)
def test_bonus_and_penalty_with_caps(assess_rows, facts, expected):
    made = assess_rows("plain", a={**QUIET, "points": 80, **facts})
    assert made.score("a") == Decimal(str(expected))


def test_points_that_rest_on_a_missing_fact_leave_the_score_open(assess_rows):
    made = assess_rows("plain", a={**QUIET, "points": 80, "accidents": None})
    assert scores(made) == {"a": None}
    assert [(own.why, own.missing) for own in made.undecided] == [("adjustment", ("accidents",))]


def test_a_cap_on_the_grade(assess_rows):
    made = assess_rows("plain", a={**QUIET, "points": 99, "violations": 3}, b={**QUIET, "points": 50, "violations": 3})
    assert grades(made) == {"a": "pass", "b": "fail"}


def test_starred_parks_take_their_grade_outside_the_score(assess_rows):
    made = assess_rows("plain", a={**QUIET, "points": 30, "stars": 4}, b={**QUIET, "points": 30, "stars": 3})
    assert grades(made) == {"a": "good", "b": "fail"}


def test_a_veto_without_score_and_one_that_sets_a_grade(assess_rows):
    made = assess_rows(
        "disqualified",
        a={**QUIET, "points": 95, "major_risk": True},
        b={**QUIET, "points": 95, "accidents": 1},
        c={**QUIET, "points": 95},
    )
    assert grades(made) == {"a": "", "b": "pass", "c": "good"}
    assert [made.rank(unit) for unit in "abc"] == [None, 1, 1]


def test_scores_by_formula(assess_rows):
    """min(2n, 10), five points without accidents, and value over a chosen base."""
    made = assess_rows(
        "formulas",
        a={"prizes": 3, "accidents": 0, "points": 1, "tax_per_land": 10},
        b={"prizes": 9, "accidents": 1, "points": 1, "tax_per_land": "2.5"},
        c={"prizes": None, "accidents": 1, "points": 1, "tax_per_land": 5},
    )
    assert scores(made) == {"a": 31.0, "b": 15.0, "c": None}


@pytest.mark.parametrize(
    ("energy", "carbon", "expected"),
    [(99, "0.2", 100), (99, "0.21", 0), (100, "0.3", 100), (100, "0.31", 0), (None, "0.1", None)],
)
def test_thresholds_by_tier(assess_rows, energy, carbon, expected):
    made = assess_rows("by_tier", a={"energy": energy, "carbon": carbon})
    assert scores(made)["a"] == expected
    if energy is None:
        assert "energy" in made.problems[0].text("en")
        assert made.undecided[0].missing == ("energy",)


def test_children_that_apply_by_type_of_zone(assess_rows):
    rows = {"points": 10, "tax_per_land": 20, "density": 50, "land": 1}
    made = assess_rows(
        "by_type",
        a={**rows, "is_industrial": True},
        b={**rows, "is_industrial": False},
        c={**rows, "is_industrial": None},
        d={**rows, "is_industrial": True, "land": 0},
        e={**rows, "is_industrial": True, "land": None},
    )
    assert scores(made) == {"a": 14.0, "b": 26.0, "c": None, "d": None, "e": None}
    assert made.outside == ("d", "e")
    assert [(own.unit, own.why, own.missing) for own in made.undecided] == [
        ("c", "condition", ("is_industrial",)),
        ("e", "condition", ("land",)),
    ]


def test_an_unknown_scheme_names_the_nearest(small_pack, assess_rows):
    with pytest.raises(ProblemsError) as raised:
        assess_rows("plane", a={"points": 1})
    assert "plain" in str(raised.value)


def test_a_result_says_when_it_rests_on_a_choice(small_pack, assess_rows):
    assert assess_rows("plain", a={**QUIET, "points": 1}).basis is Basis.STATED
    assert small_pack.basis_of("schemes/formulas", date(2020, 1, 1)) is Basis.CHOSEN


def test_why_a_scheme_does_not_run(small_pack):
    assert why_not_run(small_pack.composition.schemes["plain"]) == ()


def test_a_condition_needs_its_pack(small_pack):
    from small_schemes import matrix

    with pytest.raises(ProblemsError, match="compiled"):
        assess_scheme(small_pack.composition.schemes["plain"], matrix(a={"points": 1}))


def test_missing_parameters_are_named(small_pack):
    from small_schemes import matrix

    facts = {"a": {"tax_per_land": Decimal(1), "prizes": Decimal(1), "accidents": Decimal(0)}}
    made = assess(
        small_pack, "formulas", matrix(a={"tax_per_land": 1, "points": 1}), parameters={}, facts_by_unit=facts
    )
    assert made.refused
    assert "p.tax_base" in made.problems[0].text("zh")
