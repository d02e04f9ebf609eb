"""Formulas as SQL: exact, three-valued, safe against division by zero and overflow.

A number is kept as a ratio of decimals until a value must be given. Text, days and truth values are
plain expressions. Missing stays missing: an undetermined condition of ``case`` and a missing option of
``least`` or ``greatest`` make the whole missing, where plain SQL would pass over them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from yuanzhi.engine.formulas.amounts import GUARD, Amount, Condition, TooWideError, chosen, parameter_digits
from yuanzhi.engine.formulas.dialects import Dialect
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
    StartsWith,
    Text,
    Truth,
    number_type,
    walk,
)
from yuanzhi.engine.formulas.ratios import Quantity, Ratio, Ratios
from yuanzhi.engine.formulas.types import Kind, NumberType, Scalar
from yuanzhi.engine.kernel.canonical import decimal_text

LONG_SQL = 700
"""Characters past which a shorter way for ordinary inputs is looked for."""
MOST_MONTHS = 119_999
"""The last month of year 9999, counted from year 0."""


@dataclass(frozen=True, slots=True)
class Emitter:
    """Prints trees for one database. Without parameters each stands for any value of its type."""

    dialect: Dialect
    parameters: Mapping[str, Scalar] | None = None
    is_narrow: bool = False

    @property
    def ratios(self) -> Ratios:
        """Exact arithmetic of the same database."""
        return Ratios(self.dialect, self.parameters is None, self.is_narrow)

    # numbers

    def number(self, node: Node) -> Quantity:
        """A number as an exact ratio.

        Raises:
            TooWideError: No database keeps its digits.
            TypeError: The node is no number; a checked tree never asks.
        """
        ratios = self.ratios
        match node:
            case Number(value=value):
                return Ratio(value)
            case Input(name=name):
                return Ratio(over=ratios.decimals.column(name.code, number_type(name)))
            case Parameter():
                return self._number_parameter(node)
            case Defined(body=body):
                return self.number(body)
            case Missing():
                return ratios.nothing()
            case Negative(operand=operand):
                return ratios.negative(self.number(operand))
            case Absolute(operand=operand):
                return ratios.absolute(self.number(operand))
            case Converted(operand=operand, factor=factor):
                return ratios.product(self.number(operand), Ratio(factor))
            case Rounded(mode=mode, operand=operand, places=places):
                return ratios.rounded(self.number(operand), mode, places)
            case Arithmetic():
                return self._arithmetic(node)
            case Case(branches=branches, otherwise=otherwise):
                values = [self._optional(each) for each in (*(b.then for b in branches), otherwise)]
                return ratios.choice(self._conditions(node), values)
            case Coalesce(options=options):
                return self._first_present([self.number(option) for option in options])
            case Extreme(function=function, options=options):
                return self._extreme("<=" if function == "least" else ">=", [self.number(o) for o in options])
            case Elapsed():
                return Ratio(over=self._elapsed(node))
        raise TypeError(f"{type(node).__name__} is no number")

    def _number_parameter(self, node: Parameter) -> Ratio:
        if self.parameters is None:
            return Ratio(over=self.ratios.decimals.unknown("p." + node.code, number_type(node.name)))
        value = self.parameters.get(node.code)
        if value is None:
            return self.ratios.nothing()
        if isinstance(value, bool) or not isinstance(value, Decimal | int):
            raise TypeError(f"parameter {node.code} is declared a number and is {value!r}")
        written = decimal_text(abs(Decimal(value))).replace(".", "")
        if len(written.lstrip("0")) > parameter_digits(number_type(node.name)):
            raise TooWideError(len(written))
        return Ratio(Fraction(value))

    def _optional(self, node: Node) -> Quantity | None:
        return None if isinstance(node, Missing) else self.number(node)

    def _arithmetic(self, node: Arithmetic) -> Quantity:
        left, right = self.number(node.left), self.number(node.right)
        match node.operator:
            case "*":
                return self.ratios.product(left, right)
            case "/":
                return self.ratios.quotient(left, right)
            case "+" | "-":
                return self.ratios.total(left, right, node.operator)
            case _:
                assert_never(node.operator)

    def _first_present(self, options: Sequence[Quantity]) -> Quantity:
        conditions = [Condition(f"not {self.ratios.is_missing(option)}", True) for option in options[:-1]]
        return self.ratios.choice(conditions, options)

    def _extreme(self, operator: CompareOperator, options: Sequence[Quantity]) -> Quantity:
        """Of two at a time; an undetermined comparison means one of them is missing, and so is the result."""
        best = options[0]
        for option in options[1:]:
            condition = Condition(self.ratios.compared(operator, best, option))
            best = self.ratios.choice([condition], [best, option])
        return best

    def _elapsed(self, node: Elapsed) -> Amount:
        start, end = self.plain(node.start, "date"), self.plain(node.end, "date")
        text = {
            "days": lambda: self.dialect.days_between(start, end),
            "months": lambda: self._months(start, end),
            "years": lambda: self._years(start, end),
        }[node.span]()
        return Amount(self.dialect.count(text), 10**7, 0, 18)

    def _months(self, start: str, end: str) -> str:
        forward, backward = self._months_forward(start, end), self._months_forward(end, start)
        return f"(case when {end} >= {start} then {forward} else -{backward} end)"

    def _years(self, start: str, end: str) -> str:
        forward, backward = (
            self.dialect.integer(f"floor({self._months_forward(*days)} / 12.0)")
            for days in ((start, end), (end, start))
        )
        return f"(case when {end} >= {start} then {forward} else -{backward} end)"

    def _months_forward(self, start: str, end: str) -> str:
        """Completed months: a day the last month lacks counts as its last."""
        d = self.dialect
        apart = f"({d.year(end)} - {d.year(start)}) * 12 + {d.month(end)} - {d.month(start)}"
        short = f"{d.day_of_month(end)} < {d.day_of_month(start)} and {d.day_of_month(end)} < {d.last_of_month(end)}"
        return f"({apart} - case when {short} then 1 else 0 end)"

    # text, days, truth values

    def plain(self, node: Node, kind: Kind) -> str:
        """A text, day or truth value.

        Raises:
            TypeError: The node is a number; a checked tree never asks.
        """
        if kind == "boolean":
            return self.condition(node)
        match node:
            case Text(value=value):
                return self.dialect.text(value)
            case Day(value=value):
                return self.dialect.day(value)
            case Missing():
                return self.dialect.no_text() if kind == "text" else self.dialect.no_day()
            case Input(name=name):
                return self.dialect.column(name.code)
            case Parameter():
                return self._plain_parameter(node, kind)
            case Defined(body=body):
                return self.plain(body, kind)
            case Case():
                return self._plain_case(node, kind)
            case Coalesce(options=options):
                return f"coalesce({', '.join(self.plain(option, kind) for option in options)})"
            case Extreme(function=function, options=options):
                return self._plain_extreme("<=" if function == "least" else ">=", options, kind)
            case AddMonths(day=day, months=months):
                return self._add_months(self.plain(day, "date"), months)
        raise TypeError(f"{type(node).__name__} is no {kind}")

    def _plain_parameter(self, node: Parameter, kind: Kind) -> str:
        if self.parameters is None:
            return self.dialect.column("p." + node.code)
        value = self.parameters.get(node.code)
        match value:
            case None:
                return {"text": self.dialect.no_text(), "date": self.dialect.no_day()}.get(
                    kind, self.dialect.truth(None)
                )
            case bool():
                return self.dialect.truth(value)
            case date():
                return self.dialect.day(value)
            case str():
                return self.dialect.text(value)
        raise TypeError(f"parameter {node.code} is declared {kind} and is {value!r}")

    def _plain_case(self, node: Case, kind: Kind) -> str:
        values = [self.plain(each, kind) for each in (*(b.then for b in node.branches), node.otherwise)]
        return chosen(self._conditions(node), values)

    def _conditions(self, node: Case) -> list[Condition]:
        return [Condition(self.condition(b.when), is_determined(b.when)) for b in node.branches]

    def _plain_extreme(self, operator: CompareOperator, options: Sequence[Node], kind: Kind) -> str:
        best = self.plain(options[0], kind)
        for option in options[1:]:
            other = self.plain(option, kind)
            best = chosen([Condition(f"({best} {operator} {other})")], [best, other])
        return best

    def _add_months(self, day: str, months: Node) -> str:
        """Whole months only, and only to days of the years 1 to 9999."""
        count = self.ratios.rounded(self.number(months), "floor", 0)
        amount = self.ratios.amount(count)
        if amount is None:
            raise TypeError("a rounded number is always a decimal")
        at = f"{self.dialect.year(day)} * 12 + {self.dialect.month(day)} - 1 + {amount.text}"
        moved = self.dialect.add_months(day, self.dialect.integer(amount.text))
        return f"(case when {at} between 12 and {MOST_MONTHS} then {moved} end)"

    # conditions

    def condition(self, node: Node) -> str:
        """A condition as a three-valued truth value.

        Raises:
            TypeError: The node is no condition; a checked tree never asks.
        """
        match node:
            case Truth(value=value):
                return self.dialect.truth(value)
            case Missing():
                return self.dialect.truth(None)
            case Input(name=name):
                return self.dialect.column(name.code)
            case Parameter():
                return self._plain_parameter(node, "boolean")
            case Defined(body=body):
                return self.condition(body)
            case Compare():
                return self._compare(node.operator, node.left, node.right, node.kind)
            case Between(operand=operand, low=low, high=high, kind=kind):
                return f"({self._compare('>=', operand, low, kind)} and {self._compare('<=', operand, high, kind)})"
            case Among(operand=operand, options=options, kind=kind):
                return self._among(operand, options, kind)
            case StartsWith(operand=operand, prefixes=prefixes):
                text = self.plain(operand, "text")
                return f"({' or '.join(self.dialect.starts_with(text, prefix) for prefix in prefixes)})"
            case IsMissing(operand=operand, kind=kind):
                return self._is_missing(operand, kind)
            case And(terms=terms):
                return f"({' and '.join(map(self.condition, terms))})"
            case Or(terms=terms):
                return f"({' or '.join(map(self.condition, terms))})"
            case Not(term=term):
                return f"(not {self.condition(term)})"
            case Case():
                return self._plain_case(node, "boolean")
            case Coalesce(options=options):
                return f"coalesce({', '.join(map(self.condition, options))})"
        raise TypeError(f"{type(node).__name__} is no condition")

    def _compare(self, operator: CompareOperator, left: Node, right: Node, kind: Kind) -> str:
        if kind == "number":
            return self.quickest([left, right], lambda emitter: emitter._compared(operator, left, right))
        return f"({self.plain(left, kind)} {operator} {self.plain(right, kind)})"

    def _compared(self, operator: CompareOperator, left: Node, right: Node) -> str:
        return self.ratios.compared(operator, self.number(left), self.number(right))

    def quickest(self, nodes: Sequence[Node], emit: Callable[[Emitter], str]) -> str:
        """What ``emit`` gives; where that is long, a short way first for subjects whose inputs are ordinary.

        The short way needs no guards and no widening, since the inputs are known to have few digits.
        """
        text = emit(self)
        if len(text) <= LONG_SQL or self.is_narrow or self.parameters is None:
            return text
        inputs = {each.name.code: each.name for node in nodes for each in walk(node) if isinstance(each, Input)}
        numbers = {code: name for code, name in inputs.items() if isinstance(name.type, NumberType)}
        short = emit(replace(self, is_narrow=True))
        is_shorter = len(short) <= len(text) * 2 // 3 or (GUARD in text and GUARD not in short)
        if not numbers or not is_shorter:
            return text
        ordinary = " and ".join(self.ratios.decimals.is_ordinary(code) for code in sorted(numbers))
        return f"(case when {ordinary} then {short} else {text} end)"

    def _among(self, operand: Node, options: Sequence[Node], kind: Kind) -> str:
        if kind != "number":
            return f"({self.plain(operand, kind)} in ({', '.join(self.plain(o, kind) for o in options)}))"
        one = self.number(operand)
        return f"({' or '.join(self.ratios.compared('=', one, self.number(o)) for o in options)})"

    def _is_missing(self, operand: Node, kind: Kind) -> str:
        if isinstance(operand, Missing):
            return self.dialect.truth(True)
        if kind == "number":
            return self.ratios.is_missing(self.number(operand))
        return f"({self.plain(operand, kind)} is null)"


def is_determined(node: Node) -> bool:
    """Whether a condition can never be undetermined."""
    match node:
        case Truth() | IsMissing():
            return True
        case Defined(body=body):
            return is_determined(body)
        case And(terms=terms) | Or(terms=terms):
            return all(map(is_determined, terms))
        case Not(term=term):
            return is_determined(term)
        case Coalesce(options=options):
            return any(map(is_determined, options))
    return False
