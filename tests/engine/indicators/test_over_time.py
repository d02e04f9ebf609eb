"""Months made into quarters and years; moves, mergers and splits on the way; growth on comparable boundaries."""
# ruff: noqa: E501 -- a declaration of the pack stays on one line

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from indicator_world import closed, compiled_pack, merged, moved, registered, series_of, snapshot_of, split, values

from yuanzhi.engine.pack import CompiledPack

PACK = """
forms:
  monthly:
    subject: enterprise
    frequency: month
    items:
      revenue: {label: {zh: 营收, en: revenue}, unit: 万元}
      profit: {label: {zh: 利润, en: profit}, unit: 万元}
      staff: {label: {zh: 人员, en: staff}, unit: "1", scale: 0, measurement: stock}
      margin: {label: {zh: 利润率, en: margin}, unit: "%", measurement: rate}
  park_month:
    subject: park
    frequency: month
    items:
      signed: {label: {zh: 签约, en: signed}, unit: 万元}
indicators:
  park_revenue: {label: {zh: 营收, en: revenue}, frequency: month, subject: park, unit: 万元, aggregate: {function: sum, of: revenue, by: park}}
  park_profit: {label: {zh: 利润, en: profit}, frequency: month, subject: park, unit: 万元, aggregate: {function: sum, of: profit, by: park}}
  park_staff: {label: {zh: 人员, en: staff}, frequency: month, subject: park, unit: "1", measurement: stock, aggregate: {function: sum, of: staff, by: park}}
  park_margin: {label: {zh: 利润率, en: margin}, frequency: month, subject: park, unit: "%", measurement: rate, formula: park_profit / park_revenue}
  own_margin: {label: {zh: 利润率, en: margin}, frequency: month, subject: enterprise, unit: "%", measurement: rate, formula: profit / revenue}
  stated_margin: {label: {zh: 填报利润率, en: stated margin}, frequency: month, subject: enterprise, unit: "%", measurement: rate, formula: margin}
  region_revenue: {label: {zh: 地区营收, en: region}, frequency: month, subject: territory, unit: 万元, aggregate: {function: sum, of: revenue, by: territory}}
  revenue_growth: {label: {zh: 营收增速, en: growth}, frequency: month, subject: park, unit: "%", measurement: rate, aggregate: {function: growth, of: park_revenue}}
  margin_growth: {label: {zh: 利润率增速, en: growth}, frequency: month, subject: park, unit: "%", measurement: rate, aggregate: {function: growth, of: park_margin}}
  signed_growth: {label: {zh: 签约增速, en: growth}, frequency: month, subject: park, unit: "%", measurement: rate, aggregate: {function: growth, of: signed}}
"""
PARKS = [
    registered("park", "a", territory="630102"),
    registered("park", "b", territory="630102"),
    registered("park", "c", territory="630103"),
]


@pytest.fixture
def compiled(tmp_path: Path) -> CompiledPack:
    return compiled_pack(tmp_path, PACK)


def months(year: int, first: int = 1, last: int = 12) -> list[str]:
    return [f"{year}-{month:02d}" for month in range(first, last + 1)]


def returns(code: str, year: int, revenue: int, first: int = 1, last: int = 12, **more: object) -> list[dict]:
    given = {"profit": revenue, "staff": 10, "margin": 5, **more}
    return [{"subject": code, "period": period, "revenue": revenue, **given} for period in months(year, first, last)]


def of(table: object, indicator: str, column: str = "value") -> Mapping[str, object]:
    return {key.split("/")[0]: value for key, value in values(table, indicator, column).items()}


@pytest.mark.parametrize(
    ("period", "revenue", "staff"),
    [("2018-03", "100", "30"), ("2018Q1", "300", "30"), ("2018", "1200", "120")],
)
def test_flows_are_added_and_stocks_are_the_last(compiled: CompiledPack, period: str, revenue: str, staff: str) -> None:
    rows = [{**row, "staff": 10 * at} for at, row in enumerate(returns("e", 2018, 100), 1)]
    snapshot = snapshot_of(compiled, [*PARKS, registered("enterprise", "e", park="a")], {"monthly": rows})
    table = series_of(compiled, snapshot, period)
    assert of(table, "park_revenue")["a"] == revenue
    assert of(table, "park_staff")["a"] == staff


