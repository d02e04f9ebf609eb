"""Random formulas: well-typed ones for comparing engines, and token soup for attacking the reader."""

from __future__ import annotations

import random
from dataclasses import dataclass

NAMES = {
    "money": ["value_added", "tax", "output"],
    "area": ["land", "land_ha", "area"],
    "energy": ["energy"],
    "people": ["staff"],
    "one": ["small", "rnd_share", "p.share"],
    "intensity": ["tax_per_mu", "tax_per_ha", "p.threshold"],
}
LITERALS = {
    "money": ["500", "3 万元", "12.5 元"],
    "area": ["2", "1.5 公顷", "3 亩"],
    "energy": ["7", "0.125 tce", "3 kgce"],
    "people": ["10"],
    "one": ["0", "1", "2.5%", "0.3", "7"],
    "intensity": ["15.5", "500 万元/公顷", "3 元/亩"],
}
PLAIN = [
    "above_scale",
    "p.strict",
    "industry in ('13', '131')",
    "starts_with(industry, '13', '2')",
    "remark = p.home",
    "tier = 'national'",
    "remark <> industry",
]
ROUNDINGS = ["round", "floor", "ceil", "round_even"]
SPANS = ["years_between", "months_between", "days_between"]


@dataclass
class Grammar:
    """Well-typed formulas of some depth; a few are refused for their units, by design."""

    chance: random.Random

    def number(self, depth: int, dimension: str) -> str:
        pick = self.chance.choice
        if depth <= 0 or self.chance.random() < 0.25:
            return pick(NAMES[dimension]) if self.chance.random() < 0.75 else pick(LITERALS[dimension])
        below = [self.number(depth - 1, dimension) for _ in range(3)]
        forms = [
            lambda: f"({below[0]} + {below[1]})",
            lambda: f"({below[0]} - {below[1]})",
            lambda: f"({self.number(depth - 1, 'one')} * {below[0]})",
            lambda: f"({below[0]} / {self.number(depth - 1, 'one')})",
            lambda: self._composed(depth, dimension),
            lambda: f"abs({below[0]})",
            lambda: f"{pick(ROUNDINGS)}({below[0]}, {pick([0, 1, 2, 3, 6, -1, -2, 12])})",
            lambda: f"{pick(['least', 'greatest'])}({below[0]}, {below[1]})",
            lambda: f"coalesce({below[0]}, {below[1]})",
            lambda: f"case when {self.condition(depth - 1)} then {below[0]} else {pick([below[1], 'null'])} end",
            lambda: self._two_branches(depth, below),
            lambda: f"-{self.number(0, dimension)}",
        ]
        return pick(forms)()

    def _two_branches(self, depth: int, below: list[str]) -> str:
        one, other = self.condition(depth - 1), self.condition(depth - 2)
        return f"case when {one} then {below[0]} when {other} then {below[1]} else {below[2]} end"

    def _composed(self, depth: int, dimension: str) -> str:
        """A number made of other dimensions."""

        def make(other: str) -> str:
            return self.number(depth - 1, other)

        if dimension == "intensity":
            return f"({make('money')} / {make('area')})"
        if dimension == "money":
            return f"({make('intensity')} * {make('area')})"
        if dimension == "one" and self.chance.random() < 0.4:
            return f"{self.chance.choice(SPANS)}({self.day(depth - 1)}, {self.day(depth - 1)})"
        same = self.chance.choice(["money", "area", "energy", "people"])
        return f"({make(same)} / {make(same)})" if dimension == "one" else make(dimension)

    def day(self, depth: int) -> str:
        pick, luck = self.chance.choice, self.chance.random()
        if depth <= 0 or luck < 0.5:
            return pick(["founded", "built", "p.since", "date '2020-02-29'"])
        if luck < 0.7:
            return f"add_months({self.day(depth - 1)}, {pick(['3', '-1', '12', 'small', 'staff', 'p.years'])})"
        function = pick(["coalesce", "least", "greatest"])
        return f"{function}({self.day(depth - 1)}, {self.day(depth - 1)})"

    def condition(self, depth: int) -> str:
        pick = self.chance.choice
        dimension = pick(list(NAMES))
        sign = pick(["=", "<>", "<", "<=", ">", ">="])
        one, two, three = (self.number(depth - 1, dimension) for _ in range(3))
        forms = [
            lambda: f"({one} {sign} {two})",
            lambda: f"({one} {sign} {two})",
            lambda: f"({one} {sign} {two})",
            lambda: f"({one} between {two} and {three})",
            lambda: f"({one} in ({two}, {three}))",
            lambda: f"({one} is {pick(['', 'not '])}null)",
            lambda: pick(PLAIN),
            lambda: f"({self.day(depth - 1)} {sign} {self.day(depth - 1)})",
        ]
        if depth > 0:
            joined = [self.condition(depth - 1) for _ in range(2)]
            forms += [
                lambda: f"({joined[0]} and {joined[1]})",
                lambda: f"({joined[0]} or {joined[1]})",
                lambda: f"not {joined[0]}",
            ]
        return pick(forms)()


