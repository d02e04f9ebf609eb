"""Examples: every rule is met in one and not met in another, and what they name exists."""

from __future__ import annotations

from collections.abc import Iterator

from yuanzhi.engine.kernel.outcomes import Outcome
from yuanzhi.engine.kernel.problems import Problem, nearest
from yuanzhi.engine.pack.checks.report import finding
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.model import Example, Rule

_TESTED = ("rules", "targets", "indicators", "schemes", "consequences", "allocations", "parameters", "sets")


def check_examples_name_something(compiled: CompiledPack) -> Iterator[Problem]:
    """What an example is of exists, as ``section/code``."""
    composition = compiled.composition
    known = {f"{section}/{code}" for section in _TESTED for code in composition.known(section)}
    for key, example in composition.examples.items():
        if example.of not in known:
            values = {"example": example.code, "of": example.of, "nearest": nearest(example.of, known) or "—"}
            yield finding(composition, "example.of_nothing", f"examples/{key}/of", **values)
        elif not example.expect:
            yield finding(composition, "example.expects_nothing", f"examples/{key}", example=example.code)
        for name in example.parameters:
            if name not in composition.known("parameters"):
                values = {"name": name, "kind": "parameters"}
                values["nearest"] = nearest(name, composition.known("parameters")) or "—"
                yield finding(composition, "name.unknown", f"examples/{key}/parameters/{name}", **values)


def check_example_facts(compiled: CompiledPack) -> Iterator[Problem]:
    """The facts of a rule's example are names the rule could know."""
    composition = compiled.composition
    for key, example in composition.examples.items():
        section, _, code = example.of.partition("/")
        rule = composition.rules.get(code) if section == "rules" else None
        if rule is None:
            continue
        names = compiled.scopes.of(rule.subject).names
        for name in example.facts:
            if name not in names and name not in _OTHER_FACTS:
                values = {"name": name, "kind": f"facts of {rule.subject}", "nearest": nearest(name, names) or "—"}
                yield finding(composition, "name.unknown", f"examples/{key}/facts/{name}", **values)


_OTHER_FACTS = frozenset({"subject", "rows", "register", "decision", "decisions"})


def check_rules_have_examples(compiled: CompiledPack) -> Iterator[Problem]:
    """Each rule has an example that meets it and one that does not; one that is only a table, two that differ."""
    composition = compiled.composition
    cases: dict[str, list[Example]] = {}
    for example in composition.examples.values():
        cases.setdefault(example.of, []).append(example)
    for code, rule in composition.rules.items():
        missing = _missing(rule, cases.get(f"rules/{code}", []))
        if missing:
            yield finding(composition, "rule.no_example", f"rules/{code}", rule=code, missing=", ".join(missing))


def _missing(rule: Rule, examples: list[Example]) -> list[str]:
    if not rule.when and rule.table is None:
        return []
    if not rule.when:
        different = {str(sorted(example.expect.items())) for example in examples}
        return [] if len(different) > 1 else [Outcome.MET.value] * (2 - len(different))
    found = {example.expect.get("outcome") for example in examples}
    return [outcome.value for outcome in (Outcome.MET, Outcome.NOT_MET) if outcome.value not in found]
