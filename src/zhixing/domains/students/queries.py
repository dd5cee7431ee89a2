"""Find students and tell what is known about them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Q

from zhixing.domains.school.models import ClassGroup
from zhixing.kernel.base.tenancy import current_tenant
from zhixing.kernel.people.sealing import blind_index

from .choices import Status
from .models import Guardian, Student


def students_of(class_group: ClassGroup) -> Any:
    """Students the school answers for in this class, by student number."""
    return Student.objects.on_roll().filter(class_group=class_group).order_by("student_no", "pk")


def head_counts(classes: Any) -> dict[int, int]:
    """Students on roll of each class, by the class's primary key; one query."""
    rows = Student.objects.on_roll().filter(class_group__in=classes).order_by()
    return dict(rows.values_list("class_group").annotate(n=Count("pk")))


def search_students(rows: Any, text: str) -> Any:
    """The part of ``rows`` found by name, pinyin, initials, student number, or exact ID or 学籍 number."""
    text = text.strip()
    if not text:
        return rows
    tenant = current_tenant()
    found = Q(name__icontains=text) | Q(name_keys__icontains=text.lower()) | Q(student_no__icontains=text)
    if tenant is not None and len(text) >= 8:
        index = blind_index(tenant, "id_number", text)
        found |= Q(id_number_index=index) | Q(national_student_no_index=index)
    return rows.filter(found)


def age_on(birth_date: date, day: date) -> int:
    """Whole years lived on the day."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def first_guardian(student: Student) -> Guardian | None:
    """Whom to call first."""
    return Guardian.objects.filter(student=student).responsible().order_by("position", "pk").first()


def status_counts() -> dict[str, int]:
    """How many students there are in each state, states without any left out."""
    rows = Student.objects.order_by().values_list("status").annotate(n=Count("pk"))
    return {Status(status).label: count for status, count in rows}
