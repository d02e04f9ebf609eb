"""What a head of department would want to know of a run, on one screen."""

from __future__ import annotations

from yuanzhi.cli.showing import Screen
from yuanzhi.engine.runs.briefing import Briefing, RankLine
from yuanzhi.engine.runs.report import shown

_OUTCOMES = {
    "met": ("✓ 达到", "✓ met"),
    "not_met": ("✗ 未达到", "✗ not met"),
    "on_the_way": ("… 未到期", "… not due yet"),
    "undetermined": ("? 不能确定", "? undetermined"),
}
_BASIS = {"stated": ("规定", "stated"), "chosen": ("选定", "chosen"), "missing": ("未定", "missing")}
TOP, BOTTOM = 8, 5
MANY = 12


def show_headline(screen: Screen, briefing: Briefing) -> None:
    """Targets, ranking, consequences, and what rests on choices."""
    at = int(screen.language == "en")
    screen.title("{title} {number}", "{title} {number}", title=screen.text(briefing.title), number=briefing.number)
    if briefing.is_synthetic:
        screen.say(
            "含合成数据：由公开规则和固定种子生成，不是真实统计。",
            "Contains synthetic data made by a stated rule and a fixed seed; these are no real statistics.",
        )
    screen.title("目标（{year} 年末）", "Targets (end of {year})", year=briefing.years[-1])
    heads = [
        ("目标", "target"),
        ("条款", "clause"),
        ("现值", "value"),
        ("应达", "goal"),
        ("差距", "gap"),
        ("年需", "a year"),
        ("结论", "outcome"),
        ("性质", "basis"),
    ]
    rows = [
        (
            screen.text(x.label), x.citation.clause, _with_unit(shown(x.value), x.unit), _with_unit(shown(x.goal), x.unit),
            shown(x.gap), shown(x.growth_needed), _OUTCOMES[x.standing][at], _BASIS[x.basis][at],
        )
        for x in briefing.targets
    ]  # fmt: skip
    screen.table(heads, rows, right=(2, 3, 4, 5))
    if briefing.ranking:
        _ranking(screen, briefing)
    _proposals(screen, briefing)
    counted = {"n": len(briefing.choices), "u": len(briefing.unranked)}
    if briefing.unranked:
        screen.say("{u} 个园区因缺数未评出名次。", "{u} parks could not be ranked for missing data.", **counted)
    screen.say(
        "{n} 个值是文件未定、由本包选定的；凡依赖它们的结果都标作“选定”。",
        "{n} values are left open by the text and were chosen by the pack; results that rest on them are marked.",
        **counted,
    )


def _ranking(screen: Screen, briefing: Briefing) -> None:
    year = briefing.years[-1]
    screen.title(
        "{scheme} {year}：前 {n} 名与后 {m} 名",
        "{scheme} {year}: first {n} and last {m}",
        scheme=screen.text(briefing.scheme_label),
        year=year,
        n=TOP,
        m=BOTTOM,
    )
    names = dict(briefing.grades)
    heads = [
        ("名次", "rank"),
        ("上年", "last year"),
        ("园区", "park"),
        ("得分", "score"),
        ("档次", "grade"),
        ("把握", "certainty"),
    ]

    def row(line: RankLine) -> tuple[object, ...]:
        certainty = "" if line.certainty is None else f"{shown(line.certainty * 100, 0)}%"
        grade = screen.text(names[line.grade]) if line.grade in names else line.grade
        return line.rank, line.rank_before, screen.text(line.label), shown(line.score), grade, certainty

    ranked = briefing.ranking
    chosen = ranked if len(ranked) <= TOP + BOTTOM else (*ranked[:TOP], *ranked[-BOTTOM:])
    screen.table(heads, [row(line) for line in chosen], right=(0, 1, 3, 5))


def _proposals(screen: Screen, briefing: Briefing) -> None:
    shown_lines = [line for line in briefing.proposals if line.deadline or line.forecast or line.effects]
    screen.title(
        "建议的后果：{n} 个园区（待人决定）",
        "Proposed consequences: {n} parks (for a person to decide)",
        n=len(shown_lines),
    )
    heads = [("园区", "park"), ("状态", "state"), ("建议", "proposed"), ("期限", "deadline"), ("预告", "forecast")]
    rows = [
        (
            screen.text(x.label),
            screen.text(x.state),
            "、".join(screen.text(e) for e in x.effects),
            x.deadline,
            " ".join(screen.text(f) for f in x.forecast[:1]),
        )
        for x in shown_lines[:MANY]
    ]
    screen.table(heads, rows)
    if len(shown_lines) > MANY:
        screen.say("……另有 {n} 个，见报告。", "... and {n} more, see the report.", n=len(shown_lines) - MANY)


def _with_unit(text: str, unit: str) -> str:
    return text if unit == "1" or text == "—" else f"{text} {unit}"
