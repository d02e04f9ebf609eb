"""Importing: what each odd cell, row and head comes to, with its finding by cell and its text kept."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from record_builders import DECLARED, codes, csv_bytes, enterprise, event, monthly_form, workbook

from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.kernel.problems import Severity
from yuanzhi.engine.records import (
    ImportOptions,
    ImportResult,
    Register,
    SubjectIndex,
    import_returns,
    read_sheets,
    returns_table,
)
from yuanzhi.engine.records.magnitudes import usual_values

FORM = monthly_form()
CODE, OTHER = "91632321227100364A", "91632300227082784F"
REGISTER = Register.of(
    [
        enterprise("e1", "p", name="同仁县供销合作社", credit_code=CODE),
        enterprise("e2", "p", name="青海省新华发行公司", credit_code=OTHER),
        enterprise("e3", "p", name="甲公司"),
        enterprise("e4", "p", name="甲公司"),
        enterprise("late", "p", "2019-01-01", name="后来公司"),
        event("renamed e1 2015-01-01", name="同仁供销有限公司"),
    ]
)
INDEX = SubjectIndex.of(REGISTER.subjects(), "enterprise")
OPTIONS = ImportOptions(recorded=datetime(2018, 8, 5), source="表.csv")


def imported(data: bytes | str, index: SubjectIndex | None = INDEX, **options: Any) -> ImportResult:
    given_ = csv_bytes(data) if isinstance(data, str) else data
    reading = read_sheets(given_, "表.csv")
    result = import_returns(reading.sheets, FORM, DECLARED, ImportOptions(**{**vars(OPTIONS), **options}), index)
    for finding in (*reading.problems, *result.findings):
        assert finding.text("zh")
        assert finding.text("en")
    return result


def cell(text: str, item: str = "营业收入", **options: Any) -> ImportResult:
    """One cell in a tidy file."""
    quoted = '"' + text.replace('"', '""') + '"'
    return imported(f"代码,报告期,{item}\ne1,2018-07,{quoted}", **options)


def values(result: ImportResult, item: str) -> list[Any]:
    return result.rows[item].to_pylist()


def noted(result: ImportResult) -> list[str]:
    return [code for code in codes(result.findings) if code != "column_missing"]


@pytest.mark.parametrize(
    ("text", "value", "finding"),
    [
        ("12.5", "12.50", []),
        ("-3", "-3.00", []),
        ("0", "0.00", []),
        ("", None, []),
        ("１２．５", "12.50", ["full_width"]),
        ("1,234.5", "1234.50", ["thousands"]),
        ("1，234", "1234.00", ["full_width", "thousands"]),
        ("1 234", "1234.00", ["thousands"]),
        ("'12", "12.00", []),
        ("1\u200b2", "12.00", ["invisible"]),
        ("−5", "-5.00", []),
        ("1.2E+3", "1200.00", []),
        ("+7", "7.00", []),
        ("12.345", "12.35", ["rounded"]),
        ("-", None, ["missing_mark"]),
        ("——", None, ["missing_mark"]),
        ("无", None, ["missing_mark"]),
        ("N/A", None, ["missing_mark"]),
        ("…", None, ["below_unit"]),
        ("0.5亿元", "5000.00", ["unit_in_cell"]),
        ("78.4000(万元)", "78.40", ["unit_in_cell"]),
        ("1,200 元", "0.12", ["thousands", "unit_in_cell"]),
    ],
)
def test_a_number_that_is_taken(text: str, value: str | None, finding: list[str]) -> None:
    result = cell(text)
    assert [None if v is None else str(v) for v in values(result, "revenue")] == [value]
    assert noted(result) == finding
    kept = result.originals.to_pylist()
    assert all((own["cell"], own["text"]) == ("C2", text) for own in kept)
    assert len(kept) == len(finding)
    assert result.held.num_rows == 0


@pytest.mark.parametrize(
    ("text", "finding", "fragments"),
    [
        ("2\ue0100", "private_use", ["C2", "2<U+E010>0", "U+E010"]),
        ("1\ufffd2", "damaged_cell", ["C2", "U+FFFD"]),
        ("5②", "odd_digits", ["5②"]),
        ("3²", "odd_digits", ["3²"]),
        ("1.2.3", "number_unreadable", ["1.2.3", "revenue"]),
        ("1,23", "number_unreadable", ["1,23"]),
        ("12,3456", "number_unreadable", ["12,3456"]),
        ("约12", "number_unreadable", ["约12"]),
        ("一百二十", "number_unreadable", ["一百二十"]),
        ("12 亩", "cell_unit", ["亩", "万元"]),
        ("12 石", "number_unreadable", ["12 石"]),
        ("1e99", "too_large", ["1e99"]),
        ("99999999999999999", "too_large", ["16"]),
        ("Infinity", "number_unreadable", ["Infinity"]),
        ("NaN", "", []),
    ],
)
def test_a_number_that_is_refused_holds_its_row_back(text: str, finding: str, fragments: list[str]) -> None:
    result = cell(text)
    if not finding:
        assert values(result, "revenue") == [None]
        return
    assert result.rows.num_rows == 0
    (held,) = result.held.to_pylist()
    assert (held["row"], held["subject"], held["period"]) == (2, "e1", "2018-07")
    assert {"cell": "C2", "text": text} in held["cells"]
    assert held["reasons"] == [f"import.{finding}"]
    (problem,) = [own for own in result.findings if own.severity is Severity.ERROR]
    assert problem.place.cell == "C2"
    for language in ("zh", "en"):
        assert all(fragment in problem.text(language) for fragment in fragments), problem.text(language)


def test_a_private_use_character_is_never_dropped_from_a_number() -> None:
    """The seed case: 2<U+E010>0 is not 20."""
    assert Decimal(20) not in values(cell("2\ue0100"), "revenue")


@pytest.mark.parametrize(
    ("item", "text", "value", "finding"),
    [
        ("从业人员", "-5", None, ["out_of_bounds"]),
        ("从业人员", "100001", None, ["out_of_bounds"]),
        ("从业人员", "100000", Decimal(100_000), []),
        ("从业人员", "12.4", Decimal(12), ["rounded"]),
        ("研发投入强度", "3.5", Decimal("3.50"), []),
        ("研发投入强度", "3.5%", Decimal("3.50"), ["unit_in_cell"]),
        ("分类", "01", "01", []),
        ("分类", "甲类", "01", ["code_by_label"]),
        ("分类", "03", None, ["code_unknown"]),
        ("分类", "610", None, ["code_zeros"]),
        ("是否新设", "是", True, []),
        ("是否新设", "0", False, []),
        ("是否新设", "也许", None, ["boolean_unreadable"]),
        ("投产日期", "2018年7月5日", date(2018, 7, 5), []),
        ("投产日期", "2018/7/5", date(2018, 7, 5), []),
        ("投产日期", "20180705", date(2018, 7, 5), []),
        ("投产日期", "43286", None, ["date_unreadable"]),
        ("投产日期", "2018-02-30", None, ["date_unreadable"]),
        ("投产日期", "18/7/5", None, ["date_unreadable"]),
        ("投产日期", "—", None, ["missing_mark"]),
        ("情况说明", "用地\u200b扩大Ⅱ", "用地扩大Ⅱ", ["text_tidied"]),
        ("情况说明", "含\ue000字", None, ["private_use"]),
        ("情况说明", "全角，标点（正常）", "全角，标点（正常）", []),
    ],
)
def test_values_of_every_kind(item: str, text: str, value: Any, finding: list[str]) -> None:
    result = cell(text, item)
    code = next(own.code for own in FORM.items.values() if own.label.zh == item)
    assert noted(result) == finding
    errors = [own for own in result.findings if own.severity is Severity.ERROR]
    assert values(result, code) == ([] if errors else [value])


@pytest.mark.parametrize(
    ("head", "text", "item", "value", "finding"),
    [
        ("用地面积（亩）", "30", "land", "30.0000", []),
        ("用地面积（公顷）", "2", "land", "30.0000", ["unit_converted"]),
        ("用地面积(公顷)", "0.1", "land", "1.5000", ["unit_converted"]),
        ("用地面积（平方米）", "2000", None, None, ["column_unknown"]),
        ("营业收入（亿元）", "0.32", "revenue", "3200.00", ["unit_converted"]),
        ("营业收入/元", "123456", "revenue", "12.35", ["unit_converted"]),
        ("营业收入，单位：亿元", "1", "revenue", "10000.00", ["unit_converted"]),
        ("營業收入（萬元）", "7", None, None, ["column_unknown"]),
        ("營業收入", "7", "revenue", "7.00", []),
        ("营业收入（亩）", "7", None, None, ["unit_dimension"]),
        ("营业收人", "7", None, None, ["column_unknown"]),
        ("revenue", "7", "revenue", "7.00", []),
        ("Revenue", "7", "revenue", "7.00", []),
    ],
)
def test_a_head_names_item_and_unit(
    head: str, text: str, item: str | None, value: str | None, finding: list[str]
) -> None:
    result = imported(f"代码,报告期,从业人员,{head}\ne1,2018-07,5,{text}")
    assert noted(result) == finding
    if item:
        assert [str(own) for own in values(result, item)] == [value]
    else:
        assert values(result, "revenue") == [None]
        assert values(result, "land") == [None]


def test_a_nearly_right_head_is_told_its_nearest_item() -> None:
    result = imported("代码,报告期,从业人员,营业收人\ne1,2018-07,5,7")
    (finding,) = [own for own in result.findings if own.code == "import.column_unknown"]
    assert finding.place.cell == "D1"
    assert "revenue" in finding.text("zh")


def test_an_alias_says_what_a_column_is() -> None:
    result = imported("编号甲,报告期,主营收入\ne1,2018-07,7", aliases={"编号甲": "subject", "主营收入": "revenue"})
    assert values(result, "revenue") == [Decimal("7.00")]


def test_of_two_columns_with_names_the_plainer_one_counts() -> None:
    result = imported("企业名称,地区,报告期,从业人员\n同仁县供销合作社,黄南,2018-07,5")
    assert values(result, "subject") == ["e1"]
    assert noted(result) == []


def test_two_columns_for_one_item_take_neither() -> None:
    result = imported("代码,报告期,营业收入,营业收入,从业人员\ne1,2018-07,1,2,3")
    assert noted(result) == ["column_twice"]
    assert values(result, "revenue") == [None]


@pytest.mark.parametrize(
    ("lines", "subjects", "finding"),
    [
        ("e1,,2018-07,5", ["e1"], []),
        (f"{CODE},,2018-07,5", ["e1"], []),
        (f"{CODE.lower()},,2018-07,5", ["e1"], []),
        (",同仁县供销合作社,2018-07,5", ["e1"], []),
        (",同仁供销有限公司,2018-07,5", ["e1"], []),
        ("ｅ１,,2018-07,5", ["e1"], []),
        (f"{CODE[:-1]}B,,2018-07,5", [], ["credit_check_digit", "subject_unknown"]),
        ("91632321I27100364A,,2018-07,5", [], ["credit_form", "subject_unknown"]),
        ("e9,,2018-07,5", [], ["subject_unknown"]),
        (",无名公司,2018-07,5", [], ["subject_unknown"]),
        (",甲公司,2018-07,5", [], ["subject_ambiguous"]),
        (",,2018-07,5", [], ["subject_blank"]),
        ("e2,同仁县供销合作社,2018-07,5", ["e2"], ["name_differs"]),
        ("late,,2018-07,5", ["late"], ["subject_not_living"]),
        ("e1,,2018年7月,5", ["e1"], []),
        ("e1,,２０１８０７,5", ["e1"], []),
        ("e1,,2018,5", [], ["period_frequency"]),
        ("e1,,七月,5", [], ["period_unreadable"]),
        ("e1,,2018年1-7月,5", [], ["period_unreadable"]),
        ("e1,,2018-13,5", [], ["period_unreadable"]),
        ("e1,,2018-07,5\ne1,,2018-07,5", ["e1"], ["duplicate_same"]),
        ("e1,,2018-07,5\ne1,,2018-07,6", [], ["duplicate_differs", "duplicate_differs"]),
        ("e1,,2018-07,5\ne1,,2018-08,6", ["e1", "e1"], []),
        ("e1,,2018-07,5\n合计,,,5", ["e1"], ["total_row"]),
        ("e1,,2018-07,5\n合　计,,,6", ["e1"], ["total_row", "total_differs"]),
        ("e1,,2018-07,5\n注：数据为快报,,,", ["e1"], ["note_row"]),
        ("e1,,2018-07,5\n填表人：张三,,审核人：李四,", ["e1"], ["note_row"]),
        ("e1,,2018-07,5\n代码,名称,报告期,从业人员\ne2,,2018-07,6", ["e1", "e2"], ["head_row"]),
        ("e1,,2018-07,5\n,,,\ne2,,2018-07,6", ["e1", "e2"], []),
    ],
)
def test_rows_say_whose_and_when(lines: str, subjects: list[str], finding: list[str]) -> None:
    result = imported(f"代码,名称,报告期,从业人员\n{lines}")
    assert values(result, "subject") == subjects
    assert sorted(noted(result)) == sorted(finding)


def test_an_odd_row_waits_for_a_person() -> None:
    result = imported("代码,名称,报告期,从业人员\nlate,,2018-07,5\ne1,,2018-07,5")
    assert values(result, "status") == ["submitted", "accepted"]
    assert result.queried == 1


def test_a_credit_code_of_no_province_is_asked_about() -> None:
    wrong_region = "91992321227100364"
    from stdnum.cn import uscc

    code = wrong_region + uscc.calc_check_digit(wrong_region)
    result = imported(f"代码,信用代码,报告期,从业人员\ne1,{code},2018-07,5")
    assert noted(result) == ["credit_region"]
    assert values(result, "status") == ["submitted"]


def test_without_a_register_every_subject_is_taken_as_written() -> None:
    assert values(imported("代码,报告期,从业人员\nx9,2018-07,5", index=None), "subject") == ["x9"]


def test_returns_about_synthetic_subjects_are_synthetic() -> None:
    made = Register.of([enterprise("e1", "p")])
    from dataclasses import replace

    events = [replace(own, synthetic=True) for own in made.events]
    index = SubjectIndex.of(Register.of(events).subjects(), "enterprise")
    assert values(imported("代码,报告期,从业人员\ne1,2018-07,5", index=index), "synthetic") == [True]


@pytest.mark.parametrize(
    ("head", "line", "column", "value"),
    [
        ("代码,报告期,从业人员,填报日期", "e1,2018-07,5,2018-08-09", "recorded", datetime(2018, 8, 9)),
        ("代码,报告期,从业人员,recorded", "e1,2018-07,5,2018-08-09T10:30:00", "recorded", datetime(2018, 8, 9, 10, 30)),
        ("代码,报告期,从业人员,数据来源", "e1,2018-07,5,税务", "source", "税务"),
        ("代码,报告期,从业人员,状态", "e1,2018-07,5,estimated", "status", "estimated"),
        ("代码,年,月,从业人员", "e1,2018,7,5", "period", "2018-07"),
    ],
)
def test_rows_may_say_more_of_themselves(head: str, line: str, column: str, value: Any) -> None:
    assert values(imported(f"{head}\n{line}"), column) == [value]


def test_a_row_is_never_recorded_before_its_period_is_over() -> None:
    result = imported("代码,报告期,从业人员\ne1,2018-07,5", recorded=None)
    assert values(result, "recorded") == [datetime(2018, 8, 1)]
    assert "recorded_unknown" in noted(result)


@pytest.mark.parametrize("bad", ["e1,2018-07,5,昨天", "e1,2018-07,5,2018-02-30"])
def test_a_time_of_recording_that_cannot_be_read_holds_the_row_back(bad: str) -> None:
    assert imported(f"代码,报告期,从业人员,填报日期\n{bad}").rows.num_rows == 0


def test_an_obligatory_item_may_not_be_blank() -> None:
    from dataclasses import replace

    form = monthly_form(staff=replace(FORM.items["staff"], required=True))
    sheets = read_sheets(csv_bytes("代码,报告期,从业人员\ne1,2018-07,\ne2,2018-07,0"), "x.csv").sheets
    result = import_returns(sheets, form, DECLARED, OPTIONS, INDEX)
    assert values(result, "subject") == ["e2"]
    assert "required" in noted(result)


MESSY = [
    ["园区企业月报表（2018年7月）", None, None, None, None, None],
    ["填报单位：某园区", None, None, None, "单位：亿元", None],
    ["单位代码", "单位名称", "经济指标", None, "土地", "人员"],
    [None, None, "营业收入", "研发投入强度", "用地面积（公顷）", "从业人员"],
    ["甲", "乙", 1, 2, 3, 4],
    ["e1", "同仁供销有限公司", 0.32, 0.035, 2, 15],
    ["e2", "青海省新华发行公司", 0.1, 0.02, 1, "１２"],
    ["合计", None, 0.42, None, 3, 27],
    ["注：含分公司", None, None, None, None, None],
]


def test_a_sheet_as_it_really_comes() -> None:
    data = workbook(
        MESSY, merged=["A1:F1", "C3:D3", "A3:A4", "B3:B4"], formats={"D6": "0.0%", "D7": "0.0%"}
    )  # fmt: skip
    result = imported(data)
    assert values(result, "revenue") == [Decimal(3200), Decimal(1000)]
    assert values(result, "land") == [Decimal(30), Decimal(15)]
    assert values(result, "share") == [Decimal("3.50"), Decimal("2.00")]
    assert values(result, "staff") == [15, 12]
    assert values(result, "period") == ["2018-07", "2018-07"]
    assert sorted(set(noted(result))) == ["full_width", "note_row", "percent", "total_row", "unit_converted"]


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        ("=B1*2", "formula_uncomputed"),
        ("#DIV/0!", "error_value"),
        (date(2018, 1, 2), "date_for_number"),
        (True, "number_unreadable"),
    ],
)
def test_cells_that_only_workbooks_have(content: Any, finding: str) -> None:
    result = imported(workbook([["代码", "报告期", "营业收入"], ["e1", "2018-07", content]]))
    assert noted(result) == [finding]
    assert result.rows.num_rows == 0
    assert [own.place.cell for own in result.findings if own.code == f"import.{finding}"] == ["C2"]


@pytest.mark.parametrize(
    ("number", "expected"), [(0.1 + 0.2, "0.30"), (1234567890.12, "1234567890.12"), (1e-9, "0.00"), (2.675, "2.68")]
)
def test_binary_fractions_become_what_the_spreadsheet_shows(number: float, expected: str) -> None:
    result = imported(workbook([["代码", "报告期", "营业收入"], ["e1", "2018-07", number]]))
    assert [str(own) for own in values(result, "revenue")] == [expected]


def test_rounding_a_workbook_s_number_is_told() -> None:
    rows = [["代码", "报告期", "营业收入"], ["e1", "2018-07", 1234.567], ["e2", "2018-07", 1234.56]]
    result = imported(workbook(rows))
    assert [str(own) for own in values(result, "revenue")] == ["1234.57", "1234.56"]
    assert [(own["cell"], own["text"], own["taken"]) for own in result.originals.to_pylist()] == [
        ("C2", "1234.567", "1234.57")
    ]
    assert noted(result) == ["rounded"]


def test_a_day_number_in_a_number_cell_is_a_day() -> None:
    result = imported(workbook([["代码", "报告期", "投产日期"], ["e1", "2018-07", 43286], ["e2", "2018-07", 7]]))
    assert values(result, "started") == [date(2018, 7, 5)]
    assert noted(result) == ["date_unreadable", "date_serial"]


def test_a_month_that_the_spreadsheet_took_for_a_day_is_the_month() -> None:
    result = imported(workbook([["代码", "报告期", "从业人员"], ["e1", date(2018, 7, 1), 3], ["e2", 201807, 3]]))
    assert values(result, "period") == ["2018-07", "2018-07"]


def test_a_merged_key_counts_for_every_row_and_a_merged_number_for_none() -> None:
    rows = [["报告期", "代码", "营业收入"], ["2018-07", "e1", 10], [None, "e2", None], [None, "e3", 4]]
    result = imported(workbook(rows, merged=["A2:A4", "C2:C3"]))
    assert values(result, "subject") == ["e3"]
    assert noted(result) == ["merged_number", "merged_number"]
    assert {own["subject"] for own in result.held.to_pylist()} == {"e1", "e2"}


def test_a_sheet_without_a_head_is_named() -> None:
    result = imported("你好,世界\n1,2")
    assert noted(result) == ["no_head"]


def test_a_sheet_without_a_period_may_be_told_one() -> None:
    text = "代码,从业人员\ne1,5"
    assert "no_period" in noted(imported(text))
    assert values(imported(text, period=Period.read("2018-07")), "period") == ["2018-07"]


HISTORY = returns_table(
    FORM,
    [
        {"subject": subject, "period": f"2018-{month:02d}", "revenue": Decimal(100 + month), "land": Decimal(60)}
        for subject in ("e1", "e2")
        for month in range(1, 7)
    ],
)


@pytest.mark.parametrize(
    ("item", "text", "finding", "suspect"),
    [
        ("用地面积", "4", "magnitude", "公顷"),
        ("用地面积", "40000", "magnitude", "m2"),
        ("用地面积", "62", "", ""),
        ("营业收入", "0.01", "magnitude", "亿元"),
        ("营业收入", "1030000", "magnitude", "元"),
        ("营业收入", "1050", "magnitude", "—"),
        ("营业收入", "5600", "unusual", ""),
        ("营业收入", "140", "", ""),
        ("营业收入", "0", "", ""),
    ],
)
def test_a_slip_of_magnitude_is_asked_about_and_not_repaired(item: str, text: str, finding: str, suspect: str) -> None:
    result = cell(text, item, usual=usual_values(FORM, HISTORY))
    code = next(own.code for own in FORM.items.values() if own.label.zh == item)
    assert noted(result) == ([finding] if finding else [])
    assert values(result, code) == [Decimal(text).quantize(Decimal(1).scaleb(-FORM.items[code].scale))]
    assert values(result, "status") == ["submitted" if finding else "accepted"]
    assert suspect in result.findings[-1].text("zh")


def test_a_new_subject_has_no_history_to_differ_from() -> None:
    result = imported("代码,报告期,营业收入\ne3,2018-07,99999", usual=usual_values(FORM, HISTORY))
    assert noted(result) == []


numbers = st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False)


@settings(max_examples=40, deadline=None)
@given(st.lists(numbers, min_size=1, max_size=8), st.sampled_from(["plain", "grouped", "full", "mixed"]))
def test_every_way_of_writing_a_number_reads_as_the_number(written: list[Decimal], style: str) -> None:
    full = str.maketrans("0123456789.-", "０１２３４５６７８９．－")

    def text(at: int, number: Decimal) -> str:
        own = ("plain", "grouped", "full")[at % 3] if style == "mixed" else style
        return {"plain": str(number), "grouped": f"{number:,}", "full": str(number).translate(full)}[own]

    lines = "\n".join(f'e{at},2018-07,"{text(at, number)}"' for at, number in enumerate(written))
    result = imported(f"代码,报告期,营业收入\n{lines}", index=None)
    assert values(result, "revenue") == written


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.one_of(st.floats(allow_nan=False, allow_infinity=False, width=32), st.text(max_size=6), st.none()),
        min_size=1,
        max_size=8,
    )
)
def test_nothing_is_lost_whatever_the_cells_hold(cells: list[Any]) -> None:
    from yuanzhi.engine.records.sheets import Sheet, shown

    rows = [["代码", "报告期", "营业收入"], *([f"e{at}", "2018-07", own] for at, own in enumerate(cells))]
    sheet = Sheet("x.xlsx", "s", rows)
    result = import_returns([sheet], FORM, DECLARED, OPTIONS)
    taken = dict(zip(values(result, "subject"), values(result, "revenue"), strict=True))
    held = {own["subject"]: own for own in result.held.to_pylist()}
    originals = {own["cell"]: own["text"] for own in result.originals.to_pylist()}
    for at, own in enumerate(cells):
        name = f"e{at}"
        assert (name in taken) != (name in held)
        text = shown(own)
        if name in held:
            assert text in {c["text"] for c in held[name]["cells"]}
        elif taken[name] is None:
            assert not text.strip() or originals[f"C{at + 2}"] == text
        elif str(taken[name]) != text and Decimal(taken[name]) != Decimal(str(own) if isinstance(own, float) else "0"):
            assert originals.get(f"C{at + 2}", text) == text


def test_results_made_elsewhere_say_where() -> None:
    from dataclasses import replace

    form = replace(FORM, source="external")
    for text, expected, asked in (
        ("代码,报告期,从业人员,来源\ne1,2018-07,5,省厅公告", "省厅公告", False),
        ("代码,报告期,从业人员\ne1,2018-07,5", "表.csv", True),
    ):
        result = import_returns(read_sheets(csv_bytes(text), "表.csv").sheets, form, DECLARED, OPTIONS, INDEX)
        assert values(result, "source") == [expected]
        assert ("source_unstated" in noted(result)) == asked
