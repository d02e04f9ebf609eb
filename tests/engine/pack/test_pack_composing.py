"""Packs composed: overrides spliced by date, and every contradiction reported with both clauses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.periods import Validity
from yuanzhi.engine.pack import Composition, Pack, PackReading, check_pack, compose
from yuanzhi.engine.pack.composing import spliced
from yuanzhi.engine.pack.model import DatedValue

Read = Callable[..., PackReading]

BASE = """
pack: {code: base, version: "1", title: 上级包, issuer: 省, in_force: {from: 2010-01-01}}
clauses: {"1": {label: 第一条}}
units: {元: {dimension: money, factor: 1}, 万元: {dimension: money, factor: 10000}}
parameters:
  limit:
    label: 限额
    unit: 万元
    clause: "1"
    values: [{from: 2010-01-01, value: 5, basis: stated}, {from: 2020-01-01, value: 7, basis: stated}]
"""
CITY = """
pack: {{code: city, version: "1", title: 市包, issuer: 市, extends: [base], in_force: {{from: 2015-01-01{to}}}}}
clauses: {{"2": {{label: 第二条}}}}
parameters:
  {name}: {{value: 6, basis: stated, clause: "2"{more}}}
"""


def city(name: str = "limit", more: str = ", overrides: base", to: str = "") -> str:
    return CITY.format(name=name, more=more, to=to)


@pytest.fixture
def together(read: Read) -> Callable[..., Composition]:
    def composed(*texts: str) -> Composition:
        packs: list[Pack] = []
        for number, text in enumerate(texts):
            reading = read(text, f"p{number}")
            assert reading.problems == (), [problem.text("en") for problem in reading.problems]
            assert reading.pack is not None
            packs.append(reading.pack)
        return compose(packs)

    return composed


Together = Callable[..., Composition]


def test_an_override_holds_from_its_first_day(together: Together) -> None:
    composition = together(BASE, city())
    assert composition.problems == ()
    limit = composition.parameters["limit"]
    days = [date(2009, 12, 31), date(2012, 1, 1), date(2016, 1, 1), date(2021, 1, 1)]
    values = [limit.on(day) for day in days]
    assert [value.value if value else None for value in values] == [None, Decimal(5), Decimal(6), Decimal(6)]
    assert (limit.unit, limit.label.zh, limit.pack) == ("万元", "限额", "city")


def test_after_the_overriding_pack_ends_the_base_holds_again(together: Together) -> None:
    limit = together(BASE, city(to=", to: 2018-12-31")).parameters["limit"]
    on = {year: limit.on(date(year, 6, 1)) for year in (2014, 2016, 2019, 2021)}
    assert [value.value if value else None for value in on.values()] == [5, 6, 5, 7]


@pytest.mark.parametrize(
    ("text", "code", "fragments"),
    [
        (city(more=""), "compose.declared_twice", ["parameters/limit", "base#1", "city#2", "overrides"]),
        (city(more=", overrides: bas"), "override.wrong_pack", ["limit", "bas", "base"]),
        (city(more=", overrides: base, unit: 元"), "override.unit", ["元", "万元"]),
        (city(name="limits"), "override.nothing", ["limits", "limit"]),
        (city().replace("[base]", "[bases]"), "compose.base_missing", ["bases", "base"]),
        (city().replace("extends: [base], ", ""), "override.not_extended", ["city", "base"]),
        (city(more="").replace("extends: [base], ", ""), "compose.conflict", ["base#1", "city#2", "5, 7", "6"]),
    ],
)
def test_what_does_not_fit_is_reported(together: Together, text: str, code: str, fragments: list[str]) -> None:
    found = [problem for problem in together(BASE, text).problems if problem.code == code]
    assert found
    shown = found[0].text("en")
    assert all(fragment in shown for fragment in fragments), shown
    assert found[0].text("zh")


def test_the_same_said_twice_is_no_conflict(together: Together) -> None:
    again = city(more="").replace('parameters:\n  limit: {value: 6, basis: stated, clause: "2"}\n', "")
    unit = again + "units: {元: {dimension: money, factor: 1, label: 人民币元}}\n"
    assert together(BASE, unit).problems == ()


def test_the_same_pack_twice_is_reported(together: Together) -> None:
    assert "compose.pack_twice" in [problem.code for problem in together(BASE, BASE).problems]


def test_clauses_and_examples_belong_to_their_document(together: Together) -> None:
    composition = together(BASE, city().replace('"2"', '"1"'))
    assert set(composition.clauses) == {"base#1", "city#1"}
    assert composition.problems == ()
    found = composition.clause("city", "base#1")
    assert found is not None
    assert found.pack == "base"


def test_what_is_in_force_on_a_day(together: Together, small: str) -> None:
    composition = together(BASE, city(), small)
    before, after = composition.in_force(date(2017, 1, 1)), composition.in_force(date(2018, 1, 1))
    assert [pack.code for pack in before.packs] == ["base", "city"]
    assert "priority" not in before.rules
    assert "priority" in after.rules
    assert set(before.clauses) == {"base#1", "city#2"}


def test_blanks_are_listed_with_their_clause(together: Together) -> None:
    text = city(name="open", more="").replace("value: 6, basis: stated", "basis: missing, why: 原文未写")
    (blank,) = together(BASE, text).blanks
    assert (blank.trail, blank.citation) == ("parameters/open", "city#2")


def dated(day: int, value: int) -> DatedValue:
    return DatedValue(first=date(2000, 1, day), value=Decimal(value), basis=Basis.STATED)


days = st.lists(st.integers(2, 27), unique=True, min_size=1, max_size=4).map(sorted)


@given(days, days, st.one_of(st.none(), st.integers(2, 27)), st.integers(1, 28))
def test_splicing_gives_on_each_day_what_is_in_force(
    base_days: list[int], own_days: list[int], last: int | None, day: int
) -> None:
    base = tuple(dated(each, each) for each in base_days)
    own = tuple(dated(each, 100 + each) for each in own_days)
    ends = date(2000, 1, last) if last else None

    def on(values: tuple[DatedValue, ...]) -> Decimal | None:
        past = [value.value for value in values if value.first is None or value.first <= date(2000, 1, day)]
        found = past[-1] if past else None
        assert found is None or isinstance(found, Decimal)
        return found

    overridden = on(own) is not None and (last is None or day <= last)
    assert on(spliced(base, own, Validity(None, ends))) == (on(own) if overridden else on(base))


TWO = """
pack: {{code: {code}, version: "1", title: 包, issuer: 厅, in_force: {{from: {first}{to}}}}}
clauses: {{"1": {{label: 第一条}}}}
indicators:
  {own}: {{subject: park, unit: "1", formula: "1", clause: "1", label: {{zh: 甲{code}}}}}
