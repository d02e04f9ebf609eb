"""Where formulas stand in a composition: each with its trail, its text and the names it may use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from yuanzhi.engine.formulas.types import BooleanType, NumberType, Scope, ValueType
from yuanzhi.engine.pack.composing import Composition
from yuanzhi.engine.pack.consequence_model import ConsequenceMachine, Cooldown, Deadline, Transition
from yuanzhi.engine.pack.frameworks import PlacedNode, walk_framework
from yuanzhi.engine.pack.lower_subjects import lower_subject
from yuanzhi.engine.pack.model import Effect, Indicator, Rule
from yuanzhi.engine.pack.scheme_model import Scheme
from yuanzhi.engine.pack.scopes import INDICATOR_SCALE, Scopes

CONDITION = BooleanType()


@dataclass(frozen=True, slots=True)
class Site:
    """One formula: ``trail`` is its key, ``written`` where it stands if that differs."""

    trail: str
    text: str
    scope: Scope
    expects: ValueType | None = None
    written: str = ""


def formula_sites(composition: Composition, scopes: Scopes) -> Iterator[Site]:
    """Every formula of a composition but the cells of decision tables, which need their inputs first."""
    for gather in _GATHERERS:
        yield from (site for site in gather(composition, scopes) if site.text.strip())


def _indicators(composition: Composition, scopes: Scopes) -> Iterator[Site]:
    for code, own in composition.indicators.items():
        yield from _indicator(composition, scopes, f"indicators/{code}", own)


def _indicator(composition: Composition, scopes: Scopes, trail: str, own: Indicator) -> Iterator[Site]:
    if own.formula:
        expects = NumberType(scopes.unit(own.unit), INDICATOR_SCALE)
        yield Site(f"{trail}/formula", own.formula, scopes.of(own.subject), expects)
    if own.aggregate and own.aggregate.where:
        lower = lower_subject(composition, own) or own.subject
        yield Site(f"{trail}/aggregate/where", own.aggregate.where, scopes.of(lower), CONDITION)


def _sets(composition: Composition, scopes: Scopes) -> Iterator[Site]:
    for code, own in composition.sets.items():
        yield Site(f"sets/{code}/where", own.where, scopes.of(own.subject), CONDITION)


def _forms(composition: Composition, scopes: Scopes) -> Iterator[Site]:
    for code, form in composition.forms.items():
        for number, validation in enumerate(form.validations):
            trail = f"forms/{code}/validations/{number}/check"
            yield Site(trail, validation.check, scopes.of(form.subject), CONDITION)


def _targets(composition: Composition, scopes: Scopes) -> Iterator[Site]:
    for code, own in composition.targets.items():
        expects = NumberType(scopes.unit(own.unit), INDICATOR_SCALE)
        yield Site(f"targets/{code}/implied_by", own.implied_by, scopes.targets, expects)


def _rules(composition: Composition, scopes: Scopes) -> Iterator[Site]:
    for code, rule in composition.rules.items():
        yield from _rule(f"rules/{code}", rule, scopes.of(rule.subject))


def _rule(trail: str, rule: Rule, scope: Scope) -> Iterator[Site]:
    yield Site(f"{trail}/scope/where", rule.scope.where, scope, CONDITION)
    yield Site(f"{trail}/when", rule.when, scope, CONDITION)
    yield from _effect(f"{trail}/then", rule.then, scope)
    yield from _effect(f"{trail}/otherwise", rule.otherwise, scope)
    for number, exception in enumerate(rule.exceptions):
        yield Site(f"{trail}/exceptions/{number}/when", exception.when, scope, CONDITION)
        yield from _effect(f"{trail}/exceptions/{number}/then", exception.then, scope)
    if rule.table:
        for column, text in rule.table.inputs.items():
            yield Site(f"{trail}/table/inputs/{column}", text, scope)


def _effect(trail: str, effect: Effect, scope: Scope) -> Iterator[Site]:
    for name, text in effect.gives.items():
        yield Site(f"{trail}/gives/{name}", text, scope)


def _allocations(composition: Composition, scopes: Scopes) -> Iterator[Site]:
    for code, own in composition.allocations.items():
        trail, scope = f"allocations/{code}", scopes.of(own.subject)
        amount = NumberType(scopes.unit(own.unit), INDICATOR_SCALE)
        yield Site(f"{trail}/where", own.where, scope, CONDITION)
        yield Site(f"{trail}/request", own.request, scope, amount)
        yield Site(f"{trail}/amount", own.amount, scope, amount)
        for number, (text, _) in enumerate(own.order_by):
            yield Site(f"{trail}/order_by/{number}", text, scope)


def _schemes(composition: Composition, scopes: Scopes) -> Iterator[Site]:
    for code, scheme in composition.schemes.items():
        yield from _scheme(f"schemes/{code}", scheme, scopes)


def _scheme(trail: str, scheme: Scheme, scopes: Scopes) -> Iterator[Site]:
    subject, results = scopes.of(scheme.subject), scopes.scheme(scheme.code)
    yield Site(f"{trail}/where", scheme.where, subject, CONDITION)
    for number, adjustment in enumerate(scheme.adjustments):
        yield Site(f"{trail}/adjustments/{number}/points", adjustment.points, results)
    for number, veto in enumerate(scheme.vetoes):
        yield Site(f"{trail}/vetoes/{number}/when", veto.when, results, CONDITION)
    for number, exemption in enumerate(scheme.grades.exemptions if scheme.grades else ()):
        yield Site(f"{trail}/grades/exemptions/{number}/when", exemption.when, results, CONDITION)
    for placed in walk_framework(scheme):
        yield from _node(scheme, placed, scopes)


def _node(scheme: Scheme, placed: PlacedNode, scopes: Scopes) -> Iterator[Site]:
    node, trail, written = placed.node, f"schemes/{scheme.code}/{placed.path}", placed.trail
    scope = scopes.of(scheme.subject)
    yield Site(f"{trail}/where", node.where, scope, CONDITION, f"{written}/where")
    own = node.normalise
    if own is None:
        return
    yield Site(
        f"{trail}/normalise/formula",
        own.formula,
        scopes.leaf(scheme.code, node.indicator),
        None,
        f"{written}/normalise/formula",
    )
    amounts = {"target": own.target, "threshold": own.threshold, "base/value": own.base.value if own.base else ""}
    for name, text in amounts.items():
        yield Site(f"{trail}/normalise/{name}", text, scope, None, f"{written}/normalise/{name}")
    for number, (_, text) in enumerate(own.thresholds_by):
        name = f"normalise/thresholds_by/{number}"
        yield Site(f"{trail}/{name}", text, scope, None, f"{written}/{name}")


def _consequences(composition: Composition, scopes: Scopes) -> Iterator[Site]:
    for code, machine in composition.consequences.items():
        yield from _machine(f"consequences/{code}", machine, scopes)


def _machine(trail: str, machine: ConsequenceMachine, scopes: Scopes) -> Iterator[Site]:
    counting, scope = scopes.machine(machine.code, counting=True), scopes.machine(machine.code)
    yield Site(f"{trail}/scope/where", machine.scope.where, scopes.of(machine.subject), CONDITION)
    for number, counter in enumerate(machine.counters):
        own = f"{trail}/counters/{number}"
        yield Site(f"{own}/counts", counter.counts, counting, CONDITION)
        yield Site(f"{own}/window", counter.window, counting)
        yield Site(f"{own}/reset_on", counter.reset_on, counting, CONDITION)
    for number, transition in enumerate(machine.transitions):
        yield from _transition(f"{trail}/transitions/{number}", transition, scope)


def _transition(trail: str, transition: Transition, scope: Scope) -> Iterator[Site]:
    yield Site(f"{trail}/when", transition.when, scope, CONDITION)
    yield from _deadline(f"{trail}/deadline", transition.deadline, scope)
    for number, effect in enumerate(transition.effects):
        yield from _effect(f"{trail}/effects/{number}", effect, scope)
    for number, cooldown in enumerate(transition.cooldowns):
        yield from _cooldown(f"{trail}/cooldowns/{number}", cooldown, scope)


def _cooldown(trail: str, cooldown: Cooldown, scope: Scope) -> Iterator[Site]:
    yield from _deadline(f"{trail}/lasts", cooldown.lasts, scope)
    yield from _effect(f"{trail}/forbids", cooldown.forbids, scope)


def _deadline(trail: str, deadline: Deadline | None, scope: Scope) -> Iterator[Site]:
    if deadline:
        spans: Mapping[str, str] = {"months": deadline.months, "years": deadline.years, "days": deadline.days}
        for name, text in spans.items():
            yield Site(f"{trail}/{name}", text, scope)


_GATHERERS: tuple[Callable[[Composition, Scopes], Iterator[Site]], ...] = (
    _indicators,
    _sets,
    _forms,
    _targets,
    _rules,
    _allocations,
    _schemes,
    _consequences,
)
