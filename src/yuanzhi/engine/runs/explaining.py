"""From any result back to formula, inputs, returns and clause.

A result is named by its table and key: ``series/indicator/scope/subject/period``,
``targets/code/subject/day``, ``determinations/rule/subject/day``, ``scores/scheme/period/subject/node``,
``grades/scheme/period/subject``, ``proposals/machine/subject/day``; an empty part is written ``-``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from yuanzhi.engine.assessment.framework import Framework, lay_out
from yuanzhi.engine.formulas import print_formula
from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.kernel.labels import NO_LABEL, Label
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.kernel.problems import Problem, ProblemsError, nearest
from yuanzhi.engine.pack import CompiledPack
from yuanzhi.engine.pack.model import Form, Indicator
from yuanzhi.engine.records import Snapshot
from yuanzhi.engine.records.snapshots import literal, quoted
from yuanzhi.engine.runs.briefing import cite
from yuanzhi.engine.runs.determining import explain_determination
from yuanzhi.engine.runs.explanations import Citation, Explanation
from yuanzhi.engine.runs.naming import subject_names
from yuanzhi.engine.runs.results import FORMS, Results
from yuanzhi.engine.runs.scheme_words import band_words, scoring_words

DEPTH = 6
"""Levels of inputs that are followed."""
ROWS_SHOWN = 5
"""Rows of returns shown for a sum; how many there are is always said."""
_OUTCOMES = {
    "met": Label("达到", "met"),
    "not_met": Label("未达到", "not met"),
    "undetermined": Label("不能确定", "undetermined"),
}
_FORMS = {form.name: form for form in FORMS}
_EXAMPLE = "grades/SCHEME/2020/PARK"


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
    return _Explainer(compiled, snapshot, results).explain(name)


@dataclass
class _Explainer:
    compiled: CompiledPack
    snapshot: Snapshot
    results: Results

    @cached_property
    def names(self) -> Mapping[str, Label]:
        """What every subject is called."""
        return subject_names(self.compiled.composition, self.snapshot)

    def explain(self, name: str) -> Explanation:
        table, _, rest = name.partition("/")
        form = _FORMS.get(table)
        key = ["" if part == "-" else part for part in rest.split("/")]
        if form is None or table not in self.results.tables or len(key) != len(form.key):
            raise self._unknown(name)
        row = self._row(table, dict(zip(form.key, key, strict=True)))
        if row is None:
            raise self._unknown(name)
        match table:
            case "series":
                return self._series(row, DEPTH)
            case "targets":
                return self._target(row)
            case "determinations":
                return self._determination(row)
            case "scores":
                return self._score(row, DEPTH)
            case "grades":
                return self._grade(row)
            case "proposals":
                return self._proposal(row)
        raise self._unknown(name)

    def _unknown(self, name: str) -> ProblemsError:
        table, _, rest = name.partition("/")
        near = ""
        if table in self.results.tables and table in _FORMS:
            columns = [self.results[table][column].to_pylist() for column in _FORMS[table].key]
            known = ["/".join(str(part or "-") for part in key) for key in zip(*columns, strict=True)]
            near = nearest(rest, known[:20_000])
        values = {"name": name, "example": _EXAMPLE, "nearest": f"：{table}/{near}" if near else ""}
        return ProblemsError([Problem("run.result_unknown", values=values)])

    def _row(self, table: str, key: Mapping[str, str]) -> dict[str, Any] | None:
        if table not in self.results.tables:
            return None
        own = self.results[table]
        mask = None
        for column, value in key.items():
            same = pc.equal(pc.fill_null(own[column], ""), pa.scalar(value))
            mask = same if mask is None else pc.and_(mask, same)
        found: list[dict[str, Any]] = own.filter(mask).to_pylist()
        return found[0] if found else None

    def _subject(self, code: str) -> Label:
        found = self.names.get(code, Label(code))
        return Label(found.zh, found.en or found.zh)

    # Indicators

    def _series(self, row: Mapping[str, Any], depth: int) -> Explanation:
        indicator = self.compiled.composition.indicators[row["indicator"]]
        period = Period.read(row["period"])
        subject = self._subject(row["subject"])
        scope = self.compiled.composition.sets.get(row["scope"] or "")
        where = f"（{scope.label.zh}）" if scope else ""
        notes = list(self._completeness(row))
        if indicator.formula:
            formula, inputs = self._by_formula(indicator, row, period, depth)
        else:
            formula, inputs = self._by_aggregate(indicator, row, period, depth)
        return Explanation(
            name="/".join(["series", *(str(row[part] or "-") for part in _FORMS["series"].key)]),
            title=Label(
                f"{subject.zh} {period} {indicator.label.zh}{where}", f"{subject.en} {period} {indicator.label.en}"
            ),
            value=_shown(row["value"], indicator.display_scale),
            unit=indicator.unit,
            formula=formula,
            citation=self._cite(indicator.pack, indicator.clause),
            basis=Basis(row["basis"] or "stated"),
            synthetic=bool(row["synthetic"]),
            notes=tuple(notes),
            inputs=inputs if depth > 0 else (),
        )

    def _completeness(self, row: Mapping[str, Any]) -> Iterator[Label]:
        if row["expected"] and row["reported"] != row["expected"]:
            missing = f"，缺：{row['missing']}" if row["missing"] else ""
            missing_en = f"; missing: {row['missing']}" if row["missing"] else ""
            yield Label(
                f"应报 {row['expected']}，实报 {row['reported']}{missing}",
                f"{row['reported']} of {row['expected']} reported{missing_en}",
            )
        if row["mixed"]:
            yield Label("真实与合成记录混合，数值不给出。", "Real and synthetic records are mixed; no value is given.")

    def _by_formula(
        self, indicator: Indicator, row: Mapping[str, Any], period: Period, depth: int
    ) -> tuple[Label, tuple[Explanation, ...]]:
        formula = self.compiled.formula(f"indicators/{indicator.code}/formula")
        text = Label(print_formula(formula, "zh"), print_formula(formula, "en"))
        if depth <= 0:
            return text, ()
        inputs = [self._named(name, indicator.subject, row, period, depth - 1) for name in sorted(formula.mentions)]
        inputs += [self._parameter(name, period.end) for name in sorted(formula.parameters)]
        return text, tuple(found for found in inputs if found is not None)

    def _by_aggregate(
        self, indicator: Indicator, row: Mapping[str, Any], period: Period, depth: int
    ) -> tuple[Label, tuple[Explanation, ...]]:
        own = indicator.aggregate
        if own is None:
            return NO_LABEL, ()
        condition = self.compiled.formulas.get(f"indicators/{indicator.code}/aggregate/where")
        kept_zh = f"，只计 {print_formula(condition, 'zh')}" if condition else ""
        kept_en = f", only where {print_formula(condition, 'en')}" if condition else ""
        of = self._label_of(own.of)
        names = {
            "sum": "合计",
            "count": "计数",
            "avg": "平均",
            "median": "中位数",
            "share": "比重",
            "rank": "名次",
            "growth": "同比增速",
        }
        text = Label(f"{of.zh}的{names[own.function]}{kept_zh}", f"{own.function} of {of.en}{kept_en}")
        if depth <= 0:
            return text, ()
        inputs = list(self._lower(indicator, row, period, depth - 1))
        inputs += [self._parameter(name, period.end) for name in sorted(condition.parameters if condition else ())]
        return text, tuple(inputs)

    def _label_of(self, name: str) -> Label:
        composition = self.compiled.composition
        if name in composition.indicators:
            return composition.indicators[name].label
        for form in composition.forms.values():
            if name in form.items:
                return form.items[name].label
        return Label(name or "对象", name or "subjects")

    def _lower(self, indicator: Indicator, row: Mapping[str, Any], period: Period, depth: int) -> Iterator[Explanation]:
        """What was rolled up: values of a lower indicator, the largest first, or rows of returns."""
        own = indicator.aggregate
        assert own is not None
        below = self.compiled.composition.indicators.get(own.of)
        if below is not None:
            yield from self._lower_series(below, row, period, depth)
            return
        form = next((f for f in self.compiled.composition.forms.values() if own.of in f.items), None)
        if form is not None and form.code in self.snapshot.forms:
            yield from self._rows(form, own.of, self._park_of(indicator, row), period)

    def _park_of(self, indicator: Indicator, row: Mapping[str, Any]) -> str:
        return str(row["subject"]) if indicator.subject in ("park", "zone") else ""

    def _lower_series(
        self, below: Indicator, row: Mapping[str, Any], period: Period, depth: int
    ) -> Iterator[Explanation]:
        series = self.results["series"]
        own = series.filter(
            pc.and_(pc.equal(series["indicator"], below.code), pc.equal(series["period"], str(period)))
        ).to_pylist()
        same = below.aggregate is None or below.subject == row["subject_type"]
        wanted = [r for r in own if not same or r["subject"] == row["subject"]]
        wanted.sort(key=lambda r: (r["value"] is None, -(r["value"] or 0), r["subject"]))
        for found in wanted[:ROWS_SHOWN]:
            yield self._series(found, min(depth, 1))
        if len(wanted) > ROWS_SHOWN:
            more = len(wanted) - ROWS_SHOWN
            yield Explanation(title=Label(f"另有 {more} 个对象", f"{more} more subjects"), value="…")

    def _rows(self, form: Form, item: str, park: str, period: Period) -> Iterator[Explanation]:
        """The largest contributions of a period by subject, with source and day of recording."""
        view = quoted(f"returns_{form.code}")
        within = f"period_start >= date '{period.start}' and period_end <= date '{period.end}'"
        member = (
            f"and subject in (select subject from subjects where park = {literal(park)} and valid_from <= date "
            f"'{period.end}' and (valid_to is null or valid_to >= date '{period.start}'))"
            if park
            else ""
        )
        column = quoted(item)
        number = form.items[item].type == "number"
        value = f"sum({column})" if number else f"count({column})"
        with self.snapshot.connect() as connection:
            rows = connection.execute(
                f"select subject, {value} as total, count({column}) as parts, max(recorded) as recorded, "
                f"any_value(source) as source, bool_or(synthetic) as synthetic, count(*) over () as subjects "
                f"from {view} where {within} {member} group by subject "
                f"order by total desc nulls last, subject limit {ROWS_SHOWN}"
            ).fetchall()
        declared = form.items[item]
        for subject, total, parts, recorded, source, synthetic, _ in rows:
            yield Explanation(
                title=Label(
                    f"{self._subject(subject).zh} {declared.label.zh}",
                    f"{self._subject(subject).en} {declared.label.en}",
                ),
                value=_shown(total, declared.scale),
                unit=declared.unit,
                synthetic=bool(synthetic),
                sources=(f"{form.label.zh} {period}: {source} · {parts} · {recorded:%Y-%m-%d}",),
            )
        if rows and rows[0][-1] > ROWS_SHOWN:
            more = rows[0][-1] - ROWS_SHOWN
            yield Explanation(title=Label(f"另有 {more} 户", f"{more} more"), value="…")

    def _named(
        self, name: str, subject_type: str, row: Mapping[str, Any], period: Period, depth: int
    ) -> Explanation | None:
        """One input of a formula: another indicator, or an item of a return."""
        composition = self.compiled.composition
        if name in composition.indicators:
            scope = row.get("scope") or ""
            for tried in dict.fromkeys((scope, composition.indicators[name].scope, "")):
                key = {"indicator": name, "scope": tried, "subject": row["subject"], "period": str(period)}
                if found := self._row("series", key):
                    return self._series(found, depth)
            return Explanation(title=composition.indicators[name].label, unit=composition.indicators[name].unit)
        for form in composition.forms.values():
            if name in form.items and form.subject == subject_type and form.code in self.snapshot.forms:
                return self._item(form, name, row["subject"], period)
        return None

    def _item(self, form: Form, name: str, subject: str, period: Period) -> Explanation:
        item, view = form.items[name], quoted(f"returns_{form.code}")
        with self.snapshot.connect() as connection:
            rows = connection.execute(
                f"select period, {quoted(name)}, source, recorded, synthetic from {view} where subject = $1 and "
                f"period_end <= date '{period.end}' and period_start >= date '{period.start}' order by period_start",
                [subject],
            ).fetchall()
        total, name_ = _total([row[1] for row in rows], item.measurement.value), self._subject(subject)
        sources = tuple(f"{form.label.zh} {row[0]}: {row[2]} · {row[3]:%Y-%m-%d}" for row in rows[-3:])
        return Explanation(
            title=Label(f"{name_.zh} {item.label.zh}", f"{name_.en} {item.label.en}"),
            value=_shown(total, item.scale) if not isinstance(total, str) else total,
            unit=item.unit,
            synthetic=any(bool(row[4]) for row in rows),
            sources=sources,
        )

    def _parameter(self, code: str, day: date) -> Explanation:
        parameter = self.compiled.composition.parameters[code]
        value = parameter.on(day)
        basis = Basis.MISSING if value is None or value.value is None else value.basis
        return Explanation(
            title=Label(f"{parameter.label.zh}（p.{code}）", f"{parameter.label.en} (p.{code})"),
            value="" if value is None or value.value is None else _any(value.value),
            unit=parameter.unit,
            citation=self._cite(parameter.pack, (value.clause if value else "") or parameter.clause),
            basis=basis,
            notes=(value.why,) if value and value.why.zh else (),
        )

    # Targets, rules

    def _target(self, row: Mapping[str, Any]) -> Explanation:
        target = self.compiled.composition.targets[row["target"]]
        signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "eq": "=", "ne": "≠"}
        goal = _shown(row["goal"], 4)
        sign, label = signs.get(target.comparison, target.comparison), self._label_of(target.indicator)
        formula = Label(f"{label.zh} {sign} {goal} {target.unit}", f"{label.en} {sign} {goal} {target.unit}")
        inputs = []
        for scope in dict.fromkeys((target.scope, self.compiled.composition.indicators[target.indicator].scope, "")):
            key = {"indicator": target.indicator, "scope": scope, "period": row["period"] or ""}
            key |= {"subject": target.subject} if target.subject else {}
            if found := self._row("series", key):
                inputs.append(self._series(found, DEPTH - 1))
                break
        notes = [
            Label(
                f"现值 {_shown(row['value'], 4)}，差 {_shown(row['gap'], 4)}",
                f"value {_shown(row['value'], 4)}, gap {_shown(row['gap'], 4)}",
            )
        ]
        if row["growth_needed"] is not None:
            needed = f"{_shown(row['growth_needed'], 4)} {row['needed_unit']}"
            notes.append(Label(f"还需每年 {needed}", f"still needed: {needed}"))
        if target.note.zh:
            notes.append(target.note)
        return Explanation(
            title=Label(f"{target.label.zh}（{row['as_of']}）", f"{target.label.en} ({row['as_of']})"),
            word=_OUTCOMES[row["outcome"]],
            formula=formula,
            citation=self._cite(target.pack, target.clause),
            basis=Basis(row["basis"]),
            synthetic=bool(row["synthetic"]),
            notes=tuple(notes),
            inputs=tuple(inputs),
        )

    def _determination(self, row: Mapping[str, Any]) -> Explanation:
        rule = self.compiled.composition.rules[row["rule"]]
        day = date.fromisoformat(row["as_of"])
        found = explain_determination(
            self.compiled, self.snapshot, self.results["series"], rule.code, row["subject"], day
        )
        notes = [Label(f"→ {found.label.zh}", f"→ {found.label.en}")] if found.label.zh else []
        for condition in found.findings:
            notes += [Label(atom.text_zh, atom.text_en) for atom in condition.atoms]
        notes += [Label(f"{name} = {_any(own.value)} {own.unit}") for name, own in found.gives.items()]
        notes += (
            [Label(f"缺：{', '.join(found.missing)}", f"missing: {', '.join(found.missing)}")] if found.missing else []
        )
        formula = self.compiled.formulas.get(f"rules/{rule.code}/when")
        period = Period.year(day.year)
        names = sorted(formula.mentions) if formula else ()
        key = {"subject": row["subject"], "scope": ""}
        inputs = [self._named(name, rule.subject, key, period, 2) for name in names]
        inputs += [self._parameter(code, day) for code in (sorted(formula.parameters) if formula else ())]
        name = self._subject(row["subject"])
        return Explanation(
            title=Label(f"{name.zh}：{rule.label.zh}", f"{name.en}: {rule.label.en}"),
            word=_OUTCOMES[row["outcome"]],
            formula=Label(print_formula(formula, "zh"), print_formula(formula, "en")) if formula else NO_LABEL,
            citation=self._cite(rule.pack, rule.clause),
            basis=Basis(row["basis"]),
            notes=tuple(notes),
            inputs=tuple(own for own in inputs if own is not None),
        )

    # Assessment, consequences

    def _grade(self, row: Mapping[str, Any]) -> Explanation:
        scheme = self.compiled.composition.schemes[row["scheme"]]
        notes = (
            [Label(f"名次 {row['rank']} / {row['ranked']}", f"rank {row['rank']} of {row['ranked']}")]
            if row["rank"]
            else []
        )
        if row["certainty"] is not None:
            share = f"{_shown(row['certainty'] * 100, 1)}%"
            notes.append(
                Label(f"在误差下档次仍成立的概率 {share}", f"probability that the grade holds under error: {share}")
            )
        if row["note"]:
            notes.append(Label(row["note"], row["note"]))
        key = {"scheme": scheme.code, "period": row["period"], "subject": row["subject"], "node": scheme.framework.code}
        root = self._row("scores", key)
        bands = {band.grade: band.label for band in scheme.grades.bands} if scheme.grades else {}
        label = bands.get(row["grade"], Label(row["grade"]))
        return Explanation(
            title=Label(
                f"{self._subject(row['subject']).zh} {row['period']} {scheme.label.zh}",
                f"{self._subject(row['subject']).en} {row['period']} {scheme.label.en}",
            ),
            word=label,
            value=_shown(row["score"], scheme.display_scale),
            formula=Label(band_words(scheme, "zh"), band_words(scheme, "en")),
            citation=self._cite(scheme.pack, scheme.clause),
            basis=Basis(row["basis"]),
            notes=tuple(notes),
            inputs=(self._score(root, DEPTH),) if root else (),
        )

    def _score(self, row: Mapping[str, Any], depth: int) -> Explanation:
        scheme = self.compiled.composition.schemes[row["scheme"]]
        framework = lay_out(scheme, {code: own.direction for code, own in self.compiled.composition.indicators.items()})
        node = framework.nodes[row["node"]]
        notes = []
        if row["weight"] is not None:
            weight = f"{_shown(row['weight'], 4)}"
            notes.append(
                Label(
                    f"权重 {weight}，贡献 {_shown(row['contribution'], 4)}",
                    f"weight {weight}, contributes {_shown(row['contribution'], 4)}",
                )
            )
        if row["note"]:
            notes.append(Label(f"补缺：{row['note']}", f"filled: {row['note']}"))
        return Explanation(
            name="/".join(["scores", *(str(row[part] or "-") for part in _FORMS["scores"].key)]),
            title=Label(
                node.label.zh or self._label_of(node.indicator).zh, node.label.en or self._label_of(node.indicator).en
            ),
            value=_shown(row["score"], 4),
            formula=scoring_words(framework, node.code),
            citation=self._cite(scheme.pack, node.clause) if node.clause and not node.children else None,
            basis=node.weight_basis if row["parent"] else scheme.basis,
            notes=tuple(notes),
            inputs=self._score_inputs(framework, row, depth - 1) if depth > 0 else (),
        )

    def _score_inputs(self, framework: Framework, row: Mapping[str, Any], depth: int) -> tuple[Explanation, ...]:
        node = framework.nodes[row["node"]]
        if not node.children:
            declared = self.compiled.composition.indicators[node.indicator]
            key = {
                "indicator": node.indicator,
                "scope": declared.scope,
                "subject": row["subject"],
                "period": row["period"],
            }
            found = self._row("series", key)
            return (self._series(found, depth),) if found else ()
        children = []
        for child in node.children:
            key = {"scheme": row["scheme"], "period": row["period"], "subject": row["subject"], "node": child.code}
            if found := self._row("scores", key):
                children.append(self._score(found, depth))
        return tuple(children)

    def _proposal(self, row: Mapping[str, Any]) -> Explanation:
        machine = self.compiled.composition.consequences[row["machine"]]
        states = {state.code: state.label for state in machine.states}
        effects = {e.code: e.label for transition in machine.transitions for e in transition.effects}
        notes = [Label(*pair) for pair in json.loads(row["reasons"] or "[]")]
        notes += [
            Label(f"建议：{effects[c].zh}", f"proposed: {effects[c].en}")
            for c in json.loads(row["effects"] or "[]")
            if c in effects
        ]
        notes += [Label(*pair) for pair in json.loads(row["forecast"] or "[]")]
        grades = self.results["grades"]
        own = grades.filter(
            pc.and_(pc.equal(grades["subject"], row["subject"]), pc.equal(grades["scheme"], machine.scheme))
        )
        day = date.fromisoformat(row["as_of"])
        past = [self._grade(found) for found in own.to_pylist() if Period.read(found["period"]).end <= day]
        return Explanation(
            title=Label(
                f"{self._subject(row['subject']).zh}：{machine.label.zh}",
                f"{self._subject(row['subject']).en}: {machine.label.en}",
            ),
            word=states.get(row["state"], Label(row["state"])),
            citation=self._cite(machine.pack, machine.clause),
            basis=Basis(row["basis"]),
            notes=tuple(notes),
            inputs=tuple(past),
        )

    def _cite(self, pack: str, clause: str) -> Citation | None:
        return cite(self.compiled.composition, pack, clause) if clause else None


def _total(values: Sequence[Any], measurement: str) -> Any:
    known = [value for value in values if value is not None]
    if not known:
        return None
    if isinstance(known[0], Decimal) and measurement == "flow":
        return sum(known, Decimal(0)) if len(known) == len(values) else None
    return known[-1] if isinstance(known[-1], Decimal) else str(known[-1])


def _shown(value: Decimal | int | None, places: int) -> str:
    if value is None:
        return ""
    return decimal_text(round(Decimal(value), places))


def _any(value: Any) -> str:
    return decimal_text(value) if isinstance(value, Decimal) else str(value)
