"""The packs' examples carried out: what holds, what does not and why, what cannot be run."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from run_world import compiled_of, read

from yuanzhi.engine.pack import CompiledPack
from yuanzhi.engine.pack.model import Example
from yuanzhi.engine.runs.examples import run_example, run_examples

EXAMPLES = """
examples:
  low_output_met:
    label: {zh: 亩均税收不到八万元的限制用地。, en: Tax of less than 80000 per mu limits land.}
    of: rules/low_output
    as_of: 2020-12-31
    facts: {park_tax: 650, land: 100, kind: industrial}
    expect: {outcome: met, effect: limit_land, gives: {short_by: 1.5}}
  low_output_spared:
    label: {zh: 农业园区除外。, en: Farming parks are spared.}
    of: rules/low_output
    as_of: 2020-12-31
    facts: {park_tax: 650, land: 100, kind: farming}
    expect: {outcome: met, effect: spared, exception: farming_spared}
  low_output_unknown:
    label: {zh: 没有亩均税收的不能确定。, en: Without the figure it cannot be told.}
    of: rules/low_output
    as_of: 2020-12-31
    facts: {park_tax: 650, kind: industrial}
    expect: {outcome: undetermined, missing: [land]}
  reward_not_open:
    label: {zh: 未开展奖励的不给。, en: Where rewards are not open none is given.}
    of: rules/reward
    as_of: 2020-12-31
    facts: {revenue: 9000, is_high_tech: true}
    parameters: {rewards_open: false}
    expect: {outcome: not_met, effect: none}
  middle_size:
    label: {zh: 1200万元为中。, en: 12 million is middle.}
    of: rules/size_class
    as_of: 2020-12-31
    facts: {revenue: 1200}
    expect: {gives: {points: 2}}
  share_met:
    label: {zh: 占三成达标。, en: Three tenths meet the goal.}
    of: targets/parks_share_2020
    as_of: 2020-12-31
    facts: {"2018": 20, "2020": 30}
    expect: {outcome: met, gap: 0, goal: 30, value: 30, on_path: met, coherent: true}
  growth_short:
    label: {zh: 增长不到两成的未达标。, en: Less than a fifth falls short.}
    of: targets/parks_revenue_2020
    as_of: 2020-12-31
    facts: {"2018": 1000, "2020": 1190}
    expect: {outcome: not_met, gap: 10, goal: 1200}
  ratio:
    label: {zh: 税收除以用地。, en: Tax over land.}
    of: indicators/tax_per_mu
    as_of: 2020-12-31
    facts: {park_tax: 900, land: 120}
    expect: {value: 7.5}
  ratio_of_nothing:
    label: {zh: 没有用地的没有亩均税收。, en: Without land there is none.}
    of: indicators/tax_per_mu
    as_of: 2020-12-31
    facts: {park_tax: 900, land: 0}
    expect: {value: null}
  rolled_up:
    label: {zh: 缺一家时合计与完整率照说。, en: With one missing the sum and the completeness say so.}
    of: indicators/park_revenue
    period: "2019"
    facts:
      rows:
        - {subject: a, park: p1, period: 2019-01, revenue: 30}
        - {subject: b, park: p1, period: 2019-01, revenue: null}
        - {subject: c, park: p2, period: 2019-01, revenue: 5}
      register: {p1: {name: 东山}, p2: {name: 西河}}
    expect: {values: {p1: 30, p2: 5}}
  three_parks:
    label: {zh: 甲好、乙合格、丙缺数不评。, en: "A is good, B passes, C is not ranked."}
    of: schemes/park_assessment
    as_of: 2020-12-31
    facts:
      subjects:
        A: {tax_per_mu: 20, revenue_growth: 20, accidents_reported: 0, air_quality: 100, major_accidents: 0}
        B: {tax_per_mu: 10, revenue_growth: 5, accidents_reported: 2, air_quality: 90, major_accidents: 0}
        C: {tax_per_mu: 15, revenue_growth: 5, accidents_reported: 2, air_quality: null, major_accidents: 0}
        D: {tax_per_mu: 20, revenue_growth: 20, accidents_reported: 0, air_quality: 100, major_accidents: 1}
    expect:
      scores: {A: 100, B: 41, D: 100}
      ranks: {A: 1, B: 3, C: null}
      grades: {A: A, B: C, D: C}
      undecided: [C]
      vetoes: {D: major_accident}
      nodes: {B: {order: 80, economy: 15}}
      problems: []
  failed_twice:
    label: {zh: 连续两年不合格的可降级。, en: Failing twice in a row may lead to demotion.}
    of: consequences/ladder
    as_of: 2020-02-01
    facts: {subject: X, history: [{period: "2018", grade: C, score: 30}, {period: "2019", grade: C, score: 20}]}
    expect: {state: demotable, effects: [propose_demotion], counters: {failed_years: 2}, undetermined: false}
  failed_once:
    label: {zh: 一次不合格的限期整改。, en: Failing once gives a time to rectify.}
    of: consequences/ladder
    as_of: 2019-02-01
    facts: {history: [{period: "2018", grade: C, score: 30, announced: 2019-01-15}]}
    expect:
      state: rectifying
      effects: [limit_land, warn]
      deadline: "2019-07-15"
      forecast: [propose_demotion, propose_demotion]
  land_shared:
    label: {zh: 亩均税收高的先得。, en: The higher yield is served first.}
    of: allocations/land_quota
    as_of: 2020-12-31
    facts: {requests: [{id: low, asked: 70, yield_now: 5}, {id: high, asked: 80, yield_now: 9}]}
    expect: {granted: {high: 80, low: 20}, left: 0, statuses: {high: granted}}
  limit_stated:
    label: {zh: 下限为八万元。, en: The limit is 80000.}
    of: parameters/least_tax_per_mu
    as_of: 2020-12-31
    facts: {}
    expect: {value: 8, basis: stated}
  industrial_ones:
    label: {zh: 工业园区五个。, en: Five industrial parks.}
    of: sets/industrial_parks
    as_of: 2020-12-31
    facts: {}
    expect: {count: 5, members: [p6, p4, p3, p2, p1]}
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> CompiledPack:
    return compiled_of(read(tmp_path_factory.mktemp("examples") / "pack", more=EXAMPLES))


