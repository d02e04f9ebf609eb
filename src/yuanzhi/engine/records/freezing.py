"""Freezing: accepted records of a day written as Parquet, one wide table for each form.

The same records give the same bytes, whatever the number of threads. Rows are streamed from file
to file by DuckDB; only the keys are held in memory, and a form whose files already stand in order
is not sorted again. A snapshot is written beside its place and renamed when whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from yuanzhi.engine.kernel.canonical import content_hash, plain
from yuanzhi.engine.kernel.problems import Place, Problem, ProblemsError, nearest
from yuanzhi.engine.pack.model import Form
from yuanzhi.engine.records.importing import ImportResult
from yuanzhi.engine.records.register import Register
from yuanzhi.engine.records.returns import ReturnStatus, return_schema
from yuanzhi.engine.records.snapshots import (
    LINEAGE,
    REGISTER,
    SUBJECTS,
    FormCount,
    FrozenFile,
    Manifest,
    Snapshot,
    columns_of,
    literal,
    quoted,
)

ROW_GROUP = 122_880
MANIFEST = "manifest.json"
RETURNS_FOLDER = "returns"
_COPY = f"(format parquet, parquet_version v2, compression zstd, compression_level 1, row_group_size {ROW_GROUP})"
"""Delta encodings of version 2 make columns of decimals smaller and three times as fast to scan."""
Source: TypeAlias = Path | pa.Table
Progress = Callable[[str, int, int], None]
"""Called with what is being written, how many steps are done, and how many there are."""


@dataclass(frozen=True, kw_only=True)
class Records:
    """What is to be frozen.

    Attributes:
        register: All events.
        forms: The forms of the packs in force, by code.
        returns: The rows of each form: Parquet files or tables of ``return_schema``; a missing
            column is missing in every row. Of two rows recorded at the same time the later in this order counts.
        packs: Version and hash of each pack in force.
        sources: SHA-256 of each file the records came from.
    """

    register: Register
    forms: Mapping[str, Form] = field(default_factory=dict)
    returns: Mapping[str, Sequence[Source]] = field(default_factory=dict)
    packs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


def freeze(
    folder: Path,
    records: Records,
    as_known: date,
    *,
    threads: int = 2,
    memory: str = "2GB",
    made: str = "",
    product: str = "",
    progress: Progress | None = None,
) -> Snapshot:
    """Write the records known on a day as a snapshot, whole or not at all.

    Args:
        folder: Where the snapshot shall stand; an older one of this name is replaced.
        records: What is to be frozen.
        as_known: Events and rows recorded later are left out.
        threads: Threads for DuckDB; the bytes do not depend on them.
        memory: DuckDB's memory limit; beyond it rows go to disk for a while.
        made: The time, for the reader; no part of the identity.
        product: The version that writes, for the reader; no part of the identity.
        progress: Called before each table.

    Raises:
        ProblemsError: A table lacks a key column or has one that would lose digits.
    """
    if problems := [
        found for code, form in records.forms.items() for found in _unfit(form, records.returns.get(code, ()))
    ]:
        raise ProblemsError(problems)
    draft = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    shutil.rmtree(draft, ignore_errors=True)
    (draft / RETURNS_FOLDER).mkdir(parents=True)
    try:
        counts = _write_tables(draft, records, as_known, (threads, memory), progress or (lambda *_: None))
        manifest = Manifest(
            name=folder.name, as_known=as_known, packs=records.packs, files=_described(draft),
            sources=dict(sorted(records.sources.items())), counts=counts, made=made, product=product,
        )  # fmt: skip
        body = {**plain(manifest), "digest": manifest.digest}
        text = json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True)
        (draft / MANIFEST).write_text(text + "\n", encoding="utf-8")
        _replace(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Snapshot(manifest, tables_in(folder), folder)


def tables_in(folder: Path) -> dict[str, Path | pa.Table]:
    """The tables of a snapshot's folder by the names of their views."""
    own: dict[str, Path | pa.Table] = {name: folder / f"{name}.parquet" for name in (REGISTER, SUBJECTS, LINEAGE)}
    for path in sorted((folder / RETURNS_FOLDER).glob("*.parquet")):
        own[f"returns_{path.stem}"] = path
    return own


