"""Change academic years, terms and the school's departures from the national calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from zhixing.kernel.people.models import User
from zhixing.kernel.trail.record import record
from zhixing.kernel.trail.writing import add_row, amend_row

from ..models import AcademicYear, CalendarDay, Term


def add_academic_year(values: Mapping[str, Any], *, by: User | None, at: datetime) -> AcademicYear:
    _judge_year(values)
    return add_row(AcademicYear(**values), by=by, at=at)


def correct_academic_year(
    row: AcademicYear, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int
) -> AcademicYear:
    _judge_year(values)
    return amend_row(row, values, by=by, at=at, seen_version=seen_version)


def add_term(values: Mapping[str, Any], *, by: User | None, at: datetime) -> Term:
    """Add a term inside its academic year and apart from the other terms."""
    row = Term(**values)
    _judge_term(row)
    return add_row(row, by=by, at=at)


def correct_term(row: Term, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int) -> Term:
    with transaction.atomic():
        row = amend_row(row, values, by=by, at=at, seen_version=seen_version)
        _judge_term(row)
    return row


def override_day(values: Mapping[str, Any], *, by: User | None, at: datetime) -> CalendarDay:
    """Say that the school works or rests on a day against the national calendar."""
    return add_row(CalendarDay(**values), by=by, at=at)


def revise_override(
    row: CalendarDay, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int
) -> CalendarDay:
    return amend_row(row, values, by=by, at=at, seen_version=seen_version)


def restore_day(day: CalendarDay, *, by: User, at: datetime, reason: str = "") -> None:
    """Follow the national calendar again."""
    with transaction.atomic():
        record(action="remove", by=by, at=at, on=day, reason=reason)
        day.delete()


def _judge_year(values: Mapping[str, Any]) -> None:
    name, starts_on = values.get("name"), values.get("starts_on")
    first, dash, second = str(name or "").partition("-")
    named = dash and first.isdigit() and second.isdigit() and int(second) == int(first) + 1
    if name is not None and not named:
        raise ValidationError({"name": "学年应写成前后两年，如 2026-2027。"})
    if named and isinstance(starts_on, date) and starts_on.year != int(first):
        raise ValidationError({"starts_on": f"{name}学年应从 {first} 年开始。"})


def _judge_term(row: Term) -> None:
    year = row.academic_year if row.academic_year_id else None
    if year is None or not (isinstance(row.starts_on, date) and isinstance(row.ends_on, date)):
        return
    if row.starts_on < year.starts_on or row.ends_on > year.ends_on:
        raise ValidationError({"starts_on": f"学期应在{year.name}学年（{year.starts_on}至{year.ends_on}）之内。"})
    rivals = Term.objects.filter(starts_on__lte=row.ends_on, ends_on__gte=row.starts_on).exclude(pk=row.pk)
    if rival := rivals.first():
        raise ValidationError({"starts_on": f"与“{rival}”的日期重叠。"})
