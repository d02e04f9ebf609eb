"""The register of the demonstration: real parks with their sources, synthetic ones that say so, enterprises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from yuanzhi.cli.demo.enterprises import Enterprises
from yuanzhi.cli.demo.facts import Industries, Park, Setting, draws
from yuanzhi.cli.demo.faults import Fault, spoilt_codes
from yuanzhi.engine.records.events import Event, EventKind, Part

SYNTHETIC = "合成"
_DETAILS = ("name", "tier", "area_ha")


@dataclass(frozen=True, kw_only=True)
class RegisterDraft:
    """The events by file, and the faults planted in them."""

    parks: tuple[Event, ...]
    enterprises: tuple[Event, ...]
    faults: tuple[Fault, ...]


def draft_register(
    setting: Setting, parks: tuple[Park, ...], industries: Industries, enterprises: Enterprises, seed: int
) -> RegisterDraft:
    """Every event of the register."""
    spoilt = spoilt_codes(enterprises.credit_code, setting, seed)
    moves = tuple(_late_moves(setting, enterprises, seed))
    faults = [
        Fault(
            kind="credit_code", form="register", subject=str(enterprises.code[at]), item="credit_code",
            true=str(enterprises.credit_code[at]), planted=code,
        )
        for at, code in sorted(spoilt.items())
    ]  # fmt: skip
    faults += [
        Fault(
            kind="late_churn", form="register", subject=move.subject, period=move.valid.isoformat(), item="park",
            planted=str(move.values["park"]), note=f"recorded {move.recorded.isoformat()}, after the cut-off",
        )
        for move in moves
    ]  # fmt: skip
    own = [*_enterprises(setting, industries, enterprises, spoilt), *_sizes(setting, enterprises), *moves]
    return RegisterDraft(
        parks=_in_order([*(_park(setting, park) for park in parks), *_changes(setting)]),
        enterprises=_in_order(own),
        faults=tuple(faults),
    )


def _in_order(events: list[Event]) -> tuple[Event, ...]:
    return tuple(sorted(events, key=lambda event: event.order))


def _park(setting: Setting, park: Park) -> Event:
    """How a park enters the register: founded where the source gives the month, else only registered."""
    stated = {
        "name": park.name, "kind": park.kind, "tier": park.tier, "territory": park.territory, "parent": park.parent,
        "area_ha": park.area_ha,
    }  # fmt: skip
    return Event(
        event=EventKind.FOUNDED if park.established else EventKind.REGISTERED,
        subject_type="park", subject=park.subject,
        valid=park.established or setting.opened, recorded=setting.opened,
        values={name: value for name, value in stated.items() if value not in ("", None)},
        source=park.source, clause=park.clause,
        note="；".join(part for part in (park.zone_code and f"目录代码 {park.zone_code}", park.note) if part),
        synthetic=park.synthetic,
    )  # fmt: skip


def _changes(setting: Setting) -> Iterator[Event]:
    for at, change in enumerate(setting["changes"], 1):
        values: dict[str, Any] = {name: change[name] for name in _DETAILS if name in change}
        if "area_ha" in values:
            values["area_ha"] = Decimal(str(values["area_ha"]))
        yield Event(
            event=EventKind(change["event"]), subject_type="park", subject=change["subject"], valid=change["valid"],
            recorded=change["recorded"], values=values, into=(Part(change["into"]),) if "into" in change else (),
            id=f"change_{at}", source=SYNTHETIC, clause=change.get("clause", ""), synthetic=True,
        )  # fmt: skip


def _enterprises(setting: Setting, industries: Industries, enterprises: Enterprises, spoilt: Any) -> Iterator[Event]:
    for at in range(enterprises.count):
        home = enterprises.parks[enterprises.park[at]]
        founded: date = enterprises.founded[at]
        yield Event(
            event=EventKind.FOUNDED, subject_type="enterprise", subject=str(enterprises.code[at]), valid=founded,
            recorded=max(founded + timedelta(9), setting.opened), source=SYNTHETIC, synthetic=True,
            values={
                "name": str(enterprises.name[at]), "park": home.subject, "territory": home.territory,
                "industry": str(industries.code[enterprises.industry[at]]),
                "credit_code": spoilt.get(at, str(enterprises.credit_code[at])),
                "above_scale": bool(enterprises.above[at, _year(setting, founded)]),
            },
        )  # fmt: skip
        if (closed := enterprises.closed[at]) is not None:
            yield Event(
                event=EventKind.CLOSED, subject_type="enterprise", subject=str(enterprises.code[at]), valid=closed,
                recorded=closed + timedelta(12), source=SYNTHETIC, synthetic=True,
            )  # fmt: skip


def _year(setting: Setting, day: date) -> int:
    return max(0, day.year - setting.years[0])


def _sizes(setting: Setting, enterprises: Enterprises) -> Iterator[Event]:
    """Enterprises that pass the designated size from one year to the next."""
    for year in range(1, len(setting.years)):
        first = date(setting.years[year], 1, 1)
        for at in np.flatnonzero(enterprises.above[:, year] != enterprises.above[:, year - 1]):
            founded, closed = enterprises.founded[at], enterprises.closed[at]
            if founded < first and (closed is None or closed > first):
                yield Event(
                    event=EventKind.SIZE_CHANGED, subject_type="enterprise", subject=str(enterprises.code[at]),
                    valid=first, recorded=first + timedelta(20), source=SYNTHETIC, synthetic=True,
                    values={"above_scale": bool(enterprises.above[at, year])},
                )  # fmt: skip


def _late_moves(setting: Setting, enterprises: Enterprises, seed: int) -> Iterator[Event]:
    """Enterprises entered for a park that does badly just before the year's end, and recorded after it."""
    chance = draws(seed, "late")
    poor = [subject for subject, course in setting["courses"].items() if min(course.values()) < -2]
    groups = {park.subject: park.group for park in enterprises.parks}
    own = np.array([groups[enterprises.parks[at].subject] for at in enterprises.park])
    standing = np.array([closed is None for closed in enterprises.closed]) & (enterprises.first == 0)
    year = setting.years[1]
    for at in range(setting["faults"]["late_churn"]):
        target = poor[at % len(poor)]
        home = np.array([enterprises.parks[p].subject != target for p in enterprises.park])
        chosen = chance.choice(np.flatnonzero(standing & home & (own == groups[target])))
        standing[chosen] = False
        yield Event(
            event=EventKind.MOVED, subject_type="enterprise", subject=str(enterprises.code[chosen]),
            valid=date(year, 12, 20), recorded=date(year + 1, 1, 20 + at % 8), values={"park": target},
            id=f"late_{at + 1}", source=SYNTHETIC, synthetic=True, note="年末变更，截止日后登记",
        )  # fmt: skip
