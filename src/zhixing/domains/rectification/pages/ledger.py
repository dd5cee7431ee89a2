"""The yearly book of rectification, as a list and as schools print it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date

from zhixing.kernel.base.records import DataClass
from zhixing.kernel.checks import Severity
from zhixing.kernel.checks.models import OPEN, Finding
from zhixing.kernel.pages import Column, Filter, ListPage, Menu, Page, Request
from zhixing.kernel.pages.words import stage_badge

from ..models import LedgerEntry
from ..queries import book, lamp, last_measures


def _still_open(rows: Any, value: str) -> Any:
    return rows.filter(finding__stage__in=OPEN) if value == "1" else rows.exclude(finding__stage__in=OPEN)


def _carried(rows: Any, value: str) -> Any:
    return rows.filter(carried_from__isnull=value != "1")


class LedgerList(ListPage):
    model = LedgerEntry
    title = "年度整改台账"
    menu = Menu("检查整改", "年度整改台账", "book-2", 35)
    columns = (
        Column("year", "年度"),
        Column("no", "序号", numeric=True),
        Column("finding__title", "问题"),
        Column("finding__object_label", "对象"),
        Column("finding__source", "来源"),
        Column("finding__unit__name", "责任部门"),
        Column("finding__owner__name", "责任人"),
        Column("finding__due_date", "整改期限"),
        Column("finding__stage", "状态", render=stage_badge),
        Column("finding__settled_at", "了结时间"),
        Column("finding__verifier__name", "复查人"),
        Column("entered_at", default=False),
        Column("finding__message", "说明", default=False),
        Column("finding__basis", "依据", default=False),
    )
    filters = (
        "year",
        Filter("open", "是否了结", options=(("1", "未了结"), ("0", "已了结")), apply=_still_open),
        Filter("carried", "由上年转入", options=(("1", "是"), ("0", "否")), apply=_carried),
        "finding__source",
        "finding__unit",
    )
    search = ("finding__title", "finding__object_label")
    order = ("-year", "no")
    empty = "本年度还没有登记的问题。问题交办后自动编号入账。"


def _day(text: str) -> date | None:
    """The day an address names; None for none and for one that no calendar has."""
    try:
        return parse_date(text)
    except ValueError:
        return None


class LedgerPage(Page):
    """整改台账 as schools print it: one line a finding, signed at the foot."""

    path = "rectification/ledger/"
    name = "rectification.ledger"
    title = "整改台账"
    menu = Menu("检查整改", "整改台账（打印）", "printer", 40)
    permission = "checks.finding.view"
    data_class = DataClass.PERSONAL
    template = "rectification/ledger.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        since, until = (_day(request.GET.get(name, "")) for name in ("from", "to"))
        today = timezone.localdate()
        rows = Finding.objects.all().visible_to(request.user).select_related("owner", "verifier", "unit")
        if since:
            rows = rows.filter(found_at__date__gte=since)
        if until:
            rows = rows.filter(found_at__date__lte=until)
        if request.GET.get("open") == "1":
            rows = rows.filter(stage__in=OPEN)
        shown = list(rows.order_by("rule", "object_label")[:3000])
        measures = last_measures(row.pk for row in shown)
        return {
            "lines": [(row, measures.get(row.pk, ""), lamp(row, today)) for row in shown],
            "book": book(rows, today),
            "since": since,
            "until": until,
            "today": today,
            "more": rows.count() > len(shown),
            "severities": dict(Severity.choices),
        }
