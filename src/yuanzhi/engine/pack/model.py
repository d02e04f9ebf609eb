"""What a policy pack holds, as frozen records. ``reading`` makes them, ``checking`` judges them.

Every declared thing has a ``code`` (ASCII snake_case), a label in both languages, the clause it
carries out, and the place in the file where it stands. Formulas stand as text here; they are
compiled against a scope by ``compiling``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Literal

from yuanzhi.engine.kernel.labels import NO_LABEL, Label
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.periods import ALWAYS, Frequency, Validity
from yuanzhi.engine.kernel.problems import NOWHERE, Place
from yuanzhi.engine.kernel.quantities import Dimension

Comparison = Literal["eq", "ne", "ge", "gt", "le", "lt", "between", "approx", "in"]
Scalar = Decimal | str | bool | date | None
"""A fact or parameter value; ``None`` is missing."""


class Modality(StrEnum):
    """What kind of provision a rule is."""

    MUST = "must"
    MUST_NOT = "must_not"
    MAY = "may"
    ENCOURAGE = "encourage"
    PRIORITY = "priority"
    PILOT = "pilot"
    GOAL = "goal"
    DEFINE = "define"


class Carried(StrEnum):
    """Who carries a clause out: the engine, a person, or nobody yet."""

    ENGINE = "engine"
    PERSON = "person"
    NOT_YET = "not_yet"
    BACKGROUND = "background"


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What every declared thing has. ``pack`` is the code of the pack that declares it."""

    code: str
    label: Label = NO_LABEL
    clause: str = ""
    note: Label = NO_LABEL
    pack: str = ""
    place: Place = NOWHERE

    @property
    def citation(self) -> str:
        """The clause with its pack, such as ``qinghai-2018#6.4g``."""
        return f"{self.pack}#{self.clause}" if self.clause else self.pack


@dataclass(frozen=True, kw_only=True)
class BasisDocument:
    """A document this one rests on."""

    title: Label
    number: str = ""
    relation: str = ""
    clause: str = ""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who issued the document, when, for where, on what basis, and what the pack extends."""

    code: str
    version: str
    title: Label
    issuer: Label
    number: str = ""
    region: str = ""
    issued: str = ""
    in_force: Validity = ALWAYS
    extends: tuple[str, ...] = ()
    basis: tuple[BasisDocument, ...] = ()
    note: Label = NO_LABEL
    place: Place = NOWHERE


@dataclass(frozen=True, kw_only=True)
class Clause(Declared):
    """One clause, summarised in our own words. ``label`` is its number as printed."""

    heading: Label = NO_LABEL
    text: Label = NO_LABEL
    carried: Carried | None = None
    responsible: tuple[str, ...] = ()
    ambiguity: Label = NO_LABEL


@dataclass(frozen=True, kw_only=True)
class Figure(Declared):
    """A number the text states, as written; parameters and targets may take their value from it."""

    kind: str = "parameter"
    comparison: Comparison = "eq"
    value: Decimal | tuple[Decimal, Decimal] | None = None
    unit: str = "1"
    base_year: int | None = None
    base_value: Decimal | None = None
    target_year: int | None = None
    scope: Label = NO_LABEL
    as_written: str = ""


@dataclass(frozen=True, kw_only=True)
class DatedValue:
    """One value of a parameter from a day on, with its own basis."""

    first: date | None
    value: Scalar
    basis: Basis
    clause: str = ""
    why: Label = NO_LABEL
    place: Place = NOWHERE


@dataclass(frozen=True, kw_only=True)
class Parameter(Declared):
    """A dated value (``p.code`` in formulas). Before its first date there is none.

    ``options`` are the alternative readings of an ambiguous text; ``ambiguity`` names the question.
    """

    unit: str = "1"
    values: tuple[DatedValue, ...] = ()
    figure: str = ""
    options: tuple[Scalar, ...] = ()
    ambiguity: str = ""
    overrides: str = ""

    def on(self, day: date) -> DatedValue | None:
        """The value in force on a day, or ``None`` before the first date."""
        past = [value for value in self.values if value.first is None or value.first <= day]
        return past[-1] if past else None


@dataclass(frozen=True, kw_only=True)
class UnitDeclaration(Declared):
    """A unit of measure: dimension and exact factor over the base of the dimension."""

    dimension: Dimension
    factor: Fraction
    symbols: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CodeItem:
    """One code of a list, with its parent and the days it is valid."""

    code: str
    label: Label
    parent: str = ""
    level: int = 0
    validity: Validity = ALWAYS
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CodeList(Declared):
    """A classification: regions, industries, land uses, park kinds, tiers."""

    items: Mapping[str, CodeItem] = field(default_factory=dict)
    source: str = ""
    edition: str = ""


@dataclass(frozen=True, kw_only=True)
class CalendarDay:
    """A holiday or a worked weekend of the State Council's yearly notice."""

    day: date
    is_off: bool
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Calendar(Declared):
    """Days that differ from plain weekdays and weekends, and the years that are published."""

    days: tuple[CalendarDay, ...] = ()
    years: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NamedPark(Declared):
    """A park, zone, base or class of parks that a document names.

    ``counted`` is the number where the document only counts parks and names none.
    """

    kind: str = ""
    tier: str = ""
    region: str = ""
    parent: str = ""
    industries: tuple[str, ...] = ()
    counted: int | None = None
    stated: tuple[str, ...] = ()
    validity: Validity = ALWAYS


