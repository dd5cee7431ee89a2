"""What the first page tells: figures with their movement, and what is new since the last visit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.urls import NoReverseMatch, reverse

from zhixing.kernel.checks.models import OPEN, Finding, Stage, VerificationRun
from zhixing.kernel.indicators import Indicator, indicators
from zhixing.kernel.indicators.models import Reading
from zhixing.kernel.pages.models import Visit
from zhixing.kernel.people.models import User

SAME_VISIT = timedelta(hours=2)
TREND_DAYS = 30


@dataclass(frozen=True)
class Figure:
    """One indicator as the first page shows it."""

    indicator: Indicator
    value: Decimal | None
    on: date | None
    lamp: str
    href: str
    change: Decimal | None
    course: list[tuple[date, Decimal | None]]


def opens_at(name: str) -> str:
    """The address behind a figure; ``name`` may carry a query. Blank where the page is not there."""
    stem, _, query = name.partition("?")
    try:
        return (reverse(stem) + (f"?{query}" if query else "")) if stem else ""
    except NoReverseMatch:
        return ""


def figures(on: date) -> list[Figure]:
    """Every indicator with its newest reading and its course over a month; two queries in all."""
    courses: dict[str, list[tuple[date, Decimal | None]]] = defaultdict(list)
    rows = Reading.objects.daily().filter(unit=None, on__gt=on - timedelta(days=TREND_DAYS), on__lte=on).order_by("on")
    for code, day, value in rows.values_list("indicator", "on", "value"):
        courses[code].append((day, value))
    return [_figure(indicator, courses[indicator.code]) for indicator in indicators]


def _figure(indicator: Indicator, course: list[tuple[date, Decimal | None]]) -> Figure:
    known = [value for _, value in course if value is not None]
    value = course[-1][1] if course else None
    return Figure(
        indicator=indicator,
        value=None if value is None else value.normalize() if value % 1 else value.quantize(Decimal(1)),
        on=course[-1][0] if course else None,
        lamp=indicator.lamp(value),
        href=opens_at(indicator.opens),
        change=known[-1] - known[0] if len(known) > 1 else None,
        course=course,
    )


@dataclass(frozen=True)
class Lamps:
    """Findings a person may see, as lamps: red overdue, amber due within three days, green on schedule."""

    red: int
    amber: int
    green: int
    unassigned: int
    waiting: int
    errors: int
    warnings: int


def lamps(user: User, on: date) -> Lamps:
    """One query over the findings visible to ``user``."""
    soon = on + timedelta(days=3)
    return Lamps(
        **Finding.objects.open()
        .visible_to(user)
        .aggregate(
            red=Count("pk", filter=Q(due_date__lt=on)),
            amber=Count("pk", filter=Q(due_date__gte=on, due_date__lte=soon)),
            green=Count("pk", filter=Q(due_date__gt=soon)),
            unassigned=Count("pk", filter=Q(stage=Stage.FOUND)),
            waiting=Count("pk", filter=Q(stage=Stage.CLOSURE_REQUESTED)),
            errors=Count("pk", filter=Q(severity="error")),
            warnings=Count("pk", filter=Q(severity="warning")),
        )
    )


def last_visit(user: User, *, at: datetime) -> datetime | None:
    """When the person was here before, counting page views within two hours as one visit; notes this one."""
    visit = Visit.objects.filter(user=user).first()
    if visit is None:
        Visit.objects.create(user=user, at=at)
        return None
    if at - visit.at > SAME_VISIT:
        Visit.objects.filter(pk=visit.pk).update(before=visit.at, at=at)
        return visit.at
    return visit.before


@dataclass(frozen=True)
class News:
    """What happened to the findings a person may see since a moment."""

    since: datetime
    found: int
    closed: int
    gone: int
    relapsed: int
    runs: list[VerificationRun]


def news(user: User, since: datetime) -> News:
    """Two queries: counts over visible findings, and the newest runs where the person may see them."""
    counts: dict[str, Any] = (
        Finding.objects.all()
        .visible_to(user)
        .aggregate(
            found=Count("pk", filter=Q(found_at__gt=since)),
            closed=Count("pk", filter=Q(settled_at__gt=since, stage=Stage.CLOSED)),
            gone=Count("pk", filter=Q(gone_at__gt=since, stage__in=OPEN)),
            relapsed=Count("pk", filter=Q(relapse_count__gt=0, stage=Stage.FOUND, updated_at__gt=since)),
        )
    )
    runs = VerificationRun.objects.all().visible_to(user).filter(at__gt=since).order_by("-at")[:5]
    return News(since=since, runs=list(runs), **counts)
