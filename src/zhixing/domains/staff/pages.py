"""Pages of the staff register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone

from zhixing.domains.school.models import Department, Post
from zhixing.domains.school.queries import departments
from zhixing.kernel.pages import (
    Column,
    Deed,
    DetailPage,
    EditPage,
    Facts,
    Filter,
    ListPage,
    Menu,
    Panel,
    Request,
    Tab,
    ViewPreset,
)
from zhixing.kernel.people.models import User

from . import actions
from .choices import GONE, QualificationKind, StaffStatus
from .models import Qualification, StaffMember
from .queries import open_duties, staff_of


class LeaveForm(forms.Form):
    on = forms.DateField(label="最后在岗日期", initial=timezone.localdate, help_text="账号在这一天之后自动停用。")
    retires = forms.BooleanField(label="退休", required=False)
    reason = forms.CharField(label="原因", max_length=200)
    successor = forms.ModelChoiceField(
        label="接手人", queryset=None, to_field_name="uid", required=False, empty_label="（没有需要移交的事项）",
        help_text="未办结的整改、班主任、部门和专业负责人都移交给接手人。",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        heirs = StaffMember.objects.filter(status=StaffStatus.WORKING, user__is_active=True, user__leaves_on=None)
        self.fields["successor"].queryset = heirs.order_by("name_keys")  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    department = forms.ModelChoiceField(label="调入部门", queryset=None, to_field_name="uid")
    post = forms.ModelChoiceField(label="岗位", queryset=None, to_field_name="uid", required=False)
    on = forms.DateField(label="起始日期", initial=timezone.localdate)
    reason = forms.CharField(label="原因", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = departments()  # type: ignore[attr-defined]
        self.fields["post"].queryset = Post.objects.filter(closed_date=None)  # type: ignore[attr-defined]


class ScanForm(forms.Form):
    scan = forms.FileField(label="扫描件", help_text="JPG、PNG 或 PDF。")


class QualificationForm(forms.Form):
    kind = forms.ChoiceField(label="类别", choices=QualificationKind.choices)
    name = forms.CharField(label="证书名称", max_length=100)
    level = forms.CharField(label="等级", max_length=20, required=False)
    certificate_no = forms.CharField(label="证书编号", max_length=60, required=False)
    issuer = forms.CharField(label="发证单位", max_length=100, required=False)
    issued_date = forms.DateField(label="发证日期")
    expires_date = forms.DateField(label="有效期至", required=False, help_text="长期有效的留空。")


def qualify(row: StaffMember, *, by: User, at: datetime, **values: Any) -> None:
    actions.add_qualification({"staff": row, **values}, by=by, at=at)


def give_account(row: StaffMember, *, by: User, at: datetime) -> str:
    return f"账号 {actions.open_account(row, by=by, at=at).account}，请打印激活码交给本人"


def let_go(
    row: StaffMember, *, by: User, at: datetime, on: date, successor: Any, reason: str, retires: bool = False
) -> None:
    actions.leave(row, on=on, successor=successor, by=by, at=at, reason=reason, retires=retires)


def serves(row: StaffMember) -> bool:
    return row.status not in GONE


def needs_account(row: StaffMember) -> bool:
    return serves(row) and row.user_id is None


def with_dual(rows: Any, value: str) -> Any:
    """Narrow a list to holders of a valid dual qualification, or to the rest."""
    holders = StaffMember.objects.all().dual_qualified(timezone.localdate())
    return rows.filter(pk__in=holders.values("pk")) if value == "1" else rows.exclude(pk__in=holders.values("pk"))


class StaffList(ListPage):
    model = StaffMember
    menu = Menu("队伍", "教职工", "users", 30)
    columns = (
        "staff_no", Column("name", link=True), "sex", Column("department__name", "部门"), Column("post__name", "岗位"),
        "kind", "title", "title_level", "status", Column("phone"),
        Column("birth_date", default=False), Column("id_number", default=False), Column("education", default=False),
        Column("teaching_kind", default=False), Column("major__name", "任教专业", default=False),
        Column("subject", default=False), Column("joined_date", default=False), Column("employment", default=False),
        Column("left_date", default=False), Column("user__account", "账号", default=False),
    )  # fmt: skip
    filters = (
        "status", "department", "kind", "title_level", "teaching_kind", "employment", "major",
        Filter("dual_qualified", "双师型", options=(("1", "认定有效"), ("0", "未认定或已失效")), apply=with_dual),
        "joined_date",
    )  # fmt: skip
    search = ("name", "name_keys", "staff_no")
    search_index = {"id_number_index": "id_number", "phone_index": "phone"}
    order = ("department__position", "staff_no")
    primary = "add"
    sheet = "staff.StaffSheet"
    batch = (
        Deed(
            "give_account", "开通账号", give_account, icon="key", when=lambda row: serves(row) and row.user_id is None
        ),
    )
    presets = (
        ViewPreset("在岗", "status=working"),
        ViewPreset("专任教师", "kind=1&status=working"),
        ViewPreset("双师型", "dual_qualified=1"),
        ViewPreset("未登记身份证件号", "id_number_index__isnull=1"),
    )
    mark_findings = True
    empty = "还没有教职工。请点“新增教职工”登记，开通账号后即可担任班主任或整改责任人。"


IDENTITY = (
    "staff_no", "name", "sex", "birth_date", "id_number", "ethnic_group", "political_status", "phone", "home_address",
)  # fmt: skip
TEACHING = (
    "education", "degree", "graduated_from", "teaching_kind", "subject", "title", "title_level", "title_date",
    "enterprise_years", "note",
)  # fmt: skip


class StaffDetail(DetailPage):
    model = StaffMember
    facts = (
        Facts("基本信息", IDENTITY),
        Facts("任职", (Column("department__name", "部门"), Column("post__name", "岗位"), "kind", "employment", "status",
                     "joined_date", "career_date", "left_date", "left_reason", Column("user__account", "账号"))),
        Facts("学历与任教", (*TEACHING, Column("major__name", "任教专业"))),
    )  # fmt: skip
    reveal = ("id_number", "phone", "home_address")
    deeds = (
        Deed("qualify", "登记证书", qualify, form=QualificationForm, icon="certificate", many=False, when=serves),
        Deed("move", "调动", actions.move, form=MoveForm, icon="arrows-exchange", many=False, when=serves),
        Deed("give_account", "开通账号", give_account, icon="key", many=False,
             when=needs_account),
        Deed("leave", "办理离校", let_go, form=LeaveForm, icon="logout", danger=True, many=False, when=serves),
    )  # fmt: skip
    tabs = ("findings", "files", "trail")


class StaffEdit(EditPage):
    model = StaffMember
    groups = (
        Facts("基本信息", IDENTITY),
        Facts("任职", ("department", "post", "kind", "employment", "joined_date", "career_date")),
        Facts("学历与任教", (*TEACHING, "major")),
    )
    create = actions.employ
    change = actions.correct_staff_member


class QualificationsTab(Tab):
    on = StaffMember
    title = "资格证书"
    order = 10
    template = "staff/_qualifications.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        return {"qualifications": row.qualifications.all().visible_to(request.user, "view")}


class AppointmentsTab(Tab):
    on = StaffMember
    title = "任职经历"
    order = 20
    template = "staff/_appointments.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        found = row.appointments.all().visible_to(request.user, "view")
        return {"appointments": found.select_related("department", "post")}


class DutiesPanel(Panel):
    """What waits for this person: the first thing to look at before someone leaves."""

    on = StaffMember
    title = "在手事项"
    order = 10
    permission = "staff.staffmember.change"
    template = "staff/_duties.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        return {"duties": open_duties(row.user).lines()}


class StaffOfDepartmentTab(Tab):
    on = Department
    title = "人员"
    order = 10
    permission = "staff.staffmember.view"
    template = "staff/_people.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        return {"people": staff_of(row).visible_to(request.user, "view")}


class QualificationList(ListPage):
    model = Qualification
    menu = Menu("队伍", "资格证书", "certificate", 40)
    columns = (
        Column("staff__name", "姓名"), Column("staff__department__name", "部门"), "kind", Column("name", link=True),
        "level", "issued_date", "expires_date", Column("certificate_no", default=False),
        Column("issuer", default=False), Column("revoked_date", default=False),
    )  # fmt: skip
    filters = ("kind", "staff__department", "expires_date", "issued_date")
    search = ("staff__name", "staff__name_keys", "name", "certificate_no")
    order = ("staff__department__position", "staff__staff_no", "-issued_date")
    primary = "add"
    presets = (
        ViewPreset("双师型认定", "kind=dual_qualified"),
        ViewPreset("教师资格证", "kind=teacher"),
    )
    mark_findings = True
    empty = "还没有证书。请在教职工页面点“登记证书”。"


class QualificationDetail(DetailPage):
    model = Qualification
    facts = (
        Facts("证书", (Column("staff__name", "持证人"), "kind", "name", "level", "certificate_no", "issuer",
                     "issued_date", "expires_date", "revoked_date")),
    )  # fmt: skip
    deeds = (Deed("attach", "上传扫描件", actions.attach_scan, form=ScanForm, icon="paperclip", many=False),)
    tabs = ("findings", "files", "trail")


class QualificationEdit(EditPage):
    model = Qualification
    groups = (
        Facts("证书", ("staff", "kind", "name", "level", "certificate_no", "issuer", "issued_date", "expires_date",
                     "revoked_date")),
    )  # fmt: skip
    create = actions.add_qualification
    change = actions.correct_qualification
