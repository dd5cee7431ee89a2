"""自查: the school measures itself, round by round, against the reference points of management."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from zhixing.kernel.base.records import Reach, Record, Rows, manager_of
from zhixing.kernel.checks.models import Source
from zhixing.kernel.people.models import Unit, User

from ..choices import Conclusion, RoundState


class ReferencePoint(Record):
    """One thing that a well-run school shows. ``kind`` names the task of the plan it belongs to."""

    code = models.CharField("编号", max_length=20)
    group = models.CharField("管理环节", max_length=40)
    kind = models.CharField("任务类别", max_length=40, blank=True, db_index=True)
    text = models.CharField("参考点", max_length=300)
    evidence_hint = models.CharField("查什么", max_length=300, blank=True)
    source_text = models.CharField("出处", max_length=200)
    certainty = models.CharField("核实程度", max_length=4, default="M-L")
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="自查部门", null=True, blank=True, related_name="+"
    )  # fmt: skip
    retired_date = models.DateField("停用日期", null=True, blank=True)

    reach = Reach(unit="unit")

    class Meta:
        verbose_name = verbose_name_plural = "管理参考点"
        ordering = ("code",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "code"], name="inspections_point_code", violation_error_message="这个编号已经用过。"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class SelfCheckRound(Record):
    """One round: every point in use is answered once by its department."""

    title = models.CharField("名称", max_length=120)
    opened_on = models.DateField("开始日期", editable=False)
    due_date = models.DateField("截止日期")
    opened_by = models.ForeignKey(User, models.PROTECT, verbose_name="发起人", related_name="+", editable=False)
    state = models.CharField("状态", max_length=8, choices=RoundState, default=RoundState.OPEN, editable=False)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "自查轮次"
        ordering = ("-opened_on",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "title"], name="inspections_round_title",
                violation_error_message="已有同名的自查轮次，请换个名称。",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class SelfCheckRows(Rows["SelfCheck"]):
    def waiting(self) -> SelfCheckRows:
        return self.filter(conclusion=Conclusion.WAITING)

    def judged(self) -> SelfCheckRows:
        """Answered with a conclusion that counts."""
        return self.filter(conclusion__in=(Conclusion.FIT, Conclusion.MOSTLY, Conclusion.UNFIT))


class SelfCheck(Record):
    """One point's answer in one round; 不符合 and 基本符合 put a finding on the book."""

    round = models.ForeignKey(SelfCheckRound, models.PROTECT, verbose_name="轮次", related_name="+")
    point = models.ForeignKey(ReferencePoint, models.PROTECT, verbose_name="参考点", related_name="+")
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="自查部门", null=True, blank=True, related_name="+"
    )  # fmt: skip
    conclusion = models.CharField("结论", max_length=8, choices=Conclusion, default=Conclusion.WAITING, editable=False)
    note = models.CharField("情况说明", max_length=300, blank=True, editable=False)
    answered_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="自查人", null=True, blank=True, related_name="+", editable=False
    )  # fmt: skip
    answered_at = models.DateTimeField("自查时间", null=True, blank=True, editable=False)

    source: ClassVar[Source] = Source.SELF_CHECK
    reach = Reach(unit="unit")
    objects: ClassVar[Any] = manager_of(SelfCheckRows)

    class Meta:
        verbose_name = verbose_name_plural = "自查项目"
        ordering = ("point__code",)
        constraints = [
            models.UniqueConstraint(fields=["round", "point"], name="inspections_answer_once"),
            models.CheckConstraint(
                condition=Q(conclusion=Conclusion.WAITING) | Q(answered_by__isnull=False),
                name="inspections_answer_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return str(self.point)
