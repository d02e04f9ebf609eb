"""Who is meant: subjects of the register by code, credit code and name, and when they lived."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from stdnum.cn import uscc

from yuanzhi.engine.kernel.hygiene import half_width, without_invisible
from yuanzhi.engine.kernel.problems import nearest
from yuanzhi.engine.pack.model import CodeList
from yuanzhi.engine.records.headers import comparable

CREDIT_CODE_LENGTH = 18
_VALUES = {sign: value for value, sign in enumerate("0123456789ABCDEFGHJKLMNPQRTUWXY")}
_WEIGHTS = (*(3**place % 31 for place in range(17)), 1)
"""A sum by these weights that 31 divides is right; only of a wrong one the library is asked what would be."""
_MOST_SUGGESTIONS = 200
"""Looking for the most similar name takes long; past so many unknown subjects none is offered."""


@dataclass
class SubjectIndex:
    """Subjects of one type. ``lives`` are the first and last days of each; an open end is ``None``."""

    lives: Mapping[str, list[tuple[date, date | None]]] = field(default_factory=dict)
    by_credit_code: Mapping[str, str] = field(default_factory=dict)
    by_name: Mapping[str, frozenset[str]] = field(default_factory=dict)
    synthetic: frozenset[str] = frozenset()
    suggested: int = 0

    @classmethod
    def of(cls, subjects: pa.Table, subject_type: str) -> SubjectIndex:
        """The index of one type of subjects in a table of subjects; every name a subject ever had counts."""
        own = subjects.filter(pc.equal(subjects["subject_type"], subject_type))
        lives: dict[str, list[tuple[date, date | None]]] = defaultdict(list)
        credit: dict[str, str] = {}
        names: dict[str, set[str]] = defaultdict(set)
        columns = [own[name].to_pylist() for name in ("subject", "valid_from", "valid_to", "credit_code", "name")]
        made = frozenset(own["subject"].filter(pc.fill_null(own["synthetic"], False)).to_pylist())
        for subject, first, last, credit_code, name in zip(*columns, strict=True):
            lives[subject].append((first, last))
            if credit_code:
                credit[credit_code] = subject
            if name:
                names[comparable(name)].add(subject)
        return cls(dict(lives), credit, {name: frozenset(found) for name, found in names.items()}, made)

    def find(self, written: str) -> str:
        """The subject whose code or credit code this is, or nothing."""
        code = half_width(without_invisible(written)).strip()
        if code in self.lives:
            return code
        upper = code.upper()
        return self.by_credit_code.get(upper, upper if upper in self.lives else "")

    def named(self, name: str) -> frozenset[str]:
        """The subjects that ever had the name."""
        return self.by_name.get(comparable(name), frozenset())

    def is_living(self, subject: str, first: date, last: date) -> bool:
        """Whether the subject lived on some day from ``first`` to ``last``."""
        return any(start <= last and (end is None or end >= first) for start, end in self.lives.get(subject, ()))

    def similar(self, code: str, name: str) -> str:
        """The subject most like a code or name, for a suggestion."""
        self.suggested += 1
        if self.suggested > _MOST_SUGGESTIONS:
            return ""
        if found := self.named(name):
            return sorted(found)[0]
        if code:
            return nearest(code, self.lives)
        similar = nearest(comparable(name), self.by_name) if name else ""
        return sorted(self.by_name[similar])[0] if similar else ""


def credit_code_fault(code: str, regions: CodeList | None) -> tuple[str, dict[str, str]] | None:
    """What is wrong with a unified social credit code (GB 32100): its form, its check digit, its region.

    >>> credit_code_fault("91632321227100364A", None)
    >>> credit_code_fault("91632321227100364B", None)
    ('import.credit_check_digit', {'code': '91632321227100364B', 'expected': 'A'})
    """
    if len(code) != CREDIT_CODE_LENGTH or not set(code) <= _VALUES.keys():
        return "import.credit_form", {"code": code}
    if sum(_VALUES[sign] * weight for sign, weight in zip(code, _WEIGHTS, strict=True)) % 31:
        expected: str = uscc.calc_check_digit(code[:17])
        return "import.credit_check_digit", {"code": code, "expected": expected}
    region = code[2:8]
    if regions is not None and not _is_plausible(region, regions):
        return "import.credit_region", {"code": code, "region": region}
    return None


def _is_plausible(region: str, regions: CodeList) -> bool:
    """Whether a code's first places name a known place; six zeros after 10 stand for the national registry.

    A county need not be listed: codes outlive the counties they were issued in.
    """
    if region in regions.items or region == "100000":
        return True
    return region.isdigit() and f"{region[:2]}0000" in regions.items
