"""Every problem can be told in both languages, and every wording is of a problem that exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from source import MESSAGES, SOURCE, constants, modules, shown, tree

from yuanzhi.engine.kernel.messages import Message, all_messages

CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
TABLE = all_messages()
OUTSIDE = [path for path in modules(SOURCE) if MESSAGES not in path.parents]


@pytest.mark.parametrize("code", sorted(TABLE))
def test_a_problem_is_worded_alike_in_both_languages(code: str) -> None:
    message: Message = TABLE[code]
    assert CODE.fullmatch(code), "a code is family.name in lower case"
    assert message.placeholders("zh") == message.placeholders("en")
    for wording in (message.zh, message.en):
        assert wording.found, "the finding must be told"
        assert wording.rule or wording.remedy, "the reader must learn why or what to do"
    assert re.search(r"[\u4e00-\u9fff]", message.zh.found + message.zh.rule), "the Chinese text is not Chinese"
    assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"“[^”]*”|\([^)]*\)", "", message.en.found)), "Chinese in English"


def test_every_problem_raised_has_a_wording() -> None:
    unknown = {f"{place}: {code}" for place, code in raised() if code not in TABLE}
    assert not unknown


def test_every_wording_belongs_to_a_problem_of_the_code() -> None:
    used = {value for path in OUTSIDE for _, value in constants(path) if isinstance(value, str)}
    begun = {start for path in OUTSIDE for start in beginnings(path)}
    dead = {code for code in TABLE if code not in used and not any(code.startswith(start) for start in begun)}
    assert not dead


def raised() -> Iterator[tuple[str, str]]:
    """The codes written as the first argument of ``Problem``."""
    for path in OUTSIDE:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem":
                first = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "code"), None)
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield shown(path, node.lineno), first.value


def beginnings(path: Path) -> Iterator[str]:
    """How codes begin that are put together, such as ``f"snapshot.{what}"``."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            start = str(node.values[0].value)
            if re.fullmatch(r"[a-z_]+\.[a-z_]*", start):
                yield start
