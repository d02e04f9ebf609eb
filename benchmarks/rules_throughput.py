"""Twenty rules for a million enterprises: subjects a second and peak memory, beside what one would write by hand.

    python benchmarks/rules_throughput.py [--subjects 1000000] [--repeats 3] [--out FILE]

The rules are a policy pack, compiled and determined as everywhere else: ratios and thresholds, a weighted score, a
veto, two decision tables, a price, a capped subsidy, a marginal scale and an exit rule. Beside them stand the same
rules as DuckDB SQL by hand (exact too, the same columns, with and without reasons; results are compared), as Polars
expressions and as OpenFisca variables (both in floating point, without reasons). Every engine runs in a process of its
own over the same Parquet file, so peak memory is its own; the time is the best of the repeats and leaves out imports,
reading and compiling. CPU seconds stand beside it for a machine that has other work to do.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

AS_OF = date(2020, 12, 31)
SECONDS, GIGABYTES, RATIO = 5.0, 1.5, 2.0
"""What is promised with reasons: seconds, peak memory, and the multiple of SQL written by hand."""

PACK = """
pack: {code: throughput, version: "1", title: 二十条规则, issuer: 示例厅, in_force: {from: 2018-01-01}}
units:
  元: {dimension: money, factor: 1}
  万元: {dimension: money, factor: 10000}
  m2: {dimension: area, factor: 1}
  亩: {dimension: area, factor: 2000/3}
  tce: {dimension: energy, factor: 1}
  kWh: {dimension: electricity, factor: 1}
  万kWh: {dimension: electricity, factor: 10000}
  人: {dimension: person, factor: 1}
  吨: {dimension: mass, factor: 1}
  年: {dimension: time, factor: 12}
codes:
  trades: {items: {"13": 农副食品, "26": 化工, "32": 有色, "39": 电子}}
parameters:
  base_per_mu: {label: 亩均基准, unit: 万元/亩, value: 50, basis: stated}
  base_per_tce: {label: 能耗基准, unit: 万元/tce, value: 2.1, basis: stated}
  base_price: {label: 基准地价, unit: 元/m2, value: 168, basis: stated}
forms:
  yearly:
    subject: enterprise
    frequency: year
    items:
      value_added: {unit: 万元}
      tax: {unit: 万元}
      revenue: {unit: 万元}
      rnd: {unit: 万元}
      investment: {unit: 万元}
      land: {unit: 亩}
      energy: {unit: tce}
      electricity: {unit: 万kWh}
      emission: {unit: 吨}
      staff: {unit: 人, scale: 0}
      accidents: {unit: "1", scale: 0}
      high_tech: {type: boolean}
      large: {type: boolean}
      trade: {type: code, code_list: trades}
      opened: {type: date}
