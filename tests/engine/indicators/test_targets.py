"""Targets judged on a day; the numbers of the vectors are those of the policy notes."""
# ruff: noqa: E501 -- a declaration of the pack stays on one line

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from indicator_world import compiled_pack, series_of, snapshot_of

from yuanzhi.engine.indicators import (
    TargetStatus,
    check_coherence,
    judge_targets,
    series_from_values,
    series_table,
)
from yuanzhi.engine.kernel.outcomes import Basis, Outcome

MET, NOT_MET, UNDETERMINED = Outcome.MET, Outcome.NOT_MET, Outcome.UNDETERMINED
END = date(2020, 12, 31)
PACK = """
forms:
  region:
    subject: territory
    frequency: year
    items:
      parks: {label: {zh: 园区产值, en: parks}, unit: 亿元}
      gdp: {label: {zh: 生产总值, en: product}, unit: 亿元}
      share_stated: {label: {zh: 占比, en: share}, unit: "%", scale: 6, measurement: rate}
      light: {label: {zh: 轻工业, en: light}, unit: 亿元}
      heavy: {label: {zh: 重工业, en: heavy}, unit: 亿元}
      investment: {label: {zh: 投资, en: investment}, unit: 亿元}
      land: {label: {zh: 用地, en: land}, unit: 亩, measurement: stock}
indicators:
  sales: {label: {zh: 销售收入, en: sales}, subject: territory, unit: 亿元, formula: parks}
  share: {label: {zh: 占比, en: share}, subject: territory, unit: "%", measurement: rate, formula: share_stated}
  computed_share: {label: {zh: 占比, en: share}, subject: territory, unit: "%", measurement: rate, formula: parks / gdp}
  light_output: {label: {zh: 轻工业, en: light}, subject: territory, unit: 亿元, formula: light}
  heavy_output: {label: {zh: 重工业, en: heavy}, subject: territory, unit: 亿元, formula: heavy}
  intensity: {label: {zh: 投资强度, en: intensity}, subject: territory, unit: 万元/亩, measurement: rate, formula: investment / land}
  counted: {label: {zh: 标记, en: mark}, subject: park, unit: "1", formula: area_ha / area_ha}
parameters:
  weight_industry: {label: {zh: 工业占比, en: industry}, unit: "%", value: 30, basis: chosen, why: 示意}
  weight_farming: {label: {zh: 农业占比, en: farming}, unit: "%", value: 9, basis: chosen, why: 示意}
  weight_services: {label: {zh: 服务业占比, en: services}, unit: "%", value: 47, basis: chosen, why: 示意}
targets:
"""


def judged(
    folder: Path, target: str, facts: Mapping[str, Any], *, as_of: date = END, indicator: str = "sales", **more: Any
) -> TargetStatus:
    """One target written in YAML, judged on values by period."""
    compiled = compiled_pack(folder, PACK + "  t: " + target)
    return judge_targets(compiled, series_from_values(indicator, facts), as_of=as_of, **more)[0]


def close(value: Decimal | None, places: int = 2) -> str:
    assert value is not None
    return f"{value:.{places}f}"


DOUBLE = "{indicator: sales, kind: multiple, value: 2, unit: × base, base_year: 2014, year: 2020, path: compound}"
SHARE = "{{indicator: share, kind: share, value: {}, unit: '%', year: 2020}}"


@pytest.mark.parametrize(("reached", "outcome", "gap"), [(200, MET, 0), ("199.9", NOT_MET, "0.1")])
def test_t11_doubled_or_not(tmp_path: Path, reached: object, outcome: Outcome, gap: object) -> None:
    status = judged(tmp_path, DOUBLE, {"2014": 100, "2020": reached})
    assert (status.outcome, status.gap) == (outcome, Decimal(str(gap)))
    assert (status.goal, status.is_due) == (Decimal(200), True)
    assert (close(status.growth_required), status.needed_unit) == ("12.25", "%/year")


def test_t12_growth_still_needed(tmp_path: Path) -> None:
    status = judged(tmp_path, DOUBLE, {"2014": 100, "2017": 150}, as_of=date(2017, 12, 31))
    assert (status.outcome, status.is_due, status.achieved) == (NOT_MET, False, Decimal("1.5"))
    assert close(status.growth_needed) == "10.06"
    assert close(status.expected_today) == "141.42"
    assert status.on_path is MET


