"""A run made, verified and varied: the manifest from packs, snapshot and plan; recomputation; what-if."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from yuanzhi.engine.kernel.canonical import content_hash, decimal_text, plain
from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.problems import Place, Problem, ProblemsError, listed, nearest
from yuanzhi.engine.pack import CompiledPack, Pack, compile_pack, compose
from yuanzhi.engine.pack.composing import Composition
from yuanzhi.engine.pack.model import DatedValue, Parameter, Scalar
from yuanzhi.engine.records import Snapshot
from yuanzhi.engine.runs.comparing import Comparison, compare
from yuanzhi.engine.runs.evaluating import Progress, evaluate
from yuanzhi.engine.runs.plan import RunPlan
from yuanzhi.engine.runs.results import Results
from yuanzhi.engine.runs.storing import RunManifest

_WHY = Label("本次运行设定的值，不是政策包的值。", "A value set for this run, not the pack's.")
_FIRST_DAY = date(1, 1, 1)


@dataclass(frozen=True)
class Run:
    """A run whole: what it was made from and what came out."""

    manifest: RunManifest
    results: Results


@dataclass(frozen=True)
class Simulation:
    """What a change does: the results without and with it, and every difference."""

    before: Results
    after: Results
    comparison: Comparison


def make_run(
    packs: Sequence[Pack],
    snapshot: Snapshot,
    plan: RunPlan,
    name: str,
    *,
    made: str = "",
    product: str = "",
    progress: Progress = lambda *_: None,
) -> Run:
    """Evaluate packs over a snapshot.

    Args:
        packs: The packs in force with all they extend, base first.
        snapshot: The frozen records.
        plan: Years, parameters and settings.
        name: The run's name.
        made: The time, for the reader; no part of the run's identity.
        product: The version that makes it, for the reader.
        progress: Told each step.

    Raises:
        ProblemsError: The packs have errors, or the plan names a parameter that none declares.
    """
    compiled = compile_with(packs, plan.parameters)
    results = evaluate(compiled, snapshot, plan, progress)
    tables = {name_: {"rows": results[name_].num_rows, "sha256": digest} for name_, digest in results.digests().items()}
    manifest = RunManifest(
        name=name,
        packs=pack_identities(compiled.composition),
        snapshot=snapshot.manifest.name,
        snapshot_digest=snapshot.digest,
        years=plan.years,
        parameters={code: plain(value) for code, value in plan.parameters.items()},
        schemes=plan.schemes,
        least_completeness=str(plan.least_completeness),
        uncertainty=plan.uncertainty,
        product=product,
        results=tables,
        made=made,
    )
    return Run(manifest, results)


def pack_identities(composition: Composition) -> dict[str, dict[str, str]]:
    """Version and content hash of each pack."""
    return {
        pack.code: {"version": pack.identity.version, "sha256": content_hash(pack.files)} for pack in composition.packs
    }


def plan_of(manifest: RunManifest, parameters: Mapping[str, Scalar], threads: int = 2) -> RunPlan:
    """The plan a run was made with; parameters come typed, since a manifest keeps them as text."""
    return RunPlan(
        years=manifest.years,
        parameters=parameters,
        schemes=manifest.schemes,
        least_completeness=Decimal(manifest.least_completeness),
        uncertainty=manifest.uncertainty,
        threads=threads,
    )


def compile_with(packs: Sequence[Pack], parameters: Mapping[str, Scalar]) -> CompiledPack:
    """Packs composed and compiled with some parameters set; what rests on them is ``chosen``.

    Raises:
        ProblemsError: A parameter is not declared by any of the packs.
    """
    return compile_composition(compose(packs), parameters)


def compile_composition(composition: Composition, parameters: Mapping[str, Scalar]) -> CompiledPack:
    """A composition compiled with some parameters set, as ``compile_with`` does.

    Raises:
        ProblemsError: A parameter is not declared.
    """
    unknown = [code for code in parameters if code not in composition.parameters]
    if unknown:
        known = composition.parameters
        raise ProblemsError(
            Problem("run.parameter_unknown", values={"name": code, "nearest": nearest(code, known)}) for code in unknown
        )
    changed = {
        code: replace(
            composition.parameters[code],
            values=(DatedValue(first=_FIRST_DAY, value=value, basis=Basis.CHOSEN, why=_WHY),),
        )
        for code, value in parameters.items()
    }
    return compile_pack(replace(composition, parameters={**composition.parameters, **changed}))


def typed_parameters(composition: Composition, given: Mapping[str, str]) -> dict[str, Scalar]:
    """Parameter values as typed in a command or kept in a manifest, read by the type the pack gives them.

    Raises:
        ProblemsError: A parameter is not declared, or does not take such a value.
    """
    found: dict[str, Scalar] = {}
    for code, text in given.items():
        declared = composition.parameters.get(code)
        if declared is None:
            values = {"name": code, "nearest": nearest(code, composition.parameters)}
            raise ProblemsError([Problem("run.parameter_unknown", values=values)])
        samples = [value.value for value in declared.values if value.value is not None] + list(declared.options)
        sample = samples[0] if samples else Decimal(0)
        try:
            found[code] = _read(text, sample)
        except (ValueError, ArithmeticError):
            values = {"name": code, "value": text, "wanted": _wanted(declared, sample)}
            raise ProblemsError([Problem("run.parameter_value", values=values)]) from None
        if isinstance(sample, str) and declared.options and text not in declared.options:
            values = {"name": code, "value": text, "wanted": _wanted(declared, sample)}
            raise ProblemsError([Problem("run.parameter_value", values=values)])
    return found


def verify_run(
    manifest: RunManifest, stored: Results, packs: Sequence[Pack], snapshot: Snapshot
) -> tuple[Problem, ...]:
    """Recompute a run and name whatever differs: a pack, the snapshot, a table and its first rows.

    Args:
        manifest: What the run was made from.
        stored: Its tables as they stand now, whether or not they still are what the manifest says.
        packs: The packs as they are now.
        snapshot: The snapshot as it is now.
    """
    composition = compose(packs)
    if problems := changed_since(manifest, composition, snapshot):
        return problems
    parameters = typed_parameters(composition, {code: str(value) for code, value in manifest.parameters.items()})
    again = evaluate(compile_with(packs, parameters), snapshot, plan_of(manifest, parameters))
    digests, held = again.digests(), stored.digests()
    compared = compare(stored, again)
    found = []
    for name, kept in manifest.results.items():
        if digests.get(name) != kept["sha256"] or digests.get(name) != held.get(name):
            rows = listed(dict.fromkeys("/".join(change.key) for change in compared.of(name)))
            values = {"table": name, "rows": rows or "—"}
            found.append(Problem("run.result_differs", Place(file=f"{name}.parquet"), values))
    return tuple(found)


def changed_since(manifest: RunManifest, composition: Composition, snapshot: Snapshot) -> tuple[Problem, ...]:
    """What of that a run was made from is no longer as it was: packs and snapshot, each named."""
    problems = _changed_packs(manifest, composition)
    if snapshot.digest != manifest.snapshot_digest:
        problems.append(Problem("run.snapshot_changed", values={"snapshot": manifest.snapshot}))
    return tuple(problems)


def simulate(
    packs: Sequence[Pack],
    snapshot: Snapshot,
    plan: RunPlan,
    *,
    parameters: Mapping[str, Scalar] | None = None,
    instead: Sequence[Pack] | None = None,
    before: Results | None = None,
    progress: Progress = lambda *_: None,
) -> Simulation:
    """What would change if parameters, or the packs themselves, were others.

    Args:
        packs: The packs as they are.
        snapshot: The records both are applied to.
        plan: The plan of the run to compare with.
        parameters: Parameters set otherwise.
        instead: Other packs in place of these.
        before: The results as they are, if they have been computed.
        progress: Told each step.
    """
    base = before if before is not None else evaluate(compile_with(packs, plan.parameters), snapshot, plan, progress)
    changed = replace(plan, parameters={**plan.parameters, **(parameters or {})})
    after = evaluate(compile_with(instead or packs, changed.parameters), snapshot, changed, progress)
    return Simulation(base, after, compare(base, after))


def _changed_packs(manifest: RunManifest, composition: Composition) -> list[Problem]:
    """Packs whose content is another, that are gone, or that have come in since, each with its versions."""
    now, kept = pack_identities(composition), manifest.packs
    differing = [code for code in (*kept, *(c for c in now if c not in kept)) if _hash(now, code) != _hash(kept, code)]
    return [
        Problem(
            "run.pack_changed", values={"pack": code, "versions": f"{_version(kept, code)} → {_version(now, code)}"}
        )
        for code in differing
    ]


def _hash(packs: Mapping[str, Mapping[str, str]], code: str) -> str:
    return packs[code]["sha256"] if code in packs else ""


def _version(packs: Mapping[str, Mapping[str, str]], code: str) -> str:
    return packs[code]["version"] if code in packs else "—"


_YES, _NO = ("true", "1", "yes", "是"), ("false", "0", "no", "否")


def _read(text: str, sample: Scalar) -> Scalar:
    """The value a text stands for, of the type of the sample.

    Raises:
        ValueError: It stands for none.
    """
    match sample:
        case bool():
            if text.strip().lower() not in (*_YES, *_NO):
                raise ValueError(text)
            return text.strip().lower() in _YES
        case Decimal():
            value = Decimal(text.strip())
            if not value.is_finite():
                raise ValueError(text)
            return value
        case date():
            return date.fromisoformat(text.strip())
        case _:
            return text


def _wanted(declared: Parameter, sample: Scalar) -> str:
    """What a parameter takes, for a reader."""
    if declared.options:
        return ", ".join(decimal_text(own) if isinstance(own, Decimal) else str(own) for own in declared.options)
    match sample:
        case bool():
            return "true, false"
        case Decimal():
            return f"1, 2.5 … ({declared.unit})"
        case date():
            return "2018-01-31"
        case _:
            return "…"
