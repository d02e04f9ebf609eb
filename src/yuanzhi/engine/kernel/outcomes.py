"""Three-valued outcomes (Kleene): met, not met, undetermined."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What a condition, rule or target came to for one subject."""

    MET = "met"
    NOT_MET = "not_met"
    UNDETERMINED = "undetermined"

    @classmethod
    def of(cls, value: bool | None) -> Outcome:
        """The outcome of a nullable truth value.

        >>> Outcome.of(None)
        <Outcome.UNDETERMINED: 'undetermined'>
        """
        if value is None:
            return cls.UNDETERMINED
        return cls.MET if value else cls.NOT_MET


class Basis(StrEnum):
    """Where a value comes from: the policy's text, the pack's author, or nowhere yet."""

    STATED = "stated"
    CHOSEN = "chosen"
    MISSING = "missing"
