"""The framework of a scheme laid flat: leaves in order, groups with children before parents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

from yuanzhi.engine.pack.scheme_model import AggregateMethod, Node, Normalise, Scheme

Weighting = Literal["declared", "equal", "relative"]
WEIGHTLESS: frozenset[AggregateMethod] = frozenset({"sum", "minimum", "pass_k"})
"""Methods that can do without weights."""


@dataclass(frozen=True)
class Leaf:
    """One indicator of the framework with the settings it is scored by.

    ``sign`` is -1 where less is better. ``path`` is the trail of codes from the root.
    """

    index: int
    code: str
    path: str
    node: Node
    settings: Normalise
    sign: int


@dataclass(frozen=True)
class Group:
    """A node with children, how it aggregates and how it weighs them."""

    code: str
    path: str
    node: Node
    method: AggregateMethod
    weighting: Weighting
    children: tuple[str, ...]


@dataclass(frozen=True)
class Framework:
    """All nodes of a scheme. ``groups`` stand in the order in which they can be computed."""

    root: str
    leaves: tuple[Leaf, ...]
    groups: tuple[Group, ...]
    nodes: Mapping[str, Node]

    def paths_up(self) -> dict[str, str]:
        """The parent of every node but the root."""
        return {child: group.code for group in self.groups for child in group.children}

    @cached_property
    def by_code(self) -> dict[str, Leaf]:
        """The leaves by code."""
        return {leaf.code: leaf for leaf in self.leaves}


def lay_out(scheme: Scheme, directions: Mapping[str, str] | None = None) -> Framework:
    """Lay a scheme's framework flat.

    Args:
        scheme: The scheme.
        directions: ``more``, ``less`` or ``none`` by indicator, used where a node says nothing.

    Returns:
        Leaves in the order written; groups after all their children.
    """
    leaves: list[Leaf] = []
    groups: list[Group] = []
    nodes: dict[str, Node] = {}
    known = directions or {}

    def visit(node: Node, trail: str) -> int:
        path = f"{trail}/{node.code}" if trail else node.code
        nodes[node.code] = node
        if not node.children:
            less = (node.direction or known.get(node.indicator, "more")) == "less"
            settings = node.normalise or scheme.normalise
            leaves.append(Leaf(len(leaves), node.code, path, node, settings, -1 if less else 1))
            return 0
        height = 1 + max([visit(child, path) for child in node.children])
        groups.append(
            Group(
                node.code,
                path,
                node,
                node.aggregate or _method_at(scheme, height),
                node.weighting or scheme.weighting,
                tuple(child.code for child in node.children),
            )
        )
        return height

    visit(scheme.framework, "")
    return Framework(scheme.framework.code, tuple(leaves), tuple(groups), nodes)


def weight_sets(scheme: Scheme) -> tuple[str, ...]:
    """The names of all weight sets the nodes of a scheme use; ``base`` where none is named."""
    named = {name for node in walk(scheme.framework) for name in node.weights}
    return tuple(sorted(named | {scheme.weight_set})) if named else (scheme.weight_set,)


def weight_of(node: Node, weight_set: str) -> Decimal | None:
    """The weight of a node under a weight set; ``None`` where it has none there."""
    if node.weights:
        given = node.weights.get(weight_set)
        return node.weight if given is None and weight_set == "base" else given
    return node.weight


def takes_part(node: Node, weight_set: str) -> bool:
    """Whether a node belongs to a weight set: nodes with named weights only where they have one."""
    return not node.weights or weight_of(node, weight_set) is not None


def child_weight(group: Group, child: Node, weight_set: str) -> Decimal | None:
    """The weight with which a child counts; one where weights play no part."""
    if not takes_part(child, weight_set):
        return Decimal(0)
    if group.weighting == "equal":
        return Decimal(1)
    weight = weight_of(child, weight_set)
    return Decimal(1) if weight is None and group.method in WEIGHTLESS else weight


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it."""
    yield node
    for child in node.children:
        yield from walk(child)


def indicators_read(scheme: Scheme) -> tuple[str, ...]:
    """The indicators a matrix for a scheme holds: values, denominators, weights of means, growths that turn a sign."""
    found: set[str] = set()
    for node in walk(scheme.framework):
        found |= {node.indicator, node.denominator}
        settings = node.normalise or scheme.normalise
        if not node.children:
            found |= {settings.flip_when_negative, settings.base.weight if settings.base else ""}
    return tuple(sorted(found - {""}))


def groupings_read(scheme: Scheme) -> tuple[str, ...]:
    """The groupings a matrix for a scheme places its units in, wherever the scheme names one."""
    found = {scheme.groups, scheme.weight_sets_by, scheme.impute.group, scheme.treat.group}
    found.add(scheme.grades.group if scheme.grades else "")
    for node in walk(scheme.framework):
        settings = node.normalise or scheme.normalise
        found |= {settings.group, settings.base.group if settings.base else ""}
    return tuple(sorted(found - {""}))


def years_read(scheme: Scheme) -> tuple[int, ...]:
    """How many years back the bases of a scheme reach."""
    bases = [own.base for node in walk(scheme.framework) if (own := node.normalise or scheme.normalise)]
    return tuple(sorted({base.years_back for base in bases if base and base.statistic and base.years_back}))


def _method_at(scheme: Scheme, height: int) -> AggregateMethod:
    """The method of a level; the first level is that of groups whose children are leaves."""
    levels = scheme.aggregate_by_level
    return levels[height - 1] if height <= len(levels) else scheme.aggregate
