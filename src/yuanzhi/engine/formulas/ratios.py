"""Numbers as exact ratios in SQL: an amount over an amount, times a constant fraction.

No division is ever performed to decide something: ratios are compared by cross-multiplication,
with the sign of the denominators taken into account. A division happens only where a value must be
given or rounded, and then on whole numbers. A ratio is missing when its upper or lower amount is
missing or its lower amount is zero; infinity and not-a-number cannot arise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

from yuanzhi.engine.formulas.amounts import MIRRORED, Amount, Condition, Decimals, Pair, chosen, is_finite, without_tens
from yuanzhi.engine.formulas.dialects import Dialect
from yuanzhi.engine.formulas.divisions import ROUNDED_BELOW, Division
from yuanzhi.engine.formulas.nodes import CompareOperator, RoundingMode
from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.kernel.quantities import decimal_of

VALUE_PLACES = 12
"""Places of a value that rests on a division."""
_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Ratio:
    """``factor * over / under``; an absent amount is one."""

    factor: Fraction = _ONE
    over: Amount | None = None
    under: Amount | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A ``case`` over ratios with different denominators, kept open.

    Comparing and rounding go into its branches, where they are short; only arithmetic needs it closed
    into one ratio of two cases.
    """

    conditions: tuple[Condition, ...]
    values: tuple[Quantity, ...]


Quantity = Ratio | Choice


