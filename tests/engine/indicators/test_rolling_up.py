"""Values rolled up the trees of parks and territories."""
# ruff: noqa: E501 -- a declaration of the pack stays on one line

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from indicator_world import compiled_pack, registered, series_of, snapshot_of, values

from yuanzhi.engine.pack import CompiledPack
from yuanzhi.engine.records import Snapshot

PACK = """
forms:
  monthly:
    subject: enterprise
    frequency: month
    items:
      revenue: {label: {zh: 营收, en: revenue}, unit: 万元}
      tax: {label: {zh: 税, en: tax}, unit: 万元}
      staff: {label: {zh: 人员, en: staff}, unit: "1", scale: 0, measurement: stock}
      land: {label: {zh: 用地, en: land}, unit: 亩, measurement: stock}
      sector: {label: {zh: 行业, en: sector}, type: text, measurement: none}
  region:
    subject: territory
    frequency: year
    source: external
    items:
      gdp: {label: {zh: 生产总值, en: product}, unit: 亿元, scale: 4}
sets:
  big: {label: {zh: 大园, en: big}, members: [zone]}
  county_parks: {label: {zh: 县级, en: county parks}, where: tier = 'county'}
indicators:
  park_revenue: {label: {zh: 园区营收, en: revenue}, frequency: month, subject: park, unit: 亿元, aggregate: {function: sum, of: revenue, by: park}}
  park_food: {label: {zh: 食品营收, en: food}, frequency: month, subject: park, unit: 万元, aggregate: {function: sum, of: revenue, where: sector = 'food', by: park}}
  park_staff: {label: {zh: 园区人员, en: staff}, frequency: month, subject: park, unit: "1", measurement: stock, aggregate: {function: sum, of: staff, by: park}}
  park_firms: {label: {zh: 企业数, en: firms}, frequency: month, subject: park, unit: 家, aggregate: {function: count, of: enterprise, by: park}}
  park_mean: {label: {zh: 均值, en: mean}, frequency: month, subject: park, unit: 万元, aggregate: {function: avg, of: revenue, by: park}}
  park_median: {label: {zh: 中位, en: median}, frequency: month, subject: park, unit: 万元, aggregate: {function: median, of: revenue, by: park}}
  tax_per_mu: {label: {zh: 亩均, en: per mu}, frequency: month, subject: enterprise, unit: 万元/亩, measurement: rate, formula: tax / land}
  good_firms: {label: {zh: 达标企业, en: good}, frequency: month, subject: park, unit: 家, aggregate: {function: count, where: tax_per_mu >= 10, of: tax_per_mu, by: park}}
  food_share: {label: {zh: 食品占比, en: food share}, frequency: month, subject: park, unit: "%", aggregate: {function: share, of: revenue, where: sector = 'food', by: park}}
  parks_revenue: {label: {zh: 园区合计, en: all parks}, frequency: month, subject: territory, unit: 亿元, aggregate: {function: sum, of: park_revenue, by: territory}}
  county_revenue: {label: {zh: 县级园区合计, en: county parks}, frequency: month, subject: territory, unit: 亿元, scope: county_parks, aggregate: {function: sum, of: park_revenue, by: territory}}
  county_share: {label: {zh: 占比, en: share}, subject: territory, unit: "%", measurement: rate, scope: county_parks, formula: county_revenue / gdp}
  revenue_rank: {label: {zh: 名次, en: rank}, frequency: month, subject: park, unit: "1", aggregate: {function: rank, of: park_revenue, peers: tier}}
targets:
  big_share: {label: {zh: 大园占比, en: big}, indicator: county_share, kind: share, scope: big, subject: "630000", value: 10, unit: "%", year: 2018}
"""


def firm(
    code: str, park: str, revenue: object, *, sector: str = "food", period: str = "2018-01", **more: object
) -> dict:
    given = {"tax": 20, "staff": 3, "land": 2, "synthetic": False, **more}
    return {"subject": code, "period": period, "revenue": revenue, "sector": sector, **given}


@pytest.fixture
def compiled(tmp_path: Path) -> CompiledPack:
    return compiled_pack(tmp_path, PACK)


