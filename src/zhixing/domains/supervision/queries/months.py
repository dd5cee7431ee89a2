"""Months as supervision counts them."""

from __future__ import annotations

import calendar
import hashlib
import json
from datetime import date, timedelta
from typing import Any

DAY = timedelta(days=1)


def month_of(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)


def month_end(month: date) -> date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def shifted(month: date, months: int) -> date:
    """So many months later (earlier where negative), on the first day."""
    place = month.year * 12 + month.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)


def month_named(text: str) -> date | None:
    """The month of an address such as 2026-03; None for anything else."""
    try:
        year, number = text.split("-")
        return date(int(year), int(number), 1)
    except ValueError:
        return None


def titled(month: date) -> str:
    return f"{month.year}年{month.month}月"


def digest_of(payload: dict[str, Any]) -> str:
    """The SHA-256 of the canonical JSON: what was frozen can be told from what was changed."""
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
