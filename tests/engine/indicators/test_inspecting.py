"""What values were made of adds up to the values."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from indicator_world import compiled_pack, registered, series_of, snapshot_of, values
from test_rolling_up import EVENTS, PACK, firm

from yuanzhi.engine.indicators.inspecting import contributions, subject_facts
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.pack import CompiledPack
from yuanzhi.engine.records import Snapshot

JANUARY = Period.read("2018-01")
DAY = date(2020, 12, 31)


@pytest.fixture
def compiled(tmp_path: Path) -> CompiledPack:
    return compiled_pack(tmp_path, PACK)


@pytest.fixture
def month(compiled: CompiledPack) -> Snapshot:
    rows = [
        firm("e1", "east", 100),
        firm("e2", "east", 200, sector="steel"),
        firm("w1", "west", 400),
        firm("far", "", 9),
    ]
    return snapshot_of(
        compiled, [*EVENTS, registered("enterprise", "late", on="2019-01-01", park="east")], {"monthly": rows}
    )


def test_the_parts_of_a_sum_are_the_firms_below_the_largest_first(compiled: CompiledPack, month: Snapshot) -> None:
    found = contributions(compiled, month, "park_food", JANUARY, as_of=DAY)
    assert [(own.subject, own.counts) for own in found["east"]] == [("e1", True), ("e2", False)]
    assert [own.subject for own in found["zone"] if own.counts] == ["w1", "e1"]
    total = sum(own.value for own in found["zone"] if own.counts and own.value is not None)
    table = series_of(compiled, month, "2018-01", indicators=["park_food"])
    assert total == 500
    assert values(table, "park_food")["zone/2018-01"] == "500"


def test_parks_under_a_territory_are_named_once(compiled: CompiledPack, month: Snapshot) -> None:
    found = contributions(compiled, month, "parks_revenue", JANUARY, as_of=DAY)
    assert [own.subject for own in found["630100"] if own.value is not None] == ["zone"]
    assert [own.subject for own in found["630102"]] == ["east"]


def test_the_facts_are_those_who_live_on_the_last_day(compiled: CompiledPack, month: Snapshot) -> None:
    table = subject_facts(compiled, month, "enterprise", JANUARY, ["revenue", "park", "sector"])
    rows = {row["subject"]: row for row in table.to_pylist()}
    assert rows["e2"]["sector"] == "steel"
    assert rows["w1"]["park"] == "west"
    assert rows["z1"]["revenue"] is None
    assert "late" not in rows
    assert "far" in rows, "whom the register does not know is there too"
