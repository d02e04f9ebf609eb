"""Shorthands worked out before structuring: values taken from figures, one undated value.

Works on trees, so that everything filled in keeps the place where it was written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from yuanzhi.engine.kernel.problems import Place, Problem, nearest
from yuanzhi.engine.pack.tree import Tree

_TARGET_KEYS = {
    "comparison": "comparison",
    "value": "value",
    "unit": "unit",
    "target_year": "year",
    "base_year": "base_year",
    "base_value": "base_value",
    "clause": "clause",
    "label": "label",
}
_PARAMETER_KEYS = {"unit": "unit", "clause": "clause", "label": "label"}

FILLED_KEYS = frozenset({*_TARGET_KEYS.values(), *_PARAMETER_KEYS.values()})
"""What a target or parameter takes from its figure unless it writes it, even as nothing."""


class Shorthands:
    """Expands the entries of one pack; ``start`` is the day its undated values begin, ``broken`` names bad figures."""

    def __init__(
        self,
        figures: Mapping[str, Tree],
        clauses: Mapping[str, Tree],
        start: Tree | None,
        broken: Collection[str] = (),
    ) -> None:
        self.figures, self.clauses, self.start, self.broken = figures, clauses, start, broken
        self.problems: list[Problem] = []

    def expand(self, section: str, code: str, tree: Tree, file: str) -> Tree:
        """The entry in full form; what cannot be worked out is reported and left as it is."""
        if not isinstance(tree.value, dict):
            return tree
        match section:
            case "figures":
                return self._figure(code, tree)
            case "parameters":
                return self._parameter(code, tree, file)
            case "targets":
                return self._target(code, tree, file)
        return tree

    def _figure(self, code: str, tree: Tree) -> Tree:
        """A figure without a clause belongs to the clause its id begins with."""
        clause = code.rpartition("-")[0]
        if "clause" in tree.entries or clause not in self.clauses:
            return tree
        return tree.under(("clause", tree.with_key(clause)))

    def _parameter(self, code: str, tree: Tree, file: str) -> Tree:
        own = tree.entries
        if "figure" in own and not own.keys() & {"value", "values"}:
            figure = self._found_figure(own["figure"], f"parameters/{code}/figure", file)
            if figure is None:
                return tree.under(("values", tree.with_value([])))
            tree = _filled(tree, figure, _PARAMETER_KEYS)
            value = figure.entries.get("value", Tree(None))
            if isinstance(value.value, list) or value.value is None:
                place = Place(file, own["figure"].line, own["figure"].column, f"parameters/{code}/figure")
                self.problems.append(Problem("figure.no_single_value", place, {"figure": own["figure"].raw}))
                return tree.under(("values", tree.with_value([])))
            stated = tree.with_key("stated")
            return tree.under(("values", self._single(tree, ("value", value), ("basis", stated))))
        if own.keys() & {"value", "basis", "why"} and "values" not in own:
            if "basis" not in own:
                place = Place(file, tree.line, tree.column, f"parameters/{code}")
                self.problems.append(Problem("parameter.no_basis", place, {"parameter": code}))
            basis = own.get("basis", tree.with_key("chosen"))
            given = [(key, own[key]) for key in ("value", "why") if key in own]
            full = tree.without("value", "basis", "why")
            return full.under(("values", self._single(tree, *given, ("basis", basis))))
        return tree

    def _single(self, tree: Tree, *entries: tuple[str, Tree]) -> Tree:
        first = [("from", self.start)] if self.start is not None else []
        one = tree.with_value(dict((*first, *entries)))
        value = dict(entries).get("value")
        if value is not None:
            one.line, one.column = value.line, value.column
        return tree.with_value([one])

    def _target(self, code: str, tree: Tree, file: str) -> Tree:
        own = tree.entries
        if "figure" not in own:
            return tree
        figure = self._found_figure(own["figure"], f"targets/{code}/figure", file)
        if figure is None:
            return tree
        if isinstance(figure.entries.get("value", Tree(None)).value, list) and "value" not in own:
            place = Place(file, own["figure"].line, own["figure"].column, f"targets/{code}/figure")
            self.problems.append(Problem("figure.no_single_value", place, {"figure": own["figure"].raw}))
            figure = figure.without("value")
        return _filled(tree, figure, _TARGET_KEYS)

    def _found_figure(self, named: Tree, path: str, file: str) -> Tree | None:
        if named.raw in self.broken:
            return None  # reported where it stands
        figure = self.figures.get(named.raw)
        if figure is None:
            values = {"figure": named.raw, "nearest": nearest(named.raw, self.figures) or "—"}
            self.problems.append(Problem("figure.unknown", Place(file, named.line, named.column, path), values))
        elif "clause" not in figure.entries:
            return self._figure(named.raw, figure)
        return figure


def _filled(tree: Tree, figure: Tree, keys: Mapping[str, str]) -> Tree:
    """The entry with what it does not write itself taken from the figure."""
    return tree.under(
        *(
            (to, figure.entries[key])
            for key, to in keys.items()
            if key in figure.entries and to not in tree.entries and figure.entries[key].value is not None
        )
    )
