"""YAML text as a tree of typed values in which every node knows its line and column.

Scalars become int, Decimal, bool, date, text or nothing, never float. Whatever other readers of
YAML would take differently is found here: codes with leading zeros, anchors and tags, full-width
digits, private-use characters, keys written twice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import yaml

from yuanzhi.engine.kernel.problems import NOWHERE, Place, Problem, Severity

DEEPEST = 40
Report = Callable[..., None]
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9][0-9]*(?:\.[0-9]+)?")
_NUMBER_LIKE = re.compile(r"[-+]?[0-9][0-9,.]*%?")
_NOTHING = {"", "~", "null", "Null", "NULL"}
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NO_NUMBERS = {".inf", "-.inf", "+.inf", ".nan", ".Inf", ".NaN", ".NAN", ".INF"}


@dataclass(slots=True)
class Tree:
    """A node: a mapping, a list or a scalar. ``raw`` is the text of a scalar as written.

    Line and column count from one; an entry of a mapping stands where its key does.
    """

    value: Any
    line: int = 0
    column: int = 0
    raw: str = ""

    @property
    def entries(self) -> dict[str, Tree]:
        """The entries of a mapping; of anything else none."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> list[Tree]:
        """The items of a list; of anything else none."""
        return self.value if isinstance(self.value, list) else []

    @property
    def is_scalar(self) -> bool:
        """Whether this is no mapping and no list."""
        return not isinstance(self.value, dict | list)

    def under(self, *entries: tuple[str, Tree]) -> Tree:
        """The same mapping with further entries."""
        return Tree({**self.entries, **dict(entries)}, self.line, self.column)

    def without(self, *keys: str) -> Tree:
        """The same mapping without some entries."""
        return Tree({k: v for k, v in self.entries.items() if k not in keys}, self.line, self.column)

    def with_key(self, key: str) -> Tree:
        """A text node that holds the key this node stands under."""
        return Tree(key, self.line, self.column, key)

    def with_value(self, value: Any) -> Tree:
        """Another value at the same spot."""
        return Tree(value, self.line, self.column, self.raw)


@dataclass(frozen=True)
class Positions:
    """Where everything of a pack stands, by trail such as ``rules/x/exceptions/0/when``."""

    roots: Mapping[tuple[str, str], tuple[str, Tree]] = field(default_factory=dict)

    def writes(self, trail: str) -> bool:
        """Whether the pack itself writes something at exactly this trail."""
        section, _, rest = trail.partition("/")
        code, _, rest = rest.partition("/")
        tree: Tree | None = self.roots.get((section, code), ("", None))[1]
        for part in rest.split("/") if rest else ():
            tree = _step(tree, part) if tree is not None else None
        return tree is not None

    def place(self, trail: str) -> Place:
        """The place of a trail, or of the nearest thing above it that is written down."""
        parts = trail.split("/")
        if len(parts) < 2 or (parts[0], parts[1]) not in self.roots:
            return Place(path=trail)
        file, tree = self.roots[parts[0], parts[1]]
        for part in parts[2:]:
            below = _step(tree, part)
            if below is None:
                break
            tree = below
        return Place(file, tree.line, tree.column, trail)


def read_tree(text: str, file: str, problems: list[Problem]) -> Tree | None:
    """The document as a tree, or ``None`` where the text is no YAML or holds nothing."""

    def report(code: str, line: int, column: int, severity: Severity = Severity.ERROR, **values: str) -> None:
        problems.append(Problem(code, Place(file, line, column), values, severity))

    try:
        events = yaml.parse(text, Loader=yaml.CSafeLoader)
        return _Grower(report).grow(iter(events))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        report("yaml.syntax", *where, reason=" ".join(p for p in (error.context, error.problem) if p))
    except yaml.YAMLError as error:
        report("yaml.syntax", 0, 0, reason=str(error).replace("\n", " "))
    return None


