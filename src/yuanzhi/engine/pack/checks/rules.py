"""Rules: exceptions with an order, conditions that do not discriminate, contradictions between rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from yuanzhi.engine.formulas import Formula
from yuanzhi.engine.formulas.nodes import Input, walk
from yuanzhi.engine.formulas.types import CodeType
from yuanzhi.engine.kernel.periods import ALWAYS
from yuanzhi.engine.kernel.problems import Problem
from yuanzhi.engine.pack.checks.conditions import can_both_hold
from yuanzhi.engine.pack.checks.dates import days_of, in_force
from yuanzhi.engine.pack.checks.report import finding, warning
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.model import Modality, Rule, RuleScope

_OWNERSHIP = re.compile(r"ownership|registration_type|所有制|登记注册类型")
_AGAINST = {
    frozenset({Modality.MUST, Modality.MUST_NOT}),
    frozenset({Modality.MAY, Modality.MUST_NOT}),
    frozenset({Modality.ENCOURAGE, Modality.MUST_NOT}),
    frozenset({Modality.PRIORITY, Modality.MUST_NOT}),
}


def check_rules_decide_something(compiled: CompiledPack) -> Iterator[Problem]:
    """A rule has a condition or a table; without either it is a sentence for people."""
    composition = compiled.composition
    for code, rule in composition.rules.items():
        if not rule.when and rule.table is None:
            yield finding(composition, "rule.no_condition", f"rules/{code}", rule=code)


def check_exceptions_are_ordered(compiled: CompiledPack) -> Iterator[Problem]:
    """Two exceptions that can both apply, and differ in what follows, have different orders."""
    composition = compiled.composition
    for code, rule in composition.rules.items():
        for (first, one), (second, two) in combinations(enumerate(rule.exceptions), 2):
            if one.order != two.order or one.then == two.then:
                continue
            formulas = [compiled.formulas.get(f"rules/{code}/exceptions/{n}/when") for n in (first, second)]
            if _can_both(compiled, formulas, rule):
                values = {"rule": code, "first": one.when, "second": two.when}
                yield finding(composition, "rule.exceptions_unordered", f"rules/{code}/exceptions/{second}", **values)


def _can_both(compiled: CompiledPack, formulas: list[Formula | None], rule: Rule) -> bool:
    one, two = formulas
    if one is None or two is None:
        return False
    days = days_of(compiled, (one, two), rule.validity, rule.pack)
    return any(can_both_hold(one.node, two.node, compiled.parameters_on(day)) for day in days)


def check_rules_do_not_discriminate(compiled: CompiledPack) -> Iterator[Problem]:
    """A condition over ownership is pointed out for the fair-competition review (公平竞争审查)."""
    composition = compiled.composition
    for trail, formula in compiled.formulas.items():
        section, code, *_ = trail.split("/")
        if section not in ("rules", "allocations", "schemes"):
            continue
        names = {node.name for node in walk(formula.node) if isinstance(node, Input)}
        for name in sorted(names, key=lambda own: own.code):
            list_ = name.type.code_list if isinstance(name.type, CodeType) else ""
            if _OWNERSHIP.search(f"{name.code} {list_} {name.label.zh}"):
                values = {"rule": code, "name": name.code}
                yield warning(composition, "rule.discriminates", trail, **values)


def check_rules_do_not_contradict(compiled: CompiledPack) -> Iterator[Problem]:
    """Two rules in force together do not order and forbid the same thing for the same subject."""
    composition = compiled.composition
    by_effect: dict[tuple[str, str], list[str]] = {}
    for code, rule in composition.rules.items():
        if rule.then.code:
            by_effect.setdefault((rule.subject, rule.then.code), []).append(code)
    for (subject, effect), codes in by_effect.items():
        for first, second in combinations(codes, 2):
            one, two = composition.rules[first], composition.rules[second]
            if frozenset({one.modality, two.modality}) not in _AGAINST or not _meet(compiled, one, two):
                continue
            formulas = [compiled.formulas.get(f"rules/{code}/when") for code in (first, second)]
            if any(formula is None for formula in formulas) or _can_both(compiled, formulas, two):
                values = {"first": one.citation, "second": two.citation, "effect": effect, "subject": subject}
                yield finding(
                    composition, "rule.contradiction", f"rules/{second}", **values, rules=f"{first}, {second}"
                )


def _meet(compiled: CompiledPack, one: Rule, two: Rule) -> bool:
    """Whether two rules can hold on the same day for the same park."""
    days = [in_force(compiled.composition, rule.validity, rule.pack) for rule in (one, two)]
    return days[0].overlaps(days[1]) and _scopes_meet(one.scope, two.scope)


def _scopes_meet(one: RuleScope, two: RuleScope) -> bool:
    pairs = ((one.tiers, two.tiers), (one.kinds, two.kinds), (one.parks, two.parks))
    return all(not first or not second or set(first) & set(second) for first, second in pairs)


def check_targets_do_not_contradict(compiled: CompiledPack) -> Iterator[Problem]:
    """Two targets of one indicator, population and year either agree or are pointed out with both clauses."""
    composition = compiled.composition
    seen: dict[tuple[object, ...], str] = {}
    for code, own in composition.targets.items():
        key = (own.indicator, own.scope, own.subject, own.kind, own.year, own.deadline, own.base_year)
        first = seen.setdefault(key, code)
        other = composition.targets[first]
        days = [in_force(composition, ALWAYS, target.pack) for target in (own, other)]
        if (
            first == code
            or not days[0].overlaps(days[1])
            or (own.value, own.comparison, own.unit) == (other.value, other.comparison, other.unit)
        ):
            continue
        report = finding if _excludes(other.comparison, own.comparison) else warning
        values = {
            "first": f"{first} ({other.citation})",
            "second": f"{code} ({own.citation})",
            "indicator": own.indicator,
            "values": f"{other.comparison} {other.value}, {own.comparison} {own.value}",
        }
        yield report(composition, "target.contradiction", f"targets/{code}", **values)


def _excludes(one: str, two: str) -> bool:
    up, down = {"ge", "gt"}, {"le", "lt"}
    return (one in up and two in down) or (one in down and two in up) or one == two == "eq"


def check_cycles(compiled: CompiledPack) -> Iterator[Problem]:
    """No indicator is computed from itself, through formulas or roll-ups."""
    composition = compiled.composition
    below = {code: _reads(compiled, code) for code in composition.indicators}
    reported: set[frozenset[str]] = set()
    for start in below:
        cycle = _cycle(below, start)
        if cycle and frozenset(cycle) not in reported:
            reported.add(frozenset(cycle))
            values = {"cycle": " → ".join((*cycle, cycle[0]))}
            yield finding(composition, "indicator.cyclic", f"indicators/{cycle[0]}", **values)


def _reads(compiled: CompiledPack, code: str) -> tuple[str, ...]:
    indicators = compiled.composition.indicators
    indicator = indicators[code]
    labels = {own.label.zh: name for name, own in indicators.items() if own.subject == indicator.subject}
    words = re.findall(r"\w+", indicator.formula)
    if indicator.aggregate:
        words += [indicator.aggregate.of, *re.findall(r"\w+", indicator.aggregate.where)]
    return tuple(sorted({labels.get(word, word) for word in words} & indicators.keys()))


def _cycle(below: dict[str, tuple[str, ...]], start: str) -> tuple[str, ...]:
    """The circle through ``start``, found depth first."""
    waiting: list[tuple[str, tuple[str, ...]]] = [(start, (start,))]
    seen: set[str] = set()
    while waiting:
        at, path = waiting.pop()
        for name in below.get(at, ()):
            if name == start:
                return path
            if name not in seen:
                seen.add(name)
                waiting.append((name, (*path, name)))
    return ()
