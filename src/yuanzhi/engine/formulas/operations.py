"""What one does with a compiled formula: print it as SQL, or evaluate it for one subject."""

from __future__ import annotations

from collections.abc import Mapping

from yuanzhi.engine.formulas.compiling import Formula, refusing_wide
from yuanzhi.engine.formulas.dialects import DialectName, dialect_of
from yuanzhi.engine.formulas.emitting import Emitter
from yuanzhi.engine.formulas.evaluating import Interpreter
from yuanzhi.engine.formulas.ratios import VALUE_PLACES
from yuanzhi.engine.formulas.types import BooleanType, NumberType, Scalar, Value, kind_of


def emit_value(formula: Formula, parameters: Mapping[str, Scalar], dialect: DialectName = "duckdb") -> str:
    """The value of a formula as a SQL expression over columns named by code.

    A number comes as DECIMAL(38, scale): exact without a division, else rounded half up at twelve
    places. It is missing where an input is, where something is divided by zero, and where a quotient
    comes to 10^15 or more.

    Args:
        formula: A compiled formula.
        parameters: The values of its parameters on the day asked for; an absent one is missing.
        dialect: The database.

    Raises:
        ProblemsError: A parameter has so many digits that the formula cannot be exact.
    """
    with refusing_wide(formula):
        return _value(formula, Emitter(dialect_of(dialect), parameters))


def emit_condition(formula: Formula, parameters: Mapping[str, Scalar], dialect: DialectName = "duckdb") -> str:
    """A condition as an exact, three-valued SQL truth value; ratios are cross-multiplied.

    Raises:
        TypeError: The formula is no condition.
        ProblemsError: A parameter has so many digits that the formula cannot be exact.
    """
    if not isinstance(formula.type, BooleanType):
        raise TypeError(f"no condition: {formula.text}")
    with refusing_wide(formula):
        return Emitter(dialect_of(dialect), parameters).condition(formula.node)


def evaluate(formula: Formula, facts: Mapping[str, Scalar], parameters: Mapping[str, Scalar]) -> Value:
    """The value of a formula for one subject, exact; ``None`` where it is missing or undetermined."""
    return Interpreter(facts, parameters).value(formula.node)


def _value(formula: Formula, emitter: Emitter) -> str:
    type_ = formula.type
    if not isinstance(type_, NumberType):
        return emitter.plain(formula.node, kind_of(type_))
    return emitter.quickest([formula.node], lambda one: _number(formula, type_, one))


def _number(formula: Formula, type_: NumberType, emitter: Emitter) -> str:
    ratio = emitter.number(formula.node)
    amount = emitter.ratios.amount(ratio)
    if amount is None or formula.is_divided:
        amount = emitter.ratios.amount(emitter.ratios.rounded(ratio, "half_up", VALUE_PLACES))
    if amount is None:
        raise AssertionError("a rounded ratio is a decimal")
    scale = max(type_.scale, amount.scale)
    return emitter.dialect.final(emitter.ratios.decimals.at_scale(amount, scale).text, scale)
