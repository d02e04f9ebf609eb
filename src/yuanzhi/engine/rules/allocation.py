"""Priority as an operation: requests ranked by the keys a pack declares, granted until the amount is used up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from yuanzhi.engine.formulas import Formula, evaluate
from yuanzhi.engine.indicators.figures import exact_decimal
from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.problems import Problem, ProblemsError, listed
from yuanzhi.engine.pack.model import Allocation, Scalar
from yuanzhi.engine.rules.granting import Grant, GrantStatus, Request, grant
from yuanzhi.engine.rules.single import missing_names, scalar

if TYPE_CHECKING:
    from yuanzhi.engine.pack import CompiledPack


@dataclass(frozen=True, kw_only=True)
class AllocationResult:
    """An amount given out.

    Attributes:
        allocation: The declaration.
        as_of: The day whose parameters count.
        amount: What there was to give.
        unit: Its unit.
        grants: Every request in order of rank, those without a place last; each says why it got what it got.
        left: What is left over.
        basis: Whether the order or the amount rests on chosen values.
    """

    allocation: Allocation
    as_of: date
    amount: Decimal
    unit: str
    grants: tuple[Grant, ...]
    left: Decimal
    basis: Basis

    @property
    def granted(self) -> dict[str, Decimal]:
        """What each request gets, those with something only."""
        return {own.id: own.granted for own in self.grants if own.granted}

    @property
    def tail(self) -> tuple[Grant, ...]:
        """The requests that did not get all they asked for."""
        return tuple(own for own in self.grants if own.status is not GrantStatus.GRANTED)


def allocate(
    compiled: CompiledPack,
    allocation_code: str,
    requests: Iterable[Mapping[str, Any]] | pa.Table,
    amount: Decimal | int | None = None,
    *,
    as_of: date,
    parameters: Mapping[str, Scalar] | None = None,
) -> AllocationResult:
    """Give an amount out by a declared order.

    Args:
        compiled: The pack with its formulas.
        allocation_code: The allocation.
        requests: One mapping (or row) a request: ``id`` (or ``subject``) and its facts by code.
        amount: What there is to give, in the allocation's unit; by default what its formula gives.
        as_of: The day whose parameters count.
        parameters: Values to use instead of the pack's.

    Returns:
        The grants with their reasons. The order in which requests come does not matter.

    Raises:
        KeyError: There is no such allocation, or one of its formulas did not compile.
        ProblemsError: There is no amount, or two requests have one id.
    """
    own = compiled.composition.allocations[allocation_code]
    values = {**compiled.parameters_on(as_of), **(parameters or {})}
    allocating = _Allocating(compiled, own, values)
    rows = requests.to_pylist() if isinstance(requests, pa.Table) else list(requests)
    made = [allocating.request(row) for row in rows]
    allocating.check_ids(made)
    total = Fraction(amount) if amount is not None else allocating.amount()
    grants, left = grant(made, total, [direction for _, direction in own.order_by], partial=own.partial)
    return AllocationResult(
        allocation=own,
        as_of=as_of,
        amount=exact_decimal(total),
        unit=own.unit,
        grants=explained(grants, own, total),
        left=exact_decimal(left),
        basis=compiled.basis_of(f"allocations/{own.code}", as_of),
    )


@dataclass(frozen=True)
class _Allocating:
    compiled: CompiledPack
    own: Allocation
    parameters: Mapping[str, Scalar]

    def formula(self, name: str) -> Formula:
        return self.compiled.formula(f"allocations/{self.own.code}/{name}")

    def request(self, row: Mapping[str, Any]) -> Request:
        facts = {name: scalar(value) for name, value in row.items() if name != "id"}
        formulas = [self.formula("request")]
        formulas += [self.formula(f"order_by/{at}") for at in range(len(self.own.order_by))]
        is_eligible: bool | None = True
        if self.own.where:
            where = self.formula("where")
            formulas.append(where)
            met = evaluate(where, facts, self.parameters)
            is_eligible = met if isinstance(met, bool) else None
        values = [evaluate(formula, facts, self.parameters) for formula in formulas[: 1 + len(self.own.order_by)]]
        requested = values[0] if isinstance(values[0], Fraction) else None
        return Request(
            id=str(row["id"] if "id" in row else row["subject"]),
            requested=requested,
            keys=tuple(values[1:]),
            is_eligible=is_eligible,
            missing=missing_names(formulas, (), facts, self.parameters),
        )

    def amount(self) -> Fraction:
        if self.own.amount:
            formula = self.formula("amount")
            value = evaluate(formula, {}, self.parameters)
            if isinstance(value, Fraction):
                return value
            names = listed(missing_names([formula], (), {}, self.parameters))
        else:
            names = "amount"
        values = {"allocation": self.own.code, "names": names}
        raise ProblemsError([Problem("allocations.no_amount", self.own.place, values)])

    def check_ids(self, requests: Sequence[Request]) -> None:
        seen: set[str] = set()
        problems = []
        for request in requests:
            if request.id in seen:
                values = {"allocation": self.own.code, "id": request.id}
                problems.append(Problem("allocations.same_request", self.own.place, values))
            seen.add(request.id)
        if problems:
            raise ProblemsError(problems)


def explained(grants: Sequence[Grant], own: Allocation, amount: Fraction) -> tuple[Grant, ...]:
    """The grants, each with its reason in words: what was left when its turn came, and who came before."""
    left = amount
    before: list[str] = []
    found = []
    for one in grants:
        found.append(replace(one, reason=_reason(one, own, left, before)))
        left -= Fraction(one.granted)
        if one.granted:
            before.append(one.id)
    return tuple(found)


def _reason(one: Grant, own: Allocation, left: Fraction, before: Sequence[str]) -> Label:
    unit = "" if own.unit == "1" else f" {own.unit}"
    remaining = f"{exact_decimal(left)}{unit}"
    asked = f"{decimal_text(one.requested)}{unit}" if one.requested is not None else "?"
    given = f"{decimal_text(one.granted)}{unit}"
    ahead_zh = f"；在先：{listed(before)}" if before else ""
    ahead_en = f"; before it: {listed(before)}" if before else ""
    cited = f"（{own.citation}）"
    match one.status:
        case GrantStatus.GRANTED:
            return Label(
                f"第{one.rank}位，申请 {asked}，尚余 {remaining}，全额给予{cited}。",
                f"Place {one.rank}: asked for {asked} with {remaining} left, granted in full ({own.citation}).",
            )
        case GrantStatus.PARTIAL:
            return Label(
                f"第{one.rank}位，申请 {asked}，仅余 {remaining}，给予 {given}{ahead_zh}{cited}。",
                f"Place {one.rank}: asked for {asked} with only {remaining} left, granted {given}{ahead_en} "
                f"({own.citation}).",
            )
        case GrantStatus.USED_UP:
            return Label(
                f"第{one.rank}位，申请 {asked}，轮到时余 {remaining}，未给予{ahead_zh}{cited}。",
                f"Place {one.rank}: asked for {asked}; {remaining} left at its turn, nothing granted{ahead_en} "
                f"({own.citation}).",
            )
        case GrantStatus.TIED:
            return Label(
                f"第{one.rank}位有多份申请并列，余 {remaining} 不够全部给予；规则未定先后，须由人决定{cited}。",
                f"Several requests share place {one.rank} and {remaining} does not suffice for all; the rules do not "
                f"say who comes first, so a person decides ({own.citation}).",
            )
        case GrantStatus.INELIGIBLE:
            return Label(f"不符合参与分配的条件{cited}。", f"Does not meet the condition for a share ({own.citation}).")
        case GrantStatus.UNDETERMINED:
            names = listed(one.missing) or "?"
            return Label(f"缺 {names}，无法排位{cited}。", f"Cannot be ranked: {names} missing ({own.citation}).")
