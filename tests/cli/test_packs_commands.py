"""check, test, show, coverage, diff and print, on the packs that are shipped, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from small_workspace import PROVINCE, Command, flat, tight

LANGUAGES = pytest.mark.parametrize("lang", ["zh", "en"])
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The small province's pack in a folder of its own, to change."""
    folder = tmp_path / "province-2018"
    folder.mkdir()
    (folder / "pack.yaml").write_text(PROVINCE.read_text(encoding="utf-8"), encoding="utf-8")
    return folder


@LANGUAGES
def test_a_shipped_pack_has_no_error(command: Command, lang: str) -> None:
    output = command("check", "qinghai-2018", lang=lang).output
    assert ("0 个错误" if lang == "zh" else "0 errors") in output
    assert "2 " in output, "with the base pack it extends"


@LANGUAGES
def test_an_error_is_told_in_four_parts_with_file_and_line(command: Command, own: Path, lang: str) -> None:
    path = own / "pack.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("formula: park_tax / land,", "formula: park_tax / lnad,"), encoding="utf-8")
    output = command("check", own, lang=lang, exit=1).output
    line = next(at for at, own_line in enumerate(text.splitlines(), 1) if own_line.strip().startswith("tax_per_mu:"))
    assert f"pack.yaml:{line}" in flat(output), "where"
    assert "lnad" in output, "found"
    assert "land" in flat(output), "the nearest name"
    assert ("错误[" if lang == "zh" else "error[") in output
    assert re.search(r"[1-9]\d* (个错误|errors)", flat(output))


@LANGUAGES
def test_examples_of_a_pack_run(command: Command, lang: str) -> None:
    output = command("test", "land-control", lang=lang).output
    assert ("0 个未通过" if lang == "zh" else "0 do not") in output
    every = command("test", "land-control", "--all", lang=lang).output
    assert every.count("✓") > 5


def test_a_failing_example_is_shown_and_the_command_fails(command: Command, own: Path) -> None:
    (own / "examples.yaml").write_text(
        "examples:\n  limit:\n    label: {zh: 下限为九, en: The limit is nine}\n    of: parameters/least_tax_per_mu\n"
        "    as_of: 2020-12-31\n    facts: {}\n    expect: {value: 9}\n",
        encoding="utf-8",
    )
    output = flat(command("test", own, exit=1).output)
    for fragment in ("✗ The limit is nine", "value should be 9, found 8", "examples.yaml:2", "1 do not"):
        assert fragment in output


def test_a_pack_with_errors_is_not_tested(command: Command, own: Path) -> None:
    text = (own / "pack.yaml").read_text(encoding="utf-8")
    (own / "pack.yaml").write_text(text.replace("when: tax_per_mu <", "when: tax_per_mu <<"), encoding="utf-8")
    assert "low_output" in command("test", own, exit=1).output


@LANGUAGES
def test_a_clause_shows_everything_it_drives(command: Command, lang: str) -> None:
    output = tight(command("show", "qinghai-2018#6.4g", lang=lang).output)
    for fragment in ("qinghai-2018#6.4g", "p.price_factor_least", "rules/industrial_price_factor"):
        assert fragment in output
    assert ("例：" if lang == "zh" else "Example:") in output
    assert ("选定" if lang == "zh" else "chosen") in output


def test_a_clause_without_its_pack_is_found_in_every_pack_that_has_it(command: Command) -> None:
    output = command("show", "6.4g", "--pack", "qinghai-2018").output
    assert "qinghai-2018#6.4g" in output


def test_values_are_those_of_a_day(command: Command, own: Path) -> None:
    text = (own / "pack.yaml").read_text(encoding="utf-8")
    dated = "values: [{from: 2018-01-01, value: 6, basis: stated}, {from: 2020-01-01, value: 9, basis: stated}]"
    changed = text.replace(
        "value: 6, basis: chosen, options: [6, 12], why: {zh: 原文只说限期。, en: The text says within a time.}", dated
    )
    assert changed != text
    (own / "pack.yaml").write_text(changed, encoding="utf-8")
    for day, value in (("2019-06-30", "6"), ("2020-06-30", "9")):
        output = command("show", "province-2018#6", "--from", own.parent, "--on", day).output
        row = next(line for line in output.splitlines() if "p.rectify_months" in line)
        assert re.search(rf"Months to rectify\s+{value}\s", row), row


