"""Who carries how much of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Min, Q, Sum

from ..choices import UNDONE
from ..models import Plan, WorkPoint
from .lamps import Day, shining


@dataclass(frozen=True)
class Load:
    """One person's open points."""

    name: str
    unit: str
    uid: Any
    open_count: int
    late_count: int
    soon_count: int
    done_count: int
    weight: int
    next_due: date | None
    is_active: bool


def loads(plan: Plan, day: Day, points: Any = None) -> list[Load]:
    """Everybody who owns a point of the plan, the busiest first; one query."""
    rows = WorkPoint.objects.all() if points is None else points
    rows = rows.of_plan(plan).alive().exclude(owner=None).order_by()
    counted = rows.values("owner__name", "owner__unit__name", "owner__uid", "owner__is_active").annotate(
        open_count=Count("pk", filter=Q(state__in=UNDONE)),
        late_count=Count("pk", filter=shining("red", day)),
        soon_count=Count("pk", filter=shining("amber", day)),
        done_count=Count("pk", filter=shining("done", day)),
        open_weight=Sum("weight", filter=Q(state__in=UNDONE)),
        next_due=Min("due_date", filter=Q(state__in=UNDONE, due_date__gte=day.today)),
    )
    found = [
        Load(
            row["owner__name"], row["owner__unit__name"] or "", row["owner__uid"], row["open_count"],
            row["late_count"], row["soon_count"], row["done_count"], row["open_weight"] or 0, row["next_due"],
            row["owner__is_active"],
        )
        for row in counted
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.open_count, -one.late_count, one.name))
