"""The nodes of a formula: one closed union, matched everywhere and ended with ``assert_never``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Literal, assert_never

from yuanzhi.engine.formulas.types import Kind, Name, NumberType
from yuanzhi.engine.kernel.quantities import Unit

ArithmeticOperator = Literal["+", "-", "*", "/"]
CompareOperator = Literal["=", "<>", "<", "<=", ">", ">="]
RoundingMode = Literal["half_up", "floor", "ceil", "half_even"]
Span = Literal["years", "months", "days"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written; without a unit it takes the unit of what it stands beside."""

    value: Fraction
    written: str
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A text or code in quotes; a code with its Chinese name, for readers only."""

    value: str
    label: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Truth:
    """True or false."""

    value: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A date literal."""

    value: date


@dataclass(frozen=True, slots=True)
class Missing:
    """``null``: allowed as a result of ``case``, where a value is not to be had."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A name before it is resolved: a code or a Chinese label."""

    written: str


@dataclass(frozen=True, slots=True)
class Input:
    """A fact of the subject."""

    name: Name


@dataclass(frozen=True, slots=True)
class Parameter:
    """A dated value of the pack, ``p.code``."""

    name: Name

    @property
    def code(self) -> str:
        """The code without ``p.``."""
        return self.name.code.removeprefix("p.")


@dataclass(frozen=True, slots=True)
class Defined:
    """An indicator put in place of its name; printed by name, computed by its body."""

    name: Name
    body: Node


@dataclass(frozen=True, slots=True)
class Negative:
    """The number with the other sign."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Plus, minus, times, divided by. Division by zero is missing."""

    operator: ArithmeticOperator
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Converted:
    """A number brought to another unit by an exact factor."""

    operand: Node
    factor: Fraction
    unit: Unit


@dataclass(frozen=True, slots=True)
class Absolute:
    """The number without its sign."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Rounded:
    """A number rounded to places, with the mode the clause names."""

    mode: RoundingMode
    operand: Node
    places: int


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values of one kind compared."""

    operator: CompareOperator
    left: Node
    right: Node
    kind: Kind = "number"


@dataclass(frozen=True, slots=True)
class Between:
    """Whether a value lies between two others, both ends included."""

    operand: Node
    low: Node
    high: Node
    kind: Kind = "number"


@dataclass(frozen=True, slots=True)
class Among:
    """Whether a value is one of several."""

    operand: Node
    options: tuple[Node, ...]
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class StartsWith:
    """Whether a code or text starts with one of the prefixes."""

    operand: Node
    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IsMissing:
    """Whether a value is missing; itself never missing."""

    operand: Node
    kind: Kind = "number"


@dataclass(frozen=True, slots=True)
class And:
    """All terms are met."""

    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of the terms is met."""

    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The term is not met."""

    term: Node


@dataclass(frozen=True, slots=True)
class Branch:
    """One ``when … then …``."""

    when: Node
    then: Node


@dataclass(frozen=True, slots=True)
class Case:
    """The first branch whose condition is met. An undetermined condition makes the whole missing."""

    branches: tuple[Branch, ...]
    otherwise: Node
    kind: Kind = "number"


@dataclass(frozen=True, slots=True)
class Coalesce:
    """The first value that is not missing."""

    options: tuple[Node, ...]
    kind: Kind = "number"


@dataclass(frozen=True, slots=True)
class Extreme:
    """The least or greatest; missing if one of them is missing."""

    function: Literal["least", "greatest"]
    options: tuple[Node, ...]
    kind: Kind = "number"


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Completed years, months or days from one day to another; negative if the second is earlier."""

    span: Span
    start: Node
    end: Node


@dataclass(frozen=True, slots=True)
class AddMonths:
    """The day so many months later; a day the month lacks becomes its last."""

    day: Node
    months: Node


Node = (
    Number
    | Text
    | Truth
    | Day
    | Missing
    | Variable
    | Input
    | Parameter
    | Defined
    | Negative
    | Arithmetic
    | Converted
    | Absolute
    | Rounded
    | Compare
    | Between
    | Among
    | StartsWith
    | IsMissing
    | And
    | Or
    | Not
    | Case
    | Coalesce
    | Extreme
    | Elapsed
    | AddMonths
)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below, in reading order."""
    match node:
        case Number() | Text() | Truth() | Day() | Missing() | Variable() | Input() | Parameter():
            return ()
        case Defined(body=body):
            return (body,)
        case Negative(operand=one) | Converted(operand=one) | Absolute(operand=one) | Rounded(operand=one):
            return (one,)
        case StartsWith(operand=one) | IsMissing(operand=one) | Not(term=one):
            return (one,)
        case Arithmetic(left=left, right=right) | Compare(left=left, right=right):
            return (left, right)
        case Elapsed(start=left, end=right) | AddMonths(day=left, months=right):
            return (left, right)
        case Between(operand=operand, low=low, high=high):
            return (operand, low, high)
        case Among(operand=operand, options=options):
            return (operand, *options)
        case And(terms=terms) | Or(terms=terms) | Coalesce(options=terms) | Extreme(options=terms):
            return terms
        case Case(branches=branches, otherwise=otherwise):
            return (*(part for branch in branches for part in (branch.when, branch.then)), otherwise)
        case _:
            assert_never(node)


def walk(node: Node, into_definitions: bool = True) -> Iterator[Node]:
    """The node and all below it, depth first, without recursion."""
    waiting = [node]
    while waiting:
        at = waiting.pop()
        yield at
        if into_definitions or not isinstance(at, Defined):
            waiting.extend(reversed(children(at)))


def depth(node: Node) -> int:
    """How deep the tree is, counted without recursion."""
    deepest, waiting = 0, [(node, 1)]
    while waiting:
        at, level = waiting.pop()
        deepest = max(deepest, level)
        waiting.extend((child, level + 1) for child in children(at))
    return deepest


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with every node directly below it changed."""
    match node:
        case Number() | Text() | Truth() | Day() | Missing() | Variable() | Input() | Parameter():
            return node
        case Defined(body=body):
            return replace(node, body=change(body))
        case Negative() | Converted() | Absolute() | Rounded() | StartsWith() | IsMissing():
            return replace(node, operand=change(node.operand))
        case Not(term=term):
            return Not(change(term))
        case Arithmetic() | Compare():
            return replace(node, left=change(node.left), right=change(node.right))
        case Elapsed(start=start, end=end):
            return replace(node, start=change(start), end=change(end))
        case AddMonths(day=day, months=months):
            return AddMonths(change(day), change(months))
        case Between(operand=operand, low=low, high=high):
            return replace(node, operand=change(operand), low=change(low), high=change(high))
        case Among(operand=operand, options=options):
            return replace(node, operand=change(operand), options=tuple(map(change, options)))
        case And(terms=terms):
            return And(tuple(map(change, terms)))
        case Or(terms=terms):
            return Or(tuple(map(change, terms)))
        case Coalesce() | Extreme():
            return replace(node, options=tuple(map(change, node.options)))
        case Case(branches=branches, otherwise=otherwise):
            changed = tuple(Branch(change(branch.when), change(branch.then)) for branch in branches)
            return replace(node, branches=changed, otherwise=change(otherwise))
        case _:
            assert_never(node)


def number_type(name: Name) -> NumberType:
    """The type of a name known to be a number.

    Raises:
        TypeError: It is none; a checked formula never asks.
    """
    if not isinstance(name.type, NumberType):
        raise TypeError(f"{name.code} is no number")
    return name.type
