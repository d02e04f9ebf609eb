"""Why a result is what it is: value, formula, inputs and clause, as a tree people can walk.

An explanation is data; ``as_text`` prints it in Chinese or English. The tree ends at the rows of
returns with their source and the day they were recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from yuanzhi.engine.kernel.labels import NO_LABEL, Label, Language
from yuanzhi.engine.kernel.outcomes import Basis

_WORDS = {
    "zh": {
        "formula": "算法", "clause": "依据", "missing": "缺", "synthetic": "合成数据", "source": "来源",
        "stated": "文件规定", "chosen": "本包选定", "unset": "尚未确定", "nothing": "缺",
    },
    "en": {
        "formula": "formula", "clause": "clause", "missing": "missing", "synthetic": "synthetic data",
        "source": "source", "stated": "stated by the policy", "chosen": "chosen by the pack", "unset": "not set",
        "nothing": "missing",
    },
}  # fmt: skip
_BASIS = {Basis.STATED: "stated", Basis.CHOSEN: "chosen", Basis.MISSING: "unset"}


@dataclass(frozen=True)
class Citation:
    """A clause as one cites it: pack, document, number as printed, our words."""

    pack: str
    clause: str
    document: Label = NO_LABEL
    printed: Label = NO_LABEL
    text: Label = NO_LABEL

    @property
    def key(self) -> str:
        """The clause with its pack."""
        return f"{self.pack}#{self.clause}"

    def short(self, language: Language) -> str:
        """The document and clause in one line."""
        return f"{self.document.text(language)} {self.printed.text(language)}（{self.key}）".strip()


@dataclass(frozen=True)
class Explanation:
    """One value and what it rests on.

    Attributes:
        name: The result's name, such as ``series/park_share/all/630000/2020``; empty for a fact of a return.
        title: What it is.
        value: The value as text in the unit, empty when missing.
        word: An outcome, grade or state in words, shown before the value.
        formula: How it is computed, in words.
        citation: The clause, where one stands behind it.
        basis: Whether the definition is the policy's or the pack author's.
        sources: File, sheet and row, and the day it was recorded.
        notes: Whatever a reader must know: vetoes, imputed cells, alternatives.
        inputs: What went in.
    """

    title: Label
    name: str = ""
    value: str = ""
    word: Label = NO_LABEL
    unit: str = ""
    formula: Label = NO_LABEL
    citation: Citation | None = None
    basis: Basis | None = None
    synthetic: bool = False
    sources: tuple[Label, ...] = ()
    notes: tuple[Label, ...] = ()
    inputs: tuple[Explanation, ...] = field(default=())

    @property
    def rests_on_choice(self) -> bool:
        """Whether this or anything under it was chosen by the pack's author."""
        return self.basis is Basis.CHOSEN or any(part.rests_on_choice for part in self.inputs)

    def shown(self, language: Language) -> str:
        """Word, value and unit, or an empty text where it is missing."""
        unit = f" {self.unit}" if self.unit not in ("", "1") and self.value else ""
        return " · ".join(part for part in (self.word.text(language), f"{self.value}{unit}") if part)


def as_text(explanation: Explanation, language: Language = "zh", depth: int = 6) -> str:
    """The explanation as an indented text.

    Args:
        explanation: What to print.
        language: ``zh`` or ``en``.
        depth: How many levels of inputs to follow.
    """
    return "\n".join(_lines(explanation, language, depth, "", set()))


def _lines(part: Explanation, language: Language, depth: int, indent: str, told: set[str]) -> Iterator[str]:
    words = _WORDS[language]
    marks = [words[_BASIS[part.basis]]] if part.basis else []
    marks += [words["synthetic"]] if part.synthetic else []
    mark = f"  [{' · '.join(marks)}]" if marks else ""
    yield f"{indent}{part.title.text(language)} = {part.shown(language) or words['nothing']}{mark}"
    inner = indent + "    "
    if part.formula.zh:
        yield f"{inner}{words['formula']}: {part.formula.text(language)}"
    if part.citation:
        yield f"{inner}{words['clause']}: {part.citation.short(language)}"
        if part.citation.text.zh and part.citation.key not in told:
            told.add(part.citation.key)
            yield f"{inner}  {part.citation.text.text(language)}"
    for source in part.sources:
        yield f"{inner}{words['source']}: {source.text(language)}"
    for note in part.notes:
        yield f"{inner}· {note.text(language)}"
    if depth > 0:
        for inputs in part.inputs:
            yield from _lines(inputs, language, depth - 1, inner, told)
