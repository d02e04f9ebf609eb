"""The pack that the how-to writes is a pack: it reads, compiles, checks and its examples hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from source import ROOT

from yuanzhi.engine.kernel.problems import has_errors
from yuanzhi.engine.pack import compile_pack, compose, load_chain
from yuanzhi.engine.pack.checking import check_pack
from yuanzhi.engine.pack.shapes import SECTIONS
from yuanzhi.engine.runs.examples import run_examples

PAGE = (ROOT / "docs" / "how-to" / "write-a-pack.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The page's blocks as files of a pack; a block that begins with a section is one."""
    place = tmp_path / "example-2024"
    place.mkdir()
    blocks = re.findall(r"(?:^    .*\n|^\n(?=    ))+", PAGE, re.MULTILINE)
    sections = [block for block in blocks if block.split(":")[0].strip() in {"pack", *SECTIONS}]
    for at, block in enumerate(sections):
        (place / f"{at}.yaml").write_text(re.sub(r"^    ", "", block, flags=re.MULTILINE), encoding="utf-8")
    return tmp_path


def test_the_pack_of_the_page_checks_and_its_examples_hold(folder: Path) -> None:
    chain = load_chain(("example-2024",), (folder,))
    compiled = compile_pack(compose(chain.packs))
    problems = (*chain.problems, *check_pack(compiled.composition, compiled))
    assert not has_errors(problems), [problem.text("en") for problem in problems]
    results = run_examples(compiled)
    own = [result for result in results if result.example.pack == "example-2024"]
    assert len(own) == 2
    assert not [problem.text("en") for result in own for problem in result.problems]
