"""Rules on the numbers of the policy notes, one test a vector."""
# ruff: noqa: E501 -- a declaration of the pack stays on one line

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from rule_world import asked, compiled_pack

from yuanzhi.engine.kernel.outcomes import Outcome
from yuanzhi.engine.pack import CompiledPack

MET, NOT_MET, UNDETERMINED = Outcome.MET, Outcome.NOT_MET, Outcome.UNDETERMINED
PACK = """
forms:
  case:
    subject: parcel
    frequency: once
    items:
      local_benchmark: {label: {zh: 当地基准价, en: benchmark}, unit: 元/m2, measurement: rate}
      national_standard: {label: {zh: 国家最低标准, en: standard}, unit: 元/m2, measurement: rate}
      factor: {label: {zh: 系数, en: factor}, unit: "1", scale: 4, measurement: rate}
      price: {label: {zh: 价格, en: price}, unit: 元/m2, measurement: rate}
      use: {label: {zh: 用途, en: use}, type: text, measurement: none}
      intensity: {label: {zh: 投资强度, en: intensity}, unit: 万元/亩, measurement: rate}
      tax: {label: {zh: 亩均税收, en: tax}, unit: 万元/亩, measurement: rate}
      plot_ratio: {label: {zh: 容积率, en: plot ratio}, unit: "1", measurement: rate}
      is_new_factory: {label: {zh: 新建标准厂房, en: new standard factory}, type: boolean, measurement: none}
      foreign: {label: {zh: 外资, en: foreign capital}, unit: 美元, measurement: flow}
      industry_group: {label: {zh: 产业, en: industry}, type: text, measurement: none}
      jobs: {label: {zh: 就业, en: jobs}, unit: 人, scale: 0}
      trade: {label: {zh: 进出口, en: trade}, unit: 亿元, scale: 4}
      signed: {label: {zh: 签约, en: signed}, unit: "1", scale: 0}
      performed: {label: {zh: 履约, en: performed}, unit: "1", scale: 0}
      started: {label: {zh: 开工, en: started}, unit: "1", scale: 0}
      agreed: {label: {zh: 协议资金, en: agreed}, unit: 万元}
      arrived: {label: {zh: 到位资金, en: arrived}, unit: 万元}
      zone_level: {label: {zh: 级别, en: level}, type: text, measurement: none}
      industries: {label: {zh: 主导产业数, en: industries}, unit: "1", scale: 0, measurement: stock}
      parks_in_county: {label: {zh: 县内园区数, en: parks in the county}, unit: "1", scale: 0, measurement: stock}
      area_class: {label: {zh: 功能区, en: area class}, type: text, measurement: none}
      built_share: {label: {zh: 建成率, en: built share}, unit: "1", measurement: rate}
      land_test: {label: {zh: 用地评价, en: land test}, type: boolean, measurement: none}
      output_share: {label: {zh: 产出占比, en: output share}, unit: "%", measurement: rate}
      fund_total: {label: {zh: 资金总额, en: fund}, unit: 万元}
      fund_parks: {label: {zh: 园区资金, en: parks' fund}, unit: 万元}
      origin: {label: {zh: 飞出地比例, en: origin}, unit: "%", measurement: rate}
      host: {label: {zh: 飞入地比例, en: host}, unit: "%", measurement: rate}
      gains: {label: {zh: 税收, en: tax}, unit: 万元}
      product: {label: {zh: 生产总值, en: product}, unit: 亿元}
      revenue: {label: {zh: 收入, en: revenue}, unit: 亿元}
      ratio: {label: {zh: 比例, en: ratio}, unit: "1", measurement: rate}
parameters:
  least_built: {label: {zh: 最低建成率, en: least built}, value: 0.8, basis: chosen, why: 原文未写}
  most_parks: {label: {zh: 每县园区, en: parks a county}, value: 1, basis: stated, clause: "1"}
indicators:
  performance: {label: {zh: 履约率, en: performance}, subject: parcel, unit: "%", measurement: rate, formula: performed / signed}
  start_rate: {label: {zh: 开工率, en: start rate}, subject: parcel, unit: "%", measurement: rate, formula: started / signed}
  arrival: {label: {zh: 到位率, en: arrival}, subject: parcel, unit: "%", measurement: rate, formula: arrived / agreed}
rules:
  benchmark:
    modality: define
    subject: parcel
    then: {code: benchmark, gives: {price: 0.8 * local_benchmark}}
  industrial_floor:
    modality: may
    subject: parcel
    when: factor between 0.10 and 0.50
    then: {code: floor, gives: {price: factor * national_standard}}
    otherwise: {code: refused}
  farm_floor:
    modality: must
    subject: parcel
    when: price >= 0.7 * national_standard
    then: {code: accepted}
    otherwise: {code: refused}
  floor_specific_first:
    modality: must
    subject: parcel
    when: factor between 0.10 and 0.50
    then: {code: floor, gives: {floor: factor * national_standard}}
    otherwise: {code: refused}
    exceptions:
      - {code: farming, when: use = 'farm_products', then: {code: floor, gives: {floor: 0.7 * national_standard}}, order: 1}
  floor_lowest:
    modality: must
    subject: parcel
    when: factor between 0.10 and 0.50
    then: {code: floor, gives: {floor: "least(factor * national_standard, case when use = 'farm_products' then 0.7 * national_standard else factor * national_standard end)"}}
    otherwise: {code: refused}
  land_priority:
    modality: priority
    subject: parcel
    when: intensity > 500 or tax > 30 or (is_new_factory and plot_ratio > 2.0)
    then: {code: priority}
    otherwise: {code: ordinary}
  foreign_guarantee:
    modality: priority
    subject: parcel
    when: foreign > 100000000 and industry_group in ('advanced_manufacturing', 'high_tech', 'services')
    then: {code: guaranteed}
    otherwise: {code: ordinary}
  bonded_zone:
    modality: may
    subject: parcel
    when: jobs > 1000 and trade > 5
    then: {code: eligible}
    otherwise: {code: not_eligible}
  promotion_rates:
    modality: define
    subject: parcel
    then: {code: rates, gives: {performance: performance, start: start_rate, arrival: arrival}}
  leading_industries:
    modality: must
    subject: parcel
    table:
      inputs: {level: zone_level, number: industries}
      outputs: {allowed: boolean}
      hit: first
      rows:
        - {when: {level: national, number: "[1, 3]"}, then: {allowed: "true"}}
        - {when: {level: provincial, number: "1"}, then: {allowed: "true"}}
        - {when: {}, then: {allowed: "false"}}
  siting:
    modality: must_not
    subject: parcel
    when: parks_in_county < p.most_parks
    then: {code: allowed}
    otherwise: {code: refused}
    exceptions:
      - {code: prohibited, when: area_class = 'prohibited', then: {code: refused}, order: 3}
      - {code: approved, when: area_class = 'restricted', then: {code: allowed}, order: 2, decision: true}
      - {code: restricted, when: area_class = 'restricted', then: {code: refused}, order: 1}
  expansion:
    modality: may
    subject: parcel
    when: built_share >= p.least_built and land_test
    then: {code: opens}
    otherwise: {code: refused}
  fund_floor:
    modality: must
    subject: parcel
    when: fund_parks >= output_share * fund_total
    then: {code: passed}
    otherwise: {code: failed, gives: {shortfall: output_share * fund_total - fund_parks}}
  enclave_split:
    modality: must
    subject: parcel
    when: origin > host and origin + host = 100%
    then: {code: split, gives: {origin_gets: gains * origin, host_gets: gains * host}}
    otherwise: {code: refused}
  statistics_split:
    modality: define
    subject: parcel
    then:
      code: split
      gives:
        product_origin: product * ratio
        product_host: product * (1 - ratio)
        product_region: product * ratio + product * (1 - ratio)
        revenue_origin: revenue * ratio
        revenue_host: revenue * (1 - ratio)
        revenue_region: revenue * ratio + revenue * (1 - ratio)
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> CompiledPack:
    return compiled_pack(tmp_path_factory.mktemp("pack"), PACK)


def plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}


def test_t1_benchmark_of_the_park(compiled: CompiledPack) -> None:
    found = asked(compiled, "benchmark", local_benchmark=500)
    assert (found.values, found.gives["price"].unit) == ({"price": Decimal(400)}, "元/m2")


@pytest.mark.parametrize(
    ("factor", "effect", "price"),
    [(0.09, "refused", None), (0.10, "floor", 6), (0.50, "floor", 30), (0.51, "refused", None)],
)
def test_t2_factor_of_industrial_land(compiled: CompiledPack, factor: float, effect: str, price: int | None) -> None:
    found = asked(compiled, "industrial_floor", national_standard=60, factor=factor)
    assert (found.effect, found.values.get("price")) == (effect, None if price is None else Decimal(price))


@pytest.mark.parametrize(("price", "effect"), [(41.99, "refused"), (42, "accepted")])
def test_t3_floor_of_primary_processing(compiled: CompiledPack, price: float, effect: str) -> None:
    assert asked(compiled, "farm_floor", national_standard=60, price=price).effect == effect


@pytest.mark.parametrize(
    ("rule", "factor", "floor"),
    [
        ("floor_specific_first", 0.1, 42),
        ("floor_specific_first", 0.5, 42),
        ("floor_lowest", 0.1, 6),
        ("floor_lowest", 0.5, 30),
    ],
)
def test_t4_which_floor_goes_first(compiled: CompiledPack, rule: str, factor: float, floor: int) -> None:
    found = asked(compiled, rule, national_standard=60, factor=factor, use="farm_products")
    assert found.values == {"floor": Decimal(floor)}
    assert found.exception == ("farming" if rule == "floor_specific_first" else "")


@pytest.mark.parametrize(
    ("facts", "effect"),
    [
        pytest.param({"intensity": 500, "tax": 1}, "ordinary", id="t5 at the figure"),
        pytest.param({"intensity": 500.01, "tax": 1}, "priority", id="t5 above"),
        pytest.param({"intensity": 1, "tax": 30}, "ordinary", id="t6 at the figure"),
        pytest.param({"intensity": 1, "tax": 30.01}, "priority", id="t6 above"),
        pytest.param({"intensity": 1, "tax": 1, "is_new_factory": True, "plot_ratio": 2.0}, "ordinary", id="t7 at"),
        pytest.param({"intensity": 1, "tax": 1, "is_new_factory": True, "plot_ratio": 2.01}, "priority", id="t7 above"),
        pytest.param(
            {"intensity": 1, "tax": 1, "is_new_factory": False, "plot_ratio": 2.01}, "ordinary", id="t7 no factory"
        ),
    ],
)
def test_t5_t6_t7_priority_for_land(compiled: CompiledPack, facts: dict[str, Any], effect: str) -> None:
    assert asked(compiled, "land_priority", **{"is_new_factory": False, "plot_ratio": 1, **facts}).effect == effect


@pytest.mark.parametrize(
    ("amount", "industry", "effect"),
    [
        (100_000_000, "advanced_manufacturing", "ordinary"),
        (100_010_000, "advanced_manufacturing", "guaranteed"),
        (200_000_000, "mining", "ordinary"),
    ],
)
def test_t9_large_foreign_projects(compiled: CompiledPack, amount: int, industry: str, effect: str) -> None:
    assert asked(compiled, "foreign_guarantee", foreign=amount, industry_group=industry).effect == effect


@pytest.mark.parametrize(
    ("jobs", "trade", "effect"), [(1001, 5.01, "eligible"), (1000, 5.01, "not_eligible"), (1001, 5.00, "not_eligible")]
)
def test_t16_both_thresholds(compiled: CompiledPack, jobs: int, trade: float, effect: str) -> None:
    assert asked(compiled, "bonded_zone", jobs=jobs, trade=trade).effect == effect


def test_t19_rates_of_promotion(compiled: CompiledPack) -> None:
    found = asked(compiled, "promotion_rates", signed=10, performed=8, started=6, agreed=100, arrived=40)
    assert plain(found.values) == {"performance": "80", "start": "60", "arrival": "40"}
    assert found.gives["arrival"].unit == "%"


@pytest.mark.parametrize(
    ("level", "number", "allowed"),
    [("national", 0, False), ("national", 1, True), ("national", 3, True), ("national", 4, False),
     ("provincial", 1, True), ("provincial", 2, False)],
)  # fmt: skip
def test_t26_number_of_leading_industries(compiled: CompiledPack, level: str, number: int, allowed: bool) -> None:
    found = asked(compiled, "leading_industries", zone_level=level, industries=number)
    assert found.values == {"allowed": allowed}
    assert found.rows == ((2,) if not allowed else (0,) if level == "national" else (1,))


@pytest.mark.parametrize(("given", "effect", "shortfall"), [(700, "passed", None), (699, "failed", 1)])
def test_t29_share_of_the_fund(compiled: CompiledPack, given: int, effect: str, shortfall: int | None) -> None:
    found = asked(compiled, "fund_floor", output_share=70, fund_total=1000, fund_parks=given)
    assert (found.effect, found.values.get("shortfall")) == (effect, None if shortfall is None else Decimal(shortfall))


@pytest.mark.parametrize(
    ("facts", "effect", "exception", "waiting"),
    [
        pytest.param({"parks_in_county": 0, "area_class": "open"}, "allowed", "", (), id="no park yet"),
        pytest.param({"parks_in_county": 1, "area_class": "open"}, "refused", "", (), id="one park"),
        pytest.param({"parks_in_county": 0, "area_class": "prohibited"}, "refused", "prohibited", (), id="prohibited"),
        pytest.param(
            {"parks_in_county": 0, "area_class": "restricted", "decisions": ["approved"]},
            "allowed", "approved", (), id="restricted with a decision",
        ),
        pytest.param(
            {"parks_in_county": 0, "area_class": "restricted"},
            "refused", "restricted", ("approved",), id="restricted without a decision",
        ),
    ],
)  # fmt: skip
def test_t32_siting(
    compiled: CompiledPack, facts: dict[str, Any], effect: str, exception: str, waiting: tuple[str, ...]
) -> None:
    found = asked(compiled, "siting", **facts)
    assert (found.effect, found.exception, found.open_exceptions) == (effect, exception, waiting)
    assert found.outcome is (MET if effect == "allowed" else NOT_MET)


@pytest.mark.parametrize(
    ("built", "land", "effect"), [(0.80, True, "opens"), (0.79, True, "refused"), (0.9, False, "refused")]
)
def test_t33_expansion(compiled: CompiledPack, built: float, land: bool, effect: str) -> None:
    found = asked(compiled, "expansion", built_share=built, land_test=land)
    assert (found.effect, str(found.basis)) == (effect, "chosen")


@pytest.mark.parametrize(
    ("origin", "host", "effect", "values"),
    [(60, 40, "split", {"origin_gets": "60", "host_gets": "40"}), (50, 50, "refused", {}), (40, 60, "refused", {})],
)
def test_t45_enclave(compiled: CompiledPack, origin: int, host: int, effect: str, values: dict[str, str]) -> None:
    found = asked(compiled, "enclave_split", origin=origin, host=host, gains=100)
    assert (found.effect, plain(found.values)) == (effect, values)


def test_t46_split_of_statistics(compiled: CompiledPack) -> None:
    found = plain(asked(compiled, "statistics_split", product=10, revenue=2, ratio=0.7).values)
    assert (found["product_origin"], found["product_host"], found["product_region"]) == ("7", "3", "10")
    assert (found["revenue_origin"], found["revenue_host"], found["revenue_region"]) == ("1.4", "0.6", "2")
