"""Screening, imputation and treatment, with everything that was changed listed."""

from decimal import Decimal

import numpy as np
import pytest
from small_schemes import group, leaf, matrix, one_leaf, scheme, scores

from yuanzhi.engine.assessment import Matrix, assess_scheme
from yuanzhi.engine.assessment.framework import groupings_read, indicators_read, years_read
from yuanzhi.engine.assessment.treating import kurtosis, log_shifted, skew, treat_column, winsorise
from yuanzhi.engine.pack.scheme_model import Base, Impute, Normalise, Screen, Treat

TREAT = Treat(method="winsorise_or_log")


def ten(known):
    return {f"i{place}": 1 if place < known else None for place in range(10)}


def test_nine_of_ten_is_enough_for_nine_tenths():
    root = group("all", *(leaf(f"i{place}", missing="leave_out") for place in range(10)))
    own = scheme(root, screen=Screen(least_share=Decimal("0.9")))
    made = assess_scheme(own, matrix(a=ten(9), b=ten(8), c=ten(10)))
    assert scores(made) == {"a": 1.0, "b": None, "c": 1.0}
    assert [(unit.unit, unit.share) for unit in made.screened] == [("b", 0.8)]
    assert made.undecided == ()


def test_a_screened_unit_is_nobodys_peer():
    root = group("all", leaf("x", Normalise(method="min_max")), leaf("y", missing="leave_out"))
    own = scheme(root, screen=Screen(least_share=Decimal(1)))
    made = assess_scheme(own, matrix(a={"x": 1, "y": 0}, b={"x": 3, "y": 0}, c={"x": 99, "y": None}))
    assert scores(made) == {"a": 0.0, "b": 50.0, "c": None}


@pytest.mark.parametrize(
    ("method", "expected"), [("mean", 4), ("median", 3), ("group_mean", 2), ("group_median", 2), ("none", None)]
)
def test_imputation_is_listed(method, expected):
    groups = {"kind": dict.fromkeys("abc", "k") | dict.fromkeys("de", "l")}
    own = scheme(group("all", leaf("x")), impute=Impute(method=method, group="kind"))
    made = assess_scheme(own, matrix(groups, a=None, b=1, c=3, d=3, e=9))
    assert scores(made)["a"] == expected
    assert [(cell.unit, cell.node, cell.method, cell.value) for cell in made.substitutions] == (
        [("a", "x", method, expected)] if expected else []
    )


def test_skew_and_kurtosis_are_those_of_excel():
    values = np.array([3.0, 4, 5, 2, 3, 4, 5, 6, 4, 7])
    assert skew(values) == pytest.approx(0.359543071)
    assert kurtosis(values) == pytest.approx(-0.151799637)


def test_winsorising_stops_as_soon_as_it_may():
    values = np.array([*range(20), 500.0, 900.0])
    drawn, what = treat_column(values, TREAT)
    assert what.winsorised == 2
    assert drawn.max() == 19.0
    assert what.passes


def test_the_lower_side_is_drawn_in_too():
    values = -np.array([*range(20), 900.0])
    drawn, what = treat_column(values, TREAT)
    assert what.winsorised == 1
    assert drawn.min() == -19.0
    assert winsorise(values, 1, upper=False).tolist() == drawn.tolist()


def test_logs_where_drawing_in_is_not_enough():
    values = np.exp(np.linspace(0, 14, 40))
    logged, what = treat_column(values, Treat(method="winsorise_or_log", most_points=1))
    assert (what.logged, what.winsorised) == (True, 0)
    np.testing.assert_allclose(logged, log_shifted(values))
    assert (np.diff(logged) > 0).all()


def test_a_column_that_stays_skewed_is_reported():
    values = np.array([0.0] * 60 + [1.0])
    _, what = treat_column(values, TREAT)
    assert not what.passes
    rows = {f"u{n:02d}": value for n, value in enumerate(values)}
    made = assess_scheme(scheme(group("all", leaf("x")), treat=TREAT), matrix(**rows))
    assert [problem.code for problem in made.problems] == ["assessment.still_skewed"]


def test_too_few_values_are_left_alone():
    values = np.array([1.0, 1.0, 100.0])
    assert treat_column(values, TREAT)[0] is values


def test_treated_cells_are_listed():
    rows = {f"u{n:02d}": n for n in range(20)} | {"u99": 900}
    made = assess_scheme(scheme(group("all", leaf("x")), treat=TREAT), matrix(**rows))
    assert [(cell.unit, cell.before, cell.after) for cell in made.treated_cells] == [("u99", 900.0, 19.0)]


def test_a_column_nobody_has_is_said_with_the_nearest_name():
    made = assess_scheme(one_leaf(Normalise(method="as_is"), indicator="tax_per_mo"), matrix(a={"tax_per_mu": 1}))
    assert [problem.code for problem in made.problems] == ["assessment.no_column"]
    assert "tax_per_mu" in made.problems[0].text("en")


@pytest.mark.parametrize(
    ("units", "indicators", "shape"),
    [(("a",), ("x",), (2, 1)), (("a", "a"), ("x",), (2, 1)), (("a",), ("x", "x"), (1, 2))],
)
def test_a_matrix_fits_its_names(units, indicators, shape):
    with pytest.raises(ValueError, match="matrix"):
        Matrix(units, indicators, np.zeros(shape))


def test_a_grouping_places_every_unit():
    with pytest.raises(ValueError, match="region"):
        Matrix(("a",), ("x",), np.zeros((1, 1)), groups={"region": ()})


def test_decimals_of_a_matrix_of_floats():
    own = Matrix(("a",), ("x",), np.array([[0.1]]))
    assert own.decimal("x", 0) == Decimal("0.1")
    assert own.row("a") == {"x": Decimal("0.1")}
    assert own.decimal("y", 0) is None


def test_what_a_matrix_for_a_scheme_must_hold():
    last_year = Base(statistic="weighted_mean", years_back=1, group="county", weight="sales")
    turned = Normalise(method="pass_fail", threshold="1", flip_when_negative="growth", group="kind")
    root = group(
        "all",
        leaf("x", Normalise(method="base_ratio", base=last_year), denominator="land"),
        leaf("y", turned),
    )
    own = scheme(root, groups="region", weight_sets_by="type", impute=Impute(method="group_mean", group="income"))
    assert indicators_read(own) == ("growth", "land", "sales", "x", "y")
    assert groupings_read(own) == ("county", "income", "kind", "region", "type")
    assert years_read(own) == (1,)
