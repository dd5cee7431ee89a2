"""The daily reading of every indicator, and the month that is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from ..jobs.declare import Progress, job
from .declare import indicators
from .models import Period
from .readings import freeze_period, read_with_units


@job("indicators.read_all", "读取指标", daily_at=3)
def read_all_indicators(progress: Progress) -> dict[str, Any]:
    """Read every indicator for today, for the whole tenant and by units; then fix the month that is over, once."""
    today = timezone.localdate()
    count = 0
    for number, indicator in enumerate(indicators, 1):
        count += len(read_with_units(indicator, today))
        progress.say(number, len(indicators), indicator.title)
    last = today.replace(day=1) - timedelta(days=1)
    frozen = freeze_period(
        last.replace(day=1), last, period=Period.MONTH, label=f"{last.year}年{last.month}月", at=timezone.now()
    )
    return {"count": count, "frozen": frozen}