rules:
  per_mu: {modality: goal, subject: enterprise, when: value_added / land >= 50}
  tax_per_mu: {modality: goal, subject: enterprise, when: tax / land >= 15}
  per_head: {modality: goal, subject: enterprise, when: revenue / staff >= 120}
  per_tce: {modality: goal, subject: enterprise, when: value_added / energy >= 2.1}
  rnd_share: {modality: goal, subject: enterprise, when: rnd / revenue >= 3%}
  per_emission: {modality: goal, subject: enterprise, when: value_added / emission >= 30}
  big: {modality: define, subject: enterprise, when: revenue >= 2000}
  payer: {modality: define, subject: enterprise, when: tax >= 100}
  inventive: {modality: encourage, subject: enterprise, when: rnd >= 50 and high_tech}
  employer: {modality: encourage, subject: enterprise, when: staff >= 20 and large}
  investor: {modality: encourage, subject: enterprise, when: investment >= 1500 or investment / land >= 300}
  frugal: {modality: must, subject: enterprise, when: energy <= 5000 and electricity <= 900}
  score:
    modality: goal
    subject: enterprise
    when: 60 * value_added / land / p.base_per_mu + 40 * value_added / energy / p.base_per_tce >= 80
  veto: {modality: must_not, subject: enterprise, when: accidents > 0 or emission > 300}
  grade:
    modality: define
    subject: enterprise
    table:
      inputs: {level: tax / land}
      outputs: {points: "1"}
      rows:
        - {when: {level: ">= 30"}, then: {points: "100"}}
        - {when: {level: "[15, 30)"}, then: {points: "80"}}
        - {when: {level: "[5, 15)"}, then: {points: "60"}}
        - {when: {level: "< 5"}, then: {points: "30"}}
  surcharge:
    modality: must
    subject: enterprise
    table:
      inputs: {intensity: energy / value_added, trade: trade}
      outputs: {surcharge: 元/kWh}
      rows:
        - {when: {intensity: "< 0.5", trade: "-"}, then: {surcharge: "0"}}
        - {when: {intensity: ">= 0.5", trade: "26, 32"}, then: {surcharge: "0.3"}}
        - {when: {intensity: ">= 0.5", trade: "13, 39"}, then: {surcharge: "0.1"}}
  price:
    modality: may
    subject: enterprise
    when: land > 0
    then: {code: priced, gives: {price: "case when trade in ('13', '39') then 0.7 else 1 end * p.base_price"}}
  subsidy: {modality: may, subject: enterprise, when: high_tech, then: {gives: {amount: "least(rnd * 10%, 200)"}}}
  scale:
    modality: must
    subject: enterprise
    when: revenue > 0
    then:
      gives:
        fee: >-
          case when revenue <= 500 then revenue * 1% when revenue <= 5000 then 5 + (revenue - 500) * 0.5%
          else 27.5 + (revenue - 5000) * 0.1% end
  exit:
    modality: must
    subject: enterprise
    when: >-
      tax / land < 1 and value_added / land < 5 and not large
      and years_between(opened, date '2020-12-31') >= 3
"""

FACTS = """
select printf('e%07d', i) as subject,
  {number}(i, 1, 400000) as value_added, {number}(i, 2, 60000) as tax, {number}(i, 3, 2000000) as revenue,
  {number}(i, 4, 30000) as rnd, {number}(i, 5, 800000) as investment, {number}(i, 6, 5000) as land,
  {number}(i, 7, 900000) as energy, {number}(i, 8, 150000) as electricity, {number}(i, 9, 40000) as emission,
  cast(floor({number}(i, 10, 60000)) as decimal(18,0)) as staff,
  cast(case when {hash}(i, 11) % 50 = 0 then 1 else 0 end as decimal(18,0)) as accidents,
  {hash}(i, 12) % 4 = 0 as high_tech, {hash}(i, 13) % 2 = 0 as large,
  ['13', '26', '32', '39'][cast(1 + {hash}(i, 14) % 4 as integer)] as trade,
  date '2005-01-01' + cast({hash}(i, 15) % 5800 as integer) as opened
from range({subjects}) t(i)
"""


def write_facts(path: Path, subjects: int) -> None:
    """Seeded by a hash of row and column: one value in fifty missing, one in fifty zero, ties on round numbers."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("create macro h(i, c) as hash(i * 97 + c)")
        connection.execute(
            """create macro number(i, c, most) as cast(
            case h(i, c) % 50 when 0 then null when 1 then 0 when 2 then round(h(i, c + 40) % most / 100, -1)
            else (1 + h(i, c + 40) % most) / 100 end as decimal(18,2))"""
        )
        text = FACTS.format(number="number", hash="h", subjects=subjects)
        connection.execute(f"copy ({text}) to '{path}' (format parquet)")


# our own rules


def ours(path: Path, *, reasons: bool) -> Callable[[], Any]:
    import pyarrow.parquet as pq

    from yuanzhi.engine.pack import compile_pack, compose, read_pack
    from yuanzhi.engine.rules.vectorised import determine_all

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "pack.yaml").write_text(PACK, encoding="utf-8")
        reading = read_pack(Path(folder))
    if reading.pack is None:
        raise SystemExit("\n".join(problem.text("en") for problem in reading.problems))
    compiled = compile_pack(compose([reading.pack]))
    if compiled.problems:
        raise SystemExit("\n".join(problem.text("en") for problem in compiled.problems))
    facts = pq.read_table(path)
    return lambda: determine_all(compiled, list(reading.pack.rules), facts, as_of=AS_OF, reasons=reasons)


