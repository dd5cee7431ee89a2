"""督办看板: orders in lanes by where they stand, the most urgent first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from zhixing.kernel.pages import Menu, Page, Request

from ..choices import Card, OrderState
from ..models import Order
from ..queries.clock import Clock

SHOWN = 12
FIELDS = (
    "uid", "no", "subject", "state", "card", "due_date", "lead__name", "owner__name", "returned_count",
)  # fmt: skip
LANES = (
    ("待交办", (OrderState.DRAFTED,), "state=drafted"),
    ("待签收", (OrderState.ISSUED,), "state=issued"),
    ("在办", (OrderState.SIGNED, OrderState.IN_PROGRESS), "state=in_progress"),
    ("已退回", (OrderState.RETURNED,), "state=returned"),
    ("待审核", (OrderState.ANSWERED,), "state=answered"),
    ("已办结待归档", (OrderState.SETTLED,), "state=settled"),
)


@dataclass
class Lane:
    """One column of the board."""

    title: str
    query: str
    count: int
    cards: list[dict[str, Any]] = field(default_factory=list)


def lanes(rows: Any, clock: Clock) -> list[Lane]:
    """Two queries: counts by state, and the most urgent of every lane."""
    counts = dict(rows.order_by().values_list("state").annotate(found=Count("pk")))
    found = []
    for title, states, query in LANES:
        count = sum(counts.get(state, 0) for state in states)
        lane = Lane(title, query, count)
        if count:
            chosen = rows.filter(state__in=states).order_by("due_date", "pk").values(*FIELDS)[:SHOWN]
            lane.cards = [_card(row, clock) for row in chosen]
        found.append(lane)
    return found


def _card(row: dict[str, Any], clock: Clock) -> dict[str, Any]:
    lamp = clock.lamp(row["state"], row["due_date"])
    shown = Card(row["card"]).label if row["card"] != Card.NONE else ""
    return {**row, "lamp": lamp, "card_label": shown, "late": clock.late(row["due_date"]) if lamp == "red" else 0}


class OrderBoard(Page):
    path = "supervision/board/"
    name = "supervision.board"
    title = "督办看板"
    menu = Menu("督办会议", "督办看板", "layout-kanban", 50)
    permission = "supervision.order.view"
    template = "supervision/board.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        today = timezone.localdate()
        rows = Order.objects.all().visible_to(request.user, "view")
        return {
            "lanes": lanes(rows, Clock.of(today)), "figures": figures(rows, today),
            "may_begin": request.user.holds("supervision.order.add"),
        }  # fmt: skip


def figures(rows: Any, today: date) -> dict[str, int]:
    """The numbers above the board; one query."""
    hand = Q(state__in=["issued", "signed", "in_progress", "answered", "returned"])
    found: dict[str, int] = rows.aggregate(
        in_hand=Count("pk", filter=hand),
        overdue=Count("pk", filter=hand & ~Q(state="answered") & Q(due_date__lt=today)),
        waiting=Count("pk", filter=Q(state="answered")),
        yellow=Count("pk", filter=hand & Q(card="yellow")),
        red=Count("pk", filter=hand & Q(card="red")),
        settled=Count("pk", filter=Q(settled_at__year=today.year, state__in=["settled", "archived"])),
    )
    return found