@dataclass(frozen=True, kw_only=True)
class ParkSet(Declared):
    """A named population of subjects: by members, by a condition over their attributes, or both.

    The same indicator over another set is another series.
    """

    subject: str = "park"
    members: tuple[str, ...] = ()
    where: str = ""


class Measurement(StrEnum):
    """Whether values add up over time (flow) or stand at a day (stock), or neither."""

    FLOW = "flow"
    STOCK = "stock"
    RATE = "rate"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Item(Declared):
    """One column of a form: a number with unit and scale, a code, a truth value, a date or a text."""

    type: Literal["number", "code", "boolean", "date", "text"] = "number"
    unit: str = "1"
    scale: int = 2
    measurement: Measurement = Measurement.FLOW
    code_list: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class Validation(Declared):
    """A condition every return of the form should meet; ``label`` says it in words."""

    check: str
    severity: Literal["error", "query"] = "error"


@dataclass(frozen=True, kw_only=True)
class Form(Declared):
    """A statistical return (报表): whose, how often, with which items.

    A form with ``source: external`` holds results made elsewhere; each row has source and date.
    """

    subject: str
    frequency: Frequency
    items: Mapping[str, Item]
    validations: tuple[Validation, ...] = ()
    source: Literal["return", "register", "external"] = "return"
    issuer: Label = NO_LABEL


@dataclass(frozen=True, kw_only=True)
class Aggregate:
    """How an indicator is rolled up: a function over the rows of a form or of another indicator.

    ``of`` names an item or indicator of the lower subject (empty for a plain count). ``where`` keeps the rows that
    meet it; ``by`` names the link from lower to upper subject (``park``, ``territory``). ``share``
    divides by the same sum without ``where`` (or over ``base_set``); ``rank`` is among the peers of ``peers``;
    ``growth`` is the change on the same period of the year before on comparable boundaries.
    """

    function: Literal["sum", "count", "avg", "median", "share", "rank", "growth"]
    of: str = ""
    where: str = ""
    by: str = ""
    base_set: str = ""
    peers: str = ""


@dataclass(frozen=True, kw_only=True)
class Indicator(Declared):
    """A value per subject and period: a formula over the same subject, or an aggregate."""

    subject: str
    unit: str
    frequency: Frequency = Frequency.YEAR
    formula: str = ""
    aggregate: Aggregate | None = None
    scope: str = ""
    measurement: Measurement = Measurement.FLOW
    direction: Literal["more", "less", "none"] = "more"
    display_scale: int = 2
    family: str = ""
    basis: Basis = Basis.STATED
    source: Label = NO_LABEL
    validity: Validity = ALWAYS


class TargetKind(StrEnum):
    """How a target is put."""

    ABSOLUTE = "absolute"
    SHARE = "share"
    MULTIPLE = "multiple"
    GROWTH = "growth"
    STRUCTURE = "structure"
    COUNT = "count"
    CASCADE = "cascade"


