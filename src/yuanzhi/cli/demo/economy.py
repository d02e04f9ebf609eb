"""The rule of the synthetic monthly returns of enterprises, item by item.

Every item is an array over the same rows, one row for each enterprise and month in which it
lives. Money is in 万元. Missing is NaN. What the words of the rule are stands in
``docs/explanation/synthetic-data.md``; its numbers stand in ``facts/setting.yaml`` and
``facts/industries.csv``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from yuanzhi.cli.demo.enterprises import Enterprises
from yuanzhi.cli.demo.facts import Array, Industries, Setting, draws

Items = dict[str, Array]
_DRIFT, _OWN = 0.75, 0.55
_REAL_PARKS_LEAST = -0.5
"""No course of a park that exists is worse, so that none fails by the chance of made-up figures."""
_TCE_PER_10K_KWH, _TCE_PER_COAL, _TCE_PER_OIL, _TCE_PER_10K_GAS, _TCE_PER_HEAT = 1.229, 0.7143, 1.4571, 13.3, 0.0341
_M2_PER_MU = 2000 / 3


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows of the monthly return and what they share.

    Attributes:
        enterprise, month, year: Positions of each row's enterprise, month and year.
        course: How well the row's park does in its year, in standard deviations.
        base: Normal monthly output of the row's enterprise in the row's year, 万元.
        chance: Where all further draws come from.
    """

    of: Enterprises
    enterprise: Array
    month: Array
    year: Array
    kind: Array
    course: Array
    operating: Array
    base: Array
    chance: np.random.Generator
    made: Items = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.enterprise)

    def trait(self, name: str) -> Array:
        """A trait of each row's enterprise."""
        own: Array = self.of.traits[name][self.enterprise]
        return own

    def noise(self, spread: float) -> Array:
        """A factor around one."""
        return self.chance.lognormal(0.0, spread, self.count)

    def events(self, rate: Array) -> Array:
        """Counts with the given means."""
        return self.chance.poisson(np.clip(rate, 0, None)).astype(float)

    def __getitem__(self, item: str) -> Array:
        return self.made[item]


def courses(setting: Setting, enterprises: Enterprises, seed: int) -> Array:
    """How well each park does in each year: its own level and a drift, or the course the setting states."""
    chance = draws(seed, "courses")
    count, years = len(enterprises.parks), len(setting.years)
    own = chance.normal(0, _OWN, (count, 1)) + np.cumsum(chance.normal(0, 0.3, (count, years)), axis=1) * _DRIFT
    real = np.array([not park.synthetic for park in enterprises.parks])
    own[real] = np.maximum(own[real], _REAL_PARKS_LEAST)
    for at, park in enumerate(enterprises.parks):
        for year, value in setting["courses"].get(park.subject, {}).items():
            own[at, setting.years.index(year)] = value
    return own


def monthly_items(setting: Setting, industries: Industries, enterprises: Enterprises, seed: int) -> tuple[Rows, Items]:
    """Every item of every monthly return, before any fault is planted."""
    rows = _rows(setting, industries, enterprises, seed)
    for family in (_output, _money, _people, _innovation, _investment, _energy, _water, _emissions, _standing):
        rows.made.update(family(rows))
    return rows, rows.made


def _rows(setting: Setting, industries: Industries, enterprises: Enterprises, seed: int) -> Rows:
    chance = draws(seed, "months")
    months = np.arange(len(setting.months))
    alive = (enterprises.first[:, None] <= months) & (months <= enterprises.last[:, None])
    enterprise, month = np.nonzero(alive)
    year = np.array([setting.years.index(first.year) for first in setting.months])[month]
    kind = industries.kind[enterprises.industry][enterprise]
    course = courses(setting, enterprises, seed)[enterprises.park[enterprise], year]
    season = np.choose(
        np.searchsorted(sorted(setting.season), kind), [setting.season[k][month] for k in sorted(setting.season)]
    )
    operating = chance.random(len(month)) > np.where(course < -1.5, 0.02, 0.004)
    base = enterprises.base[enterprise] * season * (1 + 0.03 * course) * chance.lognormal(0, 0.10, len(month))
    scale = _scales(setting, enterprises, enterprise, year, kind, np.where(operating, base, 0.0))
    return Rows(
        of=enterprises, enterprise=enterprise, month=month, year=year, kind=kind, course=course,
        operating=operating, base=base * scale, chance=chance,
    )  # fmt: skip


