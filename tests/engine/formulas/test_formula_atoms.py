"""The reasons of a condition: one atom per leaf, with outcome, left value and what was missing."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
from formula_grammar import Grammar
from formula_world import PARAMETERS, SCOPE, UNITS, ask_duckdb, connect, formula, number, random_rows, sql_of, table

from yuanzhi.engine.formulas import (
    BooleanType,
    Name,
    Scope,
    atoms,
    compile_formula,
    emit_atoms,
    emit_condition,
    evaluate,
    explain_atoms,
    join_atoms,
)
from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.outcomes import Outcome

TEXT = "tax / land >= 15.5 and (above_scale or not rnd_share between 1 and 3) and industry in ('13', '26')"
ROWS: list[dict[str, Any]] = [
    {"tax": Decimal(31), "land": Decimal(2), "above_scale": True, "rnd_share": Decimal(2), "industry": "13"},
    {"tax": Decimal(30), "land": Decimal(2), "above_scale": False, "rnd_share": Decimal(2), "industry": "131"},
    {"tax": Decimal(30), "land": Decimal(0), "above_scale": None, "rnd_share": None, "industry": None},
]


def test_a_condition_splits_at_and_or_not_only() -> None:
    assert [atom.text for atom in atoms(formula(TEXT))] == [
        "tax / land >= 15.5",
        "above_scale",
        "rnd_share between 1 and 3",
        "industry in ('13', '26')",
    ]


def test_an_atom_is_a_formula_of_its_own() -> None:
    first = atoms(formula(TEXT))[0].formula
    assert first.inputs == {"tax", "land"}
    assert evaluate(first, ROWS[0], {}) is True
    assert atoms(first)[0].formula.node == first.node


def test_an_inlined_condition_is_opened_an_inlined_number_is_not() -> None:
    names = {**SCOPE.names, "is_good": Name("is_good", BooleanType(), Label("优"))}
    scope = Scope(names, UNITS, {**SCOPE.definitions, "is_good": "not (tax_per_mu > 3 or above_scale)"})
    found = formula("is_good and tax_per_mu < 9", scope)
    assert [atom.text for atom in atoms(found)] == ["tax_per_mu > 3", "above_scale", "tax_per_mu < 9"]
    assert found.mentions == {"is_good", "tax_per_mu"}
    assert explain_atoms(found, {}, {})[0].text_zh == "亩均税收 ＞ 3"


def test_the_sql_of_atoms_keeps_outcome_left_value_and_missing_inputs() -> None:
    found = formula(TEXT)
    columns = ", ".join(f"{a.outcome}, {a.left}, {a.missing}" for a in emit_atoms(found, {}))
    # Bits in the order above_scale, industry, land, rnd_share, tax.
    assert connect(table(ROWS)).execute(f"select {columns} from facts order by n").fetchall() == [
        (True, 15.5, 0, True, None, 0, True, 2.0, 0, True, None, 0),
        (False, 15.0, 0, False, None, 0, True, 2.0, 0, False, None, 0),
        (None, None, 0, None, None, 1, None, None, 8, None, None, 2),
    ]


def test_atoms_joined_again_are_the_condition() -> None:
    found = formula(TEXT)
    outcomes = [atom.outcome for atom in emit_atoms(found, {})]
    assert ask_duckdb(TEXT, *ROWS) == [True, False, None]
    joined = join_atoms(found, outcomes)
    assert connect(table(ROWS)).execute(f"select {joined} from facts order by n").fetchall() == [
        (True,),
        (False,),
        (None,),
    ]
    for wrong in (outcomes[1:], [*outcomes, "true"]):
        with pytest.raises(ValueError, match="outcomes for 4 atoms"):
            join_atoms(found, wrong)


@pytest.mark.parametrize("seed", range(4))
def test_atoms_and_condition_never_disagree(seed: int) -> None:
    grammar = Grammar(random.Random(100 + seed))
    rows = random_rows(60, seed)
    connection = connect(table(rows), 1)
    for _ in range(25):
        found = compile_formula(grammar.condition(2), SCOPE).formula
        if found is None:
            continue
        parts = emit_atoms(found, PARAMETERS)
        joined = join_atoms(found, [part.outcome for part in parts])
        sql = f"select {emit_condition(found, PARAMETERS)}, {joined} from facts"
        assert all(one == other for one, other in connection.execute(sql).fetchall())
        for row in rows[:20]:
            findings = explain_atoms(found, row, PARAMETERS)
            assert [finding.outcome for finding in findings] == [
                Outcome.of(evaluate(atom.formula, row, PARAMETERS)) for atom in atoms(found)
            ]


def test_a_finding_says_in_words_what_was_found_and_expected() -> None:
    findings = explain_atoms(
        formula("tax_per_mu >= p.threshold and tier = 'national' and small is not null"), ROWS[0], PARAMETERS
    )
    assert [(f.text_zh, f.left, f.right, f.outcome, f.missing) for f in findings] == [
        ("亩均税收 ≥ 税收门槛", Decimal("15.5"), Decimal("15.5"), Outcome.MET, ()),
        ("级别 ＝ “国家级”", None, "national", Outcome.UNDETERMINED, ("tier",)),
        ("小数缺失", None, None, Outcome.MET, ("small",)),
    ]


def test_a_missing_parameter_is_named_too() -> None:
    (finding,) = explain_atoms(formula("tax_per_mu >= p.threshold"), ROWS[0], {})
    assert finding.outcome is Outcome.UNDETERMINED
    assert finding.missing == ("p.threshold",)


def test_a_value_wider_than_its_type_counts_as_missing_everywhere() -> None:
    row = {"small": Decimal(10_000)}
    found = formula("small > 1")
    assert evaluate(found, row, {}) is None
    assert ask_duckdb("small > 1", row) == [None]
    assert explain_atoms(found, row, {})[0].missing == ("small",)
    (atom,) = emit_atoms(found, {})
    assert connect(table([row])).execute(f"select {atom.missing} from facts").fetchone() == (1,)


def test_more_inputs_than_a_narrow_mask_has_bits() -> None:
    names = [number(f"x{n:02}", "亩", "") for n in range(70)]
    scope = Scope({name.code: name for name in names}, UNITS)
    found = formula(" and ".join(f"(x{n:02} > x{n + 1:02})" for n in range(69)), scope)
    last = emit_atoms(found, {})[-1]
    values = ", ".join(f"cast(null as decimal(18,2)) as x{n:02}" for n in range(70))
    row = connect(table([])).execute(f"select {last.missing} from (select {values})").fetchone()
    assert row is not None
    assert int(row[0]) == (1 << 69) + (1 << 68)


def test_a_condition_is_asked_of_a_condition_only() -> None:
    with pytest.raises(TypeError, match="no condition"):
        emit_condition(formula("tax + 1"), {})
    assert sql_of(formula("above_scale")) == '"above_scale"'
