"""Division in SQL, rounded as a clause names, always exactly.

No two databases round quotients of decimals alike, so the rounding is done here. Where whole numbers
of any width divide well they are divided. Elsewhere the quotient is estimated in double, its
remainder taken exactly in decimals, and the estimate corrected by at most one: six times faster in
DuckDB than dividing 128-bit numbers, and as exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

from yuanzhi.engine.formulas.amounts import Amount, Decimals, TooWideError
from yuanzhi.engine.formulas.dialects import Dialect
from yuanzhi.engine.formulas.nodes import RoundingMode
from yuanzhi.engine.formulas.types import WHOLE_DIGITS

ROUNDED_BELOW = Fraction(10**WHOLE_DIGITS) - Fraction(1, 2)
"""Rounding takes numbers below this; a greater one is missing. Beyond, a double no longer tells wholes apart."""
_LEAST_GROUP = 3


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
        dialect, decimals = self._dialect, self.decimals
        exact = abs(self.factor) * Fraction(10) ** (self.places + self.under.scale - self.over.scale)
        above = _times(dialect, decimals.whole(decimals.absolute(self.over)), exact.numerator)
        below = _times(dialect, decimals.whole(decimals.absolute(self.under)), exact.denominator)
        negative = f"(({self.over.text} {'>' if self.factor < 0 else '<'} 0) <> ({self.under.text} < 0))"
        zero, two = dialect.whole_literal(0), dialect.whole_literal(2)
        below = f"nullif({below}, {zero})"
        less, rounding_up = f"({below} - {dialect.whole_literal(1)})", {"floor": negative, "ceil": f"not {negative}"}
        match mode:
            case "half_up":
                whole = dialect.whole_quotient(f"({above} * {two} + {below})", f"({below} * {two})")
            case "floor" | "ceil":
                away = f"case when {rounding_up[mode]} then {less} else {zero} end"
                whole = dialect.whole_quotient(f"({above} + {away})", below)
            case "half_even":
                whole = dialect.whole_quotient(above, below)
                rest, half = f"({above} - {whole} * {below}) * {two}", f"({whole} % {two})"
                up = f"{rest} > {below} or ({rest} = {below} and {half} <> {zero})"
                whole = f"({whole} + case when {up} then {dialect.whole_literal(1)} else {zero} end)"
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
        estimate = self._estimate(over, under, 0)
        total, rest = estimate, self._rest(over, estimate, under)
        for group in self._groups(under):
            ten = self.decimals.literal(Fraction(10**group))
            estimate = self._estimate(rest, under, group)
            more = Amount(f"({rest.text} * {ten.text})", under.bound * 10**group, rest.scale, 38)
            rest = self._rest(more, estimate, under)
            total = Amount(f"({total.text} * {ten.text} + {estimate.text})", total.bound * 10**group * 2, 0, 38)
        return f"({total.text} + {self._correction(mode, over, under, estimate, rest)})"

    def _weighted(self) -> tuple[Amount, Amount]:
        """Both amounts with the factor worked in, at one scale, and room left for a carry."""
        decimals = self.decimals
        over = decimals.times(self.over, decimals.literal(Fraction(self.factor.numerator)))
        tens = 10 ** max(-self.places, 0)
        under = decimals.times(self.under, decimals.literal(Fraction(self.factor.denominator * tens)))
        over, under = decimals.at_one_scale(over, under)
        if under.digits >= self._dialect.most_digits - _LEAST_GROUP:
            raise TooWideError(under.scale)
        return decimals.wide(over), decimals.wide(under)

    def _groups(self, under: Amount) -> list[int]:
        room = min(self._dialect.most_digits - 1 - under.digits, WHOLE_DIGITS - 1)
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

    def _correction(self, mode: RoundingMode, over: Amount, under: Amount, last: Amount, rest: Amount) -> str:
        """Plus or minus one where the estimate is not the whole number the mode asks for.

        ``above`` and ``below`` are the signs of rest ± divisor relative to the divisor, so nothing
        branches and the database computes shared parts once.
        """
        sign = f"sign({under.text})"
        match mode:
            case "half_up":
                # Halves go away from zero: up for a positive quotient, down for a negative one.
                above, below = (f"sign(2 * {rest.text} {way} {under.text}) * {sign}" for way in "-+")
                limit = other = f"cast(sign({over.text}) * {sign} < 0 as integer)"
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
        return f"(cast({above} >= {limit} as integer) - cast({below} < {other} as integer))"


def _times(dialect: Dialect, whole: str, factor: int) -> str:
    return whole if factor == 1 else f"({whole} * {dialect.whole_literal(factor)})"
