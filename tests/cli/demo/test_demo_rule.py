"""The generating rule: arithmetic of the roster, balance of the figures, the same seed the same province."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from yuanzhi.cli.demo.columns import decimals
from yuanzhi.cli.demo.economy import Items, Rows, monthly_items
from yuanzhi.cli.demo.enterprises import Enterprises, credit_codes, draw_enterprises
from yuanzhi.cli.demo.facts import Setting, read_industries, read_parks, read_rows, read_setting

SETTING = read_setting()
SEED = SETTING["seed"]


@pytest.fixture(scope="module")
def enterprises() -> Enterprises:
    return draw_enterprises(SETTING, read_parks(), read_industries(), SEED)


@pytest.fixture(scope="module")
def made(enterprises: Enterprises) -> tuple[Rows, Items]:
    return monthly_items(SETTING, read_industries(), enterprises, SEED)


def test_the_parks_are_those_the_document_counts() -> None:
    groups = Counter(park.group for park in read_parks())
    assert (groups["industrial"], groups["agricultural"], groups["service"]) == (25, 43, 14)


def test_every_zone_of_the_catalogue_is_in_the_register_once() -> None:
    zones = {row["code"] for row in read_rows("zones_2018.csv")}
    named = [park.zone_code for park in read_parks() if park.zone_code]
    assert len(zones) == 15
    assert Counter(named) == Counter(zones)


def test_made_up_parks_say_so_and_real_ones_name_their_source() -> None:
    for park in read_parks():
        assert park.synthetic == ("合成" in park.name)
        assert park.source
        assert park.synthetic or park.source != "合成"


def test_areas_of_real_parks_are_those_of_the_catalogue_and_no_others() -> None:
    areas = {row["code"]: row["area_ha"] for row in read_rows("zones_2018.csv")}
    for park in read_parks():
        if not park.synthetic:
            assert str(park.area_ha or "") == str(areas.get(park.zone_code, "")).rstrip("0").rstrip(".") or (
                park.area_ha is not None and float(park.area_ha) == float(areas[park.zone_code])
            )


@given(
    st.lists(
        st.tuples(st.sampled_from(["630102", "632801", "630224"]), st.integers(1, 999_999)), min_size=1, max_size=20
    )
)
def test_credit_codes_have_right_check_digits(cases: list[tuple[str, int]]) -> None:
    codes = credit_codes(np.array([region for region, _ in cases]), np.array([number for _, number in cases]))
    assert all(uscc.is_valid(code) for code in codes)


def test_credit_codes_differ(enterprises: Enterprises) -> None:
    assert len(set(enterprises.credit_code.tolist())) == enterprises.count == 5000


def test_another_park_of_the_same_kind_has_its_own_enterprises(enterprises: Enterprises) -> None:
    assert np.bincount(enterprises.park, minlength=82).min() >= 8


@pytest.mark.parametrize(
    ("group", "above", "held", "share"),
    [
        ("industrial", True, "industrial_above_scale", "industrial_above_scale"),
        ("agricultural", False, "agricultural", "agricultural"),
        ("service", False, "service", "service"),
        ("industrial", False, "industrial_below_scale", None),
    ],
)
def test_parks_hold_the_share_the_setting_says(
    made: tuple[Rows, Items], enterprises: Enterprises, group: str, above: bool, held: str, share: str | None
) -> None:
    rows, items = made
    own = (rows.kind == group) & (enterprises.above[rows.enterprise, rows.year] == above)
    region = SETTING["region"]
    for at, year in enumerate(SETTING.years):
        total = items["value_added"][own & (rows.year == at)].sum() / 1e4
        whole = region["gdp"][year] * (region[share][year] if share else 1)
        assert total / whole * 100 == pytest.approx(SETTING["held"][held][year], rel=1e-9)


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("value_added", "gross_output"), ("high_tech_output", "gross_output"), ("exports", "revenue"),
        ("new_product_revenue", "revenue"), ("local_employees", "employees"), ("rnd_staff", "employees"),
        ("renovation_investment", "fixed_investment"), ("renewable_electricity", "electricity"),
        ("hazards_removed", "hazards_found"), ("solid_waste_used", "solid_waste"),
    ],
)  # fmt: skip
def test_a_part_is_never_more_than_its_whole(made: tuple[Rows, Items], part: str, whole: str) -> None:
    _, items = made
    present = ~np.isnan(items[part])
    assert (items[part][present] <= items[whole][present] + 1e-9).all()


def test_nothing_but_what_the_rule_leaves_out_is_missing(made: tuple[Rows, Items]) -> None:
    _, items = made
    assert {code for code, values in items.items() if np.isnan(values).any()} == {"rnd_staff"}


def test_the_early_months_of_the_last_year_fall(made: tuple[Rows, Items]) -> None:
    rows, items = made
    monthly = np.bincount(rows.month, weights=items["gross_output"])
    months = [f"{month:%Y-%m}" for month in SETTING.months]
    change = [monthly[months.index(f"{year}-02")] / monthly[months.index(f"{year}-01")] for year in (2019, 2020)]
    assert change[1] < change[0] - 0.15


def test_another_seed_is_another_province() -> None:
    first, second = (draw_enterprises(SETTING, read_parks(), read_industries(), seed) for seed in (SEED, SEED + 1))
    assert not np.array_equal(first.base, second.base)


def test_drawing_more_for_one_purpose_changes_nothing_else() -> None:
    longer = Setting({**SETTING.given, "faults": {**SETTING["faults"], "duplicate": 400}})
    first, second = (draw_enterprises(own, read_parks(), read_industries(), SEED) for own in (SETTING, longer))
    assert np.array_equal(first.base, second.base)


@given(st.lists(st.one_of(st.none(), st.integers(-(10**14), 10**14)), min_size=1, max_size=30), st.integers(0, 4))
def test_decimals_are_exact_at_their_scale(numbers: list[int | None], scale: int) -> None:
    floats: Any = np.array([np.nan if n is None else n / 10**scale for n in numbers])
    found = decimals(floats, scale).to_pylist()
    wanted = [None if n is None else round(n / 10**scale * 10**scale) for n in numbers]
    assert [None if value is None else int(value.scaleb(scale)) for value in found] == wanted
