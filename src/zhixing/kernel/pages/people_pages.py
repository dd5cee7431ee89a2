"""Accounts, roles and assignments on pages; every person's own account page."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from ..base.records import DataClass, EditConflict
from ..people import accounts, activation, throttle
from ..people.matrix import EXTENT_TITLES, held, patched, table_of
from ..people.middleware import is_proved, to_step_up
from ..people.models import Assignment, Role, SecondFactor, Session, Unit, User
from ..people.roles import EXTENTS, assign_role, change_role, end_assignment
from ..people.signin import has_second_factor
from ..people.twofactor import new_recovery_codes
from ..people.witness import tell
from .deeds import EXPECTED, plain
from .detail import DetailPage
from .editing import EditPage
from .listing import ListPage
from .page import Answer, Page, Request
from .parts import Panel, Tab
from .values import Column, Deed, Facts, Filter, Menu, ViewPreset


class Reason(forms.Form):
    reason = forms.CharField(label="原因", min_length=2, max_length=200, help_text="会记入审计。")


class UserList(ListPage):
    model = User
    title = "用户"
    menu = Menu("系统", "用户", "user-cog", 10)
    columns = (
        Column("account", link=True), "name", Column("unit__name", "部门"), "phone", "is_active",
        Column("must_set_password", "尚未激活"), Column("last_login", "最近登录"), "leaves_on",
    )  # fmt: skip
    filters = ("unit", "is_active", Filter("must_set_password", "尚未激活"), "leaves_on")
    search = ("account", "name", "name_keys")
    order = ("account",)
    primary = "add"
    presets = (ViewPreset("已停用", "is_active=0"), ViewPreset("尚未激活", "must_set_password=1"))
    batch = (
        Deed("close", "停用", accounts.close_user, form=Reason, danger=True, icon="user-off",
             confirm="停用后立即退出登录，不能再登录。", when=lambda user: user.is_active),
        Deed("reopen", "重新启用", accounts.reopen_user, form=Reason, icon="user-check",
             when=lambda user: not user.is_active),
    )  # fmt: skip
    empty = "还没有用户。可在教职工、学生页面开通账号，或在这里新增。"


class UserDetail(DetailPage):
    model = User
    facts = (
        Facts("账号", ("account", "name", "phone", Column("unit__name", "部门"), "leaves_on")),
        Facts("状态", ("is_active", Column("must_set_password", "尚未激活"), Column("last_login", "最近登录"),
                     Column("password_set_at", "密码设置时间"), "created_at")),
    )  # fmt: skip
    reveal = ("phone",)
    deeds = (
        Deed("unlock", "解除锁定", accounts.unlock_user, permission="people.user.unlock", icon="lock-open",
             when=lambda user: throttle.is_resting(throttle.subject_of(user), timezone.now())),
        Deed("reset_factor", "重置两步验证", accounts.reset_second_factor, permission="people.user.reset_factor",
             form=Reason, icon="device-mobile-off", danger=True, confirm="用于手机丢失。本人下次登录时重新设置。",
             when=lambda user: SecondFactor.objects.filter(user=user).exclude(confirmed_at=None).exists()),
        *UserList.batch,
    )  # fmt: skip
    tabs = ("trail",)


class UserEdit(EditPage):
    model = User
    groups = (Facts("账号", ("account", "name", "phone", "unit", "leaves_on")),)
    create = accounts.create_user
    change = accounts.change_user


class UserAssignmentsTab(Tab):
    on = User
    title = "角色与授权"
    order = 10
    permission = "people.assignment.view"
    template = "people/_assignments.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        found = Assignment.objects.visible_to(request.user, "view").filter(user=row)
        may = request.user.holds("people.assignment.add") and row.pk != request.user.pk
        return {
            "today": timezone.localdate(),
            "assignments": found.select_related("role", "unit", "approved_by").order_by("-pk"),
            "assign": f"{reverse('people.assignment.add')}?user={row.uid}" if may else "",
        }


class UserDoorPanel(Panel):
    on = User
    title = "登录"
    order = 10
    permission = "people.user.unlock"
    template = "people/_door_panel.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        slips = activation.may_be_given(request.user).filter(pk=row.pk).exists() if row.is_active else False
        return {
            "resting": throttle.is_resting(throttle.subject_of(row), timezone.now()),
            "second_factor": has_second_factor(row),
            "session_count": Session.objects.filter(user=row, expire_date__gt=timezone.now()).count(),
            "slips": f"{reverse('people.activation')}?user={row.uid}" if slips else "",
        }


def _assign(values: dict[str, Any], *, by: User, at: Any) -> Assignment:
    return assign_role(**values, by=by, at=at)


def _end(assignment: Assignment, *, by: User, at: Any, reason: str) -> Assignment:
    return end_assignment(assignment=assignment, by=by, at=at, reason=reason)


class AssignmentList(ListPage):
    model = Assignment
    title = "授权"
    menu = Menu("系统", "授权", "id-badge-2", 30)
    columns = (
        Column("user__name", "用户", link=True), Column("user__account", "账号"), Column("role__title", "角色"),
        Column("unit__name", "管辖范围"), "starts_on", "ends_on", Column("approved_by__name", "授权人"),
    )  # fmt: skip
    filters = ("role", "unit", "ends_on")
    search = ("user__name", "user__account", "user__name_keys", "role__title")
    order = ("role__position", "user__account")
    primary = "add"
    empty = "还没有授权。"


class AssignmentDetail(DetailPage):
    model = Assignment
    facts = (
        Facts("授权", (Column("user__name", "用户"), Column("role__title", "角色"), Column("unit__name", "管辖范围"),
                     "starts_on", "ends_on", Column("approved_by__name", "授权人"), "created_at")),
    )  # fmt: skip
    deeds = (
        Deed("end", "终止授权", _end, form=Reason, danger=True, icon="circle-off", many=False,
             when=lambda row: row.ends_on is None or row.ends_on >= timezone.localdate()),
    )  # fmt: skip


class AssignmentEdit(EditPage):
    model = Assignment
    groups = (Facts("授权", ("user", "role", "unit", "starts_on", "ends_on")),)
    step_up = True
    create = _assign

    def form(self, request: Request, row: Any, data: Any) -> forms.Form:
        made = super().form(request, row, data)
        if data is None and (
            person := self.choices(request, "user").filter(uid=_uid(request.GET.get("user", ""))).first()
        ):
            made.initial["user"] = str(person.uid)
            made.fields["user"].widget.shown = str(person)
        return made


class RoleList(ListPage):
    model = Role
    title = "角色"
    menu = Menu("系统", "角色与权限", "shield-lock", 20)
    columns = (
        Column("title", link=True),
        "description",
        "needs_second_factor",
        Column("exclusive_group", default=False),
    )
    filters = ("needs_second_factor",)
    search = ("title", "description")
    order = ("position",)


class RoleMatrix(Page):
    """What a role may do, as a table; the security administrator changes single cells with a reason."""

    path = "people/role/<uuid:uid>/"
    name = "people.role.detail"
    title = "角色"
    permission = "people.role.view"
    methods = ("GET", "HEAD", "POST")
    template = "people/role.html"

    def get(self, request: Request, **kwargs: Any) -> Answer:
        return self.show(request, self.role(request, kwargs["uid"], "view"))

    def role(self, request: Request, uid: Any, action: str) -> Role:
        role: Role | None = Role.objects.all().visible_to(request.user, action).filter(uid=uid).first()
        if role is None:
            raise Http404
        return role

    def show(self, request: Request, role: Role, message: str = "") -> Answer:
        can_edit = request.user.grants.holds_everywhere("people.role.change")
        holders = Assignment.objects.running(timezone.localdate()).filter(role=role).count()
        extents = [("", "—"), *EXTENT_TITLES.items(), ("unit+own", "所辖＋本人")]
        return {
            "title": role.title, "role": role, "areas": table_of(role.permissions), "holders": holders,
            "can_edit": can_edit and request.GET.get("edit") == "1", "may_edit": can_edit, "extents": extents,
            "titles": {value: "＋".join(EXTENT_TITLES[part] for part in value.split("+")) for value in _combinations()},
            "message": message, "message_kind": "fault", "hands_out": role.permissions.get("grant", []),
        }  # fmt: skip

    def post(self, request: Request, **kwargs: Any) -> Answer:
        role = self.role(request, kwargs["uid"], "change")
        if not is_proved(request):
            return to_step_up(request)
        lawful = _combinations() | {""}
        cells = {code: sent for code, sent in request.POST.items() if code.count(".") == 2 and sent in lawful}
        wanted = {
            code: [part for part in sent.split("+") if part]
            for code, sent in cells.items()
            if sent != held(role.permissions, code)
        }
        try:
            change_role(
                role=role, permissions=patched(role.permissions, wanted), by=request.user, at=timezone.now(),
                seen_version=int(request.POST.get("seen_version", "0")), reason=request.POST.get("reason", ""),
            )  # fmt: skip
        except (*EXPECTED, EditConflict, ValueError) as error:
            role.refresh_from_db()
            return self.show(request, role, plain(error))
        return HttpResponseRedirect(request.path)


def _combinations() -> set[str]:
    found = {""}
    for extent in EXTENTS:
        found |= {f"{before}+{extent}".lstrip("+") for before in found}
    return found - {""}


class ActivationSlips(Page):
    """Print one-time codes, a slip for each person of a class or department; printing again voids the old ones."""

    path = "people/activation/"
    name = "people.activation"
    title = "打印激活码"
    menu = Menu("系统", "打印激活码", "ticket", 15)
    permission = "people.activationcode.add"
    data_class = DataClass.PERSONAL
    methods = ("GET", "HEAD", "POST")
    step_up = True
    template = "people/activation.html"

    def get(self, request: Request, **kwargs: Any) -> Answer:
        people = activation.may_be_given(request.user).filter(is_active=True)
        person = people.filter(uid=_uid(request.GET.get("user", ""))).first()
        units = Unit.objects.filter(pk__in=people.exclude(unit=None).values("unit")).order_by("position", "pk")
        return {"units": units, "person": person, "slips": (), "message": ""}

    def post(self, request: Request, **kwargs: Any) -> Answer:
        people = activation.may_be_given(request.user).filter(is_active=True)
        if request.POST.get("user"):
            people = people.filter(uid=_uid(request.POST["user"]))
        else:
            people = people.filter(unit__uid=_uid(request.POST.get("unit", "")))
            if request.POST.get("only_new") == "1":
                people = people.filter(must_set_password=True)
        chosen = list(people.select_related("unit", "tenant").order_by("account"))
        if not chosen:
            return {**self.get(request), "message": "没有符合条件的用户：可能都已激活。"}  # type: ignore[dict-item]
        slips = activation.issue_codes(users=chosen, by=request.user, at=timezone.now())
        address = request.build_absolute_uri(reverse("people.activate"))
        return {"slips": slips, "address": address, "units": (), "person": None, "message": ""}


class Account(Page):
    """One's own sign-ins, password and second factor."""

    path = "account/"
    name = "people.account"
    title = "我的账号"
    data_class = DataClass.PERSONAL
    methods = ("GET", "HEAD", "POST")
    template = "people/account.html"

    def get(self, request: Request, **kwargs: Any) -> Answer:
        living = Session.objects.filter(user=request.user, expire_date__gt=timezone.now())
        rows = living.order_by("-seen_at").values_list("session_key", "device", "address", "created_at", "seen_at")
        here = request.session.session_key
        return {
            "sessions": [(number, key == here, *rest) for number, (key, *rest) in enumerate(rows)],
            "second_factor": has_second_factor(request.user), "user": request.user, "codes": (),
            "assignments": Assignment.objects.running(timezone.localdate()).filter(user=request.user)
            .select_related("role", "unit"),
        }  # fmt: skip

    def post(self, request: Request, **kwargs: Any) -> Answer:
        deed, now = request.POST.get("deed", ""), timezone.now()
        if deed == "end_others":
            others = Session.objects.filter(user=request.user).exclude(session_key=request.session.session_key)
            count = others.delete()[0]
            tell(action="people.close_sessions", by=request.user, at=now, on=request.user, reason=f"{count} 个")
            return HttpResponseRedirect(request.path)
        if deed == "end_one":
            started = request.POST.get("started", "")
            mine = Session.objects.filter(user=request.user).exclude(session_key=request.session.session_key)
            for row in mine:
                if row.created_at.isoformat() == started:
                    row.delete()
                    tell(action="people.close_sessions", by=request.user, at=now, on=request.user, reason="1 个")
            return HttpResponseRedirect(request.path)
        return HttpResponse(status=400)


class RecoveryCodes(Page):
    """New recovery codes for oneself, shown once."""

    path = "account/recovery-codes/"
    name = "people.recovery_codes"
    title = "备用码"
    data_class = DataClass.SEALED
    methods = ("GET", "HEAD", "POST")
    step_up = True
    template = "people/recovery_codes.html"

    def get(self, request: Request, **kwargs: Any) -> Answer:
        if not has_second_factor(request.user):
            raise Http404
        return {"codes": ()}

    def post(self, request: Request, **kwargs: Any) -> Answer:
        if not has_second_factor(request.user):
            raise Http404
        return {"codes": new_recovery_codes(user=request.user, by=request.user, at=timezone.now())}


def _uid(text: str) -> Any:
    """A uid from the address, or one that nobody has."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)
