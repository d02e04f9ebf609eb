"""Faults planted in the synthetic monthly returns and in the register, each of them written down.

What is planted is what really happens: a unit mistaken, a month not filed, a return filed twice, a
figure blown up, an enterprise moved to another park after the cut-off. ``planted-errors.csv`` names
every one, so that a check can be held against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from yuanzhi.cli.demo.economy import Items, Rows
from yuanzhi.cli.demo.facts import Array, Setting, draws

_MONEY = ("gross_output", "revenue", "total_assets", "operating_cost")
_TRIED, _LARGE = 2_000, 2_000.0
"""Money slips are planted among so many rows, in those with a larger revenue than this: a small one would vanish."""
_NEGATIVE = ("fresh_water", "electricity", "employees", "fixed_investment")
_RULES = {
    "exports_within_revenue": ("exports", "revenue", 1.4),
    "value_added_within_output": ("value_added", "gross_output", 1.3),
    "rnd_staff_within_employees": ("rnd_staff", "employees", 1.5),
    "tax_parts_within_total": ("vat_paid", "taxes_paid", 1.2),
    "renewable_within_electricity": ("renewable_electricity", "electricity", 1.6),
}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One planted fault.

    Attributes:
        kind: Which fault of the list in the setting.
        subject, period, item: Where it is; a fault of a whole row has no item.
        true, planted: The value by the rule and the one that was filed.
        corrected: Whether a later row puts it right, or the row was never accepted.
    """

    kind: str
    form: str
    subject: str
    period: str = ""
    item: str = ""
    true: str = ""
    planted: str = ""
    corrected: bool = False
    note: str = ""


