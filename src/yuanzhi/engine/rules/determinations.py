"""What a rule comes to for many subjects, kept in columns, and the reasons of each in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yuanzhi.engine.formulas import AtomFinding, Formula, NumberType, print_formula
from yuanzhi.engine.indicators.figures import exact_decimal
from yuanzhi.engine.kernel.outcomes import Basis, Outcome
from yuanzhi.engine.pack.model import Scalar
from yuanzhi.engine.rules.determination import ConditionFinding, Determination, GivenValue, Plain
from yuanzhi.engine.rules.openness import open_formulas
from yuanzhi.engine.rules.plan import Branch, Case, Condition, RulePlan

NOT_APPLICABLE = ""
"""The outcome, as text, of a rule for a subject it does not apply to."""


@dataclass(frozen=True)
class Determinations:
    """One rule for every subject of a table.

    ``raw`` holds what the query left: ``subject``, ``branch``, ``hit`` or ``rows`` of a table, ``gives.name``, and with
    reasons ``met``, ``known``, ``absent`` and ``left.n``. ``table`` has the same in words.
    """

    plan: RulePlan
    as_of: date
    raw: pa.Table
    parameters: Mapping[str, Scalar] = field(repr=False)
    has_reasons: bool = True

    def __len__(self) -> int:
        return int(self.raw.num_rows)

    @property
    def rule(self) -> str:
        """The rule's code."""
        return self.plan.rule.code

    @property
    def basis(self) -> Basis:
        """Whether the results rest on stated values only."""
        return self.plan.basis(self.as_of)

    @cached_property
    def table(self) -> pa.Table:
        """The determinations: subject, applicable, outcome, effect, exception, and what ``raw`` has besides.

        ``outcome`` is ``met``, ``not_met``, ``undetermined``, or null where the rule does not apply. Outcome, effect
        and exception are dictionary columns.
        """
        branches = self.plan.branches
        columns: dict[str, Any] = {
            "subject": self.raw["subject"],
            "applicable": pa.array(self._branch != self.plan.not_applicable.number),
            "outcome": self._words([str(branch.outcome) if branch.outcome else None for branch in branches]),
            "effect": self._words([branch.effect.code for branch in branches]),
            "exception": self._words([branch.exception for branch in branches]),
        }
        rest = [name for name in self.raw.schema.names if name not in ("subject", "branch")]
        return pa.table({**columns, **{name: self.raw[name] for name in rest}})

    @cached_property
    def _branch(self) -> np.ndarray[Any, np.dtype[np.uint8]]:
        numbers: np.ndarray[Any, np.dtype[np.uint8]] = self.raw["branch"].to_numpy()
        return numbers

    def _words(self, words: list[str | None]) -> pa.DictionaryArray:
        """A word for each branch, as a dictionary column."""
        distinct = sorted({word for word in words if word is not None})
        places = np.array([distinct.index(word) if word is not None else 0 for word in words], dtype=np.int8)
        mask = None
        if None in words:
            nothing = np.array([word is None for word in words])[self._branch]
            mask = nothing if nothing.any() else None
        indices = pa.array(places[self._branch], mask=mask)
        return pa.DictionaryArray.from_arrays(indices, pa.array(distinct or [""], pa.string()), safe=False)

    def counts(self) -> dict[str, int]:
        """How many subjects came to each outcome; under an empty text those the rule does not apply to."""
        found = dict.fromkeys([*(str(outcome) for outcome in Outcome), NOT_APPLICABLE], 0)
        for branch in self.plan.branches:
            word = str(branch.outcome) if branch.outcome is not None else NOT_APPLICABLE
            found[word] += int((self._branch == branch.number).sum())
        return found

    def row(self, subject: str) -> dict[str, Any]:
        """What was left for one subject.

        Raises:
            KeyError: The subject is not among them.
        """
        at = pc.index(self.raw["subject"], subject).as_py()
        if at < 0:
            raise KeyError(subject)
        found: dict[str, Any] = self.raw.slice(at, 1).to_pylist()[0]
        return found

    def branch_of(self, row: Mapping[str, Any]) -> Branch:
        """The branch a row took."""
        return self.plan.branches[int(row["branch"])]

    def of(self, subject: str) -> Determination:
        """One subject's determination with its reasons, joined from what was kept.

        Raises:
            KeyError: The subject is not among them.
            ValueError: The reasons were not kept.
        """
        row = self.row(subject)
        plan, branch = self.plan, self.branch_of(row)
        applies = branch.kind != "not_applicable"
        return Determination(
            rule=self.rule,
            subject=subject,
            as_of=self.as_of,
            is_applicable=None if branch.kind == "undetermined" and self._scope_is_open(row) else applies,
            outcome=branch.outcome,
            effect=branch.effect.code,
            label=branch.effect.label,
            exception=self._conflicting(row) if branch.kind == "conflict" else branch.exception,
            open_exceptions=self._open_exceptions(row) if applies else (),
            rows=self.rows_of(row),
            gives=self._gives(row) if applies else {},
            missing=self.missing_of(row),
            findings=tuple(self._findings(row)) if applies else (),
            basis=self.basis,
            citation=plan.rule.citation,
        )

    def _scope_is_open(self, row: Mapping[str, Any]) -> bool:
        return row["scope"] is None

    def _conflicting(self, row: Mapping[str, Any]) -> str:
        applying = [case for case in self.plan.cases if row.get(f"case.{case.position}") is True]
        return "|".join(case.branch.exception for case in applying)

    def _open_exceptions(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(
            case.branch.exception
            for case in self.plan.cases
            if case.exception.decision
            and row[f"open.{case.position}"] is True
            and row[f"case.{case.position}"] is not True
        )

    def _gives(self, row: Mapping[str, Any]) -> dict[str, GivenValue]:
        found = {}
        for name, formulas in self.plan.giving(self.branch_of(row), self.rows_of(row)).items():
            type_ = formulas[0].type
            unit = type_.unit.code if isinstance(type_, NumberType) else ""
            value = row[f"gives.{name}"]
            plain = tuple(_plain(one) for one in value) if isinstance(value, list) else _plain(value)
            found[name] = GivenValue(plain, "" if unit == "1" else unit)
        return found

    def _findings(self, row: Mapping[str, Any]) -> Iterator[ConditionFinding]:
        cases = {case.position: case for case in self.plan.cases}
        truths, absent = self._truths(row), int(row["absent"])
        missing = {code for bit, code in enumerate(self.plan.inputs) if absent >> bit & 1}
        at = 0
        for condition in self.plan.conditions:
            atoms = []
            for placed in self.plan.atoms:
                if placed.condition != condition:
                    continue
                atoms.append(self._atom(placed.atom.formula, Outcome.of(truths[at]), row[f"left.{at}"], missing))
                at += 1
            exception = cases[condition.position].branch.exception if condition.role == "exception" else ""
            label = self.plan.rule.exceptions[condition.position].label if exception else self.plan.rule.label
            whole = Outcome.of(row[_column(condition, cases)])
            yield ConditionFinding(condition.role, whole, tuple(atoms), exception, label)

    def _atom(self, formula: Formula, outcome: Outcome, left: float | None, absent: set[str]) -> AtomFinding:
        names = {name for name in formula.inputs if name in absent}
        names |= {f"p.{code}" for code in formula.parameters if self.parameters.get(code) is None}
        shown = None if left is None else Decimal(repr(left))
        texts = print_formula(formula, "zh"), print_formula(formula, "en")
        return AtomFinding(*texts, outcome, shown, None, tuple(sorted(names)))

    def missing_of(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        """The facts and parameters without which a row could not be told, or a value not given.

        Raises:
            ValueError: The reasons were not kept.
        """
        if not self.has_reasons:
            raise ValueError("determined without reasons")
        plan, branch = self.plan, self.branch_of(row)
        if branch.kind == "not_applicable":
            return ()
        absent = int(row["absent"])
        is_absent = {code: bool(absent >> bit & 1) for bit, code in enumerate(plan.inputs)}
        formulas: list[Formula] = []
        names: set[str] = set()
        if branch.outcome is Outcome.UNDETERMINED:
            cases = {case.position: row[f"case.{case.position}"] for case in plan.cases}
            scope, when = row["scope"], row["when"]
            formulas += open_formulas(plan, scope=scope, cases=cases, when=when, atoms=self._truths(row))
            if scope is None:
                names |= {name for name in plan.scope_attributes if is_absent[name]}
            if self._is_open_table(row):
                formulas += plan.table_inputs.values()
        for name, given in plan.giving(branch, self.rows_of(row)).items():
            value = row.get(f"gives.{name}")
            if value is None or (isinstance(value, list) and None in value):
                formulas += given
        for formula in formulas:
            names |= {name for name in formula.inputs if is_absent[name]}
            names |= {f"p.{code}" for code in formula.parameters if self.parameters.get(code) is None}
        return tuple(sorted(names))

    def _truths(self, row: Mapping[str, Any]) -> list[bool | None]:
        known, met = int(row["known"]), int(row["met"])
        return [bool(met >> at & 1) if known >> at & 1 else None for at in range(len(self.plan.atoms))]

    def _is_open_table(self, row: Mapping[str, Any]) -> bool:
        """Whether it is the table that cannot be told: everything before it was."""
        if self.plan.rule.table is None or self.branch_of(row).kind != "undetermined":
            return False
        asked = [row["scope"], row["when"], *(row[f"case.{case.position}"] for case in self.plan.cases)]
        return None not in asked

    def rows_of(self, row: Mapping[str, Any]) -> tuple[int, ...]:
        """The rows of the table that hit."""
        if self.plan.rule.table is None or self.branch_of(row).kind != "then":
            return ()
        if "rows" in row:
            return tuple(row["rows"])
        return (row["hit"],) if row["hit"] >= 0 else ()


def _column(condition: Condition, cases: Mapping[int, Case]) -> str:
    """The column with the outcome of a whole condition."""
    if condition.role == "exception":
        decided = cases[condition.position].exception.decision
        return f"{'open' if decided else 'case'}.{condition.position}"
    return "scope.where" if condition.role == "scope" else "when"


def _plain(value: Any) -> Plain:
    """A value as kept; decimals half up at twelve places, without trailing zeros."""
    plain: Plain = exact_decimal(Fraction(value)) if isinstance(value, Decimal) else value
    return plain
