"""What has to be computed: every indicator over every scope that is asked for, in topological order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from yuanzhi.engine.indicators.catalogue import TERRITORY, Catalogue, ItemSource
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.problems import Place, Problem, Severity
from yuanzhi.engine.pack.lower_subjects import lower_subject
from yuanzhi.engine.pack.model import Aggregate, Indicator

if TYPE_CHECKING:
    from datetime import date

    from yuanzhi.engine.formulas import Formula
    from yuanzhi.engine.pack import CompiledPack
    from yuanzhi.engine.pack.composing import Composition

Link = Literal["park", "territory", "parent", ""]


@dataclass(frozen=True, order=True, slots=True)
class Node:
    """One series: an indicator over a scope.

    ``level`` marks what a growth or rank is taken of, where that is no indicator of its own.
    """

    indicator: str
    scope: str = ""
    level: bool = False


@dataclass(frozen=True)
class Rolled:
    """An aggregate resolved: what is rolled up, from whom, along which link.

    Exactly one of ``item``, ``formula`` and ``result`` is set, or none for a plain count. ``result`` is an aggregate
    indicator of the lower subject.
    """

    aggregate: Aggregate
    lower: str
    link: Link
    item: ItemSource | None = None
    attribute: str = ""
    formula: str = ""
    result: str = ""
    rows_of: str = ""


@dataclass(frozen=True)
class Plan:
    """Nodes in an order in which each comes after those it rests on, with the problems found on the way."""

    nodes: tuple[Node, ...] = ()
    wanted: frozenset[Node] = frozenset()
    problems: tuple[Problem, ...] = ()
    levels: Mapping[Node, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Planner:
    """Answers what a node is and what it rests on."""

    compiled: CompiledPack

    @property
    def composition(self) -> Composition:
        """The declarations."""
        return self.compiled.composition

    @cached_property
    def catalogue(self) -> Catalogue:
        """Where names come from."""
        return Catalogue(self.composition)

    def indicator(self, node: Node) -> Indicator:
        """The declaration of a node."""
        return self.composition.indicators[node.indicator]

    def formula(self, code: str) -> Formula | None:
        """An indicator's formula, if it has one that compiles."""
        return self.compiled.formulas.get(f"indicators/{code}/formula")

    def where(self, code: str) -> Formula | None:
        """The condition of an indicator's aggregate."""
        return self.compiled.formulas.get(f"indicators/{code}/aggregate/where")

    def input_node(self, user: Node, code: str) -> Node:
        """The series an input is read from.

        Where the user is asked for over another scope than its own, so are its inputs that declare the same
        scope as it does; an input with another scope keeps it, as the denominator of a share must.
        """
        declared, own = self.composition.indicators[code], self.indicator(user)
        return Node(code, user.scope if declared.scope == own.scope else declared.scope)

    def inputs(self, node: Node) -> tuple[Node, ...]:
        """The nodes a node rests on: its own inputs, and those of the sets it is taken over."""
        return tuple(dict.fromkeys((*self.value_inputs(node), *self.set_inputs(node))))

    def value_inputs(self, node: Node) -> tuple[Node, ...]:
        """The nodes the value is made of."""
        own = self.indicator(node)
        found: list[Node] = []
        formula = None if node.level else self.formula(node.indicator)
        if formula is not None:
            found += [self.input_node(node, code) for code in self._aggregates(own.subject, formula.inputs)]
        if own.aggregate is not None:
            found += self._inputs_of_aggregate(node)
        return tuple(dict.fromkeys(found))

    def set_inputs(self, node: Node) -> tuple[Node, ...]:
        """The nodes that conditions of sets rest on: the scope, the base of a share, the peers of a rank."""
        aggregate = self.indicator(node).aggregate
        codes = [node.scope] + ([aggregate.base_set, aggregate.peers] if aggregate else [])
        known = [code for code in dict.fromkeys(codes) if code in self.composition.sets]
        return tuple(dict.fromkeys(below for code in known for below in self._inputs_of_set(code)))

    def _inputs_of_aggregate(self, node: Node) -> Iterator[Node]:
        rolled = self.rolled(node)
        if rolled.aggregate.function in ("growth", "rank") and not node.level:
            yield self.level_node(node)
            return
        names = set(rolled_names(self, rolled))
        where = self.where(node.indicator)
        names |= where.inputs if where is not None else frozenset()
        for code in self._aggregates(rolled.lower, names):
            yield Node(code, self.composition.indicators[code].scope)

    def _inputs_of_set(self, code: str) -> Iterator[Node]:
        where = self.compiled.formulas.get(f"sets/{code}/where")
        if where is not None:
            for name in self._aggregates(self.composition.sets[code].subject, where.inputs):
                yield Node(name, self.composition.indicators[name].scope)

    def _aggregates(self, subject: str, names: Iterable[str]) -> list[str]:
        return [code for code in sorted(names) if self.catalogue.indicator(subject, code) is not None]

    def level_node(self, node: Node) -> Node:
        """What a growth or rank is the growth or rank of."""
        own = self.indicator(node)
        of = own.aggregate.of if own.aggregate else ""
        if self.catalogue.indicator(own.subject, of) is not None:
            return self.input_node(node, of)
        return Node(node.indicator, node.scope, level=True)

    def rolled(self, node: Node) -> Rolled:
        """A node's aggregate resolved against the forms and indicators there are."""
        own = self.indicator(node)
        aggregate = own.aggregate
        if aggregate is None:
            raise ValueError(f"{node.indicator} is no aggregate")
        lower = lower_subject(self.composition, own) or _lower_by_link(aggregate.by, own.subject)
        link = _link(aggregate.by, lower, own.subject)
        of, rolled = aggregate.of, Rolled(aggregate, lower, link)
        if not of or of == lower:
            return rolled
        if of in self.composition.forms:
            return Rolled(aggregate, lower, link, rows_of=of)
        item = self.catalogue.item(lower, of)
        if item is not None:
            return Rolled(aggregate, lower, link, item=item)
        if self.catalogue.indicator(lower, of) is not None:
            if self.formula(of) is not None:
                return Rolled(aggregate, lower, link, formula=of)
            return Rolled(aggregate, lower, link, result=of)
        return Rolled(aggregate, lower, link, attribute=of)

    def basis(self, node: Node, day: date) -> Basis:
        """What the node's value rests on: the definition, its conditions and everything below, at worst."""
        found = [self.compiled.basis_of(f"indicators/{node.indicator}", day), self.indicator(node).basis]
        if node.scope:
            found.append(self.compiled.basis_of(f"sets/{node.scope}", day))
        found += [self.basis(below, day) for below in self.inputs(node) if below != node]
        return worst(found)


