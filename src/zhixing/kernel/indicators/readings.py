"""Take readings and keep them, so that a trend can be drawn and a printed figure can be traced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from ..base.records import Record
from ..people.models import Unit, User
from ..trail.record import record
from .declare import Group, Indicator, Measured, indicators
from .models import Period, Reading
from .targets import Targets, targets_on

CHUNK = 500


class NotReadable(ValueError):
    """A day on which an indicator can't be read; str() is fit for the user's eyes."""


def read(indicator: Indicator, on: date, unit: Unit | None = None) -> Reading:
    """Measure one indicator for the whole tenant, or one unit with all below it, and keep the day's value.

    The last reading of a day wins. Raises NotReadable for a day to come, for a day that is over where the records
    don't know their past, and for a unit where the indicator isn't kept by units.
    """
    _must_be_readable(indicator, on)
    measured = measure(indicator, on, unit)
    part, whole = measured.parts()
    return _keep(indicator, on, unit, measured.quotient(part, whole), part, whole)


def measure(indicator: Indicator, on: date, unit: Unit | None = None) -> Measured:
    """What an indicator counts, narrowed to a unit with all below it. Raises NotReadable where it isn't kept so."""
    measured = indicator.measure(on)
    if unit is None:
        return measured
    if not indicator.units:
        raise NotReadable(f"“{indicator.title}”不分部门统计。")
    return measured.narrowed(f"{indicator.units}__path__startswith", unit.path)


def read_all(on: date) -> list[Reading]:
    """One reading of every indicator for the whole tenant, and one for each unit where it is kept by units."""
    return [reading for indicator in indicators for reading in read_with_units(indicator, on)]


def read_with_units(indicator: Indicator, on: date) -> list[Reading]:
    """The reading of the whole tenant first, then that of each unit with rows in it or below it.

    Two measurements and three statements, whatever the number of units. Raises NotReadable as ``read`` does.
    """
    whole = read(indicator, on)
    if not indicator.units:
        return [whole]
    measured = indicator.measure(on)
    sums = _rolled_up(measured.groups(indicator.units))
    kept = {row.unit_id: row for row in Reading.objects.daily().filter(indicator=indicator.code, on=on)}
    fresh: list[Reading] = []
    known: list[Reading] = []
    for unit_id, (part, base) in sums.items():
        row = kept.get(unit_id)
        (known if row is not None else fresh).append(row := row or Reading(indicator=indicator.code, on=on))
        row.unit_id, row.part, row.whole = unit_id, part, base
        row.value = measured.quotient(part, base)
    Reading.objects.bulk_create(fresh, batch_size=CHUNK)
    Reading.objects.bulk_update(known, ["value", "part", "whole"], batch_size=CHUNK)
    gone = [unit_id for unit_id in kept if unit_id is not None and unit_id not in sums]
    Reading.objects.daily().filter(indicator=indicator.code, on=on, unit__in=gone).delete()
    return [whole, *known, *fresh]


def _rolled_up(groups: Iterable[Group]) -> dict[int, tuple[Decimal, Decimal | None]]:
    """Unit id -> parts of that unit with all below it."""
    paths = dict(Unit.objects.values_list("pk", "path"))
    sums: dict[int, tuple[Decimal, Decimal | None]] = {}
    for group in groups:
        for place in paths.get(group.key, "").strip("/").split("/"):
            if place:
                part, base = sums.get(int(place), (Decimal(0), None if group.whole is None else Decimal(0)))
                sums[int(place)] = (part + group.part, None if group.whole is None else (base or 0) + group.whole)
    return sums


@transaction.atomic
def freeze(
    codes: Iterable[str], on: date, for_row: Record | None = None, *, by: User | None, at: datetime,
    period: str = Period.DAY, label: str = "", units: Iterable[Unit] = (),
) -> list[Reading]:  # fmt: skip
    """Fix readings for a record (a stage, a monthly report) or a period; nothing later changes them.

    Values of today are measured now; those of a past day are taken from the readings kept that day (or measured,
    where the indicator is ``historic``). Raises NotReadable with the titles of those that have none, and freezes
    nothing then. What was frozen before for the same record, day and period is given back instead of a second one.
    """
    wanted = [_known(code) for code in codes]
    places: list[Unit | None] = [None, *units]
    held = _frozen_already(wanted, on, for_row, period, label)
    missing: list[str] = []
    fresh: list[Reading] = []
    given: list[Reading] = []
    goals = targets_on([one.code for one in wanted], on)
    for indicator in wanted:
        for unit in places:
            if unit is not None and not indicator.units:
                continue
            if (kept := held.get((indicator.code, unit.pk if unit else None))) is not None:
                given.append(kept)
                continue
            source = _on_the_day(indicator, on, unit)
            if source is None:
                missing.append(indicator.title)
                continue
            fresh.append(_frozen(source, goals.get(indicator, unit), for_row, by, at, period, label))
    if missing:
        titles = "、".join(dict.fromkeys(missing))
        raise NotReadable(f"{on:%Y年%-m月%-d日}没有“{titles}”的读数，台账不保留历史，无法补算。请改选有读数的日期。")
    Reading.objects.bulk_create(fresh, batch_size=CHUNK)
    if fresh:
        record(
            action="freeze", by=by, at=at, on=for_row, label=label or f"指标读数 {on}",
            changes={"on": str(on), "period": period, "indicators": sorted({one.indicator for one in fresh})},
        )  # fmt: skip
    return given + fresh


