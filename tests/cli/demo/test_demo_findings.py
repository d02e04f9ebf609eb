"""What the importer finds in the demonstration, held against what was planted there."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from yuanzhi.cli.demo.workspace import PLANTED
from yuanzhi.engine.kernel.problems import Severity
from yuanzhi.engine.pack import compile_pack, compose, load_chain
from yuanzhi.engine.records.freezing import freeze
from yuanzhi.engine.records.loading import Loading
from yuanzhi.engine.records.reading import load_records, open_workspace


@pytest.fixture(scope="module")
def loading(folder: Path) -> Loading:
    workspace = open_workspace(folder)
    compiled = compile_pack(compose(load_chain(workspace.packs, (workspace.own_packs,)).packs))
    return load_records(workspace, compiled.composition, compiled=compiled)


@pytest.fixture(scope="module")
def planted(folder: Path) -> list[dict[str, str]]:
    with (folder / PLANTED).open(encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


@pytest.fixture(scope="module")
def doubted(loading: Loading) -> set[tuple[str, ...]]:
    """Subject, period and item of every value that was doubted."""
    return {tuple(found.place.path.split("/")) for found in loading.findings if found.place.path.count("/") == 2}


def accepted(planted: list[dict[str, str]], kind: str) -> list[dict[str, str]]:
    return [row for row in planted if row["kind"] == kind and row["corrected"] == "0"]


@pytest.mark.parametrize(
    ("kind", "least"), [("unit_slip_money", 0.8), ("unit_slip_land", 0.9), ("over_report", 0.8)]
)  # fmt: skip
def test_blown_up_and_shrunk_values_are_doubted(
    planted: list[dict[str, str]], doubted: set[tuple[str, ...]], kind: str, least: float
) -> None:
    rows = accepted(planted, kind)
    found = [row for row in rows if (row["subject"], row["period"], row["item"]) in doubted]
    assert len(found) >= least * len(rows) > 0


def test_every_value_below_zero_is_named(planted: list[dict[str, str]], loading: Loading) -> None:
    named = {found.place.path for found in loading.findings if found.code == "records.out_of_bounds"}
    assert named == {f"{row['subject']}/{row['period']}/{row['item']}" for row in accepted(planted, "negative")}


def test_every_part_larger_than_its_whole_is_named(planted: list[dict[str, str]], loading: Loading) -> None:
    named = {found.place.path for found in loading.findings if found.code == "import.check_failed"}
    assert {f"{row['subject']}/{row['period']}" for row in accepted(planted, "check_rule_broken")} <= named


def test_what_was_filed_twice_or_sent_back_is_counted_and_does_not_count(
    planted: list[dict[str, str]], loading: Loading, tmp_path: Path
) -> None:
    counts = freeze(tmp_path / "frozen", loading.records, date(2021, 3, 31)).manifest.counts["enterprise_month"]
    kinds = Counter(row["kind"] for row in planted)
    assert counts.tied == counts.superseded == kinds["duplicate"]
    assert counts.rejected == kinds["rejected"]
    assert counts.frozen == counts.synthetic


def test_doubts_are_few_beside_eleven_million_values(doubted: set[tuple[str, ...]]) -> None:
    assert len(doubted) < 1000


def test_every_wrong_credit_code_of_the_register_is_named(planted: list[dict[str, str]], loading: Loading) -> None:
    wrong = {row["planted"] for row in accepted(planted, "credit_code")}
    named = {found.values["text"] for found in loading.findings if found.code == "import.credit_check_digit"}
    assert wrong <= named


def test_oddities_of_messy_files_are_found_by_cell(planted: list[dict[str, str]], loading: Loading) -> None:
    codes = Counter(found.code for found in loading.findings)
    assert {"import.full_width", "import.unit_converted", "import.decoded"} <= codes.keys()
    for kind, code in (("private_use", "import.private_use"), ("mistyped_code", "import.credit_check_digit")):
        (row,) = accepted(planted, kind)
        (found,) = [f for f in loading.findings if f.code == code and f.severity is Severity.ERROR]
        assert found.place.cell
        assert row["note"].split("/")[-1] in found.place.file


def test_only_rows_that_cannot_be_read_are_held_back_whole(loading: Loading) -> None:
    assert sorted(reason for row in loading.held.to_pylist() for reason in row["reasons"]) == [
        "import.credit_check_digit", "import.private_use", "import.subject_unknown",
    ]  # fmt: skip
    assert all(len(row["cells"]) > 60 for row in loading.held.to_pylist())


def test_another_unit_in_the_heading_gives_the_same_values(loading: Loading) -> None:
    """The file in 亿元 and 公顷 comes to the usual magnitudes of its enterprises."""
    tables = [own for own in loading.records.returns["enterprise_month"] if not isinstance(own, Path)]
    rows = [row for table in tables for row in table.to_pylist() if "haidong_ledu" in row["source"]]
    assert len(rows) > 50
    assert all(row["synthetic"] for row in rows)
    converted = [found for found in loading.findings if found.code == "import.unit_converted"]
    assert {found.values["unit"] for found in converted} == {"亿元", "公顷"}
    ratios = sorted(row["value_added"] / row["gross_output"] for row in rows if row["gross_output"])
    assert ratios[0] > 0.05
    assert ratios[-1] < 0.9


def test_late_churn_is_seen_only_by_who_asks_later(planted: list[dict[str, str]], loading: Loading) -> None:
    register = loading.records.register
    before, after = (
        register.at(date(2019, 12, 31), date(2019, 12, 31)),
        register.at(date(2019, 12, 31), date(2020, 3, 31)),
    )
    for row in accepted(planted, "late_churn"):
        assert before[row["subject"]]["park"] != row["planted"]
        assert after[row["subject"]]["park"] == row["planted"]


def test_a_merger_moves_enterprises_and_keeps_the_regions_area(loading: Loading) -> None:
    register = loading.records.register
    before, after = register.at(date(2019, 6, 30)), register.at(date(2019, 7, 1))
    assert "made_a_huzhu2" in before
    assert "made_a_huzhu2" not in after
    assert not after.under("made_a_huzhu2")
    assert len(after.under("made_a_huzhu")) == len(before.under("made_a_huzhu")) + len(before.under("made_a_huzhu2"))
    assert before.area_by_territory("park")["630223"] == after.area_by_territory("park")["630223"]