def worst(found: Iterable[Basis]) -> Basis:
    """Missing before chosen before stated."""
    kinds = set(found)
    if Basis.MISSING in kinds:
        return Basis.MISSING
    return Basis.CHOSEN if Basis.CHOSEN in kinds else Basis.STATED


def rolled_names(planner: Planner, rolled: Rolled) -> frozenset[str]:
    """The names of the lower subject that the rolled value is made of."""
    if rolled.item is not None:
        return frozenset({rolled.item.code})
    if rolled.formula:
        formula = planner.formula(rolled.formula)
        return formula.inputs if formula is not None else frozenset()
    return frozenset({name for name in (rolled.attribute, rolled.result) if name})


def make_plan(planner: Planner, indicators: Iterable[str] | None = None) -> Plan:
    """Every node for the indicators asked for (all by default), and for the scopes targets ask for.

    Args:
        planner: The pack's declarations.
        indicators: Codes; what they rest on is added.

    Returns:
        The nodes in topological order. A cycle and a scope that cannot restrict its indicator are problems; what
        rests on them is left out.
    """
    return _Ordering(planner, indicators).plan()


class _Ordering:
    def __init__(self, planner: Planner, indicators: Iterable[str] | None) -> None:
        self.planner = planner
        self.asked = None if indicators is None else set(indicators)
        self.done: dict[Node, int] = {}
        self.order: list[Node] = []
        self.broken: set[Node] = set()
        self.problems: list[Problem] = []

    def plan(self) -> Plan:
        wanted = [node for node in self._wanted() if self._visit(node, ())]
        return Plan(tuple(self.order), frozenset(wanted), tuple(self.problems), dict(self.done))

    def _wanted(self) -> list[Node]:
        composition = self.planner.composition
        for code in sorted((self.asked or set()) - composition.indicators.keys()):
            place = Place(path=f"indicators/{code}")
            self.problems.append(self._made("indicators.unknown", place, Node(code)))
        codes = [code for code in sorted(composition.indicators) if self.asked is None or code in self.asked]
        nodes = [Node(code, composition.indicators[code].scope) for code in codes]
        targets = (own for own in composition.targets.values() if own.scope and own.indicator in codes)
        nodes += [Node(own.indicator, own.scope) for own in targets]
        return sorted(set(nodes))

    def _visit(self, node: Node, above: tuple[Node, ...]) -> bool:
        if node in self.done:
            return True
        if node in self.broken:
            return False
        if node in above:
            way = " → ".join(step.indicator for step in (*above[above.index(node) :], node))
            self._report("indicators.cycle", node, way=way)
            return False
        found = self._problem(node)
        if found is not None:
            self.broken.add(node)
            self.problems.append(found)
            return False
        inputs = self.planner.inputs(node)
        visited = [self._visit(below, (*above, node)) for below in inputs]
        if not all(visited):
            self.broken.add(node)
            return False
        self.done[node] = 1 + max((self.done[below] for below in inputs), default=0)
        self.order.append(node)
        return True

    def _problem(self, node: Node) -> Problem | None:
        planner, own = self.planner, self.planner.indicator(node)
        place = planner.composition.place(f"indicators/{node.indicator}")
        if node.scope and node.scope not in planner.composition.sets:
            return self._made("indicators.scope_unknown", place, node, scope=node.scope)
        if own.aggregate is None:
            if planner.formula(node.indicator) is None:
                return self._made("indicators.no_definition", place, node)
            return None
        rolled = planner.rolled(node)
        if not rolled.lower:
            return self._made("indicators.lower_unknown", place, node)
        if node.scope and not self._fits(node.scope, rolled, own):
            subject = planner.composition.sets[node.scope].subject
            return self._made("indicators.scope_unfit", place, node, scope=node.scope, subject=subject)
        return None

    def _fits(self, scope: str, rolled: Rolled, own: Indicator) -> bool:
        subject = self.planner.composition.sets[scope].subject
        return subject in (rolled.lower, own.subject) or self.planner.catalogue.stands_in_tree(subject)

    def _report(self, code: str, node: Node, **values: str) -> None:
        self.broken.add(node)
        place = self.planner.composition.place(f"indicators/{node.indicator}")
        self.problems.append(self._made(code, place, node, **values))

    @staticmethod
    def _made(code: str, place: Place, node: Node, **values: str) -> Problem:
        severity = Severity.WARNING if code == "indicators.no_definition" else Severity.ERROR
        return Problem(code, place, {"indicator": node.indicator, **values}, severity)


def _link(by: str, lower: str, upper: str) -> Link:
    """The link as declared, or the one that leads from the lower subject to the upper."""
    if lower == upper and not by:
        return ""
    if lower == upper and by == "park":
        return "parent"
    if by == "park":
        return "park"
    if by in ("territory", "parent"):
        return "territory" if by == "territory" else "parent"
    if upper == TERRITORY:
        return "territory"
    return "parent" if lower in ("park", "zone") else "park"


def _lower_by_link(by: str, upper: str) -> str:
    """What a plain count without a population counts: enterprises of a park, parks of a territory."""
    if by == "park":
        return "enterprise"
    return "park" if by in ("parent", "territory") or upper == TERRITORY else ""
