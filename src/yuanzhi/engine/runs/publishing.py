"""A run for its readers: the briefing, the workbook and the report beside the tables."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from yuanzhi.engine.kernel.labels import Language
from yuanzhi.engine.pack import CompiledPack
from yuanzhi.engine.records import Snapshot
from yuanzhi.engine.records.snapshots import quoted
from yuanzhi.engine.runs.briefing import Briefing, brief
from yuanzhi.engine.runs.naming import subject_names
from yuanzhi.engine.runs.report import build_report
from yuanzhi.engine.runs.results import Results
from yuanzhi.engine.runs.storing import RunManifest
from yuanzhi.engine.runs.workbook import build_workbook

WORKBOOK, REPORT = "scores.xlsx", "report.html"


def brief_run(
    compiled: CompiledPack, snapshot: Snapshot, manifest: RunManifest, results: Results, pack: str
) -> Briefing:
    """The briefing of a run, headed by one pack's document and its graded scheme.

    Args:
        compiled: The packs of the run.
        snapshot: The records it was made from.
        manifest: Its manifest.
        results: Its tables.
        pack: The pack whose document heads the page; one without a scheme or target gives way to the one that has most.
    """
    head = _head(compiled, pack)
    return brief(
        compiled.composition,
        results,
        pack=head,
        scheme=_graded(compiled, results, head),
        years=manifest.years,
        snapshot=manifest.snapshot,
        names=subject_names(compiled.composition, snapshot),
        missing=monthly_completeness(compiled, snapshot, manifest.years[-1]),
    )


def write_publications(
    folder: Path,
    compiled: CompiledPack,
    briefing: Briefing,
    manifest: RunManifest,
    results: Results,
    language: Language,
) -> tuple[Path, Path]:
    """Write the workbook and the report into the run's folder."""
    zh = language == "zh"
    facts = {
        ("运行指纹" if zh else "Run digest"): manifest.digest,
        ("快照指纹" if zh else "Snapshot digest"): manifest.snapshot_digest,
        **{f"{code} {own['version']}": own["sha256"] for code, own in manifest.packs.items()},
    }
    workbook, report = folder / WORKBOOK, folder / REPORT
    workbook.write_bytes(build_workbook(briefing, compiled.composition, results, facts, language))
    report.write_text(build_report(briefing, facts, language), encoding="utf-8")
    return workbook, report


def monthly_completeness(
    compiled: CompiledPack, snapshot: Snapshot, year: int
) -> tuple[tuple[str, str, Decimal | None], ...]:
    """Returns filed over returns due, by park and month of a year, for the monthly form most subjects file."""
    monthly = [
        form
        for form in compiled.composition.forms.values()
        if form.frequency.value == "month" and form.code in snapshot.forms and form.source == "return"
    ]
    if not monthly:
        return ()
    form = max(monthly, key=lambda own: snapshot.table(f"returns_{own.code}").num_rows)
    view = quoted(f"returns_{form.code}")
    holder = "s.park" if form.subject == "enterprise" else "s.subject"
    sql = f"""
    with months as (
        select strftime(m, '%Y-%m') as period, m::date as first, last_day(m::date) as last
        from generate_series(date '{year}-01-01', date '{year}-12-01', interval 1 month) t(m)
    ),
    due as (
        select {holder} as holder, s.subject, m.period from subjects s join months m
        on s.subject_type = '{form.subject}' and s.valid_from <= m.last and (s.valid_to is null or s.valid_to >= m.last)
    )
    select holder, due.period, count(r.subject)::decimal(18,6) / count(*)::decimal(18,6)
    from due left join {view} r on r.subject = due.subject and r.period = due.period
    where holder is not null group by 1, 2 order by 1, 2
    """
    with snapshot.connect() as connection:
        table: pa.Table = connection.sql(sql).to_arrow_table()
    rows: Sequence[tuple[str, str, float]] = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    return tuple((holder, period, Decimal(repr(round(share, 6)))) for holder, period, share in rows)


def _head(compiled: CompiledPack, pack: str) -> str:
    own = dict.fromkeys((p.code for p in compiled.composition.packs), 0)
    for section in (compiled.composition.targets, compiled.composition.rules, compiled.composition.schemes):
        for declared in section.values():
            own[declared.pack] += 1
    return pack if own.get(pack) else max(own, key=lambda code: own[code])


def _graded(compiled: CompiledPack, results: Results, pack: str) -> str:
    """The scheme shown: of those that were assessed, one with grades, of this pack before others."""
    assessed = set(results["grades"]["scheme"].unique().to_pylist())
    schemes = [scheme for code, scheme in compiled.composition.schemes.items() if code in assessed]
    schemes.sort(key=lambda scheme: (scheme.grades is None, scheme.pack != pack, scheme.code))
    return schemes[0].code if schemes else ""
