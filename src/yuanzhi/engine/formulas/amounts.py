"""Exact decimals in SQL, with their bounds known while the text is made.

Every amount carries the greatest magnitude it can have. Additions and products are widened before
they can overflow. Where even the widest decimal of a database could be too narrow, the operation is
guarded: a value beyond it becomes missing, never wrong and never an error that ends the batch.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from yuanzhi.engine.formulas.dialects import NARROW, Dialect
from yuanzhi.engine.formulas.nodes import CompareOperator
from yuanzhi.engine.formulas.types import WHOLE_DIGITS, NumberType
from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.kernel.quantities import decimal_of

MIRRORED: dict[CompareOperator, CompareOperator] = {
    "=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<=",
}  # fmt: skip
"""The operator that holds when both sides change their sign or place."""


MOST_DIGITS = 38
"""Digits of the widest decimal of every database but PostgreSQL and ClickHouse; the same guards everywhere
give the same results everywhere."""
USUAL_DIGITS = 10
"""Digits before the point of ordinary values; no product may be refused them."""
ORDINARY_DIGITS = 12
"""Digits before the point of inputs for which the short way holds."""
TOGETHER = 20
"""Ordinary digits counted in full; of those beyond, every other, since great values rarely all come together."""
PARAMETER_DIGITS = 12
"""Digits a parameter may have where its type does not say."""
LONGEST_SQL = 60_000
"""Characters of the SQL of a formula; past this it repeats itself without end."""
LONGEST_PART = 400_000
"""Characters at which making SQL stops at once."""


SHORT_SQL = 1000
"""An expression up to this long is repeated rather than named."""


GUARD = "case when abs("
"""How a guarded value begins."""


class TooWideError(Exception):
    """A formula needs more digits than any database keeps exactly."""

    def __init__(self, places: int) -> None:
        self.places = places
        super().__init__(f"{places} places")


class TooLongError(Exception):
    """The SQL of a formula grows past what a database should be given."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A decimal expression.

    ``bound`` is the greatest unscaled magnitude, ``width`` the SQL width, ``usual`` the digits before
    the point that ordinary values have, ``constant`` the value of a literal. A product keeps its
    ``members`` and the ``weight`` they are multiplied by: its sign is theirs, and more places are
    had by writing the weight with more.
    """

    text: str
    bound: int
    scale: int
    width: int
    usual: int = USUAL_DIGITS
    constant: Fraction | None = None
    members: tuple[Amount, ...] = ()
    weight: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        if len(self.text) > LONGEST_PART:
            raise TooLongError

    def said(self, text: str) -> Amount:
        """An amount of the same size in other words."""
        return Amount(text, self.bound, self.scale, self.width, self.usual)

    @property
    def factors(self) -> tuple[Amount, ...]:
        """The members of a product, or the amount alone."""
        return self.members or (self,)

    @property
    def digits(self) -> int:
        """Digits the value can have."""
        return max(len(str(self.bound)), 1)


def has_room(digits: int, scale: int, usual: int) -> bool:
    """Whether ordinary values fit before the point once the places are taken off."""
    together = usual if usual <= TOGETHER else (TOGETHER + usual) // 2
    return digits - scale >= max(WHOLE_DIGITS, together)


def is_finite(value: Fraction) -> bool:
    """Whether the fraction ends as a decimal."""
    return without_tens(value.denominator) == 1


def without_tens(value: int) -> int:
    """A whole number without its usual two and five."""
    for prime in (2, 5):
        while value % prime == 0:
            value //= prime
    return value


Pair = tuple[Amount, Amount]
"""Two usual of a product."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a ``case``; one that can be undetermined makes the whole missing when it is."""

    text: str
    is_determined: bool = False


def chosen(conditions: Sequence[Condition], values: Sequence[str]) -> str:
    """A strict ``case``; the last value, one more than the conditions, is for none met."""
    text = values[-1]
    for condition, value in zip(reversed(conditions), reversed(values[:-1]), strict=True):
        if condition.is_determined:
            text = f"(case when {condition.text} then {value} else {text} end)"
        else:
            # Comparing the condition itself leaves an undetermined one without a branch: missing.
            text = f"(case {condition.text} when true then {value} when false then {text} end)"
    return text


def parameter_digits(type_: NumberType) -> int:
    """The digits a parameter may have; its value is not known while a formula is checked."""
    return type_.digits or max(PARAMETER_DIGITS, type_.scale + USUAL_DIGITS)


