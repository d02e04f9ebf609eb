"""A form's own checks over its rows: exact, three-valued, and what fails waits for a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from record_builders import DECLARED, csv_bytes, monthly_form

from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.problems import Severity
from yuanzhi.engine.pack import compile_pack, compose, read_pack
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.model import Form, Validation
from yuanzhi.engine.records import (
    ImportOptions,
    import_returns,
    read_sheets,
    returns_table,
    validate_rows,
    with_checks,
    write_rows,
)

PACK = """
pack:
  code: small
  version: "1"
  title: {zh: 小包, en: Small}
  issuer: {zh: 某地, en: Somewhere}
units:
  元: {label: 元, dimension: money, factor: "1"}
  万元: {label: 万元, dimension: money, factor: "10000"}
  亿元: {label: 亿元, dimension: money, factor: "100000000"}
  m2: {label: m2, dimension: area, factor: "1"}
  亩: {label: 亩, dimension: area, factor: "2000/3"}
  人: {label: 人, dimension: person, factor: "1"}
parameters:
  most_per_head:
    label: {zh: 人均上限, en: Most per head}
    unit: 万元/人
    values:
      - {from: 2018-01-01, value: 100, basis: chosen, why: {zh: 试, en: trial}}
      - {from: 2019-01-01, value: 200, basis: chosen, why: {zh: 试, en: trial}}
forms:
  monthly:
    label: {zh: 月报, en: Monthly}
    subject: enterprise
    frequency: month
    items:
      revenue: {label: {zh: 营业收入, en: Revenue}, unit: 万元}
      exports: {label: {zh: 出口额, en: Exports}, unit: 亿元, scale: 6}
      staff: {label: {zh: 从业人员, en: Staff}, unit: 人, scale: 0, least: 0}
    validations:
      - {code: part_of_whole, label: {zh: 出口额不得大于营业收入。, en: Exports are part.}, check: exports <= revenue}
      - code: per_head
        label: {zh: 人均产出过高。, en: Too much per head.}
        check: revenue / staff <= p.most_per_head
        severity: query
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> CompiledPack:
    folder = tmp_path_factory.mktemp("small")
    (folder / "pack.yaml").write_text(PACK, encoding="utf-8")
    pack = read_pack(folder).pack
    assert pack is not None
    return compile_pack(compose([pack]))


@pytest.fixture(scope="module")
def form(compiled: CompiledPack) -> Form:
    return compiled.composition.forms["monthly"]


def facts(revenue: str | None, exports: str | None, staff: int | None, period: str = "2018-07") -> dict[str, object]:
    numbers = {"revenue": revenue, "exports": exports, "staff": staff}
    given = {name: None if value is None else Decimal(value) for name, value in numbers.items()}
    return {"subject": "e", "period": period, **given}


@pytest.mark.parametrize(
    ("row", "failed"),
    [
        (facts("10000", "1", 200), []),
        (facts("9999.99", "1", 200), ["出口额不得大于营业收入。"]),
        (facts("9999.99", None, 200), []),
        (facts(None, "1", 200), []),
        (facts("20000", "1", 200), []),
        (facts("20000.01", "1", 200), ["人均产出过高。"]),
        (facts("20000.01", "1", 200, "2019-01"), []),
        (facts("20000", "1", 0), []),
        (facts("50", "1", 0), ["出口额不得大于营业收入。"]),
    ],
)
def test_a_check_says_nothing_where_a_fact_is_missing(
    compiled: CompiledPack, form: Form, row: dict[str, object], failed: list[str]
) -> None:
    failures = validate_rows(compiled, form, returns_table(form, [row]))
    assert [failure.problem.values["check"] for failure in failures] == failed


def test_a_failure_names_row_facts_and_weight(compiled: CompiledPack, form: Form) -> None:
    rows = [facts("10", "0", 1), facts("10", "5", 1, "2019-02"), facts("300", "0", 1, "2019-03")]
    first, second = validate_rows(compiled, form, returns_table(form, rows), file="m.parquet")
    assert (first.row, first.problem.severity, second.problem.severity) == (1, Severity.ERROR, Severity.WARNING)
    text = first.problem.text("en")
    assert all(
        part in text for part in ("m.parquet:2", "e", "2019-02", "exports = 5", "revenue = 10", "exports <= revenue")
    )


def test_each_row_is_checked_with_the_parameters_of_its_period(compiled: CompiledPack, form: Form) -> None:
    rows = [
        facts("150", "0", 1),
        facts("150", "0", 1, "2019-02"),
        facts("150", "0", None),
        facts("250", "0", 1, "2019-03"),
    ]
    failures = validate_rows(compiled, form, returns_table(form, rows))
    assert [failure.row for failure in failures] == [0, 3]


def test_values_beyond_the_bounds_are_named(compiled: CompiledPack, form: Form, tmp_path: Path) -> None:
    path = tmp_path / "m.parquet"
    write_rows(
        path, returns_table(form, [facts("10", "0", -1), {**facts("10", "0", -2, "2018-08"), "status": "rejected"}])
    )
    (failure,) = validate_rows(compiled, form, path)
    assert (failure.problem.code, failure.problem.values["value"]) == ("records.out_of_bounds", "-1")
    assert "staff" in failure.problem.text("zh")


def test_an_imported_row_that_fails_waits_for_a_person(compiled: CompiledPack, form: Form) -> None:
    text = "代码,报告期,营业收入（万元）,出口额（亿元）\na,2018-07,10,0.5\nb,2018-07,10,0.0001"
    sheets = read_sheets(csv_bytes(text), "m.csv").sheets
    plain = import_returns(sheets, form, compiled.composition, ImportOptions(recorded=datetime(2018, 8, 1)))
    checked = with_checks(plain, compiled, form)
    assert plain.rows["status"].to_pylist() == ["accepted", "accepted"]
    assert checked.rows["status"].to_pylist() == ["submitted", "accepted"]
    assert checked.findings[-1].code == "import.check_failed"


def test_a_check_of_another_form_s_items_is_left_out(compiled: CompiledPack, form: Form) -> None:
    stranger = replace(
        form, code="other", validations=(Validation(code="x", label=Label("某"), check="exports <= revenue"),)
    )
    assert validate_rows(compiled, stranger, returns_table(stranger, [facts("1", "5", 1)])) == ()
    assert DECLARED.forms["monthly"] == monthly_form()
