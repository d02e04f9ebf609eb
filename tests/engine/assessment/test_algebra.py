"""What holds for every scheme: order never matters, better is never worse, places add up."""

import itertools
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_schemes import XIAOWEI, bands, by_quota, group, leaf, matrix, scheme

from yuanzhi.engine.assessment import assess_scheme
from yuanzhi.engine.assessment.aggregating import copeland
from yuanzhi.engine.assessment.exact import rounded
from yuanzhi.engine.assessment.grading import Overrides, grade, places_of
from yuanzhi.engine.assessment.normalising import round_scores
from yuanzhi.engine.assessment.standing import ranks, ranks_from_bottom, stand
from yuanzhi.engine.pack.scheme_model import Base, GradeBand, Grades, Normalise

CENTS = st.integers(-10_000, 10_000).map(lambda cents: Decimal(cents) / 100)
POSITIVE = st.integers(1, 10_000).map(lambda cents: Decimal(cents) / 100)
MAYBE = st.one_of(st.none(), CENTS)
RATIO = Normalise(method="base_ratio", base=Base(value="7.3"), clip=(Decimal(0), Decimal(150)))
quick = settings(max_examples=60, deadline=None)


def tables(cells=CENTS, least=2, most=8):
    row = st.fixed_dictionaries({"x": cells, "y": cells})
    return st.lists(row, min_size=least, max_size=most).map(lambda rows: {f"u{n}": row for n, row in enumerate(rows)})


def two_leaves(normalise=RATIO, **keys):
    return scheme(group("all", leaf("x", normalise), leaf("y", normalise)), **keys)


GRADED = {
    "cut": Grades(by="cut", bands=bands(A=90, B="60.5", C=20, D=None)),
    "better": by_quota(*XIAOWEI),
    "worse": by_quota(*XIAOWEI, ties="worse"),
}


@quick
@given(tables(MAYBE), st.randoms(use_true_random=False), st.sampled_from(sorted(GRADED)))
def test_the_order_of_units_never_matters(rows, shuffle, graded):
    own = two_leaves(grades=GRADED[graded])
    mixed = list(rows.items())
    shuffle.shuffle(mixed)
    one, other = assess_scheme(own, matrix(**rows)), assess_scheme(own, matrix(**dict(mixed)))
    assert one.scores.tobytes() == other.scores.tobytes()
    assert one.grades == other.grades
    assert one.ranks.tolist() == other.ranks.tolist()


@quick
@given(tables(), st.integers(0, 7), POSITIVE, st.sampled_from(sorted(GRADED)))
def test_a_better_value_never_brings_a_worse_rank_or_grade(rows, which, more, graded):
    unit = sorted(rows)[which % len(rows)]
    own = two_leaves(grades=GRADED[graded])
    order = [band.grade for band in GRADED[graded].bands]
    before = assess_scheme(own, matrix(**rows))
    after = assess_scheme(own, matrix(**{**rows, unit: {**rows[unit], "x": rows[unit]["x"] + more}}))
    assert after.rank(unit) <= before.rank(unit)
    assert order.index(after.grade(unit)) <= order.index(before.grade(unit))


@quick
@given(st.lists(CENTS, min_size=1, max_size=20), st.sampled_from(["better", "worse"]))
def test_a_better_score_never_has_a_worse_grade(scores, ties):
    found, _ = grade(
        stand(np.array([float(score) for score in scores])),
        by_quota(*XIAOWEI, ties=ties),
        [("", np.arange(len(scores)))],
        [str(place) for place in range(len(scores))],
        Overrides(),
    )
    given_grades = [own.grade for own in found]
    for one, first in zip(scores, given_grades, strict=True):
        for other, second in zip(scores, given_grades, strict=True):
            if one > other:
                assert first <= second
            if one == other:
                assert first == second


@quick
@given(tables(), CENTS)
def test_adding_a_constant_to_a_column_leaves_distances_alone(rows, constant):
    own = two_leaves(Normalise(method="z_score"))
    moved = {unit: {**row, "x": row["x"] + constant} for unit, row in rows.items()}
    one, other = assess_scheme(own, matrix(**rows)), assess_scheme(own, matrix(**moved))
    assert one.refused == other.refused
    np.testing.assert_allclose(one.scores, other.scores, atol=1e-9)


