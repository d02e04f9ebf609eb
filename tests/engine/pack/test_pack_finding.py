"""Packs found with all they extend, base packs first."""

from __future__ import annotations

from pathlib import Path

import pytest

from yuanzhi.engine.pack import load_chain

IDENTITY = "pack: {{code: {code}, version: '1', title: 包, issuer: 厅, extends: [{extends}]}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for code, extends in {
        "nation": "", "province": "nation", "city": "province, twin", "twin": "nation", "lost": "nations",
        "one": "two", "two": "one", "misnamed": "",
    }.items():  # fmt: skip
        (tmp_path / code).mkdir()
        shown = "other" if code == "misnamed" else code
        (tmp_path / code / "pack.yaml").write_text(IDENTITY.format(code=shown, extends=extends), encoding="utf-8")
    return tmp_path


def test_base_packs_come_first_and_once(folder: Path) -> None:
    chain = load_chain("city", [folder])
    assert [pack.code for pack in chain.packs] == ["nation", "province", "twin", "city"]
    assert chain.problems == ()


def test_a_pack_may_be_given_as_a_folder(folder: Path) -> None:
    chain = load_chain(str(folder / "province"))
    assert [pack.code for pack in chain.packs] == ["nation", "province"]


def test_several_packs_share_their_base(folder: Path) -> None:
    assert [pack.code for pack in load_chain(("province", "twin"), [folder]).packs] == ["nation", "province", "twin"]


@pytest.mark.parametrize(
    ("code", "problem", "fragment"),
    [
        ("lost", "pack.not_found", "nation"),
        ("one", "pack.extends_itself", "one → two → one"),
        ("misnamed", "pack.folder_name", "other"),
        ("provinc", "pack.not_found", "province"),
    ],
)
def test_what_cannot_be_found_is_reported(folder: Path, code: str, problem: str, fragment: str) -> None:
    found = load_chain(code, [folder]).problems
    assert [each.code for each in found] == [problem]
    assert fragment in found[0].text("en")
    assert fragment in found[0].text("zh")


def test_a_pack_of_the_workspace_goes_before_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "cn-base").mkdir()
    (tmp_path / "cn-base" / "pack.yaml").write_text(IDENTITY.format(code="cn-base", extends=""), encoding="utf-8")
    (pack,) = load_chain("cn-base", [tmp_path]).packs
    assert pack.units == {}
