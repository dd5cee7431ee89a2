"""会议材料包: what the system knows on the day, laid before the meeting without anybody writing it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count

from zhixing.domains.plans.choices import PointState
from zhixing.domains.plans.models import WorkPoint
from zhixing.domains.plans.queries import COLOURS, effective_plan, standing, the_day
from zhixing.kernel.checks.models import Finding

from ..models import Decision, MonthlyReport, Order
from .clock import Clock, late_by

SHOWN = 40


def make_pack(on: date) -> dict[str, Any]:
    """Lamps of the plan, overdue points, orders and findings, decisions not carried out, what is due this week."""
    clock = Clock.of(on)
    return {
        "on": on.isoformat(),
        **_plan(on),
        "orders": _orders(on),
        "findings": _findings(on),
        "decisions": _decisions(on),
        "asks": _asks(clock),
        "reports": list(MonthlyReport.objects.late(on).order_by("unit__position").values_list("unit__name", flat=True)),
    }


def _plan(on: date) -> dict[str, Any]:
    plan = effective_plan()
    if plan is None:
        return {"plan": "", "lamps": [], "points": [], "points_count": 0}
    stood = standing(plan, the_day(on), None)
    lamps = [
        {"no": line.action.no, "title": line.action.title, "percent": line.tally.percent, "lamp": line.tally.lamp,
         **{colour: line.tally.colours[colour] for colour in COLOURS}}
        for line in stood.actions
    ]  # fmt: skip
    red = sorted((point for point in stood.points if point.lamp == "red"), key=lambda point: point.due or on)
    points = [
        {"uid": str(point.uid), "text": point.text[:80], "lead": point.lead, "owner": point.owner,
         "due": point.due.isoformat() if point.due else ""}
        for point in red[:SHOWN]
    ]  # fmt: skip
    return {"plan": plan.title, "lamps": lamps, "points": points, "points_count": len(red)}


def _orders(on: date) -> list[dict[str, Any]]:
    rows = list(Order.objects.overdue(on).select_related("lead", "owner").order_by("due_date", "pk")[:SHOWN])
    late = late_by(rows, on)
    return [
        {"uid": str(row.uid), "no": row.no, "subject": row.subject, "lead": row.lead.name,
         "owner": row.owner.name if row.owner else "", "due": row.due_date.isoformat(), "late": late.get(row.pk, 0),
         "card": row.card}
        for row in rows
    ]  # fmt: skip


def _findings(on: date) -> list[dict[str, Any]]:
    """Overdue findings by department or class: counts only, no names of pupils."""
    rows = Finding.objects.overdue(on).order_by().values("unit__name").annotate(count=Count("pk")).order_by("-count")
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
