"""Runs made, recomputed and varied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow.compute as pc
import pytest
from run_world import PLAN, QUICK, compiled_of, read, rows, snapshot_of

from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.problems import ProblemsError
from yuanzhi.engine.pack import CompiledPack, Pack, compose
from yuanzhi.engine.pack.composing import Composition
from yuanzhi.engine.records import Snapshot
from yuanzhi.engine.runs.comparing import compare
from yuanzhi.engine.runs.evaluating import evaluate
from yuanzhi.engine.runs.results import GRADES, Results, table_of
from yuanzhi.engine.runs.running import (
    Run,
    changed_since,
    compile_with,
    make_run,
    plan_of,
    simulate,
    typed_parameters,
    verify_run,
)

Read = Callable[..., Pack]


def codes(problems: Any) -> list[str]:
    return [problem.code for problem in problems]


def told(problems: Any) -> str:
    return " ".join(problem.text(language) for problem in problems for language in ("zh", "en"))


# Recomputing


def test_a_run_recomputes_to_the_same(run: Run, pack: Pack, snapshot: Snapshot) -> None:
    """Three years with uncertainty, evaluated a second time."""
    assert verify_run(run.manifest, run.results, [pack], snapshot) == ()


def test_the_manifest_says_what_the_run_was_made_from(run: Run, pack: Pack, snapshot: Snapshot) -> None:
    manifest = run.manifest
    assert list(manifest.packs) == ["province-2018"]
    assert manifest.snapshot_digest == snapshot.digest
    assert manifest.years == PLAN.years
    assert manifest.least_completeness == "0.9"
    assert {name: own["sha256"] for name, own in manifest.results.items()} == run.results.digests()
    assert plan_of(manifest, {}) == PLAN


def test_a_run_with_a_parameter_set_recomputes_with_it(pack: Pack, snapshot: Snapshot) -> None:
    plan = replace(QUICK, parameters={"least_tax_per_mu": Decimal("9.5"), "rewards_open": False})
    made = make_run([pack], snapshot, plan, "what-if")
    assert made.manifest.parameters == {"least_tax_per_mu": "9.5", "rewards_open": False}
    assert verify_run(made.manifest, made.results, [pack], snapshot) == ()


def test_a_changed_pack_is_named_with_its_versions(
    run: Run, snapshot: Snapshot, pack: Pack, read_pack_of: Read
) -> None:
    other = read_pack_of(('version: "1.0"', 'version: "1.1"'))
    problems = verify_run(run.manifest, run.results, [other], snapshot)
    assert codes(problems) == ["run.pack_changed"]
    assert "province-2018" in told(problems)
    assert "1.0 → 1.1" in told(problems)


def test_a_pack_is_another_after_a_comment(run: Run, snapshot: Snapshot, read_pack_of: Read) -> None:
    other = read_pack_of(("pack:\n", "# a comment\npack:\n"))
    assert codes(changed_since(run.manifest, compiled_of(other).composition, snapshot)) == ["run.pack_changed"]


def test_packs_that_are_gone_or_new_are_named(run: Run, pack: Pack, snapshot: Snapshot, compiled: CompiledPack) -> None:
    stranger = replace(pack, identity=replace(pack.identity, code="stranger"))
    more = replace(compiled.composition, packs=(pack, stranger))
    assert "stranger" in told(changed_since(run.manifest, more, snapshot))
    none = replace(compiled.composition, packs=())
    assert "1.0 → —" in told(changed_since(run.manifest, none, snapshot))


def test_a_changed_snapshot_is_named(run: Run, pack: Pack, compiled: CompiledPack) -> None:
    other = rows()
    other["enterprise_month"][0]["revenue"] += Decimal("0.01")
    problems = verify_run(run.manifest, run.results, [pack], snapshot_of(compiled, other))
    assert codes(problems) == ["run.snapshot_changed"]
    assert "2020" in told(problems)


@pytest.mark.parametrize("forged", [False, True], ids=["the manifest as it was", "the manifest forged too"])
def test_a_changed_row_is_named(quick: Run, pack: Pack, snapshot: Snapshot, forged: bool) -> None:
    """Somebody who changes a table is found by recomputing, also with its hash in the manifest changed."""
    grades = quick.results["grades"].to_pylist()
    target = next(row for row in grades if row["subject"] == "p5")
    target["grade"], target["rank"] = "A", 1
    table = table_of(GRADES, grades)
    tampered, manifest = Results({**quick.results.tables, "grades": table}), quick.manifest
    if forged:
        own = {"rows": table.num_rows, "sha256": tampered.digests()["grades"]}
        manifest = replace(manifest, results={**manifest.results, "grades": own})
    problems = verify_run(manifest, tampered, [pack], snapshot)
    assert codes(problems) == ["run.result_differs"]
    assert problems[0].values == {"table": "grades", "rows": "park_assessment/2019/p5"}


def test_a_missing_table_is_a_difference(quick: Run, pack: Pack, snapshot: Snapshot) -> None:
    without = Results({name: table for name, table in quick.results.tables.items() if name != "targets"})
    problems = verify_run(quick.manifest, without, [pack], snapshot)
    assert [problem.values["table"] for problem in problems] == ["targets"]


def test_a_pack_with_errors_does_not_run(snapshot: Snapshot, read_pack_of: Read) -> None:
    broken = read_pack_of(("formula: park_tax / land,", "formula: park_tax / lend,"))
    with pytest.raises(ProblemsError) as caught:
        make_run([broken], snapshot, QUICK, "broken")
    assert "land" in told(caught.value.problems)


# Parameters


def basis(results: Results, table: str, **key: str) -> set[str]:
    rows = results[table].to_pylist()
    return {row["basis"] for row in rows if all(row[name] == value for name, value in key.items())}


def test_what_rests_on_a_parameter_set_for_the_run_is_chosen(quick: Run, pack: Pack, snapshot: Snapshot) -> None:
    assert basis(quick.results, "determinations", rule="low_output") == {"stated"}
    set_otherwise = make_run(
        [pack], snapshot, replace(QUICK, parameters={"least_tax_per_mu": Decimal(8)}), "set"
    ).results
    assert basis(set_otherwise, "determinations", rule="low_output") == {"chosen"}
    assert basis(set_otherwise, "series", indicator="tax_per_mu") == {"stated"}


def test_a_parameter_set_holds_on_every_day_and_says_why(pack: Pack) -> None:
    compiled = compile_with([pack], {"least_tax_per_mu": Decimal(9)})
    for day in (date(1990, 1, 1), date(2020, 12, 31)):
        value = compiled.composition.parameters["least_tax_per_mu"].on(day)
        assert value is not None
        assert (value.value, value.basis) == (Decimal(9), Basis.CHOSEN)
        assert value.why.zh
        assert value.why.en


def test_an_unknown_parameter_is_refused_with_the_nearest_name(pack: Pack, snapshot: Snapshot) -> None:
    with pytest.raises(ProblemsError) as caught:
        make_run([pack], snapshot, replace(QUICK, parameters={"rectify_month": Decimal(6)}), "x")
    assert codes(caught.value.problems) == ["run.parameter_unknown"]
    assert "rectify_months" in told(caught.value.problems)


TYPED: dict[str, tuple[str, str, Any]] = {
    "a number": ("rectify_months", "12", Decimal(12)),
    "a number with blanks": ("rectify_months", " 12.50 ", Decimal("12.50")),
    "true": ("rewards_open", "true", True),
    "yes in Chinese": ("rewards_open", "是", True),
    "no": ("rewards_open", "No", False),
    "as a manifest keeps it": ("rewards_open", "False", False),
}


@pytest.mark.parametrize(("code", "text", "value"), TYPED.values(), ids=TYPED)
def test_a_value_is_read_by_the_type_of_the_parameter(compiled: CompiledPack, code: str, text: str, value: Any) -> None:
    found = typed_parameters(compiled.composition, {code: text})
    assert found == {code: value}
    assert type(found[code]) is type(value)


DATED = """
parameters:
  first_day: {label: {zh: 首日, en: First day}, clause: "6", value: 2018-07-01, basis: stated}
  way:
    label: {zh: 次序, en: Way}
    clause: "6"
    value: specific_first
    basis: chosen
    options: [specific_first, general_first]
    why: {zh: 选定, en: Chosen}
