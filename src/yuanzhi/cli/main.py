"""The entry point: one command for each thing a person does with packs, records and runs."""

from __future__ import annotations

from typing import Any, cast

import click

from yuanzhi.cli.packs import check, coverage, diff, print_pack, show, test
from yuanzhi.cli.records import freeze, import_returns, init
from yuanzhi.cli.runs import compare, explain, run, simulate, verify
from yuanzhi.cli.showing import Screen
from yuanzhi.cli.walk import demo
from yuanzhi.engine.kernel.labels import Language
from yuanzhi.engine.kernel.problems import ProblemsError


class _Commands(click.Group):
    """The group of all commands; problems are shown with place, finding, rule and remedy, and exit with 1."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command asked for."""
        try:
            return super().invoke(context)
        except ProblemsError as error:
            screen: Screen = context.obj
            screen.problems(error.problems)
            context.exit(1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="Language of the output 输出语言.")
@click.version_option(package_name="yuanzhi")
@click.pass_context
def yuanzhi(context: click.Context, lang: str) -> None:
    """园治 Yuanzhi: development-zone policy that runs. 让园区政策运行起来。"""
    context.obj = Screen(cast(Language, lang))


for command in (
    check, test, show, coverage, diff, print_pack,
    init, import_returns, freeze,
    run, explain, compare, verify, simulate,
    demo,
):  # fmt: skip
    yuanzhi.add_command(command)


def main() -> None:
    """Run the command line."""
    yuanzhi()
