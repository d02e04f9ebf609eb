"""The framework of a scheme as a walk: each node with its path of codes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from yuanzhi.engine.pack.scheme_model import Node, Scheme


@dataclass(frozen=True)
class PlacedNode:
    """A node with its path of codes from the root and its trail in the file."""

    node: Node
    path: str
    trail: str
    level: int


def walk_framework(scheme: Scheme) -> Iterator[PlacedNode]:
    """Every node of a scheme, parents before children.

    ``path`` names formulas (``schemes/s/<path>/where``); ``trail`` is where the node is written.
    """
    yield from _below(scheme.framework, scheme.framework.code, f"schemes/{scheme.code}/framework", 0)


def _below(node: Node, path: str, trail: str, level: int) -> Iterator[PlacedNode]:
    yield PlacedNode(node, path, trail, level)
    for number, child in enumerate(node.children):
        yield from _below(child, f"{path}/{child.code}", f"{trail}/children/{number}", level + 1)
