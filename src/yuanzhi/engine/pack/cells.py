"""The cells of decision tables: a comparison, an interval, one or several values, or any.

``>= 500``, ``[10, 50)``, ``national``, ``a, b``, ``not (a, b)``, ``missing``, ``-``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import assert_never

from yuanzhi.engine.formulas.types import BooleanType, CodeType, DateType, NumberType, TextType, ValueType

_SIGNS = {"≥": ">=", "≤": "<=", "≠": "<>", "!=": "<>", "==": "=", "—": "-", "–": "-"}
_COMPARISON = re.compile(r"(>=|<=|<>|>|<|=)\s*(.+)", re.S)
_INTERVAL = re.compile(r"([\[(])\s*([^,]*?)\s*,\s*([^,]*?)\s*([\])])", re.S)
_NEGATED = re.compile(r"not\s*\((.*)\)|not\s+(.+)", re.S | re.I)
_MISSING = frozenset({"missing", "null", "缺失"})
_BARE_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class AnyCell:
    """Every value, a missing one too."""


@dataclass(frozen=True, slots=True)
class MissingCell:
    """No value."""


@dataclass(frozen=True, slots=True)
class CompareCell:
    """A comparison with one operand."""

    operator: str
    operand: str


@dataclass(frozen=True, slots=True)
class IntervalCell:
    """From one operand to another; an empty end is open."""

    low: str
    low_included: bool
    high: str
    high_included: bool


@dataclass(frozen=True, slots=True)
class ValuesCell:
    """One of the values, or none of them."""

    operands: tuple[str, ...]
    negated: bool = False


Cell = AnyCell | MissingCell | CompareCell | IntervalCell | ValuesCell


def read_cell(text: str) -> Cell:
    """The cell a text stands for.

    >>> read_cell("[10, 50)")
    IntervalCell(low='10', low_included=True, high='50', high_included=False)
    >>> read_cell("≥ 500")
    CompareCell(operator='>=', operand='500')
    """
    text = unicodedata.normalize("NFKC", text).strip()
    for sign, plain in _SIGNS.items():
        text = text.replace(sign, plain)
    if text in ("", "-"):
        return AnyCell()
    if text.lower() in _MISSING:
        return MissingCell()
    if found := _COMPARISON.fullmatch(text):
        return CompareCell(found[1], found[2].strip())
    if found := _INTERVAL.fullmatch(text):
        return IntervalCell(found[2], found[1] == "[", found[3], found[4] == "]")
    if found := _NEGATED.fullmatch(text):
        return ValuesCell(_split(found[1] or found[2]), negated=True)
    return ValuesCell(_split(text))


def cell_condition(column: str, cell: Cell, type_: ValueType) -> str:
    """The cell as a condition of the formula language over the column's formula; empty for any."""
    left = f"({column})"
    match cell:
        case AnyCell():
            return ""
        case MissingCell():
            return f"{left} is null"
        case CompareCell(operator, operand):
            return f"{left} {operator} {operand_text(operand, type_)}"
        case IntervalCell(low, low_included, high, high_included):
            parts = []
            if low:
                parts.append(f"{left} {'>=' if low_included else '>'} {operand_text(low, type_)}")
            if high:
                parts.append(f"{left} {'<=' if high_included else '<'} {operand_text(high, type_)}")
            return " and ".join(parts)
        case ValuesCell(operands, negated):
            return _among(left, operands, negated, type_)
        case _:
            assert_never(cell)


def _among(left: str, operands: tuple[str, ...], negated: bool, type_: ValueType) -> str:
    if isinstance(type_, BooleanType) and len(operands) == 1:
        wanted = operands[0].lower() in ("true", "是", "yes")
        return f"not {left}" if wanted == negated else left
    texts = [operand_text(operand, type_) for operand in operands]
    if len(texts) == 1:
        return f"{left} {'<>' if negated else '='} {texts[0]}"
    among = f"{left} in ({', '.join(texts)})"
    return f"not ({among})" if negated else among


def operand_text(operand: str, type_: ValueType) -> str:
    """An operand as the formula language writes it; bare words of a code column are quoted.

    >>> operand_text("national", CodeType("tiers")), operand_text("p.limit", NumberType())
    ("'national'", 'p.limit')
    """
    match type_:
        case NumberType() | BooleanType():
            return operand
        case DateType():
            return f"date '{operand}'" if _BARE_DAY.fullmatch(operand) else operand
        case CodeType() | TextType():
            if operand.startswith(("'", "p.")):
                return operand
            return "'" + operand.replace("'", "''") + "'"
        case _:
            assert_never(type_)


def _split(text: str) -> tuple[str, ...]:
    """The values of a list; commas inside quotes do not part them."""
    parts = re.findall(r"'(?:[^']|'')*'|[^,、]+", text)
    return tuple(part.strip() for part in parts if part.strip())
