"""Result tables: one order, one key, one hash for the same content."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from run_world import PLAN, QUICK

from yuanzhi.engine.pack import CompiledPack
from yuanzhi.engine.records import Snapshot
from yuanzhi.engine.runs.evaluating import STEPS, evaluate
from yuanzhi.engine.runs.results import FINDINGS, FORMS, GRADES, TARGETS, Results, ordered, table_digest, table_of
from yuanzhi.engine.runs.running import Run


def grade(subject: str, **more: Any) -> dict[str, Any]:
    return {"scheme": "s", "period": "2020", "subject": subject, "grade": "A", **more}


ROWS = [grade(code, score=Decimal(at) / 7, rank=at + 1, ranked=5) for at, code in enumerate("bdace")]


def test_rows_stand_in_the_order_of_the_key() -> None:
    assert table_of(GRADES, ROWS)["subject"].to_pylist() == list("abcde")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_table_of_a_run_is_in_canonical_form(run: Run, form: Any) -> None:
    table = run.results[form.name]
    assert table.schema == form.schema
    assert table.equals(ordered(form, table))
    keys = list(zip(*(pc.fill_null(table[name], "").to_pylist() for name in form.key), strict=True))
    assert keys == sorted(keys)
    assert form is FINDINGS or len(set(keys)) == len(keys)


def test_two_rows_of_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="table grades: two rows with the same scheme, period, subject"):
        table_of(GRADES, [*ROWS, grade("a", score=Decimal(1))])


def test_a_missing_part_of_the_key_is_the_same_as_an_empty_one() -> None:
    rows = [{"target": "t", "subject": own, "as_of": "2020-12-31", "outcome": "met"} for own in (None, "")]
    with pytest.raises(ValueError, match="two rows"):
        table_of(TARGETS, rows)


@given(order=st.permutations(ROWS))
@settings(max_examples=20, deadline=None)
def test_the_order_rows_come_in_never_matters(order: list[dict[str, Any]]) -> None:
    assert table_digest(table_of(GRADES, order)) == table_digest(table_of(GRADES, ROWS))


@given(cell=st.sampled_from(["score", "rank", "grade", "note"]), at=st.integers(0, 4))
@settings(max_examples=20, deadline=None)
def test_one_changed_cell_changes_the_hash(cell: str, at: int) -> None:
    other = {"score": Decimal("99.5"), "rank": 42, "grade": "Z", "note": "other"}[cell]
    rows = [{**row, cell: other} if number == at else row for number, row in enumerate(ROWS)]
    assert table_digest(table_of(GRADES, rows)) != table_digest(table_of(GRADES, ROWS))


def test_missing_and_empty_text_have_different_hashes() -> None:
    absent, empty = table_of(GRADES, [grade("a", note=None)]), table_of(GRADES, [grade("a", note="")])
    assert table_digest(absent) != table_digest(empty)


def test_text_with_commas_and_quotes_cannot_be_shifted_into_the_next_column() -> None:
    one = table_of(GRADES, [grade("a", decided_by='x","y', note="")])
    two = table_of(GRADES, [grade("a", decided_by="x", note='y"')])
    assert table_digest(one) != table_digest(two)


def test_the_hash_does_not_see_chunks() -> None:
    table = table_of(GRADES, ROWS)
    pieces = pa.concat_tables([table.slice(at, 1) for at in range(table.num_rows)])
    assert pieces["subject"].num_chunks == 5
    assert table_digest(pieces) == table_digest(table)


@pytest.mark.parametrize(
    ("given_value", "kept"),
    [
        (0.1, "0.1"), (Decimal("0.0000000000005"), "0"), (Decimal("0.0000000000015"), "0.000000000002"), (7, "7"),
        (1e15, "1000000000000000"),
    ],
)  # fmt: skip
def test_numbers_are_kept_to_twelve_places_half_to_even(given_value: object, kept: str) -> None:
    value = table_of(GRADES, [grade("a", score=given_value)])["score"][0].as_py()
    assert value == Decimal(kept)
    assert value.as_tuple().exponent == -12


ONE_YEAR = replace(PLAN, years=(2019,))
"""With uncertainty, which draws from seeds."""


@pytest.fixture(scope="module")
def digests(compiled: CompiledPack, snapshot: Snapshot) -> dict[str, str]:
    return evaluate(compiled, snapshot, replace(ONE_YEAR, threads=2)).digests()


@pytest.mark.parametrize("threads", [1, 4])
def test_any_number_of_threads_gives_the_same_digests(
    compiled: CompiledPack, snapshot: Snapshot, digests: dict[str, str], threads: int
) -> None:
    assert evaluate(compiled, snapshot, replace(ONE_YEAR, threads=threads)).digests() == digests


def test_shuffled_returns_give_the_same_digests(
    compiled: CompiledPack, snapshot: Snapshot, digests: dict[str, str]
) -> None:
    shuffled = {}
    for name, table in snapshot.tables.items():
        assert isinstance(table, pa.Table)
        order = list(range(table.num_rows))
        random.Random(name).shuffle(order)
        shuffled[name] = table.take(pa.array(order, pa.int64())) if name.startswith("returns_") else table
    assert evaluate(compiled, replace(snapshot, tables=shuffled), ONE_YEAR).digests() == digests


def test_progress_is_told_every_step_in_order(compiled: CompiledPack, snapshot: Snapshot) -> None:
    told: list[tuple[str, int, int]] = []
    evaluate(compiled, snapshot, QUICK, lambda *step: told.append(step))
    assert told == [(name, at, len(STEPS)) for at, name in enumerate(STEPS)]


def test_digests_name_every_table(run: Run) -> None:
    assert list(run.results.digests()) == sorted(form.name for form in FORMS)
    assert all(len(digest) == 64 for digest in run.results.digests().values())
    assert Results().digests() == {}
