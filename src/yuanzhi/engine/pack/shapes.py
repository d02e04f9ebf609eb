"""The form each record takes in YAML, read off its type hints.

One description serves the JSON Schema, the structuring of what was read, and printing back. A
field is written under its own name, except where YAML authors write ``from`` and ``to``.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.periods import Validity
from yuanzhi.engine.kernel.problems import Place
from yuanzhi.engine.kernel.quantities import Dimension
from yuanzhi.engine.pack.consequence_model import Transition
from yuanzhi.engine.pack.model import CodeItem, DatedValue, Declaration, Declared, Identity, Scalar
from yuanzhi.engine.pack.scheme_model import Step
from yuanzhi.engine.pack.whole import Pack


@dataclass(frozen=True)
class Plain:
    """A scalar: text, an exact number, a whole number, a truth value, a day, or what a kind says."""

    kind: Literal["text", "number", "integer", "boolean", "date", "fraction", "dimension", "scalar", "any"]


@dataclass(frozen=True)
class Choice:
    """One of a few words; ``enum`` is the type they become, or ``None`` for text."""

    options: tuple[str, ...]
    enum: type[StrEnum] | None = None


@dataclass(frozen=True)
class Perhaps:
    """The inner shape or nothing."""

    inner: Shape


@dataclass(frozen=True)
class Many:
    """A list; of coded records also a mapping by code, of pairs a mapping, of scalars a single one."""

    item: Shape


@dataclass(frozen=True)
class Fixed:
    """A list of a fixed length, each place with its own shape."""

    items: tuple[Shape, ...]


@dataclass(frozen=True)
class Either:
    """A number or a pair of numbers, as in a figure stated as a range."""

    one: Shape
    pair: Fixed


@dataclass(frozen=True)
class Named:
    """A mapping from names to values of one shape."""

    value: Shape
    keyed: bool = False


@dataclass(frozen=True)
class Words:
    """A label: zh and en, or one text."""


@dataclass(frozen=True)
class CodeBody:
    """A code in a list: zh, en, parent, level, from, to, and any further attribute."""


@dataclass(frozen=True)
class FreeBody:
    """A declaration kept whole for the room that carries it out: label, clause, note and a body."""


@dataclass(frozen=True)
class Record:
    """A mapping that becomes a record of ``cls``."""

    cls: type


Shape = Plain | Choice | Perhaps | Many | Fixed | Either | Named | Words | CodeBody | FreeBody | Record


@dataclass(frozen=True)
class Field:
    """A field of a record: its name in Python, the keys it may have in YAML, whether it must be there."""

    name: str
    keys: tuple[str, ...]
    shape: Shape
    required: bool

    @property
    def must_stand(self) -> bool:
        """Whether an author must write it: it has no default and cannot be nothing."""
        return self.required and not isinstance(self.shape, Perhaps) and self.shape != Plain("scalar")


_OWN = frozenset({"place", "pack", "files", "broken", "positions"})
"""Fields the reader fills; nobody writes them."""
_KEYS: Mapping[tuple[type, str], tuple[str, ...]] = {
    (Validity, "first"): ("from",),
    (Validity, "last"): ("to",),
    (DatedValue, "first"): ("from",),
    (Transition, "source"): ("source", "from"),
}
_BY_POSITION: frozenset[type] = frozenset({Step})
_NUMBERED: frozenset[str] = frozenset({"Validation", "RuleException", "Adjustment", "Cooldown"})
_PLAIN: Mapping[Any, Plain] = {
    str: Plain("text"),
    Decimal: Plain("number"),
    int: Plain("integer"),
    bool: Plain("boolean"),
    date: Plain("date"),
    Fraction: Plain("fraction"),
    Any: Plain("any"),
}


@cache
def fields_of(cls: type) -> tuple[Field, ...]:
    """The fields an author may write, in the order of the record."""
    hints = get_type_hints(cls)
    return tuple(
        Field(
            own.name,
            _KEYS.get((cls, own.name), (own.name,)),
            shape_of(hints[own.name]),
            own.default is MISSING and own.default_factory is MISSING,
        )
        for own in fields(cls)
        if own.name not in _OWN and hints[own.name] is not Place
    )


def shape_of(hint: Any) -> Shape:
    """The shape of a type hint.

    Raises:
        TypeError: The pack format has no form for the type.
    """
    if hint == Dimension:
        return Plain("dimension")
    if hint == Scalar:
        return Plain("scalar")
    if hint in _PLAIN:
        return _PLAIN[hint]
    if hint is Label:
        return Words()
    if hint is CodeItem:
        return CodeBody()
    if hint is Declaration:
        return FreeBody()
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return Choice(tuple(member.value for member in hint), hint)
    if isinstance(hint, type) and hasattr(hint, "__dataclass_fields__"):
        return Record(hint)
    return _generic(hint)


def _generic(hint: Any) -> Shape:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return Choice(tuple(arguments))
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is ...:
            return Many(shape_of(arguments[0]))
        return Fixed(tuple(shape_of(argument) for argument in arguments))
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        inner = shape_of(arguments[1])
        return Named(inner, keyed=is_coded(inner))
    if origin in (Union, types.UnionType):
        inner_hints = [argument for argument in arguments if argument is not type(None)]
        shapes = [shape_of(argument) for argument in inner_hints]
        pair = next((shape for shape in shapes if isinstance(shape, Fixed)), None)
        inner = Either(shapes[0], pair) if pair and len(shapes) > 1 else shapes[0]
        return Perhaps(inner) if len(inner_hints) < len(arguments) else inner
    raise TypeError(f"no form in YAML for {hint!r}")


def is_coded(shape: Shape) -> bool:
    """Whether the shape is a record with a code, which may be the key it stands under."""
    return isinstance(shape, Record) and any(own.name == "code" for own in fields_of(shape.cls))


def is_numbered(cls: type) -> bool:
    """Whether a record in a list may go without a code and is then called by its number."""
    return cls.__name__ in _NUMBERED


def is_positional(cls: type) -> bool:
    """Whether a record may be written as a bare list of its fields."""
    return cls in _BY_POSITION


def is_short(cls: type) -> bool:
    """Whether a bare word may stand for the record, as its code."""
    return any(own.name == "code" for own in fields_of(cls)) and all(
        own.name == "code" or not own.required for own in fields_of(cls)
    )


def sections() -> Iterator[tuple[str, Shape]]:
    """The sections of a pack with the shape of one entry; ``pack`` itself is ``Identity``."""
    for own in fields_of(Pack):
        if isinstance(own.shape, Named):
            yield own.name, own.shape.value


def keys_of(cls: type, *, keyed: bool) -> dict[str, Field]:
    """The keys a mapping of this record may have; without ``code`` where its key is the code."""
    return {key: own for own in fields_of(cls) for key in own.keys if not (keyed and own.name == "code")}


def is_declared(cls: type) -> bool:
    """Whether records of the class carry code, label, clause, pack and place."""
    return issubclass(cls, Declared)


SECTIONS: Mapping[str, Shape] = dict(sections())
IDENTITY = Record(Identity)
SNAKE_SECTIONS = frozenset(
    {"parameters", "codes", "calendars", "sets", "forms", "indicators", "targets", "rules", "allocations",
     "schemes", "consequences", "procedures", "ledgers", "layers", "tasks"}
)  # fmt: skip
EXTRA_KEYS: Mapping[str, Mapping[str, Shape]] = {
    "Parameter": {"value": Plain("scalar"), "basis": shape_of(get_type_hints(DatedValue)["basis"]), "why": Words()},
    "CodeList": {"file": Plain("text")},
    "Calendar": {"file": Plain("text")},
}
"""Shorthands: keys an author may write that are worked into the record's own fields when read."""
