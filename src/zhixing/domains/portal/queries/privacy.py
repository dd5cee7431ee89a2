"""Personal data in a text that strangers will read: numbers of people, and full names of the school's students.

Basis: 个人信息保护法 (第二十五条: no publication without separate consent; 第三十一条: children under fourteen) and
未成年人学校保护规定 (教育部令第50号).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from zhixing.domains.students.models import Student
from zhixing.kernel.base.id_numbers import birth_date_in, passes_check
from zhixing.kernel.base.masking import mask
from zhixing.kernel.base.text import HAN

SPACED = r"[ .·•‐-―-]?"
"""What people set between the figures of a number to make it easier to read, or harder to find."""
ID_NUMBER = re.compile(rf"(?<![0-9A-Za-z])\d{{6}}{SPACED}\d{{8}}{SPACED}\d{{3}}[\dXx](?![0-9A-Za-z])")
OLD_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{15}(?![0-9A-Za-z])")
PHONE = re.compile(rf"(?<![0-9])(?:\+?86{SPACED})?1[3-9]\d{SPACED}\d{{4}}{SPACED}\d{{4}}(?![0-9])")
CARD = re.compile(rf"(?<![0-9])\d{{4}}(?:{SPACED}\d{{4}}){{3}}(?:{SPACED}\d{{1,3}})?(?![0-9])")
GAP = re.compile(SPACED.removesuffix("?"))
BETWEEN_HAN = re.compile(rf"(?<={HAN.pattern})\s+(?={HAN.pattern})")
SHORTEST_NAME, LONGEST_NAME = 2, 20
WORDS = {"id_number": "证件号码", "phone": "手机号", "bank_card": "银行卡号", "name": "学生姓名"}


@dataclass(frozen=True)
class Spot:
    """One find: what kind, where, and how it may be shown."""

    kind: str
    place: str
    shown: str

    def __str__(self) -> str:
        return f"{self.place}有{WORDS[self.kind]}“{self.shown}”"


def numbers_in(texts: Mapping[str, str]) -> list[Spot]:
    """ID numbers, mobile numbers and bank cards in texts by the name of their place; shown masked."""
    found = []
    for place, line in _lines(texts):
        taken: list[tuple[int, int]] = []
        for kind, pattern in (("id_number", ID_NUMBER), ("id_number", OLD_ID_NUMBER), ("bank_card", CARD),
                              ("phone", PHONE)):  # fmt: skip
            for hit in pattern.finditer(line):
                if _overlaps(hit.span(), taken) or not _is_real(kind, GAP.sub("", hit.group())):
                    continue
                taken.append(hit.span())
                found.append(Spot(kind, place, mask(kind, GAP.sub("", hit.group()))))
    return found


def names_in(texts: Mapping[str, str]) -> list[Spot]:
    """Full names of students of the school in scope, with where each stands first; one query."""
    pieces: dict[str, str] = {}
    for place, line in _lines(texts):
        for size in range(SHORTEST_NAME, min(LONGEST_NAME, len(line)) + 1):
            for start in range(len(line) - size + 1):
                pieces.setdefault(line[start : start + size], place)
    if not pieces:
        return []
    known = Student.objects.order_by().values_list("name", flat=True).distinct().iterator(chunk_size=5000)
    found = {name: pieces[name] for raw in known if len(name := raw.strip()) >= SHORTEST_NAME and name in pieces}
    return [Spot("name", place, name) for name, place in found.items() if not _inside_longer(name, found)]


def _inside_longer(name: str, found: Iterable[str]) -> bool:
    return any(name != other and name in other for other in found)


def _lines(texts: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """(place in Chinese, line in one spelling): full-width figures and gaps inside names hide nothing."""
    for title, text in texts.items():
        lines = text.splitlines()
        for number, line in enumerate(lines, 1):
            seen = "".join(c for c in unicodedata.normalize("NFKC", line) if unicodedata.category(c) != "Cf")
            plain = BETWEEN_HAN.sub("", seen)
            if plain.strip():
                yield (f"{title}第 {number} 行" if len(lines) > 1 else title), plain


def _overlaps(span: tuple[int, int], taken: Iterable[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in taken)


def _is_real(kind: str, digits: str) -> bool:
    """Whether a number of this look is one: a birth date or a check digit tells dates and codes from people."""
    if kind == "bank_card":
        return len(digits) >= 16 and _luhn(digits)
    if kind == "phone":
        return True
    if len(digits) == 15:
        return _old_birth_date(digits)
    born = birth_date_in(digits)
    return passes_check(digits) or (born is not None and 1900 <= born.year <= 2100)


def _old_birth_date(digits: str) -> bool:
    try:
        date(1900 + int(digits[6:8]), int(digits[8:10]), int(digits[10:12]))
    except ValueError:
        return False
    return True


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0
