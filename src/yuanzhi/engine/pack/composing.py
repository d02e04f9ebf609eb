"""Packs composed: base packs first, parameters overridden by name, contradictions reported.

Nothing is resolved silently. A later pack may give a parameter another value if it extends the
pack that has it and says ``overrides``; anything else declared twice is a problem with both places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.periods import Validity
from yuanzhi.engine.kernel.problems import Place, Problem, nearest
from yuanzhi.engine.kernel.quantities import Unit, UnitSystem
from yuanzhi.engine.pack.consequence_model import ConsequenceMachine
from yuanzhi.engine.pack.model import (
    Allocation,
    Calendar,
    Clause,
    CodeList,
    DatedValue,
    Declaration,
    Declared,
    Example,
    Figure,
    Form,
    Indicator,
    NamedPark,
    Parameter,
    ParkSet,
    Rule,
    Target,
    UnitDeclaration,
)
from yuanzhi.engine.pack.scheme_model import Scheme
from yuanzhi.engine.pack.whole import Pack

BY_PACK = frozenset({"clauses", "figures", "examples"})
"""Sections whose codes belong to their document, so that two packs may use the same ones."""


@dataclass(frozen=True)
class Blank:
    """Something the texts leave open: a parameter without a value, a part of a scheme not published."""

    trail: str
    label: Label
    citation: str
    place: Place


@dataclass(frozen=True, kw_only=True)
class Composition:
    """Packs in force together, as one set of declarations.

    Clauses, figures and examples are keyed ``pack#code``; everything else by its code.
    """

    packs: tuple[Pack, ...]
    problems: tuple[Problem, ...] = ()
    clauses: Mapping[str, Clause] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    units: Mapping[str, UnitDeclaration] = field(default_factory=dict)
    codes: Mapping[str, CodeList] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    parks: Mapping[str, NamedPark] = field(default_factory=dict)
    sets: Mapping[str, ParkSet] = field(default_factory=dict)
    forms: Mapping[str, Form] = field(default_factory=dict)
    indicators: Mapping[str, Indicator] = field(default_factory=dict)
    targets: Mapping[str, Target] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    allocations: Mapping[str, Allocation] = field(default_factory=dict)
    schemes: Mapping[str, Scheme] = field(default_factory=dict)
    consequences: Mapping[str, ConsequenceMachine] = field(default_factory=dict)
    procedures: Mapping[str, Declaration] = field(default_factory=dict)
    ledgers: Mapping[str, Declaration] = field(default_factory=dict)
    layers: Mapping[str, Declaration] = field(default_factory=dict)
    tasks: Mapping[str, Declaration] = field(default_factory=dict)
    examples: Mapping[str, Example] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The code of the last pack, the one the others were brought along for."""
        return self.packs[-1].code if self.packs else ""

    @cached_property
    def unit_system(self) -> UnitSystem:
        """The declared units under their codes and symbols."""
        known: dict[str, Unit] = {}
        for declared in self.units.values():
            unit = Unit(declared.code, declared.dimension, declared.factor)
            for symbol in declared.symbols:
                known.setdefault(symbol, unit)
        known |= {own.code: Unit(own.code, own.dimension, own.factor) for own in self.units.values()}
        return UnitSystem(known)

    @cached_property
    def by_code(self) -> Mapping[str, Pack]:
        """The packs by their codes."""
        return {pack.code: pack for pack in self.packs}

    def pack(self, code: str) -> Pack:
        """One of the packs.

        Raises:
            KeyError: None of them has the code.
        """
        return self.by_code[code]

    def section(self, name: str) -> Mapping[str, Any]:
        """The declarations of a section by code."""
        found: Mapping[str, Any] = getattr(self, name)
        return found

    def declared(self, trail: str) -> Declared | None:
        """The declaration a trail such as ``rules/x/when`` belongs to."""
        section, _, rest = trail.partition("/")
        if section not in SECTION_NAMES:
            return None
        code = rest.split("/")[0]
        found = self.section(section).get(code)
        return found if isinstance(found, Declared) else None

    def place(self, trail: str) -> Place:
        """Where a trail is written down."""
        declared = self.declared(trail)
        if declared is None or declared.pack not in self.by_code:
            return Place(path=trail)
        section, key, *rest = trail.split("/")
        own = "/".join([section, key.rpartition("#")[2] if section in BY_PACK else key, *rest])
        return replace(self.by_code[declared.pack].positions.place(own), path=own)

    def known(self, section: str) -> frozenset[str]:
        """The codes of a section, with those of entries that could not be read."""
        return self._known[section]

    def broken(self, section: str) -> frozenset[str]:
        """The codes of entries of a section that could not be read."""
        entries = (entry.partition("/") for pack in self.packs for entry in pack.broken)
        return frozenset(code for name, _, code in entries if name == section)

    @cached_property
    def _known(self) -> Mapping[str, frozenset[str]]:
        return {name: frozenset(self.section(name)) | self.broken(name) for name in SECTION_NAMES}

    def clause(self, pack: str, clause: str) -> Clause | None:
        """A clause as cited inside a pack: by its id there, or as ``other-pack#id``."""
        return self.clauses.get(clause if "#" in clause else f"{pack}#{clause}")

    def in_force(self, day: date) -> Composition:
        """What is in force on a day: packs by their dates, declarations by their own."""
        packs = {pack.code for pack in self.packs if pack.identity.in_force.covers(day)}
        kept = {
            name: {
                code: own
                for code, own in self.section(name).items()
                if own.pack in packs and getattr(own, "validity", _ALWAYS).covers(day)
            }
            for name in SECTION_NAMES
            if name != "parameters"
        }
        remaining = tuple(pack for pack in self.packs if pack.code in packs)
        return Composition(packs=remaining, problems=self.problems, parameters=self.parameters, **kept)

    @cached_property
    def blanks(self) -> tuple[Blank, ...]:
        """What no text and no author has filled: missing values, and parts of schemes not published."""
        return tuple(_blanks(self))


