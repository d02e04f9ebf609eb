"""Every pack shipped with the product reads, composes, compiles and checks; its words stand in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from yuanzhi.engine.assessment import check_scheme, why_not_run
from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.problems import Problem, Severity
from yuanzhi.engine.pack import Chain, CompiledPack, Pack, compile_pack, compose, find_packs, load_chain
from yuanzhi.engine.pack.checking import check_pack
from yuanzhi.engine.runs.examples import run_examples

CODES = sorted(find_packs())


@cache
def chain(code: str) -> Chain:
    return load_chain(code)


@cache
def compiled(code: str) -> CompiledPack:
    return compile_pack(compose(chain(code).packs))


def own_pack(code: str) -> Pack:
    return next(pack for pack in chain(code).packs if pack.code == code)


def said(problems: Iterator[Problem] | tuple[Problem, ...]) -> list[str]:
    return [f"{one.place} {one.code} {dict(one.values)}" for one in problems if one.severity is Severity.ERROR]


def test_the_shipped_packs_are_found() -> None:
    assert {"cn-base", "cn-etdz-2021", "qinghai-2018"} <= set(CODES)
    assert len(CODES) >= 20


@pytest.mark.parametrize("code", CODES)
def test_pack_reads(code: str) -> None:
    assert not chain(code).problems
    assert not own_pack(code).broken


@pytest.mark.parametrize("code", CODES)
def test_pack_composes_compiles_and_checks(code: str) -> None:
    found = check_pack(compiled(code).composition, compiled(code))
    assert not said(found)


@pytest.mark.parametrize("code", CODES)
def test_pack_has_no_warning_it_does_not_answer(code: str) -> None:
    """A warning of a shipped pack is either mended or stands here with its reason."""
    found = check_pack(compiled(code).composition, compiled(code))
    left = [one for one in found if one.severity is Severity.WARNING and one.code not in ANSWERED.get(code, {})]
    assert not [f"{one.place} {one.code} {dict(one.values)}" for one in left]


ANSWERED: dict[str, dict[str, str]] = {}


@pytest.mark.parametrize("code", CODES)
def test_pack_stands_in_its_own_folder(code: str) -> None:
    assert own_pack(code).identity.code == code


def labels(record: object) -> Iterator[Label]:
    for name in ("label", "heading", "text", "note", "ambiguity", "title", "issuer"):
        found = getattr(record, name, None)
        if isinstance(found, Label):
            yield found


@pytest.mark.parametrize("code", CODES)
def test_words_stand_in_both_languages(code: str) -> None:
    pack = own_pack(code)
    sections = ("clauses", "parameters", "units", "codes", "forms", "indicators", "rules", "schemes", "consequences")
    records = [record for section in sections for record in getattr(pack, section).values()]
    records += [item for form in pack.forms.values() for item in form.items.values()]
    records += list(pack.examples.values())
    lacking = [one.zh for record in [pack.identity, *records] for one in labels(record) if bool(one.zh) != bool(one.en)]
    assert not [text for text in lacking if any("一" <= sign <= "鿿" for sign in text)]


@pytest.mark.parametrize("code", CODES)
def test_chosen_and_missing_values_say_why(code: str) -> None:
    silent = [
        parameter.code
        for parameter in own_pack(code).parameters.values()
        for value in parameter.values
        if value.basis is not Basis.STATED and not value.why.zh
    ]
    assert not silent


@pytest.mark.parametrize("code", CODES)
def test_schemes_run_or_say_what_is_missing(code: str) -> None:
    for scheme in own_pack(code).schemes.values():
        lacking = why_not_run(scheme)
        others = [one for one in check_scheme(scheme) if one not in lacking]
        assert not said(tuple(others)), scheme.code
        if lacking:
            assert scheme.missing_parts, scheme.code
            assert scheme.basis is Basis.MISSING, scheme.code


@pytest.mark.parametrize("code", CODES)
def test_examples_hold(code: str) -> None:
    results = run_examples(compiled(code), [code])
    assert not [f"{own.example.code}: {dict(one.values)}" for own in results for one in own.problems]
    assert len(results) == len(own_pack(code).examples)


@pytest.mark.parametrize("code", CODES)
def test_every_scheme_and_machine_has_an_example(code: str) -> None:
    pack = own_pack(code)
    shown = {example.of for example in pack.examples.values()}
    wanted = {f"schemes/{own}" for own, scheme in pack.schemes.items() if not why_not_run(scheme)}
    wanted |= {f"consequences/{own}" for own in pack.consequences}
    assert not wanted - shown
