"""Formulas as people read them."""

from __future__ import annotations

import random

import pytest
from formula_grammar import Grammar
from formula_world import SCOPE, formula

from yuanzhi.engine.formulas import compile_formula, print_formula

PRINTED = [
    ("tax_per_mu >= 15.5 万元/亩", "亩均税收 ≥ 15.5 万元/亩", "tax per mu ≥ 15.5 万元/亩"),
    ("(tax + 1) * 2 / land", "（税收 ＋ 1） × 2 ÷ 用地面积", "(tax + 1) × 2 ÷ land"),
    ("not (above_scale and tax < 1)", "非（规上企业 且 税收 ＜ 1）", "not (above scale and tax < 1)"),
    ("p.strict and (tax < 1 or p.strict)", "从严 且 （税收 ＜ 1 或 从严）", "strict and (tax < 1 or strict)"),
    ("tax is not null", "税收已有", "tax is known"),
    ("tax is null", "税收缺失", "tax is missing"),
    ("tier not in ('national')", "级别不属于 “国家级”", "tier is none of “national”"),
    ("tax between 1 and 2", "税收介于 1 至 2（含）", "tax from 1 to 2"),
    ("round(tax / land, 2)", "四舍五入（税收 ÷ 用地面积，2 位）", "(tax ÷ land) rounded half up to 2 places"),
    ("case when p.strict then 1 else 2 end", "（若从严，则为 1；否则为 2）", "(1 if strict; otherwise 2)"),
    ("least(tax, 30%*value_added)", "取小（税收、30% × 增加值）", "the least of (tax, 30% × value added)"),
    ("days_between(founded, built) > 3", "设立日期 至 竣工日期 的天数 ＞ 3", "days from founded to built > 3"),
    ("-(tax - 1)", "－（税收 － 1）", "−(tax − 1)"),
    ("starts_with(industry, '13', '26')", "行业以 “13”、“26” 开头", "industry starts with “13”, “26”"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "zh", "en"), PRINTED, ids=[text for text, *_ in PRINTED])
def test_a_formula_reads_in_both_languages(text: str, zh: str, en: str) -> None:
    assert print_formula(formula(text), "zh") == zh
    assert print_formula(formula(text), "en") == en


def test_whatever_compiles_can_be_printed() -> None:
    grammar = Grammar(random.Random(9))
    for _ in range(150):
        found = compile_formula(grammar.condition(3), SCOPE).formula
        if found:
            assert print_formula(found, "zh")
            assert print_formula(found, "en") != print_formula(found, "zh")
