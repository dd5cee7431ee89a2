"""What was done about a finding; the finding itself is the kernel's."""

from __future__ import annotations

from django.db import models

from zhixing.kernel.base.records import DataClass, Reach, Record
from zhixing.kernel.checks.models import Finding
from zhixing.kernel.people.models import User


class Measure(Record):
    """One report by the owner: why it happened, what was done, with files that show before and after."""

    finding = models.ForeignKey(Finding, models.PROTECT, verbose_name="问题", related_name="+")
    cause = models.CharField("原因", max_length=300, blank=True)
    deed = models.CharField("整改措施", max_length=600)
    by = models.ForeignKey(User, models.PROTECT, verbose_name="填报人", related_name="+")
    at = models.DateTimeField("填报时间")

    reach = Reach(unit="finding__unit", own="finding__owner")
    personal = {"deed": DataClass.PERSONAL, "cause": DataClass.PERSONAL}

    class Meta:
        verbose_name = verbose_name_plural = "整改措施"
        ordering = ("-at",)

    def __str__(self) -> str:
        return self.deed[:40]
