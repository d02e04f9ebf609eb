"""The examples of the formula page compile, and what it calls refused is refused."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from source import ROOT

from yuanzhi.engine.formulas import (
    BooleanType,
    CodeType,
    DateType,
    Name,
    NumberType,
    Scope,
    compile_formula,
)
from yuanzhi.engine.formulas.lexing import FUNCTIONS
from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.quantities import Unit, UnitSystem

PAGE = (ROOT / "docs" / "reference" / "formula-language.md").read_text(encoding="utf-8")
MONEY, AREA, PERSON = (("money", 1),), (("area", 1),), (("person", 1),)
UNITS = UnitSystem.of(
    [
        Unit("万元", MONEY, Fraction(10_000)),
        Unit("亿元", MONEY, Fraction(10**8)),
        Unit("亩", AREA, Fraction(2000, 3)),
        Unit("人", PERSON),
        Unit("%", (), Fraction(1, 100)),
        Unit("‰", (), Fraction(1, 1000)),
    ]
)
MONEY_TYPE = NumberType(UNITS.unit("万元"), 2)
NAMES = {
    "revenue": (MONEY_TYPE, "营业收入", "item"),
    "exports": (MONEY_TYPE, "出口额", "item"),
    "rnd_expenditure": (MONEY_TYPE, "研发经费支出", "item"),
    "land_area": (NumberType(UNITS.unit("亩"), 2), "用地面积", "item"),
    "employees": (NumberType(UNITS.unit("人"), 0), "从业人员", "item"),
    "is_closed": (BooleanType(), "已关闭", "item"),
    "kind": (CodeType("park_kinds"), "类型", "attribute"),
    "industry": (CodeType("industries"), "行业", "attribute"),
    "established": (DateType(), "成立日期", "attribute"),
    "p.least_productivity": (NumberType(UNITS.unit("万元/人"), 2), "最低劳动生产率", "parameter"),
}
SCOPE = Scope(
    {code: Name(code, kind, Label(zh), source) for code, (kind, zh, source) in NAMES.items()},  # type: ignore[arg-type]
    UNITS,
    code_lists={
        "park_kinds": {"hidz": "高新区", "etdz": "经开区"},
        "industries": {"2613": "无机盐制造", "2740": "中成药生产"},
    },
)


def block(name: str) -> list[str]:
    found = re.search(rf"```{name}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found.group(1).strip().splitlines()


@pytest.mark.parametrize("text", block("formula"))
def test_an_example_compiles(text: str) -> None:
    compiled = compile_formula(text, SCOPE)
    assert compiled.formula, [problem.text("en") for problem in compiled.problems]


@pytest.mark.parametrize("text", block("formula refused"))
def test_a_refused_example_is_refused_with_a_reason(text: str) -> None:
    compiled = compile_formula(text, SCOPE)
    assert compiled.formula is None
    assert [problem.text("zh") and problem.text("en") for problem in compiled.problems]


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_is_on_the_page(name: str) -> None:
    assert f"`{name}(" in PAGE
