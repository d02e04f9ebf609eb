"""Values that decide are exact: 0.1 + 0.2 never moves a grade or breaks a tie."""

from decimal import Decimal

import pytest
from small_schemes import AS_IS, by_cut, grades, group, leaf, matrix, one_leaf, scheme

from yuanzhi.engine.assessment import assess_scheme
from yuanzhi.engine.pack.scheme_model import Base, Normalise


def points(**keys):
    """A sum of three items with a line at 0.6."""
    return scheme(
        group("all", leaf("x"), leaf("y"), leaf("z"), aggregate="sum"), grades=by_cut(A="0.6", B=None), **keys
    )


def test_a_sum_of_points_exactly_on_the_line():
    made = assess_scheme(
        points(), matrix(a={"x": "0.1", "y": "0.2", "z": "0.3"}, b={"x": "0.3", "y": "0.2", "z": "0.1"})
    )
    assert 0.1 + 0.2 + 0.3 != 0.6
    assert grades(made) == {"a": "A", "b": "A"}
    assert [made.rank(unit) for unit in "ab"] == [1, 1]
    assert made.score("a") == Decimal("0.6")


@pytest.mark.parametrize(
    ("score", "grade"), [("90", "A"), ("89.9", "B"), ("89.999999999999999999", "B"), ("90.0", "A")]
)
def test_ninety_is_ninety(score, grade):
    made = assess_scheme(scheme(group("all", leaf("x")), grades=by_cut(A=90, B=None)), matrix(a=score))
    assert grades(made) == {"a": grade}


def test_a_declared_scale_rounds_before_it_compares():
    own = scheme(group("all", leaf("x")), grades=by_cut(A=90, B=None), decision_scale=2)
    assert grades(assess_scheme(own, matrix(a="89.995", b="89.994"))) == {"a": "A", "b": "B"}
    plain = scheme(group("all", leaf("x")), grades=by_cut(A=90, B=None))
    assert grades(assess_scheme(plain, matrix(a="89.995"))) == {"a": "B"}


def test_display_never_decides():
    own = scheme(group("all", leaf("x")), grades=by_cut(A=90, B=None), display_scale=1)
    made = assess_scheme(own, matrix(a="89.96"))
    assert (made.shown_score("a"), made.grade("a")) == ("90.0", "B")


def test_a_value_at_its_base_is_exactly_one_hundred():
    """Three indicators at awkward bases, each value at its base, stand on the line of 100."""
    bases = {"x": "26.01", "y": "132.27", "z": "0.0305"}
    weights = {"x": "33.3", "y": "33.3", "z": "33.4"}
    children = (
        leaf(code, Normalise(method="base_ratio", base=Base(value=base)), weight=Decimal(weights[code]))
        for code, base in bases.items()
    )
    own = scheme(group("all", *children), weighting="declared", weight_total=Decimal(100), grades=by_cut(A=100, B=None))
    made = assess_scheme(own, matrix(a=bases, b={**bases, "z": "0.030499999999999999"}))
    assert grades(made) == {"a": "A", "b": "B"}
    assert made.score("a") == 100


def test_thirds_add_up():
    own = scheme(group("all", leaf("x"), leaf("y"), leaf("z")), grades=by_cut(A=1, B=None))
    made = assess_scheme(own, matrix(a={"x": 1, "y": 1, "z": 1}, b={"x": "0.1", "y": "1.4", "z": "1.5"}))
    assert grades(made) == {"a": "A", "b": "A"}
    assert made.ranks.tolist() == [1, 1]


def test_what_is_not_rational_is_compared_at_nine_decimals():
    root = group("all", leaf("x"), leaf("y"), aggregate="geometric")
    made = assess_scheme(scheme(root, grades=by_cut(A=10, B=None)), matrix(a={"x": 20, "y": 5}, b={"x": 3, "y": 33}))
    assert grades(made) == {"a": "A", "b": "B"}
    assert made.score("a") == 10


def test_substitutes_are_never_exact_but_never_noise():
    root = group("all", leaf("x", missing="peer_mean_score"))
    rows = {"a": None, "b": "0.1", "c": "0.2", "d": "0.3", "e": "0.2"}
    made = assess_scheme(scheme(root, grades=by_cut(A="0.2", B=None)), matrix(**rows))
    assert made.grade("a") == "A"
    assert made.rank("a") == made.rank("c") == 2


def test_rounding_down_knows_a_whole_number():
    """(0.7 - 0.5) x 10 is 2, not 1.9999999999999996 rounded down."""
    settings = Normalise(
        method="goalposts", goalposts=(Decimal("0.5"), Decimal("1.5")), high=Decimal(10), rounding="floor"
    )
    made = assess_scheme(one_leaf(settings), matrix(a="0.7", b="0.69999"))
    assert [made.score(unit) for unit in "ab"] == [2, 1]


def test_strict_bounds():
    own = scheme(group("all", leaf("x", AS_IS)), grades=by_cut(A=5, B=None))
    strict = scheme(
        own.framework,
        grades=type(own.grades)(
            by="cut",
            bands=tuple(type(band)(grade=band.grade, at_least=band.at_least, strict=True) for band in own.grades.bands),
        ),
    )
    assert grades(assess_scheme(strict, matrix(a=5, b="5.0000001"))) == {"a": "B", "b": "A"}
