"""Each pitfall of rules in SQL, by number, and the rule that keeps us out of it."""

from __future__ import annotations

import io
import random
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot
from formula_world import (
    COLUMNS,
    PARAMETERS,
    SCOPE,
    UNITS,
    ask_duckdb,
    connect,
    formula,
    number,
    random_rows,
    refusals,
    sql_of,
    table,
)

from yuanzhi.engine.formulas import Scope, compile_formula, emit_condition, emit_value, evaluate, explain_atoms
from yuanzhi.engine.formulas.nodes import Defined, walk
from yuanzhi.engine.kernel.outcomes import Outcome

DIALECTS = ["duckdb", "postgres", "clickhouse", "spark"]
FIFTEEN = [
    "tax / land",
    "tax / land >= 15",
    "round(tax / land, 2)",
    "floor(value_added / land_ha, 1)",
    "tax_per_ha >= p.threshold",
    "coalesce(tax / land, 0) + 1",
    "greatest(tax, value_added)",
    "least(tax / land, 3)",
    "case when tax > 0 then value_added / tax else 0 end",
    "abs(tax - value_added) * 2.5%",
    "tax between 0 and 12.5 and above_scale",
    "industry in ('13', '131') or tier = 'national'",
    "years_between(founded, built) >= 1",
    "(tax - value_added) / value_added > 5%",
    "round_even(energy / 8, 1)",
]


def test_pitfall_01_division_by_zero_never_makes_nan() -> None:
    rows: list[dict[str, Any]] = [
        {"tax": Decimal(0), "land": Decimal(0)},
        {"tax": Decimal(5), "land": Decimal(0)},
        {"tax": Decimal(5), "land": Decimal(2)},
    ]
    assert ask_duckdb("tax / land", *rows) == [None, None, Decimal("2.5")]
    assert ask_duckdb("tax / land >= 1", *rows) == [None, None, True]
    assert ask_duckdb("greatest(tax / land, 1)", *rows) == [None, None, Decimal("2.5")]
    assert ask_duckdb("tax / land is null", *rows) == [True, True, False]
    assert ask_duckdb("round(tax / (land - 2), 1)", *rows) == [Decimal(0), Decimal("-2.5"), None]
    # A denominator that is a quotient: zero on either of its floors.
    assert ask_duckdb("tax / (land / tax)", *rows) == [None, None, Decimal("12.5")]


def test_pitfall_02_the_sql_is_ours_not_what_a_library_makes_of_a_division() -> None:
    assert emit_condition(formula("tax / land >= 15"), {}) == (
        '(case when cast("land" as decimal(18,2)) > 0 '
        'then (cast("tax" as decimal(18,2)) >= (cast("land" as decimal(18,2)) * cast(15 as decimal(38,0)))) '
        'when cast("land" as decimal(18,2)) < 0 '
        'then (cast("tax" as decimal(18,2)) <= (cast("land" as decimal(18,2)) * cast(15 as decimal(38,0)))) end)'
    )
    assert emit_value(formula("value_added + 1 元"), {}) == (
        'cast((cast(cast("value_added" as decimal(18,2)) as decimal(38,4)) + cast(0.0001 as decimal(5,4))) '
        "as decimal(38,4))"
    )


@pytest.mark.parametrize("text", FIFTEEN)
def test_pitfall_03_one_tree_runs_on_duckdb_and_postgres_alike(text: str, postgres: psycopg.Connection) -> None:
    rows = random_rows(300, seed=3)
    columns = ", ".join(f'"{code}" {_postgres_type(type_)}' for code, type_ in COLUMNS.items())
    postgres.execute(f"create temporary table if not exists few (n int, {columns})")
    postgres.execute("truncate few")
    with postgres.cursor().copy("copy few from stdin") as copy:
        for n, row in enumerate(rows):
            copy.write_row((n, *(row[code] for code in COLUMNS)))
    found = postgres.execute(f"select {sql_of(formula(text), dialect='postgres')} from few order by n").fetchall()
    assert [one[0] for one in found] == ask_duckdb(text, *rows)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("text", FIFTEEN)
def test_pitfall_03_every_dialect_can_read_what_is_printed_for_it(text: str, dialect: str) -> None:
    assert sqlglot.parse_one(sql_of(formula(text), dialect=dialect), dialect=dialect)