def file_sha256(path: Path) -> str:
    """The hash of a file's bytes."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def write_rows(path: Path, table: pa.Table) -> None:
    """Write typed rows as a Parquet file of returns, in the order that freezing wants."""
    ordered = table.sort_by([("period", "ascending"), ("subject", "ascending"), ("recorded", "ascending")])
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    pq.write_table(ordered, draft, compression="zstd", row_group_size=ROW_GROUP)
    draft.rename(path)


def store_import(folder: Path, name: str, result: ImportResult) -> Path | None:
    """Keep what a file came to beside the form's other files; nothing that stands there is overwritten.

    Rows go to ``<name>-<hash>.parquet``, rows held back and the original cells to
    ``<name>-<hash>.held.json`` and ``<name>-<hash>.cells.json``; readers of records pass the latter by.

    Returns:
        The file of rows, or nothing where none was taken.
    """
    parts = {"held": result.held.to_pylist(), "cells": result.originals.to_pylist()}
    mark = content_hash([result.rows.to_pylist(), parts])[:10]
    folder.mkdir(parents=True, exist_ok=True)
    for part, rows in parts.items():
        if rows:
            text = json.dumps(rows, ensure_ascii=False, indent=1)
            (folder / f"{name}-{mark}.{part}.json").write_text(text + "\n", encoding="utf-8")
    if not result.rows.num_rows:
        return None
    write_rows(path := folder / f"{name}-{mark}.parquet", result.rows)
    return path


def _write_tables(
    draft: Path, records: Records, as_known: date, limits: tuple[int, str], progress: Progress
) -> dict[str, FormCount]:
    steps = len(records.forms) + 1
    progress(REGISTER, 0, steps)
    known = records.register.known_on(as_known)
    subjects, lineage = known.derived(as_known, threads=limits[0])
    for name, table in ((REGISTER, known.table), (SUBJECTS, subjects), (LINEAGE, lineage)):
        pq.write_table(table, draft / f"{name}.parquet", compression="zstd", row_group_size=ROW_GROUP)
    later = records.register.table.num_rows - known.table.num_rows
    synthetic = sum(1 for flag in known.table["synthetic"].to_pylist() if flag)
    counts = {REGISTER: FormCount(frozen=known.table.num_rows, later=later, synthetic=synthetic)}
    for at, (code, form) in enumerate(sorted(records.forms.items()), 1):
        progress(code, at, steps)
        if form.source != "register":
            target = draft / RETURNS_FOLDER / f"{code}.parquet"
            counts[code] = _write_form(target, form, records.returns.get(code, ()), as_known, limits)
    shutil.rmtree(draft / "spill", ignore_errors=True)
    return counts


def _write_form(
    target: Path, form: Form, sources: Sequence[Source], as_known: date, limits: tuple[int, str]
) -> FormCount:
    if not sources:
        pq.write_table(return_schema(form).empty_table(), target, compression="zstd")
        return FormCount()
    config: dict[str, Any] = {
        "threads": limits[0],
        "memory_limit": limits[1],
        "temp_directory": str(target.parent.parent / "spill"),
    }
    with duckdb.connect(config=config) as connection:
        names = [_attached(connection, at, own) for at, own in enumerate(sources)]
        count, in_order = _choose(connection, names, as_known)
        wide = " union all ".join(
            _projected(form, at, own, name) for at, (own, name) in enumerate(zip(sources, names, strict=True))
        )
        connection.execute(f"copy ({_chosen(form, wide, in_order)}) to {literal(str(target))} {_COPY}")
    return count


def _attached(connection: duckdb.DuckDBPyConnection, at: int, source: Source) -> str:
    """The source as something to select from, with its rows numbered in ``file_row_number``."""
    if isinstance(source, Path):
        return f"read_parquet({literal(str(source))}, file_row_number = true)"
    numbered = source.append_column("file_row_number", pa.array(range(source.num_rows), pa.int64()))
    connection.register(f"source_{at}", numbered)
    return f"source_{at}"


def _choose(connection: duckdb.DuckDBPyConnection, names: Sequence[str], as_known: date) -> tuple[FormCount, bool]:
    """Find the rows that count, and whether they are all rows and already in order."""
    keys = " union all ".join(
        f"select {at} as source_no, file_row_number as row_no, subject, period, status, recorded, "
        f"coalesce(synthetic, false) as synthetic from {name}"
        for at, name in enumerate(names)
    )
    connection.execute(f"create temp table keys as {keys}")
    connection.execute(_WINNERS, [as_known])
    by_status: dict[str, int] = dict(connection.execute(_BY_STATUS, [as_known]).fetchall())
    everything, later = _one(connection, "select count(*), count(*) filter (recorded::date > $1) from keys", [as_known])
    frozen, synthetic, tied, in_order = _one(connection, _FROZEN)
    accepted = by_status.pop(ReturnStatus.ACCEPTED, 0)
    count = FormCount(
        frozen=frozen, superseded=accepted - frozen, later=later, tied=tied, synthetic=synthetic,
        **{status: by_status.get(status, 0) for status in ("rejected", "submitted", "estimated")},
    )  # fmt: skip
    return count, bool(in_order) and frozen == everything


_WINNERS = """
create temp table winners as
select source_no, row_no, synthetic, row_number() over (order by period, subject) as place,
    row_number() over (order by source_no, row_no) as stands, tied
