"""Every record inside a declaration with its trail, and every clause it cites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any

from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.periods import Validity
from yuanzhi.engine.kernel.problems import Place
from yuanzhi.engine.pack.composing import SECTION_NAMES, Composition
from yuanzhi.engine.pack.model import CalendarDay, CodeItem

_LEAVES = (Label, Place, Validity, CodeItem, CalendarDay)
_NOT_BELOW = frozenset({"label", "note", "place", "validity", "facts", "expect", "parameters", "body"})


@dataclass(frozen=True, slots=True)
class Citation:
    """One record that cites a clause."""

    trail: str
    clause: str
    pack: str
    record: Any

    @property
    def key(self) -> str:
        """The clause as keyed in a composition: ``pack#clause``."""
        return self.clause if "#" in self.clause else f"{self.pack}#{self.clause}"


def walk_record(trail: str, record: Any) -> Iterator[tuple[str, Any]]:
    """The record and every record inside it, each with its trail."""
    yield trail, record
    for name in _fields_below(record.__class__):
        yield from _inside(f"{trail}/{name}", getattr(record, name))


def _inside(trail: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from _inside(f"{trail}/{number}", item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _inside(f"{trail}/{key}", item)
    elif is_dataclass(value) and not isinstance(value, _LEAVES):
        yield from walk_record(trail, value)


@cache
def _fields_below(cls: type) -> tuple[str, ...]:
    return tuple(own.name for own in fields(cls) if own.name not in _NOT_BELOW)


def citations(composition: Composition) -> Iterator[Citation]:
    """Every clause cited anywhere in a composition, in the order of sections and codes."""
    for section in SECTION_NAMES:
        if section in ("clauses", "codes", "calendars"):
            continue
        for code, declared in composition.section(section).items():
            for trail, record in walk_record(f"{section}/{code}", declared):
                clause = getattr(record, "clause", "")
                if clause:
                    yield Citation(trail, clause, declared.pack, record)
    for section in ("codes", "calendars"):
        for code, declared in composition.section(section).items():
            if declared.clause:
                yield Citation(f"{section}/{code}", declared.clause, declared.pack, declared)
