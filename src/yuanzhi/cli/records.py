"""Commands on records: set up a workspace, import returns, freeze."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import pyarrow as pa
import pyarrow.parquet as pq

from yuanzhi.cli.showing import Screen
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.kernel.problems import Problem, ProblemsError, has_errors, nearest
from yuanzhi.engine.pack import CompiledPack, Pack, compile_pack, compose, find_packs, load_chain
from yuanzhi.engine.pack.composing import Composition
from yuanzhi.engine.records import Register, Workspace, open_workspace, read_register, write_rows
from yuanzhi.engine.records import freeze as freeze_records
from yuanzhi.engine.records.importing import ImportOptions
from yuanzhi.engine.records.reading import import_file, load_records
from yuanzhi.engine.records.subject_index import SubjectIndex
from yuanzhi.engine.runs.running import pack_identities

WORKSPACE = click.argument("folder", type=click.Path(path_type=Path))


def packs_of(workspace: Workspace, instead: Sequence[str] = ()) -> tuple[Pack, ...]:
    """The packs in force of a workspace with all they extend, base first, or others in their place.

    Raises:
        ProblemsError: A pack is not there or cannot be read.
    """
    chain = load_chain(tuple(instead) or workspace.packs, (workspace.own_packs,))
    if has_errors(chain.problems):
        raise ProblemsError(chain.problems)
    return chain.packs


def packs_in_force(workspace: Workspace) -> CompiledPack:
    """The packs of a workspace, composed and compiled.

    Raises:
        ProblemsError: A pack is not there or cannot be read.
    """
    return compile_pack(compose(packs_of(workspace)))


@click.command()
@WORKSPACE
@click.option("--pack", "packs", multiple=True, required=True, help="A pack in force 施行的政策包.")
@click.option("--title", default="", help="What the workspace is called 名称.")
@click.pass_obj
def init(screen: Screen, folder: Path, packs: tuple[str, ...], title: str) -> None:
    """Set up an empty workspace in FOLDER. 新建工作区。"""
    refuse_in_use(folder)
    chain = load_chain(packs)
    if has_errors(chain.problems):
        raise ProblemsError(chain.problems)
    workspace = Workspace(folder, tuple(pack.code for pack in chain.packs))
    for place in (workspace.own_packs, workspace.register, folder / "records/returns", folder / "records/external"):
        place.mkdir(parents=True, exist_ok=True)
    _keep_own_packs(workspace, [Path(code) for code in packs if Path(code).is_dir()])
    lines = [f"title: {json.dumps(title or folder.name, ensure_ascii=False)}", "packs:"]
    lines += [f"- {code}" for code in workspace.packs]
    (folder / "workspace.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    screen.say(
        "工作区已建好：{folder}。把登记事件放进 records/register，报表放进 records/returns/<表>。",
        "The workspace is ready: {folder}. Put register events into records/register, returns into\n"
        "records/returns/<form>.",
        folder=folder,
    )


def refuse_in_use(folder: Path) -> None:
    """Only an empty folder becomes a workspace.

    Raises:
        ProblemsError: Something is in the folder, or it is none.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ProblemsError([Problem("command.folder_in_use", values={"folder": str(folder)})])


def _keep_own_packs(workspace: Workspace, places: Sequence[Path]) -> None:
    """Packs given by their folder are copied into the workspace with those beside them that they extend."""
    known = find_packs(place.resolve().parent for place in places)
    shipped = find_packs()
    for code in workspace.packs:
        if code not in shipped and code in known:
            shutil.copytree(known[code], workspace.own_packs / code)


