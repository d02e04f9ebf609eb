"""Two results side by side: exactly what appeared, vanished and changed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanzhi.engine.runs.comparing import Change, compare
from yuanzhi.engine.runs.results import GRADES, SERIES, Results, table_of
from yuanzhi.engine.runs.running import Run


def grades(**by_subject: tuple[str, int | None, str | None]) -> Results:
    rows = [
        {"scheme": "s", "period": "2020", "subject": own, "grade": grade, "rank": rank,
         "score": None if score is None else Decimal(score)}
        for own, (grade, rank, score) in by_subject.items()
    ]  # fmt: skip
    return Results({"grades": table_of(GRADES, rows)})


BEFORE = grades(a=("A", 1, "90"), b=("B", 2, "70"), c=("", None, None))
CASES: dict[str, tuple[Results, list[tuple[str, str, str, Any, Any]]]] = {
    "nothing": (grades(c=("", None, None), b=("B", 2, "70"), a=("A", 1, "90.000")), []),
    "one cell": (
        grades(a=("A", 1, "91"), b=("B", 2, "70"), c=("", None, None)),
        [("a", "score", "changed", Decimal(90), Decimal(91))],
    ),
    "two who swap places": (
        grades(a=("A", 2, "90"), b=("B", 1, "70"), c=("", None, None)),
        [("a", "rank", "changed", 1, 2), ("b", "rank", "changed", 2, 1)],
    ),
    "a missing value filled": (
        grades(a=("A", 1, "90"), b=("B", 2, "70"), c=("C", 3, "10")),
        [
            ("c", "score", "changed", None, Decimal(10)),
            ("c", "rank", "changed", None, 3),
            ("c", "grade", "changed", "", "C"),
        ],
    ),
    "a value gone": (
        grades(a=("A", 1, None), b=("B", 2, "70"), c=("", None, None)),
        [("a", "score", "changed", Decimal(90), None)],
    ),
    "a row added": (
        grades(a=("A", 1, "90"), b=("B", 2, "70"), c=("", None, None), d=("B", 3, "65")),
        [("d", "grade", "added", None, "B")],
    ),
    "a row removed": (grades(a=("A", 1, "90"), c=("", None, None)), [("b", "grade", "removed", "B", None)]),
}


@pytest.mark.parametrize(("after", "expected"), CASES.values(), ids=CASES)
def test_every_difference_is_told_once(after: Results, expected: list[tuple[str, str, str, Any, Any]]) -> None:
    found = compare(BEFORE, after)
    assert [(c.key[2], c.column, c.kind, c.before, c.after) for c in found.changes] == expected
    assert found.is_same is (not expected)


@pytest.mark.parametrize(("after", "expected"), CASES.values(), ids=CASES)
def test_turned_round_it_says_the_opposite(after: Results, expected: list[tuple[str, str, str, Any, Any]]) -> None:
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    there, back = compare(BEFORE, after).changes, compare(after, BEFORE).changes
    assert [replace(c, kind=turned[c.kind], before=c.after, after=c.before) for c in back] == list(there)


def test_a_table_only_one_has_is_compared_with_an_empty_one() -> None:
    row = {"indicator": "i", "scope": "", "subject_type": "park", "subject": "a", "period": "2020", "value": Decimal(5)}
    found = compare(BEFORE, Results({**BEFORE.tables, "series": table_of(SERIES, [row])}))
    assert [(c.table, c.key, c.column, c.kind, c.after) for c in found.changes] == [
        ("series", ("i", "", "a", "2020"), "value", "added", Decimal(5))
    ]


def test_differences_can_be_asked_for_by_table_and_column() -> None:
    found = compare(BEFORE, CASES["a missing value filled"][0])
    assert {c.column for c in found.of("grades")} == {"score", "rank", "grade"}
    assert [c.after for c in found.of("grades", "rank")] == [3]
    assert found.of("series") == ()


@pytest.mark.parametrize(
    ("before", "after", "difference"),
    [
        (Decimal(3), Decimal("5.5"), Decimal("2.5")), (2, 5, Decimal(3)), (None, Decimal(1), None), ("A", "B", None),
        (Decimal(1), None, None),
    ],
)  # fmt: skip
def test_the_difference_is_after_less_before(before: Any, after: Any, difference: Decimal | None) -> None:
    assert Change("t", ("k",), "c", "changed", before, after).difference == difference


def test_a_run_is_the_same_as_itself(run: Run) -> None:
    assert compare(run.results, run.results).is_same


SCORES = st.none() | st.decimals(0, 100, places=3).map(str)
TABLES = st.dictionaries(
    st.sampled_from("abcdef"), st.tuples(st.sampled_from("AB"), st.none() | st.integers(1, 6), SCORES)
)


@given(one=TABLES, two=TABLES)
@settings(max_examples=40, deadline=None)
def test_the_differences_lead_from_one_to_the_other(one: dict[str, Any], two: dict[str, Any]) -> None:
    """Applied to the first, the changed cells, added and removed rows give the second; nothing else is told."""
    before, after = grades(**one), grades(**two)
    changes = compare(before, after).changes
    rows = {row["subject"]: row for row in before["grades"].to_pylist()}
    wanted = {row["subject"]: row for row in after["grades"].to_pylist()}
    for change in changes:
        subject = change.key[2]
        if change.kind == "removed":
            assert rows.pop(subject)[change.column] == change.before
        elif change.kind == "added":
            rows[subject] = wanted[subject]
        else:
            assert rows[subject][change.column] == change.before
            assert change.before != change.after
            rows[subject] = {**rows[subject], change.column: change.after}
    assert rows == wanted
