"""One form for the same content, so that the same result has the same hash everywhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any


def plain(value: Any) -> Any:
    """A value as JSON types; decimals as text without trailing zeros, dates as ISO text.

    Raises:
        TypeError: A type that has no canonical form, floats that are no number included.
    """
    match value:
        case None | bool() | int() | str() if not isinstance(value, Enum):
            return value
        case Enum():
            return plain(value.value)
        case Decimal():
            return decimal_text(value)
        case Fraction():
            return f"{value.numerator}/{value.denominator}"
        case float():
            if value != value or value in (float("inf"), float("-inf")):
                raise TypeError("a number that is no number has no canonical form")
            return repr(value)
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            return {str(plain(key)): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case set() | frozenset():
            return sorted(plain(item) for item in value)
        case _ if is_dataclass(value):
            return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    raise TypeError(f"no canonical form for {type(value).__name__}")


def decimal_text(value: Decimal) -> str:
    """A decimal without exponent and trailing zeros.

    >>> decimal_text(Decimal("1.50")), decimal_text(Decimal("1E+3")), decimal_text(Decimal("-0.0"))
    ('1.5', '1000', '0')
    """
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def canonical_bytes(value: Any) -> bytes:
    """The value as UTF-8 JSON with sorted keys and no spaces."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def content_hash(value: Any) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()
