"""The synthetic enterprises: where they are, what they do, how large they are, when they live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from yuanzhi.cli.demo.facts import GROUPS, Array, Industries, Park, Setting, draws

_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_CREDIT_WEIGHTS = np.array([pow(3, at, 31) for at in range(17)])
_LATE, _CLOSED = 0.08, 0.035


@dataclass(frozen=True, kw_only=True)
class Enterprises:
    """All enterprises, one array for each attribute, in the order of their codes.

    Attributes:
        park: Position of the park in ``parks``.
        industry: Position of the class in the industries.
        base: Output of a normal month before growth and season, on an arbitrary scale.
        first, last: First and last month with a return, as positions.
        above: Whether above designated size, a column for each year.
        traits: Ratios of each enterprise, drawn around those of its industry.
    """

    parks: tuple[Park, ...]
    code: Array
    name: Array
    credit_code: Array
    park: Array
    industry: Array
    base: Array
    founded: Array
    closed: Array
    first: Array
    last: Array
    above: Array
    high_tech: Array
    technology: Array
    leading: Array
    traits: Mapping[str, Array]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.code)


def draw_enterprises(setting: Setting, parks: tuple[Park, ...], industries: Industries, seed: int) -> Enterprises:
    """The roster of the rule for a seed."""
    chance = draws(seed, "roster")
    homes = tuple(park for park in parks if park.group in GROUPS)
    park, industry = _placed(setting, homes, industries, chance)
    count = len(park)
    kind = industries.kind[industry]
    spread = np.where(kind == "industrial", 1.25, 0.8)
    base = chance.lognormal(0.0, 1.0, count) ** spread * np.array([home.size for home in homes])[park] ** 0.45
    founded, closed, first, last = _lives(setting, chance, count)
    above = _above_scale(setting, chance, kind, base)
    base = np.where((kind == "industrial") & ~above.any(axis=1), np.minimum(base, 3.0), base)
    ratios = industries.ratios
    high_tech = chance.random(count) < ratios["high_tech"][industry] * np.where(above[:, 0], 0.8, 0.10)
    return Enterprises(
        parks=homes, code=np.array([f"e{at:05d}" for at in range(1, count + 1)]), name=_names(homes, park, kind),
        credit_code=credit_codes(np.array([homes[at].territory for at in park]), np.arange(1, count + 1)),
        park=park, industry=industry, base=base, founded=founded, closed=closed, first=first, last=last, above=above,
        high_tech=high_tech, technology=high_tech | (chance.random(count) < 0.06),
        leading=chance.random(count) < 0.66, traits=_traits(ratios, industry, chance),
    )  # fmt: skip


def _placed(
    setting: Setting, homes: tuple[Park, ...], industries: Industries, chance: np.random.Generator
) -> tuple[Array, Array]:
    """A park and an industry for each enterprise; every park has at least eight enterprises."""
    parks, classes = [], []
    for kind, count in setting["enterprises"].items():
        own = np.array([at for at, park in enumerate(homes) if park.group == kind])
        size = np.array([homes[at].size for at in own]) ** 0.75
        parks.append(np.concatenate([np.repeat(own, 8), chance.choice(own, count - 8 * len(own), p=size / size.sum())]))
        at, shares = industries.of_kind(kind)
        classes.append(chance.choice(at, count, p=shares))
    return np.concatenate(parks), np.concatenate(classes)


def _lives(setting: Setting, chance: np.random.Generator, count: int) -> tuple[Array, Array, Array, Array]:
    """Days of founding and closing (``None`` while open) and the months with returns."""
    months = len(setting.months)
    start = setting.months[0]
    late = chance.random(count) < _LATE
    closes = ~late & (chance.random(count) < _CLOSED)
    first = np.where(late, chance.integers(1, months - 1, count), 0)
    last = np.where(closes, chance.integers(5, months - 1, count), months - 1)
    before = chance.integers(120, 365 * 20, count)
    within = chance.integers(1, 28, count)
    founded = [
        setting.months[f - 1] + timedelta(int(d)) if f else start - timedelta(int(b))
        for f, d, b in zip(first, within, before, strict=True)
    ]
    closed = [setting.months[at + 1] if gone else None for at, gone in zip(last, closes, strict=True)]
    return np.array(founded, dtype=object), np.array(closed, dtype=object), first, last


def _above_scale(setting: Setting, chance: np.random.Generator, kind: Array, base: Array) -> Array:
    """The largest part of the industrial enterprises, and each year some that grow into it."""
    share = setting["above_scale"]["industrial"]
    rank = np.argsort(np.argsort(-np.where(kind == "industrial", base, -1.0)))
    line = share * (kind == "industrial").sum()
    grows = chance.random(len(kind)) < 0.25
    return np.stack([rank < line * (1 + 0.05 * year * grows) for year in range(len(setting.years))], axis=1)


def _traits(ratios: Mapping[str, Array], industry: Array, chance: np.random.Generator) -> dict[str, Array]:
    """Each enterprise's own ratios: those of its industry times a draw around one."""
    spreads = {
        "value_added": 0.10, "tax": 0.20, "output_per_worker": 0.30, "assets": 0.25, "energy": 0.25, "rnd": 0.45,
        "exports": 0.60, "water": 0.35, "waste": 0.30, "emissions": 0.35, "output_per_mu": 0.40, "plot_ratio": 0.20,
    }  # fmt: skip
    count = len(industry)
    own = {name: ratios[name][industry] * chance.lognormal(0, spread, count) for name, spread in spreads.items()}
    own["value_added"] = np.clip(own["value_added"], 0.05, 0.85)
    own["margin"] = ratios["margin"][industry] + chance.normal(0, 0.045, count)
    own["power_share"] = np.clip(ratios["power_share"][industry] + chance.normal(0, 0.06, count), 0.02, 0.98)
    own["debt"] = np.clip(chance.normal(0.56, 0.16, count), 0.05, 0.93)
    own["renewable"] = np.clip(chance.normal(0.46, 0.18, count), 0, 0.95)
    own["outside"] = chance.beta(1.2, 4, count)
    own["answers_research"] = (chance.random(count) < 0.97).astype(float)
    return own


def _names(homes: tuple[Park, ...], park: Array, kind: Array) -> Array:
    words = {"industrial": "实业", "agricultural": "农牧", "service": "服务"}
    short = [home.name.split("（")[0] for home in homes]
    return np.array(
        [f"{short[p]}{words[k]}{at:05d}号（合成）" for at, (p, k) in enumerate(zip(park, kind, strict=True), 1)]
    )


def credit_codes(regions: Array, numbers: Array) -> Array:
    """Unified social credit codes (统一社会信用代码) with right check digits, for enterprises that do not exist.

    Both check digits follow their standards (GB 32100, GB 11714). The organisation part begins with
    ``YY`` and a row of zeros, so that a made-up code is seen at once.
    """
    organisation = np.array([[_LETTERS.index(c) for c in f"YY{int(n):06d}"] for n in numbers])
    old_values = np.where(organisation == 30, 34, organisation)
    check = (11 - (old_values * _ORGANISATION_WEIGHTS).sum(axis=1) % 11) % 11
    region = np.array([[int(c) for c in str(r)] for r in regions])
    first = np.tile([9, 1], (len(numbers), 1))
    letters = np.concatenate([first, region, organisation, np.where(check == 10, 29, check)[:, None]], axis=1)
    final = (31 - (letters * _CREDIT_WEIGHTS).sum(axis=1) % 31) % 31
    return np.array(["".join(_LETTERS[v] for v in row) for row in np.column_stack([letters, final]).tolist()])
