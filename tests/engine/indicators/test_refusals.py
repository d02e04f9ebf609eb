"""What keeps an indicator from being computed, each with its fragments."""

# ruff: noqa: E501 -- a declaration of the pack stays on one line

from __future__ import annotations

from pathlib import Path

import pytest
from indicator_world import registered, series_of, snapshot_of, values

from yuanzhi.engine.indicators import indicator_problems
from yuanzhi.engine.kernel.problems import ProblemsError, Severity
from yuanzhi.engine.pack import CompiledPack, compile_pack, compose, read_pack

HEAD = """
pack: {code: small, version: "1", title: {zh: 小包, en: Small}, issuer: {zh: 示例, en: Example}}
units: {万元: {dimension: money, factor: 10000}, 家: {dimension: "1", factor: 1}}
forms:
  yearly:
    subject: enterprise
    frequency: year
    items: {revenue: {label: {zh: 营收, en: revenue}, unit: 万元}}
sets:
  zones: {label: {zh: 地块, en: parcels}, subject: parcel, members: [x]}
  parks: {label: {zh: 园区, en: parks}, members: [a]}
indicators:
  good: {label: {zh: 好, en: good}, subject: park, unit: 万元, aggregate: {function: sum, of: revenue, by: park}}
"""


def compiled_of(folder: Path, indicator: str) -> CompiledPack:
    """A pack with one more indicator, whatever is wrong with it."""
    (folder / "pack.yaml").write_text(HEAD + "  " + indicator, encoding="utf-8")
    pack = read_pack(folder).pack
    assert pack is not None
    return compile_pack(compose([pack]))


@pytest.mark.parametrize(
    ("indicator", "code", "fragments"),
    [
        pytest.param(
            "a: {label: {zh: 甲, en: a}, subject: park, unit: 万元, aggregate: {function: sum, of: b, by: parent}}\n"
            "  b: {label: {zh: 乙, en: b}, subject: park, unit: 万元, aggregate: {function: sum, of: a, by: parent}}",
            "indicators.cycle", ("a → b → a", "circle"), id="in a circle",
        ),
        pytest.param(
            "a: {label: {zh: 甲, en: a}, subject: park, unit: 万元, scope: nowhere, aggregate: {function: sum, of: revenue, by: park}}",
            "indicators.scope_unknown", ("nowhere", "no declared set"), id="over a set that is not there",
        ),
        pytest.param(
            "a: {label: {zh: 甲, en: a}, subject: park, unit: 万元, scope: zones, aggregate: {function: sum, of: revenue, by: park}}",
            "indicators.scope_unfit", ("zones", "parcel"), id="over a set of something else",
        ),
        pytest.param(
            "a: {label: {zh: 甲, en: a}, subject: parcel, unit: 家, aggregate: {function: count}}",
            "indicators.lower_unknown", ("a", "lower subject"), id="of nobody knows whom",
        ),
    ],
)  # fmt: skip
def test_refused(tmp_path: Path, indicator: str, code: str, fragments: tuple[str, ...]) -> None:
    compiled = compiled_of(tmp_path, indicator)
    (problem,) = [found for found in indicator_problems(compiled) if found.severity is Severity.ERROR]
    assert problem.code == code
    for fragment in fragments:
        assert fragment in problem.text("en")
    assert problem.text("zh")
    with pytest.raises(ProblemsError):
        series_of(compiled, snapshot_of(compiled, [], {}), "2018")


def test_without_a_definition_it_is_left_out_with_a_warning_and_the_rest_is_computed(tmp_path: Path) -> None:
    indicator = "a: {label: {zh: 甲, en: a}, subject: park, unit: 万元}"
    compiled = compiled_of(tmp_path, indicator)
    assert [problem.code for problem in indicator_problems(compiled)] == ["indicators.no_definition"]
    events = [registered("park", "p"), registered("enterprise", "e", park="p")]
    rows = [{"subject": "e", "period": "2018", "revenue": 7}]
    table = series_of(compiled, snapshot_of(compiled, events, {"yearly": rows}), "2018")
    assert set(table["indicator"].to_pylist()) == {"good"}
    assert values(table, "good") == {"p/2018": "7"}


def test_an_indicator_nobody_declared_is_named(tmp_path: Path) -> None:
    compiled = compiled_of(tmp_path, "")
    with pytest.raises(ProblemsError, match="none_such"):
        series_of(compiled, snapshot_of(compiled, [], {}), "2018", indicators=["none_such"])


def test_a_month_is_not_asked_of_a_yearly_indicator(tmp_path: Path) -> None:
    compiled = compiled_of(tmp_path, "")
    events = [registered("park", "p"), registered("enterprise", "e", park="p")]
    assert series_of(compiled, snapshot_of(compiled, events, {}), "2018-01").num_rows == 0