targets:
  {code}_goal: {{indicator: share, comparison: {comparison}, value: {value}, year: 2020, clause: "1"}}
"""


def document(code: str, value: str, comparison: str = "ge", first: str = "2010-01-01", to: str = "") -> str:
    own = "share" if code == "one" else "other"
    return TWO.format(code=code, value=value, comparison=comparison, first=first, to=to, own=own)


@pytest.mark.parametrize(
    ("other", "severity"),
    [
        (document("two", "0.5"), "warning"),
        (document("two", "0.4"), None),
        (document("two", "0.3", "le"), "error"),
        (document("two", "0.5", first="2030-01-01"), None),
    ],
    ids=["differs", "agrees", "excludes_the_other", "not_in_force_together"],
)
def test_two_documents_in_force_together_are_compared(together: Together, other: str, severity: str | None) -> None:
    one = document("one", "0.4", to=", to: 2029-12-31")
    found = [p for p in check_pack(together(one, other)) if p.code == "target.contradiction"]
    assert [problem.severity.value for problem in found] == ([severity] if severity else [])
    for problem in found:
        assert "one#1" in problem.text("zh")
        assert "two#1" in problem.text("zh")


LATER = """
pack: {code: later, version: "1", title: 后文, issuer: 市, extends: [old], in_force: {from: 2015-01-01}}
rules:
  keep:
    modality: must
    subject: park
    clause: "old#1"
    when: territory = '630123'
    then: {code: keep}
"""
OLD = """
pack: {code: old, version: "1", title: 前文, issuer: 省, in_force: {from: 2010-01-01, to: 2018-12-31}}
clauses: {"1": {label: 第一条}}
codes:
  regions: {items: {"630122": {zh: 湟中县, to: 2014-12-31}, "630123": {zh: 湟源县}}}
"""


def test_nothing_outlives_what_it_cites(together: Together) -> None:
    (problem,) = [p for p in check_pack(together(OLD, LATER)) if p.code.startswith("date.")]
    assert problem.code == "date.expired_reference"
    for fragment in ("rules/keep", "old#1", "2018-12-31"):
        assert fragment in problem.text("zh")
    ended = LATER.replace("    modality: must\n", "    modality: must\n    validity: {to: 2018-12-31}\n")
    assert [p.code for p in check_pack(together(OLD, ended)) if p.code.startswith("date.")] == []


def test_a_code_in_a_condition_is_valid_while_it_holds(together: Together) -> None:
    text = LATER.replace("630123", "630122").replace(
        "    modality: must\n", "    modality: must\n    validity: {to: 2018-12-31}\n"
    )
    (problem,) = [p for p in check_pack(together(OLD, text)) if p.code.startswith("date.")]
    assert problem.code == "date.code_expired"
    for fragment in ("630122", "regions", "2014-12-31"):
        assert fragment in problem.text("en")


def test_a_base_that_expired_before_is_reported(together: Together) -> None:
    text = LATER.replace("{from: 2015-01-01}", "{from: 2020-01-01}")
    assert "date.base_expired" in [p.code for p in check_pack(together(OLD, text))]
