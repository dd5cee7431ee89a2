"""Hand out, report, hand over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhixing.domains.school.queries import add_work_days
from zhixing.kernel.checks.models import Finding
from zhixing.kernel.files.store import store
from zhixing.kernel.people.models import User
from zhixing.kernel.trail.record import record

from ..models import Measure
from ..queries import keepers

MOST_WORK_DAYS = 120


def due_after(work_days: int, at: datetime) -> date:
    """The day so many work days after today; ValidationError for a number that makes no sense."""
    if not 1 <= work_days <= MOST_WORK_DAYS:
        raise ValidationError({"work_days": f"整改期限请填 1 到 {MOST_WORK_DAYS} 个工作日。"})
    return add_work_days(timezone.localdate(at), work_days)


@dataclass
class Sorted:
    """Findings by the person who will mend them, and those nobody keeps."""

    by_owner: dict[User, list[Finding]] = field(default_factory=dict)
    orphans: list[Finding] = field(default_factory=list)


def sort_by_keeper(findings: Iterable[Finding], on: date) -> Sorted:
    """Each finding to the head or class tutor of its unit, where there is neither to the nearest head above."""
    rows, sorted_out = list(findings), Sorted()
    people = keepers((row.unit_id for row in rows), on)
    for row in rows:
        owner = people.get(row.unit_id) if row.unit_id else None
        if owner is None:
            sorted_out.orphans.append(row)
        else:
            sorted_out.by_owner.setdefault(owner, []).append(row)
    return sorted_out


@transaction.atomic
def report_measure(
    finding: Finding, *, deed: str, by: User, at: datetime, cause: str = "", before: Any = None, after: Any = None
) -> Measure:
    """Keep what the owner did, with the files that show it; ValidationError where nothing is said."""
    if len(deed.strip()) < 2:
        raise ValidationError({"deed": "请写明采取了什么整改措施。"})
    measure = Measure.objects.create(finding=finding, cause=cause[:300], deed=deed[:600], by=by, at=at)
    for upload, purpose in ((before, "整改前"), (after, "整改后")):
        if upload:
            store(upload, name=upload.name, purpose=purpose, on=finding, by=by)
    record(action="rectification.report", by=by, at=at, on=finding, changes={"measure": str(measure.uid)})
    return measure


@transaction.atomic
def hand_over(*, giver: User, taker: User, by: User, at: datetime) -> int:
    """Every open finding of one person goes to another, with its due date; returns how many."""
    if giver == taker:
        raise ValidationError("接手人不能是本人。")
    count = 0
    for finding in Finding.objects.open().filter(owner=giver).select_for_update():
        finding.owner, finding.version = taker, finding.version + 1
        finding.save(update_fields=["owner", "version"])
        record(action="rectification.hand_over", by=by, at=at, on=finding, changes={"owner": [giver.name, taker.name]})
        count += 1
    return count
