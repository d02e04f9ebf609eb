"""What is wrong with a register: events that could not take place, references to nobody, codes of no place.

A check reads the events as known and gives problems; the register itself is never changed by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pyarrow as pa

from yuanzhi.engine.kernel.problems import Place, Problem, Severity, listed, nearest
from yuanzhi.engine.pack.model import CodeList
from yuanzhi.engine.records.columns import REGIONS, Declares
from yuanzhi.engine.records.events import ATTRIBUTE_TYPES, OPENING, REFERENCES, SETS
from yuanzhi.engine.records.intervals import ORDER, effective_events, played_events
from yuanzhi.engine.records.register import END_OF_TIME, Register

_SHOWN = 200
"""Findings of one kind past this number are not listed singly."""


def check_register(
    register: Register, declared: Declares | None = None, known: date = END_OF_TIME
) -> tuple[Problem, ...]:
    """Everything wrong with a register as known on a day.

    Args:
        register: The register.
        declared: Code lists; without them territories are not checked.
        known: Events recorded later are left out.
    """
    problems: list[Problem] = []
    with duckdb.connect(config={"threads": 2}) as connection:
        effective_events(connection, register.table, known)
        structural, playing = played_events(connection, register.table.schema.names)
        problems.extend(playing.problems)
        connection.register("structural", structural.select(["subject"]))
        for check in (_not_living, _opened_twice, _types, _ignored, _ids, _withdrawals, _left_behind):
            problems.extend(check(connection))
        problems.extend(_references(connection))
        regions = declared.codes.get(REGIONS) if declared else None
        if regions is not None:
            problems.extend(_territories(connection, regions))
    return tuple(problems)


def _event_problem(code: str, row: tuple[str, str, date, str | None], **values: str) -> Problem:
    event, subject, valid, source = row
    named = {"event": event, "subject": subject, "valid": valid.isoformat(), **values}
    return Problem(code, Place(file=source or "", path=subject), named, Severity.WARNING)


_OPENINGS = ", ".join(f"'{kind}'" for kind in sorted(OPENING))
_BEFORE = f"""
select *, last_value(case when event in ({_OPENINGS}) then valid end ignore nulls) over w as opened,
    last_value(case when event in ({_OPENINGS}) then true when event = 'closed' then false end ignore nulls) over w
        as alive
