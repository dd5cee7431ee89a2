"""Each check of the student register: one offender, one clean row; and the figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.factories import a_class, a_guardian, a_major, a_student, a_teacher, an_id_number
from tests.factories.clock import NOW
from zhixing.domains.school.actions import graduate_class_group
from zhixing.domains.students import actions, checks, indicators
from zhixing.domains.students.models import Student

TODAY = date.today()


def test_class_missing(school):
    a_student()
    lost = a_student()
    Student.objects.filter(pk=lost.pk).update(class_group=None)
    assert list(checks.class_missing.run()) == [lost]


def test_class_is_over(school, make_user):
    a_student()
    left = a_student()
    graduate_class_group(left.class_group, on=date(2026, 7, 1), by=make_user("registrar"), at=NOW)
    assert list(checks.class_is_over.run()) == [left]


def test_guardian_missing_and_guardian_phone_missing(school):
    clean, alone, silent = a_student(), a_student(), a_student()
    a_guardian(clean)
    a_guardian(silent, phone="")
    a_guardian(alone, "张叔", is_guardian=False)
    assert list(checks.guardian_missing.run()) == [alone]
    assert list(checks.guardian_phone_missing.run()) == [silent]


def test_major_differs_from_class(school):
    a_student()
    astray = a_student()
    Student.objects.filter(pk=astray.pk).update(major=a_major("电子商务"))
    assert list(checks.major_differs_from_class.run()) == [astray]


def test_national_number_missing(school):
    a_student(national_student_no="G" + an_id_number())
    without = a_student()
    assert list(checks.national_number_missing.run()) == [without]
    assert indicators.registered_rate.measure(TODAY).value() == Decimal("50.0")


def test_left_but_account_open(school, make_user):
    clean, loose = a_student(), a_student()
    for row in (clean, loose):
        actions.open_student_account(row, by=None, at=NOW)
    Student.objects.filter(pk=loose.pk).update(status="withdrawn")
    assert list(checks.left_but_account_open.run()) == [loose]


def test_figures(school):
    group = a_class()
    for number in range(3):
        a_student(f"生{number}", class_group=group, attendance_kind="走读" if number else "住校")
    a_student("休学生", class_group=group, status="suspended")
    a_teacher()
    assert indicators.active_student_count.measure(TODAY).value() == 3
    assert indicators.active_student_count.measure(TODAY).by("class_group__department__name") == {
        group.department.name: Decimal(3)
    }
    assert indicators.student_class_ratio.measure(TODAY).value() == Decimal("3.0")
    assert indicators.student_teacher_ratio.measure(TODAY).value() == Decimal("3.0")
    assert indicators.boarder_rate.measure(TODAY).value() == Decimal("33.3")
    assert indicators.suspended_student_count.measure(TODAY).value() == 1
