"""The command line run inside the test, and a small workspace made with it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_workspace import PROVINCE, Command, lay_down

from yuanzhi.cli.main import yuanzhi


@pytest.fixture(scope="session")
def command() -> Command:
    """Run a command; ``exit`` is the exit code that is expected."""

    def running(*arguments: object, lang: str = "en", exit: int = 0) -> Result:
        result = CliRunner().invoke(yuanzhi, ["--lang", lang, *(str(own) for own in arguments)])
        trace = "" if result.exception is None else repr(result.exception)
        assert result.exit_code == exit, f"{arguments}\n{result.output}\n{trace}"
        assert exit or result.exception is None, trace
        assert not isinstance(result.exception, Exception) or isinstance(result.exception, SystemExit), trace
        return result

    return running


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory, command: Command) -> Path:
    """A workspace from init to a run, made with the command line alone."""
    place = tmp_path_factory.mktemp("cli")
    (place / "province-2018").mkdir()
    shutil.copy(PROVINCE, place / "province-2018" / "pack.yaml")
    folder = place / "workspace"
    command("init", folder, "--pack", place / "province-2018", "--title", "示例: 省")
    lay_down(folder, command)
    command("freeze", folder, "--name", "2020", "--known", "2021-06-30")
    command("run", folder, "--years", "2020", "--name", "first")
    return folder


@pytest.fixture
def copy(province: Path, tmp_path: Path) -> Path:
    """The workspace to change at will."""
    return Path(shutil.copytree(province, tmp_path / "workspace"))
