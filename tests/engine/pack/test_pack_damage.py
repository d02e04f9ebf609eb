"""A damaged pack is described, whatever the damage: reading and checking never fail themselves."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from yuanzhi.engine.kernel.problems import has_errors
from yuanzhi.engine.pack import check_pack, compile_pack, compose, read_pack
from yuanzhi.engine.pack.diff import compare_packs
from yuanzhi.engine.pack.printing import print_html, print_markdown

SMALL = (Path(__file__).parent / "small_pack.yaml").read_text(encoding="utf-8")
WORDS = [
    "",
    " ",
    ":",
    ",",
    "{",
    "}",
    "[",
    "]",
    "-",
    "0",
    "007",
    "null",
    "'",
    '"',
    "\n",
    "＞",
    "亩",
    "p.x",
    "and",
    "true",
]
damage = st.tuples(st.integers(0, len(SMALL)), st.integers(0, 12), st.sampled_from(WORDS))
LINES = SMALL.splitlines(keepends=True)


def live_through(text: str) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "pack.yaml").write_text(text, encoding="utf-8")
        reading = read_pack(Path(folder))
        problems = list(reading.problems)
        assert reading.pack or has_errors(problems)
        if reading.pack:
            compiled = compile_pack(compose([reading.pack]))
            problems += check_pack(compiled.composition, compiled)
            print_markdown(compiled)
            print_html(compiled)
            assert compare_packs(compiled, compiled).changes == ()
        for problem in problems:
            assert problem.text("zh")
            assert problem.text("en")


@settings(max_examples=50, deadline=None)
@given(st.lists(damage, min_size=1, max_size=3))
def test_a_damaged_text_is_described(hits: list[tuple[int, int, str]]) -> None:
    text = SMALL
    for start, length, word in hits:
        text = text[:start] + word + text[start + length :]
    live_through(text)


@settings(max_examples=50, deadline=None)
@given(st.sets(st.integers(1, len(LINES) - 1), max_size=5), st.integers(1, len(LINES) - 1))
def test_lines_may_be_missing_or_stand_twice(missing: set[int], twice: int) -> None:
    kept = [line for number, line in enumerate(LINES) if number not in missing]
    live_through("".join([*kept[:twice], *kept[twice - 1 :]]))
