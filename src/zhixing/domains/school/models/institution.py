"""The school itself, its campuses, departments and posts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q

from zhixing.kernel.base.records import Reach, Record, Rows, manager_of
from zhixing.kernel.people.models import Unit

from ..choices import CampusKind, DepartmentKind, Ownership, PostKind, SchoolKind


class School(Record):
    """The facts of the one school that a tenant is."""

    name = models.CharField("学校全称", max_length=100)
    short_name = models.CharField("简称", max_length=40, blank=True)
    official_code = models.CharField("学校标识码", max_length=10, help_text="教育部门编发的 10 位数字。")
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    region_code = models.CharField("所在地区划代码", max_length=6, help_text="县级行政区划代码，6 位数字。")
    location = models.CharField("学校地址", max_length=200, blank=True)
    office_line = models.CharField("办公电话", max_length=30, blank=True)
    website = models.CharField("网址", max_length=200, blank=True, validators=[URLValidator(["http", "https"])])
    kind = models.CharField("办学类型", max_length=10, choices=SchoolKind, default=SchoolKind.SPECIALISED)
    ownership = models.CharField("办学性质", max_length=10, choices=Ownership, default=Ownership.PUBLIC)
    supervised_by = models.CharField("主管部门", max_length=60, blank=True)
    principal_name = models.CharField("校长", max_length=60, blank=True)
    founded_date = models.DateField("建校日期", null=True, blank=True)
    note = models.TextField("学校简介", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "学校概况"
        constraints = [models.UniqueConstraint(fields=["tenant"], name="school_one_per_tenant")]

    def __str__(self) -> str:
        return self.name


class Campus(Record):
    """A place where the school teaches."""

    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=20, choices=CampusKind, default=CampusKind.MAIN)
    location = models.CharField("地址", max_length=200, blank=True)
    land_area = models.DecimalField("占地面积（平方米）", max_digits=12, decimal_places=2, null=True, blank=True)
    building_area = models.DecimalField(
        "校舍建筑面积（平方米）", max_digits=12, decimal_places=2, null=True, blank=True
    )
    opened_date = models.DateField("启用日期", null=True, blank=True)
    closed_date = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "校区"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], name="school_campus_name", violation_error_message="已有同名的校区。"
            )
        ]

    def __str__(self) -> str:
        return self.name


class DepartmentRows(Rows["Department"]):
    def open(self) -> DepartmentRows:
        return self.filter(unit__closed_on=None)


class Department(Record):
    """A department. Name, order and place in the tree are the same as its unit's; the head is the unit's alone."""

    unit = models.OneToOneField(Unit, models.PROTECT, verbose_name="组织单元", related_name="+", editable=False)
    name = models.CharField("部门名称", max_length=60)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name="上级部门", null=True, blank=True, related_name="children"
    )
    kind = models.CharField("类别", max_length=10, choices=DepartmentKind, default=DepartmentKind.OFFICE)
    duties = models.TextField("主要职责", blank=True)
    location = models.CharField("办公地点", max_length=100, blank=True)
    office_line = models.CharField("办公电话", max_length=30, blank=True)
    position = models.PositiveIntegerField("次序", default=0)

    reach = Reach(unit="unit")
    objects: ClassVar[Any] = manager_of(DepartmentRows)

    class Meta:
        verbose_name = verbose_name_plural = "部门"
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], name="school_department_name", violation_error_message="已有同名的部门。"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Post(Record):
    """A post of the school's establishment, such as 教务科科长."""

    name = models.CharField("岗位名称", max_length=60)
    kind = models.CharField("岗位类别", max_length=20, choices=PostKind, default=PostKind.PROFESSIONAL)
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name="所属部门", null=True, blank=True, related_name="posts"
    )
    headcount = models.PositiveIntegerField("核定人数", null=True, blank=True)
    is_leading = models.BooleanField("领导岗位", default=False)
    duties = models.TextField("岗位职责", blank=True)
    closed_date = models.DateField("撤销日期", null=True, blank=True)

    reach = Reach(unit="department__unit")

    class Meta:
        verbose_name = verbose_name_plural = "岗位"
        ordering = ("department__position", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "department", "name"],
                name="school_post_name",
                violation_error_message="这个部门已有同名的岗位。",
            ),
            models.UniqueConstraint(
                fields=["tenant", "name"],
                condition=Q(department=None),
                name="school_post_name_of_school",
                violation_error_message="已有同名的校级岗位。",
            ),
        ]

    def __str__(self) -> str:
        return self.name
