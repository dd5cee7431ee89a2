"""One student, with every column of both national layouts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from zhixing.domains.school.choices import DirectoryVersion
from zhixing.domains.school.models import ClassGroup, Major
from zhixing.kernel.base.records import DataClass, Reach, Record, Rows, manager_of
from zhixing.kernel.base.text import pinyin_keys
from zhixing.kernel.files.models import StoredFile
from zhixing.kernel.people.models import User
from zhixing.kernel.people.sealing import BlindIndexField, SealedField

from ..choices import ON_ROLL, Sex, Status

EXTRA_FIELDS = {
    "name_pinyin": "姓名拼音",
    "english_name": "英文姓名",
    "train_interval": "乘火车区间",
    "police_station": "所属派出所",
    "exam_ticket_no": "准考证号",
    "examinee_no": "考生号",
    "exam_score": "考试总分",
    "joint_form": "联招合作办学形式",
    "household_postcode": "户籍邮政编码",
}
"""Columns of the newer national layout that nothing but the layout itself asks for; kept in ``Student.extra``."""


def _code(label: str, length: int = 40, **kwargs: Any) -> Any:
    """A column whose lawful values are a code set (data); kept as the set's own title."""
    return models.CharField(label, max_length=length, blank=True, default=kwargs.pop("default", ""), **kwargs)


class StudentRows(Rows["Student"]):
    def present(self) -> StudentRows:
        """Students who attend now."""
        return self.filter(status=Status.ENROLLED)

    def on_roll(self) -> StudentRows:
        """Students the school answers for, also while registration is pending or they are suspended."""
        return self.filter(status__in=ON_ROLL)


