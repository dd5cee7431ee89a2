"""Values that must never be seen plain in a response, a log or a job: five students who carry them, and the list.

The ID numbers begin with 990101, which was never a region; they are valid otherwise, or impossible on purpose.
"""

from __future__ import annotations

from .roster import Planted, Row

MALE = "990101200901150012"
FEMALE = "990101200901150100"
WITH_X = "99010120081231218X"
YOUNG = "990101201003011234"
IMPOSSIBLE = "990101201002290024"
ADDRESS = "金丝雀巷九百九十号"
PHONE = "154099010"
CARD = "62990101000000000"
PLACES = {
    MALE: ("甲金雀", "男", "2009-01-15"),
    FEMALE: ("乙金雀", "女", "2009-01-15"),
    WITH_X: ("丙金雀", "女", "2008-12-31"),
    YOUNG: ("丁金雀", "男", "2010-03-01"),
    IMPOSSIBLE: ("戊金雀", "女", "2010-02-28"),
}


def canaries() -> list[str]:
    """Every distinctive plain value of the five; a scan of bytes for any of them must find none."""
    count = range(len(PLACES))
    phones = [f"{PHONE}{kind}{place}" for kind in (1, 2) for place in count]
    cards = [f"{CARD}{place:02d}" for place in count]
    return [*PLACES, *(f"G{number}" for number in PLACES), *phones, *cards, *(_address(place) for place in count)]


def _address(place: int) -> str:
    return f"{ADDRESS}{'甲乙丙丁戊'[place]}"


def wear(row: Row, place: int) -> list[Planted]:
    """Turn a row into one of the five; what the rules must find in it."""
    number = list(PLACES)[place]
    name, sex, birth = PLACES[number]
    row |= {
        "id_number": number, "name": name, "sex": sex, "birth_date": birth, "ethnic_group": "汉族",
        "national_student_no": f"G{number}", "guardian_name": f"金雀{'一二三四五'[place]}", "phone": f"{PHONE}1{place}",
        "guardian_phone": f"{PHONE}2{place}", "household_address": _address(place), "home_address": _address(place),
        "bank_card": f"{CARD}{place:02d}", "political_status": "群众",
    }  # fmt: skip
    student = (row["student_no"],)
    if number == IMPOSSIBLE:
        row["national_student_no"] = ""
        return [Planted("students.id_birth_date_impossible", "id_number", student)]
    return [Planted("students.id_region_unknown", "id_number", student)]
