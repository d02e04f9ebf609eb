"""Setting up the workspace of the demonstration: packs in force, register, returns, planted faults."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import yaml

from yuanzhi.cli.demo import cases, park_returns
from yuanzhi.cli.demo.columns import month_end, reported, return_of
from yuanzhi.cli.demo.economy import Items, Rows, flags, monthly_items
from yuanzhi.cli.demo.enterprises import Enterprises, draw_enterprises
from yuanzhi.cli.demo.facts import Array, Setting, read_industries, read_parks, read_rows, read_setting
from yuanzhi.cli.demo.faults import Fault, Filed, Planter
from yuanzhi.cli.demo.messy import MessyFiles
from yuanzhi.cli.demo.register import SYNTHETIC, draft_register
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.kernel.problems import ProblemsError, has_errors
from yuanzhi.engine.pack import read_pack, shipped_folder
from yuanzhi.engine.pack.model import Form
from yuanzhi.engine.records.events import Event, event_schema
from yuanzhi.engine.records.freezing import write_rows
from yuanzhi.engine.records.workspace import FILE, Workspace

PACK, PUBLISHED = "qinghai-2018", "published-figures"
PLANTED = "planted-errors.csv"
Progress = Callable[[int, int], None]
_SECTORS = {"industrial": "industry", "agricultural": "primary", "service": "services"}
_FINISHED_BY = {"month": 10, "year": 45, "once": 0}


@dataclass(frozen=True, kw_only=True)
class DemoSummary:
    """What was set up.

    Attributes:
        real_parks, synthetic_parks: Parks that report, by origin.
        cells: Values in the monthly returns of enterprises, missing ones not counted.
        planted: Number of planted faults by kind.
        files: Messy files among the records, by path inside the workspace.
    """

    folder: Path
    seed: int
    real_parks: int
    synthetic_parks: int
    enterprises: int
    months: int
    items: int
    rows: int
    cells: int
    planted: Mapping[str, int]
    files: tuple[str, ...]


def build_workspace(folder: Path, seed: int | None = None, progress: Progress | None = None) -> DemoSummary:
    """Set up the whole workspace in a folder that is new or empty; the same seed gives the same files.

    Args:
        folder: Where it shall stand.
        seed: Another seed than the setting's gives another province of the same kind.
        progress: Called with the steps done and how many there are.

    Raises:
        FileExistsError: The folder holds something already.
        ProblemsError: The shipped pack cannot be read.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(str(folder))
    setting = read_setting()
    own_seed = setting["seed"] if seed is None else seed
    return _Builder(Workspace(folder), setting, own_seed, progress or (lambda *_: None)).build()


