"""Formulas compiled once: the trails they stand under, and what each rests on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from yuanzhi.engine.formulas import CodeType, NumberType, evaluate
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.pack import CompiledPack, PackReading, compile_pack, compose, scope_for

Read = Callable[..., PackReading]
Change = Callable[[str, str], str]
DAY = date(2019, 1, 1)


@pytest.fixture
def compiled(read: Read, small: str) -> Callable[[str], CompiledPack]:
    def of(text: str = small) -> CompiledPack:
        pack = read(text).pack
        assert pack is not None
        found = compile_pack(compose([pack]))
        assert found.problems == (), [problem.text("en") for problem in found.problems]
        return found

    return of


Compile = Callable[..., CompiledPack]


def test_every_formula_stands_under_its_trail(compiled: Compile) -> None:
    assert {
        "indicators/output_per_mu/formula",
        "forms/monthly/validations/0/check",
        "rules/priority/when",
        "rules/priority/then/gives/factor",
        "rules/priority/exceptions/1/when",
        "rules/limit/table/inputs/tier",
        "rules/limit/table/rows/0/when/output",
        "rules/limit/table/rows/2/then/quota",
        "schemes/yearly/vetoes/0/when",
        "consequences/ladder/counters/0/counts",
        "consequences/ladder/transitions/0/when",
    } <= set(compiled().formulas)


def test_a_cell_for_any_value_has_no_formula(compiled: Compile) -> None:
    assert "rules/limit/table/rows/2/when/output" not in compiled().formulas


@pytest.mark.parametrize(
    ("cell", "facts", "met"),
    [
        ('">= 100"', {"output": Decimal(100), "land": Decimal(1)}, True),
        ('"≥ 100"', {"output": Decimal(99), "land": Decimal(1)}, False),
        ('"[10, 50)"', {"output": Decimal(50), "land": Decimal(1)}, False),
        ('"[10, 50]"', {"output": Decimal(50), "land": Decimal(1)}, True),
        ('"(10, )"', {"output": Decimal(10), "land": Decimal(1)}, False),
        ('"100, 200"', {"output": Decimal(200), "land": Decimal(1)}, True),
        ('"not (100, 200)"', {"output": Decimal(200), "land": Decimal(1)}, False),
        ('"<> 100"', {"output": Decimal(100), "land": Decimal(1)}, False),
        ('">= p.least_output"', {"output": Decimal(500), "land": Decimal(1)}, True),
        ('"< 15 万元/公顷"', {"output": Decimal(1), "land": Decimal(1)}, False),
        ('missing', {"output": None, "land": Decimal(1)}, True),
        ('">= 100"', {"output": None, "land": Decimal(1)}, None),
    ],
)  # fmt: skip
def test_a_cell_is_a_condition_over_its_column(
    compiled: Compile, change: Change, cell: str, facts: dict[str, Decimal | None], met: bool | None
) -> None:
    own = compiled(change('output: ">= 100"}', f"output: {cell}}}"))
    formula = own.formula("rules/limit/table/rows/0/when/output")
    assert evaluate(formula, facts, own.parameters_on(DAY)) is met


def test_a_scope_knows_items_indicators_attributes_and_parameters(read: Read) -> None:
    pack = read().pack
    assert pack is not None
    scope = scope_for(compose([pack]), "park")
    sources = {name: scope.names[name].source for name in ("output", "output_per_mu", "tier", "p.low_share")}
    assert list(sources.values()) == ["item", "indicator", "attribute", "parameter"]
    assert scope.names["tier"].type == CodeType("tiers")
    land = scope.names["land"].type
    assert isinstance(land, NumberType)
    assert (land.unit.code, land.scale) == ("亩", 4)
    assert set(scope.definitions) == {"output_per_mu"}
    assert "output" not in scope_for(compose([pack]), "enterprise").names


def test_a_register_form_refines_attributes(read: Read, change: Change) -> None:
    register = "{subject: park, frequency: once, source: register, items: {status: {type: code, code_list: tiers}}}"
    text = change("indicators:\n", f"  register: {register}\nindicators:\n")
    pack = read(text).pack
    assert pack is not None
    status = scope_for(compose([pack]), "park").names["status"]
    assert (status.type, status.source) == (CodeType("tiers"), "attribute")


def test_what_a_result_rests_on(compiled: Compile) -> None:
    own = compiled()
    assert own.basis_of("rules/priority/when", DAY) is Basis.STATED
    assert own.basis_of("rules/limit/when", DAY) is Basis.CHOSEN, "low_share is the author's"
    assert own.basis_of("rules/limit", DAY) is Basis.CHOSEN, "so is everything that rests on it"
    assert own.basis_of(own.formula("rules/limit/when"), date(2017, 1, 1)) is Basis.MISSING
    assert ("p.low_share", Basis.CHOSEN) in own.rests_on("rules/limit", DAY)


def test_a_chosen_definition_reaches_what_is_computed_from_it(compiled: Compile, change: Change) -> None:
    own = compiled(change("formula: output / land\n", "formula: output / land\n    basis: chosen\n"))
    assert own.basis_of("rules/priority", DAY) is Basis.CHOSEN
    assert own.basis_of("indicators/output_per_mu", DAY) is Basis.CHOSEN
    rolled = compiled(
        change(
            "{function: growth, of: output}",
            "{function: growth, of: output, where: output_per_mu > p.low_share * p.least_output}",
        )
    )
    assert rolled.basis_of("indicators/output_growth", DAY) is Basis.CHOSEN


def test_parameters_are_those_of_the_day(compiled: Compile) -> None:
    own = compiled()
    assert own.parameters_on(date(2018, 1, 1)) == {"least_output": Decimal(500), "low_share": Decimal("0.5")}
    assert own.parameters_on(date(2017, 12, 31)) == {"least_output": None, "low_share": None}


def test_names_of_a_machine_are_its_results_and_counters(compiled: Compile) -> None:
    own = compiled()
    warn = own.formula("consequences/ladder/transitions/0/when")
    assert evaluate(warn, {"low_years": Decimal(2)}, {}) is True
    assert own.formula("consequences/ladder/counters/0/counts").inputs == {"grade"}


def test_a_value_of_a_row_may_be_a_formula(compiled: Compile, change: Change) -> None:
    own = compiled(change("then: {quota: 50 亩}}", "then: {quota: land * 0.5}}"))
    formula = own.formula("rules/limit/table/rows/0/then/quota")
    assert evaluate(formula, {"land": Decimal(3)}, {}) == Fraction(3, 2)


def test_text_results_need_no_quotes(compiled: Compile, change: Change) -> None:
    text = change("outputs: {quota: 亩}", "outputs: {quota: text}")
    for old in ("50 亩", "20 亩", "10 亩"):
        text = text.replace(f"then: {{quota: {old}}}", "then: {quota: 从严}")
    own = compiled(text)
    assert evaluate(own.formula("rules/limit/table/rows/0/then/quota"), {}, {}) == "从严"


def test_a_ranking_rests_on_its_weights_and_what_follows_on_the_ranking(compiled: Compile, change: Change) -> None:
    own = compiled(change("weight: 60", "weight: 60, weight_basis: chosen"))
    assert own.basis_of("schemes/yearly", DAY) is Basis.CHOSEN
    assert own.basis_of("consequences/ladder", DAY) is Basis.CHOSEN
    assert ("schemes/yearly/total/level/weight", Basis.CHOSEN) in own.rests_on("schemes/yearly", DAY)
    assert own.basis_of("targets/output_2020", DAY) is Basis.STATED
