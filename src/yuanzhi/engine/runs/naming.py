"""What subjects are called: parks and enterprises by the register, territories by the code list."""

from __future__ import annotations

from collections.abc import Mapping

from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.pack.composing import Composition
from yuanzhi.engine.records import Snapshot

TERRITORIES = "regions"
"""The code list that territories of the register are from, as the attribute ``territory`` says."""


def subject_names(composition: Composition, snapshot: Snapshot) -> Mapping[str, Label]:
    """The last known name of every subject of the register, with those a pack gives in English."""
    table = snapshot.table("subjects").select(["subject", "name", "valid_from"]).sort_by("valid_from")
    found = {row["subject"]: Label(row["name"] or row["subject"]) for row in table.to_pylist()}
    if TERRITORIES in composition.codes:
        found |= {code: item.label for code, item in composition.codes[TERRITORIES].items.items()}
    for code, park in composition.parks.items():
        own = found.get(code)
        found[code] = Label(own.zh if own else park.label.zh, park.label.en)
    return found