from (
    select *, count(*) over (partition by subject, period, recorded) > 1 as tied
    from keys where status = 'accepted' and recorded::date <= $1
    qualify row_number() over (partition by subject, period order by recorded desc, source_no desc, row_no desc) = 1
)
"""
_BY_STATUS = "select status, count(*) from keys where recorded::date <= $1 group by status"
_FROZEN = """
select count(*), count(*) filter (synthetic), count(*) filter (tied), coalesce(bool_and(place = stands), true)
from winners
"""


def _one(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...]:
    row: tuple[Any, ...] = connection.execute(sql, values).fetchall()[0]
    return row


def _projected(form: Form, at: int, source: Source, name: str) -> str:
    """A source's rows in the columns of the form; what it does not have is null."""
    own = _schema(source).names
    columns = ", ".join(
        f"{quoted(column.name) if column.name in own else 'null'}::{_sql_type(column.type)} as {quoted(column.name)}"
        for column in return_schema(form)
    )
    return f"select {at} as source_no, file_row_number as row_no, {columns} from {name}"


def _chosen(form: Form, wide: str, in_order: bool) -> str:
    names = [quoted(name) for name in return_schema(form).names]
    if in_order:
        return f"select {', '.join(names)} from ({wide})"
    columns = ", ".join(f"w.{name}" for name in names)
    return f"select {columns} from ({wide}) w join winners using (source_no, row_no) order by winners.place"


def _unfit(form: Form, sources: Sequence[Source]) -> list[Problem]:
    """What is wrong with the columns of a form's sources: keys that are absent, types that would lose digits."""
    schema = return_schema(form)
    problems: list[Problem] = []
    for at, source in enumerate(sources):
        own = _schema(source)
        place = Place(file=str(source) if isinstance(source, Path) else f"{form.code}[{at}]")
        for column in schema:
            if column.name not in own.names:
                if column.name in _OBLIGATORY:
                    problems.append(Problem("records.key_column_missing", place, {"column": column.name}))
            elif not _holds(column.type, found := own.field(column.name).type):
                values = {"column": column.name, "found": str(found), "expected": str(column.type)}
                problems.append(Problem("records.column_type", place, values))
        for name in sorted(set(own.names) - set(schema.names)):
            values = {"column": name, "form": form.code, "nearest": nearest(name, schema.names)}
            problems.append(Problem("records.column_unknown", place, values))
    return problems


_OBLIGATORY = frozenset({"subject", "period", "period_start", "period_end", "status", "recorded"})


def _holds(wanted: pa.DataType, found: pa.DataType) -> bool:
    """Whether every value of one type has its place in the other."""
    if wanted == found or pa.types.is_null(found):
        return True
    if pa.types.is_decimal(wanted):
        if pa.types.is_integer(found):
            return True
        return bool(pa.types.is_decimal(found) and found.scale <= wanted.scale)
    if pa.types.is_string(wanted):
        return bool(pa.types.is_large_string(found) or pa.types.is_dictionary(found))
    return bool(pa.types.is_timestamp(wanted) and (pa.types.is_timestamp(found) or pa.types.is_date(found)))


def _schema(source: Source) -> pa.Schema:
    return pq.read_schema(source) if isinstance(source, Path) else source.schema


def _sql_type(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision}, {kind.scale})"
    return {"string": "varchar", "date32[day]": "date", "timestamp[us]": "timestamp", "bool": "boolean"}[str(kind)]


def _described(draft: Path) -> dict[str, FrozenFile]:
    files = {}
    for path in sorted(draft.rglob("*.parquet")):
        read = pq.ParquetFile(path)
        columns = columns_of(read.schema_arrow)
        name = path.relative_to(draft).as_posix()
        files[name] = FrozenFile(rows=read.metadata.num_rows, sha256=file_sha256(path), columns=columns)
    return files


def _replace(draft: Path, folder: Path) -> None:
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    if folder.exists():
        folder.rename(old)
    draft.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