# the same by hand


def ratio(over: str, sign: str, limit: str, under: str) -> str:
    return f"case when {under} <> 0 then {over} {sign} {limit} * {under}::decimal(38,2) end"


def left(over: str, under: str) -> str:
    return f"{over}::double / nullif({under}, 0)::double"


SCORE = (
    "case when land <> 0 and energy <> 0 then (60 * 2.1) * value_added::decimal(38,2) * energy "
    "+ (40 * 50) * value_added::decimal(38,2) * land >= (80 * 50 * 2.1) * land::decimal(38,2) * energy end"
)
YEARS = "(2020 - year(opened) - case when month(opened) * 100 + day(opened) > 1231 then 1 else 0 end)"
ATOMS: dict[str, list[tuple[str, str | None, tuple[str, ...]]]] = {
    "per_mu": [(ratio("value_added", ">=", "50", "land"), left("value_added", "land"), ("value_added", "land"))],
    "tax_per_mu": [(ratio("tax", ">=", "15", "land"), left("tax", "land"), ("tax", "land"))],
    "per_head": [(ratio("revenue", ">=", "120", "staff"), left("revenue", "staff"), ("revenue", "staff"))],
    "per_tce": [
        (ratio("value_added", ">=", "2.1", "energy"), left("value_added", "energy"), ("value_added", "energy"))
    ],
    "rnd_share": [(ratio("rnd", ">=", "0.03", "revenue"), left("rnd", "revenue"), ("rnd", "revenue"))],
    "per_emission": [
        (ratio("value_added", ">=", "30", "emission"), left("value_added", "emission"), ("value_added", "emission"))
    ],
    "big": [("revenue >= 2000", "revenue::double", ("revenue",))],
    "payer": [("tax >= 100", "tax::double", ("tax",))],
    "inventive": [("rnd >= 50", "rnd::double", ("rnd",)), ("high_tech", None, ("high_tech",))],
    "employer": [("staff >= 20", "staff::double", ("staff",)), ("large", None, ("large",))],
    "investor": [
        ("investment >= 1500", "investment::double", ("investment",)),
        (ratio("investment", ">=", "300", "land"), left("investment", "land"), ("investment", "land")),
    ],
    "frugal": [
        ("energy <= 5000", "energy::double", ("energy",)),
        ("electricity <= 900", "electricity::double", ("electricity",)),
    ],
    "score": [
        (
            SCORE,
            f"1.2 * {left('value_added', 'land')} + 40 * {left('value_added', 'energy')} / 2.1",
            ("value_added", "land", "energy"),
        )
    ],
    "veto": [
        ("accidents > 0", "accidents::double", ("accidents",)),
        ("emission > 300", "emission::double", ("emission",)),
    ],
    "price": [("land > 0", "land::double", ("land",))],
    "subsidy": [("high_tech", None, ("high_tech",))],
    "scale": [("revenue > 0", "revenue::double", ("revenue",))],
    "exit": [
        (ratio("tax", "<", "1", "land"), left("tax", "land"), ("tax", "land")),
        (ratio("value_added", "<", "5", "land"), left("value_added", "land"), ("value_added", "land")),
        ("large", None, ("large",)),
        (f"{YEARS} >= 3", f"{YEARS}::double", ("opened",)),
    ],
}
"""Per rule its conditions: SQL, the left value, the facts read."""
JOINED = {
    "inventive": "{0} and {1}",
    "employer": "{0} and {1}",
    "investor": "{0} or {1}",
    "frugal": "{0} and {1}",
    "veto": "{0} or {1}",
    "exit": "{0} and {1} and not {2} and {3}",
}
HITS = {
    "grade": [
        ratio("tax", ">=", "30", "land"),
        f"{ratio('tax', '>=', '15', 'land')} and {ratio('tax', '<', '30', 'land')}",
        f"{ratio('tax', '>=', '5', 'land')} and {ratio('tax', '<', '15', 'land')}",
        ratio("tax", "<", "5", "land"),
    ],
    "surcharge": [
        ratio("energy", "<", "0.5", "value_added"),
        f"{ratio('energy', '>=', '0.5', 'value_added')} and trade in ('26', '32')",
        f"{ratio('energy', '>=', '0.5', 'value_added')} and trade in ('13', '39')",
    ],
}
"""Per table its rows; a table keeps the row that hit, not its atoms."""
GIVEN = {
    "grade": "case grade_hit when 0 then 100 when 1 then 80 when 2 then 60 when 3 then 30 end::decimal(38,12)",
    "surcharge": "case surcharge_hit when 0 then 0 when 1 then 0.3 when 2 then 0.1 end::decimal(38,12)",
    "price": "case when land > 0 and trade in ('13', '39') then 117.6 when land > 0 and trade is not null then 168 end"
    "::decimal(38,12)",
    "subsidy": "case when high_tech and rnd is not null then least(rnd * 0.1, 200) end::decimal(38,12)",
    "scale": "case when revenue > 5000 then 27.5 + (revenue - 5000) * 0.001 when revenue > 500 "
    "then 5 + (revenue - 500) * 0.005 when revenue > 0 then revenue * 0.01 end::decimal(38,12)",
}


