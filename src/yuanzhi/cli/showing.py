"""How the command line shows things: phrases in two languages, problems, tables, progress."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from yuanzhi.engine.kernel.labels import Label, Language
from yuanzhi.engine.kernel.problems import Problem, Severity

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}
_SHOWN = 40
PLAIN_WIDTH = 150
"""Columns where the output goes to a file or a pipe."""


class Screen:
    """One terminal and one language for a command.

    Args:
        language: The language of every phrase.
        console: Where to write; a new console by default.
    """

    def __init__(self, language: Language, console: Console | None = None) -> None:
        self.language = language
        self.console = console or Console(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)

    def say(self, zh: str, en: str = "", **values: object) -> None:
        """One line; both languages take the same named placeholders. Values are shown as they are."""
        text = (en if self.language == "en" else zh).format(**values)
        self.console.print(escape(text), soft_wrap=True)

    def title(self, zh: str, en: str, **values: object) -> None:
        """A heading."""
        self.console.print()
        text = (en if self.language == "en" else zh).format(**values)
        self.console.print(f"[bold]{escape(text)}[/bold]")

    def text(self, label: Label) -> str:
        """A label in the command's language."""
        return label.text(self.language)

    def problems(self, problems: Iterable[Problem]) -> int:
        """Show problems, errors first, and return how many are errors."""
        order = list(Severity)
        found = sorted(problems, key=lambda problem: (order.index(problem.severity), problem.place))
        for problem in found[:_SHOWN]:
            self.console.print(escape(problem.text(self.language)), style=_STYLES[problem.severity])
        if len(found) > _SHOWN:
            self.say("……另有 {n} 条。", "... and {n} more.", n=len(found) - _SHOWN)
        return sum(problem.severity is Severity.ERROR for problem in found)

    def table(self, heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], right: Sequence[int] = ()) -> None:
        """A table; ``heads`` are (zh, en), ``right`` the columns aligned to the right."""
        drawn = Table(show_edge=False, pad_edge=False, header_style="bold", box=None, padding=(0, 2, 0, 0))
        for at, (zh, en) in enumerate(heads):
            drawn.add_column(
                en if self.language == "en" else zh, justify="right" if at in right else "left", overflow="fold"
            )
        for row in rows:
            drawn.add_row(*(escape("—" if cell is None or cell == "" else str(cell)) for cell in row))
        self.console.print(drawn)

    @contextmanager
    def progress(self) -> Iterator[Steps]:
        """A progress display for long work; each step is a line with a bar."""
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.console, transient=False) as bars:
            yield Steps(self, bars)


class Steps:
    """The steps of long work, each with its own bar."""

    def __init__(self, screen: Screen, bars: Progress) -> None:
        self._screen = screen
        self._bars = bars

    @contextmanager
    def step(self, zh: str, en: str, total: int = 1) -> Iterator[Bar]:
        """One step; the bar is full when the block ends."""
        task = self._bars.add_task(en if self._screen.language == "en" else zh, total=total)
        bar = Bar(self._bars, task, total)
        yield bar
        bar.finish()


class Bar:
    """One bar: call it with what is done and how much there is."""

    def __init__(self, bars: Progress, task: Any, total: int) -> None:
        self._bars, self._task, self._total = bars, task, total

    def __call__(self, done: int, total: int | None = None) -> None:
        self._total = total or self._total
        self._bars.update(self._task, completed=done, total=self._total)

    def rename(self, text: str) -> None:
        """Say what is being done now."""
        self._bars.update(self._task, description=text)

    def finish(self) -> None:
        """Fill the bar."""
        self._bars.update(self._task, completed=self._total)
