"""The head of a table: which lines it spans, what each column is called, in which unit, for which period.

Heads of Chinese statistical tables run over several lines with merged cells, carry units in
brackets or in a line of their own (单位：万元), and may be followed by a line that numbers the columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from yuanzhi.engine.kernel.hygiene import simplified, tidy
from yuanzhi.engine.kernel.periods import Frequency, Period
from yuanzhi.engine.kernel.quantities import ONE, Unit, UnitSystem
from yuanzhi.engine.records.periods_read import find_period
from yuanzhi.engine.records.sheets import Sheet, is_blank, shown

DEEPEST, TALLEST = 30, 4
"""A head ends within so many lines from the top and is at most so many lines high."""

_BRACKETS = re.compile(r"^(.*?)\s*[(\[【〔]\s*(?:(?:计量)?单位[:：]?\s*)?([^()\[\]【】〔〕]+?)\s*[)\]】〕]\s*$")
_AFTER_SIGN = re.compile(r"^(.+?)\s*[,，:：/]\s*(?:(?:计量)?单位[:：]?\s*)?([^,，:：/]+)$")
_UNIT_LINE = re.compile(r"(?:计量)?单位\s*[:：]\s*([^\s:：()（）]+)")
_NUMBERING = re.compile(r"[甲乙丙丁戊己庚辛壬癸]|\(?\d{1,3}\)?|[-—]")
_DROPPED = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class HeadColumn:
    """One column's head: its lines from top to bottom without units, and the unit it states."""

    index: int
    parts: tuple[str, ...]
    unit: Unit | None = None
    unit_text: str = ""
    row: int = 0

    @property
    def title(self) -> str:
        """The whole head as one text."""
        return " ".join(self.parts)

    @property
    def whole(self) -> str:
        """All lines of the head as one word (用地面积, 工业)."""
        return "".join(self.parts)

    @property
    def turned(self) -> str:
        """The lines from bottom to top as one word (工业用地面积)."""
        return "".join(reversed(self.parts))

    def is_joined(self, names: Mapping[str, str]) -> bool:
        """Whether it takes all its lines, of which each says something, to make a known name."""
        says = all(comparable(part) for part in self.parts)
        return len(self.parts) > 1 and says and (comparable(self.whole) in names or comparable(self.turned) in names)

    def candidates(self) -> Iterable[str]:
        """What the column may be called, the most specific first."""
        parts = self.parts
        if not parts:
            return
        yield self.whole
        yield self.turned
        yield parts[0] + parts[-1]
        yield parts[-1] + parts[0]
        yield parts[-1]
        yield from parts[:-1]


@dataclass(frozen=True)
class Head:
    """The head of a sheet.

    Attributes:
        first: The first row after the head.
        columns: Its columns that have a head at all.
        matched: The column that stands for each known name.
        units: Units the sheet states for all its columns (单位：万元).
        period: The period in the lines above the head.
    """

    first: int
    columns: tuple[HeadColumn, ...]
    matched: Mapping[str, HeadColumn] = field(default_factory=dict)
    twice: Mapping[str, tuple[HeadColumn, ...]] = field(default_factory=dict)
    units: tuple[Unit, ...] = ()
    period: Period | None = None


@lru_cache(maxsize=100_000)
def comparable(text: str) -> str:
    """A name in the form in which names are compared: simplified, lower case, without spaces and signs.

    >>> comparable("工业用地 面積（畝）")
    '工业用地面积亩'
    """
    return _DROPPED.sub("", simplified(tidy(text)).lower())


def split_unit(text: str, units: UnitSystem) -> tuple[str, Unit | None, str]:
    """A head's text without the unit it states, the unit, and its writing; brackets with other content stay.

    >>> split_unit("用地面积（亩）", UnitSystem.of([Unit("亩")]))[0]
    '用地面积'
    """
    clean = tidy(text)
    for pattern in (_BRACKETS, _AFTER_SIGN):
        if (found := pattern.match(clean)) and (unit := known_unit(found.group(2), units)):
            return found.group(1), unit, found.group(2)
    return clean, None, ""


def known_unit(text: str, units: UnitSystem) -> Unit | None:
    """The unit written so, or nothing; a plain figure is no unit."""
    clean = tidy(text)
    if not clean or clean[0].isdigit():
        return None
    try:
        return units.unit(clean)
    except (KeyError, ValueError):
        return None


def find_head(sheet: Sheet, names: Mapping[str, str], units: UnitSystem, frequency: Frequency) -> Head | None:
    """The head under which the most known names stand, or nothing if no line has at least one.

    Args:
        sheet: The table.
        names: What may stand in a head, in comparable form, and the name it stands for.
        units: The units that may be written.
        frequency: How often the return comes, for reading the period in the title.
    """
    spread = _spread(sheet, min(len(sheet.rows), DEEPEST + TALLEST))
    reader = _HeadReader(spread, units)
    titled = [_is_titled(row) for row in spread]
    best: tuple[int, int, int, int, int] | None = None
    for bottom in range(min(len(spread), DEEPEST)):
        for top in range(bottom, max(-1, bottom - TALLEST), -1):
            if not titled[top]:
                break
            columns = reader.columns(top, bottom)
            matched, twice = _matched(columns, names)
            joined = sum(1 for column in columns if column.is_joined(names))
            score = (len(matched) + len(twice), joined, top - bottom, -bottom, top)
            best = score if matched and (best is None or score > best) else best
    if best is None:
        return None
    return _head(sheet, reader, (best[4], -best[3]), names, frequency)


