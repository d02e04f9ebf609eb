"""The only module of the room that opens files to read them: workspaces, records, snapshots."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from yuanzhi.engine.kernel.labels import NO_LABEL, Label
from yuanzhi.engine.kernel.problems import Place, Problem, ProblemsError, Severity, listed
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.model import Form, Item
from yuanzhi.engine.records.columns import Declares
from yuanzhi.engine.records.events import event_schema
from yuanzhi.engine.records.freezing import MANIFEST, Progress, Records, Source, file_sha256, tables_in
from yuanzhi.engine.records.importing import ORIGINALS_SCHEMA, ImportOptions, ImportResult, import_returns
from yuanzhi.engine.records.loading import Loading, register_items
from yuanzhi.engine.records.magnitudes import find_slips, usual_values
from yuanzhi.engine.records.register import Register
from yuanzhi.engine.records.register_checks import check_register
from yuanzhi.engine.records.register_files import RegisterReading, import_register
from yuanzhi.engine.records.sheets import SheetsReading, read_sheets
from yuanzhi.engine.records.snapshots import FormCount, FrozenFile, Manifest, Snapshot, columns_of
from yuanzhi.engine.records.subject_index import SubjectIndex
from yuanzhi.engine.records.validating import validate_rows, with_checks
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


def read_file(path: Path, name: str = "") -> SheetsReading:
    """The sheets of a CSV file or workbook; ``name`` is what findings call the file, its path by default."""
    name = name or str(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        return SheetsReading((), (Problem("import.unreadable", Place(file=name), {"reason": str(error)}),))
    return read_sheets(data, name)


def read_register(folder: Path, declared: Declares, root: Path | None = None) -> RegisterReading:
    """Every event in the files of a folder (CSV, workbooks, Parquet), files in the order of their names.

    Args:
        folder: The folder.
        declared: Forms, code lists and units.
        root: Findings call files by their path from here.
    """
    items = register_items(declared)
    readings = [_register_file(path, declared, items, _name(path, root)) for path in _files(folder)]
    if not readings:
        return RegisterReading(event_schema(items).empty_table())
    return RegisterReading(
        pa.concat_tables([reading.table for reading in readings]).combine_chunks(),
        pa.concat_tables([reading.held for reading in readings]),
        tuple(problem for reading in readings for problem in reading.findings),
    )


def load_records(
    workspace: Workspace,
    declared: Declares,
    *,
    compiled: CompiledPack | None = None,
    packs: Mapping[str, Mapping[str, str]] | None = None,
    progress: Progress | None = None,
) -> Loading:
    """All records of a workspace, ready for ``freeze``.

    Parquet files of returns are taken as they are; CSV files and workbooks are imported. A file
    whose rows do not say when they were recorded may say it in its name, as in
    ``2019-02-10 haidong.xlsx``; else its rows count from the day after their period.

    Args:
        workspace: The workspace.
        declared: Forms, code lists and units: a composition of the packs in force.
        compiled: The same packs compiled; with them the forms' own checks are applied. Imported rows that
            fail one wait as submitted, rows that somebody has accepted stay so and are named.
        packs: Version and hash of each pack, for the manifest.
        progress: Called before each form.
    """
    reading = read_register(workspace.register, declared, workspace.folder)
    register = Register(reading.table)
    subjects = register.subjects()
    doubts = check_register(register, declared)
    returns: dict[str, Sequence[Source]] = {}
    results: list[ImportResult] = []
    findings = [*reading.findings, *doubts]
    forms = {code: form for code, form in sorted(declared.forms.items()) if form.source != "register"}
    for at, (code, form) in enumerate(forms.items()):
        if progress:
            progress(code, at, len(forms))
        ready, imported, problems = _returns(workspace, form, declared, subjects, compiled)
        findings.extend(problems)
        results.extend(imported)
        returns[code] = [*ready, *(result.rows for result in imported)]
    sources = {
        path.relative_to(workspace.folder).as_posix(): file_sha256(path)
        for path in _all_files(workspace, forms.values())
    }
    return Loading(
        Records(register=register, forms=declared.forms, returns=returns, packs=packs or {}, sources=sources),
        (*findings, *(problem for result in results for problem in result.findings)),
        pa.concat_tables([reading.held, *(result.held for result in results)]),
        pa.concat_tables([ORIGINALS_SCHEMA.empty_table(), *(result.originals for result in results)]),
    )


def import_file(
    path: Path,
    form: Form,
    declared: Declares,
    options: ImportOptions,
    index: SubjectIndex | None = None,
    *,
    name: str = "",
) -> ImportResult:
    """The returns of one form in one file, as ``import_returns`` reads them; findings call the file ``name``."""
    reading = read_file(path, name)
    result = import_returns(reading.sheets, form, declared, options, index)
    return replace(result, findings=(*reading.problems, *result.findings))


def _returns(
    workspace: Workspace, form: Form, declared: Declares, subjects: pa.Table, compiled: CompiledPack | None
) -> tuple[list[Path], list[ImportResult], list[Problem]]:
    """Parquet files as they are and all others imported; the former are the history of the latter."""
    paths, root = _files(_folder(workspace, form)), workspace.folder
    ready = [path for path in paths if path.suffix == ".parquet"]
    rest = [path for path in paths if path.suffix != ".parquet"]
    usual = usual_values(form, ready) if ready else None
    doubts = [problem for path in ready for problem in _doubts(path, form, declared, usual, _name(path, root))]
    if compiled is not None:
        failures = (own for path in ready for own in validate_rows(compiled, form, path, file=_name(path, root)))
        doubts.extend(own.problem for own in failures)
    if not rest:
        return ready, [], doubts
    index = SubjectIndex.of(subjects, form.subject)
    known = index if index.lives else None
    results = []
    for path in rest:
        options = ImportOptions(recorded=_recorded_in_name(path), source=path.name, usual=usual)
        result = import_file(path, form, declared, options, known, name=_name(path, root))
        results.append(with_checks(result, compiled, form) if compiled else result)
    return ready, results, doubts


def _doubts(path: Path, form: Form, declared: Declares, usual: pa.Table | None, name: str) -> list[Problem]:
    """Accepted values that look wrong; they stay accepted, since somebody has accepted them."""
    return [
        Problem(
            slip.code,
            Place(file=name, line=slip.row + 1, path=f"{slip.subject}/{slip.period}/{slip.item}"),
            {"text": slip.values["value"], "item": slip.item, **slip.values},
            Severity.WARNING,
        )
        for slip in find_slips(path, form, declared.unit_system, usual)
    ]


def _recorded_in_name(path: Path) -> datetime | None:
    found = re.match(r"(\d{4})-?(\d{2})-?(\d{2})(?!\d)", path.name)
    try:
        return datetime.fromisoformat("-".join(found.groups())) if found else None
    except ValueError:
        return None


def _name(path: Path, root: Path | None) -> str:
    return path.relative_to(root).as_posix() if root and path.is_relative_to(root) else str(path)


def _register_file(path: Path, declared: Declares, items: Sequence[Item], name: str) -> RegisterReading:
    if path.suffix == ".parquet":
        schema = event_schema(items)
        table = pq.read_table(path)
        columns = {
            c.name: table[c.name] if c.name in table.schema.names else pa.nulls(len(table), c.type) for c in schema
        }
        return RegisterReading(pa.table(columns).cast(schema))
    reading = read_file(path, name)
    result = import_register(reading.sheets, declared, items)
    return replace(result, findings=(*reading.problems, *result.findings))


def _files(folder: Path) -> list[Path]:
    """The record files of a folder by name; what programs leave behind (names beginning with . or ~) is no record."""
    endings = {".csv", ".tsv", ".txt", ".xlsx", ".xls", ".xlsb", ".xlsm", ".ods", ".parquet"}
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix.lower() in endings and p.name[0] not in ".~")


def _folder(workspace: Workspace, form: Form) -> Path:
    return workspace.external(form.code) if form.source == "external" else workspace.returns(form.code)


def _all_files(workspace: Workspace, forms: Iterable[Form]) -> list[Path]:
    folders = [workspace.register]
    folders += [_folder(workspace, form) for form in forms]
    return [path for folder in folders for path in _files(folder)]
