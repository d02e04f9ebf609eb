"""What calamine does not tell about a workbook's cells: errors, formulas never computed, percentages.

It gives the first two as blanks, and a blank would be read as missing. So the sheets' own XML is
looked through for them.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

MOST_BYTES = 2_000_000_000
"""A sheet that unpacks to more than this is refused."""

_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.S)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')
_STYLE = re.compile(rb'\bs="(\d+)"')
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?f>)", re.S)
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>(.*?)</(?:\w+:)?v>", re.S)
_BUILT_IN_PERCENT = frozenset({9, 10})
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """A cell in which a formula failed."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Uncomputed:
    """A formula whose value is not in the file."""

    formula: str

    def __str__(self) -> str:
        return f"={self.formula}"


@dataclass(frozen=True, slots=True)
class Percent:
    """A number shown as a percentage: 0.35 is shown as 35 %."""

    value: float

    def __str__(self) -> str:
        return f"{format(self.value * 100, '.12g')}%"


Mark = ErrorValue | Uncomputed | None
"""``None`` marks a cell formatted as a percentage."""


def read_marks(data: bytes) -> dict[str, dict[tuple[int, int], Mark]]:
    """The marks of each sheet by row and column, both from 0; nothing for formats other than xlsx.

    Raises:
        ValueError: A part of the workbook is unreasonably large or no XML.
    """
    if data[:2] != b"PK":
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if "xl/workbook.xml" not in parts.namelist():
                return {}
            if any(part.file_size > MOST_BYTES for part in parts.infolist()):
                raise ValueError("a part of the workbook is too large")
            percents = _percent_styles(parts)
            never = b'fullCalcOnLoad="1"' in parts.read("xl/workbook.xml")
            return {name: dict(_marks(parts.read(path), percents, never)) for name, path in _sheet_paths(parts)}
    except (zipfile.BadZipFile, ElementTree.ParseError) as error:
        raise ValueError(str(error)) from error


def _sheet_paths(parts: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    relations = {
        str(node.get("Id")): str(node.get("Target"))
        for node in ElementTree.fromstring(parts.read("xl/_rels/workbook.xml.rels"))
    }
    present = set(parts.namelist())
    for node in ElementTree.fromstring(parts.read("xl/workbook.xml")).iter():
        if node.tag.endswith("}sheet"):
            target = relations.get(str(node.get(_RELATION)), "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if path in present:
                yield str(node.get("name")), path


def _percent_styles(parts: zipfile.ZipFile) -> frozenset[int]:
    if "xl/styles.xml" not in parts.namelist():
        return frozenset()
    root = ElementTree.fromstring(parts.read("xl/styles.xml"))
    own = {
        _number(node.get("numFmtId"))
        for node in root.iter()
        if _is(node, "numFmt") and "%" in str(node.get("formatCode"))
    }
    formats = [node for node in root if _is(node, "cellXfs")]
    rows = list(formats[0]) if formats else []
    return frozenset(at for at, row in enumerate(rows) if _number(row.get("numFmtId")) in own | _BUILT_IN_PERCENT)


def _is(node: Any, name: str) -> bool:
    return str(node.tag).rpartition("}")[2] == name


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else -1


def _marks(sheet: bytes, percents: frozenset[int], never_computed: bool) -> Iterator[tuple[tuple[int, int], Mark]]:
    """Marks of one sheet. A program that leaves computing to the reader writes nothing or 0 as a formula's value."""
    unset = {b"", b"0"} if never_computed else {b""}
    if not percents and b't="e"' not in sheet and b"<f" not in sheet and b":f>" not in sheet:
        return
    for found in _CELL.finditer(sheet):
        attributes, body = found.group(1), found.group(2) or b""
        if not (reference := _REFERENCE.search(attributes)):
            continue
        at = int(reference.group(2)) - 1, _column(reference.group(1))
        value = _VALUE.search(body)
        if b't="e"' in attributes:
            yield at, ErrorValue(value.group(1).decode() if value else "#ERROR")
        elif (
            (formula := _FORMULA.search(body))
            and b't="str"' not in attributes
            and (not value or value.group(1) in unset)
        ):
            yield at, Uncomputed((formula.group(1) or b"").decode(errors="replace"))
        elif percents and (style := _STYLE.search(attributes)) and int(style.group(1)) in percents:
            yield at, None


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column - 1