EVENTS = [
    registered("park", "zone", tier="national", kind="zone", territory="630100"),
    registered("park", "east", parent="zone", tier="county", territory="630102"),
    registered("park", "west", parent="zone", tier="county", territory="630103"),
    registered("park", "far", tier="county", territory="632801"),
    registered("enterprise", "e1", park="east"),
    registered("enterprise", "e2", park="east"),
    registered("enterprise", "w1", park="west"),
    registered("enterprise", "z1", park="zone"),
    registered("enterprise", "f1", park="far"),
    registered("enterprise", "loose", territory="630102"),
]


@pytest.fixture
def month(compiled: CompiledPack) -> Snapshot:
    rows = [
        firm("e1", "east", 100),
        firm("e2", "east", 200, sector="steel", tax=19),
        firm("w1", "west", 400),
        firm("z1", "zone", 800, sector="steel"),
        firm("f1", "far", 1600),
        firm("loose", "", 3200),
    ]
    return snapshot_of(compiled, EVENTS, {"monthly": rows})


def found_in(
    compiled: CompiledPack, snapshot: Snapshot, indicator: str, period: str = "2018-01", **more: object
) -> dict:
    table = series_of(compiled, snapshot, period, indicators=[indicator])
    return {key.split("/")[0]: value for key, value in values(table, indicator, **more).items()}


@pytest.mark.parametrize(
    ("indicator", "expected"),
    [
        pytest.param(
            "park_revenue", {"east": "0.03", "west": "0.04", "zone": "0.15", "far": "0.16"}, id="sum in another unit"
        ),
        pytest.param(
            "park_food", {"east": "100", "west": "400", "zone": "500", "far": "1600"}, id="sum with a condition"
        ),
        pytest.param("park_staff", {"east": "6", "west": "3", "zone": "12", "far": "3"}, id="sum of a stock"),
        pytest.param("park_firms", {"east": "2", "west": "1", "zone": "4", "far": "1"}, id="count"),
        pytest.param("park_mean", {"east": "150", "west": "400", "zone": "375", "far": "1600"}, id="mean"),
        pytest.param("park_median", {"east": "150", "west": "400", "zone": "300", "far": "1600"}, id="median"),
        pytest.param(
            "good_firms", {"east": "1", "west": "1", "zone": "3", "far": "1"}, id="count of a ratio at its threshold"
        ),
        pytest.param(
            "food_share",
            {"east": "33.333333333333", "west": "100", "zone": "33.333333333333", "far": "100"},
            id="share",
        ),
        pytest.param(
            "parks_revenue",
            {
                "630000": "0.31",
                "630100": "0.15",
                "630102": "0.03",
                "630103": "0.04",
                "632800": "0.16",
                "632801": "0.16",
            },
            id="parks up the territories, each once",
        ),
        pytest.param(
            "county_revenue",
            {
                "630000": "0.23",
                "630100": "0.07",
                "630102": "0.03",
                "630103": "0.04",
                "632800": "0.16",
                "632801": "0.16",
            },
            id="over a set",
        ),
        pytest.param("revenue_rank", {"zone": "1", "far": "1", "west": "2", "east": "3"}, id="rank among peers"),
    ],
)
def test_values_are_rolled_up(
    compiled: CompiledPack, month: Snapshot, indicator: str, expected: dict[str, str]
) -> None:
    assert found_in(compiled, month, indicator) == expected


def test_a_target_over_another_scope_makes_another_series_of_the_same_indicator(compiled: CompiledPack) -> None:
    rows = [firm("w1", "west", 400), firm("z1", "zone", 800), firm("f1", "far", 1600)]
    only = [event for event in EVENTS if event.subject not in ("e1", "e2", "loose")]
    region = [{"subject": "630000", "period": "2018", "gdp": Decimal("2.8")}]
    months = [{**row, "period": f"2018-{month:02d}"} for row in rows for month in range(1, 13)]
    snapshot = snapshot_of(compiled, only, {"monthly": months, "region": region})
    table = series_of(compiled, snapshot, "2018", indicators=["county_share"])
    assert values(table, "county_share", scope="county_parks")["630000/2018"] == "85.714285714286"
    assert values(table, "county_share", scope="big")["630000/2018"] == "51.428571428571"
    assert values(table, "county_share", scope="big")["632801/2018"] is None


def test_what_is_not_in_the_register_is_in_no_park(compiled: CompiledPack) -> None:
    snapshot = snapshot_of(compiled, EVENTS, {"monthly": [firm("e1", "east", 1), firm("stranger", "east", 10)]})
    assert found_in(compiled, snapshot, "park_food")["east"] == "1"


