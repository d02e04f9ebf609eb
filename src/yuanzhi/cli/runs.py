"""Commands on runs: run, explain, compare, verify, simulate."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path

import click

from yuanzhi.cli.headline import show_headline
from yuanzhi.cli.records import packs_of
from yuanzhi.cli.showing import Screen
from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.problems import Problem, ProblemsError, Severity
from yuanzhi.engine.pack import compose
from yuanzhi.engine.records import open_snapshot, open_workspace, verify_snapshot
from yuanzhi.engine.runs.comparing import Change, Comparison
from yuanzhi.engine.runs.comparing import compare as compare_results
from yuanzhi.engine.runs.explaining import explain as explain_result
from yuanzhi.engine.runs.explanations import as_text
from yuanzhi.engine.runs.naming import subject_names
from yuanzhi.engine.runs.plan import RunPlan
from yuanzhi.engine.runs.publishing import brief_run, write_publications
from yuanzhi.engine.runs.running import (
    changed_since,
    compile_composition,
    compile_with,
    make_run,
    plan_of,
    typed_parameters,
    verify_run,
)
from yuanzhi.engine.runs.running import (
    simulate as simulate_run,
)
from yuanzhi.engine.runs.storing import RunManifest, read_run, read_tables, write_run
from yuanzhi.engine.runs.storing import read_manifest as read_run_manifest

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
_MOVES = {
    "grades": (Label("考核", "Grades"), ("grade", "rank")),
    "targets": (Label("目标", "Targets"), ("outcome", "goal")),
    "determinations": (Label("规则判定", "Determinations"), ("outcome", "effect", "gives")),
    "proposals": (Label("建议的后果", "Proposed consequences"), ("state", "effects", "deadline")),
}
"""The columns of each table that say who moved."""
_COLUMNS = {
    "grade": Label("档次", "grade"), "rank": Label("名次", "rank"), "outcome": Label("结论", "outcome"),
    "goal": Label("应达", "goal"), "effect": Label("后果", "effect"), "gives": Label("给出", "gives"),
    "state": Label("状态", "state"), "effects": Label("建议", "proposed"), "deadline": Label("期限", "deadline"),
    "score": Label("得分", "score"),
}  # fmt: skip
_OUTCOMES = {
    "met": Label("达到", "met"), "not_met": Label("未达到", "not met"), "undetermined": Label("不能确定", "undetermined"),
}  # fmt: skip


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
        parameters=typed_parameters(compose(packs), read_settings(settings)),
        schemes=schemes,
        least_completeness=read_share(completeness),
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
    composition = compose(packs)
    compiled = compile_composition(composition, typed_parameters(composition, texts(manifest)))
    opened = open_snapshot(workspace.snapshot(manifest.snapshot))
    screen.problems(replace(own, severity=Severity.WARNING) for own in changed_since(manifest, composition, opened))
    click.echo(as_text(explain_result(compiled, opened, results, result), screen.language, depth))


@click.command()
@click.argument("before", type=FOLDER)
@click.argument("after", type=FOLDER)
@click.pass_obj
def compare(screen: Screen, before: Path, after: Path) -> None:
    """Compare two runs: what appeared, vanished, changed, and who moved. 比较两次运行。"""
    _, one = read_run(before)
    manifest, two = read_run(after)
    show_comparison(screen, compare_results(one, two), _names(after, manifest))


def _names(run_folder: Path, manifest: RunManifest) -> dict[str, Label]:
    """What subjects are called, where the run still stands in its workspace."""
    try:
        workspace = open_workspace(run_folder.parent.parent)
        return dict(subject_names(compose(packs_of(workspace)), open_snapshot(workspace.snapshot(manifest.snapshot))))
    except ProblemsError:
        return {}


@click.command()
@click.argument("run_folder", type=FOLDER)
@click.pass_obj
def verify(screen: Screen, run_folder: Path) -> None:
    """Recompute a run from its snapshot and packs, and name whatever differs. 重算核对。"""
    manifest = read_run_manifest(run_folder)
    results, problems = read_tables(run_folder, manifest)
    workspace = open_workspace(run_folder.parent.parent)
    place = workspace.snapshot(manifest.snapshot)
    changed = verify_snapshot(place)
    again = changed or verify_run(manifest, results, packs_of(workspace), open_snapshot(place))
    if screen.problems((*problems, *again)):
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
    instead = packs_of(workspace, others) if others else None
    changed = typed_parameters(compose(instead) if instead else composition, read_settings(settings))
    stale = changed_since(manifest, composition, opened)
    screen.problems(replace(own, severity=Severity.WARNING) for own in stale)
    plan = plan_of(manifest, typed_parameters(composition, texts(manifest)))
    done = run_with_progress(screen, lambda progress: simulate_run(
        packs, opened, plan, parameters=changed, instead=instead, before=None if stale else results,
        progress=progress,
    ))  # fmt: skip
    show_comparison(screen, done.comparison, subject_names(composition, opened))


def show_comparison(screen: Screen, comparison: Comparison, names: dict[str, Label] | object) -> None:
    """Who moved: grades and ranks first, then targets, rules and proposals, then counts of the rest."""
    if comparison.is_same:
        screen.say("没有任何结果不同。", "No result differs.")
        return
    known = names if isinstance(names, dict) else {}
    heads = [("结果", "result"), ("项", "column"), ("之前", "before"), ("之后", "after"), ("差", "difference")]
    told = 0
    for table, (label, columns) in _MOVES.items():
        found = [change for column in columns for change in comparison.of(table, column)]
        told += len(found)
        if found:
            screen.title("{table}：{n} 处", "{table}: {n} changes", table=screen.text(label), n=len(found))
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
    rest = len(comparison.changes) - told - counted["series"] - counted["scores"]
    if rest:
        screen.say(
            "另有 {n} 处不影响结论的变化，如性质、把握。",
            "{n} further differences move nobody, such as basis or certainty.",
            n=rest,
        )


def _change_row(screen: Screen, change: Change, names: dict[str, Label]) -> tuple[object, ...]:
    key = " / ".join(screen.text(names[part]) if part in names else part for part in change.key if part)
    column = screen.text(_COLUMNS.get(change.column, Label(change.column)))
    before, after = (_short(screen, own) for own in (change.before, change.after))
    return key, column, before, after, _short(screen, change.difference)


def _short(screen: Screen, value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    if value in ("", "[]", "{}", None):
        return ""
    return screen.text(_OUTCOMES.get(str(value), Label(str(value))))


def texts(manifest: RunManifest) -> dict[str, str]:
    """The parameters of a run as text."""
    return {code: str(value) for code, value in manifest.parameters.items()}


def read_years(text: str) -> tuple[int, ...]:
    """Years written as 2020 or 2018-2020.

    Raises:
        ProblemsError: They are written otherwise.
    """
    found = re.fullmatch(r"\s*(\d{4})\s*(?:[-–—]\s*(\d{4})\s*)?", text)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if first > last:
        raise ProblemsError([Problem("command.years", values={"text": text})])
    return tuple(range(first, last + 1))


def read_settings(settings: Sequence[str]) -> dict[str, str]:
    """Parameters written as NAME=VALUE.

    Raises:
        ProblemsError: One is written otherwise.
    """
    wrong = [setting for setting in settings if "=" not in setting or setting.startswith("=")]
    if wrong:
        raise ProblemsError(Problem("command.setting", values={"text": setting}) for setting in wrong)
    pairs = (setting.split("=", 1) for setting in settings)
    return {name.strip().removeprefix("p."): value for name, value in pairs}


def read_share(text: str) -> Decimal:
    """A share from 0 to 1.

    Raises:
        ProblemsError: It is none.
    """
    try:
        share = Decimal(text.strip())
    except ArithmeticError:
        share = Decimal(-1)
    if not 0 <= share <= 1:
        raise ProblemsError([Problem("command.share", values={"text": text})])
    return share


def latest(folder: Path) -> str:
    """The name of the newest snapshot by name.

    Raises:
        ProblemsError: There is none.
    """
    names: Sequence[str] = sorted(path.name for path in folder.glob("*/") if not path.name.startswith("."))
    if not names:
        raise ProblemsError([Problem("command.no_snapshot", values={"folder": str(folder)})])
    return names[-1]
