"""Clauses that nothing carries out, or that say of themselves what is not so."""

from __future__ import annotations

from collections.abc import Iterator

from yuanzhi.engine.kernel.problems import Problem
from yuanzhi.engine.pack.checks.report import warning
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.coverage import DECIDING, Carrier, cover
from yuanzhi.engine.pack.model import Carried


def check_clauses_are_carried_out(compiled: CompiledPack) -> Iterator[Problem]:
    """Every clause runs, or says that a person carries it out, that it is not run yet, or is background."""
    composition = compiled.composition
    for document in cover(composition):
        for own in document.clauses:
            code, trail = own.clause.code, f"clauses/{own.key}"
            if own.carrier is Carrier.NOBODY:
                problem = "clause.says_engine" if own.clause.carried is Carried.ENGINE else "clause.nobody"
                yield warning(composition, problem, trail, clause=code)
            elif own.clause.carried in (Carried.NOT_YET, Carried.BACKGROUND):
                running = [cited for cited in own.trails if cited.partition("/")[0] in DECIDING]
                if running:
                    values = {"clause": code, "carried": own.clause.carried.value, "by": running[0]}
                    yield warning(composition, "clause.runs_after_all", f"{trail}/carried", **values)
