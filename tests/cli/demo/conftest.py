from __future__ import annotations

from pathlib import Path

import pytest

from yuanzhi.cli.demo import DemoSummary, build_workspace


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoSummary:
    """The demonstration's workspace as the main job sets it up."""
    return build_workspace(tmp_path_factory.mktemp("demo") / "province")


@pytest.fixture(scope="session")
def folder(demo: DemoSummary) -> Path:
    return demo.folder
