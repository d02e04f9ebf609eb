"""What a user gets: the wheel holds the packs, the first script works without anything."""

from __future__ import annotations

import ast
import re
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest
from hatchling.builders.wheel import WheelBuilder
from source import ROOT, SOURCE

BOOTSTRAP = ROOT / "bootstrap.py"


@pytest.fixture(scope="module")
def wheel_files() -> set[str]:
    return {Path(found.distribution_path).as_posix() for found in WheelBuilder(str(ROOT)).recurse_included_files()}


@pytest.fixture(scope="module")
def bootstrap() -> dict[str, Any]:
    return runpy.run_path(str(BOOTSTRAP))


@pytest.mark.parametrize("folder", ["packs", "cli/demo/facts"])
def test_the_wheel_holds_all_data(wheel_files: set[str], folder: str) -> None:
    data = {f"yuanzhi/{path.relative_to(SOURCE).as_posix()}" for path in (SOURCE / folder).rglob("*") if path.is_file()}
    assert data
    assert not {name for name in data - wheel_files if "__pycache__" not in name}


def test_templates_are_in_the_wheel(wheel_files: set[str]) -> None:
    others = {path for path in SOURCE.rglob("*") if path.suffix in (".html", ".css", ".j2", ".js", ".jinja")}
    assert not {f"yuanzhi/{path.relative_to(SOURCE).as_posix()}" for path in others} - wheel_files


def test_the_first_script_needs_nothing_but_python() -> None:
    module = ast.parse(BOOTSTRAP.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(module) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= set(sys.stdlib_module_names)


def test_the_newest_release_of_pip_is_chosen(bootstrap: dict[str, Any]) -> None:
    names = [
        "pip-9.0.3-py3-none-any.whl",
        "pip-23.0.1-py3-none-any.whl",
        "pip-23.1-py3-none-any.whl",
        "pipx-99.0.tar.gz",
    ]
    assert bootstrap["newest_wheel"](dict.fromkeys(names, "")) == "pip-23.1-py3-none-any.whl"
    assert bootstrap["newest_wheel"]({}) == ""


def test_a_changed_pin_asks_for_a_new_environment(
    bootstrap: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "constraints").mkdir()
    (tmp_path / "pyproject.toml").write_text("a")
    pins = tmp_path / "constraints" / "run.txt"
    stamp = bootstrap["stamp"]
    monkeypatch.setitem(stamp.__globals__, "ROOT", tmp_path)
    names = []
    for content in ("click==1", "click==2", "click==1"):
        pins.write_text(content)
        names.append(stamp("run").name)
    assert names[0] == names[2] != names[1]


def test_registries_come_from_the_machines_settings(
    bootstrap: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "pip.conf"
    settings.write_text(
        "[global]\nindex-url = file:///mirror/one\nextra-index-url =\n    file:///two\n    file:///three\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    monkeypatch.setenv("PIP_INDEX_URL", "file:///mine")
    found = bootstrap["configured_indexes"]()
    assert found[0] == "file:///mine"
    assert {"file:///mirror/one", "file:///two", "file:///three"} <= set(found)


def test_every_requirement_says_what_it_is_for() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    bare = [line for line in text.splitlines() if re.match(r'  "[A-Za-z].*[>=<].*",\s*$', line)]
    assert not bare
