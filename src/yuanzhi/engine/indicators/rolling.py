"""Tallies of leaves added up the trees: enterprise → park → zone, county → prefecture → province."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from yuanzhi.engine.indicators.catalogue import TERRITORY, TREE_KINDS
from yuanzhi.engine.indicators.frames import Tree, territories_above
from yuanzhi.engine.indicators.plan import Link
from yuanzhi.engine.indicators.tallies import Leaf, Leaves, Tally


@dataclass(frozen=True)
class Climb:
    """How leaves are added up.

    Attributes:
        tree: The parks and zones of the frame.
        lower: The kind of subject the leaves are made of.
        upper: The kind of subject that results.
        link: The tree that is climbed.
        parks: Only leaves in these parks or below them count; all if ``None``.
        uppers: Only these results are wanted; all if ``None``.
        once: A park under another park of the population counts only as a part of that one, as for sums and counts.
    """

    tree: Tree
    lower: str
    upper: str
    link: Link
    parks: frozenset[str] | None = None
    uppers: frozenset[str] | None = None
    once: bool = True
    _members: dict[tuple[Leaf, ...], dict[str, list[Leaf]]] = field(default_factory=dict, compare=False, repr=False)

    def members(self, leaves: tuple[Leaf, ...]) -> dict[str, list[Leaf]]:
        """The leaves each wanted upper subject holds; the same leaves are climbed from once only."""
        if leaves not in self._members:
            found: dict[str, list[Leaf]] = {}
            for leaf in leaves:
                for upper in self.above(leaf) if self.holds(leaf) else ():
                    if _is_wanted(upper, self):
                        found.setdefault(upper, []).append(leaf)
            self._members[leaves] = found
        return self._members[leaves]

    def above(self, leaf: Leaf) -> tuple[str, ...]:
        """The subjects a leaf counts for."""
        park, territory = leaf
        match self.link:
            case "territory":
                way = territories_above(territory or "")
                return way[1:] if self.lower == TERRITORY else way
            case "parent":
                return self.tree.above(park)[1:] if park else ()
            case _:
                return self.tree.above(park) if park else ()

    def ancestors(self, leaf: Leaf) -> tuple[str, ...]:
        """What stands above the leaf's own subject in its own tree, for kinds of subject that are nested."""
        park, territory = leaf
        if self.lower in TREE_KINDS:
            return self.tree.above(park)[1:] if park else ()
        return territories_above(territory or "")[1:] if self.lower == TERRITORY else ()

    def own(self, leaf: Leaf) -> str:
        """The leaf's own subject, for kinds of subject that are nested."""
        return (leaf[1] if self.lower == TERRITORY else leaf[0]) or ""

    def holds(self, leaf: Leaf) -> bool:
        """Whether the leaf lies in the parks of the scope."""
        if self.parks is None:
            return True
        return leaf[0] is not None and not self.parks.isdisjoint(self.tree.above(leaf[0]))

    @property
    def is_nested(self) -> bool:
        """Whether leaves can stand above each other."""
        return self.lower in TREE_KINDS or self.lower == TERRITORY


def rolled_up(leaves: Leaves, climb: Climb) -> dict[str, Tally]:
    """The tally of every upper subject, those without any leaf included where the register knows them."""
    found: dict[str, Tally] = {code: Tally() for code in _known_uppers(climb)}
    for upper, below in climb.members(tuple(leaves)).items():
        tally = found.setdefault(upper, Tally())
        for leaf in _topmost(below, leaves, climb) if climb.once and climb.is_nested else below:
            tally.add(leaves[leaf])
    if climb.tree.split:
        for leaf, own in leaves.items():
            for upper in climb.tree.left_open(leaf[0]) if own.count and leaf[0] and climb.holds(leaf) else ():
                found.setdefault(upper, Tally()).is_open = True
    return {code: tally for code, tally in sorted(found.items()) if _is_wanted(code, climb)}


def _topmost(below: list[Leaf], counted: Mapping[Leaf, Tally], climb: Climb) -> list[Leaf]:
    """The leaves that stand under no other leaf which has the value, or might have."""
    holders = {climb.own(leaf) for leaf in below if counted[leaf].count or counted[leaf].pending}
    return [leaf for leaf in below if not holders.intersection(climb.ancestors(leaf))]


def _known_uppers(climb: Climb) -> list[str]:
    if climb.link == "territory" or climb.upper not in TREE_KINDS:
        return []
    return [code for code, kind in climb.tree.kinds.items() if kind == climb.upper and _may_hold(code, climb)]


def _may_hold(code: str, climb: Climb) -> bool:
    """Whether a park without leaves belongs in the result: always, or with a scope only where the scope reaches it."""
    return climb.parks is None or not climb.parks.isdisjoint(climb.tree.above(code))


def _is_wanted(upper: str, climb: Climb) -> bool:
    if climb.uppers is not None and upper not in climb.uppers:
        return False
    if climb.link == "territory":
        return climb.upper == TERRITORY
    return climb.tree.kinds.get(upper, climb.upper) == climb.upper
