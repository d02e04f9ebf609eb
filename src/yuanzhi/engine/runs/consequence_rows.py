"""Each machine of consequences after each year, over the grades of all years so far."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from yuanzhi.engine.consequences import Event, PeriodResult, Proposal, propose, quantify, results_of
from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.periods import Frequency, Period
from yuanzhi.engine.pack import CompiledPack
from yuanzhi.engine.pack.consequence_model import ConsequenceMachine
from yuanzhi.engine.pack.model import Scalar
from yuanzhi.engine.records import Snapshot
from yuanzhi.engine.runs.assessing import YearAssessment
from yuanzhi.engine.runs.determining import SCOPE_ATTRIBUTES
from yuanzhi.engine.runs.facts import SUBJECT, facts_table, inputs_of
from yuanzhi.engine.runs.plan import RunPlan


def propose_years(
    compiled: CompiledPack,
    snapshot: Snapshot,
    series: pa.Table,
    assessments: Sequence[YearAssessment],
    plan: RunPlan,
) -> Iterator[dict[str, Any]]:
    """What follows for each subject at the end of each year, as rows of the result table.

    Args:
        compiled: The packs.
        snapshot: The records.
        series: Indicator values, for conditions.
        assessments: The assessments of the run; a machine reads those of its scheme.
        plan: The plan.
    """
    successors, events = lineage_of(snapshot), recorded_events(compiled, snapshot)
    for machine in compiled.composition.consequences.values():
        own = [year for year in assessments if year.scheme.code == machine.scheme and not year.assessment.refused]
        for period in plan.periods:
            if own and machine.validity.covers(period.end):
                yield from _proposed(compiled, snapshot, series, machine, own, period, events, successors)


def lineage_of(snapshot: Snapshot) -> dict[str, list[str]]:
    """Into what each subject was merged or split, from the register."""
    found: dict[str, list[str]] = {}
    for row in snapshot.table("lineage").to_pylist():
        found.setdefault(row["predecessor"], []).append(row["successor"])
    return found


def recorded_events(compiled: CompiledPack, snapshot: Snapshot) -> dict[str, list[Event]]:
    """Decisions and reports by subject: the rows of daily forms with an item ``event``.

    An item ``transition`` names the proposal that was adopted or declined, ``decision_basis`` what it rests on.
    """
    found: dict[str, list[Event]] = {}
    for form in compiled.composition.forms.values():
        if "event" not in form.items or form.frequency is not Frequency.DAY or form.code not in snapshot.forms:
            continue
        for row in snapshot.table(f"returns_{form.code}").to_pylist():
            own = Event(
                event=row["event"] or "",
                on=row["period_end"],
                transition=row.get("transition") or "",
                basis=row.get("decision_basis") or "",
            )
            found.setdefault(row["subject"], []).append(own)
    return found


def _proposed(
    compiled: CompiledPack, snapshot: Snapshot, series: pa.Table, machine: ConsequenceMachine,
    years: Sequence[YearAssessment], period: Period, events: Mapping[str, Sequence[Event]],
    successors: Mapping[str, Sequence[str]],
) -> Iterator[dict[str, Any]]:  # fmt: skip
    histories: dict[str, list[PeriodResult]] = {}
    for year in years:
        if year.period.end <= period.end:
            for unit, result in results_of(year.assessment, year.period).items():
                histories.setdefault(unit, []).append(result)
    facts = _facts(compiled, snapshot, series, machine, period)
    found = propose(compiled, machine.code, histories, events, period.end, facts=facts, successors=successors)
    latest = next((year for year in years if year.period == period and year.period == years[-1].period), None)
    likely = {}
    if latest is not None and latest.spread is not None:
        likely = quantify(
            compiled, machine.code, latest.spread, period, histories, events, period.end,
            facts=facts, successors=successors,
        )  # fmt: skip
    bands = {band.grade: band.label for band in years[0].scheme.grades.bands} if years[0].scheme.grades else {}
    for subject, proposal in found.by_subject.items():
        share = likely[subject].states.get(proposal.state) if subject in likely else None
        yield {
            "machine": machine.code,
            "subject": subject,
            "as_of": period.end.isoformat(),
            "state": proposal.state,
            "before": proposal.steps[-1].source if proposal.steps else machine.initial,
            "effects": _json([effect.code for effect in proposal.effects]),
            "deadline": proposal.deadline.isoformat() if proposal.deadline else "",
            "reasons": _json([_in_words(bands, *pair) for pair in _reasons(machine, proposal)]),
            "forecast": _json([_in_words(bands, *pair) for pair in _forecasts(machine, proposal)]),
            "counters": _json({code: count.value for code, count in proposal.counters.items()}),
            "certainty": None if share is None else Decimal(repr(share)),
            "basis": found.basis.value,
        }


def _facts(
    compiled: CompiledPack, snapshot: Snapshot, series: pa.Table, machine: ConsequenceMachine, period: Period
) -> dict[str, Mapping[str, Scalar]]:
    names = {*inputs_of(compiled, f"consequences/{machine.code}"), *SCOPE_ATTRIBUTES}
    table = facts_table(compiled, snapshot, series, machine.subject, period, names)
    return {row.pop(SUBJECT): row for row in table.to_pylist()}


def _reasons(machine: ConsequenceMachine, proposal: Proposal) -> Iterator[tuple[str, str]]:
    """The steps that led here, each with what was found."""
    states = {state.code: state.label for state in machine.states}
    for step in proposal.steps[-2:]:
        found = "；".join(atom.text_zh for atom in step.reasons)
        found_en = "; ".join(atom.text_en for atom in step.reasons)
        label = step.transition.label
        zh = f"{step.on} {label.zh}：{states[step.source].zh}→{states[step.to].zh}" + (f"（{found}）" if found else "")
        en = f"{step.on} {label.en}: {states[step.source].en} → {states[step.to].en}" + (
            f" ({found_en})" if found else ""
        )
        yield zh, en
    for open_ in proposal.open[-1:]:
        yield f"不能确定：缺 {'、'.join(open_.missing)}", f"undetermined: missing {', '.join(open_.missing)}"


def _forecasts(machine: ConsequenceMachine, proposal: Proposal) -> Iterator[tuple[str, str]]:
    """What one more such period, and each other grade, would bring."""
    states = {state.code: state.label for state in machine.states}
    for own in proposal.forecast:
        if not own.transitions:
            continue
        state = states.get(own.state, Label(own.state))
        effects = [effect.effect.label for step in own.steps for effect in step.effects]
        zh = f"{own.label.zh}：{state.zh}" + (f"，{'、'.join(e.zh for e in effects)}" if effects else "")
        en = f"{own.label.en}: {state.en}" + (f", {', '.join(e.en for e in effects)}" if effects else "")
        yield zh, en


def _in_words(bands: Mapping[str, Label], zh: str, en: str) -> tuple[str, str]:
    """Codes of grades, which stand between quotes in findings, by their names."""
    for code, label in bands.items():
        zh, en = zh.replace(f"“{code}”", f"“{label.zh or code}”"), en.replace(f"“{code}”", f"“{label.en or code}”")
    return zh, en


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
