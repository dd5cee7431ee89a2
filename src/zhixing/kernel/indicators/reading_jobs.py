"""The daily reading of every indicator."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from ..jobs.declare import Progress, job
from .declare import indicators
from .readings import read


@job("indicators.read_all", "读取指标", daily_at=3)
def read_all_indicators(progress: Progress) -> dict[str, Any]:
    """Read every indicator for today."""
    today = timezone.localdate()
    for number, indicator in enumerate(indicators, 1):
        read(indicator, today)
        progress.say(number, len(indicators), indicator.title)
    return {"count": len(indicators)}
