"""Roles: seeded once, given within one's own rights, the three administrators kept apart by the database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from zhixing.kernel.people.models import Assignment, Role
from zhixing.kernel.people.roles import assign_role, beyond, change_role, end_assignment, furnish_roles, shipped_roles

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
ISSUE_LIST = {
    "principal", "party_secretary", "office_director", "office_clerk", "department_head", "registrar", "class_tutor",
    "teacher", "student", "guardian", "enterprise_mentor", "bureau_inspector", "system_admin", "security_admin",
    "audit_admin", "platform_operator",
}  # fmt: skip


def role(code: str) -> Role:
    return Role.objects.get(code=code)


def test_every_role_of_the_mission_is_shipped(school: Any) -> None:
    assert set(shipped_roles()) == ISSUE_LIST == set(Role.objects.values_list("code", flat=True))


def test_seeding_again_adds_nothing_and_keeps_what_the_school_edited(school: Any) -> None:
    Role.objects.filter(code="teacher").update(title="任课教师", permissions={"own": ["x.y.view"]})
    Role.objects.filter(code="guardian").delete()
    assert furnish_roles(school) == 1
    assert role("teacher").title == "任课教师"
    assert role("teacher").permissions == {"own": ["x.y.view"]}
    assert furnish_roles(school) == 0


def test_whoever_may_reveal_or_export_needs_a_second_factor(school: Any) -> None:
    needing = set(Role.objects.filter(needs_second_factor=True).values_list("code", flat=True))
    assert {*ADMINISTRATORS, "registrar", "principal"} <= needing
    assert not needing & {"student", "guardian", "teacher", "class_tutor", "department_head"}


@pytest.mark.parametrize(
    ("code", "held", "refused"),
    [
        ("registrar", "students.student.reveal", "people.role.change"),
        ("registrar", "students.student.export", "trail.auditevent.verify"),
        ("class_tutor", "students.student.change", "students.student.reveal"),
        ("class_tutor", "people.activationcode.add", "students.student.export"),
        ("principal", "students.student.reveal", "students.student.change"),
        ("system_admin", "people.user.add", "students.student.view"),
        ("security_admin", "people.role.change", "people.user.add"),
        ("security_admin", "people.assignment.add", "students.student.view"),
        ("audit_admin", "trail.auditevent.view", "people.user.view_all"),
        ("audit_admin", "trail.auditevent.verify", "students.student.view"),
        ("bureau_inspector", "students.student.view", "students.student.reveal"),
        ("student", "students.student.view", "students.student.change"),
        ("guardian", "students.student.view", "students.student.export"),
        ("teacher", "students.student.view", "students.student.change"),
        ("platform_operator", "notices.notice.view", "students.student.view"),
    ],
)
def test_least_privilege(make_user: Any, code: str, held: str, refused: str) -> None:
    user = make_user(code)
    assert user.holds(held)
    assert not user.holds(refused)


def test_what_may_only_be_handed_out_opens_nothing(make_user: Any) -> None:
    admin = make_user("system_admin")
    assert admin.grants.may_hand_out("students.student.change")
    assert not admin.holds("students.student.change")


def test_a_role_is_given_with_its_period_and_approver(make_user: Any) -> None:
    admin, teacher = make_user("system_admin"), make_user()
    given = assign_role(user=teacher, role=role("teacher"), by=admin, at=NOW, ends_on=date(2027, 7, 1))
    assert (given.approved_by, given.ends_on) == (admin, date(2027, 7, 1))
    assert teacher.holds("school.classgroup.view")


@pytest.mark.parametrize("code", ["registrar", "principal", "security_admin", "audit_admin", "system_admin"])
def test_the_system_administrator_gives_no_sensitive_role(make_user: Any, code: str) -> None:
    admin, accomplice = make_user("system_admin"), make_user()
    with pytest.raises(PermissionError):
        assign_role(user=accomplice, role=role(code), by=admin, at=NOW)
    assert not Assignment.objects.filter(user=accomplice).exists()


def test_nobody_gives_himself_anything(make_user: Any) -> None:
    for code in ("system_admin", "security_admin", "principal"):
        person = make_user(code)
        with pytest.raises(PermissionError, match="自己"):
            assign_role(user=person, role=role("teacher"), by=person, at=NOW)


def test_no_role_gives_more_than_it_may_hand_out(make_user: Any) -> None:
    """Every role tries to give every role; what succeeds is within its own or its listed rights."""
    target = make_user()
    succeeded: set[tuple[str, str]] = set()
    for giver_code in sorted(ISSUE_LIST):
        giver = make_user(giver_code)
        for code in sorted(ISSUE_LIST):
            try:
                with transaction.atomic():
                    assign_role(user=target, role=role(code), unit=None, by=giver, at=NOW)
                    assert beyond(giver, role(code).permissions) == []
                    succeeded.add((giver_code, code))
                    transaction.set_rollback(True)
            except (PermissionError, ValidationError):
                continue
    givers = {giver for giver, _ in succeeded}
    assert givers == {"principal", "security_admin", "system_admin"}
    assert ("principal", "security_admin") in succeeded
    assert ("security_admin", "registrar") in succeeded
    assert ("security_admin", "audit_admin") not in succeeded
    assert {code for giver, code in succeeded if giver == "system_admin"} <= {
        "teacher", "class_tutor", "student", "guardian", "enterprise_mentor", "department_head", "office_clerk",
        "bureau_inspector", "platform_operator", "party_secretary",
    }  # fmt: skip


def test_nobody_widens_a_role_beyond_what_he_may_hand_out(make_user: Any) -> None:
    keeper, teacher = make_user("security_admin"), role("teacher")
    wider = {**teacher.permissions, "tenant": ["trail.*"]}
    with pytest.raises(PermissionError, match="超出"):
        change_role(role=teacher, permissions=wider, by=keeper, at=NOW, seen_version=teacher.version, reason="试试")
    own = role("security_admin")
    wider = {**own.permissions, "tenant": [*own.permissions["tenant"], "students.*"]}
    with pytest.raises(PermissionError, match="自己"):
        change_role(role=own, permissions=wider, by=keeper, at=NOW, seen_version=own.version, reason="试试")
    with pytest.raises(PermissionError):
        change_role(role=teacher, permissions=wider, by=make_user("registrar"), at=NOW, seen_version=1, reason="试试")


def test_a_role_that_becomes_sensitive_needs_a_second_factor(make_user: Any) -> None:
    keeper, teacher = make_user("security_admin"), role("teacher")
    wider = {**teacher.permissions, "unit": ["people.user.view", "people.user.export"]}
    changed = change_role(
        role=teacher, permissions=wider, by=keeper, at=NOW, seen_version=teacher.version, reason="班级核对"
    )
    assert changed.needs_second_factor
    changed.refresh_from_db()
    assert changed.permissions == wider


@pytest.mark.parametrize("second", ["security_admin", "audit_admin"])
def test_the_database_keeps_the_three_administrators_apart(make_user: Any, second: str) -> None:
    person = make_user("system_admin")
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(user=person, role=role(second))
    with pytest.raises(IntegrityError), transaction.atomic():  # bulk_create skips save() and its column
        Assignment.objects.bulk_create([Assignment(user=person, role=role(second))])
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_assignment SET user_id = %s, exclusive_group = NULL WHERE id = %s",
            [person.pk, Assignment.objects.get(user=make_user(second)).pk],
        )


def test_an_administrator_may_become_another_after_the_first_office_ended(make_user: Any) -> None:
    principal, person = make_user("principal"), make_user("system_admin")
    held = Assignment.objects.get(user=person)
    with pytest.raises(ValidationError, match="兼任"):
        assign_role(user=person, role=role("audit_admin"), by=principal, at=NOW)
    end_assignment(assignment=held, by=principal, at=NOW, reason="调岗")
    assign_role(user=person, role=role("audit_admin"), by=principal, at=NOW, starts_on=NOW.date() + timedelta(days=1))
    assert person.assignments.count() == 2
