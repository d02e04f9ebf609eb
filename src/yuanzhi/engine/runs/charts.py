"""Charts of a run as Plotly figures: ranking, target paths, profiles, missing data.

Each takes plain values with labels in the reader's language and gives a figure as JSON-ready
data; the page draws it. Missing values leave a gap, they are never drawn as zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Figure = dict[str, Any]

GRADE_COLOURS = ("#1a7f5a", "#4c8dd6", "#e0a030", "#c43d3d", "#7a5195", "#8a8f98")
_FONT = {"family": "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, sans-serif", "size": 13}
_INK = "#1f2933"


@dataclass(frozen=True)
class Bar:
    """One subject in a ranking; ``score`` missing means it could not be scored."""

    label: str
    score: Decimal | None
    grade: str
    note: str = ""


@dataclass(frozen=True)
class PathPoint:
    """One year of a target: what was reached and what the path expected."""

    period: int
    value: Decimal | None
    expected: Decimal | None


def ranking(bars: Sequence[Bar], grades: Sequence[str], score_title: str) -> Figure:
    """Horizontal bars, best on top, one colour a grade."""
    colours = {grade: GRADE_COLOURS[at % len(GRADE_COLOURS)] for at, grade in enumerate(grades)}
    traces = [
        {
            "type": "bar", "orientation": "h", "name": grade, "marker": {"color": colours[grade]},
            "y": [bar.label for bar in bars if bar.grade == grade],
            "x": [_number(bar.score) for bar in bars if bar.grade == grade],
            "customdata": [bar.note for bar in bars if bar.grade == grade],
            "hovertemplate": "%{y}: %{x}<br>%{customdata}<extra>" + grade + "</extra>",
        }
        for grade in grades
    ]  # fmt: skip
    axis = {"categoryorder": "array", "categoryarray": [bar.label for bar in reversed(bars)], "automargin": True}
    layout = _layout(height=max(320, 20 * len(bars) + 120), yaxis={**axis, "tickfont": {"size": 11}})
    layout["xaxis"] = {"title": {"text": score_title}, "rangemode": "tozero"}
    return {"data": traces, "layout": layout}


def target_path(points: Sequence[PathPoint], goals: Mapping[int, Decimal], words: Mapping[str, str]) -> Figure:
    """What was reached, the expected path, and the goal of each goal year; gaps stay gaps."""
    periods = [point.period for point in points]
    traces: list[dict[str, Any]] = [
        _line(words["reached"], periods, [point.value for point in points], _INK, "solid"),
    ]
    if any(point.expected is not None for point in points):
        traces.append(_line(words["expected"], periods, [point.expected for point in points], "#8a8f98", "dash"))
    if goals:
        marks = {"symbol": "star", "size": 13, "color": "#c43d3d"}
        goal = {"type": "scatter", "mode": "markers", "name": words["goal"], "marker": marks}
        traces.append({**goal, "x": list(goals), "y": [_number(value) for value in goals.values()]})
    layout = _layout(height=300, xaxis={"dtick": 1, "tickformat": "d"}, legend={"orientation": "h", "y": 1.15})
    layout["yaxis"] = {"title": {"text": words.get("unit", "")}}
    return {"data": traces, "layout": layout}


def profile(axes: Sequence[str], profiles: Mapping[str, Sequence[Decimal | None]], top: Decimal) -> Figure:
    """A radar of family scores, one outline a subject; an outline stays open where a score is missing."""
    traces = [
        {
            "type": "scatterpolar", "name": name, "fill": "toself", "opacity": 0.55,
            "theta": [*axes, axes[0]], "r": [_number(value) for value in [*values, values[0]]],
        }
        for name, values in profiles.items()
        if values
    ]  # fmt: skip
    return {"data": traces, "layout": _layout(height=420, polar={"radialaxis": {"range": [0, float(top)]}})}


def completeness(subjects: Sequence[str], periods: Sequence[str], shares: Sequence[Sequence[Decimal | None]]) -> Figure:
    """Reported over expected returns as a heat map; a period with nothing expected is blank."""
    trace = {
        "type": "heatmap", "x": list(periods), "y": list(subjects),
        "z": [[_number(share) for share in row] for row in shares],
        "zmin": 0, "zmax": 1, "colorscale": [[0, "#c43d3d"], [0.85, "#f1d7a5"], [1, "#1a7f5a"]],
        "hovertemplate": "%{y} %{x}: %{z:.1%}<extra></extra>", "colorbar": {"tickformat": ".0%"},
    }  # fmt: skip
    height = max(320, 16 * len(subjects) + 120)
    axis = {"automargin": True, "autorange": "reversed", "tickfont": {"size": 11}}
    return {"data": [trace], "layout": _layout(height=height, yaxis=axis, xaxis={"type": "category"})}


def _line(name: str, x: Sequence[int], y: Sequence[Decimal | None], colour: str, dash: str) -> dict[str, Any]:
    line = {"color": colour, "dash": dash, "width": 2.5}
    values = [_number(value) for value in y]
    return {"type": "scatter", "mode": "lines+markers", "name": name, "x": list(x), "y": values, "line": line}


def _layout(**own: Any) -> dict[str, Any]:
    margin = {"l": 40, "r": 20, "t": 20, "b": 40}
    return {"font": _FONT, "margin": margin, "paper_bgcolor": "white", "plot_bgcolor": "white", **own}


def _number(value: Decimal | None) -> float | None:
    return None if value is None else round(float(value), 6)
