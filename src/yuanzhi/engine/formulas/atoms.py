"""The single conditions of a formula, which make the reasons of every determination.

A condition is split at ``and``, ``or`` and ``not`` into atoms. For each subject an atom leaves its
outcome, its left value and which inputs were missing: tens of bytes, whatever the rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from yuanzhi.engine.formulas.compiling import Formula, refusing_wide
from yuanzhi.engine.formulas.dialects import DialectName, dialect_of
from yuanzhi.engine.formulas.emitting import Emitter
from yuanzhi.engine.formulas.evaluating import Interpreter, exact, fact_value
from yuanzhi.engine.formulas.nodes import (
    Among,
    And,
    Between,
    Compare,
    Defined,
    Input,
    IsMissing,
    Node,
    Not,
    Or,
    Parameter,
    StartsWith,
    number_type,
    walk,
)
from yuanzhi.engine.formulas.printing import print_node
from yuanzhi.engine.formulas.ratios import VALUE_PLACES
from yuanzhi.engine.formulas.types import BooleanType, Kind, Scalar, Value, kind_of
from yuanzhi.engine.formulas.writing import write_node
from yuanzhi.engine.kernel.outcomes import Outcome
from yuanzhi.engine.kernel.quantities import decimal_of

_NARROW_MASK = 62


@dataclass(frozen=True, slots=True)
class Atom:
    """One leaf of a condition; ``formula`` is the leaf alone, ``text`` the leaf in the formula language."""

    index: int
    formula: Formula
    text: str


@dataclass(frozen=True, slots=True)
class AtomSql:
    """SQL for one atom: its outcome, its left value as a double or null, and a mask of missing inputs.

    Bit n of ``missing`` is the n-th of the whole formula's sorted inputs; an atom sets only bits of
    inputs it reads, so the masks of all atoms join to that of the formula.
    """

    outcome: str
    left: str
    missing: str


@dataclass(frozen=True, slots=True)
class AtomFinding:
    """What one atom came to for one subject: the condition in words, what was found and expected."""

    text_zh: str
    text_en: str
    outcome: Outcome
    left: Decimal | str | None
    right: Decimal | str | None
    missing: tuple[str, ...]


def atoms(formula: Formula) -> tuple[Atom, ...]:
    """The atoms of a condition, in reading order; an inlined condition is opened."""
    return tuple(Atom(i, _alone(formula, leaf), write_node(leaf)) for i, leaf in enumerate(_leaves(formula.node)))


def emit_atoms(
    formula: Formula, parameters: Mapping[str, Scalar], dialect: DialectName = "duckdb"
) -> tuple[AtomSql, ...]:
    """SQL that keeps the reasons of a condition, one entry per atom."""
    emitter = Emitter(dialect_of(dialect), parameters)
    bits = {code: 1 << n for n, code in enumerate(sorted(formula.inputs))}
    with refusing_wide(formula):
        return tuple(
            AtomSql(emitter.condition(leaf), _left_sql(emitter, leaf), _mask_sql(emitter, leaf, bits))
            for leaf in _leaves(formula.node)
        )


def join_atoms(formula: Formula, outcomes: Sequence[str]) -> str:
    """The condition over the outcomes of its own atoms, where those are columns already.

    Args:
        formula: The condition whose atoms were emitted.
        outcomes: SQL for the outcome of each atom, usually a column, in the order of ``atoms``.

    Raises:
        ValueError: There are not as many outcomes as atoms.
    """
    left = iter(outcomes)
    text = _joined(formula.node, left)
    if text is None or next(left, None) is not None:
        raise ValueError(f"{len(outcomes)} outcomes for {len(atoms(formula))} atoms")
    return text


def _joined(node: Node, outcomes: Iterator[str]) -> str | None:
    match node:
        case And(terms=terms) | Or(terms=terms):
            parts = [_joined(term, outcomes) for term in terms]
            word = " and " if isinstance(node, And) else " or "
            known = [part for part in parts if part is not None]
            return f"({word.join(known)})" if len(known) == len(parts) else None
        case Not(term=term):
            part = _joined(term, outcomes)
            return None if part is None else f"(not {part})"
        case Defined(body=And() | Or() | Not() | Defined() as body):
            return _joined(body, outcomes)
        case _:
            return next(outcomes, None)


def explain_atoms(
    formula: Formula, facts: Mapping[str, Scalar], parameters: Mapping[str, Scalar]
) -> tuple[AtomFinding, ...]:
    """What each atom came to for one subject, in words, from the exact interpreter."""
    interpreter = Interpreter(facts, parameters)
    return tuple(_finding(interpreter, leaf) for leaf in _leaves(formula.node))


def _leaves(node: Node) -> Iterator[Node]:
    match node:
        case And(terms=terms) | Or(terms=terms):
            for term in terms:
                yield from _leaves(term)
        case Not(term=term):
            yield from _leaves(term)
        case Defined(body=And() | Or() | Not() | Defined() as body):
            yield from _leaves(body)
        case _:
            yield node


def _alone(formula: Formula, leaf: Node) -> Formula:
    inputs = frozenset(each.name.code for each in walk(leaf) if isinstance(each, Input))
    parameters = frozenset(each.code for each in walk(leaf) if isinstance(each, Parameter))
    near = [each for each in walk(leaf, into_definitions=False) if isinstance(each, Input | Defined)]
    mentions = frozenset(each.name.code for each in near)
    text = write_node(leaf)
    own = replace(formula, text=text, node=leaf, type=BooleanType(), inputs=inputs, parameters=parameters)
    return replace(own, mentions=mentions, is_divided=False)


def _sides(leaf: Node) -> tuple[Node | None, tuple[Node, ...], Kind]:
    """What stands on the left of an atom, what on the right, and of which kind they are."""
    match leaf:
        case Compare(left=left, right=right, kind=kind):
            return left, (right,), kind
        case Between(operand=operand, low=low, high=high, kind=kind):
            return operand, (low, high), kind
        case Among(operand=operand, options=options, kind=kind):
            return operand, options, kind
        case StartsWith(operand=operand):
            return operand, (), "text"
        case IsMissing(operand=operand, kind=kind):
            return operand, (), kind
        case Defined(body=body):
            return _sides(body)
    return None, (), "boolean"


def _left_sql(emitter: Emitter, leaf: Node) -> str:
    left, _, kind = _sides(leaf)
    if left is None or kind != "number":
        return emitter.dialect.double("null")
    return emitter.ratios.double(emitter.number(left))


def _mask_sql(emitter: Emitter, leaf: Node, bits: Mapping[str, int]) -> str:
    read = {each.name.code: each for each in walk(leaf) if isinstance(each, Input)}
    terms = [
        f"case when {_is_absent(emitter, read[code])} then {bits[code]} else 0 end" for code in sorted(read)
    ]  # fmt: skip
    mask = " + ".join(terms) or "0"
    return emitter.dialect.mask(mask) if len(bits) <= _NARROW_MASK else emitter.dialect.decimal(mask, 38, 0)


def _is_absent(emitter: Emitter, node: Input) -> str:
    kind = kind_of(node.name.type)
    if kind == "number":
        return emitter.ratios.decimals.column_is_missing(node.name.code, number_type(node.name))
    return f"{emitter.plain(node, kind)} is null"


def _finding(interpreter: Interpreter, leaf: Node) -> AtomFinding:
    left, rights, _ = _sides(leaf)
    missing = sorted(
        {
            each.name.code
            for each in walk(leaf)
            if (isinstance(each, Input) and fact_value(interpreter.facts.get(each.name.code), each.name) is None)
            or (isinstance(each, Parameter) and exact(interpreter.parameters.get(each.code)) is None)
        }
    )
    found = _shown(interpreter.value(left if left is not None else leaf))
    expected = [_shown(interpreter.value(right)) for right in rights]
    return AtomFinding(
        print_node(leaf, "zh"),
        print_node(leaf, "en"),
        Outcome.of(interpreter.truth(leaf)),
        found,
        expected[0] if len(expected) == 1 else " / ".join(str(each) for each in expected) or None,
        tuple(missing),
    )


def _shown(value: Value) -> Decimal | str | None:
    match value:
        case Fraction():
            return decimal_of(value, VALUE_PLACES)
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case _:
            return value