def _scales(
    setting: Setting, enterprises: Enterprises, enterprise: Array, year: Array, kind: Array, base: Array
) -> Array:
    """The factor that brings each group's value added of each year to what the setting says parks hold."""
    above = enterprises.above[enterprise, year]
    added = base * enterprises.traits["value_added"][enterprise]
    region, held, scale = setting["region"], setting["held"], np.ones(len(base))
    for at, now in enumerate(setting.years):
        product = region["gdp"][now] * 1e4
        wanted = {
            ("industrial", True): product * region["industrial_above_scale"][now] * held["industrial_above_scale"][now],
            ("industrial", False): product * held["industrial_below_scale"][now],
            ("agricultural", False): product * region["agricultural"][now] * held["agricultural"][now],
            ("service", False): product * region["service"][now] * held["service"][now],
        }
        for (group, is_above), value in wanted.items():
            own = (year == at) & (kind == group) & (above == is_above)
            scale[own] = value / 100 / added[own].sum()
    return scale


def _output(r: Rows) -> Items:
    output = np.where(r.operating, r.base, 0.0)
    sold = output * (0.965 + 0.02 * np.tanh(r.course)) * r.noise(0.02)
    revenue = sold * (1.03 + 0.02 * r.chance.random(r.count))
    high_tech = r.of.high_tech[r.enterprise]
    return {
        "gross_output": output,
        "high_tech_output": np.where(high_tech, output * np.clip(0.75 * r.noise(0.1), 0, 0.98), 0.0),
        "sales_output": sold,
        "revenue": revenue,
        "new_product_revenue": revenue * np.where(high_tech, 0.09, 0.017) * r.noise(0.2),
        "value_added": output * r.trait("value_added"),
    }


def _money(r: Rows) -> Items:
    revenue, normal = r["revenue"], r.base
    margin = r.trait("margin") + 0.015 * r.course + r.chance.normal(0, 0.02, r.count)
    taxes = revenue * (r.trait("tax") + 0.002) * r.noise(0.08)
    assets = _steady(r) * 12 * r.trait("assets") * (1 + 0.03 * r.year) * r.noise(0.02)
    return {
        "operating_cost": np.clip(revenue * (1 - margin - r.trait("tax")), 0, None),
        "total_profit": revenue * margin - np.where(r.operating, 0, normal * 0.03),
        "taxes_paid": taxes,
        "vat_paid": taxes * (0.46 + 0.08 * r.chance.random(r.count)),
        "income_tax_paid": taxes * np.where(r.trait("margin") > 0, 0.14, 0.02) * r.noise(0.15),
        "tax_relief": taxes * np.where(r.of.high_tech[r.enterprise], 0.09, 0.025) * r.noise(0.25),
        "total_assets": assets,
        "total_liabilities": assets * np.clip(r.trait("debt") - 0.02 * r.course, 0.05, 1.05),
        "fixed_assets": assets * 0.52 * r.noise(0.03),
        "receivables": assets * 0.12 * r.noise(0.10),
        "inventories": assets * 0.09 * r.noise(0.10),
    }


def _people(r: Rows) -> Items:
    level = _steady(r) * 12 / r.trait("output_per_worker")
    employees = np.clip(np.rint(level * (1 + 0.004 * (r.month % 12)) * (1 + 0.02 * r.course)), 2, None)
    research = np.floor(employees * np.where(r.of.technology[r.enterprise], 0.14, 0.02))
    return {
        "wages": employees * 0.52 * r.noise(0.05),
        "employees": employees,
        "local_employees": np.floor(employees * 0.78),
        "technical_staff": np.floor(employees * 0.13),
        "rnd_staff": np.where(r.trait("answers_research") > 0, research, np.nan),
        "insured_employees": np.floor(employees * np.clip(0.84 + 0.03 * r.course, 0.4, 1)),
        "new_jobs": r.events(employees * 0.006 * np.exp(0.3 * r.course)),
    }


def _innovation(r: Rows) -> Items:
    firm = np.where(r.of.technology[r.enterprise], 0.20, 0.02) * np.exp(0.25 * r.course)
    size = np.log1p(r["employees"]) / 4
    granted = r.events(firm * size * 0.6)
    return {
        "rnd_expenditure": r["revenue"] * r.trait("rnd") * np.exp(0.10 * r.course) * r.noise(0.15),
        "patents_applied": r.events(firm * size),
        "patents_granted": granted,
        "valid_invention_patents": np.floor(firm * size * (12 + 0.5 * r.month)),
    }


