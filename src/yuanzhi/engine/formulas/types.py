"""What formulas work on: types of values, names, and the scope a formula is compiled against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from yuanzhi.engine.kernel.labels import NO_LABEL, Label
from yuanzhi.engine.kernel.quantities import ONE, Unit, UnitSystem

Scalar = Decimal | str | bool | date | None
"""A fact or parameter value; ``None`` is missing."""

Value = Fraction | bool | str | date | None
"""What the interpreter gives: numbers are exact fractions."""

Source = Literal["item", "indicator", "parameter", "attribute", "counter", "result"]
Kind = Literal["number", "boolean", "text", "date"]

STORED_DIGITS = 18
"""Digits of a stored number: returns keep DECIMAL(18, scale), which fits 64 bits."""
WHOLE_DIGITS = 15
"""Digits before the point of a number with many places, such as an indicator with twelve."""


@dataclass(frozen=True, slots=True)
class NumberType:
    """A decimal number: its unit, its places, and how many digits it may have in all.

    ``digits`` 0 stands for the usual: the 18 of a stored item, or 15 before the point where there
    are more than six places. A value with more digits than its type allows cannot be used and is
    missing; a narrower type makes faster SQL.
    """

    unit: Unit = ONE
    scale: int = 2
    digits: int = 0

    @property
    def width(self) -> int:
        """The digits in all, at most 38."""
        usual = STORED_DIGITS if self.scale <= 6 else WHOLE_DIGITS + self.scale
        return min(38, max(self.digits or usual, self.scale + 1))

    @property
    def is_stored_whole(self) -> bool:
        """Whether the column type already holds every value to the width."""
        return self.width == STORED_DIGITS


@dataclass(frozen=True, slots=True)
class BooleanType:
    """True, false or missing."""


@dataclass(frozen=True, slots=True)
class CodeType:
    """A code of a list; compared with codes in quotes."""

    code_list: str = ""


@dataclass(frozen=True, slots=True)
class DateType:
    """A day."""


@dataclass(frozen=True, slots=True)
class TextType:
    """Any text; compared whole."""


ValueType = NumberType | BooleanType | CodeType | DateType | TextType


def kind_of(type_: ValueType) -> Kind:
    """The kind of value: codes are text."""
    match type_:
        case NumberType():
            return "number"
        case BooleanType():
            return "boolean"
        case CodeType() | TextType():
            return "text"
        case DateType():
            return "date"


@dataclass(frozen=True, slots=True)
class Name:
    """Something a formula may mention: an item, indicator, parameter, attribute, counter or result.

    ``type.scale`` of a number is the scale of its column: no value of the name has more places.
    """

    code: str
    type: ValueType
    label: Label = NO_LABEL
    source: Source = "item"


@dataclass(frozen=True)
class Scope:
    """The names, units and code lists a formula may use.

    Parameters stand in ``names`` under ``p.code``. A name in ``definitions`` is an indicator defined by
    a formula on the same subject: it is inlined, so comparisons of ratios stay exact.
    ``code_lists`` gives each list's codes with their Chinese names; a list not in it is not checked.
    """

    names: Mapping[str, Name]
    units: UnitSystem = field(default_factory=UnitSystem)
    definitions: Mapping[str, str] = field(default_factory=dict)
    code_lists: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    memo: dict[str, object] = field(default_factory=dict, compare=False, repr=False)
    """Compiled definitions and label lookups, kept so that each is made once."""
