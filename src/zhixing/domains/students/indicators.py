"""What is counted about students."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from zhixing.domains.school.models import ClassGroup
from zhixing.domains.staff.models import StaffMember
from zhixing.kernel.indicators import Count, Ratio, indicator

from .models import Student

ON_ROLL = "students.student.list?status=enrolled"
BY_CLASS = ("class_group__department__name", "cohort", "major__name")


@indicator(
    "在读学生数",
    unit="人",
    by=BY_CLASS,
    target=1200,
    basis="设置标准第六条：学历教育在校生不少于 1200 人",
    opens=ON_ROLL,
)
def active_student_count(on: date) -> Count:
    return Count(of=Student.objects.present())


@indicator("平均班额", unit="人/班", better="less", opens="school.classgroup.list?status=running")
def student_class_ratio(on: date) -> Ratio:
    return Ratio(of=Student.objects.present(), per=ClassGroup.objects.running())


@indicator(
    "生师比",
    unit="比 1",
    target=20,
    better="less",
    basis="设置标准第七条：师生比达到 1:20",
    opens="staff.staffmember.list?kind=1",
)
def student_teacher_ratio(on: date) -> Ratio:
    return Ratio(of=Student.objects.present(), per=StaffMember.objects.teaching())


@indicator("学籍号登记率", unit="%", by=BY_CLASS, target=100, basis="教职成〔2014〕12号", opens=ON_ROLL)
def registered_rate(on: date) -> Ratio:
    return Ratio(of=Student.objects.present(), part=Q(national_student_no_index__isnull=False))


@indicator("住校生占比", unit="%", by=BY_CLASS, opens="students.student.list?status=enrolled&attendance_kind=住校")
def boarder_rate(on: date) -> Ratio:
    return Ratio(of=Student.objects.present(), part=Q(attendance_kind="住校"))


@indicator("休学学生数", unit="人", by=BY_CLASS, better="less", opens="students.student.list?status=suspended")
def suspended_student_count(on: date) -> Count:
    return Count(of=Student.objects.filter(status="suspended"))
