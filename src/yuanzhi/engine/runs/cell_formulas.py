"""A scheme's arithmetic as spreadsheet formulas, so that an official can check a score in Excel.

Only what a formula can say is written as one; for the rest (``None``) the workbook carries the
computed value and marks it as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yuanzhi.engine.assessment.framework import Leaf
from yuanzhi.engine.assessment.normalising import bounds
from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.pack.scheme_model import AggregateMethod, GradeBand, Normalise


@dataclass(frozen=True)
class LeafCells:
    """Where a leaf's value, its column of values and its reference (base, target, threshold) stand."""

    value: str
    column: str
    reference: str


@dataclass(frozen=True)
class ChildCells:
    """Where a child's score and weight stand, and whether a missing score is left out."""

    score: str
    weight: str
    left_out: bool


def leaf_formula(leaf: Leaf, cells: LeafCells) -> str | None:
    """The score of one leaf for one subject, or ``None`` where a cell cannot say it."""
    settings = leaf.settings
    if settings.formula or settings.group or settings.thresholds_by or settings.flip_when_negative:
        return None
    raw = _raw(settings, cells, leaf.sign > 0)
    if raw is None:
        return None
    scored = _rounded(_clipped(raw, settings), settings)
    if leaf.node.floor is not None:
        scored = f"MAX({scored},{decimal_text(leaf.node.floor)})"
    if leaf.node.cap is not None:
        scored = f"MIN({scored},{decimal_text(leaf.node.cap)})"
    return f'=IF(ISNUMBER({cells.value}),{scored},"")'


def _raw(settings: Normalise, cells: LeafCells, more: bool) -> str | None:
    v, column, reference = cells.value, cells.column, cells.reference
    low, high = decimal_text(settings.low), decimal_text(settings.high)
    match settings.method:
        case "as_is":
            return v
        case "base_ratio":
            return f"({v}/{reference}*{high})" if more else f"({reference}/{v}*{high})"
        case "min_max" | "distance_to_max":
            above = f"({v}-MIN({column}))" if more else f"(MAX({column})-{v})"
            return f"({low}+({high}-{low})*{above}/(MAX({column})-MIN({column})))"
        case "goalposts" if settings.goalposts:
            first, last = (decimal_text(end) for end in settings.goalposts)
            above = f"({v}-{first})" if more else f"({last}-{v})"
            return f"({low}+({high}-{low})*{above}/({last}-{first}))"
        case "z_score":
            sign = "" if more else "-"
            standard = f"({sign}({v}-AVERAGE({column}))/STDEV({column}))"
            return f"({decimal_text(settings.mean)}+{decimal_text(settings.deviation)}*{standard})"
        case "fraction_of_max":
            return f"({high}*{v}/MAX({column}))" if more else f"({high}*MIN({column})/{v})"
        case "percentile_rank":
            beyond = f'COUNTIF({column},"{"<" if more else ">"}"&{v})'
            return f"({low}+({high}-{low})*{beyond}/(COUNT({column})-1))"
        case "pass_fail" if settings.comparison in _SIGNS:
            return f"IF({v}{_SIGNS[settings.comparison]}{reference},{high},{low})"
        case "steps" if settings.steps_on == "value":
            return _stepped(settings, v)
    return None


_SIGNS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<", "eq": "=", "ne": "<>"}


def _stepped(settings: Normalise, value: str) -> str:
    sign = ">" if settings.comparison == "gt" else ">="
    formula = decimal_text(settings.below_first)
    for step in settings.steps:
        formula = f"IF({value}{sign}{decimal_text(step.at)},{decimal_text(step.points)},{formula})"
    return formula


def _clipped(raw: str, settings: Normalise) -> str:
    first, last = bounds(settings)
    if first is not None:
        raw = f"MAX({raw},{decimal_text(first)})"
    return raw if last is None else f"MIN({raw},{decimal_text(last)})"


def _rounded(raw: str, settings: Normalise) -> str:
    match settings.rounding:
        case "":
            return raw
        case "floor":
            return f"ROUNDDOWN(ROUND({raw},{settings.places + 9}),{settings.places})"
        case "ceil":
            return f"ROUNDUP(ROUND({raw},{settings.places + 9}),{settings.places})"
        case _:
            return f"ROUND({raw},{settings.places})"


def group_formula(method: AggregateMethod, children: Sequence[ChildCells]) -> str | None:
    """The score of a node over its children, or ``None`` where a cell cannot say it."""
    parts = _parts(method, children)
    if parts is None:
        return None
    obligatory = [child.score for child in children if not child.left_out]
    everything = ",".join(child.score for child in children)
    enough = f"COUNT({','.join(obligatory)})={len(obligatory)}" if obligatory else f"COUNT({everything})>0"
    return f'=IF({enough},{parts},"")'


def _parts(method: AggregateMethod, children: Sequence[ChildCells]) -> str | None:
    mass = "+".join(f"IF(ISNUMBER({c.score}),{c.weight},0)" for c in children)
    match method:
        case "sum":
            return "+".join(f"IF(ISNUMBER({c.score}),{c.score}*{c.weight},0)" for c in children)
        case "arithmetic":
            total = "+".join(f"IF(ISNUMBER({c.score}),{c.score}*{c.weight},0)" for c in children)
            return f"({total})/({mass})"
        case "geometric":
            total = "+".join(f"IF(ISNUMBER({c.score}),{c.weight}*LN({c.score}),0)" for c in children)
            return f"EXP(({total})/({mass}))"
        case "harmonic":
            total = "+".join(f"IF(ISNUMBER({c.score}),{c.weight}/{c.score},0)" for c in children)
            return f"({mass})/({total})"
        case "minimum":
            return f"MIN({','.join(c.score for c in children)})"
    return None


def grade_formula(score: str, bands: Sequence[tuple[GradeBand, str]]) -> str | None:
    """The name of a score's grade by cuts, best first, or ``None`` for quotas."""
    formula = f'"{bands[-1][1]}"'
    for band, name in reversed(bands[:-1]):
        if band.at_least is None:
            return None
        sign = ">" if band.strict else ">="
        formula = f'IF(ROUND({score},9){sign}{decimal_text(band.at_least)},"{name}",{formula})'
    return f'=IF(ISNUMBER({score}),{formula},"")'
