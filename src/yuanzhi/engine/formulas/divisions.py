"""Division in SQL, rounded as a clause names, always exactly.

No two databases round quotients of decimals alike, so the rounding is done here. Where whole numbers
of any width divide well they are divided. Elsewhere the quotient is estimated in double, its
remainder taken exactly in decimals, and the estimate corrected by at most one: six times faster in
DuckDB than dividing 128-bit numbers, and as exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import assert_never

from yuanzhi.engine.formulas.amounts import MOST_DIGITS, Amount, Decimals, has_room
from yuanzhi.engine.formulas.dialects import Dialect
from yuanzhi.engine.formulas.nodes import RoundingMode
from yuanzhi.engine.formulas.types import WHOLE_DIGITS

ROUNDED_BELOW = Fraction(10**WHOLE_DIGITS) - Fraction(1, 2)
"""Rounding takes numbers below this; a greater one is missing. Beyond, a double no longer tells wholes apart."""
_GROUPS = (6, 3)
"""How many places each further estimate adds at least, the quicker way first."""


@dataclass(frozen=True, slots=True)
class Division:
    """``factor * over / under`` to be rounded to places; missing where ``under`` is zero."""

    decimals: Decimals
    over: Amount
    under: Amount
    factor: Fraction
    places: int

    def rounded(self, mode: RoundingMode) -> Amount:
        """The quotient times ten to the places, as a whole amount.

        Raises:
            TooWideError: The divisor has so many digits that its remainder cannot be kept.
        """
        text = self._estimated(mode) if self._dialect.estimates() else self._divided(mode)
        return Amount(text, 10 ** (WHOLE_DIGITS + max(self.places, 0)), 0, 38)

    @property
    def _dialect(self) -> Dialect:
        return self.decimals.dialect

    # by whole numbers

    def _divided(self, mode: RoundingMode) -> str:
        return self.decimals.with_short(
            self.over,
            lambda over: self.decimals.with_short(
                self.under, lambda under: replace(self, over=over, under=under)._divided_plainly(mode)
            ),
        )

    def _divided_plainly(self, mode: RoundingMode) -> str:
        dialect, decimals = self._dialect, self.decimals
        exact = abs(self.factor) * Fraction(10) ** (self.places + self.under.scale - self.over.scale)
        above = _times(dialect, decimals.whole(decimals.absolute(self.over)), exact.numerator)
        below = _times(dialect, decimals.whole(decimals.absolute(self.under)), exact.denominator)
        negative = f"(({self.over.text} {'>' if self.factor < 0 else '<'} 0) <> ({self.under.text} < 0))"
        zero, one, two = (dialect.whole_literal(number) for number in (0, 1, 2))
        below = f"nullif({below}, {zero})"
        match mode:
            case "half_up":
                whole = dialect.whole_quotient(f"({above} * {two} + {below})", f"({below} * {two})")
            case "floor" | "ceil":
                away = negative if mode == "floor" else f"not {negative}"
                rise = f"case when {away} then {below} - {one} else {zero} end"
                whole = dialect.whole_quotient(f"({above} + {rise})", below)
            case "half_even":
                whole = dialect.whole_quotient(above, below)
                rest = f"({above} - {whole} * {below}) * {two}"
                up = f"{rest} > {below} or ({rest} = {below} and {whole} % {two} <> {zero})"
                whole = f"({whole} + case when {up} then {one} else {zero} end)"
            case _:
                assert_never(mode)
        signed = f"{whole} * case when {negative} then -1 else 1 end"
        return dialect.decimal(f"(case when {self._magnitude()} < {float(ROUNDED_BELOW)} then {signed} end)", 38, 0)

    def _magnitude(self) -> str:
        """The quotient before the point as a double."""
        dialect = self._dialect
        factor = float(abs(self.factor) * Fraction(10) ** min(self.places, 0))
        under = f"nullif({dialect.double(self.under.text)}, 0)"
        return f"abs({dialect.double(self.over.text)} * {dialect.double(repr(factor))} / {under})"

    # by estimates

    def _estimated(self, mode: RoundingMode) -> str:
        over, under = self._weighted()
        groups = self._groups(under)
        return self._named(over, lambda o: self._named(under, lambda u: self._first(mode, o, u, groups)))

    def _first(self, mode: RoundingMode, over: Amount, under: Amount, groups: Sequence[int]) -> str:
        """The whole part estimated, then the groups of places one by one."""
        return self._named(
            self._estimate(over, under, 0),
            lambda estimate: self._named(
                self._rest(over, estimate, under),
                lambda rest: self._next(mode, _Step(over, under, estimate, estimate, rest), groups),
            ),
        )

    def _next(self, mode: RoundingMode, step: _Step, groups: Sequence[int]) -> str:
        if not groups:
            return f"({step.total.text} + {self._correction(mode, step)})"
        ten = self.decimals.literal(Fraction(10 ** groups[0]))
        total, rest, under = step.total, step.rest, step.under
        more = Amount(f"({rest.text} * {ten.text})", under.bound * 10 ** groups[0], rest.scale, 38)

        def with_estimate(estimate: Amount) -> str:
            text = f"({total.text} * {ten.text} + {estimate.text})"
            whole = Amount(text, total.bound * 10 ** groups[0] * 2, 0, 38)
            return self._named(
                self._rest(more, estimate, under),
                lambda left: self._next(mode, replace(step, total=whole, last=estimate, rest=left), groups[1:]),
            )

        return self._named(self._estimate(rest, under, groups[0]), with_estimate)

    def _named(self, amount: Amount, use: Callable[[Amount], str]) -> str:
        return self.decimals.with_short(amount, use)

    def _weighted(self) -> tuple[Amount, Amount]:
        """Both amounts with the factor worked in, at one scale, and room left for a carry."""
        decimals = self.decimals
        over = decimals.times(self.over, decimals.literal(Fraction(self.factor.numerator)))
        tens = 10 ** max(-self.places, 0)
        under = decimals.times(self.under, decimals.literal(Fraction(self.factor.denominator * tens)))
        over, under = decimals.at_one_scale(over, under)
        digits = [MOST_DIGITS - 1 - group for group in _GROUPS]
        room = next((d for d in digits if has_room(d, under.scale, under.usual)), digits[-1])
        over, under = decimals.narrowed(over, MOST_DIGITS - 1), decimals.narrowed(under, room)
        return decimals.wide(over), decimals.wide(under)

    def _groups(self, under: Amount) -> list[int]:
        room = min(MOST_DIGITS - 1 - under.digits, WHOLE_DIGITS - 1)
        places = max(self.places, 0)
        return [room] * (places // room) + ([places % room] if places % room else [])

    def _estimate(self, over: Amount, under: Amount, group: int) -> Amount:
        """A whole number at most one from the quotient, since it has under sixteen digits."""
        dialect = self._dialect
        tens = f" * 1e{group}" if group else ""
        quotient = f"{dialect.double(over.text)} / nullif({dialect.double(under.text)}, 0){tens}"
        digits = dialect.whole_or_missing(f"round({quotient})", WHOLE_DIGITS)
        return Amount(dialect.decimal(digits, 38, 0), 10 ** (group or WHOLE_DIGITS), 0, 38)

    def _rest(self, over: Amount, estimate: Amount, under: Amount) -> Amount:
        """What the estimate leaves, never more than the divisor."""
        return Amount(f"({over.text} - {estimate.text} * {under.text})", under.bound, under.scale, 38)

    def _correction(self, mode: RoundingMode, step: _Step) -> str:
        """Plus or minus one where the estimate is not the whole number the mode asks for.

        ``above`` and ``below`` are the signs of rest ± divisor relative to the divisor, so nothing
        branches and the database computes shared parts once.
        """
        over, under, last, rest = step.over, step.under, step.last, step.rest
        sign = f"sign({under.text})"
        match mode:
            case "half_up":
                # Halves go away from zero: up for a positive quotient, down for a negative one.
                above, below = (f"sign(2 * {rest.text} {way} {under.text}) * {sign}" for way in "-+")
                limit = other = self._dialect.integer(f"sign({over.text}) * {sign} < 0")
            case "half_even":
                above, below = (f"sign(2 * {rest.text} {way} {under.text}) * {sign}" for way in "-+")
                other = f"abs({last.text} % 2)"
                limit = f"(1 - {other})"
            case "floor":
                above, below = f"sign({rest.text} - {under.text}) * {sign}", f"sign({rest.text}) * {sign}"
                limit = other = "0"
            case "ceil":
                above, below = f"sign({rest.text}) * {sign}", f"sign({rest.text} + {under.text}) * {sign}"
                limit = other = "1"
            case _:
                assert_never(mode)
        up, down = (self._dialect.integer(text) for text in (f"{above} >= {limit}", f"{below} < {other}"))
        return f"({up} - {down})"


@dataclass(frozen=True, slots=True)
class _Step:
    """How far an estimate has come: the digits so far, the last group of them, and what they leave."""

    over: Amount
    under: Amount
    total: Amount
    last: Amount
    rest: Amount


def _times(dialect: Dialect, whole: str, factor: int) -> str:
    return whole if factor == 1 else f"({whole} * {dialect.whole_literal(factor)})"
