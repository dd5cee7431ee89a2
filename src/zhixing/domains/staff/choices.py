"""Words of the staff register that several rooms use."""

from __future__ import annotations

from django.db import models


class Sex(models.TextChoices):
    """Kept as the national tables write them, so that rosters read the column as it is."""

    MALE = "男", "男"
    FEMALE = "女", "女"


class StaffStatus(models.TextChoices):
    WORKING = "working", "在岗"
    AWAY = "away", "离岗（借调、长假）"
    LEFT = "left", "已离职"
    RETIRED = "retired", "已退休"


GONE = (StaffStatus.LEFT, StaffStatus.RETIRED)


class StaffKind(models.TextChoices):
    """The numbers are those of the national code of staff kinds."""

    TEACHER = "1", "专任教师"
    ADMINISTRATION = "2", "行政人员"
    TEACHING_AID = "3", "教辅人员"
    WORKER = "4", "工勤人员"
    ENTERPRISE = "5", "校办企业职工"
    STAND_IN = "6", "代课教师"
    PART_TIME = "7", "兼职教师"
    OTHER = "9", "其他"


class Employment(models.TextChoices):
    ESTABLISHED = "established", "在编"
    CONTRACT = "contract", "合同聘用"
    DISPATCHED = "dispatched", "劳务派遣"
    PART_TIME = "part_time", "兼职"


class TeachingKind(models.TextChoices):
    PROFESSIONAL = "professional", "专业课教师"
    GENERAL = "general", "公共基础课教师"
    PRACTICE = "practice", "实习指导教师"


class TitleLevel(models.TextChoices):
    FULL_SENIOR = "full_senior", "正高级"
    SENIOR = "senior", "副高级"
    MIDDLE = "middle", "中级"
    JUNIOR = "junior", "初级"


class Education(models.TextChoices):
    DOCTOR = "doctor", "博士研究生"
    MASTER = "master", "硕士研究生"
    BACHELOR = "bachelor", "本科"
    COLLEGE = "college", "专科"
    SECONDARY = "secondary", "中专（中职）及以下"


class QualificationKind(models.TextChoices):
    TEACHER = "teacher", "教师资格证"
    DUAL_QUALIFIED = "dual_qualified", "双师型教师认定"
    SKILL = "skill", "职业技能等级证书"
    PROFESSION = "profession", "职业（执业）资格证书"
    OTHER = "other", "其他证书"