@pytest.mark.parametrize(("investment", "outcome"), [("6.4", MET), ("6.39", NOT_MET)])
def test_t13_intensity_in_other_units(tmp_path: Path, investment: str, outcome: Outcome) -> None:
    target = "{indicator: intensity, value: 320, unit: 万元/亩, year: 2020}"
    compiled = compiled_pack(tmp_path, PACK + "  t: " + target)
    rows = [{"subject": "630000", "period": "2020", "investment": Decimal(investment), "land": 200}]
    table = series_of(compiled, snapshot_of(compiled, [], {"region": rows}), "2020")
    assert judge_targets(compiled, table, as_of=END)[0].outcome is outcome


@pytest.mark.parametrize(
    ("light", "heavy", "outcome"), [(20, 80, MET), ("19.9", "80.1", NOT_MET), (None, 80, UNDETERMINED)]
)
@pytest.mark.parametrize("children", ["[[light, 20], [heavy, 80]]", "[[light_output, 20], [heavy_output, 80]]"])
def test_t14_structure(tmp_path: Path, light: object, heavy: object, outcome: Outcome, children: str) -> None:
    target = f"{{indicator: sales, kind: structure, unit: '%', year: 2020, children: {children}}}"
    compiled = compiled_pack(tmp_path, PACK + "  t: " + target)
    if "_output" in children:
        parts = {"light_output": light, "heavy_output": heavy}
        table = pa.concat_tables([series_from_values(name, {"2020": value}) for name, value in parts.items()])
    else:
        table = series_from_values("sales", {"2020": {"light": light, "heavy": heavy}})
    status = judge_targets(compiled, table, as_of=END)[0]
    assert status.outcome is outcome
    assert bool(status.missing) is (outcome is UNDETERMINED)


@pytest.mark.parametrize(
    ("local", "deep", "outcomes"), [(80, 45, (MET, MET)), ("79.9", 45, (NOT_MET, MET)), (80, "44.9", (MET, NOT_MET))]
)
def test_t15_conversion_and_deep_processing(
    tmp_path: Path, local: object, deep: object, outcomes: tuple[Outcome, Outcome]
) -> None:
    for number, (value, goal) in enumerate(((local, 80), (deep, 45))):
        status = judged(tmp_path / str(number), SHARE.format(goal), {"2020": value}, indicator="share")
        assert status.outcome is outcomes[number]


def test_t17_growth_just_not_met_when_rounded_down(tmp_path: Path) -> None:
    target = "{indicator: sales, kind: growth, value: 10, unit: '%', base_year: 2015, year: 2020}"
    short = judged(tmp_path / "a", target, {"2015": 100, "2020": "161.05"})
    assert (short.outcome, short.goal, short.gap) == (NOT_MET, Decimal("161.051"), Decimal("0.001"))
    assert close(short.achieved, 4) == "9.9999"
    assert judged(tmp_path / "b", target, {"2015": 100, "2020": "161.051"}).outcome is MET


@pytest.mark.parametrize(
    ("done", "rate", "outcomes"),
    [(6, "60.1", (MET, MET)), (6, "60.0", (MET, NOT_MET)), (5, "70", (NOT_MET, MET))],
)
def test_t18_most_parks_and_the_rate(tmp_path: Path, done: int, rate: str, outcomes: tuple[Outcome, Outcome]) -> None:
    parks = {f"park{at}": int(at < done) for at in range(10)}
    count = "{indicator: counted, kind: count, comparison: gt, value: 50, unit: '%', year: 2020}"
    assert judged(tmp_path / "a", count, {"2020": parks}, indicator="counted").outcome is outcomes[0]
    share = "{indicator: share, kind: share, comparison: gt, value: 60, unit: '%', year: 2020}"
    assert judged(tmp_path / "b", share, {"2020": rate}, indicator="share").outcome is outcomes[1]


@pytest.mark.parametrize(("parks", "outcome", "gap"), [("45.0", MET, "0"), ("44.9", NOT_MET, "0.1")])
def test_t20_share_of_the_product(tmp_path: Path, parks: str, outcome: Outcome, gap: str) -> None:
    target = "{indicator: computed_share, kind: share, value: 45, unit: '%', year: 2020}"
    compiled = compiled_pack(tmp_path, PACK + "  t: " + target)
    rows = [{"subject": "630000", "period": "2020", "parks": Decimal(parks), "gdp": 100}]
    table = series_of(compiled, snapshot_of(compiled, [], {"region": rows}), "2020")
    status = judge_targets(compiled, table, as_of=END)[0]
    assert (status.outcome, status.gap) == (outcome, Decimal(gap))


