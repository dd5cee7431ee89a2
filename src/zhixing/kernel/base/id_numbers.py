"""Citizen ID numbers (GB 11643-1999): the check character, and numbers for people who don't exist."""

from __future__ import annotations

from datetime import date
from random import Random

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"


def check_digit(body: str) -> str:
    """The eighteenth character to the first seventeen digits; ValueError for anything but seventeen digits."""
    if len(body) != len(WEIGHTS) or not (body.isascii() and body.isdigit()):
        raise ValueError("the body of an ID number has 17 digits")
    return CHECK_CHARACTERS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def passes_check(number: str) -> bool:
    """Whether ``number`` has eighteen characters of the right form and its check character fits."""
    try:
        return len(number) == 18 and check_digit(number[:17]) == number[17].upper()
    except ValueError:
        return False


def birth_date_in(number: str) -> date | None:
    """The calendar date at positions 7 to 14, None where there is none."""
    digits = number[6:14]
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def make_id_number(region: str, birth: date, sex: str, rnd: Random) -> str:
    """An invented number for a person born on ``birth``; ``sex`` is 男 (odd sequence) or 女 (even)."""
    sequence = rnd.randrange(1, 500) * 2 - (1 if sex == "男" else 0)
    body = f"{region}{birth:%Y%m%d}{sequence:03d}"
    return body + check_digit(body)
