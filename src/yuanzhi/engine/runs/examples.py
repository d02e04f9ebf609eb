"""The examples of packs carried out: named cases, facts in, results out. They are the pack's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa

from yuanzhi.engine.assessment import Matrix, assess
from yuanzhi.engine.consequences import Event, PeriodResult, propose
from yuanzhi.engine.formulas import compile_formula, evaluate
from yuanzhi.engine.indicators import check_coherence, compute_series, judge_targets, series_from_values
from yuanzhi.engine.kernel.outcomes import Outcome
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.kernel.problems import Problem, ProblemsError
from yuanzhi.engine.pack import CompiledPack
from yuanzhi.engine.pack.model import Example, Form, Target
from yuanzhi.engine.records import Snapshot
from yuanzhi.engine.rules import determine_one
from yuanzhi.engine.rules.allocation import allocate
from yuanzhi.engine.runs.running import compile_composition

Found = Mapping[str, Any]
SCORE_TOLERANCE = Decimal("0.000001")
"""Scores are floats; an example states them to six places at most."""


@dataclass(frozen=True)
class ExampleResult:
    """One example and what was wrong with it; nothing if it holds."""

    example: Example
    problems: tuple[Problem, ...] = ()


def run_examples(compiled: CompiledPack, packs: Sequence[str] | None = None) -> tuple[ExampleResult, ...]:
    """Carry out every example, or those of some packs, in the order written."""
    found = compiled.composition.examples.values()
    return tuple(run_example(compiled, example) for example in found if packs is None or example.pack in packs)


def run_example(compiled: CompiledPack, example: Example) -> ExampleResult:
    """Carry out one example and compare each thing it expects."""
    section, _, code = example.of.partition("/")
    try:
        if example.parameters:
            compiled = compile_composition(compiled.composition, _typed(example.parameters))
        found = _RUNNERS[section](compiled, code, example)
    except ProblemsError as error:
        codes = sorted({problem.code for problem in error.problems})
        if "problems" not in example.expect:
            return ExampleResult(example, error.problems)
        found = {"problems": codes}
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        values = {"name": example.label.zh or example.code, "reason": f"{type(error).__name__}: {error}"}
        return ExampleResult(example, (Problem("example.broken", example.place, values),))
    return ExampleResult(example, tuple(_differences(example, found)))


def _differences(example: Example, found: Found) -> Iterator[Problem]:
    for what, expected in example.expect.items():
        if what not in found or not _agrees(expected, found[what]):
            values = {
                "name": example.label.zh or example.code,
                "what": what,
                "expected": _text(expected),
                "found": _text(found.get(what)),
            }
            yield Problem("example.failed", example.place, values)


def _agrees(expected: Any, found: Any) -> bool:
    """Whether what was found is what was expected; a mapping names only what it cares about."""
    if isinstance(expected, Mapping):
        return isinstance(found, Mapping) and all(
            key in found and _agrees(own, found[key]) for key, own in expected.items()
        )
    if isinstance(expected, list | tuple):
        return sorted(map(_text, expected)) == sorted(map(_text, found or ()))
    if isinstance(found, list | tuple | set | frozenset) and not isinstance(expected, list | tuple):
        return [_text(expected)] == [_text(item) for item in found]
    if _is_number(expected) and _is_number(found):
        return abs(Fraction(expected) - Fraction(found)) <= SCORE_TOLERANCE
    return _text(expected) == _text(found)


def _rule(compiled: CompiledPack, code: str, example: Example) -> Found:
    facts = dict(example.facts)
    found = determine_one(compiled, code, facts, as_of=_day(example))
    return {
        "applicable": found.is_applicable,
        "outcome": found.outcome.value if found.outcome else "",
        "effect": found.effect,
        "exception": found.exception,
        "gives": found.values,
        "missing": found.missing,
    }


def _target(compiled: CompiledPack, code: str, example: Example) -> Found:
    target = compiled.composition.targets[code]
    series = _target_series(compiled, target, example.facts)
    status = judge_targets(compiled, series, as_of=_day(example), codes=[code])[0]
    incoherent = [own for own in check_coherence(compiled, as_of=_day(example)) if own.target == code]
    implied = next((own.found for own in incoherent if own.found is not None), None)
    if implied is None and "implied" in example.expect:
        implied = _implied(compiled, target, _day(example))
    return {
        "outcome": status.outcome.value,
        "value": status.value,
        "goal": status.goal,
        "gap": status.gap,
        "expected": status.expected_today,
        "growth_needed": status.growth_needed,
        "on_path": status.on_path.value,
        "missing": status.missing,
        "implied": implied,
        "coherent": not incoherent,
        "parts": {part.name: part.outcome.value for part in status.parts},
    }


def _target_series(compiled: CompiledPack, target: Target, facts: Found) -> pa.Table:
    indicator = compiled.composition.indicators[target.indicator]
    scope = target.scope or indicator.scope
    return series_from_values(target.indicator, facts, scope=scope, subject=target.subject)


def _implied(compiled: CompiledPack, target: Target, day: date) -> Decimal | None:
    """What other targets imply for one where they agree with it: asked with the goal put out of reach."""
    raised = replace(target, value=(target.value or Decimal(0)) + Decimal(10) ** 9)
    composition = replace(compiled.composition, targets={**compiled.composition.targets, target.code: raised})
    findings = check_coherence(replace(compiled, composition=composition), as_of=day)
    return next((own.found for own in findings if own.target == target.code and own.found is not None), None)


def _indicator(compiled: CompiledPack, code: str, example: Example) -> Found:
    indicator = compiled.composition.indicators[code]
    if "rows" in example.facts:
        return _rolled_up(compiled, code, example)
    scope = compiled.scopes.of(indicator.subject)
    given = {name: text for name, text in scope.definitions.items() if name not in example.facts}
    made = compile_formula(indicator.formula, replace(scope, definitions=given), place=indicator.place)
    if made.formula is None:
        raise ProblemsError(made.problems)
    raw = evaluate(made.formula, example.facts, compiled.parameters_on(_day(example)))
    type_ = made.formula.type
    unit = compiled.composition.unit_system.unit(indicator.unit)
    own_unit = getattr(type_, "unit", unit)
    if isinstance(raw, Fraction) and own_unit.same_dimension(unit):
        raw = raw * own_unit.conversion_to(unit)
    return {"value": raw}


def _rolled_up(compiled: CompiledPack, code: str, example: Example) -> Found:
    period = Period.read(str(example.period))
    rows = [dict(row) for row in example.facts["rows"]]
    form = _form_of(compiled, rows[0])
    snapshot = _snapshot(compiled, form, rows, example.facts.get("register", {}))
    series = compute_series(compiled, snapshot, periods=[period], as_of=period.end, indicators=[code])
    own = [row for row in series.to_pylist() if row["indicator"] == code and row["period"] == str(period)]
    values = {row["subject"]: row["value"] for row in own}
    shares = {row["subject"]: row["completeness"] for row in own}
    only = next(iter(values.values())) if len(values) == 1 else None
    share = next(iter(shares.values())) if len(shares) == 1 else None
    return {"values": values, "value": only, "completeness": share}


def _form_of(compiled: CompiledPack, row: Mapping[str, Any]) -> Form:
    items = [name for name in row if name not in ("subject", "park", "period", "territory")]
    for form in compiled.composition.forms.values():
        if all(name in form.items for name in items):
            return form
    raise LookupError(f"no form has {', '.join(items)}")


def _snapshot(
    compiled: CompiledPack, form: Form, rows: Sequence[Mapping[str, Any]], register: Mapping[str, Mapping[str, Any]]
) -> Snapshot:
    """Rows of a return with just the register they need: each subject in its park, since ever."""
    subjects: dict[str, dict[str, Any]] = {}
    for row in rows:
        own = {"subject_type": form.subject, "subject": row["subject"], "park": row.get("park")}
        subjects[row["subject"]] = {**own, "territory": row.get("territory")}
        if row.get("park"):
            subjects.setdefault(row["park"], {"subject_type": "park", "subject": row["park"]})
    for subject, attributes in register.items():
        known = subjects.setdefault(subject, {"subject_type": "park", "subject": subject})
        subjects[subject] = {**known, **attributes}
    columns = sorted({name for own in subjects.values() for name in own})
    table = pa.table(
        {name: [own.get(name) for own in subjects.values()] for name in columns}
        | {"valid_from": pa.array([date(2000, 1, 1)] * len(subjects), pa.date32())}
    )
    returns = [
        {
            **{name: value for name, value in row.items() if name in form.items},
            "subject": row["subject"],
            "period": str(row["period"]),
        }
        for row in rows
    ]
    return Snapshot.of_rows(compiled.composition.forms, {form.code: returns}, subjects=table)


def _scheme(compiled: CompiledPack, code: str, example: Example) -> Found:
    facts = example.facts["subjects"]
    groups = example.facts.get("groups", {})
    matrix = _matrix(facts, groups)
    earlier = {int(back): _matrix(rows, groups) for back, rows in example.facts.get("earlier", {}).items()}
    parameters = compiled.parameters_on(_day(example))
    result = assess(compiled, code, matrix, parameters=parameters, facts_by_unit=facts, earlier=earlier or None)
    problems = sorted({problem.code for problem in result.problems})
    if result.refused:
        return {"problems": problems}
    nodes = {
        unit: {node: float(scores[row]) for node, scores in result.nodes.items()} for unit, row in result.rows.items()
    }
    return {
        "scores": {unit: result.score(unit) for unit in result.units},
        "ranks": {unit: result.rank(unit) for unit in result.units},
        "grades": {unit: result.grade(unit) for unit in result.units},
        "undecided": sorted({own.unit for own in result.undecided}),
        "vetoes": {own.unit: own.veto for own in result.vetoes if own.outcome is Outcome.MET},
        "nodes": nodes,
        "problems": problems,
    }


def _matrix(facts: Mapping[str, Mapping[str, Any]], groups: Mapping[str, Mapping[str, str]]) -> Matrix:
    rows = {
        str(unit): {name: value for name, value in row.items() if value is None or _is_number(value)}
        for unit, row in facts.items()
    }
    exact = {unit: {n: None if v is None else Decimal(v) for n, v in row.items()} for unit, row in rows.items()}
    return Matrix.of(exact, groups={name: dict(own) for name, own in groups.items()})


def _consequence(compiled: CompiledPack, code: str, example: Example) -> Found:
    facts = example.facts
    subject = str(facts.get("subject", "A"))
    results = [_period_result(row) for row in facts.get("history", ())]
    events = [
        Event(event=str(row["event"]), on=_as_day(row["on"]), transition=str(row.get("transition", "")))
        for row in facts.get("events", ())
    ]
    own = {subject: dict(facts.get("facts", {}))}
    last = max([result.day for result in results] + [event.on for event in events], default=date.max)
    also = {subject: {name: Fraction(value) for name, value in facts.get("also_applying", {}).items()}}
    proposals = propose(
        compiled, code, {subject: results}, {subject: events}, example.as_of or last, facts=own, also_applying=also
    )
    found = proposals.by_subject.get(subject)
    if found is None:
        return {
            "state": "",
            "effects": [],
            "proposals": [],
            "counters": {},
            "forecast": [],
            "outside": subject in proposals.outside,
        }
    gives = {name: value for effect in found.effects for name, value in effect.values.items()}
    return {
        "state": found.state,
        "effects": [effect.code for effect in found.effects],
        "proposals": [step.code for step in found.proposals],
        "counters": {name: count.value for name, count in found.counters.items()},
        "forecast": [effect for own_ in found.forecast for effect in own_.effects],
        "deadline": found.deadline.isoformat() if found.deadline else None,
        "gives": {**gives, **{own_.name: own_.value for own_ in found.applied}},
        "cooldowns": [own_.applies_to for own_ in found.cooldowns],
        "undetermined": found.is_undetermined,
    }


def _period_result(row: Mapping[str, Any]) -> PeriodResult:
    known = {"period", "score", "rank", "rank_from_bottom", "group_size", "grade", "group", "announced"}
    return PeriodResult(
        period=Period.read(str(row["period"])),
        score=None if row.get("score") is None else Decimal(row["score"]),
        rank=_whole(row.get("rank")),
        rank_from_bottom=_whole(row.get("rank_from_bottom")),
        group_size=_whole(row.get("group_size")),
        grade=None if row.get("grade") is None else str(row["grade"]),
        group=str(row.get("group", "")),
        announced=_as_day(row["announced"]) if row.get("announced") else None,
        facts={name: value for name, value in row.items() if name not in known},
    )


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _allocation(compiled: CompiledPack, code: str, example: Example) -> Found:
    amount = example.facts.get("amount")
    result = allocate(compiled, code, example.facts["requests"], amount, as_of=_day(example))
    return {
        "granted": {own.id: own.granted for own in result.grants},
        "statuses": {own.id: own.status.value for own in result.grants},
        "left": result.left,
    }


def _parameter(compiled: CompiledPack, code: str, example: Example) -> Found:
    value = compiled.composition.parameters[code].on(_day(example))
    return {"value": value.value if value else None, "basis": value.basis.value if value else "missing"}


def _set(compiled: CompiledPack, code: str, example: Example) -> Found:
    """The parks a pack names that are in a set; a park that stands for several counts as many."""
    declared = compiled.composition.sets[code]
    where = compiled.formulas.get(f"sets/{code}/where")
    parameters = compiled.parameters_on(_day(example))
    members = []
    for park in compiled.composition.parks.values():
        facts = {"kind": park.kind, "tier": park.tier, "territory": park.region, "parent": park.parent or None}
        named = park.code in declared.members
        if named or (where is not None and evaluate(where, facts, parameters) is True):
            members.append(park)
    return {"members": [park.code for park in members], "count": sum(park.counted or 1 for park in members)}


_RUNNERS: Mapping[str, Callable[[CompiledPack, str, Example], Found]] = {
    "rules": _rule,
    "targets": _target,
    "indicators": _indicator,
    "schemes": _scheme,
    "consequences": _consequence,
    "allocations": _allocation,
    "parameters": _parameter,
    "sets": _set,
}


def _day(example: Example) -> date:
    if example.as_of:
        return example.as_of
    return Period.read(str(example.period)).end if example.period else date.max


def _as_day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Whole numbers as decimals, as parameters are kept."""
    return {
        name: Decimal(own) if isinstance(own, int) and not isinstance(own, bool) else own
        for name, own in values.items()
    }


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal | Fraction) and not isinstance(value, bool)


def _text(value: Any) -> str:
    if isinstance(value, Fraction):
        return str(value.numerator) if value.denominator == 1 else f"{float(value):.12g}"
    if isinstance(value, Decimal | float | int) and not isinstance(value, bool):
        return f"{Decimal(str(value)).normalize():f}"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_text(own)}" for key, own in value.items()) + "}"
    if isinstance(value, list | tuple | set | frozenset):
        return "[" + ", ".join(_text(own) for own in value) + "]"
    return "" if value is None else str(value)
