"""Names that point to nothing, with the nearest one that exists, and names used for two things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from yuanzhi.engine.kernel.problems import Problem, nearest
from yuanzhi.engine.pack.checks.report import finding, note, warning
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.composing import Composition
from yuanzhi.engine.pack.frameworks import walk_framework
from yuanzhi.engine.pack.lower_subjects import lower_subject, subject_kinds
from yuanzhi.engine.pack.model import RuleScope
from yuanzhi.engine.pack.scopes import ATTRIBUTES, RESULTS, Scopes
from yuanzhi.engine.pack.walking import citations


@dataclass(frozen=True, slots=True)
class Reference:
    """A name at a trail and the names it may be."""

    trail: str
    name: str
    kind: str
    known: Iterable[str]


def check_clauses_exist(compiled: CompiledPack) -> Iterator[Problem]:
    """Every clause cited is a clause of the citing pack, or of the one named with ``#``."""
    composition = compiled.composition
    broken = {
        f"{pack.code}#{entry[8:]}" for pack in composition.packs for entry in pack.broken if entry[:8] == "clauses/"
    }
    for citation in citations(composition):
        if citation.key in composition.clauses or citation.key in broken:
            continue
        pack = citation.key.partition("#")[0]
        own = [key.partition("#")[2] for key in composition.clauses if key.startswith(f"{pack}#")]
        values = {"clause": citation.clause, "pack": pack, "nearest": nearest(citation.clause, own) or "—"}
        yield finding(composition, "clause.unknown", f"{citation.trail}/clause", **values)


def check_references(compiled: CompiledPack) -> Iterator[Problem]:
    """Every name of a set, indicator, scheme, park, region or code list exists."""
    composition = compiled.composition
    for reference in _References(composition, compiled.scopes).all():
        known = frozenset(reference.known)
        if reference.name and reference.name not in known:
            values = {"name": reference.name, "kind": reference.kind, "nearest": nearest(reference.name, known) or "—"}
            yield finding(composition, "name.unknown", reference.trail, **values)


class _References:
    """Gathers what points where, section by section."""

    def __init__(self, composition: Composition, scopes: Scopes) -> None:
        self.composition, self.scopes = composition, scopes
        self.broken = composition.broken("indicators")
        self.hidden = bool(composition.broken("forms"))

    def all(self) -> Iterator[Reference]:
        yield from self._registers()
        yield from self._forms()
        yield from self._indicators()
        yield from self._targets()
        yield from self._rules()
        yield from self._schemes()
        yield from self._machines()

    def _to(self, section: str, trail: str, name: str) -> Reference:
        return Reference(trail, name, section, self.composition.known(section))

    def _names(self, trail: str, name: str, subject: str, kind: str = "indicators, items") -> Reference:
        """An item, indicator or attribute; a form that could not be read hides its items, so all pass then."""
        known = (*self.scopes.of(subject).names, *self.broken)
        return Reference(trail, name, kind, (name,) if self.hidden else known)

    def _codes(self, trail: str, name: str, list_: str) -> Reference:
        """A code of a list, where the list is declared; else nothing is known and nothing refused."""
        declared = self.composition.codes.get(list_)
        return Reference(trail, name, list_, declared.items if declared else (name))

    def _list_of(self, attribute: str) -> str:
        return self.scopes.attribute_list("park", attribute)

    def _registers(self) -> Iterator[Reference]:
        for code, park in self.composition.parks.items():
            yield self._to("parks", f"parks/{code}/parent", park.parent)
            yield self._codes(f"parks/{code}/region", park.region, self._list_of("territory"))
            yield self._codes(f"parks/{code}/kind", park.kind, self._list_of("kind"))
            yield self._codes(f"parks/{code}/tier", park.tier, self._list_of("tier"))
        for code, own in self.composition.sets.items():
            for number, member in enumerate(own.members):
                trail = f"sets/{code}/members/{number}"
                if own.subject == "park":
                    yield self._to("parks", trail, member)
                elif own.subject == "territory":
                    yield self._codes(trail, member, self._list_of("territory"))

    def _forms(self) -> Iterator[Reference]:
        for code, form in self.composition.forms.items():
            for name, item in form.items.items():
                yield self._to("codes", f"forms/{code}/items/{name}/code_list", item.code_list)

    def _indicators(self) -> Iterator[Reference]:
        for code, own in self.composition.indicators.items():
            trail = f"indicators/{code}"
            yield self._to("sets", f"{trail}/scope", own.scope)
            if own.aggregate:
                lower = lower_subject(self.composition, own)
                yield self._to("sets", f"{trail}/aggregate/base_set", own.aggregate.base_set)
                groups = (*self.composition.known("sets"), *self.scopes.of(own.subject).names)
                yield Reference(f"{trail}/aggregate/peers", own.aggregate.peers, "sets, attributes", groups)
                yield self._names(f"{trail}/aggregate/by", own.aggregate.by, lower or own.subject, "attributes, items")

    def _targets(self) -> Iterator[Reference]:
        regions = self.composition.codes.get(self._list_of("territory"))
        subjects = (*self.composition.known("parks"), *(regions.items if regions else ()))
        for code, own in self.composition.targets.items():
            trail = f"targets/{code}"
            yield self._to("indicators", f"{trail}/indicator", own.indicator)
            yield self._to("sets", f"{trail}/scope", own.scope)
            yield Reference(f"{trail}/subject", own.subject, "parks, regions", subjects)
            children = (*self.composition.known("targets"), *subjects)
            for number, (child, _) in enumerate(own.children):
                yield Reference(f"{trail}/children/{number}", child, "targets, parks, regions", children)

    def _rules(self) -> Iterator[Reference]:
        for code, rule in self.composition.rules.items():
            yield from self._scope(f"rules/{code}/scope", rule.scope)

    def _scope(self, trail: str, scope: RuleScope) -> Iterator[Reference]:
        for number, name in enumerate(scope.territories):
            yield self._codes(f"{trail}/territories/{number}", name, self._list_of("territory"))
        for number, name in enumerate(scope.tiers):
            yield self._codes(f"{trail}/tiers/{number}", name, self._list_of("tier"))
        for number, name in enumerate(scope.kinds):
            yield self._codes(f"{trail}/kinds/{number}", name, self._list_of("kind"))
        for number, name in enumerate(scope.parks):
            yield self._to("parks", f"{trail}/parks/{number}", name)

    def _schemes(self) -> Iterator[Reference]:
        for code, scheme in self.composition.schemes.items():
            trail, subject = f"schemes/{code}", scheme.subject
            yield self._to("sets", f"{trail}/population", scheme.population)
            yield self._names(f"{trail}/groups", scheme.groups, subject, "attributes, items")
            for placed in walk_framework(scheme):
                yield self._names(f"{placed.trail}/indicator", placed.node.indicator, subject)
                yield self._names(f"{placed.trail}/denominator", placed.node.denominator, subject)
            bands = [band.grade for band in scheme.grades.bands] if scheme.grades else []
            for number, veto in enumerate(scheme.vetoes):
                yield Reference(f"{trail}/vetoes/{number}/grade", veto.grade, "grades", bands)
            if scheme.grades:
                ordered = (*self.scopes.scheme(code).names, *(placed.node.code for placed in walk_framework(scheme)))
                for number, (name, _) in enumerate(scheme.grades.tie_order):
                    yield Reference(f"{trail}/grades/tie_order/{number}", name, "nodes, indicators", ordered)

    def _machines(self) -> Iterator[Reference]:
        for code, machine in self.composition.consequences.items():
            yield self._to("schemes", f"consequences/{code}/scheme", machine.scheme)
            yield from self._scope(f"consequences/{code}/scope", machine.scope)


