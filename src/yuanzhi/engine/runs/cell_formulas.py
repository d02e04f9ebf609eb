"""A scheme's arithmetic as spreadsheet formulas, so that an official can check a score in Excel.

Only what a formula can say is written as one; for the rest (``None``) the workbook carries the
computed value and marks it as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yuanzhi.engine.assessment.framework import Group, Leaf
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
            beyond = f"SUMPRODUCT(ISNUMBER({column})*({column}{'<' if more else '>'}{v}))"
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


def group_formula(group: Group, children: Sequence[ChildCells]) -> str | None:
    """The score of a node over its children, or ``None`` where a cell cannot say it."""
    parts = _parts(group.method, children)
    if parts is None or group.node.least_share is not None:
        return None
    if group.node.floor is not None:
        parts = f"MAX({parts},{decimal_text(group.node.floor)})"
    if group.node.cap is not None:
        parts = f"MIN({parts},{decimal_text(group.node.cap)})"
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


def rank_formula(score: str, scores: str, places: int | None, group: tuple[str, str] | None = None) -> str:
    """The rank of a score from the top, ties taking the better place.

    Args:
        score: The cell of the score.
        scores: The cells of all scores.
        places: The decimals at which scores are compared, where the scheme declares them.
        group: The cell of the unit's group and the cells of all groups, where ranks are within groups.
    """
    # A criterion goes through text, which keeps fifteen digits: the margin is far below any difference that counts.
    line = (
        f'">"&({score}+1E-9)'
        if places is None
        else f'">="&(ROUND({score},{places})+{5 * 10 ** -(places + 1):.12f}-1E-9)'
    )
    beyond = f"COUNTIFS({group[1]},{group[0]},{scores},{line})" if group else f"COUNTIF({scores},{line})"
    return f'=IF(ISNUMBER({score}),1+{beyond},"")'


def grade_formula(score: str, bands: Sequence[tuple[GradeBand, str]], places: int | None = None) -> str | None:
    """The name of a score's grade by cuts, best first, or ``None`` for quotas."""
    if not bands:
        return None
    formula, compared = _quoted(bands[-1][1]), f"ROUND({score},{9 if places is None else places})"
    for band, name in reversed(bands[:-1]):
        if band.at_least is None:
            return None
        sign = ">" if band.strict else ">="
        formula = f"IF({compared}{sign}{decimal_text(band.at_least)},{_quoted(name)},{formula})"
    return f'=IF(ISNUMBER({score}),{formula},"")'


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
