"""What the checker sees of a part: its tree and its type, where numbers may still be without a unit."""

from __future__ import annotations

from dataclasses import dataclass

from yuanzhi.engine.formulas.nodes import Absolute, Arithmetic, Converted, Negative, Node, Number, Rounded
from yuanzhi.engine.formulas.types import (
    BooleanType,
    CodeType,
    DateType,
    Kind,
    NumberType,
    TextType,
    ValueType,
    kind_of,
)
from yuanzhi.engine.formulas.units import is_scaled_share
from yuanzhi.engine.kernel.quantities import ONE, Unit

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Bare:
    """A number without a unit; ``natural`` is what it counts, if it counts a span of time."""

    natural: Unit | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """``null``, which fits every kind."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The type of something already refused, so that one slip is reported once."""


SeenType = ValueType | Bare | Nothing | Unknown


@dataclass(frozen=True, slots=True)
class Typed:
    """A part with its type."""

    node: Node
    type: SeenType


def unit_of(type_: SeenType) -> Unit:
    """The unit of a number; none for one without."""
    return type_.unit if isinstance(type_, NumberType) else ONE


def is_share(type_: SeenType) -> bool:
    """Whether it is a share on another scale, such as per cent."""
    return isinstance(type_, NumberType) and is_scaled_share(type_.unit)


def is_hundred(node: Node) -> bool:
    """Whether it is a bare hundred."""
    return isinstance(node, Number) and node.unit is None and node.value == HUNDRED


def times_hundred(node: Node) -> bool:
    """Whether the value is multiplied by a bare hundred on the way out."""
    match node:
        case Rounded(operand=one) | Absolute(operand=one) | Negative(operand=one) | Converted(operand=one):
            return times_hundred(one)
        case Arithmetic(operator="*", left=left, right=right):
            return is_hundred(left) or is_hundred(right) or times_hundred(left) or times_hundred(right)
        case Arithmetic(operator="/", left=left):
            return times_hundred(left)
    return False


def as_plain_share(part: Typed) -> Typed:
    """A share on another scale, such as per cent or 亩/公顷, as a plain one; anything else unchanged."""
    if not isinstance(part.type, NumberType) or not is_scaled_share(part.type.unit):
        return part
    return Typed(converted(part.node, part.type.unit, ONE), NumberType(ONE))


def converted(node: Node, unit: Unit, target: Unit) -> Node:
    """The node in another unit of its dimension."""
    factor = unit.conversion_to(target)
    return node if factor == 1 else Converted(node, factor, target)


def kind_seen(type_: SeenType) -> Kind:
    """The kind of value, text where it is not known."""
    match type_:
        case Bare():
            return "number"
        case Nothing() | Unknown():
            return "text"
        case _:
            return kind_of(type_)


def said(type_: SeenType) -> str:
    """The type in words of both languages, for a problem."""
    match type_:
        case NumberType(unit=unit):
            return f"数值 number [{unit.code}]"
        case Bare():
            return "数值 number"
        case BooleanType():
            return "是否 true/false"
        case CodeType(code_list=code_list):
            return f"代码 code [{code_list}]"
        case DateType():
            return "日期 date"
        case TextType():
            return "文本 text"
        case Nothing():
            return "null"
        case Unknown():
            return "?"
