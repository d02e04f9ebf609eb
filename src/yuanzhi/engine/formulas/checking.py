"""Names resolved, types and units checked, conversions put in: the tree that everything else reads.

A number written without a unit takes the unit of what it is compared with or added to. Values in
different units of one dimension are converted by an exact factor; different dimensions are refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from yuanzhi.engine.formulas.lexing import same_name
from yuanzhi.engine.formulas.nodes import (
    Absolute,
    AddMonths,
    Among,
    And,
    Arithmetic,
    Between,
    Branch,
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
    Span,
    StartsWith,
    Text,
    Truth,
    Variable,
)
from yuanzhi.engine.formulas.typed import (
    Bare,
    Nothing,
    SeenType,
    Typed,
    Unknown,
    as_plain_share,
    converted,
    is_hundred,
    is_share,
    kind_seen,
    said,
    times_hundred,
    unit_of,
)
from yuanzhi.engine.formulas.types import (
    BooleanType,
    CodeType,
    DateType,
    Name,
    NumberType,
    Scope,
    TextType,
    ValueType,
    kind_of,
)
from yuanzhi.engine.formulas.units import is_clear, is_scaled_share, product, quotient
from yuanzhi.engine.formulas.writing import write_node
from yuanzhi.engine.kernel.problems import Problem, listed, nearest
from yuanzhi.engine.kernel.quantities import ONE, Unit

BOOLEAN, DATE, TEXT = BooleanType(), DateType(), TextType()
_NATURAL: dict[Span, tuple[str, ...]] = {
    "years": ("年", "year"),
    "months": ("月", "个月", "month"),
    "days": ("日", "天", "day"),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """The resolved tree with its type, or the problems found."""

    node: Node
    type: ValueType
    problems: tuple[Problem, ...]


def check_node(node: Node, scope: Scope, expects: ValueType | None) -> Checked:
    """Resolve and check a tree; the type is only to be trusted where no problems were found."""
    checker = _Checker(scope)
    found = checker.expected(checker.check(node), expects)
    type_ = found.type
    if isinstance(type_, Bare):
        type_ = NumberType(ONE)
    elif isinstance(type_, Nothing | Unknown):
        type_ = expects or TEXT
    return Checked(found.node, type_, tuple(checker.problems))


def is_known_name(scope: Scope, word: str) -> bool:
    """Whether a word is a code or a label of the scope."""
    return same_name(word) in scope.names or same_name(word) in _labels(scope)


def _labels(scope: Scope) -> dict[str, list[str]]:
    found = scope.memo.get("labels")
    if isinstance(found, dict):
        return found
    known: dict[str, list[str]] = {}
    for code, name in scope.names.items():
        prefix = "p." if code.startswith("p.") else ""
        if name.label.zh:
            known.setdefault(prefix + same_name(name.label.zh), []).append(code)
    scope.memo["labels"] = known
    return known


@dataclass
class _Checker:
    scope: Scope
    problems: list[Problem] = field(default_factory=list)

    def check(self, node: Node) -> Typed:
        """The node resolved, with its type."""
        match node:
            case Number(unit=unit):
                return Typed(node, NumberType(unit) if unit else Bare())
            case Text():
                return Typed(node, TEXT)
            case Truth():
                return Typed(node, BOOLEAN)
            case Day():
                return Typed(node, DATE)
            case Missing():
                return Typed(node, Nothing())
            case Variable(written=written):
                return self._variable(written)
            case Input(name=name) | Parameter(name=name) | Defined(name=name):
                return Typed(node, name.type)
            case Negative() | Absolute() | Rounded():
                operand = self._number(node.operand)
                return Typed(replace(node, operand=operand.node), operand.type)
            case Converted(operand=operand, factor=factor, unit=unit):
                return Typed(Converted(self.check(operand).node, factor, unit), NumberType(unit))
            case Arithmetic():
                return self._arithmetic(node)
            case Compare() | Between() | Among():
                return self._comparison(node)
            case StartsWith():
                return self._starts_with(node)
            case IsMissing(operand=operand):
                found = self.check(operand)
                return Typed(IsMissing(found.node, kind_seen(found.type)), BOOLEAN)
            case And(terms=terms):
                return Typed(And(tuple(map(self._condition, terms))), BOOLEAN)
            case Or(terms=terms):
                return Typed(Or(tuple(map(self._condition, terms))), BOOLEAN)
            case Not(term=term):
                return Typed(Not(self._condition(term)), BOOLEAN)
            case Case():
                return self._case(node)
            case Coalesce() | Extreme():
                options, type_ = self._alike([self.check(option) for option in node.options])
                if isinstance(node, Extreme) and isinstance(type_, BooleanType):
                    self._refuse("formula.type", part=write_node(node), found=said(BOOLEAN), wanted=_WANTED_ORDERED)
                return Typed(replace(node, options=tuple(options), kind=kind_seen(type_)), type_)
            case Elapsed() | AddMonths():
                return self._calendar(node)
            case _:
                assert_never(node)

    # names

    def _variable(self, written: str) -> Typed:
        name = self.scope.names.get(written)
        if name is None:
            codes = _labels(self.scope).get(written, [])
            if len(codes) > 1:
                self._refuse("formula.ambiguous_name", name=written, codes=listed(sorted(codes)))
                return Typed(Variable(written), Unknown())
            name = self.scope.names[codes[0]] if codes else None
        if name is None:
            known = [*self.scope.names, *_labels(self.scope)]
            self._refuse("formula.unknown_name", name=written, nearest=nearest(written, known))
            return Typed(Variable(written), Unknown())
        return Typed(_reference(name), name.type)

    # numbers

    def _number(self, node: Node) -> Typed:
        found = self.check(node)
        if not isinstance(found.type, NumberType | Bare | Unknown):
            self._refuse("formula.type", part=write_node(node), found=said(found.type), wanted=_WANTED_NUMBER)
            return Typed(found.node, Unknown())
        return found

    def _arithmetic(self, node: Arithmetic) -> Typed:
        left, right = self._number(node.left), self._number(node.right)
        if isinstance(left.type, Unknown) or isinstance(right.type, Unknown):
            return Typed(replace(node, left=left.node, right=right.node), Unknown())
        if node.operator in ("+", "-"):
            (one, other), type_ = self._alike([left, right], node)
            return Typed(replace(node, left=one, right=other), type_)
        if node.operator == "/" and is_share(left.type) and is_hundred(right.node):
            self._refuse("formula.percent_by_hand", unit=unit_of(left.type).code)
        left, right = as_plain_share(left), as_plain_share(right)
        made = replace(node, left=left.node, right=right.node)
        if isinstance(left.type, Bare) and isinstance(right.type, Bare):
            return Typed(made, Bare())
        combine = product if node.operator == "*" else quotient
        unit = combine(unit_of(left.type), unit_of(right.type), self.scope.units)
        return as_plain_share(Typed(made, NumberType(unit)))

    def _alike(self, parts: Sequence[Typed], whole: Node | None = None) -> tuple[list[Node], SeenType]:
        """The parts brought to one type; refused where they have none in common."""
        known = [part for part in parts if not isinstance(part.type, Nothing)]
        nodes = [part.node for part in parts]
        if not known:
            return nodes, Nothing()
        if any(isinstance(part.type, Unknown) for part in known):
            return nodes, Unknown()
        first = known[0]
        if isinstance(first.type, NumberType | Bare):
            return self._in_one_unit(parts)
        for other in known[1:]:
            if kind_seen(other.type) != kind_seen(first.type):
                self._differ(first, other)
                return nodes, Unknown()
            if isinstance(first.type, TextType) and isinstance(other.type, CodeType):
                first = other
        return self._codes_alike(parts, first.type)

    def _differ(self, first: Typed, other: Typed) -> None:
        self._refuse(
            "formula.kinds_differ",
            left=write_node(first.node),
            left_type=said(first.type),
            right=write_node(other.node),
            right_type=said(other.type),
        )

    def _in_one_unit(self, parts: Sequence[Typed]) -> tuple[list[Node], SeenType]:
        anchor = next((part for part in parts if isinstance(part.type, NumberType)), None)
        nodes: list[Node] = []
        for part in parts:
            if not isinstance(part.type, NumberType | Bare | Nothing):
                self._differ(anchor or parts[0], part)
                return [each.node for each in parts], Unknown()
            nodes.append(part.node if anchor is None else self._brought(part, anchor))
        if anchor is not None:
            return nodes, NumberType(unit_of(anchor.type))
        naturals = {part.type.natural for part in parts if isinstance(part.type, Bare) and part.type.natural}
        return nodes, Bare(naturals.pop() if len(naturals) == 1 else None)

    def _brought(self, part: Typed, anchor: Typed) -> Node:
        """A part in the unit of the anchor."""
        target = unit_of(anchor.type)
        if isinstance(part.type, Nothing):
            return part.node
        if isinstance(part.type, Bare):
            natural = part.type.natural
            if natural is not None and target.dimension:
                return self._converted(part, natural, anchor)
            if not is_clear(target, self.scope.units):
                self._refuse("formula.number_needs_unit", part=write_node(part.node), unit=target.code)
            return part.node
        return self._converted(part, unit_of(part.type), anchor)

    def _converted(self, part: Typed, unit: Unit, anchor: Typed) -> Node:
        target = unit_of(anchor.type)
        if not unit.same_dimension(target):
            self._refuse(
                "formula.units_differ",
                left=write_node(anchor.node),
                left_unit=target.code,
                right=write_node(part.node),
                right_unit=unit.code,
            )
            return part.node
        return converted(part.node, unit, target)

    # conditions

    def _condition(self, node: Node) -> Node:
        found = self.check(node)
        if not isinstance(found.type, BooleanType | Unknown):
            self._refuse("formula.type", part=write_node(node), found=said(found.type), wanted=_WANTED_CONDITION)
        return found.node

    def _comparison(self, node: Compare | Between | Among) -> Typed:
        match node:
            case Compare(left=left, right=right):
                parts = [self.check(left), self.check(right)]
            case Between(operand=operand, low=low, high=high):
                parts = [self.check(operand), self.check(low), self.check(high)]
            case Among(operand=operand, options=options):
                parts = [self.check(operand), *map(self.check, options)]
            case _:
                assert_never(node)
        nodes, type_ = self._alike(parts)
        kind = kind_seen(type_)
        ordered = isinstance(node, Between) or (isinstance(node, Compare) and node.operator not in ("=", "<>"))
        if ordered and (isinstance(type_, BooleanType) or kind == "text") and not isinstance(type_, Unknown):
            self._refuse("formula.type", part=write_node(node), found=said(type_), wanted=_WANTED_ORDERED)
        match node:
            case Compare():
                return Typed(replace(node, left=nodes[0], right=nodes[1], kind=kind), BOOLEAN)
            case Between():
                return Typed(Between(nodes[0], nodes[1], nodes[2], kind), BOOLEAN)
            case Among():
                return Typed(Among(nodes[0], tuple(nodes[1:]), kind), BOOLEAN)

    def _case(self, node: Case) -> Typed:
        conditions = [self._condition(branch.when) for branch in node.branches]
        values = [self.check(branch.then) for branch in node.branches]
        nodes, type_ = self._alike([*values, self.check(node.otherwise)])
        branches = tuple(Branch(when, then) for when, then in zip(conditions, nodes, strict=False))
        return Typed(Case(branches, nodes[-1], kind_seen(type_)), type_)

    # texts and codes

    def _starts_with(self, node: StartsWith) -> Typed:
        operand = self.check(node.operand)
        if not isinstance(operand.type, CodeType | TextType | Unknown):
            self._refuse("formula.type", part=write_node(node), found=said(operand.type), wanted=_WANTED_TEXT)
        elif isinstance(operand.type, CodeType) and (known := self._codes(operand.type)):
            for prefix in node.prefixes:
                if not any(code.startswith(prefix) for code in known):
                    self._unknown_code(prefix, operand.type.code_list, known)
        return Typed(StartsWith(operand.node, node.prefixes), BOOLEAN)

    def _codes_alike(self, parts: Sequence[Typed], type_: SeenType) -> tuple[list[Node], SeenType]:
        """Codes written in quotes must be of the list; a Chinese name in quotes becomes its code."""
        nodes = [part.node for part in parts]
        if not isinstance(type_, CodeType):
            return nodes, type_
        lists = {part.type.code_list for part in parts if isinstance(part.type, CodeType) and part.type.code_list}
        if len(lists) > 1:
            self._refuse("formula.code_lists_differ", lists=listed(sorted(lists)))
        if known := self._codes(type_):
            nodes = [self._code(node, type_, known) if isinstance(node, Text) else node for node in nodes]
        return nodes, type_

    def _code(self, node: Text, type_: CodeType, known: dict[str, str]) -> Node:
        if node.value in known:
            return Text(node.value, known[node.value])
        named = [code for code, label in known.items() if same_name(label) == same_name(node.value)]
        if len(named) == 1:
            return Text(named[0], known[named[0]])
        self._unknown_code(node.value, type_.code_list, known)
        return node

    def _codes(self, type_: CodeType) -> dict[str, str]:
        return dict(self.scope.code_lists.get(type_.code_list, {}))

    def _unknown_code(self, code: str, code_list: str, known: dict[str, str]) -> None:
        close = nearest(code, [*known, *known.values()])
        self._refuse("formula.unknown_code", given=code, code_list=code_list, nearest=close)

    # dates

    def _calendar(self, node: Elapsed | AddMonths) -> Typed:
        if isinstance(node, Elapsed):
            natural = next(
                (self.scope.units.units[u] for u in _NATURAL[node.span] if u in self.scope.units.units), None
            )
            return Typed(Elapsed(node.span, self._day(node.start), self._day(node.end)), Bare(natural))
        months = self._number(node.months)
        if isinstance(months.type, NumberType) and months.type.unit.dimension:
            anchor = Typed(Text("add_months"), NumberType(self._span_unit("months") or ONE))
            return Typed(AddMonths(self._day(node.day), self._converted(months, months.type.unit, anchor)), DATE)
        return Typed(AddMonths(self._day(node.day), months.node), DATE)

    def _span_unit(self, span: Span) -> Unit | None:
        """The declared unit of years, months or days, if there is one."""
        known = self.scope.units.units
        return next((known[code] for code in _NATURAL[span] if code in known), None)

    def _day(self, node: Node) -> Node:
        found = self.check(node)
        if not isinstance(found.type, DateType | Unknown):
            self._refuse("formula.type", part=write_node(node), found=said(found.type), wanted=_WANTED_DATE)
        return found.node

    # the whole

    def expected(self, found: Typed, expects: ValueType | None) -> Typed:
        """The result as it is asked for: its kind refused if another, its unit converted."""
        if expects is None or isinstance(found.type, Unknown | Nothing):
            return found
        if not isinstance(expects, NumberType):
            return self._expected_other(found, expects)
        if isinstance(found.type, Bare):
            return Typed(found.node, NumberType(expects.unit))
        if not isinstance(found.type, NumberType):
            self._refuse("formula.result_type", found=said(found.type), wanted=said(expects))
            return found
        if not found.type.unit.same_dimension(expects.unit):
            self._refuse("formula.result_unit", found=found.type.unit.code, wanted=expects.unit.code)
            return found
        if is_scaled_share(expects.unit) and not is_scaled_share(found.type.unit) and times_hundred(found.node):
            self._refuse("formula.percent_by_hand", unit=expects.unit.code)
        return Typed(converted(found.node, found.type.unit, expects.unit), NumberType(expects.unit))

    def _expected_other(self, found: Typed, expects: ValueType) -> Typed:
        if kind_seen(found.type) != kind_of(expects):
            self._refuse("formula.result_type", found=said(found.type), wanted=said(expects))
            return found
        if not isinstance(expects, CodeType):
            return found
        (node, _), type_ = self._codes_alike([found, Typed(Missing(), expects)], expects)
        return Typed(node, type_)

    def _refuse(self, code: str, **values: str) -> None:
        self.problems.append(Problem(code, values=values))


_WANTED_NUMBER = "数值 number"
_WANTED_CONDITION = "条件 condition"
_WANTED_ORDERED = "数值或日期 number or date"
_WANTED_TEXT = "代码或文本 code or text"
_WANTED_DATE = "日期 date"


def _reference(name: Name) -> Node:
    return Parameter(name) if name.code.startswith("p.") else Input(name)
