"""Who serves where, and what a person would leave behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhixing.domains.school.models import ClassGroup, Department, Major
from zhixing.kernel.checks.models import Finding
from zhixing.kernel.people.duties import Duty, in_hand
from zhixing.kernel.people.models import Unit, User

from .choices import GONE
from .models import Qualification, StaffMember


@dataclass(frozen=True)
class Duties:
    """What would be orphaned if a person left: open findings, classes, departments and majors."""

    findings: list[Finding] = field(default_factory=list)
    classes: list[ClassGroup] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    majors: list[Major] = field(default_factory=list)
    others: list[tuple[Duty, list[Any]]] = field(default_factory=list)
    """What apps above have declared to be somebody's duty, such as work points of a plan."""

    def __bool__(self) -> bool:
        return bool(self.findings or self.classes or self.units or self.majors or self.others)

    def lines(self) -> list[str]:
        """One line for each kind of duty, fit for the user's eyes."""
        kinds: list[tuple[str, list[Any]]] = [
            ("未办结的整改问题", self.findings),
            ("担任班主任的班级", self.classes),
            ("负责的部门", self.units),
            ("负责的专业", self.majors),
            *((duty.title, rows) for duty, rows in self.others),
        ]
        return [f"{title} {len(rows)} 项：{_names(rows)}" for title, rows in kinds if rows]


def open_duties(user: User | None) -> Duties:
    """Everything that waits for this person; nothing for somebody without an account."""
    if user is None:
        return Duties()
    return Duties(
        findings=list(Finding.objects.open().filter(owner=user)),
        classes=list(ClassGroup.objects.running().filter(tutor=user)),
        units=list(Unit.objects.filter(head=user, closed_on=None)),
        majors=list(Major.objects.offered().filter(head=user)),
        others=in_hand(user),
    )


def staff_of(department: Department) -> Any:
    """People who serve in a department or below it."""
    rows = StaffMember.objects.serving().filter(department__unit__path__startswith=department.unit.path)
    return rows.select_related("department", "post").order_by("department__position", "staff_no")


def member_of(user: User) -> StaffMember | None:
    """The staff record of an account."""
    return StaffMember.objects.filter(user=user).first()


def certificates_ending(on: date, before: date) -> Any:
    """Certificates of people in service that expire from ``on`` to ``before``, both included."""
    rows = Qualification.objects.filter(expires_date__range=(on, before), revoked_date=None)
    return rows.exclude(staff__status__in=GONE).select_related("staff")


def _names(rows: list[Any], shown: int = 5) -> str:
    text = "、".join(str(getattr(row, "name", "") or getattr(row, "title", "") or row) for row in rows[:shown])
    return text + (" 等" if len(rows) > shown else "")
