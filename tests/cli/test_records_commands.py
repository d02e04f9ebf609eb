"""init, import and freeze: from an empty folder to a snapshot."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from small_workspace import ENTERPRISES, YEARS, Command, enterprise_months, flat, park_years, table, tight

from yuanzhi.engine.records import open_snapshot, verify_snapshot

LANGUAGES = pytest.mark.parametrize("lang", ["zh", "en"])


@LANGUAGES
def test_init_lays_out_a_workspace(command: Command, tmp_path: Path, lang: str) -> None:
    folder = tmp_path / "new"
    output = command("init", folder, "--pack", "cn-etdz-2021", "--title", "某省：试点 #1", lang=lang).output
    assert str(folder) in output.replace("\n", "")
    body = yaml.safe_load((folder / "workspace.yaml").read_text(encoding="utf-8"))
    assert body == {"title": "某省：试点 #1", "packs": ["cn-base", "cn-etdz-2021"]}
    for place in ("packs", "records/register", "records/returns", "records/external"):
        assert (folder / place).is_dir()


def test_a_pack_of_one_s_own_comes_into_the_workspace(province: Path) -> None:
    body = yaml.safe_load((province / "workspace.yaml").read_text(encoding="utf-8"))
    assert body == {"title": "示例: 省", "packs": ["province-2018"]}
    assert (province / "packs" / "province-2018" / "pack.yaml").is_file()


def test_imported_returns_are_kept_typed_with_their_source(province: Path) -> None:
    place = province / "records" / "returns" / "enterprise_month"
    assert sorted(path.name for path in place.iterdir()) == [f"{year}.parquet" for year in YEARS]
    kept = pq.read_table(place / "2019.parquet")
    assert kept.num_rows == 12 * len(ENTERPRISES)
    assert set(kept["status"].to_pylist()) == {"accepted"}
    assert all("2019.csv" in source for source in kept["source"].to_pylist())
    assert str(kept.schema.field("revenue").type) == "decimal128(18, 2)"
    assert (province / "records" / "external" / "region_year" / "region.parquet").is_file()


def test_the_same_file_twice_is_refused_and_a_corrected_one_is_kept_beside(
    command: Command, copy: Path, tmp_path: Path
) -> None:
    """Nothing is overwritten: the later file counts, the earlier stays."""
    file = tmp_path / "parks.csv"
    file.write_text(park_years(), encoding="utf-8")
    place = copy / "records" / "returns" / "park_year"
    before = (place / "parks.parquet").read_bytes()
    assert "taken before" in flat(command("import", copy, "park_year", file, exit=1).output)
    file.write_text(park_years().replace("p1,2019,100,", "p1,2019,111,"), encoding="utf-8")
    command("import", copy, "park_year", file)
    assert (place / "parks.parquet").read_bytes() == before
    assert (place / "parks_002.parquet").is_file()
    command("freeze", copy, "--name", "later", "--known", "2021-12-31")
    snapshot = open_snapshot(copy / "snapshots" / "later")
    land = {(r["subject"], r["period"]): r["land"] for r in snapshot.table("returns_park_year").to_pylist()}
    assert land["p1", "2019"] == 111
    assert snapshot.manifest.counts["park_year"].superseded == len(land)


@LANGUAGES
def test_every_doubt_is_named_by_cell_and_the_row_held_back(
    command: Command, copy: Path, tmp_path: Path, lang: str
) -> None:
    file = tmp_path / "slip.csv"
    rows = [("e0", "2021-01", "12O.5", 20), ("e99", "2021-01", "100", 20), ("e1", "2021-01", "101", 21)]
    file.write_text(table(["企业代码", "报告期", "营业收入", "从业人员"], rows), encoding="utf-8")
    output = command("import", copy, "enterprise_month", file, lang=lang, exit=1).output
    for fragment in ("slip.csv", "!C2", "12O.5", "!A3", "e99"):
        assert fragment in output.replace("\n", "")
    assert ("收下 1 行" if lang == "zh" else "1 rows taken") in output
    held = (copy / "records/returns/enterprise_month/slip.held.jsonl").read_text(encoding="utf-8").splitlines()
    kept = [json.loads(line) for line in held]
    assert [[cell["text"] for cell in row["cells"]][:3] for row in kept] == [
        ["e0", "2021-01", "12O.5"], ["e99", "2021-01", "100"],
    ]  # fmt: skip


def test_a_file_without_periods_takes_the_one_given(command: Command, copy: Path, tmp_path: Path) -> None:
    file = tmp_path / "now.csv"
    file.write_text(table(["企业代码", "营业收入"], [("e0", "130"), ("e1", "140")]), encoding="utf-8")
    command("import", copy, "enterprise_month", file, "--period", "2021-02", "--recorded", "2021-03-05")
    kept = pq.read_table(copy / "records/returns/enterprise_month/now.parquet").to_pylist()
    assert {(row["period"], f"{row['recorded']:%Y-%m-%d}") for row in kept} == {("2021-02", "2021-03-05")}


@LANGUAGES
def test_freeze_tells_what_became_of_the_rows(command: Command, copy: Path, lang: str) -> None:
    output = command("freeze", copy, "--name", "early", "--known", "2020-06-30", lang=lang).output
    snapshot = open_snapshot(copy / "snapshots" / "early")
    assert not verify_snapshot(copy / "snapshots" / "early")
    counts = snapshot.manifest.counts["enterprise_month"]
    assert (counts.frozen, counts.later) == (8 * 17, 8 * 7), "May 2020 came in on the first of June"
    row = next(line for line in output.splitlines() if line.startswith("enterprise_month"))
    assert str(counts.frozen) in row.split()
    assert snapshot.digest[:16] in output


def test_the_same_records_freeze_to_the_same_digest(command: Command, copy: Path) -> None:
    command("freeze", copy, "--name", "again", "--known", "2021-06-30")
    one, two = (open_snapshot(copy / "snapshots" / name) for name in ("2020", "again"))
    assert one.digest == two.digest
    assert two.manifest.product, "which version wrote it"


# Refusals


@LANGUAGES
@pytest.mark.parametrize("what", ["a file in it", "a file of that name"])
def test_init_changes_nothing_in_a_folder_that_is_in_use(
    command: Command, tmp_path: Path, what: str, lang: str
) -> None:
    folder = tmp_path / "used"
    if what == "a file in it":
        folder.mkdir()
        (folder / "minutes.txt").write_text("keep")
    else:
        folder.write_text("keep")
    output = command("init", folder, "--pack", "cn-base", lang=lang, exit=1).output
    assert "command.folder_in_use" in output
    assert [path.name for path in tmp_path.rglob("*")] in (["used", "minutes.txt"], ["used"])


def test_init_without_the_pack_makes_nothing(command: Command, tmp_path: Path) -> None:
    output = command("init", tmp_path / "new", "--pack", "qinghai-2081", exit=1).output
    assert "qinghai-2018" in output
    assert not (tmp_path / "new").exists()


@LANGUAGES
@pytest.mark.parametrize(
    "arguments", [("freeze", "."), ("import", ".", "park_year", "x.csv"), ("run", ".", "--years", "2020")],
    ids=lambda own: own[0],
)  # fmt: skip
def test_a_folder_that_is_no_workspace_is_refused(
    command: Command, tmp_path: Path, arguments: tuple[str, ...], lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.csv").write_text("代码\n")
    output = command(*arguments, lang=lang, exit=1).output
    for fragment in ("workspace.unreadable", "workspace.yaml", "init"):
        assert fragment in output


@LANGUAGES
def test_an_unknown_form_is_refused_with_the_nearest(command: Command, province: Path, lang: str) -> None:
    file = province / "workspace.yaml"
    output = tight(command("import", province, "enterprise_moth", file, lang=lang, exit=1).output)
    for fragment in ("command.form_unknown", "enterprise_moth", "enterprise_month"):
        assert fragment in output


def test_a_period_that_is_none_is_refused(command: Command, copy: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text(enterprise_months(2019), encoding="utf-8")
    output = flat(command("import", copy, "enterprise_month", file, "--period", "2019-13", exit=1).output)
    assert "“2019-13” is no period" in output


@pytest.mark.parametrize("name", ["freeze", "import", "run"])
def test_a_workspace_whose_pack_is_gone_is_refused(command: Command, copy: Path, tmp_path: Path, name: str) -> None:
    text = (copy / "workspace.yaml").read_text(encoding="utf-8")
    (copy / "workspace.yaml").write_text(re.sub(r"province-2018", "province-2019", text), encoding="utf-8")
    file = tmp_path / "x.csv"
    file.write_text(park_years(), encoding="utf-8")
    more = {"freeze": (), "import": ("park_year", file), "run": ("--years", "2020")}[name]
    output = command(name, copy, *more, exit=1).output
    assert "pack.not_found" in output
    assert "province-2018" in output


def test_a_file_that_is_no_table_is_named(command: Command, copy: Path, tmp_path: Path) -> None:
    file = tmp_path / "letter.xlsx"
    file.write_bytes(b"Dear Sir or Madam")
    assert "letter.xlsx" in command("import", copy, "park_year", file, exit=1).output
    assert not (copy / "records/returns/park_year/letter.parquet").exists()
