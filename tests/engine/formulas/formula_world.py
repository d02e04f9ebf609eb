"""A small world for formula tests: units, names, and how to ask DuckDB and the interpreter the same."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pyarrow as pa

from yuanzhi.engine.formulas import (
    BooleanType,
    CodeType,
    DateType,
    Formula,
    Name,
    NumberType,
    Scope,
    TextType,
    compile_formula,
    emit_condition,
    emit_value,
)
from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.quantities import Unit, UnitSystem

UNITS = UnitSystem.of(
    [
        Unit("元", (("money", 1),), Fraction(1)),
        Unit("万元", (("money", 1),), Fraction(10_000)),
        Unit("亩", (("area", 1),), Fraction(2000, 3)),
        Unit("公顷", (("area", 1),), Fraction(10_000)),
        Unit("tce", (("energy", 1),), Fraction(1)),
        Unit("kgce", (("energy", 1),), Fraction(1, 1000)),
        Unit("人", (("people", 1),), Fraction(1)),
        Unit("%", (), Fraction(1, 100)),
        Unit("月", (("time", 1),), Fraction(1)),
        Unit("年", (("time", 1),), Fraction(12)),
    ]
)


def number(code: str, unit: str, zh: str, scale: int = 2, digits: int = 0, source: Any = "item") -> Name:
    return Name(code, NumberType(UNITS.unit(unit), scale, digits), Label(zh, code.replace("_", " ")), source)


NAMES = [
    number("value_added", "万元", "增加值"),
    number("tax", "万元", "税收"),
    number("land", "亩", "用地面积"),
    number("land_ha", "公顷", "用地公顷", 4),
    number("energy", "tce", "能耗", 3),
    number("staff", "人", "人数", 0),
    number("rnd_share", "%", "研发占比"),
    number("output", "万元", "总产值", 12, source="indicator"),
    number("area", "公顷", "园区面积", 12, source="indicator"),
    number("small", "1", "小数", 2, 6),
    number("tax_per_mu", "万元/亩", "亩均税收", 12, source="indicator"),
    number("tax_per_ha", "万元/公顷", "公顷税收", 12, source="indicator"),
    Name("industry", CodeType("industries"), Label("行业", "industry"), "attribute"),
    Name("tier", CodeType("tiers"), Label("级别", "tier"), "attribute"),
    Name("remark", TextType(), Label("备注", "remark"), "attribute"),
    Name("above_scale", BooleanType(), Label("规上企业", "above scale"), "attribute"),
    Name("founded", DateType(), Label("设立日期", "founded"), "attribute"),
    Name("built", DateType(), Label("竣工日期", "built")),
    number("p.threshold", "万元/亩", "税收门槛", source="parameter"),
    number("p.share", "1", "比例", 3, source="parameter"),
    number("p.years", "年", "年限", 0, source="parameter"),
    Name("p.home", TextType(), Label("本地", "home"), "parameter"),
    Name("p.since", DateType(), Label("起始日", "since"), "parameter"),
    Name("p.strict", BooleanType(), Label("从严", "strict"), "parameter"),
]
CODE_LISTS = {
    "industries": {"13": "农副食品加工业", "131": "谷物磨制", "26": "化学原料和化学制品制造业"},
    "tiers": {"national": "国家级", "provincial": "省级"},
}
DEFINITIONS = {"tax_per_mu": "tax / land", "tax_per_ha": "tax_per_mu"}
SCOPE = Scope({name.code: name for name in NAMES}, UNITS, DEFINITIONS, CODE_LISTS)
PARAMETERS: dict[str, Any] = {
    "threshold": Decimal("15.5"),
    "share": Decimal("0.125"),
    "years": Decimal(3),
    "home": "630100",
    "since": date(2018, 1, 1),
    "strict": True,
}

COLUMNS: dict[str, pa.DataType] = {
    "value_added": pa.decimal128(18, 2),
    "tax": pa.decimal128(18, 2),
    "land": pa.decimal128(18, 2),
    "land_ha": pa.decimal128(18, 4),
    "energy": pa.decimal128(18, 3),
    "staff": pa.decimal128(18, 0),
    "rnd_share": pa.decimal128(18, 2),
    "output": pa.decimal128(38, 12),
    "area": pa.decimal128(38, 12),
    "small": pa.decimal128(18, 2),
    "industry": pa.string(),
    "tier": pa.string(),
    "remark": pa.string(),
    "above_scale": pa.bool_(),
    "founded": pa.date32(),
    "built": pa.date32(),
}


def formula(text: str, scope: Scope = SCOPE, **options: Any) -> Formula:
    """The compiled formula; a problem fails the test with its text."""
    compiled = compile_formula(text, scope, **options)
    assert compiled.formula is not None, [problem.text("en") for problem in compiled.problems]
    return compiled.formula


def refusals(text: str, scope: Scope = SCOPE, **options: Any) -> list[str]:
    """The texts of all problems, in English."""
    compiled = compile_formula(text, scope, **options)
    assert (compiled.formula is None) == bool(compiled.problems)
    return [problem.text("en") for problem in compiled.problems]


def table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as an Arrow table with every column of the world; what a row lacks is missing."""
    return pa.table({code: pa.array([row.get(code) for row in rows], type_) for code, type_ in COLUMNS.items()})


