"""Values in detail: rounding, dates, widths and what the interpreter refuses."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import duckdb
import pytest
from formula_world import PARAMETERS, SCOPE, UNITS, ask_duckdb, formula, number
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanzhi.engine.formulas import NumberType, Scope, emit_value, evaluate
from yuanzhi.engine.formulas.dialects import dialect_of
from yuanzhi.engine.formulas.evaluating import exact, rounded
from yuanzhi.engine.formulas.units import is_clear, product, quotient
from yuanzhi.engine.kernel.problems import ProblemsError
from yuanzhi.engine.kernel.quantities import Unit

MODES = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "floor": ROUND_FLOOR,
    "ceil": ROUND_CEILING,
}
CENTS = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2050, 12, 31))


@given(CENTS, st.sampled_from(sorted(MODES)), st.integers(-3, 2))
def test_rounding_is_that_of_decimals(value: Decimal, mode: str, places: int) -> None:
    expected = value.quantize(Decimal(1).scaleb(-places), rounding=MODES[mode])
    assert rounded(Fraction(value), mode, places) == Fraction(expected)  # type: ignore[arg-type]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(CENTS, CENTS), min_size=1, max_size=40), st.integers(0, 12))
def test_sql_rounds_quotients_as_the_interpreter_does(pairs: list[tuple[Decimal, Decimal]], places: int) -> None:
    rows = [{"tax": one, "land": other} for one, other in pairs]
    for function in ("round", "floor", "ceil", "round_even"):
        text = f"{function}(tax / land, {places})"
        expected = [evaluate(formula(text), row, {}) for row in rows]
        found = [None if value is None else Fraction(value) for value in ask_duckdb(text, *rows)]
        assert found == expected


@given(CENTS, CENTS, CENTS.filter(bool))
def test_a_ratio_compares_as_its_cross_product(tax: Decimal, land: Decimal, other: Decimal) -> None:
    facts = {"tax": tax, "land": other, "value_added": land}
    met = evaluate(formula("tax / land >= value_added / land"), facts, {})
    assert met is (Fraction(tax) / Fraction(other) >= Fraction(land) / Fraction(other))


@given(CENTS)
def test_conversion_to_another_unit_and_back_changes_nothing(value: Decimal) -> None:
    there = evaluate(formula("land", expects=NumberType(UNITS.unit("公顷"))), {"land": value}, {})
    assert isinstance(there, Fraction)
    assert there * 15 == Fraction(value)
    assert evaluate(formula("land = land_ha"), {"land": value * 15, "land_ha": value}, {}) is True


@given(DAYS, st.integers(-600, 600))
def test_months_added_are_months_between(day: date, months: int) -> None:
    later = evaluate(formula("add_months(founded, small)"), {"founded": day, "small": Decimal(months)}, {})
    assert isinstance(later, date)
    back = evaluate(formula("months_between(founded, built)"), {"founded": day, "built": later}, {})
    assert isinstance(back, Fraction)
    # Going back from a day the month before lacks may fall short by one.
    assert abs(back - months) <= (months < 0 and later.day != day.day)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(DAYS, DAYS), min_size=1, max_size=30))
def test_sql_counts_time_as_the_interpreter_does(pairs: list[tuple[date, date]]) -> None:
    rows = [{"founded": one, "built": other} for one, other in pairs]
    for span in ("years", "months", "days"):
        text = f"{span}_between(founded, built)"
        assert ask_duckdb(text, *rows) == [evaluate(formula(text), row, {}) for row in rows]


@pytest.mark.parametrize(
    ("start", "end", "years", "months"),
    [
        ("2016-02-29", "2017-02-28", 1, 12),
        ("2016-02-29", "2020-02-28", 3, 47),
        ("2018-01-31", "2018-02-28", 0, 1),
        ("2018-01-31", "2018-03-30", 0, 1),
        ("2018-01-31", "2018-03-31", 0, 2),
        ("2018-03-31", "2018-01-31", 0, -2),
        ("2018-05-01", "2018-05-01", 0, 0),
    ],
)
def test_a_day_the_month_lacks_counts_as_its_last(start: str, end: str, years: int, months: int) -> None:
    row = {"founded": date.fromisoformat(start), "built": date.fromisoformat(end)}
    assert ask_duckdb("years_between(founded, built)", row) == [years]
    assert ask_duckdb("months_between(founded, built)", row) == [months]


def test_days_outside_the_calendar_are_missing() -> None:
    row = {"founded": date(2018, 1, 31), "small": Decimal("9999.99")}
    assert ask_duckdb("add_months(founded, small * 10)", row) == [None]
    assert ask_duckdb("add_months(founded, -small * 100000000000)", row) == [None]
    assert ask_duckdb("add_months(founded, 1.9)", row) == [date(2018, 2, 28)]
    assert evaluate(formula("add_months(founded, small * -1000)"), row, {}) is None


def test_years_and_months_meet_only_through_their_units() -> None:
    row = {"founded": date(2015, 1, 1), "built": date(2018, 1, 1)}
    assert evaluate(formula("years_between(founded, built) >= p.years"), row, PARAMETERS) is True
    assert evaluate(formula("years_between(founded, built) = 36 月"), row, {}) is True
    assert evaluate(formula("months_between(founded, built) = p.years"), row, PARAMETERS) is True
    assert evaluate(formula("add_months(founded, p.years) = built"), row, PARAMETERS) is True


@pytest.mark.parametrize(
    ("text", "type_", "value"),
    [
        ("tax", "DECIMAL(38,2)", Decimal("1.50")),
        ("tax * 2.5%", "DECIMAL(38,5)", Decimal("0.03750")),
        ("tax + 1 元", "DECIMAL(38,4)", Decimal("1.5001")),
        ("tax / 8", "DECIMAL(38,5)", Decimal("0.18750")),
        ("tax / 7", "DECIMAL(38,12)", Decimal("0.214285714286")),
        ("tax / p.threshold", "DECIMAL(38,12)", Decimal("0.096774193548")),
        ("-tax / 7", "DECIMAL(38,12)", Decimal("-0.214285714286")),
        ("1 公顷", "DECIMAL(38,0)", Decimal(1)),
        ("round(tax, 0)", "DECIMAL(38,0)", Decimal(2)),
    ],
)
def test_a_number_leaves_as_a_wide_decimal(text: str, type_: str, value: Decimal) -> None:
    sql = emit_value(formula(text), PARAMETERS)
    found = duckdb.sql(f"select typeof({sql}), {sql} from (select cast(1.5 as decimal(18,2)) as tax)").fetchall()
    assert found == [(type_, value)]


def test_a_column_of_another_numeric_type_is_taken_as_declared() -> None:
    sql = emit_value(formula("tax * 2"), {})
    for column in ("cast(3 as integer)", "cast(3 as hugeint)", "cast(3 as decimal(38,2))", "3.0"):
        assert duckdb.sql(f"select {sql} from (select {column} as tax)").fetchall() == [(Decimal(6),)]


def test_a_declared_width_makes_narrow_sql() -> None:
    scope = Scope({"a": number("a", "亩", "", 2, 7), "b": number("b", "亩", "", 2, 7)}, UNITS)
    sql = emit_value(formula("a * b", scope), {})
    assert "decimal(38" not in sql.removesuffix("as decimal(38,4))")


def test_a_parameter_wider_than_its_type_is_a_problem_not_a_wrong_result() -> None:
    found = formula("tax * p.share >= 3")
    with pytest.raises(ProblemsError, match="too_wide"):
        emit_value(found, {"share": Decimal("0.12345678901234567890")})


def test_floats_and_wrong_kinds_are_misuse() -> None:
    with pytest.raises(TypeError, match="never floats"):
        exact(0.1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="declared a number"):
        emit_value(formula("p.share"), {"share": "x"})
    with pytest.raises(TypeError, match="declared text"):
        emit_value(formula("p.home"), {"home": Decimal(1)})
    with pytest.raises(ValueError, match="no dialect"):
        dialect_of("oracle")


def test_texts_of_parameters_cannot_leave_their_quotes() -> None:
    found = formula("remark = p.home")
    text = "x' or 1=1 --"
    assert ask_duckdb("remark = p.home", {"remark": text}, parameters={"home": text}) == [True]
    for dialect in ("clickhouse", "spark"):
        assert "\\'" in emit_value(found, {"home": text}, dialect)  # type: ignore[arg-type]


def test_products_and_quotients_of_units_stay_readable() -> None:
    per_mu, mu = UNITS.unit("万元/亩"), UNITS.unit("亩")
    assert product(per_mu, mu, UNITS) == UNITS.unit("万元")
    assert quotient(UNITS.unit("万元"), per_mu, UNITS) == mu
    assert quotient(mu, mu, UNITS) == Unit("1")
    assert quotient(UNITS.unit("万元"), UNITS.unit("tce/亩"), UNITS).code == "万元*亩/tce"
    odd = product(mu, UNITS.unit("万元/公顷"), UNITS)
    assert odd.factor == UNITS.unit("万元").factor / 15
    assert not is_clear(odd, UNITS)
    assert is_clear(per_mu, UNITS)


def test_the_scope_is_left_as_it_was() -> None:
    before = dict(SCOPE.names)
    formula("tax_per_ha > 3")
    assert dict(SCOPE.names) == before
