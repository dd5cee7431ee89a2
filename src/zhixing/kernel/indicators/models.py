"""Readings: an indicator's value on a day, kept for trends and for what was printed."""

from __future__ import annotations

from django.db import models

from ..base.records import Record
from ..people.models import Unit


class Reading(Record):
    """A value with its parts; ``unit`` empty for the whole tenant."""

    indicator = models.CharField("指标", max_length=100, db_index=True)
    on = models.DateField("日期")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="部门", null=True, related_name="+")
    value = models.DecimalField("数值", max_digits=16, decimal_places=4, null=True)
    part = models.DecimalField("分子", max_digits=16, decimal_places=2, null=True)
    whole = models.DecimalField("分母", max_digits=16, decimal_places=2, null=True)

    class Meta:
        verbose_name = verbose_name_plural = "读数"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "indicator", "on", "unit"], name="indicators_one_reading"),
            models.UniqueConstraint(
                fields=["tenant", "indicator", "on"], condition=models.Q(unit=None), name="indicators_one_whole_reading"
            ),
        ]
