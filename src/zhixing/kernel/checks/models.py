"""Findings: something breaks a rule, and stays on the books until someone else has seen it put right."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from ..base.records import DataClass, Reach, Record, Rows, manager_of
from ..people.models import Unit, User
from .severity import Severity


class Stage(models.TextChoices):
    FOUND = "found", "待交办"
    ASSIGNED = "assigned", "已交办"
    RECTIFYING = "rectifying", "整改中"
    CLOSURE_REQUESTED = "closure_requested", "待复查"
    SENT_BACK = "sent_back", "复查退回"
    CLOSED = "closed", "已销号"
    DISMISSED = "dismissed", "误报"
    WAIVED = "waived", "豁免"


class Source(models.TextChoices):
    """Who or what found it."""

    CHECK = "check", "系统核查"
    SELF_CHECK = "self_check", "自查"
    SITE_INSPECTION = "site_inspection", "实地检查"
    RANDOM_DRAW = "random_draw", "随机抽查"
    APPRAISAL = "appraisal", "群众评议"
    COMPLAINT = "complaint", "投诉举报"
    NOTICE = "notice", "上级通知"
    ORDER = "order", "督办"
    REPORT = "report", "科室月报"


OPEN = (Stage.FOUND, Stage.ASSIGNED, Stage.RECTIFYING, Stage.CLOSURE_REQUESTED, Stage.SENT_BACK)
SETTLED = (Stage.CLOSED, Stage.DISMISSED, Stage.WAIVED)


class VerificationRun(Record):
    """One run of the rules over one set of rows, with its counts for the trend."""

    subject = models.CharField("核查对象", max_length=80, db_index=True)
    title = models.CharField("名称", max_length=120)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(User, models.PROTECT, verbose_name="发起人", null=True, related_name="+")
    row_count = models.PositiveIntegerField("行数", default=0)
    counts = models.JSONField("各规则问题数", default=dict)
    appeared_count = models.PositiveIntegerField("新增", default=0)
    gone_count = models.PositiveIntegerField("消失", default=0)
    returned_count = models.PositiveIntegerField("复发", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "核查记录"
        ordering = ("-at",)


class FindingRows(Rows["Finding"]):
    def open(self) -> FindingRows:
        return self.filter(stage__in=OPEN)

    def overdue(self, on: object) -> FindingRows:
        return self.open().filter(due_date__lt=on)


class Finding(Record):
    """One row found to break one rule.

    Made by verification, which also marks it ``is_present`` or not, or by a person (``source`` tells); moved through
    its stages by procedures only.
    ``fingerprint`` is what makes it the same fault next time: rule, record and column.
    """

    source = models.CharField("来源", max_length=20, choices=Source, default=Source.CHECK, db_index=True)
    rule = models.CharField("规则", max_length=100, db_index=True)
    severity = models.CharField("严重程度", max_length=8, choices=Severity)
    title = models.CharField("问题", max_length=120)
    message = models.CharField("说明", max_length=400)
    column = models.CharField("字段", max_length=60, blank=True)
    basis = models.CharField("依据", max_length=300, blank=True)
    remedy = models.CharField("整改办法", max_length=400, blank=True)
    object_type = models.CharField("对象类型", max_length=80)
    object_uid = models.UUIDField("对象标识", db_index=True)
    object_label = models.CharField("对象", max_length=120)
    fingerprint = models.CharField("指纹", max_length=64)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="所属部门或班级", null=True, related_name="+")
    is_present = models.BooleanField("最近一次核查仍存在", default=True)
    found_at = models.DateTimeField("发现时间")
    seen_at = models.DateTimeField("最近核查时间")
    gone_at = models.DateTimeField("消失时间", null=True)
    stage = models.CharField("状态", max_length=20, choices=Stage, default=Stage.FOUND, db_index=True)
    owner = models.ForeignKey(User, models.PROTECT, verbose_name="责任人", null=True, blank=True, related_name="+")
    assigned_by = models.ForeignKey(User, models.PROTECT, verbose_name="交办人", null=True, related_name="+")
    due_date = models.DateField("整改期限", null=True, blank=True)
    note = models.CharField("交办说明", max_length=300, blank=True)
    verifier = models.ForeignKey(User, models.PROTECT, verbose_name="复查人", null=True, related_name="+")
    settled_at = models.DateTimeField("了结时间", null=True)
    relapse_count = models.PositiveIntegerField("复发次数", default=0)
    closed_before_by = models.ForeignKey(User, models.PROTECT, verbose_name="上次销号人", null=True, related_name="+")

    reach = Reach(unit="unit", own="owner")
    personal = {"object_label": DataClass.PERSONAL, "message": DataClass.PERSONAL}
    objects: ClassVar[Any] = manager_of(FindingRows)

    class Meta:
        verbose_name = verbose_name_plural = "问题"
        indexes = [
            models.Index(fields=["tenant", "stage", "severity"], name="checks_stage"),
            # Counting by rule and severity reads this index alone, in its own order.
            models.Index(fields=["tenant", "rule", "severity", "stage"], name="checks_by_rule"),
            models.Index(fields=["tenant", "-found_at", "object_label"], name="checks_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "fingerprint"], name="checks_one_finding_per_fault"),
            models.CheckConstraint(
                condition=Q(verifier=None) | Q(owner=None) | ~Q(verifier=F("owner")),
                name="checks_owner_is_not_verifier",
                violation_error_message="整改责任人不能复查自己的问题。",
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.CLOSED) | Q(verifier__isnull=False), name="checks_closed_has_verifier"
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=["assigned", "rectifying", "closure_requested", "sent_back"])
                | (Q(owner__isnull=False) & Q(due_date__isnull=False)),
                name="checks_handed_out_has_owner_and_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.object_label}：{self.title}"


class OwnRule(Record):
    """A rule that a tenant wrote for itself, in the subset that rosters.compile_rule accepts."""

    roster = models.CharField("适用名册", max_length=60)
    code = models.CharField("代码", max_length=60)
    title = models.CharField("名称", max_length=120)
    severity = models.CharField("严重程度", max_length=8, choices=Severity, default=Severity.WARNING)
    condition = models.TextField("判定式")
    column = models.CharField("字段", max_length=60, blank=True)
    basis = models.CharField("依据", max_length=300, blank=True)
    remedy = models.CharField("整改办法", max_length=400, blank=True)
    is_active = models.BooleanField("启用", default=False)
    tried_at = models.DateTimeField("最近试运行", null=True, editable=False)
    written_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="编写人", null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "自定规则"
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="checks_own_rule_code")]

    def __str__(self) -> str:
        return self.title