def test_pitfall_04_rounding_names_its_mode() -> None:
    rows = [{"small": Decimal(value)} for value in ("2.5", "3.5", "-2.5", "2.49", "-2.51")]
    expected = {
        "round(small, 0)": [3, 4, -3, 2, -3],
        "round_even(small, 0)": [2, 4, -2, 2, -3],
        "floor(small)": [2, 3, -3, 2, -3],
        "ceil(small)": [3, 4, -2, 3, -2],
    }
    for text, values in expected.items():
        assert ask_duckdb(text, *rows) == values, text


def test_pitfall_05_a_comparison_takes_the_exact_value_not_the_displayed_one() -> None:
    row = {"tax": Decimal("999.99"), "land": Decimal(2)}
    assert ask_duckdb("tax / land >= 500", row) == [False]
    assert ask_duckdb("round(tax / land, 2) >= 500", row) == [True]


def test_pitfall_06_a_tie_is_met_whatever_the_numbers() -> None:
    chance = random.Random(6)
    rows = []
    for _ in range(20_000):
        land = Decimal(chance.randrange(1, 10**6)) / 10
        rows.append({"tax": land * Decimal("15.5"), "land": land})
    assert all(ask_duckdb("tax / land >= 15.5", *rows))
    assert all(ask_duckdb("tax_per_ha = 232.5", *rows))
    negative = [{"tax": -row["tax"], "land": -row["land"]} for row in rows]
    assert all(ask_duckdb("tax / land >= 15.5", *negative))
    assert not any(ask_duckdb("tax / land > 15.5", *negative))


def test_pitfall_07_sums_of_values_do_not_depend_on_the_order() -> None:
    rows = table(random_rows(10_000, seed=7))
    value = emit_value(formula("round(tax / land, 6)"), {})
    sums = set()
    for threads in (1, 2, 4):
        connection = connect(rows, threads)
        order = "order by hash(n)" if threads > 1 else ""
        sums.add(connection.execute(f"select sum(x) from (select {value} as x from facts {order})").fetchone())
    assert len(sums) == 1


def test_pitfall_08_wide_products_neither_overflow_nor_kill_the_batch() -> None:
    most = Decimal("9999999999999999.99")
    rows: list[dict[str, Any]] = [
        {"tax": most, "land": most, "value_added": most},
        {"tax": -most, "land": most, "value_added": Decimal(1)},
        {"tax": Decimal(2), "land": Decimal(3), "value_added": Decimal(4)},
    ]
    assert ask_duckdb("tax * land = value_added * land", *rows) == [True, False, False]
    assert ask_duckdb("tax / land >= value_added / land", *rows) == [True, False, False]
    square = Fraction(most) * Fraction(most)
    assert list(map(Fraction, ask_duckdb("tax * land", *rows))) == [square, -square, 6]
    # Past 38 digits the value is missing; the rows beside it are not touched.
    assert ask_duckdb("tax * land * value_added", *rows)[0] is None
    assert ask_duckdb("tax * land * value_added", *rows)[2] == 24
    assert ask_duckdb("case when small > 3 then 0.10 else 0 end", {"small": Decimal(4)}) == [Decimal("0.10")]


def test_pitfall_08_wide_indicators_are_compared_exactly() -> None:
    unit = Decimal("0.000000000001")
    big = Decimal(10**14)
    rows = [
        {"output": big + unit, "area": big, "land": Decimal(1), "value_added": Decimal(1)},
        {"output": big - unit, "area": big, "land": Decimal(1), "value_added": Decimal(1)},
        {"output": -big - unit, "area": -big, "land": Decimal(1), "value_added": Decimal(1)},
        {"output": big, "area": big, "land": Decimal(1), "value_added": Decimal(1)},
    ]
    assert ask_duckdb("output / area > 1 万元/公顷 * (value_added / 1 万元)", *rows) == [True, False, True, False]
    # Both sides over denominators of 27 digits: products of 54, compared in halves.
    turned = [{**row, "output": row["area"], "area": row["output"]} for row in rows]
    text = "output / area > area / output * 1 万元/公顷 * (1 万元/公顷)"
    assert ask_duckdb(text, *rows) == [True, False, True, False]
    assert ask_duckdb(text, *turned) == [False, True, False, False]


def test_pitfall_09_no_logarithm_whose_base_depends_on_the_database() -> None:
    for text in ("log(tax)", "ln(tax)", "log10(tax)", "log(10, tax)"):
        assert "formula.unknown_function" in refusals(text)[0]


