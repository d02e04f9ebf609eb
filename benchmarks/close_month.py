"""Closing a month: every item of every enterprise rolled up parks and territories, beside one bare scan of the file.

    python benchmarks/close_month.py [--rows 20000 1000000] [--items 100] [--curve] [--full] [--json FILE]

The month's returns are made once, by DuckDB with a fixed rule, as one Parquet file per size in a temporary folder:
one in fifty enterprises has not reported, one item in ten is missing in one return of a hundred. Closing gives for each
item a sum per park and zone and per county, prefecture and province, with reported and expected enterprises, the
names of missing ones, and marks of synthetic records, in canonical order. The bare scan is one DuckDB query that
sums the same columns and knows nothing of parks. Each runs in a process of its own, so that peak memory is its own; CPU
seconds stand beside the time for a machine that has other work to do. ``--curve`` adds 10^4, 10^5, 10^6; ``--full``
adds 10^7, with a tenth of the items.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

PARKS, ZONES = 180, 20
REPEATS = 3
MONTH = "2020-06"
HUGE = 10_000_000
PACK = """
pack: {{code: closing, version: "1", title: {{zh: 月结, en: Closing}}, issuer: {{zh: 示例, en: Example}}}}
units: {{万元: {{dimension: money, factor: 10000}}}}
forms:
  monthly:
    subject: enterprise
    frequency: month
    items:
{items}
indicators:
{indicators}
"""


def pack_text(items: int) -> str:
    """A pack with a sum per park and a sum per territory for every item."""
    names = [f"x{at}" for at in range(items)]
    forms = "\n".join(f"      {name}: {{label: {{zh: {name}}}, unit: 万元}}" for name in names)
    one = (
        "  {u}_{n}: {{label: {{zh: {n}}}, subject: {s}, unit: 万元, frequency: month, "
        "aggregate: {{function: sum, of: {n}, by: {s}}}}}"
    )
    ways = (("p", "park"), ("t", "territory"))
    indicators = "\n".join(one.format(u=prefix, n=name, s=subject) for prefix, subject in ways for name in names)
    return PACK.format(items=forms, indicators=indicators)


def make(folder: Path, rows: int, items: int) -> None:
    """The register and the month's returns as Parquet."""
    import duckdb

    folder.mkdir(parents=True)
    with duckdb.connect(config={"threads": 2}) as connection:
        values = ", ".join(
            f"case when {at} % 10 = 0 and (i + {at}) % 100 = 0 then null "
            f"else ((i * {7919 + 2 * at} + {at}) % 1000003)::decimal(18, 2) / 100 end::decimal(18, 2) as x{at}"
            for at in range(items)
        )
        connection.execute(
            f"copy (select 'e' || lpad(i::varchar, 8, '0') as subject, '{MONTH}' as period, "
            "date '2020-06-01' as period_start, date '2020-06-30' as period_end, 'accepted' as status, "
            f"'made' as source, timestamp '2020-07-05' as recorded, true as synthetic, {values} "
            f"from range({rows}) r(i) where i % 50 <> 7) to '{folder}/monthly.parquet' "
            "(format parquet, compression zstd, row_group_size 122880)"
        )
        texts = ("name", "kind", "tier", "industry", "credit_code", "status")
        blank = ", ".join(f"null::varchar as {name}" for name in texts)
        tail = (
            f"{blank}, null::date as established, null::decimal(18,4) as area_ha, null::boolean as above_scale, "
            "date '2015-01-01' as valid_from, null::date as valid_to, []::varchar[] as successors, "
            "[]::varchar[] as predecessors, '' as source, true as synthetic"
        )
        county = "(630000 + 100 * (1 + i % 6) + 1 + i % 10)::varchar as territory"
        connection.execute(
            f"copy (select 'enterprise' as subject_type, 'e' || lpad(i::varchar, 8, '0') as subject, "
            f"null::varchar as territory, null::varchar as parent, 'p' || (i * 31 % {PARKS}) as park, {tail} "
            f"from range({rows}) r(i) union all by name "
            f"select 'park' as subject_type, 'p' || i as subject, {county}, 'z' || (i % {ZONES}) as parent, "
            f"null as park, {tail} from range({PARKS}) r(i) union all by name "
            f"select 'park' as subject_type, 'z' || i as subject, {county}, null as parent, null as park, {tail} "
            f"from range({ZONES}) r(i)) to '{folder}/subjects.parquet' (format parquet, compression zstd)"
        )
    (folder / "pack").mkdir()
    (folder / "pack" / "pack.yaml").write_text(pack_text(items), encoding="utf-8")


