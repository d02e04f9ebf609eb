"""How scores and grades come about, in words."""

from __future__ import annotations

from yuanzhi.engine.assessment.framework import Framework
from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.kernel.labels import NO_LABEL, Label, Language
from yuanzhi.engine.pack.composing import Composition
from yuanzhi.engine.pack.scheme_model import Scheme


def scoring_words(framework: Framework, code: str) -> Label:
    """How a node's score comes about, in words."""
    for group in framework.groups:
        if group.code == code:
            return _METHODS.get(group.method, Label(group.method, group.method))
    leaf = next(leaf for leaf in framework.leaves if leaf.code == code)
    settings = leaf.settings
    word = _METHODS.get(settings.method, Label(settings.method, settings.method))
    if not settings.goalposts:
        return word
    ends = [decimal_text(end) for end in settings.goalposts]
    low, high = ends if leaf.sign > 0 else reversed(ends)
    points = (decimal_text(settings.low), decimal_text(settings.high))
    return Label(
        f"{word.zh}：{low} 得 {points[0]} 分，{high} 得 {points[1]} 分",
        f"{word.en}: {low} gives {points[0]}, {high} gives {points[1]}",
    )


_METHODS = {
    "arithmetic": Label("下级得分的加权平均", "weighted mean of the scores below"),
    "geometric": Label("下级得分的加权几何平均", "weighted geometric mean of the scores below"),
    "harmonic": Label("下级得分的加权调和平均", "weighted harmonic mean of the scores below"),
    "sum": Label("下级得分乘权重之和", "sum of the scores below times their weights"),
    "minimum": Label("下级得分的最低者", "the lowest score below"),
    "copeland": Label("两两比较的净胜场", "pairwise majorities won less lost"),
    "pass_k": Label("通过的项数是否够数", "whether enough pass"),
    "as_is": Label("按分值计", "taken as points"),
    "base_ratio": Label("指标值与基准值之比", "value over base"),
    "min_max": Label("按最小值和最大值折算", "between the least and the most of the peers"),
    "goalposts": Label("按固定区间折算", "between fixed goalposts"),
    "z_score": Label("标准化", "standard score"),
    "rank": Label("按名次", "by rank"),
    "percentile_rank": Label("按百分位", "share of peers below"),
    "distance_to_target": Label("与目标的距离", "distance to target"),
    "steps": Label("分段给分", "points by steps"),
    "pass_fail": Label("达标与否", "pass or fail"),
}


def band_words(scheme: Scheme, language: Language) -> str:
    """The grades with their bounds in words."""
    if not scheme.grades:
        return ""
    parts = []
    for band in scheme.grades.bands:
        name = band.label.text(language) or band.grade
        if band.at_least is not None:
            parts.append(f"{name} {'>' if band.strict else '≥'} {decimal_text(band.at_least)}")
        elif band.share is not None:
            parts.append(f"{name} {decimal_text(band.share * 100)}%")
        else:
            parts.append(name)
    return "；".join(parts) if language == "zh" else "; ".join(parts)


VETOED = "vetoed"
"""How the note of a vetoed unit begins."""
_WHY = {
    "facts": Label("缺", "missing"),
    "condition": Label("不能确定是否适用，缺", "cannot be told to apply, missing"),
    "adjustment": Label("加减分不能确定，缺", "points added or taken off cannot be told, missing"),
    "veto": Label("一票否决不能确定，缺", "a veto cannot be told, missing"),
    "exemption": Label("例外不能确定，缺", "an exemption cannot be told, missing"),
    "group": Label("分组不明", "the group is not known"),
    VETOED: Label("一票否决", "vetoed"),
}


def note_words(composition: Composition, scheme: Scheme, note: str) -> Label:
    """The note of a grade, which holds codes, in words."""
    parts = [_note_part(composition, scheme, part) for part in note.split("; ") if part]
    if not parts:
        return NO_LABEL
    return Label("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


def _note_part(composition: Composition, scheme: Scheme, part: str) -> Label:
    why, _, rest = part.partition(": ")
    if why not in _WHY:
        return Label(part, part)
    labels = {own.code: own.label for own in scheme.vetoes} if why == VETOED else {}
    named = [labels.get(code) or _fact_label(composition, code) for code in rest.split(", ") if code]
    word = _WHY[why]
    if not named:
        return word
    return Label(
        f"{word.zh}：{'、'.join(own.zh or own.en for own in named)}",
        f"{word.en}: {', '.join(own.en or own.zh for own in named)}",
    )


def _fact_label(composition: Composition, code: str) -> Label:
    if code in composition.indicators:
        return composition.indicators[code].label
    found = (form.items[code].label for form in composition.forms.values() if code in form.items)
    return next(found, Label(code, code))
