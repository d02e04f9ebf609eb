"""The national base: counts of the classifications, exact units, dated region codes, holidays."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction
from functools import cache

import pytest

from yuanzhi.engine.pack import Composition, compose, load_chain


@cache
def base() -> Composition:
    return compose(load_chain("cn-base").packs)


@pytest.mark.parametrize(
    ("code", "levels"),
    [
        ("industries", {1: 20, 2: 97, 3: 473, 4: 1381}),
        ("land_uses", {1: 12, 2: 73}),
        ("high_tech_manufacturing", {1: 6, 2: 85}),
        ("statistical_parks", {1: 25}),
    ],
)
def test_classifications_are_whole(code: str, levels: dict[int, int]) -> None:
    assert Counter(item.level for item in base().codes[code].items.values()) == levels


@pytest.mark.parametrize("code", ["industries", "land_uses", "high_tech_manufacturing", "regions", "park_kinds"])
def test_every_parent_is_a_code_of_the_level_above(code: str) -> None:
    items = base().codes[code].items
    for item in items.values():
        if item.parent:
            assert items[item.parent].level == item.level - 1, item.code


def test_parks_with_statistical_codes_lie_in_known_counties() -> None:
    regions = base().codes["regions"].items
    assert all(item.parent in regions for item in base().codes["statistical_parks"].items.values())


def test_industry_codes_nest_by_their_digits() -> None:
    for item in base().codes["industries"].items.values():
        if item.level > 2:
            assert item.code.startswith(item.parent)
        assert item.attributes["section"] in base().codes["industries"].items


def test_high_tech_classes_are_industry_classes() -> None:
    industries = base().codes["industries"].items
    classes = [item for item in base().codes["high_tech_manufacturing"].items.values() if item.level == 2]
    assert all(industries[item.code].level == 4 for item in classes)


@pytest.mark.parametrize(
    ("code", "day", "valid"),
    [
        ("630122", date(2018, 12, 31), True),
        ("630122", date(2023, 6, 30), False),
        ("630106", date(2018, 12, 31), False),
        ("630106", date(2023, 6, 30), True),
        ("632100", date(2012, 12, 31), True),
        ("630200", date(2012, 10, 31), False),
        ("630200", date(2014, 10, 31), True),
        ("630000", date(1999, 1, 1), True),
    ],
)
def test_a_region_code_means_something_only_with_its_date(code: str, day: date, valid: bool) -> None:
    assert base().codes["regions"].items[code].validity.covers(day) is valid


def test_regions_keep_the_name_they_had_under_the_same_code() -> None:
    changed = base().codes["regions"].items["620922"]
    assert (changed.label.zh, changed.attributes["former_zh"]) == ("瓜州县", "安西县")


def test_regions_hold_all_provinces_and_four_provinces_in_full() -> None:
    """Jiayuguan, a prefecture without counties, stands once as its own county."""
    items = base().codes["regions"].items.values()
    in_force = [item for item in items if item.validity.covers(date(2023, 6, 30))]
    assert sum(item.level == 1 for item in in_force) == 34
    counties = Counter(item.parent[:2] for item in in_force if item.level == 3)
    assert {province: counties[province] for province in ("51", "61", "62", "63")} == {
        "51": 183,
        "61": 107,
        "62": 88,
        "63": 45,
    }


@pytest.mark.parametrize(
    ("one", "other", "factor"),
    [
        ("亩", "m2", Fraction(2000, 3)),
        ("公顷", "亩", Fraction(15)),
        ("km2", "亩", Fraction(1500)),
        ("亿元", "万元", Fraction(10000)),
        ("万元/亩", "元/m2", Fraction(15)),
        ("万元/亩", "亿元/km2", Fraction(3, 20)),
        ("万元/公顷", "万元/亩", Fraction(1, 15)),
        ("万kWh", "kWh", Fraction(10000)),
        ("kWh", "kW*小时", Fraction(1)),
        ("千万kW", "kW", Fraction(10**7)),
        ("GW", "万kW", Fraction(100)),
        ("年", "月", Fraction(12)),
        ("%", "百分点", Fraction(1)),
        ("吨标准煤", "tce", Fraction(1)),
        ("平方公里", "公顷", Fraction(100)),
        ("元/kWh", "万元/万kWh", Fraction(1)),
    ],
)
def test_units_convert_exactly(one: str, other: str, factor: Fraction) -> None:
    units = base().unit_system
    assert units.unit(one).conversion_to(units.unit(other)) == factor


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tce", "kWh"),
        ("元", "美元"),
        ("天", "月"),
        ("天", "工作日"),
        ("万元", "万元/人"),
        ("吨", "tCO2"),
        ("kW", "kVA"),
    ],
)
def test_unlike_units_never_convert(one: str, other: str) -> None:
    units = base().unit_system
    with pytest.raises(ValueError, match="differ in dimension"):
        units.unit(one).conversion_to(units.unit(other))


def test_no_symbol_stands_for_two_units() -> None:
    symbols = Counter(symbol for unit in base().units.values() for symbol in {unit.code, *unit.symbols})
    assert not [symbol for symbol, count in symbols.items() if count > 1]


@pytest.mark.parametrize(
    ("day", "is_off"),
    [
        (date(2018, 2, 15), True),
        (date(2018, 2, 24), False),
        (date(2018, 10, 1), True),
        (date(2020, 1, 31), True),
        (date(2015, 9, 3), True),
        (date(2006, 12, 30), False),
        (date(2018, 6, 18), True),
    ],
)
def test_holidays_and_worked_weekends(day: date, is_off: bool) -> None:
    days = {own.day: own.is_off for own in base().calendars["holidays"].days}
    assert days[day] is is_off


def test_the_calendar_has_twenty_years_without_a_gap() -> None:
    calendar = base().calendars["holidays"]
    assert calendar.years == tuple(range(2007, 2027))
    assert {own.day.year for own in calendar.days if own.is_off} >= set(range(2007, 2027))
    assert len({own.day for own in calendar.days}) == len(calendar.days) == 678


def test_worked_days_are_weekends() -> None:
    """But for the Monday on which the lengthened holiday of 2020 ended, which its notice names."""
    worked = [own.day for own in base().calendars["holidays"].days if not own.is_off]
    assert [day for day in worked if day.weekday() < 5] == [date(2020, 2, 3)]


@pytest.mark.parametrize("code", ["regions", "industries", "land_uses", "high_tech_manufacturing", "statistical_parks"])
def test_long_lists_name_source_and_edition(code: str) -> None:
    own = base().codes[code]
    assert own.source
    assert own.edition
