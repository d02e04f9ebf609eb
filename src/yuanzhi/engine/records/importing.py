"""Returns from spreadsheets: what can be taken exactly is taken, everything else is kept and named.

A row in which a cell cannot be read is held back whole, with all its cells as they were. A row
with something odd in it is taken as submitted, so that a person accepts it or not. Nothing is
repaired without a finding that says what, and the cell's own text stays beside the value taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.kernel.hygiene import marked
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.kernel.problems import Place, Problem, Severity, listed
from yuanzhi.engine.pack.model import Form
from yuanzhi.engine.records.cells import read_time
from yuanzhi.engine.records.columns import REGIONS, Declares, lay_out, vocabulary
from yuanzhi.engine.records.headers import Head, find_head
from yuanzhi.engine.records.magnitudes import Slip, find_slips
from yuanzhi.engine.records.returns import KEYS, ReturnStatus, return_schema
from yuanzhi.engine.records.rows import Resolver, fill_merged, find_body
from yuanzhi.engine.records.sheets import Cell, Sheet, cell_name, is_blank, shown
from yuanzhi.engine.records.subject_index import SubjectIndex
from yuanzhi.engine.records.values import Column, Mark, NumberTarget, read_numbers, read_others

QUERIES = frozenset(
    {
        "import.bracketed_negative",
        "import.magnitude",
        "import.unusual",
        "import.subject_not_living",
        "import.credit_region",
        "import.credit_in_register",
        "import.name_differs",
    }
)
"""Findings that leave a row as submitted until a person accepts it."""

NOTES = frozenset(
    {
        "import.full_width", "import.invisible", "import.thousands", "import.percent", "import.unit_in_cell",
        "import.rounded", "import.missing_mark", "import.below_unit", "import.code_by_label", "import.date_serial",
        "import.text_tidied", "import.duplicate_same",
    }
)  # fmt: skip
"""What was altered or noticed without any doubt about the value; told once for each column."""

_KEPT_STATUSES = frozenset({ReturnStatus.SUBMITTED, ReturnStatus.ESTIMATED, ReturnStatus.REJECTED})
"""What a row says of itself counts unless it calls itself accepted while something about it is odd."""

_TEXT = pa.string()
HELD_SCHEMA = pa.schema(
    [("file", _TEXT), ("sheet", _TEXT), ("row", pa.int32()), ("subject", _TEXT), ("period", _TEXT),
     ("reasons", pa.list_(_TEXT)), ("cells", pa.list_(pa.struct([("cell", _TEXT), ("text", _TEXT)])))]
)  # fmt: skip
"""Rows held back, each with every cell it has."""

ORIGINALS_SCHEMA = pa.schema(
    [("file", _TEXT), ("sheet", _TEXT), ("cell", _TEXT), ("item", _TEXT), ("subject", _TEXT), ("period", _TEXT),
     ("code", _TEXT), ("text", _TEXT), ("taken", _TEXT)]
)  # fmt: skip
"""Every cell that was altered, doubted or refused, as it stood in the file, and what was taken from it."""


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """What the file itself may not say.

    Attributes:
        recorded: When the file came in; rows may say it themselves. Where neither says, a row counts
            from the day after its period, since it cannot have been known before.
        source: Where it comes from, such as the file's name.
        period: The period of every row, where the file names none.
        status: What a row without doubts becomes.
        aliases: What columns are called in this file, with the item or key meant (``subject``, ``period`` ...).
        usual: What the subjects usually report, from ``usual_values``, to compare magnitudes with.
        synthetic: Whether the rows were made by a rule.
    """

    recorded: datetime | None = None
    source: str = ""
    period: Period | None = None
    status: ReturnStatus = ReturnStatus.ACCEPTED
    aliases: Mapping[str, str] = field(default_factory=dict)
    usual: pa.Table | None = None
    synthetic: bool = False


@dataclass(frozen=True)
class ImportResult:
    """What a file came to: rows taken, rows held back, findings, and the cells behind them."""

    form: str
    rows: pa.Table
    held: pa.Table
    originals: pa.Table
    findings: tuple[Problem, ...]
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def queried(self) -> int:
        """How many rows wait for a person."""
        return int(sum(status == ReturnStatus.SUBMITTED for status in self.rows["status"].to_pylist()))


@dataclass
class _Row:
    """One row on its way: where it stands, whose and when it is, and what was found about it."""

    at: int
    subject: str = ""
    period: Period | None = None
    held: list[str] = field(default_factory=list)
    queried: bool = False


class _SheetImport:
    """The import of one sheet; the steps are in ``run``."""

    def __init__(
        self, sheet: Sheet, form: Form, declared: Declares, index: SubjectIndex | None, options: ImportOptions
    ):
        self.sheet, self.form, self.declared, self.index, self.options = sheet, form, declared, index, options
        self.findings: list[Problem] = []
        self.originals: list[dict[str, str]] = []
        self.noted: dict[tuple[str, str], list[tuple[int, int, Mapping[str, str]]]] = {}
        self.rows: list[_Row] = []
        self.columns: dict[str, Column] = {}

    def run(self, head: Head) -> None:
        """Lay out the columns, find the rows, read who and when, read the cells, compare what can be compared."""
        self.layout = lay_out(self.sheet, head, self.form, self.declared)
        self.findings.extend(self.layout.problems)
        self.sheet, merged = fill_merged(self.sheet, head.first, self._is_number)
        self.body = find_body(self.sheet, head, self.layout)
        self.findings.extend(self.body.problems)
        self.rows = [_Row(at) for at in self.body.rows]
        self._identify(head)
        for column in self.layout.items:
            cells = self.column(column.index)
            if column.item.type == "number":
                target = NumberTarget(column.item, column.unit, column.written, self.declared.unit_system)
                read = read_numbers(cells, target)
            else:
                read = read_others(cells, column.item, self.declared.codes.get(column.item.code_list))
            self.columns[column.item.code] = read
            self._mark(column.index, column.item.code, read.marks)
            self._mark(column.index, column.item.code, self._obligatory(read, column.item.required))
        for at, index in merged:
            self._mark_merged(at, index)
        self._check_keys()
        self._duplicates()
        self._totals()

    def column(self, index: int) -> list[Cell]:
        """The cells of a column in the rows of the body."""
        rows = self.sheet.rows
        return [rows[row.at][index] if index < len(rows[row.at]) else None for row in self.rows]

    def _is_number(self, index: int) -> bool:
        return any(column.index == index and column.item.type == "number" for column in self.layout.items)

    def _identify(self, head: Head) -> None:
        resolver = Resolver(
            self.sheet, self.layout.keys, self.index, self.declared.codes.get(REGIONS), self.form.frequency,
            self.options.period or head.period,
        )  # fmt: skip
        if problem := resolver.cannot():
            self.findings.append(problem)
        for row in self.rows:
            row.subject, row.period, marks = resolver.resolve(row.at)
            for column, code, values in marks:
                self._say(row, column, "", Mark(0, code, values))

    def _mark(self, column: int, item: str, marks: Iterable[Mark]) -> None:
        for mark in marks:
            self._say(self.rows[mark.row], column, item, mark)

    def _say(self, row: _Row, column: int, item: str, mark: Mark) -> None:
        """Record a finding about a cell: note it, query its row, or hold its row back; always keep the cell's text."""
        text = shown(self.sheet.rows[row.at][column]) if column < len(self.sheet.rows[row.at]) else ""
        taken = decimal_text(mark.taken) if isinstance(mark.taken, Decimal) else str(mark.taken or "")
        self.originals.append(
            {
                "file": self.sheet.file, "sheet": self.sheet.name, "cell": cell_name(row.at, column), "item": item,
                "subject": row.subject, "period": str(row.period or ""), "code": mark.code, "text": text,
                "taken": taken,
            }
        )  # fmt: skip
        if mark.code in NOTES:
            self.noted.setdefault((mark.code, item), []).append((row.at, column, {"text": marked(text), **mark.values}))
            return
        severity = Severity.WARNING if mark.code in QUERIES else Severity.ERROR
        if severity is Severity.ERROR:
            row.held.append(mark.code)
        else:
            row.queried = True
        values = {"text": marked(text), "item": item, **mark.values}
        self.findings.append(Problem(mark.code, self.sheet.place(row.at, column), values, severity))

    def _obligatory(self, read: Column, required: bool) -> list[Mark]:
        if not required or read.array.null_count == 0:
            return []
        refused = {mark.row for mark in read.marks if mark.code not in NOTES}
        empty = [row for row, is_null in enumerate(read.array.is_null().to_pylist()) if is_null and row not in refused]
        return [Mark(row, "import.required") for row in empty]

    def _mark_merged(self, at: int, column: int) -> None:
        item = next(own.item.code for own in self.layout.items if own.index == column)
        for row in self.rows:
            if row.at == at:
                self._say(row, column, item, Mark(0, "import.merged_number"))

    def _duplicates(self) -> None:
        """Of equal rows the first is kept; rows that differ are all held back, since nobody knows which is right."""
        groups: dict[tuple[str, str], list[int]] = {}
        for number, row in enumerate(self.rows):
            if row.subject and row.period and not row.held:
                groups.setdefault((row.subject, str(row.period)), []).append(number)
        column = self.layout.keys.get("subject", next(iter(self.layout.keys.values()), 0))
        for (subject, period), numbers in groups.items():
            if len(numbers) > 1:
                self._duplicate(subject, period, numbers, column)

    def _duplicate(self, subject: str, period: str, numbers: Sequence[int], column: int) -> None:
        contents = [tuple(self.columns[code].array[number].as_py() for code in self.columns) for number in numbers]
        cells = listed(cell_name(self.rows[number].at, column) for number in numbers)
        values = {"subject": subject, "period": period, "cells": cells}
        if len(set(contents)) == 1:
            for number in numbers[1:]:
                self._say(self.rows[number], column, "", Mark(0, "import.duplicate_same", values))
                self.rows[number].held.append("import.duplicate_same")
            return
        for number in numbers:
            self._say(self.rows[number], column, "", Mark(0, "import.duplicate_differs", values))

    def _totals(self) -> None:
        """Compare each total the sheet states with the sum of the rows above it."""
        for at in self.body.totals:
            for column in self.layout.items:
                if column.item.type == "number" and column.index < len(self.sheet.rows[at]):
                    self._total(at, column.index, column.item.code)

    def _total(self, at: int, index: int, code: str) -> None:
        column = next(own for own in self.layout.items if own.item.code == code)
        target = NumberTarget(column.item, column.unit, column.written, self.declared.unit_system)
        stated = read_numbers([self.sheet.rows[at][index]], target).array[0].as_py()
        values = [v for v, row in zip(self.columns[code].array.to_pylist(), self.rows, strict=True) if row.at < at]
        total = sum((value for value in values if value is not None), Decimal(0))
        if stated is not None and stated != total:
            said = {"item": code, "stated": decimal_text(stated), "total": decimal_text(total)}
            self.findings.append(Problem("import.total_differs", self.sheet.place(at, index), said, Severity.WARNING))

    def notes(self) -> list[Problem]:
        """One finding for each kind of note and column, with the first cells by name."""
        problems = []
        for (code, item), found in sorted(self.noted.items()):
            row, column, values = found[0]
            cells = listed(cell_name(at, index) for at, index, _ in found)
            said = {**values, "item": item, "cells": cells, "count": str(len(found))}
            problems.append(Problem(code, self.sheet.place(row, column), said, Severity.NOTE))
        return problems

    def taken(self) -> pa.Table:
        """The rows that were not held back, as a table of the form."""
        kept = [number for number, row in enumerate(self.rows) if not row.held]
        rows = [self.rows[number] for number in kept]
        keys = {name: pa.array(values, KEYS[name]) for name, values in self._keys(rows).items()}
        take = pa.array(kept, pa.int64())
        items = {
            column.name: self.columns[column.name].array.take(take)
            if column.name in self.columns
            else pa.nulls(len(kept), column.type)
            for column in return_schema(self.form)
            if column.name not in KEYS
        }
        return pa.table({**keys, **items}, schema=return_schema(self.form))

    def _keys(self, rows: Sequence[_Row]) -> dict[str, list[Any]]:
        options = self.options
        return {
            "subject": [row.subject for row in rows],
            "period": [str(row.period) for row in rows],
            "period_start": [row.period.start if row.period else None for row in rows],
            "period_end": [row.period.end if row.period else None for row in rows],
            "status": [self._status(row) for row in rows],
            "source": [self._own(row, "source") or options.source for row in rows],
            "recorded": [self._recorded(row) for row in rows],
            "synthetic": [self._is_synthetic(row) for row in rows],
        }

    def _status(self, row: _Row) -> str:
        own = self._own(row, "status").lower()
        if own in _KEPT_STATUSES:
            return own
        return str(ReturnStatus.SUBMITTED if row.queried else self.options.status)

    def _recorded(self, row: _Row) -> datetime:
        """When a row was recorded: as it says, as the file says, or as soon as it can have been."""
        assert row.period is not None
        otherwise = self.options.recorded or datetime.combine(row.period.end + timedelta(days=1), time())
        return read_time(self._key_cell(row, "recorded")) or otherwise

    def _check_keys(self) -> None:
        """Hold back rows whose status or time of recording cannot be read."""
        for row in self.rows:
            own = self._own(row, "status").lower()
            if own and own not in set(ReturnStatus):
                self._say(row, self.layout.keys["status"], "status", Mark(0, "import.status_unknown"))
            cell = self._key_cell(row, "recorded")
            if not is_blank(cell) and read_time(cell) is None:
                self._say(row, self.layout.keys["recorded"], "recorded", Mark(0, "import.date_unreadable"))
        place = Place(file=self.sheet.file, sheet=self.sheet.name)
        if self.form.source == "external" and not all(self._own(row, "source") for row in self.rows):
            self.findings.append(
                Problem("import.source_unstated", place, {"source": self.options.source}, Severity.WARNING)
            )
        if self.options.recorded is None and "recorded" not in self.layout.keys:
            self.findings.append(Problem("import.recorded_unknown", place, {}, Severity.WARNING))

    def _key_cell(self, row: _Row, key: str) -> Cell:
        index = self.layout.keys.get(key)
        cells = self.sheet.rows[row.at]
        return cells[index] if index is not None and index < len(cells) else None

    def _is_synthetic(self, row: _Row) -> bool:
        """Whether a row was made by a rule: it says so, or its subject was."""
        own = self._own(row, "synthetic").lower() in ("1", "true", "是")
        return self.options.synthetic or own or (self.index is not None and row.subject in self.index.synthetic)

    def _own(self, row: _Row, key: str) -> str:
        index = self.layout.keys.get(key)
        cells = self.sheet.rows[row.at]
        return shown(cells[index]).strip() if index is not None and index < len(cells) else ""

    def held_rows(self) -> list[dict[str, Any]]:
        """The rows held back, with every cell."""
        return [
            {
                "file": self.sheet.file, "sheet": self.sheet.name, "row": row.at + 1, "subject": row.subject,
                "period": str(row.period or ""), "reasons": sorted(set(row.held)),
                "cells": [
                    {"cell": cell_name(row.at, column), "text": shown(cell)}
                    for column, cell in enumerate(self.sheet.rows[row.at])
                    if cell is not None
                ],
            }
            for row in self.rows
            if row.held
        ]  # fmt: skip

    def query(self, number: int, slip: Slip) -> None:
        """Record a doubt about an item of the row with this number among those taken."""
        kept = [row for row in self.rows if not row.held]
        column = next(own for own in self.layout.items if own.item.code == slip.item)
        self._say(kept[number], column.index, slip.item, Mark(0, slip.code, slip.values))


