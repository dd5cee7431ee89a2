"""督办单: everybody's list, one's own, each order with what happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

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

from ..actions import ask_extension, correct_order, decide_extension, reassign, remind, set_supports
from ..actions.answers import keep_feedback
from ..actions.extensions import waiting_extension
from ..actions.orders import not_the_lead
from ..choices import DOING, IN_HAND, Card, FeedbackKind, Mark, OrderState
from ..models import Order, OrderExtension, OrderFeedback, Reminder
from ..procedures import OrderCourse, take
from ..queries.clock import Clock
from .forms import (
    AnswerForm,
    ArchiveForm,
    DecideForm,
    ExtensionForm,
    OpinionForm,
    ProgressForm,
    ReassignForm,
    RemindForm,
    SettleForm,
    SupportsForm,
    units,
)
from .words import badge_of


def step(name: str) -> Any:
    """A deed's action that takes the step of this name."""

    def act(order: Order, *, by: User, at: datetime, opinion: str = "", **values: Any) -> None:
        take(name, order, by=by, at=at, opinion=opinion or values.get("note", ""), **values)

    return act


def answer(order: Order, *, by: User, at: datetime, **words: Any) -> str:
    """反馈并申请办结; tells at once what the reviewer will be told."""
    feedback = keep_feedback(order, kind=FeedbackKind.FINAL, by=by, at=at, **words)
    take("answer", order, by=by, at=at, opinion=feedback.progress[:400])
    return "已提交审核。" + ("系统提示：" + "；".join(feedback.hints) + "。" if feedback.hints else "")


def report(order: Order, *, by: User, at: datetime, **words: Any) -> str:
    """进展; an order that was only signed is thereby under way."""
    feedback = keep_feedback(order, kind=FeedbackKind.PROGRESS, by=by, at=at, **words)
    if order.state in (OrderState.SIGNED, OrderState.RETURNED):
        take("start", order, by=by, at=at)
    return "已记录进展。" + ("系统提示：" + "；".join(feedback.hints) + "。" if feedback.hints else "")


def extend(order: Order, *, by: User, at: datetime, **words: Any) -> str:
    ask_extension(order, by=by, at=at, **words)
    return "延期申请已提交，等待审批。"


def decide(order: Order, *, by: User, at: datetime, granted: bool, opinion: str = "") -> str:
    """审批 of the request that waits on this order."""
    asked = waiting_extension(order)
    if asked is None:
        raise PermissionError("没有待审批的延期申请。")
    decide_extension(asked, granted=granted, by=by, at=at, opinion=opinion)
    return "已同意延期。" if granted else "已答复不同意延期。"


def at_state(*states: str) -> Any:
    return lambda order: order.state in states


def _deed(name: str, label: str, icon: str, action: Any, *states: str, **more: Any) -> Deed:
    return Deed(name, label, action, permission=f"supervision.order.{name}", icon=icon, when=at_state(*states), **more)


UNANSWERED = (OrderState.ISSUED, *DOING)
ISSUE = _deed("issue", "交办", "send", step("issue"), OrderState.DRAFTED, confirm="交办后编号，责任人收到待办。")
SIGN = _deed("sign", "签收", "signature", step("sign"), OrderState.ISSUED, confirm="签收后请按要求办理。")
START = _deed("start", "开始办理", "player-play", step("start"), OrderState.SIGNED, OrderState.RETURNED)
REPORT = _deed("report", "填报进展", "notes", report, *DOING, form=ProgressForm)
ANSWER = _deed("answer", "反馈并申请办结", "clipboard-check", answer, *DOING, form=AnswerForm)
EXTEND = _deed("ask_extension", "申请延期", "calendar-plus", extend, *UNANSWERED, form=ExtensionForm)
SETTLE = _deed("settle", "审核办结", "circle-check", step("settle"), OrderState.ANSWERED, form=SettleForm)


def send_back(order: Order, *, by: User, at: datetime, opinion: str) -> None:
    """退回 with the reason, which the feedback keeps too."""
    take("send_back", order, by=by, at=at, opinion=opinion, note=opinion)


