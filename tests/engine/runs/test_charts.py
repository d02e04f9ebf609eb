"""Charts as plain data: what is missing stays a gap and is never drawn as zero."""

from __future__ import annotations

import json
from decimal import Decimal

from yuanzhi.engine.runs.charts import Bar, PathPoint, completeness, profile, ranking, target_path

WORDS = {"reached": "实际", "expected": "应有进度", "goal": "应达", "unit": "%"}


def test_a_year_without_a_value_is_a_gap_in_the_path() -> None:
    points = [PathPoint(2018, Decimal(30), Decimal(30)), PathPoint(2019, None, None), PathPoint(2020, Decimal(0), None)]
    drawn = target_path(points, {2020: Decimal("45.5")}, WORDS)
    reached, expected, goal = drawn["data"]
    assert (reached["x"], reached["y"]) == ([2018, 2019, 2020], [30.0, None, 0.0])
    assert expected["y"] == [30.0, None, None]
    assert (goal["x"], goal["y"]) == ([2020], [45.5])
    assert [trace["name"] for trace in drawn["data"]] == ["实际", "应有进度", "应达"]


def test_a_path_nobody_expects_is_not_drawn() -> None:
    drawn = target_path([PathPoint(2020, Decimal(1), None)], {}, WORDS)
    assert [trace["name"] for trace in drawn["data"]] == ["实际"]


def test_bars_stand_best_on_top_one_colour_a_grade() -> None:
    bars = [Bar("1. 甲", Decimal(90), "A"), Bar("2. 乙", Decimal(70), "B", "把握 80%"), Bar("丙", None, "B")]
    drawn = ranking(bars, ["A", "B", "C"], "得分")
    assert [(t["name"], t["y"], t["x"]) for t in drawn["data"]] == [
        ("A", ["1. 甲"], [90.0]), ("B", ["2. 乙", "丙"], [70.0, None]), ("C", [], []),
    ]  # fmt: skip
    assert drawn["layout"]["yaxis"]["categoryarray"] == ["丙", "2. 乙", "1. 甲"]
    assert len({trace["marker"]["color"] for trace in drawn["data"]}) == 3


def test_the_outline_of_a_profile_closes_where_it_began() -> None:
    drawn = profile(["经济", "安全"], {"甲": [Decimal(80), None], "乙": []}, Decimal(100))
    (outline,) = drawn["data"]
    assert outline["theta"] == ["经济", "安全", "经济"]
    assert outline["r"] == [80.0, None, 80.0]


def test_what_was_not_due_is_blank_in_the_map_of_missing_data() -> None:
    drawn = completeness(["甲"], ["2020-01", "2020-02"], [[None, Decimal("0.5")]])
    assert drawn["data"][0]["z"] == [[None, 0.5]]
    json.dumps(drawn, allow_nan=False)
