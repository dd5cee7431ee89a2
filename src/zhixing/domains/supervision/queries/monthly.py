"""What the system tells a department's monthly report before its head writes a word."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q

from zhixing.domains.plans.choices import PointState
from zhixing.domains.plans.models import WorkPoint
from zhixing.kernel.checks.models import OPEN, Finding, Stage
from zhixing.kernel.indicators.declare import indicators
from zhixing.kernel.indicators.models import Reading
from zhixing.kernel.people.models import Unit

from ..choices import IN_HAND, OrderState
from ..models import Order
from .months import DAY, month_end

SHOWN = 20
FIGURES_WITHIN = timedelta(days=7)


def month_facts(unit: Unit, month: date, today: date) -> dict[str, Any]:
    """The department's own points, findings, orders and figures of a month; eight queries or fewer.

    While the month runs they are as of today, afterwards as of its end, as far as dates tell.
    """
    last = min(month_end(month), today)
    return {
        "month": month.isoformat(),
        "on": last.isoformat(),
        "points": _points(unit, month, last),
        "findings": _findings(unit, month, last),
        "orders": _orders(unit, month, last),
        "figures": _figures(unit, last),
    }


def _points(unit: Unit, month: date, last: date) -> dict[str, Any]:
    mine = WorkPoint.objects.in_effect().filter(lead__path__startswith=unit.path)
    undone = Q(state__in=(PointState.IN_EFFECT, PointState.SUBMITTED))
    counts: dict[str, Any] = mine.aggregate(
        whole=Count("pk"),
        accepted=Count("pk", filter=Q(state=PointState.ACCEPTED)),
        accepted_now=Count("pk", filter=Q(accepted_at__date__gte=month, accepted_at__date__lte=last)),
        due=Count("pk", filter=Q(due_date__gte=month, due_date__lte=month_end(month))),
        overdue=Count("pk", filter=undone & Q(due_date__lt=last)),
    )
    rows = mine.filter(undone, due_date__lte=month_end(month)).order_by("due_date", "pk")
    counts["rows"] = [
        {"uid": str(uid), "text": text[:100], "owner": owner or "", "due": due.isoformat(), "late": due < last,
         "state": PointState(state).label}
        for uid, text, owner, due, state in rows.values_list("uid", "text", "owner__name", "due_date", "state")[:SHOWN]
    ]  # fmt: skip
    return counts


def _findings(unit: Unit, month: date, last: date) -> dict[str, Any]:
    # By keys: a department has few units and the book of findings may have fifty thousand lines.
    places = list(Unit.objects.filter(path__startswith=unit.path).values_list("pk", flat=True))
    mine = Finding.objects.filter(unit__in=places)
    return dict(
        mine.aggregate(
            found=Count("pk", filter=Q(found_at__date__gte=month, found_at__date__lte=last)),
            closed=Count("pk", filter=Q(stage=Stage.CLOSED, settled_at__date__gte=month, settled_at__date__lte=last)),
            open=Count("pk", filter=Q(stage__in=OPEN)),
            overdue=Count("pk", filter=Q(stage__in=OPEN, due_date__lt=last)),
        )
    )


def _orders(unit: Unit, month: date, last: date) -> dict[str, Any]:
    mine = Order.objects.filter(lead__path__startswith=unit.path, issued_date__lte=last)
    counts: dict[str, Any] = mine.aggregate(
        due=Count("pk", filter=Q(due_date__gte=month, due_date__lte=month_end(month))),
        settled=Count("pk", filter=Q(settled_at__date__gte=month, settled_at__date__lte=last)),
        in_hand=Count("pk", filter=Q(state__in=IN_HAND)),
        overdue=Count("pk", filter=Q(state__in=IN_HAND, due_date__lt=last) & ~Q(state=OrderState.ANSWERED)),
        returned=Count("pk", filter=Q(state=OrderState.RETURNED)),
    )
    rows = mine.in_hand().order_by("due_date", "pk")
    counts["rows"] = [
        {"uid": str(uid), "no": no, "subject": subject, "due": due.isoformat(), "late": due < last,
         "state": OrderState(state).label}
        for uid, no, subject, due, state in rows.values_list("uid", "no", "subject", "due_date", "state")[:SHOWN]
    ]  # fmt: skip
    return counts


def _figures(unit: Unit, last: date) -> list[dict[str, Any]]:
    """The newest readings kept for this very unit, at most a week old."""
    rows = Reading.objects.filter(unit=unit, on__lte=last, on__gt=last - FIGURES_WITHIN).order_by("on")
    newest = {code: (value, on) for code, value, on in rows.values_list("indicator", "value", "on")}
    found = []
    for code, (value, on) in newest.items():
        declared = indicators.get(code)
        if declared is not None and value is not None:
            shown = f"{value.normalize():f}"
            found.append({"code": code, "title": declared.title, "value": shown, "unit": declared.unit,
                          "on": on.isoformat()})  # fmt: skip
    return found


def previous_month(month: date) -> date:
    return (month - DAY).replace(day=1)