class _Grower:
    """Turns parser events into a tree; a stack instead of recursion, so depth cannot hurt."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.stack: list[Tree] = []
        self.keys: list[tuple[str, int, int] | None] = []
        self.root: Tree | None = None
        self.documents = 0
        self.too_deep = 0

    def grow(self, events: Iterator[yaml.Event]) -> Tree | None:
        for event in events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.MappingStartEvent:
                self._open(event, {})
            elif kind is yaml.SequenceStartEvent:
                self._open(event, [])
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._close()
            elif kind is yaml.AliasEvent:
                line, column = _spot(event)
                self.report("yaml.alias", line, column, name=str(getattr(event, "anchor", "")))
                self._place(Tree(None, line, column))
            elif kind is yaml.DocumentStartEvent:
                self.documents += 1
                if self.documents == 2:
                    self.report("yaml.several_documents", *_spot(event))
        return self.root

    def _scalar(self, event: Any) -> None:
        line, column = _spot(event)
        self._refuse_extras(event, line, column)
        text = event.value
        plain = event.implicit[0] and not event.style
        tree = Tree(text, line, column, text)
        if not text.isascii():
            self._check_characters(text, plain, line, column)
        if self._expects_key():
            self._key(text, line, column)
            return
        if plain:
            tree.value = self._typed(text, line, column)
        self._place(tree)

    def _typed(self, text: str, line: int, column: int) -> Any:
        """A plain scalar as the value it stands for; whatever is unclear stays text and is reported."""
        first = text[:1]
        if first in "-+.0123456789" and first:
            if _INTEGER.fullmatch(text):
                return int(text)
            if _DECIMAL.fullmatch(text):
                return Decimal(text)
            if _DATE.fullmatch(text):
                try:
                    return date.fromisoformat(text)
                except ValueError:
                    self.report("yaml.no_such_day", line, column, text=text)
            elif _LEADING_ZERO.fullmatch(text):
                self.report("yaml.leading_zero", line, column, text=text)
            elif text in _NO_NUMBERS:
                self.report("yaml.no_number", line, column, text=text)
            return text
        if text in _NOTHING:
            return None
        return _TRUTH.get(text, text)

    def _check_characters(self, text: str, plain: bool, line: int, column: int) -> None:
        private = sorted({character for character in text if unicodedata.category(character) == "Co"})
        if private:
            codes = ", ".join(f"U+{ord(character):04X}" for character in private)
            self.report("yaml.private_use", line, column, codes=codes)
        if plain and _NUMBER_LIKE.fullmatch(folded := unicodedata.normalize("NFKC", text)) and folded != text:
            self.report("yaml.full_width_number", line, column, text=text, half_width=folded)

    def _refuse_extras(self, event: Any, line: int, column: int) -> None:
        if event.anchor:
            self.report("yaml.anchor", line, column, name=event.anchor)
        if event.tag and event.tag != "!":
            self.report("yaml.tag", line, column, name=event.tag)

    def _open(self, event: Any, value: Any) -> None:
        line, column = _spot(event)
        self._refuse_extras(event, line, column)
        if self._expects_key():
            self.report("yaml.key_not_text", line, column)
            self.keys[-1] = ("", line, column)
            self.stack.append(Tree(value, line, column))
            self.keys.append(None)
            return
        tree = Tree(value, line, column)
        if len(self.stack) >= DEEPEST:
            self.too_deep += 1
            if self.too_deep == 1:
                self.report("yaml.too_deep", line, column, deepest=str(DEEPEST))
        self._place(tree)
        self.stack.append(tree)
        self.keys.append(None)

    def _close(self) -> None:
        self.stack.pop()
        self.keys.pop()

    def _expects_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].value, dict) and self.keys[-1] is None

    def _key(self, text: str, line: int, column: int) -> None:
        entries = self.stack[-1].entries
        if text == "<<":
            self.report("yaml.merge", line, column)
        elif text in entries:
            self.report("yaml.key_twice", line, column, key=text, first=str(entries[text].line))
        self.keys[-1] = (text, line, column)

    def _place(self, tree: Tree) -> None:
        if not self.stack:
            self.root = self.root or tree
            return
        top = self.stack[-1].value
        if isinstance(top, list):
            top.append(tree)
            return
        key = self.keys[-1]
        assert key is not None, "a value of a mapping follows its key"
        self.keys[-1] = None
        tree.line, tree.column = key[1], key[2]
        top.setdefault(key[0], tree)


def _spot(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _step(tree: Tree, part: str) -> Tree | None:
    if part in tree.entries:
        return tree.entries[part]
    if part.isdigit():
        below = tree.items or list(tree.entries.values())
        return below[int(part)] if int(part) < len(below) else None
    return None


def plain_tree(tree: Tree) -> Any:
    """The tree as plain Python values: dicts, lists, int, Decimal, bool, date, text, ``None``."""
    value = tree.value
    if isinstance(value, dict):
        return {key: plain_tree(below) for key, below in value.items()}
    if isinstance(value, list):
        return [plain_tree(below) for below in value]
    return value


NO_POSITIONS = Positions()
__all__ = ["DEEPEST", "NOWHERE", "NO_POSITIONS", "Positions", "Tree", "plain_tree", "read_tree"]