FRIENDLY = [
    "value_added",
    "tax",
    "land",
    "land_ha",
    "rnd_share",
    "tier",
    "industry",
    "above_scale",
    "founded",
    "增加值",
    "用地面积",
    "规上企业",
    "p.threshold",
    "p.share",
    "500",
    "0.5",
    "15",
    "2.5%",
    "45",
    "0",
    "100",
    "'13'",
    "'national'",
    "万元",
    "亩",
    "万元/亩",
    "公顷",
    "(",
    ")",
    "(",
    ")",
    ",",
    "+",
    "-",
    "*",
    "/",
    "=",
    "<>",
    "<",
    "<=",
    ">",
    ">=",
    "≥",
    "≤",
    "≠",
    "×",
    "÷",
    "and",
    "or",
    "not",
    "in",
    "between",
    "is",
    "null",
    "true",
    "false",
    "case",
    "when",
    "then",
    "else",
    "end",
    "coalesce(",
    "least(",
    "greatest(",
    "abs(",
    "round(",
    "floor(",
    "ceil(",
    "starts_with(",
    "years_between(",
    "add_months(",
    "date",
    "'2018-01-01'",
    "（",
    "）",
    "，",
    "％",
]
HOSTILE = [
    ";", "--", "/*", "*/", "::", "::int", "[", "]", "{", "}", "$1", "?", "@", "\\", "\"", "`", "''", "'", "->",
    "=>", "||", "|", "&", "~", "#", "!", ":", ".", "..", "//", "**", "%", "^", "select", "from", "where",
    "union", "drop table x", "read_csv('/etc/passwd')", "getenv('HOME')", "(select 1)", "exists (select 1)",
    "cast(tax as int)", "columns('t.*')", "lambda x: x", "x -> x", "list_transform([1], x -> x)",
    "over (partition by 1)", "filter (where true)", "as evil", "row_number()", "count(*)", "sum(tax)",
    "interval 1 day", "current_date", "now()", "random()", "version()", "like", "ilike", "similar to", "glob",
    "collate", "distinct", "any(", "all(", "extract(year from founded)", "try_cast(", "pg_sleep(9)",
    "lo_import('/etc/passwd')", "attach 'x'", "copy", "pragma", "install httpfs", "load", "set", "q.tax",
    "facts.tax", "1e308", "0x1F", "inf", "nan", "'nan'", "cast('nan' as double)", "log(2)", "ln(2)",
    "power(2,9)", '\u202e', '\u200b', '\x00', '\n', '\t', "　", "＇", "；", '\u201c', '\u201d', "亩^2", "²", "½",
    "①", "٣", "é", "🙂", "N'x'", "E'\\n'", "x'00'", "b'1'", "$$x$$", "using sample 1%", "limit 1",
    "with a as (select 1)", "values (1)", "*", "tax.*", "* exclude (tax)",
]  # fmt: skip


def soup(chance: random.Random) -> str:
    """A string of tokens: a formula with something done to it, or no formula at all."""
    if chance.random() < 0.5:
        return " ".join(chance.choice(FRIENDLY) for _ in range(chance.randrange(1, 12)))
    seed = Grammar(chance).condition(1) if chance.random() < 0.12 else chance.choice(_SEEDS)
    parts = seed.split(" ")
    for _ in range(chance.randrange(3)):
        at = chance.randrange(len(parts))
        word = chance.choice(HOSTILE if chance.random() < 0.5 else FRIENDLY)
        act = chance.random()
        if act < 0.4:
            parts.insert(at, word)
        elif act < 0.8:
            parts[at] = word
        else:
            parts[at : at + 1] = []
        parts = parts or [word]
    return chance.choice([" ", " ", "", "  "]).join(parts) if chance.random() < 0.2 else " ".join(parts)


_SEEDS = [
    "tax / land >= 15 and above_scale",
    "增加值 ÷ 用地面积 ≥ 500 万元/亩",
    "case when tier = 'national' then 1 else 0 end",
    "coalesce( tax , 0 ) + value_added * 2.5%",
    "industry in ( '13' , '26' ) or rnd_share > 3%",
    "round( tax / land , 2 ) between 1 and 2",
    "years_between( founded , date '2018-01-01' ) >= 3",
    "not ( tax is null ) and tax_per_mu >= p.threshold",
    "greatest( tax , value_added , 0 ) - 1 万元",
    "starts_with( industry , '1' )",
    "tax",
    "above_scale",
]
