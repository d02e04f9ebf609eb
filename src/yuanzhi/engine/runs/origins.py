"""Where an indicator's value comes from: its formula and inputs, what was rolled up, the rows of returns.

The parts shown are those the value was computed from: brought to the period as formulas read them, inside the
scope, meeting the condition. ``Origins`` keeps what it has looked up, so that a tree of inputs is walked quickly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property, reduce
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from yuanzhi.engine.formulas import print_formula
from yuanzhi.engine.indicators.inspecting import Contribution, contributions, subject_facts
from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.kernel.labels import NO_LABEL, Label
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.periods import Frequency, Period
from yuanzhi.engine.pack import CompiledPack
from yuanzhi.engine.pack.model import Aggregate, Form, Indicator
from yuanzhi.engine.pack.scopes import ATTRIBUTES
from yuanzhi.engine.records import Snapshot
from yuanzhi.engine.records.snapshots import quoted
from yuanzhi.engine.runs.briefing import cite
from yuanzhi.engine.runs.explanations import Citation, Explanation
from yuanzhi.engine.runs.naming import subject_names
from yuanzhi.engine.runs.results import FORMS, Results

DEPTH = 6
"""Levels of inputs that are followed."""
ROWS_SHOWN = 5
"""Parts shown of a sum; how many there are is always said."""
KEYS = {form.name: form.key for form in FORMS}
_FUNCTIONS = {
    "sum": Label("合计", "sum"),
    "count": Label("计数", "count"),
    "avg": Label("平均", "mean"),
    "median": Label("中位数", "median"),
    "share": Label("比重", "share"),
    "rank": Label("名次", "rank"),
    "growth": Label("同比增速", "growth on the year before"),
}


def result_name(table: str, row: Mapping[str, Any]) -> str:
    """The name of a result: its table and key, an empty part written ``-``."""
    return "/".join([table, *(str(row[part] or "-") for part in KEYS[table])])


@dataclass
class Origins:
    """Explains values of indicators, items and parameters from the results and records of a run."""

    compiled: CompiledPack
    snapshot: Snapshot
    results: Results
    _given: dict[tuple[str, str, str], dict[str, tuple[Contribution, ...]]] = field(default_factory=dict, repr=False)
    _places: dict[tuple[str, str, str], tuple[Label | None, bool]] = field(default_factory=dict, repr=False)
    _facts: dict[tuple[str, str, tuple[str, ...]], dict[str, dict[str, Any]]] = field(default_factory=dict, repr=False)

    @cached_property
    def names(self) -> Mapping[str, Label]:
        """What every subject is called."""
        return subject_names(self.compiled.composition, self.snapshot)

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The records, to look up where a value was reported."""
        return self.snapshot.connect()

    def subject(self, code: str) -> Label:
        """What a subject is called, in both languages."""
        found = self.names.get(code, Label(code))
        return Label(found.zh, found.en or found.zh)

    def row(self, table: str, key: Mapping[str, str]) -> dict[str, Any] | None:
        """A row of the results by its key, or what of the key is known."""
        if table not in self.results.tables:
            return None
        own = self.results[table]
        masks = (pc.equal(pc.fill_null(own[column], ""), pa.scalar(value)) for column, value in key.items())
        found: list[dict[str, Any]] = own.filter(reduce(pc.and_, masks)).slice(0, 1).to_pylist()
        return found[0] if found else None

    def cite(self, pack: str, clause: str) -> Citation | None:
        """A clause as one cites it."""
        return cite(self.compiled.composition, pack, clause) if clause else None

    def label_of(self, name: str) -> Label:
        """What an indicator or item is called."""
        composition = self.compiled.composition
        if name in composition.indicators:
            return composition.indicators[name].label
        for form in composition.forms.values():
            if name in form.items:
                return form.items[name].label
        return Label(name or "对象", name or "subjects")

    # Indicators

    def series(self, row: Mapping[str, Any], depth: int = DEPTH) -> Explanation:
        """A value of an indicator."""
        indicator = self.compiled.composition.indicators[row["indicator"]]
        subject, period = self.subject(row["subject"]), Period.read(row["period"])
        scope = self.compiled.composition.sets.get(row["scope"] or "")
        where = Label(f"（{scope.label.zh}）", f" ({scope.label.en})") if scope else NO_LABEL
        own = indicator.label
        return Explanation(
            name=result_name("series", row),
            title=Label(f"{subject.zh} {period} {own.zh}{where.zh}", f"{subject.en} {period} {own.en}{where.en}"),
            value=shown(row["value"], indicator.display_scale),
            unit=indicator.unit,
            formula=self._words(indicator),
            citation=self.cite(indicator.pack, indicator.clause),
            basis=Basis(row["basis"] or "stated"),
            synthetic=bool(row["synthetic"]),
            notes=tuple(_completeness(row)),
            inputs=tuple(self._inputs(indicator, row, period, depth - 1)) if depth > 0 else (),
        )

    def _words(self, indicator: Indicator) -> Label:
        if indicator.formula:
            formula = self.compiled.formula(f"indicators/{indicator.code}/formula")
            return Label(print_formula(formula, "zh"), print_formula(formula, "en"))
        if indicator.aggregate is None:
            return NO_LABEL
        condition = self.compiled.formulas.get(f"indicators/{indicator.code}/aggregate/where")
        of, function = self.label_of(indicator.aggregate.of), _FUNCTIONS[indicator.aggregate.function]
        kept_zh = f"，只计 {print_formula(condition, 'zh')}" if condition else ""
        kept_en = f", only where {print_formula(condition, 'en')}" if condition else ""
        return Label(f"{of.zh}的{function.zh}{kept_zh}", f"{function.en} of {of.en}{kept_en}")

    def _inputs(
        self, indicator: Indicator, row: Mapping[str, Any], period: Period, depth: int
    ) -> Iterator[Explanation]:
        if indicator.formula:
            formula = self.compiled.formula(f"indicators/{indicator.code}/formula")
            yield from self.inputs(
                formula.mentions, formula.parameters, indicator.subject, row["subject"], period,
                scope=row["scope"] or "", day=self._as_of, depth=depth,
            )  # fmt: skip
        elif indicator.aggregate is not None:
            if indicator.aggregate.function in ("growth", "rank"):
                yield from self._own_levels(indicator.aggregate, row, period, depth)
            else:
                yield from self._parts(indicator, row, period, depth)
            condition = self.compiled.formulas.get(f"indicators/{indicator.code}/aggregate/where")
            for code in sorted(condition.parameters if condition else ()):
                yield self.parameter(code, self._as_of)

    def _own_levels(
        self, aggregate: Aggregate, row: Mapping[str, Any], period: Period, depth: int
    ) -> Iterator[Explanation]:
        """What a growth or rank is taken of: the subject's own values, for growth also of the year before."""
        periods = [period, period.same_period_last_year()] if aggregate.function == "growth" else [period]
        for own in periods:
            key = {"indicator": aggregate.of, "subject": row["subject"], "period": str(own)}
            if found := self.row("series", key):
                yield self.series(found, depth)

    def _parts(self, indicator: Indicator, row: Mapping[str, Any], period: Period, depth: int) -> Iterator[Explanation]:
        """What was rolled up, the largest first: values of lower subjects, or rows of returns."""
        aggregate = indicator.aggregate
        assert aggregate is not None
        found = self._given_to(row["indicator"], row["scope"] or "", period).get(row["subject"], ())
        counted = [own for own in found if own.counts]
        below = self.compiled.composition.indicators.get(aggregate.of)
        form = next((own for own in self.compiled.composition.forms.values() if aggregate.of in own.items), None)
        for own in counted[:ROWS_SHOWN]:
            if below is not None:
                key = {"indicator": below.code, "subject": own.subject, "period": str(period), "scope": below.scope}
                lower = self.row("series", key)
                yield self.series(lower, min(depth, 1)) if lower else self._plain(own, below.label, below.unit, 2)
            elif form is not None:
                item = form.items[aggregate.of]
                plain = self._plain(own, item.label, item.unit, item.scale)
                yield self._sourced(plain, form, own.subject, period)
            else:
                yield self._plain(own, NO_LABEL, "1", 2)
        yield from _rest(len(counted) - ROWS_SHOWN, "另有 {n} 个", "{n} more")
        yield from _rest(
            sum(own.counts is False for own in found), "另有 {n} 个不符合条件", "{n} do not meet the condition"
        )
        yield from _rest(
            sum(own.counts is None for own in found),
            "另有 {n} 个不能确定是否符合",
            "of {n} it cannot be told whether they do",
        )

    def _given_to(self, indicator: str, scope: str, period: Period) -> Mapping[str, tuple[Contribution, ...]]:
        key = (indicator, scope, str(period))
        if key not in self._given:
            self._given[key] = contributions(
                self.compiled, self.snapshot, indicator, period, scope=scope, as_of=self._as_of
            )
        return self._given[key]

    @cached_property
    def _as_of(self) -> date:
        """The day whose parameters the series was computed with: the last of the run."""
        ends = [Period.read(text).end for text in self.results["series"]["period"].unique().to_pylist()]
        return max(ends, default=date.max)

    def _plain(self, own: Contribution, label: Label, unit: str, scale: int) -> Explanation:
        name = self.subject(own.subject)
        title = Label(f"{name.zh} {label.zh}".strip(), f"{name.en} {label.en}".strip())
        return Explanation(title=title, value=_text(own.value, scale), unit=unit)

    # Items and parameters

    def inputs(
        self,
        names: Iterable[str],
        parameters: Iterable[str],
        subject_type: str,
        subject: str,
        period: Period,
        *,
        day: date,
        scope: str = "",
        depth: int = DEPTH,
    ) -> Iterator[Explanation]:
        """What a formula reads of a subject: indicators, items and attributes, then parameters as of a day."""
        own = sorted(set(names))
        indicators = self.compiled.composition.indicators
        facts = self._facts_of(subject_type, period, own).get(subject, {})
        for name in own:
            if name in indicators:
                yield self._indicator(name, subject, period, scope, depth)
            else:
                yield self._fact(name, facts.get(name), subject_type, subject, period)
        for code in sorted(parameters):
            yield self.parameter(code, day)

    def _facts_of(self, subject_type: str, period: Period, names: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        wanted = tuple(name for name in names if name not in self.compiled.composition.indicators)
        key = (subject_type, str(period), wanted)
        if key not in self._facts:
            table = subject_facts(self.compiled, self.snapshot, subject_type, period, wanted) if wanted else None
            self._facts[key] = {row["subject"]: row for row in table.to_pylist()} if table is not None else {}
        return self._facts[key]

    def _indicator(self, name: str, subject: str, period: Period, scope: str, depth: int) -> Explanation:
        declared = self.compiled.composition.indicators[name]
        for tried in dict.fromkeys((scope, declared.scope, "")):
            key = {"indicator": name, "scope": tried, "subject": subject, "period": str(period)}
            if found := self.row("series", key):
                return self.series(found, depth)
        return Explanation(title=declared.label, unit=declared.unit, citation=self.cite(declared.pack, declared.clause))

    def _fact(self, name: str, value: Any, subject_type: str, subject: str, period: Period) -> Explanation:
        """An item of a return with where it was reported, or an attribute of the register."""
        who = self.subject(subject)
        for form in self.compiled.composition.forms.values():
            if name in form.items and form.subject == subject_type:
                item = form.items[name]
                title = Label(f"{who.zh} {item.label.zh}", f"{who.en} {item.label.en}")
                plain = Explanation(title=title, value=_text(value, item.scale), unit=item.unit)
                return self._sourced(plain, form, subject, period)
        label = ATTRIBUTES[name][0] if name in ATTRIBUTES else Label(name, name)
        title = Label(f"{who.zh} {label.zh}", f"{who.en} {label.en or name}")
        return Explanation(title=title, value=_text(value, 4), sources=(Label("登记", "register"),))

    def _sourced(self, plain: Explanation, form: Form, subject: str, period: Period) -> Explanation:
        """The same with where it was reported, or a note that it was not."""
        key = (form.code, subject, str(period))
        if key not in self._places:
            self._places[key] = self._place(form, subject, period)
        place, synthetic = self._places[key]
        if place is not None:
            return replace(plain, sources=(place,), synthetic=synthetic)
        note = Label(f"{form.label.zh}：没有 {period} 的报表", f"{form.label.en}: no return for {period}")
        return replace(plain, notes=(*plain.notes, note))

    def _place(self, form: Form, subject: str, period: Period) -> tuple[Label | None, bool]:
        """The rows of a return in a period: how many, the last file, when it came in, and whether any is synthetic."""
        if form.code not in self.snapshot.forms:
            return None, False
        first = f"and period_start >= date '{period.start}'" if form.frequency is not Frequency.ONCE else ""
        count, source, last, recorded, synthetic = self.connection.execute(
            f"select count(*), arg_max(source, period_end), arg_max(period, period_end), max(recorded), "
            f"bool_or(synthetic) from {quoted('returns_' + form.code)} "
            f"where subject = $1 and period_end <= date '{period.end}' {first}",
            [subject],
        ).fetchall()[0]
        if not count:
            return None, False
        rows_zh, rows_en = (f"{count} 期，", f"{count} returns, ") if count > 1 else ("", "")
        return Label(
            f"{form.label.zh}，{rows_zh}{last}：{source or '—'}，{recorded:%Y-%m-%d} 收到",
            f"{form.label.en}, {rows_en}{last}: {source or '—'}, recorded {recorded:%Y-%m-%d}",
        ), bool(synthetic)

    def parameter(self, code: str, day: date) -> Explanation:
        """A parameter with its clause, and whether the policy states it or the pack's author chose it."""
        parameter = self.compiled.composition.parameters[code]
        value = parameter.on(day)
        basis = Basis.MISSING if value is None or value.value is None else value.basis
        return Explanation(
            title=Label(f"{parameter.label.zh}（p.{code}）", f"{parameter.label.en} (p.{code})"),
            value="" if value is None else _text(value.value, None),
            unit=parameter.unit,
            citation=self.cite(parameter.pack, (value.clause if value else "") or parameter.clause),
            basis=basis,
            notes=(value.why,) if value and value.why.zh else (),
        )


def shown(value: Decimal | int | None, places: int) -> str:
    """A number rounded for display; an empty text where it is missing."""
    return "" if value is None else decimal_text(round(Decimal(value), places))


def _text(value: Any, scale: int | None) -> str:
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, Decimal):
        return decimal_text(value) if scale is None else shown(value, scale)
    return "" if value is None else str(value)


def _rest(count: int, zh: str, en: str) -> Iterator[Explanation]:
    if count > 0:
        yield Explanation(title=Label(zh.format(n=count), en.format(n=count)), value="…")


def _completeness(row: Mapping[str, Any]) -> Iterator[Label]:
    if row["expected"] and row["reported"] != row["expected"]:
        missing = f"，缺：{row['missing']}" if row["missing"] else ""
        missing_en = f"; missing: {row['missing']}" if row["missing"] else ""
        yield Label(
            f"应报 {row['expected']}，实报 {row['reported']}{missing}",
            f"{row['reported']} of {row['expected']} reported{missing_en}",
        )
    if row["mixed"]:
        yield Label("真实与合成记录混合，数值不给出。", "Real and synthetic records are mixed; no value is given.")
