"""Two packs, or two versions of one, compared: clause by clause and element by element.

A change says whether it tightens or loosens where comparison and threshold make that decidable:
a duty or ban that reaches more subjects is tighter, a benefit that reaches fewer is tighter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from typing import Any

from yuanzhi.engine.kernel.canonical import plain
from yuanzhi.engine.kernel.labels import NO_LABEL, Label
from yuanzhi.engine.pack.checks.conditions import implies
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.composing import SECTION_NAMES, Composition
from yuanzhi.engine.pack.model import Modality, Parameter, Rule, Target

_APART = frozenset({"pack", "place", "clause"})
_DUTIES = frozenset({Modality.MUST, Modality.MUST_NOT})
_BENEFITS = frozenset({Modality.MAY, Modality.PRIORITY, Modality.ENCOURAGE, Modality.PILOT})
_UP, _DOWN = frozenset({"ge", "gt"}), frozenset({"le", "lt"})


class ChangeKind(StrEnum):
    """What happened to a declaration."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Tendency(StrEnum):
    """Whether a change asks for more, for less, for neither, or cannot be told."""

    TIGHTER = "tighter"
    LOOSER = "looser"
    NEUTRAL = "neutral"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value inside a declaration, before and after, as text; empty where there was or is none."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One declaration that differs: what changed in it, and which other declarations read it."""

    kind: ChangeKind
    section: str
    code: str
    label: Label
    before_clause: str
    after_clause: str
    fields: tuple[FieldChange, ...] = ()
    tendency: Tendency = Tendency.NEUTRAL
    affects: tuple[str, ...] = ()

    @property
    def trail(self) -> str:
        """The declaration as ``section/code``."""
        return f"{self.section}/{self.code}"


@dataclass(frozen=True)
class PackDiff:
    """Everything that differs between two packs, in the order of sections and codes."""

    before: str
    after: str
    changes: tuple[Change, ...]

    def of(self, *sections: str) -> tuple[Change, ...]:
        """The changes in some sections."""
        return tuple(change for change in self.changes if change.section in sections)

    @cached_property
    def by_clause(self) -> Mapping[str, tuple[Change, ...]]:
        """The changes under the clause they come from, before or after; empty key for none."""
        found: dict[str, list[Change]] = {}
        for change in self.changes:
            found.setdefault(change.after_clause or change.before_clause, []).append(change)
        return {clause: tuple(each) for clause, each in found.items()}


def compare_packs(before: CompiledPack, after: CompiledPack, *, as_of: date | None = None) -> PackDiff:
    """Compare the last pack of two compositions, clause by clause and element by element.

    Args:
        before: The earlier version, or the one pack.
        after: The later version, or the other pack.
        as_of: The day whose parameters decide what is tighter; by default the last one known on either side.
    """
    return _Comparer(before, after, as_of or _latest(before, after)).diff()


def _latest(*packs: CompiledPack) -> date:
    days = [
        value.first
        for pack in packs
        for parameter in pack.composition.parameters.values()
        for value in parameter.values
        if value.first
    ]
    return max(days, default=date(2000, 1, 1))


class _Comparer:
    def __init__(self, before: CompiledPack, after: CompiledPack, day: date) -> None:
        self.before, self.after = before, after
        self.values = before.parameters_on(day), after.parameters_on(day)

    def diff(self) -> PackDiff:
        changes = tuple(change for section in SECTION_NAMES for change in self._section(section))
        return PackDiff(self.before.composition.code, self.after.composition.code, changes)

    def _section(self, section: str) -> Iterator[Change]:
        one, two = _own(self.before.composition, section), _own(self.after.composition, section)
        for code in dict.fromkeys((*one, *two)):
            change = self._change(section, code, one.get(code), two.get(code))
            if change:
                yield change

    def _change(self, section: str, code: str, one: Any, two: Any) -> Change | None:
        kind = ChangeKind.ADDED if one is None else ChangeKind.REMOVED if two is None else ChangeKind.CHANGED
        label = _label(two if two is not None else one)
        clauses = (_clause(one, section), _clause(two, section))
        if one is None or two is None:
            return Change(kind, section, code, label, *clauses, (), self._one_sided(kind, two or one))
        differing = tuple(_differences(one, two))
        moved = self._moved(section, code, one, two)
        if not differing and moved is Tendency.NEUTRAL:
            return None
        affects = self._readers(code) if isinstance(two, Parameter) else ()
        return Change(kind, section, code, label, *clauses, differing, moved, affects)

    def _one_sided(self, kind: ChangeKind, own: Any) -> Tendency:
        """A new duty or target tightens, a new benefit loosens; what goes away does the opposite."""
        duty = isinstance(own, Target) or (isinstance(own, Rule) and own.modality in _DUTIES)
        benefit = isinstance(own, Rule) and own.modality in _BENEFITS
        if not duty and not benefit:
            return Tendency.NEUTRAL
        return Tendency.TIGHTER if duty is (kind is ChangeKind.ADDED) else Tendency.LOOSER

    def _moved(self, section: str, code: str, one: Any, two: Any) -> Tendency:
        if isinstance(one, Target) and isinstance(two, Target):
            return _target_tendency(one, two)
        if isinstance(one, Rule) and isinstance(two, Rule):
            return self._rule_tendency(code, one, two)
        return Tendency.NEUTRAL

    def _rule_tendency(self, code: str, one: Rule, two: Rule) -> Tendency:
        trail = f"rules/{code}/when"
        first, second = self.before.formulas.get(trail), self.after.formulas.get(trail)
        if one.modality is not two.modality:
            return Tendency.OPEN
        if first is None or second is None:
            return Tendency.NEUTRAL if one.when == two.when else Tendency.OPEN
        forth = implies(first.node, second.node, *self.values)
        back = implies(second.node, first.node, *reversed(self.values))
        if forth is None or back is None:
            return Tendency.NEUTRAL if first.canonical == second.canonical and not self._read(first) else Tendency.OPEN
        if forth and back:
            return Tendency.NEUTRAL
        if not forth and not back:
            return Tendency.OPEN
        wider = forth
        if two.modality in _DUTIES:
            return Tendency.TIGHTER if wider else Tendency.LOOSER
        if two.modality in _BENEFITS:
            return Tendency.LOOSER if wider else Tendency.TIGHTER
        return Tendency.OPEN

    def _read(self, formula: Any) -> bool:
        """Whether a formula reads a parameter whose value differs."""
        one, two = self.values
        return any(one.get(code) != two.get(code) for code in formula.parameters)

    def _readers(self, parameter: str) -> tuple[str, ...]:
        readers = {
            "/".join(trail.split("/")[:2])
            for trail, formula in self.after.formulas.items()
            if parameter in formula.parameters
        }
        return tuple(sorted(readers))


