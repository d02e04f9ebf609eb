"""The ten longest functions and files of the product, for the reviewer to read; refuses nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHOWN = 10
Sized = tuple[int, str]


def main() -> int:
    """Print both lists."""
    files = sorted((ROOT / "src").rglob("*.py"))
    lengths = [(len(file.read_text().splitlines()), str(file.relative_to(ROOT))) for file in files]
    show("longest files (lines)", lengths)
    show("longest functions (lines without docstring)", [found for file in files for found in functions(file)])
    return 0


def functions(file: Path) -> Iterator[Sized]:
    """Every function of a file with its length; nested ones count in their parent too."""
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield length(node), f"{file.relative_to(ROOT)}:{node.lineno} {node.name}"


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function, its docstring left out."""
    whole = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        whole -= (first.end_lineno or first.lineno) - first.lineno + 1
    return whole


def show(title: str, found: list[Sized]) -> None:
    """One list, longest first."""
    print(title)
    for size, name in sorted(found, key=lambda pair: (-pair[0], pair[1]))[:SHOWN]:
        print(f"  {size:5d}  {name}")


if __name__ == "__main__":
    raise SystemExit(main())
