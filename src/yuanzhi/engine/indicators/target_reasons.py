"""The reckoning of a target in sentences, Chinese and English from the same values."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from yuanzhi.engine.indicators.comparing import WORDS
from yuanzhi.engine.indicators.target_points import Sources
from yuanzhi.engine.indicators.target_status import TargetStatus
from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.outcomes import Basis, Outcome
from yuanzhi.engine.kernel.problems import listed

_STEP = Decimal("0.0001")
_SPEED = {"%/year": ("年均增长 {} %", "{} % a year"), "points/year": ("每年 {} 个百分点", "{} points a year")}


def reasons_of(status: TargetStatus, sources: Sources) -> tuple[Label, ...]:
    """The sentences of a status, in reading order: value, path, what is needed, forecast, what it rests on."""
    found = (
        _value(status, sources),
        _growth(status),
        _path(status),
        _needed(status),
        _forecast(status),
        _parts(status),
        _missing(status),
        _rests_on(status),
    )
    return tuple(label for label in found if label is not None)


def _value(status: TargetStatus, sources: Sources) -> Label | None:
    own = sources.indicators.get(status.target.indicator)
    zh = own.label.text("zh") if own else status.target.indicator
    en = own.label.text("en") if own else status.target.indicator
    word_zh, word_en = WORDS[status.comparison]
    unit = "" if status.unit == "1" else status.unit
    space = "" if unit.startswith("%") else " "
    goal = "" if status.goal is None else f"{number(status.goal)}{space}{unit}".strip()
    if status.value is None:
        return Label(
            f"{zh}：{status.period or '目标期'}无数据，目标为{word_zh} {goal or '（缺）'}（{status.citation}）。",
            f"{en}: no value for {status.period or 'the due period'}; the goal is {word_en} "
            f"{goal or '(missing)'} ({status.citation}).",
        )
    value = f"{_beside(status.value, status.goal)}{space}{unit}".strip()
    gap_unit = ("个百分点", "points") if unit.startswith("%") else (unit, unit)
    short = status.gap if status.gap else None
    return Label(
        f"{zh}：{status.period}为 {value}，目标为{word_zh} {goal or '（缺）'}（{status.citation}）"
        + (f"，差 {number(short)} {gap_unit[0]}".rstrip() if short else "")
        + "。",
        f"{en}: {value} in {status.period}; the goal is {word_en} {goal or '(missing)'} ({status.citation})"
        + (f", short by {number(short)} {gap_unit[1]}".rstrip() if short else "")
        + ".",
    )


def _growth(status: TargetStatus) -> Label | None:
    if status.achieved is None or status.target.value is None:
        return None
    achieved, wanted = _beside(status.achieved, status.target.value), number(status.target.value)
    if status.target.kind == "multiple":
        return Label(
            f"为基期的 {achieved} 倍，要求 {wanted} 倍。", f"{achieved} times the base; {wanted} is asked for."
        )
    return Label(
        f"年均增长 {achieved} %，要求 {wanted} %。", f"Mean growth {achieved} % a year; {wanted} % is asked for."
    )


def _path(status: TargetStatus) -> Label | None:
    if status.expected_today is None or status.on_path is Outcome.UNDETERMINED:
        return None
    expected = number(status.expected_today)
    if status.on_path is Outcome.MET:
        return Label(f"按进度应为 {expected}，进度达标。", f"The path expects {expected}: on the path.")
    return Label(f"按进度应为 {expected}，落后于进度。", f"The path expects {expected}: behind the path.")


def _needed(status: TargetStatus) -> Label | None:
    if status.growth_needed is None or status.outcome is Outcome.MET:
        return None
    zh, en = _SPEED.get(status.needed_unit, ("每年 {}", "{} a year"))
    needed = number(status.growth_needed)
    return Label(f"到期前还需{zh.format(needed)}。", f"Still needed until due: {en.format(needed)}.")


def _forecast(status: TargetStatus) -> Label | None:
    if status.forecast is None:
        return None
    will = status.forecast_outcome is Outcome.MET
    shown = number(status.forecast)
    return Label(
        f"按现有趋势到期为 {shown}，{'可以' if will else '不能'}达到。",
        f"On the present trend {shown} when due: {'would be met' if will else 'would not be met'}.",
    )


def _parts(status: TargetStatus) -> Label | None:
    failing = [part.name for part in status.parts if part.outcome is Outcome.NOT_MET]
    if not failing:
        return None
    return Label(f"未达到的部分：{listed(failing)}。", f"Parts not reached: {listed(failing)}.")


def _missing(status: TargetStatus) -> Label | None:
    if not status.missing:
        return None
    return Label(f"缺少：{listed(status.missing)}。", f"Missing: {listed(status.missing)}.")


def _rests_on(status: TargetStatus) -> Label | None:
    marks_zh, marks_en = [], []
    if status.basis is Basis.CHOSEN:
        marks_zh.append("结果依据了政策包作者自选的口径或数值")
        marks_en.append("the result rests on a definition or value the pack's author chose")
    if status.basis is Basis.MISSING:
        marks_zh.append("结果所依据的数值尚缺")
        marks_en.append("a value the result rests on has not been set")
    if status.is_synthetic:
        marks_zh.append("所用记录为合成数据")
        marks_en.append("the records are synthetic")
    if not marks_zh:
        return None
    return Label("；".join(marks_zh) + "。", "Note: " + "; ".join(marks_en) + ".")


def number(value: Decimal) -> str:
    """A value for a sentence: four places, trailing zeros dropped."""
    return decimal_text(value.quantize(_STEP, rounding=ROUND_HALF_UP))


def _beside(value: Decimal, goal: Decimal | None) -> str:
    """The value for a sentence, in full where rounding would make it look like the goal."""
    short = number(value)
    return decimal_text(value) if goal is not None and short == number(goal) and value != goal else short