def import_returns(
    sheets: Sequence[Sheet],
    form: Form,
    declared: Declares,
    options: ImportOptions,
    index: SubjectIndex | None = None,
) -> ImportResult:
    """Read the returns of one form from sheets.

    Args:
        sheets: The sheets of one file, as ``read_sheets`` gives them.
        form: The form.
        declared: Code lists and units, such as a composition of packs.
        options: What the file does not say itself.
        index: The subjects known; without one every subject is taken as written.

    Returns:
        Rows taken, rows held back, findings with file, sheet and cell, and the original text of every
        cell that was altered, doubted or refused.
    """
    names = vocabulary(form, options.aliases)
    imports: list[_SheetImport] = []
    findings: list[Problem] = []
    for sheet in sheets:
        head = find_head(sheet, names, declared.unit_system, form.frequency)
        if head is None or not any(name in form.items for name in head.matched):
            severity = Severity.ERROR if len(sheets) == 1 else Severity.WARNING
            if sheet.rows:
                findings.append(
                    Problem("import.no_head", Place(file=sheet.file, sheet=sheet.name), {"form": form.code}, severity)
                )
            continue
        own = _SheetImport(sheet, form, declared, index, options)
        own.run(head)
        imports.append(own)
    _compare_magnitudes(imports, form, declared, options)
    return _result(imports, form, findings)


