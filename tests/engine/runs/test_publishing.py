"""The briefing and the report: everything a head of department asks about, in a page that needs no network."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from run_world import PARKS, QUICK, compiled_of, rows, snapshot_of

from yuanzhi.engine.kernel.labels import Label, Language
from yuanzhi.engine.pack import CompiledPack, Pack
from yuanzhi.engine.records import Snapshot
from yuanzhi.engine.runs.briefing import Briefing
from yuanzhi.engine.runs.publishing import REPORT, WORKBOOK, brief_run, monthly_completeness, write_publications
from yuanzhi.engine.runs.report import build_report, shown
from yuanzhi.engine.runs.report_words import WORDS
from yuanzhi.engine.runs.running import Run, make_run

FACTS = {"Run digest": "0123abcd"}


@pytest.fixture(scope="module")
def briefing(compiled: CompiledPack, snapshot: Snapshot, run: Run) -> Briefing:
    return brief_run(compiled, snapshot, run.manifest, run.results, "province-2018")


class Page(HTMLParser):
    """What a page asks the network for, its text outside scripts, its chart data and the places of charts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.text: list[str] = []
        self.tags: list[str] = []
        self.places: set[str] = set()
        self.charts: dict[str, Any] = {}
        self._in = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        self.tags.append(tag)
        self.asked += [f"{tag} {key}={own[key]}" for key in own if key in ("src", "href", "srcset", "action", "data")]
        if "data-chart" in own:
            self.places.add(str(own["data-chart"]))
        self._in = "charts" if own.get("id") == "charts" else tag

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in == "charts":
            self.charts = json.loads(data)
        elif self._in == "style":
            self.asked += re.findall(r"@import[^;]*|url\([^)]*\)", data)
        elif self._in != "script":
            self.text.append(data.strip())

    @property
    def words(self) -> str:
        return " ".join(own for own in self.text if own)


@pytest.fixture(scope="module")
def pages(briefing: Briefing) -> dict[Language, Page]:
    return {language: Page(build_report(briefing, FACTS, language)) for language in ("zh", "en")}


LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


@LANGUAGES
def test_the_page_asks_the_network_for_nothing(pages: dict[Language, Page], language: Language) -> None:
    assert not pages[language].asked
    assert "iframe" not in pages[language].tags


@LANGUAGES
def test_every_park_target_rule_and_choice_is_on_the_page(
    pages: dict[Language, Page], briefing: Briefing, language: Language
) -> None:
    words = pages[language].words
    for line in (*briefing.ranking, *briefing.unranked, *briefing.targets, *briefing.rules, *briefing.proposals):
        assert line.label.text(language) in words
    for choice in briefing.choices:
        assert choice.code in words
        assert choice.why.text(language) in words
    for fragment in (*FACTS, *FACTS.values(), "示政〔2018〕1号", briefing.scheme_label.text(language)):
        assert fragment in words


def test_english_and_chinese_words_do_not_mix(pages: dict[Language, Page]) -> None:
    assert WORDS["targets"].en in pages["en"].words
    for word in WORDS.values():
        assert word.zh != word.en
        if len(word.zh) > 3:
            assert word.zh not in pages["en"].words


@LANGUAGES
def test_every_place_has_its_chart_and_every_chart_its_place(pages: dict[Language, Page], language: Language) -> None:
    page = pages[language]
    assert page.places == set(page.charts)
    assert {"ranking", "profile", "missing", "target-parks_share", "target-parks_revenue"} <= page.places
    for chart in page.charts.values():
        assert chart["data"]
        assert chart["layout"]


def test_a_missing_value_leaves_a_gap_in_charts(pages: dict[Language, Page]) -> None:
    heat = pages["zh"].charts["missing"]["data"][0]
    cells = dict(zip(heat["y"], heat["z"], strict=True))
    assert "小营园区" not in cells, "merged before: nothing was due"
    assert cells["西河园区"][heat["x"].index("2020-05")] == 0.8, "one of five did not report"
    assert all(share == 1 for share in cells["东山园区"])


def test_the_ranking_chart_has_every_ranked_park_once_by_grade(briefing: Briefing, pages: dict[Language, Page]) -> None:
    traces = pages["en"].charts["ranking"]["data"]
    bars = [label for trace in traces for label in trace["y"]]
    assert sorted(bars) == sorted(f"{line.rank}. {line.label.en}" for line in briefing.ranking)
    assert [trace["name"] for trace in traces] == ["Good", "Pass", "Fail"]


def test_names_cannot_break_the_page(briefing: Briefing) -> None:
    evil = '</script><img src="http://evil.example/x" onerror="alert(1)">'
    lines = (replace(briefing.ranking[0], label=Label(evil, evil)), *briefing.ranking[1:])
    page = Page(build_report(replace(briefing, ranking=lines, title=Label(evil, evil)), {evil: evil}, "zh"))
    assert not page.asked
    assert "img" not in page.tags
    assert page.charts, "the data of the charts still parses"
    assert evil in page.words


def test_synthetic_records_are_announced(compiled: CompiledPack, pack: Pack) -> None:
    made = {code: [{**row, "synthetic": True} for row in form] for code, form in rows().items()}
    snapshot = snapshot_of(compiled, made)
    run = make_run([pack], snapshot, QUICK, "made")
    briefing = brief_run(compiled, snapshot, run.manifest, run.results, "province-2018")
    assert briefing.is_synthetic
    assert WORDS["synthetic"].zh in Page(build_report(briefing, {}, "zh")).words


