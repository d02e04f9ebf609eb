"""From a score back to its leaves: the points add up, and every constant stands beside its value."""

from decimal import Decimal

import pytest
from small_schemes import group, leaf, matrix, scheme

from yuanzhi.engine.assessment import assess_scheme
from yuanzhi.engine.assessment.explaining import contributions, describe, node_scores, parents
from yuanzhi.engine.assessment.framework import lay_out
from yuanzhi.engine.pack.scheme_model import Base, Normalise, Treat

MIN_MAX = Normalise(method="min_max")


def test_points_of_leaves_add_up_to_the_score():
    root = group(
        "all",
        group(
            "one",
            leaf("x", MIN_MAX, weight=Decimal("0.3"), missing="leave_out"),
            leaf("y", MIN_MAX, weight=Decimal("0.7")),
            weight=Decimal("0.4"),
        ),
        leaf("z", Normalise(method="base_ratio", base=Base(value="5")), weight=Decimal("0.6"), clause="6.6"),
    )
    made = assess_scheme(
        scheme(root, weighting="declared"),
        matrix(a={"x": 1, "y": 4, "z": 4}, b={"x": 3, "y": 2, "z": 9}, c={"x": None, "y": 3, "z": 5}),
    )
    for unit in "abc":
        own = contributions(made, unit)
        assert sum(part.points or 0 for part in own) == pytest.approx(float(made.scores[made.rows[unit]]))
    x, y, z = contributions(made, "c")
    assert (x.score, x.points, y.effective) == (None, None, pytest.approx(0.4))
    assert (z.constants, z.raw, z.clause, z.path) == ({"base": 5.0}, Decimal(5), "6.6", "all/z")
    assert y.constants == {"least": 2.0, "most": 4.0}
    assert [node.node for node in node_scores(made, "a")] == ["one", "all"]
    assert parents(made.framework, "x") == ("one", "all")


def test_substitutes_and_treated_cells_say_so():
    root = group("all", leaf("x", missing="peer_mean_score"), leaf("y", MIN_MAX))
    rows = {f"u{n}": {"x": 1, "y": n} for n in range(8)}
    rows["u0"]["x"] = None
    rows["u7"]["y"] = 1000
    made = assess_scheme(scheme(root, treat=Treat(method="winsorise_or_log")), matrix(**rows))
    assert contributions(made, "u0")[0].stands_in == "peer_mean_score"
    outlier = contributions(made, "u7")[1]
    assert outlier.treated
    assert (outlier.raw, outlier.value) == (Decimal(1000), 6.0)


def test_what_does_not_add_up_has_no_points():
    root = group("all", leaf("x"), leaf("y"), aggregate="geometric")
    (x, _) = contributions(assess_scheme(scheme(root), matrix(a={"x": 4, "y": 9})), "a")
    assert (x.score, x.effective, x.points) == (4.0, None, None)


def test_a_sum_passes_weights_on():
    root = group("all", leaf("x", weight=Decimal(2)), leaf("y", weight=Decimal(3)), aggregate="sum")
    own = contributions(assess_scheme(scheme(root, weighting="relative"), matrix(a={"x": 4, "y": 9})), "a")
    assert [part.points for part in own] == [8.0, 27.0]


@pytest.mark.parametrize("direction", ["more", "less"])
@pytest.mark.parametrize(
    "method",
    ["as_is", "base_ratio", "min_max", "goalposts", "z_score", "scaled", "rank", "borda", "percentile_rank",
     "distance_to_target", "distance_to_max", "distance_to_reference", "fraction_of_max", "steps", "pass_fail"],
)  # fmt: skip
def test_every_method_is_told_in_both_languages(method, direction):
    own = scheme(group("all", leaf("x", Normalise(method=method), direction=direction)))
    told = describe(lay_out(own).leaves[0])
    assert told.zh
    assert told.en
    assert told.zh != told.en
