"""Short words for events, forms and sheets, so that a test fits on one screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Any

import openpyxl

from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.periods import Frequency
from yuanzhi.engine.kernel.problems import Problem
from yuanzhi.engine.kernel.quantities import Unit, UnitSystem
from yuanzhi.engine.pack.model import CodeItem, CodeList, Form, Item
from yuanzhi.engine.records import Declarations, Event, EventKind, Part

UNITS = UnitSystem.of(
    [
        Unit("元", (("money", 1),), Fraction(1)),
        Unit("万元", (("money", 1),), Fraction(10_000)),
        Unit("亿元", (("money", 1),), Fraction(100_000_000)),
        Unit("m2", (("area", 1),), Fraction(1)),
        Unit("亩", (("area", 1),), Fraction(2000, 3)),
        Unit("公顷", (("area", 1),), Fraction(10_000)),
        Unit("人", (("person", 1),)),
        Unit("%", (), Fraction(1, 100)),
    ]
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def event(text: str, **values: Any) -> Event:
    """An event written as ``kind subject valid [recorded]``; keyword ``into`` names successors."""
    kind, subject, valid, *rest = text.split()
    into = tuple(
        Part(part) if isinstance(part, str) else Part(part[0], Decimal(part[1])) for part in values.pop("into", ())
    )
    fixed = {
        name: values.pop(name) for name in ("subject_type", "id", "withdraws", "sequence", "source") if name in values
    }
    recorded = day(rest[0]) if rest else day(valid)
    exact = {name: Decimal(value) if name == "area_ha" else value for name, value in values.items()}
    return Event(
        event=EventKind(kind), subject=subject, valid=day(valid), recorded=recorded, values=exact, into=into, **fixed
    )


def park(subject: str, valid: str = "2010-01-01", **values: Any) -> Event:
    return event(f"founded {subject} {valid}", subject_type="park", **{"name": subject.upper(), **values})


def enterprise(subject: str, home: str, valid: str = "2011-01-01", **values: Any) -> Event:
    return event(f"registered {subject} {valid}", subject_type="enterprise", park=home, **values)


def monthly_form(**items: Any) -> Form:
    """The form most tests read: revenue in 万元, land in 亩, staff, a share, a class and a flag."""
    own = {
        "revenue": Item(code="revenue", label=Label("营业收入", "Revenue"), unit="万元", scale=2),
        "land": Item(code="land", label=Label("用地面积", "Land area"), unit="亩", scale=4, least=Decimal(0)),
        "staff": Item(
            code="staff", label=Label("从业人员", "Staff"), unit="人", scale=0, least=Decimal(0), most=Decimal(100_000)
        ),
        "share": Item(code="share", label=Label("研发投入强度", "R&D intensity"), unit="%", scale=2),
        "class_code": Item(code="class_code", label=Label("分类", "Class"), type="code", code_list="classes"),
        "is_new": Item(code="is_new", label=Label("是否新设", "Is new"), type="boolean"),
        "started": Item(code="started", label=Label("投产日期", "Started"), type="date"),
        "remark": Item(code="remark", label=Label("情况说明", "Remark"), type="text"),
    }
    return Form(code="monthly", subject="enterprise", frequency=Frequency.MONTH, items={**own, **items})


CLASSES = CodeList(
    code="classes",
    items={
        code: CodeItem(code=code, label=Label(zh)) for code, zh in (("01", "甲类"), ("02", "乙类"), ("0610", "煤炭"))
    },
)
REGIONS = CodeList(
    code="regions", items={code: CodeItem(code=code, label=Label(code)) for code in ("630000", "632321", "630102")}
)
DECLARED = Declarations({"monthly": monthly_form()}, {"classes": CLASSES, "regions": REGIONS}, UNITS)


def csv_bytes(text: str, encoding: str = "utf-8") -> bytes:
    """CSV bytes of an indented text."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return "\n".join(lines).encode(encoding)


def workbook(
    rows: Sequence[Sequence[Any]], *, merged: Sequence[str] = (), formats: dict[str, str] | None = None
) -> bytes:
    """An xlsx file of one sheet; formats are number formats by cell."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    for cell, number_format in (formats or {}).items():
        sheet[cell].number_format = number_format
    for span in merged:
        sheet.merge_cells(span)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def codes(findings: Sequence[Problem]) -> list[str]:
    return [finding.code.removeprefix("import.") for finding in findings]
