"""A hundred thousand hostile strings: whatever is accepted is a formula, and prints harmless SQL only."""

from __future__ import annotations

import random
import re
from typing import get_args

import pytest
import sqlglot
from formula_grammar import HOSTILE, soup
from formula_world import COLUMNS, PARAMETERS, SCOPE, sql_of
from sqlglot import exp

from yuanzhi.engine.formulas import compile_formula
from yuanzhi.engine.formulas.nodes import Node, Variable, walk

STRINGS = 100_000
SHARDS = 5
NODES = tuple(kind for kind in get_args(Node) if kind is not Variable)
WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        case when then else end and or not is null in true false between as cast try_cast decimal double boolean varchar
        date integer bigint coalesce nullif abs round floor sign starts_with year month day last_day to_months hugeint
        list_extract list_transform list_value lambda numeric precision text trunc div select from extract date_trunc
        interval make_interval months
        """,
    )
)
"""Every word that may stand in the SQL of an accepted formula, outside quotes."""
SIGNS = set(" ()+-*/<>=%,.:0123456789")
PARSED = (
    exp.Cast, exp.TryCast, exp.DataType, exp.DataTypeParam, exp.Column, exp.Identifier, exp.Literal, exp.Boolean,
    exp.Null, exp.Paren, exp.Neg, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.EQ, exp.NEQ, exp.GT,
    exp.GTE, exp.LT, exp.LTE, exp.And, exp.Or, exp.Not, exp.Is, exp.In, exp.Between, exp.Case, exp.If, exp.Coalesce,
    exp.Nullif, exp.Abs, exp.Round, exp.Floor, exp.Sign, exp.StartsWith, exp.Year, exp.Month, exp.Day, exp.LastDay,
    exp.Anonymous, exp.Lambda, exp.Transform, exp.Array, exp.Distinct, exp.TsOrDsToDate, exp.Interval,
)  # fmt: skip
CALLS = frozenset({"list_extract", "list_transform", "list_value", "to_months"})


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_string_gets_anything_harmful_through(shard: int) -> None:
    chance = random.Random(1000 + shard)
    accepted: set[str] = set()
    for _ in range(STRINGS // SHARDS):
        text = soup(chance)
        compiled = compile_formula(text, SCOPE)
        assert (compiled.formula is None) == bool(compiled.problems)
        if compiled.formula is None or text in accepted:
            continue
        accepted.add(text)
        assert all(type(node) in NODES for node in walk(compiled.formula.node)), text
        assert compiled.formula.inputs <= COLUMNS.keys(), text
        assert_harmless(sql_of(compiled.formula), parse=len(accepted) % 20 == 0)
        if len(accepted) % 10 == 0:
            assert_harmless(sql_of(compiled.formula, PARAMETERS, "postgres"), parse=False)
    assert len(accepted) > 400, "the soup is too thick to test anything"


@pytest.mark.parametrize("word", HOSTILE)
def test_a_hostile_word_alone_or_after_a_condition_is_refused(word: str) -> None:
    for text in (word, f"tax > {word}", f"above_scale {word}", f"tax {word} land", f"abs({word})"):
        compiled = compile_formula(text, SCOPE)
        if compiled.formula:
            assert_harmless(sql_of(compiled.formula), parse=True)
            assert word.isspace() or word[0] == word[-1] == "'" or word in ("*", "亩^2"), text


def assert_harmless(sql: str, *, parse: bool) -> None:
    bare = re.sub(r"'[^']*'", "''", re.sub(r'"[^"]*"', '""', sql))
    words = {word for word in re.findall(r"[A-Za-z_]\w*", bare) if not re.fullmatch(r"e\d+|(of_)?v[0-9a-f]{8}", word)}
    assert words <= WORDS, words - WORDS
    assert set(re.sub(r"[A-Za-z_]\w*|''|\"\"", "", bare)) <= SIGNS, sql
    if parse:
        for node in sqlglot.parse_one(sql, dialect="duckdb").walk():
            assert isinstance(node, PARSED), type(node)
            assert not isinstance(node, exp.Anonymous) or str(node.this).lower() in CALLS, node
            if isinstance(node, exp.Column) and node.this.args.get("quoted"):
                assert node.name in COLUMNS