from effective where subject not in (select subject from structural)
window w as (partition by subject order by {ORDER} rows between unbounded preceding and 1 preceding)
"""


def _not_living(connection: duckdb.DuckDBPyConnection) -> Iterator[Problem]:
    """Events of a subject that has not begun or has ended."""
    sql = (
        f"select event, subject, valid, source from ({_BEFORE}) where event not in ({_OPENINGS}) and alive is not true"
    )
    for row in connection.execute(f"{sql} order by all limit {_SHOWN}").fetchall():
        yield _event_problem("register.not_living", row)


def _opened_twice(connection: duckdb.DuckDBPyConnection) -> Iterator[Problem]:
    """Subjects founded or registered while they exist."""
    sql = f"select event, subject, valid, source, opened from ({_BEFORE}) where event in ({_OPENINGS}) and alive"
    for *row, opened in connection.execute(f"{sql} order by all limit {_SHOWN}").fetchall():
        yield _event_problem("register.opened_twice", tuple(row), since=opened.isoformat())


def _types(connection: duckdb.DuckDBPyConnection) -> Iterator[Problem]:
    """Subjects of two types, or of none."""
    sql = (
        "select subject, list(distinct subject_type order by subject_type) as types from effective "
        f"where subject_type <> '' group by subject having len(types) > 1 order by subject limit {_SHOWN}"
    )
    for subject, types in connection.execute(sql).fetchall():
        yield Problem("register.type_differs", Place(path=subject), {"subject": subject, "types": listed(types)})
    sql = (
        "select subject from effective group by subject having coalesce(max(subject_type), '') = '' "
        f"and bool_or(event in ({_OPENINGS})) order by subject"
    )
    for (subject,) in connection.execute(f"{sql} limit {_SHOWN}").fetchall():
        yield Problem("register.type_missing", Place(path=subject), {"subject": subject})


def _ignored(connection: duckdb.DuckDBPyConnection) -> Iterator[Problem]:
    """Attributes on an event that does not set them; ``moved`` and the openings set what they carry."""
    for kind, allowed in SETS.items():
        others = [name for name in ATTRIBUTE_TYPES if name not in allowed]
        if not others or kind == "withdrawn":
            continue
        named = ", ".join(f"case when \"{name}\" is not null then '{name}' end" for name in others)
        sql = (
            f"select event, subject, valid, source, list_filter([{named}], lambda n: n is not null) as names "
            f"from effective where event = '{kind}' and len(names) > 0 order by subject, valid limit {_SHOWN}"
        )
        for *row, names in connection.execute(sql).fetchall():
            yield _event_problem("register.attribute_ignored", tuple(row), names=listed(names))


def _ids(connection: duckdb.DuckDBPyConnection) -> Iterator[Problem]:
    """Event ids used twice."""
    sql = "select id, count(*) from all_events where id <> '' group by id having count(*) > 1 order by id"
    for own, count in connection.execute(sql).fetchall():
        yield Problem("register.id_twice", Place(path=own), {"id": own, "count": str(count)})


def _withdrawals(connection: duckdb.DuckDBPyConnection) -> Iterator[Problem]:
    """Withdrawals of events that are not there."""
    sql = (
        "select distinct withdraws from all_events where withdraws <> '' "
        "and withdraws not in (select id from all_events where id is not null) order by 1"
    )
    for (target,) in connection.execute(sql).fetchall():
        yield Problem("register.withdrawn_unknown", Place(path=target), {"withdraws": target})


def _references(connection: duckdb.DuckDBPyConnection) -> Iterator[Problem]:
    """Parks and parents that are in no register. Territories have a code list of their own."""
    known = [row[0] for row in connection.execute("select distinct subject from effective order by 1").fetchall()]
    for name in REFERENCES:
        if name == "territory":
            continue
        for written, subjects in _named(connection, name, "(select subject from effective)"):
            values = {
                "reference": name, "written": written, "count": str(len(subjects)), "subjects": listed(subjects),
                "nearest": nearest(written, known) if len(known) < 20_000 else "—",
            }  # fmt: skip
            yield Problem("register.reference_unknown", Place(path=written), values, Severity.WARNING)


def _territories(connection: duckdb.DuckDBPyConnection, regions: CodeList) -> Iterator[Problem]:
    """Territories that are neither in the list of divisions nor in the register."""
    connection.register("regions", pa.table({"code": pa.array(sorted(regions.items), pa.string())}))
    known = "(select code from regions union all select subject from effective)"
    for written, subjects in _named(connection, "territory", known):
        values = {
            "written": written, "count": str(len(subjects)), "subjects": listed(subjects),
            "nearest": nearest(written, regions.items) or "—",
        }  # fmt: skip
        yield Problem("register.territory_unknown", Place(path=written), values, Severity.WARNING)


def _named(connection: duckdb.DuckDBPyConnection, name: str, known: str) -> list[tuple[str, list[str]]]:
    """References of one kind that are not among the known ones, with the subjects that use them."""
    sql = (
        f'select "{name}", list(distinct subject order by subject) from effective '
        f"where \"{name}\" not in ('', '-') and \"{name}\" not in {known} group by 1 order by 1 limit {_SHOWN}"
    )
    return connection.execute(sql).fetchall()


def _left_behind(connection: duckdb.DuckDBPyConnection) -> Iterator[Problem]:
    """Subjects of a park that was split away whole, and that no event moved on that day."""
    splits = connection.execute(
        """select subject, valid, "into"[1].subject from effective
        where event = 'split' and not list_contains(list_transform("into", lambda p: p.subject), subject)"""
    ).fetchall()
    for whole, day, first in splits:
        subjects = [row[0] for row in connection.execute(_LAST_NAMED, [day, whole]).fetchall()]
        if subjects:
            values = {
                "subject": whole, "valid": day.isoformat(), "count": str(len(subjects)), "subjects": listed(subjects),
                "part": first,
            }  # fmt: skip
            yield Problem("register.left_behind", Place(path=whole), values, Severity.WARNING)


_LAST_NAMED = """
select subject from (
    select subject, arg_max(coalesce(park, parent), (valid, sequence, rank, recorded)) as home
    from effective where coalesce(park, parent) is not null and valid <= $1 group by subject
) where home = $2 order by subject
"""
