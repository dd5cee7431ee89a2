"""What people find, and what reaches the school from outside. Each may put findings on the one book."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from zhixing.kernel.base.records import DataClass, Reach, Record
from zhixing.kernel.checks.models import Source
from zhixing.kernel.people.models import Unit, User
from zhixing.kernel.people.sealing import SealedField

from ..choices import (
    Audience,
    Channel,
    ComplaintState,
    DrawState,
    InspectionKind,
    NoticeState,
    Population,
    Verdict,
)


class SiteInspection(Record):
    """A visit to a place by named people on a day."""

    source: ClassVar[Source] = Source.SITE_INSPECTION

    kind = models.CharField("检查类别", max_length=10, choices=InspectionKind, default=InspectionKind.SITE)
    title = models.CharField("检查主题", max_length=120)
    on = models.DateField("检查日期")
    place = models.CharField("检查地点", max_length=120, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="被检查部门或班级", null=True, blank=True, related_name="+"
    )  # fmt: skip
    leader = models.ForeignKey(User, models.PROTECT, verbose_name="检查人", related_name="+")
    team = models.CharField("检查组成员", max_length=200, blank=True)
    basis = models.CharField("检查依据", max_length=300, blank=True)
    scope = models.CharField("检查内容", max_length=300, blank=True)
    summary = models.TextField("检查情况", blank=True)

    reach = Reach(unit="unit", own="leader")

    class Meta:
        verbose_name = verbose_name_plural = "实地检查"
        ordering = ("-on",)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.title}（{self.on:%Y-%m-%d}）"


class RandomDraw(Record):
    """A stratified draw that anyone can do again.

    The population is frozen and its digest published first; the seed comes afterwards, so that nobody can choose a
    seed for a wished sample. An item's rank is SHA-256 of ``seed|stratum|key``; the lowest ranks of a stratum are
    the sample. A draw is never repeated: a replacing draw names the one it replaces and says why.
    """

    source: ClassVar[Source] = Source.RANDOM_DRAW

    title = models.CharField("抽查主题", max_length=120)
    population = models.CharField("抽查总体", max_length=10, choices=Population)
    sample_size = models.PositiveIntegerField("抽取总数")
    per_stratum = models.PositiveIntegerField("每层至少", default=1)
    population_count = models.PositiveIntegerField("总体数量", editable=False, default=0)
    population_digest = models.CharField("总体摘要", max_length=64, editable=False)
    announced_at = models.DateTimeField("公布总体时间", editable=False)
    announced_by = models.ForeignKey(User, models.PROTECT, verbose_name="公布人", related_name="+", editable=False)
    seed = models.CharField("随机种子", max_length=120, blank=True, editable=False)
    seed_origin = models.CharField("种子出处", max_length=200, blank=True, editable=False)
    drawn_at = models.DateTimeField("抽取时间", null=True, editable=False)
    drawn_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="抽取人", null=True, related_name="+", editable=False
    )  # fmt: skip
    replaces = models.OneToOneField(
        "self", models.PROTECT, verbose_name="代替", null=True, blank=True, related_name="+", editable=False
    )  # fmt: skip
    replace_reason = models.CharField("重抽理由", max_length=300, blank=True, editable=False)
    state = models.CharField("状态", max_length=10, choices=DrawState, default=DrawState.ANNOUNCED, editable=False)

    reach = Reach(own="announced_by")

    class Meta:
        verbose_name = verbose_name_plural = "随机抽查"
        ordering = ("-announced_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(drawn_at=None) | ~Q(seed=""), name="inspections_drawn_has_seed",
            ),
            models.CheckConstraint(
                condition=Q(drawn_at=None) | Q(drawn_at__gte=F("announced_at")),
                name="inspections_seed_after_population",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"随机抽查：{self.title}"


class DrawItem(Record):
    """One member of a draw's population; ``is_drawn`` says whether the lot fell on it."""

    draw = models.ForeignKey(RandomDraw, models.PROTECT, verbose_name="抽查", related_name="+")
    key = models.CharField("标识", max_length=80)
    label = models.CharField("名称", max_length=120)
    stratum = models.CharField("分层", max_length=80, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="所属部门或班级", null=True, related_name="+")
    rank = models.CharField("抽签值", max_length=64, blank=True)
    is_drawn = models.BooleanField("抽中", default=False)
    verdict = models.CharField("检查结果", max_length=10, choices=Verdict, default=Verdict.WAITING)
    note = models.CharField("情况", max_length=300, blank=True)
    checked_by = models.ForeignKey(User, models.PROTECT, verbose_name="检查人", null=True, related_name="+")
    checked_at = models.DateTimeField("检查时间", null=True)

    source: ClassVar[Source] = Source.RANDOM_DRAW
    reach = Reach(unit="unit")
    personal = {"label": DataClass.PERSONAL, "note": DataClass.PERSONAL}

    class Meta:
        verbose_name = verbose_name_plural = "抽查对象"
        ordering = ("stratum", "rank")
        constraints = [models.UniqueConstraint(fields=["draw", "key"], name="inspections_draw_item")]

    def __str__(self) -> str:
        return self.label


