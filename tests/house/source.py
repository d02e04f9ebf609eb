"""The repository as the house tests read it: its files, its syntax trees, its words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "yuanzhi"
ENGINE = SOURCE / "engine"
MESSAGES = ENGINE / "kernel" / "messages"
_LEFT_OUT = {".git", ".venv", "node_modules", "workspace", "dist", "build"}
_TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".txt", ".csv", ".json", ".html", ".css", ".js", ".cfg", ""}


def repository_files() -> Iterator[Path]:
    """Every text file of the repository; caches and environments left out."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(part in _LEFT_OUT or part.endswith("cache") or part.endswith("_cache__") for part in parts)
        if path.is_file() and path.suffix in _TEXT and not hidden and not any(p.startswith(".hypo") for p in parts):
            yield path


def modules(folder: Path) -> list[Path]:
    """The Python modules below a folder."""
    return sorted(folder.rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def docstrings(module: ast.Module) -> set[int]:
    """The identities of the constants that are docstrings, those after an attribute included."""
    found = set()
    for node in ast.walk(module):
        for statement in getattr(node, "body", []) if not isinstance(node, ast.Lambda | ast.IfExp) else []:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                found.add(id(statement.value))
    return found


def constants(path: Path) -> Iterator[tuple[int, object]]:
    """Line and value of every constant of a module that is no docstring."""
    module = tree(path)
    words = docstrings(module)
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and id(node) not in words:
            yield node.lineno, node.value


def shown(path: Path, line: int = 0) -> str:
    """A place in the repository."""
    return f"{path.relative_to(ROOT)}{f':{line}' if line else ''}"
