"""督办单 and what happens to it: feedback, extensions, reminders."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from zhixing.domains.plans.models import WorkPoint
from zhixing.kernel.base.records import DataClass, Reach, Record, Rows, manager_of
from zhixing.kernel.people.models import Unit, User

from ..choices import DOING, DONE, IN_HAND, Card, FeedbackKind, Level, Mark, OrderState, SourceKind, Verdict

HANDED_OUT = [
    "issued", "signed", "in_progress", "answered", "returned", "settled", "archived",
]  # fmt: skip


class OrderRows(Rows["Order"]):
    def in_hand(self) -> OrderRows:
        """Handed out and not settled."""
        return self.filter(state__in=IN_HAND)

    def doing(self) -> OrderRows:
        """What the lead works on."""
        return self.filter(state__in=DOING)

    def done(self) -> OrderRows:
        return self.filter(state__in=DONE)

    def overdue(self, on: date) -> OrderRows:
        """In hand, past the due date, and not waiting for the office's word."""
        return self.in_hand().exclude(state=OrderState.ANSWERED).filter(due_date__lt=on)

    def waiting_for(self, user: Any) -> OrderRows:
        """What this person has to sign, do or answer."""
        return self.in_hand().exclude(state=OrderState.ANSWERED).filter(owner=user)


