"""Words of the school register that several rooms use."""

from __future__ import annotations

from django.db import models

from zhixing.kernel.base.certainty import Certainty

CERTAINTIES = [(certainty.value, certainty.label) for certainty in Certainty]


class SchoolKind(models.TextChoices):
    SPECIALISED = "普通中专", "普通中专"
    ADULT = "成人中专", "成人中专"
    VOCATIONAL_HIGH = "职业高中", "职业高中"
    SKILLED_WORKER = "技工学校", "技工学校"
    ADJUSTED = "调整后中职", "调整后中职"


class Ownership(models.TextChoices):
    PUBLIC = "public", "公办"
    PRIVATE = "private", "民办"


class CampusKind(models.TextChoices):
    MAIN = "main", "校本部"
    BRANCH = "branch", "分校区"
    TEACHING_POINT = "teaching_point", "教学点"


class DepartmentKind(models.TextChoices):
    OFFICE = "office", "职能科室"
    TEACHING = "teaching", "教学部门"
    SUPPORT = "support", "教辅部门"


class PostKind(models.TextChoices):
    MANAGEMENT = "management", "管理岗位"
    PROFESSIONAL = "professional", "专业技术岗位"
    WORKER = "worker", "工勤技能岗位"


class Season(models.TextChoices):
    """The numbers are those of the national code of terms."""

    AUTUMN = "1", "秋季学期"
    SPRING = "2", "春季学期"


class ClassStatus(models.TextChoices):
    RUNNING = "running", "在读"
    GRADUATED = "graduated", "已毕业"
    DISSOLVED = "dissolved", "已撤销"


class DirectoryVersion(models.TextChoices):
    """A major's code means nothing without its edition: 2010 and 2021 reuse numbers (DM-032)."""

    Y2021 = "2021", "2021年版"
    Y2010 = "2010", "2010年修订版"
