"""What the school's calendar sets going by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from zhixing.kernel.indicators.models import Period
from zhixing.kernel.indicators.readings import freeze_period
from zhixing.kernel.jobs.declare import Progress, job

from .models import Term

BACK = timedelta(days=60)
"""A term that ended longer ago is left alone: its readings may be of another time."""


@job("school.freeze_terms", "冻结学期指标读数", daily_at=4)
def freeze_terms(progress: Progress) -> dict[str, Any]:
    """Fix the readings of terms that have just ended, once each."""
    today, count = timezone.localdate(), 0
    for term in Term.objects.filter(ends_on__lt=today, ends_on__gte=today - BACK).select_related("academic_year"):
        count += freeze_period(
            term.starts_on, term.ends_on, period=Period.TERM, label=str(term), for_row=term, at=timezone.now()
        )
    return {"frozen": count}
