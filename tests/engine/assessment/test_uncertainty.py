"""Replicates: seeded, reproducible one by one, and honest about what they vary."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from small_schemes import by_cut, by_quota, group, leaf, matrix, one_leaf, scheme

from yuanzhi.engine.assessment import assess_scheme
from yuanzhi.engine.assessment.standing import ranks, ranks_from_bottom, stand
from yuanzhi.engine.assessment.uncertainty import quantify_uncertainty, replicate
from yuanzhi.engine.pack.scheme_model import Normalise, Uncertainty

MIN_MAX = Normalise(method="min_max")
ROWS = {
    "a": {"x": 90, "y": 80},
    "b": {"x": 70, "y": 75},
    "c": {"x": 71, "y": 74},
    "d": {"x": 20, "y": 10},
    "e": {"x": None, "y": 10},
}
QUOTA = by_quota(("A", "0.25", "half_up"), ("B", "0.5", "half_up"), ("C", None, "remainder"))


@pytest.fixture(scope="module")
def made():
    own = scheme(group("all", leaf("x"), leaf("y")), grades=QUOTA)
    return assess_scheme(own, matrix(**ROWS))


def test_the_same_seed_gives_the_same_replicates(made):
    first, again = (quantify_uncertainty(made, replicates=20) for _ in range(2))
    assert first.scores.tobytes() == again.scores.tobytes()
    assert first.scores.tobytes() != quantify_uncertainty(made, replicates=20, seed=2).scores.tobytes()


def test_a_replicate_can_be_run_alone_and_more_never_change_the_first(made):
    spread = quantify_uncertainty(made, replicates=20)
    alone = replicate(made, spread.variation, 7)
    np.testing.assert_array_equal(alone.scores, spread.scores[7])
    longer = quantify_uncertainty(made, replicates=30)
    np.testing.assert_array_equal(longer.scores[:20], spread.scores)


def test_without_variation_nothing_varies(made):
    spread = quantify_uncertainty(made, replicates=3, weights=0, data=0)
    np.testing.assert_allclose(spread.scores, np.tile(made.scores, (3, 1)))
    assert spread.grade_probability("a") == {"A": 1.0}
    assert spread.rank_probability("a") == {1: 1.0}
    assert spread.close_calls() == ()


def test_close_units_change_places_and_far_ones_do_not(made):
    spread = quantify_uncertainty(made, replicates=200)
    assert spread.rank_probability("a") == {1: 1.0}
    assert set(spread.rank_probability("b")) == {2, 3}
    assert spread.probability_of_rank("b", at_worst=3) == 1.0
    assert spread.probability_among_last("d", 1) == 1.0
    mean, median, low, high = spread.rank_summary[0]
    assert (mean, median, low, high) == (1, 1, 1, 1)


def test_a_unit_without_a_score_never_gets_one(made):
    spread = quantify_uncertainty(made, replicates=5)
    assert spread.ranks[:, 4].tolist() == [0] * 5
    assert np.isnan(spread.scores[:, 4]).all()
    assert spread.grade_probability("e") == {}
    assert np.isnan(spread.rank_summary[4]).all()


def test_variation_stays_within_its_share():
    made = assess_scheme(one_leaf(Normalise(method="as_is")), matrix(a=100, b=50))
    spread = quantify_uncertainty(made, replicates=500, data=0.02)
    assert 98 <= spread.scores[:, 0].min() < 98.2
    assert 101.8 < spread.scores[:, 0].max() <= 102
    by_leaf = quantify_uncertainty(made, replicates=100, data=0.0, data_by={"x": 0.5})
    assert np.ptp(by_leaf.scores[:, 0]) > 50


def test_ranks_of_replicates_are_those_of_scores():
    rng = np.random.default_rng(3)
    values = {f"u{n:02d}": {"x": round(float(v), 1), "y": 1} for n, v in enumerate(rng.uniform(0, 3, 30))}
    groups = {"kind": {unit: "ab"[n % 2] for n, unit in enumerate(values)}}
    own = scheme(group("all", leaf("x", Normalise(method="as_is", rounding="half_up")), leaf("y")), groups="kind")
    made = assess_scheme(own, matrix(groups, **values))
    spread = quantify_uncertainty(made, replicates=5, weights=0.0)
    rows = [np.arange(30)[np.arange(30) % 2 == part] for part in (0, 1)]
    for number in range(5):
        standing = stand(spread.scores[number])
        assert spread.ranks[number].tolist() == ranks(standing, rows).tolist()
        assert spread.ranks_from_bottom[number].tolist() == ranks_from_bottom(standing, rows).tolist()


def test_grades_by_cut_and_a_close_call():
    own = scheme(group("all", leaf("x")), grades=by_cut(A=90, B=60, C=None))
    made = assess_scheme(own, matrix(a="90.1", b=75, c="59.5"))
    spread = quantify_uncertainty(made, replicates=400)
    assert 0.4 < spread.grade_probability("a")["A"] < 0.7
    assert spread.grade_probability("b") == {"B": 1.0}
    calls = spread.close_calls()
    assert [call.unit for call in calls] == ["a", "c"]
    assert (calls[0].neighbour, round(calls[0].gap or 0, 6)) == ("b", 15.1)
    assert calls[1].grade == "C"


def test_vetoes_and_exemptions_hold_in_every_replicate(assess_rows):
    quiet = {"prizes": 0, "accidents": 0, "violations": 0, "major_risk": False, "stars": 0}
    made = assess_rows(
        "plain",
        a={**quiet, "points": 95, "major_risk": True},
        b={**quiet, "points": 30, "stars": 5},
        c={**quiet, "points": 99, "violations": 3},
        d={**quiet, "points": 80, "prizes": 1},
    )
    spread = quantify_uncertainty(made, replicates=20)
    assert spread.grade_probability("a") == {"fail": 1.0}
    assert spread.grade_probability("b") == {"good": 1.0}
    assert spread.grade_probability("c") == {"pass": 1.0}
    assert spread.scores[:, 3].min() > 79


def test_methods_vary_only_where_scores_are_not_cut():
    root = group("all", leaf("x", MIN_MAX), leaf("y", MIN_MAX))
    rows = {unit: ROWS[unit] for unit in "abcd"}
    vary = Uncertainty(methods=("z_score", "rank"))
    ranked = assess_scheme(scheme(root, grades=QUOTA, uncertainty=vary), matrix(**rows))
    spread = quantify_uncertainty(ranked, replicates=60)
    assert set(spread.methods) == {None, "z_score", "rank"}
    cut = assess_scheme(scheme(root, grades=by_cut(A=50, B=None), uncertainty=vary), matrix(**rows))
    spread = quantify_uncertainty(cut, replicates=10)
    assert set(spread.methods) == {None}
    assert [problem.code for problem in spread.problems] == ["assessment.methods_not_comparable"]


def test_quota_grades_of_replicates_keep_the_places(made):
    spread = quantify_uncertainty(made, replicates=50)
    for number in range(50):
        counts = np.bincount(spread.grades[number][:4], minlength=3)
        assert counts.tolist() == [1, 2, 1]


def test_progress_is_told(made):
    told = []
    quantify_uncertainty(made, replicates=3, progress=told.append)
    assert told == [1, 2, 3]


def test_a_refused_assessment_cannot_be_repeated():
    refused = assess_scheme(one_leaf(MIN_MAX), matrix(a=1))
    with pytest.raises(ValueError, match="refused"):
        quantify_uncertainty(refused)


def test_the_scheme_declares_what_varies(made):
    own = replace(made.scheme, uncertainty=Uncertainty(seed=9, replicates=4, weights=Decimal(0), data=Decimal("0.5")))
    spread = quantify_uncertainty(replace(made, scheme=own))
    assert (spread.variation.seed, len(spread.scores), spread.variation.data) == (9, 4, 0.5)
