"""Weights from data and judgements: against a library where both are defined, and by hand where it is not."""

import numpy as np
import pytest

from yuanzhi.engine.assessment.weighting import (
    benefit_of_the_doubt,
    critic,
    entropy,
    equal,
    hierarchy,
    principal_component,
)

COLUMNS = ["p", "q", "r"]
UNITS = ["a", "b", "c", "d"]
VALUES = np.array([[1.0, 10.0, 3.0], [2.0, 12.0, 1.0], [4.0, 9.0, 2.0], [8.0, 11.0, 5.0]])
ANALYSES = {"entropy": entropy, "critic": critic, "pca": principal_component}


def fragments(made):
    return [problem.code for problem in made.problems]


@pytest.mark.parametrize("method", ["entropy", "critic"])
def test_agrees_with_the_library(method):
    weights = pytest.importorskip("pymcdm.weights")
    wanted = getattr(weights, f"{method}_weights")(VALUES)
    found = ANALYSES[method](VALUES, COLUMNS, UNITS)
    np.testing.assert_allclose(list(found.weights.values()), wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize("method", ANALYSES)
def test_weights_are_shares(method):
    found = ANALYSES[method](VALUES, COLUMNS, UNITS)
    assert abs(sum(found.weights.values()) - 1) < 1e-12
    assert min(found.weights.values()) >= 0
    assert list(found.weights) == COLUMNS


@pytest.mark.parametrize("method", ANALYSES)
def test_a_constant_column_weighs_nothing_and_is_named(method):
    values = VALUES.copy()
    values[:, 1] = 7.0
    found = ANALYSES[method](values, COLUMNS, UNITS)
    assert found.weights["q"] == 0.0
    assert all(np.isfinite(list(found.weights.values())))
    assert fragments(found) == ["weighting.constant_columns"]
    assert "q" in found.problems[0].text("zh")


@pytest.mark.parametrize("method", ANALYSES)
def test_without_any_difference_there_are_no_weights(method):
    found = ANALYSES[method](np.ones((4, 3)), COLUMNS, UNITS)
    assert found.weights == {}
    assert fragments(found) == ["weighting.all_constant"]


@pytest.mark.parametrize("method", ANALYSES)
def test_rows_with_missing_cells_take_no_part(method):
    values = np.vstack([VALUES, [np.nan, 1.0, 1.0]])
    found = ANALYSES[method](values, COLUMNS, [*UNITS, "e"])
    assert found.weights == pytest.approx(ANALYSES[method](VALUES, COLUMNS, UNITS).weights)
    assert fragments(found) == ["weighting.rows_left_out"]
    assert "e" in found.problems[0].text("en")


@pytest.mark.parametrize("method", ANALYSES)
def test_too_few_rows_are_refused(method):
    found = ANALYSES[method](VALUES[:1], COLUMNS, UNITS[:1])
    assert found.weights == {}
    assert fragments(found) == ["weighting.too_few"]


def test_a_zero_is_a_share_of_nothing():
    values = VALUES.copy()
    values[0, 0] = 0.0
    found = entropy(values, COLUMNS, UNITS)
    assert all(np.isfinite(list(found.weights.values())))
    assert found.weights["p"] > entropy(VALUES, COLUMNS, UNITS).weights["p"]


def test_entropy_refuses_negative_values_by_cell():
    values = VALUES.copy()
    values[2, 1] = -1.0
    found = entropy(values, COLUMNS, UNITS)
    assert found.weights == {}
    assert "c/q" in found.problems[0].text("en")


def test_critic_turns_columns_round():
    turned = critic(VALUES, COLUMNS, UNITS, signs=np.array([1.0, 1.0, -1.0]))
    by_hand = critic(np.column_stack([VALUES[:, :2], -VALUES[:, 2]]), COLUMNS, UNITS)
    assert turned.weights == pytest.approx(by_hand.weights)


def test_critic_of_a_single_column_that_varies():
    values = np.column_stack([VALUES[:, 0], np.ones(4)])
    assert critic(values, ["p", "q"], UNITS).weights == {"p": 1.0, "q": 0.0}


def test_equal_weights():
    assert equal(["p", "q"]).weights == {"p": 0.5, "q": 0.5}


CONSISTENT = np.array([[1.0, 2.0, 4.0], [0.5, 1.0, 2.0], [0.25, 0.5, 1.0]])


def test_consistent_judgements():
    found = hierarchy(CONSISTENT, COLUMNS)
    assert found.weights == pytest.approx({"p": 4 / 7, "q": 2 / 7, "r": 1 / 7})
    assert found.details["consistency_ratio"] == pytest.approx(0, abs=1e-12)
    assert found.problems == ()


def test_the_consistency_ratio_of_a_known_matrix():
    """A textbook matrix: weights 0.648, 0.230, 0.122 and a ratio near 0.003."""
    judgements = np.array([[1.0, 3.0, 5.0], [1 / 3, 1.0, 2.0], [1 / 5, 1 / 2, 1.0]])
    found = hierarchy(judgements, COLUMNS)
    assert [round(weight, 3) for weight in found.weights.values()] == [0.648, 0.23, 0.122]
    assert found.details["consistency_ratio"] == pytest.approx(0.0032, abs=1e-4)


def test_inconsistent_judgements_are_an_error():
    judgements = np.array([[1.0, 9.0, 1 / 9], [1 / 9, 1.0, 9.0], [9.0, 1 / 9, 1.0]])
    found = hierarchy(judgements, COLUMNS)
    assert fragments(found) == ["weighting.inconsistent"]
    assert "0.1" in found.problems[0].text("zh")


@pytest.mark.parametrize("wrong", [3.0, -2.0, 0.0, float("nan")])
def test_judgements_that_do_not_mirror_are_refused_by_place(wrong):
    judgements = CONSISTENT.copy()
    judgements[0, 1] = wrong
    found = hierarchy(judgements, COLUMNS)
    assert found.weights == {}
    assert "(p, q)" in found.problems[0].text("en")


def test_two_judgements_are_always_consistent():
    assert hierarchy(np.array([[1.0, 3.0], [1 / 3, 1.0]]), ["p", "q"]).weights == pytest.approx({"p": 0.75, "q": 0.25})


def test_each_unit_in_its_own_best_light():
    """a leads on p, b on q: both score one; c is half of a."""
    values = np.array([[4.0, 1.0], [1.0, 4.0], [2.0, 0.5]])
    found = benefit_of_the_doubt(values, ["p", "q"], ["a", "b", "c"])
    assert found.scores == pytest.approx({"a": 1.0, "b": 1.0, "c": 0.5})


def test_shares_bound_the_freedom_of_weights():
    values = np.array([[4.0, 0.0], [0.0, 4.0], [2.0, 2.0]])
    free = benefit_of_the_doubt(values, ["p", "q"], ["a", "b", "c"])
    bound = benefit_of_the_doubt(values, ["p", "q"], ["a", "b", "c"], least_share=0.3, most_share=0.7)
    assert free.scores["a"] == pytest.approx(1.0)
    assert bound.scores == pytest.approx({"a": 0.0, "b": 0.0, "c": 1.0})


def test_best_light_with_zero_missing_and_negative_rows():
    found = benefit_of_the_doubt(np.array([[0.0, 0.0], [1.0, 2.0], [np.nan, 1.0]]), ["p", "q"], ["a", "b", "c"])
    assert found.scores == pytest.approx({"a": 0.0, "b": 1.0})
    assert fragments(found) == ["weighting.rows_left_out"]
    refused = benefit_of_the_doubt(np.array([[-1.0, 2.0]]), ["p", "q"], ["a"])
    assert refused.scores == {}
    assert fragments(refused) == ["weighting.negative"]
