"""A pack written as YAML again, in full form and one order: what is read back is the same pack."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, assert_never

import yaml

from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.kernel.labels import NO_LABEL, Label
from yuanzhi.engine.kernel.periods import ALWAYS
from yuanzhi.engine.kernel.quantities import Dimension
from yuanzhi.engine.pack.model import CodeItem, Declaration
from yuanzhi.engine.pack.shapes import (
    IDENTITY,
    SECTIONS,
    Choice,
    CodeBody,
    Either,
    Fixed,
    FreeBody,
    Many,
    Named,
    Perhaps,
    Plain,
    Record,
    Shape,
    Words,
    fields_of,
)
from yuanzhi.engine.pack.shorthands import FILLED_KEYS
from yuanzhi.engine.pack.whole import Pack

_BARE = re.compile(r"[A-Za-z\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]*")
_RESERVED = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def write_pack(pack: Pack) -> str:
    """The pack as one YAML file, every shorthand written out; codes of lists stand in it too."""
    sections: dict[str, Any] = {"pack": _plain(IDENTITY, pack.identity)}
    for section, shape in SECTIONS.items():
        entries = {code: _entry(shape, own) for code, own in getattr(pack, section).items()}
        if entries:
            sections[section] = entries
    return yaml.dump(sections, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1_000_000)


def _entry(shape: Shape, own: Any) -> Any:
    written = _plain(shape, own)
    written.pop("code", None)
    return written


def _plain(shape: Shape, value: Any) -> Any:
    match shape:
        case Plain("fraction"):
            return _fraction(value)
        case Plain("dimension"):
            return _dimension(value)
        case Plain() | Choice():
            return value.value if isinstance(value, StrEnum) else value
        case Words():
            return _label(value)
        case Perhaps(inner):
            return None if value is None else _plain(inner, value)
        case Record(cls):
            return _record(cls, value)
        case Many(item):
            return [_plain(item, each) for each in value]
        case Fixed(items):
            return [_plain(item, each) for item, each in zip(items, value, strict=True)]
        case Either(one, pair):
            return _plain(pair if isinstance(value, tuple) else one, value)
        case Named(inner, keyed):
            return {key: _entry(inner, each) if keyed else _plain(inner, each) for key, each in value.items()}
        case CodeBody():
            return _code_item(value)
        case FreeBody():
            return _declaration(value)
        case _:
            assert_never(shape)


def _record(cls: type, value: Any) -> dict[str, Any]:
    """The fields that differ from their defaults, those without one, and those a figure would fill."""
    defaults = _defaults(cls)
    filled = FILLED_KEYS if getattr(value, "figure", "") else frozenset()
    return {
        own.keys[0]: _plain(own.shape, getattr(value, own.name))
        for own in fields_of(cls)
        if own.required or own.name in filled or getattr(value, own.name) != defaults[own.name]
    }


def _defaults(cls: type) -> dict[str, Any]:
    own = cls.__dataclass_fields__  # type: ignore[attr-defined]
    return {
        name: field.default_factory() if callable(field.default_factory) else field.default
        for name, field in own.items()
    }


def _label(label: Label) -> Any:
    if label == NO_LABEL:
        return None
    return {"zh": label.zh, "en": label.en} if label.en else label.zh


def _code_item(item: CodeItem) -> dict[str, Any]:
    written: dict[str, Any] = {"zh": item.label.zh}
    if item.label.en:
        written["en"] = item.label.en
    if item.parent:
        written["parent"] = item.parent
    if item.level:
        written["level"] = item.level
    if item.validity != ALWAYS:
        ends = {"from": item.validity.first, "to": item.validity.last}
        written |= {key: day for key, day in ends.items() if day}
    return {**written, **item.attributes}


def _declaration(own: Declaration) -> dict[str, Any]:
    parts = {"label": _label(own.label), "clause": own.clause or None, "note": _label(own.note)}
    return {**{key: part for key, part in parts.items() if part is not None}, **own.body}


def _fraction(value: Fraction) -> str:
    return str(value)


def _dimension(value: Dimension) -> str:
    def term(base: str, power: int) -> str:
        return base if power == 1 else f"{base}^{power}"

    return "*".join(term(base, power) for base, power in value) or "1"


class _Dumper(yaml.SafeDumper):
    """Writes decimals as they stand, and text in quotes wherever it could be taken for something else."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    bare = _BARE.fullmatch(text) and text.lower() not in _RESERVED
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if bare else '"')


def _represent_decimal(dumper: _Dumper, value: Decimal) -> yaml.ScalarNode:
    whole = value == value.to_integral_value()
    return dumper.represent_scalar("tag:yaml.org,2002:int" if whole else "tag:yaml.org,2002:float", decimal_text(value))


def _represent_day(dumper: _Dumper, day: date) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", day.isoformat())


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(Decimal, _represent_decimal)
_Dumper.add_representer(date, _represent_day)
