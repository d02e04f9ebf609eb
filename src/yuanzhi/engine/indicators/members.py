"""Which subjects belonged where in a period: one row a subject, from the register's intervals.

A subject counts in a period if some day of its life lies in it, with the state it had last. On the
boundaries of a later period, parks merged or split since are put where they stand then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from yuanzhi.engine.indicators.catalogue import TERRITORY, TREE_KINDS
from yuanzhi.engine.indicators.frames import AMBIGUOUS, Frame, Successions, Tree, territories_above
from yuanzhi.engine.kernel.periods import Period

_KINDS = ", ".join(f"'{kind}'" for kind in sorted(TREE_KINDS))


@dataclass
class Members:
    """Makes and keeps the tables of members, each once; all are temporary tables of the connection.

    ``columns`` are the register's columns needed of each kind of subject, ``territories`` codes that count
    although no park lies there.
    """

    connection: duckdb.DuckDBPyConnection
    successions: Successions
    columns: Mapping[str, frozenset[str]]
    territories: frozenset[str] = frozenset()
    _made: dict[tuple[str, str, str], str] = field(default_factory=dict)
    _trees: dict[str, Tree] = field(default_factory=dict)

    def table(self, subject: str, frame: Frame) -> str:
        """The members of a kind of subject in a frame, one row each.

        Columns: ``subject``, ``park`` and ``territory`` where it is rolled up, ``at_end`` whether it lived on the last
        day, ``synthetic`` of the register's record, and its attributes with ``attribute.`` before.
        """
        return self._once((subject, frame.code, ""), lambda name: self._members(name, subject, frame))

    def parts(self, subject: str, frame: Frame, periods: Sequence[Period]) -> str:
        """The members for each of the shorter periods that make up the frame's.

        Columns: ``subject``, ``original`` (the subject before any merger), ``park``, ``territory``, ``period``,
        ``period_end`` and ``is_last``, the last of the periods in which the original lived.
        """
        key = (subject, frame.code, str(periods[0].frequency))
        return self._once(key, lambda name: self._parts(name, subject, frame, periods))

    def tree(self, frame: Frame) -> Tree:
        """The tree of parks as it stands in the frame."""
        if frame.code not in self._trees:
            period = frame.standing
            rows = self.connection.execute(_TREE, [period.start, period.end]).fetchall()
            changed = self.successions.of_frame(frame)
            self._trees[frame.code] = Tree.of(rows, {code: now for code, now in changed.items() if len(now) > 1})
        return self._trees[frame.code]

    def _once(self, key: tuple[str, str, str], make: Callable[[str], None]) -> str:
        if key not in self._made:
            name = f"members_{len(self._made)}"
            self._made[key] = name
            make(name)
        return self._made[key]

    def _members(self, name: str, subject: str, frame: Frame) -> None:
        period = frame.period
        wanted = sorted(self.columns.get(subject, frozenset()))
        attributes = "".join(f', s."{code}" as "attribute.{code}"' for code in wanted)
        columns, joins = self._placed(frame)
        sql = _MEMBERS.format(columns=columns, joins=joins, attributes=attributes)
        if frame.boundaries:
            kept = "".join(
                f', arg_max("attribute.{code}", original = subject) as "attribute.{code}"' for code in wanted
            )
            sql = _ONE_EACH.format(rows=sql, kept=kept)
        self.connection.execute(f"create temp table {name} as {sql}", [subject, period.start, period.end])
        if subject == TERRITORY:
            self._add_territories(name, frame)

    def _add_territories(self, name: str, frame: Frame) -> None:
        """Territories exist whether the register lists them or not: those of the parks and those targets name."""
        tree = self.tree(frame)
        homes = {tree.territory(park) for park in tree.kinds} | self.territories
        codes = sorted({code for home in homes for code in territories_above(home)})
        self.connection.execute(
            f"insert into {name} by name select code as subject, code as territory, true as at_end, false as synthetic "
            f"from (select unnest($1::varchar[]) as code) where code not in (select subject from {name})",
            [codes],
        )

    def _parts(self, name: str, subject: str, frame: Frame, periods: Sequence[Period]) -> None:
        days = pa.date32()
        listed = pa.table(
            {
                "period": [str(period) for period in periods],
                "period_start": pa.array([period.start for period in periods], days),
                "period_end": pa.array([period.end for period in periods], days),
            }
        )
        self.connection.register("listed_parts", listed)
        columns, joins = self._placed(frame)
        sql = _PARTS.format(columns=columns, joins=joins)
        self.connection.execute(f"create temp table {name} as {sql}", [subject])
        self.connection.unregister("listed_parts")

    def _placed(self, frame: Frame) -> tuple[str, str]:
        """Where a row ``s`` of the register stands in the frame, as SQL: the columns and the joins they need."""
        number = len(self._made)
        self._keep(f"homes_{number}", {"park": None, "territory": None}, self._homes(frame))
        if frame.boundaries is None:
            return _COLUMNS, _JOINS.format(homes=f"homes_{number}")
        changed = self.successions.of_frame(frame)
        rows = [(old, now[0] if len(now) == 1 else AMBIGUOUS + old, list(now)) for old, now in sorted(changed.items())]
        self._keep(f"changed_{number}", {"old": None, "new": None, "parts": pa.list_(pa.string())}, rows)
        end = frame.boundaries.end.isoformat()
        return _COLUMNS_LATER, _JOINS_LATER.format(homes=f"homes_{number}", changed=f"changed_{number}", end=end)

    def _homes(self, frame: Frame) -> list[tuple[str, str]]:
        tree = self.tree(frame)
        return [(park, tree.territory(park)) for park in sorted(tree.kinds) if tree.territory(park)]

    def _keep(self, name: str, columns: Mapping[str, pa.DataType | None], rows: Sequence[tuple[object, ...]]) -> None:
        arrays = {
            column: pa.array([row[at] for row in rows], kind or pa.string())
            for at, (column, kind) in enumerate(columns.items())
        }
        self.connection.register("rows_to_keep", pa.table(arrays))
        self.connection.execute(f"create temp table {name} as from rows_to_keep")
        self.connection.unregister("rows_to_keep")


_TREE = f"""
select subject, subject_type, parent, territory, valid_from <= $2 and (valid_to is null or valid_to >= $2)
from subjects
where subject_type in ({_KINDS}) and valid_from <= $2 and (valid_to is null or valid_to >= $1)
qualify row_number() over (partition by subject order by valid_from desc) = 1
order by subject
"""
# Subjects alive on the last day have exactly one interval there. Only the few that ended before are sorted through.
_MEMBERS = """
with alive as (
    from subjects where subject_type = $1 and valid_from <= $3 and (valid_to is null or valid_to >= $3)
),
ended as (
    from subjects where subject_type = $1 and valid_to >= $2 and valid_to < $3
    qualify row_number() over (partition by subject order by valid_from desc) = 1
),
s as (
    select *, true as at_end from alive
    union all by name
    select *, false as at_end from ended
    where subject not in (select a.subject from alive a semi join ended e on a.subject = e.subject)
)
select {columns}, s.at_end, coalesce(s.synthetic, false) as synthetic{attributes} from s {joins}
"""
_ONE_EACH = """
select subject, arg_max(park, original = subject) as park, arg_max(territory, original = subject) as territory,
    bool_or(at_end) as at_end, bool_or(synthetic) as synthetic{kept}
