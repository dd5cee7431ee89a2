"""延期审批: what waits, decided in rows or one by one."""

from __future__ import annotations

from datetime import datetime

from zhixing.kernel.pages import Column, Deed, ListPage, Menu, ViewPreset
from zhixing.kernel.people.models import User

from ..actions import decide_extension
from ..choices import Verdict
from ..models import OrderExtension
from .forms import RefuseForm
from .words import badge_of


def grant(asked: OrderExtension, *, by: User, at: datetime) -> None:
    decide_extension(asked, granted=True, by=by, at=at)


def refuse(asked: OrderExtension, *, by: User, at: datetime, opinion: str) -> None:
    decide_extension(asked, granted=False, by=by, at=at, opinion=opinion)


def _waits(asked: OrderExtension) -> bool:
    return asked.verdict == Verdict.WAITING


RIGHT = "supervision.orderextension.decide"


class ExtensionList(ListPage):
    model = OrderExtension
    title = "延期申请"
    menu = Menu("督办会议", "延期申请", "calendar-plus", 54)
    columns = (
        Column("order__subject", "督办事项", link=True, width="wide"), Column("order__lead__name", "牵头部门"),
        Column("old_due_date"), Column("asked_due_date"), Column("reason", width="wide"),
        Column("progress", default=False),
        Column("verdict", render=badge_of(Verdict)), Column("asked_by__name", "申请人"), Column("asked_date"),
        Column("decided_by__name", "审批人", default=False), Column("opinion", default=False),
    )  # fmt: skip
    filters = ("verdict", "asked_date")
    search = ("order__subject", "order__no", "reason")
    order = ("-asked_date", "-pk")
    batch = (
        Deed("grant", "同意延期", grant, permission=RIGHT, icon="check", when=_waits),
        Deed("refuse", "不同意", refuse, permission=RIGHT, form=RefuseForm, icon="x", when=_waits),
    )
    presets = (ViewPreset("待审批", "verdict=waiting"),)
    links = False
    empty = "没有延期申请。承办人在督办单页面上，到期之前可以申请延期。"
