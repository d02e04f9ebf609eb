"""Real registrations of enterprises, read where they are at hand: dirt and all."""

from __future__ import annotations

import os
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from record_builders import DECLARED

from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.periods import Frequency
from yuanzhi.engine.kernel.problems import Severity
from yuanzhi.engine.pack.model import Form, Item
from yuanzhi.engine.records import ImportOptions, import_returns, read_sheets
from yuanzhi.engine.records.sheets import Sheet
from yuanzhi.engine.records.subject_index import credit_code_fault

SHARED = Path(os.environ.get("YUANZHI_SHARED", Path(__file__).parents[4] / "shared"))
REGISTRY = SHARED / "data" / "enterprise-registry" / "qinghai.csv"


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    if not REGISTRY.exists():
        pytest.skip("the registrations are not at hand")
    return read_sheets(REGISTRY.read_bytes(), "qinghai.csv").sheets[0]


def test_wrong_credit_codes_of_real_registrations_are_found(sheet: Sheet) -> None:
    codes = [str(row[1]) for row in sheet.rows[1:]]
    faults = Counter(fault[0] for code in codes if (fault := credit_code_fault(code, None)))
    assert len(codes) == 4105
    assert sum(faults.values()) == 4


def test_real_capital_with_its_many_units_is_read_or_named(sheet: Sheet) -> None:
    """``50(万元)`` is read, ``78.4000(万美元)`` is named, ``N/A`` is missing: each row is somewhere."""
    items = {
        "capital": Item(code="capital", label=Label("注册资金"), unit="万元", scale=4),
        "founded": Item(code="founded", label=Label("注册日期"), type="date"),
        "scope": Item(code="scope", label=Label("经营范围"), type="text"),
    }
    form = Form(code="registry", subject="enterprise", frequency=Frequency.ONCE, items=items)
    from yuanzhi.engine.kernel.periods import Period

    options = ImportOptions(recorded=datetime(2019, 1, 1), period=Period.read("2019-01-01"))
    result = import_returns([sheet], form, DECLARED, options)
    assert result.rows.num_rows + result.held.num_rows == 4105
    assert result.rows["capital"].null_count < 4105
    refused = [own for own in result.findings if own.severity is Severity.ERROR]
    assert refused
    assert all(own.place.cell for own in refused)
