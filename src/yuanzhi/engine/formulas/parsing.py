"""From text to nodes: sqlglot reads the structure, and only listed node classes come through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from yuanzhi.engine.formulas.lexing import DEEPEST, FUNCTION_MARK, FUNCTIONS, read_tokens
from yuanzhi.engine.formulas.nodes import (
    Absolute,
    AddMonths,
    Among,
    And,
    Arithmetic,
    ArithmeticOperator,
    Between,
    Branch,
    Case,
    Coalesce,
    Compare,
    CompareOperator,
    Elapsed,
    Extreme,
    IsMissing,
    Missing,
    Negative,
    Node,
    Not,
    Number,
    Or,
    Rounded,
    RoundingMode,
    Span,
    StartsWith,
    Text,
    Truth,
    depth,
)
from yuanzhi.engine.kernel.problems import Problem
from yuanzhi.engine.kernel.quantities import UnitSystem

DEEPEST_TREE = 100
MOST_PLACES = 12

_ARITHMETIC: dict[type[exp.Expr], ArithmeticOperator] = {
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Div: "/",
}
_COMPARE: dict[type[exp.Expr], CompareOperator] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_SIGNS = frozenset((*_ARITHMETIC.values(), *_COMPARE.values()))
_SIGNED = frozenset((*_ARITHMETIC, *_COMPARE, exp.Neg))
_ALLOWED: dict[type[exp.Expr], frozenset[str]] = {
    exp.Column: frozenset({"this"}),
    exp.Identifier: frozenset({"this", "quoted"}),
    exp.Boolean: frozenset({"this"}),
    exp.Null: frozenset(),
    exp.Paren: frozenset({"this"}),
    exp.Neg: frozenset({"this"}),
    exp.Not: frozenset({"this"}),
    exp.And: frozenset({"this", "expression"}),
    exp.Or: frozenset({"this", "expression"}),
    exp.Is: frozenset({"this", "expression"}),
    exp.Between: frozenset({"this", "low", "high"}),
    exp.In: frozenset({"this", "expressions"}),
    exp.Case: frozenset({"ifs", "default"}),
    exp.If: frozenset({"this", "true"}),
    exp.Anonymous: frozenset({"this", "expressions"}),
    **{kind: frozenset({"this", "expression"}) for kind in (*_ARITHMETIC, *_COMPARE)},
}
"""Every node class let through, with the arguments it may carry; anything else is refused."""

_ROUNDING: dict[str, RoundingMode] = {
    "round": "half_up",
    "floor": "floor",
    "ceil": "ceil",
    "round_even": "half_even",
}
_SPANS: dict[str, Span] = {"years_between": "years", "months_between": "months", "days_between": "days"}


@dataclass(frozen=True, slots=True)
class Parsed:
    """The tree of a formula before names are resolved, or why there is none."""

    node: Node | None = None
    problems: tuple[Problem, ...] = ()


class _UnreadableError(Exception):
    """The text is no formula, though the SQL parser made something of it."""


class _RefusedError(Exception):
    def __init__(self, code: str, **values: str) -> None:
        self.problem = Problem(code, values=values)
        super().__init__(code)


def parse_formula(text: str, units: UnitSystem, is_name: Callable[[str], bool] = lambda _: False) -> Parsed:
    """The tree of a formula. Whatever is not in the language is refused by name, never dropped."""
    tokens = read_tokens(text, units, is_name)
    if tokens.problems:
        return Parsed(problems=tokens.problems)
    try:
        tree = sqlglot.parse_one(tokens.sql, dialect="duckdb")
        node = _Converter(tokens.leaves).node(tree)
        _require_all_read(tokens.sql, len(tokens.leaves), tree)
    except (SqlglotError, _UnreadableError):
        return Parsed(problems=(Problem("formula.unreadable", values={"text": text.strip()[:80]}),))
    except RecursionError:
        return Parsed(problems=(Problem("formula.too_deep", values={"limit": str(DEEPEST)}),))
    except _RefusedError as refused:
        return Parsed(problems=(refused.problem,))
    if depth(node) > DEEPEST_TREE:
        return Parsed(problems=(Problem("formula.too_deep", values={"limit": str(DEEPEST_TREE)}),))
    return Parsed(node)


def _require_all_read(sql: str, leaves: int, tree: exp.Expr) -> None:
    """Refuse what the SQL parser passed over in silence: a stray comma, a sign before nothing."""
    parts = sql.split(" ")
    nodes = list(tree.walk())
    read = {node.this.this for node in nodes if isinstance(node, exp.Column)}
    signs = sum(part in _SIGNS for part in parts)
    negations = parts.count("not")
    stray = any(after in (",", ")") and before in ("(", ",") for before, after in pairwise(parts))
    if (
        len(read) != leaves
        or stray
        or signs != sum(type(node) in _SIGNED for node in nodes)
        or negations != sum(type(node) is exp.Not for node in nodes)
    ):
        raise _UnreadableError


@dataclass(frozen=True)
class _Converter:
    leaves: tuple[Node, ...]

    def node(self, tree: exp.Expr) -> Node:
        allowed = _ALLOWED.get(type(tree))
        if allowed is None:
            raise _RefusedError("formula.not_in_language", construct=type(tree).__name__)
        extra = {key for key, value in tree.args.items() if value and key not in allowed and key not in _NEUTRAL}
        if extra:
            raise _RefusedError("formula.not_in_language", construct=f"{type(tree).__name__} {min(extra)}")
        if operator := _ARITHMETIC.get(type(tree)):
            return Arithmetic(operator, self.node(tree.this), self.node(tree.expression))
        if comparison := _COMPARE.get(type(tree)):
            return Compare(comparison, self._operand(tree.this), self._operand(tree.expression))
        return self._other(tree)

    def _other(self, tree: exp.Expr) -> Node:
        match tree:
            case exp.Column():
                return self._leaf(tree)
            case exp.Boolean():
                return Truth(bool(tree.this))
            case exp.Null():
                return Missing()
            case exp.Paren():
                return self.node(tree.this)
            case exp.Neg():
                return Negative(self.node(tree.this))
            case exp.Not():
                return Not(self.node(tree.this))
            case exp.And() | exp.Or():
                return self._junction(tree)
            case exp.Is():
                return self._is_missing(tree)
            case exp.Between():
                operand, low, high = (self._operand(tree.args[key]) for key in ("this", "low", "high"))
                return Between(operand, low, high)
            case exp.In():
                return self._among(tree)
            case exp.Case():
                return self._case(tree)
            case exp.Anonymous():
                return self._call(tree)
        raise _RefusedError("formula.not_in_language", construct=type(tree).__name__)

    def _operand(self, tree: exp.Expr) -> Node:
        if isinstance(tree, exp.Null):
            raise _RefusedError("formula.compared_with_null")
        return self.node(tree)

    def _leaf(self, tree: exp.Column) -> Node:
        if type(tree.this) is not exp.Identifier or not tree.this.args.get("quoted"):
            raise _RefusedError("formula.not_in_language", construct=type(tree.this).__name__)
        return self.leaves[int(tree.this.this[1:])]

    def _junction(self, tree: exp.Expr) -> Node:
        """One flat node for a chain of the same word; chains lean left, so this is no recursion."""
        kind, terms, at = type(tree), [], tree
        while type(at) is kind:
            terms.append(self.node(at.expression))
            at = at.this
        terms.append(self.node(at))
        return (And if kind is exp.And else Or)(tuple(reversed(terms)))

    def _is_missing(self, tree: exp.Is) -> Node:
        if type(tree.expression) is not exp.Null:
            raise _RefusedError("formula.is_only_null")
        return IsMissing(self.node(tree.this))

    def _among(self, tree: exp.In) -> Node:
        options = tree.args.get("expressions") or []
        if not options:
            raise _RefusedError("formula.empty_list")
        return Among(self.node(tree.this), tuple(self._operand(option) for option in options))

    def _case(self, tree: exp.Case) -> Node:
        if tree.args.get("default") is None:
            raise _RefusedError("formula.case_without_else")
        branches = []
        for branch in tree.args["ifs"]:
            if type(branch) is not exp.If:
                raise _RefusedError("formula.not_in_language", construct=type(branch).__name__)
            branches.append(Branch(self.node(branch.this), self.node(branch.args["true"])))
        return Case(tuple(branches), self.node(tree.args["default"]))

    def _call(self, tree: exp.Anonymous) -> Node:
        name, given = str(tree.this).removeprefix(FUNCTION_MARK), tree.expressions
        if name not in FUNCTIONS:
            # A name or number before a parenthesis reads like a call; an operator is missing there.
            raise _UnreadableError
        fewest, most = FUNCTIONS[name]
        if not fewest <= len(given) <= most:
            takes = str(fewest) if fewest == most else f"{fewest}-{most}"
            raise _RefusedError("formula.arguments", name=name, takes=takes, given=str(len(given)))
        arguments = tuple(self._operand(argument) for argument in given)
        return _function(name, arguments)


_NEUTRAL = frozenset({"typed", "safe"})
"""Flags sqlglot sets on a division; our own division rule replaces what they mean."""


def _function(name: str, arguments: tuple[Node, ...]) -> Node:
    match name:
        case "coalesce":
            return Coalesce(arguments)
        case "least" | "greatest":
            return Extreme("least" if name == "least" else "greatest", arguments)
        case "abs":
            return Absolute(arguments[0])
        case "round" | "floor" | "ceil" | "round_even":
            return Rounded(_ROUNDING[name], arguments[0], _places(name, arguments))
        case "starts_with":
            return StartsWith(arguments[0], _prefixes(arguments[1:]))
        case "add_months":
            return AddMonths(*arguments)
    return Elapsed(_SPANS[name], *arguments)


def _places(name: str, arguments: tuple[Node, ...]) -> int:
    if len(arguments) == 1:
        return 0
    places, sign = arguments[1], 1
    if isinstance(places, Negative):
        places, sign = places.operand, -1
    if not isinstance(places, Number) or places.unit or places.value.denominator != 1 or places.value > MOST_PLACES:
        raise _RefusedError("formula.places", name=name, most=str(MOST_PLACES))
    return sign * int(places.value)


def _prefixes(arguments: tuple[Node, ...]) -> tuple[str, ...]:
    if not all(isinstance(argument, Text) and argument.value for argument in arguments):
        raise _RefusedError("formula.prefix")
    return tuple(argument.value for argument in arguments if isinstance(argument, Text))
