"""Trees into the frozen records of the pack, by the shape of each record.

What comes here has passed the schema, so only values that no schema can judge are refused: a
date that is no day, a factor of zero. Each record that has a ``place`` learns it here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, assert_never

from yuanzhi.engine.kernel.labels import NO_LABEL, Label
from yuanzhi.engine.kernel.periods import Validity
from yuanzhi.engine.kernel.problems import Place
from yuanzhi.engine.kernel.quantities import Dimension
from yuanzhi.engine.pack.model import CodeItem, Declaration
from yuanzhi.engine.pack.shapes import (
    Choice,
    CodeBody,
    Either,
    Field,
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
    is_coded,
    is_positional,
)
from yuanzhi.engine.pack.tree import Tree, plain_tree


class Unfit(Exception):
    """A value that has the right form and still stands for nothing."""

    def __init__(self, code: str, tree: Tree, **values: str) -> None:
        super().__init__(code)
        self.code, self.tree, self.values_ = code, tree, values


class Structurer:
    """Makes the records of one file; ``pack`` and ``file`` go into each of them."""

    def __init__(self, pack: str, file: str) -> None:
        self.pack, self.file = pack, file

    def entry(self, section: str, code: str, shape: Shape, tree: Tree) -> Any:
        """One entry of a section.

        Raises:
            Unfit: A value stands for nothing.
        """
        trail = f"{section}/{code}"
        if isinstance(shape, FreeBody):
            return self._declaration(section, code, tree, trail)
        assert isinstance(shape, Record), "every section holds records"
        return self.record(shape.cls, tree, trail, code)

    def value(self, shape: Shape, tree: Tree, trail: str) -> Any:
        """The tree as a value of the shape."""
        match shape:
            case Plain(kind):
                return _PLAIN[kind](tree)
            case Choice(_, enum):
                return enum(tree.value) if enum else tree.raw
            case Words():
                return label_of(tree)
            case Perhaps(inner):
                return None if tree.value is None else self.value(inner, tree, trail)
            case Record(cls):
                return self.record(cls, tree, trail)
            case Many(item):
                return self._many(item, tree, trail)
            case Named(value, keyed):
                return self._named(value, keyed, tree, trail)
            case Fixed(items):
                return tuple(self.value(own, below, trail) for own, below in zip(items, tree.items, strict=True))
            case Either(one, pair):
                return self.value(pair if tree.items else one, tree, trail)
            case CodeBody():
                return code_item(tree.raw, tree)
            case FreeBody():
                return plain_tree(tree)
            case _:
                assert_never(shape)

    def record(self, cls: type, tree: Tree, trail: str, code: str | None = None) -> Any:
        """A record of the class from a mapping, or from its shorthand."""
        arguments: dict[str, Any] = {}
        own = fields_of(cls)
        entries = tree.entries
        if isinstance(tree.value, list) and is_positional(cls):
            entries = {field.keys[0]: below for field, below in zip(own, tree.value, strict=False)}
        elif tree.is_scalar and tree.value is not None:
            if code is None:
                code = tree.raw
            else:
                entries = {"label": tree}
        for field in own:
            if field.name == "code" and code is not None:
                arguments["code"] = code
            elif (below := _written(field, entries)) is not None:
                arguments[field.name] = self.value(field.shape, below, f"{trail}/{field.name}")
            elif field.required and not field.must_stand:
                arguments[field.name] = None
        hints = cls.__dataclass_fields__  # type: ignore[attr-defined]
        if "place" in hints:
            arguments["place"] = Place(self.file, tree.line, tree.column, trail)
        if "pack" in hints:
            arguments["pack"] = self.pack
        return cls(**arguments)

    def _many(self, item: Shape, tree: Tree, trail: str) -> tuple[Any, ...]:
        if tree.value is None:
            return ()
        if isinstance(tree.value, list):
            return tuple(self._item(item, below, f"{trail}/{n}", n) for n, below in enumerate(tree.value))
        if not isinstance(tree.value, dict):
            return (self._item(item, tree, f"{trail}/0", 0),)
        if isinstance(item, Fixed):
            first, second = item.items
            return tuple(
                (self.value(first, below.with_key(key), trail), self.value(second, below, trail))
                for key, below in tree.entries.items()
            )
        if not isinstance(item, Record) or not is_coded(item):
            return (self._item(item, tree, f"{trail}/0", 0),)
        return tuple(
            self.record(item.cls, below, f"{trail}/{n}", code) for n, (code, below) in enumerate(tree.entries.items())
        )

    def _item(self, item: Shape, tree: Tree, trail: str, number: int) -> Any:
        if isinstance(item, Fixed) and tree.is_scalar:
            word, _, order = tree.raw.rpartition(" ")
            return (word, order) if order in ("asc", "desc") and word else (tree.raw, "asc")
        if isinstance(item, Record) and is_coded(item) and tree.entries and "code" not in tree.entries:
            return self.record(item.cls, tree, trail, str(number))
        return self.value(item, tree, trail)

    def _named(self, shape: Shape, keyed: bool, tree: Tree, trail: str) -> dict[str, Any]:
        if isinstance(shape, CodeBody):
            return {code: code_item(code, below) for code, below in tree.entries.items()}
        if keyed and isinstance(shape, Record):
            return {
                code: self.record(shape.cls, below, f"{trail}/{code}", code) for code, below in tree.entries.items()
            }
        return {key: self.value(shape, below, f"{trail}/{key}") for key, below in tree.entries.items()}

    def _declaration(self, section: str, code: str, tree: Tree, trail: str) -> Declaration:
        own = tree.entries
        return Declaration(
            code=code,
            label=label_of(own["label"]) if "label" in own else NO_LABEL,
            clause=own["clause"].raw if "clause" in own else "",
            note=label_of(own["note"]) if "note" in own else NO_LABEL,
            pack=self.pack,
            place=Place(self.file, tree.line, tree.column, trail),
            section=section,
            body=plain_tree(tree.without("label", "clause", "note")),
        )


def label_of(tree: Tree) -> Label:
    """A label from zh and en, or from one text in Chinese."""
    if tree.is_scalar:
        return NO_LABEL if tree.value is None else Label(tree.raw)
    own = tree.entries
    return Label(own["zh"].raw if "zh" in own else "", own["en"].raw if "en" in own else "")


_CODE_KEYS = ("zh", "en", "label", "parent", "level", "from", "to")


def code_item(code: str, tree: Tree) -> CodeItem:
    """A code of a list; keys that are none of the usual ones are its attributes."""
    if tree.is_scalar:
        return CodeItem(code=code, label=label_of(tree))
    own = tree.entries
    return CodeItem(
        code=code,
        label=label_of(own["label"]) if "label" in own else label_of(tree),
        parent=own["parent"].raw if "parent" in own else "",
        level=int(own["level"].value) if "level" in own else 0,
        validity=Validity(_day(own["from"]) if "from" in own else None, _day(own["to"]) if "to" in own else None),
        attributes={key: below.raw for key, below in own.items() if key not in _CODE_KEYS},
    )


def dimension_of(text: str) -> Dimension:
    """A dimension from text such as ``money/area``.

    >>> dimension_of("money/area^2")
    (('area', -2), ('money', 1))
    """
    powers: dict[str, int] = {}
    sign = 1
    for part in text.replace("*", " * ").replace("/", " / ").split():
        if part in "*/":
            sign = 1 if part == "*" else -1
            continue
        base, _, power = part.partition("^")
        if base != "1":
            powers[base] = powers.get(base, 0) + sign * int(power or 1)
    return tuple(sorted((base, power) for base, power in powers.items() if power))


def _written(field: Field, entries: dict[str, Tree]) -> Tree | None:
    for key in field.keys:
        if key in entries:
            below = entries[key]
            if below.value is None and not isinstance(field.shape, Perhaps | Plain | Words):
                return None
            return below
    return None


def _text(tree: Tree) -> str:
    return tree.raw if tree.value is not None else ""


def _number(tree: Tree) -> Decimal:
    return Decimal(tree.value)


def _integer(tree: Tree) -> int:
    return int(tree.value)


def _boolean(tree: Tree) -> bool:
    return bool(tree.value)


def _day(tree: Tree) -> date | None:
    if tree.value is None or isinstance(tree.value, date):
        return tree.value
    try:
        return date.fromisoformat(tree.raw)
    except ValueError:
        raise Unfit("yaml.no_such_day", tree, text=tree.raw) from None


def _fraction(tree: Tree) -> Fraction:
    try:
        found = Fraction(tree.raw.replace(" ", ""))
    except (ValueError, ZeroDivisionError):
        found = Fraction(0)
    if found <= 0:
        raise Unfit("unit.factor", tree, text=tree.raw)
    return found


def _dimension(tree: Tree) -> Dimension:
    return dimension_of(tree.raw)


def _scalar(tree: Tree) -> Any:
    return Decimal(tree.value) if type(tree.value) is int else tree.value


_PLAIN: dict[str, Callable[[Tree], Any]] = {
    "text": _text,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "date": _day,
    "fraction": _fraction,
    "dimension": _dimension,
    "scalar": _scalar,
    "any": plain_tree,
}