@click.command("import")
@WORKSPACE
@click.argument("form")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--period", default="", help="The period of every row, where the file names none 报告期.")
@click.option("--recorded", type=click.DateTime(["%Y-%m-%d"]), help="The day the file came in 收到日期.")
@click.pass_obj
def import_returns(screen: Screen, folder: Path, form: str, file: Path, period: str, recorded: datetime | None) -> None:
    """Import the returns of FORM from a CSV file or workbook; every doubt is named by cell. 导入报表。"""
    workspace = open_workspace(folder)
    compiled = packs_in_force(workspace)
    declared = compiled.composition.forms.get(form)
    if declared is None:
        near = nearest(form, compiled.composition.forms) or "—"
        raise ProblemsError([Problem("command.form_unknown", values={"name": form, "nearest": near})])
    options = ImportOptions(source=file.name, recorded=recorded, period=_period(period))
    index = SubjectIndex.of(known_subjects(workspace, compiled.composition), declared.subject)
    result = import_file(file, declared, compiled.composition, options, index if index.lives else None)
    screen.problems(result.findings)
    place = workspace.external(form) if declared.source == "external" else workspace.returns(form)
    if result.rows.num_rows:
        _keep(place, file.stem, result.rows)
    if result.held.num_rows:
        _keep_held(place, file.stem, result.held.to_pylist())
    counted = {"rows": result.rows.num_rows, "held": result.held.num_rows, "queried": result.queried}
    screen.say(
        "收下 {rows} 行（其中 {queried} 行待核），留置 {held} 行。",
        "{rows} rows taken ({queried} of them to be verified), {held} held back.",
        **counted,
    )
    sys.exit(1 if has_errors(result.findings) else 0)


def _period(text: str) -> Period | None:
    try:
        return Period.read(text) if text else None
    except ValueError:
        raise ProblemsError([Problem("command.period", values={"text": text})]) from None


def _keep(place: Path, stem: str, rows: pa.Table) -> Path:
    """Write rows as a file of their own; a later file of the same name counts after the earlier.

    Raises:
        ProblemsError: The same rows were taken before under this name.
    """
    for target in (place / f"{stem}{mark}.parquet" for mark in ("", *(f"_{number:03}" for number in range(2, 1000)))):
        if not target.exists():
            write_rows(target, rows)
            return target
        with TemporaryDirectory() as scratch:
            write_rows(Path(scratch) / "rows.parquet", rows)
            if pq.read_table(Path(scratch) / "rows.parquet").equals(pq.read_table(target)):
                raise ProblemsError([Problem("command.taken_before", values={"file": stem})])
    raise ProblemsError([Problem("command.folder_in_use", values={"folder": str(place)})])


def _keep_held(place: Path, stem: str, rows: list[dict[str, object]]) -> None:
    """Rows held back, each with every cell it has, to be corrected and sent again."""
    place.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(row, ensure_ascii=False, default=str) for row in rows)
    (place / f"{stem}.held.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def known_subjects(workspace: Workspace, composition: Composition) -> pa.Table:
    """The subjects the workspace's register knows."""
    return Register(read_register(workspace.register, composition).table).subjects()


@click.command()
@WORKSPACE
@click.option("--name", default="", help="The snapshot's name 快照名称.")
@click.option("--known", type=click.DateTime(["%Y-%m-%d"]), help="Leave out what was recorded later 截止日期.")
@click.pass_obj
def freeze(screen: Screen, folder: Path, name: str, known: datetime | None) -> None:
    """Freeze the accepted records known on a day as a snapshot. 冻结记录为快照。"""
    workspace = open_workspace(folder)
    compiled = packs_in_force(workspace)
    as_known = known.date() if known else date.today()
    with screen.progress() as steps:
        with steps.step("读入记录", "Reading the records") as bar:
            loading = load_records(
                workspace, compiled.composition, compiled=compiled, packs=pack_identities(compiled.composition),
                progress=lambda _, done, total: bar(done, total),
            )  # fmt: skip
        with steps.step("写快照", "Writing the snapshot") as bar:
            snapshot = freeze_records(
                workspace.snapshot(name or as_known.isoformat()), loading.records, as_known,
                made=datetime.now().isoformat(timespec="seconds"), product=version("yuanzhi"), progress=lambda _, done, total: bar(done, total),
            )  # fmt: skip
    screen.problems(loading.findings)
    heads = [
        ("表", "form"),
        ("冻结", "frozen"),
        ("被更正", "superseded"),
        ("退回", "rejected"),
        ("待核", "submitted"),
        ("晚到", "later"),
        ("合成", "synthetic"),
    ]
    rows = [
        (code, own.frozen, own.superseded, own.rejected, own.submitted, own.later, own.synthetic)
        for code, own in snapshot.manifest.counts.items()
    ]
    screen.table(heads, rows, right=range(1, 7))
    screen.say(
        "快照 {name}，指纹 {digest}。",
        "Snapshot {name}, digest {digest}.",
        name=snapshot.manifest.name,
        digest=snapshot.digest[:16],
    )