@dataclass(frozen=True, slots=True)
class Ratios:
    """Arithmetic on ratios for one database."""

    dialect: Dialect
    is_trial: bool = False
    is_narrow: bool = False

    @property
    def decimals(self) -> Decimals:
        """The amounts of the same database."""
        return Decimals(self.dialect, self.is_trial, self.is_narrow)

    def nothing(self) -> Ratio:
        """A missing number."""
        return Ratio(over=self.decimals.nothing())

    # arithmetic

    def closed(self, one: Quantity) -> Ratio:
        """The quantity as one ratio."""
        if isinstance(one, Ratio):
            return one
        return self._case(one.conditions, [self.closed(value) for value in one.values])

    def product(self, left: Quantity, right: Quantity) -> Quantity:
        """The product."""
        if isinstance(left, Choice) and _is_constant(right):
            return replace(left, values=tuple(self.product(value, right) for value in left.values))
        if isinstance(right, Choice) and _is_constant(left):
            return self.product(right, left)
        left, right = self.closed(left), self.closed(right)
        over = self._times(left.over, right.over)
        return Ratio(left.factor * right.factor, over, self._times(left.under, right.under))

    def quotient(self, left: Quantity, right: Quantity) -> Quantity:
        """The quotient; a zero on either floor of the divisor makes it missing."""
        if isinstance(left, Choice) and _is_constant(right):
            return replace(left, values=tuple(self.quotient(value, right) for value in left.values))
        left, right = self.closed(left), self.closed(right)
        if right.factor == 0:
            return self.nothing()
        guarded = self.decimals.nonzero(right.under) if right.under else None
        over, under = self._times(left.over, guarded), self._times(left.under, right.over)
        return Ratio(left.factor / right.factor, over, under)

    def total(self, left: Quantity, right: Quantity, sign: str = "+") -> Ratio:
        """The sum or difference, over a common denominator."""
        left, right = self.closed(left), self.closed(right)
        if left.over is None and right.over is None and left.under is None and right.under is None:
            return Ratio(left.factor + right.factor if sign == "+" else left.factor - right.factor)
        common = _common_factor((left.factor, right.factor))
        one, other = self._scaled(left, common), self._scaled(right, common)
        if _same(left.under, right.under):
            return Ratio(common, self.decimals.plus(one, other, sign), left.under)
        crossed = self.decimals.plus(self._crossed(one, right.under), self._crossed(other, left.under), sign)
        return Ratio(common, crossed, self._times(left.under, right.under))

    def negative(self, one: Quantity) -> Quantity:
        """The quantity with the other sign."""
        return self.product(one, Ratio(-_ONE))

    def absolute(self, one: Quantity) -> Ratio:
        """The quantity without its sign."""
        one = self.closed(one)
        over = self.decimals.absolute(one.over) if one.over else None
        under = self.decimals.absolute(one.under) if one.under else None
        return Ratio(abs(one.factor), over, under)

    def choice(self, conditions: Sequence[Condition], values: Sequence[Quantity | None]) -> Quantity:
        """A ``case`` over quantities (one value more than conditions); ``None`` is missing."""
        simple = [value for value in values if not isinstance(value, Choice)]
        if len(simple) == len(values) and all(value is None or value.under is None for value in simple):
            return self._case(conditions, simple)
        return Choice(tuple(conditions), tuple(value or self.nothing() for value in values))

    def _case(self, conditions: Sequence[Condition], values: Sequence[Ratio | None]) -> Ratio:
        known = [value for value in values if value is not None]
        common = _common_factor([value.factor for value in known])
        nothing = self.decimals.nothing()
        overs = [self._scaled(value, common) if value else nothing for value in values]
        over = self.decimals.choice(conditions, overs)
        if all(value.under is None for value in known):
            return Ratio(common, over)
        one = self.decimals.literal(_ONE)
        unders = [value.under or one if value else one for value in values]
        return Ratio(common, over, self.decimals.choice(conditions, unders))

    # conditions

    def is_missing(self, one: Quantity) -> str:
        """Whether the quantity is missing; itself never missing."""
        one = self.closed(one)
        parts = [f"{one.over.text} is null"] if one.over else []
        if one.under:
            parts.append(f"coalesce({one.under.text} = 0, true)")
        return f"({' or '.join(parts)})" if parts else self.dialect.truth(False)

    def compared(self, operator: CompareOperator, left: Quantity, right: Quantity) -> str:
        """The exact comparison, missing where a side is."""
        if isinstance(left, Choice):
            return chosen(left.conditions, [self.compared(operator, value, right) for value in left.values])
        if isinstance(right, Choice):
            return chosen(right.conditions, [self.compared(operator, left, value) for value in right.values])
        if left.under is None and right.under is None:
            return self._compared(operator, left, right)
        if left.under is not None and _same(left.under, right.under):
            return self._named(
                left.under, lambda u: self._overs(operator, replace(left, under=u), replace(right, under=u))
            )
        return self._named(
            left.under,
            lambda one: self._named(
                right.under,
                lambda other: self._overs(operator, replace(left, under=one), replace(right, under=other)),
            ),
        )

    def _overs(self, operator: CompareOperator, left: Ratio, right: Ratio) -> str:
        return self._named(
            left.over,
            lambda one: self._named(
                right.over,
                lambda other: self._compared(operator, replace(left, over=one), replace(right, over=other)),
            ),
        )

    def _named(self, amount: Amount | None, use: Callable[[Amount | None], str]) -> str:
        return self.decimals.with_short(amount, use) if amount else use(None)

    def _compared(self, operator: CompareOperator, left: Ratio, right: Ratio) -> str:
        unders = [under for under in (left.under, right.under) if under]
        if left.under is not None and _same(left.under, right.under):
            # One sign for both sides: it turns the comparison, and the denominators fall out.
            unders, left, right = unders[:1], replace(left, under=None), replace(right, under=None)
        mirrored, one, other = _balanced(operator, left.factor, right.factor)
        unit = self.decimals.literal(_ONE)
        upper = (self._weighted(left.over, one) or unit, right.under or unit)
        lower = (self._weighted(right.over, other) or unit, left.under or unit)
        if self.decimals.compares(upper, lower):
            return self._by_sign(mirrored, unders, upper, lower)
        signs = "".join(f" * nullif(sign({under.text}), 0)" for under in unders)
        return f"({self.decimals.difference_sign(upper, lower)}{signs} {mirrored} 0)"

    def _by_sign(self, operator: CompareOperator, unders: Sequence[Amount], upper: Pair, lower: Pair) -> str:
        """Which comparison holds depends on the sign of the denominators; zero and missing give missing."""
        one, other = self.decimals.times(*upper), self.decimals.times(*lower)
        as_is = self.decimals.compared(operator, one, other)
        if not unders:
            return as_is
        signs = [factor.text for under in unders for factor in under.factors]
        if operator in ("=", "<>"):
            return f"(case when {' and '.join(f'{sign} <> 0' for sign in signs)} then {as_is} end)"
        turned = self.decimals.compared(MIRRORED[operator], one, other)
        if len(signs) == 1:
            return f"(case when {signs[0]} > 0 then {as_is} when {signs[0]} < 0 then {turned} end)"
        if len(signs) > 2:
            negative = " <> ".join(f"({sign} < 0)" for sign in signs)
            nonzero = " and ".join(f"{sign} <> 0" for sign in signs)
            return f"(case when {nonzero} then case when {negative} then {turned} else {as_is} end end)"
        alike = f"({signs[0]} > 0 and {signs[1]} > 0) or ({signs[0]} < 0 and {signs[1]} < 0)"
        apart = f"({signs[0]} > 0 and {signs[1]} < 0) or ({signs[0]} < 0 and {signs[1]} > 0)"
        return f"(case when {alike} then {as_is} when {apart} then {turned} end)"

    # values

    def amount(self, one: Quantity) -> Amount | None:
        """The quantity as a decimal, where it is one without a division."""
        if isinstance(one, Choice):
            return None
        return self._scaled(one, _ONE) if one.under is None and is_finite(one.factor) else None

    def rounded(self, one: Quantity, mode: RoundingMode, places: int) -> Ratio:
        """The quantity rounded to places; negative places round tens and hundreds."""
        if isinstance(one, Choice):
            return self._case(one.conditions, [self.rounded(value, mode, places) for value in one.values])
        amount = self.amount(one)
        if amount is not None and amount.scale <= places:
            return Ratio(over=self._below_limit(amount))
        if amount is not None and mode == "half_up" and places >= 0 and self.dialect.rounds_natively():
            bound = amount.bound // 10 ** (amount.scale - places) + 1
            known = self._below_limit(amount)
            return Ratio(over=Amount(f"round({known.text}, {places})", bound, places, amount.width))
        unit = self.decimals.literal(_ONE)
        whole = Division(self.decimals, one.over or unit, one.under or unit, one.factor, places).rounded(mode)
        if places < 0:
            return Ratio(Fraction(10**-places), whole)
        return Ratio(over=self.decimals.shifted(whole, places))

    def _below_limit(self, amount: Amount) -> Amount:
        """The amount, missing where rounding does not take it."""
        if amount.bound < ROUNDED_BELOW * 10**amount.scale:
            return amount
        return self.decimals.present(amount, f"abs({amount.text}) < {float(ROUNDED_BELOW)}")

    def double(self, one: Quantity) -> str:
        """The value as a double, for display only; missing where the quantity is."""
        if isinstance(one, Choice):
            return chosen(one.conditions, [self.double(value) for value in one.values])
        if one.over is None and one.under is None:
            return self.dialect.double(repr(float(one.factor)))
        text = self.dialect.double(one.over.text) if one.over else self.dialect.double("1")
        if one.factor != 1:
            text = f"{text} * {self.dialect.double(repr(float(one.factor)))}"
        if one.under:
            text = f"{text} / nullif({self.dialect.double(one.under.text)}, 0)"
        return f"({text})"

    # helpers

    def _times(self, left: Amount | None, right: Amount | None) -> Amount | None:
        if left is None or right is None:
            return left or right
        return self.decimals.times(left, right)

    def _crossed(self, amount: Amount, under: Amount | None) -> Amount:
        return self.decimals.times(amount, under) if under else amount

    def _scaled(self, one: Ratio, common: Fraction) -> Amount:
        """The upper amount times what of the factor is not in the common factor."""
        return self._weighted(one.over, one.factor / common) or self.decimals.literal(_ONE)

    def _weighted(self, amount: Amount | None, weight: Fraction) -> Amount | None:
        if weight == 1:
            return amount
        if amount is None:
            return self.decimals.literal(weight)
        if weight == -1:
            return self.decimals.negative(amount)
        return self.decimals.times(amount, self.decimals.literal(weight))


