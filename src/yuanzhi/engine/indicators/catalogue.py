"""Where a name of a subject comes from: a form's item, the register, or another indicator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from yuanzhi.engine.kernel.periods import Frequency, Period
from yuanzhi.engine.pack.composing import Composition
from yuanzhi.engine.pack.model import Form, Indicator, Item, Measurement

_ORDER = (Frequency.DAY, Frequency.MONTH, Frequency.QUARTER, Frequency.YEAR)
TREE_KINDS = frozenset({"park", "zone"})
"""The kinds of subject that make the park tree."""
TERRITORY = "territory"
REGISTER_COLUMNS = (
    "name", "kind", "tier", "territory", "parent", "park", "industry", "status", "established", "area_ha",
    "above_scale",
)  # fmt: skip


@dataclass(frozen=True)
class ItemSource:
    """An item with the form it stands in."""

    form: Form
    item: Item

    @property
    def code(self) -> str:
        """The item's code."""
        return self.item.code

    @property
    def measurement(self) -> Measurement:
        """Flow, stock, rate or none; what is no number never adds up."""
        return self.item.measurement if self.item.type == "number" else Measurement.NONE


@dataclass(frozen=True)
class Catalogue:
    """The names of every kind of subject in a composition."""

    composition: Composition

    @cached_property
    def items(self) -> Mapping[str, Mapping[str, ItemSource]]:
        """Items by subject and code, register items left out; the first form that has an item counts."""
        found: dict[str, dict[str, ItemSource]] = {}
        for form in self.composition.forms.values():
            if form.source != "register":
                own = found.setdefault(form.subject, {})
                for code, item in form.items.items():
                    own.setdefault(code, ItemSource(form, item))
        return found

    @cached_property
    def register_items(self) -> Mapping[str, frozenset[str]]:
        """The attributes the register keeps, by subject."""
        found: dict[str, set[str]] = {}
        for form in self.composition.forms.values():
            if form.source == "register":
                found.setdefault(form.subject, set()).update(form.items)
        return {subject: frozenset(codes) for subject, codes in found.items()}

    def item(self, subject: str, code: str) -> ItemSource | None:
        """The item of a subject, written by its code or as ``form.item``."""
        form, dot, own = code.partition(".")
        if dot and form in self.composition.forms:
            declared = self.composition.forms[form]
            return ItemSource(declared, declared.items[own]) if own in declared.items else None
        return self.items.get(subject, {}).get(code)

    def is_attribute(self, subject: str, code: str) -> bool:
        """Whether the register keeps it for the subject."""
        return code in REGISTER_COLUMNS or code in self.register_items.get(subject, frozenset())

    def attribute_unit(self, subject: str, code: str) -> str | None:
        """The unit of an attribute that is a number; ``None`` for one that is not."""
        if code == "area_ha":
            return "公顷"
        for form in self.composition.forms.values():
            if form.source == "register" and form.subject == subject and code in form.items:
                item = form.items[code]
                return item.unit if item.type == "number" else None
        return None

    def indicator(self, subject: str, code: str) -> Indicator | None:
        """The indicator of a subject."""
        own = self.composition.indicators.get(code)
        return own if own is not None and own.subject == subject else None

    def stands_in_tree(self, subject: str) -> bool:
        """Whether subjects of this kind are parks or zones, the nodes of the park tree."""
        return subject in TREE_KINDS


def is_coarser_or_equal(period: Frequency, frequency: Frequency) -> bool:
    """Whether values that come so often can be had for a period of this frequency."""
    return period in _ORDER and frequency in _ORDER and _ORDER.index(period) >= _ORDER.index(frequency)


def parts_of(period: Period, frequency: Frequency) -> tuple[Period, ...]:
    """The periods of a frequency that make up a period, in order; none where they do not.

    >>> [str(part) for part in parts_of(Period.read("2018Q1"), Frequency.MONTH)]
    ['2018-01', '2018-02', '2018-03']
    """
    if not is_coarser_or_equal(period.frequency, frequency):
        return ()
    if frequency is period.frequency:
        return (period,)
    if frequency is Frequency.MONTH:
        return tuple(period.months())
    if frequency is Frequency.QUARTER:
        first = (period.start.month + 2) // 3
        return tuple(Period.quarter(period.start.year, number) for number in range(first, 5))
    return ()


def territory_parent(code: str) -> str:
    """The territory above in GB/T 2260, or an empty text.

    >>> territory_parent("630102"), territory_parent("630100"), territory_parent("630000")
    ('630100', '630000', '')
    """
    if len(code) != 6 or not code.isdigit():
        return ""
    if code.endswith("0000"):
        return ""
    return code[:2] + "0000" if code.endswith("00") else code[:4] + "00"
