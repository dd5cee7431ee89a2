"""整改通知书: list, one notice with its findings, receipt and report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms

from zhixing.kernel.pages import Column, Deed, DetailPage, Facts, ListPage, Menu, Request, Tab, ViewPreset
from zhixing.kernel.people.models import User

from ..choices import NoticeState
from ..models import RectificationNotice
from ..procedures import reply
from ..queries import notice_lines


class ReportForm(forms.Form):
    """The unit's word on the whole; the lines come from the findings themselves."""

    report = forms.CharField(
        label="整改报告（总体情况）", widget=forms.Textarea(attrs={"rows": 6}), max_length=4000,
        help_text="写总体情况、未完成的原因和下一步打算；逐条整改情况由系统列出。",
    )  # fmt: skip


class BackForm(forms.Form):
    """Why the report goes back."""

    opinion = forms.CharField(label="退回理由", min_length=2, max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


def step(name: str) -> Any:
    """A deed's action that takes this step."""

    def act(notice: RectificationNotice, *, by: User, at: datetime, **values: Any) -> None:
        reply(name, notice, by=by, at=at, **values)

    return act


def _deed(name: str, label: str, icon: str, *states: str, form: Any = None) -> Deed:
    return Deed(
        name, label, step(name), permission=f"rectification.rectificationnotice.{name}", form=form, icon=icon,
        when=lambda notice: notice.state in states,
    )  # fmt: skip


DEEDS = (
    _deed("receive", "签收", "signature", NoticeState.ISSUED),
    _deed("report", "提交整改报告", "report", NoticeState.RECEIVED, NoticeState.REPORTED, form=ReportForm),
    _deed("close", "办结", "circle-check", NoticeState.REPORTED),
    _deed("send_back", "退回报告", "arrow-back-up", NoticeState.REPORTED, form=BackForm),
)


class NoticeList(ListPage):
    model = RectificationNotice
    title = "整改通知书"
    menu = Menu("检查整改", "整改通知书", "file-alert", 40)
    columns = (
        Column("year"), Column("no", "编号", numeric=True, link=True), Column("unit__name", "整改部门"),
        Column("demand"), Column("due_date"), Column("state"), Column("receiver__name", "签收人"),
        Column("received_at"), Column("reported_at"), Column("reinspect_date", default=False),
        Column("issued_by__name", "签发人", default=False), Column("issued_at", default=False),
    )  # fmt: skip
    filters = ("state", "unit", "year", "due_date")
    search = ("demand",)
    order = ("-year", "-no")
    batch = DEEDS[:1]
    presets = (ViewPreset("待签收", "state=issued"), ViewPreset("待报告", "state=received"))
    empty = "还没有下发过整改通知书。在“问题台账”选中问题，点“下发整改通知书”。"


class NoticeDetail(DetailPage):
    model = RectificationNotice
    facts = (
        Facts("通知", ("unit", "basis", "demand", "due_date", "reinspect_date", "state", "issued_by", "issued_at")),
        Facts("回执与报告", ("receiver", "received_at", "reported_at", "report")),
    )
    deeds = DEEDS
    tabs = ("passages", "files", "trail")


class NoticeItemsTab(Tab):
    on = RectificationNotice
    title = "所列问题"
    order = 1
    template = "rectification/_notice_items.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        return {"items": notice_lines(row)}
