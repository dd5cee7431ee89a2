"""The leading group with its members and office, and duty letters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from zhixing.kernel.pages import Column, Deed, DetailPage, EditPage, Facts, ListPage, Menu, Request, Tab, ViewPreset
from zhixing.kernel.people.models import User

from .. import actions
from ..models import DutyLetter, GroupMember, LeadingGroup
from .forms import colleagues, open_units


class LeadingGroupList(ListPage):
    model = LeadingGroup
    title = "领导小组"
    menu = Menu("提升计划", "领导小组", "users-group", 60)
    columns = (
        Column("title", link=True), Column("plan__title", "方案"), "document_no", "formed_date",
        Column("office__name", "办公室设在"), "dissolved_date",
    )  # fmt: skip
    primary = "add"
    empty = "还没有领导小组。按方案的保障措施，书记、校长任组长，下设办公室负责组织、协调、督办、宣传。"


class LeadingGroupDetail(DetailPage):
    model = LeadingGroup
    facts = (
        Facts("领导小组", ("title", Column("plan__title", "方案"), "document_no", "formed_date",
                       Column("office__name", "办公室设在"), "dissolved_date", Column("duties", width="wide"))),
    )  # fmt: skip
    tabs = ("evidence", "trail")


class LeadingGroupEdit(EditPage):
    model = LeadingGroup
    groups = (
        Facts("领导小组", ("plan", "title", "document_no", "formed_date", "office", "dissolved_date",
                       Column("duties", width="wide"))),
    )  # fmt: skip
    create = actions.form_group
    change = actions.correct_group

    def choices(self, request: Request, field: str) -> Any:
        return open_units() if field == "office" else super().choices(request, field)


class MembersTab(Tab):
    on = LeadingGroup
    title = "成员与分工"
    order = 10
    template = "plans/_members.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        members = row.members.serving(timezone.localdate()).select_related("user", "user__unit")
        functions = {"组织": "organises", "协调": "coordinates", "督办": "chases", "宣传": "publicises"}
        rows = list(members)
        return {
            "members": rows,
            "functions": [(word, [m.user for m in rows if getattr(m, name)]) for word, name in functions.items()],
            "may_add": request.user.holds("plans.groupmember.add"),
            "may_change": request.user.holds("plans.groupmember.change"),
        }


LEAVE = Deed(
    "leave", "退出小组", actions.end_membership, permission="plans.groupmember.change", danger=True, icon="user-minus",
    confirm="退出后仍保留任职记录。", when=lambda member: member.ends_on is None,
)  # fmt: skip


class GroupMemberList(ListPage):
    model = GroupMember
    title = "领导小组成员"
    columns = (
        Column("user__name", "姓名", link=True), "role", "post", Column("user__unit__name", "部门"), "duty",
        "organises", "coordinates", "chases", "publicises", "starts_on", "ends_on",
    )  # fmt: skip
    filters = ("role", "group")
    search = ("user__name", "post", "duty")
    batch = (LEAVE,)
    primary = "add"
    order = ("group", "position")


class GroupMemberDetail(DetailPage):
    model = GroupMember
    facts = (
        Facts("成员", (Column("user__name", "姓名"), Column("user__unit__name", "部门"), "role", "post", "duty",
                     Column("group__title", "领导小组"), "starts_on", "ends_on", "organises", "coordinates", "chases",
                     "publicises")),
    )  # fmt: skip
    deeds = (LEAVE,)
    tabs = ("trail",)


class GroupMemberEdit(EditPage):
    model = GroupMember
    groups = (
        Facts("成员", ("group", "user", "role", "post", "duty", "position", "starts_on", "ends_on")),
        Facts("办公室职能（可多选）", ("organises", "coordinates", "chases", "publicises")),
    )
    create = actions.add_member
    change = actions.correct_member

    def choices(self, request: Request, field: str) -> Any:
        return colleagues() if field == "user" else super().choices(request, field)


def sign(rows: list[DutyLetter], *, by: User, at: datetime) -> str:
    return actions.sign_letters(rows, by=by, at=at)


SIGN = Deed(
    "sign", "登记签订", sign, permission="plans.dutyletter.sign", icon="writing-sign", bulk=True,
    confirm="确认纸质责任书已签字盖章？登记后内容不再改变。", when=lambda letter: letter.signed_at is None,
)  # fmt: skip


class DutyLetterList(ListPage):
    model = DutyLetter
    title = "责任书"
    menu = Menu("提升计划", "责任书", "file-certificate", 70)
    columns = (
        Column("user__name", "责任人", link=True), Column("user__unit__name", "部门"), "year", "made_at", "signed_at",
        Column("plan__title", "方案", default=False),
    )  # fmt: skip
    filters = ("year", "signed_at")
    search = ("user__name", "user__name_keys")
    order = ("-year", "user__name")
    batch = (SIGN,)
    presets = (ViewPreset("未签订", "signed_at__isnull=1"),)
    empty = "还没有责任书。工作要点明确责任人并生效后，在方案页点“生成责任书”。"


class DutyLetterDetail(DetailPage):
    model = DutyLetter
    facts = (
        Facts("责任书", (Column("user__name", "责任人"), Column("user__unit__name", "部门"), "year",
                      Column("plan__title", "方案"), "made_at", "signed_at", Column("witness__name", "签订经办人"))),
    )  # fmt: skip
    deeds = (SIGN,)
    tabs = ("evidence", "trail")


class LetterPointsTab(Tab):
    on = DutyLetter
    title = "责任事项"
    order = 10
    template = "plans/_letter_points.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        return {"points": row.points}
