"""Lists of students and of changes of status."""

from __future__ import annotations

from datetime import datetime

from zhixing.kernel.pages import Column, Deed, Filter, ListPage, Menu, ViewPreset
from zhixing.kernel.people.models import User

from .. import actions
from ..models import StatusEntry, Student
from .forms import ClassForm, StatusForm, titles


def give_account(student: Student, *, by: User, at: datetime) -> str:
    return f"账号 {actions.open_student_account(student, by=by, at=at).account}"


def coded(name: str) -> Filter:
    """A filter that offers the values of the code set of the same name."""
    return Filter(
        name,
        options=tuple((title, title) for title in titles(name)),
        apply=lambda rows, value: rows.filter(**{name: value}),
    )


class StudentList(ListPage):
    model = Student
    title = "在籍学生"
    menu = Menu("学生", "在籍学生", "users", 10)
    columns = (
        "student_no", Column("name", link=True), "sex", Column("class_group__name", "班级"),
        Column("major__name", "专业"), "cohort", "status", "id_number", "phone",
        Column("national_student_no", default=False), Column("birth_date", default=False),
        Column("ethnic_group", default=False), Column("political_status", default=False),
        Column("attendance_kind", default=False), Column("dormitory", default=False),
        Column("entry_date", default=False), Column("class_group__tutor__name", "班主任", default=False),
        Column("household_county", default=False), Column("receives_grant", default=False),
        Column("study_form", default=False), Column("intake_kind", default=False), Column("status_date", default=False),
    )  # fmt: skip
    filters = (
        "status", "class_group", Filter("class_group__department", "部门"), "major", "cohort", "sex",
        coded("attendance_kind"), coded("ethnic_group"), coded("political_status"),
        "receives_grant", "entry_date",
    )  # fmt: skip
    search = ("name", "name_keys", "student_no")
    search_index = {
        "id_number_index": "id_number", "national_student_no_index": "national_student_no", "phone_index": "phone",
    }  # fmt: skip
    order = ("class_group__name", "student_no")
    primary = "add"
    sheet = "students.StudentSheet"
    batch = (
        Deed("change_class", "转班级", actions.change_class, permission="students.student.approve", form=ClassForm,
             icon="arrows-exchange"),
        Deed("change_status", "学籍异动", actions.change_status, permission="students.student.approve", form=StatusForm,
             icon="route"),
        Deed("give_account", "开通账号", give_account, permission="students.student.approve", icon="key",
             when=lambda row: row.user_id is None),
    )  # fmt: skip
    presets = (
        ViewPreset("在读", "status=enrolled"),
        ViewPreset("缺学籍号", "status=enrolled&national_student_no_index__isnull=1"),
        ViewPreset("没有班级", "class_group__isnull=1"),
        ViewPreset("住校生", "status=enrolled&attendance_kind=住校"),
        ViewPreset("休学", "status=suspended"),
    )
    mark_findings = True
    empty = "还没有学生。可从“导入”把全国系统导出的表格放进来。"


class StatusEntryList(ListPage):
    model = StatusEntry
    title = "学籍异动"
    menu = Menu("学生", "学籍异动", "route", 40)
    columns = (
        Column("student__name", "姓名"), Column("student__student_no", "学号"), "kind", "from_status", "to_status",
        Column("from_class__name", "原班级"), Column("to_class__name", "新班级"), "effective_date",
        Column("reason", width="wide"), Column("document_no", default=False), Column("entered_by__name", "登记人"),
    )  # fmt: skip
    filters = ("kind", "to_status", "to_class", "effective_date")
    search = ("student__name", "student__name_keys", "student__student_no", "document_no")
    order = ("-effective_date", "-pk")
    empty = "还没有学籍异动。休学、转学、转班等在学生页面办理后，会记在这里。"