def test_missing_stays_missing_and_is_named(compiled: CompiledPack) -> None:
    snapshot = snapshot_of(compiled, EVENTS, {"monthly": [firm("e1", "east", 100), firm("z1", "zone", None)]})
    table = series_of(compiled, snapshot, "2018-01", indicators=["park_revenue", "parks_revenue"])
    assert values(table, "park_revenue") == {
        "east/2018-01": "0.01", "far/2018-01": None, "west/2018-01": None, "zone/2018-01": "0.01",
    }  # fmt: skip
    assert values(table, "park_revenue", "reported")["zone/2018-01"] == 1
    assert values(table, "park_revenue", "expected")["zone/2018-01"] == 4
    assert values(table, "park_revenue", "completeness")["zone/2018-01"] == "0.25"
    assert values(table, "park_revenue", "missing")["zone/2018-01"] == ["e2", "w1", "z1"]
    assert values(table, "parks_revenue")["632801/2018-01"] is None
    assert values(table, "parks_revenue", "missing")["630000/2018-01"] == ["e2", "f1", "w1", "z1"]


def test_a_count_of_none_is_zero_and_a_sum_of_none_is_missing(compiled: CompiledPack) -> None:
    only_parks = [event for event in EVENTS if event.subject_type == "park"]
    snapshot = snapshot_of(compiled, only_parks, {"monthly": []})
    assert found_in(compiled, snapshot, "park_firms") == {"east": "0", "west": "0", "zone": "0", "far": "0"}
    assert found_in(compiled, snapshot, "park_revenue") == {"east": None, "west": None, "zone": None, "far": None}


def test_a_condition_that_cannot_be_told_leaves_its_subject_unknown(compiled: CompiledPack) -> None:
    rows = [firm("e1", "east", 100), firm("e2", "east", 50, sector=None)]
    snapshot = snapshot_of(compiled, EVENTS, {"monthly": rows})
    table = series_of(compiled, snapshot, "2018-01", indicators=["park_food"])
    assert values(table, "park_food")["east/2018-01"] == "100"
    assert values(table, "park_food", "missing")["east/2018-01"] == ["e2"]


@pytest.mark.parametrize(
    ("marks", "value", "synthetic", "mixed"),
    [
        pytest.param((False, False), "0.03", False, False, id="real"),
        pytest.param((True, True), "0.03", True, False, id="synthetic"),
        pytest.param((True, False), None, True, True, id="a mix is withheld and says so"),
    ],
)
def test_real_and_synthetic_records_never_make_one_figure(
    compiled: CompiledPack, marks: tuple[bool, bool], value: str | None, synthetic: bool, mixed: bool
) -> None:
    rows = [firm("e1", "east", 100, synthetic=marks[0]), firm("e2", "east", 200, synthetic=marks[1])]
    snapshot = snapshot_of(compiled, EVENTS, {"monthly": rows})
    table = series_of(compiled, snapshot, "2018-01", indicators=["park_revenue"])
    assert values(table, "park_revenue")["east/2018-01"] == value
    assert values(table, "park_revenue", "synthetic")["east/2018-01"] is synthetic
    assert values(table, "park_revenue", "mixed")["east/2018-01"] is mixed
    kept = series_of(compiled, snapshot, "2018-01", indicators=["park_revenue"], keep_mixed=True)
    assert values(kept, "park_revenue")["east/2018-01"] == "0.03"


def test_threads_and_the_order_of_rows_change_nothing(compiled: CompiledPack) -> None:
    rows = [
        firm(f"n{at}", "", Decimal(f"{at * 37 % 1009}.{at % 97:02d}"), sector="food" if at % 3 else None)
        for at in range(3000)
    ]
    parks = [event for event in EVENTS if event.subject_type == "park"]
    firms = [registered("enterprise", f"n{at}", park=("east", "west", "far")[at % 3]) for at in range(3000)]
    digests = set()
    for threads in (1, 2, 4):
        snapshot = snapshot_of(compiled, [*parks, *firms], {"monthly": rows if threads == 2 else rows[::-1]})
        table = series_of(compiled, snapshot, "2018-01", threads=threads)
        digests.add(str(table.to_pylist()))
    assert len(digests) == 1