@dataclass(frozen=True, slots=True)
class Decimals:
    """Arithmetic on amounts for one database.

    Only the trial of a formula refuses one that is too wide: what was accepted is emitted, whatever
    digits its parameters turn out to have.
    """

    dialect: Dialect
    is_trial: bool = False
    is_narrow: bool = False
    """Whether every column is known to be ordinary."""

    # making amounts

    def column(self, code: str, type_: NumberType) -> Amount:
        """A column at its declared width; a value beyond a width the column does not hold is missing."""
        column, width, scale = self.dialect.column(code), type_.width, type_.scale
        if self.is_narrow and width > scale + ORDINARY_DIGITS:
            text, width = self.dialect.decimal(column, _kept(width), scale), scale + ORDINARY_DIGITS
            return Amount(text, 10**width - 1, scale, _kept(type_.width))
        text = self.dialect.decimal(column, _kept(width), scale)
        if self._needs_guard(type_):
            text = self.dialect.fitting(column, width, scale)
        return Amount(text, 10**width - 1, scale, _kept(width), min(USUAL_DIGITS, width - scale))

    def is_ordinary(self, code: str) -> str:
        """Whether a column is there and has few digits before the point."""
        most = 10**ORDINARY_DIGITS - 1
        return f"{self.dialect.column(code)} between -{most} and {most}"

    def column_is_missing(self, code: str, type_: NumberType) -> str:
        """Whether a column is missing or wider than its type allows; itself never missing."""
        column, limit = self.dialect.column(code), 10 ** (type_.width - type_.scale)
        if self._needs_guard(type_):
            return f"coalesce({column} <= -{limit} or {column} >= {limit}, true)"
        return f"{column} is null"

    def _needs_guard(self, type_: NumberType) -> bool:
        return not type_.is_stored_whole and type_.width < MOST_DIGITS

    def literal(self, value: Fraction, more: int = 0) -> Amount:
        """A number that ends as a decimal, if need be with more places than it has."""
        written = decimal_text(decimal_of(abs(value)))
        scale = len(written.partition(".")[2]) + more
        if scale > MOST_DIGITS - 1:
            raise TooWideError(scale)
        bound = int(abs(value) * 10**scale)
        width = _kept(max(len(str(bound)), scale + 1))
        usual = len(str(int(abs(value)))) - 1
        return Amount(self.dialect.literal(value, width, scale), bound, scale, width, usual, value)

    def unknown(self, code: str, type_: NumberType) -> Amount:
        """A parameter whose value is not given yet, of the digits such values have."""
        width = parameter_digits(type_)
        return Amount(self.dialect.column(code), 10**width - 1, type_.scale, _kept(width), 1)

    def nothing(self) -> Amount:
        """A missing number."""
        return Amount(self.dialect.decimal("null", NARROW, 0), 0, 0, NARROW, 0)

    # operations

    def plus(self, left: Amount, right: Amount, sign: str = "+") -> Amount:
        """The sum or difference."""
        left, right = self.at_one_scale(left, right)
        bound, usual = left.bound + right.bound, max(left.usual, right.usual)
        if len(str(bound)) > MOST_DIGITS:
            guard = f"{self._double(left)}) + abs({self._double(right)})"
            return self._guarded(guard, f"{self.wide(left).text} {sign} {right.text}", left.scale, usual)
        if len(str(bound)) > NARROW:
            left = self.wide(left)
        return Amount(f"({left.text} {sign} {right.text})", bound, left.scale, _kept(len(str(bound))), usual)

    def times(self, left: Amount, right: Amount) -> Amount:
        """The product; constants are gathered in one weight."""
        if left.constant == 1:
            return right
        if right.constant == 1:
            return left
        if left.constant is not None and right.constant is not None:
            return self.literal(left.constant * right.constant)
        members = tuple(member for each in (left, right) if each.constant is None for member in each.factors)
        weight = left.weight * right.weight
        for each in (left, right):
            weight *= each.constant if each.constant is not None else 1
        return self._product(members, weight)

    def _product(self, members: tuple[Amount, ...], weight: Fraction, more: int = 0) -> Amount:
        product = members[0]
        if weight != 1:
            product = self._multiplied(product, self.literal(weight, more))
        for member in members[1:]:
            product = self._multiplied(product, member)
        return replace(product, members=members, weight=weight)

    def _multiplied(self, left: Amount, right: Amount) -> Amount:
        bound, scale, usual = left.bound * right.bound, left.scale + right.scale, left.usual + right.usual
        if not self.fits(left, right):
            text = f"{self.wide(left).text} * {right.text}"
            return self._guarded(f"{self._double(left)} * {self._double(right)})", text, scale, usual)
        width = _kept(max(len(str(bound)), scale + 1))
        if width > NARROW and right.constant is not None:
            right = self.wide(right)
        elif width > NARROW:
            left = self.wide(left)
        return Amount(f"({left.text} * {right.text})", bound, scale, width, usual)

    def fits(self, left: Amount, right: Amount) -> bool:
        """Whether the product keeps to the widest decimal whatever the values."""
        scale = left.scale + right.scale
        return len(str(left.bound * right.bound)) <= MOST_DIGITS and scale < MOST_DIGITS

    def negative(self, amount: Amount) -> Amount:
        """The amount with the other sign."""
        return amount.said(f"(-{amount.text})")

    def absolute(self, amount: Amount) -> Amount:
        """The amount without its sign."""
        return amount.said(f"abs({amount.text})")

    def nonzero(self, amount: Amount) -> Amount:
        """The amount, missing where it is zero."""
        return amount.said(f"nullif({amount.text}, 0)")

    def at_scale(self, amount: Amount, scale: int) -> Amount:
        """The same value with more places."""
        if amount.scale >= scale:
            return amount
        if amount.weight != 1:
            return self._product(amount.members, amount.weight, scale - amount.scale)
        bound = amount.bound * 10 ** (scale - amount.scale)
        width = _kept(max(len(str(bound)), scale + 1))
        if len(str(bound)) > MOST_DIGITS:
            text = self.dialect.decimal(amount.text, MOST_DIGITS, scale)
            return self._guarded(f"{self._double(amount)})", text, scale, amount.usual)
        return Amount(self._cast(amount, width, scale), bound, scale, width, amount.usual, amount.constant)

    def narrowed(self, amount: Amount, digits: int) -> Amount:
        """The amount if it has no more digits than these, else missing.

        Raises:
            TooWideError: So many of the digits are places that ordinary values would be missing.
        """
        if amount.digits <= digits:
            return amount
        whole = self._room(digits, amount.scale, amount.usual)
        known = amount.said(f"({GUARD}{self._double(amount)}) < 1e{whole} then {amount.text} end)")
        return replace(known, bound=10**digits)

    def at_one_scale(self, *amounts: Amount) -> list[Amount]:
        """The amounts, all with as many places as the finest."""
        finest = max(amount.scale for amount in amounts)
        return [self.at_scale(amount, finest) for amount in amounts]

    def choice(self, conditions: Sequence[Condition], values: Sequence[Amount]) -> Amount:
        """A ``case``: the value of the first condition met, else the last value (one more than conditions)."""
        aligned = self.at_one_scale(*values)
        width = max(value.width for value in aligned)
        if width > NARROW:
            aligned = [self.wide(value) for value in aligned]
        text = chosen(conditions, [value.text for value in aligned])
        bound, usual = max(value.bound for value in aligned), max(value.usual for value in aligned)
        return Amount(text, bound, aligned[0].scale, width, usual)

    def present(self, amount: Amount, condition: str) -> Amount:
        """The amount where a condition is met, else missing."""
        return amount.said(f"(case when {condition} then {amount.text} end)")

    def compared(self, operator: CompareOperator, left: Amount, right: Amount) -> str:
        """The comparison of two amounts."""
        left, right = self.at_one_scale(left, right)
        return f"({left.text} {operator} {right.text})"

    def compares(self, left: Pair, right: Pair) -> bool:
        """Whether two products can be compared as they are, whatever the values."""
        if not (self.fits(*left) and self.fits(*right)):
            return False
        one, other = self.times(*left), self.times(*right)
        finest = max(one.scale, other.scale)
        return all(a.digits + finest - a.scale <= MOST_DIGITS for a in (one, other)) and finest < MOST_DIGITS

    def difference_sign(self, left: Pair, right: Pair) -> str:
        """The sign of the difference of two products, exact even where they would not fit.

        Where a product can pass the widest decimal, the whole parts and the parts after the point
        are multiplied apart, as one multiplies by hand. Every part after the point is from 0 up to
        1, so once the carry is added the whole part alone decides, unless it is zero.
        """
        if self.dialect.is_wider_than_38():
            (a, b), (c, d) = left, right
            return f"sign({self.wide(a).text} * {b.text} - {self.wide(c).text} * {d.text})"
        if not (self._splits(*left) and self._splits(*right)):
            return f"sign({self.plus(self.times(*left), self.times(*right), '-').text})"
        (ah, al), (bh, bl), (ch, cl), (dh, dl) = (_apart(self.wide(amount).text) for amount in (*left, *right))
        high = f"({ah} * {bh} - {ch} * {dh})"
        middle = f"({ah} * {bl} + {al} * {bh} - {ch} * {dl} - {cl} * {dh})"
        low = f"({al} * {bl} - {cl} * {dl})"
        return self._named(middle, lambda m: self._named(low, lambda n: _carried_sign(high, m, n)))

    def whole(self, amount: Amount) -> str:
        """The unscaled digits of an amount as a whole number of the database."""
        if amount.scale == 0:
            return self.dialect.whole(amount.text)
        power = 10**amount.scale
        if amount.digits + amount.scale <= MOST_DIGITS:
            return self.dialect.whole(f"({self.wide(amount).text} * {power})")
        # The digits after the point would not fit beside those before it: taken apart and joined as whole numbers.
        before, point = self.dialect.whole(f"floor({amount.text})"), f"({amount.text} - floor({amount.text}))"
        after = self.dialect.whole(f"({self.dialect.decimal(point, 38, amount.scale)} * {power})")
        return f"({before} * {self.dialect.whole_literal(power)} + {after})"

    def shifted(self, amount: Amount, places: int) -> Amount:
        """A whole amount as the unscaled digits of one with so many places."""
        if places == 0:
            return amount
        point = self.literal(Fraction(1, 10**places))
        return Amount(f"({amount.text} * {point.text})", amount.bound, places, 38)

    # long values

    def with_short(self, amount: Amount, use: Callable[[Amount], str]) -> str:
        """What ``use`` makes of an amount it writes several times: a long one is named first."""
        if len(amount.text) <= SHORT_SQL:
            return use(amount)
        name = f"v{zlib.crc32(amount.text.encode()):08x}"
        return self.dialect.let(name, amount.text, use(amount.said(name)))

    # widths

    def _guarded(self, magnitude: str, text: str, scale: int, usual: int) -> Amount:
        """The text where its magnitude (a double, after the opening of ``abs``) leaves room, else missing."""
        whole = self._room(MOST_DIGITS - 1, scale, usual)
        return Amount(
            f"({GUARD}{magnitude} < 1e{whole} then {text} end)", 2 * 10 ** (MOST_DIGITS - 1), scale, 38, usual
        )

    def _room(self, digits: int, scale: int, usual: int) -> int:
        if digits <= scale or (self.is_trial and not has_room(digits, scale, usual)):
            raise TooWideError(scale)
        return digits - scale

    def _double(self, amount: Amount) -> str:
        return self.dialect.double(amount.text)

    def wide(self, amount: Amount) -> Amount:
        """The amount in the widest form: a product or sum of two narrow decimals would overflow."""
        if amount.width > NARROW:
            return amount
        text = self._cast(amount, 38, amount.scale)
        return Amount(text, amount.bound, amount.scale, 38, amount.usual, amount.constant)

    def _cast(self, amount: Amount, width: int, scale: int) -> str:
        if amount.constant is not None:
            return self.dialect.literal(amount.constant, width, scale)
        return self.dialect.decimal(amount.text, width, scale)

    def _splits(self, one: Amount, other: Amount) -> bool:
        return all(each.scale <= NARROW and each.digits - each.scale <= NARROW for each in (one, other))

    def _named(self, text: str, use: Callable[[str], str]) -> str:
        return self.with_short(Amount(text, 0, 0, 38), lambda amount: use(amount.text))


def _apart(text: str) -> tuple[str, str]:
    return f"floor({text})", f"({text} - floor({text}))"


def _carried_sign(high: str, middle: str, low: str) -> str:
    rest = f"(({middle} - floor({middle})) + ({low} - floor({low})))"
    whole = f"({high} + floor({middle}) + floor({low}) + floor({rest}))"
    return f"(case when {whole} <> 0 then sign({whole}) else sign({rest} - floor({rest})) end)"


def _kept(width: int) -> int:
    return width if width <= NARROW else 38
