"""What differs between the databases formulas are printed for: DuckDB, PostgreSQL, ClickHouse, Spark."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.kernel.quantities import decimal_of

DialectName = Literal["duckdb", "postgres", "clickhouse", "spark"]
NARROW = 18
"""Digits of a decimal kept in 64 bits."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """The forms of one database. This base is DuckDB; the others change what differs."""

    name: DialectName = "duckdb"

    def column(self, code: str) -> str:
        """A column by its code, always quoted."""
        return '"' + code.replace('"', '""') + '"'

    def text(self, value: str) -> str:
        """A text literal."""
        return "'" + value.replace("'", "''") + "'"

    def truth(self, value: bool | None) -> str:
        """A truth value; missing as a typed null."""
        return "cast(null as boolean)" if value is None else "true" if value else "false"

    def day(self, value: date) -> str:
        """A date literal."""
        return f"cast('{value.isoformat()}' as date)"

    def no_text(self) -> str:
        """A missing text."""
        return "cast(null as varchar)"

    def no_day(self) -> str:
        """A missing day."""
        return "cast(null as date)"

    def decimal(self, text: str, width: int, scale: int) -> str:
        """A number as a decimal of this width and scale; never loses a digit where widths are kept."""
        return f"cast({text} as decimal({width},{scale}))"

    def fitting(self, column: str, width: int, scale: int) -> str:
        """A column at a width it may pass; missing where it does."""
        limit = 10 ** (width - scale)
        known = self.decimal(column, 38, scale)
        return f"(case when {column} > -{limit} and {column} < {limit} then {known} end)"

    def final(self, text: str, scale: int) -> str:
        """A number as it leaves an expression, at full width."""
        return self.decimal(text, 38, scale)

    def literal(self, value: Fraction, width: int, scale: int) -> str:
        """An exact decimal literal."""
        return self.decimal(decimal_text(decimal_of(value)), width, scale)

    def double(self, text: str) -> str:
        """A number as a double, for display and for guards."""
        return f"cast({text} as double)"

    def whole(self, text: str) -> str:
        """A whole decimal as a whole number that can be divided exactly."""
        return f"cast({text} as hugeint)"

    def whole_literal(self, value: int) -> str:
        """A whole number literal."""
        return f"cast({value} as hugeint)"

    def whole_quotient(self, over: str, under: str) -> str:
        """The quotient of whole numbers, cut toward zero."""
        return f"div({over}, {under})"

    def let(self, name: str, value: str, body: str) -> str:
        """The body with a name standing for a value, so that a long value is written and computed once."""
        return f"list_extract(list_transform(list_value({value}), lambda {name}: {body}), 1)"

    def whole_or_missing(self, text: str, digits: int) -> str:
        """A whole double as a decimal, missing where it has more digits or is no number."""
        return f"try_cast({text} as decimal({digits},0))"

    def count(self, text: str) -> str:
        """A small whole number as a decimal."""
        return self.decimal(text, NARROW, 0)

    def integer(self, text: str) -> str:
        """A whole decimal as an integer, for months."""
        return f"cast({text} as integer)"

    def mask(self, text: str) -> str:
        """A bit mask."""
        return f"cast({text} as bigint)"

    def starts_with(self, text: str, prefix: str) -> str:
        """Whether a text starts with a prefix."""
        return f"starts_with({text}, {self.text(prefix)})"

    def is_wider_than_38(self) -> bool:
        """Whether products of two decimals of 38 digits can be compared as they are."""
        return False

    def estimates(self) -> bool:
        """Whether quotients are estimated and corrected, where dividing wide whole numbers is slow or missing."""
        return True

    def rounds_natively(self) -> bool:
        """Whether ``round`` of a decimal takes halves away from zero."""
        return True

    def year(self, day: str) -> str:
        """The year of a day."""
        return f"year({day})"

    def month(self, day: str) -> str:
        """The month of a day."""
        return f"month({day})"

    def day_of_month(self, day: str) -> str:
        """The day of the month."""
        return f"day({day})"

    def last_of_month(self, day: str) -> str:
        """The number of the last day of the month."""
        return f"day(last_day({day}))"

    def days_between(self, start: str, end: str) -> str:
        """Days from one day to another."""
        return f"({end} - {start})"

    def add_months(self, day: str, months: str) -> str:
        """The day so many months later, clamped to the month."""
        return f"cast({day} + to_months({months}) as date)"


class _DuckDB(Dialect):
    def fitting(self, column: str, width: int, scale: int) -> str:
        return f"try_cast({column} as decimal({width},{scale}))"


class _Postgres(Dialect):
    def decimal(self, text: str, width: int, scale: int) -> str:
        return f"cast({text} as numeric)"

    def final(self, text: str, scale: int) -> str:
        return f"cast({text} as numeric(38,{scale}))"

    def literal(self, value: Fraction, width: int, scale: int) -> str:
        written = decimal_text(decimal_of(value))
        return f"({written}::numeric)" if value < 0 else f"{written}::numeric"

    def no_text(self) -> str:
        return "cast(null as text)"

    def double(self, text: str) -> str:
        return f"cast({text} as double precision)"

    def whole(self, text: str) -> str:
        return f"trunc({text})"

    def whole_literal(self, value: int) -> str:
        return f"{value}::numeric"

    def let(self, name: str, value: str, body: str) -> str:
        return f"(select {body} from (select {value} as {name}) as of_{name})"

    def is_wider_than_38(self) -> bool:
        return True

    def estimates(self) -> bool:
        return False

    def year(self, day: str) -> str:
        return f"cast(extract(year from {day}) as integer)"

    def month(self, day: str) -> str:
        return f"cast(extract(month from {day}) as integer)"

    def day_of_month(self, day: str) -> str:
        return f"cast(extract(day from {day}) as integer)"

    def last_of_month(self, day: str) -> str:
        last = f"date_trunc('month', {day}) + interval '1 month' - interval '1 day'"
        return f"cast(extract(day from {last}) as integer)"

    def add_months(self, day: str, months: str) -> str:
        return f"cast({day} + make_interval(months => {months}) as date)"


class _ClickHouse(Dialect):
    def text(self, value: str) -> str:
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def truth(self, value: bool | None) -> str:
        return "cast(null as Nullable(Bool))" if value is None else "true" if value else "false"

    def day(self, value: date) -> str:
        return f"toDate32('{value.isoformat()}')"

    def no_text(self) -> str:
        return "cast(null as Nullable(String))"

    def no_day(self) -> str:
        return "cast(null as Nullable(Date32))"

    def decimal(self, text: str, width: int, scale: int) -> str:
        return f"cast({text} as Nullable(Decimal({76 if width > NARROW else NARROW}, {scale})))"

    def literal(self, value: Fraction, width: int, scale: int) -> str:
        written = decimal_text(decimal_of(value))
        return f"cast('{written}' as Nullable(Decimal({76 if width > NARROW else NARROW}, {scale})))"

    def double(self, text: str) -> str:
        return f"toFloat64({text})"

    def is_wider_than_38(self) -> bool:
        return True

    def let(self, name: str, value: str, body: str) -> str:
        return f"arrayMap({name} -> {body}, [{value}])[1]"

    def whole_or_missing(self, text: str, digits: int) -> str:
        return f"if(abs({text}) < 1e{digits}, toDecimal64({text}, 0), null)"

    def mask(self, text: str) -> str:
        return f"toInt64({text})"

    def integer(self, text: str) -> str:
        return f"cast({text} as Nullable(Int32))"

    def starts_with(self, text: str, prefix: str) -> str:
        return f"startsWith({text}, {self.text(prefix)})"

    def rounds_natively(self) -> bool:
        return False

    def year(self, day: str) -> str:
        return f"toInt32(toYear({day}))"

    def month(self, day: str) -> str:
        return f"toInt32(toMonth({day}))"

    def day_of_month(self, day: str) -> str:
        return f"toInt32(toDayOfMonth({day}))"

    def last_of_month(self, day: str) -> str:
        return f"toInt32(toDayOfMonth(toLastDayOfMonth({day})))"

    def days_between(self, start: str, end: str) -> str:
        return f"dateDiff('day', {start}, {end})"

    def add_months(self, day: str, months: str) -> str:
        return f"addMonths({day}, {months})"


class _Spark(Dialect):
    def column(self, code: str) -> str:
        return "`" + code.replace("`", "``") + "`"

    def text(self, value: str) -> str:
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def no_text(self) -> str:
        return "cast(null as string)"

    def whole(self, text: str) -> str:
        return f"cast({text} as decimal(38,0))"

    def whole_literal(self, value: int) -> str:
        return f"cast({value} as decimal(38,0))"

    def let(self, name: str, value: str, body: str) -> str:
        return f"element_at(transform(array({value}), {name} -> {body}), 1)"

    def integer(self, text: str) -> str:
        return f"cast({text} as int)"

    def starts_with(self, text: str, prefix: str) -> str:
        return f"startswith({text}, {self.text(prefix)})"

    def days_between(self, start: str, end: str) -> str:
        return f"datediff({end}, {start})"

    def add_months(self, day: str, months: str) -> str:
        return f"add_months({day}, {months})"


_DIALECTS: dict[str, Dialect] = {
    "duckdb": _DuckDB(),
    "postgres": _Postgres("postgres"),
    "clickhouse": _ClickHouse("clickhouse"),
    "spark": _Spark("spark"),
}


def dialect_of(name: str) -> Dialect:
    """The dialect of this name.

    Raises:
        ValueError: No such dialect.
    """
    if name not in _DIALECTS:
        raise ValueError(f"no dialect {name!r}; known are {', '.join(_DIALECTS)}")
    return _DIALECTS[name]
