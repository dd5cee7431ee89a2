"""What a plan consists of once it has taken effect: actions, their tasks, stages and safeguards."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from zhixing.kernel.base.records import Record, Rows, manager_of
from zhixing.kernel.people.models import User

from ..choices import MatchState, StageState
from .documents import PlanVersion
from .plans import Plan


class ItemRows(Rows[Any]):
    def standing(self) -> ItemRows:
        """Items that no later version of the document has withdrawn."""
        return self.filter(withdrawn_at=None)


class PlanItem(Record):
    """What every part of a plan has: its number and title, and the words and place it came from."""

    no = models.PositiveIntegerField("序号")
    title = models.CharField("标题", max_length=200)
    verbatim = models.TextField("原文", blank=True, editable=False)
    line_from = models.PositiveIntegerField("起始行", null=True, editable=False)
    line_to = models.PositiveIntegerField("终止行", null=True, editable=False)
    taken_from = models.ForeignKey(
        PlanVersion, models.PROTECT, verbose_name="出自文本", null=True, related_name="+", editable=False
    )
    withdrawn_at = models.DateTimeField("撤销时间", null=True, editable=False)

    objects: ClassVar[Any] = manager_of(ItemRows)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


class Action(PlanItem):
    """行动: a group of tasks under one heading."""

    plan = models.ForeignKey(Plan, models.PROTECT, verbose_name="方案", related_name="actions")
    intro = models.TextField("总体要求", blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name="对应的上级行动", null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "行动"
        ordering = ("plan", "no", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "no"], condition=Q(withdrawn_at=None), name="plans_action_no",
                violation_error_message="这个方案已有同一序号的行动。",
            )
        ]  # fmt: skip


class Task(PlanItem):
    """任务: what the plan asks. ``kind`` names the binding (data/bindings.toml) that shows its live state."""

    action = models.ForeignKey(Action, models.PROTECT, verbose_name="行动", related_name="tasks")
    body = models.TextField("任务内容", blank=True)
    kind = models.CharField("任务类型", max_length=30, blank=True, db_index=True)
    weight = models.PositiveIntegerField("权重", default=1)
    source = models.CharField("依据", max_length=200, blank=True)
    certainty = models.CharField("核实程度", max_length=4, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "任务"
        ordering = ("action", "no", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["action", "no"], condition=Q(withdrawn_at=None), name="plans_task_no",
                violation_error_message="这个行动已有同一序号的任务。",
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=1), name="plans_task_weighs", violation_error_message="权重应不小于 1。"
            ),
        ]  # fmt: skip


class TaskMatch(Record):
    """Which task of the school answers a task of its parent plan; without a task: told why it is not adopted."""

    asked = models.ForeignKey(Task, models.PROTECT, verbose_name="上级任务", related_name="+")
    task = models.ForeignKey(Task, models.PROTECT, verbose_name="本校任务", null=True, blank=True, related_name="+")
    plan = models.ForeignKey(Plan, models.PROTECT, verbose_name="本校方案", related_name="+")
    state = models.CharField("状态", max_length=12, choices=MatchState, default=MatchState.PROPOSED)
    similarity = models.PositiveIntegerField("标题相近程度（%）", default=0)
    reason = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "上级任务对应关系"
        ordering = ("asked", "pk")
        constraints = [
            models.UniqueConstraint(fields=["asked", "task"], name="plans_match_once"),
            models.CheckConstraint(
                condition=(Q(task=None) & Q(state="not_adopted")) | (Q(task__isnull=False) & ~Q(state="not_adopted")),
                name="plans_match_has_task_or_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked} → {self.task or '未纳入'}"


class StageRows(ItemRows):
    def running(self, on: date) -> StageRows:
        """Stages whose days contain this one."""
        return self.filter(withdrawn_at=None, from_date__lte=on, to_date__gte=on)


class PlanStage(PlanItem):
    """阶段: a stretch of the plan's time with its own demands; closed once, with all its figures frozen."""

    plan = models.ForeignKey(Plan, models.PROTECT, verbose_name="方案", related_name="stages")
    from_date = models.DateField("开始日期")
    to_date = models.DateField("结束日期")
    body = models.TextField("阶段要求", blank=True)
    state = models.CharField("状态", max_length=10, choices=StageState, default=StageState.OPEN, editable=False)
    closed_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="关闭人", null=True, blank=True, related_name="+", editable=False
    )
    closed_at = models.DateTimeField("关闭时间", null=True, blank=True, editable=False)

    objects: ClassVar[Any] = manager_of(StageRows)

    class Meta:
        verbose_name = verbose_name_plural = "阶段"
        ordering = ("plan", "no", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "no"], condition=Q(withdrawn_at=None), name="plans_stage_no",
                violation_error_message="这个方案已有同一序号的阶段。",
            ),
            models.CheckConstraint(
                condition=Q(to_date__gte=F("from_date")),
                name="plans_stage_runs_forward",
                violation_error_message="阶段的结束日期不能早于开始日期。",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_by__isnull=False, closed_at__isnull=False),
                name="plans_stage_closed_by_someone",
            ),
        ]  # fmt: skip


class Safeguard(PlanItem):
    """保障措施: how the plan is held up."""

    plan = models.ForeignKey(Plan, models.PROTECT, verbose_name="方案", related_name="safeguards")
    body = models.TextField("内容", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "保障措施"
        ordering = ("plan", "no", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "no"], condition=Q(withdrawn_at=None), name="plans_safeguard_no",
                violation_error_message="这个方案已有同一序号的保障措施。",
            )
        ]  # fmt: skip
