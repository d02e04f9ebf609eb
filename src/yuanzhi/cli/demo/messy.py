"""A few returns as they really arrive: merged cells, two-line headings, GBK, full-width digits, other units.

The rows of some parks in some months are taken out of the tidy files and written in these forms.
What is odd in a file is written down among the planted faults, cell by cell where it is one cell.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter

from yuanzhi.cli.demo.columns import month_end
from yuanzhi.cli.demo.enterprises import Enterprises
from yuanzhi.cli.demo.facts import Array, Mess, Setting
from yuanzhi.cli.demo.faults import Fault
from yuanzhi.engine.pack.model import Form, Item
from yuanzhi.engine.records.workspace import Workspace

Cell = str | float | None
_FULL_WIDTH = str.maketrans("0123456789.-", "０１２３４５６７８９．－")
_DAMAGED = "\ue010"
_HEADINGS = ("单位代码", "统一社会信用代码", "单位名称", "报告期", "合成")
_SHOWN_BOOLEANS = {True: "是", False: "否", None: ""}
_MONEY, _LAND = "万元", "亩"
_GROUPED = 8
_RECEIVED_AFTER = 8
_MADE = datetime(2021, 1, 8)


class MessyFiles:
    """Takes the rows of the odd forms apart and writes them."""

    def __init__(self, workspace: Workspace, form: Form, enterprises: Enterprises, setting: Setting) -> None:
        self.folder, self.root, self.form, self.of = workspace.returns(form.code), workspace.folder, form, enterprises
        self._months = [f"{month:%Y-%m}" for month in setting.months]
        self.setting = setting
        self._names = dict(zip(enterprises.code.tolist(), enterprises.name.tolist(), strict=True))
        self._codes = dict(zip(enterprises.code.tolist(), enterprises.credit_code.tolist(), strict=True))
        self.paths: tuple[str, ...] = ()

    def mask(self, enterprise: Array, month: Array) -> Array:
        """Which rows are to be written here."""
        return self.setting.is_messy(self.of.park[enterprise], month, self.of.parks)

    def write(self, table: pa.Table) -> list[Fault]:
        """Write every file and return what is odd in them."""
        homes = dict(zip(self.of.code.tolist(), self.of.park.tolist(), strict=True))
        park = np.array([homes[subject] for subject in table["subject"].to_pylist()])
        month = np.array([self._months.index(period) for period in table["period"].to_pylist()])
        faults: list[Fault] = []
        for mess in self.setting.messes:
            own = table.filter(pa.array(self.setting.is_of(mess, park, month, self.of.parks)))
            rows = own.filter(pc.equal(own["status"], "accepted")).sort_by("subject").to_pylist()
            write: Callable[[Mess, list[dict[str, Any]]], Iterator[Fault]] = getattr(self, f"_{mess.form}")
            faults += write(mess, rows)
        return faults

    def _two_line(self, mess: Mess, rows: list[dict[str, Any]]) -> Iterator[Fault]:
        """A workbook with a merged title, a line of merged groups above the names, and a merged park column."""
        path = self._path(mess, "xlsx")
        with _workbook(path) as book:
            sheet, middle = book.add_worksheet("月报"), book.add_format({"align": "center", "valign": "vcenter"})
            width = len(_HEADINGS) + len(self.form.items)
            sheet.merge_range(0, 0, 0, width, f"园区企业月报（{mess.month}）", middle)
            sheet.write(1, 0, "填报单位：园区管委会（合成）")
            sheet.merge_range(2, 0, 3, 0, "所属园区", middle)
            for at, name in enumerate(_HEADINGS, 1):
                sheet.merge_range(2, at, 3, at, name, middle)
            items = list(self.form.items.values())
            for start in range(0, len(items), _GROUPED):
                group = items[start : start + _GROUPED]
                first, last = len(_HEADINGS) + 1 + start, len(_HEADINGS) + start + len(group)
                if first < last:
                    sheet.merge_range(2, first, 2, last, f"第{start // _GROUPED + 1}部分", middle)
                for at, item in enumerate(group):
                    sheet.write(3, first + at, _heading(item))
            sheet.merge_range(4, 0, 3 + len(rows), 0, mess.park, middle)
            for at, row in enumerate(rows):
                sheet.write_row(4 + at, 1, [*self._keys(row), *(_number(row[item.code]) for item in items)])
        yield self._file_fault("merged_cells", mess, path, "merged title, two-line heading, merged park column")

    def _full_width(self, mess: Mess, rows: list[dict[str, Any]]) -> Iterator[Fault]:
        """A GBK file with full-width digits and numbers grouped by commas."""
        lines = [[*self._keys(row), *(_grouped(_number(row[code])) for code in self.form.items)] for row in rows]
        at = len(_HEADINGS) + list(self.form.items).index("revenue")
        for line in lines[::3]:
            line[at] = str(line[at]).replace(",", "").translate(_FULL_WIDTH)
        path = self._csv(mess, lines, [_heading(item) for item in self.form.items.values()], "gbk")
        yield self._file_fault("full_width", mess, path, "GBK; full-width digits in every third row of revenue")

    def _other_units(self, mess: Mess, rows: list[dict[str, Any]]) -> Iterator[Fault]:
        """A workbook whose headings say 亿元 and 公顷 where the form says 万元 and 亩."""
        path = self._path(mess, "xlsx")
        items = list(self.form.items.values())
        with _workbook(path) as book:
            sheet = book.add_worksheet("Sheet1")
            sheet.write_row(0, 0, [*_HEADINGS, *(_heading(item, {_MONEY: "亿元", _LAND: "公顷"}) for item in items)])
            for at, row in enumerate(rows, 1):
                sheet.write_row(
                    at, 0, [*self._keys(row), *(_converted(_number(row[item.code]), item) for item in items)]
                )
        yield self._file_fault("heading_unit", mess, path, "headings in 亿元 and 公顷")

    def _damaged(self, mess: Mess, rows: list[dict[str, Any]]) -> Iterator[Fault]:
        """A file with a private-use character inside a number, and dashes for what is missing."""
        lines = [[*self._keys(row), *(_dashed(_number(row[code])) for code in self.form.items)] for row in rows]
        at = len(_HEADINGS) + list(self.form.items).index("gross_output")
        line = lines[len(lines) // 2]
        true = str(line[at])
        line[at] = planted = true.replace(".", _DAMAGED)
        path = self._csv(mess, lines, [_heading(item) for item in self.form.items.values()], "utf-8-sig")
        yield Fault(
            kind="private_use", form=self.form.code, subject=str(line[0]), period=mess.month, item="gross_output",
            true=true, planted=planted, note=path.relative_to(self.root).as_posix(),
        )  # fmt: skip

    def _wrong_codes(self, mess: Mess, rows: list[dict[str, Any]]) -> Iterator[Fault]:
        """A file that names enterprises by credit code alone, one of them mistyped."""
        lines: list[list[Cell]] = [
            [*self._keys(row)[1:], *(_number(row[code]) for code in self.form.items)] for row in rows
        ]
        line = lines[len(lines) // 2]
        true = str(line[0])
        line[0] = planted = true[:-1] + ("0" if true[-1] != "0" else "1")
        heads = [_heading(item) for item in self.form.items.values()]
        path = self._csv(mess, lines, heads, "utf-8", keys=_HEADINGS[1:])
        yield Fault(
            kind="mistyped_code", form=self.form.code, subject=str(rows[len(lines) // 2]["subject"]), period=mess.month,
            item="credit_code", true=true, planted=planted, note=path.relative_to(self.root).as_posix(),
        )  # fmt: skip

    def _csv(
        self,
        mess: Mess,
        lines: Sequence[Sequence[Cell]],
        heads: Sequence[str],
        encoding: str,
        keys: Sequence[str] = _HEADINGS,
    ) -> Path:
        path = self._path(mess, "csv")
        with path.open("w", encoding=encoding, newline="") as opened:
            writer = csv.writer(opened)
            writer.writerow([*keys, *heads])
            writer.writerows(lines)
        return path

    def _path(self, mess: Mess, ending: str) -> Path:
        year, month = map(int, mess.month.split("-"))
        received = month_end(date(year, month, 1)) + timedelta(_RECEIVED_AFTER)
        path = self.folder / f"{received.isoformat()} {mess.park}.{ending}"
        self.paths = (*self.paths, path.relative_to(self.root).as_posix())
        return path

    def _keys(self, row: dict[str, Any]) -> list[Cell]:
        subject = row["subject"]
        return [subject, self._codes[subject], self._names[subject], row["period"], "是"]

    def _file_fault(self, kind: str, mess: Mess, path: Path, note: str) -> Fault:
        where = path.relative_to(self.root).as_posix()
        return Fault(kind=kind, form=self.form.code, subject=mess.park, period=mess.month, note=f"{where}: {note}")


@contextmanager
def _workbook(path: Path) -> Iterator[xlsxwriter.Workbook]:
    """A workbook that says a fixed time of making, so that the same rows give the same bytes."""
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": _MADE})
        yield book


def _heading(item: Item, units: dict[str, str] | None = None) -> str:
    unit = (units or {}).get(item.unit, item.unit)
    return item.label.zh if item.type != "number" or unit == "1" else f"{item.label.zh}（{unit}）"


def _number(value: Any) -> Cell:
    if isinstance(value, bool) or value is None:
        return _SHOWN_BOOLEANS[value]
    return float(value) if isinstance(value, Decimal) else value


def _grouped(value: Cell) -> Cell:
    return f"{value:,.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else value


def _dashed(value: Cell) -> Cell:
    return "—" if value in ("", None) else value


def _converted(value: Cell, item: Item) -> Cell:
    if not isinstance(value, float):
        return value
    return value / 1e4 if item.unit == _MONEY else value / 15 if item.unit == _LAND else value
