"""What may not stand in the repository, and what must be current."""

from __future__ import annotations

import re
import runpy
from collections import Counter
from pathlib import Path

import pytest
from source import ROOT, repository_files, shown

# Put together from pieces, so that this file does not hold what it looks for.
HOSTS = ["py" + "pi.org", "python" + "hosted", "npm" + "js", "crates" + ".io", "deb." + "debian", "goo" + "gleapis"]
PATHS = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "/opt/" + "wheels"]
PROMISES = ["TO" + "DO", "FIX" + "ME", "X" + "XX", "NotImplemented" + "Error", "x" + "fail", "pragma: no " + "cover"]
SESSIONS = ["this ses" + "sion", "issue " + "#", "the le" + "ad "]
FILES = list(repository_files())
OWN = {Path(__file__)}


@pytest.mark.parametrize("word", HOSTS + PATHS, ids=lambda word: word.strip("/").replace("/", "-"))
def test_no_registry_and_no_machine_is_named(word: str) -> None:
    assert not places(re.compile(re.escape(word)))


@pytest.mark.parametrize("word", PROMISES)
def test_nothing_is_promised_for_later(word: str) -> None:
    assert not places(re.compile(rf"\b{re.escape(word)}\b"), {".py", ".yaml", ".toml"})


@pytest.mark.parametrize("word", SESSIONS)
def test_no_word_of_how_it_was_made(word: str) -> None:
    assert not places(re.compile(re.escape(word), re.IGNORECASE), {".py", ".md"})


@pytest.mark.parametrize("name", ["bootstrap.py", "Makefile", "pyproject.toml", ".ci/run"])
def test_installing_names_no_address(name: str) -> None:
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_pins_carry_hashes_and_no_address() -> None:
    for file in (ROOT / "constraints").glob("*.txt"):
        text = file.read_text(encoding="utf-8")
        pins = re.findall(r"^[A-Za-z0-9._-]+==.*(?:\n    --hash=sha256:[0-9a-f]{64}.*)+", text, re.MULTILINE)
        assert len(pins) == len(re.findall(r"^[A-Za-z0-9]", text, re.MULTILINE))
        assert "://" not in text


@pytest.mark.parametrize("purpose", ["run", "test", "bench"])
def test_pins_are_current(purpose: str) -> None:
    assert not runpy.run_path(str(ROOT / "tools" / "pin.py"))["faults"](purpose)


def test_reference_pages_are_current() -> None:
    assert not runpy.run_path(str(ROOT / "tools" / "reference.py"))["stale"]()


def places(pattern: re.Pattern[str], endings: set[str] | None = None) -> list[str]:
    """Where a pattern stands, as file and line."""
    found = []
    for file in FILES:
        if file in OWN or (endings and file.suffix not in endings):
            continue
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        found += [shown(file, number) for number, line in enumerate(lines, 1) if pattern.search(line)]
    return found


def test_no_two_test_modules_share_a_name() -> None:
    """Test folders are no packages, so pytest tells modules apart by their name alone."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("*.py") if path.name != "conftest.py")
    assert not [name for name, count in names.items() if count > 1]