@pytest.mark.parametrize("goal", [80, 85, 60, 70, 25, 30])
def test_t21_met_at_the_figure_and_not_a_tenth_below(tmp_path: Path, goal: int) -> None:
    assert judged(tmp_path / "a", SHARE.format(goal), {"2020": goal}, indicator="share").outcome is MET
    below = judged(tmp_path / "b", SHARE.format(goal), {"2020": Decimal(goal) - Decimal("0.1")}, indicator="share")
    assert (below.outcome, below.gap) == (NOT_MET, Decimal("0.1"))


def test_t22_sector_targets_imply_too_little(tmp_path: Path) -> None:
    targets = """
  industry: {indicator: share, scope: "", subject: i, kind: share, value: 80, unit: '%', year: 2020}
  farming: {indicator: share, subject: f, kind: share, value: 60, unit: '%', year: 2020}
  services: {indicator: share, subject: s, kind: share, value: 25, unit: '%', year: 2020}
  whole:
    indicator: computed_share
    kind: share
    value: 45
    unit: '%'
    year: 2020
    implied_by: industry * p.weight_industry + farming * p.weight_farming + services * p.weight_services
"""
    (finding,) = check_coherence(compiled_pack(tmp_path, PACK + targets), as_of=END)
    assert (finding.kind, finding.target) == ("targets.implied_short", "whole")
    assert (finding.found, finding.difference) == (Decimal("41.15"), Decimal("3.85"))
    assert finding.basis is Basis.CHOSEN
    assert "41.15" in finding.problem.text("zh")
    assert "3.85" in finding.problem.text("en")


@pytest.mark.parametrize(
    ("values", "outcomes"),
    [(("10.0", "15.0", "7.0", "2"), (MET,) * 4), (("9.9", "15", "7", "2"), (NOT_MET, MET, MET, MET))],
)
def test_t23_three_shares_and_a_count(tmp_path: Path, values: tuple[str, ...], outcomes: tuple[Outcome, ...]) -> None:
    targets = [SHARE.format(goal) for goal in (10, 15, 7)]
    targets.append("{indicator: counted, kind: count, value: 2, unit: '1', year: 2020}")
    for number, (target, value) in enumerate(zip(targets, values, strict=True)):
        indicator = "counted" if number == 3 else "share"
        status = judged(tmp_path / str(number), target, {"2020": value}, indicator=indicator)
        assert status.outcome is outcomes[number]


def test_t24_linear_path(tmp_path: Path) -> None:
    target = "{indicator: share, kind: share, value: 10, unit: '%', year: 2020, base_year: 2014, base_value: 8.5}"
    status = judged(tmp_path, target, {"2017": "9.2"}, indicator="share", as_of=date(2018, 6, 30))
    assert (status.growth_required, status.needed_unit) == (Decimal("0.25"), "points/year")
    assert status.expected_today == Decimal("9.25")
    assert (status.period, status.on_path, status.outcome) == ("2017", NOT_MET, NOT_MET)
    assert close(status.growth_needed, 4) == "0.2667"


@pytest.mark.parametrize(("having", "outcome"), [(3, MET), (2, NOT_MET)])
def test_t25_a_third_of_the_counties(tmp_path: Path, having: int, outcome: Outcome) -> None:
    counties = {f"county{at}": int(at < having) for at in range(9)}
    target = "{indicator: counted, kind: count, value: 33.33, unit: '%', year: 2020}"
    status = judged(tmp_path, target, {"2020": counties}, indicator="counted")
    assert status.outcome is outcome
    assert close(status.value, 1) == ("33.3" if having == 3 else "22.2")


CASCADE = """
  whole:
    indicator: sales
    kind: cascade
    subject: all
    value: 2000
    unit: 亿元
    year: 2020
    children: [[enclave, 1000], [hanyuan, 200], [shimian, 200], [c1, 100], [c2, 100], [c3, 100], [c4, 100], [c5, 100], [c6, {}]]
"""


@pytest.mark.parametrize(("last", "mismatch"), [("100", None), ("90", Decimal(10))])
def test_t27_a_cascade_adds_up(tmp_path: Path, last: str, mismatch: Decimal | None) -> None:
    findings = check_coherence(compiled_pack(tmp_path, PACK + CASCADE.format(last)), as_of=END)
    assert [finding.difference for finding in findings] == ([mismatch] if mismatch else [])


