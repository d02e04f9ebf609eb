"""What keeps a rule open: of all that is unknown, only what would still decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from yuanzhi.engine.formulas import Formula
from yuanzhi.engine.formulas.nodes import And, Defined, Node, Not, Or
from yuanzhi.engine.rules.plan import RulePlan

Truth = bool | None


def all_of(*outcomes: Truth) -> Truth:
    """Kleene's and."""
    if False in outcomes:
        return False
    return None if None in outcomes else True


def open_formulas(
    plan: RulePlan, *, scope: Truth, cases: Mapping[int, Truth], when: Truth, atoms: Sequence[Truth]
) -> tuple[Formula, ...]:
    """The atoms without which an undetermined rule cannot be told.

    The scope is asked first, then exceptions in the order they win, then the general condition: only the first of
    these that cannot be told keeps the rule open, and in it only atoms that no other atom has settled.

    Args:
        plan: The rule.
        scope: Whether the subject is in scope.
        cases: Whether each exception applies, by position.
        when: The general condition.
        atoms: The outcome of each atom of the plan.
    """
    wanted = _open_places(plan, scope, cases, when)
    open_atoms = _open_atoms(plan, atoms)
    return tuple(
        placed.atom.formula
        for at, placed in enumerate(plan.atoms)
        if (placed.condition.role, placed.condition.position) in wanted and at in open_atoms
    )


def _open_places(plan: RulePlan, scope: Truth, cases: Mapping[int, Truth], when: Truth) -> set[tuple[str, int]]:
    if scope is None:
        return {("scope", 0)}
    for group in plan.case_groups:
        open_cases = {("exception", case.position) for case in group if cases[case.position] is None}
        if open_cases:
            return open_cases
        if any(cases[case.position] for case in group):
            return set()
    return {("when", 0)} if when is None else set()


def _open_atoms(plan: RulePlan, outcomes: Sequence[Truth]) -> frozenset[int]:
    found: set[int] = set()
    start = 0
    for condition in plan.conditions:
        own = [placed for placed in plan.atoms if placed.condition == condition]
        numbered = iter(range(start, start + len(own)))
        found |= _walk(condition.formula.node, numbered, outcomes)[1]
        start += len(own)
    return frozenset(found)


def _walk(node: Node, numbers: Iterator[int], outcomes: Sequence[Truth]) -> tuple[Truth, set[int]]:
    """The truth of a node from those of its atoms, and the atoms that keep it open."""
    match node:
        case And(terms=terms) | Or(terms=terms):
            found = [_walk(term, numbers, outcomes) for term in terms]
            truths = [truth for truth, _ in found]
            truth = all_of(*truths) if isinstance(node, And) else _any_of(truths)
            return truth, set().union(*(atoms for _, atoms in found)) if truth is None else set()
        case Not(term=term):
            inner, atoms = _walk(term, numbers, outcomes)
            return None if inner is None else not inner, atoms
        case Defined(body=And() | Or() | Not() | Defined() as body):
            return _walk(body, numbers, outcomes)
        case _:
            number = next(numbers)
            return outcomes[number], {number} if outcomes[number] is None else set()


def _any_of(outcomes: Sequence[Truth]) -> Truth:
    if True in outcomes:
        return True
    return None if None in outcomes else False
