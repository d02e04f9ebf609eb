"""One column of cells read as an item's values, exactly: the plain cells at once, the others one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.kernel.quantities import Unit, UnitSystem
from yuanzhi.engine.pack.model import CodeList, Item, Scalar
from yuanzhi.engine.records.cells import BLANK, CellReading, converted, read_number, read_value
from yuanzhi.engine.records.events import item_type
from yuanzhi.engine.records.sheets import Cell

_DIGITS = 18
_EXACT = 2.0**53
_DUST = 5e-16
"""A product of a double differs from the whole number meant by no more than this part of itself."""

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something about one cell of a column: its row within the column, the problem's code, what its text needs."""

    row: int
    code: str
    values: Mapping[str, str] = field(default_factory=dict)
    taken: Scalar = None


@dataclass(frozen=True)
class Column:
    """An item's values, row by row, and what there is to say about single cells."""

    array: pa.Array
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class NumberTarget:
    """An item of numbers, the unit its column is written in, and the units cells may state themselves."""

    item: Item
    unit: Unit
    written: Unit
    units: UnitSystem

    def factor(self, stated: Unit | None) -> Fraction | None:
        """What to multiply a value in the stated unit by; nothing where the dimensions differ."""
        unit = stated or self.written
        return unit.conversion_to(self.unit) if unit.same_dimension(self.unit) else None


def read_numbers(cells: Sequence[Cell], target: NumberTarget) -> Column:
    """A column of numbers at the item's scale, in the item's unit."""
    whole, present = np.zeros(len(cells), dtype=np.int64), np.zeros(len(cells), dtype=np.bool_)
    slow = range(len(cells)) if target.factor(None) != 1 else _read_plain(cells, target.item.scale, whole, present)
    marks: list[Mark] = []
    for row in slow:
        if cells[row] is None:
            continue
        reading = read_number(cells[row], target.units)
        value, own = _scaled(row, reading, target)
        marks.extend(own)
        if value is not None:
            whole[row], present[row] = int(value.scaleb(target.item.scale)), True
    marks.extend(_out_of_bounds(whole, present, target.item))
    return Column(_decimals(whole, present, target.item.scale), tuple(marks))


def read_others(cells: Sequence[Cell], item: Item, codes: CodeList | None) -> Column:
    """A column of codes, texts, truth values or days. Equal cells are read once."""
    seen: dict[tuple[type, Any], CellReading] = {}
    values: list[Scalar] = []
    marks: list[Mark] = []
    for row, cell in enumerate(cells):
        key = (type(cell), cell)
        reading = seen.get(key)
        if reading is None:
            reading = seen[key] = BLANK if cell is None else read_value(cell, item, codes)
        values.append(reading.value)
        marks.extend(Mark(row, code, reading.values, reading.value) for code in _codes(reading))
    return Column(pa.array(values, item_type(item)), tuple(marks))


def _codes(reading: CellReading) -> tuple[str, ...]:
    return (*reading.notes, reading.refused) if reading.refused else reading.notes


def _scaled(row: int, reading: CellReading, target: NumberTarget) -> tuple[Decimal | None, list[Mark]]:
    """A reading in the item's unit and scale, with what is to be said about it."""
    marks = [Mark(row, code, reading.values) for code in reading.notes]
    if reading.refused:
        return None, [*marks, Mark(row, reading.refused, reading.values)]
    if not isinstance(reading.value, Decimal):
        return None, marks
    factor = target.factor(reading.unit)
    if factor is None:
        units = {"unit": reading.unit.code if reading.unit else "", "expected": target.unit.code}
        return None, [*marks, Mark(row, "import.cell_unit", units)]
    value, is_rounded = converted(reading.value, factor, target.item.scale)
    if abs(value) >= Decimal(10) ** (_DIGITS - target.item.scale):
        return None, [*marks, Mark(row, "import.too_large", {"digits": str(_DIGITS - target.item.scale)})]
    if is_rounded and factor == 1:
        marks.append(Mark(row, "import.rounded", {"scale": str(target.item.scale)}))
    return value, [Mark(mark.row, mark.code, mark.values, value) for mark in marks]


def _read_plain(cells: Sequence[Cell], scale: int, whole: Whole, present: Flags) -> Sequence[int]:
    """Fill in every cell that is a plain number, and name the rows of the others."""
    floats = np.array([cell if type(cell) is float else np.nan for cell in cells], dtype=np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = floats * 10.0**scale
        nearest = np.rint(scaled)
        plain = (np.abs(nearest) < _EXACT) & (np.abs(scaled - nearest) <= np.abs(scaled) * _DUST)
    whole[plain] = nearest[plain].astype(np.int64)
    present[plain] = True
    texts = [row for row, cell in enumerate(cells) if type(cell) is str]
    if texts:
        _read_plain_texts(cells, texts, scale, whole, present)
    return [int(row) for row in np.flatnonzero(~present) if cells[int(row)] is not None]


def _read_plain_texts(cells: Sequence[Cell], rows: Sequence[int], scale: int, whole: Whole, present: Flags) -> None:
    array = pa.array([cells[row] for row in rows], pa.string())
    places = rf"(\.\d{{1,{scale}}})?" if scale else ""
    plain = pc.match_substring_regex(array, rf"^-?\d{{1,{_DIGITS - scale - 1}}}{places}$")
    values = pc.cast(array.filter(plain), pa.decimal128(_DIGITS, scale))
    at = np.asarray(rows, dtype=np.int64)[np.asarray(plain)]
    whole[at] = np.frombuffer(values.buffers()[1], dtype=np.int64)[::2][values.offset : values.offset + len(values)]
    present[at] = True


def _decimals(whole: Whole, present: Flags, scale: int) -> pa.Array:
    """Decimals of 128 bits from whole numbers of 64: the lower half and its sign."""
    halves = np.empty((len(whole), 2), dtype=np.int64)
    halves[:, 0], halves[:, 1] = whole, whole >> 63
    valid = pa.array(present).buffers()[1]
    return pa.Array.from_buffers(pa.decimal128(_DIGITS, scale), len(whole), [valid, pa.py_buffer(halves)])


def _out_of_bounds(whole: Whole, present: Flags, item: Item) -> list[Mark]:
    bad = np.zeros(len(whole), dtype=np.bool_)
    if item.least is not None:
        bad |= whole < int(item.least.scaleb(item.scale).to_integral_value())
    if item.most is not None:
        bad |= whole > int(item.most.scaleb(item.scale).to_integral_value())
    bounds = {
        "least": decimal_text(item.least) if item.least is not None else "−∞",
        "most": decimal_text(item.most) if item.most is not None else "∞",
    }
    rows = [int(row) for row in np.flatnonzero(bad & present)]
    return [
        Mark(
            row, "import.out_of_bounds", {**bounds, "value": decimal_text(Decimal(int(whole[row])).scaleb(-item.scale))}
        )
        for row in rows
    ]
