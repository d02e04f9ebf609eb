"""What is wrong with a pack or with data: a record with code, place and values.

A check returns every problem it finds. Wording is looked up in ``kernel.messages`` when the
problem is shown, in Chinese or English, in four parts: where, found, rule, remedy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum

from yuanzhi.engine.kernel.labels import Language

SHOWN_OFFENDERS = 5


class Severity(StrEnum):
    """An error stops the work; a warning goes to a person; a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: a file with line and column, or a sheet with a cell.

    ``path`` is the trail inside the document, such as ``indicators/tax_per_mu/formula``.
    """

    file: str = ""
    line: int = 0
    column: int = 0
    path: str = ""
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        spot = self.file
        if self.sheet:
            spot += f"[{self.sheet}]"
        if self.cell:
            spot += f"!{self.cell}"
        elif self.line:
            spot += f":{self.line}" + (f":{self.column}" if self.column else "")
        return ", ".join(part for part in (spot, self.path) if part)


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. ``values`` fill the placeholders of the message with this code."""

    code: str
    place: Place = NOWHERE
    values: Mapping[str, str] = field(default_factory=dict)
    severity: Severity = Severity.ERROR

    def text(self, language: Language = "zh") -> str:
        """The problem in full: where, found, rule, remedy."""
        from yuanzhi.engine.kernel.messages import wording

        return wording(self, language)


class ProblemsError(Exception):
    """Raised where a caller asked for a result and only problems exist."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.text("en") for problem in self.problems))


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of the problems stops the work."""
    return any(problem.severity is Severity.ERROR for problem in problems)


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like this one, or an empty text.

    >>> nearest("tax_per_mo", ["tax_per_mu", "land_area"]), nearest("万圆", ["万元", "公顷"])
    ('tax_per_mu', '万元')
    """
    # One slip in a word of two or three characters, as most Chinese units are, leaves only half of it alike.
    found = get_close_matches(name, list(known), n=1, cutoff=0.6 if len(name) > 3 else 0.5)
    return found[0] if found else ""


def listed(names: Iterable[str]) -> str:
    """At most five offenders by name and how many more there are.

    >>> listed("abcdefg")
    'a, b, c, d, e (+2)'
    """
    all_names = list(names)
    shown = ", ".join(all_names[:SHOWN_OFFENDERS])
    more = len(all_names) - SHOWN_OFFENDERS
    return f"{shown} (+{more})" if more > 0 else shown
