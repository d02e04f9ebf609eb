"""The exact interpreter: one subject at a time, in fractions.

It shares nothing with the SQL but the tree, so each can show the other wrong; single subjects and
examples are evaluated with it.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from yuanzhi.engine.formulas.divisions import ROUNDED_BELOW
from yuanzhi.engine.formulas.nodes import (
    Absolute,
    AddMonths,
    Among,
    And,
    Arithmetic,
    Between,
    Case,
    Coalesce,
    Compare,
    CompareOperator,
    Converted,
    Day,
    Defined,
    Elapsed,
    Extreme,
    Input,
    IsMissing,
    Missing,
    Negative,
    Node,
    Not,
    Number,
    Or,
    Parameter,
    Rounded,
    RoundingMode,
    StartsWith,
    Text,
    Truth,
    Variable,
)
from yuanzhi.engine.formulas.types import Name, NumberType, Scalar, Value


@dataclass(frozen=True, slots=True)
class Interpreter:
    """Evaluates trees against the facts of one subject; an absent fact is a missing one."""

    facts: Mapping[str, Scalar]
    parameters: Mapping[str, Scalar]

    def value(self, node: Node) -> Value:
        """The value of a node, ``None`` where it is missing or undetermined."""
        match node:
            case Number() | Text() | Truth() | Day():
                return node.value
            case Missing():
                return None
            case Variable(written=written):
                raise TypeError(f"{written} was never resolved")
            case Input(name=name):
                return fact_value(self.facts.get(name.code), name)
            case Parameter(name=name):
                return exact(self.parameters.get(node.code))
            case Defined(body=body):
                return self.value(body)
            case Negative(operand=operand):
                number = self.number(operand)
                return None if number is None else -number
            case Absolute(operand=operand):
                number = self.number(operand)
                return None if number is None else abs(number)
            case Converted(operand=operand, factor=factor):
                number = self.number(operand)
                return None if number is None else number * factor
            case Rounded(mode=mode, operand=operand, places=places):
                number = self.number(operand)
                small = number is not None and abs(number) * Fraction(10) ** min(places, 0) < ROUNDED_BELOW
                return rounded(number, mode, places) if number is not None and small else None
            case Arithmetic():
                return self._arithmetic(node)
            case Compare(operator=operator, left=left, right=right):
                return compare(operator, self.value(left), self.value(right))
            case Between(operand=operand, low=low, high=high):
                value = self.value(operand)
                return _all([compare(">=", value, self.value(low)), compare("<=", value, self.value(high))])
            case Among(operand=operand, options=options):
                value = self.value(operand)
                return _any([compare("=", value, self.value(option)) for option in options])
            case StartsWith(operand=operand, prefixes=prefixes):
                text = self.value(operand)
                return text.startswith(prefixes) if isinstance(text, str) else None
            case IsMissing(operand=operand):
                return self.value(operand) is None
            case And(terms=terms):
                return _all([self.truth(term) for term in terms])
            case Or(terms=terms):
                return _any([self.truth(term) for term in terms])
            case Not(term=term):
                truth = self.truth(term)
                return None if truth is None else not truth
            case Case():
                return self._case(node)
            case Coalesce(options=options):
                return next((value for option in options if (value := self.value(option)) is not None), None)
            case Extreme(function=function, options=options):
                return _extreme(function, [self.value(option) for option in options])
            case Elapsed(span=span, start=start, end=end):
                return _elapsed(span, self.value(start), self.value(end))
            case AddMonths(day=start, months=months):
                return _add_months(self.value(start), self.number(months))
            case _:
                assert_never(node)

    def truth(self, node: Node) -> bool | None:
        """The value of a condition."""
        value = self.value(node)
        if value is not None and not isinstance(value, bool):
            raise TypeError(f"a condition came to {value!r}")
        return value

    def number(self, node: Node) -> Fraction | None:
        """The value of a number."""
        value = self.value(node)
        if value is not None and not isinstance(value, Fraction):
            raise TypeError(f"a number came to {value!r}")
        return value

    def _arithmetic(self, node: Arithmetic) -> Fraction | None:
        left, right = self.number(node.left), self.number(node.right)
        if left is None or right is None:
            return None
        match node.operator:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "/":
                return left / right if right else None
            case _:
                assert_never(node.operator)

    def _case(self, node: Case) -> Value:
        for branch in node.branches:
            met = self.truth(branch.when)
            if met is None:
                return None
            if met:
                return self.value(branch.then)
        return self.value(node.otherwise)


def exact(value: Scalar) -> Value:
    """A scalar with its number as a fraction.

    Raises:
        TypeError: A float, which is not what anybody meant.
    """
    if isinstance(value, Decimal) or (isinstance(value, int) and not isinstance(value, bool)):
        return Fraction(value)
    if isinstance(value, float):
        raise TypeError("facts are decimals, never floats")
    return value


def fact_value(value: Scalar, name: Name) -> Value:
    """A fact as its name declares it; a number wider than its type cannot be used and is missing."""
    known = exact(value)
    if isinstance(name.type, NumberType) and isinstance(known, Fraction):
        return known if abs(known) < 10 ** (name.type.width - name.type.scale) else None
    return known


def rounded(value: Fraction, mode: RoundingMode, places: int) -> Fraction:
    """A number rounded as a clause says.

    >>> [str(rounded(Fraction(-5, 2), mode, 0)) for mode in ("half_up", "half_even", "floor", "ceil")]
    ['-3', '-2', '-3', '-2']
    """
    unit = Fraction(10) ** -places
    scaled = value / unit
    match mode:
        case "half_up":
            whole = (abs(scaled) + Fraction(1, 2)).__floor__() * (-1 if scaled < 0 else 1)
        case "half_even":
            whole = round(scaled)
        case "floor":
            whole = scaled.__floor__()
        case "ceil":
            whole = scaled.__ceil__()
        case _:
            assert_never(mode)
    return whole * unit


def compare(operator: CompareOperator, left: Value, right: Value) -> bool | None:
    """A comparison of two values of one kind, undetermined where one is missing."""
    if left is None or right is None:
        return None
    match operator:
        case "=":
            return left == right
        case "<>":
            return left != right
        case "<":
            return left < right  # type: ignore[operator]  # one kind: the checker saw to it
        case "<=":
            return left <= right  # type: ignore[operator]
        case ">":
            return left > right  # type: ignore[operator]
        case ">=":
            return left >= right  # type: ignore[operator]
        case _:
            assert_never(operator)


def _all(terms: Sequence[bool | None]) -> bool | None:
    if False in terms:
        return False
    return None if None in terms else True


def _any(terms: Sequence[bool | None]) -> bool | None:
    if True in terms:
        return True
    return None if None in terms else False


def _extreme(function: str, values: Sequence[Value]) -> Value:
    if any(value is None for value in values):
        return None
    return (min if function == "least" else max)(values)  # type: ignore[type-var]


def _elapsed(span: str, start: Value, end: Value) -> Fraction | None:
    if not isinstance(start, date) or not isinstance(end, date):
        return None
    if span == "days":
        return Fraction((end - start).days)
    if end < start:
        back = _elapsed(span, end, start)
        return None if back is None else -back
    months = (end.year - start.year) * 12 + end.month - start.month
    if end.day < start.day and end.day < calendar.monthrange(end.year, end.month)[1]:
        months -= 1
    return Fraction(months if span == "months" else months // 12)


def _add_months(day: Value, months: Fraction | None) -> date | None:
    if not isinstance(day, date) or months is None:
        return None
    at = day.year * 12 + day.month - 1 + months.__floor__()
    year, month = divmod(at, 12)
    if not 1 <= year <= 9999:
        return None
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))
