"""Verbs of the school register."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from tests.factories import a_class, a_department, a_major, a_school, a_teacher, a_term
from tests.factories.clock import NOW
from zhixing.domains.school import actions, queries
from zhixing.domains.school.models import ClassGroup, ClassTutorship, Department, Major, School
from zhixing.kernel.base.records import EditConflict
from zhixing.kernel.base.tenancy import tenant_scope
from zhixing.kernel.people.models import Assignment, Unit
from zhixing.kernel.trail.models import AuditEvent

TODAY = NOW.date()


def test_a_school_is_entered_once_with_codes_that_hold(school):
    with pytest.raises(ValidationError) as refused:
        a_school(official_code="123", region_code="42", uscc="124200000000000000")
    assert {"official_code", "region_code", "uscc"} <= set(refused.value.message_dict)
    row = a_school(uscc="12999901000000019K")
    with pytest.raises(ValidationError):
        a_school(official_code="4242000002")
    assert queries.this_school() == row
    assert AuditEvent.objects.about(row).get().changes["name"][1] == "甲职业学校"


def test_two_editors_of_the_same_facts_dont_overwrite_each_other(school, make_user):
    row, user = a_school(), make_user("office_director")
    mine, yours = School.objects.get(), School.objects.get()
    actions.correct_school(mine, {"short_name": "甲职"}, by=user, at=NOW, seen_version=mine.version)
    with pytest.raises(EditConflict, match="刚被别人修改过"):
        actions.correct_school(yours, {"short_name": "乙职"}, by=user, at=NOW, seen_version=yours.version)
    row.refresh_from_db()
    assert row.short_name == "甲职"


def test_a_department_and_its_unit_say_the_same(school, make_user):
    user = make_user("office_director")
    top, other = a_department("机电工程部"), a_department("信息技术部")
    below = a_department("数控教研室", parent=top)
    assert below.unit.path.startswith(top.unit.path)
    with pytest.raises(ValidationError, match="同名"):
        a_department("机电工程部")
    actions.correct_department(
        below, {"name": "数控技术教研室", "parent": other}, by=user, at=NOW, seen_version=below.version
    )
    unit = Unit.objects.get(pk=below.unit_id)
    assert unit.name == "数控技术教研室"
    assert unit.path.startswith(other.unit.path)


def test_a_department_never_moves_below_itself_nor_with_others_under_it(school, make_user):
    user = make_user("office_director")
    top = a_department("机电工程部")
    below = a_department("数控教研室", parent=top)
    with pytest.raises(ValidationError, match="自己的下级"):
        actions.correct_department(top, {"parent": below}, by=user, at=NOW, seen_version=top.version)
    with pytest.raises(ValidationError, match="还有下级"):
        actions.correct_department(top, {"parent": a_department()}, by=user, at=NOW, seen_version=top.version)


def test_a_department_with_running_classes_stays_open(school, make_user):
    user, group = make_user("office_director"), a_class("26数控1班")
    with pytest.raises(ValidationError, match="26数控1班"):
        actions.close_department(group.department, on=TODAY, by=user, at=NOW)
    actions.graduate_class_group(group, on=TODAY, by=user, at=NOW)
    actions.close_department(group.department, on=TODAY, by=user, at=NOW)
    assert not Department.objects.open().exists()


def test_terms_stay_in_their_year_and_apart(school):
    term = a_term()
    year = term.academic_year
    with pytest.raises(ValidationError, match="重叠"):
        actions.add_term(
            {"academic_year": year, "season": "2", "starts_on": date(2027, 1, 10),
             "teaching_starts_on": date(2027, 1, 11), "ends_on": date(2027, 6, 30)},
            by=None, at=NOW,
        )  # fmt: skip
    with pytest.raises(ValidationError, match="之内"):
        actions.add_term(
            {"academic_year": year, "season": "2", "starts_on": date(2027, 2, 20),
             "teaching_starts_on": date(2027, 2, 22), "ends_on": date(2027, 8, 30)},
            by=None, at=NOW,
        )  # fmt: skip
    with pytest.raises(ValidationError, match="前后两年"):
        actions.add_academic_year(
            {"name": "2027-2029", "starts_on": date(2027, 8, 1), "ends_on": date(2028, 7, 1)}, by=None, at=NOW
        )


def test_the_directory_is_loaded_once_with_its_certainty(school):
    first = actions.load_directory_into_school(by=None, at=NOW)
    assert first > 50
    assert actions.load_directory_into_school(by=None, at=NOW) == 0
    major = queries.find_major("710201", "2021")
    assert (major.name, major.field.name, major.certainty) == ("计算机应用", "电子与信息大类", "M-H")
    assert queries.find_major("园艺技术", "2021").is_agricultural


def test_one_code_may_mean_two_majors_in_two_editions_but_not_in_one(school):
    a_major("甲专业", code="090100", directory_version="2010")
    a_major("乙专业", code="090100", directory_version="2021")
    with pytest.raises(ValidationError, match="这个代码"):
        a_major("丙专业", code="090100", directory_version="2021")


def test_a_major_outside_the_directory_needs_a_filing_number(school):
    with pytest.raises(ValidationError, match="文号"):
        a_major("无人机应用", out_of_directory=True)
    assert a_major("无人机应用", out_of_directory=True, filing_no="鄂教职〔2026〕1号").pk


def test_a_class_hangs_under_its_department(school, make_user):
    group = a_class("26计应1班")
    assert group.unit.parent == group.department.unit
    assert group.unit.kind == "class"
    head = make_user("department_head", unit=group.department.unit)
    assert list(ClassGroup.objects.all().visible_to(head, "view")) == [group]


def test_a_change_of_tutor_keeps_history_and_moves_the_rights(school, make_user):
    first, second, user = make_user("teacher"), make_user("teacher"), make_user("registrar")
    group = a_class(tutor=first, tutor_since=date(2026, 9, 1))
    actions.change_tutor(group, tutor=second, since=TODAY, by=user, at=NOW, reason="轮换")
    past, now = ClassTutorship.objects.filter(class_group=group).order_by("starts_on")
    assert (past.tutor, past.ends_on) == (first, TODAY - timedelta(days=1))
    assert (now.tutor, now.ends_on, now.reason) == (second, None, "轮换")
    running = Assignment.objects.filter(unit=group.unit).running(TODAY)
    assert [(held.user, held.role.code) for held in running] == [(second, "class_tutor")]
    assert list(queries.classes_of_tutor(second, TODAY)) == [group]
    assert not queries.classes_of_tutor(first, TODAY)
    assert AuditEvent.objects.about(group).filter(action="tutor").first().changes["tutor"] == [first.name, second.name]


def test_tutors_who_cant_be_are_refused(school, make_user):
    user, tutor = make_user("registrar"), make_user("teacher")
    group = a_class(tutor=tutor, tutor_since=TODAY)
    with pytest.raises(ValidationError, match="已经是"):
        actions.change_tutor(group, tutor=tutor, since=TODAY, by=user, at=NOW)
    with pytest.raises(ValidationError, match="停用"):
        actions.change_tutor(group, tutor=make_user("teacher", is_active=False), since=TODAY, by=user, at=NOW)
    with pytest.raises(ValidationError, match="应晚于"):
        actions.change_tutor(group, tutor=make_user("teacher"), since=TODAY, by=user, at=NOW)
    actions.dissolve_class_group(group, on=TODAY, by=user, at=NOW)
    with pytest.raises(ValidationError, match="已结束"):
        actions.change_tutor(group, tutor=make_user("teacher"), since=TODAY, by=user, at=NOW)


def test_a_row_of_another_school_doesnt_exist_for_us(school, other_school):
    with tenant_scope(other_school.pk):
        theirs = a_major("别校专业")
    with pytest.raises(ValidationError, match="不存在"):
        a_class(major=theirs, department=a_department())
    assert not Major.objects.filter(pk=theirs.pk).exists()


def test_a_teacher_belongs_to_a_post_of_the_school(school):
    post = actions.add_post({"name": "教师", "department": a_department()}, by=None, at=NOW)
    assert a_teacher(post=post).post == post
