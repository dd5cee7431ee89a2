"""Who works at the school, what entitles them to, and where they have served."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from zhixing.domains.school.models import Department, Major, Post
from zhixing.kernel.base.records import DataClass, Reach, Record, Rows, manager_of
from zhixing.kernel.base.text import pinyin_keys
from zhixing.kernel.files.models import StoredFile
from zhixing.kernel.people.models import User
from zhixing.kernel.people.sealing import BlindIndexField, SealedField

from .choices import (
    GONE,
    Education,
    Employment,
    QualificationKind,
    Sex,
    StaffKind,
    StaffStatus,
    TeachingKind,
    TitleLevel,
)  # fmt: skip


class StaffRows(Rows["StaffMember"]):
    def serving(self) -> StaffRows:
        """Everyone who has not left, also those on long leave."""
        return self.exclude(status__in=GONE)

    def teaching(self) -> StaffRows:
        """Full-time teachers, the denominator of the teacher indicators."""
        return self.serving().filter(kind=StaffKind.TEACHER)

    def dual_qualified(self, on: date) -> StaffRows:
        """Holders of a dual qualification that is valid on the day."""
        valid = Qualification.objects.filter(kind=QualificationKind.DUAL_QUALIFIED, staff=OuterRef("pk")).valid(on)
        return self.filter(Exists(valid))


class StaffMember(Record):
    """One person in the school's service. The account may be missing: a cook needs none."""

    user = models.OneToOneField(
        User, models.PROTECT, verbose_name="账号", null=True, blank=True, related_name="+", editable=False
    )
    staff_no = models.CharField("工号", max_length=20)
    name = models.CharField("姓名", max_length=60, db_index=True)
    name_keys = models.CharField("姓名拼音", max_length=120, blank=True, editable=False)
    sex = models.CharField("性别", max_length=1, choices=Sex)
    birth_date = models.DateField("出生日期", null=True, blank=True)
    id_number = SealedField("身份证件号", kind="id_number")
    id_number_index = BlindIndexField("身份证件号索引", source="id_number")
    ethnic_group = models.CharField("民族", max_length=20, blank=True)
    political_status = models.CharField("政治面貌", max_length=20, blank=True)
    phone = SealedField("手机号", kind="phone")
    phone_index = BlindIndexField("手机号索引", source="phone")
    home_address = SealedField("家庭住址", kind="address")
    photo = models.ForeignKey(
        StoredFile, models.PROTECT, verbose_name="照片", null=True, blank=True, related_name="+", editable=False
    )

    department = models.ForeignKey(Department, models.PROTECT, verbose_name="部门", related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", null=True, blank=True, related_name="+")
    kind = models.CharField("教职工类别", max_length=1, choices=StaffKind, default=StaffKind.TEACHER)
    employment = models.CharField("用人方式", max_length=12, choices=Employment, default=Employment.ESTABLISHED)
    status = models.CharField(
        "状态", max_length=10, choices=StaffStatus, default=StaffStatus.WORKING, db_index=True, editable=False
    )
    joined_date = models.DateField("到校日期", null=True, blank=True)
    career_date = models.DateField("参加工作日期", null=True, blank=True)
    left_date = models.DateField("离校日期", null=True, blank=True, editable=False)
    left_reason = models.CharField("离校原因", max_length=200, blank=True, editable=False)

    education = models.CharField("学历", max_length=12, choices=Education, blank=True)
    degree = models.CharField("学位", max_length=20, blank=True)
    graduated_from = models.CharField("毕业院校", max_length=100, blank=True)
    teaching_kind = models.CharField("任教类别", max_length=20, choices=TeachingKind, blank=True)
    major = models.ForeignKey(Major, models.PROTECT, verbose_name="任教专业", null=True, blank=True, related_name="+")
    subject = models.CharField("任教学科或课程", max_length=60, blank=True)
    title = models.CharField("职称", max_length=40, blank=True)
    title_level = models.CharField("职称等级", max_length=12, choices=TitleLevel, blank=True)
    title_date = models.DateField("职称取得日期", null=True, blank=True)
    enterprise_years = models.PositiveIntegerField("企业工作年限", null=True, blank=True)
    note = models.CharField("备注", max_length=300, blank=True)

    reach = Reach(unit="department__unit", own="user")
    personal = {
        "name": DataClass.PERSONAL,
        "sex": DataClass.PERSONAL,
        "birth_date": DataClass.PERSONAL,
        "id_number": DataClass.SEALED,
        "ethnic_group": DataClass.PERSONAL,
        "political_status": DataClass.PERSONAL,
        "phone": DataClass.SEALED,
        "home_address": DataClass.SEALED,
        "photo": DataClass.PERSONAL,
    }
    objects: ClassVar[Any] = manager_of(StaffRows)

    class Meta:
        verbose_name = verbose_name_plural = "教职工"
        ordering = ("department__position", "staff_no")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "staff_no"], name="staff_no_in_tenant", violation_error_message="这个工号已有人使用。"
            ),
            models.UniqueConstraint(
                fields=["tenant", "id_number_index"],
                name="staff_id_number_in_tenant",
                violation_error_message="本校已有这个身份证件号的教职工。",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["left", "retired"]) | Q(left_date__isnull=False),
                name="staff_gone_has_a_date",
                violation_error_message="离校人员应有离校日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.staff_no}）"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_keys = pinyin_keys(self.name)
        if "name" in (kwargs.get("update_fields") or ()):
            kwargs["update_fields"] = {*kwargs["update_fields"], "name_keys"}
        super().save(*args, **kwargs)


