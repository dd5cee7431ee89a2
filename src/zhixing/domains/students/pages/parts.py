"""Tabs and panels: on a student's page, on a class's page, on the first page of guardians."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhixing.domains.school.models import ClassGroup
from zhixing.kernel.pages import Panel, Request, Tab

from ..models import Student
from ..queries import head_counts, students_of


class GuardiansTab(Tab):
    on = Student
    title = "监护人"
    order = 10
    permission = "students.guardian.view"
    template = "students/_guardians.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        return {"guardians": row.guardians.all().visible_to(request.user, "view")}


class HistoryTab(Tab):
    on = Student
    title = "学籍经历"
    order = 20
    permission = "students.statusentry.view"
    template = "students/_history.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        entries = row.status_entries.all().visible_to(request.user, "view")
        related = ("from_class", "to_class", "from_major", "to_major", "entered_by")
        return {"entries": entries.select_related(*related)}


class PhotoPanel(Panel):
    on = Student
    title = "照片"
    order = 10
    template = "students/_photo.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        return {"photo": row.photo}


class StudentsOfClassTab(Tab):
    on = ClassGroup
    title = "学生"
    order = 10
    permission = "students.student.view"
    template = "students/_of_class.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        return {"students": students_of(row).visible_to(request.user, "view"), "class_uid": row.uid}


class ClassHeadCountPanel(Panel):
    on = ClassGroup
    title = "人数"
    order = 10
    permission = "students.student.view"
    template = "students/_head_count.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        return {"count": head_counts([row.pk]).get(row.pk, 0), "capacity": row.capacity}


class MyChildrenPanel(Panel):
    """A guardian's children, or a student's own page: the door to what one may see of oneself."""

    on = "home"
    title = "学生信息"
    order = 20
    size = 6
    roles = ("guardian", "student")
    permission = "students.student.view"
    template = "students/_mine.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        mine = Student.objects.all().visible_to(request.user, "view")
        return {"students": mine.select_related("class_group").order_by("student_no")[:10]}