from ({rows}) group by subject
"""
_PARTS = """
with s as (
    select r.*, l.period, l.period_end
    from subjects r join listed_parts l on r.valid_from <= l.period_end
        and coalesce(r.valid_to, date '9999-12-31') >= l.period_start
    where r.subject_type = $1
    qualify row_number() over (partition by r.subject, l.period order by r.valid_from desc) = 1
)
select {columns}, s.period, s.period_end,
    s.period_end = max(s.period_end) over (partition by s.subject) as is_last
from s {joins}
"""
_PARK = f"case when s.subject_type in ({_KINDS}) then s.subject else s.park end"
_TERRITORY = f"case when s.subject_type = '{TERRITORY}' then s.subject else coalesce(s.territory, h.territory) end"
_COLUMNS = f"s.subject as subject, s.subject as original, {_PARK} as park, {_TERRITORY} as territory"
_JOINS = f"left join {{homes}} h on h.park = {_PARK}"
_COLUMNS_LATER = f"""
coalesce(cs.new, s.subject) as subject, s.subject as original,
case when s.subject_type in ({_KINDS}) then coalesce(cs.new, s.subject)
     when cp.old is not null and list_contains(cp.parts, now.park) then now.park
     else coalesce(cp.new, s.park) end as park,
case when s.subject_type = '{TERRITORY}' then coalesce(cs.new, s.subject)
     when s.subject_type in ({_KINDS}) then coalesce(h.territory, s.territory)
     when ct.old is not null and list_contains(ct.parts, now.territory) then now.territory
     else coalesce(ct.new, s.territory, hp.territory) end as territory"""
_JOINS_LATER = """
left join {changed} cs on cs.old = s.subject
left join {changed} cp on cp.old = s.park
left join {changed} ct on ct.old = s.territory
left join (
    select subject, any_value(park) as park, any_value(territory) as territory from subjects
    where valid_from <= date '{end}' and (valid_to is null or valid_to >= date '{end}') group by subject
) now on now.subject = s.subject
left join {homes} h on h.park = coalesce(cs.new, s.subject)
left join {homes} hp on hp.park = coalesce(cp.new, s.park)"""
