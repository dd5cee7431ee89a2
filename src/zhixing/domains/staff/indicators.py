"""What is counted about staff."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from zhixing.kernel.checks.models import Finding, VerificationRun
from zhixing.kernel.indicators import Count, Ratio, indicator

from .choices import Education, Employment, QualificationKind, TeachingKind, TitleLevel
from .models import Qualification, StaffMember

BY = ("department__name",)
UNIT = "department__unit"
THEME = "师资队伍"
TEACHERS = "staff.staffmember.list?kind=1"
STANDARD = "设置标准第七条"
REPORT = "中等职业教育质量年度报告（2016 年编制提纲）1.3 教师队伍"


@indicator(
    "专任教师人数",
    unit="人",
    by=(*BY, "teaching_kind", "title_level"),
    target=60,
    basis=f"{STANDARD}：专任教师不少于 60 人",
    opens=TEACHERS,
    theme=THEME,
    units=UNIT,
    formula="类别为“专任教师”、未离校的教职工人数。",
)
def full_time_teacher_count(on: date) -> Count:
    return Count(of=StaffMember.objects.teaching())


@indicator(
    "双师型教师占专业课教师比例",
    unit="%",
    by=BY,
    target=50,
    basis="国发〔2019〕4号：双师型教师占专业课教师总数超过一半",
    opens="staff.staffmember.list?dual_qualified=1",
    theme=THEME,
    units=UNIT,
    formula="持有有效“双师型教师认定”的专业课专任教师数 ÷ 专业课专任教师数 × 100%。",
)
def dual_qualified_rate(on: date) -> Ratio:
    teachers = StaffMember.objects.teaching().filter(teaching_kind=TeachingKind.PROFESSIONAL)
    valid = Qualification.objects.filter(kind=QualificationKind.DUAL_QUALIFIED, staff=OuterRef("pk")).valid(on)
    return Ratio(of=teachers, part=Q(Exists(valid)))


@indicator(
    "高级职称教师占比",
    unit="%",
    by=BY,
    target=20,
    basis=f"{STANDARD}：高级专业技术职务人数不低于本校专任教师总数的 20%",
    opens=TEACHERS,
    theme=THEME,
    units=UNIT,
    formula="职称等级为正高级、副高级的专任教师数 ÷ 专任教师数 × 100%。",
)
def senior_title_rate(on: date) -> Ratio:
    senior = Q(title_level__in=[TitleLevel.FULL_SENIOR, TitleLevel.SENIOR])
    return Ratio(of=StaffMember.objects.teaching(), part=senior)


@indicator(
    "专业课教师占专任教师比例",
    unit="%",
    by=BY,
    target=50,
    basis=f"{STANDARD}：专业教师数不低于本校专任教师数的 50%",
    opens=TEACHERS,
    theme=THEME,
    units=UNIT,
    formula="任教类别为“专业课教师”的专任教师数 ÷ 专任教师数 × 100%。",
)
def professional_teacher_rate(on: date) -> Ratio:
    return Ratio(of=StaffMember.objects.teaching(), part=Q(teaching_kind=TeachingKind.PROFESSIONAL))


@indicator(
    "教师资格证持证率",
    unit="%",
    by=BY,
    target=100,
    basis="《教师法》第十条：国家实行教师资格制度",
    opens=TEACHERS,
    theme=THEME,
    units=UNIT,
    formula="登记了有效教师资格证的专任教师数 ÷ 专任教师数 × 100%。",
)
def licensed_teacher_rate(on: date) -> Ratio:
    valid = Qualification.objects.filter(kind=QualificationKind.TEACHER, staff=OuterRef("pk")).valid(on)
    return Ratio(of=StaffMember.objects.teaching(), part=Q(Exists(valid)))


@indicator(
    "专任教师本科以上学历比例",
    unit="%",
    by=BY,
    basis=REPORT,
    opens=TEACHERS,
    theme=THEME,
    units=UNIT,
    formula="学历为本科、硕士、博士的专任教师数 ÷ 专任教师数 × 100%；学历未填的计入分母。",
)
def graduate_teacher_rate(on: date) -> Ratio:
    high = Q(education__in=[Education.DOCTOR, Education.MASTER, Education.BACHELOR])
    return Ratio(of=StaffMember.objects.teaching(), part=high)


@indicator(
    "专任教师硕士以上学历比例",
    unit="%",
    by=BY,
    basis=REPORT,
    opens=TEACHERS,
    theme=THEME,
    units=UNIT,
    formula="学历为硕士、博士的专任教师数 ÷ 专任教师数 × 100%；学历未填的计入分母。",
)
def master_teacher_rate(on: date) -> Ratio:
    high = Q(education__in=[Education.DOCTOR, Education.MASTER])
    return Ratio(of=StaffMember.objects.teaching(), part=high)


@indicator(
    "兼职教师比例",
    unit="%",
    by=BY,
    basis=REPORT,
    opens="staff.staffmember.list?employment=part_time",
    theme=THEME,
    units=UNIT,
    formula="兼职教师数（类别或用人方式为“兼职”）÷（专任教师数＋兼职教师数）× 100%。",
)
def part_time_teacher_rate(on: date) -> Ratio:
    part_time = Q(kind="7") | Q(employment=Employment.PART_TIME, teaching_kind__gt="")
    return Ratio(of=StaffMember.objects.serving().filter(Q(kind="1") | part_time), part=part_time)


@indicator(
    "教职工信息完整率",
    unit="%",
    by=BY,
    target=100,
    basis="教职工登记表必填项（本校管理要求）",
    opens="staff.staffmember.list",
    theme="数据质量",
    units=UNIT,
    formula="性别、出生日期、身份证件号、电话、学历、到校日期都已登记的在岗教职工数 ÷ 在岗教职工数 × 100%。",
)
def staff_complete_rate(on: date) -> Ratio:
    complete = Q(
        sex__gt="", birth_date__isnull=False, id_number_index__isnull=False, phone_index__isnull=False,
        education__gt="", joined_date__isnull=False,
    )  # fmt: skip
    return Ratio(of=StaffMember.objects.serving(), part=complete)


@indicator(
    "教职工数据准确率",
    unit="%",
    by=BY,
    target=98,
    basis="T12 数据管理：一数一源、准确可用（目标为本校管理要求）",
    opens="staff.staffmember.list",
    theme="数据质量",
    units=UNIT,
    formula="没有“错误”级未了结问题的在岗教职工数 ÷ 在岗教职工数 × 100%；从未核查过时没有数值。",
)
def staff_accuracy_rate(on: date) -> Ratio:
    return Ratio(of=_verified(StaffMember.objects.serving()), part=~Q(uid__in=_faults()))


def _faults() -> Any:
    """Who has an open error: as a list, because SQLite may walk all findings again for each row of a subquery."""
    open_errors = Finding.objects.open().filter(severity="error", object_type=StaffMember._meta.label_lower)
    return open_errors.values("object_uid")


def _verified(rows: Any) -> Any:
    """The rows, or none where nobody has looked at them yet: an unlooked-at register is not an accurate one."""
    run = VerificationRun.objects.filter(subject=StaffMember._meta.label_lower)
    return rows.filter(Exists(run))
