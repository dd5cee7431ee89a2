"""Which figures strangers may see."""

from __future__ import annotations

from django.db import models

from zhixing.kernel.base.records import Record


class PublicFigure(Record):
    """An indicator marked for publication: its stored value for the whole school, never a unit's, never rows."""

    indicator = models.CharField("指标", max_length=80)
    label = models.CharField("公开名称", max_length=30, blank=True, help_text="不填用指标名称。")
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "公开指标"
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "indicator"], name="portal_figure_once",
                violation_error_message="这个指标已经公开。",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.label or self.indicator
