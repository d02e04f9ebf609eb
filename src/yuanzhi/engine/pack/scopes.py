"""The names a formula may use, by the kind of subject and the place where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import assert_never

from yuanzhi.engine.formulas.types import (
    BooleanType,
    CodeType,
    DateType,
    Name,
    NumberType,
    Scope,
    TextType,
    ValueType,
)
from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.quantities import ONE, Unit
from yuanzhi.engine.pack.composing import Composition
from yuanzhi.engine.pack.frameworks import walk_framework
from yuanzhi.engine.pack.model import Item, Parameter

INDICATOR_SCALE = 12
"""Places to which a computed indicator is stored."""
_TEXT, _FLAG, _DAY = TextType(), BooleanType(), DateType()

ATTRIBUTES: Mapping[str, tuple[Label, str]] = {
    "name": (Label("名称", "name"), "text"),
    "kind": (Label("类别", "kind"), "code"),
    "tier": (Label("层级", "tier"), "code"),
    "territory": (Label("所在地区", "territory"), "code"),
    "parent": (Label("上级", "parent"), "text"),
    "park": (Label("所在园区", "park"), "text"),
    "industry": (Label("所属行业", "industry"), "code"),
    "status": (Label("状态", "status"), "code"),
    "established": (Label("设立日期", "established"), "date"),
    "area_ha": (Label("面积（公顷）", "area"), "area"),
    "above_scale": (Label("规模以上", "above designated size"), "flag"),
}
"""What the register keeps of every subject; packs may declare more in a form with ``source: register``."""
_LISTS = {"territory": "regions", "industry": "industries"}
_HECTARE = "公顷"

RESULTS: Mapping[str, tuple[Label, int]] = {
    "score": (Label("得分", "score"), INDICATOR_SCALE),
    "rank": (Label("名次", "rank"), 0),
    "rank_from_bottom": (Label("倒数名次", "rank from the bottom"), 0),
    "group_size": (Label("组内对象数", "size of the group"), 0),
}


class Scopes:
    """Makes the scopes of one composition, each once."""

    def __init__(self, composition: Composition) -> None:
        self.composition = composition
        self._made: dict[tuple[str, str], Scope] = {}

    def of(self, subject: str) -> Scope:
        """Items, indicators and attributes of a kind of subject, and every parameter."""
        key = ("", subject)
        if key not in self._made:
            names = self._attributes(subject) | self._register_items(subject)
            names |= self._items(subject) | self._indicators(subject) | self._parameters
            self._made[key] = self._scope(names, self._definitions(subject))
        return self._made[key]

    def scheme(self, code: str) -> Scope:
        """What the conditions and points of a scheme may use: the subject's names, results, nodes."""
        scheme = self.composition.schemes[code]
        nodes = {placed.node.code: _result(placed.node.code, placed.node.label) for placed in walk_framework(scheme)}
        return self._extended(("scheme", code), scheme.subject, {**nodes, **_results(code)}, keep=nodes)

    def leaf(self, scheme: str, indicator: str) -> Scope:
        """What a node's own formula of normalisation may use: also ``value``, ``base`` and ``target``."""
        declared = self.composition.schemes[scheme]
        unit = self._unit_of_indicator(indicator)
        type_ = NumberType(unit, INDICATOR_SCALE)
        own = {
            "value": Name("value", type_, Label("指标值", "value"), "result"),
            "base": Name("base", type_, Label("基准值", "base"), "result"),
            "target": Name("target", type_, Label("目标值", "target"), "result"),
        }
        return self._extended((f"leaf {scheme}", indicator), declared.subject, own)

    def machine(self, code: str, *, counting: bool = False) -> Scope:
        """What a machine's conditions may use; a counter's own condition sees no counters."""
        machine = self.composition.consequences[code]
        names = _results(machine.scheme)
        if not counting:
            for counter in machine.counters:
                names[counter.code] = Name(counter.code, NumberType(ONE, 0), counter.label, "counter")
        return self._extended(("counting" if counting else "machine", code), machine.subject, names)

    @cached_property
    def targets(self) -> Scope:
        """What one target implied by others may use: the other targets, each in its own unit, and parameters."""
        targets = {
            code: Name(code, NumberType(self.unit(own.unit), INDICATOR_SCALE), own.label, "result")
            for code, own in self.composition.targets.items()
        }
        return self._scope({**targets, **self._parameters}, {})

    def _extended(
        self, key: tuple[str, str], subject: str, names: Mapping[str, Name], keep: Mapping[str, Name] | None = None
    ) -> Scope:
        """A subject's scope with further names; those in ``keep`` give way to the subject's own."""
        if key not in self._made:
            base = self.of(subject)
            added = {code: name for code, name in names.items() if not (keep and code in keep and code in base.names)}
            definitions = {code: text for code, text in base.definitions.items() if code not in added}
            self._made[key] = self._scope({**base.names, **added}, definitions)
        return self._made[key]

    def _scope(self, names: Mapping[str, Name], definitions: Mapping[str, str]) -> Scope:
        return Scope(names, self.composition.unit_system, definitions, self.code_lists)

    @cached_property
    def code_lists(self) -> Mapping[str, Mapping[str, str]]:
        """The codes of every list with their Chinese names; the grades of a scheme are a list too."""
        lists = {
            code: {item: own.label.zh for item, own in declared.items.items()}
            for code, declared in self.composition.codes.items()
        }
        for code, scheme in self.composition.schemes.items():
            if scheme.grades:
                lists[grades_list(code)] = {band.grade: band.label.zh or band.grade for band in scheme.grades.bands}
        return lists

    @cached_property
    def _parameters(self) -> dict[str, Name]:
        return {
            f"p.{code}": Name(f"p.{code}", self._parameter_type(own), own.label, "parameter")
            for code, own in self.composition.parameters.items()
        }

    def _parameter_type(self, parameter: Parameter) -> ValueType:
        scalars = [value.value for value in parameter.values] + list(parameter.options)
        given = next((scalar for scalar in scalars if scalar is not None), None)
        match given:
            case bool():
                return _FLAG
            case str():
                return _TEXT
            case date():
                return _DAY
            case None | Decimal():
                scale = max([_places(scalar) for scalar in scalars if isinstance(scalar, Decimal)], default=0)
                return NumberType(self.unit(parameter.unit), scale)
        assert_never(given)

    def _attributes(self, subject: str) -> dict[str, Name]:
        return {
            code: Name(code, self._attribute_type(subject, code, kind), label, "attribute")
            for code, (label, kind) in ATTRIBUTES.items()
        }

    def _attribute_type(self, subject: str, code: str, kind: str) -> ValueType:
        match kind:
            case "date":
                return _DAY
            case "flag":
                return _FLAG
            case "area":
                return NumberType(self.unit(_HECTARE), 4)
            case "code":
                known = self.attribute_list(subject, code)
                return CodeType(known) if known else _TEXT
        return _TEXT

    def attribute_list(self, subject: str, attribute: str) -> str:
        """The code list of a register attribute, empty where no pack declares one.

        An item of a ``source: register`` form goes first; else the list is found by its name, such as
        ``park_kinds``, ``tiers``, ``regions`` or ``industries``.
        """
        for form in self.composition.forms.values():
            if form.source == "register" and form.subject == subject and attribute in form.items:
                return form.items[attribute].code_list
        candidates = (f"{subject}_{attribute}s", f"{subject}_{attribute}", f"{attribute}s", _LISTS.get(attribute, ""))
        return next((name for name in candidates if name in self.composition.codes), "")

    def _register_items(self, subject: str) -> dict[str, Name]:
        return self._form_items(subject, register=True)

    def _items(self, subject: str) -> dict[str, Name]:
        return self._form_items(subject, register=False)

    def _form_items(self, subject: str, *, register: bool) -> dict[str, Name]:
        return {
            code: Name(code, self.item_type(item), item.label, "attribute" if register else "item")
            for form in self.composition.forms.values()
            if form.subject == subject and (form.source == "register") is register
            for code, item in form.items.items()
        }

    def _indicators(self, subject: str) -> dict[str, Name]:
        return {
            code: Name(code, NumberType(self.unit(own.unit), INDICATOR_SCALE), own.label, "indicator")
            for code, own in self.composition.indicators.items()
            if own.subject == subject
        }

    def _definitions(self, subject: str) -> dict[str, str]:
        return {
            code: own.formula
            for code, own in self.composition.indicators.items()
            if own.subject == subject and own.formula
        }

    def item_type(self, item: Item) -> ValueType:
        """The type of a form's item."""
        match item.type:
            case "number":
                return NumberType(self.unit(item.unit), item.scale)
            case "code":
                return CodeType(item.code_list)
            case "boolean":
                return _FLAG
            case "date":
                return _DAY
            case "text":
                return _TEXT
        assert_never(item.type)

    def unit(self, text: str) -> Unit:
        """A unit as written; an unknown one counts as one here and is reported by the checks."""
        try:
            return self.composition.unit_system.unit(text)
        except KeyError:
            return ONE

    def _unit_of_indicator(self, code: str) -> Unit:
        declared = self.composition.indicators.get(code)
        if declared:
            return self.unit(declared.unit)
        for form in self.composition.forms.values():
            if code in form.items:
                return self.unit(form.items[code].unit)
        return ONE


def grades_list(scheme: str) -> str:
    """The name of the code list that holds a scheme's grades."""
    return f"grades of {scheme}"


def _results(scheme: str) -> dict[str, Name]:
    names = {code: _result(code, label, scale) for code, (label, scale) in RESULTS.items()}
    type_ = CodeType(grades_list(scheme)) if scheme else _TEXT
    return {**names, "grade": Name("grade", type_, Label("档次", "grade"), "result")}


def _result(code: str, label: Label, scale: int = INDICATOR_SCALE) -> Name:
    return Name(code, NumberType(ONE, scale), label, "result")


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def scope_for(composition: Composition, subject: str) -> Scope:
    """Items of all forms, indicators and attributes of a kind of subject, and all parameters."""
    return Scopes(composition).of(subject)
