"""What follows from results over the years, by the ready vectors and the published life-cycle rules."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from small_histories import codes, year, years

from yuanzhi.engine.consequences import Event, PeriodResult, propose
from yuanzhi.engine.kernel.outcomes import Basis, Outcome
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.kernel.problems import ProblemsError

RANKS = "rank_from_bottom"


@pytest.mark.parametrize(
    ("scores", "state"),
    [((90, 90), "priority"), ((95, 89.9), "ordinary"), ((89, 95), "ordinary"), ((90, None, 90), "ordinary")],
)
def test_t10_two_successive_years_of_ninety(follows, scores, state):
    found = follows("priority", years(2018, "score", *scores))
    assert found.state == state
    assert codes(found.effects) == (["priority_expansion"] if state == "priority" else [])


def test_priority_is_lost_again(follows):
    found = follows("priority", years(2018, "score", 90, 90, 70))
    assert (found.state, codes(found.steps)) == ("ordinary", ["gain", "lose"])


@pytest.mark.parametrize(
    ("ranks", "state", "count"),
    [
        ((1, 1, 1), "exit_case", 3),
        ((1, 1, 2), "in_place", 0),
        ((1, 1, 2, 1), "in_place", 1),
        ((1, 1, None, 1), "exit_case", 3),
    ],
)
def test_t56_last_in_three_successive_years(follows, ranks, state, count):
    found = follows("last_in_a_row", years(2015, RANKS, *ranks))
    assert (found.state, found.counters["last_run"].value) == (state, count)


FAILED = [year(2018, grade="fail", score=40)]
PASSED = ("rectification_passed", "2019-06-30")


def test_t55_a_fail_brings_warning_limit_and_rectification(follows):
    found = follows("ladder", FAILED, on=date(2019, 2, 1))
    assert (found.state, codes(found.effects)) == ("rectifying", ["warn", "limit_land", "order_rectification"])
    assert codes(found.proposals) == ["fail"]
    assert found.deadline == date(2019, 6, 30)
    (reason,) = found.steps[0].reasons
    assert (reason.outcome, reason.left) == (Outcome.MET, "fail")


@pytest.mark.parametrize(
    ("passed", "state"), [("2019-06-30", "normal"), ("2019-07-01", "eligible"), ("2019-05-01", "normal")]
)
def test_t55_cured_in_time_or_not(follows, passed, state):
    """The last day is in time; the day after is not."""
    found = follows("ladder", FAILED, ("rectification_passed", passed), on=date(2019, 12, 1))
    assert found.state == state


@pytest.mark.parametrize(
    ("facts", "effect"),
    [
        ({"output": Decimal(9), "lagging": False}, "propose_revocation"),
        ({"output": Decimal(10), "lagging": False}, "propose_demotion"),
    ],
)
def test_t55_not_cured_by_the_date(follows, facts, effect):
    found = follows("ladder", FAILED, on=date(2019, 7, 1), facts=facts)
    assert (found.state, codes(found.effects)) == ("eligible", [effect])
    assert found.steps[-1].on == date(2019, 7, 1)
    assert codes(found.proposals) == ["fail", "late" if effect.endswith("demotion") else "poor"]


def test_what_cannot_be_judged_is_passed_over_and_named(follows):
    found = follows("ladder", FAILED, on=date(2019, 9, 1))
    assert found.state == "eligible"
    assert [(own.transition, own.missing) for own in found.open] == [("poor", ("lagging", "output"))]


def test_the_last_day_has_not_passed_yet(follows):
    assert follows("ladder", FAILED, on=date(2019, 6, 30)).state == "rectifying"


def test_a_final_decision_is_an_event(follows):
    found = follows(
        "ladder", FAILED, ("revocation_decided", "2020-01-01"), on=date(2020, 2, 1), facts={"lagging": True}
    )
    assert (found.state, codes(found.effects)) == ("revoked", ["close"])
    assert codes(found.proposals) == ["fail", "poor"]


def test_a_person_may_decline_or_adopt_a_proposal(ladders):
    for decision, state, waiting in (("declined", "normal", []), ("adopted", "rectifying", [])):
        event = Event(event=decision, on=date(2019, 3, 1), transition="fail")
        found = propose(ladders, "ladder", {"a": FAILED}, {"a": [event]}, date(2019, 4, 1)).by_subject["a"]
        assert (found.state, codes(found.proposals)) == (state, waiting)


@pytest.mark.parametrize(
    ("ranks", "state"),
    [
        ((5, 6, 1), "candidate"),
        ((5, 6, 7, 2), "standing"),
        ((5, 6), "standing"),
        ((1, 1), "candidate"),
        ((5, 1, 7, 8), "standing"),
    ],
)
def test_r01_twice_among_the_last_five_in_three_years(follows, ranks, state):
    assert follows("downgrade", years(2022, RANKS, *ranks)).state == state


def test_r01_a_year_without_assessment_leaves_it_open(follows):
    found = follows("downgrade", years(2022, RANKS, 5, None, 9))
    assert (found.state, found.counters["bottom"].value) == ("standing", None)
    assert found.open[-1].missing == ("bottom",)
    assert found.is_undetermined
    sure = follows("downgrade", years(2022, RANKS, 5, None, 1))
    assert sure.state == "candidate"


def test_r02_candidates_stand_in_order_of_their_mean_score(ladders):
    def zone(*scores):
        return [year(2022 + place, score=score, rank_from_bottom=3) for place, score in enumerate(scores)]

    histories = {"a": zone(52, "52.2"), "b": zone("51.8", 52), "c": zone(10, 99), "d": years(2022, RANKS, 1, 1)}
    made = propose(ladders, "downgrade", histories, {}, date(2024, 1, 1))
    assert [(own.subject, own.mean_score) for own in made.candidates("list")] == [
        ("b", Decimal("51.9")),
        ("a", Decimal("52.1")),
        ("c", Decimal("54.5")),
        ("d", None),
    ]


def test_r03_the_province_may_not_recommend_for_two_years(ladders):
    events = {"a": [Event(event="exit_announced", on=date(2025, 9, 1))]}
    facts = {"a": {"province": "甘肃省"}}
    made = propose(ladders, "downgrade", {"a": years(2022, RANKS, 5, 6, 1)}, events, date(2026, 1, 1), facts=facts)
    (cooldown,) = made.by_subject["a"].cooldowns
    assert (cooldown.applies_to, cooldown.whom, cooldown.forbids.code) == ("province", "甘肃省", "recommend_upgrade")
    assert (cooldown.first, cooldown.last) == (date(2025, 9, 1), date(2027, 9, 1))
    assert len(made.cooldowns_on(date(2027, 9, 1))) == 1
    assert made.cooldowns_on(date(2027, 9, 2)) == ()


@pytest.mark.parametrize(
    ("grades", "expected"),
    [("D", "0.05"), ("DD", "0.1"), ("DDD", "0.15"), ("DDDD", "0.15"), ("DCD", "0.05"), ("DDC", None)],
)
def test_r10_surcharge_by_successive_years(follows, grades, expected):
    found = follows("surcharge", years(2019, "grade", *grades))
    values = {own.name: own.value for own in found.applied}
    assert values == ({"per_kwh": Fraction(expected)} if expected else {})


@pytest.mark.parametrize(("other", "applies"), [("0.3", "0.3"), ("0.01", "0.1")])
def test_r10_the_highest_surcharge_only(follows, other, applies):
    found = follows("surcharge", years(2019, "grade", *"DD"), also_applying={"a": {"per_kwh": Fraction(other)}})
    (applied,) = found.applied
    assert applied.value == Fraction(applies)
    assert [value for _, value in applied.set_aside] == [min(Fraction(other), Fraction("0.1"))]


def test_without_combining_all_values_stand(follows, ladders):
    from yuanzhi.engine.consequences.combining import combine
    from yuanzhi.engine.consequences.moving import GivenEffect
    from yuanzhi.engine.pack.model import Effect

    effects = (GivenEffect(Effect(code="e"), {"fee": Fraction(1)}), GivenEffect(Effect(code="f"), {"fee": None}))
    assert [(own.effect, own.value) for own in combine("all", effects, {})] == [("e", 1), ("f", None)]
    assert [(own.effect, own.value) for own in combine("highest", effects, {})] == [("e", 1), ("f", None)]


def test_one_more_such_year(follows):
    found = follows("downgrade", years(2022, RANKS, 5, 9), on=date(2024, 3, 1))
    forecasts = {own.assumption: own for own in found.forecast}
    assert forecasts["same"].state == "standing"
    assert forecasts["best_rank"].state == "standing"
    worse = follows("downgrade", years(2022, RANKS, 9, 5), on=date(2024, 3, 1))
    forecasts = {own.assumption: own for own in worse.forecast}
    assert (forecasts["same"].transitions, forecasts["same"].effects) == (("list",), ("downgrade_candidate",))
    assert forecasts["best_rank"].transitions == ()


def test_a_forecast_for_every_grade(follows):
    found = follows("ladder", [year(2018, grade="pass", score=70)], on=date(2019, 2, 1))
    assert {own.assumption: own.effects for own in found.forecast} == {
        "same": (),
        "grade:good": (),
        "grade:pass": (),
        "grade:fail": ("warn", "limit_land", "order_rectification"),
    }


def test_a_deadline_runs_out_in_the_forecast(follows):
    found = follows("ladder", FAILED, on=date(2019, 2, 1), facts={"output": Decimal(50), "lagging": False})
    same = next(own for own in found.forecast if own.assumption == "same")
    assert (same.state, same.transitions) == ("eligible", ("late",))


def test_nothing_known_has_no_forecast(follows):
    assert follows("ladder", [year(2018)]).forecast == ()


def test_a_merged_zone_keeps_its_history(ladders):
    histories = {"old": years(2022, RANKS, 5, 9), "new": years(2024, RANKS, 2)}
    apart = propose(ladders, "downgrade", histories, {}, date(2025, 1, 1))
    assert {subject: own.state for subject, own in apart.by_subject.items()} == {"old": "standing", "new": "standing"}
    joined = propose(ladders, "downgrade", histories, {}, date(2025, 1, 1), successors={"old": ["new"]})
    assert {subject: own.state for subject, own in joined.by_subject.items()} == {"new": "candidate"}
    counted = joined.by_subject["new"].counters["bottom"].counted
    assert [str(period) for period in counted] == ["2022", "2024"]


def test_a_split_zone_passes_its_history_to_both(ladders):
    made = propose(
        ladders, "downgrade", {"old": years(2022, RANKS, 5, 4)}, {}, date(2025, 1, 1), successors={"old": ["p", "q"]}
    )
    assert {subject: own.state for subject, own in made.by_subject.items()} == {"p": "candidate", "q": "candidate"}


def test_two_predecessors_with_different_results_leave_a_gap(ladders):
    histories = {"p": years(2022, RANKS, 5, 4), "q": years(2022, RANKS, 5, 90)}
    made = propose(ladders, "downgrade", histories, {}, date(2025, 1, 1), successors={"p": ["new"], "q": ["new"]})
    assert made.by_subject["new"].counters["bottom"].low == 1
    assert [problem.code for problem in made.problems] == ["consequence.two_results"]
    assert "2023" in made.problems[0].text("zh")


def test_results_after_the_day_do_not_count(follows):
    results = years(2022, RANKS, 5, 1)
    assert follows("downgrade", results, on=date(2023, 6, 1)).state == "standing"
    late = [results[0], PeriodResult(period=Period.year(2023), rank_from_bottom=1, announced=date(2024, 5, 1))]
    assert follows("downgrade", late, on=date(2024, 4, 30)).state == "standing"
    assert follows("downgrade", late, on=date(2024, 5, 1)).state == "candidate"


def test_the_order_of_facts_never_matters(ladders):
    results = years(2019, RANKS, 5, 9, 1, 9, 9)
    events = [Event(event="exit_announced", on=date(2022, 2, 1)), Event(event="other", on=date(2021, 2, 1))]
    one = propose(ladders, "downgrade", {"a": results}, {"a": events}, date(2025, 1, 1))
    other = propose(ladders, "downgrade", {"a": results[::-1]}, {"a": events[::-1]}, date(2025, 1, 1))
    assert one.by_subject["a"].steps == other.by_subject["a"].steps


@pytest.mark.parametrize(
    ("facts", "where"),
    [
        ({"territory": "630102", "tier": "province"}, "inside"),
        ({"territory": "620102", "tier": "province"}, "outside"),
        ({"territory": "630102", "tier": "county"}, "outside"),
        ({"territory": "630102"}, "undecided"),
    ],
)
def test_whom_a_machine_is_for(ladders, facts, where):
    made = propose(ladders, "local", {"a": years(2020, "score", 5)}, {}, date(2022, 1, 1), facts={"a": facts})
    found = {
        "inside": list(made.by_subject),
        "outside": list(made.outside),
        "undecided": [s for s, _ in made.undecided],
    }
    assert found == {place: ["a"] if place == where else [] for place in found}


def test_a_machine_that_rests_on_a_choice_says_so(ladders):
    assert propose(ladders, "ladder", {}, {}, date(2020, 1, 1)).basis is Basis.CHOSEN
    assert propose(ladders, "downgrade", {}, {}, date(2020, 1, 1)).basis is Basis.STATED


def test_an_unknown_machine_names_the_nearest(ladders):
    with pytest.raises(ProblemsError, match="ladder"):
        propose(ladders, "lader", {}, {}, date(2020, 1, 1))
