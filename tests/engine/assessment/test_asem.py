"""The reference index is reproduced step by step: 1e-9 for scores, ranks exact."""

import numpy as np
import pytest
from asem_reference import (
    IMPUTE,
    NORMALISE,
    compile_reference,
    expected,
    facts,
    leaves,
    needs_reference,
    nodes_at,
    table,
)

from yuanzhi.engine.assessment import assess

pytestmark = needs_reference
CLOSE = {"rtol": 0, "atol": 1e-9}


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    return compile_reference(tmp_path_factory.mktemp("asem"))


@pytest.fixture(scope="module")
def chain(pack):
    return assess(pack, "chain", facts(), parameters={})


def assert_same(found, wanted):
    """Equal to 1e-9, relative to the size of values in the thousands."""
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("step", ["raw", "denominated", "imputed", "treated", "normalised"])
def test_each_step_of_the_chain(chain, step):
    assert_same(getattr(chain.steps, step), expected(f"expected_default_{step}", leaves()))
