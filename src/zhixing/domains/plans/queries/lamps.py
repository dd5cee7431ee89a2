"""How work points stand on a day: green on schedule, amber due soon, red overdue, grey not begun, done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, Sum, Value, When
from django.utils import timezone

from zhixing.domains.school.queries import add_work_days
from zhixing.kernel.standards.in_force import school_standards

from ..choices import PointState

COLOURS = ("red", "amber", "green", "grey", "done")
WORDS = {"red": "已逾期", "amber": "临近到期", "green": "按期推进", "grey": "未开始", "done": "已完成"}


@dataclass(frozen=True)
class Day:
    """The day asked about, and the last day that counts as due soon by the school's work calendar."""

    today: date
    soon: date


def the_day(today: date | None = None) -> Day:
    """The day with its horizon; two queries."""
    today = today or timezone.localdate()
    ahead = int(school_standards().number("plan_due_soon", today))
    return Day(today, add_work_days(today, ahead))


def lamp(state: str, start: date | None, due: date | None, submitted: date | None, day: Day) -> str:
    """The lamp of one point. Handed in on time it is never red, however long acceptance takes."""
    if state == PointState.ACCEPTED:
        return "done"
    if state in (PointState.DRAFT, PointState.WITHDRAWN) or due is None:
        return "grey"
    if state == PointState.SUBMITTED:
        return "red" if submitted is not None and submitted > due else "green"
    if due < day.today:
        return "red"
    if start is not None and start > day.today:
        return "grey"
    return "amber" if due <= day.soon else "green"


def shining(colour: str, day: Day) -> Q:
    """The condition under which a point has this lamp; says the same as ``lamp``."""
    running, sent = Q(state=PointState.IN_EFFECT), Q(state=PointState.SUBMITTED)
    late = Q(submitted_date__gt=F("due_date"))
    begun = Q(start_date=None) | Q(start_date__lte=day.today)
    conditions = {
        "done": Q(state=PointState.ACCEPTED),
        "red": (running & Q(due_date__lt=day.today)) | (sent & late),
        "amber": running & begun & Q(due_date__gte=day.today, due_date__lte=day.soon),
        "green": (running & begun & Q(due_date__gt=day.soon)) | (sent & ~late),
        "grey": Q(state=PointState.DRAFT) | (running & Q(start_date__gt=day.today, due_date__gte=day.today)),
    }
    return conditions[colour]


def lamp_case(day: Day) -> Case:
    """The lamp as an expression, for the database to sort and count by; blank for withdrawn points."""
    return Case(
        *(When(shining(colour, day), then=Value(colour)) for colour in ("red", "amber", "green", "done", "grey")),
        default=Value(""),
        output_field=CharField(),
    )


def counted(points: Any, day: Day, *paths: str) -> list[tuple[Any, ...]]:
    """Points counted by these keys and their lamp: (key, …, lamp, count, weight); one query."""
    rows = points.order_by().annotate(lamp=lamp_case(day)).values_list(*paths, "lamp")
    return list(rows.annotate(n=Count("pk"), w=Sum("weight")))


@dataclass
class Tally:
    """How many points shine in which colour, and what share of the weight has been accepted."""

    colours: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLOURS, 0))
    weight: int = 0
    accepted: int = 0

    def add(self, colour: str, weight: int, count: int = 1) -> None:
        self.colours[colour] += count
        self.weight += weight
        if colour == "done":
            self.accepted += weight

    def join(self, other: Tally) -> None:
        """Count another tally's points as well."""
        for colour, count in other.colours.items():
            self.colours[colour] += count
        self.weight += other.weight
        self.accepted += other.accepted

    @property
    def count(self) -> int:
        return sum(self.colours.values())

    @property
    def percent(self) -> int | None:
        """Accepted weight in per cent of all, rounded down so that 100 means everything; None without points."""
        return 100 * self.accepted // self.weight if self.weight else None

    @property
    def lamp(self) -> str:
        """The gravest lamp among the points; grey without any, done once all are accepted."""
        if self.count and self.colours["done"] == self.count:
            return "done"
        return next((colour for colour in ("red", "amber", "green") if self.colours[colour]), "grey")


def tally(points: Iterable[tuple[str, int]]) -> Tally:
    """Count (lamp, weight) pairs."""
    found = Tally()
    for colour, weight in points:
        found.add(colour, weight)
    return found