def _is_constant(one: Quantity) -> bool:
    return isinstance(one, Ratio) and one.over is None and one.under is None


def _same(left: Amount | None, right: Amount | None) -> bool:
    return left is right or (left is not None and right is not None and left.text == right.text)


def _common_factor(factors: Sequence[Fraction]) -> Fraction:
    """A factor that leaves every other an ending decimal once taken out."""
    if len(set(factors)) == 1 and factors[0] != 0:
        return factors[0]
    rests = [without_tens(factor.denominator) for factor in factors]
    return Fraction(1, lcm(*rests)) if rests else _ONE


def _balanced(operator: CompareOperator, left: Fraction, right: Fraction) -> tuple[CompareOperator, Fraction, Fraction]:
    """Weights for both sides that end as decimals and keep the comparison, with few digits."""
    choices: list[tuple[CompareOperator, Fraction, Fraction]] = [
        (operator if by > 0 else MIRRORED[operator], left / by, right / by)
        for by in (left, right)
        if by and is_finite(left / by) and is_finite(right / by)
    ]
    common = lcm(without_tens(left.denominator), without_tens(right.denominator))
    choices.append((operator, left * common, right * common))
    return min(choices, key=lambda choice: len(_digits(choice[1])) + len(_digits(choice[2])))


def _digits(value: Fraction) -> str:
    return decimal_text(decimal_of(abs(value)))
