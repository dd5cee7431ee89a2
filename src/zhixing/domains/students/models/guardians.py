"""The people responsible for a student, and the rest of the family as the national layout asks for it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from zhixing.kernel.base.records import DataClass, Reach, Record, Rows, manager_of
from zhixing.kernel.people.models import User
from zhixing.kernel.people.sealing import BlindIndexField, SealedField

from ..choices import Relation
from .students import Student


class GuardianRows(Rows["Guardian"]):
    def responsible(self) -> GuardianRows:
        """Guardians in law, not just members of the family."""
        return self.filter(is_guardian=True)


class Guardian(Record):
    """One member of a student's family. Its account may see the student (reach "ward")."""

    student = models.ForeignKey(Student, models.PROTECT, verbose_name="学生", related_name="guardians")
    user = models.ForeignKey(
        User, models.PROTECT, verbose_name="账号", null=True, blank=True, related_name="+", editable=False
    )
    name = models.CharField("姓名", max_length=60)
    relation = models.CharField("与学生关系", max_length=20, choices=Relation, blank=True)
    is_guardian = models.BooleanField("是监护人", default=True)
    phone = SealedField("联系电话", kind="phone")
    phone_index = BlindIndexField("联系电话索引", source="phone")
    document_kind = models.CharField("身份证件类型", max_length=40, blank=True)
    id_number = SealedField("身份证件号", kind="id_number")
    birth_month = models.CharField("出生年月", max_length=7, blank=True, help_text="如 1980-05。")
    ethnic_group = models.CharField("民族", max_length=20, blank=True)
    political_status = models.CharField("政治面貌", max_length=20, blank=True)
    health = SealedField("健康状况", kind="note")
    workplace = models.CharField("工作或学习单位", max_length=100, blank=True)
    job = models.CharField("职务", max_length=40, blank=True)
    position = models.PositiveIntegerField("次序", default=1, help_text="1 为首要联系人。")

    reach = Reach(unit="student__class_group__unit", own="student__user", ward="student__guardians__user")
    personal = {
        "name": DataClass.PERSONAL,
        "relation": DataClass.PERSONAL,
        "phone": DataClass.SEALED,
        "id_number": DataClass.SEALED,
        "birth_month": DataClass.PERSONAL,
        "ethnic_group": DataClass.PERSONAL,
        "political_status": DataClass.PERSONAL,
        "health": DataClass.SEALED,
        "workplace": DataClass.PERSONAL,
        "job": DataClass.PERSONAL,
    }
    objects: ClassVar[Any] = manager_of(GuardianRows)

    class Meta:
        verbose_name = verbose_name_plural = "监护人"
        ordering = ("student", "position", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["student", "name"],
                name="students_guardian_once",
                violation_error_message="这位家庭成员已经登记过。",
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1), name="students_guardian_position", violation_error_message="次序从 1 起。"
            ),
        ]

    def __str__(self) -> str:
        return self.name