def check_aggregates_read_something(compiled: CompiledPack) -> Iterator[Problem]:
    """What an aggregate rolls up can be told, and only a count goes without a name."""
    composition = compiled.composition
    known = {item for form in composition.forms.values() for item in form.items} | composition.known("indicators")
    known |= composition.known("forms") | subject_kinds(composition)
    for code, own in composition.indicators.items():
        trail = f"indicators/{code}"
        if bool(own.formula) == bool(own.aggregate):
            yield finding(composition, "indicator.one_way", trail, indicator=code)
        elif own.aggregate and not lower_subject(composition, own):
            of = own.aggregate.of
            values = {"indicator": code, "of": of or "—", "nearest": nearest(of, known) or "—"}
            yield finding(composition, "indicator.rolls_up_nothing", f"{trail}/aggregate/of", **values)


def check_names_mean_one_thing(compiled: CompiledPack) -> Iterator[Problem]:
    """An item has one type and unit in all forms of a subject, and no indicator takes its name."""
    composition, scopes = compiled.composition, compiled.scopes
    first: dict[tuple[str, str], tuple[str, object]] = {}
    for code, form in composition.forms.items():
        for name, item in form.items.items():
            trail, type_ = f"forms/{code}/items/{name}", scopes.item_type(item)
            where, other = first.setdefault((form.subject, name), (trail, type_))
            if other != type_:
                yield finding(composition, "name.two_types", trail, name=name, first=where)
            if name in RESULTS or name == "grade":
                yield warning(composition, "name.reserved", trail, name=name)
            elif name in ATTRIBUTES and form.source != "register":
                yield warning(composition, "name.attribute", trail, name=name)
    for code, own in composition.indicators.items():
        taken = first.get((own.subject, code))
        if taken:
            yield finding(composition, "name.taken", f"indicators/{code}", name=code, first=taken[0])


def check_parameters_are_used(compiled: CompiledPack) -> Iterator[Problem]:
    """A parameter no formula reads is noted; it may be a misspelt one."""
    composition = compiled.composition
    used = {name for formula in compiled.formulas.values() for name in formula.parameters}
    texts = [site.text for trail, site in compiled.sites.items() if trail not in compiled.formulas]
    for code, own in composition.parameters.items():
        if own.figure or code in used:
            continue
        if not any(f"p.{code}" in text for text in texts):
            yield note(composition, "parameter.unused", f"parameters/{code}", parameter=code)
