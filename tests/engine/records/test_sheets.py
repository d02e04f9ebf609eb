"""Sheets of every encoding and kind, read cell by cell."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
import xlsxwriter
from record_builders import UNITS, workbook

from yuanzhi.engine.kernel.periods import Frequency
from yuanzhi.engine.records import read_sheets
from yuanzhi.engine.records.headers import comparable, find_head, split_unit
from yuanzhi.engine.records.periods_read import find_period, read_period
from yuanzhi.engine.records.sheets import Sheet, cell_name
from yuanzhi.engine.records.workbook_marks import ErrorValue, Percent, Uncomputed

TABLE = [["名称", "面积"], ["甲园区", "12"], ["乙园区", "３"]]


def written(delimiter: str, encoding: str) -> bytes:
    return "\r\n".join(delimiter.join(row) for row in TABLE).encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_encodings_and_delimiters_are_found_out(encoding: str, delimiter: str) -> None:
    reading = read_sheets(written(delimiter, encoding), "x.csv")
    assert [list(row) for row in reading.sheets[0].rows] == TABLE
    assert [problem.code for problem in reading.problems] == (["import.decoded"] if encoding.startswith("gb") else [])


def test_a_few_broken_bytes_do_not_make_it_another_encoding() -> None:
    data = ("名称,面积\n" + "甲乙丙丁戊己庚辛园区,12\n" * 20).encode() + b"\xe7\x94,1\n"
    reading = read_sheets(data, "x.csv")
    assert reading.sheets[0].rows[1][0] == "甲乙丙丁戊己庚辛园区"
    assert [(problem.code, problem.values["line"]) for problem in reading.problems] == [("import.damaged_text", "22")]


def test_a_private_use_character_of_gbk_stays_one() -> None:
    reading = read_sheets("名称,面积\n甲,2\ue0100\n".encode("gb18030"), "x.csv")
    assert reading.sheets[0].rows[1][1] == "2\ue0100"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04 no workbook", "import.workbook_unreadable"),
        (b"\xd0\xcf\x11\xe0 no workbook", "import.workbook_unreadable"),
        (b"a\x00b,1\n", "import.not_a_table"),
    ],
)
def test_what_is_no_table_is_named(data: bytes, code: str) -> None:
    reading = read_sheets(data, "x")
    assert [problem.code for problem in reading.problems] == [code]
    assert reading.sheets == ()


def test_a_quoted_cell_may_hold_lines_and_delimiters() -> None:
    reading = read_sheets('名称,说明\n甲,"第一行\n第二行,续"\n'.encode(), "x.csv")
    assert reading.sheets[0].rows[1] == ["甲", "第一行\n第二行,续"]


def test_errors_percentages_and_formulas_never_computed_are_told_from_blanks() -> None:
    data = workbook([[1, "=A1*2", "#N/A", 0.35, None, "x"]], formats={"D1": "0.00%"})
    (sheet,) = read_sheets(data, "x.xlsx").sheets
    assert sheet.rows[0][:5] == [1.0, Uncomputed("A1*2"), ErrorValue("#N/A"), Percent(0.35), None]


def test_formulas_a_program_wrote_without_computing_are_not_zero() -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_formula(0, 0, "=1+1")
        sheet.write_formula(0, 1, "=1+1", None, 2)
    (read,) = read_sheets(out.getvalue(), "x.xlsx").sheets
    assert read.rows[0] == [Uncomputed("1+1"), 2.0]


def test_hidden_sheets_are_left_and_named() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "看得见"
    book.create_sheet("藏").sheet_state = "hidden"
    out = BytesIO()
    book.save(out)
    reading = read_sheets(out.getvalue(), "x.xlsx")
    assert [sheet.rows[0][0] for sheet in reading.sheets] == ["看得见"]
    assert [(problem.code, problem.place.sheet) for problem in reading.problems] == [("import.sheet_hidden", "藏")]


def test_cells_are_named_from_the_corner_of_the_sheet() -> None:
    book = openpyxl.Workbook()
    book.active["C4"] = 7
    out = BytesIO()
    book.save(out)
    (sheet,) = read_sheets(out.getvalue(), "x.xlsx").sheets
    assert sheet.rows[3][2] == 7.0
    assert str(sheet.place(3, 2)) == "x.xlsx[Sheet]!C4"
    assert [cell_name(0, n) for n in (25, 26, 701, 702)] == ["Z1", "AA1", "ZZ1", "AAA1"]


@pytest.mark.parametrize(
    ("text", "label", "unit"),
    [
        ("用地面积（亩）", "用地面积", "亩"),
        ("用地面积 (单位：公顷)", "用地面积", "公顷"),
        ("营业收入/万元", "营业收入", "万元"),
        ("营业收入，万元", "营业收入", "万元"),
        ("税收（万元/亩）", "税收", "万元/亩"),
        ("营业收入（含税）", "营业收入(含税)", None),
        ("投入产出比", "投入产出比", None),
    ],
)
def test_a_head_is_told_from_its_unit(text: str, label: str, unit: str | None) -> None:
    found, own, _ = split_unit(text, UNITS)
    assert (comparable(found), own.code if own else None) == (comparable(label), unit)


NAMES = {comparable(name): name for name in ("代码", "营业收入", "工业用地面积", "用地面积")}


@pytest.mark.parametrize(
    ("rows", "first", "matched"),
    [
        ([["代码", "营业收入"], ["e", "1"]], 1, {"代码": 0, "营业收入": 1}),
        ([["某表", ""], ["", ""], ["代码", "营业收入"], ["e", "1"]], 3, {"代码": 0, "营业收入": 1}),
        ([["代码", "用地面积"], ["", "工业"], ["e", "1"]], 2, {"代码": 0, "工业用地面积": 1}),
        ([["代码", "营业收入"], ["", "万元"], ["甲", "1"], ["e", "7"]], 3, {"代码": 0, "营业收入": 1}),
        ([["代码", "营业收入", "备注"], ["甲", "乙", "丙"], ["e", "7", "x"]], 2, {"代码": 0, "营业收入": 1}),
    ],
)
def test_heads_of_several_lines(rows: list[list[str]], first: int, matched: dict[str, int]) -> None:
    head = find_head(Sheet("x", "", rows), NAMES, UNITS, Frequency.YEAR)
    assert head is not None
    assert head.first == first
    assert {name: column.index for name, column in head.matched.items()} == matched


def test_units_and_period_above_the_head_count_for_the_sheet() -> None:
    rows = [["2018年第三季度主要指标", ""], ["", "计量单位：亿元"], ["代码", "营业收入"], ["e", "1"]]
    head = find_head(Sheet("x", "", rows), NAMES, UNITS, Frequency.QUARTER)
    assert head is not None
    assert (str(head.period), [unit.code for unit in head.units]) == ("2018Q3", ["亿元"])


@pytest.mark.parametrize(
    ("text", "frequency", "period"),
    [
        ("2018-07", Frequency.MONTH, "2018-07"),
        ("2018年7月", Frequency.MONTH, "2018-07"),
        ("2018年07月份", Frequency.MONTH, "2018-07"),
        ("2018.7", Frequency.MONTH, "2018-07"),
        (201807.0, Frequency.MONTH, "2018-07"),
        (2018.1, Frequency.MONTH, None),
        ("２０１８／７", Frequency.MONTH, "2018-07"),
        ("2018年", Frequency.YEAR, "2018"),
        ("2018年度", Frequency.YEAR, "2018"),
        (2018.0, Frequency.YEAR, "2018"),
        ("2018年第四季度", Frequency.QUARTER, "2018Q4"),
        ("2018Q4", Frequency.QUARTER, "2018Q4"),
        ("2018年7-9月", Frequency.QUARTER, "2018Q3"),
        ("2018年1—12月", Frequency.YEAR, "2018"),
        ("2018年1-8月", Frequency.MONTH, None),
        ("2018年13月", Frequency.MONTH, None),
        ("七月", Frequency.MONTH, None),
        ("18年7月", Frequency.MONTH, None),
    ],
)
def test_periods_as_people_write_them(text: str | float, frequency: Frequency, period: str | None) -> None:
    found = read_period(text, frequency)
    assert (str(found) if found else None) == period


def test_a_running_total_in_a_title_is_no_period() -> None:
    assert find_period("2018年1-8月园区月报", Frequency.MONTH) is None