class PublicAppraisal(Record):
    """群众评议: what a group of people was asked and how satisfied it was."""

    source: ClassVar[Source] = Source.APPRAISAL

    title = models.CharField("评议主题", max_length=120)
    audience = models.CharField("评议对象", max_length=10, choices=Audience)
    on = models.DateField("评议日期")
    way = models.CharField("评议方式", max_length=120, blank=True, help_text="问卷、座谈、开放日等。")
    issued_count = models.PositiveIntegerField("发放份数")
    returned_count = models.PositiveIntegerField("收回份数")
    valid_count = models.PositiveIntegerField("有效份数")
    least_valid_count = models.PositiveIntegerField(
        "最低有效份数", default=20, help_text="不足的只作参考，不计满意度。"
    )

    class Meta:
        verbose_name = verbose_name_plural = "群众评议"
        ordering = ("-on",)
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_count__lte=F("returned_count")) & Q(returned_count__lte=F("issued_count")),
                name="inspections_appraisal_counts",
                violation_error_message="份数应当：有效 ≤ 收回 ≤ 发放，请核对。",
            ),
        ]

    def __str__(self) -> str:
        return f"群众评议：{self.title}（{self.get_audience_display()}）"


class AppraisalItem(Record):
    """One question of an appraisal: how many of those who answered were satisfied."""

    source: ClassVar[Source] = Source.APPRAISAL

    appraisal = models.ForeignKey(PublicAppraisal, models.PROTECT, verbose_name="评议", related_name="+")
    question = models.CharField("评议项目", max_length=200)
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="责任部门", null=True, blank=True, related_name="+"
    )  # fmt: skip
    satisfied_count = models.PositiveIntegerField("满意")
    fair_count = models.PositiveIntegerField("基本满意", default=0)
    dissatisfied_count = models.PositiveIntegerField("不满意", default=0)
    opinions = models.TextField("意见摘要", blank=True)

    reach = Reach(unit="unit")

    class Meta:
        verbose_name = verbose_name_plural = "评议结果"
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.question

    @property
    def answer_count(self) -> int:
        """How many answered this question."""
        return self.satisfied_count + self.fair_count + self.dissatisfied_count

    @property
    def rate(self) -> float | None:
        """满意率: satisfied and fairly satisfied among the answers, per cent; None where nobody answered."""
        return (
            round(100 * (self.satisfied_count + self.fair_count) / self.answer_count, 1) if self.answer_count else None
        )


class Complaint(Record):
    """What somebody complains of; who it was is sealed, and may stay unknown."""

    source: ClassVar[Source] = Source.COMPLAINT

    received_on = models.DateField("收到日期")
    channel = models.CharField("渠道", max_length=10, choices=Channel)
    title = models.CharField("事由", max_length=120)
    content = models.TextField("内容", help_text="不要写反映人的姓名和电话，另有专栏加密保存。")
    complainant = SealedField("反映人", kind="name", help_text="匿名的留空。")
    contact = SealedField("联系电话", kind="phone")
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="承办部门", null=True, blank=True, related_name="+"
    )  # fmt: skip
    due_date = models.DateField("答复期限", null=True, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=ComplaintState, default=ComplaintState.RECEIVED, editable=False
    )
    answer = models.TextField("答复", blank=True, editable=False)
    answered_at = models.DateTimeField("答复时间", null=True, editable=False)
    answered_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="答复人", null=True, related_name="+", editable=False
    )  # fmt: skip

    reach = Reach(unit="unit")
    personal: ClassVar[dict[str, Any]] = {
        "title": DataClass.PERSONAL, "content": DataClass.PERSONAL, "complainant": DataClass.SENSITIVE,
        "contact": DataClass.SENSITIVE, "answer": DataClass.PERSONAL,
    }  # fmt: skip

    class Meta:
        verbose_name = verbose_name_plural = "投诉举报"
        ordering = ("-received_on",)

    def __str__(self) -> str:
        return f"{self.get_channel_display()}：{self.title}"


class BureauNotice(Record):
    """A letter of the superior that demands something; its items become findings of the source 上级通知."""

    source: ClassVar[Source] = Source.NOTICE

    document_no = models.CharField("文号", max_length=60, blank=True)
    organ = models.CharField("发文单位", max_length=80)
    title = models.CharField("标题", max_length=160)
    received_on = models.DateField("收到日期")
    demand = models.TextField("要求", blank=True)
    due_date = models.DateField("回复期限", null=True, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="牵头部门", null=True, blank=True, related_name="+"
    )  # fmt: skip
    state = models.CharField("状态", max_length=10, choices=NoticeState, default=NoticeState.RECEIVED, editable=False)
    answered_at = models.DateTimeField("回复时间", null=True, editable=False)
    answer = models.TextField("回复情况", blank=True, editable=False)

    reach = Reach(unit="unit")

    class Meta:
        verbose_name = verbose_name_plural = "上级通知"
        ordering = ("-received_on",)

    def __str__(self) -> str:
        return f"{self.organ}：{self.title}"
