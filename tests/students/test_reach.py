"""Who sees which students: the door by role."""

from __future__ import annotations

import pytest

from tests.factories import a_class, a_guardian, a_student, a_teacher
from tests.factories.clock import NOW
from zhixing.domains.students import actions
from zhixing.domains.students.models import Guardian, StatusEntry, Student
from zhixing.kernel.base.tenancy import tenant_scope


@pytest.fixture
def classes(school):
    """Two classes of two departments with one student each."""
    one, two = a_class(), a_class()
    return one, two, a_student("张一", class_group=one), a_student("李二", class_group=two)


def seen(user, action="view", model=Student):
    return set(model.objects.all().visible_to(user, action))


def test_the_registrar_sees_all_of_this_school_and_none_of_another(classes, make_user, other_school):
    *_, one, two = classes
    with tenant_scope(other_school.pk):
        a_student("别校生")
    user = make_user("registrar")
    assert seen(user) == seen(user, "change") == seen(user, "reveal") == {one, two}


def test_a_tutor_sees_and_corrects_the_own_class_only(classes, make_user):
    group, _, one, _ = classes
    tutor = make_user("class_tutor", unit=group.unit)
    assert seen(tutor) == seen(tutor, "change") == {one}
    assert seen(tutor, "reveal") == seen(tutor, "export") == seen(tutor, "delete") == set()


def test_a_department_head_sees_the_classes_below(classes, make_user):
    group, _, one, _ = classes
    head = make_user("department_head", unit=group.department.unit)
    assert seen(head) == {one}
    assert seen(head, "change") == set()


def test_a_guardian_sees_the_own_child_with_family_and_history(classes, make_user):
    *_, one, two = classes
    father = a_guardian(one)
    a_guardian(two, "李父")
    user = actions.open_guardian_account(father, by=None, at=NOW)
    assert seen(user) == {one}
    assert seen(user, model=Guardian) == {father}
    assert {entry.student for entry in seen(user, model=StatusEntry)} == {one}
    assert seen(user, "change") == seen(user, "reveal") == set()


def test_a_student_sees_only_himself(classes):
    *_, one, _ = classes
    user = actions.open_student_account(one, by=None, at=NOW)
    assert seen(user) == {one}
    assert seen(user, "change") == set()


@pytest.mark.parametrize(
    "role", ["system_admin", "security_admin", "audit_admin", "enterprise_mentor", "platform_operator"]
)
def test_these_see_no_students_at_all(classes, make_user, role):
    assert seen(make_user(role)) == set()


def test_two_guardians_of_one_child_dont_double_it(classes):
    *_, one, _ = classes
    users = [
        actions.open_guardian_account(a_guardian(one, name, phone=phone), by=None, at=NOW)
        for name, phone in (("张父", "13800000001"), ("张母", "13800000002"))
    ]
    for user in users:
        assert list(Student.objects.all().visible_to(user, "view")) == [one]


def test_a_teacher_of_another_class_sees_nothing(classes, make_user):
    assert seen(make_user("teacher", unit=a_teacher().department.unit)) == set()
