"""Every node of a plan computed in every frame it is needed in, bottom up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import duckdb
import pyarrow as pa

from yuanzhi.engine.formulas import emit_condition
from yuanzhi.engine.indicators.catalogue import is_coarser_or_equal
from yuanzhi.engine.indicators.computing import FEW, STRUCT, Asked, computed, computing_sql
from yuanzhi.engine.indicators.facts import RESULTS, Facts, literal, quoted
from yuanzhi.engine.indicators.figures import Figure, figures, growth
from yuanzhi.engine.indicators.frames import Frame
from yuanzhi.engine.indicators.measures import Measure, Measuring
from yuanzhi.engine.indicators.medians import medians
from yuanzhi.engine.indicators.plan import Node, Plan, Planner, Rolled
from yuanzhi.engine.indicators.rolling import Climb, rolled_up
from yuanzhi.engine.indicators.series_form import VALUE
from yuanzhi.engine.indicators.tallies import Tallier
from yuanzhi.engine.kernel.periods import Period
from yuanzhi.engine.kernel.quantities import ONE, Unit
from yuanzhi.engine.pack.model import Scalar

RESULTS_SCHEMA = pa.schema(
    [
        ("indicator", pa.string()), ("scope", pa.string()), ("level", pa.bool_()), ("frame", pa.string()),
        ("subject_type", pa.string()), ("subject", pa.string()), ("value", VALUE), ("raw", VALUE),
        ("reported", pa.int64()), ("expected", pa.int64()), ("missing", pa.list_(pa.string())),
        ("synthetic", pa.bool_()), ("real", pa.bool_()),
    ]
)  # fmt: skip


@dataclass
class Evaluation:
    """One run over a connection with a snapshot's views. Results stand in the table ``results``."""

    connection: duckdb.DuckDBPyConnection
    planner: Planner
    plan: Plan
    parameters: Mapping[str, Scalar]
    facts: Facts
    frames: dict[Node, set[Frame]] = field(default_factory=dict)
    _sets: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    _climbs: dict[tuple[Frame, str, str, str, str, bool], Climb] = field(default_factory=dict)

    def run(self, periods: Sequence[Period]) -> None:
        """Compute everything for the periods, level by level."""
        self.connection.register("no_results", RESULTS_SCHEMA.empty_table())
        self.connection.execute(f"create temp table {RESULTS} as from no_results")
        self._spread(periods)
        for level in sorted(set(self.plan.levels.values())):
            batches: dict[str, tuple[Frame, list[Node]]] = {}
            for node in self.plan.nodes:
                if self.plan.levels[node] == level:
                    for frame in self.frames.get(node, ()):
                        batches.setdefault(frame.code, (frame, []))[1].append(node)
            for _, (frame, nodes) in sorted(batches.items()):
                self._batch(frame, nodes)

    def is_asked_for(self, node: Node, period: Period) -> bool:
        """Whether an indicator has a value for such a period: it is in force and comes at least that often."""
        own = self.planner.indicator(node)
        return own.validity.covers(period.end) and is_coarser_or_equal(period.frequency, own.frequency)

    def _spread(self, periods: Sequence[Period]) -> None:
        """Give each node the frames it is needed in, from the nodes asked for downwards."""
        for node in self.plan.wanted:
            own = {Frame(period) for period in periods if self.is_asked_for(node, period)}
            self.frames.setdefault(node, set()).update(own)
        for node in reversed(self.plan.nodes):
            for frame in self.frames.get(node, set()):
                for below in self.planner.value_inputs(node):
                    self.frames.setdefault(below, set()).update(self._needed(node, frame))
                for below in self.planner.set_inputs(node):
                    self.frames.setdefault(below, set()).add(Frame(frame.standing))

    def _needed(self, node: Node, frame: Frame) -> set[Frame]:
        if self._function(node) != "growth":
            return {frame}
        if frame.boundaries is not None:
            return set()
        period, before = frame.period, frame.period.same_period_last_year()
        if self._is_comparable(before, period):
            return {frame, Frame(before)}
        return {frame, Frame(before), Frame(period, period), Frame(before, period)}

    def _is_comparable(self, before: Period, period: Period) -> bool:
        """Whether no park was merged or split from one period to the other."""
        return not self.facts.members.successions.between(before.start, period.end)

    def _function(self, node: Node) -> str:
        own = self.planner.indicator(node)
        return own.aggregate.function if own.aggregate is not None and not node.level else ""

    # batches

    def _batch(self, frame: Frame, nodes: Sequence[Node]) -> None:
        formulas, rolled, others = [], [], []
        for node in nodes:
            own = self.planner.indicator(node)
            if own.aggregate is None:
                formulas.append(node)
            elif self._function(node) in ("growth", "rank"):
                others.append(node)
            else:
                rolled.append(node)
        self._roll(frame, rolled)
        for node in others:
            if self._function(node) == "growth":
                self._grow(frame, node)
            else:
                self._rank(frame, node)
        self._formulas(frame, formulas)

    # aggregates

    def _roll(self, frame: Frame, nodes: Sequence[Node]) -> None:
        resolved = {node: self.planner.rolled(node) for node in nodes}
        measuring = Measuring(self.planner, self.parameters)
        tallier = Tallier(self.connection, self.facts, self.results_read(nodes))
        shapes: dict[Node, tuple[Measure, Measure | None]] = {}
        for node, rolled in resolved.items():
            if rolled.link == "":
                self._own_level(frame, node, measuring.measure(node, rolled, frame, row_set=""))
            elif rolled.aggregate.function == "median":
                self._median(frame, node, measuring)
            else:
                shapes[node] = self._measures(frame, node, rolled, measuring)
        wanted = [measure for pair in shapes.values() for measure in pair if measure is not None]
        tallies = tallier.leaves(wanted, frame)
        results: dict[Node, Mapping[str, Figure]] = {}
        for node, (part, whole) in shapes.items():
            rolled = resolved[node]
            climbed = rolled_up(tallies[part], self.climb(frame, node, rolled, node.scope))
            wholes = {}
            if whole is not None:
                base = rolled.aggregate.base_set or node.scope
                wholes = rolled_up(tallies[whole], self.climb(frame, node, rolled, base))
            factor = self._factor(node, part)
            results[node] = figures(rolled.aggregate, climbed, wholes, factor, is_number=part.is_number)
        self._insert(frame, results)

    def _measures(
        self, frame: Frame, node: Node, rolled: Rolled, measuring: Measuring
    ) -> tuple[Measure, Measure | None]:
        part = measuring.measure(node, rolled, frame, row_set=self.row_set(frame, node.scope, rolled))
        if rolled.aggregate.function != "share":
            return part, None
        base = rolled.aggregate.base_set or node.scope
        row_set = self.row_set(frame, base, rolled)
        return part, measuring.measure(node, rolled, frame, row_set=row_set, filtered=False)

    def results_read(self, nodes: Iterable[Node]) -> dict[str, Node]:
        """The nodes whose results aggregates read, by the name they have in formulas."""
        indicators = self.planner.composition.indicators
        return {
            below.indicator: below
            for node in nodes
            for below in self.planner.inputs(node)
            if below == Node(below.indicator, indicators[below.indicator].scope)
        }

    def row_set(self, frame: Frame, scope: str, rolled: Rolled) -> str:
        """The set as a table, where it is one of the subjects that are rolled up."""
        if not scope or self.planner.composition.sets[scope].subject != rolled.lower:
            return ""
        self.members_of_set(scope, frame)
        return self._set_table(scope, frame)

    def climb(self, frame: Frame, node: Node, rolled: Rolled, scope: str) -> Climb:
        """How an aggregate's leaves are added up over a scope."""
        own = self.planner.indicator(node)
        parks = uppers = None
        if scope:
            subject = self.planner.composition.sets[scope].subject
            if subject != rolled.lower and self.planner.catalogue.stands_in_tree(subject):
                parks = self.members_of_set(scope, frame)
            elif subject == own.subject and subject != rolled.lower:
                uppers = self.members_of_set(scope, frame)
        once = rolled.aggregate.function in ("sum", "count", "share", "growth")
        key = (frame, rolled.lower, own.subject, rolled.link, scope, once)
        if key not in self._climbs:
            tree = self.facts.members.tree(frame)
            self._climbs[key] = Climb(tree, rolled.lower, own.subject, rolled.link, parks, uppers, once)
        return self._climbs[key]

    def _factor(self, node: Node, measure: Measure) -> Fraction:
        """What turns what was read into the indicator's unit; shares and counts are plain numbers."""
        own = self.planner.indicator(node)
        unit = self._unit(own.unit)
        function = own.aggregate.function if own.aggregate else ""
        if function in ("share", "growth", "count") and not node.level:
            return 1 / unit.factor if not unit.dimension else Fraction(1)
        source = self._unit(measure.unit)
        return source.conversion_to(unit) if source.same_dimension(unit) else Fraction(1)

    def _unit(self, text: str) -> Unit:
        try:
            return self.planner.composition.unit_system.unit(text)
        except KeyError:
            return ONE

    def _own_level(self, frame: Frame, node: Node, measure: Measure) -> None:
        """A subject's own value, as what a growth or rank is taken of."""
        results = self.results_read([node])
        view = self.facts.view(measure.lower, frame, measure.reads, results)
        column = f"{quoted(measure.item.code) if measure.item else measure.value}"
        wanted = f" where {measure.where}" if measure.where else ""
        marks = view.synthetic_marks(measure.names)
        synthetic = " or ".join(f"coalesce({mark}, false)" for mark in marks) or "false"
        real = " or ".join(f"coalesce(not {mark}, false)" for mark in marks) or "false"
        own = self.planner.indicator(node).subject
        self.connection.execute(
            f"insert into {RESULTS} select {self._key(node, frame)}, {literal(own)}, subject, "
            f"try_cast({column} as decimal(38,12)), null, ({column} is not null)::bigint, 1, "
            f"case when {column} is null then [subject] else [] end, {synthetic}, {real} from ({view.sql}){wanted}"
        )

    def _median(self, frame: Frame, node: Node, measuring: Measuring) -> None:
        rolled = self.planner.rolled(node)
        row_set = self.row_set(frame, node.scope, rolled)
        measure = measuring.measure(node, rolled, frame, row_set=row_set)
        tallier = Tallier(self.connection, self.facts, self.results_read([node]))
        climb = self.climb(frame, node, rolled, node.scope)
        leaves = tallier.leaves([measure], frame)[measure]
        found = medians(tallier.values(measure, frame), leaves, climb, self._factor(node, measure))
        self._insert(frame, {node: found})

    # growth and rank

    def _grow(self, frame: Frame, node: Node) -> None:
        level = self.planner.level_node(node)
        period, before = frame.period, frame.period.same_period_last_year()
        plain = (self._read(level, frame), self._read(level, Frame(before)))
        comparable = plain
        if not self._is_comparable(before, period):
            comparable = (self._read(level, Frame(period, period)), self._read(level, Frame(before, period)))
        unit = self._unit(self.planner.indicator(node).unit)
        factor = 1 / unit.factor if not unit.dimension else Fraction(1)
        found = {
            code: growth(
                (comparable[0].get(code), comparable[1].get(code)), (plain[0].get(code), plain[1].get(code)), factor
            )
            for code in plain[0]
        }
        self._insert(frame, {node: found})

    def _read(self, node: Node, frame: Frame) -> dict[str, Figure]:
        rows = self.connection.execute(
            f"select subject, value, raw, reported, expected, missing, synthetic, real from {RESULTS} "
            "where indicator = $1 and scope = $2 and level = $3 and frame = $4 order by subject",
            [node.indicator, node.scope, node.level, frame.code],
        ).fetchall()
        return {
            subject: Figure(value, raw, reported, expected, tuple(missing), synthetic, real)
            for subject, value, raw, reported, expected, missing, synthetic, real in rows
        }

    def _rank(self, frame: Frame, node: Node) -> None:
        """The place among peers by value, best first; equal values share the better place (1, 2, 2, 4)."""
        own, level = self.planner.indicator(node), self.planner.level_node(node)
        of = self.planner.composition.indicators.get(level.indicator)
        falling = (of.direction if of is not None and not level.level else own.direction) != "less"
        peers = own.aggregate.peers if own.aggregate else ""
        group, wanted = "''", []
        names: set[str] = set()
        sets = self.planner.composition.sets
        for code in {node.scope, peers if peers in sets else ""} - {""}:
            self.members_of_set(code, frame)
            wanted.append(f"r.subject in (select subject from {self._set_table(code, frame)})")
        if peers and peers not in sets:
            group, names = f"coalesce({quoted(peers)}::varchar, '')", {peers}
        view = self.facts.view(own.subject, frame, names, {"ranked": level})
        condition = f" where {' and '.join(wanted)}" if wanted else ""
        rows = f"select r.*, {group} as peer_group from ({view.sql}) r{condition}"
        order = "desc" if falling else "asc"
        self.connection.execute(
            f"insert into {RESULTS} select {self._key(node, frame)}, {literal(own.subject)}, subject, "
            "case when ranked is not null then "
            f"rank() over (partition by peer_group, ranked is null order by ranked {order}) end, "
            "null, count(ranked) over (partition by peer_group), count(*) over (partition by peer_group), "
            "case when ranked is null then [subject] else [] end, "
            f'coalesce("synthetic.ranked", false), coalesce("real.ranked", false) from ({rows})'
        )

    # formulas

    def _formulas(self, frame: Frame, nodes: Sequence[Node]) -> None:
        groups: dict[tuple[str, tuple[Node, ...]], list[Node]] = {}
        indicators = self.planner.composition.indicators
        for node in nodes:
            own = indicators[node.indicator]
            key = (own.subject, () if node.scope == own.scope else (node,))
            groups.setdefault(key, []).append(node)
        for (subject, _), group in sorted(groups.items(), key=lambda item: item[0]):
            self._formula_group(frame, subject, group)

    def _formula_group(self, frame: Frame, subject: str, nodes: Sequence[Node]) -> None:
        names: set[str] = set()
        results: dict[str, Node] = {}
        asked = [self._asked(frame, subject, node) for node in nodes]
        for own in asked:
            names |= own.formula.inputs
            inputs = [
                code for code in own.formula.inputs if self.planner.catalogue.indicator(subject, code) is not None
            ]
            results |= {code: self.planner.input_node(own.node, code) for code in inputs}
        view = self.facts.view(subject, frame, names, results)
        if self.facts.count(subject, frame) <= FEW:
            rows = self.connection.sql(view.sql).to_arrow_table().to_pylist()
            self._insert(frame, computed(asked, view, rows, self.parameters))
            return
        columns = ", ".join(STRUCT)
        self.connection.execute(
            f"insert into {RESULTS} select indicator, scope, false, {literal(frame.code)}, {literal(subject)}, "
            f"subject, {columns} from ({computing_sql(asked, view, self.parameters)})"
        )

    def _asked(self, frame: Frame, subject: str, node: Node) -> Asked:
        formula = self.planner.formula(node.indicator)
        if formula is None:
            raise KeyError(node.indicator)
        if not node.scope or self.planner.composition.sets[node.scope].subject != subject:
            return Asked(node, formula)
        members = self.members_of_set(node.scope, frame)
        return Asked(node, formula, self._set_table(node.scope, frame), members)

    # sets

    def members_of_set(self, code: str, frame: Frame) -> frozenset[str]:
        """The subjects of a set as it stands in the frame; also left as a table.

        Members are the named ones, those that meet the condition, or the named ones that meet it. One that cannot
        be told to meet it is not in.
        """
        key = (code, str(frame.standing))
        if key not in self._sets:
            standing = Frame(frame.standing)
            own = self.planner.composition.sets[code]
            where = self.planner.compiled.formulas.get(f"sets/{code}/where")
            if where is None:
                found = frozenset(own.members)
            else:
                indicators = [name for name in where.inputs if self.planner.catalogue.indicator(own.subject, name)]
                declared = self.planner.composition.indicators
                results = {name: Node(name, declared[name].scope) for name in indicators}
                view = self.facts.view(own.subject, standing, where.inputs, results)
                sql = f"select subject from ({view.sql}) where {emit_condition(where, self.parameters)}"
                meeting = frozenset(row[0] for row in self.connection.execute(sql).fetchall())
                found = meeting & frozenset(own.members) if own.members else meeting
            self._sets[key] = found
            table = pa.table({"subject": pa.array(sorted(found), pa.string())})
            self.connection.register("set_rows", table)
            self.connection.execute(f"create temp table {self._set_table(code, frame)} as from set_rows")
            self.connection.unregister("set_rows")
        return self._sets[key]

    @staticmethod
    def _set_table(code: str, frame: Frame) -> str:
        return quoted(f"set.{code}.{frame.standing}")

    # results

    def _key(self, node: Node, frame: Frame) -> str:
        level = str(node.level).lower()
        return f"{literal(node.indicator)}, {literal(node.scope)}, {level}, {literal(frame.code)}"

    def _insert(self, frame: Frame, found: Mapping[Node, Mapping[str, Figure]]) -> None:
        """Keep the values of several nodes in one frame."""
        rows = [(node, subject, figure) for node, own in found.items() for subject, figure in own.items()]
        types = {node: self.planner.indicator(node).subject for node in found}
        columns = {
            "indicator": [node.indicator for node, _, _ in rows],
            "scope": [node.scope for node, _, _ in rows],
            "level": [node.level for node, _, _ in rows],
            "frame": [frame.code] * len(rows),
            "subject_type": [types[node] for node, _, _ in rows],
            "subject": [subject for _, subject, _ in rows],
            **{name: [getattr(figure, name) for _, _, figure in rows] for name in STRUCT},
        }
        arrays = {name: pa.array(values, RESULTS_SCHEMA.field(name).type) for name, values in columns.items()}
        self.connection.register("found_rows", pa.table(arrays, schema=RESULTS_SCHEMA))
        self.connection.execute(f"insert into {RESULTS} from found_rows")
        self.connection.unregister("found_rows")
