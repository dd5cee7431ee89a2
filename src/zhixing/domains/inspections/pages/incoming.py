"""What reaches the school from outside: complaints and letters of superiors."""

from __future__ import annotations

from typing import Any

from django import forms

from zhixing.kernel.pages import Column, Deed, DetailPage, EditPage, Facts, ListPage, Menu, ViewPreset

from ..actions import (
    add_complaint,
    add_notice,
    answer_complaint,
    answer_notice,
    change_complaint,
    change_notice,
)
from ..choices import ComplaintState, NoticeState
from ..models import BureauNotice, Complaint
from .raising import raise_deed


class AnswerForm(forms.Form):
    """What was answered."""

    answer = forms.CharField(label="办理与答复情况", widget=forms.Textarea(attrs={"rows": 5}), max_length=4000)


def _answer(label: str, act: Any, done: str) -> Deed:
    return Deed(
        "answer", "登记答复", act, permission=f"{label}.answer", form=AnswerForm, icon="message-check", many=False,
        when=lambda row: row.state != done,
    )  # fmt: skip


class ComplaintList(ListPage):
    model = Complaint
    title = "投诉举报"
    menu = Menu("检查整改", "投诉举报", "message-report", 66)
    columns = (
        Column("title", link=True), Column("channel"), Column("received_on"), Column("unit__name", "承办部门"),
        Column("due_date"), Column("state"), Column("answered_at", default=False),
    )  # fmt: skip
    filters = ("state", "channel", "unit", "received_on")
    search = ("title",)
    order = ("-received_on",)
    primary = "add"
    presets = (ViewPreset("待办理", "state=received"),)
    empty = "没有投诉举报。收到后点“新增”登记，反映人的信息加密保存。"


class ComplaintDetail(DetailPage):
    model = Complaint
    facts = (
        Facts("事由", ("title", "channel", "received_on", "content", "complainant", "contact")),
        Facts("办理", ("unit", "due_date", "state", "answer", "answered_at", "answered_by")),
    )
    reveal = ("complainant", "contact")
    deeds = (
        raise_deed("inspections.complaint"),
        _answer("inspections.complaint", answer_complaint, ComplaintState.ANSWERED),
    )
    tabs = ("findings", "files", "trail")


class ComplaintEdit(EditPage):
    model = Complaint
    groups = (
        Facts("事由", ("title", "channel", "received_on", "content", "complainant", "contact")),
        Facts("办理", ("unit", "due_date")),
    )
    create = add_complaint
    change = change_complaint


class NoticeList(ListPage):
    model = BureauNotice
    title = "上级通知"
    menu = Menu("检查整改", "上级通知", "mail-opened", 68)
    columns = (
        Column("title", link=True), Column("document_no"), Column("organ"), Column("received_on"),
        Column("unit__name", "牵头部门"), Column("due_date"), Column("state"),
    )  # fmt: skip
    filters = ("state", "unit", "received_on")
    search = ("title", "document_no", "organ")
    order = ("-received_on",)
    primary = "add"
    presets = (ViewPreset("待落实", "state=received"),)
    empty = "还没有登记上级通知。收到整改通知、检查通报后点“新增”，逐条登记问题。"


class NoticeDetail(DetailPage):
    model = BureauNotice
    facts = (
        Facts("来文", ("organ", "document_no", "title", "received_on", "demand")),
        Facts("办理", ("unit", "due_date", "state", "answered_at", "answer")),
    )
    deeds = (
        raise_deed("inspections.bureaunotice"),
        _answer("inspections.bureaunotice", answer_notice, NoticeState.ANSWERED),
    )
    tabs = ("findings", "evidence", "files", "trail")


class NoticeEdit(EditPage):
    model = BureauNotice
    groups = (
        Facts("来文", ("organ", "document_no", "title", "received_on", "demand")),
        Facts("办理", ("unit", "due_date")),
    )
    create = add_notice
    change = change_notice
