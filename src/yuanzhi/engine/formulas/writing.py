"""A tree written in the formula language again, by code, in one form.

What is written compiles to the same tree, so equal formulas have equal text whatever the spacing.
"""

from __future__ import annotations

from typing import assert_never

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
    Variable,
)

ROUNDING_NAMES = {"half_up": "round", "floor": "floor", "ceil": "ceil", "half_even": "round_even"}
OR, AND, NOT, COMPARE, SUM, PRODUCT, SIGN, LEAF = range(1, 9)
"""How tightly a form binds, loosest first."""


def binding(node: Node) -> int:
    """How tightly the node binds when written; a conversion is not written."""
    match node:
        case Converted(operand=operand):
            return binding(operand)
        case Or():
            return OR
        case And():
            return AND
        case Not():
            return NOT
        case Compare() | Between() | Among() | IsMissing():
            return COMPARE
        case Arithmetic(operator="+" | "-"):
            return SUM
        case Arithmetic():
            return PRODUCT
        case Negative():
            return SIGN
        case _:
            return LEAF


def write_node(node: Node) -> str:
    """The node in the formula language; inlined indicators by their names."""
    match node:
        case Number(written=written) | Variable(written=written):
            return written
        case Text(value=value):
            return f"'{value}'"
        case Truth(value=value):
            return "true" if value else "false"
        case Day(value=value):
            return f"date '{value.isoformat()}'"
        case Missing():
            return "null"
        case Input(name=name) | Parameter(name=name) | Defined(name=name):
            return name.code
        case Converted(operand=operand):
            return write_node(operand)
        case Negative(operand=operand):
            return "-" + _at_least(operand, LEAF)
        case Arithmetic(operator=operator, left=left, right=right):
            own = binding(node)
            return f"{_at_least(left, own)} {operator} {_at_least(right, own + 1)}"
        case Absolute(operand=operand):
            return f"abs({write_node(operand)})"
        case Rounded(mode=mode, operand=operand, places=places):
            return f"{ROUNDING_NAMES[mode]}({write_node(operand)}, {places})"
        case Compare(operator=operator, left=left, right=right):
            return f"{_at_least(left, SUM)} {operator} {_at_least(right, SUM)}"
        case Between(operand=operand, low=low, high=high):
            return f"{_at_least(operand, SUM)} between {_at_least(low, SUM)} and {_at_least(high, SUM)}"
        case Among(operand=operand, options=options):
            return f"{_at_least(operand, SUM)} in ({_listed(options)})"
        case StartsWith(operand=operand, prefixes=prefixes):
            return f"starts_with({write_node(operand)}, {_listed(tuple(map(Text, prefixes)))})"
        case IsMissing(operand=operand):
            return f"{_at_least(operand, SUM)} is null"
        case And(terms=terms):
            return " and ".join(_at_least(term, NOT) for term in terms)
        case Or(terms=terms):
            return " or ".join(_at_least(term, AND) for term in terms)
        case Not(term=term):
            return f"not {_at_least(term, NOT)}"
        case Case(branches=branches, otherwise=otherwise):
            whens = " ".join(f"when {write_node(b.when)} then {write_node(b.then)}" for b in branches)
            return f"case {whens} else {write_node(otherwise)} end"
        case Coalesce(options=options):
            return f"coalesce({_listed(options)})"
        case Extreme(function=function, options=options):
            return f"{function}({_listed(options)})"
        case Elapsed(span=span, start=start, end=end):
            return f"{span}_between({write_node(start)}, {write_node(end)})"
        case AddMonths(day=day, months=months):
            return f"add_months({write_node(day)}, {write_node(months)})"
        case _:
            assert_never(node)


def _at_least(node: Node, needed: int) -> str:
    text = write_node(node)
    return text if binding(node) >= needed else f"({text})"


def _listed(nodes: tuple[Node, ...]) -> str:
    return ", ".join(write_node(node) for node in nodes)
