"""The daily reading of every indicator."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from ..jobs.declare import Progress, job
from .declare import indicators
from .readings import read_with_units


@job("indicators.read_all", "读取指标", daily_at=3)
def read_all_indicators(progress: Progress) -> dict[str, Any]:
    """Read every indicator for today, for the whole tenant and by units."""
    today = timezone.localdate()
    count = 0
    for number, indicator in enumerate(indicators, 1):
        count += len(read_with_units(indicator, today))
        progress.say(number, len(indicators), indicator.title)
    return {"count": count}
