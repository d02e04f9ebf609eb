"""The workspace as written: forms kept, real and synthetic apart, every planted fault where it is said to be."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from yuanzhi.cli.demo import DemoSummary, build_workspace
from yuanzhi.cli.demo.workspace import PACK, PLANTED
from yuanzhi.engine.pack import read_pack, shipped_folder
from yuanzhi.engine.records.returns import return_schema

MONTHLY = "records/returns/enterprise_month"


@pytest.fixture(scope="session")
def monthly(folder: Path) -> pa.Table:
    return pa.concat_tables([pq.read_table(path) for path in sorted((folder / MONTHLY).glob("*.parquet"))])


@pytest.fixture(scope="session")
def planted(folder: Path) -> list[dict[str, str]]:
    with (folder / PLANTED).open(encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


@pytest.fixture(scope="session")
def cells(monthly: pa.Table) -> dict[tuple[str, str], list[dict[str, object]]]:
    table = monthly.select(["subject", "period", "status", "revenue", "gross_output", "land_area", "employees"])
    found: dict[tuple[str, str], list[dict[str, object]]] = {}
    for row in table.to_pylist():
        found.setdefault((row["subject"], row["period"]), []).append(row)
    return found


def test_it_is_as_large_as_the_province(demo: DemoSummary) -> None:
    assert demo.real_parks + demo.synthetic_parks == 82
    assert (demo.enterprises, demo.months) == (5000, 36)
    assert demo.items >= 60
    assert demo.cells > 10_000_000


def test_every_form_of_the_pack_has_returns_in_its_own_columns(folder: Path) -> None:
    pack = read_pack(shipped_folder() / PACK).pack
    assert pack is not None
    kinds = {"return": "returns", "external": "external"}
    without = set()
    for code, form in pack.forms.items():
        if form.source == "register":
            continue
        paths = sorted((folder / "records" / kinds[form.source] / code).glob("*.parquet"))
        without |= set() if paths else {code}
        for path in paths:
            assert pq.read_schema(path).equals(return_schema(form))
    assert without <= {"park_pair"}


def test_every_item_of_the_monthly_return_is_reported(monthly: pa.Table) -> None:
    assert not [name for name in monthly.column_names if monthly[name].null_count == monthly.num_rows]


def test_every_return_is_marked_synthetic_and_every_published_figure_real(folder: Path) -> None:
    for path in (folder / "records").rglob("*.parquet"):
        marks = set(pq.read_table(path, columns=["synthetic"])["synthetic"].to_pylist())
        assert marks == ({False} if "published_figure" in path.parts else {True})


def test_gaps_of_published_figures_stay_gaps(folder: Path) -> None:
    table = pq.read_table(folder / "records" / "external" / "published_figure" / "all.parquet")
    assert table["value"].null_count > 5
    assert all(source for source in table["source"].to_pylist())


def test_the_register_says_which_parks_are_real(folder: Path) -> None:
    with (folder / "records" / "register" / "parks.csv").open(encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened))
    real = {row["subject"] for row in rows if row["synthetic"] == "false"}
    assert {"xining_edz", "qaidam", "haidong_park", "national_hightech", "xining_ganhe"} <= real
    assert all(row["source"] for row in rows)
    assert not [row for row in rows if row["synthetic"] == "false" and row["event"] not in ("founded", "registered")]
    assert {row["event"] for row in rows} >= {"merged", "tier_changed", "renamed", "expanded"}


def test_a_merged_park_reports_no_more(folder: Path) -> None:
    table = pq.read_table(
        folder / "records" / "returns" / "park_month" / "all.parquet", columns=["subject", "period_start"]
    )
    days = [row["period_start"] for row in table.to_pylist() if row["subject"] == "made_a_huzhu2"]
    assert max(days) == date(2019, 6, 1)


def test_workspace_names_its_packs(folder: Path) -> None:
    body = yaml.safe_load((folder / "workspace.yaml").read_text(encoding="utf-8"))
    assert body["packs"][:2] == ["cn-base", PACK]
    for code in body["packs"]:
        assert (shipped_folder() / code).exists() or (folder / "packs" / code).exists()


def test_as_many_faults_are_planted_as_the_setting_says(demo: DemoSummary, planted: list[dict[str, str]]) -> None:
    counts = Counter(row["kind"] for row in planted)
    assert counts == Counter(demo.planted)
    assert (counts["missing_month"], counts["duplicate"], counts["over_report"]) == (180, 40, 6)
    assert (counts["credit_code"], counts["late_churn"]) == (10, 12)


def test_a_missing_month_is_missing(planted: list[dict[str, str]], cells: dict) -> None:
    assert not [row for row in planted if row["kind"] == "missing_month" and (row["subject"], row["period"]) in cells]


def test_a_duplicate_is_there_twice(planted: list[dict[str, str]], cells: dict) -> None:
    for row in (row for row in planted if row["kind"] == "duplicate"):
        assert len(cells[row["subject"], row["period"]]) == 2


@pytest.mark.parametrize(
    ("kind", "factor"), [("over_report", Decimal(56)), ("unit_slip_land", Decimal(1) / 15), ("rejected", Decimal(10))]
)
def test_a_blown_up_or_shrunk_value_is_where_it_is_said_to_be(
    planted: list[dict[str, str]], cells: dict, kind: str, factor: Decimal
) -> None:
    rows = [row for row in planted if row["kind"] == kind]
    assert rows
    for row in rows:
        values = [found[row["item"]] for found in cells[row["subject"], row["period"]]]
        assert Decimal(row["planted"]) in values
        assert Decimal(row["planted"]) == pytest.approx(
            Decimal(row["true"]) * factor, rel=Decimal("0.02"), abs=Decimal("0.01")
        )


def test_what_would_drown_the_totals_is_not_accepted(planted: list[dict[str, str]], cells: dict) -> None:
    for row in (row for row in planted if row["corrected"] == "1"):
        statuses = {
            found["status"]
            for found in cells[row["subject"], row["period"]]
            if row["item"] in found and found[row["item"]] == Decimal(row["planted"])
        }
        assert statuses <= {"submitted", "rejected"}


def test_the_same_seed_gives_the_same_bytes(demo: DemoSummary, tmp_path: Path) -> None:
    again = build_workspace(tmp_path / "again")
    assert hashes(again.folder) == hashes(demo.folder)


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        build_workspace(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["own.txt"]


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
