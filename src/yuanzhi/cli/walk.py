"""The main job: a province's parks from the policy document to a published ranking, in one command."""

from __future__ import annotations

import sys
import time
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path

import click

from yuanzhi.cli.demo import DemoSummary, build_workspace
from yuanzhi.cli.headline import show_headline
from yuanzhi.cli.packs import load, show_coverage
from yuanzhi.cli.records import refuse_in_use
from yuanzhi.cli.runs import run_with_progress
from yuanzhi.cli.showing import Screen
from yuanzhi.engine.kernel.problems import has_errors
from yuanzhi.engine.pack import CompiledPack, check_pack
from yuanzhi.engine.records import Snapshot, Workspace, freeze, open_workspace
from yuanzhi.engine.records.reading import load_records
from yuanzhi.engine.runs.examples import run_examples
from yuanzhi.engine.runs.explaining import explain
from yuanzhi.engine.runs.explanations import as_text
from yuanzhi.engine.runs.plan import RunPlan
from yuanzhi.engine.runs.publishing import brief_run, write_publications
from yuanzhi.engine.runs.running import make_run, pack_identities
from yuanzhi.engine.runs.storing import write_run

PACK = "qinghai-2018"
YEARS = (2018, 2019, 2020)
KNOWN = date(2021, 3, 31)
"""The day the demonstration freezes: after the last returns of 2020, before those of 2021."""
LEAST_COMPLETENESS = Decimal("0.9")
_FINDINGS_SHOWN = 12


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("workspace"))
@click.option("--seed", type=int, default=None, help="Another seed, another province of the same kind 随机种子.")
@click.pass_obj
def demo(screen: Screen, folder: Path, seed: int | None) -> None:
    """Set up a Qinghai workspace in FOLDER, freeze it, run 2018-2020, publish. 演示：从政策文件到公布排名。"""
    refuse_in_use(folder)
    started = time.monotonic()
    compiled = _check(screen)
    workspace = _set_up(screen, folder, seed)
    chain_compiled, snapshot = _freeze(screen, workspace)
    target = _run(screen, workspace, chain_compiled, snapshot)
    screen.title("条款覆盖率", "Coverage of clauses")
    show_coverage(screen, compiled, own=PACK)
    screen.say("")
    screen.say(
        "用时 {s:.0f} 秒。接着可以：", "It took {s:.0f} seconds. Next you may:", s=round(time.monotonic() - started)
    )
    start = "yuanzhi" if Path(sys.argv[0]).name == "yuanzhi" else "python3 bootstrap.py"
    for line in (
        f"{start} explain {target} targets/parks_share_2020/630000/2020-12-31",
        f"{start} simulate {target} --set rectify_months=12",
        f"{start} verify {target}",
        f"{start} show {PACK}#6.4g",
    ):
        screen.say("  {line}", "  {line}", line=line)


def _check(screen: Screen) -> CompiledPack:
    """The pack is checked and its examples hold."""
    screen.title("一、政策包", "1. The policy pack")
    with screen.progress() as steps:
        with steps.step("检查政策包", "Checking the pack"):
            compiled, problems = load((PACK,))
            found = (*problems, *check_pack(compiled.composition, compiled))
        with steps.step("运行算例", "Running its examples"):
            results = run_examples(compiled)
    failed = [result for result in results if result.problems]
    if has_errors(found) or failed:
        screen.problems([*found, *(problem for result in failed for problem in result.problems)])
        sys.exit(1)
    own = next(pack for pack in compiled.composition.packs if pack.code == PACK)
    screen.say(
        "{clauses} 条，{figures} 个原文数字，{formulas} 个公式；没有错误，{warnings} 个警告；{examples} 个算例全部通过。",
        "{clauses} clauses, {figures} figures of the text, {formulas} formulas; no error, {warnings} warnings; all {examples} examples hold.",
        clauses=len(own.clauses), figures=len(own.figures), formulas=len(compiled.formulas),
        warnings=sum(problem.severity.value == "warning" for problem in found), examples=len(results),
    )  # fmt: skip
    return compiled


