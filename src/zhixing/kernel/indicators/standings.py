"""How an indicator stands: the newest kept reading beside target, benchmark and trend. Nothing is measured here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import FloatField
from django.db.models.functions import Cast

from ..people.models import Unit
from .benchmarks import Benchmark, benchmarks_for
from .declare import Indicator, indicators
from .models import Reading
from .targets import targets_on

TREND_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One indicator as pages tell it. ``read_on`` is the day of the reading; ``trend`` runs oldest first.

    ``value`` is None where there is no reading yet, or nothing to divide by.
    """

    indicator: Indicator
    read_on: date | None
    value: Decimal | None
    part: Decimal | None
    whole: Decimal | None
    target: Decimal | None
    benchmark: Benchmark | None
    lamp: str
    trend: tuple[tuple[date, float | None], ...]
    opens: str

    @property
    def change(self) -> float | None:
        """How far the value moved over the trend; None with fewer than two values."""
        known = [value for _, value in self.trend if value is not None]
        return round(known[-1] - known[0], 4) if len(known) > 1 else None


def standing(code: str, on: date, unit: Unit | None = None) -> Standing:
    """How one indicator stood on a day, by the readings kept until then. KeyError for an unknown code."""
    return standings([code], on, unit)[code]


def standings(codes: Iterable[str], on: date, unit: Unit | None = None) -> dict[str, Standing]:
    """How several stood; three queries, whatever their number. Readings of the last TREND_DAYS count."""
    wanted = [indicators[code] for code in codes]
    names = [one.code for one in wanted]
    kept = Reading.objects.daily().filter(unit=unit)
    if len(names) < len(indicators):
        kept = kept.filter(indicator__in=names)
    # A line needs no exact decimals, and turning thousands of them into Decimal takes longer than all the rest.
    courses: dict[str, list[tuple[date, float | None]]] = {}
    days = kept.filter(on__gt=on - timedelta(days=TREND_DAYS), on__lte=on).order_by("on")
    for code, day, value in days.values_list("indicator", "on", Cast("value", FloatField())):
        courses.setdefault(code, []).append((day, value))
    last = {code: course[-1][0] for code, course in courses.items()}
    newest = kept.filter(on__in=set(last.values())).values_list("indicator", "on", "value", "part", "whole")
    rows = {code: (day, *values) for code, day, *values in newest if last.get(code) == day}
    goals = targets_on(names, on)
    return {
        one.code: _standing(one, rows.get(one.code), courses.get(one.code, ()), goals.get(one, unit), on)
        for one in wanted
    }


def _standing(
    indicator: Indicator, row: Any, course: Sequence[tuple[date, float | None]], target: Decimal | None, on: date
) -> Standing:
    read_on, value, part, whole = row or (None, None, None, None)
    beside = benchmarks_for(indicator.code, on)
    return Standing(
        indicator=indicator,
        read_on=read_on,
        value=value,
        part=part,
        whole=whole,
        target=target,
        benchmark=beside[0] if beside else None,
        lamp=indicator.lamp(value, target),
        trend=tuple(course),
        opens=indicator.opens,
    )
