"""Commands on policy packs: check, test, show, coverage, diff, print."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from yuanzhi.cli.showing import Screen
from yuanzhi.engine.kernel.problems import Problem
from yuanzhi.engine.pack.checking import check_pack
from yuanzhi.engine.pack.compiling import CompiledPack, compile_pack
from yuanzhi.engine.pack.composing import Composition, compose
from yuanzhi.engine.pack.coverage import cover
from yuanzhi.engine.pack.diff import compare_packs
from yuanzhi.engine.pack.finding import find_packs, load_chain
from yuanzhi.engine.pack.printing import print_html, print_markdown
from yuanzhi.engine.pack.showing import show_clause

PACKS = click.argument("packs", nargs=-1)


def load(codes: tuple[str, ...]) -> tuple[CompiledPack, tuple[Problem, ...]]:
    """Read, compose and compile packs with all they extend; every problem of the way comes back."""
    chain = load_chain(codes)
    composition = compose(chain.packs)
    compiled = compile_pack(composition)
    return compiled, (*chain.problems, *composition.problems, *compiled.problems)
