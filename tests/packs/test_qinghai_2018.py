"""The Qinghai pack against the catalogue of the document, and what a pack this size must keep."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from yuanzhi.engine.consequences import PeriodResult, propose
from yuanzhi.engine.formulas import evaluate
from yuanzhi.engine.indicators import check_coherence
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.periods import Frequency, Period
from yuanzhi.engine.pack import CompiledPack, Composition, Pack, compile_pack, compose, read_pack
from yuanzhi.engine.pack.model import Carried, Figure
from yuanzhi.engine.runs.examples import run_example

ROOT = Path(__file__).resolve().parents[2]
PACKS = ROOT / "src" / "yuanzhi" / "packs"
SHARED = Path(os.environ.get("YUANZHI_SHARED", ROOT.parent / "shared"))
CATALOGUE = SHARED / "catalogue" / "qinghai-2018.yaml"

UNITS = {
    "个": "parks labs centres zones zone bases points core wings areas belt blueprint window systems users",
    "项": "requirements changes roles principles basics directions items item criteria fields conditions controls "
    "indicators phases",
    "种": "industries sectors families tiers",
    "次": "visit round",
    "件": "matters",
    "人": "people",
    "年": "year years",
    "月": "month",
    "天": "days",
}
PACK_UNITS = {
    **{own: unit for unit, names in UNITS.items() for own in names.split()},
    "document number": "号",
    "rd party": "个",
    "× base": "倍",
    "m²": "m2",
}
"""The catalogue counts in English words; the pack counts in the units of the base pack."""
A_CALENDAR_YEAR = {"4.5a-f3"}


@cache
def reading() -> Any:
    return read_pack(PACKS / "qinghai-2018")


def pack() -> Pack:
    return reading().pack


@cache
def composition() -> Composition:
    return compose([read_pack(PACKS / "cn-base").pack, pack()])


@cache
def compiled() -> CompiledPack:
    return compile_pack(composition())


@cache
def catalogue() -> dict[str, Any]:
    if not CATALOGUE.exists():
        pytest.skip("the catalogue of the documents is not here")
    return yaml.load(CATALOGUE.read_text(encoding="utf-8"), Loader=_Exact)


class _Exact(yaml.SafeLoader):
    """Numbers as exact decimals; a code written with digits stays text where the file quotes it."""


_Exact.add_constructor("tag:yaml.org,2002:float", lambda loader, node: Decimal(node.value))
_Exact.add_constructor("tag:yaml.org,2002:int", lambda loader, node: Decimal(node.value.replace("_", "")))


def test_pack_reads_and_composes_without_a_problem() -> None:
    assert [problem.text("en") for problem in reading().problems] == []
    assert [problem.text("en") for problem in composition().problems] == []


# Against the catalogue


def test_every_clause_of_the_document_is_there_and_no_other() -> None:
    wanted = {clause["id"]: clause for clause in catalogue()["clauses"]}
    assert set(pack().clauses) == set(wanted)
    wrong = [code for code, own in pack().clauses.items() if own.heading.zh != wanted[code]["heading_zh"]]
    assert wrong == []


def test_clauses_are_in_our_own_words() -> None:
    same = [
        clause["id"]
        for clause in catalogue()["clauses"]
        if pack().clauses[clause["id"]].text.zh in clause["summary_zh"]
        or pack().clauses[clause["id"]].text.en in clause["summary_en"]
    ]
    assert same == []


def test_every_figure_is_there_with_its_value_comparison_unit_and_years() -> None:
    wanted = {figure["id"]: figure for clause in catalogue()["clauses"] for figure in clause["figures"]}
    assert sorted(set(wanted) ^ set(pack().figures)) == []
    differing = {
        code: found for code, figure in wanted.items() if (found := _differences(figure, pack().figures[code]))
    }
    assert differing == {}


def _differences(wanted: dict[str, Any], own: Figure) -> dict[str, tuple[Any, Any]]:
    value = wanted["value"]
    unit = "1" if wanted["id"] in A_CALENDAR_YEAR else PACK_UNITS.get(wanted["unit"], wanted["unit"])
    expected = {
        "kind": wanted["kind"],
        "comparison": wanted["comparison"],
        "value": tuple(value) if isinstance(value, list) else value,
        "unit": unit,
        "base_year": wanted.get("base_year"),
        "base_value": wanted.get("base_value"),
        "target_year": wanted.get("target_year"),
        "as_written": wanted.get("as_written", ""),
    }
    return {name: (found, goal) for name, goal in expected.items() if (found := getattr(own, name)) != goal}


def test_every_park_the_document_names_is_there_in_its_place() -> None:
    counted = {"qh-all-industrial", "qh-all-agri", "qh-all-service"}
    by_name = {own.label.zh: own for own in pack().parks.values()}
    for park in catalogue()["document"]["parks"]:
        own = by_name.get(park["name_zh"])
        assert own is not None, park["name_zh"]
        if "place_code" in park:
            assert own.region == park["place_code"], park["name_zh"]
        if park["id"] in counted:
            assert own.counted == park["count"]
    assert len(by_name) == len(catalogue()["document"]["parks"])


def test_every_procedure_is_declared() -> None:
    wanted = Counter(clause["id"] for clause in catalogue()["clauses"] for _ in clause["procedures"])
    assert Counter(own.clause for own in pack().procedures.values()) == wanted


def test_every_basis_document_is_cited() -> None:
    wanted = {basis["title_zh"]: basis["doc_no"] or "" for basis in catalogue()["document"]["basis"]}
    assert {basis.title.zh: basis.number for basis in pack().identity.basis} == wanted


# What the pack itself must keep


def test_a_clause_the_engine_carries_out_has_something_that_carries_it() -> None:
    own = pack()
    sections = (own.parameters, own.codes, own.parks, own.sets, own.forms, own.indicators, own.targets, own.rules,
                own.allocations, own.schemes, own.consequences)  # fmt: skip
    carried = {declared.clause for section in sections for declared in section.values()}
    by_engine = {code for code, clause in own.clauses.items() if clause.carried is Carried.ENGINE}
    assert sorted(by_engine - carried) == []


def test_every_clause_says_who_carries_it_out() -> None:
    assert [code for code, clause in pack().clauses.items() if clause.carried is None] == []


def test_numbers_of_carried_clauses_are_used() -> None:
    """Prices, limits, thresholds, shares and targets of these clauses reach a parameter or a target."""
    own = pack()
    used = {parameter.figure for parameter in own.parameters.values()} | {
        target.figure for target in own.targets.values()
    }
    split_in_two = {"6.4g-f2"}
    set_as_a_deadline = {"4.5a-f3"}
    wanted = {
        code
        for code, figure in own.figures.items()
        if own.clauses[figure.clause].carried is Carried.ENGINE
        and figure.kind in {"price", "limit", "threshold", "share", "target", "deadline", "duration"}
    }
    assert sorted(wanted - used - split_in_two - set_as_a_deadline) == []
    assert [own.parameters[name].values[0].value for name in ("price_factor_least", "price_factor_most")] == list(
        own.figures["6.4g-f2"].value or ()
    )


def test_periods_are_those_the_document_sets() -> None:
    assert (stated("6.6a-f2"), pack().schemes["park_assessment"].frequency) == (1, Frequency.YEAR)
    assert (stated("6.7-f2"), pack().forms["enterprise_month"].frequency) == (1, Frequency.MONTH)


def test_fifteen_families_each_with_an_indicator_of_that_family() -> None:
    families = composition().codes["statistics_families"].items
    assert len(families) == stated("6.7-f1")
    for code, family in families.items():
        indicator = pack().indicators[family.attributes["indicator"]]
        assert indicator.family == code
        assert indicator.basis is Basis.CHOSEN


@pytest.mark.parametrize("code_list", ["park_roles", "principles", "improvement_areas", "weakness_families"])
def test_roles_principles_and_areas_rest_on_indicators(code_list: str) -> None:
    for item in pack().codes[code_list].items.values():
        assert item.attributes["indicators"] in pack().indicators


@pytest.mark.parametrize(
    ("code_list", "figure"),
    [
        ("park_roles", "2.1-f4"),
        ("principles", "2.2-f1"),
        ("statistics_families", "6.7-f1"),
        ("assessment_families", "6.6a-f1"),
    ],
)
def test_lists_are_as_long_as_the_document_counts(code_list: str, figure: str) -> None:
    assert len(pack().codes[code_list].items) == stated(figure)


def test_families_are_counted_in_the_formula_of_completeness() -> None:
    formulas = pack().indicators
    assert formulas["families_reported"].formula.count("case when") == stated("6.7-f1")
    assert formulas["statistics_completeness"].formula.endswith(f"/ {stated('6.7-f1')}")


def test_connections_are_counted_as_the_document_does() -> None:
    indicators = pack().indicators
    assert indicators["hard_connections_done"].formula.count("has_") == stated("4.5a-f1") + stated("4.5a-f2")
    assert indicators["soft_connections_done"].formula.count("soft_") == stated("4.5a-f4") + stated("4.5a-f5")


def test_sets_of_named_parks_are_as_large_as_the_document_counts() -> None:
    own = pack().sets
    assert len(own["three_big"].members) == stated("2.3b-f3") == stated("1.1-f4")
    assert len(own["agricultural_layout"].members) == stated("3.2b-f1") + stated("3.2b-f2")
    layout = own["service_layout"].members
    assert len(layout) == stated("3.2b-f3") + stated("3.2b-f4") + 1, "and the points, under one collective name"


def test_functional_areas_are_production_and_those_the_document_counts() -> None:
    assert len(pack().codes["functional_areas"].items) == 1 + stated("3.1-f1")


def test_directions_are_as_many_as_the_document_counts() -> None:
    emerging = set(pack().parks["xining_edz"].industries) - {"traditional_upgrade"}
    assert len(emerging) == stated("4.2-f1")
    assert emerging < set(pack().parks["national_hightech"].industries)
    basics = {"salt_lake_chemicals", "oil_gas_chemicals", "coal_chemicals", "nonferrous_metals"}
    assert len(basics) == stated("4.2-f2")
    assert basics < set(pack().parks["qaidam"].industries)


def test_directions_of_parks_are_those_the_rule_admits() -> None:
    admitted = pack().rules["on_positioning"].when
    for park in ("xining_edz", "national_hightech", "haidong_park", "qaidam"):
        for industry in pack().parks[park].industries:
            assert f"'{industry}'" in admitted
            assert industry in pack().codes["industry_directions"].items


def test_eighty_two_parks_are_counted() -> None:
    counted = {code: own.counted for code, own in pack().parks.items() if code.endswith("_counted")}
    assert counted == {"all_industrial_counted": 25, "all_agricultural_counted": 43, "all_service_counted": 14}
    assert sum(filter(None, counted.values())) == 82


def test_sets_name_only_parks_of_the_pack() -> None:
    unknown = {member for own in pack().sets.values() for member in own.members} - set(pack().parks)
    assert unknown == set()


def test_whatever_was_chosen_or_left_open_says_why() -> None:
    silent = [
        code
        for code, own in pack().parameters.items()
        for value in own.values
        if value.basis is not Basis.STATED and not (value.why.zh and value.why.en)
    ]
    assert silent == []
    assert not [code for code, own in pack().schemes.items() if own.basis is not Basis.CHOSEN or not own.note.zh]


def test_ambiguous_readings_are_options_of_parameters() -> None:
    for code in ("price_precedence", "count_sub_parks", "built_share_least", "rectify_months"):
        own = pack().parameters[code]
        assert own.values[0].value in own.options
        assert own.ambiguity


def test_every_rule_and_target_has_a_case_that_meets_and_one_that_does_not() -> None:
    outcomes: dict[str, set[str]] = {}
    for example in pack().examples.values():
        outcomes.setdefault(example.of, set()).add(str(example.expect.get("outcome", "")))
    wanted = [f"rules/{code}" for code in pack().rules] + [f"targets/{code}" for code in pack().targets]
    lacking = [of for of in wanted if not {"met", "not_met"} <= outcomes.get(of, set())]
    assert lacking == []


def test_examples_are_sentences_in_both_languages() -> None:
    unfinished = [
        code
        for code, own in pack().examples.items()
        if not own.label.zh.endswith("。") or not own.label.en.endswith(".")
    ]
    assert unfinished == []


VECTORS = (1, 2, 3, 4, 20, 21, 22, 32, 33, 34, 39, 40, 44, 52, 53, 54, 55)


@pytest.mark.parametrize("vector", [f"t{number:02}" for number in VECTORS])
def test_ready_vectors_are_among_the_examples(vector: str) -> None:
    assert [code for code in pack().examples if code.startswith(f"{vector}_")]


@pytest.mark.parametrize("code", sorted(pack().examples))
def test_example_holds(code: str) -> None:
    result = run_example(compiled(), pack().examples[code])
    assert [problem.text("en") for problem in result.problems] == []


def test_sector_targets_fall_short_of_the_overall_one() -> None:
    """T22: 80, 60 and 25 % with 30, 9 and 47 % of the product make 41.15 %, against 45 %."""
    found = {own.target: own for own in check_coherence(compiled(), as_of=date(2020, 12, 31))}
    assert found["parks_share_2020"].found == Decimal("41.15")
    assert found["parks_share_2025"].found == Decimal("45.90")


def test_a_failing_park_is_told_what_one_more_such_year_brings() -> None:
    failed = PeriodResult(period=Period.year(2018), grade="fail", score=Decimal(40))
    found = propose(compiled(), "assessment_ladder", {"a": [failed]}, {}, date(2019, 2, 1), facts={"a": {}})
    proposal = found.by_subject["a"]
    assert proposal.deadline == date(2019, 6, 30), "six months, as chosen"
    assert found.basis is Basis.CHOSEN
    assert {own.grade: own.state for own in proposal.forecast}["fail"] == "demotion_eligible"


def test_prices_stay_within_the_band_for_every_factor_and_precedence() -> None:
    """The floor never leaves the band of 10 to 50 % where the factor is open, nor 70 % where the class decides."""
    floor = compiled().formula("indicators/land_price_floor/formula")
    parameters = dict(compiled().parameters_on(date(2018, 6, 1)))
    for precedence in ("specific_first", "lowest"):
        for factor in range(0, 101, 5):
            facts = {"project_class": "primary_processing", "national_minimum": Decimal(60),
                     "price_factor": Decimal(factor), "price_factor_open": True}  # fmt: skip
            found = evaluate(floor, facts, {**parameters, "price_precedence": precedence})
            in_band = 10 <= factor <= 50
            wanted = Fraction(60 * factor, 100) if precedence == "lowest" and in_band else 42
            assert found == wanted, (precedence, factor)


def stated(figure: str) -> Any:
    return pack().figures[figure].value
