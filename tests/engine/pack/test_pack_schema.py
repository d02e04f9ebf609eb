"""The published schema is current, and says of every record what the reader takes."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

from yuanzhi.engine.pack import find_packs
from yuanzhi.engine.pack.schema import pack_schema
from yuanzhi.engine.pack.shapes import SECTIONS

ROOT = Path(__file__).resolve().parents[3]


def test_the_published_schema_is_current() -> None:
    published = ROOT / "docs" / "reference" / "pack-schema.json"
    assert json.loads(published.read_text(encoding="utf-8")) == pack_schema(), "run tools/write_schema.py"


def test_the_schema_is_one() -> None:
    jsonschema_rs.meta.validate(pack_schema())


def test_every_section_stands_in_the_schema() -> None:
    assert set(pack_schema()["properties"]) == {"pack", *SECTIONS}


@pytest.mark.parametrize("key", ["place", "positions", "broken", "files"])
def test_what_the_reader_fills_nobody_writes(key: str) -> None:
    for name, body in pack_schema()["$defs"].items():
        assert key not in body.get("properties", {}), name


def test_shipped_packs_are_found_with_the_package() -> None:
    assert "cn-base" in find_packs()
