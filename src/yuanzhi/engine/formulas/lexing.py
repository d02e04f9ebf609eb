"""From text to tokens: full-width forms, percent and unit literals, and nothing else let through.

Every name and literal becomes a numbered placeholder and every function gets a name of our own, so
the SQL parser behind sees the structure only: no text of the author ever reaches it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from yuanzhi.engine.formulas.nodes import Day, Node, Number, Text, Variable
from yuanzhi.engine.kernel.problems import Problem, nearest
from yuanzhi.engine.kernel.quantities import ONE, UnitSystem

LONGEST = 4000
DEEPEST = 20
MOST_TOKENS = 800
MOST_DIGITS = 24

KEYWORDS = frozenset(
    ("and", "or", "not", "in", "between", "is", "null", "true", "false", "case", "when", "then", "else", "end")
)
FUNCTIONS: dict[str, tuple[int, int]] = {
    "coalesce": (2, 9),
    "least": (2, 9),
    "greatest": (2, 9),
    "abs": (1, 1),
    "round": (2, 2),
    "floor": (1, 2),
    "ceil": (1, 2),
    "round_even": (2, 2),
    "starts_with": (2, 40),
    "years_between": (2, 2),
    "months_between": (2, 2),
    "days_between": (2, 2),
    "add_months": (2, 2),
}
"""The functions of the language with the fewest and most arguments each takes."""
FUNCTION_MARK = "fn_"

_SYMBOLS = {"≥": ">=", "≤": "<=", "≠": "<>", "⩾": ">=", "⩽": "<=", "≧": ">=", "≦": "<=", "×": "*", "÷": "/", "−": "-"}
_NAME = re.compile(r"[^\W\d]\w*")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_OPERATOR = re.compile(r"<>|<=|>=|!=|[=<>+\-*/(),]")
_UNIT_POWER = re.compile(r"\^-?[0-9]")
_HYGIENE = ("--", "/*", "*/", "//", "**")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The structure as SQL over placeholders, and what each placeholder stands for."""

    sql: str = ""
    leaves: tuple[Node, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_tokens(text: str, units: UnitSystem, is_name: Callable[[str], bool]) -> Tokens:
    """The tokens of a formula, or the problems that keep it from being read.

    Args:
        text: The formula as the author wrote it.
        units: The units a number may carry.
        is_name: Whether a word names something, which decides ``500 万元 / 亩`` against a unit.
    """
    if not text.strip():
        return _refused("formula.empty")
    if len(text) > LONGEST:
        return _refused("formula.too_large", limit=f"{LONGEST}")
    lexer = _Lexer(_half_width(text), units, is_name)
    lexer.run()
    if lexer.problems:
        return Tokens(problems=tuple(lexer.problems))
    if len(lexer.parts) > MOST_TOKENS:
        return _refused("formula.too_large", limit=f"{MOST_TOKENS}")
    return Tokens(" ".join(lexer.parts), tuple(lexer.leaves))


def same_name(text: str) -> str:
    """A name in the one form used to look it up.

    >>> same_name("亩均ＧＤＰ")
    '亩均GDP'
    """
    return unicodedata.normalize("NFKC", text).strip()


def _half_width(text: str) -> str:
    """Full-width signs and letters as plain ones, outside quotes: text in quotes is data."""
    parts, in_quotes = [], False
    for char in text:
        if char == "'":
            in_quotes = not in_quotes
        if in_quotes:
            parts.append(char)
        elif "！" <= char <= "～":
            parts.append(chr(ord(char) - 0xFEE0))
        elif char == "　":
            parts.append(" ")
        else:
            parts.append(_SYMBOLS.get(char, char))
    return "".join(parts)


def _refused(code: str, **values: str) -> Tokens:
    return Tokens(problems=(Problem(code, values=values),))


@dataclass
class _Lexer:
    text: str
    units: UnitSystem
    is_name: Callable[[str], bool]
    at: int = 0
    nesting: int = 0
    parts: list[str] = field(default_factory=list)
    leaves: list[Node] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def run(self) -> None:
        """Read to the end or to the first thing that is not in the language."""
        while not self.problems:
            self._skip_spaces()
            if self.at >= len(self.text):
                return
            self._next()

    def _next(self) -> None:
        char = self.text[self.at]
        if char == "'":
            self._leaf(Text(self._quoted()))
        elif found := _NUMBER.match(self.text, self.at):
            self._number(found.group())
        elif found := _NAME.match(self.text, self.at):
            self._word(found.group())
        elif any(self.text.startswith(mark, self.at) for mark in _HYGIENE):
            self._problem("formula.forbidden", found=self.text[self.at : self.at + 2])
        elif found := _OPERATOR.match(self.text, self.at):
            self._operator(found.group())
        elif char in "%‰":
            self._problem("formula.percent_alone")
        else:
            self._problem("formula.forbidden", found=char)

    def _skip_spaces(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in " \t\r\n":
            self.at += 1

    def _problem(self, code: str, **values: str) -> None:
        self.problems.append(Problem(code, values=values))

    def _leaf(self, node: Node) -> None:
        self.parts.append(f'"v{len(self.leaves)}"')
        self.leaves.append(node)

    def _operator(self, sign: str) -> None:
        self.at += len(sign)
        self.nesting += (sign == "(") - (sign == ")")
        if self.nesting > DEEPEST:
            self._problem("formula.too_deep", limit=str(DEEPEST))
        self.parts.append("<>" if sign == "!=" else sign)

    def _quoted(self) -> str:
        end = self.text.find("'", self.at + 1)
        value = self.text[self.at + 1 : end]
        if end < 0:
            self._problem("formula.open_quote")
        elif "\\" in value or not value.isprintable():
            self._problem("formula.forbidden", found="\\")
        elif end + 1 < len(self.text) and self.text[end + 1] == "'":
            self._problem("formula.forbidden", found="''")
        self.at = end + 1
        return value

    def _word(self, word: str) -> None:
        self.at += len(word)
        if word.lower() in KEYWORDS:
            self._keyword(word.lower())
        elif self._follows("("):
            self._function(word)
        elif word.lower() == "date" and self._follows("'"):
            self._date()
        elif word == "p" and self.text.startswith(".", self.at):
            self._parameter()
        elif self.text.startswith(".", self.at):
            self._problem("formula.qualified", name=word)
        else:
            self._leaf(Variable(same_name(word)))

    def _keyword(self, word: str) -> None:
        self.nesting += (word == "case") - (word == "end")
        if self.nesting > DEEPEST:
            self._problem("formula.too_deep", limit=str(DEEPEST))
        self.parts.append(word)

    def _follows(self, sign: str) -> bool:
        return self.text[self.at :].lstrip().startswith(sign)

    def _function(self, word: str) -> None:
        known = word.lower()
        if known in FUNCTIONS:
            self.parts.append(FUNCTION_MARK + known)
        else:
            self._problem(
                "formula.unknown_function", name=word, nearest=nearest(known, FUNCTIONS), known=", ".join(FUNCTIONS)
            )

    def _date(self) -> None:
        self._skip_spaces()
        written = self._quoted()
        if self.problems:
            return
        try:
            day = date.fromisoformat(written) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written) else None
        except ValueError:
            day = None
        if day is None:
            self._problem("formula.date_form", text=written)
        else:
            self._leaf(Day(day))

    def _parameter(self) -> None:
        found = _NAME.match(self.text, self.at + 1)
        if not found or self.text.startswith(".", found.end()):
            self._problem("formula.qualified", name="p.")
            return
        self.at = found.end()
        self._leaf(Variable("p." + same_name(found.group())))

    def _number(self, digits: str) -> None:
        start = self.at
        self.at += len(digits)
        if len(digits) > MOST_DIGITS or (digits[0] == "0" and digits.split(".")[0] != "0"):
            self._problem("formula.number_form", text=digits)
            return
        value = Fraction(digits)
        self._skip_spaces()
        if self.at < len(self.text) and self.text[self.at] in "%‰":
            value /= 100 if self.text[self.at] == "%" else 1000
            self.at += 1
            self._leaf(Number(value, self.text[start : self.at].replace(" ", ""), ONE))
        elif (word := _NAME.match(self.text, self.at)) and word.group().lower() not in KEYWORDS:
            self._with_unit(value, digits)
        else:
            self._leaf(Number(value, digits))

    def _with_unit(self, value: Fraction, digits: str) -> None:
        written = self._unit_term()
        while (more := self._more_unit()) is not None:
            sign, self.at = more
            written += sign + self._unit_term()
        try:
            unit = self.units.unit(written)
        except KeyError:
            known = [code for code in self.units.units if len(code) < 20]
            self._problem("unit.unknown", unit=written, nearest=nearest(written, known))
        else:
            self._leaf(Number(value, f"{digits} {written}", unit))

    def _unit_term(self) -> str:
        found = _NAME.match(self.text, self.at)
        if not found:
            raise AssertionError("called only where a name stands")
        self.at = found.end()
        power = _UNIT_POWER.match(self.text, self.at)
        if power:
            self.at = power.end()
        return found.group() + (power.group() if power else "")

    def _more_unit(self) -> tuple[str, int] | None:
        """The sign and place of a next term of the unit, if what follows is one.

        A word that is both a unit and a name belongs to the unit only when written without spaces.
        """
        found = re.compile(r"(\s*)([/*])(\s*)([^\W\d]\w*)").match(self.text, self.at)
        if not found:
            return None
        before, sign, after, word = found.groups()
        if word not in self.units.units or ((before or after) and self.is_name(word)):
            return None
        return sign, found.start(4)
