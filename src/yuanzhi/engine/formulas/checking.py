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
from yuanzhi.engine.formulas.types import (
    BooleanType,
    CodeType,
    DateType,
    Kind,
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
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class _Bare:
    """A number without a unit; ``natural`` is what it counts, if it counts a span of time."""

    natural: Unit | None = None


@dataclass(frozen=True, slots=True)
class _Nothing:
    """``null``, which fits every kind."""


@dataclass(frozen=True, slots=True)
class _Unknown:
    """The type of something already refused, so that one slip is reported once."""


_Type = ValueType | _Bare | _Nothing | _Unknown


@dataclass(frozen=True, slots=True)
class _Typed:
    node: Node
    type: _Type


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
    if isinstance(type_, _Bare):
        type_ = NumberType(ONE)
    elif isinstance(type_, _Nothing | _Unknown):
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

    def check(self, node: Node) -> _Typed:
        """The node resolved, with its type."""
        match node:
            case Number(unit=unit):
                return _Typed(node, NumberType(unit) if unit else _Bare())
            case Text():
                return _Typed(node, TEXT)
            case Truth():
                return _Typed(node, BOOLEAN)
            case Day():
                return _Typed(node, DATE)
            case Missing():
                return _Typed(node, _Nothing())
            case Variable(written=written):
                return self._variable(written)
            case Input(name=name) | Parameter(name=name) | Defined(name=name):
                return _Typed(node, name.type)
            case Negative() | Absolute() | Rounded():
                operand = self._number(node.operand)
                return _Typed(replace(node, operand=operand.node), operand.type)
            case Converted(operand=operand, factor=factor, unit=unit):
                return _Typed(Converted(self.check(operand).node, factor, unit), NumberType(unit))
            case Arithmetic():
                return self._arithmetic(node)
            case Compare() | Between() | Among():
                return self._comparison(node)
            case StartsWith():
                return self._starts_with(node)
            case IsMissing(operand=operand):
                found = self.check(operand)
                return _Typed(IsMissing(found.node, self._kind(found)), BOOLEAN)
            case And(terms=terms):
                return _Typed(And(tuple(map(self._condition, terms))), BOOLEAN)
            case Or(terms=terms):
                return _Typed(Or(tuple(map(self._condition, terms))), BOOLEAN)
            case Not(term=term):
                return _Typed(Not(self._condition(term)), BOOLEAN)
            case Case():
                return self._case(node)
            case Coalesce() | Extreme():
                options, type_ = self._alike([self.check(option) for option in node.options])
                if isinstance(node, Extreme) and isinstance(type_, BooleanType):
                    self._refuse("formula.type", part=write_node(node), found=_said(BOOLEAN), wanted=_WANTED_ORDERED)
                return _Typed(replace(node, options=tuple(options), kind=_kind(type_)), type_)
            case Elapsed() | AddMonths():
                return self._calendar(node)
            case _:
                assert_never(node)

    # names

    def _variable(self, written: str) -> _Typed:
        name = self.scope.names.get(written)
        if name is None:
            codes = _labels(self.scope).get(written, [])
            if len(codes) > 1:
                self._refuse("formula.ambiguous_name", name=written, codes=listed(sorted(codes)))
                return _Typed(Variable(written), _Unknown())
            name = self.scope.names[codes[0]] if codes else None
        if name is None:
            known = [*self.scope.names, *_labels(self.scope)]
            self._refuse("formula.unknown_name", name=written, nearest=nearest(written, known))
            return _Typed(Variable(written), _Unknown())
        return _Typed(_reference(name), name.type)

    # numbers

    def _number(self, node: Node) -> _Typed:
        found = self.check(node)
        if not isinstance(found.type, NumberType | _Bare | _Unknown):
            self._refuse("formula.type", part=write_node(node), found=_said(found.type), wanted=_WANTED_NUMBER)
            return _Typed(found.node, _Unknown())
        return found

    def _arithmetic(self, node: Arithmetic) -> _Typed:
        left, right = self._number(node.left), self._number(node.right)
        if isinstance(left.type, _Unknown) or isinstance(right.type, _Unknown):
            return _Typed(replace(node, left=left.node, right=right.node), _Unknown())
        if node.operator in ("+", "-"):
            (one, other), type_ = self._alike([left, right], node)
            return _Typed(replace(node, left=one, right=other), type_)
        if node.operator == "/" and _is_share(left.type) and _is_hundred(right.node):
            self._refuse("formula.percent_by_hand", unit=_unit(left.type).code)
        left, right = _as_plain_share(left), _as_plain_share(right)
        made = replace(node, left=left.node, right=right.node)
        if isinstance(left.type, _Bare) and isinstance(right.type, _Bare):
            return _Typed(made, _Bare())
        combine = product if node.operator == "*" else quotient
        unit = combine(_unit(left.type), _unit(right.type), self.scope.units)
        return _as_plain_share(_Typed(made, NumberType(unit)))

    def _alike(self, parts: Sequence[_Typed], whole: Node | None = None) -> tuple[list[Node], _Type]:
        """The parts brought to one type; refused where they have none in common."""
        known = [part for part in parts if not isinstance(part.type, _Nothing)]
        nodes = [part.node for part in parts]
        if not known:
            return nodes, _Nothing()
        if any(isinstance(part.type, _Unknown) for part in known):
            return nodes, _Unknown()
        first = known[0]
        if isinstance(first.type, NumberType | _Bare):
            return self._in_one_unit(parts)
        for other in known[1:]:
            if _kind(other.type) != _kind(first.type):
                self._differ(first, other)
                return nodes, _Unknown()
            if isinstance(first.type, TextType) and isinstance(other.type, CodeType):
                first = other
        return self._codes_alike(parts, first.type)

    def _differ(self, first: _Typed, other: _Typed) -> None:
        self._refuse(
            "formula.kinds_differ",
            left=write_node(first.node),
            left_type=_said(first.type),
            right=write_node(other.node),
            right_type=_said(other.type),
        )

    def _in_one_unit(self, parts: Sequence[_Typed]) -> tuple[list[Node], _Type]:
        anchor = next((part for part in parts if isinstance(part.type, NumberType)), None)
        nodes: list[Node] = []
        for part in parts:
            if not isinstance(part.type, NumberType | _Bare | _Nothing):
                self._differ(anchor or parts[0], part)
                return [each.node for each in parts], _Unknown()
            nodes.append(part.node if anchor is None else self._brought(part, anchor))
        if anchor is not None:
            return nodes, NumberType(_unit(anchor.type))
        naturals = {part.type.natural for part in parts if isinstance(part.type, _Bare) and part.type.natural}
        return nodes, _Bare(naturals.pop() if len(naturals) == 1 else None)

    def _brought(self, part: _Typed, anchor: _Typed) -> Node:
        """A part in the unit of the anchor."""
        target = _unit(anchor.type)
        if isinstance(part.type, _Nothing):
            return part.node
        if isinstance(part.type, _Bare):
            natural = part.type.natural
            if natural is not None and target.dimension:
                return self._converted(part, natural, anchor)
            if not is_clear(target, self.scope.units):
                self._refuse("formula.number_needs_unit", part=write_node(part.node), unit=target.code)
            return part.node
        return self._converted(part, _unit(part.type), anchor)

    def _converted(self, part: _Typed, unit: Unit, anchor: _Typed) -> Node:
        target = _unit(anchor.type)
        if not unit.same_dimension(target):
            self._refuse(
                "formula.units_differ",
                left=write_node(anchor.node),
                left_unit=target.code,
                right=write_node(part.node),
                right_unit=unit.code,
            )
            return part.node
        return _convert(part.node, unit, target)

    # conditions

    def _condition(self, node: Node) -> Node:
        found = self.check(node)
        if not isinstance(found.type, BooleanType | _Unknown):
            self._refuse("formula.type", part=write_node(node), found=_said(found.type), wanted=_WANTED_CONDITION)
        return found.node

    def _comparison(self, node: Compare | Between | Among) -> _Typed:
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
        kind = _kind(type_)
        ordered = isinstance(node, Between) or (isinstance(node, Compare) and node.operator not in ("=", "<>"))
        if ordered and (isinstance(type_, BooleanType) or kind == "text") and not isinstance(type_, _Unknown):
            self._refuse("formula.type", part=write_node(node), found=_said(type_), wanted=_WANTED_ORDERED)
        match node:
            case Compare():
                return _Typed(replace(node, left=nodes[0], right=nodes[1], kind=kind), BOOLEAN)
            case Between():
                return _Typed(Between(nodes[0], nodes[1], nodes[2], kind), BOOLEAN)
            case Among():
                return _Typed(Among(nodes[0], tuple(nodes[1:]), kind), BOOLEAN)

    def _case(self, node: Case) -> _Typed:
        conditions = [self._condition(branch.when) for branch in node.branches]
        values = [self.check(branch.then) for branch in node.branches]
        nodes, type_ = self._alike([*values, self.check(node.otherwise)])
        branches = tuple(Branch(when, then) for when, then in zip(conditions, nodes, strict=False))
        return _Typed(Case(branches, nodes[-1], _kind(type_)), type_)

    # texts and codes

    def _starts_with(self, node: StartsWith) -> _Typed:
        operand = self.check(node.operand)
        if not isinstance(operand.type, CodeType | TextType | _Unknown):
            self._refuse("formula.type", part=write_node(node), found=_said(operand.type), wanted=_WANTED_TEXT)
        elif isinstance(operand.type, CodeType) and (known := self._codes(operand.type)):
            for prefix in node.prefixes:
                if not any(code.startswith(prefix) for code in known):
                    self._unknown_code(prefix, operand.type.code_list, known)
        return _Typed(StartsWith(operand.node, node.prefixes), BOOLEAN)

    def _codes_alike(self, parts: Sequence[_Typed], type_: _Type) -> tuple[list[Node], _Type]:
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

    def _calendar(self, node: Elapsed | AddMonths) -> _Typed:
        if isinstance(node, Elapsed):
            natural = next(
                (self.scope.units.units[u] for u in _NATURAL[node.span] if u in self.scope.units.units), None
            )
            return _Typed(Elapsed(node.span, self._day(node.start), self._day(node.end)), _Bare(natural))
        months = self._number(node.months)
        if isinstance(months.type, NumberType) and months.type.unit.dimension:
            anchor = _Typed(Text("add_months"), NumberType(self._span_unit("months") or ONE))
            return _Typed(AddMonths(self._day(node.day), self._converted(months, months.type.unit, anchor)), DATE)
        return _Typed(AddMonths(self._day(node.day), months.node), DATE)

    def _span_unit(self, span: Span) -> Unit | None:
        """The declared unit of years, months or days, if there is one."""
        known = self.scope.units.units
        return next((known[code] for code in _NATURAL[span] if code in known), None)

    def _day(self, node: Node) -> Node:
        found = self.check(node)
        if not isinstance(found.type, DateType | _Unknown):
            self._refuse("formula.type", part=write_node(node), found=_said(found.type), wanted=_WANTED_DATE)
        return found.node

    # the whole

    def expected(self, found: _Typed, expects: ValueType | None) -> _Typed:
        """The result as it is asked for: its kind refused if another, its unit converted."""
        if expects is None or isinstance(found.type, _Unknown | _Nothing):
            return found
        if not isinstance(expects, NumberType):
            return self._expected_other(found, expects)
        if isinstance(found.type, _Bare):
            return _Typed(found.node, NumberType(expects.unit))
        if not isinstance(found.type, NumberType):
            self._refuse("formula.result_type", found=_said(found.type), wanted=_said(expects))
            return found
        if not found.type.unit.same_dimension(expects.unit):
            self._refuse("formula.result_unit", found=found.type.unit.code, wanted=expects.unit.code)
            return found
        if is_scaled_share(expects.unit) and not is_scaled_share(found.type.unit) and _times_hundred(found.node):
            self._refuse("formula.percent_by_hand", unit=expects.unit.code)
        return _Typed(_convert(found.node, found.type.unit, expects.unit), NumberType(expects.unit))

    def _expected_other(self, found: _Typed, expects: ValueType) -> _Typed:
        if _kind(found.type) != kind_of(expects):
            self._refuse("formula.result_type", found=_said(found.type), wanted=_said(expects))
            return found
        if not isinstance(expects, CodeType):
            return found
        (node, _), type_ = self._codes_alike([found, _Typed(Missing(), expects)], expects)
        return _Typed(node, type_)

    def _kind(self, found: _Typed) -> Kind:
        return _kind(found.type)

    def _refuse(self, code: str, **values: str) -> None:
        self.problems.append(Problem(code, values=values))


_WANTED_NUMBER = "数值 number"
_WANTED_CONDITION = "条件 condition"
_WANTED_ORDERED = "数值或日期 number or date"
_WANTED_TEXT = "代码或文本 code or text"
_WANTED_DATE = "日期 date"


def _reference(name: Name) -> Node:
    return Parameter(name) if name.code.startswith("p.") else Input(name)


def _unit(type_: _Type) -> Unit:
    return type_.unit if isinstance(type_, NumberType) else ONE


def _is_share(type_: _Type) -> bool:
    return isinstance(type_, NumberType) and is_scaled_share(type_.unit)


def _is_hundred(node: Node) -> bool:
    return isinstance(node, Number) and node.unit is None and node.value == _PERCENT


def _times_hundred(node: Node) -> bool:
    """Whether the value is multiplied by a bare hundred on the way out."""
    match node:
        case Rounded(operand=one) | Absolute(operand=one) | Negative(operand=one) | Converted(operand=one):
            return _times_hundred(one)
        case Arithmetic(operator="*", left=left, right=right):
            return _is_hundred(left) or _is_hundred(right) or _times_hundred(left) or _times_hundred(right)
        case Arithmetic(operator="/", left=left):
            return _times_hundred(left)
    return False


def _as_plain_share(part: _Typed) -> _Typed:
    """A share on another scale, such as per cent or 亩/公顷, as a plain one; anything else unchanged."""
    if not isinstance(part.type, NumberType) or not is_scaled_share(part.type.unit):
        return part
    return _Typed(_convert(part.node, part.type.unit, ONE), NumberType(ONE))


def _convert(node: Node, unit: Unit, target: Unit) -> Node:
    factor = unit.conversion_to(target)
    return node if factor == 1 else Converted(node, factor, target)


def _kind(type_: _Type) -> Kind:
    match type_:
        case _Bare():
            return "number"
        case _Nothing() | _Unknown():
            return "text"
        case _:
            return kind_of(type_)


def _said(type_: _Type) -> str:
    match type_:
        case NumberType(unit=unit):
            return f"数值 number [{unit.code}]"
        case _Bare():
            return "数值 number"
        case BooleanType():
            return "是否 true/false"
        case CodeType(code_list=code_list):
            return f"代码 code [{code_list}]"
        case DateType():
            return "日期 date"
        case TextType():
            return "文本 text"
        case _Nothing():
            return "null"
        case _Unknown():
            return "?"
