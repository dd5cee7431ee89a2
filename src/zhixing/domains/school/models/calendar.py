"""Academic years, terms, and the days on which this school departs from the national calendar."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from zhixing.kernel.base.records import Record, Rows, manager_of

from ..choices import Season


class AcademicYear(Record):
    """From one summer to the next; named after both, as in 2026-2027."""

    name = models.CharField("学年", max_length=9, help_text="如 2026-2027。")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期")

    class Meta:
        verbose_name = verbose_name_plural = "学年"
        ordering = ("-starts_on",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], name="school_year_name", violation_error_message="已有这个学年。"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="school_year_ends_after_start",
                violation_error_message="结束日期应在起始日期之后。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TermRows(Rows["Term"]):
    def running(self, on: date) -> TermRows:
        """Terms that contain the day (at most one, see actions.open_term)."""
        return self.filter(starts_on__lte=on, ends_on__gte=on)


class Term(Record):
    """Half an academic year. Teaching weeks are counted from the Monday of the week of ``teaching_starts_on``."""

    academic_year = models.ForeignKey(AcademicYear, models.PROTECT, verbose_name="学年", related_name="terms")
    season = models.CharField("学期", max_length=1, choices=Season)
    starts_on = models.DateField("开学日期")
    teaching_starts_on = models.DateField("上课日期")
    ends_on = models.DateField("放假日期")

    objects: ClassVar[Any] = manager_of(TermRows)

    class Meta:
        verbose_name = verbose_name_plural = "学期"
        ordering = ("-starts_on",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "academic_year", "season"],
                name="school_term_of_year",
                violation_error_message="这个学年已有这个学期。",
            ),
            models.CheckConstraint(
                condition=Q(teaching_starts_on__gte=F("starts_on")) & Q(ends_on__gt=F("teaching_starts_on")),
                name="school_term_in_order",
                violation_error_message="应依次为开学日期、上课日期、放假日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.academic_year.name}学年{self.get_season_display()}"


class CalendarDay(Record):
    """A day that this school works or rests against the national calendar, and why."""

    date = models.DateField("日期")
    is_work_day = models.BooleanField("上班上课")
    reason = models.CharField("原因", max_length=100, help_text="如“运动会补休”“市教育局通知停课”。")

    class Meta:
        verbose_name = verbose_name_plural = "校历调整"
        ordering = ("-date",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "date"],
                name="school_one_override_a_day",
                violation_error_message="这一天已经调整过。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {'上班' if self.is_work_day else '休息'}"