@LANGUAGES
def test_coverage_counts_every_clause(command: Command, lang: str) -> None:
    output = command("coverage", "qinghai-2018", lang=lang).output
    row = next(line for line in output.splitlines() if line.startswith("qinghai-2018"))
    total, *parts = [int(own) for own in row.split()[1:7]]
    assert sum(parts) == total > 70
    listed = command("coverage", "qinghai-2018", "--list", lang=lang).output
    assert "rules/park_benchmark_price" in tight(listed)
    assert "consequences/assessment_ladder" in tight(listed)
    assert sum(line.startswith(("1.", "2.", "3.", "4.", "5.", "6.")) for line in listed.splitlines()) >= 70


@LANGUAGES
def test_a_pack_is_the_same_as_itself(command: Command, lang: str) -> None:
    output = command("diff", "cn-etdz-2021", "cn-etdz-2021", lang=lang).output
    assert ("两者相同" if lang == "zh" else "the same") in output


@LANGUAGES
def test_two_packs_are_compared_clause_by_clause(command: Command, own: Path, lang: str) -> None:
    other = own.parent / "other" / "province-2018"
    other.mkdir(parents=True)
    text = (own / "pack.yaml").read_text(encoding="utf-8")
    (other / "pack.yaml").write_text(text.replace("at_least: 45}", "at_least: 50}"), encoding="utf-8")
    output = command("diff", own, other, lang=lang).output
    assert "schemes/park_assessment" in output
    assert "45" in output
    assert "50" in output


def test_shipped_packs_can_be_compared(command: Command) -> None:
    assert "schemes" in command("diff", "cn-etdz-2016", "cn-etdz-2021").output


def test_the_whole_pack_prints_in_both_languages(command: Command, tmp_path: Path) -> None:
    text = command("print", "huangyan-mujun").output
    assert text.startswith("#")
    assert CHINESE.search(text)
    assert "schemes" in text or "Assessment" in text
    for name in ("pack.md", "pack.html"):
        target = tmp_path / name
        assert name in command("print", "huangyan-mujun", "--to", target).output.replace("\n", "")
        assert CHINESE.search(target.read_text(encoding="utf-8"))
    page = (tmp_path / "pack.html").read_text(encoding="utf-8")
    assert "<html" in page
    assert not re.search(r"(?:src|href)\s*=\s*[\"']?https?:", page)


@LANGUAGES
def test_help_is_there_for_every_command(command: Command, lang: str) -> None:
    output = command("--help", lang=lang).output
    for name in (
        "check", "test", "show", "coverage", "diff", "print", "init", "import", "freeze", "run", "explain", "compare",
        "verify", "simulate", "demo",
    ):  # fmt: skip
        assert f"  {name} " in output
        assert CHINESE.search(command(name, "--help", lang=lang).output), "help is in both languages"


# What does not exist

UNKNOWN = {
    "check a pack": (("check", "qinghai-2081"), ("qinghai-2081", "qinghai-2018", "pack.not_found")),
    "test a pack": (("test", "qinghai-2081"), ("qinghai-2018",)),
    "coverage of a pack": (("coverage", "cn-etdz-2012"), ("cn-etdz-2021",)),
    "print a pack": (("print", "cn-bas"), ("cn-base",)),
    "diff with a pack": (("diff", "cn-base", "cn-bas"), ("cn-base",)),
    "show in a pack": (("show", "1", "--pack", "cn-bas"), ("cn-base",)),
    "show a clause of a pack": (("show", "qinghai-2018#6.4z"), ("6.4z", "6.4", "command.clause_unknown")),
    "show a clause of no pack": (("show", "6.4zz", "--pack", "qinghai-2018"), ("6.4zz", "6.4")),
}


@pytest.mark.parametrize(("arguments", "fragments"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_does_not_exist_is_refused_with_the_nearest_name(
    command: Command, arguments: tuple[str, ...], fragments: tuple[str, ...]
) -> None:
    output = tight(command(*arguments, exit=1).output)
    for fragment in ("error[", *fragments):
        assert fragment in output


def test_refusals_are_told_in_chinese_too(command: Command) -> None:
    output = tight(command("check", "qinghai-2081", lang="zh", exit=1).output)
    for fragment in ("错误[pack.not_found]", "找不到政策包“qinghai-2081”", "最接近的是qinghai-2018"):
        assert fragment in output


def test_a_folder_that_is_not_there_is_refused(command: Command) -> None:
    assert "does not exist" in command("check", "cn-base", "--from", "/nowhere", exit=2).output
