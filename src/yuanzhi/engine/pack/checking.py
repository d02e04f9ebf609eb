"""Checks of composed packs: one function each, in one sequence. Adding a check is adding a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from yuanzhi.engine.kernel.problems import Problem
from yuanzhi.engine.pack.checks import clauses, dates, examples, machines, names, rules, schemes, tables, units, values
from yuanzhi.engine.pack.compiling import CompiledPack, compile_pack
from yuanzhi.engine.pack.composing import Composition

Check = Callable[[CompiledPack], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (
    names.check_clauses_exist,
    names.check_references,
    names.check_aggregates_read_something,
    names.check_names_mean_one_thing,
    names.check_parameters_are_used,
    units.check_units_exist,
    units.check_targets_compare,
    values.check_basis_fits,
    values.check_values_are_dated,
    values.check_blanks,
    values.check_bounds,
    values.check_code_parents,
    rules.check_cycles,
    rules.check_rules_decide_something,
    rules.check_exceptions_are_ordered,
    rules.check_rules_do_not_discriminate,
    rules.check_rules_do_not_contradict,
    rules.check_targets_do_not_contradict,
    tables.check_tables_are_whole,
    tables.check_tables_overlap_and_gap,
    schemes.check_weights,
    schemes.check_frameworks,
    schemes.check_normalisation,
    schemes.check_grades,
    schemes.check_schemes_say_what_is_missing,
    machines.check_states,
    machines.check_transitions,
    machines.check_counters,
    dates.check_parameters_have_begun,
    dates.check_citations_are_in_force,
    dates.check_codes_are_valid,
    dates.check_packs_overlap,
    dates.check_validity_runs_forward,
    examples.check_examples_name_something,
    examples.check_example_facts,
    examples.check_rules_have_examples,
    clauses.check_clauses_are_carried_out,
)


def check_pack(composition: Composition, compiled: CompiledPack | None = None) -> tuple[Problem, ...]:
    """Everything wrong with a composition: what composing, compiling and every check found.

    Args:
        composition: The packs composed.
        compiled: The composition compiled, if that has been done already.
    """
    compiled = compiled or compile_pack(composition)
    found = [*composition.problems, *compiled.problems]
    for check in CHECKS:
        found.extend(check(compiled))
    return tuple(_without_echoes(found))


def _without_echoes(found: list[Problem]) -> Iterator[Problem]:
    """The problems without those that only follow from another: a circle, or a definition that is itself wrong."""
    circle = any(problem.code == "indicator.cyclic" for problem in found)
    for problem in found:
        echo = problem.code == "formula.broken_definition" or (circle and problem.code == "formula.cyclic")
        if not echo:
            yield problem