def test_t27_a_cascade_adds_up_in_values_too(tmp_path: Path) -> None:
    compiled = compiled_pack(tmp_path, PACK + CASCADE.format("100"))
    parts = {"enclave": 1000, "hanyuan": 200, "shimian": 200, "c1": 100, "c2": 100, "c3": 100, "c4": 100, "c5": 100}
    table = series_from_values("sales", {"2020": {**parts, "c6": 90, "all": 2000}})
    (finding,) = check_coherence(compiled, as_of=END, series=table)
    assert (finding.kind, finding.difference) == ("targets.values_mismatch", Decimal(10))
    without = series_from_values("sales", {"2020": {**parts, "c6": 90}})
    status = judge_targets(compiled, without, as_of=END)[0]
    assert (status.value, status.outcome) == (Decimal(1990), NOT_MET)
    assert [part.name for part in status.parts if part.outcome is NOT_MET] == ["c6"]


@pytest.mark.parametrize(("value", "outcome"), [("1.2", MET), ("1.19", NOT_MET)])
def test_t28_research_share(tmp_path: Path, value: str, outcome: Outcome) -> None:
    assert judged(tmp_path, SHARE.format("1.2"), {"2020": value}, indicator="share").outcome is outcome


@pytest.mark.parametrize(("done", "outcome"), [(9, NOT_MET), (10, MET)])
def test_t53_all_ten_items_by_the_day(tmp_path: Path, done: int, outcome: Outcome) -> None:
    items = {f"item{at}": int(at < done) for at in range(10)}
    target = "{indicator: counted, kind: count, value: 10, unit: '1', deadline: 2020-12-31, path: none}"
    status = judged(tmp_path, target, {"2020": items}, indicator="counted")
    assert status.outcome is outcome
    assert [part.name for part in status.parts if part.outcome is NOT_MET] == (["item9"] if done == 9 else [])


@pytest.mark.parametrize(
    ("total", "parts"), [(82, (25, 43, 14)), (15, (5, 6, 4)), (6, (2, 4)), (9, (1, 8))], ids=["82", "15", "6", "9"]
)
def test_t54_counts_add_up(tmp_path: Path, total: int, parts: tuple[int, ...]) -> None:
    children = ", ".join(f"[p{at}, {part}]" for at, part in enumerate(parts))
    target = (
        f"  t: {{indicator: counted, kind: cascade, comparison: eq, value: {total}, unit: '1', children: [{children}]}}"
    )
    compiled = compiled_pack(tmp_path, PACK + target)
    assert not check_coherence(compiled, as_of=END)
    table = series_from_values("counted", {"2018": {f"p{at}": part for at, part in enumerate(parts)}})
    assert judge_targets(compiled, table, as_of=END)[0].outcome is MET


@pytest.mark.parametrize(
    ("comparison", "below", "at", "above"),
    [
        ("ge", NOT_MET, MET, MET), ("gt", NOT_MET, NOT_MET, MET), ("le", MET, MET, NOT_MET),
        ("lt", MET, NOT_MET, NOT_MET), ("eq", NOT_MET, MET, NOT_MET), ("ne", MET, NOT_MET, MET),
        ("approx", NOT_MET, MET, NOT_MET),
    ],
)  # fmt: skip
def test_comparisons_are_exact(tmp_path: Path, comparison: str, below: Outcome, at: Outcome, above: Outcome) -> None:
    target = f"{{indicator: share, kind: share, comparison: {comparison}, value: 45, unit: '%', year: 2020}}"
    small = "0.6" if comparison == "approx" else "0.000000000001"
    for number, (value, outcome) in enumerate(
        ((45 - Decimal(small), below), (Decimal(45), at), (45 + Decimal(small), above))
    ):
        assert judged(tmp_path / str(number), target, {"2020": value}, indicator="share").outcome is outcome


def test_a_missing_value_is_undetermined_and_named(tmp_path: Path) -> None:
    status = judged(tmp_path / "a", SHARE.format(45), {"2019": 50}, indicator="share")
    assert (status.outcome, status.missing) == (UNDETERMINED, ("share/2020",))
    status = judged(tmp_path / "b", SHARE.format(45), {"2020": None}, indicator="share")
    assert (status.outcome, status.value, status.missing) == (UNDETERMINED, None, ("share/2020",))
    assert judged(tmp_path / "c", DOUBLE, {"2020": 200}).missing == ("sales/2014",)


def test_later_values_are_not_looked_at(tmp_path: Path) -> None:
    facts = {"2018": 40, "2020": 44, "2021": 50}
    assert judged(tmp_path / "a", SHARE.format(45), facts, indicator="share", as_of=date(2022, 1, 1)).value == 44
    early = judged(tmp_path / "b", SHARE.format(45), facts, indicator="share", as_of=date(2020, 6, 1))
    assert (early.period, early.is_due) == ("2018", False)


