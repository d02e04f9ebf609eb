"""What an aggregate rolls up: the kind of subject whose rows it reads."""

from __future__ import annotations

from yuanzhi.engine.pack.composing import Composition
from yuanzhi.engine.pack.model import Form, Indicator


def lower_subject(composition: Composition, indicator: Indicator) -> str:
    """The kind of subject an aggregate reads, empty if it cannot be told.

    ``of`` may name an item, an indicator, a form (to count its rows) or a kind of subject. Where an item
    stands in forms of several subjects, one of another subject than the indicator's own is meant,
    unless ``form.item`` names it. A plain count reads the subject of ``base_set``, or else the
    one kind of subject that the names in ``where`` belong to is not guessed.
    """
    aggregate = indicator.aggregate
    if aggregate is None:
        return ""
    of = aggregate.of
    if not of:
        population = composition.sets.get(aggregate.base_set) or composition.sets.get(indicator.scope)
        return population.subject if population else ""
    if of in composition.forms:
        return composition.forms[of].subject
    form, _, item = of.partition(".")
    if item and form in composition.forms:
        return composition.forms[form].subject
    own = composition.indicators.get(of)
    if own:
        return own.subject
    subjects = {each.subject for each in forms_with(composition, of)}
    if len(subjects) > 1:
        subjects -= {indicator.subject}
    if len(subjects) == 1:
        return subjects.pop()
    return of if of in subject_kinds(composition) else ""


def forms_with(composition: Composition, item: str) -> tuple[Form, ...]:
    """The forms that have an item of this code."""
    return tuple(form for form in composition.forms.values() if item in form.items)


def subject_kinds(composition: Composition) -> frozenset[str]:
    """The kinds of subject a composition speaks of."""
    subjects = {form.subject for form in composition.forms.values()}
    subjects |= {own.subject for own in composition.sets.values()}
    subjects |= {rule.subject for rule in composition.rules.values()}
    return frozenset(subjects) | {"park", "enterprise", "territory"}
