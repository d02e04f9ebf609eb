"""Who stands above whom, and above which line: comparisons of scores that must not hang on a rounding.

Floats decide where scores are clearly apart. Where two scores, or a score and a cut, are close,
exact fractions decide; where a scheme has none, scores are compared at a declared number of
decimals (``decision_scale``, nine without a declaration). So 0.1 + 0.2 never moves a grade.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import numpy as np

from yuanzhi.engine.assessment.exact import rounded
from yuanzhi.engine.assessment.matrix import Floats, Mask, Whole
from yuanzhi.engine.kernel.quantities import decimal_of

DEFAULT_SCALE = 9
EXACT_FLOAT = 2.0**53
NEAR = 1e-6
"""Scores nearer than this share of the largest are decided exactly."""
ExactScore = Callable[[int], Fraction | None]


@dataclass(frozen=True, eq=False)
class Standing:
    """Scores as they are compared.

    ``order`` is a whole number per unit, higher for a better score and equal for a tie, -1 where
    there is no score. ``scaled`` is the score in units of the last decimal that counts; rows in
    ``exact`` are compared by their exact score instead.
    """

    order: Whole
    scaled: Whole
    scale: int
    exact: Mapping[int, Fraction] = field(default_factory=dict)

    @property
    def known(self) -> Mask:
        """The units that have a score."""
        return self.order >= 0

    def decisive(self, row: int) -> Fraction | None:
        """The score that is compared."""
        if self.order[row] < 0:
            return None
        return self.exact.get(row, Fraction(int(self.scaled[row]), 10**self.scale))

    def reaches(self, cut: Decimal, *, strict: bool = False) -> Mask:
        """Which units stand at or above a cut, or strictly above it."""
        line = Fraction(cut)
        scaled = line * 10**self.scale
        met = self.scaled > math.floor(scaled) if strict else self.scaled >= math.ceil(scaled)
        for row, own in self.exact.items():
            met[row] = own > line if strict else own >= line
        return np.asarray(met & self.known)

    def value(self, row: int) -> Decimal | None:
        """The score compared, as a decimal of at most twelve places."""
        if self.order[row] < 0:
            return None
        if row in self.exact:
            return decimal_of(self.exact[row])
        plain = Decimal(int(self.scaled[row])).scaleb(-self.scale).normalize()
        return plain.quantize(Decimal(1)) if plain == plain.to_integral_value() else plain


def stand(
    scores: Floats, *, cuts: Sequence[Decimal] = (), scale: int | None = None, exact: ExactScore | None = None
) -> Standing:
    """Put scores in order.

    Args:
        scores: Scores as floats, NaN where there is none.
        cuts: The lines scores are compared with.
        scale: Decimals at which scores are compared; a declared scale holds for exact scores too.
        exact: The exact score of a row where there is one. Asked only for contested rows.
    """
    places = DEFAULT_SCALE if scale is None else scale
    known = ~np.isnan(scores)
    scaled = _scaled(scores, known, places)
    found: dict[int, Fraction] = {}
    for row in np.flatnonzero(_contested(scores, cuts)).tolist() if exact else ():
        own = exact(row) if exact else None
        if own is not None:
            found[row] = own if scale is None else rounded(own, "half_up", scale)
    return Standing(_order(scaled, known, places, found), scaled, places, found)


def _scaled(scores: Floats, known: Mask, places: int) -> Whole:
    """Scores as whole numbers of the last decimal, rounded half up; large ones by fractions, as floats would not do."""
    filled = np.where(known, scores, 0.0)
    if np.abs(filled).max(initial=0.0) * 10.0**places < EXACT_FLOAT:
        return np.asarray(np.sign(filled) * np.floor(np.abs(filled) * 10.0**places + 0.5)).astype(np.int64)
    return np.array([int(rounded(Fraction(own) * 10**places, "half_up", 0)) for own in filled.tolist()], dtype=object)


def ranks(standing: Standing, rows: Sequence[Whole]) -> Whole:
    """Rank from the top within each group, tied units taking the better rank; 0 where there is none.

    >>> ranks(stand(np.array([5.0, 7.0, 7.0, np.nan])), [np.arange(4)]).tolist()
    [3, 1, 1, 0]
    """
    return _ranked(standing.order, rows, best_first=True)


def ranks_from_bottom(standing: Standing, rows: Sequence[Whole]) -> Whole:
    """Rank from the bottom within each group, tied units taking the lower place; 0 where there is none.

    Two units tied across the last place of “the last five” are both among the last five.
    """
    return _ranked(standing.order, rows, best_first=False)


def group_sizes(standing: Standing, rows: Sequence[Whole]) -> Whole:
    """How many units with a score stand in the group of each unit."""
    sizes = np.zeros(len(standing.order), dtype=np.int64)
    for own in rows:
        sizes[own] = int(standing.known[own].sum())
    return sizes


def _ranked(order: Whole, rows: Sequence[Whole], *, best_first: bool) -> Whole:
    found = np.zeros(len(order), dtype=np.int64)
    for own in rows:
        known = own[order[own] >= 0]
        ordered = np.sort(order[known])
        if best_first:
            found[known] = len(known) - np.searchsorted(ordered, order[known], side="right") + 1
        else:
            found[known] = np.searchsorted(ordered, order[known], side="left") + 1
    return found


def _order(scaled: Whole, known: Mask, places: int, exact: Mapping[int, Fraction]) -> Whole:
    order = np.full(len(scaled), -1, dtype=np.int64)
    rows = np.flatnonzero(known)
    if not exact:
        order[rows] = np.unique(scaled[rows], return_inverse=True)[1]
        return order
    own = [exact.get(row, Fraction(int(scaled[row]), 10**places)) for row in rows.tolist()]
    place = {score: number for number, score in enumerate(sorted(set(own)))}
    order[rows] = [place[score] for score in own]
    return order


def _contested(scores: Floats, cuts: Sequence[Decimal]) -> Mask:
    """Rows whose score is close to that of another or to a cut."""
    found = np.zeros(len(scores), dtype=bool)
    known = np.flatnonzero(~np.isnan(scores))
    if not len(known):
        return found
    largest = max(float(np.abs(scores[known]).max()), 1.0)
    by_score = known[np.argsort(scores[known], kind="stable")]
    close = np.diff(scores[by_score]) <= NEAR * largest
    found[by_score[:-1][close]] = True
    found[by_score[1:][close]] = True
    for cut in cuts:
        found[known] |= np.abs(scores[known] - float(cut)) <= NEAR * largest
    return found
