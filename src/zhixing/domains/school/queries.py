"""When the school works, and how it is divided; asked by almost every other app."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from zhixing.kernel.people.models import User

from .models import CalendarDay, ClassGroup, ClassTutorship, Department, Major, School, Term

DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class TeachingWeek:
    """One week of a term, Monday to Sunday; ``number`` counts from 1."""

    number: int
    starts_on: date
    ends_on: date

    def __str__(self) -> str:
        return f"第{self.number}周"


def this_school() -> School | None:
    """The facts of the school in scope; None until someone has entered them."""
    return School.objects.first()


def national_work_day(day: date) -> bool:
    """By the State Council's yearly notice as far as the library knows it, otherwise Monday to Friday."""
    import chinese_calendar  # slow import

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY


def is_work_day(day: date) -> bool:
    """Whether this school works on the day: its own calendar first, then the national one."""
    own = CalendarDay.objects.filter(date=day).values_list("is_work_day", flat=True).first()
    return national_work_day(day) if own is None else own


def add_work_days(start: date, count: int) -> date:
    """The ``count``-th work day after ``start`` (before it where negative); ``start`` itself where 0."""
    own = dict(CalendarDay.objects.values_list("date", "is_work_day"))
    step = DAY if count > 0 else -DAY
    day, left = start, abs(count)
    while left:
        day += step
        left -= own[day] if day in own else national_work_day(day)
    return day


def work_days_between(first: date, last: date) -> int:
    """Work days after ``first`` up to and including ``last``; negative where ``last`` comes first.

    ``work_days_between(day, add_work_days(day, n)) == n`` for every n that isn't negative.
    """
    if last < first:
        return -work_days_between(last, first)
    own = dict(CalendarDay.objects.filter(date__gt=first, date__lte=last).values_list("date", "is_work_day"))
    days = (first + DAY * ahead for ahead in range(1, (last - first).days + 1))
    return sum(own[day] if day in own else national_work_day(day) for day in days)


def term_on(day: date) -> Term | None:
    """The term that contains the day, None in the holidays."""
    return Term.objects.running(day).select_related("academic_year").first()


def teaching_weeks(term: Term) -> list[TeachingWeek]:
    """The weeks of a term: the first holds ``teaching_starts_on``, the last holds ``ends_on``."""
    monday = term.teaching_starts_on - DAY * term.teaching_starts_on.weekday()
    count = (term.ends_on - monday).days // 7 + 1
    return [TeachingWeek(n + 1, monday + DAY * 7 * n, monday + DAY * (7 * n + 6)) for n in range(count)]


def teaching_week_on(day: date) -> TeachingWeek | None:
    """The teaching week of the day, None outside of teaching."""
    term = term_on(day)
    if term is None:
        return None
    return next((week for week in teaching_weeks(term) if week.starts_on <= day <= week.ends_on), None)


def departments() -> Any:
    """Departments that exist today, in their order."""
    return Department.objects.open().select_related("unit", "unit__head", "parent")


def classes_of_tutor(user: User, on: date) -> Any:
    """The running classes of which this person is tutor on the day."""
    held = ClassTutorship.objects.running(on).filter(tutor=user).values("class_group")
    return ClassGroup.objects.running().filter(pk__in=held)


def find_major(text: str, directory_version: str) -> Major | None:
    """The school's major of that code or name in that edition; never guesses the edition (DM-032)."""
    rows = Major.objects.filter(directory_version=directory_version)
    return rows.filter(code=text).first() or rows.filter(name=text).order_by("-is_offered").first()
