"""Guardians: found by name or exact phone number, seen and removed one by one."""

from __future__ import annotations

from datetime import datetime

from zhixing.kernel.pages import Column, Deed, DetailPage, Facts, ListPage, Menu
from zhixing.kernel.people.models import User

from .. import actions
from ..models import Guardian
from .forms import ReasonForm


def give_account(guardian: Guardian, *, by: User, at: datetime) -> str:
    return f"账号 {actions.open_guardian_account(guardian, by=by, at=at).account}"


class GuardianList(ListPage):
    model = Guardian
    title = "监护人"
    menu = Menu("学生", "监护人", "heart-handshake", 30)
    columns = (
        Column("name", link=True), "relation", "is_guardian", "phone", Column("student__name", "学生"),
        Column("student__class_group__name", "班级"), Column("workplace", default=False),
        Column("user__account", "账号", default=False),
    )  # fmt: skip
    filters = ("relation", "is_guardian", "student__class_group")
    search = ("name", "student__name", "student__name_keys", "student__student_no")
    search_index = {"phone_index": "phone"}
    order = ("student__class_group__name", "student__student_no", "position")
    batch = (
        Deed("give_account", "开通家长账号", give_account, permission="students.guardian.approve", icon="key",
             when=lambda row: row.is_guardian and row.user_id is None),
    )  # fmt: skip
    empty = "还没有登记监护人。请在学生页面点“登记监护人”，或从“导入”随学生表格放入。"


class GuardianDetail(DetailPage):
    model = Guardian
    facts = (
        Facts("家庭成员", (Column("student__name", "学生"), "name", "relation", "is_guardian", "position", "phone",
                       "birth_month", "document_kind", "id_number", "ethnic_group", "political_status", "health",
                       "workplace", "job", Column("user__account", "账号"))),
    )  # fmt: skip
    reveal = ("phone", "id_number", "health")
    deeds = (
        Deed("give_account", "开通家长账号", give_account, permission="students.guardian.approve", icon="key",
             many=False, when=lambda row: row.is_guardian and row.user_id is None),
        Deed("remove", "移除", actions.remove_guardian, permission="students.guardian.delete", form=ReasonForm,
             icon="user-minus", danger=True, many=False),
    )  # fmt: skip
    tabs = ("trail",)
