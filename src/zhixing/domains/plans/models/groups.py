"""Who leads the plan, who runs its office, and what each person has put his name to."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from zhixing.kernel.base.records import Reach, Record, Rows, manager_of
from zhixing.kernel.people.models import Unit, User

from ..choices import MemberRole
from .plans import Plan


class LeadingGroup(Record):
    """领导小组 of a plan, with the office under it."""

    plan = models.ForeignKey(Plan, models.PROTECT, verbose_name="方案", related_name="groups")
    title = models.CharField("名称", max_length=120)
    document_no = models.CharField("成立文号", max_length=60, blank=True)
    formed_date = models.DateField("成立日期", null=True, blank=True)
    office = models.ForeignKey(Unit, models.PROTECT, verbose_name="办公室设在", null=True, blank=True, related_name="+")
    duties = models.TextField("领导小组职责", blank=True)
    dissolved_date = models.DateField("撤销日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "领导小组"
        ordering = ("dissolved_date", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=Q(dissolved_date=None), name="plans_one_group_a_plan",
                violation_error_message="这个方案已有领导小组，请在原小组中调整成员。",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class MemberRows(Rows["GroupMember"]):
    def serving(self, on: date) -> MemberRows:
        """Members in office on the day."""
        return self.filter(Q(starts_on=None) | Q(starts_on__lte=on), Q(ends_on=None) | Q(ends_on__gte=on))


class GroupMember(Record):
    """One person's place in the group; the office's four functions are said one by one."""

    group = models.ForeignKey(LeadingGroup, models.PROTECT, verbose_name="领导小组", related_name="members")
    user = models.ForeignKey(User, models.PROTECT, verbose_name="人员", related_name="+")
    role = models.CharField("组内职务", max_length=14, choices=MemberRole, default=MemberRole.MEMBER)
    post = models.CharField("行政职务", max_length=60, blank=True)
    duty = models.CharField("分工", max_length=200, blank=True)
    organises = models.BooleanField("负责组织", default=False)
    coordinates = models.BooleanField("负责协调", default=False)
    chases = models.BooleanField("负责督办", default=False)
    publicises = models.BooleanField("负责宣传", default=False)
    position = models.PositiveIntegerField("次序", default=0)
    starts_on = models.DateField("起始日期", null=True, blank=True)
    ends_on = models.DateField("终止日期", null=True, blank=True)

    reach = Reach(unit="user__unit", own="user")
    objects: ClassVar[Any] = manager_of(MemberRows)

    class Meta:
        verbose_name = verbose_name_plural = "领导小组成员"
        ordering = ("group", "position", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "user", "role"],
                condition=Q(ends_on=None),
                name="plans_member_once",
                violation_error_message="这个人已在领导小组中担任同一职务。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name="plans_member_ends_after_start",
                violation_error_message="终止日期不能早于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.user}"


class DutyLetter(Record):
    """责任书 of one person for one year; its points are kept as they were when it was made."""

    user = models.ForeignKey(User, models.PROTECT, verbose_name="责任人", related_name="+")
    plan = models.ForeignKey(Plan, models.PROTECT, verbose_name="方案", related_name="letters")
    year = models.PositiveIntegerField("年度")
    points = models.JSONField("责任事项", default=list, editable=False)
    made_at = models.DateTimeField("生成时间", editable=False)
    signed_at = models.DateTimeField("签订时间", null=True, blank=True, editable=False)
    witness = models.ForeignKey(
        User, models.PROTECT, verbose_name="签订经办人", null=True, related_name="+", editable=False
    )

    reach = Reach(unit="user__unit", own="user")

    class Meta:
        verbose_name = verbose_name_plural = "责任书"
        ordering = ("-year", "user")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "plan", "year"], name="plans_one_letter_a_year",
                violation_error_message="这个人本年度的责任书已经生成。",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.user} {self.year} 年责任书"