def example(compiled: CompiledPack, code: str) -> Example:
    return next(own for own in compiled.composition.examples.values() if own.code == code)


def told(compiled: CompiledPack, changed: Example) -> list[tuple[str, dict[str, str]]]:
    return [(problem.code, dict(problem.values)) for problem in run_example(compiled, changed).problems]


def test_every_section_has_an_example_that_holds(compiled: CompiledPack) -> None:
    results = run_examples(compiled)
    assert [result.example for result in results] == list(compiled.composition.examples.values())
    problems = [problem.text("en") for result in results for problem in result.problems]
    assert not problems
    sections = {result.example.of.partition("/")[0] for result in results}
    assert sections == {
        "rules", "targets", "indicators", "schemes", "consequences", "allocations", "parameters", "sets",
    }  # fmt: skip


def test_the_examples_of_other_packs_can_be_left_out(compiled: CompiledPack) -> None:
    assert run_examples(compiled, ["another-pack"]) == ()
    assert len(run_examples(compiled, ["province-2018"])) == len(compiled.composition.examples)


WRONG: dict[str, tuple[str, dict[str, Any], dict[str, tuple[str, str]]]] = {
    "an outcome": ("low_output_met", {"outcome": "not_met"}, {"outcome": ("not_met", "met")}),
    "an effect": ("low_output_met", {"effect": "spared"}, {"effect": ("spared", "limit_land")}),
    "a value given": (
        "low_output_met", {"gives": {"short_by": Decimal("1.6")}},
        {"gives": ("{short_by: 1.6}", "{short_by: 1.5}")},
    ),
    "a value nobody gives": (
        "low_output_met", {"gives": {"other": 1}}, {"gives": ("{other: 1}", "{short_by: 1.5}")},
    ),
    "what is missing": ("low_output_unknown", {"missing": ["kind"]}, {"missing": ("[kind]", "[land]")}),
    "nothing missing": ("low_output_unknown", {"missing": []}, {"missing": ("[]", "[land]")}),
    "a gap": ("growth_short", {"gap": 9}, {"gap": ("9", "10")}),
    "a missing value": ("ratio_of_nothing", {"value": 0}, {"value": ("0", "")}),
    "a value": ("ratio", {"value": Decimal("7.51")}, {"value": ("7.51", "7.5")}),
    "a score": (
        "three_parks", {"scores": {"B": Decimal("41.1")}},
        {"scores": ("{B: 41.1}", "{A: 100, B: 41, C: , D: 100}")},
    ),
    "a rank and a grade": (
        "three_parks", {"ranks": {"A": 2}, "grades": {"A": "A"}},
        {"ranks": ("{A: 2}", "{A: 1, B: 3, C: , D: 1}")},
    ),
    "a state": ("failed_twice", {"state": "normal"}, {"state": ("normal", "demotable")}),
    "a counter": (
        "failed_twice", {"counters": {"failed_years": 3}}, {"counters": ("{failed_years: 3}", "{failed_years: 2}")},
    ),
    "a grant": (
        "land_shared", {"granted": {"low": 70}}, {"granted": ("{low: 70}", "{high: 80, low: 20}")},
    ),
    "a basis": ("limit_stated", {"basis": "chosen"}, {"basis": ("chosen", "stated")}),
    "a number of members": ("industrial_ones", {"count": 6}, {"count": ("6", "5")}),
    "a thing no such example has": ("ratio", {"rank": 1}, {"rank": ("1", "")}),
}  # fmt: skip