def test_pitfall_10_full_width_text_is_read_or_refused_never_dropped() -> None:
    assert formula("亩均税收 ≥ 15 and （人数 ＞ 20）").canonical == "tax_per_mu >= 15 and staff > 20"
    assert formula("税收 × 2.5％ ÷ 2").canonical == "tax * 2.5% / 2"
    assert "formula.unreadable" in refusals("亩均税收 >= 15 （人数 > 20）")[0]
    assert "formula.unknown_function" in refusals("亩均税收 （人数 > 20） >= 15")[0]
    assert "unit.unknown" in refusals("亩均税收 >= 15 人数 > 20")[0]
    assert "Alias" in refusals("亩均税收 >= 15 and 规上企业 从严")[0]
    assert evaluate(formula("2.5%"), {}, {}) == Fraction(1, 40)


def test_pitfall_11_chinese_names_stand_for_codes_and_columns_are_quoted() -> None:
    found = formula("增加值 > 税收")
    assert found.inputs == {"value_added", "tax"}
    sql = emit_condition(found, {})
    assert '"value_added"' in sql
    assert sql.isascii()
    odd = Scope({'a"b': number('a"b', "亩", "怪名")}, UNITS)
    assert '"a""b"' in emit_condition(formula("怪名 > 1", odd), {})


def test_pitfall_12_nothing_harmful_is_read() -> None:
    for text in (
        "1; drop table x",
        "read_csv('/etc/passwd')",
        "getenv('HOME')",
        "(select 1)",
        "tax in (select 1)",
        "row_number() over ()",
        "x -> x",
        "columns('.*')",
        "tax::double",
        "tax ilike 'x'",
    ):
        assert compile_formula(text, SCOPE).formula is None, text


def test_pitfall_13_missing_stays_missing_and_is_named() -> None:
    row: dict[str, Any] = {"tax": Decimal(5)}
    assert ask_duckdb("not (tax / land >= 500)", row) == [None]
    assert ask_duckdb("greatest(tax, value_added)", row) == [None]
    assert ask_duckdb("case when land > 3 then 1 else 2 end", row) == [None]
    assert ask_duckdb("land > 3 or tax > 3", row) == [True]
    assert ask_duckdb("land > 3 and tax < 3", row) == [False]
    (finding,) = explain_atoms(formula("tax / land >= 500"), row, {})
    assert finding.outcome is Outcome.UNDETERMINED
    assert finding.missing == ("land",)


def test_pitfall_14_results_travel_by_parquet_and_use_no_syntax_of_one_version() -> None:
    texts = ["tax / land", "round(tax / land, 2) / 3", "tax_per_ha >= p.threshold", "output / area"]
    columns = ", ".join(f"{sql_of(formula(text))} as c{n}" for n, text in enumerate(texts))
    assert "->" not in columns
    connection = connect(table(random_rows(500, seed=14)))
    arrow: pa.Table = connection.sql(f"select {columns} from facts order by n").to_arrow_table()
    file = io.BytesIO()
    pq.write_table(arrow, file)
    assert pq.read_table(file).equals(arrow)
    assert arrow.schema.field("c0").type == pa.decimal128(38, 12)


def test_pitfall_15_a_definition_is_compiled_once_for_a_scope() -> None:
    scope = Scope(SCOPE.names, UNITS, SCOPE.definitions, SCOPE.code_lists)
    bodies = [
        next(node.body for node in walk(formula(text, scope).node) if isinstance(node, Defined))
        for text in ("tax_per_ha > 1", "tax_per_ha > 2 and above_scale")
    ]
    assert bodies[0] is bodies[1]


def _postgres_type(type_: pa.DataType) -> str:
    if pa.types.is_decimal(type_):
        return f"numeric({type_.precision},{type_.scale})"
    if pa.types.is_boolean(type_):
        return "boolean"
    return "date" if pa.types.is_date(type_) else "text"


def test_the_guards_are_the_same_for_parameters_given_later() -> None:
    found = formula("tax * p.share")
    assert emit_value(found, {"share": Decimal("0.1")}) != emit_value(found, {"share": None})
    assert duckdb.sql(f"select {emit_value(formula('p.share'), {})}").fetchall() == [(None,)]
    assert emit_value(found, PARAMETERS).endswith("as decimal(38,5))")
