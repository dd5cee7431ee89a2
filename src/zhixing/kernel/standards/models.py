"""A tenant's own values of standards: dated, with a reason, over the shipped ones."""

from __future__ import annotations

from django.db import models

from ..base.records import Record
from ..people.models import User


class StandardOverride(Record):
    """One value from a day on; the shipped value returns when it ends."""

    name = models.CharField("标准", max_length=80, db_index=True)
    value = models.JSONField("值")
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)
    source = models.CharField("依据", max_length=200)
    reason = models.CharField("修改原因", max_length=300)
    changed_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="修改人", null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "校定标准"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name", "valid_from"], name="standards_one_value_a_day")
        ]

    def __str__(self) -> str:
        return self.name
