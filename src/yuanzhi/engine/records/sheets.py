"""Tables as they come: CSV of any Chinese encoding and Excel workbooks, read into rows of cells.

A cell keeps what the file says. Values that readers usually turn into blanks are kept as such:
error values, formulas nobody has computed, percentages.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from yuanzhi.engine.kernel.problems import Place, Problem, Severity
from yuanzhi.engine.records.workbook_marks import ErrorValue, Percent, Uncomputed, read_marks

Cell = str | float | bool | date | datetime | time | timedelta | ErrorValue | Uncomputed | Percent | None
Span = tuple[tuple[int, int], tuple[int, int]]
"""First and last row and column of a merged range, both counting."""

_DELIMITERS = ",\t;|，"
_MOST_DAMAGED = 0.02
"""A text that is UTF-8 but for so few of its characters is damaged UTF-8, not another encoding."""


@dataclass(frozen=True)
class Sheet:
    """One table: its rows from the first line of the file, and its merged ranges."""

    file: str
    name: str
    rows: Sequence[Sequence[Cell]]
    merged: Sequence[Span] = ()
    is_text: bool = False

    def place(self, row: int, column: int) -> Place:
        """Where a cell stands, counting rows and columns from 0."""
        return Place(file=self.file, sheet=self.name, cell=cell_name(row, column))


@dataclass(frozen=True)
class SheetsReading:
    """The sheets of a file and what was found while reading it."""

    sheets: tuple[Sheet, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass
class _Decoded:
    text: str
    problems: list[Problem] = field(default_factory=list)


def read_sheets(data: bytes, file: str) -> SheetsReading:
    """The sheets in the bytes of a CSV file or a workbook (xlsx, xls, xlsb, ods)."""
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        return _read_workbook(data, file)
    return _read_csv(data, file)


def cell_name(row: int, column: int) -> str:
    """A cell's name as a spreadsheet shows it.

    >>> cell_name(0, 0), cell_name(9, 27)
    ('A1', 'AB10')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def shown(cell: Cell) -> str:
    """A cell's content as text, for keeping and for showing."""
    match cell:
        case None:
            return ""
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case float():
            return format(cell, ".15g")
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case date() | datetime() | time():
            return cell.isoformat()
        case _:
            return str(cell)


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing at all."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _read_csv(data: bytes, file: str) -> SheetsReading:
    decoded = _decode(data, file)
    if "\0" in decoded.text:
        return SheetsReading((), (*decoded.problems, Problem("import.not_a_table", Place(file=file))))
    delimiter = _delimiter(decoded.text[:20_000])
    try:
        rows: list[list[Cell]] = [
            [cell or None for cell in row]
            for row in csv.reader(io.StringIO(decoded.text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as error:
        broken = Problem("import.csv_broken", Place(file=file), {"reason": str(error)})
        return SheetsReading((), (*decoded.problems, broken))
    return SheetsReading((Sheet(file, "", rows, is_text=True),), tuple(decoded.problems))


def _decode(data: bytes, file: str) -> _Decoded:
    """Text of the bytes: by byte order mark, as UTF-8, or as GB 18030, which contains GBK and GB 2312."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _Decoded(data.decode("utf-16", errors="replace"))
    try:
        return _Decoded(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        found = error
    attempt = data.decode("utf-8-sig", errors="replace")
    foreign = sum(1 for character in attempt if ord(character) > 127)
    line = str(data[: found.start].count(b"\n") + 1)
    if attempt.count("\ufffd") <= max(1, foreign * _MOST_DAMAGED) and foreign > 20:
        return _Decoded(attempt, [Problem("import.damaged_text", Place(file=file), {"line": line}, Severity.WARNING)])
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
        return _Decoded(text, [Problem("import.damaged_text", Place(file=file), {"line": line}, Severity.WARNING)])
    return _Decoded(text, [Problem("import.decoded", Place(file=file), {"encoding": "GB 18030"}, Severity.NOTE)])


def _delimiter(sample: str) -> str:
    """The sign that divides most lines into the most columns, alike in each."""
    best, most = ",", 0.0
    lines = sample.splitlines(keepends=True)[:50]
    for sign in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=sign) if row]
        except csv.Error:
            continue
        if widths and (usual := max(set(widths), key=widths.count)) > 1:
            score = usual * widths.count(usual) / len(widths)
            best, most = (sign, score) if score > most else (best, most)
    return best


def _read_workbook(data: bytes, file: str) -> SheetsReading:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        marks = read_marks(data)
    except (CalamineError, ValueError, KeyError, OSError) as error:
        return SheetsReading((), (Problem("import.workbook_unreadable", Place(file=file), {"reason": str(error)}),))
    sheets, problems = [], []
    for about in workbook.sheets_metadata:
        if about.typ != SheetTypeEnum.WorkSheet:
            continue
        if about.visible != SheetVisibleEnum.Visible:
            place = Place(file=file, sheet=about.name)
            problems.append(Problem("import.sheet_hidden", place, {}, Severity.NOTE))
            continue
        own = workbook.get_sheet_by_name(about.name)
        rows: list[list[Cell]] = [
            [None if cell == "" else cell for cell in row] for row in own.to_python(skip_empty_area=False)
        ]
        _overlay(rows, marks.get(about.name, {}))
        sheets.append(Sheet(file, about.name, rows, tuple(own.merged_cell_ranges or ())))
    return SheetsReading(tuple(sheets), tuple(problems))


def _overlay(rows: list[list[Cell]], marks: dict[tuple[int, int], ErrorValue | Uncomputed | None]) -> None:
    """Put back what the reader took for blank; a mark of ``None`` says that the number is a percentage."""
    for (row, column), mark in marks.items():
        while row >= len(rows):
            rows.append([])
        line = rows[row]
        line.extend([None] * (column + 1 - len(line)))
        cell = line[column]
        if mark is not None:
            line[column] = mark
        elif isinstance(cell, int | float) and not isinstance(cell, bool):
            line[column] = Percent(float(cell))


def texts(sheet: Sheet, row: int) -> Iterator[tuple[int, str]]:
    """The cells of a row that hold something, as text, with their columns."""
    for column, cell in enumerate(sheet.rows[row]):
        if not is_blank(cell):
            yield column, shown(cell)
