"""Verbs of the staff register; above all: nobody leaves with something in hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from tests.factories import a_class, a_department, a_teacher, an_id_number
from tests.factories.clock import NOW
from zhixing.domains.staff import actions
from zhixing.domains.staff.models import Appointment, StaffMember
from zhixing.domains.staff.queries import open_duties
from zhixing.kernel.base.records import EditConflict
from zhixing.kernel.base.tenancy import tenant_scope
from zhixing.kernel.checks.models import Finding, Stage
from zhixing.kernel.people.models import Assignment, Role, User

TODAY = NOW.date()


def a_finding(owner):
    return Finding.objects.create(
        rule="students.class_missing", severity="error", title="没有班级", message="没有班级",
        object_type="students.student",
        object_uid=owner.uid, object_label="张三", fingerprint=str(owner.uid), found_at=NOW, seen_at=NOW,
        stage=Stage.RECTIFYING, owner=owner, due_date=TODAY + timedelta(days=5),
    )  # fmt: skip


def test_employing_gives_an_account_and_a_first_appointment(school):
    row = a_teacher("曾晓燕", with_account=True, phone="13800002222")
    assert row.name_keys == "zengxiaoyan zxy"
    assert row.user.account == row.staff_no
    assert row.user.unit == row.department.unit
    assert str(row.user.phone) == str(row.phone) == "138****2222"
    assert Appointment.objects.get(staff=row).starts_on == date(2020, 9, 1)


def test_one_number_one_person_within_a_school_only(school, other_school):
    number = an_id_number(sex="女")
    with tenant_scope(other_school.pk):
        a_teacher("甲", id_number=number, staff_no="T1")
    a_teacher("乙", id_number=number, staff_no="T1")
    with pytest.raises(ValidationError) as refused:
        a_teacher("丙", id_number=number)
    assert refused.value.message_dict == {"id_number": ["本校已有这个身份证件号的教职工。"]}
    with pytest.raises(ValidationError) as refused:
        a_teacher("丁", staff_no="T1")
    assert "staff_no" in refused.value.message_dict


def test_numbers_that_cant_be_right_are_refused_by_field(school):
    number = an_id_number(date(1985, 3, 2), "女")
    wrong = number[:17] + ("1" if number[17] != "1" else "2")
    for values, field in (
        ({"id_number": wrong}, "id_number"),
        ({"id_number": "42060619850332123X"}, "id_number"),
        ({"id_number": number, "sex": "男"}, "sex"),
        ({"id_number": number, "birth_date": date(1985, 3, 3)}, "birth_date"),
    ):
        with pytest.raises(ValidationError) as refused:
            a_teacher(**values)
        assert field in refused.value.message_dict


def test_a_move_leaves_history_and_takes_the_account_along(school, make_user):
    user, row, there = make_user("office_director"), a_teacher(with_account=True), a_department("教务科")
    actions.move(row, department=there, post=None, on=TODAY, by=user, at=NOW)
    before, now = Appointment.objects.filter(staff=row).order_by("starts_on")
    assert before.ends_on == TODAY - timedelta(days=1)
    assert (now.department, now.ends_on) == (there, None)
    assert User.objects.get(pk=row.user_id).unit == there.unit


def test_blank_sealed_values_stay_and_masks_are_refused(school, make_user):
    user, number = make_user("office_director"), an_id_number(sex="女")
    row = a_teacher(id_number=number)
    kept = row.id_number_index
    row = actions.correct_staff_member(row, {"id_number": "", "note": "x"}, by=user, at=NOW, seen_version=row.version)
    assert row.id_number_index == kept
    with pytest.raises(ValidationError, match="掩码"):
        actions.correct_staff_member(
            row, {"id_number": "420***********1234"}, by=user, at=NOW, seen_version=row.version
        )


def test_a_lost_race_is_noticed(school, make_user):
    user = make_user("office_director")
    row = a_teacher()
    mine, yours = StaffMember.objects.get(pk=row.pk), StaffMember.objects.get(pk=row.pk)
    actions.correct_staff_member(mine, {"note": "甲"}, by=user, at=NOW, seen_version=1)
    with pytest.raises(EditConflict):
        actions.correct_staff_member(yours, {"note": "乙"}, by=user, at=NOW, seen_version=1)


def test_nobody_leaves_with_something_in_hand(school, make_user):
    user, row = make_user("office_director"), a_teacher("周老师", with_account=True)
    a_class("26数控1班", tutor=row.user, tutor_since=date(2026, 9, 1))
    a_finding(row.user)
    with pytest.raises(actions.DutiesOpen) as refused:
        actions.leave(row, on=TODAY, successor=None, by=user, at=NOW, reason="调离")
    words = "".join(refused.value.messages)
    assert "26数控1班" in words
    assert "未办结的整改问题 1 项" in words
    row.refresh_from_db()
    assert row.status == "working"


def test_a_successor_takes_everything_over_and_the_account_closes_by_itself(school, make_user):
    user, row, heir = make_user("office_director"), a_teacher(with_account=True), a_teacher(with_account=True)
    group, finding = a_class(tutor=row.user, tutor_since=date(2026, 9, 1)), a_finding(row.user)
    Assignment.objects.create(user=row.user, role=Role.objects.get(code="teacher"))
    last_day = TODAY - timedelta(days=1)
    actions.leave(row, on=last_day, successor=heir, by=user, at=NOW, reason="调离")
    finding.refresh_from_db()
    group.refresh_from_db()
    assert finding.owner == group.tutor == heir.user
    assert not open_duties(row.user)
    account = User.objects.get(pk=row.user_id)
    assert (account.is_active, account.leaves_on) == (False, last_day)
    assert not account.grants.held
    assert Appointment.objects.get(staff=row).ends_on == last_day


def test_a_last_day_to_come_leaves_the_account_open_until_then(school, make_user, client_of):
    user, row = make_user("office_director"), a_teacher(with_account=True)
    actions.leave(row, on=TODAY + timedelta(days=7), successor=None, by=user, at=NOW, retires=True)
    account = User.objects.get(pk=row.user_id)
    assert (account.is_active, row.status) == (True, "retired")


@pytest.mark.parametrize("flaw", ["self", "gone", "no account"])
def test_a_successor_who_cant_take_over_is_refused(school, make_user, flaw):
    user, row = make_user("office_director"), a_teacher(with_account=True)
    a_class(tutor=row.user, tutor_since=date(2026, 9, 1))
    heir = {"self": lambda: row, "gone": lambda: a_teacher(), "no account": lambda: a_teacher()}[flaw]()
    if flaw == "gone":
        heir = actions.leave(heir, on=TODAY, successor=None, by=user, at=NOW)
    with pytest.raises(ValidationError) as refused:
        actions.leave(row, on=TODAY, successor=heir, by=user, at=NOW)
    assert "successor" in refused.value.message_dict


def test_a_verifier_doesnt_inherit_what_he_is_to_verify(school, make_user):
    user, row, heir = make_user("office_director"), a_teacher(with_account=True), a_teacher(with_account=True)
    finding = a_finding(row.user)
    Finding.objects.filter(pk=finding.pk).update(verifier=heir.user)
    with pytest.raises(ValidationError, match="复查人"):
        actions.leave(row, on=TODAY, successor=heir, by=user, at=NOW)
