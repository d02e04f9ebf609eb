"""Events of the register from files, and whole workspaces loaded and frozen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from record_builders import DECLARED, csv_bytes, event, monthly_form, park, workbook

from yuanzhi.engine.kernel.problems import ProblemsError
from yuanzhi.engine.records import (
    Register,
    RegisterReading,
    freeze,
    import_register,
    load_records,
    open_workspace,
    read_sheets,
    returns_table,
    write_rows,
)

HEAD = "event,subject_type,subject,valid,recorded,name,area_ha,territory,park,credit_code,into"


def read(text: str) -> RegisterReading:
    return import_register(read_sheets(csv_bytes(text), "parks.csv").sheets, DECLARED)


def test_events_in_our_own_columns() -> None:
    reading = read(
        f"""{HEAD}
        founded,park,a,2010-01-01,2010-02-01,甲园区,100.5,630102,,,
        split,,a,2018-01-01,2018-02-01,,,,,,b:40%;c:0.6"""
    )
    assert reading.findings == ()
    founded, split = Register(reading.table).events
    assert (founded.values["name"], founded.values["area_ha"], founded.recorded) == (
        "甲园区",
        Decimal("100.5"),
        date(2010, 2, 1),
    )
    assert [(part.subject, part.share) for part in split.into] == [("b", Decimal("0.4")), ("c", Decimal("0.6"))]


def test_events_in_chinese_columns_with_other_units() -> None:
    reading = read(
        """登记事件表
        事件,对象类型,代码,生效日期,记录日期,名称,面积（亩）
        设立,park,a,2010年1月1日,2010-02-01,甲园区,１５００
        合并,,a,2018/1/1,2018-02-01,,"""
    )
    founded, merged = Register(reading.table).events
    assert founded.values["area_ha"] == 100
    assert merged.event == "merged"
    assert [problem.code for problem in reading.findings] == ["import.unit_converted"]


@pytest.mark.parametrize(
    ("line", "code", "cell"),
    [
        ("founded,park,a,2010-02-30,2010-02-01,甲,,,,,", "import.date_unreadable", "D2"),
        ("founded,park,a,2010-01-01,,甲,,,,,", "import.required", "E2"),
        ("opened,park,a,2010-01-01,2010-02-01,甲,,,,,", "import.code_unknown", "A2"),
        ("founded,park,a,2010-01-01,2010-02-01,甲,一百,,,,", "import.number_unreadable", "G2"),
        ("founded,park,a,2010-01-01,2010-02-01,甲\ue010,,,,,", "import.private_use", "F2"),
        ("merged,,a,2010-01-01,2010-02-01,,,,,,b:half", "register.parts_unreadable", "K2"),
    ],
)
def test_a_line_that_cannot_be_read_is_held_back_and_named(line: str, code: str, cell: str) -> None:
    reading = read(f"{HEAD}\n{line}\nfounded,park,z,2010-01-01,2010-02-01,乙,,,,,")
    assert [(problem.code, problem.place.cell) for problem in reading.findings] == [(code, cell)]
    assert all(problem.text(language) for problem in reading.findings for language in ("zh", "en"))
    assert reading.table["subject"].to_pylist() == ["z"]
    (held,) = reading.held.to_pylist()
    assert [own["text"] for own in held["cells"]] == [text for text in line.split(",") if text]


def test_a_wrong_check_digit_is_named_and_kept_as_written() -> None:
    reading = read(f"{HEAD}\nregistered,enterprise,e,2010-01-01,2010-02-01,企,,,,91632321227100364B,")
    assert [(problem.code, problem.place.cell) for problem in reading.findings] == [("import.credit_check_digit", "J2")]
    assert "A" in reading.findings[0].text("zh")
    assert reading.table["credit_code"].to_pylist() == ["91632321227100364B"]


def test_a_file_without_a_head_is_named() -> None:
    assert [problem.code for problem in read("甲,乙\n1,2").findings] == ["import.no_head"]


texts = st.text(st.characters(categories=("Lu", "Ll", "Lo", "Nd"), max_codepoint=0x9FFF), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.dates(date(1980, 1, 1), date(2030, 1, 1)), st.integers(0, 10**8)), min_size=1, max_size=6))
def test_events_written_as_csv_read_the_same(given_: list[tuple[date, int]]) -> None:
    events = [
        park(f"p{at}", day.isoformat(), area_ha=str(Decimal(area).scaleb(-4))) for at, (day, area) in enumerate(given_)
    ]
    lines = [
        f"founded,park,{own.subject},{own.valid},{own.recorded},{own.values['name']},{own.values['area_ha']},,,,"
        for own in events
    ]
    read_back = Register(read("\n".join([HEAD, *lines])).table)
    assert read_back.at(date(2031, 1, 1)).subjects == Register.of(events).at(date(2031, 1, 1)).subjects


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small workspace: a register, Parquet returns, a workbook of corrections and a file with a fault."""
    (tmp_path / "workspace.yaml").write_text(
        "title: {zh: 试验}\nregion: '630000'\npacks: [cn-base]\nseed: 7\n", encoding="utf-8"
    )
    register = tmp_path / "records" / "register"
    register.mkdir(parents=True)
    (register / "parks.csv").write_bytes(
        csv_bytes(
            f"{HEAD}\nfounded,park,a,2010-01-01,2010-02-01,甲园区,100,630102,,,\nmerged,,a,2019-01-01,2019-02-01,,,,,,zz",
            "gbk",
        )
    )
    (register / "enterprises.csv").write_bytes(
        csv_bytes(
            f"{HEAD}\nregistered,enterprise,e1,2011-01-01,2011-02-01,一公司,,,a,,\nregistered,enterprise,e2,2011-01-01,2011-02-01,二公司,,,a,,"
        )
    )
    monthly = tmp_path / "records" / "returns" / "monthly"
    rows = [{"subject": "e1", "period": f"2018-{month:02d}", "revenue": Decimal(100 + month)} for month in range(1, 8)]
    write_rows(monthly / "2018.parquet", returns_table(monthly_form(), rows))
    corrections = [
        ["代码", "报告期", "营业收入（亿元）"],
        ["e1", "2018-07", 0.0111],
        ["e2", "2018-07", 0.02],
        ["e9", "2018-07", 1],
    ]
    (monthly / "2018-09-01 corrections.xlsx").write_bytes(workbook(corrections))
    (monthly / "2018-08.csv").write_bytes(csv_bytes("代码,报告期,营业收入\ne1,2018-08,10\ue0108", "gb18030"))
    (monthly / "~$2018.xlsx").write_bytes(b"lock")
    return tmp_path


