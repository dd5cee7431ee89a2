"""Schools, departments, majors and classes."""

from __future__ import annotations

from datetime import date
from typing import Any

from zhixing.domains.school import actions
from zhixing.domains.school.models import ClassGroup, Department, Major, School, Term

from .clock import NOW, NUMBERS


def a_school(**values: Any) -> School:
    facts = {"name": "甲职业学校", "official_code": "4242000001", "region_code": "420606", **values}
    return actions.enter_school(facts, by=None, at=NOW)


def a_department(name: str = "", **values: Any) -> Department:
    return actions.add_department({"name": name or f"教学部{next(NUMBERS)}", **values}, by=None, at=NOW)


def a_major(name: str = "计算机应用", **values: Any) -> Major:
    facts = {"code": f"71{next(NUMBERS):04d}", "directory_version": "2021", "name": name, "is_offered": True}
    return actions.add_major({**facts, **values}, by=None, at=NOW)


def a_class(name: str = "", **values: Any) -> ClassGroup:
    """``values`` may name ``department``, ``major`` and ``tutor``; what is missing is made."""
    number = next(NUMBERS)
    facts: dict[str, Any] = {"name": name or f"26计应{number}班", "cohort": 2026, **values}
    facts.setdefault("department", None)
    facts["department"] = facts["department"] or a_department()
    if "major" not in facts:
        facts["major"] = a_major(f"计算机应用{number}", department=facts["department"])
    return actions.open_class_group(facts, by=None, at=NOW)


def a_term(**values: Any) -> Term:
    """The autumn term of 2026-2027."""
    year = actions.add_academic_year(
        {"name": "2026-2027", "starts_on": date(2026, 8, 25), "ends_on": date(2027, 7, 15)}, by=None, at=NOW
    )
    facts = {
        "academic_year": year,
        "season": "1",
        "starts_on": date(2026, 8, 29),
        "teaching_starts_on": date(2026, 9, 1),
        "ends_on": date(2027, 1, 22),
    }
    return actions.add_term({**facts, **values}, by=None, at=NOW)
