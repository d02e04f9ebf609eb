"""The pages say what is there: commands, links, packs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from source import ROOT, shown

from yuanzhi.cli.main import yuanzhi

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]*)(#[^)]*)?\)")


def commands(group: click.Group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


@pytest.mark.parametrize("name", sorted(commands(yuanzhi)))
def test_a_command_is_in_the_reference(name: str) -> None:
    assert f"\n## {name}\n" in (DOCS / "reference" / "commands.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_resolve(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = [target for target, _ in LINK.findall(text) if target and "://" not in target]
    assert not [target for target in targets if not (page.parent / target).exists()], shown(page)


def test_every_page_is_reached_from_the_index() -> None:
    reached, waiting = set(), [DOCS / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.exists():
            continue
        reached.add(page)
        links = LINK.findall(page.read_text(encoding="utf-8"))
        waiting += [(page.parent / target).resolve() for target, _ in links if target and "://" not in target]
    assert not [shown(page) for page in DOCS.rglob("*.md") if page.resolve() not in reached]


def test_commands_in_the_pages_exist() -> None:
    known = {name.split()[0] for name in commands(yuanzhi)} | {"COMMAND"}
    own = {"test", "bench"}
    unknown = []
    for page in PAGES:
        for line in page.read_text(encoding="utf-8").splitlines():
            for runner, name in re.findall(r"(bootstrap\.py|\byuanzhi) ([a-zA-Z][\w-]*)", line):
                is_command = line.startswith("    ") or "`" in line
                if is_command and name not in known and not (runner == "bootstrap.py" and name in own):
                    unknown.append(f"{shown(page)}: {runner} {name}")
    assert not unknown


def test_the_two_commands_stand_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "python3 bootstrap.py demo" in text
    assert "python3 bootstrap.py test" in text
    assert "python3 bootstrap.py test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
