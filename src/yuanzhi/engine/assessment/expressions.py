"""The texts of a scheme or machine that stand for amounts and conditions, evaluated for a unit.

Numbers and parameters are read directly; anything else is a formula compiled with the pack.
Values are exact fractions, so that a threshold never moves by a rounding.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from yuanzhi.engine.formulas import Formula, compile_formula, evaluate
from yuanzhi.engine.formulas.types import Scope, Value
from yuanzhi.engine.kernel.problems import Problem, ProblemsError
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.model import Scalar

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_PARAMETER = re.compile(r"p\.(\w+)")
Facts = Mapping[str, Scalar]


@dataclass(frozen=True)
class Expressions:
    """The formulas of one scheme or machine with the parameters of a day.

    ``prefix`` is the trail of the scheme, such as ``schemes/x``. A text without a formula under its
    trail is compiled against the names of ``subject``.
    """

    compiled: CompiledPack | None
    prefix: str
    parameters: Mapping[str, Scalar]
    subject: str = ""
    own: dict[tuple[str, bool], Formula] = field(default_factory=dict, compare=False, repr=False)
    """Formulas compiled here, by text and whether indicators are taken as given."""

    def is_constant(self, text: str) -> bool:
        """Whether the text is a number or a parameter, the same for every unit."""
        return bool(_NUMBER.fullmatch(text.strip()) or _PARAMETER.fullmatch(text.strip()))

    def constant(self, text: str) -> Fraction | None:
        """The amount of a number or parameter; ``None`` where the parameter has no value."""
        text = text.strip()
        if _NUMBER.fullmatch(text):
            return Fraction(text)
        named = _PARAMETER.fullmatch(text)
        value = self.parameters.get(named.group(1)) if named else None
        return Fraction(value) if isinstance(value, Decimal | int) and not isinstance(value, bool) else None

    def value(self, trail: str, text: str, facts: Facts) -> Value:
        """What a text comes to for one unit, ``None`` where a fact is missing."""
        if self.is_constant(text):
            return self.constant(text)
        return evaluate(self._formula_for(trail, text, facts), facts, self.parameters)

    def amount(self, trail: str, text: str, facts: Facts) -> Fraction | None:
        """The number a text comes to for one unit."""
        value = self.value(trail, text, facts)
        return value if isinstance(value, Fraction) else None

    def holds(self, trail: str, text: str, facts: Facts) -> bool | None:
        """Whether a condition is met for one unit, ``None`` where that cannot be told."""
        value = self.value(trail, text, facts)
        return value if isinstance(value, bool) else None

    def missing(self, trail: str, text: str, facts: Facts) -> tuple[str, ...]:
        """The facts and parameters a text needs and does not have."""
        if self.is_constant(text):
            return (text.strip(),) if self.constant(text) is None else ()
        formula = self._formula_for(trail, text, facts)
        lacking = [name for name in sorted(formula.inputs) if facts.get(name) is None]
        return (*lacking, *(f"p.{name}" for name in sorted(formula.parameters) if self.parameters.get(name) is None))

    def formula(self, trail: str, text: str) -> Formula:
        """The compiled formula under a trail of the scheme.

        Raises:
            ProblemsError: There is none, and the text does not compile.
        """
        full = f"{self.prefix}/{trail}"
        if self.compiled is not None and full in self.compiled.formulas:
            return self.compiled.formulas[full]
        return self._compile(full, text, given=False)

    def _formula_for(self, trail: str, text: str, facts: Facts) -> Formula:
        """The formula, or its reading with indicators as given where only these are known.

        A compiled formula goes down to the items an indicator is made of; an assessment is often
        given the indicators themselves.
        """
        formula = self.formula(trail, text)
        known = formula.inputs <= facts.keys()
        if known or formula.mentions == formula.inputs or not formula.mentions & facts.keys():
            return formula
        return self._compile(f"{self.prefix}/{trail}", text, given=True)

    def _compile(self, full: str, text: str, *, given: bool) -> Formula:
        key = (f"{full}|{text}", given)
        if key not in self.own:
            if self.compiled is None:
                raise ProblemsError([Problem("assessment.formula_missing", values={"text": text, "trail": full})])
            site = self.compiled.sites.get(full)
            scope: Scope = site.scope if site else self.compiled.scopes.of(self.subject)
            made = compile_formula(text, replace(scope, definitions={}, memo={}) if given else scope)
            if made.formula is None:
                raise ProblemsError(made.problems)
            self.own[key] = made.formula
        return self.own[key]
