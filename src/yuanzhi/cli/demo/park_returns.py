"""The synthetic returns of parks and of the authorities beside them.

A park that does well (its ``course``) signs and lands more, builds more, has fewer accidents and
complaints. Each park's own economy, summed from its enterprises, sets the size of its figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from yuanzhi.cli.demo.columns import month_end
from yuanzhi.cli.demo.economy import Rows, courses
from yuanzhi.cli.demo.enterprises import Enterprises
from yuanzhi.cli.demo.facts import Array, Setting, draws

Row = dict[str, Any]
_HARD = ("roads", "rainwater", "sewage", "tap_water", "gas", "power", "telecom", "heat", "cable_tv", "levelled_land")
_SOFT = ("information", "market", "regulation", "supporting", "logistics", "capital", "talent", "technology", "service")
_PLANTS = (
    "has_wastewater_plant", "has_solid_waste_facility", "has_quality_monitoring", "has_source_monitoring",
    "has_emergency_monitoring",
)  # fmt: skip
_MU_PER_HA = 15


class ParkEconomy:
    """What the parks' enterprises come to, and how well each park does."""

    def __init__(self, setting: Setting, enterprises: Enterprises, rows: Rows, seed: int) -> None:
        self.setting, self.parks, self.seed = setting, enterprises.parks, seed
        self.course = courses(setting, enterprises, seed)
        self.gone = absorbed(setting)
        self._home = enterprises.park[rows.enterprise]
        self._rows = rows

    def monthly(self, item: str) -> Array:
        """Sums of an item by park and month."""
        shape = (len(self.parks), len(self.setting.months))
        cell = self._home * shape[1] + self._rows.month
        return np.bincount(cell, weights=self._rows[item], minlength=shape[0] * shape[1]).reshape(shape)

    def by_month(self) -> Array:
        """The course of each park in each month."""
        years = [self.setting.years.index(month.year) for month in self.setting.months]
        of_month: Array = self.course[:, years]
        return of_month

    def lives(self, park: int, month: int) -> bool:
        """Whether the park still stands then: one that was merged reports no more."""
        end = self.gone.get(self.parks[park].subject)
        return end is None or self.setting.months[month] < end


def absorbed(setting: Setting) -> Mapping[str, Any]:
    """Parks that were merged into others, with the day."""
    return {change["subject"]: change["valid"] for change in setting["changes"] if change["event"] == "merged"}


def park_month(economy: ParkEconomy) -> tuple[Array, Array, dict[str, Array]]:
    """Park and month of each row, and every item of the monthly return."""
    chance = draws(economy.seed, "park months")
    q = economy.by_month()
    size = economy.monthly("gross_output")
    standing = np.array([[economy.lives(p, m) for m in range(q.shape[1])] for p in range(q.shape[0])])
    signed = chance.poisson(np.clip(0.6 + size / 30_000, 0, 12) * np.exp(0.2 * q))
    landed = chance.binomial(signed, np.clip(0.60 + 0.15 * q, 0.03, 0.98))
    planned = size * 0.07 * chance.lognormal(0, 0.3, q.shape) + 50
    done = planned * np.clip(0.88 + 0.12 * q, 0.05, 1.3) * chance.lognormal(0, 0.05, q.shape)
    debt = np.maximum.accumulate(size, axis=1) * np.clip(0.6 - 0.10 * q, 0.15, None)
    agreed = signed * 9_000 * chance.lognormal(0, 0.3, q.shape)
    coming = 0.4 * agreed + 0.6 * agreed.mean(axis=1, keepdims=True)
    days = np.array([month_end(month).day for month in economy.setting.months])
    good = chance.binomial(np.broadcast_to(days, q.shape), np.clip(0.88 + 0.03 * q, 0.5, 0.995))
    complaints = chance.poisson(3.0 * np.exp(-0.35 * q))
    items = {
        "signed_projects": signed, "landed_projects": landed,
        "signed_amount": agreed, "arrived_amount": coming * np.clip(0.62 + 0.15 * q, 0.03, 0.99),
        "planned_project_investment": planned, "project_investment": done,
        "projects_started": chance.binomial(landed, 0.7), "projects_completed": chance.binomial(landed, 0.45),
        "infrastructure_investment": planned * 0.22 * np.exp(0.25 * q),
        "startups_incubated": chance.poisson(0.4 * np.exp(0.4 * q)),
        "fiscal_revenue": size * 0.06, "debt_balance": debt, "debt_due": debt * 0.012,
        "major_accidents": chance.poisson(np.where(q < -2.0, 0.05, 0.0008)),
        "environment_incidents": chance.poisson(np.where(q < -2.0, 0.08, 0.0015)),
        "good_air_days": good, "monitored_days": np.broadcast_to(days, q.shape),
        "complaints": complaints, "complaints_settled": chance.binomial(complaints, np.clip(0.9 + 0.04 * q, 0, 1)),
    }  # fmt: skip
    month, park = np.nonzero(standing.T)
    return park, month, {code: np.asarray(values, dtype=float)[park, month] for code, values in items.items()}


