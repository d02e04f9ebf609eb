"""Units of products and quotients, kept readable: 万元/亩 times 亩 is 万元 again."""

from __future__ import annotations

import re

from yuanzhi.engine.kernel.quantities import NO_DIMENSION, ONE, Unit, UnitSystem

_TERM = re.compile(r"([*/]?)([^*/^]+)(?:\^(-?\d+))?")


def product(left: Unit, right: Unit, units: UnitSystem) -> Unit:
    """The unit of a product."""
    return _combined(left, right, 1, units)


def quotient(left: Unit, right: Unit, units: UnitSystem) -> Unit:
    """The unit of a quotient."""
    return _combined(left, right, -1, units)


def is_scaled_share(unit: Unit) -> bool:
    """Whether the unit is a share on another scale, such as per cent: no dimension, factor not one."""
    return unit.dimension == NO_DIMENSION and unit.factor != 1


def is_clear(unit: Unit, units: UnitSystem) -> bool:
    """Whether a bare number beside this unit can mean one thing only.

    亩*万元/公顷 is money, but nobody knows on what scale: two area units stand against each other.
    """
    known = [(units.units.get(code, ONE), power) for code, power in _terms(unit).items()]
    signed = [(base, power * own > 0) for one, own in known for base, power in one.dimension]
    return not any((base, not up) in signed for base, up in signed)


def _combined(left: Unit, right: Unit, sign: int, units: UnitSystem) -> Unit:
    powers = _terms(left)
    for code, power in _terms(right).items():
        powers[code] = powers.get(code, 0) + sign * power
    powers = {code: power for code, power in powers.items() if power}
    exact = left * right if sign > 0 else left / right
    return Unit(_written(powers), exact.dimension, exact.factor)


def _terms(unit: Unit) -> dict[str, int]:
    powers: dict[str, int] = {}
    for sign, name, power in _TERM.findall(unit.code):
        if name.strip() != "1":
            powers[name.strip()] = powers.get(name.strip(), 0) + int(power or 1) * (-1 if sign == "/" else 1)
    return powers


def _written(powers: dict[str, int]) -> str:
    above = [code if power == 1 else f"{code}^{power}" for code, power in powers.items() if power > 0]
    below = [code if power == -1 else f"{code}^{-power}" for code, power in powers.items() if power < 0]
    return "".join(["*".join(above) or "1", *("/" + code for code in below)])
