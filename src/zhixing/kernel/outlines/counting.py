"""Numbers as offices write them: read from 二十一, ㈢, ⑫, Ⅳ, 壹 and written as word processors do."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

HAN_DIGITS = "〇零○一二两三四五六七八九十百千廿卅"
_VALUES = {
    "〇": 0,
    "零": 0,
    "○": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_SHORT = {"廿": 20, "卅": 30}
LEGAL = "零壹贰叁肆伍陆柒捌玖拾佰仟"
_FROM_LEGAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
_TO_LEGAL = str.maketrans("一二三四五六七八九十百千〇", "壹贰叁肆伍陆柒捌玖拾佰仟零")
STEMS, BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_ROMAN_PARTS = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
MAX = 9999


def number_of(text: str) -> int | None:
    """The number that ``text`` writes in Arabic, Chinese (also 一〇二, 壹拾) or enclosed figures; None for none."""
    if not text:
        return None
    if text.isascii():
        return int(text) if text.isdigit() and len(text) <= 4 else None
    if len(text) == 1 and text not in HAN_DIGITS and text not in LEGAL:
        return _enclosed(text)
    return _han(text.translate(_FROM_LEGAL))


def _han(text: str) -> int | None:
    if any(char not in HAN_DIGITS for char in text) or len(text) > 8:
        return None
    if all(char in _VALUES for char in text):
        return int("".join(str(_VALUES[char]) for char in text)) if len(text) <= 4 else None
    total, digit = 0, 0
    for char in text:
        if char in _UNITS:
            total += (digit or 1) * _UNITS[char]
            digit = 0
        elif char in _SHORT:
            total += _SHORT[char]
        else:
            digit = _VALUES[char]
    return total + digit


def _enclosed(char: str) -> int | None:
    """①⑴⒈❶㈠㊀ and their like."""
    decomposed = unicodedata.normalize("NFKC", char).strip("().")
    if decomposed.isascii() and decomposed.isdigit():
        return int(decomposed)
    value = unicodedata.numeric(char, None)
    if value is not None and value == int(value):
        return int(value)
    return _han(decomposed) if decomposed else None


def roman_number(text: str) -> int | None:
    """The number of a Roman numeral in ASCII or in its own characters; None where it isn't one."""
    plain = unicodedata.normalize("NFKC", text).upper()
    if not plain or any(char not in _ROMAN for char in plain) or len(plain) > 15:
        return None
    values = [_ROMAN[char] for char in plain]
    total = sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
    return total if written_roman(total) == plain else None


def written_han(number: int) -> str:
    """21 → 二十一, 105 → 一百零五; Arabic beyond 9999."""
    if not 0 < number <= MAX:
        return "〇" if number == 0 else str(number)
    parts: list[str] = []
    gap = False
    for unit, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            if gap and parts:
                parts.append("零")
            parts.append("一二三四五六七八九"[digit - 1] + word)
            gap = False
        else:
            gap = True
    text = "".join(parts)
    return text[1:] if text.startswith("一十") else text


def written_digits(number: int) -> str:
    """21 → 二一, as ideographDigital counts."""
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(max(number, 0)))


def written_roman(number: int) -> str:
    """14 → XIV; Arabic beyond 3999."""
    if not 0 < number < 4000:
        return str(number)
    text = ""
    for value, letters in _ROMAN_PARTS:
        while number >= value:
            text += letters
            number -= value
    return text


def written_letters(number: int) -> str:
    """1 → A, 26 → Z, 27 → AA, 28 → BB, as word processors count by letters."""
    turn, at = divmod(max(number, 1) - 1, 26)
    return chr(ord("A") + at) * min(turn + 1, 8)


def _in_turn(signs: str) -> Callable[[int], str]:
    return lambda number: signs[number - 1] if 0 < number <= len(signs) else str(number)


_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿"
_PARENTHESISED = "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"
_STOPPED = "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛"

# The names of number formats in ECMA-376 Part 1, 17.18.59 (ST_NumberFormat).
WRITTEN: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": lambda number: str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    "decimalEnclosedCircle": _in_turn(_CIRCLED),
    "decimalEnclosedCircleChinese": _in_turn(_CIRCLED),
    "decimalEnclosedParen": _in_turn(_PARENTHESISED),
    "decimalEnclosedFullstop": _in_turn(_STOPPED),
    "chineseCounting": written_han,
    "chineseCountingThousand": written_han,
    "japaneseCounting": written_han,
    "japaneseDigitalTenThousand": written_digits,
    "taiwaneseCounting": written_han,
    "taiwaneseCountingThousand": written_han,
    "taiwaneseDigital": written_digits,
    "ideographDigital": written_digits,
    "ideographEnclosedCircle": _in_turn("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉"),
    "ideographTraditional": _in_turn(STEMS),
    "ideographZodiac": _in_turn(BRANCHES),
    "ideographZodiacTraditional": lambda number: STEMS[(number - 1) % 10] + BRANCHES[(number - 1) % 12],
    "chineseLegalSimplified": lambda number: written_han(number).translate(_TO_LEGAL),
    "ideographLegalTraditional": lambda number: written_han(number).translate(_TO_LEGAL),
    "upperRoman": written_roman,
    "lowerRoman": lambda number: written_roman(number).lower(),
    "upperLetter": written_letters,
    "lowerLetter": lambda number: written_letters(number).lower(),
    "none": lambda number: "",
}
