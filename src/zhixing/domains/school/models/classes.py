"""Classes and who has been their tutor."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from zhixing.kernel.base.records import DataClass, Reach, Record, Rows, manager_of
from zhixing.kernel.people.models import Assignment, Unit, User

from ..choices import ClassStatus
from .institution import Campus, Department
from .majors import Major


class ClassGroupRows(Rows["ClassGroup"]):
    def running(self) -> ClassGroupRows:
        return self.filter(status=ClassStatus.RUNNING)


class ClassGroup(Record):
    """A class. Its unit hangs under its department's unit, so that the department's reach covers its classes."""

    unit = models.OneToOneField(Unit, models.PROTECT, verbose_name="班级单元", related_name="+", editable=False)
    name = models.CharField("班级名称", max_length=60)
    department = models.ForeignKey(Department, models.PROTECT, verbose_name="所属部门", related_name="class_groups")
    cohort = models.PositiveIntegerField("年级", db_index=True, help_text="入学年份，如 2026。")
    major = models.ForeignKey(Major, models.PROTECT, verbose_name="专业", related_name="class_groups")
    tutor = models.ForeignKey(
        User, models.PROTECT, verbose_name="班主任", null=True, blank=True, related_name="+", editable=False
    )
    campus = models.ForeignKey(
        Campus, models.PROTECT, verbose_name="校区", null=True, blank=True, related_name="class_groups"
    )
    classroom = models.CharField("固定教室", max_length=40, blank=True)
    study_length = models.CharField("学制", max_length=10, default="三年")
    capacity = models.PositiveIntegerField("班额", default=50)
    status = models.CharField(
        "状态", max_length=10, choices=ClassStatus, default=ClassStatus.RUNNING, db_index=True, editable=False
    )
    ended_date = models.DateField("毕业或撤销日期", null=True, blank=True, editable=False)

    reach = Reach(unit="unit", own="tutor")
    objects: ClassVar[Any] = manager_of(ClassGroupRows)

    class Meta:
        verbose_name = verbose_name_plural = "班级"
        ordering = ("-cohort", "name")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], name="school_class_name", violation_error_message="已有同名的班级。"
            ),
            models.CheckConstraint(
                condition=Q(cohort__gte=1950, cohort__lte=2100),
                name="school_class_cohort_is_a_year",
                violation_error_message="年级应填入学年份，如 2026。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ClassTutorshipRows(Rows["ClassTutorship"]):
    def running(self, on: date) -> ClassTutorshipRows:
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on)

    def open(self) -> ClassTutorshipRows:
        return self.filter(ends_on=None)


class ClassTutorship(Record):
    """Who was tutor of a class from when to when, with the assignment that gave the rights."""

    class_group = models.ForeignKey(ClassGroup, models.PROTECT, verbose_name="班级", related_name="tutorships")
    tutor = models.ForeignKey(User, models.PROTECT, verbose_name="班主任", related_name="+")
    assignment = models.ForeignKey(Assignment, models.PROTECT, verbose_name="授权", null=True, related_name="+")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("终止日期", null=True, blank=True)
    reason = models.CharField("原因", max_length=200, blank=True)

    reach = Reach(unit="class_group__unit", own="tutor")
    personal = {"tutor": DataClass.PERSONAL}
    objects: ClassVar[Any] = manager_of(ClassTutorshipRows)

    class Meta:
        verbose_name = verbose_name_plural = "班主任任职"
        ordering = ("-starts_on", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["class_group"], condition=Q(ends_on=None), name="school_one_open_tutorship_a_class"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="school_tutorship_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.class_group} {self.tutor}"
