"""Rules: determinations with reasons for one subject or for many, and priority as an allocation."""

from yuanzhi.engine.rules.allocation import AllocationResult, allocate
from yuanzhi.engine.rules.determination import ConditionFinding, Determination, GivenValue
from yuanzhi.engine.rules.determinations import Determinations
from yuanzhi.engine.rules.explaining import explain
from yuanzhi.engine.rules.granting import Grant, GrantStatus
from yuanzhi.engine.rules.single import determine_one
from yuanzhi.engine.rules.vectorised import determine, determine_all

__all__ = [
    "AllocationResult",
    "ConditionFinding",
    "Determination",
    "Determinations",
    "GivenValue",
    "Grant",
    "GrantStatus",
    "allocate",
    "determine",
    "determine_all",
    "determine_one",
    "explain",
]
