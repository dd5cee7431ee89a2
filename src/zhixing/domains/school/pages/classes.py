"""Classes and their tutors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhixing.kernel.pages import (
    Column,
    Deed,
    DetailPage,
    EditPage,
    Facts,
    ListPage,
    Menu,
    Request,
    Tab,
    ViewPreset,
)

from .. import actions
from ..choices import ClassStatus
from ..models import ClassGroup, Department, Major
from .forms import DayForm, TutorForm


def is_running(row: ClassGroup) -> bool:
    return row.status == ClassStatus.RUNNING


class ClassList(ListPage):
    model = ClassGroup
    menu = Menu("学生", "班级", "users-group", 20)
    columns = (
        Column("name", link=True), "cohort", Column("major__name", "专业"), Column("department__name", "所属部门"),
        Column("tutor__name", "班主任"), Column("capacity", numeric=True), "status",
        Column("classroom", default=False), Column("study_length", default=False),
        Column("campus__name", "校区", default=False),
    )  # fmt: skip
    filters = ("status", "cohort", "department", "major", "tutor", "campus")
    search = ("name", "tutor__name", "tutor__name_keys", "major__name")
    order = ("-cohort", "name")
    primary = "add"
    batch = (
        Deed("graduate", "班级毕业", actions.graduate_class_group, form=DayForm, icon="school", when=is_running),
    )  # fmt: skip
    presets = (ViewPreset("在读班级", "status=running"), ViewPreset("没有班主任", "status=running&tutor__isnull=1"))
    mark_findings = True
    empty = "还没有班级。请先登记部门和开设专业，再新增班级。"


class ClassDetail(DetailPage):
    model = ClassGroup
    facts = (
        Facts("班级", ("name", "cohort", Column("major__name", "专业"), Column("department__name", "所属部门"),
                     Column("tutor__name", "班主任"), "capacity", "classroom", Column("campus__name", "校区"),
                     "study_length", "status", "ended_date")),
    )  # fmt: skip
    deeds = (
        Deed("tutor", "更换班主任", actions.change_tutor, permission="school.classgroup.assign", form=TutorForm,
             icon="user-edit", many=False, when=is_running),
        Deed("graduate", "班级毕业", actions.graduate_class_group, form=DayForm, icon="school", many=False,
             when=is_running),
        Deed("dissolve", "撤销班级", actions.dissolve_class_group, form=DayForm, icon="circle-off", danger=True,
             many=False, when=is_running),
    )  # fmt: skip
    tabs = ("findings", "files", "trail")


class ClassEdit(EditPage):
    model = ClassGroup
    groups = (
        Facts("班级", ("name", "cohort", "major", "department", "campus", "classroom", "study_length", "capacity")),
    )
    create = actions.open_class_group
    change = actions.correct_class_group


class TutorsTab(Tab):
    on = ClassGroup
    title = "历任班主任"
    order = 60
    template = "school/_tutors.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        return {"tutorships": row.tutorships.all().visible_to(request.user, "view").select_related("tutor")}


class _ClassesTab(Tab):
    """Running classes of something, with their tutors."""

    abstract = True
    title = "班级"
    order = 20
    template = "school/_classes.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        classes = row.class_groups.all().visible_to(request.user, "view").running()
        return {"classes": classes.select_related("major", "tutor").order_by("-cohort", "name")}


class ClassesOfDepartmentTab(_ClassesTab):
    on = Department


class ClassesOfMajorTab(_ClassesTab):
    on = Major