def test_a_workspace_is_loaded_whole_and_frozen(folder: Path) -> None:
    workspace = open_workspace(folder)
    assert (workspace.packs, workspace.region, workspace.title.zh, workspace.settings) == (
        ("cn-base",),
        "630000",
        "试验",
        {"seed": "7"},
    )
    loading = load_records(workspace, DECLARED, packs={"cn-base": {"version": "1", "sha256": "0"}})
    found = {(problem.code, problem.place.file, problem.place.cell) for problem in loading.findings}
    returns = "records/returns/monthly"
    assert {
        ("import.private_use", f"{returns}/2018-08.csv", "C2"),
        ("import.subject_unknown", f"{returns}/2018-09-01 corrections.xlsx", "A4"),
        ("import.unit_converted", f"{returns}/2018-09-01 corrections.xlsx", "C1"),
    } <= found
    assert "register.core_not_living" in {problem.code for problem in loading.findings}
    assert {own["subject"] for own in loading.held.to_pylist()} == {"e1", ""}
    snapshot = freeze(workspace.snapshot("s"), loading.records, date(2018, 12, 31))
    rows = {(row["subject"], row["period"]): row for row in snapshot.table("returns_monthly").to_pylist()}
    assert rows["e1", "2018-07"]["revenue"] == 111
    assert rows["e1", "2018-07"]["recorded"].date() == date(2018, 9, 1)
    assert rows["e2", "2018-07"]["revenue"] == 200
    assert snapshot.manifest.counts["monthly"].superseded == 1
    assert sorted(snapshot.manifest.sources) == sorted(
        path.relative_to(folder).as_posix() for path in (folder / "records").rglob("*.*") if "~" not in path.name
    )


def test_what_was_known_before_the_correction_is_what_was_reported(folder: Path) -> None:
    loading = load_records(open_workspace(folder), DECLARED)
    snapshot = freeze(folder / "snapshots" / "s", loading.records, date(2018, 8, 31))
    rows = {(row["subject"], row["period"]): row["revenue"] for row in snapshot.table("returns_monthly").to_pylist()}
    assert rows["e1", "2018-07"] == 107
    assert ("e2", "2018-07") not in rows


@pytest.mark.parametrize(
    "text",
    [None, "packs: cn-base", "- a\n- b", "packs: [1]", "packs: ["],
    ids=["none", "text", "list", "number", "yaml"],
)
def test_a_folder_that_is_no_workspace_is_refused(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "workspace.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsError, match=r"workspace\.yaml"):
        open_workspace(tmp_path)


def test_a_workspace_without_records_is_empty(tmp_path: Path) -> None:
    (tmp_path / "workspace.yaml").write_text("packs: []\n", encoding="utf-8")
    loading = load_records(open_workspace(tmp_path), DECLARED)
    assert (loading.findings, loading.records.register.table.num_rows) == ((), 0)
    snapshot = freeze(tmp_path / "snapshots" / "s", loading.records, date(2020, 1, 1))
    assert snapshot.table("returns_monthly").num_rows == 0


def test_a_merger_moves_returns_by_lineage() -> None:
    register = Register.of([park("a"), park("b"), event("merged a 2018-01-01", into=["b"])])
    assert register.lineage().to_pylist() == [
        {"predecessor": "a", "successor": "b", "valid": date(2018, 1, 1), "share": Decimal(1), "how": "merged"}
    ]