class Order(Record):
    """督办单: one matter, one lead, one person, one day. The lead answers; somebody else judges the answer.

    What it came from stands as type, uid and label, so that a decision, a work point, a finding or anything else may
    begin one; ``work_point`` ties it to the plan for lamps and figures.
    """

    year = models.PositiveIntegerField("年度", null=True, editable=False)
    number = models.PositiveIntegerField("序号", null=True, editable=False)
    no = models.CharField("编号", max_length=30, blank=True, editable=False)
    subject = models.CharField("督办事项", max_length=120)
    demand = models.TextField("办理要求", max_length=1000, help_text="要办成什么、办到什么程度、交什么材料。")
    source_kind = models.CharField("来源", max_length=10, choices=SourceKind, default=SourceKind.HAND)
    source_type = models.CharField("来源记录类型", max_length=80, blank=True, editable=False)
    source_uid = models.UUIDField("来源记录", null=True, editable=False, db_index=True)
    source_label = models.CharField("来源说明", max_length=200, blank=True, help_text="如会议名称、批示出处。")
    instruction = models.CharField("领导批示", max_length=400, blank=True)
    instructed_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="批示领导", null=True, blank=True, related_name="+"
    )
    lead = models.ForeignKey(Unit, models.PROTECT, verbose_name="牵头部门", related_name="+")
    owner = models.ForeignKey(
        User, models.PROTECT, verbose_name="责任人", null=True, blank=True, related_name="+",
        help_text="不填时，交办给牵头部门负责人。",
    )  # fmt: skip
    sponsor = models.ForeignKey(
        User, models.PROTECT, verbose_name="责任领导", null=True, blank=True, related_name="+",
        help_text="红牌抄送给他。",
    )  # fmt: skip
    work_point = models.ForeignKey(
        WorkPoint, models.PROTECT, verbose_name="对应工作要点", null=True, blank=True, related_name="+"
    )
    feedback_asked = models.CharField("反馈要求", max_length=200, blank=True, help_text="如“办结后附照片和签到表”。")
    issued_date = models.DateField("交办日期", null=True, editable=False)
    due_date = models.DateField("办结时限")
    first_due_date = models.DateField("原定时限", null=True, editable=False)
    state = models.CharField(
        "状态", max_length=12, choices=OrderState, default=OrderState.DRAFTED, editable=False, db_index=True
    )
    card = models.CharField("黄红牌", max_length=6, choices=Card, default=Card.NONE, editable=False)
    mark = models.CharField("评定", max_length=10, choices=Mark, blank=True, editable=False)
    drafted_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="立项人", null=True, related_name="+", editable=False
    )
    issued_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="交办人", null=True, related_name="+", editable=False
    )
    signed_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="签收人", null=True, related_name="+", editable=False
    )
    signed_at = models.DateTimeField("签收时间", null=True, editable=False)
    answered_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="反馈人", null=True, related_name="+", editable=False
    )
    answered_at = models.DateTimeField("反馈时间", null=True, editable=False)
    reviewer = models.ForeignKey(
        User, models.PROTECT, verbose_name="审核人", null=True, related_name="+", editable=False
    )
    settled_at = models.DateTimeField("办结时间", null=True, editable=False)
    returned_count = models.PositiveIntegerField("退回次数", default=0, editable=False)
    archive_class = models.CharField("归档类别", max_length=20, blank=True, editable=False)
    archived_at = models.DateTimeField("归档时间", null=True, editable=False)

    reach = Reach(unit="lead", own="owner", shared_units=("supports__unit",), shared_with=("sponsor",))
    personal = {"source_label": DataClass.PERSONAL, "demand": DataClass.PERSONAL}
    objects: ClassVar[Any] = manager_of(OrderRows)

    class Meta:
        verbose_name = verbose_name_plural = "督办单"
        ordering = ("-pk",)
        indexes = [
            models.Index(fields=["tenant", "state", "due_date"], name="supervision_order_state"),
            models.Index(fields=["owner", "state"], name="supervision_order_owner"),
            models.Index(fields=["work_point", "state"], name="supervision_order_point"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "year", "number"], name="supervision_order_no"),
            models.CheckConstraint(
                condition=(Q(reviewer=None) | Q(owner=None) | ~Q(reviewer=F("owner")))
                & (Q(reviewer=None) | Q(answered_by=None) | ~Q(reviewer=F("answered_by"))),
                name="supervision_doer_does_not_review",
                violation_error_message="责任人和反馈人不能审核自己办理的督办单。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=HANDED_OUT)
                | Q(number__isnull=False, owner__isnull=False, issued_date__isnull=False),
                name="supervision_handed_out_has_owner",
                violation_error_message="交办的督办单须有编号、责任人和交办日期。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["settled", "archived"]) | (Q(reviewer__isnull=False) & ~Q(mark="")),
                name="supervision_settled_has_reviewer_and_mark",
                violation_error_message="办结须有审核人和评定。",
            ),
            models.CheckConstraint(
                condition=Q(issued_date=None) | Q(due_date__gte=F("issued_date")),
                name="supervision_due_after_issue",
                violation_error_message="办结时限不能早于交办日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.no} {self.subject}".strip()

    def shown_supports(self) -> str:
        """The helping units in words."""
        return "、".join(str(support.unit) for support in self.supports.select_related("unit"))


class OrderSupport(Record):
    """协办: a unit that helps the lead, and sees the order; the lead answers for all."""

    order = models.ForeignKey(Order, models.CASCADE, verbose_name="督办单", related_name="supports")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="协办部门", related_name="+")

    reach = Reach(unit="unit")

    class Meta:
        verbose_name = verbose_name_plural = "协办部门"
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["order", "unit"], name="supervision_support_once")]

    def __str__(self) -> str:
        return str(self.unit)


class OrderFeedback(Record):
    """反馈: what the lead says was done; a final one asks for settlement and gets a verdict by somebody else."""

    order = models.ForeignKey(Order, models.PROTECT, verbose_name="督办单", related_name="feedbacks")
    kind = models.CharField("类别", max_length=10, choices=FeedbackKind, default=FeedbackKind.PROGRESS)
    progress = models.TextField("办理情况", max_length=2000)
    result = models.TextField("办理结果", max_length=1000, blank=True)
    unfinished = models.CharField("未完成事项及原因", max_length=400, blank=True)
    hints = models.JSONField("系统提示", default=list, editable=False)
    similarity = models.PositiveIntegerField("与上次反馈的重复程度（%）", default=0, editable=False)
    by = models.ForeignKey(User, models.PROTECT, verbose_name="反馈人", related_name="+")
    at = models.DateTimeField("反馈时间")
    verdict = models.CharField("审核结论", max_length=10, choices=Verdict, blank=True, editable=False)
    reviewed_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="审核人", null=True, related_name="+", editable=False
    )
    reviewed_at = models.DateTimeField("审核时间", null=True, editable=False)
    opinion = models.CharField("审核意见", max_length=400, blank=True, editable=False)

    reach = Reach(unit="order__lead", own="order__owner", shared_with=("by",))
    personal = {"progress": DataClass.PERSONAL, "result": DataClass.PERSONAL}

    class Meta:
        verbose_name = verbose_name_plural = "督办反馈"
        ordering = ("-at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("by")),
                name="supervision_feedback_judged_by_another",
                violation_error_message="反馈人不能审核自己的反馈。",
            )
        ]

    def __str__(self) -> str:
        return self.progress[:40]