@quick
@given(tables(least=3), st.integers(1, 1000))
def test_units_of_measurement_never_matter(rows, factor):
    own = two_leaves(Normalise(method="min_max"))
    scaled = {unit: {**row, "x": row["x"] * factor} for unit, row in rows.items()}
    one, other = assess_scheme(own, matrix(**rows)), assess_scheme(own, matrix(**scaled))
    assert one.refused == other.refused
    np.testing.assert_allclose(one.scores, other.scores, atol=1e-9)
    assert one.ranks.tolist() == other.ranks.tolist()


@quick
@given(tables(POSITIVE))
def test_means_stand_in_their_order(rows):
    """Minimum ≤ harmonic ≤ geometric ≤ arithmetic."""
    found = []
    for method in ("minimum", "harmonic", "geometric", "arithmetic"):
        own = scheme(group("all", leaf("x"), leaf("y"), aggregate=method))
        found.append(assess_scheme(own, matrix(**rows)).scores)
    for lower, higher in itertools.pairwise(found):
        assert (lower <= higher + 1e-9).all()


@quick
@given(tables(), st.sampled_from(["min_max", "percentile_rank", "distance_to_max", "goalposts"]))
def test_bounded_methods_stay_within_their_bounds(rows, method):
    goalposts = (Decimal(-5), Decimal(5)) if method == "goalposts" else None
    made = assess_scheme(two_leaves(Normalise(method=method, goalposts=goalposts)), matrix(**rows))
    known = made.scores[~np.isnan(made.scores)]
    assert ((known >= 0) & (known <= 100)).all()


@quick
@given(
    st.integers(0, 500),
    st.lists(st.integers(1, 40), min_size=2, max_size=5),
    st.sampled_from(["floor", "ceil", "half_up"]),
)
def test_places_always_add_up(count, parts, rounding):
    total = sum(parts)
    shares = [Fraction(part, total) for part in parts]
    own = [
        GradeBand(grade=str(place), share=Decimal(share.numerator) / Decimal(share.denominator), rounding=rounding)
        for place, share in enumerate(shares)
    ]
    for bands_ in (own, [*own[:-1], GradeBand(grade="rest", rounding="remainder")]):
        found = places_of(bands_, count)
        assert sum(found) == count
        assert min(found) >= 0


@quick
@given(st.lists(st.integers(0, 9), min_size=1, max_size=15))
def test_ranks_count_those_who_are_better(scores):
    standing = stand(np.array(scores, dtype=float))
    rows = [np.arange(len(scores))]
    assert ranks(standing, rows).tolist() == [1 + sum(other > own for other in scores) for own in scores]
    assert ranks_from_bottom(standing, rows).tolist() == [1 + sum(other < own for other in scores) for own in scores]


@quick
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=8))
def test_copeland_is_a_balance(rows):
    found = copeland(np.array(rows, dtype=float), [1, 1, 1])
    assert found.sum() == 0
    for one, first in zip(rows, found, strict=True):
        for other, second in zip(rows, found, strict=True):
            if all(a >= b for a, b in zip(one, other, strict=True)):
                assert first >= second


@quick
@given(CENTS, st.sampled_from(["floor", "ceil", "half_up", "half_even"]), st.integers(0, 1))
def test_floats_round_as_fractions_do(score, rounding, places):
    own = Normalise(method="as_is", rounding=rounding, places=places)
    exact = rounded(Fraction(score), rounding, places)
    assert float(round_scores(np.array([float(score)]), own)[0]) == pytest.approx(float(exact), abs=1e-12)


@quick
@given(tables(MAYBE))
def test_scores_are_numbers_or_missing_with_the_reason(rows):
    made = assess_scheme(two_leaves(), matrix(**rows))
    assert not np.isinf(made.scores).any()
    missing = {unit for unit, row in rows.items() if None in row.values()}
    assert {own.unit for own in made.undecided} == missing == {u for u in made.units if made.score(u) is None}
