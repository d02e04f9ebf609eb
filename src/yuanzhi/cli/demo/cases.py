"""Synthetic cases put to a body: proposals on parks, projects, parcels, power supply, earmarked revenue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from yuanzhi.cli.demo.facts import Setting, draws
from yuanzhi.cli.demo.park_returns import ParkEconomy, Row

_DIRECTIONS = (
    "new_energy", "new_materials", "biomedicine", "advanced_equipment", "salt_lake_chemicals", "lithium_materials",
    "nonferrous_metals", "modern_logistics", "other_direction",
)  # fmt: skip
_DEVELOPMENT = ("key", "restricted", "prohibited")
_TIERS = ("national", "provincial", "prefecture", "county")


def parcels(setting: Setting, seed: int) -> Iterator[Row]:
    """Parcels offered, some below their floor."""
    chance = draws(seed, "parcels")
    for at in range(1, 61):
        benchmark, minimum = chance.integers(160, 620), chance.choice([60, 84, 96, 120, 144, 168])
        kind = chance.choice(["industrial", "primary_processing", "other"], p=[0.6, 0.25, 0.15])
        yield {
            "subject": f"parcel_{at:03d}", "period": _day(setting, chance), "local_benchmark": benchmark,
            "national_minimum": minimum, "project_class": kind, "price_factor": chance.choice([9, 10, 30, 50, 51, 100]),
            "price_factor_open": chance.random() < 0.5, "offered_price": round(minimum * chance.uniform(0.3, 1.6), 2),
            "land_cost": round(minimum * chance.uniform(0.2, 0.9), 2),
        }  # fmt: skip


def projects(setting: Setting, seed: int) -> Iterator[Row]:
    """Projects filed, some outside every direction of their park."""
    chance = draws(seed, "projects")
    for at in range(1, 81):
        yield {
            "subject": f"project_{at:03d}", "period": _day(setting, chance), "direction": chance.choice(_DIRECTIONS),
            "has_written_reason": chance.random() < 0.6,
        }  # fmt: skip


def proposals(setting: Setting, seed: int) -> Iterator[Row]:
    """Proposals to set up, expand, upgrade or merge a park; some lack a fact, so that they cannot be decided."""
    chance = draws(seed, "proposals")
    for at in range(1, 25):
        known = chance.random() < 0.85
        yield {
            "subject": f"proposal_{at:02d}", "period": _day(setting, chance),
            "proposal_kind": chance.choice(["establish", "expand", "upgrade", "merge"], p=[0.45, 0.3, 0.15, 0.1]),
            "proposed_tier": chance.choice(_TIERS, p=[0.05, 0.25, 0.3, 0.4]),
            "proposed_class": chance.choice(["industrial", "agricultural", "service"]),
            "current_tier": chance.choice(_TIERS[1:]), "county_industrial_parks": chance.integers(0, 3),
            "county_industrial_sub_parks": chance.integers(0, 2),
            "development_class": chance.choice(_DEVELOPMENT, p=[0.6, 0.3, 0.1]) if known else None,
            "has_recorded_decision": chance.random() < 0.3, "built_share_now": round(chance.uniform(60, 97), 2),
            "land_lawful": True, "land_rational": chance.random() < 0.9, "land_intensive": chance.random() < 0.7,
            "last_grade": chance.choice(["good", "pass", "fail"], p=[0.3, 0.6, 0.1]), "is_filed": chance.random() < 0.7,
            "bodies_after": chance.integers(1, 3),
        }  # fmt: skip


def power_supplies(setting: Setting, seed: int) -> Iterator[Row]:
    """Enterprises and how they are supplied with power."""
    chance = draws(seed, "power")
    for at in range(1, 61):
        capacity = float(chance.integers(400, 20_000))
        yield {
            "subject": f"power_user_{at:03d}", "period": _day(setting, chance),
            "supply_voltage": chance.choice([10, 35, 110, 34.9]), "traded_share": chance.choice([0, 50, 100]),
            "in_trial_production": chance.random() < 0.3, "contract_capacity": capacity,
            "running_capacity": round(capacity * chance.uniform(0.2, 1.0), 2), "capacity_rate": 28.5,
        }  # fmt: skip


def revenue_items(economy: ParkEconomy, seed: int) -> Iterator[Row]:
    """Revenue that arises in the larger parks month by month."""
    chance = draws(seed, "revenue")
    large = [park.subject for park in economy.parks if park.size >= 1.5 and park.group == "industrial"]
    for month in economy.setting.months[-12:]:
        for park in large:
            kind = chance.choice(["land_fee", "farmland_tax", "education_surcharge", "other_revenue"])
            amount = round(float(chance.lognormal(6, 0.7)), 2)
            yield {
                "subject": f"{park}_{month:%Y%m}",
                "period": f"{month:%Y-%m}",
                "revenue_kind": kind,
                "revenue_amount": amount,
            }


def _day(setting: Setting, chance: np.random.Generator) -> str:
    first = setting.months[-12]
    return (first + timedelta(int(chance.integers(0, 330)))).isoformat()