def test_a_rate_is_recomputed_from_its_parts_and_never_averaged(compiled: CompiledPack) -> None:
    rows = [
        {"subject": "e", "period": "2018-01", "revenue": 100, "profit": 50, "margin": 50},
        {"subject": "e", "period": "2018-02", "revenue": 300, "profit": 30, "margin": 10},
        {"subject": "e", "period": "2018-03", "revenue": 600, "profit": 20, "margin": 3},
    ]
    snapshot = snapshot_of(compiled, [*PARKS, registered("enterprise", "e", park="a")], {"monthly": rows})
    table = series_of(compiled, snapshot, "2018Q1")
    assert of(table, "own_margin")["e"] == "10"
    assert of(table, "park_margin")["a"] == "10"
    assert of(table, "stated_margin")["e"] is None


def test_a_month_not_reported_leaves_the_firms_year_missing_and_the_park_incomplete(compiled: CompiledPack) -> None:
    rows = [row for row in returns("e", 2018, 100) if row["period"] != "2018-05"] + returns("f", 2018, 10)
    events = [*PARKS, registered("enterprise", "e", park="a"), registered("enterprise", "f", park="a")]
    table = series_of(compiled, snapshot_of(compiled, events, {"monthly": rows}), "2018")
    assert of(table, "own_margin") == {"e": None, "f": "100"}
    assert of(table, "own_margin", "missing")["e"] == ["profit", "revenue"]
    assert of(table, "park_revenue")["a"] == "1220"
    assert (of(table, "park_revenue", "reported")["a"], of(table, "park_revenue", "expected")["a"]) == (1, 2)
    assert of(table, "park_revenue", "missing")["a"] == ["e"]


def test_a_firm_is_expected_only_while_it_lives(compiled: CompiledPack) -> None:
    events = [
        *PARKS,
        registered("enterprise", "new", on="2018-04-10", park="a"),
        registered("enterprise", "old", park="a"),
    ]
    events.append(closed("old", "2018-07-01"))
    rows = returns("new", 2018, 10, 4, 12) + returns("old", 2018, 100, 1, 6)
    table = series_of(compiled, snapshot_of(compiled, events, {"monthly": rows}), "2018")
    assert of(table, "park_revenue")["a"] == "690"
    assert of(table, "park_revenue", "completeness")["a"] == "1"
    assert of(table, "park_staff")["a"] == "10", "who is gone at the end has no stock then"


def test_a_firm_that_moves_leaves_its_flows_where_they_arose(compiled: CompiledPack) -> None:
    events = [*PARKS, registered("enterprise", "e", park="a"), moved("e", "2018-07-01", park="c")]
    snapshot = snapshot_of(compiled, events, {"monthly": returns("e", 2018, 100)})
    table = series_of(compiled, snapshot, "2018")
    assert of(table, "park_revenue") == {"a": "600", "b": None, "c": "600"}
    assert of(table, "park_staff") == {"a": None, "b": None, "c": "10"}
    assert of(table, "region_revenue")["630100"] == "1200"


MERGER = [
    *PARKS,
    *(registered("enterprise", f"{park}1", park=park) for park in "abc"),
    merged("a", "b", "2019-07-01"),
]
MERGER_ROWS = [
    *returns("a1", 2018, 100), *returns("b1", 2018, 200), *returns("c1", 2018, 50),
    *returns("a1", 2019, 110), *returns("b1", 2019, 220), *returns("c1", 2019, 60),
    *returns("a1", 2020, 120), *returns("b1", 2020, 240), *returns("c1", 2020, 60),
]  # fmt: skip


def test_a_merger_moves_everything_from_its_day_and_keeps_regional_totals(compiled: CompiledPack) -> None:
    snapshot = snapshot_of(compiled, MERGER, {"monthly": MERGER_ROWS})
    table = series_of(compiled, snapshot, "2018", "2019", "2020")
    assert values(table, "park_revenue") == {
        "a/2018": "1200", "b/2018": "2400", "c/2018": "600",
        "a/2019": "660", "b/2019": "3300", "c/2019": "720",
        "b/2020": "4320", "c/2020": "720",
    }  # fmt: skip
    totals = values(table, "region_revenue")
    assert [totals[f"630000/{year}"] for year in (2018, 2019, 2020)] == ["4200", "4680", "5040"]


