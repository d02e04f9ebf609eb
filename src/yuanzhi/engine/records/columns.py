"""Which column of a sheet is which item of the form, and which columns say whose and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from yuanzhi.engine.kernel.problems import Place, Problem, Severity, nearest
from yuanzhi.engine.kernel.quantities import ONE, Unit, UnitSystem
from yuanzhi.engine.pack.model import CodeList, Form, Item
from yuanzhi.engine.records.headers import Head, HeadColumn, comparable, known_unit
from yuanzhi.engine.records.sheets import Sheet

REGIONS = "regions"

KEY_WORDS: Mapping[str, tuple[str, ...]] = {
    key: tuple(words.split())
    for key, words in {
        "subject": "subject 代码 编码 单位代码 单位编码 企业代码 企业编码 园区代码 园区编码 开发区代码 组织机构代码 "
        "项目代码 项目编码 地块编号 行政区划代码",
        "credit_code": "credit_code 统一社会信用代码 社会信用代码 信用代码",
        "name": "name 名称 单位名称 单位详细名称 企业 企业名称 企业详细名称 园区 园区名称 开发区名称 项目名称 地区",
        "period": "period 报告期 时期 期别 所属期 年月 年份 年度 月份 季度 统计时间 统计期",
        "year": "year 年",
        "month": "month 月",
        "status": "status 状态",
        "source": "source 来源 数据来源 资料来源",
        "recorded": "recorded 填报日期 填报时间 报送日期 报送时间 录入日期 登记日期",
        "synthetic": "synthetic 合成 模拟",
        "ordinal": "ordinal 序号 编号",
        "period_start": "period_start",
        "period_end": "period_end",
    }.items()
}
"""What the columns that are no items are called, in statistical forms and in our own files."""


class Declares(Protocol):
    """What a composition of packs has and the importer needs."""

    @property
    def forms(self) -> Mapping[str, Form]: ...

    @property
    def codes(self) -> Mapping[str, CodeList]: ...

    @property
    def unit_system(self) -> UnitSystem: ...


@dataclass(frozen=True)
class Declarations:
    """Forms, code lists and units, where there is no composition of packs to take them from."""

    forms: Mapping[str, Form] = field(default_factory=dict)
    codes: Mapping[str, CodeList] = field(default_factory=dict)
    unit_system: UnitSystem = field(default_factory=UnitSystem)


@dataclass(frozen=True)
class ItemColumn:
    """A column that holds an item: the unit of the item and the unit the column is written in."""

    index: int
    item: Item
    title: str
    unit: Unit = ONE
    written: Unit = ONE


@dataclass(frozen=True)
class Layout:
    """The columns of a sheet: by key, and by item in the order of the form."""

    keys: Mapping[str, int]
    items: tuple[ItemColumn, ...]
    problems: tuple[Problem, ...]


def vocabulary(form: Form, aliases: Mapping[str, str]) -> dict[str, str]:
    """Everything a column may be called, in comparable form, with the item or key it stands for.

    Where an item is called like a key, the item has the name.
    """
    names = {comparable(word): f"={key}" for key, words in KEY_WORDS.items() for word in words}
    for item in form.items.values():
        for word in (item.label.en, item.label.zh, item.code):
            if word:
                names[comparable(word)] = item.code
    names.update(
        {comparable(word): target if target in form.items else f"={target}" for word, target in aliases.items()}
    )
    return names


def lay_out(sheet: Sheet, head: Head, form: Form, declared: Declares) -> Layout:
    """The columns of a sheet under a head, and everything about them that a person should know."""
    keys = {name[1:]: column.index for name, column in head.matched.items() if name.startswith("=")}
    for name in [name for name in head.twice if name.startswith("=")]:
        if column := _preferred(head.twice[name], KEY_WORDS.get(name[1:], ())):
            keys[name[1:]] = column.index
    problems: list[Problem] = []
    items = []
    for code, item in form.items.items():
        if column := head.matched.get(code):
            found = _item_column(sheet, head, column, item, declared.unit_system)
            if isinstance(found, ItemColumn):
                items.append(found)
                problems.extend(_conversion(sheet, column, found))
            else:
                problems.append(found)
    problems.extend(_strangers(sheet, head, form))
    problems.extend(_absent(sheet, head, form))
    return Layout(keys, tuple(items), tuple(problems))


def _item_column(sheet: Sheet, head: Head, column: HeadColumn, item: Item, units: UnitSystem) -> ItemColumn | Problem:
    title = column.title
    if item.type != "number":
        return ItemColumn(column.index, item, title)
    place = sheet.place(column.row, column.index)
    own = known_unit(item.unit, units) or ONE
    if column.unit is not None:
        if column.unit.same_dimension(own):
            return ItemColumn(column.index, item, title, own, column.unit)
        values = {"item": item.code, "title": title, "unit": column.unit_text, "expected": item.unit}
        return Problem("import.unit_dimension", place, values)
    fitting = [unit for unit in head.units if unit.same_dimension(own) and own.dimension]
    written = fitting[0] if len({unit.factor for unit in fitting}) == 1 else own
    return ItemColumn(column.index, item, title, own, written)


def _conversion(sheet: Sheet, column: HeadColumn, found: ItemColumn) -> Iterator[Problem]:
    if found.written.factor != found.unit.factor:
        factor = found.written.conversion_to(found.unit)
        values = {
            "item": found.item.code, "title": found.title, "unit": found.written.code, "expected": found.unit.code,
            "factor": str(factor),
        }  # fmt: skip
        yield Problem("import.unit_converted", sheet.place(column.row, column.index), values, Severity.NOTE)


def _preferred(columns: Sequence[HeadColumn], words: Sequence[str]) -> HeadColumn | None:
    """Of columns that claim one key, the one called by the plainest word for it; nothing if two are."""
    order = [comparable(word) for word in words]
    ranks = [
        min((order.index(own) for own in map(comparable, column.parts) if own in order), default=99)
        for column in columns
    ]
    best = min(ranks)
    return columns[ranks.index(best)] if best < 99 and ranks.count(best) == 1 else None


def _strangers(sheet: Sheet, head: Head, form: Form) -> Iterator[Problem]:
    """Columns nobody takes, with the item they may have meant, and items two columns claim."""
    taken = {column.index for column in head.matched.values()}
    labels = {comparable(item.label.zh): item.code for item in form.items.values() if item.label.zh}
    known = {**{comparable(code): code for code in form.items}, **labels}
    claimed = {column.index for columns in head.twice.values() for column in columns}
    for column in head.columns:
        if column.index not in taken | claimed and _has_content(sheet, head, column.index):
            near = nearest(comparable(column.parts[-1]), known) or nearest(comparable(column.title), known)
            values = {"title": column.title, "form": form.code, "nearest": known.get(near, "—")}
            yield Problem("import.column_unknown", sheet.place(column.row, column.index), values, Severity.WARNING)
    for name, columns in head.twice.items():
        if _preferred(columns, KEY_WORDS.get(name.removeprefix("="), ())):
            continue
        cells = ", ".join(sheet.place(column.row, column.index).cell for column in columns)
        values = {"item": name.removeprefix("="), "cells": cells}
        yield Problem("import.column_twice", sheet.place(columns[0].row, columns[0].index), values)


def _absent(sheet: Sheet, head: Head, form: Form) -> Iterator[Problem]:
    place = Place(file=sheet.file, sheet=sheet.name)
    missing = [item for code, item in form.items.items() if code not in head.matched and code not in head.twice]
    for item in missing:
        severity = Severity.ERROR if item.required else Severity.NOTE
        yield Problem(
            "import.column_missing", place, {"item": item.code, "label": item.label.zh or item.code}, severity
        )


def _has_content(sheet: Sheet, head: Head, index: int) -> bool:
    return any(index < len(row) and row[index] is not None for row in sheet.rows[head.first :])
