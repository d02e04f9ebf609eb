"""Every formula of a composition compiled once, and what each rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from yuanzhi.engine.formulas import Formula, compile_formula
from yuanzhi.engine.formulas.types import BooleanType, CodeType, DateType, NumberType, Scope, TextType, ValueType
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.problems import Problem
from yuanzhi.engine.pack.cells import cell_condition, operand_text, read_cell
from yuanzhi.engine.pack.composing import Composition
from yuanzhi.engine.pack.frameworks import walk_framework
from yuanzhi.engine.pack.model import DecisionTable, Rule, Scalar
from yuanzhi.engine.pack.scopes import INDICATOR_SCALE, Scopes
from yuanzhi.engine.pack.sites import CONDITION, Site, formula_sites

_WORST = (Basis.STATED, Basis.CHOSEN, Basis.MISSING)


@dataclass(frozen=True)
class CompiledPack:
    """A composition with its formulas, keyed by trail such as ``rules/x/exceptions/0/when``."""

    composition: Composition
    formulas: Mapping[str, Formula]
    problems: tuple[Problem, ...] = ()
    sites: Mapping[str, Site] = field(default_factory=dict, compare=False, repr=False)
    _memo: dict[tuple[str, date], frozenset[tuple[str, Basis]]] = field(default_factory=dict, compare=False, repr=False)
    _values: dict[date, Mapping[str, Scalar]] = field(default_factory=dict, compare=False, repr=False)

    def formula(self, trail: str) -> Formula:
        """The formula at a trail.

        Raises:
            KeyError: None stands there, or it did not compile.
        """
        return self.formulas[trail]

    def parameters_on(self, day: date) -> Mapping[str, Scalar]:
        """The value of every parameter on a day; ``None`` before its first date and where it is missing."""
        if day not in self._values:
            dated = {code: own.on(day) for code, own in self.composition.parameters.items()}
            self._values[day] = {code: found.value if found else None for code, found in dated.items()}
        return self._values[day]

    def basis_of(self, what: str | Formula, day: date) -> Basis:
        """Whether a result rests on stated values only, on a chosen one, or on one that is missing.

        Args:
            what: A formula, its trail, or the trail of anything above it, such as ``rules/x``.
            day: The day whose parameters count.
        """
        found = [basis for _, basis in self.rests_on(what, day)]
        return max(found, key=_WORST.index, default=Basis.STATED)

    def rests_on(self, what: str | Formula, day: date) -> tuple[tuple[str, Basis], ...]:
        """Everything with a basis that a result rests on: parameters (``p.x``), indicators, the thing itself."""
        if isinstance(what, str):
            return tuple(sorted(self._under(what, day)))
        return tuple(sorted(self._named(what, day, frozenset())))

    def _under(self, trail: str, day: date) -> frozenset[tuple[str, Basis]]:
        key = (trail, day)
        if key not in self._memo:
            prefix = f"{trail}/"
            formulas = [f for own, f in self.formulas.items() if own == trail or own.startswith(prefix)]
            own_basis = self._own_basis(trail)
            named = (self._named(formula, day, frozenset()) for formula in formulas)
            self._memo[key] = frozenset(own_basis).union(*named, self._built_on(trail, day))
        return self._memo[key]

    def _built_on(self, trail: str, day: date) -> frozenset[tuple[str, Basis]]:
        """What a whole target, scheme or machine rests on besides formulas: indicators, weights, grades, a scheme."""
        section, _, code = trail.partition("/")
        found: set[tuple[str, Basis]] = set()
        if section == "targets" and code in self.composition.targets:
            found |= self._indicator(self.composition.targets[code].indicator, day, frozenset())
        elif section == "schemes" and code in self.composition.schemes:
            scheme = self.composition.schemes[code]
            for placed in walk_framework(scheme):
                if placed.node.weight is not None or placed.node.weights:
                    found.add((f"{trail}/{placed.path}/weight", placed.node.weight_basis))
                found |= self._indicator(placed.node.indicator, day, frozenset())
            if scheme.grades:
                found.add((f"{trail}/grades", scheme.grades.basis))
        elif section == "consequences" and code in self.composition.consequences:
            machine = self.composition.consequences[code]
            if machine.scheme:
                found |= self._under(f"schemes/{machine.scheme}", day)
        return frozenset(found)

    def _own_basis(self, trail: str) -> Iterator[tuple[str, Basis]]:
        declared = self.composition.declared(trail)
        if isinstance(declared, Rule) and not declared.stated:
            yield f"rules/{declared.code}", Basis.CHOSEN
        basis = getattr(declared, "basis", None)
        if declared is not None and isinstance(basis, Basis):
            yield "/".join(trail.split("/")[:2]), basis

    def _named(self, formula: Formula, day: date, seen: frozenset[str]) -> frozenset[tuple[str, Basis]]:
        found: set[tuple[str, Basis]] = set()
        for code in formula.parameters:
            parameter = self.composition.parameters.get(code)
            value = parameter.on(day) if parameter else None
            found.add((f"p.{code}", Basis.MISSING if value is None or value.value is None else value.basis))
        for code in (formula.mentions | formula.inputs) - seen:
            found |= self._indicator(code, day, seen)
        return frozenset(found)

    def _indicator(self, code: str, day: date, seen: frozenset[str]) -> frozenset[tuple[str, Basis]]:
        if code in seen or code not in self.composition.indicators:
            return frozenset()
        indicator = self.composition.indicators[code]
        found = {(code, indicator.basis)}
        for part in ("formula", "aggregate/where"):
            formula = self.formulas.get(f"indicators/{code}/{part}")
            if formula is not None:
                found |= self._named(formula, day, seen | {code})
        if indicator.aggregate:
            found |= self._indicator(indicator.aggregate.of, day, seen | {code})
        return frozenset(found)

    @cached_property
    def scopes(self) -> Scopes:
        """The scopes formulas of this pack are compiled against."""
        return Scopes(self.composition)


def compile_pack(composition: Composition) -> CompiledPack:
    """Compile every formula of a composition once.

    Formulas that do not compile are left out and reported; the rest is usable for looking around,
    but a run asks first that there is no error.
    """
    return _Compiler(composition).compiled()


class _Compiler:
    def __init__(self, composition: Composition) -> None:
        self.composition = composition
        self.scopes = Scopes(composition)
        self.formulas: dict[str, Formula] = {}
        self.sites: dict[str, Site] = {}
        self.problems: list[Problem] = []
        self.broken = frozenset(name for pack in composition.packs for name in pack.broken)

    def compiled(self) -> CompiledPack:
        for site in formula_sites(self.composition, self.scopes):
            self._compile(site)
        for code, rule in self.composition.rules.items():
            if rule.table:
                self._table(f"rules/{code}/table", rule.table, self.scopes.of(rule.subject))
        return CompiledPack(self.composition, self.formulas, tuple(self.problems), self.sites)

    def _compile(self, site: Site) -> None:
        place = self.composition.place(site.written or site.trail)
        made = compile_formula(site.text, site.scope, expects=site.expects, place=place)
        self.problems += [problem for problem in made.problems if not self._follows_from_broken(problem)]
        self.sites[site.trail] = site
        if made.formula is not None:
            self.formulas[site.trail] = made.formula

    def _follows_from_broken(self, problem: Problem) -> bool:
        """A name that is unknown only because its entry could not be read was reported there."""
        if problem.code not in ("formula.unknown_name", "formula.broken_definition"):
            return False
        name = problem.values.get("name", "").removeprefix("p.")
        hidden = any(entry.startswith("forms/") for entry in self.broken)
        return hidden or f"indicators/{name}" in self.broken or f"parameters/{name}" in self.broken

    def _table(self, trail: str, table: DecisionTable, scope: Scope) -> None:
        """The cells of a table, each as a condition over its column's formula or as an output."""
        for number, row in enumerate(table.rows):
            for column, cell in row.when.items():
                source = self.formulas.get(f"{trail}/inputs/{column}")
                if source is None:
                    continue
                text = cell_condition(table.inputs[column], read_cell(cell), source.type)
                if text:
                    self._compile(Site(f"{trail}/rows/{number}/when/{column}", text, scope, CONDITION))
            for column, cell in row.then.items():
                type_ = self.output_type(table.outputs.get(column, ""))
                quotes = isinstance(type_, CodeType | TextType)
                text = operand_text(cell, type_) if quotes and type_ else cell
                self._compile(Site(f"{trail}/rows/{number}/then/{column}", text, scope, type_))

    def output_type(self, text: str) -> ValueType | None:
        return output_type(text, self.scopes)


def output_type(text: str, scopes: Scopes) -> ValueType | None:
    """The type of a result column: ``text``, ``boolean``, ``date``, ``code:list``, or a unit; empty is open."""
    text = text.strip()
    if text.startswith("code:"):
        return CodeType(text.removeprefix("code:"))
    match text:
        case "":
            return None
        case "text" | "code":
            return TextType()
        case "boolean":
            return BooleanType()
        case "date":
            return DateType()
        case "number":
            return None
    return NumberType(scopes.unit(text), INDICATOR_SCALE)
