"""What a head of department wants to know of a run, as plain records for screen, page and workbook."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from yuanzhi.engine.kernel.labels import NO_LABEL, Label
from yuanzhi.engine.pack.composing import Composition
from yuanzhi.engine.pack.model import Target, TargetKind
from yuanzhi.engine.runs.explanations import Citation
from yuanzhi.engine.runs.results import Results
from yuanzhi.engine.runs.scheme_words import note_words


@dataclass(frozen=True)
class TargetLine:
    """A target at the end of a year, with its history for a chart."""

    code: str
    label: Label
    citation: Citation
    indicator: str
    year: str
    outcome: str
    is_due: bool
    value: Decimal | None
    goal: Decimal | None
    gap: Decimal | None
    growth_needed: Decimal | None
    unit: str
    basis: str
    synthetic: bool
    missing: str
    history: tuple[tuple[str, Decimal | None, Decimal | None], ...] = ()
    goal_year: str = ""

    @property
    def standing(self) -> str:
        """The outcome, or ``on_the_way`` where it is not met and not due yet."""
        return "on_the_way" if self.outcome == "not_met" and not self.is_due else self.outcome


@dataclass(frozen=True)
class RankLine:
    """One park in the ranking, with its place the year before and its family scores."""

    subject: str
    label: Label
    group: str
    rank: int | None
    rank_before: int | None
    score: Decimal | None
    grade: str
    certainty: Decimal | None
    note: Label
    decided_by: str = ""
    families: Mapping[str, Decimal | None] = field(default_factory=dict)


@dataclass(frozen=True)
class ProposalLine:
    """One proposed consequence, for a person to decide; ``gravity`` is the place of its state in the machine."""

    subject: str
    label: Label
    machine: str
    state: Label
    gravity: int
    effects: tuple[Label, ...]
    deadline: str
    reasons: tuple[Label, ...]
    forecast: tuple[Label, ...]
    certainty: Decimal | None


@dataclass(frozen=True)
class RuleLine:
    """How many subjects met a rule, did not, and could not be told."""

    code: str
    label: Label
    citation: Citation
    counts: Mapping[str, int]


@dataclass(frozen=True)
class ChoiceLine:
    """A value the policy leaves open and the pack's author chose."""

    code: str
    label: Label
    value: str
    unit: str
    why: Label
    citation: Citation


@dataclass(frozen=True)
class Briefing:
    """A run in one page."""

    title: Label
    number: str
    years: tuple[int, ...]
    snapshot: str
    is_synthetic: bool
    scheme: str = ""
    scheme_label: Label = NO_LABEL
    families: tuple[tuple[str, Label], ...] = ()
    grades: tuple[tuple[str, Label], ...] = ()
    targets: tuple[TargetLine, ...] = ()
    ranking: tuple[RankLine, ...] = ()
    unranked: tuple[RankLine, ...] = ()
    proposals: tuple[ProposalLine, ...] = ()
    rules: tuple[RuleLine, ...] = ()
    choices: tuple[ChoiceLine, ...] = ()
    findings: tuple[tuple[str, str, str, str], ...] = ()
    missing: tuple[tuple[str, str, Decimal | None], ...] = ()
    names: Mapping[str, Label] = field(default_factory=dict)
    indicators: Mapping[str, Label] = field(default_factory=dict)


def brief(
    composition: Composition,
    results: Results,
    *,
    pack: str,
    scheme: str,
    years: Sequence[int],
    snapshot: str,
    names: Mapping[str, Label],
    missing: Sequence[tuple[str, str, Decimal | None]] = (),
) -> Briefing:
    """Gather the briefing of a run.

    Args:
        composition: The packs of the run.
        results: Its tables.
        pack: The pack whose document heads the page.
        scheme: The scheme whose ranking is shown.
        years: The years of the run, ascending; the last one is shown, the one before compared.
        snapshot: The snapshot's name.
        names: A label for each subject.
        missing: Completeness by subject and period, for the chart of missing data.
    """
    identity = next(own.identity for own in composition.packs if own.code == pack)
    last, before = str(years[-1]), str(years[-2]) if len(years) > 1 else ""
    declared = composition.schemes.get(scheme)
    families = tuple((node.code, node.label) for node in declared.framework.children) if declared else ()
    bands = declared.grades.bands if declared and declared.grades else ()
    lines = _rank_lines(composition, results, scheme, last, before, names)
    return Briefing(
        title=identity.title,
        number=identity.number,
        years=tuple(years),
        snapshot=snapshot,
        is_synthetic=any(bool(flag) for flag in results["series"]["synthetic"].unique().to_pylist()),
        scheme=scheme,
        scheme_label=declared.label if declared else NO_LABEL,
        families=families,
        grades=tuple((band.grade, band.label) for band in bands),
        targets=_target_lines(composition, results, years),
        ranking=tuple(line for line in lines if line.rank is not None),
        unranked=tuple(line for line in lines if line.rank is None),
        proposals=_proposal_lines(composition, results, last, names),
        rules=_rule_lines(composition, results, last),
        choices=choices_of(composition),
        findings=_findings(results),
        missing=tuple(missing),
        names=names,
        indicators={code: own.label for code, own in composition.indicators.items()},
    )


def cite(composition: Composition, pack: str, clause: str) -> Citation:
    """A clause as one cites it; unknown clauses keep their number."""
    found = composition.clauses.get(f"{pack}#{clause}")
    identity = next((own.identity for own in composition.packs if own.code == pack), None)
    document = NO_LABEL
    if identity:
        number = f"〔{identity.number}〕" if identity.number and "〔" not in identity.number else identity.number
        document = Label(f"《{identity.title.zh}》{number}", f"{identity.title.en} {identity.number}".strip())
    if found is None:
        return Citation(pack, clause, document, Label(clause, clause))
    return Citation(pack, clause, document, found.label, found.text)