def snapshot_of(folder: Path) -> Any:
    """The made files as a snapshot."""
    from yuanzhi.engine.records import Manifest, Register, Snapshot
    from yuanzhi.engine.records.intervals import LINEAGE_SCHEMA

    tables = {
        "register": Register().table,
        "lineage": LINEAGE_SCHEMA.empty_table(),
        "subjects": folder / "subjects.parquet",
        "returns_monthly": folder / "monthly.parquet",
    }
    return Snapshot(Manifest(name="bench", as_known=date(2020, 7, 31)), tables, folder)


def close(folder: Path, items: int, threads: int) -> Any:
    """The task: every sum of the month."""
    from yuanzhi.engine.indicators import compute_series
    from yuanzhi.engine.kernel.periods import Period
    from yuanzhi.engine.pack import compile_pack, compose, read_pack

    pack = read_pack(folder / "pack").pack
    assert pack is not None
    compiled, snapshot = compile_pack(compose([pack])), snapshot_of(folder)
    return lambda: (
        compute_series(
            compiled, snapshot, periods=[Period.read(MONTH)], as_of=date(2020, 6, 30), threads=threads
        ).num_rows
    )


def scan(folder: Path, items: int, threads: int) -> Any:
    """The yardstick: one sum of every column."""
    import duckdb

    sums = ", ".join(f"sum(x{at})" for at in range(items))

    def run() -> int:
        with duckdb.connect(config={"threads": threads}) as connection:
            return len(connection.execute(f"select {sums} from '{folder}/monthly.parquet'").fetchall())

    return run


TASKS = {"close": close, "scan": scan}


def measured(task: str, folder: Path, items: int, threads: int) -> dict[str, float]:
    """Best of three runs in a fresh process."""
    command = [sys.executable, __file__, "--task", task, "--folder", str(folder), "--items", str(items)]
    found = subprocess.run([*command, "--threads", str(threads)], capture_output=True, text=True, check=False)
    if found.returncode:
        raise SystemExit(found.stderr)
    result: dict[str, float] = json.loads(found.stdout.splitlines()[-1])
    return result


def run_task(task: str, folder: Path, items: int, threads: int) -> None:
    run = TASKS[task](folder, items, threads)
    best, cpu, rows = float("inf"), float("inf"), 0
    for _ in range(REPEATS):
        start, used = time.perf_counter(), time.process_time()
        rows = run()
        best, cpu = min(best, time.perf_counter() - start), min(cpu, time.process_time() - used)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": best, "cpu": cpu, "peak_mb": peak, "rows": rows}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="*", default=[20_000, 1_000_000])
    parser.add_argument("--items", type=int, default=100)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--curve", action="store_true")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--task", choices=sorted(TASKS), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.task:
        run_task(given.task, given.folder, given.items, given.threads)
        return
    sizes = sorted(
        {*given.rows, *([10_000, 100_000, 1_000_000] if given.curve else []), *([HUGE] if given.full else [])}
    )
    heads = [("enterprises", 12), ("items", 6), ("close s", 9), ("cpu s", 8), ("MB", 7)]
    heads += [("scan s", 8), ("cpu s", 8), ("ratio", 6), ("cpu", 6)]
    print(" ".join(f"{head:>{width}}" for head, width in heads))
    found = []
    with tempfile.TemporaryDirectory(prefix="close-month-") as place:
        for rows in sizes:
            items = given.items if rows < HUGE else max(given.items // 10, 1)
            folder = Path(place) / str(rows)
            make(folder, rows, items)
            one = measured("close", folder, items, given.threads)
            bare = measured("scan", folder, items, given.threads)
            ratio, cpu_ratio = one["seconds"] / bare["seconds"], one["cpu"] / bare["cpu"]
            found.append({"enterprises": rows, "items": items, "close": one, "scan": bare, "ratio": ratio})
            print(
                f"{rows:>12,} {items:>6} {one['seconds']:>9.2f} {one['cpu']:>8.2f} {one['peak_mb']:>7.0f} "
                f"{bare['seconds']:>8.3f} {bare['cpu']:>8.3f} {ratio:>6.1f} {cpu_ratio:>6.1f}",
                flush=True,
            )
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
