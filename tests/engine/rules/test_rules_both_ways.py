"""The query over many subjects and the interpreter of one give the same answers."""
# ruff: noqa: E501 -- a declaration of the pack stays on one line

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rule_world import DAY, compiled_pack

from yuanzhi.engine.kernel.outcomes import Outcome
from yuanzhi.engine.pack import CompiledPack
from yuanzhi.engine.rules import Determination, Determinations, determine, determine_all, determine_one, explain

PACK = """
forms:
  yearly:
    subject: enterprise
    frequency: year
    items:
      output: {label: {zh: 产出, en: output}, unit: 万元}
      land: {label: {zh: 用地, en: land}, unit: 亩}
      grade: {label: {zh: 等级, en: grade}, type: text}
      is_new: {label: {zh: 新建, en: new}, type: boolean}
      since: {label: {zh: 起, en: since}, type: date}
parameters:
  least: {label: {zh: 最低, en: least}, unit: 万元/亩, value: 10, basis: stated}
  unknown: {label: {zh: 未定, en: open}, unit: 万元/亩, values: []}
indicators:
  per_mu: {label: {zh: 亩均, en: per mu}, subject: enterprise, unit: 万元/亩, measurement: rate, formula: output / land}
rules:
  plain:
    label: {zh: 亩均达标, en: Output per mu}
    clause: "1"
    modality: must
    subject: enterprise
    when: per_mu >= p.least and (is_new or grade in ('A', 'B'))
    then: {code: reward, label: {zh: 奖励, en: Rewarded}, gives: {amount: output * 10%, ratio: output / land, word: "case when is_new then 'new' else grade end"}}
    otherwise: {code: warn, gives: {amount: output * 1%, gap: p.least - per_mu}}
    on_undetermined: {zh: 请补报。, en: Please report.}
  scoped:
    modality: must
    subject: enterprise
    scope: {territories: ["630000"], kinds: [plant, office], where: "starts_with(industry, 'C')"}
    when: output > 5
    then: {code: yes}
    otherwise: {code: no}
  excepted:
    modality: must
    subject: enterprise
    when: per_mu >= p.least
    then: {code: allowed}
    otherwise: {code: refused}
    exceptions:
      - {code: young, when: since > date '2017-01-01', then: {code: refused}, order: 3}
      - {code: favoured, label: {zh: 特批, en: Favoured}, when: grade = 'A', then: {code: allowed, gives: {amount: output}}, order: 2, decision: true}
      - {code: left, when: grade = 'B', then: {code: later}, order: 1}
      - {code: right, when: is_new, then: {code: sooner}, order: 1}
  unset:
    modality: must
    subject: enterprise
    when: per_mu >= p.unknown or grade = 'A'
    then: {code: yes}
  table_unique:
    modality: must
    subject: enterprise
    when: is_new
    then: {code: priced, gives: {fallback: output}}
    otherwise: {code: none}
    table:
      inputs: {level: per_mu, grade: grade}
      outputs: {price: 万元, note: text}
      rows:
        - {when: {level: "< 5"}, then: {price: "1", note: low}}
        - {when: {level: "[5, 20)", grade: A}, then: {price: 2 * output, note: good}, label: {zh: 中等, en: middle}}
        - {when: {level: "[5, 20)", grade: "not (A)"}, then: {price: "3", note: fair}}
  table_first:
    modality: must
    subject: enterprise
    then: {code: priced}
    table:
      inputs: {level: per_mu, grade: grade}
      outputs: {price: 万元}
      hit: first
      rows:
        - {when: {grade: A}, then: {price: "1"}}
        - {when: {level: ">= 10"}, then: {price: output}}
        - {when: {grade: "-"}, then: {price: "9"}}
  table_collect:
    modality: must
    subject: enterprise
    then: {code: priced}
    otherwise: {code: nothing}
    table:
      inputs: {level: per_mu, grade: grade}
      outputs: {price: 万元}
      hit: collect
      rows:
        - {when: {grade: "A, B"}, then: {price: "1"}}
        - {when: {level: ">= 10"}, then: {price: output}}
        - {when: {level: ">= 10", grade: A}, then: {price: "9"}}
"""
RULES = ("plain", "scoped", "excepted", "unset", "table_unique", "table_first", "table_collect")
CENTS = st.decimals(min_value=-20, max_value=200, places=2)
FACTS = st.fixed_dictionaries(
    {
        "output": st.none() | CENTS | st.sampled_from([Decimal("0.00"), Decimal("100.00"), Decimal("5.00")]),
        "land": st.none() | st.sampled_from([Decimal(text) for text in ("0.00", "1.00", "10.00", "3.00", "-2.00")]),
        "grade": st.none() | st.sampled_from(["A", "B", "C"]),
        "is_new": st.none() | st.booleans(),
        "since": st.none() | st.sampled_from([date(2016, 1, 1), date(2017, 6, 1)]),
        "territory": st.none() | st.sampled_from(["630102", "620100"]),
        "kind": st.none() | st.sampled_from(["plant", "farm"]),
        "industry": st.none() | st.sampled_from(["C13", "A01"]),
    }
)
DECIDED = st.sets(st.sampled_from(["excepted/favoured", "plain/favoured"]), max_size=1)
COLUMNS = pa.schema(
    [
        ("subject", pa.string()), ("output", pa.decimal128(18, 2)), ("land", pa.decimal128(18, 2)), ("grade", pa.string()),
        ("is_new", pa.bool_()), ("since", pa.date32()), ("territory", pa.string()), ("kind", pa.string()),
        ("industry", pa.string()),
    ]
)  # fmt: skip


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> CompiledPack:
    return compiled_pack(tmp_path_factory.mktemp("pack"), PACK)


