"""The examples run and print what they say they print."""

from __future__ import annotations

import ast
import runpy
import textwrap
from pathlib import Path

import pytest
from source import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_prints_what_it_says(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    promise = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("Prints:\n")[2]
    runpy.run_path(str(path), run_name="__main__")
    assert capsys.readouterr().out.strip() == textwrap.dedent(promise).strip()


def test_every_example_is_listed() -> None:
    text = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    assert EXAMPLES
    assert not [path.name for path in EXAMPLES if f"]({path.name})" not in text]
