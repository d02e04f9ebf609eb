"""A rule made ready to run: its formulas in the order they are asked, and the branches they lead to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from yuanzhi.engine.formulas import Atom, NumberType, atoms
from yuanzhi.engine.formulas.types import kind_of
from yuanzhi.engine.kernel.outcomes import Basis, Outcome
from yuanzhi.engine.kernel.periods import ALWAYS
from yuanzhi.engine.kernel.problems import Problem, ProblemsError
from yuanzhi.engine.pack.model import Effect, Rule, RuleException

if TYPE_CHECKING:
    from yuanzhi.engine.formulas import Formula
    from yuanzhi.engine.pack import CompiledPack

BranchKind = Literal["not_applicable", "undetermined", "conflict", "then", "otherwise", "exception"]


@dataclass(frozen=True)
class Branch:
    """One way a rule can end. ``trail`` leads to the formulas of its effect."""

    number: int
    kind: BranchKind
    outcome: Outcome | None
    effect: Effect
    trail: str = ""
    exception: str = ""


@dataclass(frozen=True)
class Case:
    """An exception with its condition; ``formula`` is ``None`` for one that always applies."""

    exception: RuleException
    position: int
    formula: Formula | None
    branch: Branch

    @property
    def order(self) -> int:
        """Higher wins; without an order, lowest."""
        return self.exception.order or 0


@dataclass(frozen=True)
class Condition:
    """A condition asked of a subject, with its place in the rule."""

    trail: str
    formula: Formula
    role: Literal["scope", "exception", "when"]
    position: int = 0


@dataclass(frozen=True)
class PlacedAtom:
    """One leaf of a condition, with the condition it belongs to."""

    condition: Condition
    atom: Atom


@dataclass(frozen=True)
class RulePlan:
    """A rule with everything looked up once, for one pack."""

    rule: Rule
    compiled: CompiledPack = field(repr=False)

    @property
    def trail(self) -> str:
        """The rule's own trail."""
        return f"rules/{self.rule.code}"

    def formula(self, trail: str) -> Formula | None:
        """The formula at a trail below the rule, if something stands there.

        Raises:
            KeyError: It did not compile.
        """
        full = f"{self.trail}/{trail}"
        if full in self.compiled.formulas:
            return self.compiled.formulas[full]
        if full in self.compiled.sites:
            raise KeyError(full)
        return None

    # branches

    not_applicable = Branch(0, "not_applicable", None, Effect())
    undetermined = Branch(1, "undetermined", Outcome.UNDETERMINED, Effect())
    conflict = Branch(2, "conflict", Outcome.UNDETERMINED, Effect())

    @cached_property
    def then(self) -> Branch:
        """Where the condition is met."""
        return Branch(3, "then", Outcome.MET, self.rule.then, f"{self.trail}/then")

    @cached_property
    def otherwise(self) -> Branch:
        """Where it is not, or no row of the table fits."""
        return Branch(4, "otherwise", Outcome.NOT_MET, self.rule.otherwise, f"{self.trail}/otherwise")

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The exceptions, those that win first; equal orders as declared.

        An exception that leads to the effect of ``otherwise`` counts as not met, any other as met.
        """
        return tuple(sorted(self._cases(), key=lambda case: -case.order))

    def _cases(self) -> Iterator[Case]:
        refused = self.rule.otherwise.code
        for position, own in enumerate(self.rule.exceptions):
            outcome = Outcome.NOT_MET if refused and own.then.code == refused else Outcome.MET
            code = own.code or str(position)
            trail = f"exceptions/{position}"
            branch = Branch(5 + position, "exception", outcome, own.then, f"{self.trail}/{trail}/then", code)
            yield Case(own, position, self.formula(f"{trail}/when"), branch)

    @cached_property
    def case_groups(self) -> tuple[tuple[Case, ...], ...]:
        """Exceptions of one order together: two of them may not both apply."""
        return tuple(tuple(group) for _, group in groupby(self.cases, key=lambda case: case.order))

    @cached_property
    def branches(self) -> tuple[Branch, ...]:
        """Every branch by number."""
        cases = sorted((case.branch for case in self.cases), key=lambda branch: branch.number)
        return (self.not_applicable, self.undetermined, self.conflict, self.then, self.otherwise, *cases)

    def giving(self, branch: Branch, rows: Sequence[int] = ()) -> dict[str, tuple[Formula, ...]]:
        """The formulas by name that give something on a branch; a row of the table goes before the effect."""
        found: dict[str, tuple[Formula, ...]] = {name: (formula,) for name, formula in self.gives(branch).items()}
        if branch.kind == "then":
            for number in rows:
                for name, formula in self.row_gives(number).items():
                    own = found.get(name, ()) if number != rows[0] else ()
                    found[name] = (*own, formula)
        return found

    def check_gives(self) -> None:
        """Refuse a rule whose branches give one name in different kinds or units.

        Raises:
            ProblemsError: They do.
        """
        problems = []
        for name in self.given_names:
            kinds = {_kind(formula) for formula in self.given_by(name)}
            if len(kinds) > 1:
                values = {"rule": self.rule.code, "name": name, "kinds": ", ".join(sorted(kinds))}
                problems.append(Problem("rules.gives_differ", self.rule.place, values))
        if problems:
            raise ProblemsError(problems)

    def given_by(self, name: str) -> tuple[Formula, ...]:
        """Every formula that gives a name."""
        found = [self.gives(branch).get(name) for branch in self.branches]
        found += [self.row_gives(number).get(name) for number in range(len(self.rows))]
        return tuple(formula for formula in found if formula is not None)

    # what is asked

    @cached_property
    def scope_where(self) -> Formula | None:
        """The scope's condition on attributes."""
        return self.formula("scope/where")

    @cached_property
    def when(self) -> Formula | None:
        """The general condition."""
        return self.formula("when")

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Scope, exceptions in the order they win, then the general condition: the order atoms are kept in."""
        found: list[Condition] = []
        if self.scope_where is not None:
            found.append(Condition(f"{self.trail}/scope/where", self.scope_where, "scope"))
        for case in self.cases:
            if case.formula is not None:
                trail = f"{self.trail}/exceptions/{case.position}/when"
                found.append(Condition(trail, case.formula, "exception", case.position))
        if self.when is not None:
            found.append(Condition(f"{self.trail}/when", self.when, "when"))
        return tuple(found)

    # the table

    @cached_property
    def table_inputs(self) -> Mapping[str, Formula]:
        """The table's columns."""
        if self.rule.table is None:
            return {}
        found = {column: self.formula(f"table/inputs/{column}") for column in self.rule.table.inputs}
        return {column: formula for column, formula in found.items() if formula is not None}

    @cached_property
    def rows(self) -> tuple[tuple[Formula, ...], ...]:
        """The conditions of each row of the table; none for a row that fits everything."""
        if self.rule.table is None:
            return ()
        found = []
        for number, row in enumerate(self.rule.table.rows):
            cells = (self.formula(f"table/rows/{number}/when/{column}") for column in row.when)
            found.append(tuple(cell for cell in cells if cell is not None))
        return tuple(found)

    def row_gives(self, number: int) -> Mapping[str, Formula]:
        """What a row of the table gives."""
        if self.rule.table is None:
            return {}
        names = self.rule.table.rows[number].then
        found = {name: self.formula(f"table/rows/{number}/then/{name}") for name in names}
        return {name: formula for name, formula in found.items() if formula is not None}

    # what is given

    def gives(self, branch: Branch) -> Mapping[str, Formula]:
        """What a branch's effect gives."""
        prefix = branch.trail.removeprefix(f"{self.trail}/")
        found = {name: self.formula(f"{prefix}/gives/{name}") for name in branch.effect.gives}
        return {name: formula for name, formula in found.items() if formula is not None}

    @cached_property
    def given_names(self) -> tuple[str, ...]:
        """Every name that some branch or row gives, in the order first declared."""
        names: dict[str, None] = {}
        for branch in self.branches:
            names |= dict.fromkeys(branch.effect.gives)
        if self.rule.table is not None:
            names |= dict.fromkeys(self.rule.table.outputs)
        return tuple(names)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Every fact the rule reads, sorted: the bits of the mask of missing facts."""
        found = set(self.scope_attributes)
        for condition in self.conditions:
            found |= condition.formula.inputs
        for cells in self.rows:
            for cell in cells:
                found |= cell.inputs
        for column in self.table_inputs.values():
            found |= column.inputs
        for branch in self.branches:
            for formula in self.gives(branch).values():
                found |= formula.inputs
        for number in range(len(self.rows)):
            for formula in self.row_gives(number).values():
                found |= formula.inputs
        return tuple(sorted(found))

    @property
    def scope_attributes(self) -> tuple[str, ...]:
        """The attributes the scope cannot do without."""
        scope = self.rule.scope
        needed = (("territory", scope.territories), ("tier", scope.tiers), ("kind", scope.kinds))
        return tuple(name for name, wanted in needed if wanted)

    @cached_property
    def atoms(self) -> tuple[PlacedAtom, ...]:
        """The atoms of all conditions in order: the bits of the masks of outcomes."""
        return tuple(PlacedAtom(condition, atom) for condition in self.conditions for atom in atoms(condition.formula))

    # standing

    def is_in_force(self, day: date) -> bool:
        """Whether the rule holds on a day: its own days, within those of its document."""
        packs = self.compiled.composition.packs
        document = next((pack.identity.in_force for pack in packs if pack.code == self.rule.pack), ALWAYS)
        return document.covers(day) and self.rule.validity.covers(day)

    def basis(self, day: date) -> Basis:
        """Whether the rule's results rest on chosen or missing values on a day."""
        return self.compiled.basis_of(self.trail, day)


def _kind(formula: Formula) -> str:
    if isinstance(formula.type, NumberType):
        unit = formula.type.unit
        return f"{unit.dimension}{unit.factor}" if unit.dimension or unit.factor != 1 else "number"
    return kind_of(formula.type)


def plan_rule(compiled: CompiledPack, code: str) -> RulePlan:
    """The rule of this code, ready to run.

    Raises:
        KeyError: There is no such rule.
    """
    return RulePlan(compiled.composition.rules[code], compiled)