@pytest.mark.parametrize(("code", "expect", "differing"), WRONG.values(), ids=WRONG)
def test_a_wrong_expectation_is_told_with_what_was_found(
    compiled: CompiledPack, code: str, expect: dict[str, Any], differing: dict[str, tuple[str, str]]
) -> None:
    own = replace(example(compiled, code), expect=expect)
    assert told(compiled, own) == [
        ("example.failed", {"name": own.label.zh, "what": what, "expected": expected, "found": found})
        for what, (expected, found) in differing.items()
    ]
    text = run_example(compiled, own).problems[0].text("zh")
    assert "more.yaml" in text
    assert own.label.zh in text


def test_a_number_may_differ_by_less_than_a_millionth(compiled: CompiledPack) -> None:
    own = example(compiled, "ratio")
    assert not told(compiled, replace(own, expect={"value": Decimal("7.5000009")}))
    assert told(compiled, replace(own, expect={"value": Decimal("7.500002")}))


def test_the_order_of_a_list_does_not_matter_and_its_length_does(compiled: CompiledPack) -> None:
    own = example(compiled, "failed_once")
    assert not told(compiled, replace(own, expect={"effects": ["warn", "limit_land"]}))
    assert told(compiled, replace(own, expect={"effects": ["warn"]}))
    assert told(compiled, replace(own, expect={"effects": ["warn", "warn", "limit_land"]}))


def test_a_mapping_names_only_what_it_cares_about(compiled: CompiledPack) -> None:
    own = example(compiled, "three_parks")
    assert not told(compiled, replace(own, expect={"grades": {"D": "C"}}))
    assert not told(compiled, replace(own, expect={}))


BROKEN: dict[str, tuple[str, dict[str, Any]]] = {
    "of nothing declared": ("ratio", {"of": "indicators/tax_per_mo"}),
    "of no section": ("ratio", {"of": "tax_per_mu"}),
    "of a section without a runner": ("ratio", {"of": "clauses/1"}),
    "a scheme without subjects": ("three_parks", {"facts": {}}),
    "an allocation without requests": ("land_shared", {"facts": {"amount": 3}}),
    "rows of no form": ("rolled_up", {"facts": {"rows": [{"subject": "a", "period": "2019-01", "colour": 1}]}}),
    "no rows": ("rolled_up", {"facts": {"rows": []}}),
    "a period that is none": ("rolled_up", {"period": "soon"}),
    "a history without periods": ("failed_twice", {"facts": {"history": [{"grade": "C"}]}}),
    "an event without a day": ("failed_twice", {"facts": {"events": [{"event": "x"}]}}),
    "a word for a number": ("ratio", {"facts": {"park_tax": "much", "land": 1}}),
}


@pytest.mark.parametrize(("code", "change"), BROKEN.values(), ids=BROKEN)
def test_an_example_that_cannot_run_says_so(compiled: CompiledPack, code: str, change: dict[str, Any]) -> None:
    own = replace(example(compiled, code), **change)
    (problem,) = run_example(compiled, own).problems
    assert problem.code == "example.broken"
    for language in ("zh", "en"):
        assert own.label.zh in problem.text(language)


def test_a_parameter_that_is_not_declared_is_named(compiled: CompiledPack) -> None:
    own = replace(example(compiled, "reward_not_open"), parameters={"rewards_opn": False})
    assert [problem.code for problem in run_example(compiled, own).problems] == ["run.parameter_unknown"]


def test_problems_can_be_expected(compiled: CompiledPack) -> None:
    """A scheme that must be refused is an example like any other."""
    own = example(compiled, "three_parks")
    same = {unit: {**row, "tax_per_mu": Decimal(5)} for unit, row in own.facts["subjects"].items()}
    refused = replace(own, facts={"subjects": same}, expect={"problems": ["assessment.constant_column"]})
    found = run_example(compiled, refused).problems
    assert not found, [problem.text("en") for problem in found]


def test_each_example_has_its_day(compiled: CompiledPack) -> None:
    own = example(compiled, "limit_stated")
    before = replace(own, as_of=date(2017, 12, 31), expect={"value": None, "basis": "missing"})
    assert not told(compiled, before)
    assert not told(compiled, replace(own, as_of=None, period="2020"))


def test_a_failing_example_names_its_file_and_line(tmp_path: Path) -> None:
    text = EXAMPLES.replace("expect: {value: 7.5}", "expect: {value: 8}")
    results = run_examples(compiled_of(read(tmp_path / "pack", more=text)))
    (problem,) = [problem for result in results for problem in result.problems]
    line = text.splitlines().index("  ratio:") + 1
    assert f"more.yaml:{line}" in str(problem.place)
