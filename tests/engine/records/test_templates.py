"""A form as a workbook: what is filled in comes back without a finding."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import openpyxl
from record_builders import DECLARED, codes, monthly_form

from yuanzhi.engine.records import ImportOptions, export_template, import_returns, read_sheets

FORM = monthly_form()
ROWS = [("e1", "一公司", "2018-07"), ("e2", "二公司", "2018-07")]


def test_a_filled_template_is_imported_without_a_finding() -> None:
    book = openpyxl.load_workbook(BytesIO(export_template(FORM, DECLARED, ROWS)))
    sheet = book["填报"]
    heads = {sheet.cell(3, column).value: column for column in range(1, sheet.max_column + 1)}
    given = {
        "营业收入（万元）": 12.5, "用地面积（亩）": 30, "从业人员（人）": 7, "研发投入强度（%）": 3.5,
        "分类": "0610", "是否新设": "是", "投产日期": date(2018, 7, 5), "情况说明": "正常",
    }  # fmt: skip
    for head, value in given.items():
        sheet.cell(4, heads[head]).value = value
    out = BytesIO()
    book.save(out)
    reading = read_sheets(out.getvalue(), "filled.xlsx")
    result = import_returns(reading.sheets, FORM, DECLARED, ImportOptions(recorded=datetime(2018, 8, 1)))
    assert codes(result.findings) == []
    first, second = result.rows.to_pylist()
    assert (first["subject"], first["revenue"], first["land"], first["staff"]) == ("e1", Decimal("12.50"), 30, 7)
    assert (first["share"], first["class_code"], first["is_new"]) == (Decimal("3.50"), "0610", True)
    assert (first["started"], first["remark"]) == (date(2018, 7, 5), "正常")
    assert [second[code] for code in FORM.items] == [None] * len(FORM.items)


def test_keys_are_locked_and_cells_to_fill_in_are_open() -> None:
    sheet = openpyxl.load_workbook(BytesIO(export_template(FORM, DECLARED, ROWS)))["填报"]
    assert sheet.protection.sheet
    assert sheet["A4"].protection.locked
    assert not sheet["D4"].protection.locked
    assert {str(rule.type) for rule in sheet.data_validations.dataValidation} == {"decimal", "whole", "list", "date"}


def test_the_same_form_gives_the_same_bytes() -> None:
    assert export_template(FORM, DECLARED, ROWS) == export_template(FORM, DECLARED, ROWS)
