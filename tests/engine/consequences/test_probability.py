"""The probability of a consequence: the machine over every replicate."""

from datetime import date
from decimal import Decimal

import pytest
from small_histories import year, years

from yuanzhi.engine.assessment import Matrix, assess
from yuanzhi.engine.assessment.uncertainty import quantify_uncertainty
from yuanzhi.engine.consequences import propose, quantify, results_of
from yuanzhi.engine.kernel.periods import Period

PERIOD = Period.year(2020)


@pytest.fixture(scope="module")
def spread(ladders):
    points = {"sure": 90, "close": "60.3", "low": 30, "missing": None}
    matrix = Matrix.of({unit: {"points": None if own is None else Decimal(str(own))} for unit, own in points.items()})
    return quantify_uncertainty(assess(ladders, "yearly", matrix, parameters=ladders.parameters_on(date(2020, 1, 1))))


def ask(ladders, machine, spread, histories=None):
    return quantify(ladders, machine, spread, PERIOD, histories or {}, {}, date(2021, 1, 1))


def test_a_close_grade_makes_a_likely_consequence(ladders, spread):
    found = ask(ladders, "ladder", spread)
    assert found["sure"].states == {"normal": 1.0}
    assert found["low"].effects == {"limit_land": 1.0, "order_rectification": 1.0, "warn": 1.0}
    share = spread.grade_probability("close")["fail"]
    assert 0 < share < 1
    assert found["close"].effects["warn"] == pytest.approx(share)
    assert found["close"].states == pytest.approx({"normal": 1 - share, "rectifying": share})
    assert "missing" not in found


def test_history_counts_in_every_replicate(ladders, spread):
    before = {"close": years(2019, "score", 95), "sure": years(2019, "score", 95)}
    found = ask(ladders, "priority", spread, before)
    above = float((spread.scores[:, spread.assessment.rows["sure"]] >= 90).mean())
    assert found["sure"].transitions == pytest.approx({"gain": above})
    assert found["close"].transitions == {}


def test_replicates_that_look_alike_to_the_machine_are_run_once(ladders, spread, monkeypatch):
    from yuanzhi.engine.consequences import probability

    runs = []
    original = probability.follow
    monkeypatch.setattr(probability, "follow", lambda *own: runs.append(1) or original(*own))
    ask(ladders, "ladder", spread)
    assert len(runs) <= 2 * 3
    runs.clear()
    ask(ladders, "priority", spread)
    assert len(runs) <= 2 * 3


def test_results_of_an_assessment_become_history(ladders, spread):
    results = results_of(spread.assessment, PERIOD)
    assert results["low"].grade == "fail"
    assert (results["low"].rank, results["low"].rank_from_bottom, results["low"].group_size) == (3, 1, 3)
    assert results["missing"].is_gap
    made = propose(ladders, "ladder", {unit: [own] for unit, own in results.items()}, {}, date(2021, 1, 1))
    assert {unit: own.state for unit, own in made.by_subject.items()} == {
        "close": "normal",
        "low": "rectifying",
        "missing": "normal",
        "sure": "normal",
    }


def test_probabilities_of_states_add_up(ladders, spread):
    for machine in ("ladder", "priority", "downgrade"):
        for own in ask(ladders, machine, spread, {"low": [year(2019, rank_from_bottom=1, grade="fail")]}).values():
            assert sum(own.states.values()) == pytest.approx(1)