def _set_up(screen: Screen, folder: Path, seed: int | None) -> Workspace:
    """Real facts and generated returns are laid down as a workspace."""
    screen.title("二、记录", "2. The records")
    with screen.progress() as steps, steps.step("建立工作区", "Setting up the workspace") as bar:
        summary: DemoSummary = build_workspace(folder, seed, bar)
    screen.say(
        "{real} 个真实园区（文件列名或核准公告目录所载）、{made} 个合成园区（文件只给了数目），{firms} 家合成企业 × {months} 个月 × {items} 项 = {cells:,} 个数。",
        "{real} real parks (named in the document or the approved catalogue), {made} synthetic ones (only counted there), {firms} synthetic enterprises × {months} months × {items} items = {cells:,} values.",
        real=summary.real_parks, made=summary.synthetic_parks, firms=summary.enterprises, months=summary.months,
        items=summary.items, cells=summary.cells,
    )  # fmt: skip
    return open_workspace(folder)


def _freeze(screen: Screen, workspace: Workspace) -> tuple[CompiledPack, Snapshot]:
    """Records are read, doubts named by cell, and the accepted ones frozen."""
    compiled, _ = load(workspace.packs, (workspace.own_packs,))
    identities = pack_identities(compiled.composition)
    with screen.progress() as steps:
        with steps.step("读入并核查", "Reading and examining") as bar:
            loading = load_records(
                workspace,
                compiled.composition,
                compiled=compiled,
                packs=identities,
                progress=lambda _, done, n: bar(done, n),
            )
        with steps.step("冻结快照", "Freezing") as bar:
            snapshot = freeze(
                workspace.snapshot("2020"), loading.records, KNOWN, product=version("yuanzhi"),
                made=datetime.now().isoformat(timespec="seconds"), progress=lambda _, done, n: bar(done, n),
            )  # fmt: skip
    counts = snapshot.manifest.counts
    screen.say(
        "冻结 {rows:,} 行；退回 {rejected} 行，被更正 {superseded} 行，待核 {submitted} 行，留置 {held} 行。快照指纹 {digest}。",
        "{rows:,} rows frozen; {rejected} rejected, {superseded} superseded, {submitted} waiting, {held} held back. Snapshot digest {digest}.",
        rows=sum(own.frozen for own in counts.values()), rejected=sum(own.rejected for own in counts.values()),
        superseded=sum(own.superseded for own in counts.values()), submitted=sum(own.submitted for own in counts.values()),
        held=loading.held.num_rows, digest=snapshot.digest[:16],
    )  # fmt: skip
    by_code = Counter(problem.code for problem in loading.findings)
    screen.say("核查发现 {n} 处：", "{n} findings:", n=len(loading.findings))
    examples = {problem.code: problem for problem in reversed(loading.findings)}
    heads = [("种类", "kind"), ("处", "n"), ("例", "example")]
    rows = [(code, n, examples[code].text(screen.language)) for code, n in by_code.most_common(_FINDINGS_SHOWN)]
    screen.table(heads, rows, right=(1,))
    return compiled, snapshot


def _run(screen: Screen, workspace: Workspace, compiled: CompiledPack, snapshot: Snapshot) -> Path:
    """Indicators, targets, rules, assessment, consequences; tables, workbook and report."""
    screen.title("三、运行 {a}-{b} 年", "3. Running {a} to {b}", a=YEARS[0], b=YEARS[-1])
    plan = RunPlan(YEARS, least_completeness=LEAST_COMPLETENESS)
    packs = compiled.composition.packs
    name = f"{YEARS[0]}-{YEARS[-1]}"
    made = datetime.now().isoformat(timespec="seconds")
    run = run_with_progress(screen, lambda progress: make_run(
        packs, snapshot, plan, name, made=made, product=version("yuanzhi"), progress=progress
    ))  # fmt: skip
    target = workspace.run(name)
    write_run(target, run.manifest, run.results)
    briefing = brief_run(compiled, snapshot, run.manifest, run.results, PACK)
    with screen.progress() as steps, steps.step("写工作簿和报告", "Writing workbook and report"):
        written = write_publications(target, compiled, briefing, run.manifest, run.results, screen.language)
    show_headline(screen, briefing)
    if briefing.ranking:
        first = briefing.ranking[0]
        result = f"grades/{briefing.scheme}/{YEARS[-1]}/{first.subject}"
        screen.title("这个数是怎么来的：{park}", "Why this number: {park}", park=screen.text(first.label))
        click.echo(as_text(explain(compiled, snapshot, run.results, result), screen.language, 3))
    screen.title("四、成果", "4. What was written")
    for path in (target, *written):
        screen.say("  {path}", "  {path}", path=path)
    return target
