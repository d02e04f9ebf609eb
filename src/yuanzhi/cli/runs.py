"""Commands on runs: run, explain, compare, verify, simulate."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path

import click

from yuanzhi.cli.headline import show_headline
from yuanzhi.cli.showing import Screen
from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.pack import Pack, compose, load_chain
from yuanzhi.engine.records import Workspace, open_snapshot, open_workspace, verify_snapshot
from yuanzhi.engine.runs.comparing import Change, Comparison
from yuanzhi.engine.runs.comparing import compare as compare_results
from yuanzhi.engine.runs.explaining import explain as explain_result
from yuanzhi.engine.runs.explanations import as_text
from yuanzhi.engine.runs.naming import subject_names
from yuanzhi.engine.runs.plan import RunPlan
from yuanzhi.engine.runs.publishing import brief_run, write_publications
from yuanzhi.engine.runs.running import (
    compile_with,
    make_run,
    plan_of,
    typed_parameters,
    verify_run,
)
from yuanzhi.engine.runs.running import (
    simulate as simulate_run,
)
from yuanzhi.engine.runs.storing import RunManifest, read_run, write_run

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
SETTINGS = click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set a parameter for this run 设定参数."
)
_STEPS = {
    "series": Label("算指标", "Computing indicators"),
    "targets": Label("判目标", "Judging targets"),
    "determinations": Label("判规则", "Determining rules"),
    "assessments": Label("考核评价", "Assessing"),
    "proposals": Label("拟后果", "Proposing consequences"),
    "tables": Label("归表", "Gathering tables"),
}
_SHOWN = 40


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--snapshot", default="", help="The snapshot's name; the latest by default 快照.")
@click.option("--years", required=True, help="Such as 2020 or 2018-2020 年度.")
@click.option("--name", default="", help="The run's name 运行名称.")
@click.option("--scheme", "schemes", multiple=True, help="Schemes to assess; all complete ones by default 评价办法.")
@click.option("--completeness", default="1", help="Least share of returns for a target to be decided 最低完整率.")
@SETTINGS
@click.pass_obj
def run(
    screen: Screen, folder: Path, snapshot: str, years: str, name: str, schemes: tuple[str, ...], completeness: str,
    settings: tuple[str, ...],
) -> None:  # fmt: skip
    """Apply the packs in force to a snapshot and keep the result. 运行。"""
    workspace = open_workspace(folder)
    frozen = snapshot or latest(folder / "snapshots")
    opened = open_snapshot(workspace.snapshot(frozen))
    packs = packs_of(workspace)
    plan = RunPlan(
        years=read_years(years),
        parameters=typed_parameters(compose(packs), dict(setting.split("=", 1) for setting in settings)),
        schemes=schemes,
        least_completeness=Decimal(completeness),
    )
    made = datetime.now().isoformat(timespec="seconds")
    own = name or f"{years}-{frozen}"
    done = run_with_progress(screen, lambda progress: make_run(
        packs, opened, plan, own, made=made, product=version("yuanzhi"), progress=progress
    ))  # fmt: skip
    target = workspace.run(own)
    write_run(target, done.manifest, done.results)
    compiled = compile_with(packs, plan.parameters)
    briefing = brief_run(compiled, opened, done.manifest, done.results, packs[-1].code)
    written = write_publications(target, compiled, briefing, done.manifest, done.results, screen.language)
    show_headline(screen, briefing)
    for path in (target, *written):
        screen.say("已写入 {path}", "Written: {path}", path=path)


def run_with_progress(screen: Screen, make):  # type: ignore[no-untyped-def]
    """Carry out a run with one bar for all its steps."""
    with screen.progress() as steps, steps.step("运行", "Running", total=len(_STEPS)) as bar:

        def progress(step: str, done: int, total: int) -> None:
            label = _STEPS.get(step, Label(step))
            bar.rename(screen.text(label))
            bar(done, total)

        return make(progress)


@click.command()
@click.argument("run_folder", type=FOLDER)
@click.argument("result")
@click.option("--depth", default=4, help="Levels of inputs shown 层数.")
@click.pass_obj
def explain(screen: Screen, run_folder: Path, result: str, depth: int) -> None:
    """Why a RESULT of a run is what it is: formula, inputs, returns, clause. 这个数是怎么来的。"""
    manifest, results = read_run(run_folder)
    workspace = open_workspace(run_folder.parent.parent)
    packs = packs_of(workspace)
    compiled = compile_with(packs, typed_parameters(compose(packs), texts(manifest)))
    opened = open_snapshot(workspace.snapshot(manifest.snapshot))
    click.echo(as_text(explain_result(compiled, opened, results, result), screen.language, depth))


@click.command()
@click.argument("before", type=FOLDER)
@click.argument("after", type=FOLDER)
@click.pass_obj
def compare(screen: Screen, before: Path, after: Path) -> None:
    """Compare two runs: what appeared, vanished, changed, and who moved. 比较两次运行。"""
    _, one = read_run(before)
    _, two = read_run(after)
    show_comparison(screen, compare_results(one, two), {})


@click.command()
@click.argument("run_folder", type=FOLDER)
@click.pass_obj
def verify(screen: Screen, run_folder: Path) -> None:
    """Recompute a run from its snapshot and packs, and name whatever differs. 重算核对。"""
    manifest, results = read_run(run_folder)
    workspace = open_workspace(run_folder.parent.parent)
    place = workspace.snapshot(manifest.snapshot)
    problems = verify_snapshot(place)
    if not problems:
        problems = verify_run(manifest, results, packs_of(workspace), open_snapshot(place))
    if screen.problems(problems):
        sys.exit(1)
    screen.say(
        "重算一致：{n} 张表逐字相同，指纹 {digest}。",
        "Recomputed: {n} tables are the same, digest {digest}.",
        n=len(manifest.results),
        digest=manifest.digest[:16],
    )


@click.command()
@click.argument("run_folder", type=FOLDER)
@SETTINGS
@click.option("--pack", "others", multiple=True, help="Packs in place of those in force 换用的政策包.")
@click.pass_obj
def simulate(screen: Screen, run_folder: Path, settings: tuple[str, ...], others: tuple[str, ...]) -> None:
    """What would change if a parameter or the packs were others: who moves, by how much, why. 模拟。"""
    manifest, results = read_run(run_folder)
    workspace = open_workspace(run_folder.parent.parent)
    packs = packs_of(workspace)
    composition = compose(packs)
    opened = open_snapshot(workspace.snapshot(manifest.snapshot))
    instead = load_chain(others, (workspace.own_packs,)).packs if others else None
    changed = typed_parameters(compose(instead) if instead else composition, dict(s.split("=", 1) for s in settings))
    plan = plan_of(manifest, typed_parameters(composition, texts(manifest)))
    done = run_with_progress(screen, lambda progress: simulate_run(
        packs, opened, plan, parameters=changed, instead=instead, before=results, progress=progress
    ))  # fmt: skip
    show_comparison(screen, done.comparison, subject_names(composition, opened))


def show_comparison(screen: Screen, comparison: Comparison, names: dict[str, Label] | object) -> None:
    """Who moved: grades and ranks first, then targets, rules and proposals, then counts of the rest."""
    if comparison.is_same:
        screen.say("没有任何结果不同。", "No result differs.")
        return
    known = names if isinstance(names, dict) else {}
    heads = [("结果", "result"), ("项", "column"), ("之前", "before"), ("之后", "after"), ("差", "difference")]
    for table, columns in (
        ("grades", ("grade", "rank")),
        ("targets", ("outcome", "goal")),
        ("determinations", ("outcome",)),
        ("proposals", ("state",)),
    ):
        found = [change for column in columns for change in comparison.of(table, column)]
        if found:
            screen.title("{table}：{n} 处", "{table}: {n} changes", table=table, n=len(found))
            screen.table(heads, [_change_row(screen, change, known) for change in found[:_SHOWN]], right=(4,))
            if len(found) > _SHOWN:
                screen.say("……另有 {n} 处", "... and {n} more", n=len(found) - _SHOWN)
    why = [change for change in comparison.of("scores", "score") if change.difference]
    why.sort(key=lambda change: abs(change.difference or Decimal(0)), reverse=True)
    if why:
        screen.title("为什么：得分变化最大的项", "Why: the scores that changed most")
        screen.table(heads, [_change_row(screen, change, known) for change in why[:15]], right=(4,))
    counted = {table: len(comparison.of(table)) for table in ("series", "scores")}
    screen.say(
        "指标值变化 {series} 处，得分变化 {scores} 处。",
        "{series} indicator values and {scores} scores differ.",
        **counted,
    )


def _change_row(screen: Screen, change: Change, names: dict[str, Label]) -> tuple[object, ...]:
    key = " / ".join(screen.text(names[part]) if part in names else part for part in change.key if part)
    return key, change.column, _short(change.before), _short(change.after), _short(change.difference)


def _short(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return "" if value is None else str(value)


def packs_of(workspace: Workspace) -> tuple[Pack, ...]:
    """The packs in force of a workspace with all they extend, base first."""
    return load_chain(workspace.packs, (workspace.own_packs,)).packs


def texts(manifest: RunManifest) -> dict[str, str]:
    """The parameters of a run as text."""
    return {code: str(value) for code, value in manifest.parameters.items()}


def read_years(text: str) -> tuple[int, ...]:
    """Years written as 2020 or 2018-2020."""
    first, _, last = text.partition("-")
    return tuple(range(int(first), int(last or first) + 1))


def latest(folder: Path) -> str:
    """The name of the newest snapshot by name.

    Raises:
        click.UsageError: There is none.
    """
    names: Sequence[str] = sorted(path.name for path in folder.glob("*/") if not path.name.startswith("."))
    if not names:
        raise click.UsageError("还没有快照；先执行 freeze。 There is no snapshot yet: freeze first.")
    return names[-1]
