"""The formula language: parse, check types and units, make exact, emit SQL, print in zh and en, evaluate."""

from yuanzhi.engine.formulas.atoms import Atom, AtomFinding, AtomSql, atoms, emit_atoms, explain_atoms, join_atoms
from yuanzhi.engine.formulas.compiling import Compiled, Formula, compile_formula
from yuanzhi.engine.formulas.dialects import DialectName
from yuanzhi.engine.formulas.operations import emit_condition, emit_value, evaluate
from yuanzhi.engine.formulas.printing import print_formula
from yuanzhi.engine.formulas.types import (
    BooleanType,
    CodeType,
    DateType,
    Name,
    NumberType,
    Scalar,
    Scope,
    TextType,
    Value,
    ValueType,
)

__all__ = [
    "Atom",
    "AtomFinding",
    "AtomSql",
    "BooleanType",
    "CodeType",
    "Compiled",
    "DateType",
    "DialectName",
    "Formula",
    "Name",
    "NumberType",
    "Scalar",
    "Scope",
    "TextType",
    "Value",
    "ValueType",
    "atoms",
    "compile_formula",
    "emit_atoms",
    "emit_condition",
    "emit_value",
    "evaluate",
    "explain_atoms",
    "join_atoms",
    "print_formula",
]