def _target_tendency(one: Target, two: Target) -> Tendency:
    """Higher is tighter where at least so much is asked for; a shorter time is tighter at equal value."""
    if (one.kind, one.unit, one.indicator) != (two.kind, two.unit, two.indicator):
        return Tendency.OPEN
    directions = {comparison in _UP for comparison in (one.comparison, two.comparison)}
    if not {one.comparison, two.comparison} <= _UP | _DOWN or len(directions) > 1:
        same = (one.value, one.year) == (two.value, two.year) and one.comparison == two.comparison
        return Tendency.NEUTRAL if same else Tendency.OPEN
    if one.value is None or two.value is None:
        return Tendency.NEUTRAL if one.value == two.value else Tendency.OPEN
    sign = 1 if one.comparison in _UP else -1
    more = (two.value > one.value) - (two.value < one.value)
    sooner = 0 if not one.year or not two.year else (one.year > two.year) - (one.year < two.year)
    strict = (two.comparison in ("gt", "lt")) - (one.comparison in ("gt", "lt"))
    signs = {sign * more or strict, sooner} - {0}
    if not signs:
        return Tendency.NEUTRAL
    return Tendency.OPEN if len(signs) > 1 else Tendency.TIGHTER if signs == {1} else Tendency.LOOSER


def _own(composition: Composition, section: str) -> dict[str, Any]:
    """What the last pack itself declares."""
    pack = composition.packs[-1]
    return dict(getattr(pack, section))


def _label(own: Any) -> Label:
    label: Label = own.label
    heading: Label = getattr(own, "heading", NO_LABEL)
    return label if label != NO_LABEL else heading


def _clause(own: Any, section: str) -> str:
    if own is None:
        return ""
    return str(own.code if section == "clauses" else own.clause)


def _differences(one: Any, two: Any, path: str = "") -> Iterator[FieldChange]:
    """Every value that differs, by its path inside the declaration."""
    if is_dataclass(one) and type(one) is type(two) and not isinstance(one, Label):
        for name in _compared(one.__class__):
            yield from _differences(getattr(one, name), getattr(two, name), f"{path}/{name}" if path else name)
    elif isinstance(one, Mapping) and isinstance(two, Mapping):
        for key in dict.fromkeys((*one, *two)):
            yield from _differences(one.get(key), two.get(key), f"{path}/{key}")
    elif isinstance(one, tuple) and isinstance(two, tuple):
        for number in range(max(len(one), len(two))):
            left, right = (side[number] if number < len(side) else None for side in (one, two))
            yield from _differences(left, right, f"{path}/{number}")
    elif one != two:
        yield FieldChange(path, _text(one), _text(two))


@cache
def _compared(cls: type) -> tuple[str, ...]:
    return tuple(own.name for own in fields(cls) if own.name not in _APART)


def _text(value: Any) -> str:
    if value is None or value == NO_LABEL:
        return ""
    if isinstance(value, Label):
        return value.zh
    if is_dataclass(value):
        parts = (f"{name}: {_text(getattr(value, name))}" for name in _compared(value.__class__))
        return "; ".join(part for part in parts if not part.endswith(": "))
    if isinstance(value, tuple):
        return ", ".join(_text(item) for item in value)
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_text(item)}" for key, item in value.items())
    return str(plain(value))
