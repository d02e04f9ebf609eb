"""What a rule comes to for one subject, with everything that led there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from yuanzhi.engine.formulas import AtomFinding
from yuanzhi.engine.kernel.labels import NO_LABEL, Label
from yuanzhi.engine.kernel.outcomes import Basis, Outcome

Plain = Decimal | str | bool | date | None


@dataclass(frozen=True, slots=True)
class GivenValue:
    """A value an effect gives, exact or rounded half up at twelve places, with its unit.

    A table that collects gives several; a value that rests on a missing fact is ``None``.
    """

    value: Plain | tuple[Plain, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ConditionFinding:
    """One condition of a rule: its part in it, what it came to, and its atoms with what was found and expected."""

    role: str
    outcome: Outcome
    atoms: tuple[AtomFinding, ...] = ()
    exception: str = ""
    label: Label = NO_LABEL


@dataclass(frozen=True, kw_only=True)
class Determination:
    """A rule for one subject on a day.

    Attributes:
        rule: The rule's code.
        subject: The subject's code, if given.
        as_of: The day.
        is_applicable: Whether the rule is in force and the subject in its scope; ``None`` if that cannot be told.
        outcome: Met, not met or undetermined; ``None`` where the rule does not apply.
        effect: The code of what follows.
        label: What follows, in words.
        exception: The exception that decided, or those that contradict each other.
        open_exceptions: Exceptions whose condition is met and that wait for a person's decision.
        rows: The rows of the table that hit, from 0.
        gives: The values the effect gives.
        missing: The facts without which it cannot be told, or a given value cannot be had.
        findings: The conditions asked, in the order they count.
        basis: Whether it rests on stated values only.
        citation: The clause.
    """

    rule: str
    subject: str = ""
    as_of: date
    is_applicable: bool | None
    outcome: Outcome | None
    effect: str = ""
    label: Label = NO_LABEL
    exception: str = ""
    open_exceptions: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    gives: Mapping[str, GivenValue] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    findings: tuple[ConditionFinding, ...] = ()
    basis: Basis = Basis.STATED
    citation: str = ""

    @property
    def values(self) -> dict[str, Plain | tuple[Plain, ...]]:
        """What is given, without units."""
        return {name: given.value for name, given in self.gives.items()}
