"""The student roster: its national layouts and every rule over its rows."""

from __future__ import annotations

from zhixing.kernel.rosters.declarations import Roster

from .layouts import NATIONAL_TEMPLATE, STUDENT_INFORMATION
from .rules import RULES
from .tables import DATA, student_codes, student_standards

STUDENTS = Roster(
    code="students",
    title="学生名册",
    layouts=(STUDENT_INFORMATION, NATIONAL_TEMPLATE),
    identifying=("id_number", "name"),
    rules=RULES,
    ahead=DATA / "rules_ahead.json",
)

__all__ = ["NATIONAL_TEMPLATE", "RULES", "STUDENTS", "STUDENT_INFORMATION", "student_codes", "student_standards"]
