"""The only module of the room that opens files to read them: workspaces, records, snapshots."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import yaml

from yuanzhi.engine.kernel.labels import NO_LABEL, Label
from yuanzhi.engine.kernel.problems import Place, Problem, ProblemsError, listed
from yuanzhi.engine.records.freezing import MANIFEST, file_sha256, tables_in
from yuanzhi.engine.records.snapshots import FormCount, FrozenFile, Manifest, Snapshot, columns_of
from yuanzhi.engine.records.workspace import FILE, Workspace


def open_workspace(folder: Path) -> Workspace:
    """The workspace in a folder.

    Raises:
        ProblemsError: There is no readable ``workspace.yaml``.
    """
    path = folder / FILE
    place = Place(file=str(path))
    try:
        body = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ProblemsError([Problem("workspace.unreadable", place, {"reason": str(error)})]) from error
    packs = body.get("packs", []) if isinstance(body, dict) else None
    if not isinstance(packs, list) or not all(isinstance(code, str) for code in packs):
        raise ProblemsError([Problem("workspace.packs", place)])
    settings = {str(key): str(value) for key, value in body.items() if key not in ("packs", "title", "region")}
    return Workspace(folder, tuple(packs), _label(body.get("title")), str(body.get("region", "")), settings)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a snapshot.

    Raises:
        ProblemsError: There is none, it cannot be read, or it is not as it was written.
    """
    path = folder / MANIFEST
    place = Place(file=str(path))
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        written = body.pop("digest")
        manifest = _manifest(body)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProblemsError([Problem("snapshot.unreadable", place, {"reason": str(error)})]) from error
    if manifest.digest != written:
        raise ProblemsError([Problem("snapshot.manifest_changed", place)])
    return manifest


def open_snapshot(folder: Path) -> Snapshot:
    """A snapshot on disk. ``verify_snapshot`` says whether its files are still what they were.

    Raises:
        ProblemsError: It has no sound manifest, or a file is not there.
    """
    manifest = read_manifest(folder)
    if missing := [name for name in manifest.files if not (folder / name).is_file()]:
        raise ProblemsError([_missing(folder, name) for name in missing])
    return Snapshot(manifest, tables_in(folder), folder)


def verify_snapshot(folder: Path) -> tuple[Problem, ...]:
    """Everything that differs from the manifest: files gone, added or changed, rows lost, columns altered."""
    try:
        manifest = read_manifest(folder)
    except ProblemsError as error:
        return error.problems
    problems = [problem for name, file in sorted(manifest.files.items()) for problem in _verify(folder, name, file)]
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    if added := present - set(manifest.files) - {MANIFEST}:
        problems.append(Problem("snapshot.file_added", Place(file=str(folder)), {"files": listed(sorted(added))}))
    return tuple(problems)


def _verify(folder: Path, name: str, file: FrozenFile) -> list[Problem]:
    path, place = folder / name, Place(file=str(folder / name))
    if not path.is_file():
        return [_missing(folder, name)]
    if file_sha256(path) == file.sha256:
        return []
    problems = [Problem("snapshot.file_changed", place, {"file": name})]
    try:
        read = pq.ParquetFile(path)
        rows, columns = read.metadata.num_rows, columns_of(read.schema_arrow)
    except (OSError, ValueError):
        return problems
    if rows != file.rows:
        problems.append(Problem("snapshot.rows_differ", place, {"found": str(rows), "expected": str(file.rows)}))
    differing = {column for column, _ in columns.items() ^ file.columns.items()}
    if differing:
        problems.append(Problem("snapshot.columns_differ", place, {"columns": listed(sorted(differing))}))
    return problems


def _missing(folder: Path, name: str) -> Problem:
    return Problem("snapshot.file_missing", Place(file=str(folder / name)), {"file": name})


def _manifest(body: Mapping[str, Any]) -> Manifest:
    return Manifest(
        **{
            **body,
            "as_known": date.fromisoformat(body["as_known"]),
            "files": {name: FrozenFile(**own) for name, own in body["files"].items()},
            "counts": {name: FormCount(**own) for name, own in body["counts"].items()},
        }
    )


def _label(written: Any) -> Label:
    if isinstance(written, Mapping):
        return Label(str(written.get("zh", "")), str(written.get("en", "")))
    return Label(str(written)) if written else NO_LABEL