class _Builder:
    """Carries the steps and what they share."""

    STEPS = 6

    def __init__(self, workspace: Workspace, setting: Setting, seed: int, progress: Progress) -> None:
        self.workspace, self.setting, self.seed = workspace, setting, seed
        self._progress, self._done = progress, 0
        self.forms = _forms()
        self.faults: list[Fault] = []

    def build(self) -> DemoSummary:
        parks, industries = read_parks(), read_industries()
        enterprises = draw_enterprises(self.setting, parks, industries, self.seed)
        rows, made = monthly_items(self.setting, industries, enterprises, self.seed)
        self._step()
        draft = draft_register(self.setting, parks, industries, enterprises, self.seed)
        self._write_register("parks", draft.parks)
        self._write_register("enterprises", draft.enterprises)
        self._step()
        filed = Planter(self.setting, rows, self.seed).plant()
        self.faults += [*draft.faults, *filed.faults]
        cells, messy = self._enterprise_months(enterprises, rows, made, filed)
        self._step()
        self._parks_and_cases(park_returns.ParkEconomy(self.setting, enterprises, rows, self.seed), enterprises)
        self._step()
        self._published()
        self._settings()
        self._step()
        self._planted()
        self._step()
        return self._summary(parks, enterprises, len(filed.take), cells, messy)

    def _step(self) -> None:
        self._done += 1
        self._progress(self._done, self.STEPS)

    def _enterprise_months(
        self, enterprises: Enterprises, rows: Rows, made: Items, filed: Filed
    ) -> tuple[int, MessyFiles]:
        form = self.forms["enterprise_month"]
        items: dict[str, Any] = {**filed.items(made)}
        for code, values in flags(rows, enterprises).items():
            items[code] = values[filed.take]
        items["sector"] = np.array([_SECTORS[kind] for kind in rows.kind])[filed.take]
        month, enterprise = rows.month[filed.take], rows.enterprise[filed.take]
        table = self._table(form, enterprises.code[enterprise], month, filed.delay, items, filed.status)
        cells = sum(table.num_rows - table[code].null_count for code in form.items)
        messy = MessyFiles(self.workspace, form, enterprises, self.setting)
        apart = messy.mask(enterprise, month)
        for year in self.setting.years:
            own = np.isin(month, [n for n, first in enumerate(self.setting.months) if first.year == year]) & ~apart
            write_rows(self.workspace.returns(form.code) / f"{year}.parquet", table.filter(pa.array(own)))
        self.faults += messy.write(table.filter(pa.array(apart)))
        return cells, messy

    def _table(
        self, form: Form, subject: Array, month: Array, delay: Array, items: Mapping[str, Any], status: Array | str
    ) -> pa.Table:
        months = self.setting.months
        ends = np.array([month_end(first) for first in months], dtype="datetime64[D]")
        recorded = np.concatenate([reported(month_end(first), np.zeros(1, dtype=int)) for first in months])[month]
        return return_of(
            form, subject=subject, period=np.array([f"{first:%Y-%m}" for first in months])[month],
            starts=np.array(months, dtype="datetime64[D]")[month], ends=ends[month], source=SYNTHETIC,
            recorded=recorded + delay.astype("timedelta64[D]").astype("timedelta64[us]"), items=items, status=status,
        )  # fmt: skip

    def _parks_and_cases(self, economy: park_returns.ParkEconomy, enterprises: Enterprises) -> None:
        park, month, items = park_returns.park_month(economy)
        form = self.forms["park_month"]
        codes = np.array([home.subject for home in economy.parks])[park]
        table = self._table(form, codes, month, np.full(len(park), 6), items, "accepted")
        write_rows(self.workspace.returns(form.code) / "all.parquet", table)
        self._rows("park_year", park_returns.park_year(economy, enterprises))
        self._rows("region_year", park_returns.region_years(self.setting))
        self._rows("planning_assessment", park_returns.planning_assessments(economy))
        self._rows("land_evaluation", park_returns.land_evaluations(economy))
        self._rows("proposal", cases.proposals(self.setting, self.seed))
        self._rows("project", cases.projects(self.setting, self.seed))
        self._rows("parcel", cases.parcels(self.setting, self.seed))
        self._rows("power_supply", cases.power_supplies(self.setting, self.seed))
        self._rows("revenue_item", cases.revenue_items(economy, self.seed))
        self._rows("park_decision", [{**row, "period": str(row["period"])} for row in self.setting["decisions"]])

    def _rows(self, code: str, rows: Iterable[Mapping[str, Any]], *, synthetic: bool = True) -> None:
        """Write one form's rows as one Parquet file."""
        form, whole = self.forms[code], list(rows)
        periods = [Period.read(row["period"]) for row in whole]
        items = {item: _column([row.get(item) for row in whole], form.items[item].type) for item in _named(whole)}
        late = _FINISHED_BY.get(form.frequency.value, 0)
        table = return_of(
            form, subject=np.array([row["subject"] for row in whole]),
            period=np.array([row["period"] for row in whole]),
            starts=np.array([period.start for period in periods], dtype="datetime64[D]"),
            ends=np.array([period.end for period in periods], dtype="datetime64[D]"),
            source=np.array([row.get("source", SYNTHETIC) for row in whole]),
            recorded=np.concatenate([reported(period.end, np.array([late])) for period in periods]), items=items,
        )  # fmt: skip
        if not synthetic:
            at = table.schema.get_field_index("synthetic")
            table = table.set_column(at, "synthetic", pa.array(np.zeros(len(whole), dtype=bool)))
        place = self.workspace.external(code) if form.source == "external" else self.workspace.returns(code)
        write_rows(place / "all.parquet", table)

    def _write_register(self, name: str, events: Sequence[Event]) -> None:
        columns = list(event_schema().names)
        self.workspace.register.mkdir(parents=True, exist_ok=True)
        with (self.workspace.register / f"{name}.csv").open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, columns, lineterminator="\n", restval="")
            writer.writeheader()
            writer.writerows(_event_row(event) for event in events)

    def _published(self) -> None:
        """The published figures, real, in a form of a pack of their own; what was not published is missing."""
        source = files("yuanzhi.cli.demo") / "facts" / f"{PUBLISHED}.yaml"
        target = self.workspace.own_packs / PUBLISHED / "pack.yaml"
        target.parent.mkdir(parents=True)
        target.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
        self.forms |= _read(target.parent)
        self._rows("published_figure", _published_rows(), synthetic=False)

    def _settings(self) -> None:
        body = {
            "title": {"zh": "青海省各类产业园区（演示）", "en": "Parks of Qinghai (demonstration)"},
            "region": str(self.setting["region"]["code"]), "packs": ["cn-base", PACK, PUBLISHED], "seed": self.seed,
        }  # fmt: skip
        text = yaml.safe_dump(body, allow_unicode=True, sort_keys=False)
        (self.workspace.folder / FILE).write_text(text, encoding="utf-8")

    def _planted(self) -> None:
        with (self.workspace.folder / PLANTED).open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, [own.name for own in fields(Fault)], lineterminator="\n")
            writer.writeheader()
            writer.writerows({**asdict(fault), "corrected": int(fault.corrected)} for fault in self.faults)

    def _summary(
        self, parks: Sequence[Any], enterprises: Enterprises, rows: int, cells: int, messy: MessyFiles
    ) -> DemoSummary:
        kinds = sorted({fault.kind for fault in self.faults})
        homes = enterprises.parks
        return DemoSummary(
            folder=self.workspace.folder, seed=self.seed, real_parks=sum(not park.synthetic for park in homes),
            synthetic_parks=sum(park.synthetic for park in homes), enterprises=enterprises.count,
            months=len(self.setting.months), items=len(self.forms["enterprise_month"].items), rows=rows, cells=cells,
            planted={kind: sum(fault.kind == kind for fault in self.faults) for kind in kinds}, files=messy.paths,
        )  # fmt: skip


