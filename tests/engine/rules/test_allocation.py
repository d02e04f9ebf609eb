"""Amounts given out by rank."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_world import DAY, compiled_pack

from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.problems import ProblemsError
from yuanzhi.engine.pack import CompiledPack
from yuanzhi.engine.rules import GrantStatus, allocate
from yuanzhi.engine.rules.granting import Request, grant

PACK = """
forms:
  requests:
    subject: request
    frequency: once
    items:
      wanted: {label: {zh: 申请量, en: wanted}, unit: 亩}
      is_major: {label: {zh: 重大项目, en: major project}, type: boolean}
      filed: {label: {zh: 申请日, en: filed on}, type: date}
      is_open: {label: {zh: 可受理, en: admissible}, type: boolean}
parameters:
  freed: {label: {zh: 腾出指标, en: freed}, unit: 亩, value: 30, basis: chosen, why: 示意}
  unset: {label: {zh: 未定, en: open}, unit: 亩, values: []}
allocations:
  energy:
    label: {zh: 腾出指标分配, en: Freed quota}
    clause: "1"
    subject: request
    unit: 亩
    request: wanted
    amount: p.freed
    where: is_open
    order_by: [[is_major, desc], [filed, asc]]
  whole: {subject: request, unit: 亩, request: wanted, amount: p.freed, order_by: [[filed, asc]], partial: false}
  blank: {subject: request, unit: 亩, request: wanted, amount: p.unset, order_by: [[filed, asc]]}
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> CompiledPack:
    return compiled_pack(tmp_path_factory.mktemp("pack"), PACK)


def request(
    code: str, wanted: Any, *, major: Any = False, filed: str | None = "2018-01-01", is_open: Any = True
) -> dict:
    day = date.fromisoformat(filed) if filed else None
    return {"id": code, "wanted": wanted, "is_major": major, "filed": day, "is_open": is_open}


ORDINARY = request("ordinary", 20, filed="2018-01-05")
MAJOR = request("major", 25, major=True, filed="2018-03-01")


def test_t57_the_major_project_first_then_what_is_left(compiled: CompiledPack) -> None:
    found = allocate(compiled, "energy", [ORDINARY, MAJOR], as_of=DAY)
    assert found.granted == {"major": Decimal(25), "ordinary": Decimal(5)}
    assert (found.amount, found.left, found.unit, found.basis) == (30, 0, "亩", Basis.CHOSEN)
    (tail,) = found.tail
    assert (tail.id, tail.status, tail.rank) == ("ordinary", GrantStatus.PARTIAL, 2)
    assert tail.reason.zh == "第2位，申请 20 亩，仅余 5 亩，给予 5 亩；在先：major（small#1）。"
    assert "only 5 亩 left, granted 5 亩; before it: major" in tail.reason.en


def test_the_amount_may_be_given(compiled: CompiledPack) -> None:
    assert allocate(compiled, "energy", [ORDINARY, MAJOR], 45, as_of=DAY).granted == {"major": 25, "ordinary": 20}


def test_without_partial_grants_nothing_smaller_overtakes(compiled: CompiledPack) -> None:
    rows = [
        request("a", 20, filed="2018-01-01"),
        request("b", 20, filed="2018-02-01"),
        request("c", 5, filed="2018-03-01"),
    ]
    found = allocate(compiled, "whole", rows, as_of=DAY)
    assert found.granted == {"a": 20}
    assert found.left == 10
    assert [grant.status for grant in found.tail] == [GrantStatus.USED_UP, GrantStatus.USED_UP]


def test_a_tie_that_the_amount_covers_is_granted(compiled: CompiledPack) -> None:
    found = allocate(compiled, "energy", [request("a", 10), request("b", 20)], as_of=DAY)
    assert found.granted == {"a": 10, "b": 20}
    assert {grant.rank for grant in found.grants} == {1}


