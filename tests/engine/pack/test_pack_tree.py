"""YAML as a tree: types of scalars, positions, and what other readers would take differently."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.engine.kernel.problems import Problem
from yuanzhi.engine.pack.tree import Positions, Tree, plain_tree, read_tree


def tree_of(text: str) -> tuple[Tree, list[Problem]]:
    problems: list[Problem] = []
    tree = read_tree(text, "a.yaml", problems)
    assert tree is not None
    return tree, problems


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("5", 5),
        ("-3", -3),
        ("0", 0),
        ("0.10", Decimal("0.10")),
        ("1e3", Decimal(1000)),
        ("2018-01-31", date(2018, 1, 31)),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("yes", "yes"),
        ("on", "on"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("1:30", "1:30"),
        ('"5"', "5"),
        ("'true'", "true"),
        ("万元", "万元"),
    ],
)
def test_a_scalar_is_typed(written: str, value: object) -> None:
    tree, problems = tree_of(f"a: {written}\n")
    found = tree.entries["a"].value
    assert (type(found), found) == (type(value), value)
    assert problems == []


def test_a_number_keeps_its_text() -> None:
    tree, _ = tree_of("clause: 2.10\n")
    assert tree.entries["clause"].raw == "2.10"


@pytest.mark.parametrize(
    ("text", "code", "values"),
    [
        ("a: 0101", "yaml.leading_zero", {"text": "0101"}),
        ("a: 2018-02-30", "yaml.no_such_day", {"text": "2018-02-30"}),
        ("a: .nan", "yaml.no_number", {"text": ".nan"}),
        ("a: ２０", "yaml.full_width_number", {"half_width": "20"}),
        ("a: １２．５％", "yaml.full_width_number", {"half_width": "12.5%"}),
        ("a: '2\ue010" + "0'", "yaml.private_use", {"codes": "U+E010"}),
        ("\ue010: 1", "yaml.private_use", {"codes": "U+E010"}),
        ("a: &x 1", "yaml.anchor", {"name": "x"}),
        ("a: [&x 1, *x]", "yaml.alias", {"name": "x"}),
        ("a: !!str 1", "yaml.tag", {"name": "tag:yaml.org,2002:str"}),
        ("a: !python/object:os.system x", "yaml.tag", {}),
        ("a: {<<: 1}", "yaml.merge", {}),
        ("a: 1\na: 2", "yaml.key_twice", {"key": "a", "first": "1"}),
        ("? [1, 2]\n: 3", "yaml.key_not_text", {}),
        ("a: 1\n---\nb: 2", "yaml.several_documents", {}),
        ("a: " + "[" * 50 + "]" * 50, "yaml.too_deep", {}),
    ],
)
def test_what_other_readers_take_differently_is_found(text: str, code: str, values: dict[str, str]) -> None:
    _, problems = tree_of(text + "\n")
    found = [problem for problem in problems if problem.code == code]
    assert found, [problem.code for problem in problems]
    assert values.items() <= found[0].values.items()
    assert found[0].place.line >= 1
    assert found[0].text("zh") != found[0].text("en")


@pytest.mark.parametrize("text", ["a: [1", "a: b: c", "\t- x", "a: 'x", "a: \x01"])
def test_broken_yaml_is_a_problem_with_its_line(text: str) -> None:
    problems: list[Problem] = []
    read_tree(text, "a.yaml", problems)
    assert [problem.code for problem in problems] == ["yaml.syntax"]


def test_everything_knows_where_it_stands() -> None:
    tree, _ = tree_of("rules:\n  x:\n    when: a\n    exceptions:\n      - {when: b}\n      - when: c\n")
    positions = Positions({("rules", "x"): ("a.yaml", tree.entries["rules"].entries["x"])})
    spots = {trail: positions.place(trail) for trail in ("rules/x", "rules/x/when", "rules/x/exceptions/1/when")}
    assert [(place.line, place.column) for place in spots.values()] == [(2, 3), (3, 5), (6, 9)]
    assert positions.place("rules/x/then/gives").line == 2, "what is not written stands at what is above it"
    assert positions.writes("rules/x/when")
    assert not positions.writes("rules/x/then")


@given(st.text(max_size=60))
def test_no_text_does_harm(text: str) -> None:
    problems: list[Problem] = []
    tree = read_tree(text, "a.yaml", problems)
    if tree is not None:
        plain_tree(tree)
    for problem in problems:
        assert problem.text("zh")
        assert problem.text("en")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_decimals_come_back_exactly(value: Decimal) -> None:
    tree, _ = tree_of(f"a: {value:f}\n")
    assert tree.entries["a"].value == value
    assert not isinstance(tree.entries["a"].value, float)
