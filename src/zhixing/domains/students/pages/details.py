"""One page per student."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zhixing.kernel.pages import Column, Deed, DetailPage, Facts
from zhixing.kernel.people.models import User

from .. import actions
from ..choices import ON_ROLL
from ..models import Student
from .forms import ClassForm, GuardianForm, MajorForm, PhotoForm, StatusForm
from .groups import ENTRY, IDENTITY, NEEDS, PLACES, STUDY
from .lists import give_account

STANDING = (
    "student_no",
    "national_student_no",
    "status",
    "status_date",
    Column("class_group__name", "班级"),
    Column("class_group__tutor__name", "班主任"),
    Column("major__name", "专业"),
)


def on_roll(row: Student) -> bool:
    return row.status in ON_ROLL


def add_guardian(row: Student, *, by: User, at: datetime, **values: Any) -> None:
    actions.add_guardian(row, by=by, at=at, **values)


class StudentDetail(DetailPage):
    model = Student
    facts = (
        Facts("基本信息", IDENTITY),
        Facts("学籍", (*STANDING, *STUDY, "directory_version", Column("user__account", "账号"))),
        ENTRY,
        PLACES,
        NEEDS,
    )
    reveal = (
        "id_number", "national_student_no", "phone", "home_phone", "household_address", "home_address", "bank_card",
        "health", "health_note", "disability",
    )  # fmt: skip
    deeds = (
        Deed("add_guardian", "登记监护人", add_guardian, form=GuardianForm, icon="user-plus", many=False),
        Deed("photo", "上传照片", actions.set_photo, form=PhotoForm, icon="photo", many=False),
        Deed("change_class", "转班级", actions.change_class, permission="students.student.approve", form=ClassForm,
             icon="arrows-exchange", many=False, when=on_roll),
        Deed("change_major", "转专业", actions.change_major, permission="students.student.approve", form=MajorForm,
             icon="switch-horizontal", many=False, when=on_roll),
        Deed("change_status", "学籍异动", actions.change_status, permission="students.student.approve", form=StatusForm,
             icon="route", many=False),
        Deed("give_account", "开通账号", give_account, permission="students.student.approve", icon="key", many=False,
             when=lambda row: row.user_id is None and row.status in ON_ROLL),
    )  # fmt: skip
    tabs = ("findings", "files", "trail")
