"""Who stands above whom, and above which line: comparisons of scores that must not hang on a rounding.

Floats decide where scores are clearly apart. Where two scores, or a score and a cut, are close,
exact fractions decide; where a scheme has none, scores are compared at a declared number of
decimals (``decision_scale``, nine without a declaration). So 0.1 + 0.2 never moves a grade.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from yuanzhi.engine.assessment.exact import rounded
from yuanzhi.engine.assessment.matrix import Floats, Mask, Whole
from yuanzhi.engine.kernel.quantities import decimal_of

DEFAULT_SCALE = 9
NEAR = 1e-6
"""Scores nearer than this share of the largest are decided exactly."""
ExactScore = Callable[[int], Fraction | None]


@dataclass(frozen=True, eq=False)
class Standing:
    """Scores as they are compared.

    ``order`` is a whole number per unit, higher for a better score and equal for a tie, -1 where
    there is no score. ``decisive`` is the score that was compared.
    """

    order: Whole
    decisive: tuple[Fraction | None, ...]

    @property
    def known(self) -> Mask:
        """The units that have a score."""
        return self.order >= 0

    def reaches(self, cut: Decimal, *, strict: bool = False) -> Mask:
        """Which units stand at or above a cut, or strictly above it."""
        line = Fraction(cut)
        return np.array(
            [own is not None and (own > line if strict else own >= line) for own in self.decisive], dtype=bool
        )

    def value(self, row: int) -> Decimal | None:
        """The score compared, as a decimal of at most twelve places."""
        own = self.decisive[row]
        return None if own is None else decimal_of(own)


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
    contested = _contested(scores, cuts) if exact else np.zeros(len(scores), dtype=bool)
    decisive: list[Fraction | None] = []
    for row, score in enumerate(scores.tolist()):
        own: Fraction | None = None
        if score == score:
            own = exact(row) if exact and contested[row] else None
            if own is None:
                own = rounded(Fraction(score), "half_up", DEFAULT_SCALE if scale is None else scale)
            elif scale is not None:
                own = rounded(own, "half_up", scale)
        decisive.append(own)
    return Standing(_order(decisive), tuple(decisive))


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


def _order(decisive: Sequence[Fraction | None]) -> Whole:
    places = {own: place for place, own in enumerate(sorted({own for own in decisive if own is not None}))}
    return np.array([-1 if own is None else places[own] for own in decisive], dtype=np.int64)


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
