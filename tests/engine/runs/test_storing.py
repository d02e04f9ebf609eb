"""Runs on disk: whole or not at all, and whatever was changed afterwards is named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from yuanzhi.engine.kernel.problems import ProblemsError
from yuanzhi.engine.runs import storing
from yuanzhi.engine.runs.results import FORMS
from yuanzhi.engine.runs.running import Run
from yuanzhi.engine.runs.storing import MANIFEST, read_manifest, read_run, read_tables, write_run


@pytest.fixture(scope="module")
def written(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "2018-2020"
    write_run(folder, run.manifest, run.results)
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "copy"))


def problems_of(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(ProblemsError) as caught:
        read_run(folder)
    for problem in caught.value.problems:
        assert problem.text("zh") != problem.text("en")
    return [(problem.code, problem.values.get("table", "")) for problem in caught.value.problems]


def test_what_was_written_is_read_back_equal(written: Path, run: Run) -> None:
    manifest, results = read_run(written)
    assert manifest == run.manifest
    assert manifest.digest == run.manifest.digest
    assert {form.name for form in FORMS} == set(results.tables)
    for name, table in results.tables.items():
        assert table.equals(run.results[name]), name


def test_the_manifest_can_be_read_by_people(written: Path, run: Run) -> None:
    body = json.loads((written / MANIFEST).read_text(encoding="utf-8"))
    assert body["digest"] == run.manifest.digest
    assert body["packs"]["province-2018"]["version"] == "1.0"
    assert body["years"] == [2018, 2019, 2020]
    assert body["results"]["grades"]["rows"] == run.results["grades"].num_rows


def test_name_time_and_product_are_no_part_of_the_identity(run: Run) -> None:
    other = replace(run.manifest, name="again", made="2030-01-01", product="9.9")
    assert other.digest == run.manifest.digest
    assert replace(run.manifest, years=(2018, 2019)).digest != run.manifest.digest
    assert replace(run.manifest, parameters={"rectify_months": "12"}).digest != run.manifest.digest
    assert replace(run.manifest, snapshot_digest="0" * 64).digest != run.manifest.digest


def _cut_cell(path: Path) -> None:
    table = pq.read_table(path)
    rank = pc.add(table["rank"], pa.scalar(1))
    pq.write_table(table.set_column(table.schema.get_field_index("rank"), "rank", rank), path)


def _drop_row(path: Path) -> None:
    pq.write_table(pq.read_table(path).slice(1), path)


def _more_columns(path: Path) -> None:
    table = pq.read_table(path)
    pq.write_table(table.append_column("extra", pa.nulls(table.num_rows, pa.string())), path)


def _other_type(path: Path) -> None:
    table = pq.read_table(path)
    at = table.schema.get_field_index("rank")
    pq.write_table(table.set_column(at, "rank", table["rank"].cast(pa.int32())), path)


TAMPERING: dict[str, Callable[[Path], object]] = {
    "a cell changed": _cut_cell,
    "a row gone": _drop_row,
    "a column more": _more_columns,
    "another type": _other_type,
    "no table any more": lambda path: path.write_bytes(b"nothing"),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-20]),
    "empty": lambda path: path.write_bytes(b""),
}


@pytest.mark.parametrize("tamper", TAMPERING.values(), ids=TAMPERING)
def test_a_changed_table_is_named(folder: Path, tamper: Callable[[Path], object]) -> None:
    tamper(folder / "grades.parquet")
    assert problems_of(folder) == [("run.table_changed", "grades")]


def test_a_table_written_anew_with_the_same_rows_is_the_same(folder: Path, run: Run) -> None:
    pq.write_table(run.results["grades"], folder / "grades.parquet", compression="snappy", row_group_size=3)
    assert read_run(folder)[1].digests() == run.results.digests()


def test_every_missing_and_changed_table_is_named_at_once(folder: Path) -> None:
    (folder / "series.parquet").unlink()
    (folder / "targets.parquet").unlink()
    _drop_row(folder / "grades.parquet")
    assert sorted(problems_of(folder)) == [
        ("run.table_changed", "grades"), ("run.table_missing", "series"), ("run.table_missing", "targets"),
    ]  # fmt: skip
    results, problems = read_tables(folder, read_manifest(folder))
    assert len(problems) == 3
    assert set(results.tables) == {form.name for form in FORMS} - {"series", "targets"}


def _edit(folder: Path, edit: Callable[[dict[str, object]], object]) -> None:
    body = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    edit(body)
    (folder / MANIFEST).write_text(json.dumps(body), encoding="utf-8")


MANIFESTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "another year": (lambda f: _edit(f, lambda body: body.update(years=[2018])), "run.manifest_changed"),
    "another parameter": (
        lambda f: _edit(f, lambda body: body.update(parameters={"rectify_months": "12"})),
        "run.manifest_changed",
    ),
    "another table hash": (
        lambda f: _edit(f, lambda body: body.update(results={})),
        "run.manifest_changed",
    ),
    "no digest": (lambda f: _edit(f, lambda body: body.pop("digest")), "run.unreadable"),
    "an unknown key": (lambda f: _edit(f, lambda body: body.update(colour="red")), "run.unreadable"),
    "not JSON": (lambda f: (f / MANIFEST).write_text("{"), "run.unreadable"),
    "a list": (lambda f: (f / MANIFEST).write_text("[1]"), "run.unreadable"),
    "gone": (lambda f: (f / MANIFEST).unlink(), "run.unreadable"),
}


@pytest.mark.parametrize(("tamper", "code"), MANIFESTS.values(), ids=MANIFESTS)
def test_a_changed_manifest_is_named(folder: Path, tamper: Callable[[Path], object], code: str) -> None:
    tamper(folder)
    assert problems_of(folder) == [(code, "")]


def test_the_time_may_be_changed(folder: Path) -> None:
    _edit(folder, lambda body: body.update(made="2030-01-01"))
    assert read_manifest(folder).made == "2030-01-01"


def test_a_folder_without_a_run_is_no_run(tmp_path: Path) -> None:
    assert problems_of(tmp_path / "nowhere") == [("run.unreadable", "")]


def test_a_run_killed_while_written_leaves_none(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    folder = tmp_path / "runs" / "2020"
    monkeypatch.setattr(storing.json, "dumps", killed)
    with pytest.raises(KeyboardInterrupt):
        write_run(folder, run.manifest, run.results)
    assert not folder.exists()
    drafts = list(folder.parent.iterdir())
    assert [path.name.startswith(".2020.") for path in drafts] == [True], "a draft stands beside the place of the run"
    assert problems_of(folder) == [("run.unreadable", "")]
    monkeypatch.undo()
    write_run(folder, run.manifest, run.results)
    assert [path.name for path in folder.parent.iterdir()] == ["2020"], "the draft has become the run"
    assert read_run(folder)[0] == run.manifest


def test_an_older_run_stands_until_the_newer_is_whole(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = replace(run.manifest, name="newer", made="2022-01-01")
    rename = Path.rename

    def killed(self: Path, target: Path) -> Path:
        if self.name.endswith(".part"):
            raise OSError("no space left")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", killed)
    with pytest.raises(OSError, match="no space left"):
        write_run(folder, newer, run.results)
    assert read_run(folder)[0] == run.manifest
    monkeypatch.undo()
    write_run(folder, newer, run.results)
    assert read_run(folder)[0] == newer
    assert not list(folder.parent.glob(".*"))
