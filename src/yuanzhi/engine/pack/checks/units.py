"""Units that no pack declares, and targets that cannot be compared with their indicator."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from yuanzhi.engine.kernel.problems import Problem
from yuanzhi.engine.kernel.quantities import ONE, Unit
from yuanzhi.engine.pack.checks.report import finding
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.composing import Composition
from yuanzhi.engine.pack.model import TargetKind

_NEAR = 0.5
"""Units are short: one wrong character of two still shows what was meant."""
_WORDS = frozenset({"", "text", "code", "boolean", "date", "number"})
_WITHOUT_DIMENSION = frozenset({TargetKind.SHARE, TargetKind.MULTIPLE, TargetKind.GROWTH, TargetKind.STRUCTURE})


def check_units_exist(compiled: CompiledPack) -> Iterator[Problem]:
    """Every unit written is declared, alone or as a part of a compound one."""
    composition = compiled.composition
    known = composition.unit_system.units
    for trail, text in _written_units(composition):
        try:
            composition.unit_system.unit(text)
        except KeyError as error:
            near = get_close_matches(str(error.args[0]), list(known), n=1, cutoff=_NEAR)
            yield finding(composition, "unit.unknown", trail, unit=text, nearest=near[0] if near else "")


def _written_units(composition: Composition) -> Iterator[tuple[str, str]]:
    for section in ("parameters", "indicators", "targets", "allocations"):
        for code, own in composition.section(section).items():
            yield f"{section}/{code}/unit", own.unit
    for code, form in composition.forms.items():
        for name, item in form.items.items():
            if item.type == "number":
                yield f"forms/{code}/items/{name}/unit", item.unit
    for code, rule in composition.rules.items():
        for column, text in rule.table.outputs.items() if rule.table else ():
            if text not in _WORDS and not text.startswith("code:"):
                yield f"rules/{code}/table/outputs/{column}", text


def check_targets_compare(compiled: CompiledPack) -> Iterator[Problem]:
    """A target stands in a unit its indicator can be compared in."""
    composition = compiled.composition
    for code, own in composition.targets.items():
        indicator = composition.indicators.get(own.indicator)
        if indicator is None:
            continue
        unit, measured = _unit(composition, own.unit), _unit(composition, indicator.unit)
        if unit is None or measured is None:
            continue
        expected = ONE if own.kind in _WITHOUT_DIMENSION else measured
        if not unit.same_dimension(expected):
            values = {"target": code, "unit": own.unit, "expected": expected.code, "indicator": own.indicator}
            yield finding(composition, "target.unit", f"targets/{code}/unit", **values)


def _unit(composition: Composition, text: str) -> Unit | None:
    try:
        return composition.unit_system.unit(text)
    except KeyError:
        return None