def connect(rows: pa.Table, threads: int = 2) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"set threads = {threads}")
    connection.register("arrow_rows", rows)
    connection.execute("create table facts as select row_number() over () as n, * from arrow_rows")
    return connection


def sql_of(one: Formula, parameters: Mapping[str, Any] = PARAMETERS, dialect: Any = "duckdb") -> str:
    if isinstance(one.type, BooleanType):
        return emit_condition(one, parameters, dialect)
    return emit_value(one, parameters, dialect)


def ask_duckdb(text: str, *rows: Mapping[str, Any], parameters: Mapping[str, Any] = PARAMETERS) -> list[Any]:
    """What DuckDB says of a formula for each row."""
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")
        connection.register("facts", table(rows))
        found = connection.execute(f"select {sql_of(formula(text), parameters)} from facts").fetchall()
    return [row[0] for row in found]


def random_value(code: str, chance: random.Random) -> Any:
    """A value with nulls, zeros, negatives, ties and extremes in it."""
    type_ = COLUMNS[code]
    if chance.random() < 0.08:
        return None
    if pa.types.is_decimal(type_):
        return _random_number(code, type_, chance)
    if pa.types.is_boolean(type_):
        return chance.random() < 0.5
    if pa.types.is_date(type_):
        return date(2016, 1, 1) + timedelta(
            days=chance.choice([0, 30, 58, 59, 60, 90, 365, 366, chance.randrange(3000)])
        )
    if code == "tier":
        return chance.choice(["national", "provincial"])
    return chance.choice(["13", "131", "26", "630100", "x"])


def _random_number(code: str, type_: pa.Decimal128Type, chance: random.Random) -> Decimal:
    name = SCOPE.names[code]
    assert isinstance(name.type, NumberType)
    kind = chance.random()
    if kind < 0.1:
        return Decimal(0)
    unit = Decimal(1).scaleb(-type_.scale)
    if kind < 0.6:
        value = Decimal(chance.choice([1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 16, 25, 31, 125])) * chance.choice(
            [unit, Decimal(1), Decimal("0.5") if type_.scale else Decimal(1), Decimal(100)]
        )
    elif kind < 0.95:
        value = Decimal(chance.randrange(10 ** chance.randrange(1, 11))) * unit
    else:
        # Extremes: the greatest stored value, or one wider than its declared type.
        value = Decimal(10 ** min(type_.precision, 30) - 1) * unit
    return -value if chance.random() < 0.25 else value


def random_rows(count: int, seed: int) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    return [{code: random_value(code, chance) for code in COLUMNS} for _ in range(count)]
