"""Granting in order until the amount is used up: the arithmetic of an allocation, without formulas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from typing import Any, Literal

from yuanzhi.engine.kernel.labels import NO_LABEL, Label
from yuanzhi.engine.kernel.quantities import decimal_of

Direction = Literal["asc", "desc"]


class GrantStatus(StrEnum):
    """What became of a request."""

    GRANTED = "granted"
    PARTIAL = "partial"
    USED_UP = "used_up"
    TIED = "tied"
    INELIGIBLE = "ineligible"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request with what decides its place.

    Attributes:
        id: The request's code.
        requested: How much it asks for; ``None`` if that cannot be told.
        keys: The values of the order's keys, in order.
        is_eligible: Whether it meets the allocation's condition.
        missing: The facts that are absent.
    """

    id: str
    requested: Fraction | None
    keys: tuple[Any, ...] = ()
    is_eligible: bool | None = True
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a request gets, its place, and why. Requests tied at the cut share a place and wait for a decision."""

    id: str
    status: GrantStatus
    rank: int | None = None
    requested: Decimal | None = None
    granted: Decimal = Decimal(0)
    keys: tuple[Any, ...] = ()
    missing: tuple[str, ...] = ()
    reason: Label = field(default=NO_LABEL)


def grant(
    requests: Iterable[Request], amount: Fraction, directions: Sequence[Direction], *, partial: bool
) -> tuple[tuple[Grant, ...], Fraction]:
    """Rank the requests and grant in order until the amount is used up.

    Requests with equal keys stand on one place. If the amount does not suffice for all of them, the
    engine grants none of them and reserves what is left for a person's decision: nothing in the
    rules says which of them comes first. A request that asks for nothing or less is not eligible. Without ``partial``
    granting stops at the first request that does not fit; a later, smaller one may not overtake it.

    Args:
        requests: In any order; the result does not depend on it.
        amount: What there is to give.
        directions: ``asc`` or ``desc`` for each key.
        partial: Whether the last grant may be cut to what is left.

    Returns:
        The grants in order of rank, those without one at the end by id, and what is left over.
    """
    ranked: list[Request] = []
    others: list[Request] = []
    for request in requests:
        (ranked if _is_rankable(request) else others).append(request)
    ranked.sort(key=lambda request: (_order(request.keys, directions), request.id))
    left, is_open = amount, True
    grants: list[Grant] = []
    for _, group in groupby(ranked, key=lambda request: _order(request.keys, directions)):
        members = list(group)
        rank = len(grants) + 1
        results, left, is_open = _grant_group(members, left, is_open=is_open, partial=partial)
        grants.extend(replace(result, rank=rank) for result in results)
    grants.extend(_not_ranked(request) for request in sorted(others, key=lambda request: request.id))
    return tuple(grants), left


def _is_rankable(request: Request) -> bool:
    return (
        request.is_eligible is True
        and request.requested is not None
        and request.requested > 0
        and None not in request.keys
    )


def _grant_group(
    members: list[Request], left: Fraction, *, is_open: bool, partial: bool
) -> tuple[list[Grant], Fraction, bool]:
    wanted = sum((request.requested or Fraction(0) for request in members), Fraction(0))
    if is_open and wanted <= left:
        return [_whole(request) for request in members], left - wanted, True
    if not is_open or left == 0:
        return [_with(request, GrantStatus.USED_UP) for request in members], left, False
    if len(members) > 1:
        return [_with(request, GrantStatus.TIED) for request in members], left, False
    if partial:
        return [_with(members[0], GrantStatus.PARTIAL, left)], Fraction(0), False
    return [_with(members[0], GrantStatus.USED_UP)], left, False


def _whole(request: Request) -> Grant:
    return _with(request, GrantStatus.GRANTED, request.requested or Fraction(0))


def _not_ranked(request: Request) -> Grant:
    unknown = request.is_eligible is None or (
        request.is_eligible and (request.requested is None or None in request.keys)
    )
    return _with(request, GrantStatus.UNDETERMINED if unknown else GrantStatus.INELIGIBLE)


def _with(request: Request, status: GrantStatus, granted: Fraction = Fraction(0)) -> Grant:
    requested = None if request.requested is None else decimal_of(request.requested)
    return Grant(
        id=request.id,
        status=status,
        requested=requested,
        granted=decimal_of(granted),
        keys=request.keys,
        missing=request.missing,
    )


def _order(keys: tuple[Any, ...], directions: Sequence[Direction]) -> tuple[Any, ...]:
    return tuple(
        _Reversed(key) if direction == "desc" else key for key, direction in zip(keys, directions, strict=True)
    )


@dataclass(frozen=True)
class _Reversed:
    """Sorts the other way round, for keys that are no numbers too."""

    key: Any

    def __lt__(self, other: _Reversed) -> bool:
        return bool(other.key < self.key)