class QualificationRows(Rows["Qualification"]):
    def valid(self, on: date) -> QualificationRows:
        """Issued by the day, not yet expired, not withdrawn."""
        return self.filter(Q(expires_date=None) | Q(expires_date__gte=on), issued_date__lte=on, revoked_date=None)


class Qualification(Record):
    """A certificate that says what a person is able or entitled to do."""

    staff = models.ForeignKey(StaffMember, models.PROTECT, verbose_name="教职工", related_name="qualifications")
    kind = models.CharField("类别", max_length=20, choices=QualificationKind)
    name = models.CharField("证书名称", max_length=100)
    level = models.CharField("等级", max_length=20, blank=True, help_text="如“高级”“三级/高级工”。")
    certificate_no = models.CharField("证书编号", max_length=60, blank=True)
    issuer = models.CharField("发证单位", max_length=100, blank=True)
    issued_date = models.DateField("发证日期")
    expires_date = models.DateField("有效期至", null=True, blank=True, help_text="长期有效的留空。")
    revoked_date = models.DateField("注销日期", null=True, blank=True)
    scan = models.ForeignKey(
        StoredFile, models.PROTECT, verbose_name="证书扫描件", null=True, blank=True, related_name="+", editable=False
    )

    reach = Reach(unit="staff__department__unit", own="staff__user")
    personal = {"certificate_no": DataClass.PERSONAL}
    objects: ClassVar[Any] = manager_of(QualificationRows)

    class Meta:
        verbose_name = verbose_name_plural = "资格证书"
        ordering = ("staff", "-issued_date")
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "kind", "certificate_no"],
                condition=~Q(certificate_no=""),
                name="staff_certificate_once",
                violation_error_message="这个证书已经登记过。",
            ),
            models.CheckConstraint(
                condition=Q(expires_date=None) | Q(expires_date__gte=F("issued_date")),
                name="staff_certificate_expires_after_issue",
                violation_error_message="有效期应在发证日期之后。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff.name} {self.name}"


class Appointment(Record):
    """Where a person served from when to when; written by the verbs that move people."""

    staff = models.ForeignKey(StaffMember, models.PROTECT, verbose_name="教职工", related_name="appointments")
    department = models.ForeignKey(Department, models.PROTECT, verbose_name="部门", related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", null=True, related_name="+")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("终止日期", null=True)

    reach = Reach(unit="staff__department__unit", own="staff__user")

    class Meta:
        verbose_name = verbose_name_plural = "任职经历"
        ordering = ("-starts_on", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["staff"], condition=Q(ends_on=None), name="staff_one_open_appointment")
        ]

    def __str__(self) -> str:
        return f"{self.staff.name} {self.department}"