GIVEN_FACTS = {"price": {"trade"}, "subsidy": {"rnd"}}


def by_hand_sql(*, reasons: bool) -> str:
    """Two steps: each condition once as a column, then what follows from them."""
    asked, kept = [], []
    for rule, parts in ATOMS.items():
        names = [f"{rule}_{n}" for n in range(len(parts))]
        asked += [f"{sql} as {name}" for (sql, _, _), name in zip(parts, names, strict=True)]
        kept.append(f"{JOINED.get(rule, '{0}').format(*names)} as {rule}")
        if reasons:
            kept += reasons_by_hand(rule, names)
    for rule, rows in HITS.items():
        names = [f"{rule}_{n}" for n in range(len(rows))]
        asked += [f"{row} as {name}" for row, name in zip(rows, names, strict=True)]
        hit = " ".join(f"when {name} then {n}" for n, name in enumerate(names))
        unknown = " or ".join(f"{name} is null" for name in names)
        kept.append(f"cast(case {hit} when {unknown} then -2 else -1 end as tinyint) as {rule}_hit")
    kept += [f"{given} as {rule}_gives" for rule, given in GIVEN.items()]
    return f"select subject, {', '.join(kept)} from (select *, {', '.join(asked)} from facts)"


def reasons_by_hand(rule: str, names: list[str]) -> list[str]:
    """What is met, what is known, which facts are absent, and the left value of each condition."""
    parts = ATOMS[rule]
    facts = sorted({fact for _, _, read in parts for fact in read} | GIVEN_FACTS.get(rule, set()))
    met = " + ".join(f"case when {name} then {1 << n} else 0 end" for n, name in enumerate(names))
    known = " + ".join(f"case when {name} is null then 0 else {1 << n} end" for n, name in enumerate(names))
    absent = " + ".join(f"case when {fact} is null then {1 << n} else 0 end" for n, fact in enumerate(facts))
    lefts = [f"{value or 'null::double'} as {name}_left" for name, (_, value, _) in zip(names, parts, strict=True)]
    return [f"{met} as {rule}_met", f"{known} as {rule}_known", f"{absent} as {rule}_absent", *lefts]


def by_hand(path: Path, *, reasons: bool) -> Callable[[], Any]:
    import duckdb
    import pyarrow.parquet as pq

    facts, sql = pq.read_table(path), by_hand_sql(reasons=reasons)

    def run() -> Any:
        with duckdb.connect(config={"threads": 2}) as connection:
            connection.register("facts", facts)
            return connection.sql(sql).to_arrow_table()

    return run


