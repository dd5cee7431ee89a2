"""A plan as such: the school's own, or one that it carries out for those above."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from zhixing.kernel.base.records import Record, Rows, manager_of

from ..choices import PlanLevel, PlanState


class PlanRows(Rows["Plan"]):
    def of_school(self) -> PlanRows:
        return self.filter(level=PlanLevel.SCHOOL)

    def effective(self) -> PlanRows:
        return self.filter(state=PlanState.EFFECTIVE)

    def running(self, on: date) -> PlanRows:
        """Effective plans whose period contains the day."""
        return self.effective().filter(
            Q(period_from=None) | Q(period_from__lte=on), Q(period_to=None) | Q(period_to__gte=on)
        )


class Plan(Record):
    """An improvement plan. A school has one in effect at a time; plans of those above are its parents."""

    title = models.CharField("方案名称", max_length=120)
    level = models.CharField("级别", max_length=10, choices=PlanLevel, default=PlanLevel.SCHOOL)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name="上级方案", null=True, blank=True, related_name="children"
    )
    issuer = models.CharField("制定单位", max_length=60, blank=True)
    document_no = models.CharField("文号", max_length=60, blank=True)
    issued_date = models.DateField("印发日期", null=True, blank=True)
    period_from = models.DateField("起始日期", null=True, blank=True)
    period_to = models.DateField("终止日期", null=True, blank=True)
    principles = models.JSONField("基本原则", default=list, blank=True)
    goals = models.TextField("工作目标", blank=True)
    source = models.CharField(
        "来源", max_length=200, blank=True, help_text="文本从哪里来；自带的国家方案写明核实程度。"
    )
    state = models.CharField(
        "状态", max_length=10, choices=PlanState, default=PlanState.DRAFT, db_index=True, editable=False
    )
    effective_at = models.DateTimeField("生效时间", null=True, blank=True, editable=False)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True, editable=False)

    objects: ClassVar[Any] = manager_of(PlanRows)

    class Meta:
        verbose_name = verbose_name_plural = "方案"
        ordering = ("-period_from", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"],
                condition=Q(level="school", state="effective"),
                name="plans_one_effective_school_plan",
                violation_error_message="学校已有执行中的方案。请先结束原方案，或把新文本作为原方案的新版本导入。",
            ),
            models.CheckConstraint(
                condition=Q(period_to=None) | Q(period_from=None) | Q(period_to__gte=F("period_from")),
                name="plans_period_runs_forward",
                violation_error_message="方案的终止日期不能早于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.title