def test_a_deadline_before_the_year_reads_the_year_before(tmp_path: Path) -> None:
    target = "{indicator: share, kind: share, value: 45, unit: '%', deadline: 2019-12-31}"
    status = judged(tmp_path, target, {"2019": 44, "2020": 46}, indicator="share")
    assert (status.period, status.outcome) == ("2019", NOT_MET)


def test_the_trend_says_whether_it_would_be_met(tmp_path: Path) -> None:
    facts = {"2015": 30, "2016": 33, "2017": 36}
    status = judged(tmp_path, SHARE.format(45), facts, indicator="share", as_of=date(2017, 12, 31))
    assert (status.forecast, status.forecast_outcome) == (Decimal(45), MET)


@pytest.mark.parametrize(
    ("least", "outcome"), [(Decimal(1), UNDETERMINED), (Decimal("0.9"), MET), (Decimal("0.99"), UNDETERMINED)]
)
def test_an_incomplete_value_decides_only_where_that_is_allowed(
    tmp_path: Path, least: Decimal, outcome: Outcome
) -> None:
    compiled = compiled_pack(tmp_path, PACK + "  t: " + SHARE.format(45))
    row = {
        "indicator": "share",
        "period": "2020",
        "value": Decimal(46),
        "reported": 98,
        "expected": 100,
        "missing": ["x"],
    }
    status = judge_targets(compiled, series_table([row]), as_of=END, least_completeness=least)[0]
    assert (status.outcome, status.value, status.missing) == (outcome, Decimal(46), ("x",))


def test_a_count_is_decided_as_soon_as_the_missing_ones_cannot_change_it(tmp_path: Path) -> None:
    target = "{indicator: counted, kind: count, comparison: gt, value: 50, unit: '%', year: 2020}"
    enough = {f"p{at}": 1 if at < 6 else None for at in range(10)}
    open_still = {f"p{at}": 1 if at < 5 else None if at == 5 else 0 for at in range(10)}
    hopeless = {f"p{at}": 1 if at < 3 else None if at < 5 else 0 for at in range(10)}
    for number, (parks, outcome) in enumerate(((enough, MET), (open_still, UNDETERMINED), (hopeless, NOT_MET))):
        assert judged(tmp_path / str(number), target, {"2020": parks}, indicator="counted").outcome is outcome


def test_a_subject_measured_in_percent_counts_when_it_is_complete(tmp_path: Path) -> None:
    target = "{indicator: share, kind: count, value: 100, unit: '%', deadline: 2020-12-31, path: none}"
    facts = {"2020": {"a": 100, "b": 90}}
    status = judged(tmp_path, target, facts, indicator="share")
    assert (status.outcome, status.value, status.gap) == (NOT_MET, Decimal(50), Decimal(50))


def test_a_status_says_what_it_rests_on_and_how_it_was_reckoned(tmp_path: Path) -> None:
    target = "{indicator: share, kind: share, value: 45, unit: '%', year: 2020, basis: chosen, clause: '1'}"
    status = judged(tmp_path, target, {"2018": 40, "2019": "42.5"}, indicator="share", as_of=date(2019, 12, 31))
    assert status.basis is Basis.CHOSEN
    assert status.citation == "small#1"
    zh = "".join(reason.zh for reason in status.reasons)
    en = " ".join(reason.en for reason in status.reasons)
    assert "占比：2019为 42.5%，目标为不低于 45%（small#1），差 2.5 个百分点。" in zh
    assert "到期前还需每年 2.5 个百分点。" in zh
    assert "On the present trend 45 when due: would be met." in en
    assert "自选" in zh
    assert [read.period for read in status.reads] == ["2019"]


def test_a_later_target_may_not_ask_for_less(tmp_path: Path) -> None:
    targets = """
  first: {indicator: share, kind: share, value: 45, unit: '%', year: 2020}
  later: {indicator: share, kind: share, value: 40, unit: '%', year: 2025}
  other: {indicator: share, subject: x, kind: share, value: 10, unit: '%', year: 2025}
"""
    (finding,) = check_coherence(compiled_pack(tmp_path, PACK + targets), as_of=END)
    assert (finding.kind, finding.target) == ("targets.steps_back", "later")


def test_a_structure_adds_up_to_a_hundred(tmp_path: Path) -> None:
    target = "  t: {indicator: sales, kind: structure, unit: '%', year: 2020, children: [[light, 20], [heavy, 75]]}"
    (finding,) = check_coherence(compiled_pack(tmp_path, PACK + target), as_of=END)
    assert (finding.kind, finding.difference) == ("targets.structure_sum", Decimal(5))