def polars(path: Path) -> Callable[[], Any]:
    import polars as pl

    facts = pl.read_parquet(path).with_columns(pl.selectors.decimal().cast(pl.Float64))
    c, when, years = pl.col, pl.when, 2020 - pl.col("opened").dt.year()
    level, intensity, revenue = c("tax") / c("land"), c("energy") / c("value_added"), c("revenue")
    heavy, light = c("trade").is_in(["26", "32"]), c("trade").is_in(["13", "39"])
    rules = {
        "per_mu": c("value_added") / c("land") >= 50,
        "tax_per_mu": c("tax") / c("land") >= 15,
        "per_head": revenue / c("staff") >= 120,
        "per_tce": c("value_added") / c("energy") >= 2.1,
        "rnd_share": c("rnd") / revenue >= 0.03,
        "per_emission": c("value_added") / c("emission") >= 30,
        "big": revenue >= 2000,
        "payer": c("tax") >= 100,
        "inventive": (c("rnd") >= 50) & c("high_tech"),
        "employer": (c("staff") >= 20) & c("large"),
        "investor": (c("investment") >= 1500) | (c("investment") / c("land") >= 300),
        "frugal": (c("energy") <= 5000) & (c("electricity") <= 900),
        "score": 60 * c("value_added") / c("land") / 50 + 40 * c("value_added") / c("energy") / 2.1 >= 80,
        "veto": (c("accidents") > 0) | (c("emission") > 300),
        "grade": when(level >= 30).then(100).when(level >= 15).then(80).when(level >= 5).then(60).otherwise(30),
        "surcharge": when(intensity < 0.5).then(0.0).when(heavy).then(0.3).when(light).then(0.1),
        "price": when(light).then(0.7).otherwise(1.0) * 168.0,
        "subsidy": when(c("high_tech")).then(pl.min_horizontal(c("rnd") * 0.1, 200.0)),
        "scale": when(revenue <= 500)
        .then(revenue * 0.01)
        .when(revenue <= 5000)
        .then(5 + (revenue - 500) * 0.005)
        .otherwise(27.5 + (revenue - 5000) * 0.001),
        "exit": (level < 1) & (c("value_added") / c("land") < 5) & ~c("large") & (years >= 3),
    }
    return lambda: facts.select(**rules)


LIMITS = {
    "per_mu": 50, "tax_per_mu": 15, "per_head": 120, "per_tce": 2.1, "rnd_share": 0.03, "per_emission": 30, "big": 2000,
    "payer": 100, "inventive": 50, "employer": 20, "investor": 1500, "investor_land": 300, "energy": 5000,
    "electricity": 900, "score": 80, "emission": 300, "price": 168, "discount": 0.7, "subsidy": 0.1, "cap": 200,
    "exit_tax": 1, "exit_value": 5, "exit_years": 3,
}  # fmt: skip


