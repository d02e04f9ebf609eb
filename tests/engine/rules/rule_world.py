"""Small packs for rule and allocation tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from yuanzhi.engine.kernel.problems import Severity
from yuanzhi.engine.pack import CompiledPack, compile_pack, compose, read_pack
from yuanzhi.engine.rules import Determination, determine_one

DAY = date(2018, 6, 30)
HEAD = """
pack:
  code: small
  version: "1"
  title: {zh: 小包, en: A small pack}
  issuer: {zh: 示例厅, en: Department of Examples}
  in_force: {from: 2010-01-01}
clauses:
  "1": {label: 第一条, text: {zh: 说明。, en: Text.}}
units:
  元: {dimension: money, factor: 1}
  万元: {dimension: money, factor: 10000}
  亿元: {dimension: money, factor: 100000000}
  美元: {dimension: usd, factor: 1}
  m2: {dimension: area, factor: 1}
  亩: {dimension: area, factor: 2000/3}
  人: {dimension: person, factor: 1}
  "%": {dimension: "1", factor: 1/100}
"""


def compiled_pack(folder: Path, text: str) -> CompiledPack:
    """The pack written in the text, compiled; fails the test where it has errors."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(HEAD + text, encoding="utf-8")
    reading = read_pack(folder)
    assert reading.pack is not None, [problem.text("en") for problem in reading.problems]
    compiled = compile_pack(compose([reading.pack]))
    problems = (*reading.problems, *compiled.composition.problems, *compiled.problems)
    errors = [problem.text("en") for problem in problems if problem.severity is Severity.ERROR]
    assert not errors, errors
    return compiled


def decimals(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts with floats written in the test as exact decimals."""
    return {name: Decimal(str(value)) if isinstance(value, float) else value for name, value in facts.items()}


def asked(compiled: CompiledPack, rule: str, as_of: date = DAY, **facts: Any) -> Determination:
    """One rule for one subject."""
    return determine_one(compiled, rule, decimals(facts), as_of=as_of)