_ALWAYS = Validity()
SECTION_NAMES: tuple[str, ...] = tuple(own.name for own in fields(Composition) if own.name not in ("packs", "problems"))


def compose(packs: Sequence[Pack]) -> Composition:
    """Compose packs, base packs first.

    Whatever does not fit together is in ``problems`` of the result: a pack that extends one not
    given, a code declared twice, an override without a base, values that contradict each other.
    """
    return _Composer(packs).composition()


class _Composer:
    def __init__(self, packs: Sequence[Pack]) -> None:
        self.packs = tuple(packs)
        self.problems: list[Problem] = []
        self.ancestors: dict[str, frozenset[str]] = {}

    def composition(self) -> Composition:
        self._order()
        made: dict[str, dict[str, Any]] = {name: {} for name in SECTION_NAMES}
        for pack in self.packs:
            for name in SECTION_NAMES:
                for code, own in getattr(pack, name).items():
                    key = f"{pack.code}#{code}" if name in BY_PACK else code
                    first = made[name].get(key)
                    made[name][key] = own if first is None else self._both(name, first, own, pack)
            self._orphans(pack, made["parameters"])
        return Composition(packs=self.packs, problems=tuple(self.problems), **made)

    def _order(self) -> None:
        for pack in self.packs:
            if pack.code in self.ancestors:
                self._report("compose.pack_twice", pack.identity.place, pack=pack.code)
            known = [code for code in pack.identity.extends if code in self.ancestors]
            for code in pack.identity.extends:
                if code not in self.ancestors:
                    values = {"pack": pack.code, "base": code, "nearest": nearest(code, self.ancestors) or "—"}
                    self._report("compose.base_missing", pack.identity.place, **values)
            self.ancestors[pack.code] = frozenset(known).union(*(self.ancestors[code] for code in known))

    def _both(self, section: str, first: Any, second: Any, pack: Pack) -> Any:
        """What holds where a second pack declares the same code."""
        if isinstance(second, Parameter) and isinstance(first, Parameter) and second.overrides:
            return self._override(first, second, pack)
        if _same_content(first, second):
            return first
        values = {
            "name": f"{section}/{second.code}",
            "first": first.citation,
            "second": second.citation,
            "place": str(first.place),
        }
        if isinstance(second, Parameter) and first.pack not in self.ancestors.get(pack.code, frozenset()):
            values |= {"first_value": _values_text(first), "second_value": _values_text(second)}
            self._report("compose.conflict", second.place, **values)
        else:
            self._report("compose.declared_twice", second.place, **values)
        return first

    def _override(self, first: Parameter, second: Parameter, pack: Pack) -> Parameter:
        trail = f"parameters/{second.code}"
        chain = {first.pack, *(value.partition("#")[0] for value in (first.overrides,) if value)}
        if second.overrides not in chain:
            values = {"name": second.code, "named": second.overrides, "actual": first.pack}
            self._report("override.wrong_pack", second.place, **values)
        elif first.pack not in self.ancestors.get(pack.code, frozenset()):
            self._report("override.not_extended", second.place, name=second.code, base=first.pack, pack=pack.code)
        written = pack.positions.writes(f"{trail}/unit")
        if written and second.unit != first.unit:
            self._report("override.unit", second.place, name=second.code, unit=second.unit, base_unit=first.unit)
        return replace(
            second,
            unit=first.unit,
            label=second.label if second.label.zh else first.label,
            clause=second.clause or first.clause,
            values=spliced(first.values, second.values, pack.identity.in_force),
        )

    def _orphans(self, pack: Pack, made: Mapping[str, Parameter]) -> None:
        """Overrides of nothing."""
        for code, own in pack.parameters.items():
            if own.overrides and made[code] is own:
                earlier = [name for name in made if made[name].pack != pack.code]
                values = {"name": code, "base": own.overrides, "nearest": nearest(code, earlier) or "—"}
                self._report("override.nothing", own.place, **values)

    def _report(self, code: str, place: Place, /, **values: str) -> None:
        self.problems.append(Problem(code, place, values))


