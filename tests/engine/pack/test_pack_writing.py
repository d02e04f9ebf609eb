"""What is read can be written, and what is written reads as the same pack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.periods import Validity
from yuanzhi.engine.pack import CompiledPack, Pack, PackReading, compile_pack, compose, find_packs, read_pack
from yuanzhi.engine.pack.diff import compare_packs
from yuanzhi.engine.pack.model import Clause, DatedValue, Example, Identity, Parameter
from yuanzhi.engine.pack.writing import write_pack

Read = Callable[..., PackReading]


def uncompiled(pack: Pack) -> CompiledPack:
    return CompiledPack(compose([pack]), {})


def again(pack: Pack, folder: Path) -> Pack:
    place = folder / "again"
    place.mkdir(exist_ok=True)
    (place / "pack.yaml").write_text(write_pack(pack), encoding="utf-8")
    reading = read_pack(place)
    assert reading.problems == (), [problem.text("en") for problem in reading.problems]
    assert reading.pack is not None
    return reading.pack


def assert_same(one: Pack, two: Pack) -> None:
    assert compare_packs(uncompiled(one), uncompiled(two)).changes == ()
    assert replace(one.identity, place=two.identity.place) == two.identity


def test_the_small_pack_comes_back(read: Read, tmp_path: Path) -> None:
    pack = read().pack
    assert pack is not None
    assert_same(pack, again(pack, tmp_path))
    assert write_pack(again(pack, tmp_path)) == write_pack(pack)


@pytest.mark.parametrize("code", sorted(find_packs()))
def test_a_shipped_pack_comes_back(code: str, tmp_path: Path) -> None:
    pack = read_pack(find_packs()[code]).pack
    assert pack is not None
    assert_same(pack, again(pack, tmp_path))


def test_what_comes_back_compiles_to_the_same(read: Read, tmp_path: Path) -> None:
    pack = read().pack
    assert pack is not None
    one, two = (compile_pack(compose([each])) for each in (pack, again(pack, tmp_path)))
    assert {trail: formula.canonical for trail, formula in one.formulas.items()} == {
        trail: formula.canonical for trail, formula in two.formulas.items()
    }


characters = st.characters(exclude_categories=("Cs", "Co", "Cc", "Cn"), exclude_characters="\ufeff\u2028\u2029\x85")
texts = st.text(characters, min_size=1, max_size=20).map(str.strip).filter(bool)
labels = st.builds(Label, texts, texts)
names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9)
days = st.dates(date(1949, 10, 1), date(2099, 12, 31))
scalars: st.SearchStrategy[Any] = st.one_of(decimals, texts, st.booleans(), days)


@st.composite
def packs(draw: st.DrawFn) -> Pack:
    def parameter(code: str) -> Parameter:
        first = draw(st.one_of(st.none(), days))
        value = DatedValue(first=first, value=draw(scalars), basis=Basis.CHOSEN, why=draw(labels))
        return Parameter(code=code, label=draw(labels), unit=draw(texts), values=(value,))

    facts = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3))
    identity = Identity(
        code="drawn", version=draw(texts), title=draw(labels), issuer=draw(labels),
        in_force=Validity(draw(st.one_of(st.none(), days)), None),
    )  # fmt: skip
    return Pack(
        identity=identity,
        clauses={key: Clause(code=key, text=draw(labels)) for key in draw(st.lists(texts, max_size=3, unique=True))},
        parameters={key: parameter(key) for key in draw(st.lists(names, max_size=3, unique=True))},
        examples={
            key: Example(code=key, of="rules/x", facts=draw(st.dictionaries(names, facts, max_size=3)))
            for key in draw(st.lists(names, max_size=2, unique=True))
        },
    )


@given(packs())
def test_any_pack_comes_back(pack: Pack) -> None:
    with TemporaryDirectory() as folder:
        assert_same(pack, again(pack, Path(folder)))


def test_exact_numbers_come_back_exactly(read: Read, tmp_path: Path) -> None:
    pack = read().pack
    assert pack is not None
    values = {"a": Decimal("0.10"), "b": Decimal("1E+3"), "c": Decimal("123456789012345678901234567890.123456789")}
    example = Example(code="x", of="rules/priority", facts=values)
    found = again(replace(pack, examples={"x": example}), tmp_path).examples["x"].facts
    assert found == values
    assert not any(isinstance(value, float) for value in found.values())
