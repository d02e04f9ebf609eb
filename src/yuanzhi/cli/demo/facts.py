"""What the demonstration stands on: the shipped facts and the numbers of the generating rule."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from importlib.resources import files
from typing import Any

import numpy as np
import yaml

Array = np.ndarray[Any, Any]
FACTS = files("yuanzhi.cli.demo") / "facts"
GROUPS = ("industrial", "agricultural", "service")
"""The groups of parks with returns; a park of none of them is an umbrella or stands under customs."""


@dataclass(frozen=True, kw_only=True)
class Park:
    """A park, or an umbrella over several. What no source states is empty.

    ``group`` is the class of park (industrial, agricultural, service) that the generating rule knows;
    ``kind`` is the code of the classification.
    """

    subject: str
    name: str
    group: str
    kind: str
    tier: str
    territory: str
    parent: str
    zone_code: str
    established: date | None
    area_ha: Decimal | None
    clause: str
    size: float
    synthetic: bool
    source: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Industries:
    """Classes of the industrial classification with their ratios, one array for each column."""

    code: np.ndarray[Any, Any]
    kind: np.ndarray[Any, Any]
    ratios: Mapping[str, np.ndarray[Any, Any]]

    def of_kind(self, kind: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """The positions of the classes found in parks of a kind, and their shares."""
        at = np.flatnonzero(self.kind == kind)
        weights = self.ratios["weight"][at]
        return at, weights / weights.sum()


@dataclass(frozen=True, slots=True)
class Mess:
    """One park's rows of one month in one odd form."""

    park: str
    month: str
    form: str


@dataclass(frozen=True)
class Setting:
    """The numbers of the generating rule, as ``facts/setting.yaml`` states them."""

    given: Mapping[str, Any]

    @cached_property
    def months(self) -> tuple[date, ...]:
        """The first day of each month."""
        year, month = map(int, str(self.given["first_month"]).split("-"))
        return tuple(
            date(year + (month - 1 + n) // 12, (month - 1 + n) % 12 + 1, 1) for n in range(self.given["months"])
        )

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The years the months lie in."""
        return tuple(sorted({month.year for month in self.months}))

    @property
    def opened(self) -> date:
        """The day on which the register was set up; what was so before is recorded then."""
        return date.fromisoformat(str(self.given["register_opened"]))

    @cached_property
    def season(self) -> Mapping[str, np.ndarray[Any, Any]]:
        """Factor of each month by kind of park, the dip included."""
        dip = {str(month): 1 - share for month, share in self.given["dip"].items()}
        falls = np.array([dip.get(f"{month:%Y-%m}", 1.0) for month in self.months])
        calendar = np.array([month.month - 1 for month in self.months])
        return {kind: np.array(factors)[calendar] * falls for kind, factors in self.given["seasons"].items()}

    @cached_property
    def messes(self) -> tuple[Mess, ...]:
        """The returns that arrive in odd forms."""
        return tuple(Mess(str(own["park"]), str(own["month"]), str(own["form"])) for own in self.given["messy"])

    def is_messy(self, park: Array, month: Array, homes: Sequence[Park]) -> Array:
        """Which rows, given as positions of park and month, arrive in an odd form."""
        found = np.zeros(len(park), dtype=bool)
        for mess in self.messes:
            found |= self.is_of(mess, park, month, homes)
        return found

    def is_of(self, mess: Mess, park: Array, month: Array, homes: Sequence[Park]) -> Array:
        """Which rows one odd form holds."""
        names = [home.subject for home in homes]
        months = [f"{first:%Y-%m}" for first in self.months]
        here: Array = (park == names.index(mess.park)) & (month == months.index(mess.month))
        return here

    def __getitem__(self, name: str) -> Any:
        return self.given[name]


def read_setting() -> Setting:
    """The numbers of the rule."""
    return Setting(yaml.safe_load((FACTS / "setting.yaml").read_text(encoding="utf-8")))


def read_parks() -> tuple[Park, ...]:
    """The roster of parks, real and synthetic."""
    return tuple(_park(row) for row in read_rows("parks.csv"))


def _park(row: dict[str, str]) -> Park:
    return Park(
        subject=row["subject"], name=row["name"], group=row["class"], kind=row["kind"], tier=row["tier"],
        territory=row["territory"], parent=row["parent"], zone_code=row["zone_code"],
        established=date.fromisoformat(row["established"]) if row["established"] else None,
        area_ha=Decimal(row["area_ha"]) if row["area_ha"] else None, clause=row["clause"], size=float(row["size"]),
        synthetic=row["synthetic"] == "1", source=row["source"], note=row["note"],
    )  # fmt: skip


def read_industries() -> Industries:
    """The classes of industry with their ratios."""
    rows = read_rows("industries.csv")
    ratios = {name: np.array([float(row[name]) for row in rows]) for name in rows[0] if name not in ("code", "kind")}
    return Industries(
        code=np.array([row["code"] for row in rows]), kind=np.array([row["kind"] for row in rows]), ratios=ratios
    )


def read_rows(name: str) -> list[dict[str, str]]:
    """The rows of a shipped CSV file."""
    return list(csv.DictReader((FACTS / name).read_text(encoding="utf-8").splitlines()))


def draws(seed: int, purpose: str) -> np.random.Generator:
    """A generator of its own for each purpose, so that one more draw here changes nothing there."""
    return np.random.Generator(np.random.PCG64([seed, int.from_bytes(purpose.encode(), "big")]))