BACK = _deed("send_back", "审核退回", "arrow-back-up", send_back, OrderState.ANSWERED, form=OpinionForm)
ARCHIVE = _deed("archive", "归档", "archive", step("archive"), OrderState.SETTLED, form=ArchiveForm)
WITHDRAW = _deed(
    "withdraw", "撤项", "circle-x", step("withdraw"), OrderState.DRAFTED, *IN_HAND, form=OpinionForm, danger=True
)
REMIND = _deed("remind", "催办", "bell-ringing", remind, *UNANSWERED, form=RemindForm)
REASSIGN = _deed("assign", "改派", "user-share", reassign, *IN_HAND, form=ReassignForm)
SUPPORTS = _deed("supports", "协办部门", "users-group", set_supports, OrderState.DRAFTED, *IN_HAND, form=SupportsForm)
DECIDE = Deed(
    "decide_extension", "延期审批", decide, permission="supervision.order.decide_extension", form=DecideForm,
    icon="calendar-check", when=lambda order: order.state in UNANSWERED and waiting_extension(order) is not None,
)  # fmt: skip
OF_THE_LEAD = {"sign", "start", "report", "answer", "ask_extension"}


def _overdue(rows: QuerySet[Order], value: str) -> QuerySet[Order]:
    return rows.overdue(timezone.localdate()) if value == "1" else rows  # type: ignore[attr-defined]


def _in_hand(rows: QuerySet[Order], value: str) -> QuerySet[Order]:
    return rows.filter(state__in=IN_HAND) if value == "1" else rows.exclude(state__in=IN_HAND)


COLUMNS = (
    Column("no", "编号"),
    Column("subject", link=True, width="wide"),
    Column("lead__name", "牵头部门"),
    Column("owner__name", "责任人"),
    Column("due_date", "办结时限"),
    Column("state", render=badge_of(OrderState)),
    Column("card", render=badge_of(Card)),
    Column("mark", render=badge_of(Mark)),
    Column("source_kind"),
    Column("returned_count", "退回", numeric=True, default=False),
    Column("sponsor__name", "责任领导", default=False),
    Column("issued_date", default=False),
    Column("first_due_date", default=False),
    Column("answered_at", default=False),
    Column("settled_at", default=False),
    Column("archive_class", default=False),
    Column("work_point__task__title", "对应任务", default=False),
)
OVERDUE = Filter("overdue", "逾期", options=(("1", "已逾期"),), apply=_overdue)
RUNNING = Filter("open", "是否在办", options=(("1", "在办"), ("0", "不在办")), apply=_in_hand)


class OrderList(ListPage):
    model = Order
    title = "督办单"
    menu = Menu("督办会议", "督办单", "clipboard-list", 52)
    columns = COLUMNS
    filters = (RUNNING, "state", "lead", "owner", OVERDUE, "card", "mark", "source_kind", "due_date", "issued_date")
    search = ("subject", "no", "source_label")
    order = ("-pk",)
    batch = (ISSUE, SIGN, REMIND, ARCHIVE)
    presets = (
        ViewPreset("待审核", "state=answered"),
        ViewPreset("已逾期", "overdue=1"),
        ViewPreset("待签收", "state=issued"),
        ViewPreset("待交办", "state=drafted"),
        ViewPreset("待归档", "state=settled"),
        ViewPreset("红牌", "card=red&open=1"),
    )
    primary = ("立项", "supervision.order.add")
    mark_findings = True
    empty = "还没有督办单。可以点“立项”，也可以在会议决议、工作要点、问题页面上转督办。"


class MyOrders(ListPage):
    """What the person who asks has to sign, do or answer."""

    model = Order
    slug = "mine"
    title = "我的督办"
    menu = Menu("工作台", "我的督办", "clipboard-check", 25)
    columns = COLUMNS
    filters = ("state", OVERDUE, "due_date")
    search = ("subject", "no")
    order = ("due_date",)
    batch = (SIGN,)
    presets = (ViewPreset("待签收", "state=issued"), ViewPreset("已退回", "state=returned"))
    empty = "没有交办给您的督办单。"

    def rows(self, request: Request) -> Any:
        return super().rows(request).filter(owner=request.user, state__in=IN_HAND)


