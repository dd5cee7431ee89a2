"""Who belongs to a population that lots are drawn from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError

from zhixing.domains.school.models import ClassGroup
from zhixing.domains.staff.models import StaffMember
from zhixing.domains.students.models import Student
from zhixing.kernel.checks.models import Finding, Stage

from .choices import Population

YEAR = timedelta(days=365)
LONGEST_KEY = 80
"""As many characters as a drawn item keeps: what were cut off could make two lines one, or break the digest."""


@dataclass(frozen=True)
class Member:
    """One thing that may be drawn."""

    key: str
    label: str
    stratum: str = ""
    unit_id: int | None = None


def members_of(population: str, on: date, listed: str = "") -> list[Member]:
    """Everything of the population on the day; ``listed`` is the text of a list of one's own."""
    if population == Population.LIST:
        return listed_members(listed)
    return _SOURCES[population](on)


def listed_members(text: str) -> list[Member]:
    """One member a line: name, then (after a tab or comma) its stratum. Repeated lines count once.

    ValidationError for a line too long to be kept whole.
    """
    members: dict[str, Member] = {}
    for line in text.splitlines():
        name, _, stratum = line.replace("，", ",").replace("\t", ",").partition(",")
        if name.strip():
            layer, named = stratum.strip(), name.strip()
            if len(layer) + len(named) >= LONGEST_KEY:
                raise ValidationError(
                    {"listed": f"“{named[:20]}…”一行太长，名称和分层合计请不超过 {LONGEST_KEY - 1} 字。"}
                )
            key = f"{layer}/{named}"
            members.setdefault(key, Member(key, named, layer))
    return list(members.values())


def _classes(on: date) -> list[Member]:
    rows = ClassGroup.objects.running().values_list("uid", "name", "cohort", "unit_id")
    return [Member(str(uid), name, f"{cohort} 级", unit) for uid, name, cohort, unit in rows]


def _students(on: date) -> list[Member]:
    rows = Student.objects.present().values_list("uid", "name", "student_no", "cohort", "class_group__unit_id")
    return [Member(str(uid), f"{name} {no}", f"{cohort} 级", unit) for uid, name, no, cohort, unit in rows]


def _staff(on: date) -> list[Member]:
    rows = StaffMember.objects.serving().values_list(
        "uid", "name", "staff_no", "department__name", "department__unit_id"
    )
    return [Member(str(uid), f"{name} {no}", name_of or "未定部门", unit) for uid, name, no, name_of, unit in rows]


def _closed(on: date) -> list[Member]:
    rows = Finding.objects.filter(stage=Stage.CLOSED, settled_at__date__gt=on - YEAR).select_related("unit")
    return [
        Member(str(row.uid), f"{row.title}：{row.object_label}"[:120], row.unit.name if row.unit else "", row.unit_id)
        for row in rows
    ]


_SOURCES: dict[str, Callable[[date], list[Member]]] = {
    Population.CLASSES: _classes, Population.STUDENTS: _students, Population.STAFF: _staff, Population.CLOSED: _closed,
}  # fmt: skip
