"""Units and dimensions, exact. The units themselves are declared by packs.

A unit is a factor over its dimension's base: 亩 is 2000/3 of a square metre, exactly. A compound
unit is written with ``*``, ``/`` and ``^``: ``万元/亩``, ``tCO2/tce``, ``m3/万元``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

Dimension = tuple[tuple[str, int], ...]
"""Base dimensions with their powers, sorted, such as ``(("area", -1), ("money", 1))``."""

NO_DIMENSION: Dimension = ()
_TERM = re.compile(r"([*/]?)([^*/^]+)(?:\^(-?\d+))?")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: how it is written, its dimension, and its exact size in base units."""

    code: str
    dimension: Dimension = NO_DIMENSION
    factor: Fraction = Fraction(1)

    def __mul__(self, other: Unit) -> Unit:
        return Unit(
            _joined(self.code, "*", other.code),
            _product(self.dimension, other.dimension, 1),
            self.factor * other.factor,
        )

    def __truediv__(self, other: Unit) -> Unit:
        return Unit(
            _joined(self.code, "/", other.code),
            _product(self.dimension, other.dimension, -1),
            self.factor / other.factor,
        )

    def same_dimension(self, other: Unit) -> bool:
        """Whether values in the two units may be added and compared."""
        return self.dimension == other.dimension

    def conversion_to(self, other: Unit) -> Fraction:
        """What to multiply a value in this unit by to have it in the other.

        Raises:
            ValueError: The dimensions differ.
        """
        if not self.same_dimension(other):
            raise ValueError(f"{self.code} and {other.code} differ in dimension")
        return self.factor / other.factor


ONE = Unit("1")


@dataclass(frozen=True)
class UnitSystem:
    """The units a pack knows, and the reading of compound ones.

    Raises:
        KeyError: From ``unit``: a part of the text is no declared unit.
    """

    units: Mapping[str, Unit] = field(default_factory=dict)

    @classmethod
    def of(cls, units: Iterable[Unit]) -> UnitSystem:
        """A system of these units."""
        return cls({unit.code: unit for unit in units})

    def unit(self, text: str) -> Unit:
        """The unit written so, simple or compound.

        >>> mu = Unit("亩", (("area", 1),), Fraction(2000, 3))
        >>> wan = Unit("万元", (("money", 1),), Fraction(10_000))
        >>> UnitSystem.of([mu, wan]).unit("万元/亩").factor
        Fraction(15, 1)
        """
        text = text.strip()
        if text in self.units:
            return self.units[text]
        if text in ("", "1"):
            return ONE
        result = ONE
        for sign, name, power in _TERM.findall(text):
            known = ONE if name.strip() == "1" else self.units[name.strip()]
            for _ in range(abs(int(power or 1))):
                result = result / known if (sign == "/") != (int(power or 1) < 0) else result * known
        return Unit(text, result.dimension, result.factor)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A decimal with its unit, or a missing one. Missing is never zero."""

    value: Decimal | None
    unit: Unit = ONE

    def to(self, unit: Unit) -> Quantity:
        """The same quantity in another unit of the same dimension, exactly where decimals can."""
        if self.value is None:
            return Quantity(None, unit)
        return Quantity(decimal_of(Fraction(self.value) * self.unit.conversion_to(unit)), unit)


def decimal_of(value: Fraction, places: int = 12) -> Decimal:
    """A fraction as a decimal: exact if it ends, else rounded half up at ``places``.

    >>> decimal_of(Fraction(1, 8)), decimal_of(Fraction(2, 3), 4)
    (Decimal('0.125'), Decimal('0.6667'))
    """
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest == 1:
        exponent = 0
        while (value * 10**exponent).denominator != 1:
            exponent += 1
        return Decimal(int(value * 10**exponent)).scaleb(-exponent)
    scaled = value * 10**places
    sign = -1 if scaled < 0 else 1
    return Decimal(sign * int(abs(scaled) + Fraction(1, 2))).scaleb(-places)


def _product(left: Dimension, right: Dimension, sign: int) -> Dimension:
    powers = dict(left)
    for base, power in right:
        powers[base] = powers.get(base, 0) + sign * power
    return tuple(sorted((base, power) for base, power in powers.items() if power))


def _joined(left: str, sign: str, right: str) -> str:
    if right == "1":
        return left
    if left == "1" and sign == "*":
        return right
    return f"{left}{sign}{right}"