def spliced(base: tuple[DatedValue, ...], own: tuple[DatedValue, ...], in_force: Validity) -> tuple[DatedValue, ...]:
    """The base's values until the override begins, the override's, and the base's again after it ends."""
    ordered = tuple(sorted(own, key=_first))
    if not ordered:
        return base
    start = _first(ordered[0])
    before = tuple(value for value in base if _first(value) < start)
    if in_force.last is None:
        return (*before, *ordered)
    again = in_force.last + timedelta(days=1)
    later = tuple(value for value in base if _first(value) >= again)
    past = [value for value in base if _first(value) < again]
    nothing = DatedValue(first=again, value=None, basis=Basis.MISSING)
    needed = not later or _first(later[0]) > again
    resumed = (replace(past[-1], first=again) if past else nothing,) if needed else ()
    return (*before, *(value for value in ordered if _first(value) < again), *resumed, *later)


def _first(value: DatedValue) -> date:
    return value.first or date.min


def _same_content(first: Declared, second: Declared) -> bool:
    """Whether two declarations say the same, apart from where and in whose name."""
    apart = {"pack", "place", "clause", "note", "label"}
    return type(first) is type(second) and _content(first, apart) == _content(second, apart)


def _content(value: Any, apart: set[str]) -> Any:
    """What a value says, without the fields in ``apart`` and without any place."""
    if is_dataclass(value):
        names = (own.name for own in fields(value) if own.name not in apart)
        return [_content(getattr(value, name), {"place"}) for name in names]
    if isinstance(value, tuple):
        return [_content(item, apart) for item in value]
    if isinstance(value, Mapping):
        return {key: _content(item, apart) for key, item in value.items()}
    return value


def _values_text(parameter: Parameter) -> str:
    return ", ".join(str(value.value) for value in parameter.values) or "—"


def _blanks(composition: Composition) -> Iterator[Blank]:
    for code, parameter in composition.parameters.items():
        if not parameter.values or any(value.basis is Basis.MISSING for value in parameter.values):
            yield Blank(f"parameters/{code}", parameter.label, parameter.citation, parameter.place)
    for code, scheme in composition.schemes.items():
        for number, part in enumerate(scheme.missing_parts):
            yield Blank(f"schemes/{code}/missing_parts/{number}", part, scheme.citation, scheme.place)
