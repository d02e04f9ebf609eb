"""Why a result is what it is: from every number down to a clause, or to a file and the day it came in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from run_world import QUICK, snapshot_of
from run_world import rows as returns

from yuanzhi.engine.indicators.inspecting import Contribution, contributions
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.kernel.problems import ProblemsError
from yuanzhi.engine.pack import CompiledPack, Pack
from yuanzhi.engine.records import Snapshot
from yuanzhi.engine.runs.evaluating import evaluate
from yuanzhi.engine.runs.explaining import Explainer, explain
from yuanzhi.engine.runs.explanations import Explanation, as_text
from yuanzhi.engine.runs.origins import result_name
from yuanzhi.engine.runs.running import Run, compile_with, simulate

SHOWN = {"series": "value", "scores": "score", "grades": "score"}
"""The column of each table that its explanation tells as a number."""


@pytest.fixture(scope="module")
def explainer(compiled: CompiledPack, snapshot: Snapshot, run: Run) -> Explainer:
    return Explainer(compiled, snapshot, run.results)


def rows(run: Run, table: str) -> Iterator[tuple[dict[str, Any], str]]:
    for row in run.results[table].to_pylist():
        yield row, result_name(table, row)


def leaves(part: Explanation) -> Iterator[Explanation]:
    if not part.inputs:
        yield part
    for below in part.inputs:
        yield from leaves(below)


def walk(part: Explanation) -> Iterator[Explanation]:
    yield part
    for below in part.inputs:
        yield from walk(below)


def number(text: str) -> Decimal:
    return Decimal(text)


TABLES = ["series", "targets", "determinations", "scores", "grades", "proposals"]


@pytest.mark.parametrize("table", TABLES)
def test_every_result_of_a_run_can_be_explained(explainer: Explainer, run: Run, table: str) -> None:
    """Each names itself, tells the value of the table, and ends at a source, a clause or what is missing."""
    told = 0
    for row, name in rows(run, table):
        found = explainer.explain(name)
        told += 1
        assert found.name == name
        for language in ("zh", "en"):
            assert as_text(found, language).splitlines()[0].strip()
        for leaf in leaves(found):
            reached = leaf.sources or leaf.citation or leaf.value == "…" or any(n.zh for n in leaf.notes)
            assert reached, f"{name}: {leaf.title.zh} leads nowhere"
        if table in SHOWN and row[SHOWN[table]] is not None:
            stored = row[SHOWN[table]]
            places = -number(found.value).as_tuple().exponent if "." in found.value else 0
            assert abs(number(found.value) - stored) <= Decimal(5).scaleb(-places - 1), name
        elif table in SHOWN:
            assert found.value == "", name
    assert told == run.results[table].num_rows > 0


def test_every_value_under_a_result_is_the_value_of_the_table(explainer: Explainer, run: Run) -> None:
    """What an explanation tells on the way down are results themselves, under their own names."""
    stored = {name: row[SHOWN[table]] for table in SHOWN for row, name in rows(run, table)}
    for _, name in rows(run, "grades"):
        for part in walk(explainer.explain(name)):
            if part.name and part.value:
                assert abs(number(part.value) - stored[part.name]) < Decimal("0.51"), part.name
            elif part.name:
                assert stored[part.name] is None, part.name


# The parts of a sum


def values_of(run: Run, indicator: str) -> dict[tuple[str, str, str], Decimal | None]:
    return {
        (row["subject"], row["period"], row["scope"] or ""): row["value"]
        for row, _ in rows(run, "series")
        if row["indicator"] == indicator
    }


def _median(values: list[Decimal]) -> Decimal:
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _came_to(function: str, parts: tuple[Contribution, ...]) -> Decimal:
    own = [Decimal(part.value) for part in parts if part.counts and part.value is not None and part.value is not True]
    match function:
        case "sum":
            return sum(own, Decimal(0))
        case "count":
            return Decimal(sum(1 for part in parts if part.counts))
        case "avg":
            return sum(own, Decimal(0)) / len(own)
        case "median":
            return _median(own)
        case _:
            whole = [Decimal(part.value) for part in parts if part.value is not None]
            return 100 * sum(own, Decimal(0)) / sum(whole, Decimal(0))


AGGREGATES = [
    "park_revenue", "park_tax", "park_employees", "high_tech_share", "large_enterprises", "mean_revenue_per_worker",
    "median_revenue", "parks_revenue",
]  # fmt: skip


@pytest.mark.parametrize("indicator", AGGREGATES)
def test_the_parts_shown_come_to_the_value(
    compiled: CompiledPack, snapshot: Snapshot, run: Run, indicator: str
) -> None:
    """Stocks are not added over months, scopes and merged parks are kept apart, what does not count is not counted."""
    aggregate = compiled.composition.indicators[indicator].aggregate
    assert aggregate is not None
    for (period, scope), values in _by_frame(values_of(run, indicator)).items():
        if period != "2020":
            continue
        found = contributions(compiled, snapshot, indicator, Period.read(period), scope=scope, as_of=date(2020, 12, 31))
        for subject, value in values.items():
            if value is not None:
                came_to = _came_to(aggregate.function, found.get(subject, ()))
                assert abs(came_to - value) < Decimal("1e-9"), (subject, period, scope)


def _by_frame(values: dict[tuple[str, str, str], Decimal | None]) -> dict[tuple[str, str], dict[str, Decimal | None]]:
    frames: dict[tuple[str, str], dict[str, Decimal | None]] = {}
    for (subject, period, scope), value in values.items():
        frames.setdefault((period, scope), {})[subject] = value
    return frames


def test_a_sum_over_a_set_names_no_park_outside_it(explainer: Explainer) -> None:
    whole = {part.title.zh for part in explainer.explain("series/parks_revenue/-/990000/2019").inputs}
    industry = {part.title.zh for part in explainer.explain("series/parks_revenue/industrial_parks/990000/2019").inputs}
    assert any("中原农业园区" in title for title in whole)
    assert industry
    assert not any("中原农业园区" in title for title in industry)


def test_a_city_names_only_its_own_parks(explainer: Explainer) -> None:
    parts = explainer.explain("series/parks_revenue/-/990100/2019").inputs
    assert {part.title.zh.split()[0] for part in parts} == {"东山园区", "西河园区", "南坪园区"}


def test_a_merged_park_lies_in_the_other_from_then_on(explainer: Explainer, run: Run) -> None:
    before = explainer.explain("series/park_revenue/-/p4/2019").inputs
    after = explainer.explain("series/park_revenue/-/p4/2020").inputs
    assert "企业23 营业收入" not in {part.title.zh for part in before}
    assert "企业23 营业收入" in {part.title.zh for part in after}


def test_growth_shows_both_years(explainer: Explainer) -> None:
    parts = explainer.explain("series/revenue_growth/-/p1/2019").inputs
    assert [part.name for part in parts] == ["series/park_revenue/-/p1/2019", "series/park_revenue/-/p1/2018"]


def test_a_count_says_how_many_do_not_meet_its_condition(explainer: Explainer) -> None:
    parts = explainer.explain("series/large_enterprises/-/p1/2019").inputs
    assert [part.title.text("en") for part in parts] == [
        "5 do not meet the condition",
        "Size limit (p.large_enterprise)",
    ]


def test_what_was_not_reported_is_named(explainer: Explainer) -> None:
    found = explainer.explain("series/park_revenue/-/p2/2020")
    assert any("e07" in note.zh and "4" in note.zh for note in found.notes)
    air = explainer.explain("series/air_quality/-/p3/2019")
    assert air.value == ""
    assert "missing" in as_text(air, "en")


# Sources, clauses, marks


def test_the_walk_ends_at_file_and_recorded_day(explainer: Explainer) -> None:
    text = as_text(explainer.explain("grades/park_assessment/2020/p1"), "zh")
    for fragment in (
        "名次", "综合得分", "权重 0.6", "亩均税收 = ", "园区年报.csv，2021-02-20 收到",
        "2020月报.csv#2，2021-01-09 收到",
        "《示例省园区意见》示政〔2018〕1号 第五条（province-2018#5）",
    ):  # fmt: skip
        assert fragment in text, fragment


def test_both_languages_tell_the_same_and_english_has_no_chinese_words(explainer: Explainer, run: Run) -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]+")
    allowed = {"企业", "月报", "园区年报", "统计公报", "示政", "号"} | {
        "元", "万元", "亿元", "亩", "公顷", "人", "起", "家",
    }  # fmt: skip
    for name in (
        "grades/park_assessment/2019/p2", "targets/parks_share_2020/990000/2020-12-31",
        "determinations/low_output/p5/2020-12-31", "proposals/ladder/p5/2020-12-31",
    ):  # fmt: skip
        zh, en = as_text(explainer.explain(name), "zh"), as_text(explainer.explain(name), "en")
        assert len(zh.splitlines()) == len(en.splitlines())
        assert not set(chinese.findall(en)) - allowed, name


def test_stated_and_chosen_are_marked_apart(explainer: Explainer) -> None:
    reward = explainer.explain("determinations/reward/e03/2020-12-31")
    marks = {part.title.en: part.basis for part in reward.inputs if part.basis}
    assert marks == {
        "Size limit (p.large_enterprise)": Basis.CHOSEN, "Share rewarded (p.reward_share)": Basis.STATED,
        "Rewards are open (p.rewards_open)": Basis.STATED,
    }  # fmt: skip
    assert reward.basis is Basis.CHOSEN
    low = explainer.explain("determinations/low_output/p1/2020-12-31")
    assert low.basis is Basis.STATED
    assert not low.rests_on_choice
    assert explainer.explain("grades/park_assessment/2020/p1").basis is Basis.CHOSEN, "one weight was chosen"
    text = as_text(reward, "zh")
    assert "本包选定" in text
    assert "原文未写数。" in text


def test_a_parameter_set_for_the_run_is_marked_as_chosen(quick: Run, pack: Pack, snapshot: Snapshot) -> None:
    done = simulate([pack], snapshot, QUICK, parameters={"least_tax_per_mu": Decimal(9)}, before=quick.results)
    compiled = compile_with([pack], {"least_tax_per_mu": Decimal(9)})
    found = explain(compiled, snapshot, done.after, "determinations/low_output/p1/2019-12-31")
    parameter = next(part for part in found.inputs if "p.least_tax_per_mu" in part.title.zh)
    assert (parameter.value, parameter.basis) == ("9", Basis.CHOSEN)
    assert any("本次运行" in note.zh for note in parameter.notes)


def test_synthetic_records_are_marked(compiled: CompiledPack, run: Run) -> None:
    made = returns()
    for form in made.values():
        for row in form:
            row["synthetic"] = True
    snapshot = snapshot_of(compiled, made)
    results = evaluate(compiled, snapshot, QUICK)
    found = explain(compiled, snapshot, results, "series/park_revenue/-/p1/2019")
    assert found.synthetic
    assert all(part.synthetic for part in found.inputs)
    assert "合成数据" in as_text(found, "zh")


# Rules, grades and what follows


def test_a_determination_tells_each_condition_with_what_was_found(explainer: Explainer, run: Run) -> None:
    row = next(
        row for row, _ in rows(run, "determinations") if row["rule"] == "low_output" and row["outcome"] == "met"
        and not row["exception"]
    )  # fmt: skip
    found = explainer.explain(result_name("determinations", row))
    notes = [note.text("en") for note in found.notes]
    assert notes[0] == "→ New land is limited"
    value = next(part for part in found.inputs if part.name.startswith("series/tax_per_mu")).value
    assert any(note.startswith("✓ Tax per mu < Least tax per mu (found ") and value[:3] in note for note in notes)
    assert any(note.startswith("✗ exception “Farming parks are spared”") for note in notes)
    assert any(note.startswith("short_by = ") and note.endswith(" 万元/亩") for note in notes)


def test_an_exception_that_decides_is_told(explainer: Explainer) -> None:
    found = explainer.explain("determinations/low_output/p5/2020-12-31")
    assert any(note.en.startswith("✓ exception “Farming parks are spared”") for note in found.notes)


def test_the_row_of_a_table_that_hit_is_told_with_what_it_read(explainer: Explainer) -> None:
    found = explainer.explain("determinations/size_class/e00/2020-12-31")
    assert any(note.zh.startswith("第 1 行 小：size < 1200") for note in found.notes)
    assert [part.title.zh for part in found.inputs] == ["企业00 营业收入"]


def test_an_undetermined_rule_names_what_is_missing(explainer: Explainer) -> None:
    found = explainer.explain("determinations/size_class/e07/2020-12-31")
    assert found.word.en == "undetermined"
    assert any(note.zh == "缺：营业收入" for note in found.notes)


def test_a_veto_and_a_missing_value_are_told_in_words(explainer: Explainer) -> None:
    vetoed = explainer.explain("grades/park_assessment/2019/p2")
    assert (vetoed.word.zh, vetoed.word.en) == ("不合格", "Fail")
    assert any(note.zh == "一票否决：重大事故" and note.en == "vetoed: Major accident" for note in vetoed.notes)
    lacking = explainer.explain("grades/park_assessment/2019/p3")
    assert any(note.zh == "缺：空气质量" and note.en == "missing: Air quality" for note in lacking.notes)


def test_a_multiple_shows_the_base_year_and_the_goal_in_its_unit(explainer: Explainer) -> None:
    found = explainer.explain("targets/parks_revenue_2020/990000/2020-12-31")
    assert [part.name.rpartition("/")[2] for part in found.inputs] == ["2020", "2018"]
    base, goal = number(found.inputs[1].value), found.formula.en.rpartition("≥ ")[2]
    assert goal == f"{(base * Decimal('1.2')).normalize():f} 万元"
    assert found.basis is Basis.CHOSEN


def test_a_proposal_tells_why_what_and_what_next(explainer: Explainer) -> None:
    found = explainer.explain("proposals/ladder/p5/2019-12-31")
    notes = " ".join(note.en for note in found.notes)
    for fragment in ("Failed in a row", "proposed: Demotion is proposed", "grade A in the next period: Normal"):
        assert fragment in notes
    assert [part.name for part in found.inputs] == ["grades/park_assessment/2018/p5", "grades/park_assessment/2019/p5"]
    first = explainer.explain("proposals/ladder/p5/2018-12-31")
    assert any("2019-06-30" in note.zh for note in first.notes)


# Names that do not exist

UNKNOWN = {
    "a slip in the subject": ("grades/park_assessment/2020/p11", "grades/park_assessment/2020/p1"),
    "a slip in the scheme": ("grades/park_assesment/2020/p1", "grades/park_assessment/2020/p1"),
    "a slip in the table": ("grade/park_assessment/2020/p1", "grades/park_assessment/2020/p1"),
    "another year": ("series/tax_per_mu/-/p1/2021", "series/tax_per_mu/-/p1/20"),
    "a part too few": ("scores/park_assessment/2020/p1", "scores/park_assessment/2020/p1/"),
    "findings": ("findings/warning/x/y/z", ""),
    "nothing": ("", ""),
    "only a table": ("targets", ""),
}


@pytest.mark.parametrize(("name", "near"), UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_result_is_refused_with_the_nearest_name(explainer: Explainer, name: str, near: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        explainer.explain(name)
    assert [problem.code for problem in caught.value.problems] == ["run.result_unknown"]
    for language in ("zh", "en"):
        text = caught.value.problems[0].text(language)
        assert f"“{name}”" in text
        assert near in text


def test_depth_limits_what_is_printed(explainer: Explainer) -> None:
    found = explainer.explain("grades/park_assessment/2020/p1")
    lengths = [len(as_text(found, "zh", depth).splitlines()) for depth in range(5)]
    assert lengths == sorted(set(lengths))
