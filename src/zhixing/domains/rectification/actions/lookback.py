"""回头看: look again some months after closure; what is back goes on the books again."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhixing.kernel.checks.models import SETTLED, Finding
from zhixing.kernel.checks.observe import relapse
from zhixing.kernel.people.models import User
from zhixing.kernel.standards.in_force import school_standards
from zhixing.kernel.trail.writing import amend_row

from ..choices import LookBackResult
from ..models import LookBack


def months_after(day: date, months: int) -> date:
    """The same day so many months on, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def plan_look_back(finding: Finding, *, at: datetime) -> LookBack:
    """Fix the day on which a closed finding is looked at again (standard ``look_back_months``)."""
    today = timezone.localtime(at).date()
    months = int(school_standards().number("look_back_months", today))
    planned: LookBack
    planned, _ = LookBack.objects.update_or_create(
        finding=finding, looked_at=None, defaults={"owner": finding.owner, "due_date": months_after(today, months)}
    )
    return planned


@transaction.atomic
def look_back(row: LookBack, *, result: str, by: User, at: datetime, note: str = "") -> LookBack:
    """Keep what somebody other than the owner saw; a fault that is back reopens the same finding.

    One that is open again already goes on as it was handed out: the same return isn't counted twice.
    """
    if row.looked_at is not None:
        raise ValidationError("这一条已经做过回头看，请刷新页面。")
    if row.owner_id == by.pk:
        raise ValidationError("整改责任人不能对自己的整改做回头看，请由他人检查。")
    if result == LookBackResult.RETURNED and len(note.strip()) < 2:
        raise ValidationError({"note": "问题复发的，请写明看到的情况。"})
    seen = {"looked_by": by, "looked_at": at, "result": result, "note": note[:300]}
    amend_row(row, seen, by=by, at=at, action="rectification.look_back", reason=note[:300])
    if result == LookBackResult.RETURNED:
        finding = Finding.objects.select_for_update().get(pk=row.finding_id)
        if finding.stage in SETTLED:
            relapse(finding, by=by, at=at, reason=note[:300])
    return row
