"""Hit policies and scopes: the function for one subject and the SQL for many say the same."""

from __future__ import annotations

import itertools

import duckdb
import pytest

from yuanzhi.engine.pack.model import RuleScope
from yuanzhi.engine.rules.hits import CONFLICT_ROWS, NO_ROW, UNDETERMINED_ROW, HitPolicy, hit_of, hit_sql, rows_sql
from yuanzhi.engine.rules.scopes import missing_attributes, scope_sql, within_scope


def written(value: bool | None) -> str:
    return "cast(null as boolean)" if value is None else str(value).lower()


@pytest.mark.parametrize("policy", ["unique", "first", "priority", "collect"])
def test_every_combination_of_three_rows(policy: HitPolicy) -> None:
    with duckdb.connect() as connection:
        for outcomes in itertools.product([True, False, None], repeat=3):
            rows = [written(outcome) for outcome in outcomes]
            state, hits = connection.execute(f"select {hit_sql(rows, policy)}, {rows_sql(rows)}").fetchone() or (
                None,
                [],
            )
            assert state == hit_of(outcomes, policy).state, outcomes
            assert tuple(hits) == tuple(at for at, outcome in enumerate(outcomes) if outcome)


@pytest.mark.parametrize(
    ("policy", "outcomes", "state"),
    [
        ("unique", (False, True, None), 1),
        ("unique", (True, True, False), CONFLICT_ROWS),
        ("unique", (False, None, False), UNDETERMINED_ROW),
        ("unique", (False, False, False), NO_ROW),
        ("first", (False, True, True), 1),
        ("first", (None, True, True), UNDETERMINED_ROW),
        ("priority", (False, False, True), 2),
        ("collect", (True, None, True), UNDETERMINED_ROW),
        ("collect", (True, False, True), 0),
    ],
)
def test_hit_policies(policy: HitPolicy, outcomes: tuple[bool | None, ...], state: int) -> None:
    assert hit_of(outcomes, policy).state == state


SCOPES = [
    RuleScope(),
    RuleScope(territories=("630000",)),
    RuleScope(territories=("630100", "632801")),
    RuleScope(tiers=("national", "provincial")),
    RuleScope(kinds=("etdz",), tiers=("national",)),
    RuleScope(parks=("east",)),
]
SUBJECTS = [
    dict(zip(("territory", "tier", "kind", "park", "parent"), values, strict=True))
    for values in itertools.product(
        ("630102", "620000", None), ("national", "county", None), ("etdz", None), ("east", None), ("west", None)
    )
]


@pytest.mark.parametrize("scope", SCOPES, ids=range(len(SCOPES)))
def test_scopes_both_ways(scope: RuleScope) -> None:
    names = ("territory", "tier", "kind", "park", "parent")
    with duckdb.connect() as connection:
        for facts in SUBJECTS:
            columns = ", ".join(
                f"cast({'null' if facts[n] is None else repr(facts[n])} as varchar) as {n}" for n in names
            )
            sql = f"select {scope_sql(scope, (*names, 'subject'))} from (select 's' as subject, {columns})"
            (found,) = connection.execute(sql).fetchone() or (None,)
            assert found == within_scope(scope, facts, "s", assume=False), facts


def test_a_park_is_in_scope_by_its_own_name() -> None:
    assert within_scope(RuleScope(parks=("east",)), {}, "east", assume=False) is True


def test_attributes_not_stated_are_taken_to_be_in_scope_only_where_asked() -> None:
    scope = RuleScope(tiers=("national",), territories=("630000",))
    assert within_scope(scope, {"tier": "national"}, "s", assume=True) is True
    assert within_scope(scope, {"tier": "national"}, "s", assume=False) is None
    assert within_scope(scope, {"tier": "county"}, "s", assume=True) is False
    assert missing_attributes(scope, {"tier": "national"}) == ("territory",)
