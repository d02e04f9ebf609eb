"""Where a rule holds: territories, tiers, kinds and parks, for one subject and as SQL.

Outside its scope a rule does not apply, which is not the same as not being met.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yuanzhi.engine.pack.model import RuleScope, Scalar

ATTRIBUTES = ("territory", "tier", "kind", "park", "parent")


def within_scope(scope: RuleScope, facts: Mapping[str, Scalar], subject: str, *, assume: bool) -> bool | None:
    """Whether the subject is in scope by its attributes; ``None`` where one that matters is missing.

    A subject without a park is in none. The condition ``where`` is not looked at here.

    Args:
        scope: The scope as declared.
        facts: The subject's attributes by name.
        subject: The subject's code, for scopes that name parks when the subject is a park.
        assume: Take a missing attribute as being in scope, as for an example that states none.
    """
    found = [_territory(scope, facts.get("territory"))]
    found += [_among(scope.tiers, facts.get("tier")), _among(scope.kinds, facts.get("kind"))]
    if scope.parks:
        named = [facts.get("park"), facts.get("parent"), subject or None]
        known = [name for name in named if name is not None]
        found.append(None if assume and not known else any(name in scope.parks for name in known))
    if False in found:
        return False
    return True if assume or None not in found else None


def missing_attributes(scope: RuleScope, facts: Mapping[str, Scalar]) -> tuple[str, ...]:
    """The attributes the scope needs and the facts lack."""
    needed = ("territory", scope.territories), ("tier", scope.tiers), ("kind", scope.kinds)
    return tuple(name for name, wanted in needed if wanted and facts.get(name) is None)


def scope_sql(scope: RuleScope, columns: Iterable[str]) -> str:
    """The scope as a three-valued SQL condition over the columns there are; a column not there is missing."""
    present = set(columns)
    parts: list[str] = []
    if scope.territories:
        column = _column("territory", present)
        inside = " or ".join(f"starts_with({column}, {_text(territory_prefix(code))})" for code in scope.territories)
        parts.append(f"({inside})")
    for name, wanted in (("tier", scope.tiers), ("kind", scope.kinds)):
        if wanted:
            parts.append(f"({_column(name, present)} in ({_texts(wanted)}))")
    if scope.parks:
        named = [name for name in ("park", "parent", "subject") if name in present]
        inside = " or ".join(f"coalesce({_quoted(name)} in ({_texts(scope.parks)}), false)" for name in named)
        parts.append(f"({inside or 'false'})")
    return " and ".join(parts) or "true"


def territory_prefix(code: str) -> str:
    """The digits that every territory inside this one begins with (GB/T 2260).

    >>> territory_prefix("630000"), territory_prefix("630100"), territory_prefix("630102")
    ('63', '6301', '630102')
    """
    while len(code) > 2 and code.endswith("00"):
        code = code[:-2]
    return code if code.strip("0") else ""


def _territory(scope: RuleScope, territory: Scalar) -> bool | None:
    if not scope.territories:
        return True
    if territory is None:
        return None
    return any(str(territory).startswith(territory_prefix(code)) for code in scope.territories)


def _among(wanted: tuple[str, ...], value: Scalar) -> bool | None:
    if not wanted:
        return True
    return None if value is None else value in wanted


def _column(name: str, present: set[str]) -> str:
    return _quoted(name) if name in present else "null::varchar"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _texts(values: Iterable[str]) -> str:
    return ", ".join(_text(value) for value in values)
