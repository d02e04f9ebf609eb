"""A small valid pack, and ways to read it with one change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from yuanzhi.engine.pack import PackReading, read_pack

SMALL = (Path(__file__).parent / "small_pack.yaml").read_text(encoding="utf-8")


def changed(text: str, old: str, new: str) -> str:
    """The text with one change; the passage to change must stand there exactly once."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


@pytest.fixture
def small() -> str:
    return SMALL


@pytest.fixture
def change() -> Callable[[str, str], str]:
    """The small pack with one passage replaced."""
    return lambda old, new: changed(SMALL, old, new)


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., PackReading]:
    """Write files into a folder and read it as a pack; a single text is ``pack.yaml``."""

    def reading(text: str | bytes = SMALL, folder: str = "small", **files: str | bytes) -> PackReading:
        place = tmp_path / folder
        for name, content in {"pack.yaml": text, **files}.items():
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_pack(place)

    return reading
