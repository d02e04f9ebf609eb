"""Which clauses run, which are for people, which nobody has taken up: a number for each document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from yuanzhi.engine.pack.composing import Composition
from yuanzhi.engine.pack.model import Carried, Clause
from yuanzhi.engine.pack.walking import Citation, citations

RUNNING = ("forms", "sets", "indicators", "targets", "rules", "allocations", "schemes", "consequences")
"""Sections whose declarations the engine carries out."""
DECIDING = RUNNING[2:]
"""Those of them that come to a value or an outcome; forms and sets only gather."""
DECLARED = ("procedures", "ledgers", "layers", "tasks")
"""Sections that are declared for rooms still to be built."""
REFERENCE = ("units", "codes", "calendars", "parks", "parameters")
"""Sections that hold what other declarations refer to; a clause that only defines them runs through them."""


class Carrier(StrEnum):
    """Who carries a clause out, as far as the pack shows."""

    ENGINE = "engine"
    PERSON = "person"
    NOT_YET = "not_yet"
    BACKGROUND = "background"
    NOBODY = "nobody"


@dataclass(frozen=True)
class ClauseCoverage:
    """One clause, who carries it out, and the trails of everything that cites it."""

    key: str
    clause: Clause
    carrier: Carrier
    trails: tuple[str, ...]


@dataclass(frozen=True)
class DocumentCoverage:
    """One document: its clauses in order, counted by who carries them out."""

    pack: str
    clauses: tuple[ClauseCoverage, ...]

    def count(self, carrier: Carrier) -> int:
        """How many clauses have this carrier."""
        return sum(clause.carrier is carrier for clause in self.clauses)

    def share(self, carrier: Carrier) -> Decimal | None:
        """The share of clauses with this carrier in per cent, one place; ``None`` without clauses."""
        if not self.clauses:
            return None
        return (Decimal(100 * self.count(carrier)) / len(self.clauses)).quantize(Decimal("0.1"))

    @property
    def operative_share(self) -> Decimal | None:
        """The share the engine runs of the clauses that ask for something, background left aside."""
        asking = len(self.clauses) - self.count(Carrier.BACKGROUND)
        return (Decimal(100 * self.count(Carrier.ENGINE)) / asking).quantize(Decimal("0.1")) if asking else None


def cover(composition: Composition) -> tuple[DocumentCoverage, ...]:
    """The coverage of every document of a composition, in the order of the packs."""
    cited = citations_by_clause(composition)
    return tuple(
        DocumentCoverage(
            pack.code,
            tuple(
                _covered(key, composition.clauses[key], cited.get(key, ()))
                for key in (f"{pack.code}#{code}" for code in pack.clauses)
                if key in composition.clauses
            ),
        )
        for pack in composition.packs
    )


def citations_by_clause(composition: Composition) -> Mapping[str, tuple[Citation, ...]]:
    """Everything that cites each clause, by ``pack#clause``."""
    found: dict[str, list[Citation]] = {}
    for citation in citations(composition):
        found.setdefault(citation.key, []).append(citation)
    return {key: tuple(each) for key, each in found.items()}


def _covered(key: str, clause: Clause, cited: tuple[Citation, ...]) -> ClauseCoverage:
    trails = tuple(citation.trail for citation in cited)
    return ClauseCoverage(key, clause, carrier_of(clause, trails), trails)


def carrier_of(clause: Clause, trails: tuple[str, ...]) -> Carrier:
    """Who carries a clause out, given what cites it.

    What the clause says of itself holds, except that nobody runs a clause in the engine's name
    which no declaration cites.
    """
    sections = {trail.partition("/")[0] for trail in trails}
    runs = bool(sections.intersection(RUNNING))
    match clause.carried:
        case Carried.PERSON | Carried.BACKGROUND | Carried.NOT_YET:
            return Carrier(clause.carried.value)
        case Carried.ENGINE:
            return Carrier.ENGINE if runs or sections.intersection(REFERENCE) else Carrier.NOBODY
    if runs:
        return Carrier.ENGINE
    return Carrier.NOT_YET if sections.intersection(DECLARED) else Carrier.NOBODY
