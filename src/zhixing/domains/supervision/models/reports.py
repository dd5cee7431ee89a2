"""What goes up each month: reports of departments, and the circular that the office makes of it all."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from zhixing.kernel.base.records import DataClass, Reach, Record, Rows, manager_of
from zhixing.kernel.checks.models import Finding
from zhixing.kernel.people.models import Unit, User

from ..choices import CircularState, ReportState


class ReportRows(Rows["MonthlyReport"]):
    def late(self, on: date) -> ReportRows:
        """Due before the day and not handed in."""
        return self.filter(state=ReportState.OPEN, due_date__lt=on)


class MonthlyReport(Record):
    """月报 of one department for one month: its own figures, read by the system, and the head's words.

    ``payload`` is frozen at submission, with its digest; while open, pages read the live figures instead.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="部门", related_name="+")
    month = models.DateField("月份", help_text="该月第一天。")
    due_date = models.DateField("应报日期")
    state = models.CharField("状态", max_length=10, choices=ReportState, default=ReportState.OPEN, editable=False)
    progress = models.TextField("本月进展", max_length=3000, blank=True)
    difficulties = models.TextField("困难与建议", max_length=2000, blank=True)
    plans = models.TextField("下月打算", max_length=2000, blank=True)
    payload = models.JSONField("报送时的数据", default=dict, editable=False)
    digest = models.CharField("数据摘要", max_length=64, blank=True, editable=False)
    similarity = models.PositiveIntegerField("与上月的重复程度（%）", default=0, editable=False)
    submitted_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="报送人", null=True, related_name="+", editable=False
    )
    submitted_at = models.DateTimeField("报送时间", null=True, editable=False)
    late_days = models.PositiveIntegerField("迟报工作日", default=0, editable=False)

    reach = Reach(unit="unit", own="unit__head")
    personal = {"progress": DataClass.PERSONAL}
    objects: ClassVar[Any] = manager_of(ReportRows)

    class Meta:
        verbose_name = verbose_name_plural = "科室月报"
        ordering = ("-month", "unit__position")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "month"], name="supervision_one_report_a_month",
                violation_error_message="这个部门这个月的月报已经建立。",
            ),
            models.CheckConstraint(
                condition=Q(state="open", digest="")
                | (Q(state="submitted", submitted_at__isnull=False) & ~Q(digest="")),
                name="supervision_submitted_report_is_frozen",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.unit} {self.month.year}年{self.month.month}月月报"


class ReportProblem(Record):
    """A problem that a report tells; one act puts it on the books as a finding."""

    report = models.ForeignKey(MonthlyReport, models.CASCADE, verbose_name="月报", related_name="problems")
    text = models.CharField("存在问题", max_length=400)
    cause = models.CharField("原因", max_length=300, blank=True)
    finding = models.ForeignKey(
        Finding, models.PROTECT, verbose_name="台账问题", null=True, related_name="+", editable=False
    )

    reach = Reach(unit="report__unit", own="report__unit__head")
    personal = {"text": DataClass.PERSONAL}

    class Meta:
        verbose_name = verbose_name_plural = "月报问题"
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.text[:40]


class Circular(Record):
    """督办通报 of one month: counted from the orders, praised and blamed by rule, frozen when issued."""

    month = models.DateField("月份", help_text="该月第一天。")
    state = models.CharField("状态", max_length=10, choices=CircularState, default=CircularState.DRAFT, editable=False)
    foreword = models.TextField("开头语", max_length=1000, blank=True)
    focus = models.TextField("下月重点", max_length=2000, blank=True)
    payload = models.JSONField("通报数据", default=dict, editable=False)
    digest = models.CharField("数据摘要", max_length=64, blank=True, editable=False)
    year = models.PositiveIntegerField("年度", null=True, editable=False)
    number = models.PositiveIntegerField("期号", null=True, editable=False)
    drafted_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="拟稿人", null=True, related_name="+", editable=False
    )
    issued_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="签发人", null=True, related_name="+", editable=False
    )
    issued_at = models.DateTimeField("印发时间", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "督办通报"
        ordering = ("-month",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "month"], name="supervision_one_circular_a_month",
                violation_error_message="这个月的督办通报已经建立。",
            ),
            models.UniqueConstraint(fields=["tenant", "year", "number"], name="supervision_circular_no"),
            models.CheckConstraint(
                condition=Q(state="draft", digest="")
                | (Q(state="issued", issued_by__isnull=False, issued_at__isnull=False) & ~Q(digest="")),
                name="supervision_issued_circular_is_frozen",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.month.year}年{self.month.month}月督办通报"
