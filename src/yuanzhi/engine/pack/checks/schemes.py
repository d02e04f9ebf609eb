"""Assessment schemes: weights at every node, leaves with indicators, grades that cover every score."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.kernel.problems import Problem, listed
from yuanzhi.engine.pack.checks.report import finding
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.frameworks import PlacedNode, walk_framework
from yuanzhi.engine.pack.scheme_model import AggregateMethod, Node, Scheme

_WEIGHTLESS: frozenset[AggregateMethod] = frozenset({"sum", "minimum", "pass_k"})
"""Methods that can do without weights."""


def check_weights(compiled: CompiledPack) -> Iterator[Problem]:
    """The weights of a node's children come to the scheme's total, under every weight set."""
    composition = compiled.composition
    for scheme in composition.schemes.values():
        for placed in walk_framework(scheme):
            for name in _weight_sets(scheme) if placed.node.children else ():
                for code, values in _weights_of(scheme, placed, name):
                    yield finding(composition, code, f"{placed.trail}/children", **values)


def _weights_of(scheme: Scheme, placed: PlacedNode, weight_set: str) -> Iterator[tuple[str, dict[str, str]]]:
    node = placed.node
    if (node.weighting or scheme.weighting) != "declared":
        return
    given = {child.code: _weight(child, weight_set) for child in node.children if _takes_part(child, weight_set)}
    missing = [code for code, weight in given.items() if weight is None]
    where = {"scheme": scheme.code, "node": node.code, "set": weight_set}
    method = node.aggregate or scheme.aggregate
    if missing:
        if len(missing) == len(given) and method in _WEIGHTLESS:
            return
        if not scheme.missing_parts:
            yield "scheme.weight_missing", {**where, "children": listed(missing)}
        return
    total = sum((weight for weight in given.values() if weight is not None), Decimal(0))
    if given and total != scheme.weight_total and method not in _WEIGHTLESS:
        parts = listed(f"{code} {decimal_text(weight)}" for code, weight in given.items() if weight is not None)
        expected = decimal_text(scheme.weight_total)
        yield "scheme.weights", {**where, "total": decimal_text(total), "expected": expected, "parts": parts}


def _weight_sets(scheme: Scheme) -> tuple[str, ...]:
    named = {name for placed in walk_framework(scheme) for name in placed.node.weights}
    return tuple(sorted(named | {scheme.weight_set})) if named else (scheme.weight_set,)


def _weight(node: Node, weight_set: str) -> Decimal | None:
    if not node.weights:
        return node.weight
    given = node.weights.get(weight_set)
    return node.weight if given is None and weight_set == "base" else given


def _takes_part(node: Node, weight_set: str) -> bool:
    return not node.weights or _weight(node, weight_set) is not None


def check_frameworks(compiled: CompiledPack) -> Iterator[Problem]:
    """A node has an indicator or children, not both or none, and its code is its own."""
    composition = compiled.composition
    for scheme in composition.schemes.values():
        seen: set[str] = set()
        for placed in walk_framework(scheme):
            node = placed.node
            where = {"scheme": scheme.code, "node": node.code}
            if node.code in seen:
                yield finding(composition, "scheme.node_twice", placed.trail, **where)
            seen.add(node.code)
            if bool(node.indicator) == bool(node.children) and not (scheme.missing_parts and not node.children):
                yield finding(composition, "scheme.node_empty", placed.trail, **where)
            if node.aggregate == "pass_k" and not node.need:
                yield finding(composition, "scheme.need", placed.trail, **where)


_USED: dict[str, frozenset[str]] = {
    "base_ratio": frozenset({"base"}),
    "goalposts": frozenset({"goalposts"}),
    "distance_to_target": frozenset({"target"}),
    "steps": frozenset({"steps"}),
    "pass_fail": frozenset({"threshold", "thresholds_by"}),
}
"""What a method cannot do without; of ``pass_fail`` one of the two."""


def check_normalisation(compiled: CompiledPack) -> Iterator[Problem]:
    """Each method has what it needs."""
    composition = compiled.composition
    for scheme in composition.schemes.values():
        for placed in walk_framework(scheme):
            own = placed.node.normalise
            needed = _USED.get(own.method, frozenset()) if own and not own.formula else frozenset()
            if own and needed and not any(getattr(own, key) for key in needed) and not scheme.missing_parts:
                values = {"node": placed.node.code, "method": own.method, "keys": " / ".join(sorted(needed))}
                yield finding(composition, "scheme.method_needs", f"{placed.trail}/normalise", **values)
            ats = [step.at for step in own.steps] if own else []
            if ats != sorted(set(ats)):
                yield finding(composition, "scheme.steps_order", f"{placed.trail}/normalise", node=placed.node.code)


def check_grades(compiled: CompiledPack) -> Iterator[Problem]:
    """Cuts descend from the best grade, the last takes the rest; quotas come to no more than all."""
    composition = compiled.composition
    for code, scheme in composition.schemes.items():
        if scheme.grades is None:
            continue
        trail, bands = f"schemes/{code}/grades", scheme.grades.bands
        if scheme.grades.by == "cut":
            cuts = [band.at_least for band in bands if band.at_least is not None]
            if cuts != sorted(set(cuts), reverse=True):
                yield finding(composition, "scheme.cuts_order", f"{trail}/bands", scheme=code)
            open_bands = [band.grade for band in bands[:-1] if band.at_least is None]
            if open_bands:
                yield finding(composition, "scheme.cut_missing", f"{trail}/bands", scheme=code, grade=open_bands[0])
        else:
            total = sum((band.share for band in bands if band.share is not None), Decimal(0))
            if total > 1:
                values = {"scheme": code, "total": decimal_text(total)}
                yield finding(composition, "scheme.quota", f"{trail}/bands", **values)
        grades = [band.grade for band in bands]
        if len(set(grades)) < len(grades):
            yield finding(composition, "scheme.grade_twice", f"{trail}/bands", scheme=code)


def check_schemes_say_what_is_missing(compiled: CompiledPack) -> Iterator[Problem]:
    """A scheme with an empty group has to name what the published text leaves open."""
    composition = compiled.composition
    for code, scheme in composition.schemes.items():
        leaves = [placed for placed in walk_framework(scheme) if not placed.node.children]
        if len(leaves) == 1 and leaves[0].level == 0 and not scheme.missing_parts and not leaves[0].node.indicator:
            yield finding(composition, "scheme.empty", f"schemes/{code}/framework", scheme=code)
