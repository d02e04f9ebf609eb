"""Formulas in readable Chinese and English, with labels, units and the words of each language."""

from __future__ import annotations

from typing import assert_never

from yuanzhi.engine.formulas.compiling import Formula
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
from yuanzhi.engine.formulas.writing import NOT, OR, PRODUCT, SUM, binding
from yuanzhi.engine.kernel.labels import Language

_SIGNS = {"=": "＝", "<>": "≠", "<": "＜", "<=": "≤", ">": "＞", ">=": "≥", "+": "＋", "-": "－", "*": "×", "/": "÷"}
_SIGNS_EN = {"=": "=", "<>": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥", "+": "+", "-": "−", "*": "×", "/": "÷"}
_WORDS: dict[str, tuple[str, str]] = {
    "and": (" 且 ", " and "),
    "or": (" 或 ", " or "),
    "not": ("非（{0}）", "not ({0})"),
    "missing": ("{0}缺失", "{0} is missing"),
    "present": ("{0}已有", "{0} is known"),
    "null": ("无从得出", "not to be had"),
    "true": ("是", "yes"),
    "false": ("否", "no"),
    "between": ("{0}介于 {1} 至 {2}（含）", "{0} from {1} to {2}"),
    "in": ("{0}属于 {1}", "{0} is one of {1}"),
    "not_in": ("{0}不属于 {1}", "{0} is none of {1}"),
    "starts_with": ("{0}以 {1} 开头", "{0} starts with {1}"),
    "is_so": ("{0}", "{0}"),
    "coalesce": ("首个已有值（{0}）", "the first known of ({0})"),
    "least": ("取小（{0}）", "the least of ({0})"),
    "greatest": ("取大（{0}）", "the greatest of ({0})"),
    "abs": ("绝对值（{0}）", "absolute value of ({0})"),
    "half_up": ("四舍五入（{0}，{1} 位）", "({0}) rounded half up to {1} places"),
    "half_even": ("四舍六入五成双（{0}，{1} 位）", "({0}) rounded half to even to {1} places"),
    "floor": ("向下取整（{0}，{1} 位）", "({0}) rounded down to {1} places"),
    "ceil": ("向上取整（{0}，{1} 位）", "({0}) rounded up to {1} places"),
    "when": ("若{0}，则为 {1}", "{1} if {0}"),
    "else": ("否则为 {0}", "otherwise {0}"),
    "years": ("{0} 至 {1} 的足年数", "whole years from {0} to {1}"),
    "months": ("{0} 至 {1} 的足月数", "whole months from {0} to {1}"),
    "days": ("{0} 至 {1} 的天数", "days from {0} to {1}"),
    "add_months": ("{0} 之后 {1} 个月", "{1} months after {0}"),
    "list": ("、", ", "),
    "branches": ("；", "; "),
    "parentheses": ("（{0}）", "({0})"),
    "quoted": ("“{0}”", "“{0}”"),
}


def print_formula(formula: Formula, language: Language = "zh") -> str:
    """The formula as a person reads it; an inlined indicator by its name."""
    return print_node(formula.node, language)


def print_node(node: Node, language: Language) -> str:
    """One node as a person reads it."""
    return _Printer(language).text(node)


class _Printer:
    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def text(self, node: Node) -> str:
        match node:
            case Number(written=written) | Variable(written=written):
                return written
            case Text(value=value, label=label):
                return self._say("quoted", label if label and self.language == "zh" else value)
            case Truth(value=value):
                return self._say("true" if value else "false")
            case Day(value=value):
                return value.isoformat()
            case Missing():
                return self._say("null")
            case Input(name=name) | Parameter(name=name) | Defined(name=name):
                return name.label.text(self.language) or name.code
            case Converted(operand=operand):
                return self.text(operand)
            case Negative(operand=operand):
                return self._sign("-") + self._tight(operand, PRODUCT + 1)
            case Arithmetic(operator=operator, left=left, right=right):
                own = binding(node)
                return f"{self._tight(left, own)} {self._sign(operator)} {self._tight(right, own + 1)}"
            case Absolute(operand=operand):
                return self._say("abs", self.text(operand))
            case Rounded(mode=mode, operand=operand, places=places):
                return self._say(mode, self.text(operand), str(places))
            case Compare(operator=operator, left=left, right=right):
                return f"{self._tight(left, SUM)} {self._sign(operator)} {self._tight(right, SUM)}"
            case Between(operand=operand, low=low, high=high):
                return self._say("between", *(self._tight(each, SUM) for each in (operand, low, high)))
            case Among(operand=operand, options=options):
                return self._say("in", self._tight(operand, SUM), self._listed(options))
            case StartsWith(operand=operand, prefixes=prefixes):
                return self._say("starts_with", self.text(operand), self._listed(tuple(map(Text, prefixes))))
            case IsMissing(operand=operand):
                return self._say("missing", self._tight(operand, SUM))
            case And(terms=terms):
                return self._say("and").join(self._tight(term, NOT) for term in terms)
            case Or(terms=terms):
                return self._say("or").join(self._tight(term, OR + 1) for term in terms)
            case Not(term=term):
                return self._negated(term)
            case Case(branches=branches, otherwise=otherwise):
                parts = [self._say("when", self.text(b.when), self.text(b.then)) for b in branches]
                whole = self._say("branches").join([*parts, self._say("else", self.text(otherwise))])
                return self._say("parentheses", whole)
            case Coalesce(options=options):
                return self._say("coalesce", self._listed(options))
            case Extreme(function=function, options=options):
                return self._say(function, self._listed(options))
            case Elapsed(span=span, start=start, end=end):
                return self._say(span, self.text(start), self.text(end))
            case AddMonths(day=day, months=months):
                return self._say("add_months", self.text(day), self.text(months))
            case _:
                assert_never(node)

    def _negated(self, term: Node) -> str:
        match term:
            case IsMissing(operand=operand):
                return self._say("present", self._tight(operand, SUM))
            case Among(operand=operand, options=options):
                return self._say("not_in", self._tight(operand, SUM), self._listed(options))
        return self._say("not", self.text(term))

    def _say(self, word: str, *parts: str) -> str:
        return _WORDS[word][self.language == "en"].format(*parts)

    def _sign(self, sign: str) -> str:
        return (_SIGNS_EN if self.language == "en" else _SIGNS)[sign]

    def _tight(self, node: Node, needed: int) -> str:
        text = self.text(node)
        return text if binding(node) >= needed else self._say("parentheses", text)

    def _listed(self, nodes: tuple[Node, ...]) -> str:
        return self._say("list").join(self.text(node) for node in nodes)
