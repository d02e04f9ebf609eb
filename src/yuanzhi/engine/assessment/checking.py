"""What keeps a scheme from running, found before any number is touched.

The pack check says the same of weights when a pack is written; an assessment never trusts that it
was run.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from decimal import Decimal

from yuanzhi.engine.assessment.framework import (
    WEIGHTLESS,
    Framework,
    Group,
    child_weight,
    lay_out,
    takes_part,
    walk,
    weight_of,
    weight_sets,
)
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.problems import Problem, listed, nearest
from yuanzhi.engine.pack.scheme_model import Normalise, NormaliseMethod, Scheme

_DEFAULTS = Normalise()
_SCALED: frozenset[str] = frozenset({"low", "high"})
_USED: dict[NormaliseMethod, frozenset[str]] = {
    "as_is": frozenset(),
    "base_ratio": frozenset({"base", "high"}),
    "min_max": _SCALED,
    "goalposts": _SCALED | {"goalposts"},
    "z_score": frozenset({"mean", "deviation"}),
    "scaled": frozenset({"mean", "deviation"}),
    "rank": frozenset(),
    "borda": frozenset(),
    "percentile_rank": _SCALED,
    "distance_to_target": _SCALED | {"target"},
    "distance_to_max": _SCALED,
    "distance_to_reference": _SCALED | {"target"},
    "fraction_of_max": frozenset({"high"}),
    "steps": frozenset({"steps", "steps_on", "below_first", "base", "comparison"}),
    "pass_fail": _SCALED | {"comparison", "threshold", "thresholds_by", "flip_when_negative", "goalposts"},
}
_ALWAYS = frozenset({"method", "clip", "formula", "rounding", "places", "group"})


def check_scheme(scheme: Scheme) -> tuple[Problem, ...]:
    """Everything that keeps a scheme from running, all at once and in a fixed order."""
    framework = lay_out(scheme)
    return tuple(problem for check in CHECKS for problem in check(scheme, framework))


def why_not_run(scheme: Scheme) -> tuple[Problem, ...]:
    """Weights the published text leaves out: a scheme that lacks them is declared but does not run."""
    return tuple(_missing_weights(scheme, lay_out(scheme)))


def _codes_differ(scheme: Scheme, framework: Framework) -> Iterator[Problem]:
    codes = [node.code for node in walk(scheme.framework)]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield Problem("assessment.node_twice", scheme.place, {"node": code})


def _missing_weights(scheme: Scheme, framework: Framework) -> Iterator[Problem]:
    for weights in weight_sets(scheme):
        lacking = [
            code
            for group in framework.groups
            if group.weighting != "equal" and group.method not in WEIGHTLESS
            for code in group.children
            if takes_part(framework.nodes[code], weights)
            and (
                weight_of(framework.nodes[code], weights) is None or framework.nodes[code].weight_basis is Basis.MISSING
            )
        ]
        if lacking:
            yield Problem("assessment.weight_missing", scheme.place, {"nodes": listed(lacking), "weights": weights})


def _weights_sum(scheme: Scheme, framework: Framework) -> Iterator[Problem]:
    for group in framework.groups:
        for weights in weight_sets(scheme):
            total = declared_sum(framework, group, weights)
            conditional = any(framework.nodes[code].where for code in group.children)
            if total is None or total == scheme.weight_total or conditional or _absent(framework, group, weights):
                continue
            values = {"node": group.code, "sum": str(total), "total": str(scheme.weight_total), "weights": weights}
            yield Problem("assessment.weights_sum", scheme.place, values)


def declared_sum(framework: Framework, group: Group, weights: str) -> Decimal | None:
    """The sum of the weights below a node, ``None`` where they need not come to the total."""
    own = [child_weight(group, framework.nodes[code], weights) for code in group.children]
    named = [weight_of(framework.nodes[code], weights) for code in group.children]
    unweighted = group.method in WEIGHTLESS and all(weight is None for weight in named)
    if group.weighting != "declared" or unweighted or any(weight is None for weight in own):
        return None
    return sum((weight for weight in own if weight is not None), Decimal(0))


def _absent(framework: Framework, group: Group, weights: str) -> bool:
    return not any(takes_part(framework.nodes[code], weights) for code in group.children)


def _not_negative(scheme: Scheme, framework: Framework) -> Iterator[Problem]:
    for node in walk(scheme.framework):
        given = [*node.weights.values(), node.weight]
        for weight in given:
            if weight is not None and weight < 0:
                yield Problem("assessment.weight_negative", scheme.place, {"node": node.code, "weight": str(weight)})


def _keys_fit(scheme: Scheme, framework: Framework) -> Iterator[Problem]:
    for leaf in framework.leaves:
        settings = leaf.settings
        used = _ALWAYS | (frozenset() if settings.formula else _USED[settings.method])
        if settings.formula:
            used |= _SCALED | {"base", "target"}
        extra = [key for key in Normalise.__dataclass_fields__ if key not in used and _is_set(settings, key)]
        if extra and leaf.node.normalise is not None:
            yield _keys("assessment.key_unused", scheme, leaf.code, settings.method, extra)
        if needed := _needed(settings):
            yield _keys("assessment.key_needed", scheme, leaf.code, settings.method, needed)


def _is_set(settings: Normalise, key: str) -> bool:
    return bool(getattr(settings, key) != getattr(_DEFAULTS, key))


def _needed(settings: Normalise) -> list[str]:
    if settings.formula:
        return []
    match settings.method:
        case "base_ratio" if settings.base is None or not (settings.base.value or settings.base.statistic):
            return ["base"]
        case "goalposts" if settings.goalposts is None or settings.goalposts[0] == settings.goalposts[1]:
            return ["goalposts"]
        case "distance_to_target" | "distance_to_reference" if not settings.target:
            return ["target"]
        case "steps" if not settings.steps:
            return ["steps"]
        case "pass_fail" if settings.comparison == "between":
            return [] if settings.goalposts else ["goalposts"]
        case "pass_fail" if not (settings.threshold or settings.thresholds_by):
            return ["threshold"]
        case "scaled" | "z_score" if settings.deviation == 0:
            return ["deviation"]
    return []


def _keys(code: str, scheme: Scheme, node: str, method: str, keys: list[str]) -> Problem:
    return Problem(code, scheme.place, {"node": node, "method": method, "keys": listed(sorted(keys))})


def _comparisons_fit(scheme: Scheme, framework: Framework) -> Iterator[Problem]:
    for leaf in framework.leaves:
        if leaf.settings.method == "pass_fail" and leaf.settings.comparison in ("approx", "in"):
            values = {"node": leaf.code, "comparison": leaf.settings.comparison}
            yield Problem("assessment.comparison_unfit", scheme.place, values)


def _steps_rise(scheme: Scheme, framework: Framework) -> Iterator[Problem]:
    for leaf in framework.leaves:
        at = [step.at for step in leaf.settings.steps]
        if any(later <= earlier for earlier, later in itertools.pairwise(at)):
            yield Problem("assessment.steps_order", scheme.place, {"node": leaf.code, "steps": listed(map(str, at))})


def _passes_counted(scheme: Scheme, framework: Framework) -> Iterator[Problem]:
    counting = {group.code for group in framework.groups if group.method == "pass_k"}
    for group in framework.groups:
        for code in group.children if group.method == "pass_k" else ():
            leaf = framework.by_code.get(code)
            judged = leaf is not None and (leaf.settings.method == "pass_fail" or leaf.settings.formula)
            if not judged and code not in counting:
                yield Problem("assessment.pass_k_child", scheme.place, {"node": group.code, "child": code})


def _copeland_whole(scheme: Scheme, framework: Framework) -> Iterator[Problem]:
    for group in framework.groups:
        if group.method == "copeland" and any(framework.nodes[code].where for code in group.children):
            yield Problem("assessment.copeland_child", scheme.place, {"node": group.code})


def _grades_known(scheme: Scheme, framework: Framework) -> Iterator[Problem]:
    grades = scheme.grades
    if grades is None:
        return
    known = [band.grade for band in grades.bands]
    named = [(f"vetoes/{veto.code}", veto.grade) for veto in scheme.vetoes if veto.effect in ("grade", "cap_grade")]
    named += [(f"exemptions/{number}", own.grade) for number, own in enumerate(grades.exemptions)]
    for where, own in named:
        if own not in known and not (where.startswith("exemptions") and own):
            values = {"where": where, "grade": own, "nearest": nearest(own, known)}
            yield Problem("assessment.grade_unknown", scheme.place, values)
    cuts = [(band.grade, band.at_least) for band in grades.bands if band.at_least is not None]
    for (_, before), (own, bound) in itertools.pairwise(cuts):
        if grades.by == "cut" and bound >= before:
            yield Problem("assessment.bands_order", scheme.place, {"grade": own, "bound": str(bound)})


CHECKS: tuple[Callable[[Scheme, Framework], Iterator[Problem]], ...] = (
    _codes_differ,
    _missing_weights,
    _not_negative,
    _weights_sum,
    _keys_fit,
    _comparisons_fit,
    _steps_rise,
    _passes_counted,
    _copeland_whole,
    _grades_known,
)
