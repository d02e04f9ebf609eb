"""A snapshot: the records of a day frozen as tables, with a manifest of what they are and came from."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from yuanzhi.engine.kernel.canonical import content_hash, plain
from yuanzhi.engine.pack.model import Form
from yuanzhi.engine.records.intervals import LINEAGE_SCHEMA, subjects_schema
from yuanzhi.engine.records.register import END_OF_TIME, Register
from yuanzhi.engine.records.returns import return_schema, returns_table

FORMAT = 1
REGISTER, SUBJECTS, LINEAGE = "register", "subjects", "lineage"
RETURNS = "returns_"


@dataclass(frozen=True, kw_only=True)
class FrozenFile:
    """One file of a snapshot: rows, hash of its bytes, and columns with their types."""

    rows: int
    sha256: str
    columns: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class FormCount:
    """What became of a form's rows; ``synthetic`` counts among the frozen ones, the others are not in the snapshot.

    Attributes:
        frozen: Accepted, known in time and the latest for its subject and period.
        superseded: Replaced by a row recorded later.
        rejected: Refused.
        submitted: Waiting to be accepted.
        estimated: Estimates.
        later: Recorded after the day of the snapshot.
        tied: Subjects and periods with two accepted rows of the same time; the last one counts.
        synthetic: Made by a rule, not reported by anybody.
    """

    frozen: int = 0
    superseded: int = 0
    rejected: int = 0
    submitted: int = 0
    estimated: int = 0
    later: int = 0
    tied: int = 0
    synthetic: int = 0


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a snapshot holds and what it was made from.

    Attributes:
        name: The snapshot's name.
        as_known: Records entered later are not in it.
        packs: Version and hash of each pack in force, by code.
        files: The files, by path inside the snapshot.
        sources: SHA-256 of each file the records were read from, by path inside the workspace.
        counts: What became of the rows of each form, and of the register's events.
        made: The time a caller gave; no part of the identity.
        product: The version that wrote it; no part of the identity.
    """

    name: str
    as_known: date
    packs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    files: Mapping[str, FrozenFile] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, FormCount] = field(default_factory=dict)
    made: str = ""
    product: str = ""
    format: int = FORMAT

    @property
    def digest(self) -> str:
        """The snapshot's identity: the same records, packs and day give the same."""
        body = plain(self)
        return content_hash({key: value for key, value in body.items() if key not in ("name", "made", "product")})

    @property
    def synthetic(self) -> bool:
        """Whether any record in it is synthetic."""
        return any(count.synthetic for count in self.counts.values())


@dataclass(frozen=True)
class Snapshot:
    """Frozen tables: ``register``, ``subjects``, ``lineage`` and ``returns_<form>``, on disk or in memory."""

    manifest: Manifest
    tables: Mapping[str, Path | pa.Table] = field(default_factory=dict)
    folder: Path | None = None

    @classmethod
    def of_tables(
        cls,
        register: Register | None = None,
        returns: Mapping[str, pa.Table] | None = None,
        *,
        subjects: pa.Table | None = None,
        forms: Mapping[str, Form] | None = None,
        as_known: date = END_OF_TIME,
        name: str = "memory",
    ) -> Snapshot:
        """A snapshot in memory, for examples and tests.

        Args:
            register: The events; ``subjects`` and ``lineage`` are derived from them.
            returns: A table by form code, taken as it is.
            subjects: The table of subjects, where it is known and no events are; missing columns are null.
            forms: Forms that shall have an empty table where ``returns`` has none.
            as_known: The day the register is looked at.
            name: The snapshot's name.
        """
        register = register or Register()
        tables: dict[str, Path | pa.Table] = {
            REGISTER: register.table,
            SUBJECTS: register.subjects(as_known) if subjects is None else _completed(subjects),
            LINEAGE: register.lineage(as_known) if register.table.num_rows else LINEAGE_SCHEMA.empty_table(),
        }
        for code, form in (forms or {}).items():
            tables[RETURNS + code] = return_schema(form).empty_table()
        for code, table in (returns or {}).items():
            tables[RETURNS + code] = table
        files = {name_: _described(table) for name_, table in tables.items() if isinstance(table, pa.Table)}
        return cls(Manifest(name=name, as_known=as_known, files=files), tables)

    @classmethod
    def of_rows(
        cls,
        forms: Mapping[str, Form],
        rows: Mapping[str, Iterable[Mapping[str, Any]]],
        register: Register | None = None,
        **more: Any,
    ) -> Snapshot:
        """A snapshot in memory from plain rows by form code; ``more`` as in ``of_tables``."""
        tables = {code: returns_table(forms[code], own) for code, own in rows.items()}
        return cls.of_tables(register, tables, forms=forms, **more)

    @property
    def digest(self) -> str:
        """The snapshot's identity."""
        return self.manifest.digest

    @property
    def forms(self) -> tuple[str, ...]:
        """The codes of the forms it holds."""
        return tuple(sorted(name.removeprefix(RETURNS) for name in self.tables if name.startswith(RETURNS)))

    def table(self, name: str) -> pa.Table:
        """One table whole, in memory."""
        source = self.tables[name]
        return source if isinstance(source, pa.Table) else pq.read_table(source)

    def connect(self, *, threads: int = 2, memory: str = "") -> duckdb.DuckDBPyConnection:
        """A DuckDB connection with a view for each table; afterwards it can open no other file.

        Args:
            threads: Threads for DuckDB; no result may depend on them.
            memory: DuckDB's memory limit, such as ``1GB``; by default its own.
        """
        config: dict[str, Any] = {"threads": threads, "autoinstall_known_extensions": False}
        connection = duckdb.connect(config={**config, "memory_limit": memory} if memory else config)
        for name, source in self.tables.items():
            if isinstance(source, pa.Table):
                connection.register(name, source)
            else:
                connection.execute(f"create view {quoted(name)} as from read_parquet({literal(str(source))})")
        if self.folder is not None:
            connection.execute(f"set allowed_directories = [{literal(str(self.folder) + '/')}]")
        connection.execute("set enable_external_access = false")
        return connection


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def columns_of(schema: pa.Schema) -> dict[str, str]:
    """Column names and types as text."""
    return {column.name: str(column.type) for column in schema}


def _described(table: pa.Table) -> FrozenFile:
    out = io.BytesIO()
    with pa.ipc.new_stream(out, table.schema) as stream:
        stream.write_table(table.combine_chunks())
    digest = hashlib.sha256(out.getvalue()).hexdigest()
    return FrozenFile(rows=table.num_rows, sha256=digest, columns=columns_of(table.schema))


def _completed(subjects: pa.Table) -> pa.Table:
    schema = subjects_schema()
    known = {
        name: subjects[name].cast(schema.field(name).type) for name in schema.names if name in subjects.schema.names
    }
    further = {name: subjects[name] for name in subjects.schema.names if name not in schema.names}
    empty = {name: pa.nulls(subjects.num_rows, schema.field(name).type) for name in schema.names if name not in known}
    columns = {**known, **empty}
    return pa.table({**{name: columns[name] for name in schema.names}, **further})
