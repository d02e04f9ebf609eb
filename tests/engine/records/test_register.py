"""The register in examples: what stands where on a day, as known on a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from record_builders import DECLARED, day, enterprise, event, park

from yuanzhi.engine.pack.model import Item
from yuanzhi.engine.records import Event, Register, check_register

TODAY = date(2025, 1, 1)


def rows(register: Register, subject: str, known: date = date.max) -> list[dict]:
    return [row for row in register.subjects(known).to_pylist() if row["subject"] == subject]


def test_a_park_merged_into_another_takes_everything_along() -> None:
    register = Register.of(
        [
            park("a", area_ha=100, territory="630102"),
            park("b", area_ha=50, territory="630102"),
            park("a1", parent="a", area_ha=20, territory="630102"),
            enterprise("e", "a"),
            enterprise("f", "b"),
            event("merged a 2018-07-01", into=["b"]),
        ]
    )
    before, after = register.at(day("2018-06-30")), register.at(day("2018-07-01"))
    assert (before["e"]["park"], before["a1"]["parent"], before["b"].area_ha) == ("a", "a", 50)
    assert (after["e"]["park"], after["a1"]["parent"], after["b"].area_ha) == ("b", "b", 150)
    assert "a" not in after
    assert after.ended["a"].successors[0].subject == "b"
    assert after["b"].predecessors == ("a",)
    assert before.area_by_territory("park") == after.area_by_territory("park") == {"630102": Decimal(170)}


def test_a_merger_across_a_border_keeps_each_territory_s_total() -> None:
    register = Register.of(
        [
            park("a", area_ha=100, territory="630102"),
            park("b", area_ha=50, territory="632321"),
            event("merged a 2018-07-01", into=["b"]),
        ]
    )
    totals = [register.at(day(at)).area_by_territory("park") for at in ("2018-06-30", "2018-07-01")]
    assert totals[0] == totals[1] == {"630102": Decimal(100), "632321": Decimal(50)}
    last = rows(register, "b")[-1]
    assert last["area_parts"] == [
        {"territory": "630102", "area_ha": Decimal("100.0000")}, {"territory": "632321", "area_ha": Decimal("50.0000")}
    ]  # fmt: skip


def test_what_was_not_yet_recorded_is_not_known() -> None:
    register = Register.of([park("a"), event("renamed a 2018-01-01 2018-09-01", name="新名")])
    assert register.at(day("2018-03-01"), known=day("2018-08-31"))["a"].name == "A"
    assert register.at(day("2018-03-01"), known=day("2018-09-01"))["a"].name == "新名"


def test_a_chain_of_mergers_on_one_day_ends_at_its_last_core() -> None:
    register = Register.of(
        [
            *(park(code, area_ha=10) for code in "abc"),
            enterprise("e", "a"),
            event("merged b 2018-01-01", into=["c"]),
            event("merged a 2018-01-01", into=["b"]),
        ]
    )
    state = register.at(TODAY)
    assert (state["e"]["park"], state["c"].area_ha) == ("c", 30)
    assert set(state["c"].predecessors) == {"a", "b"}


def test_a_late_reference_to_a_merged_park_means_its_core() -> None:
    register = Register.of(
        [park("a"), park("b"), event("merged a 2018-01-01", into=["b"]), enterprise("e", "a", "2019-01-01")]
    )
    assert register.at(TODAY)["e"]["park"] == "b"
    assert rows(register, "e")[0]["park"] == "b"


def test_a_split_divides_by_shares_and_keeps_the_total() -> None:
    register = Register.of(
        [
            park("a", area_ha=100, territory="630102", tier="provincial"),
            enterprise("e", "a"),
            enterprise("f", "a"),
            event("split a 2018-01-01", into=[("a1", "0.333333"), ("a2", "0.666667")]),
            event("moved f 2018-01-01", park="a2"),
            event("renamed a2 2018-01-01", name="西区"),
        ]
    )
    state = register.at(TODAY)
    assert (state["a1"].area_ha, state["a2"].area_ha) == (Decimal("33.3333"), Decimal("66.6667"))
    assert state["a1"].area_ha + state["a2"].area_ha == 100
    assert (state["e"]["park"], state["f"]["park"]) == ("a1", "a2")
    assert (state["a2"].name, state["a2"]["tier"], state["a2"].predecessors) == ("西区", "provincial", ("a",))
    assert [problem.code for problem in check_register(register)] == ["register.left_behind"]


def test_a_whole_among_its_own_parts_lives_on() -> None:
    register = Register.of(
        [park("a", area_ha=100), enterprise("e", "a"), event("split a 2018-01-01", into=[("a", "0.7"), ("n", "0.3")])]
    )
    state = register.at(TODAY)
    assert (state["a"].area_ha, state["n"].area_ha, state["e"]["park"]) == (70, 30, "a")


def test_a_merger_undone_by_a_split_leaves_references_with_the_core() -> None:
    register = Register.of(
        [
            park("a", area_ha=40),
            park("b", area_ha=60),
            enterprise("e", "a"),
            event("merged a 2018-01-01", into=["b"]),
            event("split b 2020-01-01", into=[("b", "0.6"), ("a", "0.4")]),
            event("moved e 2021-01-01", park="a"),
        ]
    )
    homes = [register.at(day(f"{year}-06-01"))["e"]["park"] for year in (2017, 2019, 2020, 2021)]
    assert homes == ["a", "b", "b", "a"]
    assert [row["park"] for row in rows(register, "e")] == ["a", "b", "a"]


def test_an_unknown_area_makes_the_merged_area_unknown() -> None:
    register = Register.of([park("a"), park("b", area_ha=50), event("merged a 2018-01-01", into=["b"])])
    assert register.at(day("2017-01-01"))["b"].area_ha == 50
    assert register.at(TODAY)["b"].area_ha is None


def test_expansion_adds_and_a_change_of_area_sets() -> None:
    register = Register.of(
        [
            park("a", area_ha=100),
            event("expanded a 2015-01-01", area_ha=20),
            event("area_changed a 2016-01-01", area_ha=90),
        ]
    )
    assert [register.at(day(f"{year}-06-01"))["a"].area_ha for year in (2014, 2015, 2016)] == [100, 120, 90]


def test_a_withdrawn_event_never_was_once_the_withdrawal_is_known() -> None:
    register = Register.of(
        [
            park("a"),
            event("tier_changed a 2018-01-01 2018-02-01", tier="national", id="up"),
            event("withdrawn a 2018-01-01 2018-05-01", withdraws="up", id="no"),
            event("withdrawn a 2018-01-01 2018-08-01", withdraws="no"),
        ]
    )
    known = [register.at(TODAY, day(at))["a"]["tier"] for at in ("2018-03-01", "2018-06-01", "2018-09-01")]
    assert known == ["national", None, "national"]
    tiers = [rows(register, "a", day(at))[-1]["tier"] for at in ("2018-03-01", "2018-06-01", "2018-09-01")]
    assert tiers == known


def test_a_closed_subject_is_gone_until_it_is_reopened() -> None:
    register = Register.of(
        [
            enterprise("e", "p"),
            event("closed e 2018-01-01"),
            event("renamed e 2018-06-01", name="不算"),
            event("reopened e 2019-01-01"),
        ]
    )
    assert [(row["valid_from"].year, row["valid_to"] and row["valid_to"].year) for row in rows(register, "e")] == [
        (2011, 2017), (2019, None)
    ]  # fmt: skip
    assert "e" not in register.at(day("2018-07-01"))
    assert register.at(TODAY)["e"]["name"] is None
    assert [problem.code for problem in check_register(register)] == [
        "register.reference_unknown",
        "register.not_living",
    ][::-1]


def test_leaving_a_park_leaves_no_park() -> None:
    register = Register.of([park("a"), enterprise("e", "a"), event("moved e 2018-01-01", park="-")])
    assert [row["park"] for row in rows(register, "e")] == ["a", None]
    assert register.at(TODAY)["e"]["park"] is None


def test_merged_jurisdictions_are_followed_by_those_within() -> None:
    register = Register.of(
        [
            event("registered 632121 2002-01-01", subject_type="territory", name="平安县"),
            event("registered 630203 2015-01-01", subject_type="territory", name="平安区"),
            park("a", territory="632121"),
            event("merged 632121 2015-02-01", into=["630203"]),
        ]
    )
    assert [row["territory"] for row in rows(register, "a")] == ["632121", "630203"]


def test_a_pack_s_own_attribute_is_a_column() -> None:
    grade = Item(code="committee_rank", type="text")
    built = Item(code="built_share", type="number", scale=3)
    founded = event("founded a 2010-01-01", subject_type="park")
    later = Event(
        event=event("described a 2012-01-01").event, subject="a", valid=day("2012-01-01"), recorded=day("2012-01-01"),
        values={"committee_rank": "副厅级", "built_share": Decimal("0.315")},
    )  # fmt: skip
    register = Register.of([founded, later], [grade, built])
    assert [(row["committee_rank"], row["built_share"]) for row in rows(register, "a")] == [
        (None, None), ("副厅级", Decimal("0.315"))
    ]  # fmt: skip
    assert register.at(TODAY)["a"]["committee_rank"] == "副厅级"


def test_intervals_that_say_the_same_are_one() -> None:
    register = Register.of([park("a", tier="provincial"), event("tier_changed a 2015-01-01", tier="provincial")])
    assert len(rows(register, "a")) == 1


def test_adding_leaves_the_old_register_as_it_was() -> None:
    old = Register.of([park("a")])
    new = old.adding([event("closed a 2018-01-01")])
    assert "a" in old.at(TODAY)
    assert "a" not in new.at(TODAY)


WRONG = {
    "event of nobody": ([event("renamed x 2018-01-01", name="无")], "x not_living"),
    "founded twice": ([park("a"), park("a", "2015-01-01")], "a 2010-01-01 opened_twice"),
    "merged into nobody": ([park("a"), event("merged a 2018-01-01", into=["zz"])], "zz core_not_living"),
    "merged into itself": ([park("a"), event("merged a 2018-01-01", into=["a"])], "core_not_living"),
    "shares": ([park("a"), event("split a 2018-01-01", into=[("b", "0.5"), ("c", "0.6")])], "1.1 shares_off"),
    "park unknown": ([enterprise("e", "ghost")], "ghost e reference_unknown"),
    "territory unknown": ([park("a", territory="630199")], "630199 630102 territory_unknown"),
    "two types": ([park("a"), event("registered a 2019-01-01", subject_type="zone")], "park, zone type_differs"),
    "no type": ([event("registered a 2019-01-01")], "a type_missing"),
    "not its own": ([park("a"), event("renamed a 2018-01-01", name="新", tier="national")], "tier attribute_ignored"),
    "withdraws nothing": ([park("a"), event("withdrawn a 2018-01-01", withdraws="q")], "q withdrawn_unknown"),
    "ids": ([park("a"), *(event("described a 2018-01-01", id="i", tier="x") for _ in range(2))], "i id_twice"),
}


@pytest.mark.parametrize(("events", "fragments"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_register_is_said(events: list[Event], fragments: str) -> None:
    problems = check_register(Register.of(events), DECLARED)
    text = "\n".join(problem.text(language) for problem in problems for language in ("zh", "en"))
    assert all(fragment in text for fragment in fragments.split()), text


def test_a_sound_register_has_nothing_wrong() -> None:
    register = Register.of([park("a", territory="630102"), enterprise("e", "a"), event("closed e 2019-01-01")])
    assert check_register(register, DECLARED) == ()


def test_the_subjects_of_an_empty_register_have_all_columns() -> None:
    table = Register().subjects()
    assert table.num_rows == 0
    assert table.schema.field("area_ha").type == pa.decimal128(18, 4)
