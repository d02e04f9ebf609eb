"""Effects that give the same value: all of them, or only the highest (从高执行，不叠加)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from yuanzhi.engine.consequences.moving import GivenEffect
from yuanzhi.engine.formulas.types import Value

ELSEWHERE = "*"
"""Stands for the source of a value that another rule or machine brought."""


@dataclass(frozen=True)
class Applied:
    """A value that applies, which effect it comes from, and the values that give way to it."""

    name: str
    value: Value
    effect: str
    set_aside: tuple[tuple[str, Value], ...] = ()


def combine(
    how: Literal["all", "highest"], effects: Sequence[GivenEffect], others: Mapping[str, Fraction]
) -> tuple[Applied, ...]:
    """The values that apply, by name.

    With ``highest`` one value of each name is kept, the highest; with ``all`` every one applies
    beside the others. A value that cannot be told is not lower than any: it applies as unknown.
    """
    given = [(name, value, own.code) for own in effects for name, value in own.values.items()]
    given += [(name, value, ELSEWHERE) for name, value in others.items()]
    if how == "all":
        return tuple(Applied(name, value, code) for name, value, code in given)
    found = []
    for name in sorted({name for name, _, _ in given}):
        own = [(value, code) for other, value, code in given if other == name]
        numbers = [(value, code) for value, code in own if isinstance(value, Fraction)]
        if len(numbers) < len(own):
            found += [Applied(name, value, code) for value, code in own]
            continue
        best = max(numbers, key=lambda pair: pair[0])
        found.append(
            Applied(name, best[0], best[1], tuple((code, value) for value, code in own if (value, code) != best))
        )
    return tuple(found)