def test_real_records_are_not(pages: dict[Language, Page], briefing: Briefing) -> None:
    assert not briefing.is_synthetic
    assert WORDS["synthetic"].zh not in pages["zh"].words


# The briefing


def test_the_last_year_is_shown_with_places_of_the_year_before(briefing: Briefing, run: Run) -> None:
    ranks = {(r["subject"], r["period"]): r["rank"] for r in run.results["grades"].to_pylist()}
    assert {line.subject: (line.rank, line.rank_before) for line in briefing.ranking} == {
        park: (ranks[park, "2020"], ranks.get((park, "2019"))) for park in PARKS if (park, "2020") in ranks
    }
    assert [line.rank for line in briefing.ranking] == sorted(ranks[p, "2020"] for p in PARKS if (p, "2020") in ranks)


def test_family_scores_stand_beside(briefing: Briefing, run: Run) -> None:
    scores = {(r["subject"], r["node"]): r["score"] for r in run.results["scores"].to_pylist() if r["period"] == "2020"}
    for line in briefing.ranking:
        assert line.families == {"economy": scores[line.subject, "economy"], "order": scores[line.subject, "order"]}


def test_a_target_tells_value_goal_history_and_standing(briefing: Briefing) -> None:
    lines = {line.code: line for line in briefing.targets}
    share, revenue = lines["parks_share_2020"], lines["parks_revenue_2020"]
    later = lines["industrial_revenue_2025"]
    assert (share.standing, revenue.standing, later.standing) == ("met", "not_met", "on_the_way")
    assert (share.unit, revenue.unit, later.unit) == ("%", "万元", "万元")
    assert [year for year, _, _ in share.history] == ["2018", "2019", "2020"]
    assert revenue.basis == "chosen"
    assert revenue.goal == Decimal("37159.2")


def test_only_parks_with_something_proposed_are_listed(briefing: Briefing) -> None:
    states = {line.subject: line.state.en for line in briefing.proposals}
    assert states == {"p2": "May be demoted", "p5": "May be demoted"}
    assert all(line.reasons and line.effects for line in briefing.proposals)


def test_only_chosen_values_are_listed_as_choices(briefing: Briefing) -> None:
    assert [line.code for line in briefing.choices] == ["large_enterprise", "lag_years", "rectify_months"]


def test_rules_are_counted_by_outcome(briefing: Briefing, run: Run) -> None:
    counts = {line.code: dict(line.counts) for line in briefing.rules}
    found = [(r["rule"], r["outcome"]) for r in run.results["determinations"].to_pylist() if r["as_of"] == "2020-12-31"]
    assert {(rule, outcome): n for rule, own in counts.items() for outcome, n in own.items()} == Counter(found)
    assert counts["size_class"]["undetermined"] == 1


def test_completeness_is_reported_over_due(compiled: CompiledPack, snapshot: Snapshot) -> None:
    shares = {(park, month): share for park, month, share in monthly_completeness(compiled, snapshot, 2020)}
    assert shares["p2", "2020-05"] == Decimal("0.8")
    assert all(share == 1 for key, share in shares.items() if key != ("p2", "2020-05"))
    assert not any(park == "p6" for park, _ in shares)


def test_a_pack_without_targets_gives_way_to_the_one_that_has_them(
    compiled: CompiledPack, snapshot: Snapshot, run: Run
) -> None:
    own = compiled.composition.packs[0]
    base = replace(own, identity=replace(own.identity, code="base", title=Label("底座", "Base")))
    both = replace(compiled, composition=replace(compiled.composition, packs=(base, own)))
    assert (
        brief_run(both, snapshot, run.manifest, run.results, "base").title.en
        == "Opinion on the parks of Example Province"
    )


def test_a_run_without_an_assessment_has_a_page_too(snapshot: Snapshot, read_pack_of: Callable[..., Pack]) -> None:
    other = read_pack_of(
        ("    population: all_parks\n", "    population: all_parks\n    missing_parts: [{zh: 权重, en: Weights}]\n")
    )
    run = make_run([other], snapshot, QUICK, "bare")
    briefing = brief_run(compiled_of(other), snapshot, run.manifest, run.results, "province-2018")
    assert briefing.ranking == ()
    assert briefing.proposals == ()
    assert any(code == "run.scheme_incomplete" for _, code, _, _ in briefing.findings)
    page = Page(build_report(briefing, {}, "zh"))
    assert page.places <= set(page.charts) | {"ranking"}
    assert "权重" in page.words


@LANGUAGES
def test_workbook_and_report_stand_in_the_folder_of_the_run(
    tmp_path: Path, compiled: CompiledPack, briefing: Briefing, run: Run, language: Language
) -> None:
    written = write_publications(tmp_path, compiled, briefing, run.manifest, run.results, language)
    assert [path.name for path in written] == [WORKBOOK, REPORT]
    assert run.manifest.digest in (tmp_path / REPORT).read_text(encoding="utf-8")
    assert (tmp_path / WORKBOOK).read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "—"), (Decimal("0"), "0"), (Decimal("-1234567.891"), "-1,234,567.89"), (Decimal("0.005"), "0.01"),
        (Decimal("1E+6"), "1,000,000"), (Decimal("-0.001"), "0"),
    ],
)  # fmt: skip
def test_numbers_for_people(value: Decimal | None, text: str) -> None:
    assert shown(value) == text
