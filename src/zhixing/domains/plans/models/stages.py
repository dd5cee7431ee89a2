"""What a stage must pass before it is closed, what was frozen when it was, and what the office says of it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from zhixing.kernel.base.guards import Still, install
from zhixing.kernel.base.records import Record
from zhixing.kernel.files.models import Evidence
from zhixing.kernel.people.models import User

from ..choices import GateKind, GateScope
from .tree import PlanStage


class StageGate(Record):
    """关口: one condition for closing a stage. Its state is computed; only a manual one is confirmed by a person.

    A gate that isn't met may be waived with a reason; the reason stands in the snapshot of the stage.
    """

    stage = models.ForeignKey(PlanStage, models.PROTECT, verbose_name="阶段", related_name="gates")
    position = models.PositiveIntegerField("次序", default=0)
    title = models.CharField("关口", max_length=120)
    kind = models.CharField("判断方式", max_length=10, choices=GateKind, default=GateKind.MANUAL)
    scope = models.CharField(
        "要点范围", max_length=6, choices=GateScope, default=GateScope.STAGE, help_text="按要点判断的关口才用。"
    )
    indicator = models.CharField("指标", max_length=100, blank=True, help_text="按指标判断的关口才填。")
    at_least = models.DecimalField("不低于", max_digits=12, decimal_places=2, null=True, blank=True)
    at_most = models.DecimalField("不高于", max_digits=12, decimal_places=2, null=True, blank=True)
    paper = models.CharField("公文", max_length=100, blank=True, help_text="按公文判断的关口才填。")
    is_needed = models.BooleanField("必须通过", default=True, help_text="不勾选的只作提示，不影响关闭阶段。")
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="确认人", null=True, blank=True, related_name="+", editable=False
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True, editable=False)
    confirmed_note = models.CharField("确认说明", max_length=300, blank=True, editable=False)
    waived_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="豁免人", null=True, blank=True, related_name="+", editable=False
    )
    waived_at = models.DateTimeField("豁免时间", null=True, blank=True, editable=False)
    waived_reason = models.CharField("豁免理由", max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "阶段关口"
        ordering = ("stage", "position", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "title"], name="plans_gate_once",
                violation_error_message="这个阶段已有同名的关口。",
            ),
            models.CheckConstraint(
                condition=~Q(kind=GateKind.INDICATOR)
                | (~Q(indicator="") & (Q(at_least__isnull=False) | Q(at_most__isnull=False))),
                name="plans_gate_by_indicator_has_bounds",
                violation_error_message="按指标判断的关口，请选择指标，并填写“不低于”或“不高于”。",
            ),
            models.CheckConstraint(
                condition=~Q(kind=GateKind.PAPER) | ~Q(paper=""),
                name="plans_gate_by_paper_has_paper",
                violation_error_message="按公文判断的关口，请选择公文。",
            ),
            models.CheckConstraint(
                condition=Q(at_least=None) | Q(at_most=None) | Q(at_most__gte=F("at_least")),
                name="plans_gate_bounds_in_order",
                violation_error_message="“不高于”不能小于“不低于”。",
            ),
            models.CheckConstraint(
                condition=Q(waived_by=None) | ~Q(waived_reason=""),
                name="plans_gate_waived_with_reason",
                violation_error_message="豁免须写明理由。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class StageSnapshot(Record):
    """What a stage looked like when it was closed; the content lies in ``evidence``, frozen by the kernel.

    The row itself never changes either (GUARDS); who asked and who closed are two people.
    """

    stage = models.OneToOneField(
        PlanStage, models.PROTECT, verbose_name="阶段", related_name="snapshot", editable=False
    )
    evidence = models.ForeignKey(Evidence, models.PROTECT, verbose_name="快照材料", related_name="+", editable=False)
    digest = models.CharField("快照摘要", max_length=64, editable=False)
    requested_by = models.ForeignKey(User, models.PROTECT, verbose_name="申请人", related_name="+", editable=False)
    requested_at = models.DateTimeField("申请时间", editable=False)
    closed_by = models.ForeignKey(User, models.PROTECT, verbose_name="关闭人", related_name="+", editable=False)
    closed_at = models.DateTimeField("关闭时间", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "阶段快照"
        ordering = ("-closed_at",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(requested_by=F("closed_by")),
                name="plans_stage_closed_by_another",
                violation_error_message="申请关闭的人不能自己关闭阶段，请由他人关闭。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.stage}快照"

    @property
    def payload(self) -> dict[str, Any]:
        """What was frozen: {"facts": […], "groups": [{"name", "title", "headings", "rows"}], …}."""
        frozen = self.evidence.frozen or {}
        return dict(frozen.get("payload", {}))


class StageSummary(Record):
    """阶段总结 of a stage for one year: the figures are read by the system, the office adds its words."""

    stage = models.ForeignKey(PlanStage, models.PROTECT, verbose_name="阶段", related_name="summaries")
    year = models.PositiveIntegerField("年度")
    overview = models.TextField("总体评价", blank=True, help_text="一两句话，写在数字前面。")
    practices = models.TextField("主要做法", blank=True)
    problems = models.TextField("存在问题", blank=True)
    next_steps = models.TextField("下一步打算", blank=True)
    written_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="起草人", null=True, related_name="+", editable=False
    )
    written_at = models.DateTimeField("起草时间", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "阶段总结"
        ordering = ("-year", "stage")
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "year"], name="plans_one_summary_a_year",
                violation_error_message="这个阶段这一年度的总结已经建立。",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100), name="plans_summary_year",
                violation_error_message="请填写四位年份。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.stage}{self.year}年总结"


GUARDS = (
    Still(
        name="plans_snapshot",
        table="plans_stagesnapshot",
        columns=(
            "uid", "tenant_id", "stage_id", "evidence_id", "digest", "requested_by_id", "requested_at", "closed_by_id",
            "closed_at",
        ),
        words="the snapshot of a stage stays as it was frozen",
        twins=(("stage_id",),),
    ),
    Still(
        name="plans_closed_stage",
        table="plans_planstage",
        columns=("uid", "tenant_id", "plan_id", "state", "closed_by_id", "closed_at"),
        words="a closed stage stays closed",
        when="OLD.state = 'closed'",
    ),
    Still(
        name="plans_closed_gate",
        table="plans_stagegate",
        columns=("uid", "tenant_id", "stage_id", "title", "kind", "confirmed_by_id", "waived_by_id", "waived_reason"),
        words="a gate of a closed stage stays as it was judged",
        when="EXISTS (SELECT 1 FROM plans_stagesnapshot AS done WHERE done.stage_id = OLD.stage_id)",
    ),
)  # fmt: skip
"""What the database itself keeps once a stage is closed."""


def install_guards(using: str = "default", **kwargs: Any) -> None:
    """(Re)make the triggers once the tables exist."""
    install(GUARDS, using)
