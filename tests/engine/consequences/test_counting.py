"""Counters: k of n years, in a row, gap years, resets; what cannot be told is a range."""

from datetime import date

import pytest
from small_histories import year, years

from yuanzhi.engine.assessment.expressions import Expressions
from yuanzhi.engine.consequences.counting import count, with_gaps
from yuanzhi.engine.pack.consequence_model import Counter


@pytest.fixture
def counted(ladders):
    """The range of a counter that counts years whose rank from the bottom is at most five."""

    def run(results, background=None, **keys):
        keys = {"code": "bottom", "counts": "rank_from_bottom <= p.bottom_places", **keys}
        expressions = Expressions(ladders, "consequences/free", ladders.parameters_on(date(2020, 1, 1)), "park")
        expressions = Expressions(ladders, "consequences/downgrade", expressions.parameters, "park")
        found = count(Counter(**keys), 0, results, background or {}, expressions)
        return found.low, found.high

    return run


RANKS = "rank_from_bottom"


@pytest.mark.parametrize(
    ("ranks", "expected"),
    [((5, 6, 1), 2), ((5, 6, 7, 2), 1), ((1,), 1), ((), 0), ((1, 1, 1), 3), ((9, 9, 9), 0)],
)
def test_k_of_the_last_three_years(counted, ranks, expected):
    assert counted(years(2020, RANKS, *ranks), mode="window", window="p.window") == (expected, expected)


@pytest.mark.parametrize(
    ("ranks", "expected"), [((5, 6, 1), 1), ((6, 1, 1), 2), ((1, 1, 6), 0), ((1, 1, 1), 3), ((), 0)]
)
def test_years_in_a_row(counted, ranks, expected):
    assert counted(years(2020, RANKS, *ranks), mode="consecutive") == (expected, expected)


def test_years_in_all(counted):
    assert counted(years(2010, RANKS, 1, 9, 1, 9, 1), mode="total") == (3, 3)


@pytest.mark.parametrize(
    ("gap", "run", "window"),
    [("breaks", (1, 1), (2, 2)), ("skipped", (2, 2), (2, 2)), ("undetermined", (1, 3), (2, 3))],
)
def test_a_year_without_a_result(counted, gap, run, window):
    """Among the last, no assessment, among the last."""
    results = years(2020, RANKS, 1, None, 1)
    assert counted(results, mode="consecutive", gap=gap) == run
    assert counted(results, mode="window", window="p.window", gap=gap) == window
    assert counted([results[0], results[2]], mode="consecutive", gap=gap) == run


def test_skipped_years_do_not_use_up_the_window(counted):
    results = years(2018, RANKS, 1, None, None, 9, 1)
    assert counted(results, mode="window", window="p.window", gap="skipped") == (2, 2)
    assert counted(results, mode="window", window="p.window", gap="breaks") == (1, 1)


def test_a_result_that_cannot_be_judged_is_a_range(counted):
    results = [*years(2020, RANKS, 1), year(2021, score=50), year(2022, rank_from_bottom=1)]
    assert counted(results, mode="consecutive") == (1, 3)
    assert counted(results, mode="total") == (2, 3)


def test_a_reset_empties_the_counter(ladders):
    expressions = Expressions(ladders, "consequences/last_in_a_row", {}, "park")
    counter = ladders.composition.consequences["last_in_a_row"].counters[0]
    results = [
        year(2020, rank_from_bottom=1),
        year(2021, rank_from_bottom=1, facts={"reset": True}),
        year(2022, rank_from_bottom=1),
    ]
    found = count(counter, 0, results, {}, expressions)
    assert (found.low, found.high) == (1, 1)
    assert [str(period) for period in found.counted] == ["2022"]


def test_a_window_of_unknown_width_is_open(ladders, counted):
    results = years(2020, RANKS, 1, 1)
    expressions = Expressions(ladders, "consequences/downgrade", {"bottom_places": 5}, "park")
    found = count(
        Counter(code="b", counts="rank_from_bottom <= p.bottom_places", window="p.window"), 0, results, {}, expressions
    )
    assert (found.low, found.high) == (0, 2)


def test_left_out_periods_are_filled_in():
    found = with_gaps([year(2018, score=1), year(2021, score=1)])
    assert [(str(own.period), own.is_gap) for own in found] == [
        ("2018", False),
        ("2019", True),
        ("2020", True),
        ("2021", False),
    ]