@transaction.atomic
def freeze_period(
    since: date, until: date, *, period: str, label: str, for_row: Record | None = None, at: datetime
) -> int:
    """Fix the newest reading kept within a time that is over, of every indicator and unit; returns how many.

    Done once for a record, period and label; a second call does nothing. Days without readings leave no gap: the
    newest before them speaks for the time, with its own day.
    """
    place = {"frozen_type": for_row._meta.label_lower, "frozen_uid": for_row.uid} if for_row else {"frozen_uid": None}
    if Reading.objects.frozen().filter(period=period, label=label, frozen_by=None, **place).exists():
        return 0  # what a person froze of that time as evidence is no reason to leave the rest unfixed
    newest: dict[tuple[str, int | None], Reading] = {}
    for row in Reading.objects.daily().filter(on__gte=since, on__lte=until).order_by("on").iterator(chunk_size=CHUNK):
        newest[row.indicator, row.unit_id] = row
    goals = targets_on({code for code, _ in newest}, until)
    fresh = [
        _frozen(row, _goal(goals, code, unit_id), for_row, None, at, period, label)
        for (code, unit_id), row in newest.items()
    ]
    Reading.objects.bulk_create(fresh, batch_size=CHUNK)
    if fresh:
        record(
            action="freeze", by=None, at=at, on=for_row, label=label, changes={"period": period, "until": str(until)}
        )
    return len(fresh)


def _goal(goals: Targets, code: str, unit_id: int | None) -> Decimal | None:
    own = goals.rows.get((code, unit_id)) or goals.rows.get((code, None))
    declared = indicators.get(code)
    return own.value if own is not None else declared.target if declared is not None else None


def readings_of(row: Record) -> Any:
    """The readings frozen for one record, in the order of the indicators."""
    return Reading.objects.frozen().filter(frozen_type=row._meta.label_lower, frozen_uid=row.uid).order_by("pk")


def trend(code: str, last: int = 30, unit: Unit | None = None) -> list[tuple[date, Decimal | None]]:
    """The newest ``last`` daily readings of the whole tenant or one unit, oldest first."""
    rows = Reading.objects.daily().filter(indicator=code, unit=unit).order_by("-on").values_list("on", "value")[:last]
    return list(reversed(rows))


def trends(codes: Iterable[str], since: date) -> dict[str, list[tuple[date, Decimal | None]]]:
    """Daily readings of the whole tenant since a day, by indicator, oldest first; one query."""
    found: dict[str, list[tuple[date, Decimal | None]]] = defaultdict(list)
    rows = Reading.objects.daily().whole().filter(indicator__in=list(codes), on__gte=since).order_by("on")
    for code, on, value in rows.values_list("indicator", "on", "value"):
        found[code].append((on, value))
    return found


def _known(code: str) -> Indicator:
    found = indicators.get(code)
    if found is None:
        raise NotReadable(f"没有代码为“{code}”的指标。")
    return found


def _must_be_readable(indicator: Indicator, on: date) -> None:
    today = timezone.localdate()
    if on > today:
        raise NotReadable(f"{on:%Y年%-m月%-d日}还没有到，不能读取“{indicator.title}”。")
    if on < today and not indicator.historic:
        raise NotReadable(
            f"“{indicator.title}”按台账现状统计，台账不保留历史，{on:%Y年%-m月%-d日}的数值无法重算。"
            "请使用当天保存的读数。"
        )


def _keep(indicator: Indicator, on: date, unit: Unit | None, value: Any, part: Any, whole: Any) -> Reading:
    reading: Reading
    reading, _ = Reading.objects.update_or_create(
        indicator=indicator.code,
        on=on,
        unit=unit,
        frozen_at=None,
        defaults={
            "value": value,
            "part": Decimal(part),
            "whole": None if whole is None else Decimal(whole),
        },
    )
    return reading


def _on_the_day(indicator: Indicator, on: date, unit: Unit | None) -> Reading | None:
    """The day's own reading: made now where it can be, else the one kept then."""
    try:
        return read(indicator, on, unit)
    except NotReadable:
        return Reading.objects.daily().filter(indicator=indicator.code, on=on, unit=unit).first()  # type: ignore[no-any-return]


def _frozen_already(
    wanted: list[Indicator], on: date, for_row: Record | None, period: str, label: str
) -> dict[tuple[str, int | None], Reading]:
    place = {"frozen_type": for_row._meta.label_lower, "frozen_uid": for_row.uid} if for_row else {"frozen_uid": None}
    rows = Reading.objects.frozen().filter(
        indicator__in=[one.code for one in wanted], on=on, period=period, label=label, **place
    )
    return {(row.indicator, row.unit_id): row for row in rows}


def _frozen(
    source: Reading, target: Decimal | None, for_row: Record | None, by: User | None, at: datetime, period: str,
    label: str,
) -> Reading:  # fmt: skip
    return Reading(
        indicator=source.indicator, on=source.on, unit_id=source.unit_id, value=source.value, part=source.part,
        whole=source.whole, period=period, label=label, target=target, frozen_at=at, frozen_by=by,
        frozen_type=for_row._meta.label_lower if for_row else "", frozen_uid=for_row.uid if for_row else None,
    )  # fmt: skip