def test_a_tie_at_the_cut_waits_for_a_person(compiled: CompiledPack) -> None:
    rows = [MAJOR, request("a", 10), request("b", 20), request("later", 1, filed="2018-06-01")]
    found = allocate(compiled, "energy", rows, as_of=DAY)
    assert found.granted == {"major": 25}
    assert [(grant.id, grant.status, grant.rank) for grant in found.tail] == [
        ("a", GrantStatus.TIED, 2), ("b", GrantStatus.TIED, 2), ("later", GrantStatus.USED_UP, 4),
    ]  # fmt: skip
    assert found.left == 5
    assert "由人决定" in found.tail[0].reason.zh


@pytest.mark.parametrize(
    ("row", "status", "missing"),
    [
        pytest.param(request("x", 5, is_open=False), GrantStatus.INELIGIBLE, (), id="does not qualify"),
        pytest.param(request("x", 0), GrantStatus.INELIGIBLE, (), id="asks for nothing"),
        pytest.param(request("x", 5, is_open=None), GrantStatus.UNDETERMINED, ("is_open",), id="not told whether"),
        pytest.param(request("x", None), GrantStatus.UNDETERMINED, ("wanted",), id="not told how much"),
        pytest.param(request("x", 5, filed=None), GrantStatus.UNDETERMINED, ("filed",), id="not told when"),
    ],
)
def test_what_has_no_place_says_why(
    compiled: CompiledPack, row: dict[str, Any], status: GrantStatus, missing: tuple[str, ...]
) -> None:
    found = allocate(compiled, "energy", [ORDINARY, row], as_of=DAY)
    last = found.grants[-1]
    assert (last.id, last.status, last.rank, last.granted, last.missing) == ("x", status, None, 0, missing)
    assert last.reason.zh
    assert last.reason.en


@pytest.mark.parametrize(
    ("allocation", "rows", "fragments"),
    [
        pytest.param("blank", [ORDINARY], ("blank", "p.unset"), id="no amount"),
        pytest.param("energy", [ORDINARY, ORDINARY], ("energy", "ordinary"), id="one id twice"),
    ],
)
def test_refusals(
    compiled: CompiledPack, allocation: str, rows: list[dict[str, Any]], fragments: tuple[str, ...]
) -> None:
    with pytest.raises(ProblemsError) as refused:
        allocate(compiled, allocation, rows, as_of=DAY)
    for fragment in fragments:
        assert fragment in str(refused.value)


REQUESTS = st.lists(
    st.builds(
        lambda wanted, first, second: (wanted, (first, second)),
        st.integers(min_value=-1, max_value=30),
        st.integers(min_value=0, max_value=3),
        st.integers(min_value=0, max_value=3),
    ),
    max_size=8,
).map(
    lambda rows: [Request(id=f"r{at}", requested=Fraction(wanted), keys=keys) for at, (wanted, keys) in enumerate(rows)]
)


@given(requests=REQUESTS, amount=st.integers(min_value=0, max_value=60), partial=st.booleans(), seed=st.randoms())
def test_grants_keep_to_amount_and_order(requests: list[Request], amount: int, partial: bool, seed: Any) -> None:
    grants, left = grant(requests, Fraction(amount), ["desc", "asc"], partial=partial)
    shuffled = list(requests)
    seed.shuffle(shuffled)
    assert grant(shuffled, Fraction(amount), ["desc", "asc"], partial=partial) == (grants, left), "order is no matter"
    assert sum((Fraction(own.granted) for own in grants), left) == amount
    assert all(0 <= own.granted <= max(own.requested or 0, 0) for own in grants)
    ranked = [own for own in grants if own.rank is not None]
    short = next((at for at, own in enumerate(ranked) if own.granted < own.requested), len(ranked))
    assert all(own.granted == 0 for own in ranked[short + 1 :]), "nobody overtakes one who went short"
    assert partial or all(own.status is not GrantStatus.PARTIAL for own in grants)
