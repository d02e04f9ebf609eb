"""Everything a clause drives: its figures, what cites it, and what reads those in turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from yuanzhi.engine.formulas import print_formula
from yuanzhi.engine.kernel.labels import NO_LABEL, Label
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.problems import nearest
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.coverage import Carrier, carrier_of, citations_by_clause
from yuanzhi.engine.pack.frameworks import walk_framework
from yuanzhi.engine.pack.model import Clause, Example, Figure, Parameter
from yuanzhi.engine.pack.walking import Citation


@dataclass(frozen=True)
class ShownFormula:
    """One formula in words, with where it stands and what it rests on."""

    trail: str
    text: str
    words: Label
    basis: Basis


@dataclass(frozen=True)
class ShownParameter:
    """A parameter with its value on the day and where it comes from."""

    parameter: Parameter
    value: str
    basis: Basis
    why: Label = NO_LABEL


@dataclass(frozen=True)
class ShownElement:
    """A declaration that carries a clause out: its formulas, the parameters they read, its examples."""

    trail: str
    label: Label
    formulas: tuple[ShownFormula, ...]
    parameters: tuple[ShownParameter, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class ClauseView:
    """A clause and all it drives.

    ``elements`` cite it themselves; ``reached`` do not, but read a parameter or indicator that does.
    """

    key: str
    clause: Clause
    carrier: Carrier
    figures: tuple[Figure, ...]
    parameters: tuple[ShownParameter, ...]
    elements: tuple[ShownElement, ...]
    reached: tuple[str, ...]


def find_clause(compiled: CompiledPack, name: str) -> tuple[str, str]:
    """The key of a clause by ``pack#id`` or by its id alone, or an empty key and the nearest one.

    An id alone means the last pack that has it.
    """
    clauses = compiled.composition.clauses
    if name in clauses:
        return name, ""
    keys = [f"{pack.code}#{name}" for pack in reversed(compiled.composition.packs)]
    found = next((key for key in keys if key in clauses), "")
    short = {key.partition("#")[2]: key for key in clauses}
    return found, "" if found else nearest(name, [*clauses, *short])


def show_clause(compiled: CompiledPack, name: str, *, as_of: date | None = None) -> ClauseView | None:
    """Everything a clause drives, or ``None`` where there is no such clause.

    Args:
        compiled: The packs.
        name: The clause as ``pack#id``, or its id alone.
        as_of: The day whose parameter values are shown; by default the last one known.
    """
    key, _ = find_clause(compiled, name)
    if not key:
        return None
    day = as_of or date.max
    composition = compiled.composition
    cited = citations_by_clause(composition).get(key, ())
    owners = tuple(dict.fromkeys(_owner(citation) for citation in cited))
    parameters = [owner.partition("/")[2] for owner in owners if owner.startswith("parameters/")]
    others = [owner for owner in owners if owner.partition("/")[0] not in ("parameters", "figures")]
    return ClauseView(
        key,
        composition.clauses[key],
        carrier_of(composition.clauses[key], tuple(citation.trail for citation in cited)),
        tuple(citation.record for citation in cited if isinstance(citation.record, Figure)),
        tuple(show_parameter(compiled, code, day) for code in parameters),
        tuple(show_element(compiled, owner, day) for owner in others),
        tuple(sorted(_reached(compiled, owners) - set(owners))),
    )


def show_element(compiled: CompiledPack, trail: str, day: date) -> ShownElement:
    """A declaration with its formulas in words, its parameters and its examples."""
    prefix = f"{trail}/"
    formulas = {own: formula for own, formula in compiled.formulas.items() if own.startswith(prefix)}
    read = sorted({code for formula in formulas.values() for code in formula.parameters})
    declared = compiled.composition.declared(trail)
    return ShownElement(
        trail,
        declared.label if declared else NO_LABEL,
        tuple(show_formula(compiled, own, day) for own in formulas),
        tuple(show_parameter(compiled, code, day) for code in read if code in compiled.composition.parameters),
        tuple(example for example in compiled.composition.examples.values() if example.of == trail),
    )


def show_formula(compiled: CompiledPack, trail: str, day: date) -> ShownFormula:
    """A formula as written and in words."""
    formula = compiled.formulas[trail]
    words = Label(print_formula(formula, "zh"), print_formula(formula, "en"))
    return ShownFormula(trail, formula.text, words, compiled.basis_of(formula, day))


def show_parameter(compiled: CompiledPack, code: str, day: date) -> ShownParameter:
    """A parameter with its value on a day."""
    parameter = compiled.composition.parameters[code]
    value = parameter.on(day)
    if value is None or value.value is None:
        return ShownParameter(parameter, "—", Basis.MISSING, value.why if value else NO_LABEL)
    return ShownParameter(parameter, amount_text(value.value, parameter.unit), value.basis, value.why)


def amount_text(value: object, unit: str) -> str:
    """A value with its unit, as people write it.

    >>> amount_text(500, "万元/亩"), amount_text("a", "1")
    ('500 万元/亩', 'a')
    """
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    shown = f"{value:f}" if hasattr(value, "as_tuple") else str(value)
    return shown if unit in ("", "1") else f"{shown} {unit}"


def _owner(citation: Citation) -> str:
    return "/".join(citation.trail.split("/")[:2])


def _reached(compiled: CompiledPack, owners: tuple[str, ...]) -> set[str]:
    """What reads the parameters, indicators, schemes and sets among these, and what reads that in turn."""
    readers: dict[str, set[str]] = {}
    for owner, read in _reads(compiled):
        readers.setdefault(read, set()).add(owner)
    found: set[str] = set()
    waiting = list(owners)
    while waiting:
        for reader in readers.get(waiting.pop(), ()):
            if reader not in found:
                found.add(reader)
                waiting.append(reader)
    return found


def _reads(compiled: CompiledPack) -> Iterator[tuple[str, str]]:
    """Pairs of a declaration and one it reads, both as ``section/code``."""
    composition = compiled.composition
    for trail, formula in compiled.formulas.items():
        owner = "/".join(trail.split("/")[:2])
        yield from ((owner, f"parameters/{code}") for code in formula.parameters)
        yield from ((owner, f"indicators/{code}") for code in formula.mentions if code in composition.indicators)
    for code, indicator in composition.indicators.items():
        if indicator.aggregate:
            yield f"indicators/{code}", f"indicators/{indicator.aggregate.of}"
            yield f"indicators/{code}", f"sets/{indicator.aggregate.base_set}"
    for code, target in composition.targets.items():
        yield f"targets/{code}", f"indicators/{target.indicator}"
    for code, machine in composition.consequences.items():
        yield f"consequences/{code}", f"schemes/{machine.scheme}"
    for code, scheme in composition.schemes.items():
        yield f"schemes/{code}", f"sets/{scheme.population}"
        for placed in walk_framework(scheme):
            yield f"schemes/{code}", f"indicators/{placed.node.indicator}"
