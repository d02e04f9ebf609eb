"""One pack applied to one snapshot. Read ``evaluate`` first: a line a step of the product's sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from yuanzhi.engine.indicators import compute_series, judge_targets
from yuanzhi.engine.kernel.problems import Problem, ProblemsError, has_errors
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.records.snapshots import Snapshot
from yuanzhi.engine.runs.assessing import assess_years, schemes_to_run, years_needed
from yuanzhi.engine.runs.consequence_rows import propose_years
from yuanzhi.engine.runs.determining import determine_years
from yuanzhi.engine.runs.plan import RunPlan
from yuanzhi.engine.runs.results import Results
from yuanzhi.engine.runs.tables import gather

Progress = Callable[[str, int, int], None]
"""Told the step's name, how many steps are done, and how many there are."""
STEPS = ("series", "targets", "determinations", "assessments", "proposals", "tables")


@dataclass
class _Steps:
    progress: Progress
    done: int = field(default=0)

    def __call__(self, name: str) -> None:
        self.progress(name, self.done, len(STEPS))
        self.done += 1


def evaluate(
    compiled: CompiledPack, snapshot: Snapshot, plan: RunPlan, progress: Progress = lambda *_: None
) -> Results:
    """Policy pack, records, indicators, rules, assessment, consequences: everything a run comes to.

    The same packs, snapshot and plan give the same tables, whatever the number of threads.

    Args:
        compiled: The packs, compiled; parameters changed for this run are already in them.
        snapshot: The frozen records.
        plan: Years and settings.
        progress: Told each step before it begins.

    Raises:
        ProblemsError: The pack has errors, and a run needs a pack without; or the plan names a scheme there is not.
    """
    if has_errors((*compiled.composition.problems, *compiled.problems)):
        raise ProblemsError((*compiled.composition.problems, *compiled.problems))
    schemes_to_run(compiled, plan, frozenset())
    step = _Steps(progress)
    problems: list[Problem] = []

    step("series")
    series = compute_series(
        compiled, snapshot, periods=years_needed(compiled, plan), as_of=plan.days[-1], threads=plan.threads
    )
    step("targets")
    targets = [
        status
        for day in plan.days
        for status in judge_targets(compiled, series, as_of=day, least_completeness=plan.least_completeness)
    ]
    step("determinations")
    determinations = determine_years(compiled, snapshot, series, plan)
    step("assessments")
    assessments = assess_years(compiled, snapshot, series, plan, problems)
    step("proposals")
    proposals = propose_years(compiled, snapshot, series, assessments, plan)
    step("tables")
    return gather(series, targets, determinations, assessments, proposals, problems)
