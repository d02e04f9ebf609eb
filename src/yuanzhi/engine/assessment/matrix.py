"""The facts of an assessment as a matrix: one row per unit, one column per indicator.

Values are held twice: as float64 for the statistics, and as the decimals they came from, which
decide wherever a score stands close to a line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Matrix:
    """Values of units by indicator; NaN is a missing cell and nothing else.

    ``exact`` holds the decimals of the columns that have them, in the order of ``units``.
    ``groups`` gives every unit its place in a grouping (region, type, size) by the grouping's name.
    """

    units: tuple[str, ...]
    indicators: tuple[str, ...]
    values: Floats
    exact: Mapping[str, tuple[Decimal | None, ...]] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.units), len(self.indicators)):
            raise ValueError("the matrix needs a row for every unit and a column for every indicator")
        if len(set(self.units)) != len(self.units) or len(set(self.indicators)) != len(self.indicators):
            raise ValueError("units and indicators of a matrix must differ from one another")
        for name, members in self.groups.items():
            if len(members) != len(self.units):
                raise ValueError(f"grouping {name} must place every unit")

    @classmethod
    def of(
        cls,
        rows: Mapping[str, Mapping[str, Decimal | None]],
        *,
        indicators: Sequence[str] | None = None,
        groups: Mapping[str, Mapping[str, str]] | None = None,
    ) -> Matrix:
        """The matrix of decimals given by unit and indicator; what is not given is missing.

        >>> Matrix.of({"b": {"x": Decimal(2)}, "a": {"x": None}}).units
        ('a', 'b')
        """
        units = tuple(sorted(rows))
        names = (
            tuple(indicators) if indicators is not None else tuple(sorted({k for row in rows.values() for k in row}))
        )
        exact = {name: tuple(rows[unit].get(name) for unit in units) for name in names}
        values = np.full((len(units), len(names)), np.nan)
        for column, name in enumerate(names):
            values[:, column] = [np.nan if cell is None else float(cell) for cell in exact[name]]
        placed = {name: tuple(members.get(unit, "") for unit in units) for name, members in (groups or {}).items()}
        return cls(units, names, values, exact, placed)

    def column(self, indicator: str) -> Floats:
        """The values of an indicator, all missing where the matrix does not have it."""
        if indicator not in self.indicators:
            return np.full(len(self.units), np.nan)
        return self.values[:, self.indicators.index(indicator)]

    def decimal(self, indicator: str, row: int) -> Decimal | None:
        """The decimal a cell came from; the float's own digits where none was given."""
        if indicator in self.exact:
            return self.exact[indicator][row]
        value = self.column(indicator)[row]
        return None if np.isnan(value) else Decimal(repr(float(value)))

    def row(self, unit: str) -> dict[str, Decimal | None]:
        """The facts of one unit by indicator."""
        at = self.units.index(unit)
        return {name: self.decimal(name, at) for name in self.indicators}

    def take(self, rows: Sequence[int]) -> Matrix:
        """The same matrix with these rows, in this order."""
        at = list(rows)
        return Matrix(
            tuple(self.units[i] for i in at),
            self.indicators,
            self.values[at],
            {name: tuple(cells[i] for i in at) for name, cells in self.exact.items()},
            {name: tuple(members[i] for i in at) for name, members in self.groups.items()},
        )

    def ordered(self) -> Matrix:
        """The matrix with units in the order of their codes, so that input order never matters."""
        rows = sorted(range(len(self.units)), key=self.units.__getitem__)
        return self if rows == list(range(len(rows))) else self.take(rows)

    def infinite_cells(self) -> tuple[tuple[str, str], ...]:
        """Cells that hold an infinity, as (unit, indicator); a matrix of facts has none."""
        return tuple(
            (self.units[i], self.indicators[j]) for i, j in zip(*np.nonzero(np.isinf(self.values)), strict=True)
        )


def members_of(matrix: Matrix, grouping: str) -> tuple[tuple[str, Whole], ...]:
    """The rows of each group, by group; one group of all where no grouping is named.

    A unit without a place in the grouping belongs to no group.
    """
    everyone = np.arange(len(matrix.units))
    if not grouping:
        return (("", everyone),)
    places = np.array(matrix.groups.get(grouping, ("",) * len(matrix.units)), dtype=object)
    return tuple((str(name), everyone[places == name]) for name in sorted(set(places)) if name)
