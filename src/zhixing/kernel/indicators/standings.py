"""How an indicator stands: the newest kept reading beside target, benchmark and trend. Nothing is measured here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ..people.models import Unit
from .benchmarks import Benchmark, benchmarks_for
from .declare import Indicator, indicators
from .models import Reading
from .targets import targets_on

TREND_DAYS = 30
Row = tuple[date, Decimal | None, Decimal | None, Decimal | None]
"""(day, value, part, whole)."""


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
    trend: tuple[tuple[date, Decimal | None], ...]
    opens: str

    @property
    def change(self) -> Decimal | None:
        """How far the value moved over the trend; None with fewer than two values."""
        known = [value for _, value in self.trend if value is not None]
        return known[-1] - known[0] if len(known) > 1 else None


def standing(code: str, on: date, unit: Unit | None = None) -> Standing:
    """How one indicator stood on a day, by the readings kept until then. KeyError for an unknown code."""
    return standings([code], on, unit)[code]


def standings(codes: Iterable[str], on: date, unit: Unit | None = None) -> dict[str, Standing]:
    """How several stood; two queries, whatever their number. Readings of the last TREND_DAYS count."""
    wanted = [indicators[code] for code in codes]
    names = [one.code for one in wanted]
    rows: dict[str, list[Row]] = {name: [] for name in names}
    since = on - timedelta(days=TREND_DAYS)
    found = Reading.objects.daily().filter(unit=unit, on__gt=since, on__lte=on).order_by("on")
    if len(names) < len(indicators):
        found = found.filter(indicator__in=names)
    for code, *row in found.values_list("indicator", "on", "value", "part", "whole"):
        if code in rows:
            rows[code].append((row[0], row[1], row[2], row[3]))
    goals = targets_on(names, on)
    return {one.code: _standing(one, rows[one.code], goals.get(one, unit), on) for one in wanted}


def _standing(indicator: Indicator, rows: list[Row], target: Decimal | None, on: date) -> Standing:
    read_on, value, part, whole = rows[-1] if rows else (None, None, None, None)
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
        trend=tuple((row[0], row[1]) for row in rows),
        opens=indicator.opens,
    )
