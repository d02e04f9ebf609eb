"""A form as a workbook to be filled in: heads with units, lists to choose from, bounds, locked cells.

What is filled in comes back through the importer without findings. The same form and subjects
give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.pack.model import Form, Item
from yuanzhi.engine.records.columns import Declares

KEYS = (("代码", "subject"), ("名称", "name"), ("报告期", "period"))
LISTS = "lists"
_MADE = datetime(2000, 1, 1)
_LONGEST_LIST = 2000
"""A list longer than this is not offered for choosing; codes are still checked when the file comes back."""

_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "note": {"font_color": "#6b7280", "text_wrap": True},
    "head": {
        "bold": True,
        "bg_color": "#e8eef5",
        "border": 1,
        "text_wrap": True,
        "valign": "vcenter",
        "align": "center",
    },
    "key": {"bg_color": "#f6f6f4", "border": 1},
    "text": {"locked": False, "border": 1, "num_format": "@"},
    "date": {"locked": False, "border": 1, "num_format": "yyyy-mm-dd"},
}


def export_template(form: Form, declared: Declares, rows: Sequence[tuple[str, str, str]]) -> bytes:
    """A workbook in which each of some subjects fills in the form.

    Args:
        form: The form.
        declared: Code lists, for the cells that take a code.
        rows: Code, name and period of each row; these cells are locked.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": _MADE, "title": form.label.zh})
        styles = {name: book.add_format(own) for name, own in _FORMATS.items()}
        sheet, lists = book.add_worksheet("填报"), book.add_worksheet(LISTS)
        sheet.write(0, 0, form.label.zh or form.code, styles["title"])
        sheet.write(1, 0, "只填白色单元格；没有数据的留空，确为零的填 0。", styles["note"])
        for column, (label, _) in enumerate(KEYS):
            sheet.write(2, column, label, styles["head"])
            for at, row in enumerate(rows):
                sheet.write_string(3 + at, column, row[column], styles["key"])
        for at, item in enumerate(form.items.values()):
            style = styles.get(item.type) or book.add_format({**_FORMATS["text"], "num_format": _number_format(item)})
            choices = _choices(item, declared)
            if choices:
                lists.write_column(0, at, choices)
            _column(sheet, len(KEYS) + at, item, (style, styles["head"]), len(rows))
            _validate(sheet, len(KEYS) + at, item, (at, len(choices)), len(rows))
        sheet.freeze_panes(3, len(KEYS))
        sheet.set_row(2, 36)
        sheet.protect("", {"select_locked_cells": True, "format_columns": True})
        lists.very_hidden()
    return out.getvalue()


def _number_format(item: Item) -> str:
    if item.type in ("text", "code", "boolean"):
        return "@"
    return "0." + "0" * item.scale if item.scale else "0"


def _column(sheet: Any, column: int, item: Item, styles: tuple[Any, Any], rows: int) -> None:
    """One column: its head with the unit, what the head's comment says, and its open cells."""
    unit = f"（{item.unit}）" if item.type == "number" and item.unit != "1" else ""
    sheet.write(2, column, f"{item.label.zh or item.code}{unit}", styles[1])
    if said := _said(item):
        sheet.write_comment(2, column, said)
    sheet.set_column(column, column, max(12, 2 * len(item.label.zh) + 4))
    for row in range(rows):
        sheet.write_blank(3 + row, column, None, styles[0])


def _said(item: Item) -> str:
    bounds = [
        f"{word} {decimal_text(bound)}"
        for word, bound in (("不小于", item.least), ("不大于", item.most))
        if bound is not None
    ]
    return "；".join(
        [item.code, *(["必填"] if item.required else []), *bounds, *([item.note.zh] if item.note.zh else [])]
    )


def _choices(item: Item, declared: Declares) -> list[str]:
    if item.type == "boolean":
        return ["是", "否"]
    codes = declared.codes.get(item.code_list) if item.type == "code" else None
    return list(codes.items) if codes is not None and len(codes.items) <= _LONGEST_LIST else []


def _validate(sheet: Any, column: int, item: Item, listed: tuple[int, int], rows: int) -> None:
    """What the spreadsheet itself refuses while it is being filled in; the importer trusts none of it."""
    if not rows:
        return
    span = (3, column, 2 + rows, column)
    if listed[1]:
        letter = xlsxwriter.utility.xl_col_to_name(listed[0], col_abs=True)
        source = f"={LISTS}!{letter}$1:{letter}${listed[1]}"
        sheet.data_validation(*span, {"validate": "list", "source": source, "error_message": "请从列表中选择。"})
    elif item.type == "number":
        kind = "decimal" if item.scale else "integer"
        rule: dict[str, Any] = {"validate": kind, "error_message": f"请填数。{_said(item)}"[:255]}
        least, most = (float(bound) if bound is not None else None for bound in (item.least, item.most))
        if least is not None and most is not None:
            rule |= {"criteria": "between", "minimum": least, "maximum": most}
        elif least is not None or most is not None:
            rule |= {"criteria": ">=" if least is not None else "<=", "value": least if least is not None else most}
        else:
            rule |= {"criteria": "between", "minimum": -1e15, "maximum": 1e15}
        sheet.data_validation(*span, rule)
    elif item.type == "date":
        first = datetime(1900, 1, 1)
        sheet.data_validation(
            *span, {"validate": "date", "criteria": ">=", "value": first, "error_message": "请填日期。"}
        )
