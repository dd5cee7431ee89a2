"""行政办公会: topics, agenda, pack, attendance, minutes, and the decisions that must be carried out."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from zhixing.kernel.base.records import DataClass, Reach, Record, Rows, manager_of
from zhixing.kernel.people.models import Unit, User

from ..choices import DecisionState, MeetingKind, MeetingState, Presence, TopicKind, TopicState
from .orders import Order


class MeetingRows(Rows["Meeting"]):
    def held(self) -> MeetingRows:
        """Meetings that have taken place."""
        return self.filter(state__in=(MeetingState.HELD, MeetingState.MINUTES, MeetingState.SIGNED))

    def coming(self) -> MeetingRows:
        return self.filter(state__in=(MeetingState.COLLECTING, MeetingState.AGENDA, MeetingState.READY))


class Meeting(Record):
    """One meeting from the call for topics to the signed minutes. ``pack`` is frozen when it begins."""

    kind = models.CharField("会议类别", max_length=16, choices=MeetingKind, default=MeetingKind.ADMINISTRATIVE)
    year = models.PositiveIntegerField("年度", null=True, editable=False)
    number = models.PositiveIntegerField("次数", null=True, editable=False)
    title = models.CharField("会议名称", max_length=100, blank=True, help_text="不填时按类别和次数自动命名。")
    at = models.DateTimeField("会议时间")
    place = models.CharField("会议地点", max_length=60)
    chair = models.ForeignKey(User, models.PROTECT, verbose_name="主持人", related_name="+")
    recorder = models.ForeignKey(User, models.PROTECT, verbose_name="记录人", related_name="+")
    topics_until = models.DateField("议题截止日期", help_text="过了这一天不再接收议题。")
    state = models.CharField(
        "状态", max_length=12, choices=MeetingState, default=MeetingState.COLLECTING, editable=False
    )
    agenda_signed_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="议程签发人", null=True, related_name="+", editable=False
    )
    agenda_signed_at = models.DateTimeField("议程签发时间", null=True, editable=False)
    pack = models.JSONField("会议材料", default=dict, editable=False)
    held_at = models.DateTimeField("开会登记时间", null=True, editable=False)
    quorum_met = models.BooleanField("达到法定人数", null=True, editable=False)
    minutes = models.TextField("会议纪要", max_length=6000, blank=True)
    minutes_at = models.DateTimeField("纪要提交时间", null=True, editable=False)
    signed_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="纪要签发人", null=True, related_name="+", editable=False
    )
    signed_at = models.DateTimeField("纪要签发时间", null=True, editable=False)
    reviews_plan = models.BooleanField("研究了提升计划", default=False, editable=False)

    reach = Reach(own="chair", shared_with=("recorder", "attendances__user"))
    objects: ClassVar[Any] = manager_of(MeetingRows)

    class Meta:
        verbose_name = verbose_name_plural = "会议"
        ordering = ("-at",)
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind", "year", "number"], name="supervision_meeting_number"),
            models.CheckConstraint(
                condition=~Q(chair=F("recorder")), name="supervision_chair_is_not_recorder",
                violation_error_message="主持人和记录人不能是同一人。",
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=F("recorder")),
                name="supervision_recorder_does_not_sign",
                violation_error_message="纪要不能由记录人自己签发。",
            ),
            models.CheckConstraint(
                condition=~Q(state="signed") | Q(signed_by__isnull=False, signed_at__isnull=False),
                name="supervision_signed_by_someone",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title or f"{self.get_kind_display()}（{timezone.localdate(self.at)}）"


class Attendance(Record):
    """Whether one person came, and as what: members count for the quorum, guests don't."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, verbose_name="会议", related_name="attendances")
    user = models.ForeignKey(User, models.PROTECT, verbose_name="人员", related_name="+")
    is_guest = models.BooleanField("列席", default=False)
    presence = models.CharField("到会情况", max_length=8, choices=Presence, default=Presence.EXPECTED)
    reason = models.CharField("说明", max_length=100, blank=True)
    signed_at = models.DateTimeField("签到时间", null=True, editable=False)

    reach = Reach(own="user")

    class Meta:
        verbose_name = verbose_name_plural = "参会情况"
        ordering = ("is_guest", "pk")
        constraints = [models.UniqueConstraint(fields=["meeting", "user"], name="supervision_attends_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.get_presence_display()}"


class Topic(Record):
    """议题: what somebody wants the meeting to talk about, and what was said."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, verbose_name="会议", related_name="topics")
    position = models.PositiveIntegerField("次序", default=0, editable=False)
    title = models.CharField("议题", max_length=120)
    kind = models.CharField("类别", max_length=10, choices=TopicKind, default=TopicKind.BUSINESS)
    brief = models.TextField("提请研究的内容", max_length=1000, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="提出部门", related_name="+")
    proposer = models.ForeignKey(User, models.PROTECT, verbose_name="提出人", related_name="+", editable=False)
    proposed_at = models.DateTimeField("提出时间", editable=False)
    guests = models.CharField("列席人员", max_length=120, blank=True)
    minutes_needed = models.PositiveIntegerField("预计用时（分钟）", default=15)
    state = models.CharField("状态", max_length=10, choices=TopicState, default=TopicState.PROPOSED, editable=False)
    reply = models.CharField("办公室意见", max_length=200, blank=True, editable=False)
    discussion = models.TextField("讨论情况", max_length=3000, blank=True)

    reach = Reach(unit="unit", own="proposer", shared_with=("meeting__attendances__user",))

    class Meta:
        verbose_name = verbose_name_plural = "议题"
        ordering = ("meeting", "position", "pk")

    def __str__(self) -> str:
        return self.title


class DecisionRows(Rows["Decision"]):
    def unfulfilled(self) -> DecisionRows:
        """What the meeting decided and nobody has carried out yet."""
        return self.filter(state__in=(DecisionState.OPEN, DecisionState.ORDERED))

    def overdue(self, on: date) -> DecisionRows:
        return self.unfulfilled().filter(due_date__lt=on)


class Decision(Record):
    """决议: who does what by when. Once it has an order, its state follows the order's."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, verbose_name="会议", related_name="decisions")
    topic = models.ForeignKey(
        Topic, models.PROTECT, verbose_name="议题", null=True, blank=True, related_name="decisions"
    )
    no = models.PositiveIntegerField("决议号", editable=False)
    text = models.CharField("决议内容", max_length=400)
    lead = models.ForeignKey(Unit, models.PROTECT, verbose_name="承办部门", null=True, blank=True, related_name="+")
    owner = models.ForeignKey(User, models.PROTECT, verbose_name="责任人", null=True, blank=True, related_name="+")
    due_date = models.DateField("时限", null=True, blank=True)
    order = models.ForeignKey(
        Order, models.PROTECT, verbose_name="督办单", null=True, related_name="decisions", editable=False
    )
    state = models.CharField(
        "落实情况", max_length=10, choices=DecisionState, default=DecisionState.OPEN, editable=False, db_index=True
    )
    fulfilled_at = models.DateTimeField("落实时间", null=True, editable=False)
    note = models.CharField("说明", max_length=300, blank=True, editable=False)

    reach = Reach(unit="lead", own="owner", shared_with=("meeting__attendances__user",))
    personal = {"text": DataClass.PERSONAL}
    objects: ClassVar[Any] = manager_of(DecisionRows)

    class Meta:
        verbose_name = verbose_name_plural = "会议决议"
        ordering = ("meeting", "no")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "no"], name="supervision_decision_no"),
            models.CheckConstraint(
                condition=~Q(state="ordered") | Q(order__isnull=False),
                name="supervision_ordered_decision_has_order",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
