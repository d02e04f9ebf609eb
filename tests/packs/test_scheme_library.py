"""The scheme packs against the published facts, and the faults of real schemes refused by name."""

from __future__ import annotations

import csv
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from yuanzhi.engine.assessment import why_not_run
from yuanzhi.engine.consequences import Event, PeriodResult, propose
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.pack import CompiledPack, compile_pack, compose, find_packs, load_chain
from yuanzhi.engine.pack.checking import check_pack
from yuanzhi.engine.pack.scheme_model import Node

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("YUANZHI_SHARED", ROOT.parent / "shared"))


@cache
def compiled(code: str) -> CompiledPack:
    return compile_pack(compose(load_chain(code).packs))


def published(name: str) -> Any:
    file = SHARED / "schemes" / f"{name}.yaml"
    if not file.exists():
        pytest.skip("the published schemes are not here")
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from nodes(child)


def leaves(pack: str, scheme: str) -> dict[str, Node]:
    framework = compiled(pack).composition.schemes[scheme].framework
    return {node.code: node for node in nodes(framework) if not node.children}


def value(pack: str, parameter: str, day: date = date(2024, 12, 31)) -> Any:
    return compiled(pack).parameters_on(day)[parameter]


def same(one: Any, other: Any) -> bool:
    return Decimal(str(one)) == Decimal(str(other))


RUN = {
    "anhui-devzone-2022": {"zone_assessment"},
    "cn-etdz-2021": {"etdz_first_level"},
    "county-city-mujun": {"above_scale", "below_scale"},
    "hj274-2015": {"eco_park", "eco_park_review"},
    "huaian-resource-2024": {"resource_use"},
    "huangyan-mujun": {"above_scale_2021", "above_scale_2022", "below_scale_2021", "below_scale_2022"},
    "land-control": {"land_control_2008"},
    "land-intensity-1029": {"intensity_industrial"},
    "most-htz-2021": {"htz_first_level"},
    "near-zero-carbon-parks": {"near_zero_carbon"},
    "shandong-eco-parks": {"provincial_eco_park"},
    "wanjiang-cities": {"city_targets", "city_results"},
    "xiaowei-parks": {"xiaowei_performance"},
    "zero-carbon-parks-2025": {"zero_carbon_guiding"},
    "zhejiang-devzone-2021": {"zone_assessment"},
}
DO_NOT_RUN = {
    "cn-etdz-2016": {"etdz_2016"},
    "cn-etdz-2021": {"etdz_second_level"},
    "jiangsu-etdz": {"etdz_assessment"},
    "land-intensity-1029": {"intensity_integrated"},
    "miit-htz-2024": {"htz_2024"},
    "most-htz-2021": {"htz_second_level"},
    "shandong-muchan-2019": {"output_above_scale"},
}


@pytest.mark.parametrize("code", sorted(set(find_packs()) - {"qinghai-2018"}))
def test_complete_schemes_run_and_others_do_not(code: str) -> None:
    schemes = compiled(code).composition.schemes
    blocked = {own for own, scheme in schemes.items() if why_not_run(scheme)}
    assert blocked == DO_NOT_RUN.get(code, set())
    assert set(schemes) - blocked == RUN.get(code, set())


def test_huangyan_bases_and_weights_are_those_published() -> None:
    facts = published("huangyan-mujun-2021-2022")
    for vintage in facts["vintages"]:
        year = vintage["assessment_year"]
        for group in ("above_scale", "below_scale"):
            own = leaves("huangyan-mujun", f"{group}_{year}")
            assert set(own) == set(vintage[group])
            for code, stated in vintage[group].items():
                base = value("huangyan-mujun", f"base_{group.removesuffix('_scale')}_{code}", date(year, 12, 31))
                assert same(base, stated["base"]), (year, code)
                assert same(own[code].weight, stated["weight"]), (year, code)


def test_huangyan_fills_missing_emission_from_2022_on_only() -> None:
    missing = {
        year: leaves("huangyan-mujun", f"above_scale_{year}")["va_per_emission"].missing for year in (2021, 2022)
    }
    assert missing == {2021: "undetermined", 2022: "peer_mean_score"}


@pytest.mark.parametrize(
    ("pack", "scheme", "source"),
    [
        ("hj274-2015", "eco_park", "hj274-2015-eco-park"),
        ("near-zero-carbon-parks", "near_zero_carbon", "near-zero-carbon-park-20-indicators"),
        ("shandong-eco-parks", "provincial_eco_park", "shandong-provincial-eco-park"),
    ],
)
def test_pass_or_fail_limits_are_those_published(pack: str, scheme: str, source: str) -> None:
    rows = published(source)["indicators"]
    own = leaves(pack, scheme)
    assert len(own) == len(rows)
    turned = {">=": "ge", "<=": "le", "==": "eq"}
    for row in rows:
        node = own[f"n{row['n']:02d}"]
        assert node.normalise is not None
        parameter = node.normalise.threshold.removeprefix("p.")
        if isinstance(row.get("value"), int | float):
            assert same(value(pack, parameter), row["value"]), row["zh"]
        if row["op"] in turned and row.get("value") not in ("全部完成", "具备"):
            assert node.normalise.comparison == turned[row["op"]], row["zh"]
        if "growth" in row["op"]:
            assert node.normalise.flip_when_negative, row["zh"]


