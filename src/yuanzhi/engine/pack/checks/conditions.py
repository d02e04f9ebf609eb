"""Conditions as alternatives of what each quantity may be, to decide whether two can both be met.

The answer is exact for comparisons of one quantity with constants, for codes and for truth values; where a
condition compares two quantities, it is taken as a fact of its own, met or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from yuanzhi.engine.formulas.nodes import (
    Among,
    And,
    Arithmetic,
    Between,
    Compare,
    Converted,
    Day,
    Defined,
    Input,
    Negative,
    Node,
    Not,
    Number,
    Or,
    Parameter,
    Text,
    Truth,
    rebuilt,
)
from yuanzhi.engine.formulas.types import BooleanType
from yuanzhi.engine.formulas.writing import write_node
from yuanzhi.engine.pack.checks.regions import (
    FALSE,
    NO_VALUE,
    TRUE,
    Members,
    Region,
    compared,
    meet,
    union,
)
from yuanzhi.engine.pack.model import Scalar

Alternative = Mapping[str, Region]
"""What must hold together: a region for each quantity, by its canonical text."""
MISSING_MARK = " is null"
Values = Mapping[str, Scalar]
MOST_ALTERNATIVES = 256
_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRRORED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


class _TooMany(Exception):
    pass


def alternatives(node: Node, parameters: Values) -> tuple[Alternative, ...] | None:
    """The alternatives under which a condition is met, or ``None`` if there are too many to look at."""
    try:
        return tuple(_met(undefined(node), parameters, True))
    except _TooMany:
        return None


def can_both_hold(one: Node, two: Node, parameters: Values) -> bool:
    """Whether some subject could meet both; true where it cannot be ruled out."""
    first, second = alternatives(one, parameters), alternatives(two, parameters)
    if first is None or second is None:
        return True
    return any(_joined(left, right) is not None for left in first for right in second)


def region_of(node: Node, quantity: Node, parameters: Values) -> Region | None:
    """The values of one quantity that meet a condition; ``None`` if it speaks of anything else.

    Numbers are in the unit the quantity itself has before any conversion.
    """
    found = alternatives(node, parameters)
    key = quantity_of(quantity)
    if not found:
        return None if found is None else NO_VALUE
    if any(set(one) != {key} for one in found):
        return None
    return union(one[key] for one in found)


def implies(one: Node, two: Node, parameters: Values, other_parameters: Values) -> bool | None:
    """Whether whoever meets the first condition meets the second; ``None`` if it cannot be told.

    Each condition is read with its own parameters, so that a rule can be compared with a later one.
    """
    first = alternatives(one, parameters)
    against = alternatives(Not(two), other_parameters)
    if first is None or against is None:
        return None
    if _rests_on_changed(one, parameters, other_parameters) or _rests_on_changed(two, parameters, other_parameters):
        return None
    return not any(_joined(left, right) is not None for left in first for right in against)


def _rests_on_changed(node: Node, one: Values, two: Values) -> bool:
    """Whether a part that is not looked into reads a parameter with another value on the other side."""
    changed = [code for code in {*one, *two} if one.get(code) != two.get(code)]
    looked_into = alternatives(node, one) or ()
    keys = {key for alternative in looked_into for key in alternative}
    return any(f"p.{code}" in re.findall(r"[\w.]+", key) for key in keys for code in changed)


def quantity_of(node: Node) -> str:
    """The quantity under indicators and conversions, as conditions speak of it."""
    node = undefined(node)
    while isinstance(node, Converted):
        node = node.operand
    return write_node(node)


def undefined(node: Node) -> Node:
    """The node with indicators replaced by what defines them."""
    if isinstance(node, Defined):
        return undefined(node.body)
    return rebuilt(node, undefined)


def constant(node: Node, parameters: Values) -> Fraction | str | bool | date | None:
    """What a node without facts comes to; ``None`` if it needs facts or a parameter is missing."""
    match node:
        case Number(value=value):
            return value
        case Text(value=text):
            return text
        case Truth(value=truth):
            return truth
        case Day(value=day):
            return day
        case Parameter():
            given = parameters.get(node.code)
            return Fraction(given) if isinstance(given, Decimal) else given
        case Converted(operand=operand, factor=factor):
            inner = constant(operand, parameters)
            return inner * factor if isinstance(inner, Fraction) else None
        case Negative(operand=operand):
            inner = constant(operand, parameters)
            return -inner if isinstance(inner, Fraction) else None
        case Arithmetic(operator=operator, left=left, right=right):
            return _calculated(operator, constant(left, parameters), constant(right, parameters))
    return None


def _calculated(operator: str, left: object, right: object) -> Fraction | None:
    if not isinstance(left, Fraction) or not isinstance(right, Fraction):
        return None
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    return left / right if right else None


def _met(node: Node, parameters: Values, wanted: bool) -> list[Alternative]:
    match node:
        case Not(term=term):
            return _met(term, parameters, not wanted)
        case And(terms=terms) | Or(terms=terms):
            parts = [_met(term, parameters, wanted) for term in terms]
            return _all_of(parts) if isinstance(node, And) is wanted else _any_of(parts)
        case Truth(value=value):
            return [{}] if value is wanted else []
        case Input() if isinstance(node.name.type, BooleanType):
            return _fact(node, wanted)
        case Compare():
            return _compare(node, parameters, wanted)
        case Between(operand=operand, low=low, high=high):
            ends = (Compare(">=", operand, low, node.kind), Compare("<=", operand, high, node.kind))
            return _met(And(ends), parameters, wanted)
        case Among(operand=operand, options=options):
            each = tuple(Compare("=", operand, option, node.kind) for option in options)
            return _met(Or(each), parameters, wanted) if node.kind != "text" else _codes(node, parameters, wanted)
    return _fact(node, wanted)


def _compare(node: Compare, parameters: Values, wanted: bool) -> list[Alternative]:
    operator, left, right = operator_of(node, wanted), node.left, node.right
    value = constant(right, parameters)
    quantity = left
    if value is None:
        value, quantity, operator = constant(left, parameters), right, _MIRRORED[operator]
    if value is None:
        return [_difference(operator, left, right)] if node.kind == "number" else _fact(node, wanted)
    if constant(quantity, parameters) is not None:
        return _fact(node, wanted)
    if isinstance(value, str | bool):
        text = value if isinstance(value, str) else str(value).lower()
        if operator not in ("=", "<>"):
            return _fact(node, wanted)
        return [{write_node(quantity): Members(frozenset({text}), operator == "<>")}]
    exact = Fraction(value.toordinal()) if isinstance(value, date) else value
    while isinstance(quantity, Converted):
        exact, quantity = exact / quantity.factor, quantity.operand
    return [{write_node(quantity): compared(operator, exact)}]


def operator_of(node: Compare, wanted: bool) -> str:
    """The operator of a comparison that is to be met, or not met."""
    return node.operator if wanted else _OPPOSITE[node.operator]


def _difference(operator: str, left: Node, right: Node) -> Alternative:
    """Two quantities compared: their difference compared with nought, the sides in one order."""
    sides = write_node(left), write_node(right)
    if sides[0] > sides[1]:
        sides, operator = (sides[1], sides[0]), _MIRRORED[operator]
    return {f"({sides[0]}) - ({sides[1]})": compared(operator, Fraction(0))}


def _codes(node: Among, parameters: Values, wanted: bool) -> list[Alternative]:
    values = [constant(option, parameters) for option in node.options]
    if not all(isinstance(value, str) for value in values):
        return _fact(node, wanted)
    return [{write_node(node.operand): Members(frozenset(str(value) for value in values), not wanted)}]


def _fact(node: Node, wanted: bool) -> list[Alternative]:
    """A condition that is not looked into: met or not."""
    return [{write_node(node): TRUE if wanted else FALSE}]


def _any_of(parts: Iterable[Sequence[Alternative]]) -> list[Alternative]:
    found = [alternative for part in parts for alternative in part]
    if len(found) > MOST_ALTERNATIVES:
        raise _TooMany
    return found


def _all_of(parts: Iterable[Sequence[Alternative]]) -> list[Alternative]:
    found: list[Alternative] = [{}]
    for part in parts:
        joined = (_joined(one, two) for one in found for two in part)
        found = [alternative for alternative in joined if alternative is not None]
        if len(found) > MOST_ALTERNATIVES:
            raise _TooMany
    return found


def _joined(one: Alternative, two: Alternative) -> Alternative | None:
    """Both alternatives together, or ``None`` where they contradict each other."""
    result = dict(one)
    for key, region in two.items():
        result[key] = meet(result[key], region) if key in result else region
        if result[key].is_empty:
            return None
    for key, region in result.items():
        if key.endswith(MISSING_MARK) and region == TRUE and key.removesuffix(MISSING_MARK) in result:
            return None
    return result
