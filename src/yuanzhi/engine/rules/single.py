"""A rule for one subject, by the exact interpreter: for examples, for people who ask, and to check the other way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from yuanzhi.engine.formulas import Formula, NumberType, evaluate, explain_atoms
from yuanzhi.engine.indicators.figures import exact_decimal
from yuanzhi.engine.kernel.outcomes import Outcome
from yuanzhi.engine.pack.model import Scalar
from yuanzhi.engine.rules.determination import ConditionFinding, Determination, GivenValue, Plain
from yuanzhi.engine.rules.hits import CONFLICT_ROWS, NO_ROW, UNDETERMINED_ROW, Hit, hit_of
from yuanzhi.engine.rules.openness import all_of, open_formulas
from yuanzhi.engine.rules.plan import Branch, Condition, RulePlan, plan_rule
from yuanzhi.engine.rules.scopes import within_scope

if TYPE_CHECKING:
    from yuanzhi.engine.pack import CompiledPack

DECISIONS = "decisions"
"""The fact under which the recorded decisions for exceptions may stand: the codes of the exceptions."""


def determine_one(
    compiled: CompiledPack,
    rule_code: str,
    facts: Mapping[str, Any],
    *,
    as_of: date,
    subject: str = "",
    attributes: Mapping[str, Any] | None = None,
    parameters: Mapping[str, Scalar] | None = None,
    decisions: Collection[str] = (),
) -> Determination:
    """A rule for one subject.

    Args:
        compiled: The pack with its formulas.
        rule_code: The rule.
        facts: Items, aggregated indicators and attributes by code; an absent one is missing. Under ``decisions`` may
            stand the exceptions decided.
        as_of: The day whose law and parameters count.
        subject: The subject's code.
        attributes: The subject's attributes for the rule's scope. Left out, they are read from the facts, and those not
            there are taken to be in scope; given, a missing one leaves open whether the rule applies.
        parameters: Values to use instead of the pack's.
        decisions: Exceptions that need a decision and for which one is recorded.

    Raises:
        KeyError: There is no such rule, or one of its formulas did not compile.
        ProblemsError: Its branches give one name in different kinds or units.
    """
    plan = plan_rule(compiled, rule_code)
    plan.check_gives()
    plain = {name: scalar(value) for name, value in facts.items() if name != DECISIONS}
    own = {name: scalar(value) for name, value in (attributes or {}).items()}
    values = {**compiled.parameters_on(as_of), **(parameters or {})}
    decided = frozenset(decisions) | frozenset(_listed(facts.get(DECISIONS)))
    asked = _Asked(plan, {**plain, **own}, values, subject, attributes is None, decided, as_of)
    return asked.determination()


@dataclass(frozen=True)
class _Asked:
    plan: RulePlan
    facts: Mapping[str, Scalar]
    parameters: Mapping[str, Scalar]
    subject: str
    assume: bool
    decided: frozenset[str]
    as_of: date

    def determination(self) -> Determination:
        plan, branch = self.plan, self.branch
        applies = branch.kind != "not_applicable"
        gives = self.gives if applies else {}
        return Determination(
            rule=plan.rule.code,
            subject=self.subject,
            as_of=self.as_of,
            is_applicable=self.is_applicable,
            outcome=branch.outcome,
            effect=branch.effect.code,
            label=branch.effect.label,
            exception=self.exception,
            open_exceptions=self.open_exceptions if applies else (),
            rows=self.hit.rows if branch.kind == "then" and plan.rule.table else (),
            gives=gives,
            missing=self.missing(gives) if applies else (),
            findings=tuple(self.findings()) if applies else (),
            basis=plan.basis(self.as_of),
            citation=plan.rule.citation,
        )

    # which branch

    @cached_property
    def is_applicable(self) -> bool | None:
        rule = self.plan.rule
        if not rule.validity.covers(self.as_of):
            return False
        inside = within_scope(rule.scope, self.facts, self.subject, assume=self.assume)
        where = True if self.plan.scope_where is None else self.truth(self.plan.scope_where)
        if where is None and self.assume and self._lacksall_of(self.plan.scope_where):
            where = True
        return all_of(inside, where)

    def _lacksall_of(self, formula: Formula | None) -> bool:
        return formula is not None and not any(self.facts.get(name) is not None for name in formula.inputs)

    @cached_property
    def branch(self) -> Branch:
        plan = self.plan
        if self.is_applicable is not True:
            return plan.not_applicable if self.is_applicable is False else plan.undetermined
        for group in plan.case_groups:
            outcomes = [self.case_outcome(case.position) for case in group]
            if outcomes.count(True) > 1:
                return plan.conflict
            if None in outcomes:
                return plan.undetermined
            if True in outcomes:
                return group[outcomes.index(True)].branch
        if self.general is None:
            return plan.undetermined
        return self.branch_of_hit() if self.general else plan.otherwise

    @cached_property
    def general(self) -> bool | None:
        return True if self.plan.when is None else self.truth(self.plan.when)

    @property
    def is_open_table(self) -> bool:
        """Whether it is the table that cannot be told."""
        reached = self.is_applicable is True and self.general is True
        asked = [self.case_outcome(case.position) for case in self.plan.cases]
        return reached and not any(one is not False for one in asked) and self.hit.state == UNDETERMINED_ROW

    def branch_of_hit(self) -> Branch:
        plan = self.plan
        if plan.rule.table is None:
            return plan.then
        marks = {UNDETERMINED_ROW: plan.undetermined, CONFLICT_ROWS: plan.conflict, NO_ROW: plan.otherwise}
        return marks.get(self.hit.state, plan.then)

    def case_outcome(self, position: int) -> bool | None:
        """Whether an exception applies; one that needs a decision applies only with one."""
        case = next(case for case in self.plan.cases if case.position == position)
        if case.exception.decision and case.branch.exception not in self.decided:
            return False
        return True if case.formula is None else self.truth(case.formula)

    @cached_property
    def hit(self) -> Hit:
        table = self.plan.rule.table
        if table is None:
            return Hit(NO_ROW)
        return hit_of([all_of(*(self.truth(cell) for cell in cells)) for cells in self.plan.rows], table.hit)

    @property
    def exception(self) -> str:
        if self.branch.kind == "conflict":
            applying = [case for case in self.plan.cases if self.case_outcome(case.position) is True]
            return "|".join(case.branch.exception for case in applying)
        return self.branch.exception

    @property
    def open_exceptions(self) -> tuple[str, ...]:
        """Met, in need of a decision, and without one."""
        return tuple(
            case.branch.exception
            for case in self.plan.cases
            if case.exception.decision
            and case.branch.exception not in self.decided
            and (case.formula is None or self.truth(case.formula) is True)
        )

    # what is given

    @cached_property
    def giving(self) -> dict[str, tuple[Formula, ...]]:
        return self.plan.giving(self.branch, self.hit.rows if self.branch.kind == "then" else ())

    @cached_property
    def gives(self) -> dict[str, GivenValue]:
        table = self.plan.rule.table
        collects = table is not None and table.hit == "collect" and self.branch.kind == "then"
        outputs = table.outputs if table is not None and collects else {}
        found: dict[str, GivenValue] = {}
        for name, formulas in self.giving.items():
            given = [self._given(formula) for formula in formulas]
            values = tuple(_one(value.value) for value in given)
            found[name] = GivenValue(values if name in outputs else values[0], given[0].unit)
        return found

    def _given(self, formula: Formula) -> GivenValue:
        value = evaluate(formula, self.facts, self.parameters)
        unit = formula.type.unit.code if isinstance(formula.type, NumberType) else ""
        shown = exact_decimal(value) if isinstance(value, Fraction) else value
        return GivenValue(shown, "" if unit == "1" else unit)

    # reasons

    def truth(self, formula: Formula) -> bool | None:
        value = evaluate(formula, self.facts, self.parameters)
        return value if isinstance(value, bool) else None

    def missing(self, gives: Mapping[str, GivenValue]) -> tuple[str, ...]:
        """The facts and parameters that are absent where something could not be told."""
        formulas: list[Formula] = []
        attributes: tuple[str, ...] = ()
        if self.branch.outcome is Outcome.UNDETERMINED:
            formulas += open_formulas(
                self.plan,
                scope=self.is_applicable,
                cases={case.position: self.case_outcome(case.position) for case in self.plan.cases},
                when=self.general,
                atoms=[self.truth(placed.atom.formula) for placed in self.plan.atoms],
            )
            attributes = () if self.assume or self.is_applicable else self.plan.scope_attributes
            if self.is_open_table:
                formulas += self.plan.table_inputs.values()
        for name, given in gives.items():
            if given.value is None or (isinstance(given.value, tuple) and None in given.value):
                formulas += self.giving[name]
        return missing_names(formulas, attributes, self.facts, self.parameters)

    def findings(self) -> Iterable[ConditionFinding]:
        cases = {case.position: case for case in self.plan.cases}
        for condition in self.plan.conditions:
            yield self._finding(
                condition, cases[condition.position].branch.exception if condition.role == "exception" else ""
            )

    def _finding(self, condition: Condition, exception: str) -> ConditionFinding:
        label = self.plan.rule.exceptions[condition.position].label if exception else self.plan.rule.label
        return ConditionFinding(
            role=condition.role,
            outcome=Outcome.of(self.truth(condition.formula)),
            atoms=explain_atoms(condition.formula, self.facts, self.parameters),
            exception=exception,
            label=label,
        )


def missing_names(
    formulas: Iterable[Formula],
    attributes: Iterable[str],
    facts: Mapping[str, Any],
    parameters: Mapping[str, Scalar],
) -> tuple[str, ...]:
    """The absent ones among the facts and parameters (``p.x``) that formulas read, and among attributes."""
    names = {name for name in attributes if facts.get(name) is None}
    for formula in formulas:
        names |= {name for name in formula.inputs if facts.get(name) is None}
        names |= {f"p.{code}" for code in formula.parameters if parameters.get(code) is None}
    return tuple(sorted(names))


def scalar(value: Any) -> Scalar:
    """A fact as a scalar; whole numbers become decimals.

    Raises:
        TypeError: A binary fraction, which is not exact.
    """
    if isinstance(value, float):
        raise TypeError(f"{value!r} is not exact; give a decimal")
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _listed(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(str(one) for one in value)


def _one(value: Plain | tuple[Plain, ...]) -> Plain:
    return value[0] if isinstance(value, tuple) else value
