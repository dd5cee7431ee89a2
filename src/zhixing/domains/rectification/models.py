"""What is done about a finding; the finding itself is the kernel's."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from zhixing.kernel.base.records import DataClass, Reach, Record
from zhixing.kernel.checks.models import Finding
from zhixing.kernel.people.models import Unit, User

from .choices import Level, LookBackResult, MeasureKind, NoticeState

OF_FINDING = Reach(unit="finding__unit", own="finding__owner")


class Rectification(Record):
    """How one finding is to be mended: 定原因、定措施、定标准、定资金, and the leader who answers for it."""

    finding = models.OneToOneField(Finding, models.PROTECT, verbose_name="问题", related_name="+")
    level = models.CharField("等级", max_length=8, choices=Level, default=Level.COMMON)
    kind = models.CharField("整改类型", max_length=10, choices=MeasureKind, default=MeasureKind.LIMITED)
    sponsor = models.ForeignKey(
        User, models.PROTECT, verbose_name="责任领导", null=True, blank=True, related_name="+"
    )  # fmt: skip
    cause = models.CharField("原因分析", max_length=300, blank=True)
    measure = models.CharField("整改措施", max_length=600, blank=True)
    standard = models.CharField("整改标准", max_length=300, blank=True, help_text="做到什么程度才算改好。")
    funds = models.CharField("所需经费", max_length=100, blank=True)

    reach = OF_FINDING
    personal = {"cause": DataClass.PERSONAL, "measure": DataClass.PERSONAL}

    class Meta:
        verbose_name = verbose_name_plural = "整改方案"

    def __str__(self) -> str:
        return str(self.finding)


class Measure(Record):
    """One report by the owner: why it happened, what was done, with files that show before and after."""

    finding = models.ForeignKey(Finding, models.PROTECT, verbose_name="问题", related_name="+")
    cause = models.CharField("原因", max_length=300, blank=True)
    deed = models.CharField("整改措施", max_length=600)
    by = models.ForeignKey(User, models.PROTECT, verbose_name="填报人", related_name="+")
    at = models.DateTimeField("填报时间")

    reach = OF_FINDING
    personal = {"deed": DataClass.PERSONAL, "cause": DataClass.PERSONAL}

    class Meta:
        verbose_name = verbose_name_plural = "整改措施"
        ordering = ("-at",)

    def __str__(self) -> str:
        return self.deed[:40]


class LedgerEntry(Record):
    """One line of a year's book. Open findings are carried into the next book; the closed stay in the old one."""

    finding = models.ForeignKey(Finding, models.PROTECT, verbose_name="问题", related_name="+")
    year = models.PositiveSmallIntegerField("年度", db_index=True)
    no = models.PositiveIntegerField("序号")
    entered_at = models.DateTimeField("登记时间")
    carried_from = models.ForeignKey(
        "self", models.PROTECT, verbose_name="由上年转入", null=True, blank=True, related_name="+"
    )  # fmt: skip

    reach = OF_FINDING

    class Meta:
        verbose_name = verbose_name_plural = "整改台账"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "year", "no"], name="rectification_ledger_no"),
            models.UniqueConstraint(fields=["finding", "year"], name="rectification_once_a_year"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The number as it is printed."""
        return f"整改〔{self.year}〕{self.no}号"


class LookBack(Record):
    """回头看: some months after closure somebody else looks again; a fault that is back reopens the finding."""

    finding = models.ForeignKey(Finding, models.PROTECT, verbose_name="问题", related_name="+")
    owner = models.ForeignKey(User, models.PROTECT, verbose_name="整改责任人", null=True, blank=True, related_name="+")
    due_date = models.DateField("应回头看日期", db_index=True)
    looked_by = models.ForeignKey(User, models.PROTECT, verbose_name="检查人", null=True, blank=True, related_name="+")
    looked_at = models.DateTimeField("检查时间", null=True, blank=True)
    result = models.CharField("结论", max_length=10, choices=LookBackResult, blank=True)
    note = models.CharField("情况", max_length=300, blank=True)

    reach = OF_FINDING
    personal = {"note": DataClass.PERSONAL}

    class Meta:
        verbose_name = verbose_name_plural = "回头看"
        ordering = ("due_date",)
        constraints = [
            models.CheckConstraint(
                condition=Q(looked_by=None) | Q(owner=None) | ~Q(looked_by=F("owner")),
                name="rectification_other_looks_back",
                violation_error_message="整改责任人不能对自己的整改做回头看。",
            ),
            models.UniqueConstraint(
                fields=["finding"], condition=Q(looked_at=None), name="rectification_one_open_look_back"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"回头看：{self.finding}"


class RectificationNotice(Record):
    """整改通知书: several findings put to one unit in writing, with a receipt and a written report back."""

    year = models.PositiveSmallIntegerField("年度")
    no = models.PositiveIntegerField("序号")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="整改部门", related_name="+")
    receiver = models.ForeignKey(User, models.PROTECT, verbose_name="签收人", null=True, blank=True, related_name="+")
    demand = models.CharField("整改要求", max_length=600)
    basis = models.CharField("检查依据", max_length=300, blank=True)
    due_date = models.DateField("整改期限")
    reinspect_date = models.DateField("复查日期", null=True, blank=True)
    issued_by = models.ForeignKey(User, models.PROTECT, verbose_name="签发人", related_name="+")
    issued_at = models.DateTimeField("签发时间")
    received_at = models.DateTimeField("签收时间", null=True, blank=True)
    report = models.TextField("整改报告", blank=True)
    reported_at = models.DateTimeField("报告时间", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=NoticeState, default=NoticeState.ISSUED, db_index=True)

    reach = Reach(unit="unit", own="receiver")
    personal = {"report": DataClass.PERSONAL}

    class Meta:
        verbose_name = verbose_name_plural = "整改通知书"
        ordering = ("-year", "-no")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "year", "no"], name="rectification_notice_no"),
        ]

    def __str__(self) -> str:
        return f"整改通知〔{self.year}〕{self.no}号"


class NoticeItem(Record):
    """One finding in a notice."""

    notice = models.ForeignKey(RectificationNotice, models.PROTECT, verbose_name="通知书", related_name="items")
    finding = models.ForeignKey(Finding, models.PROTECT, verbose_name="问题", related_name="+")
    position = models.PositiveSmallIntegerField("序号")

    reach = Reach(unit="notice__unit", own="notice__receiver")

    class Meta:
        verbose_name = verbose_name_plural = "通知书所列问题"
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["notice", "finding"], name="rectification_once_in_a_notice"),
        ]

    def __str__(self) -> str:
        return str(self.finding)
