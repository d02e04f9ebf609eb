"""The wording of every problem, zh and en, one module for each room of the engine.

A message has three parts beside the place: what was found, the rule behind the refusal, what
to do. Both languages name the same placeholders; a house test holds that.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yuanzhi.engine.kernel.labels import Language
    from yuanzhi.engine.kernel.problems import Problem


@dataclass(frozen=True, slots=True)
class Wording:
    """Found, rule and remedy in one language."""

    found: str
    rule: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Message:
    """A problem's wording in both languages."""

    zh: Wording
    en: Wording

    def placeholders(self, language: Language) -> frozenset[str]:
        """The names the texts of one language ask for."""
        wording_ = self.zh if language == "zh" else self.en
        text = wording_.found + wording_.rule + wording_.remedy
        return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def message(zh: tuple[str, str, str], en: tuple[str, str, str]) -> Message:
    """A message from (found, rule, remedy) in both languages."""
    return Message(Wording(*zh), Wording(*en))


def all_messages() -> dict[str, Message]:
    """Every message by code; two rooms never share one."""
    table: dict[str, Message] = {}
    for module in sorted(iter_modules(__path__), key=lambda found: found.name):
        own: dict[str, Message] = import_module(f"{__name__}.{module.name}").MESSAGES
        if twice := table.keys() & own.keys():
            raise ValueError(f"message codes used twice: {sorted(twice)}")
        table |= own
    return table


_TABLE: dict[str, Message] = {}
_SEVERITY = {
    "zh": {"error": "错误", "warning": "警告", "note": "提示"},
    "en": {"error": "error", "warning": "warning", "note": "note"},
}


def wording(problem: Problem, language: Language = "zh") -> str:
    """One problem as a sentence: place, severity and code, found, rule, remedy.

    Raises:
        KeyError: The code has no message, or the message asks for a value the problem lacks.
    """
    if not _TABLE:
        _TABLE.update(all_messages())
    own = _TABLE[problem.code]
    parts = own.zh if language == "zh" else own.en
    text = (" " if language == "en" else "").join(
        part.format(**problem.values) for part in (parts.found, parts.rule, parts.remedy) if part
    )
    where = f"{problem.place}: " if str(problem.place) else ""
    return f"{where}{_SEVERITY[language][problem.severity]}[{problem.code}] {text}"
