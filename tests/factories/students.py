"""Students and their guardians."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from zhixing.domains.students import actions
from zhixing.domains.students.models import Guardian, Student
from zhixing.kernel.base.id_numbers import check_digit

from .clock import NOW, NUMBERS
from .school import a_class

ID_NUMBERS = itertools.count(1)


def an_id_number(birth: date = date(2010, 5, 12), sex: str = "男") -> str:
    """A number of an invented person, another one each time."""
    number = next(ID_NUMBERS)
    region, sequence = 420600 + number // 499 % 90, (number % 499 + 1) * 2 - (sex == "男")
    body = f"{region}{birth:%Y%m%d}{sequence:03d}"
    return body + check_digit(body)


def a_student(name: str = "张三", **values: Any) -> Student:
    """A boy of sixteen in a class of his own; any field can be given, also ``guardians`` and ``status``."""
    number = next(NUMBERS)
    facts: dict[str, Any] = {
        "name": name, "sex": "男", "birth_date": date(2010, 5, 12), "student_no": f"2026{number:05d}",
        "entry_date": date(2026, 9, 1), **values,
    }  # fmt: skip
    if "class_group" not in facts:
        facts["class_group"] = a_class()
    if "id_number" not in facts:
        facts["id_number"] = an_id_number(facts["birth_date"], facts["sex"])
    options = {key: facts.pop(key) for key in ("status", "judged") if key in facts}
    return actions.enrol_student(facts, by=None, at=NOW, **options)


def a_guardian(student: Student, name: str = "张父", **values: Any) -> Guardian:
    facts = {"relation": "父亲", "phone": "13800001111", **values}
    return actions.add_guardian(student, name=name, by=None, at=NOW, **facts)
