"""督办 on the first page: one's own orders, and the office's four functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from zhixing.kernel.checks.models import Finding, Stage
from zhixing.kernel.pages import Panel, Request

from ..choices import CircularState, MeetingState, OrderState, Verdict
from ..models import Circular, Decision, Meeting, MonthlyReport, Order, OrderExtension
from ..queries.clock import Clock
from ..queries.months import month_of
from ..queries.pack import HANDED_OUT

SHOWN = 6


class MyOrdersPanel(Panel):
    on = "home"
    title = "我的督办"
    order = 15
    size = 6
    permission = "supervision.order.sign"
    template = "supervision/_my_orders.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        clock = Clock.of(timezone.localdate())
        mine = Order.objects.waiting_for(request.user).order_by("due_date", "pk")
        rows = list(mine.only("uid", "no", "subject", "state", "card", "due_date")[:SHOWN])
        return {
            "orders": [(order, clock.lamp(order.state, order.due_date)) for order in rows],
            "to_sign": sum(order.state == OrderState.ISSUED for order in rows),
        }


@dataclass(frozen=True)
class Cell:
    """A number of the console, and where it opens."""

    label: str
    value: int
    href: str


class ConsolePanel(Panel):
    """提升计划办公室: 组织、协调、督办、宣传, what each has on its desk."""

    on = "home"
    title = "提升计划办公室"
    order = 16
    size = 6
    permission = "supervision.order.issue"
    template = "supervision/_console.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        today = timezone.localdate()
        return {
            "functions": [
                ("组织", _organising(today)), ("协调", _coordinating(today)), ("督办", _chasing(request, today)),
                ("宣传", _publicising(today)),
            ]
        }  # fmt: skip


def _organising(today: Any) -> list[Cell]:
    meetings = Meeting.objects.coming().aggregate(
        collecting=Count("pk", filter=Q(state=MeetingState.COLLECTING)), ready=Count("pk", filter=Q(state="ready"))
    )
    unsigned = Meeting.objects.filter(state__in=(MeetingState.AGENDA, MeetingState.MINUTES)).count()
    at = reverse("supervision.meeting.list")
    return [
        Cell("征集议题", meetings["collecting"], f"{at}?state=collecting"),
        Cell("待召开", meetings["ready"], f"{at}?state=ready"),
        Cell("待签发", unsigned, at),
        Cell("月报迟报", MonthlyReport.objects.late(today).count(), reverse("supervision.reports")),
    ]


def _coordinating(today: Any) -> list[Cell]:
    joint = Order.objects.in_hand().filter(supports__isnull=False).distinct().count()
    asked = OrderExtension.objects.filter(verdict=Verdict.WAITING).count()
    loose = Finding.objects.filter(stage=Stage.FOUND).count()
    return [
        Cell("协办事项", joint, f"{reverse('supervision.order.list')}?open=1"),
        Cell("延期待批", asked, f"{reverse('supervision.orderextension.list')}?verdict=waiting"),
        Cell("问题待交办", loose, f"{reverse('checks.finding.list')}?stage=found"),
    ]


def _chasing(request: Request, today: Any) -> list[Cell]:
    rows = Order.objects.in_hand().aggregate(
        overdue=Count("pk", filter=~Q(state="answered") & Q(due_date__lt=today)),
        waiting=Count("pk", filter=Q(state="answered")), red=Count("pk", filter=Q(card="red")),
    )  # fmt: skip
    undone = Decision.objects.unfulfilled().count()
    at = reverse("supervision.order.list")
    return [
        Cell("逾期", rows["overdue"], f"{at}?overdue=1"),
        Cell("待审核", rows["waiting"], f"{at}?state=answered"),
        Cell("红牌", rows["red"], f"{at}?open=1&card=red"),
        Cell("决议未落实", undone, reverse("supervision.decision.list")),
    ]


def _publicising(today: Any) -> list[Cell]:
    """What supervision itself has to tell; the column has its own pages."""
    drafts = Circular.objects.filter(state=CircularState.DRAFT).count()
    issued = Circular.objects.filter(state=CircularState.ISSUED, issued_at__year=today.year).count()
    cells = [
        Cell("通报待印发", drafts, f"{reverse('supervision.circular.list')}?state=draft"),
        Cell("今年已通报", issued, reverse("supervision.circular.list")),
    ]
    overdue = Finding.objects.filter(stage__in=HANDED_OUT, due_date__lt=month_of(today)).count()
    return [*cells, Cell("跨月未改问题", overdue, _known("checks.finding.list", "?overdue=1"))]


def _known(name: str, query: str) -> str:
    try:
        return reverse(name) + query
    except NoReverseMatch:
        return ""
