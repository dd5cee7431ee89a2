"""What is counted about staff."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q

from zhixing.kernel.indicators import Count, Ratio, indicator

from .choices import QualificationKind, TeachingKind, TitleLevel
from .models import Qualification, StaffMember

BY = ("department__name",)


@indicator(
    "专任教师人数",
    unit="人",
    by=BY,
    target=60,
    basis="设置标准第七条：专任教师不少于 60 人",
    opens="staff.staffmember.list?kind=1",
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
    basis="设置标准第七条：高级专业技术职务人数不低于本校专任教师总数的 20%",
    opens="staff.staffmember.list?kind=1",
)
def senior_title_rate(on: date) -> Ratio:
    senior = Q(title_level__in=[TitleLevel.FULL_SENIOR, TitleLevel.SENIOR])
    return Ratio(of=StaffMember.objects.teaching(), part=senior)


@indicator(
    "专业课教师占专任教师比例",
    unit="%",
    by=BY,
    target=50,
    basis="设置标准第七条：专业教师数不低于本校专任教师数的 50%",
    opens="staff.staffmember.list?kind=1",
)
def professional_teacher_rate(on: date) -> Ratio:
    return Ratio(of=StaffMember.objects.teaching(), part=Q(teaching_kind=TeachingKind.PROFESSIONAL))