def _compare_magnitudes(
    imports: Sequence[_SheetImport], form: Form, declared: Declares, options: ImportOptions
) -> None:
    tables = [own.taken() for own in imports]
    starts = [sum(table.num_rows for table in tables[:at]) for at in range(len(tables))]
    if not tables:
        return
    for slip in find_slips(pa.concat_tables(tables), form, declared.unit_system, options.usual):
        at = max(number for number, start in enumerate(starts) if start <= slip.row and tables[number].num_rows)
        imports[at].query(slip.row - starts[at], slip)


def _result(imports: Sequence[_SheetImport], form: Form, findings: Sequence[Problem]) -> ImportResult:
    rows = [own.taken() for own in imports]
    held = [row for own in imports for row in own.held_rows()]
    originals = [cell for own in imports for cell in own.originals]
    all_findings = [*findings, *(problem for own in imports for problem in (*own.findings, *own.notes()))]
    return ImportResult(
        form.code,
        pa.concat_tables(rows).combine_chunks() if rows else return_schema(form).empty_table(),
        pa.Table.from_pylist(held, HELD_SCHEMA),
        pa.Table.from_pylist(originals, ORIGINALS_SCHEMA),
        tuple(all_findings),
        {column.item.code: column.title for own in imports for column in own.layout.items},
    )
