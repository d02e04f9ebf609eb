"""Events of the register from spreadsheets: a line an event, in the columns of ``event_schema``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

from yuanzhi.engine.kernel.hygiene import marked
from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.periods import Frequency
from yuanzhi.engine.kernel.problems import Place, Problem, Severity
from yuanzhi.engine.pack.model import CodeItem, CodeList, Form, Item
from yuanzhi.engine.records.columns import REGIONS, Declares, Layout, lay_out
from yuanzhi.engine.records.events import ATTRIBUTE_TYPES, EventKind, event_schema
from yuanzhi.engine.records.headers import comparable, find_head
from yuanzhi.engine.records.importing import HELD_SCHEMA, NOTES
from yuanzhi.engine.records.sheets import Sheet, cell_name, is_blank, shown
from yuanzhi.engine.records.subject_index import credit_code_fault
from yuanzhi.engine.records.values import Column, NumberTarget, read_numbers, read_others

FORM = "register"
_EVENTS = "register_events"
_LABELS: Mapping[str, tuple[str, str]] = {
    "event": ("事件", "code"), "subject_type": ("对象类型", "text"), "subject": ("代码", "text"),
    "valid": ("生效日期", "date"), "recorded": ("记录日期", "date"), "sequence": ("次序", "number"),
    "name": ("名称", "text"), "kind": ("类型", "text"), "tier": ("层级", "text"), "territory": ("行政区划", "text"),
    "parent": ("上级", "text"), "park": ("园区", "text"), "industry": ("行业", "text"),
    "credit_code": ("统一社会信用代码", "text"), "status": ("状态", "text"), "established": ("成立日期", "date"),
    "area_ha": ("面积", "number"), "above_scale": ("规模以上", "boolean"), "into": ("并入", "text"),
    "id": ("事件编号", "text"), "withdraws": ("撤回", "text"), "source": ("来源", "text"), "clause": ("依据", "text"),
    "note": ("备注", "text"), "synthetic": ("合成", "boolean"),
}  # fmt: skip
_EVENT_LABELS: Mapping[EventKind, str] = {
    EventKind.FOUNDED: "设立", EventKind.REGISTERED: "登记", EventKind.REOPENED: "恢复", EventKind.DESCRIBED: "补充",
    EventKind.MOVED: "迁移", EventKind.RENAMED: "更名", EventKind.TIER_CHANGED: "升降级",
    EventKind.KIND_CHANGED: "变更类型", EventKind.AREA_CHANGED: "面积变更", EventKind.EXPANDED: "扩区",
    EventKind.MERGED: "合并", EventKind.SPLIT: "分立",
    EventKind.CLOSED: "撤销", EventKind.INDUSTRY_CHANGED: "变更行业", EventKind.SIZE_CHANGED: "规模变更",
    EventKind.WITHDRAWN: "撤回",
}  # fmt: skip
_OBLIGATORY = ("event", "subject", "valid", "recorded")


@dataclass(frozen=True)
class RegisterReading:
    """The events that could be read, the lines held back, and the findings."""

    table: pa.Table
    held: pa.Table = field(default_factory=lambda: HELD_SCHEMA.empty_table())
    findings: tuple[Problem, ...] = ()


def register_form(items: Sequence[Item] = ()) -> Form:
    """The columns of a file of events as a form; ``items`` are further attributes that a pack declares."""
    own = {
        code: Item(
            code=code, label=Label(zh, code), type=kind, scale=0 if code == "sequence" else 4,  # type: ignore[arg-type]
            unit="公顷" if code == "area_ha" else "1", required=code in _OBLIGATORY,
            code_list=_EVENTS if code == "event" else "",
        )
        for code, (zh, kind) in _LABELS.items()
    }  # fmt: skip
    further = {item.code: item for item in items if item.code not in ATTRIBUTE_TYPES}
    return Form(code=FORM, subject="", frequency=Frequency.ONCE, items={**own, **further}, source="register")


def import_register(sheets: Sequence[Sheet], declared: Declares, items: Sequence[Item] = ()) -> RegisterReading:
    """Read events from the sheets of one file.

    A line in which something cannot be read is held back whole. A credit code with a wrong check
    digit is kept as written and named.

    Args:
        sheets: The sheets.
        declared: Code lists and units.
        items: Further attributes that a pack declares.
    """
    form = register_form(items)
    names = {comparable(word): code for code, item in form.items.items() for word in (item.label.zh, code)}
    tables, held, findings = [], [], []
    for sheet in sheets:
        head = find_head(sheet, names, declared.unit_system, Frequency.ONCE)
        if head is None or not {"event", "subject", "valid"} <= head.matched.keys():
            if sheet.rows:
                findings.append(Problem("import.no_head", Place(file=sheet.file, sheet=sheet.name), {"form": FORM}))
            continue
        layout = lay_out(sheet, head, form, declared)
        findings.extend(problem for problem in layout.problems if problem.code != "import.column_missing")
        lines = _Lines(sheet, head.first, layout, declared)
        tables.append(lines.table(event_schema(items)))
        held.extend(lines.held())
        findings.extend(lines.findings)
    schema = event_schema(items)
    table = pa.concat_tables(tables).combine_chunks() if tables else schema.empty_table()
    return RegisterReading(table, pa.Table.from_pylist(held, HELD_SCHEMA), tuple(findings))


class _Lines:
    """The lines of one sheet, read column by column."""

    def __init__(self, sheet: Sheet, first: int, layout: Layout, declared: Declares) -> None:
        self.sheet = sheet
        self.rows = [at for at in range(first, len(sheet.rows)) if not all(is_blank(cell) for cell in sheet.rows[at])]
        self.findings: list[Problem] = []
        self.bad: dict[int, list[str]] = {}
        self.columns = {
            column.item.code: self._read(column.index, column.item, declared, layout) for column in layout.items
        }
        self.places = {column.item.code: column.index for column in layout.items}
        self.parts = self._parts()
        self._obligatory()
        self._credit_codes(declared.codes.get(REGIONS))

    def table(self, schema: pa.Schema) -> pa.Table:
        """The lines that could be read, as events."""
        good = pa.array([number for number in range(len(self.rows)) if number not in self.bad], pa.int64())
        columns = {name: self._column(name, schema.field(name).type).take(good) for name in schema.names}
        return pa.table(columns, schema=schema)

    def held(self) -> list[dict[str, Any]]:
        """The lines held back, with every cell."""
        return [
            {
                "file": self.sheet.file, "sheet": self.sheet.name, "row": self.rows[number] + 1,
                "subject": self._text("subject", number), "period": self._text("valid", number), "reasons": reasons,
                "cells": [
                    {"cell": cell_name(self.rows[number], column), "text": shown(cell)}
                    for column, cell in enumerate(self.sheet.rows[self.rows[number]])
                    if cell is not None
                ],
            }
            for number, reasons in sorted(self.bad.items())
        ]  # fmt: skip

    def _read(self, index: int, item: Item, declared: Declares, layout: Layout) -> Column:
        rows = self.sheet.rows
        cells = [rows[at][index] if index < len(rows[at]) else None for at in self.rows]
        own = next(column for column in layout.items if column.index == index)
        if item.type == "number":
            read = read_numbers(cells, NumberTarget(item, own.unit, own.written, declared.unit_system))
        else:
            lists = {_EVENTS: _EVENT_LIST, **declared.codes}
            read = read_others(cells, item, lists.get(item.code_list))
        for mark in read.marks:
            if mark.code not in NOTES:
                self._hold(mark.row, index, mark.code, {"item": item.code, **mark.values})
        return read

    def _hold(self, number: int, index: int, code: str, values: Mapping[str, str]) -> None:
        row = self.rows[number]
        text = shown(self.sheet.rows[row][index]) if index < len(self.sheet.rows[row]) else ""
        self.bad.setdefault(number, []).append(code)
        self.findings.append(Problem(code, self.sheet.place(row, index), {"text": marked(text), **values}))

    def _column(self, name: str, kind: pa.DataType) -> pa.Array:
        if name == "into":
            return pa.array(self.parts, kind)
        if name not in self.columns:
            return pa.nulls(len(self.rows), kind)
        return self.columns[name].array.cast(kind)

    def _text(self, name: str, number: int) -> str:
        value = self.columns[name].array[number].as_py() if name in self.columns else None
        return value.isoformat() if isinstance(value, date) else str(value or "")

    def _parts(self) -> list[list[dict[str, Any]]]:
        """Successors with their shares, written ``A`` or ``A:0.4;B:0.6``."""
        if "into" not in self.columns:
            return [[] for _ in self.rows]
        parts: list[list[dict[str, Any]]] = []
        for number, text in enumerate(self.columns["into"].array.to_pylist()):
            try:
                parts.append([_part(part) for part in (text or "").replace("；", ";").split(";") if part.strip()])
            except InvalidOperation:
                parts.append([])
                self._hold(number, self.places["into"], "register.parts_unreadable", {"item": "into"})
        return parts

    def _obligatory(self) -> None:
        for name in _OBLIGATORY:
            index = self.places.get(name, 0)
            values = self.columns[name].array if name in self.columns else pa.nulls(len(self.rows), pa.string())
            for number, is_null in enumerate(values.is_null().to_pylist()) if values.null_count else ():
                if is_null and number not in self.bad:
                    self._hold(number, index, "import.required", {"item": name})

    def _credit_codes(self, regions: CodeList | None) -> None:
        if "credit_code" not in self.columns:
            return
        for number, code in enumerate(self.columns["credit_code"].array.to_pylist()):
            if code and (fault := credit_code_fault(code, regions)):
                place = self.sheet.place(self.rows[number], self.places["credit_code"])
                values = {"text": code, "item": "credit_code", **fault[1]}
                self.findings.append(Problem(fault[0], place, values, Severity.WARNING))


def _part(text: str) -> dict[str, Any]:
    subject, _, share = text.replace("：", ":").partition(":")
    value = share.strip()
    number = Decimal(value.removesuffix("%")) / 100 if value.endswith("%") else Decimal(value or 1)
    return {"subject": subject.strip(), "share": number}


_EVENT_LIST = CodeList(
    code=_EVENTS,
    items={kind.value: CodeItem(code=kind.value, label=Label(zh, kind.value)) for kind, zh in _EVENT_LABELS.items()},
)
