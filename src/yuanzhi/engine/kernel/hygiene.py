"""Text as people type, paste and scan it: full-width forms, private-use and invisible characters.

Nothing here drops a character that could have meant something. What is harmless is brought to one
form; what is not is named, so that the caller can refuse it.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class Fault(StrEnum):
    """Something about a text that is not as it should be."""

    FULL_WIDTH = "full_width"
    PRIVATE_USE = "private_use"
    REPLACEMENT = "replacement"
    INVISIBLE = "invisible"
    CONTROL = "control"
    COMPATIBILITY = "compatibility"


LOSSY = frozenset({Fault.PRIVATE_USE, Fault.REPLACEMENT, Fault.CONTROL})
"""Faults after which nobody can know what was meant."""

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F)])
_SPACES = re.compile(r"\s+")
_USUAL = re.compile("[ -~\t\n\r一-鿿　、。〈-】（），：；？！“”‘’《》·—]*")
"""Texts of nothing but these have no fault; most are such, and looking at every character takes long."""
_TIDY = re.compile("[ -~一-鿿、。“”‘’《》·—]*")
_TRADITIONAL = str.maketrans(
    "園區業產營銷額價稅務總積畝頃萬億從員資實際開發術財單位經濟進項計劃間時報統號碼類級別規範環節電氣煤廢鋼鐵銅鋁鹽鋰車機構設備藥醫農會縣鎮鄉師東門關陽陝寧興華國際與數據圖點現場庫轉讓勞動學歷專標準負責聯網遷併擴",
    "园区业产营销额价税务总积亩顷万亿从员资实际开发术财单位经济进项计划间时报统号码类级别规范环节电气煤废钢铁铜铝盐锂车机构设备药医农会县镇乡师东门关阳陕宁兴华国际与数据图点现场库转让劳动学历专标准负责联网迁并扩",
)


def faults(text: str) -> frozenset[Fault]:
    r"""Everything about a text that is not as it should be.

    >>> sorted(faults("2\ue0100"))
    [<Fault.PRIVATE_USE: 'private_use'>]
    >>> sorted(faults("１２ ㎡"))
    [<Fault.COMPATIBILITY: 'compatibility'>, <Fault.FULL_WIDTH: 'full_width'>]
    """
    if _USUAL.fullmatch(text):
        return frozenset()
    return frozenset(fault for character in text if (fault := _fault(character)))


def half_width(text: str) -> str:
    """Full-width letters, digits, signs and the ideographic space as ASCII; all else as it is.

    Digits in circles, raised digits and fractions stay: as plain digits they would change a number.

    >>> half_width("１２．５％"), half_width("5²")
    ('12.5%', '5²')
    """
    return text if text.isascii() else text.translate(_WIDE)


def without_invisible(text: str) -> str:
    """The text without characters that show nothing: joiners, soft hyphens, direction marks, byte order marks."""
    return text if text.isascii() else text.translate(_INVISIBLE)


def tidy(text: str) -> str:
    r"""A name or label in one form: compatibility forms composed (NFKC), single spaces, nothing invisible.

    Private-use characters stay, since nobody knows what they stood for. Never for numbers.

    >>> tidy("　⽤地面积（㎡）\n")
    '用地面积(m2)'
    """
    if _TIDY.fullmatch(text) and "  " not in text and text == text.strip():
        return text
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", without_invisible(text))).strip()


def simplified(text: str) -> str:
    """The text with the traditional characters common in statistical forms as simplified ones, for comparing only.

    >>> simplified("園區營業額")
    '园区营业额'
    """
    return text if text.isascii() else text.translate(_TRADITIONAL)


def marked(text: str) -> str:
    r"""The text for showing, with what cannot be seen written as its code.

    >>> marked("2\ue0100")
    '2<U+E010>0'
    """
    hidden = LOSSY | {Fault.INVISIBLE}
    return "".join(f"<U+{ord(c):04X}>" if _fault(c) in hidden else c for c in text)


def _fault(character: str) -> Fault | None:
    code = ord(character)
    if code < 0x7F:
        return None if code >= 0x20 or character in "\t\n\r" else Fault.CONTROL
    if code in _WIDE:
        return Fault.FULL_WIDTH if code != 0x3000 and (code < 0xFF5F) and _is_sign(code) else None
    if code in _INVISIBLE:
        return Fault.INVISIBLE
    if code == 0xFFFD:
        return Fault.REPLACEMENT
    match unicodedata.category(character):
        case "Co":
            return Fault.PRIVATE_USE
        case "Cc" | "Cn" | "Cs":
            return Fault.CONTROL
    return Fault.COMPATIBILITY if unicodedata.normalize("NFKC", character) != character and code != 0xA0 else None


def _is_sign(code: int) -> bool:
    """Whether a full-width form is a letter, digit or sign of numbers; brackets and stops of Chinese text are usual."""
    plain = chr(code - 0xFEE0)
    return plain.isalnum() or plain in "+-.%$#&*=/"
