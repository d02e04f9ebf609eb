"""Commands on policy packs: check, test, show, coverage, diff, print."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import click

from yuanzhi.cli.showing import Screen
from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.problems import Problem, ProblemsError, has_errors
from yuanzhi.engine.pack import CompiledPack, check_pack, compile_pack, compose, find_packs, load_chain
from yuanzhi.engine.pack.coverage import Carrier, DocumentCoverage, cover
from yuanzhi.engine.pack.diff import compare_packs
from yuanzhi.engine.pack.printing import print_html, print_markdown
from yuanzhi.engine.pack.showing import ClauseView, ShownElement, find_clause, show_clause
from yuanzhi.engine.runs.examples import ExampleResult, run_examples

PACKS = click.argument("packs", nargs=-1, required=True)
FROM = click.option(
    "--from", "folders", multiple=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder that holds packs, searched before the shipped ones 先在此目录找政策包.",
)  # fmt: skip
_BASIS = {Basis.STATED: ("规定", "stated"), Basis.CHOSEN: ("选定", "chosen"), Basis.MISSING: ("未定", "missing")}
_ROLES = {
    "when": ("条件：", "if: "), "then": ("则", "then"), "otherwise": ("否则", "otherwise"), "where": ("只计：", "only: "),
    "scope": ("适用：", "applies to: "), "exceptions": ("例外", "exception"), "table": ("决策表", "table"), "aggregate": ("只计：", "only: "),
}  # fmt: skip
_TRAILS_SHOWN = 4
_SECTIONS = (
    "rules",
    "schemes",
    "consequences",
    "targets",
    "allocations",
    "procedures",
    "ledgers",
    "tasks",
    "indicators",
    "forms",
)
_FIRST = {section: at for at, section in enumerate(_SECTIONS)}
_CARRIERS = {
    Carrier.ENGINE: ("系统执行", "run"),
    Carrier.PERSON: ("由人执行", "by people"),
    Carrier.NOT_YET: ("尚未执行", "not yet"),
    Carrier.BACKGROUND: ("背景", "background"),
    Carrier.NOBODY: ("无人承担", "nobody"),
}


def load(codes: Sequence[str], folders: Sequence[Path] = ()) -> tuple[CompiledPack, tuple[Problem, ...]]:
    """Read, compose and compile packs with all they extend, with the problems of reading them.

    Raises:
        ProblemsError: A pack could not be read at all.
    """
    chain = load_chain(tuple(codes), folders)
    if not chain.packs or any(problem.code == "pack.not_found" for problem in chain.problems):
        raise ProblemsError(chain.problems)
    return compile_pack(compose(chain.packs)), chain.problems


@click.command()
@PACKS
@FROM
@click.pass_obj
def check(screen: Screen, packs: tuple[str, ...], folders: tuple[Path, ...]) -> None:
    """Check packs: every problem with file, line, finding, rule and remedy. 检查政策包。"""
    compiled, problems = load(packs, folders)
    errors = screen.problems((*problems, *check_pack(compiled.composition, compiled)))
    blanks = compiled.composition.blanks
    if blanks:
        screen.title("文件留空、尚未填写的：", "Left open by the texts and not filled:")
        screen.table(
            [("处", "where"), ("名称", "what"), ("条款", "clause")],
            [(b.trail, screen.text(b.label), b.citation) for b in blanks],
        )
    counted = {"packs": len(compiled.composition.packs), "n": len(compiled.formulas), "errors": errors}
    screen.say(
        "{packs} 个政策包，{n} 个公式，{errors} 个错误。", "{packs} packs, {n} formulas, {errors} errors.", **counted
    )
    sys.exit(1 if errors else 0)


@click.command()
@PACKS
@FROM
@click.option("--all", "shown", is_flag=True, help="Show the examples that hold, too 也列出通过的算例.")
@click.pass_obj
def test(screen: Screen, packs: tuple[str, ...], folders: tuple[Path, ...], shown: bool) -> None:
    """Run the packs' examples: facts in, results out. 运行政策包的算例。"""
    compiled, problems = load(packs, folders)
    if has_errors((*problems, *compiled.composition.problems, *compiled.problems)):
        screen.problems((*problems, *compiled.composition.problems, *compiled.problems))
        sys.exit(1)
    results = run_examples(compiled)
    failed = [result for result in results if result.problems]
    for result in results if shown else failed:
        _show_example(screen, result)
    counted = {"held": len(results) - len(failed), "failed": len(failed)}
    screen.say("{held} 个算例通过，{failed} 个未通过。", "{held} examples hold, {failed} do not.", **counted)
    sys.exit(1 if failed else 0)


