"""Values and their basis: what is stated, chosen or missing must say so and fit together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from yuanzhi.engine.kernel.labels import NO_LABEL
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.problems import Problem
from yuanzhi.engine.pack.checks.report import finding, note, warning
from yuanzhi.engine.pack.compiling import CompiledPack


def check_basis_fits(compiled: CompiledPack) -> Iterator[Problem]:
    """A missing value has no value, a stated one has a clause, a chosen one says why."""
    composition = compiled.composition
    for code, parameter in composition.parameters.items():
        for number, value in enumerate(parameter.values):
            trail = f"parameters/{code}/values/{number}"
            if (value.value is None) != (value.basis is Basis.MISSING):
                yield finding(composition, "parameter.missing_mismatch", trail, parameter=code, basis=value.basis)
            elif value.basis is Basis.STATED and not (value.clause or parameter.clause):
                yield finding(composition, "parameter.stated_where", trail, parameter=code)
            elif value.basis is Basis.CHOSEN and value.why == parameter.note == NO_LABEL:
                yield warning(composition, "parameter.chosen_why", trail, parameter=code)


def check_values_are_dated(compiled: CompiledPack) -> Iterator[Problem]:
    """Values stand in the order of their days, each day once."""
    composition = compiled.composition
    for code, parameter in composition.parameters.items():
        days = [value.first for value in parameter.values]
        for number, (one, two) in enumerate(pairwise(days), 1):
            if two is None or (one is not None and two <= one):
                trail = f"parameters/{code}/values/{number}"
                yield finding(composition, "parameter.order", trail, parameter=code, day=str(two or "—"))


def check_blanks(compiled: CompiledPack) -> Iterator[Problem]:
    """What the texts leave open is noted, so that it can be filled or asked for."""
    composition = compiled.composition
    for blank in composition.blanks:
        if blank.trail.startswith("parameters/"):
            name = blank.trail.partition("/")[2]
            yield note(composition, "parameter.blank", blank.trail, parameter=name)


def check_bounds(compiled: CompiledPack) -> Iterator[Problem]:
    """The least value of an item is not above its most."""
    composition = compiled.composition
    for code, form in composition.forms.items():
        for name, item in form.items.items():
            if item.least is not None and item.most is not None and item.least > item.most:
                values = {"item": name, "least": str(item.least), "most": str(item.most)}
                yield finding(composition, "item.bounds", f"forms/{code}/items/{name}/least", **values)
            if item.type == "code" and not item.code_list:
                yield finding(composition, "item.no_code_list", f"forms/{code}/items/{name}", item=name)


def check_code_parents(compiled: CompiledPack) -> Iterator[Problem]:
    """The parent of a code is in its own list or in another one, and nobody is its own ancestor."""
    composition = compiled.composition
    everywhere = {item for declared in composition.codes.values() for item in declared.items}
    for code, declared in composition.codes.items():
        for name, item in declared.items.items():
            if item.parent and item.parent not in everywhere:
                trail = f"codes/{code}/items/{name}"
                yield finding(composition, "codes.parent", trail, code=name, parent=item.parent, list=code)
        for name in _in_circles({name: item.parent for name, item in declared.items.items()}):
            yield finding(composition, "codes.circle", f"codes/{code}/items/{name}", code=name, list=code)


def _in_circles(parents: dict[str, str]) -> Iterator[str]:
    """The smallest code of each circle."""
    done: set[str] = set()
    for start in sorted(parents):
        path: list[str] = []
        at = start
        while at and at not in done and at not in path:
            path.append(at)
            at = parents.get(at, "")
        if at in path:
            yield min(path[path.index(at) :])
        done.update(path)
