"""From any result back to formula, inputs, returns and clause.

A result is named by its table and key: ``series/indicator/scope/subject/period``,
``targets/code/subject/day``, ``determinations/rule/subject/day``, ``scores/scheme/period/subject/node``,
``grades/scheme/period/subject``, ``proposals/machine/subject/day``; an empty part is written ``-``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow.compute as pc

from yuanzhi.engine.assessment.framework import Framework, lay_out
from yuanzhi.engine.formulas import print_formula
from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.kernel.labels import NO_LABEL, Label
from yuanzhi.engine.kernel.outcomes import Basis, Outcome
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.kernel.problems import Problem, ProblemsError, nearest
from yuanzhi.engine.pack import CompiledPack
from yuanzhi.engine.pack.model import Rule, Scalar
from yuanzhi.engine.records import Snapshot
from yuanzhi.engine.rules import determine_one
from yuanzhi.engine.rules.determination import ConditionFinding
from yuanzhi.engine.runs.briefing import unit_of_target
from yuanzhi.engine.runs.determining import facts_of_rule
from yuanzhi.engine.runs.explanations import Explanation
from yuanzhi.engine.runs.origins import DEPTH, KEYS, Origins, result_name, shown
from yuanzhi.engine.runs.results import Results
from yuanzhi.engine.runs.scheme_words import band_words, note_words, scoring_words

_OUTCOMES = {
    "met": Label("达到", "met"),
    "not_met": Label("未达到", "not met"),
    "undetermined": Label("不能确定", "undetermined"),
}
_MARKS = {Outcome.MET: "✓", Outcome.NOT_MET: "✗", Outcome.UNDETERMINED: "?"}
_EXAMPLE = "grades/SCHEME/2020/PARK"
_FOUND_PLACES = 6
_SUGGESTED = 20_000
"""Names looked through for the nearest."""


def explain(compiled: CompiledPack, snapshot: Snapshot, results: Results, name: str) -> Explanation:
    """Explain a result by its name.

    Args:
        compiled: The packs the run was made with.
        snapshot: The records it was made from.
        results: Its tables.
        name: The result's name.

    Raises:
        ProblemsError: There is no such result.
    """
    return Explainer(compiled, snapshot, results).explain(name)


@dataclass
class Explainer(Origins):
    """Explains the results of one run; it keeps what it has looked up from one result to the next."""

    _read_by_rule: dict[tuple[str, date], Mapping[str, Mapping[str, Scalar]]] = field(default_factory=dict, repr=False)

    def explain(self, name: str) -> Explanation:
        """Explain a result by its name.

        Raises:
            ProblemsError: There is no such result.
        """
        table, _, rest = name.partition("/")
        key = ["" if part == "-" else part for part in rest.split("/")]
        if table not in KEYS or table == "findings" or len(key) != len(KEYS[table]):
            raise self._unknown(name)
        row = self.row(table, dict(zip(KEYS[table], key, strict=True)))
        if row is None:
            raise self._unknown(name)
        match table:
            case "series":
                return self.series(row)
            case "targets":
                return self._target(row)
            case "determinations":
                return self._determination(row)
            case "scores":
                return self._score(row, DEPTH)
            case "grades":
                return self._grade(row)
            case _:
                return self._proposal(row)

    def _unknown(self, name: str) -> ProblemsError:
        table, _, rest = name.partition("/")
        known = [own for own in self.results.tables if own in KEYS and own != "findings"]
        if table not in known:
            table = nearest(table, known)
        near = ""
        if table:
            columns = [self.results[table][column].to_pylist()[:_SUGGESTED] for column in KEYS[table]]
            names = ["/".join(str(part or "-") for part in key) for key in zip(*columns, strict=True)]
            near = nearest(rest, names)
        values = {"name": name, "example": _EXAMPLE, "nearest": f"：{table}/{near}" if near else ""}
        return ProblemsError([Problem("run.result_unknown", values=values)])

    # Targets, rules

    def _target(self, row: Mapping[str, Any]) -> Explanation:
        target = self.compiled.composition.targets[row["target"]]
        signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "eq": "=", "ne": "≠"}
        sign, label = signs.get(target.comparison, target.comparison), self.label_of(target.indicator)
        unit = unit_of_target(self.compiled.composition, target)
        goal = f"{shown(row['goal'], 4)} {'' if unit == '1' else unit}".strip()
        return Explanation(
            name=result_name("targets", row),
            title=Label(f"{target.label.zh}（{row['as_of']}）", f"{target.label.en} ({row['as_of']})"),
            word=_OUTCOMES[row["outcome"]],
            formula=Label(f"{label.zh} {sign} {goal}", f"{label.en} {sign} {goal}")
            if row["goal"] is not None
            else label,
            citation=self.cite(target.pack, target.clause),
            basis=Basis(row["basis"]),
            synthetic=bool(row["synthetic"]),
            notes=tuple(self._target_notes(row)),
            inputs=tuple(self._target_values(row)),
        )

    def _target_notes(self, row: Mapping[str, Any]) -> Iterator[Label]:
        target = self.compiled.composition.targets[row["target"]]
        if row["value"] is not None:
            unit = unit_of_target(self.compiled.composition, target)
            value, gap = _given(round(row["value"], 4), unit), shown(row["gap"], 4)
            short = Label(f"，差 {gap}", f", gap {gap}") if gap else NO_LABEL
            yield Label(f"现值 {value}{short.zh}", f"value {value}{short.en}")
        if row["growth_needed"] is not None:
            needed = f"{shown(row['growth_needed'], 4)} {row['needed_unit']}"
            yield Label(f"还需每年 {needed}", f"still needed: {needed}")
        if row["missing"]:
            yield Label(f"缺：{row['missing']}", f"missing: {row['missing']}")
        if target.note.zh:
            yield target.note

    def _target_values(self, row: Mapping[str, Any]) -> Iterator[Explanation]:
        """The value read, and that of the base year where the goal is taken from it."""
        target = self.compiled.composition.targets[row["target"]]
        declared = self.compiled.composition.indicators[target.indicator]
        subject = {"subject": target.subject} if target.subject else {}
        periods = [row["period"] or ""]
        if target.base_year is not None and target.base_value is None:
            periods.append(str(target.base_year))
        for period in dict.fromkeys(periods):
            for scope in dict.fromkeys((target.scope, declared.scope, "")):
                key = {"indicator": target.indicator, "scope": scope, "period": period, **subject}
                if found := self.row("series", key):
                    yield self.series(found, DEPTH - 1)
                    break

    def _determination(self, row: Mapping[str, Any]) -> Explanation:
        rule = self.compiled.composition.rules[row["rule"]]
        day = date.fromisoformat(row["as_of"])
        facts = self._facts_of_rule(rule.code, day).get(row["subject"], {})
        found = determine_one(self.compiled, rule.code, facts, as_of=day, subject=row["subject"])
        notes = [Label(f"→ {found.label.zh}", f"→ {found.label.en}")] if found.label.zh else []
        for condition in found.findings:
            notes += list(_condition_notes(condition))
        notes += list(self._row_notes(rule, found.rows))
        notes += [Label(f"{name} = {_given(own.value, own.unit)}") for name, own in found.gives.items()]
        if found.missing:
            names = [self.label_of(name) for name in found.missing]
            notes.append(
                Label(f"缺：{'、'.join(own.zh for own in names)}", f"missing: {', '.join(own.en for own in names)}")
            )
        formula = self.compiled.formulas.get(f"rules/{rule.code}/when")
        trail = f"rules/{rule.code}/"
        every = [own for at, own in self.compiled.formulas.items() if at.startswith(trail)]
        names_read = {name for own in every for name in own.mentions}
        parameters = {code for own in every for code in own.parameters}
        who, year = self.subject(row["subject"]), Period.year(day.year)
        return Explanation(
            name=result_name("determinations", row),
            title=Label(f"{who.zh}：{rule.label.zh}", f"{who.en}: {rule.label.en}"),
            word=_OUTCOMES[row["outcome"]],
            formula=Label(print_formula(formula, "zh"), print_formula(formula, "en")) if formula else NO_LABEL,
            citation=self.cite(rule.pack, rule.clause),
            basis=Basis(row["basis"]),
            notes=tuple(notes),
            inputs=tuple(self.inputs(names_read, parameters, rule.subject, row["subject"], year, day=day, depth=2)),
        )

    def _facts_of_rule(self, rule: str, day: date) -> Mapping[str, Mapping[str, Scalar]]:
        if (rule, day) not in self._read_by_rule:
            facts = facts_of_rule(self.compiled, self.snapshot, self.results["series"], rule, day)
            self._read_by_rule[rule, day] = facts
        return self._read_by_rule[rule, day]

    def _row_notes(self, rule: Rule, hits: tuple[int, ...]) -> Iterator[Label]:
        """The rows of a decision table that hit."""
        for at in hits if rule.table else ():
            assert rule.table is not None
            line = rule.table.rows[at]
            cells = ", ".join(f"{name} {cell}" for name, cell in line.when.items() if cell != "-")
            label = line.label
            yield Label(f"第 {at + 1} 行 {label.zh}：{cells}", f"row {at + 1} {label.en or label.zh}: {cells}")

    # Assessment, consequences

    def _grade(self, row: Mapping[str, Any]) -> Explanation:
        scheme = self.compiled.composition.schemes[row["scheme"]]
        key = {"scheme": scheme.code, "period": row["period"], "subject": row["subject"], "node": scheme.framework.code}
        root = self.row("scores", key)
        bands = {band.grade: band.label for band in scheme.grades.bands} if scheme.grades else {}
        who = self.subject(row["subject"])
        return Explanation(
            name=result_name("grades", row),
            title=Label(f"{who.zh} {row['period']} {scheme.label.zh}", f"{who.en} {row['period']} {scheme.label.en}"),
            word=bands.get(row["grade"], Label(row["grade"])),
            value=shown(row["score"], scheme.display_scale),
            formula=Label(band_words(scheme, "zh"), band_words(scheme, "en")),
            citation=self.cite(scheme.pack, scheme.clause),
            basis=Basis(row["basis"]),
            notes=tuple(self._grade_notes(row)),
            inputs=(self._score(root, DEPTH),) if root else (),
        )

    def _grade_notes(self, row: Mapping[str, Any]) -> Iterator[Label]:
        if row["rank"]:
            group = f"（{row['group']}）" if row["group"] else ""
            group_en = f" ({row['group']})" if row["group"] else ""
            yield Label(
                f"名次 {row['rank']} / {row['ranked']}{group}", f"rank {row['rank']} of {row['ranked']}{group_en}"
            )
        if row["certainty"] is not None:
            share = f"{shown(row['certainty'] * 100, 1)}%"
            yield Label(f"在误差下档次仍成立的概率 {share}", f"probability that the grade holds under error: {share}")
        if row["note"]:
            yield note_words(self.compiled.composition, self.compiled.composition.schemes[row["scheme"]], row["note"])

    def _score(self, row: Mapping[str, Any], depth: int) -> Explanation:
        composition = self.compiled.composition
        scheme = composition.schemes[row["scheme"]]
        framework = lay_out(scheme, {code: own.direction for code, own in composition.indicators.items()})
        node = framework.nodes[row["node"]]
        inputs = tuple(self._score_inputs(framework, row, depth - 1)) if depth > 0 else ()
        label = self.label_of(node.indicator) if node.indicator else Label(node.code, node.code)
        clause = node.clause if not node.children else ""
        return Explanation(
            name=result_name("scores", row),
            title=Label(node.label.zh or label.zh, node.label.en or node.label.zh or label.en),
            value=shown(row["score"], 4),
            formula=scoring_words(framework, node.code),
            citation=self.cite(scheme.pack, clause or ("" if inputs else scheme.clause)),
            basis=node.weight_basis if row["parent"] else scheme.basis,
            notes=tuple(_score_notes(row)),
            inputs=inputs,
        )

    def _score_inputs(self, framework: Framework, row: Mapping[str, Any], depth: int) -> Iterator[Explanation]:
        node = framework.nodes[row["node"]]
        for child in node.children:
            key = {"scheme": row["scheme"], "period": row["period"], "subject": row["subject"], "node": child.code}
            if found := self.row("scores", key):
                yield self._score(found, depth)
        for indicator in (node.indicator, node.denominator) if not node.children else ():
            if indicator:
                scope = self.compiled.composition.indicators[indicator].scope
                key = {"indicator": indicator, "scope": scope, "subject": row["subject"], "period": row["period"]}
                if found := self.row("series", key):
                    yield self.series(found, depth)

    def _proposal(self, row: Mapping[str, Any]) -> Explanation:
        machine = self.compiled.composition.consequences[row["machine"]]
        states = {state.code: state.label for state in machine.states}
        effects = {e.code: e.label for transition in machine.transitions for e in transition.effects}
        notes = [Label(*pair) for pair in json.loads(row["reasons"] or "[]")]
        for code in json.loads(row["effects"] or "[]"):
            label = effects.get(code, Label(code, code))
            notes.append(Label(f"建议：{label.zh}", f"proposed: {label.en or label.zh}"))
        if row["deadline"]:
            notes.append(Label(f"期限 {row['deadline']}", f"deadline {row['deadline']}"))
        notes += [Label(*pair) for pair in json.loads(row["forecast"] or "[]")]
        grades = self.results["grades"]
        own = grades.filter(
            pc.and_(pc.equal(grades["subject"], row["subject"]), pc.equal(grades["scheme"], machine.scheme))
        )
        day, who = date.fromisoformat(row["as_of"]), self.subject(row["subject"])
        past = [self._grade(found) for found in own.to_pylist() if Period.read(found["period"]).end <= day]
        return Explanation(
            name=result_name("proposals", row),
            title=Label(f"{who.zh}：{machine.label.zh}", f"{who.en}: {machine.label.en}"),
            word=states.get(row["state"], Label(row["state"])),
            citation=self.cite(machine.pack, machine.clause),
            basis=Basis(row["basis"]),
            notes=tuple(notes),
            inputs=tuple(past),
        )


def _condition_notes(condition: ConditionFinding) -> Iterator[Label]:
    """Each atom with whether it holds and what was found; those of an exception under its name."""
    name = condition.label
    zh = f"例外“{name.zh or condition.exception}”：" if condition.exception else ""
    en = f"exception “{name.en or condition.exception}”: " if condition.exception else ""
    for atom in condition.atoms:
        left = round(atom.left, _FOUND_PLACES) if isinstance(atom.left, Decimal) else atom.left
        found = "" if left is None else _given(left, "")
        mark = _MARKS[atom.outcome]
        yield Label(
            f"{mark} {zh}{atom.text_zh}" + (f"（现为 {found}）" if found else ""),
            f"{mark} {en}{atom.text_en}" + (f" (found {found})" if found else ""),
        )


def _score_notes(row: Mapping[str, Any]) -> Iterator[Label]:
    if row["weight"] is not None:
        weight, part = shown(row["weight"], 4), shown(row["contribution"], 4)
        yield Label(
            f"权重 {weight}" + (f"，贡献 {part}" if part else ""),
            f"weight {weight}" + (f", contributes {part}" if part else ""),
        )
    if row["note"]:
        yield Label(f"补缺：{row['note']}", f"filled: {row['note']}")


def _given(value: Any, unit: str) -> str:
    if isinstance(value, tuple):
        return ", ".join(_given(own, unit) for own in value)
    text = decimal_text(value) if not isinstance(value, str | bool | date | None) else str(value)
    return f"{text} {unit}" if unit not in ("", "1") else text