def table_of(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{"subject": f"s{at}", **row} for at, row in enumerate(rows)], schema=COLUMNS)


def told(found: Determination) -> dict[str, Any]:
    """Everything both ways must agree on."""
    return {
        "applicable": found.is_applicable, "outcome": found.outcome, "effect": found.effect, "exception": found.exception,
        "open": found.open_exceptions, "rows": found.rows, "gives": dict(found.gives), "missing": found.missing,
        "conditions": [(c.role, c.exception, c.outcome, [a.outcome for a in c.atoms]) for c in found.findings],
        "texts": [(a.text_zh, a.text_en, a.missing) for c in found.findings for a in c.atoms],
    }  # fmt: skip


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(FACTS, min_size=1, max_size=12), decided=st.booleans())
def test_many_at_once_and_one_by_one_agree(compiled: CompiledPack, rows: list[dict[str, Any]], decided: bool) -> None:
    subjects = [f"s{at}" for at in range(len(rows))]
    decisions = pa.table({"subject": subjects, "exception": ["excepted/favoured"] * len(rows)}) if decided else None
    found = determine_all(compiled, RULES, table_of(rows), as_of=DAY, decisions=decisions)
    for rule in RULES:
        for subject, row in zip(subjects, rows, strict=True):
            one = determine_one(
                compiled, rule, row, as_of=DAY, subject=subject, attributes=row,
                decisions=["favoured"] if decided else [],
            )  # fmt: skip
            assert told(found[rule].of(subject)) == told(one), (rule, row)


def one_of(compiled: CompiledPack, rule: str, **facts: Any) -> Determinations:
    return determine(compiled, rule, table_of([facts]), as_of=DAY)


def test_the_table_has_words_and_counts(compiled: CompiledPack) -> None:
    rows = [
        {"output": Decimal(100), "land": Decimal(10), "is_new": True},
        {"output": Decimal(99), "land": Decimal(10), "is_new": True},
        {"output": None, "land": Decimal(10), "is_new": True},
    ]
    found = determine(compiled, "plain", table_of(rows), as_of=DAY)
    assert found.counts() == {"met": 1, "not_met": 1, "undetermined": 1, "": 0}
    assert found.table["outcome"].to_pylist() == ["met", "not_met", "undetermined"]
    assert found.table["effect"].to_pylist() == ["reward", "warn", ""]
    assert found.table["gives.amount"].to_pylist() == [Decimal("10"), Decimal("0.99"), None]
    assert found.of("s2").missing == ("output",)


def test_outside_its_scope_a_rule_does_not_apply_and_that_is_no_outcome(compiled: CompiledPack) -> None:
    inside = {"output": Decimal(9), "territory": "630102", "kind": "plant", "industry": "C13"}
    rows = [
        inside,
        {**inside, "territory": "620100"},
        {**inside, "kind": None},
        {**inside, "kind": None, "industry": "A01"},
    ]
    found = determine(compiled, "scoped", table_of(rows), as_of=DAY)
    assert found.table["outcome"].to_pylist() == ["met", None, "undetermined", None]
    assert found.table["applicable"].to_pylist() == [True, False, True, False]
    assert found.of("s2").missing == ("kind",)
    assert found.of("s2").is_applicable is None
    assert found.counts()[""] == 2


def test_before_its_day_a_rule_applies_to_nobody(tmp_path: Path) -> None:
    text = """
rules:
  later: {modality: must, subject: enterprise, when: above_scale, then: {code: yes}, validity: {from: 2019-01-01}}
"""
    compiled = compiled_pack(tmp_path, text)
    facts = pa.table({"subject": ["s"], "above_scale": [True]})
    assert determine(compiled, "later", facts, as_of=date(2018, 12, 31)).counts()[""] == 1
    assert determine(compiled, "later", facts, as_of=date(2019, 1, 1)).counts()["met"] == 1
    assert determine_one(compiled, "later", {"above_scale": True}, as_of=date(2018, 12, 31)).outcome is None


def test_two_exceptions_of_one_order_contradict_each_other(compiled: CompiledPack) -> None:
    facts = {"output": Decimal(1), "land": Decimal(1), "grade": "B", "is_new": True, "since": date(2016, 1, 1)}
    found = one_of(compiled, "excepted", **facts).of("s0")
    assert (found.outcome, found.effect, found.exception) == (Outcome.UNDETERMINED, "", "left|right")


