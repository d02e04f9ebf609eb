"""Commands on records: set up a workspace, import returns, freeze."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import click

from yuanzhi.cli.showing import Screen
from yuanzhi.engine.kernel.canonical import content_hash
from yuanzhi.engine.kernel.problems import has_errors, nearest
from yuanzhi.engine.pack import CompiledPack, compile_pack, compose, load_chain
from yuanzhi.engine.pack.composing import Composition
from yuanzhi.engine.records import Workspace, open_workspace, write_rows
from yuanzhi.engine.records import freeze as freeze_records
from yuanzhi.engine.records.importing import ImportOptions
from yuanzhi.engine.records.reading import import_file, load_records
from yuanzhi.engine.records.subject_index import SubjectIndex

WORKSPACE = click.argument("folder", type=click.Path(path_type=Path))


def packs_in_force(workspace: Workspace) -> CompiledPack:
    """The packs of a workspace, composed and compiled."""
    chain = load_chain(workspace.packs, (workspace.own_packs,))
    return compile_pack(compose(chain.packs))


def pack_hashes(composition: Composition) -> dict[str, dict[str, str]]:
    """Version and content hash of each pack."""
    return {
        pack.code: {"version": pack.identity.version, "sha256": content_hash(pack.files)} for pack in composition.packs
    }


@click.command()
@WORKSPACE
@click.option("--pack", "packs", multiple=True, required=True, help="A pack in force 施行的政策包.")
@click.option("--title", default="", help="What the workspace is called 名称.")
@click.pass_obj
def init(screen: Screen, folder: Path, packs: tuple[str, ...], title: str) -> None:
    """Set up an empty workspace in FOLDER. 新建工作区。"""
    if folder.exists() and any(folder.iterdir()):
        screen.say("{folder} 不是空目录；没有改动。", "{folder} is not empty; nothing was changed.", folder=folder)
        sys.exit(1)
    chain = load_chain(packs)
    if has_errors(chain.problems):
        screen.problems(chain.problems)
        sys.exit(1)
    workspace = Workspace(folder, tuple(pack.code for pack in chain.packs))
    for place in (workspace.own_packs, workspace.register, folder / "records/returns", folder / "records/external"):
        place.mkdir(parents=True, exist_ok=True)
    lines = [f"title: {title or folder.name}", "packs:", *(f"- {code}" for code in workspace.packs)]
    (folder / "workspace.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    screen.say(
        "工作区已建好：{folder}。把登记事件放进 records/register，报表放进 records/returns/<表>。",
        "The workspace is ready: {folder}. Put register events into records/register, returns into\n"
        "records/returns/<form>.",
        folder=folder,
    )


@click.command("import")
@WORKSPACE
@click.argument("form")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--period", default="", help="The period of every row, where the file names none 报告期.")
@click.option("--recorded", type=click.DateTime(["%Y-%m-%d"]), help="The day the file came in 收到日期.")
@click.pass_obj
def import_returns(screen: Screen, folder: Path, form: str, file: Path, period: str, recorded: datetime | None) -> None:
    """Import the returns of FORM from a CSV file or workbook; every doubt is named by cell. 导入报表。"""
    from yuanzhi.engine.kernel.periods import Period

    workspace = open_workspace(folder)
    compiled = packs_in_force(workspace)
    declared = compiled.composition.forms.get(form)
    if declared is None:
        near = nearest(form, compiled.composition.forms)
        screen.say(
            "没有报表“{form}”。最接近的是 {near}。",
            "There is no form “{form}”. The nearest is {near}.",
            form=form,
            near=near or "—",
        )
        sys.exit(1)
    known = load_records_register(workspace, compiled.composition)
    options = ImportOptions(source=file.name, recorded=recorded, period=Period.read(period) if period else None)
    index = SubjectIndex.of(known, declared.subject)
    result = import_file(file, declared, compiled.composition, options, index if index.lives else None)
    screen.problems(result.findings)
    place = workspace.external(form) if declared.source == "external" else workspace.returns(form)
    if result.rows.num_rows:
        write_rows(place / f"{file.stem}.parquet", result.rows)
    if result.held.num_rows:
        held = place / f"{file.stem}.held.json"
        held.write_text("\n".join(str(row) for row in result.held.to_pylist()), encoding="utf-8")
    counted = {"rows": result.rows.num_rows, "held": result.held.num_rows, "queried": result.queried}
    screen.say(
        "收下 {rows} 行（其中 {queried} 行待核），留置 {held} 行。",
        "{rows} rows taken ({queried} of them to be verified), {held} held back.",
        **counted,
    )
    sys.exit(1 if has_errors(result.findings) else 0)


def load_records_register(workspace: Workspace, composition: Composition):  # type: ignore[no-untyped-def]
    """The subjects the workspace's register knows."""
    from yuanzhi.engine.records.reading import read_register
    from yuanzhi.engine.records.register import Register

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
                workspace, compiled.composition, compiled=compiled, packs=pack_hashes(compiled.composition),
                progress=lambda _, done, total: bar(done, total),
            )  # fmt: skip
        with steps.step("写快照", "Writing the snapshot") as bar:
            snapshot = freeze_records(
                workspace.snapshot(name or as_known.isoformat()), loading.records, as_known,
                made=datetime.now().isoformat(timespec="seconds"), progress=lambda _, done, total: bar(done, total),
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