def park_year(economy: ParkEconomy, enterprises: Enterprises) -> Iterator[Row]:
    """The yearly return of each park."""
    chance = draws(economy.seed, "park years")
    used = np.bincount(enterprises.park, weights=_land(economy, enterprises), minlength=len(economy.parks)) / _MU_PER_HA
    floor = economy.monthly("floor_area")
    people = economy.monthly("employees")
    invested = economy.monthly("fixed_investment")
    platforms = _platforms(economy, chance)
    ready = chance.random((len(economy.parks), len(_HARD) + len(_SOFT) + len(_PLANTS) + 4))
    for at, year in enumerate(economy.setting.years):
        months = [n for n, month in enumerate(economy.setting.months) if month.year <= year]
        for park, home in enumerate(economy.parks):
            if not economy.lives(park, months[-1]):
                continue
            q = economy.course[park, at]
            land = _areas(home.area_ha, used[park], 0.74 + 0.05 * q + 0.03 * at, chance)
            steps = iter(ready[park] < np.clip(0.80 + 0.10 * q + 0.05 * at, 0.1, 0.995))
            yield {
                "subject": home.subject, "period": str(year), **land,
                "park_floor_area": floor[park, months[-1]], "park_population": people[park, months[-1]] * 1.35,
                "cumulative_investment": invested[park, months].sum() * 1.0 + used[park] * 3_400,
                **{f"has_{name}": next(steps) for name in _HARD}, **{f"soft_{name}": next(steps) for name in _SOFT},
                "soft_platform": next(steps), **{name: next(steps) for name in _PLANTS},
                "has_finance_body": next(steps), "is_sponge_park": q > 1.2, "is_smart_park": q > 0.9,
                **platforms[park, at], "incubators": np.floor(max(0.0, 1.2 + q + 0.4 * at)),
                "management_bodies": 1.0, "public_service_beds": np.floor(people[park, months[-1]] * 0.05),
                "distance_to_core": round(float(8 + 90 * ready[park, -1]), 2),
            }  # fmt: skip


def planning_assessments(economy: ParkEconomy) -> Iterator[Row]:
    """What the environmental authority finds each year."""
    chance = draws(economy.seed, "environment")
    for at, year, park, subject in _standing_years(economy):
        q = economy.course[park, at]
        status = (
            "passed" if chance.random() < np.clip(0.78 + 0.10 * q, 0, 0.98) else "under_review" if q > -1.5 else "none"
        )
        yield {
            "subject": subject, "period": str(year), "planning_eia_status": status,
            "meets_environment_standards": bool(q > -1.9 and chance.random() < 0.97),
        }  # fmt: skip


def land_evaluations(economy: ParkEconomy) -> Iterator[Row]:
    """What the land authority finds each year."""
    chance = draws(economy.seed, "land")
    for at, year, park, subject in _standing_years(economy):
        q = economy.course[park, at]
        yield {
            "subject": subject, "period": str(year), "land_use_lawful": bool(chance.random() < 0.98),
            "land_use_rational": bool(q > -1.8 and chance.random() < 0.96),
            "land_use_intensive": bool(chance.random() < np.clip(0.75 + 0.18 * q, 0.02, 0.99)),
        }  # fmt: skip


def region_years(setting: Setting) -> Iterator[Row]:
    """The made-up province's accounts, 亿元."""
    region = setting["region"]
    for year, product in region["gdp"].items():
        yield {
            "subject": region["code"], "period": str(year), "gdp": product,
            "industrial_value_added_above_scale": product * region["industrial_above_scale"][year],
            "agricultural_value_added": product * region["agricultural"][year],
            "service_value_added": product * region["service"][year],
            "high_tech_enterprises": region["high_tech_enterprises"][year],
            "tech_enterprises": region["tech_enterprises"][year],
        }  # fmt: skip


def _standing_years(economy: ParkEconomy) -> Iterator[tuple[int, int, int, str]]:
    for at, year in enumerate(economy.setting.years):
        last = max(n for n, month in enumerate(economy.setting.months) if month.year == year)
        for park, home in enumerate(economy.parks):
            if economy.lives(park, last):
                yield at, year, park, home.subject


def _land(economy: ParkEconomy, enterprises: Enterprises) -> Array:
    rows = economy._rows
    area = np.zeros(enterprises.count)
    area[rows.enterprise] = rows["land_area"]
    return area


def _areas(approved: Any, used: float, built_share: float, chance: np.random.Generator) -> Row:
    """Areas in hectares that nest: built within developed within approved, the five uses within developed."""
    whole = float(approved) if approved is not None else used * 1.6
    developed = min(whole * 0.95, max(used * 1.15, whole * 0.35))
    parts = chance.dirichlet([30, 8, 4, 2, 9]) * developed * 0.97
    names = ("production_area", "living_area", "business_area", "office_area", "ecological_area")
    return {
        "approved_area": round(whole, 4), "developed_area": round(developed, 4),
        "built_area": round(developed * float(np.clip(built_share, 0.2, 0.99)), 4),
        "park_land_in_use": round(min(developed, max(used, developed * 0.6)), 4),
        **{name: np.floor(part * 1e4) / 1e4 for name, part in zip(names, parts, strict=True)},
    }  # fmt: skip


def _platforms(economy: ParkEconomy, chance: np.random.Generator) -> dict[tuple[int, int], Row]:
    """Research platforms: the counts the document states for the province, spread over the large parks, growing."""
    stated = {
        "national_key_labs": 2,
        "joint_engineering_centres": 13,
        "provincial_key_labs": 25,
        "provincial_research_centres": 42,
    }
    weight = np.array([park.size if park.group == "industrial" else 0.05 for park in economy.parks])
    spread = {name: chance.multinomial(count, weight / weight.sum()) for name, count in stated.items()}
    grows = {name: chance.random(len(economy.parks)) < 0.03 for name in stated}
    return {
        (park, at): {name: float(count[park] + (at if grows[name][park] else 0)) for name, count in spread.items()}
        for park in range(len(economy.parks))
        for at in range(len(economy.setting.years))
    }
