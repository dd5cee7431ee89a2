"""Who should mend a finding, and how the book of findings stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q

from zhixing.kernel.checks.models import OPEN, Finding, Stage
from zhixing.kernel.people.models import Assignment, Unit, User

from .models import Measure, NoticeItem, Rectification, RectificationNotice

TUTOR_ROLE = "class_tutor"
LEADER_ROLES = ("principal", "party_secretary", "vice_principal")
SOON = timedelta(days=3)


def keepers(unit_ids: Iterable[int | None], on: date) -> dict[int, User]:
    """For each unit the person who keeps it: its head, else its class tutor, else the nearest head above it.

    Units without any of these are left out. Three queries, however many units.
    """
    lines = _lines_up({pk for pk in unit_ids if pk})
    asked = {pk for line in lines.values() for pk in line}
    heads = {
        unit.pk: unit.head for unit in Unit.objects.filter(pk__in=asked, head__is_active=True).select_related("head")
    }
    tutors = {
        assignment.unit_id: assignment.user
        for assignment in Assignment.objects.filter(unit__in=lines, role__code=TUTOR_ROLE, user__is_active=True)
        .running(on)
        .select_related("user")
        .order_by("pk")
    }
    found: dict[int, User] = {}
    for pk, line in lines.items():
        above = (heads[each] for each in line[1:] if each in heads)
        keeper = heads.get(pk) or tutors.get(pk) or next(above, None)
        if keeper is not None:
            found[pk] = keeper
    return found


def _lines_up(unit_ids: set[int]) -> dict[int, list[int]]:
    """For each unit its own key and those of the units above it, the nearest first."""
    paths = Unit.objects.filter(pk__in=unit_ids).values_list("pk", "path")
    return {pk: [int(step) for step in reversed(path.strip("/").split("/"))] for pk, path in paths}


def lamp(finding: Finding, on: date) -> str:
    """green on schedule, amber due within three days, red overdue; empty once settled or not handed out."""
    if finding.stage not in OPEN or finding.due_date is None:
        return ""
    if finding.due_date < on:
        return "red"
    return "amber" if finding.due_date <= on + SOON else "green"


@dataclass(frozen=True)
class Book:
    """How the findings that a person may see stand on a day."""

    by_stage: dict[str, int]
    open_count: int
    overdue_count: int
    waiting_count: int
    gone_count: int
    relapse_count: int
    settled_count: int
    on_time_rate: float | None


def book(findings: Any, on: date) -> Book:
    """Counts in one query, the on-time share in a second."""
    counted = findings.aggregate(
        **{f"stage_{stage.value}": Count("pk", filter=Q(stage=stage)) for stage in Stage},
        overdue=Count("pk", filter=Q(stage__in=OPEN, due_date__lt=on)),
        gone=Count("pk", filter=Q(stage__in=OPEN, is_present=False)),
        relapsed=Count("pk", filter=Q(relapse_count__gt=0)),
    )
    by_stage = {stage.value: counted[f"stage_{stage.value}"] for stage in Stage}
    settled = findings.filter(stage=Stage.CLOSED).values_list("settled_at__date", "due_date")
    judged = [done <= due for done, due in settled if done and due]
    return Book(
        by_stage=by_stage,
        open_count=sum(by_stage[stage.value] for stage in OPEN),
        overdue_count=counted["overdue"],
        waiting_count=by_stage[Stage.CLOSURE_REQUESTED.value],
        gone_count=counted["gone"],
        relapse_count=counted["relapsed"],
        settled_count=by_stage[Stage.CLOSED.value],
        on_time_rate=round(100 * sum(judged) / len(judged), 1) if judged else None,
    )


def open_duties(user: User) -> Counter[str]:
    """What a person still has in hand, by stage; for a hand-over."""
    rows = Finding.objects.open().filter(owner=user).values_list("stage", flat=True)
    return Counter(rows)


def leaders() -> Any:
    """People who may answer for a finding as its leader, by name."""
    return (
        User.objects.filter(is_active=True, assignments__role__code__in=LEADER_ROLES).distinct().order_by("name")
    )  # fmt: skip


def last_measures(finding_ids: Iterable[int]) -> dict[int, str]:
    """What was last reported as done about each finding."""
    rows = Measure.objects.filter(finding__in=list(finding_ids)).order_by("at").values_list("finding_id", "deed")
    return dict(rows)


def notice_lines(notice: RectificationNotice) -> list[tuple[NoticeItem, str]]:
    """The findings of a notice in order, each with what was last done about it."""
    items = list(NoticeItem.objects.filter(notice=notice).select_related("finding__owner").order_by("position"))
    done = last_measures(item.finding_id for item in items)
    return [(item, done.get(item.finding_id, "")) for item in items]


def plans_of(finding_ids: Iterable[int]) -> dict[int, Rectification]:
    """What is decided about the work on each finding, with the leader who answers for it."""
    rows = Rectification.objects.filter(finding__in=list(finding_ids)).select_related("sponsor")
    return {row.finding_id: row for row in rows}