class OrderDetail(DetailPage):
    template = "supervision/order.html"
    model = Order
    facts = (
        Facts("督办", (Column("state", render=badge_of(OrderState)), Column("card", render=badge_of(Card)),
                     Column("mark", render=badge_of(Mark)), Column("demand", width="wide"), "source_kind",
                     "feedback_asked", "instruction", "instructed_by")),
        Facts("责任与时限", ("lead", "owner", Column("shown_supports", "协办部门"), "sponsor", "issued_date",
                        "due_date", "first_due_date", "issued_by", "work_point")),
        Facts("办理", ("signed_by", "signed_at", "answered_by", "answered_at", "reviewer", "settled_at",
                     "returned_count", "archive_class")),
    )  # fmt: skip
    deeds = (
        ISSUE, SIGN, START, REPORT, ANSWER, EXTEND, SETTLE, BACK, DECIDE, REMIND, REASSIGN, SUPPORTS, ARCHIVE, WITHDRAW,
    )  # fmt: skip
    tabs = ("evidence", "findings", "passages", "trail")

    def allowed_deeds(self, request: Request, row: Any) -> list[Deed]:
        """Only what this person could really do: the lead's work for the lead, the review for somebody else."""
        found = super().allowed_deeds(request, row)
        return [deed for deed in found if not self.refusal(deed, row, request.user)]

    def refusal(self, deed: Deed, row: Any, user: User) -> str:
        if deed.name in OF_THE_LEAD:
            return not_the_lead(row, user)
        if deed.name in ("settle", "send_back"):
            guard = OrderCourse.step(deed.name).guard
            return guard(row, user) if guard else ""
        return "已逾期" if deed.name == "ask_extension" and row.due_date < timezone.localdate() else ""

    def edit_address(self, request: Request, row: Any) -> str:
        return super().edit_address(request, row) if row.state == OrderState.DRAFTED else ""


class OrderEdit(EditPage):
    """A draft is put right here; it is begun on its own page."""

    model = Order
    groups = (
        Facts("督办事项", ("subject", Column("demand", width="wide"), "feedback_asked", "source_label")),
        Facts("领导批示", ("instructed_by", "instruction")),
        Facts("责任与时限", ("lead", "owner", "sponsor", "due_date", "work_point")),
    )
    change = correct_order

    def choices(self, request: Request, field: str) -> Any:
        return units() if field == "lead" else super().choices(request, field)


class FeedbackTab(Tab):
    on = Order
    title = "反馈与审核"
    order = 10
    template = "supervision/_feedbacks.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        found = OrderFeedback.objects.filter(order=row).select_related("by", "reviewed_by")
        return {"feedbacks": found[:50]}


class ExtensionTab(Tab):
    on = Order
    title = "延期"
    order = 20
    template = "supervision/_extensions.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        return {"extensions": OrderExtension.objects.filter(order=row).select_related("asked_by", "decided_by")[:50]}


class ReminderTab(Tab):
    on = Order
    title = "催办记录"
    order = 30
    template = "supervision/_reminders.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        return {"reminders": Reminder.objects.filter(order=row).select_related("to", "copied_to", "by")[:50]}


class SourcePanel(Panel):
    """Where the order came from, and how much time it has."""

    on = Order
    title = "时限与来源"
    order = 10
    template = "supervision/_source.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        clock = Clock.of(timezone.localdate())
        href = ""
        if row.source_uid:
            try:
                href = reverse(f"{row.source_type}.detail", args=[row.source_uid])
            except NoReverseMatch:
                href = ""
        asked = waiting_extension(row)
        return {
            "order": row, "href": href, "lamp": clock.lamp(row.state, row.due_date), "asked": asked,
            "late": clock.late(row.due_date) if row.state in UNANSWERED else 0,
            "left": clock.work_days.between(clock.on, row.due_date) if row.due_date >= clock.on else 0,
        }  # fmt: skip
