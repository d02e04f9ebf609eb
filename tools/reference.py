"""Write docs/reference from the code: commands, problems, the records' columns, shipped packs.

.venv/bin/python tools/reference.py            write the pages
.venv/bin/python tools/reference.py --check    say which pages are not current
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"
HEAD = "<!-- Made by tools/reference.py; never edited. -->\n\n"


def commands() -> str:
    """The command line: every command with its arguments and options."""
    from yuanzhi.cli.main import yuanzhi

    lines = [
        "# Commands",
        "",
        "`python3 bootstrap.py COMMAND …` does what `.venv/bin/yuanzhi COMMAND …` does, but for `test` and `bench`:",
        "there they are the product's own tests and measurements.",
        "",
    ]
    lines += ["Options before the command:", "", *_options(yuanzhi), ""]
    for name, command in sorted(_leaves(yuanzhi)):
        lines += [f"## {name}", "", _help(command), "", f"    yuanzhi {name} {_usage(command)}".rstrip(), ""]
        if options := _options(command):
            lines += [*options, ""]
    return "\n".join(lines)


def problems() -> str:
    """Every problem with its wording in both languages."""
    from yuanzhi.engine.kernel.messages import all_messages

    lines = ["# Problems", ""]
    lines += ["What a check can find: what was found, the rule behind it, what to do. `{…}` is filled in.", ""]
    family = ""
    for code, message in sorted(all_messages().items()):
        if code.split(".")[0] != family:
            family = code.split(".")[0]
            lines += [f"## {family}", "", "| code | 中文 | English |", "|---|---|---|"]
        zh, en = message.zh, message.en
        cells = (
            "".join((zh.found, zh.rule, zh.remedy)),
            " ".join(part for part in (en.found, en.rule, en.remedy) if part),
        )
        lines.append(f"| `{code}` | {' | '.join(cell.replace('|', '¦') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def records() -> str:
    """The columns of the register and of returns, and the kinds of event."""
    from yuanzhi.engine.records.events import SETS, EventKind, event_schema
    from yuanzhi.engine.records.returns import KEYS, ReturnStatus

    lines = ["# Records", "", "## Columns of the register", "", "| column | type |", "|---|---|"]
    lines += [f"| `{column.name}` | {column.type} |" for column in event_schema()]
    lines += ["", "## Kinds of event", "", "| event | attributes it may carry |", "|---|---|"]
    lines += [f"| `{kind}` | {', '.join(sorted(SETS[kind])) or '—'} |" for kind in EventKind]
    lines += [
        "",
        "## Columns of every return",
        "",
        "Then come the items of the form.",
        "",
        "| column | type |",
        "|---|---|",
    ]
    lines += [f"| `{name}` | {kind} |" for name, kind in KEYS.items()]
    lines += ["", "## Status of a return", "", ", ".join(f"`{status}`" for status in ReturnStatus), ""]
    return "\n".join(lines)


def packs() -> str:
    """What the shipped packs hold."""
    from yuanzhi.engine.pack import read_pack, shipped_folder
    from yuanzhi.engine.pack.shapes import SECTIONS

    lines = ["# Shipped packs", ""]
    for folder in sorted(path for path in shipped_folder().iterdir() if (path / "pack.yaml").exists()):
        pack = read_pack(folder).pack
        if pack is None:
            raise SystemExit(f"{folder.name} cannot be read")
        identity = pack.identity
        lines += [f"## {identity.code}", "", f"{identity.title.zh}  ", f"{identity.title.en}", ""]
        extends = ", ".join(identity.extends) or "—"
        lines += [f"Version {identity.version}; number {identity.number or '—'}; extends {extends}.", ""]
        counts = [f"{len(getattr(pack, section))} {section}" for section in SECTIONS if getattr(pack, section, None)]
        lines += [", ".join(counts) + ".", ""]
    return "\n".join(lines)


PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": commands, "problems.md": problems, "records.md": records, "packs.md": packs,
}  # fmt: skip


def stale() -> list[str]:
    """The pages that differ from what the code says."""
    return [name for name, page in PAGES.items() if not _is_current(name, HEAD + page())]


def main() -> int:
    """Write the pages or check them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        found = stale()
        print(
            "\n".join(f"docs/reference/{name} is not current. Run tools/reference.py." for name in found) or "current"
        )
        return 1 if found else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(HEAD + page(), encoding="utf-8")
    return 0


def _is_current(name: str, text: str) -> bool:
    file = FOLDER / name
    return file.exists() and file.read_text(encoding="utf-8") == text


def _leaves(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _leaves(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def _usage(command: click.Command) -> str:
    pieces = command.collect_usage_pieces(click.Context(command))
    return " ".join(pieces)


def _help(command: click.Command) -> str:
    return "\n".join(line.strip() for line in (command.help or "").strip().splitlines())


def _options(command: click.Command) -> list[str]:
    shown = [option for option in command.params if isinstance(option, click.Option) and option.name != "help"]
    if not shown:
        return []
    lines = ["| option | what it does |", "|---|---|"]
    for option in shown:
        names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
        values = option.type.choices if isinstance(option.type, click.Choice) else ()
        choices = f" ({', '.join(map(str, values))})" if values else ""
        lines.append(f"| {names}{choices} | {(option.help or '').replace('|', '¦')} |")
    return lines


if __name__ == "__main__":
    raise SystemExit(main())
