"""Coverage, a clause with all it drives, and the pack printed whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.pack import CompiledPack, PackReading, compile_pack, compose
from yuanzhi.engine.pack.coverage import Carrier, cover
from yuanzhi.engine.pack.printing import print_html, print_markdown
from yuanzhi.engine.pack.showing import find_clause, show_clause

Read = Callable[..., PackReading]
Change = Callable[[str, str], str]


def compiled(reading: PackReading) -> CompiledPack:
    assert reading.pack is not None
    return compile_pack(compose([reading.pack]))


@pytest.fixture
def whole(read: Read) -> CompiledPack:
    return compiled(read())


def test_coverage_counts_who_carries_clauses_out(read: Read, change: Change) -> None:
    text = change(
        "figures:\n",
        '  "4": {label: 四}\n  "5": {label: 五, carried: not_yet}\n  "6": {label: 序, carried: background}\nfigures:\n',
    )
    (document,) = cover(compiled(read(text)).composition)
    assert [own.carrier for own in document.clauses] == [
        Carrier.ENGINE, Carrier.ENGINE, Carrier.PERSON, Carrier.NOBODY, Carrier.NOT_YET, Carrier.BACKGROUND,
    ]  # fmt: skip
    assert document.share(Carrier.ENGINE) == Decimal("33.3")
    assert document.operative_share == Decimal("40.0")
    assert "rules/priority" in document.clauses[0].trails


def test_a_document_without_clauses_has_no_share(read: Read) -> None:
    (document,) = cover(compiled(read("pack: {code: small, version: '1', title: 空, issuer: 空}\n")).composition)
    assert (document.share(Carrier.ENGINE), document.operative_share) == (None, None)


def test_a_clause_shows_everything_it_drives(whole: CompiledPack) -> None:
    view = show_clause(whole, "1", as_of=date(2019, 1, 1))
    assert view is not None
    assert (view.key, view.carrier) == ("small#1", Carrier.ENGINE)
    assert [figure.code for figure in view.figures] == ["1-f1"]
    assert [(own.parameter.code, own.value, own.basis) for own in view.parameters] == [
        ("least_output", "500 万元/亩", Basis.STATED)
    ]
    trails = [element.trail for element in view.elements]
    assert trails == [
        "indicators/output_per_mu",
        "indicators/output_growth",
        "targets/output_2020",
        "rules/priority",
        "schemes/yearly",
    ]
    rule = view.elements[3]
    assert [example.code for example in rule.examples] == ["first", "not_first"]
    assert "亩均产出 ≥" in rule.formulas[0].words.zh
    assert view.reached == ("consequences/ladder", "rules/limit"), "they read what the clause drives"


def test_a_clause_not_there_gives_the_nearest(whole: CompiledPack) -> None:
    assert show_clause(whole, "small#9") is None
    assert find_clause(whole, "small#11")[1] == "small#1"
    assert find_clause(whole, "2") == ("small#2", "")


def test_the_printed_pack_holds_every_clause_value_and_example(whole: CompiledPack, read: Read) -> None:
    text = print_markdown(whole)
    pack = read().pack
    assert pack is not None
    for clause in pack.clauses.values():
        assert clause.text.zh in text
        assert clause.text.en in text
    for example in pack.examples.values():
        assert example.label.zh in text
    assert "原文规定 · stated" in text
    assert "⚠ 自选 · chosen" in text


def test_chosen_and_stated_are_drawn_apart_in_html(whole: CompiledPack) -> None:
    page = print_html(whole)
    assert '<span class="basis stated">' in page
    assert '<span class="basis chosen">' in page
    assert "http" not in page.split("</style>")[1], "the page opens without a network"


def test_what_a_pack_says_cannot_become_markup(read: Read, change: Change) -> None:
    text = change("zh: 亩均产出达到五百万元。", "zh: '<script>alert(1)</script> & *星号* | 竖线'")
    own = compiled(read(text))
    assert "<script>" not in print_html(own)
    assert "<script>" not in print_markdown(own)


class _Balanced(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_html_page_is_balanced(whole: CompiledPack) -> None:
    parser = _Balanced()
    parser.feed(print_html(whole))
    assert parser.open == []


def test_printing_twice_gives_the_same(read: Read) -> None:
    assert print_markdown(compiled(read())) == print_markdown(compiled(read()))
