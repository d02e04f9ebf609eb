"""The rows of a sheet: which are returns, which are totals and notes, and whose and when each return is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from yuanzhi.engine.kernel.hygiene import LOSSY, Fault, faults, half_width, marked, tidy
from yuanzhi.engine.kernel.periods import Frequency, Period
from yuanzhi.engine.kernel.problems import Place, Problem, Severity
from yuanzhi.engine.pack.model import CodeList
from yuanzhi.engine.records.columns import Layout
from yuanzhi.engine.records.headers import TALLEST, Head
from yuanzhi.engine.records.periods_read import read_period
from yuanzhi.engine.records.sheets import Cell, Sheet, is_blank, shown
from yuanzhi.engine.records.subject_index import CREDIT_CODE_LENGTH, SubjectIndex, credit_code_fault

_TOTAL = re.compile(r"^(?:合计|总计|小计|共计|全省合计|全市合计|全州合计|全园区合计|本页合计|total|sum|subtotal)")
_NOTE = re.compile(
    r"^(?:注|备注|说明|填表|制表|审核|单位负责人|统计负责人|负责人|联系|资料来源|数据来源|报出日期|note|source|\*)"
)
CellMarks = list[tuple[int, str, dict[str, str]]]
"""Column, code of the problem, values of its text."""


@dataclass(frozen=True)
class Body:
    """The rows below the head: returns and stated totals by row, and what was left out."""

    rows: tuple[int, ...]
    totals: tuple[int, ...]
    problems: tuple[Problem, ...]


def fill_merged(sheet: Sheet, first: int, is_number: Callable[[int], bool]) -> tuple[Sheet, list[tuple[int, int]]]:
    """Write the content of merged cells below the head into every cell they cover, numbers excepted.

    A number merged over several rows may belong to one of them or be shared by all; the cells it
    covers are given back instead.
    """
    spans = [span for span in sheet.merged if span[1][0] >= first and span[0][0] < len(sheet.rows)]
    if not spans:
        return sheet, []
    rows = [list(row) for row in sheet.rows]
    doubtful: list[tuple[int, int]] = []
    for (top, left), (bottom, right) in spans:
        content = rows[top][left] if left < len(rows[top]) else None
        for row in range(max(top, first), min(bottom, len(rows) - 1) + 1):
            for column in range(left, right + 1):
                if is_number(column):
                    doubtful.append((row, column))
                elif not any(is_number(own) for own in range(left, right + 1)):
                    rows[row].extend([None] * (column + 1 - len(rows[row])))
                    rows[row][column] = content
    return replace(sheet, rows=rows), doubtful


def find_body(sheet: Sheet, head: Head, layout: Layout) -> Body:
    """Sort the rows below the head into returns, totals, notes, repeated heads and blank lines."""
    rows: list[int] = []
    totals: list[int] = []
    problems: list[Problem] = []
    who = [layout.keys[key] for key in ("subject", "credit_code", "name") if key in layout.keys]
    items = [column.index for column in layout.items]
    titles = _titles(sheet, head)
    for at in range(head.first, len(sheet.rows)):
        row = sheet.rows[at]
        filled = [column for column, cell in enumerate(row) if not is_blank(cell)]
        if not filled:
            continue
        kind = _kind(row, filled, (who, items), titles)
        if kind == "return":
            rows.append(at)
            continue
        totals.extend([at] if kind == "total" else [])
        text = marked(" ".join(shown(row[column]) for column in filled)[:200])
        problems.append(Problem(f"import.{kind}_row", sheet.place(at, filled[0]), {"text": text}, Severity.NOTE))
    return Body(tuple(rows), tuple(totals), tuple(problems))


def _titles(sheet: Sheet, head: Head) -> dict[int, frozenset[Cell]]:
    """What stands in the lines of the head, by column."""
    lines = [sheet.rows[at] for at in range(max(0, head.first - TALLEST), head.first)]
    return {
        column.index: frozenset(line[column.index] for line in lines if column.index < len(line)) - {None}
        for column in head.columns
    }


def _kind(
    row: Sequence[Cell],
    filled: Sequence[int],
    columns: tuple[Sequence[int], Sequence[int]],
    titles: Mapping[int, frozenset[Cell]],
) -> str:
    who, items = columns
    names = [tidy(shown(row[column])) for column in (*who, filled[0]) if column in filled]
    compact = [re.sub(r"\s", "", name).lower() for name in names]
    if any(_TOTAL.match(name) for name in compact):
        return "total"
    same = [column for column in filled if row[column] in titles.get(column, ())]
    if len(same) >= 2 and len(same) * 2 > len(filled):
        return "head"
    has_values = any(column in filled for column in items)
    if _NOTE.match(compact[-1]) and not any(isinstance(row[column], float) for column in items if column in filled):
        return "note"
    return "return" if has_values or (any(column in filled for column in who) and len(filled) > 1) else "note"


class Resolver:
    """Says whose and for when a row is, from its key columns, the title and the register."""

    def __init__(
        self, sheet: Sheet, keys: Mapping[str, int], index: SubjectIndex | None, regions: CodeList | None,
        frequency: Frequency, period: Period | None,
    ) -> None:  # fmt: skip
        self.sheet, self.keys, self.index, self.regions = sheet, keys, index, regions
        self.frequency, self.period = frequency, period
        self.who = next((keys[key] for key in ("subject", "credit_code", "name") if key in keys), 0)
        self.when = next((keys[key] for key in ("period", "year") if key in keys), self.who)
        self.periods: dict[tuple[type, Cell], Period | None] = {}

    def cannot(self) -> Problem | None:
        """Why no row of the sheet can be told apart, if so."""
        place = Place(file=self.sheet.file, sheet=self.sheet.name)
        if not {"subject", "credit_code", "name"} & self.keys.keys():
            return Problem("import.no_subject_column", place)
        if not {"period", "year"} & self.keys.keys() and self.period is None:
            return Problem("import.no_period", place)
        return None

    def resolve(self, at: int) -> tuple[str, Period | None, CellMarks]:
        """Subject, period and findings of a row; what could not be told is empty and has a finding."""
        subject, marks = self._subject(at)
        period, about = self._period(at)
        marks = marks + about
        if subject and period and self.index and not self.index.is_living(subject, period.start, period.end):
            marks.append((self.who, "import.subject_not_living", {"subject": subject, "period": str(period)}))
        return subject, period, marks

    def _cell(self, at: int, key: str) -> Cell:
        column = self.keys.get(key)
        row = self.sheet.rows[at]
        return row[column] if column is not None and column < len(row) else None

    def _text(self, at: int, key: str) -> str:
        return half_width(shown(self._cell(at, key))).strip()

    def _subject(self, at: int) -> tuple[str, CellMarks]:
        code, credit, name = (self._text(at, key) for key in ("subject", "credit_code", "name"))
        for key, text in (("subject", code), ("credit_code", credit)):
            if lost := faults(text) & LOSSY:
                problem = "import.private_use" if Fault.PRIVATE_USE in lost else "import.damaged_cell"
                return "", [(self.keys[key], problem, {"marked": marked(text)})]
        marks = self._credit(at, code, credit)
        if self.index is None:
            subject = code or credit or name
            return subject, marks if subject else [*marks, (self.who, "import.subject_blank", {})]
        found = self.index.find(code) or self.index.find(credit)
        if not found and not code and not credit:
            return self._by_name(name, marks)
        if not found:
            values = {"subject": code or credit, "nearest": self.index.similar(code or credit, name) or "—"}
            return "", [*marks, (self.who, "import.subject_unknown", values)]
        marks = [
            (column, "import.credit_in_register" if fault in _REGISTERED else fault, values)
            for column, fault, values in marks
        ]
        if name and (named := self.index.named(name)) and found not in named:
            values = {"subject": found, "name": name, "nearest": sorted(named)[0]}
            marks.append((self.keys["name"], "import.name_differs", values))
        return found, marks

    def _by_name(self, name: str, marks: CellMarks) -> tuple[str, CellMarks]:
        assert self.index is not None
        if not name:
            return "", [*marks, (self.who, "import.subject_blank", {})]
        named = self.index.named(name)
        if len(named) == 1:
            return next(iter(named)), marks
        code = "import.subject_ambiguous" if named else "import.subject_unknown"
        near = ", ".join(sorted(named)) or self.index.similar("", name) or "—"
        return "", [*marks, (self.who, code, {"subject": name, "nearest": near})]

    def _credit(self, at: int, code: str, credit: str) -> CellMarks:
        """What is wrong with the row's credit code, whichever column it stands in."""
        key = "credit_code" if credit else "subject"
        text = (credit or code).upper()
        if not credit and len(text) != CREDIT_CODE_LENGTH:
            return []
        fault = credit_code_fault(text, self.regions)
        return [(self.keys[key], *fault)] if fault else []

    def _period(self, at: int) -> tuple[Period | None, CellMarks]:
        cell = self._cell(at, "period") if "period" in self.keys else self._cell(at, "year")
        if is_blank(cell) and self.period is not None:
            return self.period, []
        month = self._text(at, "month")
        key = (type(cell), f"{shown(cell)}-{int(month):02d}" if month.isdigit() else cell)
        if key not in self.periods:
            self.periods[key] = read_period(key[1], self.frequency)
        period = self.periods[key]
        if period is None:
            return None, [(self.when, "import.period_unreadable", {"frequency": str(self.frequency)})]
        if self.frequency is not Frequency.ONCE and period.frequency is not self.frequency:
            values = {"period": str(period), "frequency": str(self.frequency)}
            return None, [(self.when, "import.period_frequency", values)]
        return period, []


_REGISTERED = frozenset({"import.credit_check_digit", "import.credit_form"})
