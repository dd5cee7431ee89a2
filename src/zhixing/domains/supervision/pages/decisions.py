"""决议落实: the ledger of decisions with its rate of fulfilment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.utils import timezone

from zhixing.kernel.pages import Column, Deed, DetailPage, EditPage, Facts, Filter, ListPage, Menu, Request, ViewPreset
from zhixing.kernel.people.models import User

from ..actions import change_decision, settle_decision
from ..choices import DecisionState, MeetingState
from ..models import Decision
from ..procedures import order_decisions
from .forms import SettleDecisionForm
from .words import badge_of


def order_rows(rows: list[Decision], *, by: User, at: datetime) -> str:
    """An order for each of these decisions."""
    full = Decision.objects.filter(pk__in=[row.pk for row in rows])
    return order_decisions(
        full.select_related("lead", "owner", "order", "meeting__chair").order_by("pk"), by=by, at=at
    ).told()


def settle(decision: Decision, *, by: User, at: datetime, state: str, note: str) -> None:
    settle_decision(decision, state=state, note=note, by=by, at=at)


def _open(decision: Decision) -> bool:
    return decision.state == DecisionState.OPEN


ORDER = Deed(
    "order", "转督办", order_rows, permission="supervision.decision.order", icon="clipboard-plus", when=_open,
    bulk=True, confirm="为所选决议各立一张督办单；有交办权限的直接交办。",
)  # fmt: skip
SETTLE = Deed(
    "settle", "认定落实情况", settle, permission="supervision.decision.settle", form=SettleDecisionForm,
    icon="circle-check", when=_open,
)  # fmt: skip


def _overdue(rows: QuerySet[Decision], value: str) -> QuerySet[Decision]:
    return rows.overdue(timezone.localdate()) if value == "1" else rows  # type: ignore[attr-defined]


class DecisionLedger(ListPage):
    model = Decision
    title = "决议落实台账"
    menu = Menu("督办会议", "决议落实", "gavel", 62)
    columns = (
        Column("meeting__title", "会议"), Column("no", numeric=True), Column("text", link=True, width="wide"),
        Column("lead__name", "承办部门"), Column("owner__name", "责任人"), Column("due_date"),
        Column("state", render=badge_of(DecisionState)), Column("order__no", "督办单"), Column("fulfilled_at"),
        Column("meeting__at", "会议时间", default=False), Column("note", default=False),
    )  # fmt: skip
    filters = (
        "state", "lead", "owner", "meeting", "due_date",
        Filter("overdue", "逾期", options=(("1", "逾期未落实"),), apply=_overdue),
    )  # fmt: skip
    search = ("text", "order__no")
    order = ("-meeting__at", "no")
    batch = (ORDER, SETTLE)
    presets = (
        ViewPreset("待落实", "state=open"), ViewPreset("督办中", "state=ordered"), ViewPreset("逾期", "overdue=1"),
    )  # fmt: skip
    empty = "还没有会议决议。会议登记召开后，由记录人记录决议。"

    def answer(self, request: Request, **kwargs: Any) -> HttpResponse:
        self.hint = fulfilment(self.rows(request))  # type: ignore[misc]
        return super().answer(request, **kwargs)


def fulfilment(rows: Any) -> str:
    """How far the decisions one may see have been carried out, in words."""
    counted = rows.exclude(state=DecisionState.VOID).aggregate(
        whole=Count("pk"), done=Count("pk", filter=Q(state=DecisionState.FULFILLED))
    )
    if not counted["whole"]:
        return ""
    rate = 100 * counted["done"] / counted["whole"]
    return f"应落实 {counted['whole']} 条，已落实 {counted['done']} 条，落实率 {rate:.1f}%"


class DecisionDetail(DetailPage):
    model = Decision
    facts = (
        Facts("决议", ("meeting", "topic", "no", Column("text", width="wide"), "lead", "owner", "due_date", "state",
                     Column("order__no", "督办单"), "fulfilled_at", "note")),
    )  # fmt: skip
    deeds = (ORDER, SETTLE)
    tabs = ("evidence", "trail")

    def edit_address(self, request: Request, row: Any) -> str:
        settled = row.state != DecisionState.OPEN or row.meeting.state == MeetingState.CANCELLED
        return "" if settled else super().edit_address(request, row)


class DecisionEdit(EditPage):
    model = Decision
    groups = (Facts("决议", (Column("text", width="wide"), "lead", "owner", "due_date")),)
    change = change_decision