def _show_example(screen: Screen, result: ExampleResult) -> None:
    mark = "✗" if result.problems else "✓"
    screen.say(
        "{mark} {name}  {of}",
        "{mark} {name}  {of}",
        mark=mark,
        name=screen.text(result.example.label),
        of=result.example.of,
    )
    screen.problems(result.problems)


@click.command()
@click.argument("clause")
@click.option(
    "--pack", "packs", multiple=True, help="The packs to look in; all shipped ones by default 在哪些政策包中找."
)
@FROM
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day whose values are shown 以哪天的值为准.")
@click.pass_obj
def show(screen: Screen, clause: str, packs: tuple[str, ...], folders: tuple[Path, ...], day: datetime | None) -> None:
    """Show everything a CLAUSE drives, such as 6.4g or qinghai-2018#6.4g. 查看一个条款所驱动的一切。"""
    asked, _, _ = clause.rpartition("#")
    shown, near = 0, ""
    for code in packs or ((asked,) if asked else tuple(find_packs(folders))):
        compiled, _ = load((code,), folders)
        if not asked and not find_clause(compiled, f"{code}#{clause}")[0]:
            near = near or find_clause(compiled, clause)[1]
            continue
        view = show_clause(compiled, clause if asked else f"{code}#{clause}", as_of=day.date() if day else None)
        if view is not None:
            screen.title("{key}", "{key}", key=view.key)
            _show_view(screen, view)
            shown += 1
    if not shown:
        raise ProblemsError([Problem("command.clause_unknown", values={"name": clause, "nearest": near or "—"})])


def _show_view(screen: Screen, view: ClauseView) -> None:
    clause = view.clause
    screen.title("{n} {heading}", "{n} {heading}", n=screen.text(clause.label), heading=screen.text(clause.heading))
    screen.say("{text}", "{text}", text=screen.text(clause.text))
    carrier = _CARRIERS[view.carrier]
    screen.say("承担：{who}", "Carried out: {who}", who=carrier[screen.language == "en"])
    if view.figures:
        screen.title("文中数字", "Figures of the text")
        heads = [("代码", "id"), ("内容", "what"), ("值", "value"), ("单位", "unit"), ("原文", "as written")]
        screen.table(
            heads, [(f.code, screen.text(f.label), _value(f.value), f.unit, f.as_written) for f in view.figures]
        )
    if view.parameters:
        screen.title("参数", "Parameters")
        heads = [("代码", "code"), ("名称", "name"), ("值", "value"), ("性质", "basis"), ("理由", "why")]
        rows = [
            (
                f"p.{p.parameter.code}",
                screen.text(p.parameter.label),
                p.value,
                _BASIS[p.basis][screen.language == "en"],
                screen.text(p.why),
            )
            for p in view.parameters
        ]
        screen.table(heads, rows)
    for element in view.elements:
        _show_element(screen, element)
    if view.reached:
        screen.say("由此又影响：{names}", "Reaches further: {names}", names="、".join(view.reached))


def _show_element(screen: Screen, element: ShownElement) -> None:
    screen.title("{trail}  {label}", "{trail}  {label}", trail=element.trail, label=screen.text(element.label))
    for formula in element.formulas:
        basis = _BASIS[formula.basis][screen.language == "en"]
        role = _role(screen, formula.trail.removeprefix(element.trail).strip("/"))
        screen.say(
            "  {role}{words}  〔{basis}〕", "  {role}{words}  [{basis}]",
            role=role, words=screen.text(formula.words), basis=basis,
        )  # fmt: skip
    for example in element.examples:
        screen.say("  例：{name}", "  Example: {name}", name=screen.text(example.label))


