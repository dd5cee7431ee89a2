"""Work points: who answers for what, until when, proved by what."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from zhixing.kernel.base.records import Reach, Record, Rows, manager_of
from zhixing.kernel.people.models import Unit, User

from ..choices import ALIVE, RUNNING, UNDONE, PointState
from .tree import PlanStage, Task


class PointRows(Rows["WorkPoint"]):
    def of_plan(self, plan: Any) -> PointRows:
        return self.filter(task__action__plan=plan)

    def alive(self) -> PointRows:
        """Everything that has not been withdrawn."""
        return self.filter(state__in=ALIVE)

    def undone(self) -> PointRows:
        """What somebody still has in hand."""
        return self.filter(state__in=UNDONE)

    def in_effect(self) -> PointRows:
        return self.filter(state__in=RUNNING)

    def overdue(self, on: date) -> PointRows:
        """In effect, not accepted, and past the due date."""
        return self.filter(state__in=(PointState.IN_EFFECT, PointState.SUBMITTED), due_date__lt=on)


class WorkPoint(Record):
    """工作要点: the smallest duty of a plan. Its progress is its state; nobody types a percentage."""

    task = models.ForeignKey(Task, models.PROTECT, verbose_name="任务", related_name="points")
    no = models.PositiveIntegerField("序号")
    text = models.CharField("工作要点", max_length=500)
    stage = models.ForeignKey(
        PlanStage, models.PROTECT, verbose_name="阶段", null=True, blank=True, related_name="points"
    )
    lead = models.ForeignKey(Unit, models.PROTECT, verbose_name="牵头部门", null=True, blank=True, related_name="+")
    sponsor = models.ForeignKey(User, models.PROTECT, verbose_name="责任领导", null=True, blank=True, related_name="+")
    owner = models.ForeignKey(User, models.PROTECT, verbose_name="责任人", null=True, blank=True, related_name="+")
    start_date = models.DateField("开始日期", null=True, blank=True)
    due_date = models.DateField("完成时限", null=True, blank=True)
    recurrence = models.CharField(
        "周期", max_length=60, blank=True, help_text="如“每月”“每学期”“每年招生前”；一次性的留空。"
    )
    expected_evidence = models.CharField("预期成果/佐证材料", max_length=300, blank=True)
    weight = models.PositiveIntegerField("权重", default=1)
    negative = models.BooleanField("禁止性要求", default=False, help_text="“杜绝”“不得”一类，目标是不发生。")
    note = models.CharField("备注", max_length=300, blank=True)
    verbatim = models.TextField("原文", blank=True, editable=False)
    state = models.CharField("状态", max_length=10, choices=PointState, default=PointState.DRAFT, editable=False)
    submitted_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="提交人", null=True, related_name="+", editable=False
    )
    submitted_at = models.DateTimeField("提交时间", null=True, editable=False)
    submitted_date = models.DateField("提交日期", null=True, editable=False)
    """The school's day of ``submitted_at``: lamps hold it against the due date, in the database as in Python."""
    accepted_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="验收人", null=True, related_name="+", editable=False
    )
    accepted_at = models.DateTimeField("验收时间", null=True, editable=False)
    returned_count = models.PositiveIntegerField("退回次数", default=0, editable=False)

    reach = Reach(unit="lead", own="owner", shared_units=("supports__unit",), shared_with=("sponsor",))
    objects: ClassVar[Any] = manager_of(PointRows)

    class Meta:
        verbose_name = verbose_name_plural = "工作要点"
        ordering = ("task", "no", "pk")
        indexes = [
            models.Index(fields=["tenant", "state", "due_date"], name="plans_point_state"),
            models.Index(fields=["owner", "state"], name="plans_point_owner"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"])
                | Q(lead__isnull=False, owner__isnull=False, due_date__isnull=False),
                name="plans_point_in_effect_has_duties",
                violation_error_message="工作要点须有牵头部门、责任人和完成时限才能生效。",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by=None) | ~Q(accepted_by=F("owner")),
                name="plans_owner_does_not_accept",
                violation_error_message="责任人不能验收自己负责的工作要点。",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(accepted_by__isnull=False, accepted_at__isnull=False),
                name="plans_accepted_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(due_date=None) | Q(start_date=None) | Q(due_date__gte=F("start_date")),
                name="plans_point_due_after_start",
                violation_error_message="完成时限不能早于开始日期。",
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=1), name="plans_point_weighs", violation_error_message="权重应不小于 1。"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class WorkPointSupport(Record):
    """配合部门: a unit that helps the lead."""

    work_point = models.ForeignKey(WorkPoint, models.PROTECT, verbose_name="工作要点", related_name="supports")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="配合部门", related_name="+")

    reach = Reach(unit="unit", own="work_point__owner")

    class Meta:
        verbose_name = verbose_name_plural = "配合部门"
        ordering = ("work_point", "pk")
        constraints = [models.UniqueConstraint(fields=["work_point", "unit"], name="plans_support_once")]

    def __str__(self) -> str:
        return str(self.unit)


class HandOver(Record):
    """移交: a point went from one person to another, when and why."""

    work_point = models.ForeignKey(WorkPoint, models.PROTECT, verbose_name="工作要点", related_name="hand_overs")
    from_owner = models.ForeignKey(User, models.PROTECT, verbose_name="移交人", null=True, related_name="+")
    to_owner = models.ForeignKey(User, models.PROTECT, verbose_name="接手人", related_name="+")
    reason = models.CharField("原因", max_length=200)
    by = models.ForeignKey(User, models.PROTECT, verbose_name="经办人", null=True, related_name="+")
    at = models.DateTimeField("移交时间")

    reach = Reach(unit="work_point__lead", own="to_owner")

    class Meta:
        verbose_name = verbose_name_plural = "责任移交"
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.work_point} → {self.to_owner}"
