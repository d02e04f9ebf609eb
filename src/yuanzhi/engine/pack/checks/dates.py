"""Dates: rules that outlive what they cite, parameters without a value on a rule's days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from yuanzhi.engine.formulas import CodeType, Formula
from yuanzhi.engine.formulas.nodes import Among, Compare, Input, Node, Text, walk
from yuanzhi.engine.kernel.periods import Validity
from yuanzhi.engine.kernel.problems import Problem
from yuanzhi.engine.pack.checks.report import finding
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.composing import Composition
from yuanzhi.engine.pack.walking import citations

_SOME_DAY = date(2000, 1, 1)
_DATED = ("indicators", "rules", "schemes", "consequences")


def in_force(composition: Composition, validity: Validity, pack: str) -> Validity:
    """The days on which something holds: its own, within those of its pack."""
    own = composition.by_code[pack].identity.in_force if pack in composition.by_code else Validity()
    firsts = [day for day in (validity.first, own.first) if day]
    lasts = [day for day in (validity.last, own.last) if day]
    return Validity(max(firsts, default=None), min(lasts, default=None))


def days_of(compiled: CompiledPack, formulas: Iterable[Formula], validity: Validity, pack: str) -> tuple[date, ...]:
    """The days that matter to formulas: the first they hold on, and each on which a parameter changes."""
    within = in_force(compiled.composition, validity, pack)
    start = within.first or _SOME_DAY
    changes = {
        value.first
        for formula in formulas
        for code in formula.parameters
        if code in compiled.composition.parameters
        for value in compiled.composition.parameters[code].values
        if value.first
    }
    return tuple(sorted({start, *(day for day in changes if within.covers(day))}))


def check_parameters_have_begun(compiled: CompiledPack) -> Iterator[Problem]:
    """A parameter has a value from the first day on which a formula in force reads it."""
    composition = compiled.composition
    reported: set[tuple[str, str]] = set()
    for trail, formula in compiled.formulas.items():
        section, code, *_ = trail.split("/")
        if section not in _DATED:
            continue
        declared = composition.section(section)[code]
        within = in_force(composition, declared.validity, declared.pack)
        for name in sorted(formula.parameters):
            parameter = composition.parameters.get(name)
            begins = parameter.values[0].first if parameter and parameter.values else None
            late = begins is not None and within.first is not None and begins > within.first
            if late and (f"{section}/{code}", name) not in reported:
                reported.add((f"{section}/{code}", name))
                values = {"name": f"{section}/{code}", "parameter": name}
                days = {"begins": str(begins), "first": str(within.first)}
                yield finding(composition, "date.parameter_late", trail, **values, **days)


def check_citations_are_in_force(compiled: CompiledPack) -> Iterator[Problem]:
    """Nothing outlives the document it cites."""
    composition = compiled.composition
    for citation in citations(composition):
        document, _, _ = citation.key.partition("#")
        cited = composition.by_code.get(document)
        validity = getattr(citation.record, "validity", None)
        if cited is None or not isinstance(validity, Validity):
            continue
        own = in_force(composition, validity, citation.pack) if document != citation.pack else validity
        last = cited.identity.in_force.last
        if last and (own.last is None or own.last > last) and (document != citation.pack or own.last):
            values = {"name": citation.trail, "clause": citation.key, "last": str(last)}
            yield finding(composition, "date.expired_reference", citation.trail, **values)


def check_packs_overlap(compiled: CompiledPack) -> Iterator[Problem]:
    """A pack is in force on some day on which what it extends is."""
    composition = compiled.composition
    for pack in composition.packs:
        for base in pack.identity.extends:
            other = composition.by_code.get(base)
            if other and not pack.identity.in_force.overlaps(other.identity.in_force):
                place = pack.identity.place
                yield Problem("date.base_expired", place, {"pack": pack.code, "base": base})


def check_validity_runs_forward(compiled: CompiledPack) -> Iterator[Problem]:
    """Nothing ends before it begins."""
    composition = compiled.composition
    for section in (*_DATED, "parks"):
        for code, own in composition.section(section).items():
            first, last = own.validity.first, own.validity.last
            if first and last and last < first:
                values = {"name": f"{section}/{code}", "first": str(first), "last": str(last)}
                yield finding(composition, "date.backwards", f"{section}/{code}/validity", **values)


def check_codes_are_valid(compiled: CompiledPack) -> Iterator[Problem]:
    """A code that a condition names is valid on some day on which the condition holds."""
    composition = compiled.composition
    for trail, formula in compiled.formulas.items():
        section, code, *_ = trail.split("/")
        if section not in _DATED:
            continue
        declared = composition.section(section)[code]
        within = in_force(composition, declared.validity, declared.pack)
        for list_, named in sorted(set(_codes_named(formula))):
            item = composition.codes[list_].items.get(named) if list_ in composition.codes else None
            if item and not item.validity.overlaps(within):
                values = {"name": trail, "code": named, "list": list_, "last": str(item.validity.last or "")}
                yield finding(composition, "date.code_expired", trail, **values, first=str(within.first or ""))


def _codes_named(formula: Formula) -> Iterator[tuple[str, str]]:
    """The codes in quotes that a formula compares with something of their list."""
    for node in walk(formula.node):
        match node:
            case Compare(left=left, right=right):
                sides: tuple[Node, ...] = (left, right)
            case Among(operand=operand, options=options):
                sides = (operand, *options)
            case _:
                continue
        types = [each.name.type for each in sides if isinstance(each, Input)]
        lists = [type_.code_list for type_ in types if isinstance(type_, CodeType)]
        yield from ((list_, each.value) for list_ in lists for each in sides if isinstance(each, Text))
