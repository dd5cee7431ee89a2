"""回头看: what is due, what was seen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from zhixing.kernel.pages import Column, Deed, DetailPage, Facts, Filter, ListPage, Menu, ViewPreset

from ..actions import look_back
from ..choices import LookBackResult
from ..models import LookBack


class LookBackForm(forms.Form):
    """What was seen."""

    result = forms.ChoiceField(label="结论", choices=LookBackResult.choices)
    note = forms.CharField(
        label="情况", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="问题复发的必须写明；原问题将重新立案。",
    )  # fmt: skip


LOOK = Deed(
    "look", "登记回头看", look_back, permission="rectification.lookback.change", form=LookBackForm, icon="eye-check",
    when=lambda row: row.looked_at is None,
)  # fmt: skip


def _state(rows: Any, value: str) -> Any:
    today = timezone.localdate()
    if value == "done":
        return rows.exclude(looked_at=None)
    rows = rows.filter(looked_at=None)
    return rows.filter(due_date__lte=today) if value == "due" else rows.filter(due_date__gt=today)


class LookBackList(ListPage):
    model = LookBack
    title = "回头看"
    menu = Menu("检查整改", "回头看", "rotate-clockwise-2", 45)
    columns = (
        Column("finding__title", "问题", link=True), Column("finding__object_label", "对象"),
        Column("finding__unit__name", "部门"), Column("owner__name", "整改责任人"), Column("due_date"),
        Column("result"), Column("looked_by__name", "检查人"), Column("looked_at"), Column("note", default=False),
    )  # fmt: skip
    filters = (
        Filter("state", "进度", options=(("due", "到期未看"), ("later", "未到期"), ("done", "已完成")), apply=_state),
        "result",
        "due_date",
    )
    search = ("finding__title", "finding__object_label")
    order = ("due_date",)
    batch = (LOOK,)
    presets = (ViewPreset("到期未看", "state=due"), ViewPreset("复发的", "result=returned"))
    empty = "没有需要回头看的问题。问题销号满规定月数后会列在这里。"


class LookBackDetail(DetailPage):
    model = LookBack
    facts = (
        Facts("问题", (Column("finding__title", "问题"), Column("finding__object_label", "对象"),
                     Column("finding__message", "说明"), Column("finding__settled_at", "销号时间"))),
        Facts("回头看", ("due_date", "owner", "result", "looked_by", "looked_at", "note")),
    )  # fmt: skip
    deeds = (LOOK,)
    tabs = ("files", "trail")