class OrderExtension(Record):
    """延期申请: asked before the due date, with reason and expected date; decided by somebody else."""

    order = models.ForeignKey(Order, models.PROTECT, verbose_name="督办单", related_name="extensions")
    old_due_date = models.DateField("原时限", editable=False)
    asked_due_date = models.DateField("申请延至")
    reason = models.CharField("延期原因", max_length=400)
    progress = models.CharField("已有进展", max_length=400)
    asked_by = models.ForeignKey(User, models.PROTECT, verbose_name="申请人", related_name="+", editable=False)
    asked_at = models.DateTimeField("申请时间", editable=False)
    asked_date = models.DateField("申请日期", editable=False)
    verdict = models.CharField("结论", max_length=10, choices=Verdict, default=Verdict.WAITING, editable=False)
    decided_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="审批人", null=True, related_name="+", editable=False
    )
    decided_at = models.DateTimeField("审批时间", null=True, editable=False)
    opinion = models.CharField("审批意见", max_length=400, blank=True, editable=False)

    reach = Reach(unit="order__lead", own="order__owner", shared_with=("asked_by",))

    class Meta:
        verbose_name = verbose_name_plural = "延期申请"
        ordering = ("-asked_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(verdict="waiting"), name="supervision_one_extension_waiting",
                violation_error_message="这张督办单已有一份待审批的延期申请。",
            ),
            models.CheckConstraint(
                condition=Q(asked_date__lte=F("old_due_date")),
                name="supervision_extension_before_due",
                violation_error_message="延期须在办结时限之前申请。",
            ),
            models.CheckConstraint(
                condition=Q(asked_due_date__gt=F("old_due_date")),
                name="supervision_extension_runs_later",
                violation_error_message="申请的时限须晚于原时限。",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                name="supervision_extension_decided_by_another",
                violation_error_message="延期申请不能由申请人自己审批。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.order} 延至 {self.asked_due_date}"


class Reminder(Record):
    """催办: a word to the lead before or after the due date, automatic or by hand; cards are copied to the sponsor."""

    order = models.ForeignKey(Order, models.PROTECT, verbose_name="督办单", related_name="reminders")
    level = models.CharField("级别", max_length=8, choices=Level)
    due_date = models.DateField("当时的时限")
    late_days = models.IntegerField("逾期工作日", default=0)
    text = models.CharField("催办内容", max_length=300, blank=True)
    to = models.ForeignKey(User, models.PROTECT, verbose_name="催办对象", related_name="+")
    copied_to = models.ForeignKey(
        User, models.PROTECT, verbose_name="抄送领导", null=True, blank=True, related_name="+"
    )
    is_automatic = models.BooleanField("系统催办", default=True)
    by = models.ForeignKey(User, models.PROTECT, verbose_name="催办人", null=True, blank=True, related_name="+")
    at = models.DateTimeField("催办时间")

    reach = Reach(unit="order__lead", own="to", shared_with=("copied_to",))

    class Meta:
        verbose_name = verbose_name_plural = "催办记录"
        ordering = ("-at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "level", "due_date"], condition=Q(is_automatic=True), name="supervision_reminded_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.order}"