def test_a_column_that_is_not_there_is_missing_for_everybody(compiled: CompiledPack) -> None:
    facts = pa.table({"subject": ["a"], "output": pa.array([Decimal(1)], pa.decimal128(18, 2))})
    found = determine(compiled, "plain", facts, as_of=DAY).of("a")
    assert (found.outcome, found.missing) == (Outcome.UNDETERMINED, ("grade", "is_new", "land"))


def test_a_parameter_without_a_value_is_named(compiled: CompiledPack) -> None:
    found = one_of(compiled, "unset", output=Decimal(1), land=Decimal(1), grade="C").of("s0")
    assert (found.outcome, found.missing) == (Outcome.UNDETERMINED, ("p.unknown",))
    assert one_of(compiled, "unset", grade="A").of("s0").outcome is Outcome.MET


def test_firms_exactly_on_a_ratio_are_met(compiled: CompiledPack) -> None:
    lands = [Decimal(at) / 100 for at in range(1, 5001)]
    rows = [{"land": land, "output": land * 10, "is_new": True} for land in lands]
    assert determine(compiled, "plain", table_of(rows), as_of=DAY).counts()["met"] == 5000


def test_without_reasons_the_answers_are_the_same_and_nothing_is_kept(compiled: CompiledPack) -> None:
    rows = [{"output": Decimal(at), "land": Decimal(3), "grade": "A"} for at in range(50)]
    full = determine(compiled, "plain", table_of(rows), as_of=DAY)
    bare = determine(compiled, "plain", table_of(rows), as_of=DAY, reasons=False)
    assert bare.table["outcome"].to_pylist() == full.table["outcome"].to_pylist()
    assert "met" not in bare.raw.schema.names
    with pytest.raises(ValueError, match="without reasons"):
        bare.of("s0")


def test_facts_may_be_a_relation_of_an_open_connection(compiled: CompiledPack) -> None:
    connection = duckdb.connect()
    connection.register("rows", table_of([{"output": Decimal(100), "land": Decimal(10), "is_new": True}]))
    found = determine(compiled, "plain", connection.sql("from rows"), as_of=DAY)
    assert found.counts()["met"] == 1


def test_the_reasons_in_words(compiled: CompiledPack) -> None:
    facts = {"output": Decimal(95), "land": Decimal(10), "is_new": False, "grade": "C"}
    many = one_of(compiled, "plain", **facts).of("s0")
    lines = explain(compiled, many, "zh")
    assert lines[0] == "亩均达标（small#1）不符合：warn。"
    assert any("9.5" in line and "不符合" in line for line in lines)
    assert "amount = 0.95 万元。" in lines
    english = explain(compiled, determine_one(compiled, "plain", facts, as_of=DAY), "en")
    assert english[0] == "Output per mu (small#1) is not met: warn."
    assert any("found 9.5" in line for line in english)


def test_what_is_missing_is_said_with_what_the_pack_says_to_do(compiled: CompiledPack) -> None:
    lines = explain(compiled, one_of(compiled, "plain", land=Decimal(10), is_new=True).of("s0"), "zh")
    assert "缺少：output。" in lines
    assert "请补报。" in lines


def test_an_exception_open_to_a_decision_is_said(compiled: CompiledPack) -> None:
    facts = {"output": Decimal(1), "land": Decimal(1), "grade": "A", "is_new": False, "since": date(2016, 1, 1)}
    lines = explain(compiled, one_of(compiled, "excepted", **facts).of("s0"), "zh")
    assert "可作例外处理“特批”，须有记录在案的决定。" in lines


def test_the_row_of_a_table_is_named(compiled: CompiledPack) -> None:
    facts = {"output": Decimal(100), "land": Decimal(10), "grade": "A", "is_new": True}
    found = one_of(compiled, "table_unique", **facts).of("s0")
    assert (found.rows, found.values) == ((1,), {"fallback": Decimal(100), "price": Decimal(200), "note": "good"})
    assert "决策表第 2 行命中（中等）。" in explain(compiled, found, "zh")


def test_collecting_gives_every_row_that_fits(compiled: CompiledPack) -> None:
    facts = {"output": Decimal(100), "land": Decimal(10), "grade": "A"}
    found = one_of(compiled, "table_collect", **facts).of("s0")
    assert (found.rows, found.values) == ((0, 1, 2), {"price": (Decimal(1), Decimal(100), Decimal(9))})


def test_no_row_that_fits_is_not_met(compiled: CompiledPack) -> None:
    facts = {"output": Decimal(500), "land": Decimal(10), "grade": "A", "is_new": True}
    assert one_of(compiled, "table_unique", **facts).of("s0").effect == "none"


def test_a_binary_fraction_is_refused_as_a_fact(compiled: CompiledPack) -> None:
    with pytest.raises(TypeError, match="not exact"):
        determine_one(compiled, "plain", {"output": 0.1}, as_of=DAY)
