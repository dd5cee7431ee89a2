"""Readings: an indicator's value on a day, kept for trends and for what was printed. Targets: what it should be."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from ..base.records import Reach, Record, Rows, manager_of
from ..people.models import Unit, User


class Period(models.TextChoices):
    """What a reading speaks for."""

    DAY = "day", "日"
    MONTH = "month", "月"
    TERM = "term", "学期"
    STAGE = "stage", "阶段"


class ReadingRows(Rows["Reading"]):
    def daily(self) -> ReadingRows:
        """What the daily round keeps; the last reading of a day wins."""
        return self.filter(period=Period.DAY, frozen_at=None)

    def frozen(self) -> ReadingRows:
        """What was fixed for a record, a month, a term or a stage and never changes."""
        return self.filter(frozen_at__isnull=False)

    def whole(self) -> ReadingRows:
        """Readings of the whole tenant."""
        return self.filter(unit=None)


class Reading(Record):
    """A value with its parts; ``unit`` empty for the whole tenant.

    A reading is either the day's (``frozen_at`` empty, overwritten until the day is over) or frozen: fixed for a
    period and, with ``frozen_type`` and ``frozen_uid``, for a record (a stage, a monthly report); the database then
    refuses to change it (guards.py).
    """

    indicator = models.CharField("指标", max_length=100, db_index=True)
    on = models.DateField("日期")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="部门", null=True, related_name="+")
    value = models.DecimalField("数值", max_digits=16, decimal_places=4, null=True)
    part = models.DecimalField("分子", max_digits=16, decimal_places=2, null=True)
    whole = models.DecimalField("分母", max_digits=16, decimal_places=2, null=True)
    period = models.CharField("周期", max_length=6, choices=Period, default=Period.DAY)
    label = models.CharField("周期名称", max_length=60, blank=True)
    target = models.DecimalField("当时目标", max_digits=16, decimal_places=4, null=True)
    frozen_at = models.DateTimeField("冻结时间", null=True)
    frozen_by = models.ForeignKey(User, models.PROTECT, verbose_name="冻结人", null=True, related_name="+")
    frozen_type = models.CharField("冻结对象类型", max_length=80, blank=True)
    frozen_uid = models.UUIDField("冻结对象标识", null=True)

    reach = Reach(unit="unit")
    objects: ClassVar[Any] = manager_of(ReadingRows)

    class Meta:
        verbose_name = verbose_name_plural = "读数"
        indexes = [
            models.Index(fields=["tenant", "indicator", "unit", "on"], name="indicators_course"),
            models.Index(fields=["tenant", "frozen_type", "frozen_uid"], name="indicators_frozen_for"),
            # The board reads a month of every indicator of one unit from this index alone.
            models.Index(
                fields=["tenant", "unit", "on", "indicator", "value"],
                name="indicators_days",
                condition=Q(frozen_at=None),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "indicator", "on", "unit"], condition=Q(frozen_at=None),
                name="indicators_one_reading",
            ),
            models.UniqueConstraint(
                fields=["tenant", "indicator", "on"], condition=Q(unit=None, frozen_at=None),
                name="indicators_one_whole_reading",
            ),
            models.CheckConstraint(
                condition=Q(period=Period.DAY) | Q(frozen_at__isnull=False), name="indicators_period_is_frozen"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.indicator} {self.on}"


class TargetRows(Rows["Target"]):
    def standing(self, on: date) -> TargetRows:
        """Targets that hold on the day and were not taken back, the latest word first."""
        return self.filter(Q(to_date=None) | Q(to_date__gte=on), from_date__lte=on, withdrawn_at=None).order_by("-pk")


class Target(Record):
    """What an indicator should reach, set by the school over the declared default; ``unit`` empty for all.

    A target is never overwritten: a later word goes on top, with who, when and why.
    """

    indicator = models.CharField("指标", max_length=100, db_index=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="部门", null=True, blank=True, related_name="+")
    label = models.CharField("阶段或周期", max_length=60, blank=True, help_text="如“全面实施阶段”“2019 年”。")
    value = models.DecimalField("目标值", max_digits=16, decimal_places=4)
    from_date = models.DateField("起始日期")
    to_date = models.DateField("终止日期", null=True, blank=True, help_text="一直有效的留空。")
    reason = models.CharField("设定依据", max_length=300)
    set_by = models.ForeignKey(User, models.PROTECT, verbose_name="设定人", null=True, related_name="+", editable=False)
    set_at = models.DateTimeField("设定时间", editable=False)
    withdrawn_at = models.DateTimeField("撤销时间", null=True, editable=False)

    reach = Reach(unit="unit")
    objects: ClassVar[Any] = manager_of(TargetRows)

    class Meta:
        verbose_name = verbose_name_plural = "指标目标"
        ordering = ("indicator", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(to_date=None) | Q(to_date__gte=F("from_date")), name="indicators_target_ends_after_start",
                violation_error_message="终止日期不能早于起始日期。",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="indicators_target_has_reason", violation_error_message="请填写设定依据。"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.indicator} {self.value}"
