"""How a student's status, class and major came about: rows are added by verbs and never changed."""

from __future__ import annotations

from django.db import models

from zhixing.domains.school.models import ClassGroup, Major
from zhixing.kernel.base.records import DataClass, Reach, Record
from zhixing.kernel.people.models import User

from ..choices import ChangeKind, Status
from .students import Student


class StatusEntry(Record):
    """One change. Both states are equal where only the class or the major changed."""

    student = models.ForeignKey(Student, models.PROTECT, verbose_name="学生", related_name="status_entries")
    kind = models.CharField("异动类别", max_length=2, choices=ChangeKind)
    from_status = models.CharField("原状态", max_length=20, choices=Status, blank=True)
    to_status = models.CharField("新状态", max_length=20, choices=Status)
    from_class = models.ForeignKey(ClassGroup, models.PROTECT, verbose_name="原班级", null=True, related_name="+")
    to_class = models.ForeignKey(ClassGroup, models.PROTECT, verbose_name="新班级", null=True, related_name="+")
    from_major = models.ForeignKey(Major, models.PROTECT, verbose_name="原专业", null=True, related_name="+")
    to_major = models.ForeignKey(Major, models.PROTECT, verbose_name="新专业", null=True, related_name="+")
    effective_date = models.DateField("生效日期")
    reason = models.CharField("原因", max_length=300, blank=True)
    document_no = models.CharField("批准或备案文号", max_length=60, blank=True)
    partner_school = models.CharField("对方学校", max_length=100, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    entered_at = models.DateTimeField("登记时间")

    reach = Reach(unit="student__class_group__unit", own="student__user", ward="student__guardians__user")
    personal = {"reason": DataClass.PERSONAL}

    class Meta:
        verbose_name = verbose_name_plural = "学籍异动"
        ordering = ("-effective_date", "-pk")

    def __str__(self) -> str:
        return f"{self.student} {self.get_kind_display()}"
