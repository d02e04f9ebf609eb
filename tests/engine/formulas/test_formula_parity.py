"""DuckDB, PostgreSQL and the exact interpreter give the same on 100,000 rows, whatever is in them."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
import pytest
from formula_grammar import Grammar
from formula_world import COLUMNS, PARAMETERS, SCOPE, connect, formula, random_rows, random_value, sql_of, table
from pyarrow import csv

from yuanzhi.engine.formulas import Formula, NumberType, compile_formula, evaluate
from yuanzhi.engine.formulas.divisions import ROUNDED_BELOW
from yuanzhi.engine.formulas.evaluating import rounded

ROWS = 100_000
FORMULAS = [
    "tax / land >= 15.5 万元/亩",
    "tax_per_ha < p.threshold",
    "tax / land = value_added / land",
    "tax / land <> value_added / (land - 2)",
    "(tax - value_added) / value_added > -5%",
    "tax / land + value_added / land >= 3",
    "tax between 1 and 12.5 and not above_scale",
    "land * 2 <= land_ha * 3 + 1 公顷",
    "tax in (1, 2.5, value_added) or rnd_share >= 2.5%",
    "industry in ('13', '131') and starts_with(industry, '13')",
    "remark <> industry or remark is null",
    "coalesce(above_scale, tax / land > 3)",
    "case when small > 3 then tier = 'national' else above_scale end",
    "tax * 2.5% + value_added - 12 元",
    "tax / land",
    "abs(tax - value_added) / (energy * 0.3)",
    "round(tax / land, 2)",
    "round(tax * rnd_share, 1)",
    "round_even(tax / 8, 1)",
    "floor(-tax / land, 1)",
    "ceil(value_added / 7, -1)",
    "least(tax / land, value_added / land, 40)",
    "greatest(tax, value_added, 0)",
    "coalesce(tax / land, value_added / 3 亩, 2) / 3",
    "case when tax / land >= 15 then 1 when tax / land >= 5 then 0.5 else null end",
    "tax + 1 元 > value_added * p.share",
    "output / area >= tax / land",
    "years_between(founded, built) >= p.years",
    "months_between(built, founded)",
    "days_between(founded, p.since) / 30",
    "add_months(built, small) > founded",
]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """Every column drawn from a few values, so ties are common; one row in ten is tied on purpose."""
    chance = random.Random(20)
    pools = {code: [random_value(code, chance) for _ in range(25)] for code in COLUMNS}
    drawn = {code: chance.choices(pool, k=ROWS) for code, pool in pools.items()}
    made = [dict(zip(drawn, values, strict=True)) for values in zip(*drawn.values(), strict=True)]
    for row in made[::10]:
        if row["land"] is not None and abs(row["land"]) < 10**12:
            row["land"] = row["land"].quantize(Decimal("0.1"))
            row["tax"] = row["land"] * Decimal("15.5")
    return made


@pytest.fixture(scope="module")
def facts(rows: list[dict[str, Any]]) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(table(rows)) as connection:
        yield connection


@pytest.fixture(scope="module")
def answers(facts: duckdb.DuckDBPyConnection) -> list[list[Any]]:
    """What DuckDB says, a list per formula."""
    columns = ", ".join(f"{sql_of(formula(text))} as c{n}" for n, text in enumerate(FORMULAS))
    found = facts.sql(f"select {columns} from facts order by n").to_arrow_table()
    return [column.to_pylist() for column in found.columns]


@pytest.mark.parametrize("n", range(len(FORMULAS)), ids=FORMULAS)
def test_duckdb_agrees_with_exact_fractions(n: int, rows: list[dict[str, Any]], answers: list[list[Any]]) -> None:
    found = formula(FORMULAS[n])
    seen: dict[tuple[Any, ...], Any] = {}
    for row, answer in zip(rows, answers[n], strict=True):
        key = tuple(row[code] for code in found.inputs)
        if key not in seen:
            seen[key] = as_emitted(found, evaluate(found, row, PARAMETERS))
        expected = seen[key]
        assert (Fraction(answer) if isinstance(answer, Decimal) else answer) == expected, {**row, "sql": answer}


def test_postgres_agrees_with_duckdb(
    rows: list[dict[str, Any]], answers: list[list[Any]], postgres: psycopg.Connection
) -> None:
    types = {code: _postgres_type(type_) for code, type_ in COLUMNS.items()}
    postgres.execute(f"create temporary table many (n int, {', '.join(f'{c} {t}' for c, t in types.items())})")
    with postgres.cursor().copy("copy many from stdin") as copy:
        for n, row in enumerate(rows):
            copy.write_row((n, *row.values()))
    expressions = [sql_of(formula(text), dialect="postgres") for text in FORMULAS]
    found = postgres.execute(f"select {', '.join(expressions)} from many order by n").fetchall()
    for text, ours, theirs in zip(FORMULAS, answers, zip(*found, strict=True), strict=True):
        assert list(theirs) == ours, text


def test_the_same_bytes_with_any_number_of_threads(rows: list[dict[str, Any]]) -> None:
    columns = ", ".join(f"cast({sql_of(formula(text))} as varchar) as c{n}" for n, text in enumerate(FORMULAS))
    arrow = table(rows)
    hashes = set()
    for threads in (1, 2, 4):
        with connect(arrow, threads) as connection:
            found = connection.sql(f"select n, {columns} from facts order by n").to_arrow_table()
        lines = io.BytesIO()
        csv.write_csv(found, lines)
        hashes.add(hashlib.sha256(lines.getvalue()).hexdigest())
    assert len(hashes) == 1


def test_of_a_million_firms_on_a_ratio_threshold_none_is_refused() -> None:
    connection = duckdb.connect()
    connection.execute(
        """create table firms as
        select land, cast(land * 7.5 as decimal(18,2)) as tax, cast(land * 500 as decimal(18,2)) as value_added
        from (select cast((hash(i) % 999999 + 1) / 10 as decimal(18,1)) as land from range(1000000) t(i))"""
    )
    for text in (
        "tax / land >= 7.5",
        "tax_per_ha >= 112.5 万元/公顷",
        "value_added / land >= 500 万元/亩",
        "land / value_added <= 1 亩 / 500 万元",
        "value_added / land - tax / land >= 492.5",
    ):
        met = f"select count(*) filter (where {sql_of(formula(text))}) from firms"
        assert connection.execute(met).fetchone() == (1_000_000,), text
    # The threshold holds because nothing is divided: in double the same firms are refused by the thousand.
    naive = "select count(*) from firms where not (value_added::double / land::double >= 500)"
    refused = connection.execute(naive).fetchone()
    assert refused is not None
    assert refused[0] > 1000


@pytest.mark.parametrize("seed", range(8))
def test_formulas_nobody_thought_of_agree_with_exact_fractions(seed: int) -> None:
    grammar = Grammar(random.Random(seed))
    few = random_rows(120, seed)
    connection = connect(table(few), 1)
    compared = 0
    for n in range(30):
        text = (
            grammar.condition(3) if n % 2 else grammar.number(3, grammar.chance.choice(["money", "area", "intensity"]))
        )
        found = compile_formula(text, SCOPE).formula
        if found is None:
            continue
        answers = connection.execute(f"select {sql_of(found)} from facts order by n").fetchall()
        for row, (answer,) in zip(few, answers, strict=True):
            expected = as_emitted(found, evaluate(found, row, PARAMETERS))
            if answer is None and expected is not None and _is_vast(row, found):
                continue
            assert (Fraction(answer) if isinstance(answer, Decimal) else answer) == expected, (text, row)
        compared += 1
    assert compared >= 20


def as_emitted(found: Formula, value: Any) -> Any:
    """The interpreter's value as SQL gives it: a quotient at twelve places, and missing from 10^15 on."""
    if isinstance(value, Fraction) and isinstance(found.type, NumberType) and found.is_divided:
        return rounded(value, "half_up", 12) if abs(value) < ROUNDED_BELOW else None
    return value


def _is_vast(row: dict[str, Any], found: Formula) -> bool:
    """Whether an input is so great that a product may pass 38 digits and be missing in SQL."""
    numbers = [row[code] for code in found.inputs if isinstance(row[code], Decimal)]
    return any(abs(number) >= 10**12 for number in numbers)


def _postgres_type(type_: pa.DataType) -> str:
    if pa.types.is_decimal(type_):
        return f"numeric({type_.precision},{type_.scale})"
    if pa.types.is_boolean(type_):
        return "boolean"
    return "date" if pa.types.is_date(type_) else "text"