def _head(
    sheet: Sheet, reader: _HeadReader, span: tuple[int, int], names: Mapping[str, str], frequency: Frequency
) -> Head:
    spread, (top, bottom) = reader.spread, span
    first = bottom + 1
    while first < len(spread) and (reader.is_units(spread[first]) or _is_numbering(spread[first])):
        bottom = first if reader.is_units(spread[first]) else bottom
        first += 1
    columns = reader.columns(top, bottom)
    matched, twice = _matched(columns, names)
    above = [cell for row in spread[:top] for cell in row if cell]
    stated = [
        unit for cell in above for text in _UNIT_LINE.findall(tidy(cell)) for unit in _units_in(text, reader.units)
    ]
    period = next((found for cell in (*above, sheet.name) if (found := find_period(cell, frequency))), None)
    return Head(first, columns, matched, twice, tuple(stated), period)


def _spread(sheet: Sheet, height: int) -> list[list[str]]:
    """The first lines as text, with merged cells in every cell they cover; a title across the sheet stands once."""
    rows = [["" if is_blank(cell) else shown(cell) for cell in row] for row in sheet.rows[:height]]
    width = max((len(row) for row in rows), default=0)
    for row in rows:
        row.extend([""] * (width - len(row)))
    for (top, left), (bottom, right) in sheet.merged:
        if top < height and right - left + 1 < width:
            for at in range(top, min(bottom, height - 1) + 1):
                rows[at][left : right + 1] = [rows[top][left]] * (right - left + 1)
    return rows


class _HeadReader:
    """Reads spans of lines as heads; every text is taken apart once."""

    def __init__(self, spread: Sequence[Sequence[str]], units: UnitSystem) -> None:
        self.spread, self.units = spread, units
        self._split: dict[str, tuple[str, Unit | None, str]] = {}
        self._units: dict[str, Unit | None] = {}

    def columns(self, top: int, bottom: int) -> tuple[HeadColumn, ...]:
        """The columns under the lines from top to bottom."""
        width = len(self.spread[top]) if self.spread else 0
        found = (self._column(index, top, bottom) for index in range(width))
        return tuple(column for column in found if column.parts)

    def is_units(self, row: Sequence[str]) -> bool:
        """Whether a line says nothing but units."""
        filled = [cell for cell in row if cell not in ("", "-", "—", "/")]
        return bool(filled) and all(self._unit(cell) not in (None, ONE) for cell in filled)

    def _column(self, index: int, top: int, bottom: int) -> HeadColumn:
        parts: list[str] = []
        unit: Unit | None = None
        unit_text, last = "", top
        for row in range(top, bottom + 1):
            text = self.spread[row][index]
            if not text:
                continue
            last = row
            if row > top and (own := self._unit(text)):
                unit, unit_text = own, text
                continue
            if text not in self._split:
                self._split[text] = split_unit(text, self.units)
            label, stated, written = self._split[text]
            unit, unit_text = (stated, written) if stated else (unit, unit_text)
            if label and (not parts or parts[-1] != label):
                parts.append(label)
        return HeadColumn(index, tuple(parts), unit, unit_text, last)

    def _unit(self, text: str) -> Unit | None:
        if text not in self._units:
            self._units[text] = known_unit(text.strip("()（）"), self.units)
        return self._units[text]


def _is_titled(row: Sequence[str]) -> bool:
    """Whether a line may belong to a head: most of what it says is no number."""
    filled = [cell for cell in row if cell]
    return sum(cell[:1].isdigit() or cell[:1] == "-" for cell in filled) * 2 <= len(filled) and bool(filled)


def _matched(
    columns: Sequence[HeadColumn], names: Mapping[str, str]
) -> tuple[dict[str, HeadColumn], dict[str, tuple[HeadColumn, ...]]]:
    """The column for each name, and the names that more than one column claims equally well."""
    claims: dict[str, list[tuple[int, HeadColumn]]] = {}
    for column in columns:
        for rank, candidate in enumerate(column.candidates()):
            if name := names.get(comparable(candidate)):
                claims.setdefault(name, []).append((rank, column))
                break
    matched: dict[str, HeadColumn] = {}
    twice: dict[str, tuple[HeadColumn, ...]] = {}
    for name, claimed in claims.items():
        best = min(rank for rank, _ in claimed)
        winners = [column for rank, column in claimed if rank == best]
        if len(winners) == 1:
            matched[name] = winners[0]
        else:
            twice[name] = tuple(winners)
    return matched, twice


def _is_numbering(row: Sequence[str]) -> bool:
    """Whether a line only numbers the columns: 甲 乙 1 2 3."""
    filled = [tidy(cell) for cell in row if cell]
    if len(filled) < 2 or not all(_NUMBERING.fullmatch(cell) for cell in filled):
        return False
    numbers = [int(cell.strip("()")) for cell in filled if cell.strip("()").isdigit()]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers))) if len(numbers) > 1 else "甲" in filled


def _units_in(text: str, units: UnitSystem) -> list[Unit]:
    whole = known_unit(text, units)
    if whole:
        return [whole]
    return [unit for part in re.split(r"[、,，;；]", text) if (unit := known_unit(part, units))]