@dataclass(kw_only=True)
class Filed:
    """What was filed: rows by position in the rule's rows, what differs from the rule, and how each stands."""

    take: Array
    status: Array
    delay: Array
    changes: list[tuple[int, str, float]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def items(self, made: Items) -> Items:
        """The items as filed."""
        filed = {code: values[self.take] for code, values in made.items()}
        for row, code, value in self.changes:
            filed[code][row] = value
        return filed


class Planter:
    """Plants the faults of the setting, one kind after the other, in rows not yet used."""

    def __init__(self, setting: Setting, rows: Rows, seed: int) -> None:
        self.setting, self.rows, self.counts = setting, rows, setting["faults"]
        self.chance = draws(seed, "faults")
        homes = rows.of.parks
        apart = setting.is_messy(rows.of.park[rows.enterprise], rows.month, homes)
        self._free = self.chance.permutation(np.flatnonzero(rows.operating & (rows.month > 0) & ~apart))
        self._at = 0

    def plant(self) -> Filed:
        """What is filed in place of what the rule made."""
        order = np.lexsort((self.rows.enterprise, self.rows.month))
        missing = self._next(self.counts["missing_month"])
        again, refused = self._next(self.counts["duplicate"]), self._next(self.counts["rejected"])
        kept = order[~np.isin(order, missing)]
        take = np.concatenate([kept, again, refused])
        filed = Filed(
            take=take, status=np.full(len(take), "accepted", dtype="<U9"), delay=self.chance.integers(3, 12, len(take))
        )
        self._where = {int(row): at for at, row in enumerate(kept)}
        filed.faults += [self._fault("missing_month", row) for row in missing]
        self._duplicates(filed, again, len(kept))
        self._refused(filed, refused, len(kept) + len(again))
        for kind in (self._unit_slips, self._land_slips, self._negatives, self._over_reports, self._broken_rules):
            for row, item, value, fault in kind():
                filed.changes.append((self._where[row], item, value))
                filed.faults.append(fault)
                if fault.corrected:
                    filed.status[self._where[row]] = "submitted"
        return filed

    def _next(self, count: int) -> Array:
        chosen = self._free[self._at : self._at + count]
        self._at += count
        return chosen

    def _fault(self, kind: str, row: int, item: str = "", planted: float | None = None, **more: Any) -> Fault:
        rows = self.rows
        true = "" if planted is None or np.isnan(rows[item][row]) else f"{rows[item][row]:.2f}"
        return Fault(
            kind=kind, form="enterprise_month", subject=str(rows.of.code[rows.enterprise[row]]),
            period=f"{self.setting.months[rows.month[row]]:%Y-%m}", item=item, true=true,
            planted="" if planted is None else f"{planted:.2f}", **more,
        )  # fmt: skip

    def _duplicates(self, filed: Filed, again: Array, start: int) -> None:
        for at, row in enumerate(again):
            first = self._where[int(row)]
            filed.delay[start + at] = filed.delay[first]
            value = float(self.rows["revenue"][row]) * 1.03
            filed.changes.append((start + at, "revenue", value))
            filed.faults.append(self._fault("duplicate", row, "revenue", value, note="filed twice at the same time"))

    def _refused(self, filed: Filed, refused: Array, start: int) -> None:
        for at, row in enumerate(refused):
            filed.status[start + at] = "rejected"
            value = float(self.rows["gross_output"][row]) * 10
            filed.changes.append((start + at, "gross_output", value))
            filed.faults.append(self._fault("rejected", row, "gross_output", value, corrected=True, note="sent back"))

    def _unit_slips(self) -> Iterator[tuple[int, str, float, Fault]]:
        large = [row for row in self._next(_TRIED) if self.rows["revenue"][row] > _LARGE]
        for at, row in enumerate(large[: self.counts["unit_slip_money"]]):
            item, in_yuan = _MONEY[at % len(_MONEY)], at % 4 == 3
            value = float(self.rows[item][row]) * (1e4 if in_yuan else 1e-4)
            note = "filed in 元, not yet accepted" if in_yuan else "filed in 亿元"
            yield int(row), item, value, self._fault("unit_slip_money", row, item, value, corrected=in_yuan, note=note)

    def _land_slips(self) -> Iterator[tuple[int, str, float, Fault]]:
        for row in self._next(self.counts["unit_slip_land"]):
            value = float(self.rows["land_area"][row]) / 15
            yield (
                int(row),
                "land_area",
                value,
                self._fault("unit_slip_land", row, "land_area", value, note="filed in 公顷"),
            )

    def _negatives(self) -> Iterator[tuple[int, str, float, Fault]]:
        for at, row in enumerate(self._next(self.counts["negative"])):
            item = _NEGATIVE[at % len(_NEGATIVE)]
            value = -max(1.0, float(self.rows[item][row]))
            yield int(row), item, value, self._fault("negative", row, item, value)

    def _over_reports(self) -> Iterator[tuple[int, str, float, Fault]]:
        """Blown up by the stated factor, among the smaller half, so that no total of the province drowns."""
        factor = self.counts["over_report_factor"]
        small = [int(row) for row in self._next(400) if self.rows["revenue"][row] < np.median(self.rows["revenue"])]
        for row in small[: self.counts["over_report"]]:
            value = float(self.rows["revenue"][row]) * factor
            yield row, "revenue", value, self._fault("over_report", row, "revenue", value, note=f"{factor} times")

    def _broken_rules(self) -> Iterator[tuple[int, str, float, Fault]]:
        rules = list(_RULES.items())
        for at, row in enumerate(self._next(self.counts["check_rule_broken"])):
            rule, (item, bound, factor) = rules[at % len(rules)]
            value = float(np.ceil(self.rows[bound][row] * factor + 1))
            yield int(row), item, value, self._fault("check_rule_broken", row, item, value, note=rule)


def spoilt_codes(codes: Array, setting: Setting, seed: int) -> Mapping[int, str]:
    """Credit codes with a wrong check digit, by position of the enterprise."""
    chance = draws(seed, "codes")
    chosen = chance.choice(len(codes), setting["faults"]["credit_code"], replace=False)
    return {int(at): codes[at][:-1] + ("0" if codes[at][-1] != "0" else "1") for at in chosen}