def openfisca(path: Path) -> Callable[[], Any]:
    """A tax-benefit system as its guide has one written: dated parameters, a marginal scale, variables."""
    import numpy as np
    import pyarrow.parquet as pq
    from openfisca_core import periods
    from openfisca_core.entities import build_entity
    from openfisca_core.parameters import ParameterNode
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    enterprise = build_entity("enterprise", "enterprises", "Enterprise", is_person=True)
    system = TaxBenefitSystem([enterprise])
    dated = {name: {"values": {"2018-01-01": {"value": value}}} for name, value in LIMITS.items()}
    steps = [(0, 0.01), (500, 0.005), (5000, 0.001)]
    dated["fee"] = {
        "brackets": [
            {"threshold": {"2018-01-01": {"value": start}}, "rate": {"2018-01-01": {"value": rate}}}
            for start, rate in steps
        ]
    }
    system.parameters = ParameterNode("", data=dated)
    facts = pq.read_table(path)
    items = [field.name for field in facts.schema if str(field.type).startswith("decimal")]

    def declare(name: str, kind: type, formula: Callable[[Any, Any], Any] | None = None) -> None:
        body: dict[str, Any] = {
            "value_type": kind,
            "entity": enterprise,
            "definition_period": periods.YEAR,
            "label": name,
        }
        if formula is not None:
            body["formula"] = lambda unit, period, parameters: formula(
                lambda other: unit(other, period), parameters(period)
            )
        system.add_variable(type(name, (Variable,), body))

    for item in [*items, "year_opened"]:
        declare(item, float)
    for flag in ("high_tech", "large", "heavy", "light"):
        declare(flag, bool)
    rules: dict[str, tuple[type, Callable[[Any, Any], Any]]] = {
        "per_mu": (bool, lambda f, p: f("value_added") / f("land") >= p.per_mu),
        "tax_per_mu": (bool, lambda f, p: f("tax") / f("land") >= p.tax_per_mu),
        "per_head": (bool, lambda f, p: f("revenue") / f("staff") >= p.per_head),
        "per_tce": (bool, lambda f, p: f("value_added") / f("energy") >= p.per_tce),
        "rnd_share": (bool, lambda f, p: f("rnd") / f("revenue") >= p.rnd_share),
        "per_emission": (bool, lambda f, p: f("value_added") / f("emission") >= p.per_emission),
        "big": (bool, lambda f, p: f("revenue") >= p.big),
        "payer": (bool, lambda f, p: f("tax") >= p.payer),
        "inventive": (bool, lambda f, p: (f("rnd") >= p.inventive) * f("high_tech")),
        "employer": (bool, lambda f, p: (f("staff") >= p.employer) * f("large")),
        "investor": (
            bool,
            lambda f, p: (f("investment") >= p.investor) + (f("investment") / f("land") >= p.investor_land),
        ),
        "frugal": (bool, lambda f, p: (f("energy") <= p.energy) * (f("electricity") <= p.electricity)),
        "score": (
            bool,
            lambda f, p: (
                60 * f("value_added") / f("land") / p.per_mu + 40 * f("value_added") / f("energy") / p.per_tce
                >= p.score
            ),
        ),
        "veto": (bool, lambda f, p: (f("accidents") > 0) + (f("emission") > p.emission)),
        "grade": (
            float,
            lambda f, p: np.select([f("tax") / f("land") >= limit for limit in (30, 15, 5)], [100, 80, 60], 30),
        ),
        "surcharge": (
            float,
            lambda f, p: np.select([f("energy") / f("value_added") < 0.5, f("heavy"), f("light")], [0, 0.3, 0.1], 0),
        ),
        "price": (float, lambda f, p: np.where(f("light"), p.discount, 1.0) * p.price),
        "subsidy": (float, lambda f, p: f("high_tech") * np.minimum(f("rnd") * p.subsidy, p.cap)),
        "scale": (float, lambda f, p: p.fee.calc(f("revenue"))),
        "exit": (
            bool,
            lambda f, p: (
                (f("tax") / f("land") < p.exit_tax)
                * (f("value_added") / f("land") < p.exit_value)
                * np.logical_not(f("large"))
                * (2020 - f("year_opened") >= p.exit_years)
            ),
        ),
    }
    for name, (kind, formula) in rules.items():
        declare(f"rule_{name}", kind, formula)
    arrays: dict[str, Any] = {
        item: facts[item].cast("double").fill_null(0).to_numpy().astype("float32") for item in items
    }
    arrays |= {flag: facts[flag].to_numpy(zero_copy_only=False) for flag in ("high_tech", "large")}
    trades = facts["trade"].to_numpy(zero_copy_only=False)
    arrays |= {"heavy": np.isin(trades, ["26", "32"]), "light": np.isin(trades, ["13", "39"])}
    arrays["year_opened"] = (facts["opened"].to_numpy().astype("datetime64[Y]").astype(int) + 1970).astype("float32")

    def run() -> Any:
        simulation = SimulationBuilder().build_default_simulation(system, count=facts.num_rows)
        for name, values in arrays.items():
            simulation.set_input(name, "2020", values)
        with np.errstate(all="ignore"):
            return [simulation.calculate(f"rule_{name}", "2020") for name in rules]

    return run


