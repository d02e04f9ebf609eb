"""Text in Chinese and English. Chinese is authoritative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """One text in both languages; a missing English text falls back to the Chinese."""

    zh: str
    en: str = ""

    def text(self, language: Language) -> str:
        """The text in one language."""
        return self.en or self.zh if language == "en" else self.zh or self.en

    def __str__(self) -> str:
        return self.zh


NO_LABEL = Label("", "")