class Student(Record):
    """A student. ``status`` is written by verbs only and always with a StatusEntry.

    Columns with code values hold the title that the national set uses; which values are lawful is data
    (students/data), judged by rules, never by the database, so that a faulty roster can be kept and put right.
    A formal 学籍号 is the letter G and the ID number itself, hence sealed like the number.
    """

    # Who it is.
    user = models.OneToOneField(
        User, models.PROTECT, verbose_name="账号", null=True, blank=True, related_name="+", editable=False
    )
    name = models.CharField("姓名", max_length=60, db_index=True)
    name_keys = models.CharField("姓名检索拼音", max_length=120, blank=True, editable=False)
    former_name = models.CharField("曾用名", max_length=60, blank=True)
    sex = models.CharField("性别", max_length=10, choices=Sex, blank=True)
    birth_date = models.DateField("出生日期", null=True, blank=True)
    document_kind = _code("身份证件类型", default="居民身份证")
    id_number = SealedField("身份证件号", kind="id_number")
    id_number_index = BlindIndexField("身份证件号索引", source="id_number")
    ethnic_group = _code("民族")
    political_status = _code("政治面貌")
    nationality = _code("国籍/地区", default="中国")
    overseas_kind = _code("港澳台侨外")
    marital_status = _code("婚姻状况")
    native_place = models.CharField("籍贯", max_length=60, blank=True)
    photo = models.ForeignKey(
        StoredFile, models.PROTECT, verbose_name="照片", null=True, blank=True, related_name="+", editable=False
    )

    # Where the student stands.
    student_no = models.CharField("学号", max_length=30, blank=True, db_index=True)
    national_student_no = SealedField(
        "学籍号", kind="id_number", help_text="G（正式）、J（无证件）或 L（临时）开头，共 19 位。"
    )
    national_student_no_index = BlindIndexField("学籍号索引", source="national_student_no")
    status = models.CharField("学籍状态", max_length=20, choices=Status, db_index=True, editable=False)
    status_date = models.DateField("状态日期", null=True, blank=True, editable=False)
    class_group = models.ForeignKey(
        ClassGroup, models.PROTECT, verbose_name="班级", null=True, blank=True, related_name="+"
    )
    major = models.ForeignKey(Major, models.PROTECT, verbose_name="专业", null=True, blank=True, related_name="+")
    directory_version = models.CharField("专业目录版本", max_length=10, choices=DirectoryVersion, blank=True)
    cohort = models.PositiveIntegerField("年级", null=True, blank=True, db_index=True)
    entry_date = models.DateField("入学年月", null=True, blank=True)
    study_length = _code("学制", 10)
    study_form = _code("学习形式", default="全日制")
    learner_category = _code("学生类别")
    school_kind = _code("学生类型")
    attendance_kind = _code("就读方式", default="住校")
    dormitory = models.CharField("宿舍", max_length=40, blank=True)
    teaching_point = models.CharField("教学点名称", max_length=100, blank=True)

    # How the student came.
    intake_kind = _code("招生类型")
    admission_target = _code("招生对象")
    admission_way = _code("招生方式")
    entry_way = _code("入学方式")
    learner_source = _code("学生来源")
    origin_kind = _code("生源类别")
    origin_region = models.CharField("生源地行政区划码", max_length=12, blank=True)
    previous_school = models.CharField("毕业学校", max_length=100, blank=True)
    joint_kind = _code("联招合作类型")
    joint_school_code = models.CharField("联招合作学校机构代码", max_length=20, blank=True)
    staged_training = _code("分段培养方式")

    # Where the student lives and how to reach them.
    household_kind = _code("户籍性质")
    household_province = models.CharField("户籍所在省", max_length=40, blank=True)
    household_city = models.CharField("户籍所在市", max_length=40, blank=True)
    household_county = models.CharField("户籍所在区县", max_length=40, blank=True)
    household_address = SealedField("户籍详细地址", kind="address")
    household_region = models.CharField("户口所在地行政区划码", max_length=12, blank=True)
    birth_region = models.CharField("出生地行政区划码", max_length=12, blank=True)
    native_region = models.CharField("籍贯地行政区划码", max_length=12, blank=True)
    home_province = models.CharField("现家庭所在省", max_length=40, blank=True)
    home_city = models.CharField("现家庭所在市", max_length=40, blank=True)
    home_county = models.CharField("现家庭所在区县", max_length=40, blank=True)
    home_address = SealedField("现家庭详细地址", kind="address")
    home_postcode = models.CharField("邮政编码", max_length=10, blank=True)
    home_phone = SealedField("家庭电话", kind="phone")
    residence_kind = _code("居住地类型")
    phone = SealedField("本人电话", kind="phone")
    phone_index = BlindIndexField("本人电话索引", source="phone")
    email = models.CharField("电子信箱", max_length=100, blank=True)

    # What the student needs.
    health = SealedField("健康状况", kind="note")
    health_note = SealedField("健康备注", kind="note")
    disability = SealedField("残疾情况", kind="note")
    is_low_income = models.BooleanField("是否低保", null=True, blank=True)
    is_registered_poor = models.BooleanField("是否建档立卡户", null=True, blank=True)
    is_migrant_child = models.BooleanField("是否随迁子女", null=True, blank=True)
    hardship_level = _code("困难程度")
    receives_grant = models.BooleanField("是否享受国家助学金", null=True, blank=True)
    grant_month_amount = models.DecimalField("月发放标准（元）", max_digits=8, decimal_places=2, null=True, blank=True)
    aid_basis = _code("资助依据")
    bank_card = SealedField("资助卡号", kind="bank_card")
    note = models.CharField("备注", max_length=300, blank=True)
    extra = models.JSONField("其他报送字段", default=dict, blank=True, editable=False)

    reach = Reach(unit="class_group__unit", own="user", ward="guardians__user")
    personal = {
        "name": DataClass.PERSONAL,
        "former_name": DataClass.PERSONAL,
        "sex": DataClass.PERSONAL,
        "birth_date": DataClass.PERSONAL,
        "ethnic_group": DataClass.PERSONAL,
        "political_status": DataClass.PERSONAL,
        "national_student_no": DataClass.SEALED,
        "photo": DataClass.PERSONAL,
        "id_number": DataClass.SEALED,
        "household_address": DataClass.SEALED,
        "home_address": DataClass.SEALED,
        "home_phone": DataClass.SEALED,
        "phone": DataClass.SEALED,
        "email": DataClass.PERSONAL,
        "health": DataClass.SEALED,
        "health_note": DataClass.SEALED,
        "disability": DataClass.SEALED,
        "is_low_income": DataClass.SENSITIVE,
        "is_registered_poor": DataClass.SENSITIVE,
        "hardship_level": DataClass.SENSITIVE,
        "receives_grant": DataClass.SENSITIVE,
        "grant_month_amount": DataClass.SENSITIVE,
        "aid_basis": DataClass.SENSITIVE,
        "bank_card": DataClass.SEALED,
        "extra": DataClass.SENSITIVE,
    }
    objects: ClassVar[Any] = manager_of(StudentRows)

    class Meta:
        verbose_name = verbose_name_plural = "学生"
        ordering = ("class_group__name", "student_no")
        indexes = [
            models.Index(fields=["tenant", "status", "class_group"], name="students_status_class"),
            # Lists sort by class, searches pass over names: both read a narrow index, not rows of ninety columns.
            models.Index(fields=["tenant", "class_group", "student_no"], name="students_in_class"),
            models.Index(fields=["tenant", "name_keys", "name", "student_no"], name="students_names"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "id_number_index"],
                name="students_id_number_in_tenant",
                violation_error_message="本校已有这个身份证件号的学生。",
            ),
            models.UniqueConstraint(
                fields=["tenant", "student_no"],
                condition=~Q(student_no=""),
                name="students_student_no_in_tenant",
                violation_error_message="本校已有这个学号。",
            ),
            models.UniqueConstraint(
                fields=["tenant", "national_student_no_index"],
                name="students_national_no_in_tenant",
                violation_error_message="本校已有这个学籍号。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.student_no}）" if self.student_no else self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_keys = pinyin_keys(self.name)
        if "name" in (kwargs.get("update_fields") or ()):
            kwargs["update_fields"] = {*kwargs["update_fields"], "name_keys"}
        super().save(*args, **kwargs)