ENGINES: dict[str, Callable[[Path], Callable[[], Any]]] = {
    "yuanzhi": lambda path: ours(path, reasons=False),
    "yuanzhi, reasons": lambda path: ours(path, reasons=True),
    "SQL by hand": lambda path: by_hand(path, reasons=False),
    "SQL by hand, reasons": lambda path: by_hand(path, reasons=True),
    "Polars by hand": polars,
    "OpenFisca-Core": openfisca,
}


def same_results(path: Path) -> str:
    """Our determinations beside the SQL by hand, rule by rule; empty if nothing differs."""
    found, other = ours(path, reasons=True)(), by_hand(path, reasons=True)()
    differing = []
    for rule, own in found.items():
        names = own.raw.schema.names
        if "hit" in names:
            pairs = [("hit", f"{rule}_hit")]
        else:
            pairs = [("when", rule), *((name, f"{rule}_{name}") for name in ("met", "known", "absent"))]
        pairs += [(name, f"{rule}_gives") for name in names if name.startswith("gives.")]
        for name, column in pairs:
            if own.raw[name].to_pylist() != other[column].to_pylist():
                differing.append(f"{rule}.{name}")
    return ", ".join(differing)


def measure(engine: str, path: Path, repeats: int) -> dict[str, float]:
    run = ENGINES[engine](path)
    walls, cpus = [], []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        run()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return {"seconds": min(walls), "cpu": min(cpus), "gigabytes": peak}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--subjects", type=int, default=1_000_000)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--out", type=Path)
    options.add_argument("--engine", choices=[*ENGINES, "compare"])
    options.add_argument("--facts", type=Path)
    given = options.parse_args()
    if given.engine == "compare":
        print(json.dumps(same_results(given.facts)))
        return
    if given.engine:
        print(json.dumps(measure(given.engine, given.facts, given.repeats)))
        return
    with tempfile.TemporaryDirectory() as folder:
        facts, few = Path(folder) / "facts.parquet", Path(folder) / "few.parquet"
        write_facts(facts, given.subjects)
        write_facts(few, min(given.subjects, 50_000))
        found = {engine: _apart(engine, facts, given.repeats) for engine in ENGINES}
        differing = _apart("compare", few, 1)
    report(found, given.subjects, differing)
    if given.out:
        results = {"subjects": given.subjects, "engines": found, "differing": differing}
        given.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def _apart(engine: str, facts: Path, repeats: int) -> Any:
    command = [sys.executable, __file__, "--engine", engine, "--facts", str(facts), "--repeats", str(repeats)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{engine}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def report(found: dict[str, dict[str, float]], subjects: int, differing: str) -> None:
    print(f"20 rules, {subjects:,} enterprises")
    print(f"{'engine':<24}{'seconds':>9}{'CPU s':>8}{'subjects/s':>14}{'peak GB':>9}")
    for engine, own in found.items():
        speed = subjects / own["seconds"]
        print(f"{engine:<24}{own['seconds']:>9.2f}{own['cpu']:>8.2f}{speed:>14,.0f}{own['gigabytes']:>9.2f}")
    plain, reasoned = found["yuanzhi"], found["yuanzhi, reasons"]
    promises = [
        ("reasons on, times SQL by hand", reasoned["cpu"] / found["SQL by hand, reasons"]["cpu"], RATIO),
        ("reasons on, seconds", reasoned["seconds"], SECONDS),
        ("reasons on, peak GB", reasoned["gigabytes"], GIGABYTES),
        ("reasons off, times OpenFisca-Core", plain["seconds"] / found["OpenFisca-Core"]["seconds"], 1.0),
        ("reasons off, times SQL by hand", plain["cpu"] / found["SQL by hand"]["cpu"], RATIO),
        ("reasons off, times Polars by hand", plain["seconds"] / found["Polars by hand"]["seconds"], None),
    ]
    for name, value, limit in promises:
        kept = "" if limit is None else f"   (at most {limit:g}: {'kept' if value <= limit else 'NOT KEPT'})"
        print(f"{name:<36}{value:>7.2f}{kept}")
    print("results equal those by hand" if not differing else f"results differ: {differing}")


if __name__ == "__main__":
    main()
