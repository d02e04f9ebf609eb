"""All records of a workspace read for freezing: the register, the returns, the external results."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from yuanzhi.engine.kernel.problems import Problem
from yuanzhi.engine.pack.model import Item
from yuanzhi.engine.records.columns import Declares
from yuanzhi.engine.records.freezing import Records
from yuanzhi.engine.records.importing import HELD_SCHEMA, ORIGINALS_SCHEMA


@dataclass(frozen=True)
class Loading:
    """What a workspace's records came to.

    Attributes:
        records: What can be frozen.
        findings: Everything found on the way, by file, sheet and cell.
        held: Rows held back, whole.
        originals: Cells altered, doubted or refused, as they stood.
    """

    records: Records
    findings: tuple[Problem, ...] = ()
    held: pa.Table = field(default_factory=lambda: HELD_SCHEMA.empty_table())
    originals: pa.Table = field(default_factory=lambda: ORIGINALS_SCHEMA.empty_table())


def register_items(declared: Declares) -> tuple[Item, ...]:
    """The further attributes of subjects that the forms of the register declare."""
    found: dict[str, Item] = {}
    for form in declared.forms.values():
        if form.source == "register":
            found.update(form.items)
    return tuple(found.values())
