"""Pages of the school register through the client."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import a_class, a_department, a_major, a_school, a_student, a_teacher, a_term
from tests.factories.clock import NOW
from zhixing.domains.school import actions
from zhixing.domains.school.models import AcademicYear, CalendarDay, ClassGroup, Department, Major, Post, School

LISTS = ["campus", "department", "post", "academicyear", "term", "calendarday", "major", "majorfield", "classgroup"]


def text(answer):
    return answer.content.decode()


@pytest.fixture
def office(make_user, client_of):
    return client_of(make_user("office_director"))


def test_the_schools_facts_are_entered_then_shown(school, office):
    address = reverse("school.school.list")
    assert office.get(address).status_code == 200
    values = {
        "name": "甲职业学校",
        "official_code": "4242000001",
        "region_code": "420606",
        "kind": "普通中专",
        "ownership": "public",
    }
    wrong = office.post(reverse("school.school.add"), {**values, "official_code": "1"})
    assert (wrong.status_code, "10 位数字" in text(wrong)) == (422, True)
    assert office.post(reverse("school.school.add"), values).status_code == 302
    shown = office.get(address)
    assert shown.url == reverse("school.school.detail", args=[School.objects.get().uid])
    assert "4242000001" in text(office.get(shown.url))


def an_example_of(name):
    """One record of each list, and what its title is."""
    department = a_department("信息技术部")
    return {
        "campus": lambda: actions.add_campus({"name": "樊城校区"}, by=None, at=NOW),
        "department": lambda: department,
        "post": lambda: actions.add_post({"name": "信息技术部主任", "department": department}, by=None, at=NOW),
        "academicyear": lambda: a_term().academic_year,
        "term": a_term,
        "calendarday": lambda: actions.override_day(
            {"date": date(2026, 11, 20), "is_work_day": False, "reason": "运动会补休"}, by=None, at=NOW
        ),
        "major": a_major,
        "majorfield": lambda: actions.add_field(
            {"code": "71", "name": "电子与信息大类", "directory_version": "2021"}, by=None, at=NOW
        ),
        "classgroup": lambda: a_class("26计应1班", department=department),
    }[name]()  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_every_list_opens_to_its_record_and_every_record_to_its_form(school, office, name):
    row = an_example_of(name)
    assert str(row.uid) in text(office.get(reverse(f"school.{name}.list")))
    assert office.get(reverse(f"school.{name}.detail", args=[row.uid])).status_code == 200
    assert office.get(reverse(f"school.{name}.edit", args=[row.uid])).status_code == 200
    assert office.get(reverse(f"school.{name}.add")).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_who_may_only_look_gets_no_form(school, make_user, client_of, name):
    row, teacher = an_example_of(name), client_of(make_user("teacher"))
    assert teacher.get(reverse(f"school.{name}.list")).status_code == 200
    assert teacher.get(reverse(f"school.{name}.edit", args=[row.uid])).status_code in (403, 404)
    assert teacher.get(reverse(f"school.{name}.add")).status_code == 403


def test_a_department_is_made_and_moved_through_the_form(school, office):
    assert (
        office.post(
            reverse("school.department.add"), {"name": "信息技术部", "kind": "teaching", "position": "1"}
        ).status_code
        == 302
    )
    top = Department.objects.get()
    values = {"name": "软件教研室", "kind": "teaching", "position": "2", "parent": str(top.uid)}
    assert office.post(reverse("school.department.add"), values).status_code == 302
    below = Department.objects.get(name="软件教研室")
    assert below.unit.parent == top.unit
    again = office.post(reverse("school.department.add"), values)
    assert "同名" in text(again)


def test_a_post_a_year_and_an_override_through_their_forms(school, office):
    department = a_department()
    assert (
        office.post(
            reverse("school.post.add"), {"name": "主任", "kind": "management", "department": str(department.uid)}
        ).status_code
        == 302
    )
    assert Post.objects.get().department == department
    year = {"name": "2026-2027", "starts_on": "2026-08-25", "ends_on": "2027-07-15"}
    assert office.post(reverse("school.academicyear.add"), year).status_code == 302
    assert AcademicYear.objects.get().name == "2026-2027"
    assert office.post(reverse("school.academicyear.add"), {**year, "name": "2026"}).status_code == 422
    day = {"date": "2026-11-20", "is_work_day": "on", "reason": "调课"}
    assert office.post(reverse("school.calendarday.add"), day).status_code == 302
    row = CalendarDay.objects.get()
    restored = office.post(reverse("school.calendarday.detail.deed.restore", args=[row.uid]), {"confirmed": "1"})
    assert restored.status_code == 200
    assert not CalendarDay.objects.exists()


def test_a_class_is_opened_and_gets_a_tutor(school, office):
    department = a_department("信息技术部")
    major = a_major(department=department)
    teacher = a_teacher("周老师", department=department, with_account=True)
    values = {"name": "26计应1班", "cohort": "2026", "major": str(major.uid), "department": str(department.uid),
              "study_length": "三年", "capacity": "45"}  # fmt: skip
    assert office.post(reverse("school.classgroup.add"), values).status_code == 302
    row = ClassGroup.objects.get()
    address = reverse("school.classgroup.detail.deed.tutor", args=[row.uid])
    assert "周老师" in text(office.post(address))
    office.post(address, {"confirmed": "1", "tutor": str(teacher.user.uid), "since": "2026-11-01", "reason": "开班"})
    row.refresh_from_db()
    assert row.tutor == teacher.user
    page = text(office.get(reverse("school.classgroup.tab", args=[row.uid, "school.TutorsTab"])))
    assert "周老师" in page
    assert "现任" in page


def test_a_clerk_may_not_appoint_tutors(school, make_user, client_of):
    row = a_class()
    clerk = client_of(make_user("office_clerk"))
    assert clerk.post(reverse("school.classgroup.detail.deed.tutor", args=[row.uid])).status_code in (403, 404)


def test_a_directory_major_is_offered_and_its_certainty_is_shown(school, office):
    actions.load_directory_into_school(by=None, at=NOW)
    major = Major.objects.get(code="710201", directory_version="2021")
    department = a_department("信息技术部")
    page = text(office.get(reverse("school.major.detail", args=[major.uid])))
    assert "依据待核" in page
    office.post(
        reverse("school.major.detail.deed.offer", args=[major.uid]),
        {"confirmed": "1", "department": str(department.uid), "since": "2018"},
    )
    major.refresh_from_db()
    assert (major.is_offered, major.department, major.opened_year) == (True, department, 2018)
    assert "计算机应用" in text(office.get(reverse("school.major.list"), {"is_offered": "1"}))


def test_the_class_page_lists_its_students_and_the_department_its_people(school, office):
    teacher = a_teacher("周老师")
    student = a_student("张三丰", class_group=a_class(department=teacher.department))
    group = student.class_group
    assert "张三丰" in text(
        office.get(reverse("school.classgroup.tab", args=[group.uid, "students.StudentsOfClassTab"]))
    )
    tab = reverse("school.department.tab", args=[group.department.uid, "staff.StaffOfDepartmentTab"])
    assert "周老师" in text(office.get(tab))
    classes = reverse("school.department.tab", args=[group.department.uid, "school.ClassesOfDepartmentTab"])
    assert group.name in text(office.get(classes))


def test_terms_and_weeks_stand_on_the_years_page(school, office):
    year = a_term().academic_year
    page = text(office.get(reverse("school.academicyear.tab", args=[year.uid, "school.TermsTab"])))
    assert "第1周" in page
    assert "秋季学期" in page


@pytest.mark.parametrize("name", ["department", "major", "classgroup", "term"])
def test_lists_cost_the_same_for_one_row_and_four(school, office, name):
    make = {"department": a_department, "major": a_major, "classgroup": a_class, "term": a_term}[name]
    counts = []
    make()
    office.get(reverse(f"school.{name}.list"))
    for rows in (0, 3 if name != "term" else 0):
        for _ in range(rows):
            make()
        with CaptureQueriesContext(connection) as queries:
            assert office.get(reverse(f"school.{name}.list")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_two_editors_of_a_school_meet_the_conflict_page(school, office):
    row = a_school()
    address = reverse("school.school.edit", args=[row.uid])
    values = {
        "name": "甲职",
        "official_code": "4242000001",
        "region_code": "420606",
        "kind": "普通中专",
        "ownership": "public",
    }
    assert office.post(address, {**values, "seen_version": row.version}).status_code == 302
    late = office.post(address, {**values, "name": "乙职", "seen_version": row.version})
    assert late.status_code == 409
    assert "甲职" in text(late)
    assert "乙职" in text(late)
