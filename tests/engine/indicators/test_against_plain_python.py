"""Generated worlds: what the queries give is what a few lines of plain Python give."""
# ruff: noqa: E501 -- a declaration of the pack stays on one line

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from indicator_world import compiled_pack, registered, series_of, snapshot_of

from yuanzhi.engine.indicators.computing import FEW
from yuanzhi.engine.pack import CompiledPack

PACK = """
forms:
  monthly:
    subject: enterprise
    frequency: month
    items:
      revenue: {label: {zh: 营收, en: revenue}, unit: 万元}
      land: {label: {zh: 用地, en: land}, unit: 亩, measurement: stock}
      sector: {label: {zh: 行业, en: sector}, type: text, measurement: none}
indicators:
  revenue_sum: {label: {zh: 合计, en: sum}, subject: park, frequency: month, unit: 万元, aggregate: {function: sum, of: revenue, by: park}}
  food_sum: {label: {zh: 食品, en: food}, subject: park, frequency: month, unit: 万元, aggregate: {function: sum, of: revenue, where: sector = 'food', by: park}}
  firms: {label: {zh: 企业, en: firms}, subject: park, frequency: month, unit: 家, aggregate: {function: count, of: enterprise, by: park}}
  mean: {label: {zh: 均值, en: mean}, subject: park, frequency: month, unit: 万元, aggregate: {function: avg, of: revenue, by: park}}
  middle: {label: {zh: 中位, en: median}, subject: park, frequency: month, unit: 万元, aggregate: {function: median, of: revenue, by: park}}
  total: {label: {zh: 全境, en: total}, subject: territory, frequency: month, unit: 万元, aggregate: {function: sum, of: revenue_sum, by: territory}}
  per_mu: {label: {zh: 亩均, en: per mu}, subject: enterprise, frequency: month, unit: 万元/亩, measurement: rate, formula: revenue / land}
  flag: {label: {zh: 档, en: level}, subject: enterprise, frequency: month, unit: "1", formula: "case when per_mu >= 10 then 1 when sector is null then 2 else 0 end"}
"""
PARKS = ["zone", "a", "b", "c", "alone"]
PARENTS = {"a": "zone", "b": "zone", "c": "b"}
FIRM = st.fixed_dictionaries(
    {
        "park": st.sampled_from(PARKS),
        "revenue": st.none() | st.decimals(min_value=-500, max_value=500, places=2),
        "sector": st.none() | st.sampled_from(["food", "steel"]),
        "reports": st.booleans(),
    }
)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> CompiledPack:
    return compiled_pack(tmp_path_factory.mktemp("pack"), PACK)


def above(park: str) -> list[str]:
    return [park, *(above(PARENTS[park]) if park in PARENTS else [])]


def found_of(table: Any, indicator: str) -> dict[str, Mapping[str, Any]]:
    return {row["subject"]: row for row in table.to_pylist() if row["indicator"] == indicator}


def middle(values: Iterable[Decimal]) -> Fraction | None:
    ordered = sorted(values)
    if not ordered:
        return None
    return (Fraction(ordered[(len(ordered) - 1) // 2]) + Fraction(ordered[len(ordered) // 2])) / 2


def near(found: Decimal | None, expected: Fraction | None) -> bool:
    """The same to twelve places, and missing together."""
    if found is None or expected is None:
        return found is None and expected is None
    return abs(Fraction(found) - expected) <= Fraction(1, 2 * 10**12)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(firms=st.lists(FIRM, max_size=14), order=st.randoms())
def test_rolled_up_values(compiled: CompiledPack, firms: list[dict[str, Any]], order: Any) -> None:
    events = [registered("park", park, parent=PARENTS.get(park), territory="630102") for park in PARKS]
    events += [registered("enterprise", f"e{at}", park=firm["park"]) for at, firm in enumerate(firms)]
    rows = [
        {"subject": f"e{at}", "period": "2018-01", "revenue": firm["revenue"], "sector": firm["sector"]}
        for at, firm in enumerate(firms)
        if firm["reports"]
    ]
    order.shuffle(rows)
    table = series_of(compiled, snapshot_of(compiled, events, {"monthly": rows}), "2018-01")
    for park in PARKS:
        own = [(f"e{at}", firm) for at, firm in enumerate(firms) if park in above(firm["park"])]
        known = [firm for _, firm in own if firm["reports"]]
        revenues = [firm["revenue"] for firm in known if firm["revenue"] is not None]
        row = found_of(table, "revenue_sum")[park]
        is_complete = bool(own) and len(revenues) == len(own)
        assert near(row["value"], Fraction(sum(revenues)) if revenues or is_complete else None)
        assert (row["reported"], row["expected"]) == (len(revenues), len(own))
        lacking = sorted(code for code, firm in own if not firm["reports"] or firm["revenue"] is None)
        assert row["missing"] == lacking
        assert found_of(table, "firms")[park]["value"] == len(own)
        mean = Fraction(sum(revenues)) / len(revenues) if revenues else None
        assert near(found_of(table, "mean")[park]["value"], mean)
        assert near(found_of(table, "middle")[park]["value"], middle(revenues))
        food = [firm["revenue"] for firm in known if firm["sector"] == "food" and firm["revenue"] is not None]
        unknown = [
            code
            for code, firm in own
            if not firm["reports"] or firm["sector"] is None or (firm["sector"] == "food" and firm["revenue"] is None)
        ]
        row = found_of(table, "food_sum")[park]
        assert near(row["value"], Fraction(sum(food)) if food or (own and not unknown) else None)
        assert row["missing"] == sorted(unknown)
    everything = [firm["revenue"] for firm in firms if firm["reports"] and firm["revenue"] is not None]
    province = found_of(table, "total")["630000"]["value"]
    assert near(province, Fraction(sum(everything))) or (province is None and not everything)


def test_few_subjects_and_many_are_computed_alike(compiled: CompiledPack) -> None:
    count = FEW + 50
    rows = [
        {
            "subject": f"e{at:04d}",
            "period": "2018-01",
            "revenue": None if at % 7 == 0 else Decimal(at * 13 % 997) / 100,
            "land": None if at % 11 == 0 else Decimal(at % 5) / 10,
            "sector": None if at % 3 == 0 else "food",
            "synthetic": True,
        }
        for at in range(count)
    ]
    events = [registered("enterprise", f"e{at:04d}") for at in range(count)]
    many = snapshot_of(compiled, events, {"monthly": rows})
    few = snapshot_of(compiled, events[: FEW // 2], {"monthly": rows[: FEW // 2]})
    wanted = ["per_mu", "flag"]
    large = series_of(compiled, many, "2018-01", indicators=wanted)
    small = series_of(compiled, few, "2018-01", indicators=wanted)
    for indicator in wanted:
        by_subject = found_of(large, indicator)
        assert len(by_subject) == count
        for subject, row in found_of(small, indicator).items():
            assert row == by_subject[subject]
