"""The tools say what is wrong, not only that something is."""

from __future__ import annotations

import ast
import runpy
from pathlib import Path
from typing import Any

import pytest
from source import ROOT


@pytest.fixture
def pin(tmp_path: Path) -> dict[str, Any]:
    """The tool on a small project with one requirement."""
    tool = runpy.run_path(str(ROOT / "tools" / "pin.py"))
    (tmp_path / "constraints").mkdir()
    text = '[build-system]\nrequires = []\n[project]\ndependencies = ["click>=8"]\n'
    text += '[project.optional-dependencies]\ndev = ["pytest>=8"]\nbench = []\n'
    (tmp_path / "pyproject.toml").write_text(text)
    for function in ("faults", "requirements"):
        tool[function].__globals__.update(ROOT=tmp_path, FOLDER=tmp_path / "constraints")
    return tool


def pinned(pin: dict[str, Any], purpose: str, text: str) -> None:
    root: Path = pin["faults"].__globals__["FOLDER"]
    (root / f"{purpose}.txt").write_text(f"# {pin['fingerprint'](purpose)}\n{text}")


def test_pins_that_fit_have_no_fault(pin: dict[str, Any]) -> None:
    pinned(pin, "run", "click==8.1 \\\n    --hash=sha256:00\n")
    assert pin["faults"]("run") == []


@pytest.mark.parametrize(
    ("purpose", "text", "fragment"),
    [("run", "rich==14\n", "does not pin click"), ("test", "Click==8.1\n", "does not pin pytest")],
)
def test_a_requirement_without_a_pin_is_named(pin: dict[str, Any], purpose: str, text: str, fragment: str) -> None:
    pinned(pin, purpose, text)
    (fault,) = pin["faults"](purpose)
    assert fragment in fault


def test_pins_of_other_requirements_are_refused(pin: dict[str, Any]) -> None:
    pinned(pin, "run", "click==8.1\n")
    root: Path = pin["faults"].__globals__["ROOT"]
    project = root / "pyproject.toml"
    project.write_text(project.read_text().replace("click>=8", "click>=9"))
    (fault,) = pin["faults"]("run")
    assert "other requirements" in fault


def test_missing_pins_are_named(pin: dict[str, Any]) -> None:
    assert pin["faults"]("bench") == ["constraints/bench.txt is missing"]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("def f():\n    return 1\n", 2),
        ('def f():\n    """One line."""\n    return 1\n', 2),
        ('def f():\n    """Two\n    lines."""\n    return 1\n', 2),
        ("def f(\n    a,\n    b,\n):\n    return a\n", 5),
    ],
)
def test_a_docstring_does_not_make_a_function_long(body: str, lines: int) -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "report_sizes.py"))
    (function,) = ast.parse(body).body
    assert tool["length"](function) == lines
