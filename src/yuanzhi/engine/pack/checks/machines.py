"""Consequence machines: states that exist, can be reached, and are left in one way at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from yuanzhi.engine.kernel.problems import Problem, nearest
from yuanzhi.engine.pack.checks.conditions import can_both_hold
from yuanzhi.engine.pack.checks.dates import days_of
from yuanzhi.engine.pack.checks.report import finding
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.consequence_model import ConsequenceMachine


def check_states(compiled: CompiledPack) -> Iterator[Problem]:
    """Every state named exists, every other state can be reached, and final ones are not left."""
    composition = compiled.composition
    for code, machine in composition.consequences.items():
        states = {state.code for state in machine.states}
        for trail, name in _named_states(machine):
            if name not in states:
                values = {"machine": code, "state": name, "nearest": nearest(name, states) or "—"}
                yield finding(composition, "machine.state_unknown", f"consequences/{code}/{trail}", **values)
        reached = _reached(machine)
        for number, state in enumerate(machine.states):
            if state.code not in reached:
                trail = f"consequences/{code}/states/{number}"
                yield finding(composition, "machine.state_unreachable", trail, machine=code, state=state.code)
        finals = {state.code for state in machine.states if state.final}
        for number, transition in enumerate(machine.transitions):
            left = finals.intersection(transition.source)
            if left:
                values = {"machine": code, "state": min(left), "transition": transition.code}
                yield finding(composition, "machine.final_left", f"consequences/{code}/transitions/{number}", **values)


def _named_states(machine: ConsequenceMachine) -> Iterator[tuple[str, str]]:
    yield "initial", machine.initial
    for number, transition in enumerate(machine.transitions):
        yield f"transitions/{number}/to", transition.to
        for source in transition.source:
            yield f"transitions/{number}/source", source


def _reached(machine: ConsequenceMachine) -> set[str]:
    reached = {machine.initial}
    while True:
        more = {t.to for t in machine.transitions if reached.intersection(t.source)} - reached
        if not more:
            return reached
        reached |= more


def check_transitions(compiled: CompiledPack) -> Iterator[Problem]:
    """A transition waits for something, and two from one state with one order cannot both be due."""
    composition = compiled.composition
    for code, machine in composition.consequences.items():
        for number, transition in enumerate(machine.transitions):
            if not transition.when and not transition.event and not transition.after_deadline:
                values = {"machine": code, "transition": transition.code}
                yield finding(composition, "machine.waits_for_nothing", _trail(code, number), **values)
        for (first, one), (second, two) in combinations(enumerate(machine.transitions), 2):
            shared = set(one.source) & set(two.source)
            if not shared or one.order != two.order or one.event != two.event or one.to == two.to:
                continue
            if one.after_deadline == two.after_deadline and _both(compiled, code, machine, first, second):
                values = {"machine": code, "state": min(shared), "first": one.code, "second": two.code}
                yield finding(composition, "machine.two_ways", _trail(code, second), **values)


def _trail(machine: str, number: int) -> str:
    return f"consequences/{machine}/transitions/{number}"


def _both(compiled: CompiledPack, code: str, machine: ConsequenceMachine, first: int, second: int) -> bool:
    formulas = [compiled.formulas.get(f"{_trail(code, number)}/when") for number in (first, second)]
    one, two = formulas
    if one is None or two is None:
        return all(not machine.transitions[number].when for number in (first, second) if formulas[number] is None)
    days = days_of(compiled, (one, two), machine.validity, machine.pack)
    return any(can_both_hold(one.node, two.node, compiled.parameters_on(day)) for day in days)


def check_counters(compiled: CompiledPack) -> Iterator[Problem]:
    """Counters have their own names, and a window says how many periods it looks at."""
    composition = compiled.composition
    for code, machine in composition.consequences.items():
        seen: set[str] = set()
        for number, counter in enumerate(machine.counters):
            trail = f"consequences/{code}/counters/{number}"
            if counter.code in seen:
                yield finding(composition, "machine.counter_twice", trail, machine=code, counter=counter.code)
            seen.add(counter.code)
            if counter.mode == "window" and not counter.window:
                yield finding(composition, "machine.no_window", trail, machine=code, counter=counter.code)
