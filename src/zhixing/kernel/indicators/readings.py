"""Take readings and keep them, so that a trend can be drawn and a printed figure can be traced."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from .declare import Indicator, indicators
from .models import Reading


def read(indicator: Indicator, on: date) -> Reading:
    """Measure one indicator for the whole tenant and keep the value of that day (the last one wins)."""
    measured = indicator.measure(on)
    part, whole = measured.parts()
    reading: Reading
    reading, _ = Reading.objects.update_or_create(
        indicator=indicator.code,
        on=on,
        unit=None,
        defaults={
            "value": measured.value(),
            "part": Decimal(part),
            "whole": None if whole is None else Decimal(whole),
        },
    )
    return reading


def read_all(on: date) -> list[Reading]:
    """One reading of every indicator; the daily job calls this."""
    return [read(indicator, on) for indicator in indicators]


def trend(code: str, last: int = 30) -> list[tuple[date, Decimal | None]]:
    """The newest ``last`` readings of the whole tenant, oldest first."""
    rows = Reading.objects.filter(indicator=code, unit=None).order_by("-on").values_list("on", "value")[:last]
    return list(reversed(rows))
