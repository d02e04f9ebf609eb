"""An assessment as rows: every node's score with its weight and contribution, every unit's grade."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np

from yuanzhi.engine.assessment import Assessment
from yuanzhi.engine.assessment.framework import child_weight
from yuanzhi.engine.runs.assessing import YearAssessment
from yuanzhi.engine.runs.scheme_words import VETOED

_REFERENCES = ("base", "target", "threshold", "reference", "peers")
"""The constants of a leaf a reader asks for first; minimum and maximum stand in the values themselves."""


def score_rows(year: YearAssessment) -> Iterator[dict[str, Any]]:
    """One row per unit and node, for the table of scores."""
    own = year.assessment
    if own.refused:
        return
    framework = own.framework
    parents = framework.paths_up()
    groups = {group.code: group for group in framework.groups}
    leaves = {leaf.code: leaf for leaf in framework.leaves}
    filled = {(item.unit, item.node): item.method for item in own.substitutions}
    for code, scores in own.nodes.items():
        parent = parents.get(code, "")
        declared = child_weight(groups[parent], framework.nodes[code], own.scheme.weight_set) if parent else None
        leaf = leaves.get(code)
        for row, unit in enumerate(own.units):
            weight = None if not parent else _at(own.plan.weights[code], row)
            score = _number(scores[row])
            yield {
                "scheme": own.scheme.code,
                "period": str(year.period),
                "subject": unit,
                "node": code,
                "parent": parent,
                "value": _leaf_value(own, leaf.index, row) if leaf else None,
                "reference": _reference(own, code, unit) if leaf else None,
                "score": score,
                "weight": declared if declared is not None else weight,
                "contribution": None if score is None or weight is None else score * Decimal(repr(weight)),
                "note": filled.get((unit, code), ""),
            }


def grade_rows(year: YearAssessment) -> Iterator[dict[str, Any]]:
    """One row per unit: score, rank, grade, what decided it, and how certain it is."""
    own = year.assessment
    notes: dict[str, list[str]] = {}
    for item in own.undecided:
        notes.setdefault(item.unit, []).append(f"{item.why}: {', '.join(item.missing)}")
    for veto in own.vetoes:
        if veto.outcome.value == "met":
            notes.setdefault(veto.unit, []).append(f"{VETOED}: {veto.veto}")
    grouping = own.matrix.groups.get(own.scheme.groups, ()) if own.scheme.groups else ()
    for row, unit in enumerate(own.units):
        reason = None if own.refused else own.grades[row]
        score = None if own.refused else own.score(unit)
        rank = None if own.refused else own.rank(unit)
        yield {
            "scheme": own.scheme.code,
            "period": str(year.period),
            "subject": unit,
            "group": grouping[row] if grouping else "",
            "score": score,
            "rank": rank,
            "ranked": int(own.group_sizes[row]) if rank else None,
            "grade": reason.grade if reason else "",
            "decided_by": reason.by if reason else "",
            "certainty": _certainty(year, unit, reason.grade if reason else ""),
            "basis": own.basis.value,
            "note": "; ".join(dict.fromkeys(notes.get(unit, ()))),
        }


def _certainty(year: YearAssessment, unit: str, grade: str) -> Decimal | None:
    if year.spread is None or not grade:
        return None
    return Decimal(repr(year.spread.grade_probability(unit).get(grade, 0.0)))


def _leaf_value(own: Assessment, column: int, row: int) -> Decimal | None:
    return _number(own.steps.treated[row, column])


def _reference(own: Assessment, code: str, unit: str) -> Decimal | None:
    constants = own.leaf_constants(code, unit)
    found = next((constants[name] for name in _REFERENCES if name in constants), None)
    return None if found is None else _number(found)


def _at(weights: Any, row: int) -> float:
    flat = np.atleast_1d(weights)
    return float(flat[min(row, len(flat) - 1)])


def _number(value: Any) -> Decimal | None:
    own = float(value)
    return None if np.isnan(own) else Decimal(repr(own))
