"""Compile a formula, evaluate it exactly, see why it came out so.

Prints:
    tax per mu, 300 on 10: met
    4.35 of 14.5 is exactly 30 %, in SQL too: True
    without the land area: undetermined, missing land
    taxes / lands: refused, formula.unknown_name, nearest land
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import duckdb

from yuanzhi.engine.formulas import Name, NumberType, Scope, compile_formula, emit_condition, explain_atoms
from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.quantities import Unit, UnitSystem

UNITS = UnitSystem.of([Unit("万元", (("money", 1),), Fraction(10_000)), Unit("亩", (("area", 1),), Fraction(2000, 3))])
SCOPE = Scope(
    {
        "taxes": Name("taxes", NumberType(UNITS.unit("万元"), 2), Label("税收", "taxes"), "item"),
        "land": Name("land", NumberType(UNITS.unit("亩"), 2), Label("用地", "land"), "item"),
    },
    UNITS,
)


def main() -> None:
    """Walk through one formula."""
    formula = compile_formula("税收 / 用地 >= 30 万元/亩", SCOPE).formula
    assert formula is not None
    (finding,) = explain_atoms(formula, {"taxes": Decimal(300), "land": Decimal(10)}, {})
    print(f"tax per mu, 300 on 10: {finding.outcome}")

    exact = compile_formula("taxes / land >= 0.3 万元/亩", SCOPE).formula
    assert exact is not None
    row = "select 4.35::decimal(18, 2) as taxes, 14.50::decimal(18, 2) as land"
    (met,) = duckdb.sql(f"select {emit_condition(exact, {})} from ({row})").fetchall()[0]
    print(f"4.35 of 14.5 is exactly 30 %, in SQL too: {met}")

    (finding,) = explain_atoms(formula, {"taxes": Decimal(300), "land": None}, {})
    print(f"without the land area: {finding.outcome}, missing {', '.join(finding.missing)}")

    (problem,) = compile_formula("taxes / lands", SCOPE).problems
    print(f"taxes / lands: refused, {problem.code}, nearest {problem.values.get('nearest', '')}")


if __name__ == "__main__":
    main()
