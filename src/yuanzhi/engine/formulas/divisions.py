"""Division of whole numbers in SQL, with the rounding a clause names.

No database rounds decimals of any width alike, but all divide whole numbers alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from yuanzhi.engine.formulas.amounts import TooWideError, without_tens
from yuanzhi.engine.formulas.dialects import Dialect
from yuanzhi.engine.formulas.nodes import RoundingMode

_MOST_STEPS = 4


@dataclass(frozen=True, slots=True)
class Division:
    """``above * times / below``: whole numbers that are not negative, the sign kept apart."""

    dialect: Dialect
    above: str
    above_bound: int
    below: str
    below_bound: int
    times: int
    negative: str

    def signed(self, mode: RoundingMode) -> str:
        """The rounded quotient with its sign."""
        quotient = self._quotient(mode)
        return f"(case when {self.negative} then -{quotient} else {quotient} end)"

    def _quotient(self, mode: RoundingMode) -> str:
        """The rounded quotient, a group of digits at a time where all at once would not fit."""
        room = 10**self.dialect.most_digits // 4
        if self.above_bound * self.times <= room and self.below_bound <= room:
            return self._rounded("", self._scaled(self.above, self.times), mode)
        quotient, rest = self._step(self.above)
        groups = _groups(self.times, room // max(self.below_bound, 1))
        for group in groups[:-1]:
            more, rest = self._step(self._scaled(rest, group))
            quotient = f"({self._scaled(quotient, group)} + {more})"
        last = groups[-1]
        return self._rounded(self._scaled(quotient, last), self._scaled(rest, last), mode)

    def _step(self, above: str) -> tuple[str, str]:
        return self.dialect.divided(above, self.below), self.dialect.remainder(above, self.below)

    def _scaled(self, text: str, factor: int) -> str:
        return text if factor == 1 else f"({text} * {self.dialect.whole_literal(factor)})"

    def _rounded(self, before: str, above: str, mode: RoundingMode) -> str:
        """``before`` plus the last quotient, rounded as its magnitude needs."""
        below, one = self.below, self.dialect.whole_literal(1)
        zero, two = self.dialect.whole_literal(0), self.dialect.whole_literal(2)
        match mode:
            case "half_up":
                last = self.dialect.divided(f"({above} * {two} + {below})", f"({below} * {two})")
            case "floor":
                away = f"(case when {self.negative} then {below} - {one} else {zero} end)"
                last = self.dialect.divided(f"({above} + {away})", below)
            case "ceil":
                away = f"(case when {self.negative} then {zero} else {below} - {one} end)"
                last = self.dialect.divided(f"({above} + {away})", below)
            case "half_even":
                return self._half_even(before, above)
            case _:
                assert_never(mode)
        return f"({before} + {last})" if before else last

    def _half_even(self, before: str, above: str) -> str:
        last, rest = self._step(above)
        whole = f"({before} + {last})" if before else last
        zero, one, two = (self.dialect.whole_literal(number) for number in (0, 1, 2))
        odd = f"{self.dialect.remainder(whole, two)} = {one}"
        up = f"{rest} * {two} > {self.below} or ({rest} * {two} = {self.below} and {odd})"
        return f"({whole} + case when {up} then {one} else {zero} end)"


def _groups(times: int, room: int) -> list[int]:
    """Factors of ``times``, none greater than the room.

    Raises:
        TooWideError: The divisor leaves no room to divide on.
    """
    odd = without_tens(times)
    rest, groups = times // odd, [odd]
    for prime in (2, 5):
        while rest % prime == 0 and rest > 1:
            rest //= prime
            if groups[-1] * prime > room:
                groups.append(1)
            groups[-1] *= prime
    if len(groups) > _MOST_STEPS or max(groups) > room:
        raise TooWideError(len(str(times)))
    return groups