def _forms() -> dict[str, Form]:
    """The forms of the shipped pack, so that columns, units and scales are the pack's own."""
    return _read(shipped_folder() / PACK)


def _read(folder: Path) -> dict[str, Form]:
    reading = read_pack(folder)
    if reading.pack is None or has_errors(reading.problems):
        raise ProblemsError(reading.problems)
    return dict(reading.pack.forms)


def _named(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    keys = ("subject", "period", "source")
    return list(dict.fromkeys(name for row in rows for name in row if name not in keys))


def _column(values: list[Any], kind: str) -> Any:
    if kind == "number":
        return np.array([np.nan if value is None else float(value) for value in values])
    return [None if value is None else bool(value) if kind == "boolean" else value for value in values]


def _event_row(event: Event) -> dict[str, str]:
    row = {
        "event": str(event.event), "subject_type": event.subject_type, "subject": event.subject,
        "valid": event.valid.isoformat(), "recorded": event.recorded.isoformat(),
        "into": ";".join(part.subject for part in event.into), "id": event.id, "source": event.source,
        "clause": event.clause, "note": event.note, "synthetic": "true" if event.synthetic else "false",
    }  # fmt: skip
    values = {name: _text(value) for name, value in event.values.items()}
    return {**row, **values}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _published_rows() -> Iterable[Mapping[str, Any]]:
    for at, row in enumerate(read_rows("published_figures.csv"), 1):
        first = row["period"].split("/")[0]
        yield {
            "subject": f"figure_{at:02d}", "period": first, "source": row["source"], "entity": row["entity"],
            "entity_kind": row["entity_kind"], "indicator": row["indicator"], "stated_period": row["period"],
            "value": row["value"] or None, "value_unit": row["unit"], "change_on_year": row["yoy_pct"] or None,
            "share": row["share_pct"] or None, "share_of": row["share_of"] or None, "source_date": row["source_date"],
        }  # fmt: skip
