"""What the school may teach: majors of a published directory, or outside it with a filing number."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from zhixing.kernel.base.records import Reach, Record, Rows, manager_of
from zhixing.kernel.people.models import User

from ..choices import CERTAINTIES, DirectoryVersion
from .institution import Department


class MajorField(Record):
    """A broad field 专业大类 of one edition of the directory."""

    code = models.CharField("代码", max_length=2)
    directory_version = models.CharField("目录版本", max_length=10, choices=DirectoryVersion)
    name = models.CharField("名称", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "专业大类"
        ordering = ("-directory_version", "code")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "directory_version", "code"],
                name="school_field_code",
                violation_error_message="这个目录版本已有这个代码的专业大类。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class MajorRows(Rows["Major"]):
    def offered(self) -> MajorRows:
        """Majors the school teaches or takes students into."""
        return self.filter(is_offered=True)


class Major(Record):
    """One major of one edition. ``certainty`` says how sure we are that code and name belong together."""

    code = models.CharField("专业代码", max_length=10)
    directory_version = models.CharField("目录版本", max_length=10, choices=DirectoryVersion)
    name = models.CharField("专业名称", max_length=60, db_index=True)
    field = models.ForeignKey(
        MajorField, models.PROTECT, verbose_name="专业大类", null=True, blank=True, related_name="majors"
    )
    certainty = models.CharField("代码核对情况", max_length=3, choices=CERTAINTIES, default="C1")
    is_agricultural = models.BooleanField("涉农专业", default=False)
    is_controlled = models.BooleanField("国家控制布点专业", default=False)
    out_of_directory = models.BooleanField("目录外专业", default=False)
    filing_no = models.CharField("备案文号", max_length=60, blank=True, help_text="目录外或国家控制布点专业必须填写。")
    study_length = models.CharField("学制", max_length=10, default="三年")
    is_offered = models.BooleanField("本校开设", default=False, db_index=True)
    opened_year = models.PositiveIntegerField("首次招生年份", null=True, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name="开办部门", null=True, blank=True, related_name="majors"
    )
    head = models.ForeignKey(User, models.PROTECT, verbose_name="专业负责人", null=True, blank=True, related_name="+")

    reach = Reach(unit="department__unit", own="head")
    objects: ClassVar[Any] = manager_of(MajorRows)

    class Meta:
        verbose_name = verbose_name_plural = "专业"
        ordering = ("-is_offered", "code")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "directory_version", "code"],
                name="school_major_code",
                violation_error_message="这个目录版本已有这个代码的专业。",
            )
        ]

    def __str__(self) -> str:
        return self.name
