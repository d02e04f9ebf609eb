"""The reasons of a determination in sentences, Chinese and English from the same findings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from yuanzhi.engine.formulas import AtomFinding
from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.kernel.labels import Label, Language
from yuanzhi.engine.kernel.outcomes import Basis, Outcome
from yuanzhi.engine.kernel.problems import listed
from yuanzhi.engine.pack.model import Rule
from yuanzhi.engine.rules.determination import ConditionFinding, Determination, GivenValue

if TYPE_CHECKING:
    from yuanzhi.engine.pack import CompiledPack

_OUTCOMES = {
    Outcome.MET: Label("符合", "met"),
    Outcome.NOT_MET: Label("不符合", "not met"),
    Outcome.UNDETERMINED: Label("无法判定", "undetermined"),
}
_ROLES = {
    "scope": Label("适用范围", "scope"),
    "when": Label("条件", "condition"),
    "exception": Label("例外", "exception"),
}


def explain(compiled: CompiledPack, determination: Determination, language: Language = "zh") -> tuple[str, ...]:
    """What a rule came to and why, a sentence a line.

    First the outcome with what follows and the clause; then each condition with what was found; the
    row of the table; what is given; what is missing; and whether the result rests on a chosen value.
    """
    rule = compiled.composition.rules[determination.rule]
    lines = [_headline(rule, determination)]
    if determination.outcome is not None:
        lines += [line for finding in determination.findings for line in _condition(finding)]
        lines += [_row(rule, number) for number in determination.rows]
        lines += [_given(name, given) for name, given in determination.gives.items()]
        lines += _open(rule, determination)
        lines += _missing(rule, determination)
        lines += _basis(determination.basis)
    return tuple(line.text(language) for line in lines)


def _headline(rule: Rule, found: Determination) -> Label:
    name = Label(rule.label.zh or rule.code, rule.label.en or rule.code)
    cited = found.citation
    if found.is_applicable is False:
        return Label(f"{name.zh}（{cited}）：不适用。", f"{name.en} ({cited}): does not apply.")
    word = _OUTCOMES[found.outcome or Outcome.UNDETERMINED]
    follows = Label(found.label.zh or found.effect, found.label.en or found.effect)
    zh = f"：{follows.zh}" if follows.zh else ""
    en = f": {follows.en}" if follows.en else ""
    by_zh = f"，按例外“{_exception_name(rule, found).zh}”" if found.exception else ""
    by_en = f", by the exception “{_exception_name(rule, found).en}”" if found.exception else ""
    return Label(f"{name.zh}（{cited}）{word.zh}{by_zh}{zh}。", f"{name.en} ({cited}) is {word.en}{by_en}{en}.")


def _exception_name(rule: Rule, found: Determination) -> Label:
    codes = found.exception.split("|")
    named = [own.label for at, own in enumerate(rule.exceptions) if (own.code or str(at)) in codes and own.label.zh]
    if len(named) != len(codes):
        return Label(found.exception, found.exception)
    return Label("、".join(own.zh for own in named), ", ".join(own.text("en") for own in named))


def _condition(finding: ConditionFinding) -> list[Label]:
    role = _ROLES[finding.role]
    zh = f"{role.zh}“{finding.label.zh}”" if finding.role == "exception" and finding.label.zh else role.zh
    en = f"{role.en} “{finding.label.text('en')}”" if finding.role == "exception" and finding.label.zh else role.en
    return [_atom(zh, en, atom) for atom in finding.atoms]


def _atom(zh: str, en: str, atom: AtomFinding) -> Label:
    word = _OUTCOMES[atom.outcome]
    if atom.missing:
        names = listed(atom.missing)
        return Label(
            f"{zh}：{atom.text_zh}，缺 {names}，{word.zh}。", f"{en}: {atom.text_en}; {names} missing: {word.en}."
        )
    left = _shown(atom.left)
    found_zh, found_en = (f"，实际 {left}", f"; found {left}") if left else ("", "")
    return Label(f"{zh}：{atom.text_zh}{found_zh}，{word.zh}。", f"{en}: {atom.text_en}{found_en}: {word.en}.")


def _row(rule: Rule, number: int) -> Label:
    own = rule.table.rows[number] if rule.table is not None else None
    name = own.label if own is not None else Label("")
    cited = f"，{rule.pack}#{own.clause}" if own is not None and own.clause else ""
    zh = f"（{name.zh}{cited}）" if name.zh or cited else ""
    en = f" ({name.text('en')}{cited.replace('，', ', ')})" if name.zh or cited else ""
    return Label(f"决策表第 {number + 1} 行命中{zh}。", f"Row {number + 1} of the table fits{en}.")


def _given(name: str, given: GivenValue) -> Label:
    values = given.value if isinstance(given.value, tuple) else (given.value,)
    shown = [_shown(value) or "—" for value in values]
    unit = f" {given.unit}" if given.unit else ""
    return Label(f"{name} = {'、'.join(shown)}{unit}。", f"{name} = {', '.join(shown)}{unit}.")


def _open(rule: Rule, found: Determination) -> list[Label]:
    names = {own.code or str(at): own.label for at, own in enumerate(rule.exceptions)}
    return [
        Label(
            f"可作例外处理“{names[code].zh or code}”，须有记录在案的决定。",
            f"The exception “{names[code].text('en') or code}” is open to a recorded decision.",
        )
        for code in found.open_exceptions
    ]


def _missing(rule: Rule, found: Determination) -> list[Label]:
    if not found.missing:
        return []
    names = listed(found.missing)
    lines = [Label(f"缺少：{names}。", f"Missing: {names}.")]
    if found.outcome is Outcome.UNDETERMINED and rule.on_undetermined.zh:
        lines.append(rule.on_undetermined)
    return lines


def _basis(basis: Basis) -> list[Label]:
    if basis is Basis.CHOSEN:
        return [
            Label(
                "结果依据了政策包作者自选的数值或读法。",
                "The result rests on a value or reading the pack's author chose.",
            )
        ]
    if basis is Basis.MISSING:
        return [Label("结果所依据的数值尚缺。", "A value the result rests on has not been set.")]
    return []


def _shown(value: Decimal | str | bool | date | None) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case Decimal():
            return decimal_text(value)
        case _:
            return str(value)
