"""What supervision does by itself every day."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from zhixing.kernel.jobs.declare import Progress, job
from zhixing.kernel.standards.in_force import school_standards

from .actions import escalate, open_reports, remind_report
from .models import MonthlyReport
from .queries.clock import WorkDays
from .queries.months import month_of


@job("supervision.escalate", "督办催办与黄红牌", daily_at=6)
def escalate_orders(progress: Progress) -> dict[str, Any]:
    """Remind by work days; on days off nobody is chased."""
    at = timezone.now()
    if not WorkDays().is_work_day(timezone.localdate(at)):
        return {"count": 0}
    done = escalate(at)
    return {"count": done.count, **done.reminded}


@job("supervision.reports", "开放月报并催报", daily_at=6)
def call_for_reports(progress: Progress) -> dict[str, Any]:
    """Open the month's reports from their day on, and remind of those that are late."""
    at = timezone.now()
    today = timezone.localdate(at)
    opened = []
    if today.day >= int(school_standards().number("report_open_day", today)):
        opened = open_reports(month_of(today), by=None, at=at)
    late = list(MonthlyReport.objects.late(today).select_related("unit__head"))
    if WorkDays().is_work_day(today):
        for report in late:
            remind_report(report, "催报")
    return {"count": len(opened), "late": len(late)}
