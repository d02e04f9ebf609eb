"""The words for the codes a pack is written in: modalities, comparisons, functions, carriers."""

from __future__ import annotations

from collections.abc import Mapping

from yuanzhi.engine.kernel.labels import Label

MODALITIES: Mapping[str, Label] = {
    "must": Label("应当", "must"),
    "must_not": Label("不得", "must not"),
    "may": Label("可以", "may"),
    "encourage": Label("鼓励", "encouraged"),
    "priority": Label("优先", "priority"),
    "pilot": Label("试点", "pilot"),
    "goal": Label("力争", "goal"),
    "define": Label("界定", "defined"),
}
COMPARISONS: Mapping[str, Label] = {
    "eq": Label("等于", "equals"),
    "ne": Label("不等于", "is not"),
    "ge": Label("不低于", "at least"),
    "gt": Label("超过", "above"),
    "le": Label("不超过", "at most"),
    "lt": Label("低于", "below"),
    "between": Label("介于", "between"),
    "approx": Label("约", "about"),
    "in": Label("属于", "one of"),
}
CARRIERS: Mapping[str, Label] = {
    "engine": Label("系统执行", "run by the engine"),
    "person": Label("由人办理", "carried out by a person"),
    "not_yet": Label("尚未实现", "not yet run"),
    "background": Label("背景", "background"),
    "nobody": Label("无人落实", "carried out by nobody"),
}
FUNCTIONS: Mapping[str, Label] = {
    "sum": Label("合计", "sum"),
    "count": Label("计数", "count"),
    "avg": Label("平均", "average"),
    "median": Label("中位数", "median"),
    "share": Label("占比", "share"),
    "rank": Label("位次", "rank"),
    "growth": Label("同比增速", "growth on the year before"),
}
SECTIONS: Mapping[str, Label] = {
    "figures": Label("数字", "Figures"),
    "parameters": Label("参数", "Parameters"),
    "units": Label("计量单位", "Units"),
    "codes": Label("代码表", "Code lists"),
    "calendars": Label("日历", "Calendars"),
    "parks": Label("园区", "Parks"),
    "sets": Label("对象集合", "Sets of subjects"),
    "forms": Label("报表", "Forms"),
    "indicators": Label("指标", "Indicators"),
    "targets": Label("目标", "Targets"),
    "rules": Label("规则", "Rules"),
    "allocations": Label("分配", "Allocations"),
    "schemes": Label("评价办法", "Schemes"),
    "consequences": Label("后果", "Consequences"),
    "procedures": Label("程序", "Procedures"),
    "ledgers": Label("台账", "Ledgers"),
    "layers": Label("图层", "Layers"),
    "tasks": Label("任务", "Tasks"),
    "examples": Label("算例", "Examples"),
}


def word(table: Mapping[str, Label], code: str) -> Label:
    """The words for a code, or the code itself."""
    return table.get(code, Label(code))
