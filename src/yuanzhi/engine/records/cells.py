"""One cell read as an item's value: what it says exactly, or why it cannot be taken.

A reading never guesses. What is repaired is repaired in one way only (full-width digits,
thousands separators, a unit written in the cell) and is told; what could mean two things is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

from yuanzhi.engine.kernel.hygiene import LOSSY, Fault, faults, half_width, marked, tidy, without_invisible
from yuanzhi.engine.kernel.problems import nearest
from yuanzhi.engine.kernel.quantities import ONE, Unit, UnitSystem
from yuanzhi.engine.pack.model import CodeList, Item, Scalar
from yuanzhi.engine.records.sheets import Cell, is_blank, shown
from yuanzhi.engine.records.workbook_marks import ErrorValue, Percent, Uncomputed

MISSING_MARKS = frozenset(
    [
        "-",
        "--",
        "—",
        "——",
        "–",
        "－",
        "－－",
        "/",
        "\\",
        "无",
        "不详",
        "未知",
        "缺",
        "暂无",
        "空",
        "n/a",
        "na",
        "nan",
        "null",
        "none",
        "#n/a",
        "*",
        "?",
        "？",
    ]
)
"""What people write for "nothing to report". It is kept as missing, never as zero."""

_LONGEST_MARK = 12
"""No mark is nearly so long, even with spaces around it."""

BELOW_UNIT = frozenset(["…", "……", "...", "......", "…."])
"""In Chinese statistical tables: a figure smaller than the smallest unit of the table."""

_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[,， \u00a0']\d{3})+(?:\.\d+)?")
_WITH_UNIT = re.compile(r"([+-]?[\d.,， ]*\d\.?)\s*[(（\[]?\s*([^\d\s()（）\[\]][^()（）\[\]]*?)\s*[)）\]]?")
_BRACKETED = re.compile(r"[(（]\s*([\d.,， ]+)\s*[)）]")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]0{1,2}:00(?::00(?:\.0+)?)?)?")
_DAY_RUN = re.compile(r"(\d{4})(\d{2})(\d{2})")
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 73_050
"""Day numbers of a spreadsheet that fall between 1954 and 2099."""
_SERIAL_EPOCH = date(1899, 12, 30)
_TRUE = frozenset(["是", "true", "yes", "y", "1", "√", "✓", "有", "t"])
_FALSE = frozenset(["否", "false", "no", "n", "0", "×", "✗", "x", "f"])


@dataclass(frozen=True, slots=True)
class CellReading:
    """What a cell came to.

    Attributes:
        value: The value, or ``None`` where the cell is blank, marked as missing, or refused.
        refused: The code of the problem for which the cell is refused, or nothing.
        notes: Codes of what was altered or noticed while reading.
        values: What the problems' texts need beside the cell itself.
        unit: The unit the cell itself states.
    """

    value: Scalar = None
    refused: str = ""
    notes: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    unit: Unit | None = None


BLANK = CellReading()


def read_number(cell: Cell, units: UnitSystem) -> CellReading:
    r"""A cell as an exact number, with the unit it states itself, if any.

    >>> read_number("１，２３４．５", UnitSystem()).value
    Decimal('1234.5')
    >>> read_number("2\ue0100", UnitSystem()).refused
    'import.private_use'
    """
    match cell:
        case None:
            return BLANK
        case bool():
            return CellReading(refused="import.number_unreadable")
        case int() | float():
            return CellReading(exact(cell))
        case Percent():
            return CellReading(exact(cell.value), notes=("import.percent",), unit=ONE)
        case ErrorValue():
            return CellReading(refused="import.error_value")
        case Uncomputed():
            return CellReading(refused="import.formula_uncomputed")
        case str():
            return _number_text(cell, units)
        case _:
            return CellReading(refused="import.date_for_number")


def exact(number: float) -> Decimal:
    """A spreadsheet's number as it shows it: fifteen digits, without the dust of binary fractions.

    >>> exact(0.1 + 0.2), exact(12.0)
    (Decimal('0.3'), Decimal('12'))
    """
    if isinstance(number, int):
        return Decimal(number)
    return Decimal(int(number)) if number.is_integer() and abs(number) < 1e15 else Decimal(format(number, ".15g"))


def converted(value: Decimal, factor: Fraction, scale: int) -> tuple[Decimal, bool]:
    """A value times an exact factor at a scale, rounded half up, and whether rounding changed it.

    >>> converted(Decimal("7.5"), Fraction(1, 15), 4), converted(Decimal(1), Fraction(1, 15), 4)
    ((Decimal('0.5000'), False), (Decimal('0.0667'), True))
    """
    whole = Fraction(value) * factor * 10**scale
    nearest_whole = (2 * abs(whole.numerator) + whole.denominator) // (2 * whole.denominator)
    result = Decimal(nearest_whole if whole >= 0 else -nearest_whole).scaleb(-scale)
    return result, whole.denominator != 1


def read_value(cell: Cell, item: Item, codes: CodeList | None) -> CellReading:
    """A cell as the value of an item that is no number."""
    match cell:
        case None:
            return BLANK
        case ErrorValue():
            return CellReading(refused="import.error_value")
        case Uncomputed():
            return CellReading(refused="import.formula_uncomputed")
    text = shown(cell)
    if is_blank(cell) or (len(text) < _LONGEST_MARK and tidy(text).lower() in MISSING_MARKS):
        return CellReading(notes=("import.missing_mark",) if not is_blank(cell) else ())
    if lost := faults(text) & LOSSY:
        return _lost(text, lost)
    match item.type:
        case "boolean":
            return _read_boolean(cell, tidy(text).lower())
        case "date":
            return read_day(cell)
        case "code":
            return _read_code(tidy(text), codes)
        case _:
            clean = without_invisible(text).strip()
            return CellReading(clean, notes=("import.text_tidied",) if clean != text.strip() else ())


def read_day(cell: Cell) -> CellReading:
    """A cell as a day: a date, a day number of a spreadsheet, or text in one of the usual forms."""
    match cell:
        case datetime():
            return CellReading(cell.date())
        case date():
            return CellReading(cell)
        case bool() | None:
            return CellReading(refused="import.date_unreadable")
        case int() | float():
            if float(cell).is_integer() and _FIRST_SERIAL <= cell <= _LAST_SERIAL:
                return CellReading(_SERIAL_EPOCH + timedelta(days=int(cell)), notes=("import.date_serial",))
            text = shown(cell)
        case _:
            text = half_width(shown(cell)).strip()
    found = _DAY.fullmatch(text) or _DAY_RUN.fullmatch(text)
    try:
        return CellReading(date(*map(int, found.groups()))) if found else CellReading(refused="import.date_unreadable")
    except ValueError:
        return CellReading(refused="import.date_unreadable")


def read_time(cell: Cell) -> datetime | None:
    """A cell as a point in time, a day being its midnight; nothing where it is neither."""
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, str):
        try:
            return datetime.fromisoformat(half_width(cell).strip())
        except ValueError:
            pass
    day = read_day(cell).value
    return datetime.combine(day, time()) if isinstance(day, date) else None


def _number_text(written: str, units: UnitSystem) -> CellReading:
    text, notes, refused = _numeric_form(written)
    if refused is not None:
        return refused
    if not text:
        return BLANK
    if _PLAIN.fullmatch(text):
        return CellReading(Decimal(text), notes=notes)
    if text.lower() in BELOW_UNIT:
        return CellReading(notes=("import.below_unit",))
    if text.lower() in MISSING_MARKS:
        return CellReading(notes=("import.missing_mark",))
    if _GROUPED.fullmatch(text):
        return CellReading(Decimal(re.sub(r"[^\d.+-]", "", text)), notes=(*notes, "import.thousands"))
    if bracketed := _BRACKETED.fullmatch(text):
        inner = _number_text(bracketed.group(1), units)
        if isinstance(inner.value, Decimal):
            return CellReading(-inner.value, notes=(*notes, "import.bracketed_negative"))
    return _with_unit(text, notes, units)


def _numeric_form(written: str) -> tuple[str, tuple[str, ...], CellReading | None]:
    """The text with full-width digits as ASCII and nothing invisible, and what that changed."""
    found = faults(written)
    if lost := found & LOSSY:
        return "", (), _lost(written, lost)
    notes: list[str] = []
    text = written.strip().removeprefix("'")
    if Fault.INVISIBLE in found:
        text = without_invisible(text).strip()
        notes.append("import.invisible")
    if (half := half_width(text)) != text and any(character.isdigit() for character in half):
        notes.append("import.full_width")
    if any(character.isdigit() and not character.isascii() for character in half):
        return "", (), CellReading(refused="import.odd_digits", values={"marked": marked(written)})
    return half.replace("−", "-").strip(), tuple(notes), None


def _with_unit(text: str, notes: tuple[str, ...], units: UnitSystem) -> CellReading:
    """A number followed by a unit, such as ``78.4 (万元)``; an unknown unit makes the cell unreadable."""
    found = _WITH_UNIT.fullmatch(text)
    if found:
        number = _number_text(found.group(1), UnitSystem())
        try:
            unit = Unit("%", (), Fraction(1, 100)) if found.group(2) == "%" else units.unit(tidy(found.group(2)))
        except KeyError:
            unit = None
        if unit is not None and isinstance(number.value, Decimal):
            return CellReading(number.value, notes=(*notes, *number.notes, "import.unit_in_cell"), unit=unit)
    return CellReading(refused="import.number_unreadable")


def _lost(text: str, found: frozenset[Fault]) -> CellReading:
    code = "import.private_use" if Fault.PRIVATE_USE in found else "import.damaged_cell"
    return CellReading(refused=code, values={"marked": marked(text)})


def _read_boolean(cell: Cell, text: str) -> CellReading:
    if isinstance(cell, bool):
        return CellReading(cell)
    if text in _TRUE:
        return CellReading(True)
    return CellReading(False) if text in _FALSE else CellReading(refused="import.boolean_unreadable")


def _read_code(text: str, codes: CodeList | None) -> CellReading:
    """A code of the list, or the code whose label is written; a number that lost its zeros is refused."""
    if codes is None or text in codes.items:
        return CellReading(text)
    for item in codes.items.values():
        if text in (item.label.zh, item.label.en):
            return CellReading(item.code, notes=("import.code_by_label",))
    padded = [code for code in codes.items if text.isdigit() and code.lstrip("0") == text.lstrip("0")]
    near = padded[0] if padded else nearest(text, (*codes.items, *(item.label.zh for item in codes.items.values())))
    problem = "import.code_zeros" if padded else "import.code_unknown"
    return CellReading(refused=problem, values={"list": codes.code, "nearest": near})