def test_recalled_limits_of_the_eco_park_standard_are_all_chosen() -> None:
    pack = load_chain("hj274-2015").packs[-1]
    assert {value.basis for own in pack.parameters.values() for value in own.values} == {Basis.CHOSEN}
    assert compiled("hj274-2015").composition.schemes["eco_park"].basis is Basis.CHOSEN


def test_reclaimed_water_has_a_limit_for_each_region() -> None:
    row = next(row for row in published("hj274-2015-eco-park")["indicators"] if row["n"] == 16)
    limits = {
        "缺水城市": value("hj274-2015", "reclaimed_water_limit_scarce"),
        "京津冀区域": value("hj274-2015", "reclaimed_water_limit_jingjinji"),
        "其他地区": value("hj274-2015", "reclaimed_water_limit_other"),
    }
    assert {name: int(limit) for name, limit in limits.items()} == row["value_by_region"]


def test_floor_area_ratios_of_2008_are_those_published() -> None:
    version = next(
        own for own in published("industrial-land-control-2004-2008-2023")["versions"] if own["year"] == 2008
    )
    table = version["far_min_by_industry"]
    composition = compiled("land-control").composition
    assert set(composition.codes["industries_2002"].items) == set(table)
    text = composition.indicators["floor_area_ratio_least"].formula
    for line in text.split("when ")[1:]:
        parameter = line.split("then p.")[1].split()[0]
        for code in line.split("then")[0].split("'")[1::2]:
            assert same(value("land-control", parameter, date(2015, 1, 1)), table[code]["far"]), code
            table.pop(code)
    assert not table


def test_wanjiang_weights_are_those_published_and_come_to_100() -> None:
    rows = published("wanjiang-demo-cities")["indicators"]
    own = leaves("wanjiang-cities", "city_results")
    for row, node in zip(rows, own.values(), strict=True):
        stated = {name: Decimal(row[name]) for name in ("target", "effect") if row[name] is not None}
        assert dict(node.weights) == stated, row["zh"]
    for name in ("target", "effect"):
        assert sum(node.weights.get(name, Decimal(0)) for node in own.values()) == 100


def test_first_level_weights_of_the_national_schemes_are_those_published() -> None:
    etdz = [own["weight_pct"] for own in published("mofcom-etdz-2021")["first_level"]]
    assert [node.weight for node in leaves("cn-etdz-2021", "etdz_first_level").values()] == etdz
    most = [own["weight_pct"] for own in published("most-htz-2021")["first_level"]]
    assert [node.weight for node in leaves("most-htz-2021", "htz_first_level").values()] == most


def test_46_indicators_of_the_high_tech_zones_carry_the_two_known_weights() -> None:
    own = leaves("most-htz-2021", "htz_second_level")
    assert len(own) == 46
    assert {code: node.weight for code, node in own.items() if node.weight is not None} == {
        "n1_1": Decimal("0.8"),
        "n1_2": Decimal("1.2"),
    }


def province_regions() -> dict[str, str]:
    table = compiled("cn-etdz-2021").composition.rules["ranking_region"].table
    assert table is not None
    return {code.strip(): row.then["region"] for row in table.rows for code in row.when["province"].split(",")}


def test_every_mainland_province_is_ranked_in_one_region() -> None:
    found = province_regions()
    regions = compiled("cn-etdz-2021").composition.codes["regions"].items
    mainland = {code for code, item in regions.items() if item.level == 1 and code[0] in "123456"}
    assert set(found) == mainland
    assert Counter(found.values()) == {"east": 11, "central": 8, "west": 12}


def test_the_national_zones_fall_into_the_three_regions() -> None:
    file = SHARED / "data" / "zones" / "national_etdz_list_232.csv"
    if not file.exists():
        pytest.skip("the list of zones is not here")
    regions = compiled("cn-etdz-2021").composition.codes["regions"].items
    names = {
        item.label.zh[:2]: province_regions()[code] for code, item in regions.items() if code in province_regions()
    }
    with file.open(encoding="utf-8") as rows:
        counted = Counter(names[row["province"][:2]] for row in csv.DictReader(rows))
    assert counted.total() == 232
    assert counted["east"] > counted["central"] > counted["west"] > 40


@pytest.mark.parametrize(
    ("day", "machines"),
    [
        (date(2020, 1, 17), {"etdz_exit_2016"}),
        (date(2021, 11, 1), {"etdz_exit_2016"}),
        (date(2021, 11, 2), {"etdz_life_cycle"}),
    ],
)
def test_the_rule_of_the_day_is_that_of_its_edition(day: date, machines: set[str]) -> None:
    both = compose(load_chain(["cn-etdz-2016", "cn-etdz-2021"]).packs)
    assert not both.problems
    assert set(both.in_force(day).consequences) == machines


