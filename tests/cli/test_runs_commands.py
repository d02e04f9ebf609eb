"""run, explain, compare, verify and simulate on a small workspace."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from small_workspace import Command, flat, tight

from yuanzhi.engine.runs.storing import read_run

LANGUAGES = pytest.mark.parametrize("lang", ["zh", "en"])
CHINESE = re.compile(r"[\u4e00-\u9fff]{3,}")


def edit_pack(folder: Path, old: str, new: str) -> None:
    path = folder / "packs" / "province-2018" / "pack.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


@LANGUAGES
def test_a_run_tells_what_a_head_of_department_asks(command: Command, copy: Path, lang: str) -> None:
    output = command("run", copy, "--years", "2020", "--name", "told", "--set", "rectify_months=12", lang=lang).output
    for park in ("东山园区", "中原农业园区") if lang == "zh" else ("Dongshan Park", "Zhongyuan Farming Park"):
        assert park in tight(output) or park in flat(output)
    for zh, en in (
        ("2020年园区占比", "Share of parks in 2020"),
        ("不合格", "Fail"),
        ("限期整改", "Under rectification"),
    ):
        assert (zh if lang == "zh" else en) in flat(output)
    assert "2021-12-31" in output, "twelve months to rectify"
    folder = copy / "runs" / "told"
    manifest, results = read_run(folder)
    assert manifest.parameters == {"rectify_months": "12"}
    assert results["grades"].num_rows == 4
    assert {"report.html", "scores.xlsx", "manifest.json"} <= {path.name for path in folder.iterdir()}
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert f'lang="{"zh-CN" if lang == "zh" else "en"}"' in page


def test_a_run_is_named_by_years_and_snapshot_and_is_the_same_as_before(command: Command, copy: Path) -> None:
    command("run", copy, "--years", "2020")
    one, two = (read_run(copy / "runs" / name)[0] for name in ("first", "2020-2020"))
    assert one.digest == two.digest


@LANGUAGES
def test_explain_leads_to_clause_file_and_day(command: Command, province: Path, lang: str) -> None:
    output = command(
        "explain", province / "runs/first", "grades/park_assessment/2020/p1", "--depth", 6, lang=lang
    ).output
    fragments = {
        "zh": ("东山园区 2020 园区年度考核 = 好", "第五条（province-2018#5）", "2020.csv", "2021-01-01 收到",
               "文件规定", "本包选定"),
        "en": ("Dongshan Park 2020 Yearly assessment of parks = Good", "Article 5", "2020.csv", "recorded 2021-01-01",
               "stated by the policy", "chosen by the pack"),
    }[lang]  # fmt: skip
    for fragment in fragments:
        assert fragment in output


@pytest.mark.parametrize("name", ["scores/park_assessment/2020/p1/yield", "proposals/ladder/p5/2020-12-31"])
def test_other_results_can_be_explained(command: Command, province: Path, name: str) -> None:
    output = command("explain", province / "runs/first", name, "--depth", 1).output
    assert "province-2018#" in output
    assert len(output.splitlines()) < 25


def test_explain_warns_where_the_pack_is_no_longer_the_one_of_the_run(command: Command, copy: Path) -> None:
    edit_pack(copy, "at_least: 70}", "at_least: 90}")
    output = flat(command("explain", copy / "runs/first", "grades/park_assessment/2020/p1").output)
    assert "warning[run.pack_changed]" in output
    assert "Dongshan Park" in output


def test_compare_names_who_moved(command: Command, copy: Path) -> None:
    edit_pack(copy, "at_least: 70}", "at_least: 90}")
    command("run", copy, "--years", "2020", "--name", "stricter")
    output = command("compare", copy / "runs/first", copy / "runs/stricter", lang="zh").output
    rows = [line for line in output.splitlines() if " 档次 " in line and " / " in line]
    assert rows
    assert all(re.search(r"(东山|西河)园区.*档次\s+A\s+B", row) for row in rows)
    assert "没有任何结果不同" in command("compare", copy / "runs/first", copy / "runs/first", lang="zh").output


def test_simulate_names_who_would_move_and_by_how_much(command: Command, province: Path) -> None:
    output = command("simulate", province / "runs/first", "--set", "p.rectify_months=12", lang="zh").output
    assert "建议的后果：1 处" in output
    row = next(line for line in output.splitlines() if line.startswith("ladder /"))
    assert re.search(r"ladder / 中原农业园区.* 期限 +2021-06-30 +2021-12-31", row)


def test_simulate_with_another_pack(command: Command, copy: Path) -> None:
    other = copy / "packs" / "province-2025"
    shutil.copytree(copy / "packs" / "province-2018", other)
    text = (other / "pack.yaml").read_text(encoding="utf-8")
    text = text.replace("code: province-2018", "code: province-2025").replace("at_least: 70}", "at_least: 90}")
    (other / "pack.yaml").write_text(text, encoding="utf-8")
    output = flat(command("simulate", copy / "runs/first", "--pack", "province-2025").output)
    assert re.search(r"Dongshan Park grade A B", output)


def test_simulate_does_not_take_a_changed_pack_for_the_change_asked_about(command: Command, copy: Path) -> None:
    """The pack was edited since the run: only what the setting does is told, and the edit is named."""
    edit_pack(copy, "at_least: 70}", "at_least: 90}")
    output = flat(command("simulate", copy / "runs/first", "--set", "large_enterprise=1500").output)
    assert "warning[run.pack_changed]" in output
    assert "reward /" in output
    assert "Grades:" not in output


# Verifying


def test_verify_recomputes(command: Command, province: Path) -> None:
    output = command("verify", province / "runs/first", lang="zh").output
    manifest, _ = read_run(province / "runs/first")
    assert manifest.digest[:16] in output
    assert "7 张表逐字相同" in output


def _tamper_row(folder: Path) -> None:
    path = folder / "runs/first/grades.parquet"
    table = pq.read_table(path)
    rank = pc.if_else(pc.equal(table["subject"], "p5"), pa.scalar(1, pa.int64()), table["rank"])
    pq.write_table(table.set_column(table.schema.get_field_index("rank"), "rank", rank), path)


def _tamper_snapshot(folder: Path) -> None:
    path = folder / "snapshots/2020/returns/park_year.parquet"
    pq.write_table(pq.read_table(path).slice(1), path)


def _tamper_manifest(folder: Path) -> None:
    path = folder / "runs/first/manifest.json"
    body = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**body, "years": [2019]}), encoding="utf-8")


TAMPERING = {
    "a row": (_tamper_row, ("run.table_changed", "run.result_differs", "park_assessment/2020/p5")),
    "a table gone": (
        lambda folder: (folder / "runs/first/targets.parquet").unlink(),
        ("run.table_missing", "run.result_differs", "targets"),
    ),
    "the manifest": (_tamper_manifest, ("run.manifest_changed",)),
    "the snapshot": (_tamper_snapshot, ("snapshot.", "park_year")),
    "a snapshot gone": (lambda folder: shutil.rmtree(folder / "snapshots/2020"), ("snapshot.unreadable",)),
    "the pack": (
        lambda folder: edit_pack(folder, "at_least: 70}", "at_least: 71}"), ("run.pack_changed", "province-2018"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("tamper", "fragments"), TAMPERING.values(), ids=TAMPERING)
def test_verify_names_what_was_changed(command: Command, copy: Path, tamper, fragments: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    tamper(copy)
    output = tight(command("verify", copy / "runs/first", exit=1).output)
    for fragment in fragments:
        assert fragment in output
    assert "Recomputed" not in output


# Refusals

WRONG = {
    "no years": (("run", "", "--years", "soon"), ("command.years", "soon")),
    "years the wrong way round": (("run", "", "--years", "2020-2018"), ("command.years",)),
    "a setting without a value": (("run", "", "--years", "2020", "--set", "rectify_months"), ("command.setting",)),
    "an unknown parameter": (
        ("run", "", "--years", "2020", "--set", "rectify_month=3"), ("run.parameter_unknown", "rectify_months"),
    ),
    "a value of another type": (
        ("run", "", "--years", "2020", "--set", "rectify_months=many"), ("run.parameter_value", "many"),
    ),
    "no share": (("run", "", "--years", "2020", "--completeness", "90%"), ("command.share",)),
    "an unknown scheme": (
        ("run", "", "--years", "2020", "--scheme", "park_assesment"), ("assessment.scheme_unknown", "park_assessment"),
    ),
    "an unknown snapshot": (("run", "", "--years", "2020", "--snapshot", "2031"), ("snapshot.unreadable", "2031")),
    "an unknown result": (
        ("explain", "runs/first", "grades/park_assessment/2020/p11"),
        ("run.result_unknown", "grades/park_assessment/2020/p1"),
    ),
    "a folder that is no run": (("explain", "records", "grades/x/2020/p1"), ("run.unreadable", "manifest.json")),
    "verify no run": (("verify", "records"), ("run.unreadable",)),
    "compare with no run": (("compare", "runs/first", "records"), ("run.unreadable",)),
    "simulate an unknown parameter": (
        ("simulate", "runs/first", "--set", "rectify_month=3"), ("run.parameter_unknown", "rectify_months"),
    ),
    "simulate an unknown pack": (
        ("simulate", "runs/first", "--pack", "province-2081"), ("pack.not_found", "province-2018"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "fragments"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_done_is_refused_in_four_parts(
    command: Command, province: Path, arguments: tuple[str, ...], fragments: tuple[str, ...]
) -> None:
    name, place, *rest = arguments
    if name == "compare":
        rest = [str(province / own) for own in rest]
    output = tight(command(name, province / place, *rest, exit=1).output)
    for fragment in ("error[", *fragments):
        assert fragment in output


def test_refusals_are_told_in_chinese_too(command: Command, province: Path) -> None:
    output = tight(command("run", province, "--years", "2020-2018", lang="zh", exit=1).output)
    for fragment in ("错误[command.years]", "“2020-2018”不是年度。", "前小后大", "改写年度。"):
        assert fragment in output


def test_a_workspace_without_a_snapshot_says_to_freeze_first(command: Command, tmp_path: Path) -> None:
    command("init", tmp_path / "new", "--pack", "cn-base")
    output = flat(command("run", tmp_path / "new", "--years", "2020", exit=1).output)
    assert "command.no_snapshot" in output
    assert "Freeze first" in output


def test_a_run_moved_out_of_its_workspace_says_so(command: Command, province: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(province / "runs/first", tmp_path / "a" / "b")
    assert "workspace.unreadable" in command("verify", moved, exit=1).output
    same = command("compare", moved, province / "runs/first").output
    assert "No result differs" in same


def test_english_output_has_no_chinese_sentences(command: Command, province: Path) -> None:
    """Names of enterprises, which have no English, and units apart."""
    output = command("explain", province / "runs/first", "grades/park_assessment/2020/p5").output
    assert not set(CHINESE.findall(output)) - {"示例企业"}
