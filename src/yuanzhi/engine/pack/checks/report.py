"""A finding of a check: its code, the trail where it stands, its values."""

from __future__ import annotations

from yuanzhi.engine.kernel.problems import Problem, Severity
from yuanzhi.engine.pack.composing import Composition


def finding(composition: Composition, problem: str, trail: str, /, **values: str) -> Problem:
    """An error at the place where the trail is written."""
    return Problem(problem, composition.place(trail), values)


def warning(composition: Composition, problem: str, trail: str, /, **values: str) -> Problem:
    """Something a person should look at."""
    return Problem(problem, composition.place(trail), values, Severity.WARNING)


def note(composition: Composition, problem: str, trail: str, /, **values: str) -> Problem:
    """Something worth knowing."""
    return Problem(problem, composition.place(trail), values, Severity.NOTE)
