"""督办通报: any month counted on the spot, drafted, issued and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from zhixing.kernel.pages import Column, Deed, DetailPage, EditPage, Facts, ListPage, Menu, Page, Request
from zhixing.kernel.people.models import User

from ..actions import draft_circular, issue_circular, write_circular
from ..choices import CircularState
from ..models import Circular
from ..queries.months import month_named, month_of, shifted, titled
from ..queries.tally import tally_month
from .words import badge_of

CHOICE = 18


def issue(circular: Circular, *, by: User, at: datetime) -> str:
    done = issue_circular(circular, by=by, at=at)
    return f"已印发督办通报〔{done.year}〕{done.number}号，数据已固定。"


class CircularPage(Page):
    """A month's figures, live; or as frozen, once the circular was issued."""

    path = "supervision/circular/month/"
    name = "supervision.circular.month"
    title = "督办通报"
    menu = Menu("督办会议", "督办通报", "speakerphone", 56)
    permission = "supervision.circular.view"
    template = "supervision/circular_month.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        return self.shown(request)

    def post(self, request: Request, **kwargs: Any) -> Mapping[str, Any] | HttpResponse:
        month = month_named(request.POST.get("month", ""))
        if month is None or not request.user.holds("supervision.circular.add"):
            return self.shown(request, "没有选对月份，或您没有拟通报的权限。")
        try:
            made = draft_circular(month, by=request.user, at=timezone.now())
        except ValidationError as error:
            return self.shown(request, "；".join(error.messages))
        return redirect("supervision.circular.detail", uid=made.uid)

    def shown(self, request: Request, message: str = "") -> Mapping[str, Any]:
        today = timezone.localdate()
        this = month_of(today)
        month = month_named(request.GET.get("month", "")) or this
        if month > this:
            month = this
        circular = Circular.objects.all().visible_to(request.user, "view").filter(month=month).first()
        frozen = circular is not None and circular.state == CircularState.ISSUED
        told = circular.payload if circular is not None and frozen else tally_month(month, today).payload()
        return {
            "month": month, "months": [shifted(this, -back) for back in range(CHOICE)], "told": told,
            "circular": circular, "frozen": frozen, "titled": titled, "running": month == this,
            "may_draft": request.user.holds("supervision.circular.add"), "message": message, "message_kind": "fault",
        }  # fmt: skip


class CircularList(ListPage):
    model = Circular
    title = "历期督办通报"
    columns = (
        Column("month", link=True, render=titled), Column("number", "期号", numeric=True),
        Column("state", render=badge_of(CircularState)), Column("issued_by__name", "签发人"), Column("issued_at"),
    )  # fmt: skip
    filters = ("state", "month")
    primary = ("拟通报", "supervision.circular.month")
    empty = "还没有印发过督办通报。"


class CircularDetail(DetailPage):
    model = Circular
    template = "supervision/circular.html"
    facts = (
        Facts("通报", (Column("month", render=titled), "state", "year", "number",
                     "drafted_by", "issued_by", "issued_at", "digest")),
        Facts("文字", (Column("foreword", width="wide"), Column("focus", width="wide"))),
    )  # fmt: skip
    deeds = (
        Deed(
            "issue", "印发", issue, permission="supervision.circular.issue", icon="send",
            when=lambda row: row.state == CircularState.DRAFT, confirm="印发后编号，数据固定，通知各部门负责人。",
        ),
    )  # fmt: skip
    tabs = ("trail",)

    def context(self, request: Request, row: Any) -> dict[str, Any]:
        frozen = row.state == CircularState.ISSUED
        told = row.payload if frozen else tally_month(row.month, timezone.localdate()).payload()
        return {"told": told, "frozen": frozen}

    def edit_address(self, request: Request, row: Any) -> str:
        return super().edit_address(request, row) if row.state == CircularState.DRAFT else ""


class CircularEdit(EditPage):
    model = Circular
    groups = (Facts("文字", (Column("foreword", width="wide"), Column("focus", width="wide"))),)
    change = write_circular
