"""Whom a machine is for: territory, tier, kind, park and a condition on attributes."""

from __future__ import annotations

from yuanzhi.engine.assessment.expressions import Expressions
from yuanzhi.engine.consequences.histories import Facts
from yuanzhi.engine.pack.model import RuleScope

_LISTED = (("tiers", "tier"), ("kinds", "kind"))


def inside_scope(
    scope: RuleScope, subject: str, facts: Facts, expressions: Expressions
) -> tuple[bool | None, tuple[str, ...]]:
    """Whether a subject is in a scope; ``None`` with the missing facts where that cannot be told.

    A territory covers those below it: 630000 covers 630102.
    """
    missing: list[str] = []
    for own, attribute in _LISTED:
        allowed = getattr(scope, own)
        if allowed and facts.get(attribute) is None:
            missing.append(attribute)
        elif allowed and facts.get(attribute) not in allowed:
            return False, ()
    if scope.parks and subject not in scope.parks and facts.get("park") not in scope.parks:
        return False, ()
    if scope.territories:
        territory = facts.get("territory")
        if territory is None:
            missing.append("territory")
        elif not any(covers(above, str(territory)) for above in scope.territories):
            return False, ()
    if scope.where:
        holds = expressions.holds("scope/where", scope.where, facts)
        if holds is False:
            return False, ()
        if holds is None:
            missing += expressions.missing("scope/where", scope.where, facts)
    return (None, tuple(missing)) if missing else (True, ())


def covers(above: str, territory: str) -> bool:
    """Whether one region code is the other or above it.

    >>> covers("630000", "630102"), covers("630100", "630202")
    (True, False)
    """
    stem = above
    while stem.endswith("00"):
        stem = stem[:-2]
    return territory.startswith(stem)