def _role(screen: Screen, trail: str) -> str:
    """What a formula is to its element: the condition, a value given, a column of a table."""
    first, _, rest = trail.partition("/")
    zh, en = _ROLES.get(first, ("", ""))
    name = rest.rpartition("/")[2]
    if first in ("then", "otherwise"):
        zh, en = f"{zh} {name} ＝ ", f"{en} {name} = "
    elif first in ("exceptions", "table"):
        zh, en = f"{zh}（{rest}）", f"{en} ({rest}): "
    return en if screen.language == "en" else zh


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return "–".join(_value(end) for end in value)
    return decimal_text(value) if isinstance(value, Decimal) else "" if value is None else str(value)


@click.command()
@PACKS
@FROM
@click.option("--list", "listed", is_flag=True, help="List every clause 列出每个条款.")
@click.pass_obj
def coverage(screen: Screen, packs: tuple[str, ...], folders: tuple[Path, ...], listed: bool) -> None:
    """Which clauses run, which are for people, which nobody has taken up. 条款覆盖率。"""
    compiled, _ = load(packs, folders)
    documents = show_coverage(screen, compiled)
    for document in documents if listed else ():
        screen.title("{pack}", "{pack}", pack=document.pack)
        rows = [
            (
                c.clause.code,
                screen.text(c.clause.heading),
                _CARRIERS[c.carrier][screen.language == "en"],
                _through(c.trails),
            )
            for c in document.clauses
        ]
        screen.table([("条款", "clause"), ("标题", "heading"), ("承担", "carried by"), ("由", "through")], rows)


def _through(trails: Sequence[str]) -> str:
    """What carries a clause, that which decides something before plain figures and units."""
    ordered = sorted(trails, key=lambda trail: _FIRST.get(trail.partition("/")[0], len(_FIRST)))
    more = len(ordered) - _TRAILS_SHOWN
    return ", ".join(ordered[:_TRAILS_SHOWN]) + (f" (+{more})" if more > 0 else "")


def show_coverage(screen: Screen, compiled: CompiledPack, own: str = "") -> list[DocumentCoverage]:
    """The coverage of every document, or of one, as a table."""
    documents = [found for found in cover(compiled.composition) if found.clauses and own in ("", found.pack)]
    heads = [("政策包", "pack"), ("条款", "clauses"), *(_CARRIERS[c] for c in Carrier), ("执行率 %", "run %")]
    rows = [(d.pack, len(d.clauses), *(d.count(c) for c in Carrier), d.operative_share) for d in documents]
    screen.table(heads, rows, right=range(1, len(heads)))
    return documents


@click.command()
@click.argument("before")
@click.argument("after")
@FROM
@click.pass_obj
def diff(screen: Screen, before: str, after: str, folders: tuple[Path, ...]) -> None:
    """Compare two packs, clause by clause and element by element. 逐条比较两个政策包。"""
    one, _ = load((before,), folders)
    two, _ = load((after,), folders)
    found = compare_packs(one, two)
    if not found.changes:
        screen.say("两者相同。", "The two are the same.")
        return
    heads = [
        ("条款", "clause"),
        ("何处", "what"),
        ("变化", "change"),
        ("松紧", "tendency"),
        ("之前", "before"),
        ("之后", "after"),
    ]
    rows = [
        (clause, change.trail, change.kind.value, change.tendency.value, cell.before, cell.after)
        for clause, changes in found.by_clause.items()
        for change in changes
        for cell in (change.fields or (None,))
        if cell is not None
    ]
    rows += [
        (clause, change.trail, change.kind.value, change.tendency.value, "", "")
        for clause, changes in found.by_clause.items()
        for change in changes
        if not change.fields
    ]
    screen.table(heads, sorted(rows))


@click.command("print")
@PACKS
@FROM
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), help="A .md or .html file 输出文件.")
@click.pass_obj
def print_pack(screen: Screen, packs: tuple[str, ...], folders: tuple[Path, ...], target: Path | None) -> None:
    """Print a pack as one readable bilingual document. 打印整个政策包。"""
    compiled, _ = load(packs, folders)
    if target is None:
        click.echo(print_markdown(compiled))
        return
    text = print_html(compiled) if target.suffix.lower() in (".html", ".htm") else print_markdown(compiled)
    target.write_text(text, encoding="utf-8")
    screen.say("已写入 {path}。", "Written to {path}.", path=target)
