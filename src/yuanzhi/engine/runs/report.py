"""A run as one HTML page with charts, which opens without a network."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined

from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.kernel.labels import Label, Language
from yuanzhi.engine.runs import charts
from yuanzhi.engine.runs.briefing import Briefing, RankLine, TargetLine
from yuanzhi.engine.runs.report_words import WORDS

PROFILES_SHOWN = 4
FULL_SCORE = Decimal(100)


def build_report(briefing: Briefing, facts: Mapping[str, str], language: Language = "zh") -> str:
    """The page as HTML.

    Args:
        briefing: What the run came to.
        facts: Where it came from, by word: pack hash, snapshot digest, run digest.
        language: The language of the page.
    """
    from plotly.offline import get_plotlyjs

    words = {key: label.text(language) for key, label in WORDS.items()}
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {
        "t": lambda label: label.text(language),
        "n": shown,
        "share": lambda value: "" if value is None else f"{shown(value * 100, 1)}%",
        "cite": lambda citation: citation.short(language),
    }
    source = files("yuanzhi.engine.runs").joinpath("pages/report.html.j2").read_text(encoding="utf-8")
    return environment.from_string(source).render(
        b=briefing,
        words=words,
        language=language,
        facts=facts,
        standings={key: words[key] for key in ("met", "not_met", "on_the_way", "undetermined")},
        grade_names={grade: label.text(language) or grade for grade, label in briefing.grades},
        charted=_by_indicator(briefing).items(),
        charts=json.dumps(_charts(briefing, words, language), ensure_ascii=False).replace("</", "<\\/"),
        plotly=get_plotlyjs(),
    )


def shown(value: Decimal | None, places: int = 2) -> str:
    """A number for people: rounded half up for display only, thousands apart, missing as a dash.

    >>> shown(Decimal("1234.565")), shown(None), shown(Decimal("45.000"))
    ('1,234.57', '—', '45')
    """
    if value is None:
        return "—"
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = decimal_text(rounded)
    whole, _, part = text.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}" + (f".{part}" if part else "")


def _charts(briefing: Briefing, words: Mapping[str, str], language: Language) -> dict[str, Any]:
    drawn: dict[str, Any] = {}
    if briefing.ranking:
        drawn["ranking"] = _ranking(briefing, words, language)
        drawn["profile"] = _profile(briefing, language)
    for indicator, lines in _by_indicator(briefing).items():
        drawn[f"target-{indicator}"] = _path(lines, words)
    if briefing.missing:
        drawn["missing"] = _missing(briefing, language)
    return drawn


def _ranking(briefing: Briefing, words: Mapping[str, str], language: Language) -> charts.Figure:
    grades = [grade for grade, _ in briefing.grades] or sorted({line.grade for line in briefing.ranking})
    bars = [
        charts.Bar(f"{line.rank}. {line.label.text(language)}", line.score, line.grade, _certainty(line, words))
        for line in briefing.ranking
    ]
    names = {grade: label.text(language) or grade for grade, label in briefing.grades}
    figure = charts.ranking(bars, grades, words["score"])
    for trace in figure["data"]:
        trace["name"] = names.get(trace["name"], trace["name"])
    return figure


def _certainty(line: RankLine, words: Mapping[str, str]) -> str:
    return "" if line.certainty is None else f"{words['certainty']} {shown(line.certainty * 100, 0)}%"


def _profile(briefing: Briefing, language: Language) -> charts.Figure:
    best, worst = briefing.ranking[: PROFILES_SHOWN // 2], briefing.ranking[-(PROFILES_SHOWN // 2) :]
    axes = [label.text(language) for _, label in briefing.families]
    chosen: Sequence[RankLine] = [*best, *(line for line in worst if line not in best)]
    profiles = {f"{x.rank}. {x.label.text(language)}": list(x.families.values()) for x in chosen}
    return charts.profile(axes, profiles, FULL_SCORE) if axes else {"data": [], "layout": {}}


def _by_indicator(briefing: Briefing) -> dict[str, list[TargetLine]]:
    """Targets with a history, those of one indicator together, since they are steps of one path."""
    found: dict[str, list[TargetLine]] = {}
    for line in briefing.targets:
        if len(line.history) > 1 and line.value is not None:
            found.setdefault(line.indicator, []).append(line)
    return found


def _path(lines: Sequence[TargetLine], words: Mapping[str, str]) -> charts.Figure:
    last = max(lines, key=lambda line: line.goal_year or line.year)
    points = [charts.PathPoint(int(period), value, expected) for period, value, expected in last.history]
    goals = {int(line.goal_year or line.year): line.goal for line in lines if line.goal is not None}
    own = {"reached": words["reached"], "expected": words["expected_path"], "goal": words["goal"]}
    return charts.target_path(points, goals, {**own, "unit": "" if last.unit == "1" else last.unit})


def _missing(briefing: Briefing, language: Language) -> charts.Figure:
    periods = sorted({period for _, period, _ in briefing.missing})
    subjects = sorted({subject for subject, _, _ in briefing.missing})
    cells = {(subject, period): share for subject, period, share in briefing.missing}
    labels = [briefing.names.get(subject, Label(subject)).text(language) for subject in subjects]
    return charts.completeness(labels, periods, [[cells.get((s, p)) for p in periods] for s in subjects])
