"""Rules for many subjects at once: one query reads the facts once for all rules of a kind of subject.

The query leaves for each subject a branch number, the row of the table that hit, the values given and, if
asked, the reasons: a bit for each atom that is met and for each that could be told, a bit for each missing fact, and
the left value of each atom. Tens of bytes a rule; the words are joined when a person asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

import duckdb
import pyarrow as pa

from yuanzhi.engine.formulas import (
    BooleanType,
    DateType,
    Formula,
    NumberType,
    ValueType,
    emit_atoms,
    emit_condition,
    emit_value,
)
from yuanzhi.engine.pack.model import Scalar
from yuanzhi.engine.rules.determinations import Determinations
from yuanzhi.engine.rules.hits import CONFLICT_ROWS, NO_ROW, UNDETERMINED_ROW, hit_sql, rows_sql
from yuanzhi.engine.rules.plan import Branch, Case, RulePlan, plan_rule
from yuanzhi.engine.rules.scopes import scope_sql

if TYPE_CHECKING:
    from yuanzhi.engine.pack import CompiledPack

Facts: TypeAlias = "pa.Table | duckdb.DuckDBPyRelation"
PLACES = 12
"""Places of a given value that branches give with different numbers of places."""
_MASKS = ((8, "utinyint"), (16, "usmallint"), (31, "integer"), (62, "bigint"))
"""Bits of a mask and the type that holds them; a rule with more atoms or facts has a wide decimal."""


def determine(
    compiled: CompiledPack,
    rule_code: str,
    facts: Facts,
    *,
    as_of: date,
    reasons: bool = True,
    parameters: Mapping[str, Scalar] | None = None,
    decisions: pa.Table | None = None,
    threads: int = 2,
) -> Determinations:
    """One rule for every subject of a table; see ``determine_all``."""
    found = determine_all(
        compiled,
        [rule_code],
        facts,
        as_of=as_of,
        reasons=reasons,
        parameters=parameters,
        decisions=decisions,
        threads=threads,
    )
    return found[rule_code]


def determine_all(
    compiled: CompiledPack,
    rule_codes: Iterable[str],
    facts: Facts,
    *,
    as_of: date,
    reasons: bool = True,
    parameters: Mapping[str, Scalar] | None = None,
    decisions: pa.Table | None = None,
    threads: int = 2,
) -> dict[str, Determinations]:
    """Several rules for every subject of a table, the facts read once.

    Args:
        compiled: The pack with its formulas.
        rule_codes: The rules, all of the kind of subject the table is of.
        facts: One row a subject: ``subject`` and a column for each item, attribute and aggregated indicator by code.
            A column that is not there is missing for everybody.
        as_of: The day whose law and parameters count.
        reasons: Whether to keep the atoms, so that each subject's reasons can be told.
        parameters: Values to use instead of the pack's.
        decisions: Recorded decisions for exceptions: columns ``subject`` and ``exception`` (``rule/exception``).
        threads: Threads for DuckDB where the facts are a table.

    Returns:
        The determinations by rule, subjects in the order of the facts.

    Raises:
        KeyError: There is no such rule, or one of its formulas did not compile.
        ProblemsError: A rule's branches give one name in different kinds or units.
    """
    plans = [plan_rule(compiled, code) for code in rule_codes]
    for plan in plans:
        plan.check_gives()
    values = {**compiled.parameters_on(as_of), **(parameters or {})}
    columns = list(facts.schema.names) if isinstance(facts, pa.Table) else list(facts.columns)
    queries = [_Query(plan, values, as_of, frozenset(columns), reasons, number) for number, plan in enumerate(plans)]
    table = _run(_statement(queries, columns, decisions is not None), facts, decisions, threads)
    return {query.plan.rule.code: query.determinations(table) for query in queries}


def _run(sql: str, facts: Facts, decisions: pa.Table | None, threads: int) -> pa.Table:
    if not isinstance(facts, pa.Table):
        if decisions is not None:
            raise ValueError("decisions come with a table of facts, not with a relation")
        found = facts.query("facts", sql)
        if found is None:
            raise TypeError("the relation gave no result")
        return found.to_arrow_table()
    with duckdb.connect(config={"threads": threads}) as connection:
        connection.register("facts", facts)
        if decisions is not None:
            connection.register("decisions", decisions)
        connection.execute("set enable_external_access = false")
        return connection.sql(sql).to_arrow_table()


def _statement(queries: Sequence[_Query], columns: Sequence[str], has_decisions: bool) -> str:
    """Three steps: facts with typed nulls for what is absent, what is asked of them, and where that leads."""
    types: dict[str, str] = {}
    for query in queries:
        types |= query.absent_columns()
    absent = "".join(f", cast(null as {kind}) as {_quoted(name)}" for name, kind in sorted(types.items()))
    known = f"select *{absent} from facts"
    if has_decisions:
        known = f"select f.*, d.decided from ({known}) f left join ({_DECISIONS}) d on d.subject = f.subject"
    asked = "".join(f", {text} as {_quoted(name)}" for query in queries for name, text in query.asked(has_decisions))
    led = "".join(f", {query.branch_sql()} as {query.name('branch')}" for query in queries)
    kept = "".join(f", {text}" for query in queries for text in query.kept())
    return (
        f"select subject{kept} from (select *{led} from (select *{asked} from ({known})))"
        if columns
        else "select null as subject where false"
    )


_DECISIONS = "select subject, list(exception) as decided from decisions group by subject"


@dataclass
class _Query:
    plan: RulePlan
    parameters: Mapping[str, Scalar]
    as_of: date
    columns: frozenset[str]
    reasons: bool
    number: int

    def name(self, own: str) -> str:
        """A column of this rule."""
        return _quoted(f"{self.number}.{own}")

    def _plain(self, own: str) -> str:
        return f"{self.number}.{own}"

    def absent_columns(self) -> dict[str, str]:
        """Facts the rule reads and the table lacks, with their SQL types."""
        names = self.plan.compiled.scopes.of(self.plan.rule.subject).names
        found = {}
        for code in self.plan.inputs:
            if code not in self.columns:
                found[code] = _sql_type(names[code].type) if code in names else "varchar"
        return found

    # what is asked of each subject

    def asked(self, has_decisions: bool) -> list[tuple[str, str]]:
        """Every condition, row, atom and value as a column."""
        plan = self.plan
        found = [("scope", self._scope())]
        if plan.scope_where is not None and self.reasons:
            found.append(("scope.where", self._condition(plan.scope_where)))
        for case in plan.cases:
            condition = self._condition(case.formula)
            if case.exception.decision:
                found.append((f"open.{case.position}", condition))
                condition = f"({condition}) and {self._decided(case)}" if has_decisions else "false"
            found.append((f"case.{case.position}", condition))
        found.append(("when", self._condition(plan.when)))
        if plan.rule.table is not None:
            rows = [" and ".join(self._condition(cell) for cell in cells) or "true" for cells in plan.rows]
            found.append(("hit", f"({hit_sql(rows, plan.rule.table.hit)})::smallint"))
            if plan.rule.table.hit == "collect":
                found.append(("rows", rows_sql(rows)))
        if self.reasons:
            found += self._reasons()
        return [(self._plain(name), text) for name, text in found]

    def _scope(self) -> str:
        plan = self.plan
        if not plan.is_in_force(self.as_of):
            return "false"
        parts = [scope_sql(plan.rule.scope, self.columns | {"subject"})]
        if plan.scope_where is not None:
            parts.append(emit_condition(plan.scope_where, self.parameters))
        return " and ".join(f"({part})" for part in parts if part != "true") or "true"

    def _condition(self, formula: Formula | None) -> str:
        return "true" if formula is None else f"({emit_condition(formula, self.parameters)})"

    def _decided(self, case: Case) -> str:
        code = f"{self.plan.rule.code}/{case.branch.exception}".replace("'", "''")
        return f"coalesce(list_contains(decided, '{code}'), false)"

    def _reasons(self) -> list[tuple[str, str]]:
        met: list[str] = []
        known: list[str] = []
        found: list[tuple[str, str]] = []
        for condition in self.plan.conditions:
            for atom in emit_atoms(condition.formula, self.parameters):
                found.append((f"left.{len(met)}", atom.left))
                met.append(f"coalesce({atom.outcome}, false)")
                known.append(f"({atom.outcome}) is not null")
        absent = [f"{_quoted(code)} is null" for code in self.plan.inputs]
        return [("met", _mask(met)), ("known", _mask(known)), ("absent", _mask(absent)), *found]

    def _value(self, name: str, formula: Formula) -> str:
        """The value of a formula, with the places of the finest formula of that name."""
        text = emit_value(formula, self.parameters)
        if not isinstance(formula.type, NumberType):
            return f"({text})"
        scales = {own.type.scale for own in self.plan.given_by(name) if isinstance(own.type, NumberType)}
        if len(scales) == 1:
            return f"({text})"
        return f"try_cast({text} as decimal(38,{min(max(scales), PLACES)}))"

    # where it leads

    def branch_sql(self) -> str:
        """The number of the branch; the first condition that holds decides."""
        plan = self.plan
        if self._is_plain:
            # One condition and nothing else, as most rules: arithmetic is faster than a chain of cases.
            first = f"{plan.otherwise.number}::utinyint - {self.name('when')}::utinyint"
            return f"coalesce({first}, {plan.undetermined.number})::utinyint"
        steps: list[tuple[str, Branch]] = []
        if self._scope() != "true":
            steps.append((f"{self.name('scope')} is null", plan.undetermined))
            steps.append((f"not {self.name('scope')}", plan.not_applicable))
        for group in plan.case_groups:
            steps += self._group_steps(group)
        if plan.when is not None:
            steps.append((f"{self.name('when')} is null", plan.undetermined))
            steps.append((f"not {self.name('when')}", plan.otherwise))
        if plan.rule.table is not None:
            hit = self.name("hit")
            marks = (UNDETERMINED_ROW, plan.undetermined), (CONFLICT_ROWS, plan.conflict), (NO_ROW, plan.otherwise)
            steps += [(f"{hit} = {mark}", branch) for mark, branch in marks]
        whens = " ".join(f"when {condition} then {branch.number}" for condition, branch in steps)
        last = plan.then.number
        return f"(case {whens} else {last} end)::utinyint" if whens else f"{last}::utinyint"

    @property
    def _is_plain(self) -> bool:
        """Whether the rule is one condition, in force and in scope for everybody; its branches are neighbours."""
        plan = self.plan
        alone = self._scope() == "true" and not plan.cases and plan.rule.table is None
        return alone and plan.when is not None and plan.otherwise.number == plan.then.number + 1

    def _group_steps(self, group: Sequence[Case]) -> list[tuple[str, Branch]]:
        columns = [self.name(f"case.{case.position}") for case in group]
        steps: list[tuple[str, Branch]] = []
        if len(group) > 1:
            several = " + ".join(f"coalesce({column}::tinyint, 0::tinyint)" for column in columns)
            steps.append((f"{several} > 1", self.plan.conflict))
        steps.append((" or ".join(f"{column} is null" for column in columns), self.plan.undetermined))
        steps += [(column, case.branch) for column, case in zip(columns, group, strict=True)]
        return steps

    def kept(self) -> list[str]:
        """The columns of the result."""
        plan = self.plan
        names = ["branch"]
        if plan.rule.table is not None:
            names.append("rows" if plan.rule.table.hit == "collect" else "hit")
        if self.reasons:
            names += ["scope", "when", *(["scope.where"] if plan.scope_where is not None else [])]
            names += [f"open.{case.position}" for case in plan.cases if case.exception.decision]
            names += [f"case.{case.position}" for case in plan.cases]
            names += ["met", "known", "absent", *(f"left.{at}" for at in range(len(plan.atoms)))]
        found = [self.name(name) for name in names]
        found += [f"{self._given(name)} as {self.name('gives.' + name)}" for name in plan.given_names]
        return found

    def _given(self, name: str) -> str:
        """The value of a name on the branch taken."""
        plan = self.plan
        whens = []
        for branch in plan.branches:
            if branch.kind == "then" and plan.rule.table is not None and name in plan.rule.table.outputs:
                whens.append(f"when {branch.number} then {self._from_rows(name)}")
                continue
            formula = plan.gives(branch).get(name)
            if formula is not None:
                whens.append(f"when {branch.number} then {self._value(name, formula)}")
        if not whens:
            return "null"
        return f"case {self.name('branch')} {' '.join(whens)} end"

    def _from_rows(self, name: str) -> str:
        plan, effect = self.plan, self.plan.gives(self.plan.then).get(name)
        table = plan.rule.table
        formulas = {number: plan.row_gives(number).get(name) for number in range(len(plan.rows))}
        given = {number: self._value(name, formula) for number, formula in formulas.items() if formula is not None}
        if table is not None and table.hit == "collect":
            rows = self.name("rows")
            each = [
                f"case when list_contains({rows}, {number}) then [{text}] else [] end" for number, text in given.items()
            ]
            return f"list_concat({', '.join(each)})" if len(each) > 1 else each[0] if each else "null"
        whens = " ".join(f"when {number} then {text}" for number, text in given.items())
        rest = f" else {self._value(name, effect)}" if effect is not None else ""
        return f"case {self.name('hit')} {whens}{rest} end" if whens else "null"

    def determinations(self, table: pa.Table) -> Determinations:
        """The result, its columns under their own names."""
        prefix = f"{self.number}."
        own = [name for name in table.schema.names if name.startswith(prefix)]
        columns: dict[str, Any] = {"subject": table["subject"]}
        columns |= {name.removeprefix(prefix): table[name] for name in own}
        return Determinations(self.plan, self.as_of, pa.table(columns), dict(self.parameters), self.reasons)


def _mask(terms: Sequence[str]) -> str:
    """Truth values as the bits of a number, in the narrowest type that holds them."""
    kind = next((kind for bits, kind in _MASKS if len(terms) <= bits), "decimal(38,0)")
    bits = [f"({term})::{kind} * {1 << bit}::{kind}" for bit, term in enumerate(terms)]
    return f"({' + '.join(bits) or '0'})::{kind}"


def _sql_type(type_: ValueType) -> str:
    match type_:
        case NumberType(scale=scale):
            return f"decimal(38,{min(scale, 18)})"
        case BooleanType():
            return "boolean"
        case DateType():
            return "date"
        case _:
            return "varchar"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
