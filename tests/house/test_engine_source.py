"""The engine explains itself, holds no law and knows no place."""

from __future__ import annotations

import ast
import csv
from pathlib import Path

import pytest
from source import ENGINE, MESSAGES, SOURCE, constants, modules, shown, tree

REGIONS = SOURCE / "packs" / "cn-base" / "codes" / "regions.csv"
CODE = modules(ENGINE)
YEARS = frozenset(range(1949, 2101)) - {2000}
"""The years a text could mean; 2000 serves as any day where one is needed."""


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ENGINE)))
def test_public_functions_and_classes_say_what_they_are(path: Path) -> None:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    silent = [
        f"{shown(path, node.lineno)} {node.name}"
        for node in tree(path).body
        if isinstance(node, kinds) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert not silent


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ENGINE)))
def test_a_module_says_what_it_owns(path: Path) -> None:
    assert ast.get_docstring(tree(path))


def test_no_place_is_named_in_engine_code() -> None:
    names = place_names()
    found = [
        f"{shown(path, line)}: {value!r}"
        for path in CODE
        for line, value in constants(path)
        if isinstance(value, str) and any(name in value for name in names)
    ]
    assert not found


def test_no_year_stands_in_engine_code() -> None:
    found = [
        f"{shown(path, line)}: {value!r}"
        for path in CODE
        if MESSAGES not in path.parents
        for line, value in constants(path)
        if type(value) is int and value in YEARS
    ]
    assert not found


def place_names() -> set[str]:
    """The names of provinces and prefectures, in both languages, short forms included."""
    with REGIONS.open(encoding="utf-8") as opened:
        rows = [row for row in csv.DictReader(opened) if row["level"] in ("1", "2")]
    chinese = {row["zh"] for row in rows} | {row["zh"][:2] for row in rows if row["zh"][2:3] in "省市"}
    english = {row["en"] for row in rows if len(row["en"]) > 4}
    return {name for name in chinese | english if name}