@dataclass(frozen=True, kw_only=True)
class Target(Declared):
    """What an indicator is to reach, by when, from what base, for whom.

    ``value`` is on the scale of ``unit``; for ``multiple`` it is the factor over the base year, for
    ``growth`` the yearly rate. ``children`` of a cascade are target codes or (subject, value) pairs.
    ``implied_by`` is a formula over the codes of other targets, each its own value in its own unit, and
    parameters: what this target would come to if those were met exactly. Coherence compares the two.
    """

    indicator: str
    kind: TargetKind = TargetKind.ABSOLUTE
    scope: str = ""
    subject: str = ""
    comparison: Comparison = "ge"
    value: Decimal | None = None
    unit: str = "1"
    year: int | None = None
    deadline: date | None = None
    base_year: int | None = None
    base_value: Decimal | None = None
    path: Literal["linear", "compound", "none"] = "linear"
    children: tuple[tuple[str, Decimal], ...] = ()
    figure: str = ""
    basis: Basis = Basis.STATED
    implied_by: str = ""


@dataclass(frozen=True, kw_only=True)
class RuleScope:
    """Where a rule holds; an empty tuple does not restrict. ``where`` is a condition on attributes."""

    territories: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    parks: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What follows: a code people and consequences refer to, a sentence, and values given by formulas."""

    code: str = ""
    label: Label = NO_LABEL
    gives: Mapping[str, str] = field(default_factory=dict)


NO_EFFECT = Effect()


@dataclass(frozen=True, kw_only=True)
class RuleException(Declared):
    """A case taken out of the general rule. Higher ``order`` wins; equal orders may not both apply.

    ``decision`` marks an exception that needs a recorded decision by a person.
    """

    when: str
    then: Effect
    order: int | None = None
    decision: bool = False


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """One line of a decision table: a condition per input column, an output per result column."""

    when: Mapping[str, str]
    then: Mapping[str, str]
    clause: str = ""
    label: Label = NO_LABEL
    place: Place = NOWHERE


@dataclass(frozen=True, kw_only=True)
class DecisionTable:
    """A DMN decision table. UNIQUE unless said otherwise; gaps and overlaps are checked.

    Inputs are formulas by column name; a row's cell is a comparison such as ``>= 500``, an
    interval ``[10, 50)``, a code, or ``-`` for any.
    """

    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    rows: tuple[TableRow, ...]
    hit: Literal["unique", "first", "priority", "collect"] = "unique"
    complete: bool = True


@dataclass(frozen=True, kw_only=True)
class Rule(Declared):
    """A provision: for whom, when, what follows, otherwise what, with exceptions.

    Outcome per subject is three-valued. A rule has a condition (``when``), or a table, or both
    (the table is read where the condition is met). An outcome that rests on a chosen value says so.
    """

    modality: Modality
    subject: str
    when: str = ""
    then: Effect = NO_EFFECT
    otherwise: Effect = NO_EFFECT
    table: DecisionTable | None = None
    exceptions: tuple[RuleException, ...] = ()
    scope: RuleScope = field(default_factory=RuleScope)
    validity: Validity = ALWAYS
    stated: bool = True
    on_undetermined: Label = NO_LABEL


@dataclass(frozen=True, kw_only=True)
class Allocation(Declared):
    """Priority as an operation: rank requests of a subject by keys, grant until ``amount`` is used up.

    ``order_by`` are formulas, each with ``asc`` or ``desc``; ``partial`` lets the last grant be cut.
    """

    subject: str
    request: str
    amount: str
    order_by: tuple[tuple[str, Literal["asc", "desc"]], ...]
    where: str = ""
    partial: bool = True
    unit: str = "1"


@dataclass(frozen=True, kw_only=True)
class Declaration(Declared):
    """A procedure, ledger, layer or task: declared, carried out by rooms that read ``body``."""

    section: str
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Example(Declared):
    """A named case: facts in, results out. ``label`` is a sentence. ``of`` is ``section/code``.

    ``facts`` are values by name for one subject; for populations, histories and schemes ``facts``
    holds tables (a list of mappings) under the names the section documents.
    """

    of: str
    as_of: date | None = None
    period: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    expect: Mapping[str, Any] = field(default_factory=dict)
