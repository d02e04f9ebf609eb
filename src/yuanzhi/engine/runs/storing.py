"""A run on disk: one Parquet file a table and a manifest of what it was made from.

A run is written to a folder beside its final place and renamed when whole, so that a killed
process leaves either the run or nothing.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from yuanzhi.engine.kernel.canonical import content_hash, plain
from yuanzhi.engine.kernel.problems import Place, Problem, ProblemsError
from yuanzhi.engine.runs.results import FORMS, Results, table_digest

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class RunManifest:
    """What a run was made from and what came out, by hash.

    ``made`` is the time a caller gave; it is no part of the run's identity.
    """

    name: str
    packs: Mapping[str, Mapping[str, str]]
    snapshot: str
    snapshot_digest: str
    years: tuple[int, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    schemes: tuple[str, ...] = ()
    least_completeness: str = "1"
    uncertainty: bool = True
    product: str = ""
    results: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    made: str = ""

    @property
    def digest(self) -> str:
        """The run's identity: what went in and what came out."""
        body = plain(self)
        return content_hash({key: value for key, value in body.items() if key not in ("made", "name", "product")})


def write_run(folder: Path, manifest: RunManifest, results: Results) -> None:
    """Write a run whole or not at all; an older run of the same name is replaced.

    Args:
        folder: The run's folder, such as ``workspace/runs/2020``.
        manifest: What it was made from; its ``results`` are filled in by the caller.
        results: The tables.
    """
    draft = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for name, table in results.tables.items():
        pq.write_table(table, draft / f"{name}.parquet", compression="zstd")
    text = json.dumps({**plain(manifest), "digest": manifest.digest}, ensure_ascii=False, indent=2, sort_keys=True)
    (draft / MANIFEST).write_text(text + "\n", encoding="utf-8")
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    if folder.exists():
        folder.rename(old)
    try:
        draft.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def read_run(folder: Path) -> tuple[RunManifest, Results]:
    """The manifest and tables of a run.

    Raises:
        ProblemsError: There is no run here, or a table is missing or not as the manifest says.
    """
    manifest = read_manifest(folder)
    results, problems = read_tables(folder, manifest)
    if problems:
        raise ProblemsError(problems)
    return manifest, results


def read_tables(folder: Path, manifest: RunManifest) -> tuple[Results, tuple[Problem, ...]]:
    """The tables of a run as they stand, with every one that is missing, unreadable or not as the manifest says."""
    problems: list[Problem] = []
    tables: dict[str, pa.Table] = {}
    for form in FORMS:
        if form.name not in manifest.results:
            continue
        path = folder / f"{form.name}.parquet"
        place, values = Place(file=str(path)), {"table": form.name}
        if not path.exists():
            problems.append(Problem("run.table_missing", place, values))
            continue
        try:
            table = pq.read_table(path)
        except (pa.ArrowException, OSError):
            problems.append(Problem("run.table_changed", place, values))
            continue
        tables[form.name] = table
        if table.schema != form.schema or table_digest(table) != manifest.results[form.name]["sha256"]:
            problems.append(Problem("run.table_changed", place, values))
    return Results(tables), tuple(problems)


def read_manifest(folder: Path) -> RunManifest:
    """The manifest of a run.

    Raises:
        ProblemsError: There is no readable manifest.
    """
    path = folder / MANIFEST
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        recorded = body.pop("digest")
        body["years"], body["schemes"] = tuple(body["years"]), tuple(body["schemes"])
        manifest = RunManifest(**body)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ProblemsError([Problem("run.unreadable", Place(file=str(path)), {"reason": str(error)})]) from error
    if manifest.digest != recorded:
        raise ProblemsError([Problem("run.manifest_changed", Place(file=str(path)))])
    return manifest