def test_growth_is_on_comparable_boundaries_with_the_raw_one_beside_it(compiled: CompiledPack) -> None:
    snapshot = snapshot_of(compiled, MERGER, {"monthly": MERGER_ROWS})
    table = series_of(compiled, snapshot, "2019", "2020", indicators=["revenue_growth", "margin_growth"])
    comparable, raw = values(table, "revenue_growth"), values(table, "revenue_growth", "raw")
    assert comparable["b/2019"] == "10", "3960 against 3600: the absorbed park with its core in both years"
    assert raw["b/2019"] == "37.5", "3300 against 2400"
    assert comparable["b/2020"] == "9.090909090909", "4320 against 3960"
    assert raw["b/2020"] == "30.909090909091"
    assert comparable["c/2020"] == raw["c/2020"] == "0"
    assert values(table, "margin_growth")["b/2020"] == "0"


def test_growth_of_a_parks_own_items_follows_the_merger(compiled: CompiledPack) -> None:
    rows = [
        {"subject": park, "period": period, "signed": signed}
        for park, signed, year in (("a", 10, 2018), ("b", 20, 2018), ("b", 36, 2020), ("a", 10, 2019), ("b", 20, 2019))
        for period in months(year)
        if not (park == "a" and period >= "2019-07")
    ]
    table = series_of(
        compiled, snapshot_of(compiled, MERGER, {"park_month": rows}), "2020", indicators=["signed_growth"]
    )
    assert values(table, "signed_growth")["b/2020"] == "44", "432 against 60 of a and 240 of b"
    assert values(table, "signed_growth", "raw")["b/2020"] == "80"


def test_growth_after_a_split_stays_open_for_the_parts_and_known_for_what_they_lie_in(compiled: CompiledPack) -> None:
    events = [
        registered("park", "zone", territory="630100"),
        registered("park", "a", parent="zone", territory="630102"),
        registered("park", "a2", parent="zone", territory="630102"),
        registered("enterprise", "gone", park="a"),
        registered("enterprise", "e1", park="a"),
        registered("enterprise", "e2", park="a"),
        closed("gone", "2019-01-01"),
        split("a", {"a": "0.5", "a2": "0.5"}, "2019-01-01"),
        moved("e2", "2019-01-01", park="a2"),
    ]
    rows = [
        *returns("gone", 2018, 10), *returns("e1", 2018, 100), *returns("e2", 2018, 50),
        *returns("e1", 2019, 110), *returns("e2", 2019, 60),
    ]  # fmt: skip
    table = series_of(compiled, snapshot_of(compiled, events, {"monthly": rows}), "2019", indicators=["revenue_growth"])
    found = of(table, "revenue_growth")
    assert found["zone"] == "6.25", "170 against 160"
    assert found["a"] is None
    assert found["a2"] is None


def test_no_growth_on_a_base_of_zero_or_nothing(compiled: CompiledPack) -> None:
    events = [*PARKS, registered("enterprise", "e", park="a"), registered("enterprise", "f", park="b")]
    rows = [*returns("e", 2018, 0), *returns("e", 2019, 5), *returns("f", 2019, 5)]
    table = series_of(compiled, snapshot_of(compiled, events, {"monthly": rows}), "2019", indicators=["revenue_growth"])
    assert of(table, "revenue_growth") == {"a": None, "b": None, "c": None}


def test_t52_fourteen_of_fifteen_families(tmp_path: Path) -> None:
    families = [f"family{at}" for at in range(15)]
    items = "\n".join(f"      {name}: {{label: {{zh: {name}}}, unit: '1'}}" for name in families)
    pack = f"""
forms:
  yearly:
    subject: park
    frequency: year
    items:
{items}
indicators:
  all_families: {{label: {{zh: 合计, en: all}}, subject: park, unit: "1", formula: {" + ".join(families)}}}
"""
    compiled = compiled_pack(tmp_path, pack)
    rows = [{"subject": "a", "period": "2018", **dict.fromkeys(families[:14], 1)}]
    table = series_of(compiled, snapshot_of(compiled, PARKS[:1], {"yearly": rows}), "2018")
    assert of(table, "all_families")["a"] is None
    assert of(table, "all_families", "completeness")["a"] == "0.933333"
    assert of(table, "all_families", "missing")["a"] == ["family14"]
