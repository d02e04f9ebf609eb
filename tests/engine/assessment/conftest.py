"""A small pack, compiled once, and a way to assess rows by one of its schemes."""

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from yuanzhi.engine.assessment import Matrix, assess
from yuanzhi.engine.pack import compose, read_pack
from yuanzhi.engine.pack.compiling import compile_pack

HERE = Path(__file__).parent
DAY = date(2020, 12, 31)


@pytest.fixture(scope="session")
def small_pack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    shutil.copy(HERE / "small_pack.yaml", folder)
    reading = read_pack(folder)
    assert not reading.problems, [problem.text("en") for problem in reading.problems]
    compiled = compile_pack(compose([reading.pack]))
    assert not compiled.problems, [problem.text("en") for problem in compiled.problems]
    return compiled


@pytest.fixture
def assess_rows(small_pack):
    """Assess rows of facts; numbers that are indicators go into the matrix, everything into the facts."""

    def run(scheme, **rows):
        facts = {
            unit: {
                name: value if isinstance(value, bool) or value is None else Decimal(str(value))
                for name, value in row.items()
            }
            for unit, row in rows.items()
        }
        indicators = sorted(small_pack.composition.indicators)
        values = {
            unit: {name: row.get(name) for name in indicators if not isinstance(row.get(name), bool)}
            for unit, row in facts.items()
        }
        return assess(
            small_pack,
            scheme,
            Matrix.of(values, indicators=indicators),
            parameters=small_pack.parameters_on(DAY),
            facts_by_unit=facts,
        )

    return run
