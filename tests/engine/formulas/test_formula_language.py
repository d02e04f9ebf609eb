"""What the language takes, what it refuses and with which words, and that it writes what it reads."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from formula_grammar import Grammar
from formula_world import PARAMETERS, SCOPE, UNITS, formula, number, refusals

from yuanzhi.engine.formulas import (
    BooleanType,
    CodeType,
    DateType,
    NumberType,
    Scope,
    TextType,
    compile_formula,
    evaluate,
)
from yuanzhi.engine.formulas.nodes import walk
from yuanzhi.engine.formulas.writing import write_node
from yuanzhi.engine.kernel.problems import Place

FACTS = {
    "value_added": Decimal(1200),
    "tax": Decimal("90.5"),
    "land": Decimal(6),
    "land_ha": Decimal("0.4"),
    "energy": Decimal("12.345"),
    "staff": Decimal(40),
    "rnd_share": Decimal("2.5"),
    "industry": "131",
    "tier": "national",
    "remark": "630100",
    "above_scale": True,
    "founded": date(2015, 3, 31),
    "built": date(2018, 2, 28),
}

VALUES = [
    ("value_added + tax * 2", Fraction(1381)),
    ("value_added - tax - 1", Fraction("1108.5")),
    ("-tax + 100", Fraction("9.5")),
    ("- (tax - 100)", Fraction("9.5")),
    ("value_added / land", Fraction(200)),
    ("value_added / (land - 6)", None),
    ("land / 4 / 3 * 2", Fraction(1)),
    ("tax >= 45% * 200 万元", True),
    ("增加值 ÷ 用地面积 ≥ 200", True),
    ("增加值／用地面积 ＞ 200", False),
    ("value_added ≠ 1200", False),
    ("value_added != 1200", False),
    ("tax between 90.5 and 91", True),
    ("tax not between 90.5 and 91", False),
    ("tax in (1, 90.5)", True),
    ("industry in ('13', '131')", True),
    ("industry not in ('13', '26')", True),
    ("industry = '谷物磨制'", True),
    ("starts_with(industry, '13')", True),
    ("starts_with(industry, '26', '131')", True),
    ("tier = 'national' and not above_scale", False),
    ("above_scale = false or p.strict", True),
    ("not tier = 'national'", False),
    ("small is null", True),
    ("small is not null", False),
    ("small > 3", None),
    ("small > 3 or above_scale", True),
    ("small > 3 and not above_scale", False),
    ("case when above_scale then 1 else 2 end", Fraction(1)),
    ("case when small > 3 then 1 else 2 end", None),
    ("case when tier = 'provincial' then 1 else null end", None),
    ("coalesce(small, 7)", Fraction(7)),
    ("least(tax, value_added)", Fraction("90.5")),
    ("greatest(tax, value_added, 5000)", Fraction(5000)),
    ("greatest(small, 5000)", None),
    ("abs(tax - 100)", Fraction("9.5")),
    ("round(value_added / 7, 2)", Fraction("171.43")),
    ("floor(value_added / 7)", Fraction(171)),
    ("ceil(value_added / 7, 1)", Fraction("171.5")),
    ("round(value_added, -3)", Fraction(1000)),
    ("round_even(2.5, 0)", Fraction(2)),
    ("years_between(founded, date '2018-03-31')", Fraction(3)),
    ("years_between(founded, date '2018-03-30')", Fraction(2)),
    ("months_between(founded, built)", Fraction(35)),
    ("days_between(built, founded)", Fraction(-1065)),
    ("add_months(founded, 11) = date '2016-02-29'", True),
    ("founded < p.since", True),
    ("remark = p.home", True),
    ("rnd_share >= 2.5%", True),
    ("value_added >= 12000000 元", True),
    ("land_ha * 15 / land", Fraction(15)),
    ("tax_per_mu >= p.threshold", False),
    ("公顷税收 >= 226.25 万元/公顷", True),
]


@pytest.mark.parametrize(("text", "expected"), VALUES, ids=[text for text, _ in VALUES])
def test_a_formula_means_what_it_says(text: str, expected: object) -> None:
    assert evaluate(formula(text), FACTS, PARAMETERS) == expected


REFUSALS = [
    ("", ["formula.empty"]),
    ("   ", ["formula.empty"]),
    ("tax +", ["formula.unreadable", "“tax +”"]),
    ("(tax", ["formula.unreadable"]),
    ("tax tax", ["formula.not_in_language", "Alias"]),
    ("tax >= 1 and （land > 2） 亩", ["formula.not_in_language", "Alias"]),
    ("tax, land", ["formula.unreadable"]),
    ("(tax, land) = 1", ["formula.not_in_language", "Tuple"]),
    ("abs(*)", ["formula.not_in_language", "Star"]),
    ("taxx > 1", ["formula.unknown_name", "“taxx”", "tax"]),
    ("增加直 > 1", ["formula.unknown_name", "增加值"]),
    ("p.treshold > 1", ["formula.unknown_name", "p.threshold"]),
    ("facts.tax > 1", ["formula.qualified", "facts"]),
    ("p.a.b > 1", ["formula.qualified"]),
    ("roundd(tax, 2)", ["formula.unknown_function", "round"]),
    ("log(tax)", ["formula.unknown_function"]),
    ("sum(tax)", ["formula.unknown_function"]),
    ("round(tax)", ["formula.arguments", "takes 2", "1 arguments"]),
    ("abs(tax, land)", ["formula.arguments"]),
    ("round(tax, land)", ["formula.places", "up to 12"]),
    ("round(tax, 13)", ["formula.places"]),
    ("round(tax, 1.5)", ["formula.places"]),
    ("starts_with(industry, tier)", ["formula.prefix"]),
    ("starts_with(tax, '1')", ["formula.type", "code or text"]),
    ("starts_with(industry, '9')", ["formula.unknown_code", "“9”"]),
    ("tax = null", ["formula.compared_with_null", "is null"]),
    ("tax in (1, null)", ["formula.compared_with_null"]),
    ("coalesce(tax, null)", ["formula.compared_with_null"]),
    ("above_scale is true", ["formula.is_only_null"]),
    ("tax in ()", ["formula.empty_list"]),
    ("tax in (, 1)", ["formula.unreadable"]),
    ("tax in (1, )", ["formula.unreadable"]),
    ("coalesce(tax,, land)", ["formula.unreadable"]),
    ("tax > + 1", ["formula.unreadable"]),
    ("tax (land) > 1", ["formula.unknown_function"]),
    ("tax > 1 (land)", ["formula.unreadable"]),
    ("case when above_scale then 1 end", ["formula.case_without_else", "else null"]),
    ("case tier when 'national' then 1 else 0 end", ["formula.not_in_language", "Case"]),
    ("case when tax then 1 else 0 end", ["formula.type", "condition"]),
    ("tax and above_scale", ["formula.type", "“tax”", "万元"]),
    ("not tax", ["formula.type"]),
    ("above_scale + 1", ["formula.type", "“above_scale”"]),
    ("above_scale > false", ["formula.type"]),
    ("tier > 'a'", ["formula.type", "number or date"]),
    ("least(above_scale, p.strict)", ["formula.type"]),
    ("tier = 1", ["formula.kinds_differ", "“tier”", "“1”"]),
    ("founded > '2018-01-01'", ["formula.kinds_differ"]),
    ("case when above_scale then 1 else 'x' end", ["formula.kinds_differ"]),
    ("value_added >= land", ["formula.units_differ", "万元", "亩", "dimensions differ"]),
    ("value_added + 3 亩", ["formula.units_differ"]),
    ("value_added / land >= 500 万元", ["formula.units_differ", "万元/亩"]),
    ("case when above_scale then tax else land end", ["formula.units_differ"]),
    ("small >= 3 月", ["formula.units_differ"]),
    ("years_between(founded, built) >= 3 亩", ["formula.units_differ"]),
    ("add_months(founded, tax) > built", ["formula.units_differ"]),
    ("land * tax_per_ha >= 100", ["formula.number_needs_unit", "“100”"]),
    ("rnd_share / 100 > 2%", ["formula.percent_by_hand", "%"]),
    ("tax > 5 万圆", ["unit.unknown", "万圆", "万元"]),
    ("tier = 'nationl'", ["formula.unknown_code", "tiers", "national"]),
    ("tier = industry", ["formula.code_lists_differ", "industries", "tiers"]),
    ("founded > date '2018-02-30'", ["formula.date_form", "2018-02-30"]),
    ("founded > date '2018-1-1'", ["formula.date_form"]),
    ("industry = 013", ["formula.number_form", "013"]),
    ("tax > 1234567890123456789012345", ["formula.number_form"]),
    ("tax % 2 = 0", ["formula.percent_alone"]),
    ("tax > %5", ["formula.percent_alone"]),
    ("tier = 'national", ["formula.open_quote"]),
    ("tier = 'nat''l'", ["formula.forbidden"]),
    ("tier = 'a\\b'", ["formula.forbidden"]),
    ('tier = "national"', ["formula.forbidden"]),
    ("tax > 1; tax", ["formula.forbidden", "“;”"]),
    ("tax > 1 -- note", ["formula.forbidden", "“--”"]),
    ("tax /* note */ > 1", ["formula.forbidden", "“/*”"]),
    ("tax // 2 > 1", ["formula.forbidden"]),
    ("tax ** 2 > 1", ["formula.forbidden"]),
    ("tax::int > 1", ["formula.forbidden", "“:”"]),
    ("tax[1] > 1", ["formula.forbidden"]),
    ("(select tax) > 1", ["formula.not_in_language"]),
    ("exists (tax)", ["formula.unknown_function"]),
    ("tax > 5²", ["unit.unknown"]),
    ("tax > ½", ["formula.unknown_name"]),
    ("(" * 25 + "tax" + ")" * 25, ["formula.too_deep"]),
    ("not " * 150 + "above_scale", ["formula.too_deep"]),
    (" + ".join(["tax"] * 200), ["formula.too_deep"]),
    (" + ".join(["tax"] * 2000), ["formula.too_large"]),
    ("output * output * output > 1", ["formula.too_wide", "output: 27 (12)", "round"]),
]


@pytest.mark.parametrize(("text", "fragments"), REFUSALS, ids=[text[:40] or "empty" for text, _ in REFUSALS])
def test_a_refusal_names_what_is_wrong(text: str, fragments: list[str]) -> None:
    found = refusals(text)
    assert any(all(fragment in one for fragment in fragments) for one in found), found


def test_every_slip_is_reported_once_and_at_once() -> None:
    assert [one.split("]")[0] for one in refusals("taxx > 1 and value_added > land and tier = 'x'", SCOPE)] == [
        "error[formula.unknown_name",
        "error[formula.units_differ",
        "error[formula.unknown_code",
    ]


def test_a_problem_stands_where_the_formula_stands() -> None:
    place = Place("pack.yaml", 12, 5, "rules/x/when")
    problems = compile_formula("taxx > 1", SCOPE, place=place).problems
    assert [problem.place for problem in problems] == [place]
    assert problems[0].text("zh").startswith("pack.yaml:12:5, rules/x/when: 错误")


EXPECTED = [
    ("tax", BooleanType(), "formula.result_type"),
    ("above_scale", NumberType(), "formula.result_type"),
    ("tax", NumberType(UNITS.unit("亩")), "formula.result_unit"),
    ("land / land_ha * 100", NumberType(UNITS.unit("%")), "formula.percent_by_hand"),
    ("round(100 * land / land_ha, 2)", NumberType(UNITS.unit("%")), "formula.percent_by_hand"),
    ("'x'", CodeType("tiers"), "formula.unknown_code"),
    ("tier", CodeType("industries"), "formula.code_lists_differ"),
    ("tier", DateType(), "formula.result_type"),
]


@pytest.mark.parametrize(("text", "expects", "code"), EXPECTED, ids=[f"{e[0]} as {e[2]}" for e in EXPECTED])
def test_a_result_must_be_what_is_declared(text: str, expects: object, code: str) -> None:
    assert any(code in one for one in refusals(text, expects=expects))


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("tax / land", "万元/公顷", Fraction("90.5") / 6 * 15),
        ("tax / land", "元/亩", Fraction("90.5") / 6 * 10_000),
        ("tax / value_added", "%", Fraction("90.5") / 1200 * 100),
        ("rnd_share", "1", Fraction("0.025")),
        ("12.5", "万元/公顷", Fraction("12.5")),
        ("2 * 500", "亩", Fraction(1000)),
        ("land / land_ha", "1", Fraction(1)),
        ("value_added * 45%", "万元", Fraction(540)),
        ("value_added * rnd_share", "万元", Fraction(30)),
    ],
)
def test_a_result_comes_in_the_declared_unit(text: str, unit: str, value: Fraction) -> None:
    compiled = formula(text, expects=NumberType(UNITS.unit(unit)))
    assert isinstance(compiled.type, NumberType)
    assert compiled.type.unit.code == unit
    assert evaluate(compiled, FACTS, PARAMETERS) == value


def test_a_code_may_be_asked_for_by_its_name() -> None:
    assert formula("'国家级'", expects=CodeType("tiers")).canonical == "'national'"
    assert formula("remark", expects=TextType()).type == TextType()


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("增加值÷用地面积≥500万元/亩", "value_added / land >= 500 万元/亩"),
        ("small ＞= １５ ％", "small >= 15%"),
        ("tax<>1   AND\n NOT  above_scale", "tax <> 1 and not above_scale"),
        ("tax != 1", "tax <> 1"),
        ("(tax + 1) * 2", "(tax + 1) * 2"),
        ("tax - (1 - 2)", "tax - (1 - 2)"),
        ("p.税收门槛 > 1", "p.threshold > 1"),
        ("tax / land > 500 万元 / land", "tax / land > 500 万元 / land"),
        ("value_added / land > 500 万元 / 亩", "value_added / land > 500 万元/亩"),
        ("round(tax,-2)", "round(tax, -2)"),
        ("tier in ('国家级')", "tier in ('national')"),
    ],
)
def test_one_form_is_written_for_all_spellings(text: str, canonical: str) -> None:
    assert formula(text).canonical == canonical


def test_full_width_signs_in_quotes_stay_as_they_are() -> None:
    found = formula("remark = '甲（集团）：ＡＢ'")
    assert evaluate(found, {"remark": "甲（集团）：ＡＢ"}, {}) is True
    assert evaluate(found, {"remark": "甲(集团):AB"}, {}) is False


def test_a_word_that_is_name_and_unit_belongs_to_the_unit_only_when_joined() -> None:
    scope = Scope({**SCOPE.names, "亩": number("亩", "亩", "亩数")}, UNITS)
    assert formula("tax > 3 万元 / 亩 * land", scope).inputs == {"tax", "亩", "land"}
    assert formula("tax > 3 万元/亩 * land", scope).inputs == {"tax", "land"}
    assert formula("tax > 3 万元 / 亩 * land").inputs == {"tax", "land"}


def test_a_label_shared_by_two_names_is_no_name() -> None:
    scope = Scope({"a": number("a", "亩", "面积"), "b": number("b", "亩", "面积")}, UNITS)
    assert "a, b" in refusals("面积 > 1", scope)[0]
    assert formula("a > b", scope).inputs == {"a", "b"}


def test_inputs_are_facts_and_mentions_are_words() -> None:
    found = formula("tax_per_ha >= p.threshold and 规上企业")
    assert found.mentions == {"tax_per_ha", "above_scale"}
    assert found.inputs == {"tax", "land", "above_scale"}
    assert found.parameters == {"threshold"}


def test_an_inlined_indicator_keeps_its_declared_unit() -> None:
    facts = {"tax": Decimal(1), "land": Decimal(3)}
    assert evaluate(formula("tax_per_ha"), facts, {}) == 5
    assert evaluate(formula("tax_per_mu"), facts, {}) == Fraction(1, 3)
    assert evaluate(formula("tax_per_mu = tax_per_ha"), facts, {}) is True


def test_indicators_defined_by_one_another_are_refused_with_the_circle() -> None:
    scope = Scope(SCOPE.names, UNITS, {"tax_per_mu": "tax_per_ha / 15", "tax_per_ha": "tax_per_mu * 15"})
    assert "tax_per_ha → tax_per_mu → tax_per_ha" in refusals("tax_per_ha > 1", scope)[0]
    assert "circle" in refusals("tax_per_mu > 1", scope)[0]


def test_a_broken_definition_is_named_where_it_is_used() -> None:
    scope = Scope(SCOPE.names, UNITS, {"tax_per_mu": "tax / lend"})
    assert "“tax_per_mu”" in refusals("tax_per_mu > 1", scope)[0]
    assert "formula.unknown_name" in refusals("tax_per_mu > 1", scope)[0]


def test_definitions_that_double_at_every_step_are_refused_not_expanded() -> None:
    names = {f"x{n}": number(f"x{n}", "亩", "") for n in range(40)}
    scope = Scope(names, UNITS, {f"x{n}": f"x{n - 1} + x{n - 1}" for n in range(1, 40)})
    assert any("too_large" in one or "broken_definition" in one for one in refusals("x39 > 1", scope))


@pytest.mark.parametrize("seed", range(6))
def test_what_is_written_is_read_again(seed: int) -> None:
    grammar = Grammar(random.Random(seed))
    for _ in range(60):
        text = grammar.condition(3)
        one = compile_formula(text, SCOPE)
        if one.formula:
            other = formula(one.formula.canonical)
            assert other.node == one.formula.node
            assert other.canonical == one.formula.canonical


def test_every_node_can_be_written() -> None:
    grammar = Grammar(random.Random(5))
    compiled = [compile_formula(grammar.condition(3), SCOPE).formula for _ in range(300)]
    seen = {type(node).__name__ for found in compiled if found for node in walk(found.node) if write_node(node)}
    assert len(seen) >= 22
