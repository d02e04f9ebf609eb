"""A small province for tests of runs: its pack, six parks, thirty enterprises, three years of returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from yuanzhi.engine.kernel.problems import has_errors
from yuanzhi.engine.pack import CompiledPack, Pack, compile_pack, compose, read_pack
from yuanzhi.engine.records import Event, EventKind, Part, Register, Snapshot
from yuanzhi.engine.runs.plan import RunPlan

PROVINCE = (Path(__file__).parent / "province.yaml").read_text(encoding="utf-8")
YEARS = (2018, 2019, 2020)
PLAN = RunPlan(YEARS, least_completeness=Decimal("0.9"))
QUICK = RunPlan((2019,), least_completeness=Decimal("0.9"), uncertainty=False)
"""One year without uncertainty, for tests that ask about something else."""
PARKS = {
    "p1": ("东山园区", "990100"), "p2": ("西河园区", "990100"), "p3": ("南坪园区", "990100"),
    "p4": ("北川园区", "990200"), "p5": ("中原农业园区", "990200"), "p6": ("小营园区", "990200"),
}  # fmt: skip
ENTERPRISES = {f"e{number:02d}": f"p{number % 6 + 1}" for number in range(30)}
MERGER = date(2020, 1, 1)
"""The day p6 was merged into p4."""
Rows = dict[str, list[dict[str, Any]]]


def changed(old: str, new: str, text: str = PROVINCE) -> str:
    """The pack with one change; the passage to change must stand there exactly once."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def read(folder: Path, text: str = PROVINCE, more: str = "") -> Pack:
    """The pack written in the text; fails the test where it cannot be read."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(text, encoding="utf-8")
    if more:
        (folder / "more.yaml").write_text(more, encoding="utf-8")
    reading = read_pack(folder)
    assert reading.pack is not None, [problem.text("en") for problem in reading.problems]
    assert not has_errors(reading.problems), [problem.text("en") for problem in reading.problems]
    return reading.pack


def compiled_of(pack: Pack) -> CompiledPack:
    """The pack compiled; fails the test where it has errors."""
    compiled = compile_pack(compose([pack]))
    problems = (*compiled.composition.problems, *compiled.problems)
    assert not has_errors(problems), [problem.text("en") for problem in problems]
    return compiled


def events() -> list[Event]:
    """Six parks founded, thirty enterprises registered, one merger, one late comer, one closure."""
    made = [
        _event(
            EventKind.FOUNDED, code, date(2012, 1, 1), "park", name=name, territory=territory, tier="provincial",
            kind="farming" if code == "p5" else "industrial", area_ha=Decimal(100),
        )
        for code, (name, territory) in PARKS.items()
    ]  # fmt: skip
    for code, park in ENTERPRISES.items():
        on = date(2019, 7, 1) if code == "e29" else date(2014, 3, 1)
        made.append(
            _event(EventKind.REGISTERED, code, on, "enterprise", name=f"企业{code[1:]}", park=park, industry="2614")
        )
    made.append(_event(EventKind.MERGED, "p6", MERGER, "park", into=(Part("p4"),)))
    made.append(_event(EventKind.CLOSED, "e28", date(2020, 6, 30), "enterprise"))
    return made


def _event(what: EventKind, subject: str, on: date, subject_type: str, into: Any = (), **values: Any) -> Event:
    return Event(
        event=what, subject=subject, subject_type=subject_type, valid=on, recorded=on, into=into,
        source="登记.csv", values=values,
    )  # fmt: skip


def lives(enterprise: str, year: int, month: int) -> bool:
    """Whether the enterprise stands in the register all through a month."""
    if enterprise == "e29":
        return (year, month) >= (2019, 7)
    return enterprise != "e28" or (year, month) <= (2020, 6)


def rows() -> Rows:
    """The returns: e07 did not report May 2020, p3 no air quality for 2019, p2 had a major accident in 2019."""
    return {"enterprise_month": list(_enterprise_months()), "park_year": list(_park_years()), "region_year": _regions()}


def _enterprise_months() -> Iterable[dict[str, Any]]:
    for number, code in enumerate(ENTERPRISES):
        strength = Decimal(40 + 12 * (number % 6) + 7 * (number % 5))
        for year in YEARS:
            growth = 1 + Decimal(year - 2018) * (Decimal("0.09") - Decimal("0.03") * (number % 6))
            for month in range(1, 13):
                if not lives(code, year, month) or (code, year, month) == ("e07", 2020, 5):
                    continue
                revenue = (strength * growth + month).quantize(Decimal("0.01"))
                yield {
                    "subject": code, "period": f"{year}-{month:02d}", "source": f"{year}月报.csv#{number + 2}",
                    "recorded": _recorded(year, month), "revenue": revenue,
                    "tax": (revenue * Decimal("0.15")).quantize(Decimal("0.01")),
                    "employees": Decimal(20 + number + month % 3), "is_high_tech": number % 4 == 0,
                }  # fmt: skip


def _recorded(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 9)


def _park_years() -> Iterable[dict[str, Any]]:
    for number, code in enumerate(PARKS):
        for year in YEARS:
            if code == "p6" and year == 2020:
                continue
            yield {
                "subject": code, "period": str(year), "source": "园区年报.csv", "recorded": date(year + 1, 2, 20),
                "land": Decimal(60 + 25 * number), "accidents": Decimal((number * 3 + year) % 11),
                "good_air": None if (code, year) == ("p3", 2019) else Decimal(95 - 6 * number - (year - 2018)),
                "major_accidents": Decimal(int((code, year) == ("p2", 2019))),
            }  # fmt: skip


def _regions() -> list[dict[str, Any]]:
    totals = {2018: "8.9", 2019: "8.6", 2020: "8.1"}
    return [
        {
            "subject": "990000", "period": str(year), "source": "统计公报.csv", "recorded": date(year + 1, 1, 31),
            "gdp": Decimal(total),
        }
        for year, total in totals.items()
    ]  # fmt: skip


def snapshot_of(compiled: CompiledPack, returns: Mapping[str, Iterable[Mapping[str, Any]]] | None = None) -> Snapshot:
    """The snapshot of the returns, in memory."""
    own = rows() if returns is None else returns
    return Snapshot.of_rows(compiled.composition.forms, own, Register.of(events()), name="2020")