def test_two_years_last_in_the_country_meant_exit_and_now_makes_a_candidate() -> None:
    """Bottom places in 2018 and 2019, judged by each edition: the same record, another consequence."""
    history = {"Z": [PeriodResult(period=Period.year(year), rank_from_bottom=5) for year in (2018, 2019)]}
    states = {}
    for pack, machine, day in (
        ("cn-etdz-2016", "etdz_exit_2016", date(2020, 1, 17)),
        ("cn-etdz-2021", "etdz_life_cycle", date(2021, 12, 31)),
    ):
        found = propose(compiled(pack), machine, history, {}, day).by_subject["Z"]
        states[pack] = (found.state, [own.effect.code for own in found.effects])
    assert states == {
        "cn-etdz-2016": ("exited", ["exit_national_series"]),
        "cn-etdz-2021": ("candidate", ["downgrade_candidate"]),
    }


def test_an_exit_bars_the_province_for_two_years() -> None:
    years = ((2022, 5), (2023, 6), (2024, 1))
    history = {"Z": [PeriodResult(period=Period.year(year), rank_from_bottom=place) for year, place in years]}
    events = {
        "Z": [
            Event(event="downgrade_proposed", on=date(2025, 5, 30)),
            Event(event="exit_announced", on=date(2025, 9, 1)),
        ]
    }
    facts = {"Z": {"province": "630000"}}
    found = propose(compiled("cn-etdz-2021"), "etdz_life_cycle", history, events, date(2026, 1, 1), facts=facts)
    (cooldown,) = found.by_subject["Z"].cooldowns
    assert (cooldown.applies_to, cooldown.whom, cooldown.last) == ("province", "630000", date(2027, 9, 1))
    assert found.cooldowns_on(date(2027, 9, 1))
    assert not found.cooldowns_on(date(2027, 9, 2))


def test_surcharges_are_not_added_but_the_highest_is_charged() -> None:
    history = {"E": [PeriodResult(period=Period.year(year), grade="D") for year in (2020, 2021)]}
    for other, charged in ((Fraction(3, 10), Fraction(3, 10)), (Fraction(1, 20), Fraction(1, 10))):
        found = propose(
            compiled("shandong-muchan-2019"),
            "surcharge_ladder",
            history,
            {},
            date(2022, 6, 30),
            also_applying={"E": {"surcharge": other}},
        )
        (applied,) = found.by_subject["E"].applied
        assert applied.value == charged


def changed_pack(folder: Path, code: str, file: str, before: str, after: str) -> CompiledPack:
    """The pack with one text changed once, composed with what it extends."""
    shutil.copytree(find_packs()[code], folder / code)
    path = folder / code / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return compile_pack(compose(load_chain(code, [folder]).packs))


@pytest.mark.parametrize(
    ("code", "file", "before", "after", "fragments"),
    [
        pytest.param(
            "land-intensity-1029",
            "schemes.yaml",
            "- code: developed_dev\n                      label: {zh: 土地开发率, en: Developed rate}\n"
            "                      clause: sample_weights\n                      weight: 1",
            "- code: developed_dev\n                      label: {zh: 土地开发率, en: Developed rate}\n"
            "                      clause: sample_weights\n                      weight: 0.5",
            ["degree_dev", "0.5"],
            id="a lone indicator with weight one half, as in a real file",
        ),
        pytest.param(
            "land-intensity-1029",
            "schemes.yaml",
            "code: far_main\n                      label: {zh: 综合容积率, en: Floor area ratio}\n"
            "                      clause: indicators\n                      weight: 0.25",
            "code: far_main\n                      label: {zh: 综合容积率, en: Floor area ratio}\n"
            "                      clause: indicators\n                      weight: 0.42",
            ["strength_main", "1.17"],
            id="intensity weights that come to 1.17, as in a real file",
        ),
        pytest.param(
            "wanjiang-cities",
            "pack.yaml",
            "weights: {target: 10, effect: 6}",
            "weights: {target: 11, effect: 6}",
            ["target", "101"],
            id="one of two weight sets that comes to 101",
        ),
        pytest.param(
            "cn-etdz-2021",
            "schemes.yaml",
            "weight: 15, indicator: etdz_green",
            "weight: 5, indicator: etdz_green",
            ["total", "90"],
            id="first-level weights that come to 90",
        ),
    ],
)
def test_weights_that_do_not_sum_are_refused_with_the_node_named(
    tmp_path: Path, code: str, file: str, before: str, after: str, fragments: list[str]
) -> None:
    made = changed_pack(tmp_path, code, file, before, after)
    found = [one for one in check_pack(made.composition, made) if one.code.startswith("scheme.weights")]
    assert found
    said = " ".join(str(own) for one in found for own in one.values.values())
    assert all(fragment in said for fragment in fragments), said
