"""学习覆盖: who was asked, who signed, who passed, by department; and what each department has written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Q

from zhixing.domains.school.models import Department

from ..choices import ArticleState
from ..models import Article, LessonReading, MicroLesson


@dataclass(frozen=True)
class CoverageLine:
    """One department (or all of them): 应学, 已学, 合格, how many tried the quiz."""

    title: str
    unit_uid: Any
    asked: int
    signed: int
    tried: int
    passed: int

    @property
    def missing(self) -> int:
        return self.asked - self.signed

    @property
    def percent(self) -> int | None:
        """Signed of asked, rounded down so that 100 means everybody."""
        return 100 * self.signed // self.asked if self.asked else None

    @property
    def pass_percent(self) -> int | None:
        return 100 * self.passed // self.tried if self.tried else None

    @property
    def lamp(self) -> str:
        return "grey" if not self.asked else "amber" if self.missing else "green"


def coverage(lesson: MicroLesson | None = None) -> tuple[list[CoverageLine], CoverageLine]:
    """Departments in their order, and the whole; of one lesson, withdrawn or not, or of all that are out. One query."""
    if lesson is None:
        rows = LessonReading.objects.due()
    else:
        rows = LessonReading.objects.filter(lesson=lesson, is_required=True, user__is_active=True)
    counts = rows.order_by("unit__position", "unit").values_list("unit__name", "unit__uid").annotate(
        asked=Count("pk"), signed=Count("pk", filter=Q(signed_at__isnull=False)),
        tried=Count("pk", filter=Q(score__isnull=False)), passed=Count("pk", filter=Q(passed=True)),
    )  # fmt: skip
    lines = [CoverageLine(name or "未分部门", *rest) for name, *rest in counts]
    return lines, _sum(lines)


def _sum(lines: Iterable[CoverageLine]) -> CoverageLine:
    totals = [sum(values) for values in zip(*((x.asked, x.signed, x.tried, x.passed) for x in lines), strict=True)]
    return CoverageLine("合计", None, *(totals or [0, 0, 0, 0]))


@dataclass(frozen=True)
class WritingLine:
    """What one department has sent in: published by kind, waiting, sent back, and when it was last heard of."""

    title: str
    unit_uid: Any
    kinds: dict[str, int]
    waiting: int
    returned: int
    last_at: datetime | None

    @property
    def published(self) -> int:
        return sum(self.kinds.values())


def writing(year: int) -> list[WritingLine]:
    """发稿统计 of a year, for every department that exists; three queries."""
    found: dict[int, dict[str, int]] = {}
    rows = Article.objects.filter(published_at__year=year, state=ArticleState.PUBLISHED)
    for key, kind, count in rows.order_by().values_list("unit", "kind").annotate(n=Count("pk")):
        found.setdefault(key, {})[kind] = count
    others = {
        row["unit"]: row
        for row in Article.objects.order_by()
        .values("unit")
        .annotate(
            waiting=Count("pk", filter=Q(state__in=(ArticleState.SUBMITTED, ArticleState.REVIEWED))),
            returned=Count("pk", filter=Q(state=ArticleState.RETURNED)),
            last=Max("published_at", filter=Q(state=ArticleState.PUBLISHED)),
        )
    }
    lines = []
    for department in Department.objects.open().select_related("unit").order_by("position", "pk"):
        key = department.unit_id
        more = others.get(key, {"waiting": 0, "returned": 0, "last": None})
        lines.append(
            WritingLine(
                department.name, department.unit.uid, found.get(key, {}), more["waiting"], more["returned"],
                more["last"],
            )
        )  # fmt: skip
    return lines


def silent_since(since: date) -> Any:
    """Departments of which nothing has been published since the day; as keys of units."""
    heard = Article.objects.published().filter(published_at__date__gte=since).values("unit")
    return Department.objects.open().exclude(unit__in=heard)
