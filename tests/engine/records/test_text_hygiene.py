"""Text hygiene: what is harmless is brought to one form, what is not is named."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.engine.kernel.hygiene import (
    LOSSY,
    Fault,
    _fault,
    faults,
    half_width,
    marked,
    simplified,
    tidy,
    without_invisible,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1234.5", set()),
        ("园区（东）", set()),
        ("１２", {Fault.FULL_WIDTH}),
        ("2\ue0100", {Fault.PRIVATE_USE}),
        ("\U000f0001", {Fault.PRIVATE_USE}),
        ("1\u200b2", {Fault.INVISIBLE}),
        ("\ufeff12", {Fault.INVISIBLE}),
        ("\ufffd", {Fault.REPLACEMENT}),
        ("1\x002", {Fault.CONTROL}),
        ("㎡", {Fault.COMPATIBILITY}),
        ("5②", {Fault.COMPATIBILITY}),
        ("⽤地", {Fault.COMPATIBILITY}),
        ("a\tb\n", set()),
    ],
)
def test_faults_are_named(text: str, found: set[Fault]) -> None:
    assert faults(text) == found


def test_digits_that_would_change_a_number_stay() -> None:
    assert half_width("5②³½") == "5②³½"


def test_names_come_to_one_form() -> None:
    assert tidy(" ⽤地\u200b面积　（㎡）") == "用地面积 (m2)"
    assert simplified("園區產業營業額") == "园区产业营业额"


@given(st.text())
def test_tidying_twice_is_tidying_once(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(st.text())
def test_private_use_characters_are_never_dropped(text: str) -> None:
    spoilt = text + "\ue010"
    assert "\ue010" in tidy(spoilt)
    assert "\ue010" in half_width(without_invisible(spoilt))
    assert faults(spoilt) & LOSSY
    assert "<U+E010>" in marked(spoilt)


@given(st.integers(), st.booleans())
def test_full_width_digits_read_as_their_value(number: int, full: bool) -> None:
    text = str(number).translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789-"}) if full else str(number)
    assert int(half_width(text)) == number


@given(st.text(st.characters(max_codepoint=0xFFFF), max_size=12))
def test_the_quick_look_finds_what_the_close_look_finds(text: str) -> None:
    close = {fault for character in text if (fault := _fault(character))}
    assert faults(text) == close


@given(st.text(st.sampled_from(" 　甲、。（）a1\t\u200b—"), max_size=8))
def test_what_looks_tidy_is_tidy(text: str) -> None:
    slow = " ".join(unicodedata.normalize("NFKC", without_invisible(text)).split())
    assert tidy(text) == slow
