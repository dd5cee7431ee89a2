"""会议材料包: what the system knows on the day, laid before the meeting without anybody writing it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Q, Sum

from zhixing.domains.plans.choices import PointState
from zhixing.domains.plans.models import Action, WorkPoint
from zhixing.domains.plans.queries import COLOURS, effective_plan, shining, the_day
from zhixing.kernel.checks.models import OPEN, Finding, Stage

from ..models import Decision, MonthlyReport, Order
from .clock import Clock

SHOWN = 40
FIELDS = ("uid", "text", "lead__name", "owner__name", "due_date")
HANDED_OUT = tuple(stage for stage in OPEN if stage != Stage.FOUND)
"""Only what was handed out has a due date; the many that were not are left unread."""


def make_pack(on: date) -> dict[str, Any]:
    """Lamps of the plan, overdue points, orders and findings, decisions not carried out, what is due this week."""
    clock = Clock.of(on)
    return {
        "on": on.isoformat(),
        **_plan(on),
        "orders": _orders(clock),
        "findings": _findings(on),
        "decisions": _decisions(on),
        "asks": _asks(clock),
        "reports": list(MonthlyReport.objects.late(on).order_by("unit__position").values_list("unit__name", flat=True)),
    }


def _plan(on: date) -> dict[str, Any]:
    """Lamps by action and the overdue points; counted by the database, because a plan has a thousand points."""
    plan = effective_plan()
    if plan is None:
        return {"plan": "", "lamps": [], "points": [], "points_count": 0}
    day = the_day(on)
    mine = WorkPoint.objects.of_plan(plan).alive()
    counted = mine.order_by().values("task__action").annotate(
        weight_in_all=Sum("weight"), weight_accepted=Sum("weight", filter=Q(state=PointState.ACCEPTED)),
        **{colour: Count("pk", filter=shining(colour, day)) for colour in COLOURS},
    )  # fmt: skip
    by_action = {row["task__action"]: row for row in counted}
    lamps = [_lamp_line(action, by_action.get(action.pk, {})) for action in Action.objects.standing().filter(plan=plan)]
    red = mine.filter(shining("red", day)).order_by("due_date", "pk")
    points = [
        {"uid": str(uid), "text": text[:80], "lead": lead or "", "owner": owner or "", "due": due.isoformat()}
        for uid, text, lead, owner, due in red.values_list("uid", "text", "lead__name", "owner__name", "due_date")[
            :SHOWN
        ]
    ]
    return {"plan": plan.title, "lamps": lamps, "points": points, "points_count": sum(one["red"] for one in lamps)}


def _lamp_line(action: Action, row: dict[str, Any]) -> dict[str, Any]:
    """One action: the gravest lamp among its points, and the share of the weight that was accepted."""
    colours = {colour: row.get(colour, 0) for colour in COLOURS}
    count, weight = sum(colours.values()), row.get("weight_in_all") or 0
    gravest = next((colour for colour in ("red", "amber", "green") if colours[colour]), "grey")
    return {
        "no": action.no, "title": action.title, **colours,
        "percent": 100 * (row.get("weight_accepted") or 0) // weight if weight else None,
        "lamp": "done" if count and colours["done"] == count else gravest,
    }  # fmt: skip


def _orders(clock: Clock) -> list[dict[str, Any]]:
    rows = Order.objects.overdue(clock.on).order_by("due_date", "pk")
    names = ("uid", "no", "subject", "lead__name", "owner__name", "due_date", "card")
    return [
        {"uid": str(uid), "no": no, "subject": subject, "lead": lead, "owner": owner or "", "due": due.isoformat(),
         "late": clock.late(due), "card": card}
        for uid, no, subject, lead, owner, due, card in rows.values_list(*names)[:SHOWN]
    ]  # fmt: skip


def _findings(on: date) -> list[dict[str, Any]]:
    """Overdue findings by department or class: counts only, no names of pupils."""
    late = Finding.objects.filter(stage__in=HANDED_OUT, due_date__lt=on)
    rows = late.order_by().values("unit__name").annotate(count=Count("pk")).order_by("-count")
    return [{"unit": row["unit__name"] or "未分部门", "count": row["count"]} for row in rows[:SHOWN]]


def _decisions(on: date) -> list[dict[str, Any]]:
    rows = Decision.objects.unfulfilled().select_related("meeting", "lead", "order").order_by("due_date", "pk")[:SHOWN]
    return [
        {"uid": str(row.uid), "meeting": str(row.meeting), "no": row.no, "text": row.text[:100],
         "lead": row.lead.name if row.lead else "", "due": row.due_date.isoformat() if row.due_date else "",
         "state": row.get_state_display(), "late": bool(row.due_date and row.due_date < on)}
        for row in rows
    ]  # fmt: skip


def _asks(clock: Clock) -> list[dict[str, Any]]:
    """What falls due by the end of the horizon: orders and work points."""
    until = clock.work_days.shifted(clock.on, 5)
    orders = Order.objects.in_hand().filter(due_date__gte=clock.on, due_date__lte=until).order_by("due_date")
    points = WorkPoint.objects.filter(
        state=PointState.IN_EFFECT, due_date__gte=clock.on, due_date__lte=until
    ).order_by("due_date")  # fmt: skip
    found = [
        {"kind": "督办", "text": subject, "lead": lead, "due": due.isoformat()}
        for subject, lead, due in orders.values_list("subject", "lead__name", "due_date")[:SHOWN]
    ]
    found += [
        {"kind": "要点", "text": text[:80], "lead": lead or "", "due": due.isoformat()}
        for text, lead, due in points.values_list("text", "lead__name", "due_date")[:SHOWN]
    ]
    return sorted(found, key=lambda ask: ask["due"])
