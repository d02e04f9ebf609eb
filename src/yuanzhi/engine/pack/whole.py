"""A policy pack whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from yuanzhi.engine.pack.consequence_model import ConsequenceMachine
from yuanzhi.engine.pack.model import (
    Allocation,
    Calendar,
    Clause,
    CodeList,
    Declaration,
    Example,
    Figure,
    Form,
    Identity,
    Indicator,
    NamedPark,
    Parameter,
    ParkSet,
    Rule,
    Target,
    UnitDeclaration,
)
from yuanzhi.engine.pack.scheme_model import Scheme
from yuanzhi.engine.pack.tree import NO_POSITIONS, Positions


@dataclass(frozen=True, kw_only=True)
class Pack:
    """One policy pack as read. Composition with the packs it extends is ``composing.compose``."""

    identity: Identity
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
    files: Mapping[str, str] = field(default_factory=dict)
    """Content hash of each file, by its path inside the pack."""
    broken: frozenset[str] = frozenset()
    """Entries that could not be read, as ``section/code``; names that point to them are not unknown."""
    positions: Positions = field(default=NO_POSITIONS, compare=False, repr=False)
    """Where every trail of the pack stands."""

    @property
    def code(self) -> str:
        """The pack's code."""
        return self.identity.code
