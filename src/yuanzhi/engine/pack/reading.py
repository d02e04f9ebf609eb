"""Reading a pack: the only module of the room that opens files.

A pack is a folder; every ``*.yaml`` below it is a mapping of sections, and a section may span
files. All problems come back at once, and entries without one are read all the same.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from yuanzhi.engine.kernel.problems import Place, Problem, nearest
from yuanzhi.engine.pack.model import Calendar, CalendarDay, CodeItem, CodeList, Identity
from yuanzhi.engine.pack.schema import find_misfits
from yuanzhi.engine.pack.shapes import IDENTITY, SECTIONS
from yuanzhi.engine.pack.shorthands import Shorthands
from yuanzhi.engine.pack.structuring import Structurer, Unfit, code_item
from yuanzhi.engine.pack.tree import Positions, Tree, read_tree
from yuanzhi.engine.pack.whole import Pack

LARGEST_BYTES = 20_000_000


@dataclass(frozen=True)
class PackReading:
    """The pack as far as it could be read, and every problem found on the way.

    ``pack`` is ``None`` where there is no identity to hang it on. Whoever needs a whole pack asks
    ``has_errors(problems)`` first; ``pack.broken`` names the entries left out.
    """

    pack: Pack | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    file: str
    tree: Tree


class _Reader:
    """Gathers the files of one folder into sections, then makes records of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.files: dict[str, str] = {}
        self.entries: dict[tuple[str, str], _Entry] = {}
        self.identity: list[_Entry] = []
        self.broken: set[tuple[str, str]] = set()

    def read(self) -> PackReading:
        paths = sorted(self.folder.rglob("*.yaml")) if self.folder.is_dir() else []
        for path in paths:
            self._file(path)
        if not self.identity:
            code = "pack.no_identity" if paths else "pack.no_files"
            if not self.problems:  # a file that could not be read may be the one that holds it
                self.problems.append(Problem(code, Place(self.folder.name), {"folder": self.folder.name}))
            return PackReading(None, tuple(self.problems))
        for extra in self.identity[1:]:
            place = Place(extra.file, extra.tree.line, extra.tree.column, "pack")
            values = {"first": f"{self.identity[0].file}:{self.identity[0].tree.line}"}
            self.problems.append(Problem("pack.identity_twice", place, values))
        return PackReading(self._pack(self.identity[0]), tuple(sorted(self.problems, key=lambda p: p.place)))

    def _file(self, path: Path) -> None:
        name = self._name(path)
        text = self._text(path)
        if text is None:
            return
        found = len(self.problems)
        tree = read_tree(text, name, self.problems)
        if tree is None:
            return
        if not isinstance(tree.value, dict):
            if tree.value is not None:
                self.problems.append(Problem("pack.no_mapping", Place(name, tree.line, tree.column)))
            return
        if any(problem.code in ("yaml.too_deep", "yaml.key_not_text") for problem in self.problems[found:]):
            return
        misfits, broken = find_misfits(tree, name)
        self.problems += misfits
        self.broken |= broken
        for section, below in tree.entries.items():
            if section == "pack":
                self.identity.append(_Entry(name, below))
            elif section in SECTIONS:
                self._section(section, below, name)

    def _section(self, section: str, tree: Tree, file: str) -> None:
        for code, below in tree.entries.items():
            if first := self.entries.get((section, code)):
                place = Place(file, below.line, below.column, f"{section}/{code}")
                values = {"name": f"{section}/{code}", "first": f"{first.file}:{first.tree.line}"}
                self.problems.append(Problem("pack.declared_twice", place, values))
                continue
            self.entries[section, code] = _Entry(file, below)

    def _pack(self, own: _Entry) -> Pack | None:
        if not isinstance(own.tree.value, dict):
            return None
        try:
            identity: Identity = Structurer("", own.file).value(IDENTITY, own.tree, "pack")
        except (Unfit, TypeError, ValueError, KeyError) as error:
            self._unfit(error, own, "pack")
            return None
        made = self._records(identity, own)
        return Pack(
            identity=identity,
            files=dict(sorted(self.files.items())),
            broken=frozenset(f"{section}/{code}" for section, code in self.broken),
            positions=Positions({key: (entry.file, entry.tree) for key, entry in self.entries.items()}),
            **made,
        )

    def _records(self, identity: Identity, own: _Entry) -> dict[str, dict[str, Any]]:
        validity = own.tree.entries.get("in_force", Tree(None)).entries
        start = validity.get("from") if identity.in_force.first else None
        bad_figures = {code for section, code in self.broken if section == "figures"}
        shorthands = Shorthands(self._trees("figures"), self._trees("clauses"), start, bad_figures)
        structurers: dict[str, Structurer] = {}
        made: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
        for (section, code), entry in self.entries.items():
            if (section, code) in self.broken:
                continue
            tree = shorthands.expand(section, code, entry.tree, entry.file)
            by = structurers.setdefault(entry.file, Structurer(identity.code, entry.file))
            try:
                record = by.entry(section, code, SECTIONS[section], tree)
                made[section][code] = self._with_file(record, tree, entry)
            except Unfit as error:
                self._unfit(error, entry, f"{section}/{code}")
                self.broken.add((section, code))
            self.entries[section, code] = _Entry(entry.file, tree)
        self.problems += shorthands.problems
        return made

    def _trees(self, section: str) -> Mapping[str, Tree]:
        return {code: entry.tree for (where, code), entry in self.entries.items() if where == section}

    def _unfit(self, error: Exception, entry: _Entry, path: str) -> None:
        if isinstance(error, Unfit):
            place = Place(entry.file, error.tree.line, error.tree.column, path)
            self.problems.append(Problem(error.code, place, error.values_))

    def _with_file(self, record: Any, tree: Tree, entry: _Entry) -> Any:
        """Code lists and calendars may name a CSV beside them."""
        if "file" not in tree.entries or not isinstance(record, CodeList | Calendar):
            return record
        spot = tree.entries["file"]
        place = Place(entry.file, spot.line, spot.column, f"{record.place.path}/file")
        path = self._beside(spot.raw, place)
        rows = self._rows(path) if path else None
        if rows is None or path is None:
            return record
        if isinstance(record, CodeList):
            items = self._code_items(rows, self._name(path), place)
            return replace(record, items={**items, **record.items})
        return replace(record, days=(*record.days, *self._days(rows, self._name(path), place)))

    def _beside(self, name: str, place: Place) -> Path | None:
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            self.problems.append(Problem("pack.file_outside", place, {"file": name}))
            return None
        if not path.is_file():
            known = [str(p.relative_to(self.folder)) for p in sorted(self.folder.rglob("*.csv"))]
            values = {"file": name, "nearest": nearest(name, known) or "—"}
            self.problems.append(Problem("pack.file_missing", place, values))
            return None
        return self.folder / name

    def _rows(self, path: Path) -> list[dict[str, str]] | None:
        text = self._text(path)
        if text is None:
            return None
        return list(csv.DictReader(io.StringIO(text), restkey="", restval=""))

    def _code_items(self, rows: list[dict[str, str]], file: str, place: Place) -> dict[str, CodeItem]:
        if not self._has_columns(rows, ("code", "zh"), file, place):
            return {}
        items: dict[str, CodeItem] = {}
        for number, row in enumerate(rows, 2):
            code = (row.get("code") or "").strip()
            if not code or code in items:
                problem_code = "codes.twice" if code else "codes.empty"
                self.problems.append(Problem(problem_code, Place(file, number, 1, place.path), {"code": code}))
                continue
            cells = {key: _cell(value, number) for key, value in row.items() if key != "code" and value}
            try:
                items[code] = code_item(code, Tree(cells, number, 1))
            except (Unfit, ValueError):
                values = {"code": code, "found": f"{row.get('level')}, {row.get('from')}, {row.get('to')}"}
                self.problems.append(Problem("codes.unreadable", Place(file, number, 1, place.path), values))
        return items

    def _days(self, rows: list[dict[str, str]], file: str, place: Place) -> tuple[CalendarDay, ...]:
        if not self._has_columns(rows, ("day", "is_off"), file, place):
            return ()
        days: list[CalendarDay] = []
        for number, row in enumerate(rows, 2):
            off = row["is_off"].strip().lower()
            try:
                if off not in _OFF:
                    raise ValueError(off)
                days.append(
                    CalendarDay(day=date.fromisoformat(row["day"]), is_off=_OFF[off], label=row.get("label", ""))
                )
            except ValueError:
                values = {"day": row["day"], "is_off": row["is_off"]}
                self.problems.append(Problem("calendar.unreadable", Place(file, number, 1, place.path), values))
        return tuple(days)

    def _has_columns(self, rows: list[dict[str, str]], needed: tuple[str, ...], file: str, place: Place) -> bool:
        missing = [name for name in needed if not rows or name not in rows[0]]
        if missing:
            values = {"file": file, "missing": ", ".join(missing)}
            self.problems.append(Problem("pack.csv_columns", place, values))
        return not missing

    def _text(self, path: Path) -> str | None:
        """The text of a file, with its hash kept; a broken encoding is a problem, never a guess."""
        name = self._name(path)
        data = path.read_bytes()
        self.files[str(path.relative_to(self.folder).as_posix())] = hashlib.sha256(data).hexdigest()
        if len(data) > LARGEST_BYTES:
            self.problems.append(Problem("pack.file_large", Place(name), {"bytes": str(len(data))}))
            return None
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.problems.append(Problem("pack.encoding", Place(name, line), {"encoding": _guess(data)}))
            return None

    def _name(self, path: Path) -> str:
        return f"{self.folder.name}/{path.relative_to(self.folder).as_posix()}"


_OFF = {"1": True, "0": False, "true": True, "false": False}


def _cell(value: str, line: int) -> Tree:
    text = value.strip()
    return Tree(text or None, line, 1, text)


def _guess(data: bytes) -> str:
    """What a file that is no UTF-8 may be, for the remedy only."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "UTF-16"
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return "?"
    return "GBK / GB 18030"


def read_pack(folder: Path) -> PackReading:
    """Read the pack in a folder, with every problem of form at once.

    Args:
        folder: The pack's folder; every ``*.yaml`` below it is read.
    """
    return _Reader(Path(folder)).read()