"""


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Composition:
    return compose([read(tmp_path_factory.mktemp("dated") / "pack", more=DATED)])


def test_dates_and_words_are_read_too(dated: Composition) -> None:
    found = typed_parameters(dated, {"first_day": "2019-01-31", "way": "general_first"})
    assert found == {"first_day": date(2019, 1, 31), "way": "general_first"}


REFUSED = {
    "a word for a number": ("rectify_months", "twelve"),
    "nothing for a number": ("rectify_months", ""),
    "no number": ("rectify_months", "NaN"),
    "without end": ("rectify_months", "inf"),
    "a slip in a truth value": ("rewards_open", "ture"),
    "no day": ("first_day", "2019-02-30"),
    "a word that is no option": ("way", "genral_first"),
}


@pytest.mark.parametrize(("code", "text"), REFUSED.values(), ids=REFUSED)
def test_a_value_of_another_type_is_refused(dated: Composition, code: str, text: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        typed_parameters(dated, {code: text})
    assert codes(caught.value.problems) == ["run.parameter_value"]
    assert code in told(caught.value.problems)


def test_an_unknown_name_is_refused_with_the_nearest(compiled: CompiledPack) -> None:
    with pytest.raises(ProblemsError) as caught:
        typed_parameters(compiled.composition, {"rectify_month": "6"})
    assert "rectify_months" in told(caught.value.problems)


# What a run holds


def test_only_the_schemes_asked_for_are_assessed(compiled: CompiledPack, snapshot: Snapshot) -> None:
    results = evaluate(compiled, snapshot, replace(QUICK, schemes=("park_assessment",)))
    assert pc.unique(results["grades"]["scheme"]).to_pylist() == ["park_assessment"]
    with pytest.raises(ProblemsError) as caught:
        evaluate(compiled, snapshot, replace(QUICK, schemes=("park_assesment",)))
    assert codes(caught.value.problems) == ["assessment.scheme_unknown"]
    assert "park_assessment" in told(caught.value.problems)


def grades_of(results: Results, period: str) -> dict[str, tuple[int | None, str]]:
    return {r["subject"]: (r["rank"], r["grade"]) for r in results["grades"].to_pylist() if r["period"] == period}


def test_a_park_without_a_value_is_not_ranked_and_the_value_is_named(run: Run) -> None:
    own = {row["subject"]: row for row in run.results["grades"].to_pylist() if row["period"] == "2019"}
    assert own["p3"]["score"] is None
    assert own["p3"]["rank"] is None
    assert "air_quality" in own["p3"]["note"]
    assert {row["ranked"] for row in own.values() if row["rank"]} == {5}


def test_a_vetoed_park_takes_the_lowest_grade_whatever_its_score(run: Run) -> None:
    own = next(r for r in run.results["grades"].to_pylist() if (r["subject"], r["period"]) == ("p2", "2019"))
    assert (own["grade"], own["decided_by"]) == ("C", "veto")
    assert own["score"] > 45
    assert "major_accident" in own["note"]


def test_a_merged_park_is_assessed_until_the_merger(run: Run) -> None:
    assert "p6" in grades_of(run.results, "2019")
    assert "p6" not in grades_of(run.results, "2020")
    revenue = {
        (r["subject"], r["period"]): r["value"]
        for r in run.results["series"].to_pylist()
        if r["indicator"] == "park_revenue"
    }
    assert revenue["p4", "2020"] > revenue["p4", "2019"] + revenue["p6", "2019"] / 2


def test_the_ladder_follows_the_grades(run: Run) -> None:
    states = {(r["subject"], r["as_of"][:4]): r["state"] for r in run.results["proposals"].to_pylist()}
    assert [states["p5", year] for year in ("2018", "2019", "2020")] == ["rectifying", "demotable", "demotable"]
    assert [states["p1", year] for year in ("2018", "2019", "2020")] == ["normal"] * 3
    assert [states["p4", year] for year in ("2018", "2019", "2020")] == ["normal", "rectifying", "normal"]


def test_rules_see_a_year_as_the_indicators_do(run: Run) -> None:
    """An enterprise of half a year has the revenue of the half it lived; one that lacks a month has none."""
    rows = run.results["determinations"].to_pylist()
    size = {(r["subject"], r["as_of"][:4]): (r["outcome"], r["missing"]) for r in rows if r["rule"] == "size_class"}
    assert size["e29", "2019"] == ("met", "")
    assert size["e07", "2020"] == ("undetermined", "revenue")
    assert ("e28", "2020") not in size, "closed in June"


def test_an_exception_takes_its_subject_out(run: Run) -> None:
    rows = [r for r in run.results["determinations"].to_pylist() if r["rule"] == "low_output" and r["subject"] == "p5"]
    assert {row["exception"] for row in rows} == {"farming_spared"}


def test_real_and_synthetic_records_are_not_mixed_in_one_figure(compiled: CompiledPack) -> None:
    mixed = rows()
    for row in mixed["enterprise_month"]:
        row["synthetic"] = row["subject"] == "e00"
    results = evaluate(compiled, snapshot_of(compiled, mixed), QUICK)
    found = [row for row in results["findings"].to_pylist() if row["code"] == "run.mixed_origin"]
    assert len(found) == 1
    assert "park_revenue" in found[0]["text"]
    p1 = next(r for r in results["series"].to_pylist() if r["indicator"] == "park_revenue" and r["subject"] == "p1")
    assert p1["mixed"]
    assert p1["value"] is None


# What if


def test_nothing_moves_when_nothing_changes(quick: Run, pack: Pack, snapshot: Snapshot) -> None:
    same = simulate([pack], snapshot, QUICK, parameters={"rectify_months": Decimal(6)}, before=quick.results)
    assert same.comparison.is_same, "the value is as it was, and was chosen before"


def test_a_stated_value_set_to_itself_changes_only_what_it_rests_on(quick: Run, pack: Pack, snapshot: Snapshot) -> None:
    done = simulate([pack], snapshot, QUICK, parameters={"least_tax_per_mu": Decimal(8)}, before=quick.results)
    assert {(c.table, c.key[0], c.column, c.before, c.after) for c in done.comparison.changes} == {
        ("determinations", "low_output", "basis", "stated", "chosen")
    }


def test_a_longer_time_to_rectify_moves_deadlines_and_nothing_else(quick: Run, pack: Pack, snapshot: Snapshot) -> None:
    done = simulate([pack], snapshot, QUICK, parameters={"rectify_months": Decimal(12)}, before=quick.results)
    moved = {(c.table, c.column, c.key[1], c.before, c.after) for c in done.comparison.changes}
    before = {r["subject"]: r["deadline"] for r in quick.results["proposals"].to_pylist() if r["deadline"]}
    assert before
    assert moved == {
        ("proposals", "deadline", subject, deadline, deadline.replace("06-30", "12-31"))
        for subject, deadline in before.items()
    }


def test_a_stricter_limit_names_exactly_the_parks_it_reaches(quick: Run, pack: Pack, snapshot: Snapshot) -> None:
    series = quick.results["series"].to_pylist()
    per_mu = {r["subject"]: r["value"] for r in series if r["indicator"] == "tax_per_mu"}
    reached = {
        own for own, value in per_mu.items() if value is not None and 8 <= value < Decimal("9.5") and own != "p5"
    }
    assert reached
    assert len(reached) < len(per_mu)
    done = simulate([pack], snapshot, QUICK, parameters={"least_tax_per_mu": Decimal("9.5")}, before=quick.results)
    found = done.comparison.of("determinations", "outcome")
    assert {c.key[1] for c in found} == reached
    assert {(c.before, c.after) for c in found} == {("not_met", "met")}
    assert not done.comparison.of("grades")
    assert not done.comparison.of("series")


def test_another_pack_shows_who_moves(quick: Run, pack: Pack, snapshot: Snapshot, read_pack_of: Read) -> None:
    other = read_pack_of(("at_least: 45}", "at_least: 20}"))
    done = simulate([pack], snapshot, QUICK, instead=[other], before=quick.results)
    moved = {(c.key[2], c.before, c.after) for c in done.comparison.of("grades", "grade")}
    expected = {
        (r["subject"], "C", "B")
        for r in quick.results["grades"].to_pylist()
        if r["grade"] == "C" and r["score"] >= 20 and r["decided_by"] == "cut"
    }
    assert moved == expected
    assert expected
    assert not done.comparison.of("grades", "score")
    assert {c.key[1] for c in done.comparison.of("proposals", "state")} == {subject for subject, _, _ in expected}


def test_a_new_indicator_and_target_are_added_rows(
    quick: Run, pack: Pack, snapshot: Snapshot, read_pack_of: Read
) -> None:
    more = """
indicators:
  land_used:
    {label: {zh: 用地, en: Land used}, clause: "3", subject: park, unit: 亩, formula: land, measurement: stock}
targets:
  land_2020:
    {label: {zh: 用地, en: Land}, clause: "3", indicator: land_used, subject: p1, value: 50, unit: 亩, year: 2020}
"""
    other = read_pack_of(more=more)
    done = simulate([pack], snapshot, QUICK, instead=[other], before=quick.results)
    assert {(c.table, c.kind, c.key[0]) for c in done.comparison.changes} == {
        ("series", "added", "land_used"), ("targets", "added", "land_2020"),
    }  # fmt: skip
    back = compare(done.after, done.before)
    assert {(c.table, c.kind) for c in back.changes} == {("series", "removed"), ("targets", "removed")}


def test_a_parameter_of_the_new_pack_can_be_set_with_it(
    quick: Run, pack: Pack, snapshot: Snapshot, read_pack_of: Read
) -> None:
    other, parameters = read_pack_of(more=DATED), {"way": "general_first"}
    done = simulate([pack], snapshot, QUICK, instead=[other], parameters=parameters, before=quick.results)
    assert done.comparison.is_same
