"""Inf and NaN are impossible: what cannot be scored is refused, with nodes and cells named."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from small_schemes import by_cut, codes, group, leaf, matrix, one_leaf, scheme, steps

from yuanzhi.engine.assessment import assess_scheme, check_scheme
from yuanzhi.engine.assessment.matrix import Matrix
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.pack.scheme_model import Base, GradeBand, Grades, Node, Normalise, Veto

PAIR = {"a": 1, "b": 2}


def weighted(*weights, **keys):
    children = [
        leaf(f"n{place}", weight=None if own is None else Decimal(str(own))) for place, own in enumerate(weights)
    ]
    return scheme(group("all", *children), weighting=keys.pop("weighting", "declared"), **keys)


SCHEMES = [
    ("weights sum to 1.17", weighted("0.25", "0.42", "0.50"), "assessment.weights_sum", ["all", "1.17"]),
    ("weights sum to 99", weighted(50, 49, weight_total=Decimal(100)), "assessment.weights_sum", ["99", "100"]),
    ("one weight of 0.5 alone", weighted("0.5"), "assessment.weights_sum", ["all", "0.5"]),
    ("a weight is missing", weighted("0.5", None), "assessment.weight_missing", ["n1"]),
    ("a weight is negative", weighted("1.5", "-0.5"), "assessment.weight_negative", ["n1", "-0.5"]),
    ("a code twice", scheme(group("all", leaf("x"), leaf("x"))), "assessment.node_twice", ["“x”"]),
    ("no base", one_leaf(Normalise(method="base_ratio")), "assessment.key_needed", ["x", "base"]),
    ("no target", one_leaf(Normalise(method="distance_to_target")), "assessment.key_needed", ["target"]),
    ("no steps", one_leaf(Normalise(method="steps")), "assessment.key_needed", ["steps"]),
    ("no threshold", one_leaf(Normalise(method="pass_fail")), "assessment.key_needed", ["threshold"]),
    (
        "equal goalposts",
        one_leaf(Normalise(method="goalposts", goalposts=(Decimal(1), Decimal(1)))),
        "assessment.key_needed",
        ["goalposts"],
    ),
    (
        "a key the method does not use",
        one_leaf(Normalise(method="rank", threshold="3")),
        "assessment.key_unused",
        ["rank", "threshold"],
    ),
    (
        "about a threshold",
        one_leaf(Normalise(method="pass_fail", threshold="1", comparison="approx")),
        "assessment.comparison_unfit",
        ["x", "approx"],
    ),
    (
        "steps that fall",
        one_leaf(Normalise(method="steps", steps=steps((2, 1), (1, 2)))),
        "assessment.steps_order",
        ["2, 1"],
    ),
    (
        "passes counted among means",
        scheme(group("all", leaf("x"), aggregate="pass_k")),
        "assessment.pass_k_child",
        ["all", "x"],
    ),
    (
        "grades that rise",
        scheme(group("all", leaf("x")), grades=by_cut(A=60, B=80, C=None)),
        "assessment.bands_order",
        ["B", "80"],
    ),
    (
        "a veto to a grade there is not",
        scheme(
            group("all", leaf("x")),
            grades=by_cut(A=60, B=None),
            vetoes=(Veto(code="v", when="true", effect="grade", grade="E"),),
        ),
        "assessment.grade_unknown",
        ["E"],
    ),
]


@pytest.mark.parametrize(
    ("own", "code", "fragments"), [case[1:] for case in SCHEMES], ids=[case[0] for case in SCHEMES]
)
def test_a_scheme_that_cannot_run_says_why(own, code, fragments):
    problem = next(problem for problem in check_scheme(own) if problem.code == code)
    for language in ("zh", "en"):
        assert all(fragment in problem.text(language) for fragment in fragments)
    made = assess_scheme(
        own, matrix(**{unit: {f"n{n}": value for n in range(3)} | {"x": value} for unit, value in PAIR.items()})
    )
    assert made.refused
    assert np.isnan(made.scores).all()
    assert made.ranking() == ()


def test_all_problems_come_at_once():
    own = scheme(
        group("all", leaf("x", Normalise(method="base_ratio"), weight=Decimal(1)), leaf("y", weight=Decimal(1))),
        weighting="declared",
    )
    assert {problem.code for problem in check_scheme(own)} == {"assessment.weights_sum", "assessment.key_needed"}


CELLS = [
    ("a constant column", Normalise(method="min_max"), {}, {"a": 2, "b": 2}, "constant_column", ["x", "2"]),
    ("a constant column of z", Normalise(method="z_score"), {}, {"a": 2, "b": 2}, "constant_column", ["x"]),
    (
        "a column whose mean is rounded",
        Normalise(method="z_score"),
        {},
        {"a": "0.1", "b": "0.1", "c": "0.1"},
        "constant_column",
        ["x"],
    ),
    ("one unit of percentiles", Normalise(method="percentile_rank"), {}, {"a": 2}, "constant_column", ["x"]),
    (
        "a zero turned round",
        Normalise(method="fraction_of_max"),
        {"direction": "less"},
        {"a": 0, "b": 2},
        "zero_divisor",
        ["a/x"],
    ),
    (
        "a negative turned round",
        Normalise(method="base_ratio", base=Base(value="5")),
        {"direction": "less"},
        {"a": -1, "b": 2},
        "value_not_positive",
        ["a/x"],
    ),
    ("a base of zero", Normalise(method="base_ratio", base=Base(value="0")), {}, PAIR, "base_not_positive", ["a/x"]),
    (
        "a base without a value",
        Normalise(method="base_ratio", base=Base(value="p.none")),
        {},
        PAIR,
        "amount_missing",
        ["p.none"],
    ),
    ("a maximum of zero", Normalise(method="fraction_of_max"), {}, {"a": 0, "b": -2}, "base_not_positive", ["b/x"]),
    (
        "a reference there is not",
        Normalise(method="distance_to_reference", target="c"),
        {},
        PAIR,
        "reference_unknown",
        ["“c”"],
    ),
    (
        "a reference that is the worst",
        Normalise(method="distance_to_reference", target="a"),
        {},
        PAIR,
        "zero_divisor",
        ["b/x"],
    ),
]


@pytest.mark.parametrize(
    ("settings", "keys", "rows", "code", "fragments"), [c[1:] for c in CELLS], ids=[c[0] for c in CELLS]
)
def test_a_cell_that_cannot_be_scored_is_named(settings, keys, rows, code, fragments):
    made = assess_scheme(one_leaf(settings, **keys), matrix(**rows))
    problem = next(problem for problem in made.problems if problem.code == f"assessment.{code}")
    assert all(fragment in problem.text("en") for fragment in fragments)
    assert made.refused
    assert np.isnan(made.scores).all()


@pytest.mark.parametrize("method", ["geometric", "harmonic"])
def test_means_of_scores_that_are_not_positive_are_refused(method):
    own = scheme(group("all", leaf("x"), leaf("y"), aggregate=method))
    made = assess_scheme(own, matrix(a={"x": 0, "y": 3}, b={"x": 1, "y": 3}))
    assert codes(made) == ["assessment.not_positive"]
    assert "a/x" in made.problems[0].text("en")


def test_an_infinite_fact_is_refused_by_cell():
    facts = Matrix(("a", "b"), ("x",), np.array([[1.0], [np.inf]]))
    made = assess_scheme(one_leaf(Normalise(method="as_is")), facts)
    assert "b/x" in made.problems[0].text("en")


def test_nobody_to_assess():
    made = assess_scheme(one_leaf(Normalise(method="as_is")), Matrix.of({}, indicators=["x"]))
    assert codes(made) == ["assessment.no_units"]


def test_weights_that_apply_to_a_unit_must_come_to_the_total():
    """Children of different zone types share the weight; a unit of a third type would get too little."""
    children = (
        Node(code="x", indicator="x", normalise=Normalise(method="as_is"), weight=Decimal("0.4"), where="never"),
        leaf("y", weight=Decimal("0.6")),
    )
    own = scheme(group("all", *children), weighting="declared")
    assert check_scheme(own) == ()

    class Never:
        """Stands for a compiled condition that does not hold."""

        def holds(self, trail, text, facts):
            assert (trail, text) == ("all/x/where", "never")
            return False

    made = assess_scheme(own, matrix(a={"x": 1, "y": 2}), Never())
    assert codes(made) == ["assessment.weights_of_units"]
    assert all(part in made.problems[0].text("en") for part in ("a", "0.6", "all"))


def test_a_missing_basis_of_a_weight_keeps_a_scheme_from_running():
    own = weighted("0.5", "0.5")
    unsure = replace(own.framework.children[0], weight_basis=Basis.MISSING)
    lacking = replace(own, framework=replace(own.framework, children=(unsure, own.framework.children[1])))
    assert [problem.code for problem in check_scheme(lacking)] == ["assessment.weight_missing"]


def test_every_grade_must_be_reachable():
    own = scheme(group("all", leaf("x")), grades=Grades(by="cut", bands=(GradeBand(grade="A", at_least=Decimal(5)),)))
    made = assess_scheme(own, matrix(a=6, b=4))
    assert [made.grade(unit) for unit in "ab"] == ["A", ""]
    assert codes(made) == ["assessment.below_all_bands"]