def choices_of(composition: Composition) -> tuple[ChoiceLine, ...]:
    """Every parameter whose latest value was chosen by a pack's author, in the order of clauses."""
    lines = []
    for parameter in composition.parameters.values():
        latest = parameter.values[-1] if parameter.values else None
        if latest is None or latest.basis.value != "chosen":
            continue
        citation = cite(composition, parameter.pack, latest.clause or parameter.clause)
        value = "" if latest.value is None else str(latest.value)
        lines.append(ChoiceLine(parameter.code, parameter.label, value, parameter.unit, latest.why, citation))
    return tuple(sorted(lines, key=lambda line: (line.citation.pack, line.citation.clause, line.code)))


def _target_lines(composition: Composition, results: Results, years: Sequence[int]) -> tuple[TargetLine, ...]:
    rows = results["targets"].to_pylist()
    by_target: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        by_target.setdefault((row["target"], row["subject"]), []).append(row)
    lines = []
    for (code, _), history in by_target.items():
        target = composition.targets[code]
        row = max(history, key=lambda own: own["as_of"])
        points = tuple((own["as_of"][:4], own["value"], own["expected_today"]) for own in history)
        line = TargetLine(
            code=code,
            label=target.label,
            citation=cite(composition, target.pack, target.clause),
            indicator=target.indicator,
            year=row["period"] or str(years[-1]),
            outcome=row["outcome"],
            is_due=bool(row["is_due"]),
            value=row["value"],
            goal=row["goal"],
            gap=row["gap"],
            growth_needed=row["growth_needed"],
            unit=unit_of_target(composition, target),
            basis=row["basis"],
            synthetic=row["synthetic"],
            missing=row["missing"],
            history=points,
            goal_year=str(target.year or ""),
        )
        lines.append(line)
    return tuple(lines)


def unit_of_target(composition: Composition, target: Target) -> str:
    """The unit of a target's value and goal: levels of the indicator where the target is a multiple or a growth."""
    if target.kind in (TargetKind.MULTIPLE, TargetKind.GROWTH) and target.indicator in composition.indicators:
        return composition.indicators[target.indicator].unit
    return target.unit


def _rank_lines(
    composition: Composition, results: Results, scheme: str, last: str, before: str, names: Mapping[str, Label]
) -> list[RankLine]:
    if scheme not in composition.schemes:
        return []
    declared = composition.schemes[scheme]
    families = [node.code for node in declared.framework.children]
    grades = [row for row in results["grades"].to_pylist() if row["scheme"] == scheme]
    earlier = {row["subject"]: row["rank"] for row in grades if row["period"] == before}
    scores: dict[str, dict[str, Decimal | None]] = {}
    for row in results["scores"].to_pylist():
        if row["scheme"] == scheme and row["period"] == last and row["node"] in families:
            scores.setdefault(row["subject"], {})[row["node"]] = row["score"]
    lines = [
        RankLine(
            subject=row["subject"],
            label=names.get(row["subject"], Label(row["subject"])),
            group=row["group"],
            rank=row["rank"],
            rank_before=earlier.get(row["subject"]),
            score=row["score"],
            grade=row["grade"],
            certainty=row["certainty"],
            note=note_words(composition, declared, row["note"]),
            decided_by=row["decided_by"],
            families={name: scores.get(row["subject"], {}).get(name) for name in families},
        )
        for row in grades
        if row["period"] == last
    ]
    return sorted(lines, key=lambda line: (line.rank is None, line.rank or 0, line.subject))


def _proposal_lines(
    composition: Composition, results: Results, last: str, names: Mapping[str, Label]
) -> tuple[ProposalLine, ...]:
    lines = []
    for row in results["proposals"].to_pylist():
        machine = composition.consequences[row["machine"]]
        if not row["as_of"].startswith(last) or not (json.loads(row["effects"]) or row["state"] != machine.initial):
            continue
        states = {state.code: state.label for state in machine.states}
        labels = {e.code: e.label for transition in machine.transitions for e in transition.effects}
        line = ProposalLine(
            subject=row["subject"],
            label=names.get(row["subject"], Label(row["subject"])),
            machine=row["machine"],
            state=states.get(row["state"], Label(row["state"])),
            gravity=list(states).index(row["state"]),
            effects=tuple(labels.get(code, Label(code)) for code in json.loads(row["effects"])),
            deadline=row["deadline"],
            reasons=tuple(Label(*pair) for pair in json.loads(row["reasons"])),
            forecast=tuple(Label(*pair) for pair in json.loads(row["forecast"])),
            certainty=row["certainty"],
        )
        lines.append(line)
    return tuple(sorted(lines, key=lambda line: (-line.gravity, line.subject)))


def _rule_lines(composition: Composition, results: Results, last: str) -> tuple[RuleLine, ...]:
    counted: dict[str, dict[str, int]] = {}
    for row in results["determinations"].to_pylist():
        if row["as_of"].startswith(last):
            own = counted.setdefault(row["rule"], {})
            own[row["outcome"]] = own.get(row["outcome"], 0) + 1
    return tuple(
        RuleLine(code, rule.label, cite(composition, rule.pack, rule.clause), counted[code])
        for code, rule in composition.rules.items()
        if code in counted
    )


def _findings(results: Results) -> tuple[tuple[str, str, str, str], ...]:
    if "findings" not in results.tables:
        return ()
    return tuple((row["severity"], row["code"], row["text"], row["text_en"]) for row in results["findings"].to_pylist())
