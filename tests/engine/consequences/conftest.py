"""The ladders of a small pack, compiled once, and a short way to ask what follows."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from yuanzhi.engine.consequences import Event, propose
from yuanzhi.engine.pack import compose, read_pack
from yuanzhi.engine.pack.compiling import compile_pack

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def ladders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ladders")
    shutil.copy(HERE / "ladders.yaml", folder)
    reading = read_pack(folder)
    assert not reading.problems, [problem.text("en") for problem in reading.problems]
    compiled = compile_pack(compose([reading.pack]))
    assert not compiled.problems, [problem.text("en") for problem in compiled.problems]
    return compiled


@pytest.fixture
def follows(ladders):
    """What follows for one subject."""

    def ask(machine, results, *events, on=date(2030, 1, 1), facts=None, **keys):
        made = propose(
            ladders,
            machine,
            {"a": results},
            {"a": [Event(event=event, on=date.fromisoformat(day)) for event, day in events]},
            on,
            facts={"a": facts or {}},
            **keys,
        )
        return made.by_subject["a"]

    return ask