def _investment(r: Rows) -> Items:
    invested = r.base * 0.22 * np.exp(0.30 * r.course) * r.noise(0.4)
    foreign = (r.chance.random(r.count) < 0.004) * r.base * 0.02
    return {
        "fixed_investment": invested,
        "renovation_investment": invested * np.clip(0.33 * r.noise(0.2), 0, 0.95),
        "exports": r["revenue"] * np.clip(r.trait("exports"), 0, 0.45) * r.noise(0.15),
        "imports": r["revenue"] * 0.005 * r.noise(0.3),
        "foreign_capital_used": foreign,
        "outside_capital": invested * r.trait("outside") * np.exp(0.1 * r.course),
    }


def _energy(r: Rows) -> Items:
    total = r["gross_output"] * r.trait("energy") * (1 - 0.025 * r.year) * (1 - 0.05 * r.course) * r.noise(0.04)
    power = total * r.trait("power_share") / _TCE_PER_10K_KWH
    rest = total * (1 - r.trait("power_share"))
    burns = np.where(r.kind == "industrial", 0.55, 0.15)
    renewable = power * np.clip(r.trait("renewable") + 0.02 * r.year, 0, 0.98)
    return {
        "energy_total": total,
        "coal": rest * burns / _TCE_PER_COAL,
        "oil_products": rest * (1 - burns) * 0.35 / _TCE_PER_OIL,
        "natural_gas": rest * (1 - burns) * 0.50 / _TCE_PER_10K_GAS,
        "heat": rest * (1 - burns) * 0.15 / _TCE_PER_HEAT,
        "electricity": power,
        "renewable_electricity": renewable,
        "co2_emissions": rest * 2.45 + (power - renewable) * 6.8,
    }


def _water(r: Rows) -> Items:
    fresh = r["gross_output"] * r.trait("water") * (1 - 0.02 * r.year) * r.noise(0.08)
    return {
        "fresh_water": fresh,
        "water_reused": fresh * np.clip(0.9 + 0.35 * r.course, 0.05, None) * r.noise(0.10),
        "reclaimed_water": fresh * np.clip(0.10 + 0.03 * r.course, 0, None),
        "wastewater": fresh * np.where(r.kind == "agricultural", 0.08, 0.45) * r.noise(0.08),
    }


def _emissions(r: Rows) -> Items:
    burnt = r["energy_total"] * r.trait("emissions") * np.exp(-0.12 * r.course)
    waste = r["gross_output"] * r.trait("waste") * r.noise(0.10)
    dangerous = np.where(r.kind == "industrial", waste * 0.012, 0.0)
    return {
        "cod": r["wastewater"] * 55e-6 * r.noise(0.15),
        "ammonia_nitrogen": r["wastewater"] * 6e-6 * r.noise(0.15),
        "sulphur_dioxide": burnt * 1.6e-3,
        "nitrogen_oxides": burnt * 1.9e-3,
        "particulates": burnt * 0.7e-3,
        "solid_waste": waste,
        "solid_waste_used": waste * np.clip(0.62 + 0.06 * r.course + 0.02 * r.year, 0.1, 0.99),
        "hazardous_waste": dangerous,
        "hazardous_waste_disposed": dangerous * np.clip(0.97 + 0.01 * r.course, 0, 1),
        "environment_spending": r["gross_output"] * 0.004 * np.exp(0.2 * r.course) * r.noise(0.3),
    }


def _standing(r: Rows) -> Items:
    land = np.clip(_steady(r) * 12 / r.trait("output_per_mu"), 0.5, None)
    accidents = r.events(r["employees"] * 4e-6 * np.exp(-0.9 * r.course))
    found = r.events(1.5 + r["employees"] / 120)
    return {
        "land_area": land,
        "floor_area": np.floor(land * _M2_PER_MU * r.trait("plot_ratio")),
        "accidents": accidents,
        "deaths": r.chance.binomial(accidents.astype(int), 0.2).astype(float),
        "hazards_found": found,
        "hazards_removed": r.chance.binomial(found.astype(int), np.clip(0.93 + 0.03 * r.course, 0, 1)).astype(float),
    }


def _steady(r: Rows) -> Array:
    """Normal monthly output of each row's enterprise over its whole life, without season."""
    total = np.bincount(r.enterprise, weights=r.base, minlength=r.of.count)
    months = np.maximum(np.bincount(r.enterprise, minlength=r.of.count), 1)
    average: Array = (total / months)[r.enterprise]
    return average


def flags(rows: Rows, of: Enterprises) -> dict[str, Any]:
    """The truth values of each row."""
    return {
        "is_operating": rows.operating,
        "in_leading_industry": of.leading[rows.enterprise],
        "is_high_tech": of.high_tech[rows.enterprise],
        "is_tech_enterprise": of.technology[rows.enterprise],
    }
