"""The small province, run once for the tests that only look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from run_world import PLAN, PROVINCE, QUICK, compiled_of, read, snapshot_of

from yuanzhi.engine.pack import CompiledPack, Pack
from yuanzhi.engine.records import Snapshot
from yuanzhi.engine.runs.running import Run, make_run


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return read(tmp_path_factory.mktemp("province"))


@pytest.fixture(scope="session")
def compiled(pack: Pack) -> CompiledPack:
    return compiled_of(pack)


@pytest.fixture(scope="session")
def snapshot(compiled: CompiledPack) -> Snapshot:
    return snapshot_of(compiled)


@pytest.fixture(scope="session")
def run(pack: Pack, snapshot: Snapshot) -> Run:
    """Three years of the province."""
    return make_run([pack], snapshot, PLAN, "2018-2020", made="2021-04-01T08:00:00", product="test")


@pytest.fixture(scope="session")
def quick(pack: Pack, snapshot: Snapshot) -> Run:
    """One year of the province."""
    return make_run([pack], snapshot, QUICK, "2019")


@pytest.fixture
def read_pack_of(tmp_path: Path) -> Callable[..., Pack]:
    """Read the province's pack with passages replaced: ``read_pack_of(("old", "new"), more=...)``."""

    def reading(*changes: tuple[str, str], more: str = "") -> Pack:
        text = PROVINCE
        for old, new in changes:
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
            text = text.replace(old, new)
        return read(tmp_path / f"pack{len(list(tmp_path.iterdir()))}", text, more)

    return reading
