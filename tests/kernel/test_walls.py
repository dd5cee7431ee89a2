"""Walls 1 and 2: no read, no write and no reference across tenants, even when the Python side is bypassed."""

import pytest
from django.db import DatabaseError, connection, transaction

from zhixing.kernel.base.tenancy import ScopeMissing, WrongTenant, across_tenants, tenant_scope
from zhixing.kernel.people.models import Unit, User
from zhixing.kernel.people.walls import expected_guards, guard_names

pytestmark = pytest.mark.django_db


@pytest.fixture
def foreign_unit(school, other_school):
    with tenant_scope(other_school.pk):
        return Unit.objects.create(name="乙校教务处", kind="department")


def test_every_guard_stands():
    assert expected_guards() <= guard_names(connection)
    assert len(expected_guards()) > 20


def test_rows_of_another_tenant_are_not_there(school, foreign_unit):
    own = Unit.objects.create(name="甲校教务处", kind="department")
    assert list(Unit.objects.all()) == [own]
    assert not Unit.objects.filter(pk=foreign_unit.pk).exists()


def test_without_a_scope_nothing_is_answered(school, other_school):
    with tenant_scope(other_school.pk):
        assert Unit.objects.count() == 0
    token_free = pytest.raises(ScopeMissing)
    from zhixing.kernel.base import tenancy

    token = tenancy._current.set(None)
    try:
        with token_free:
            Unit.objects.count()
        with pytest.raises(ScopeMissing):
            Unit(name="x", kind="y").save()
    finally:
        tenancy._current.reset(token)


def test_saving_into_another_tenant_is_refused(school, other_school):
    with pytest.raises(WrongTenant):
        Unit.objects.create(tenant=other_school, name="x", kind="y")
    with pytest.raises(WrongTenant):
        Unit.objects.bulk_create([Unit(tenant=other_school, name="x", kind="y")])
    with pytest.raises(WrongTenant):
        Unit.objects.all().update(tenant=other_school)


def test_the_database_refuses_a_foreign_reference(school, foreign_unit):
    with pytest.raises(DatabaseError, match="another tenant"), transaction.atomic():
        Unit.objects.create(name="冒名", kind="department", parent=foreign_unit)
    own = Unit.objects.create(name="甲校教务处", kind="department")
    with pytest.raises(DatabaseError, match="another tenant"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE people_unit SET parent_id = %s WHERE id = %s", [foreign_unit.pk, own.pk])


def test_the_database_refuses_a_change_of_tenant(school, other_school):
    own = Unit.objects.create(name="甲校教务处", kind="department")
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE people_unit SET tenant_id = %s WHERE id = %s", [other_school.pk, own.pk])


def test_platform_work_may_cross_with_a_reason(school, foreign_unit):
    Unit.objects.create(name="甲校教务处", kind="department")
    with across_tenants("test of the door itself"):
        assert Unit.objects.count() == 2
    assert Unit.objects.count() == 1


def test_reach_follows_the_unit_tree(school, make_user):
    top = Unit.objects.create(name="机电部", kind="department")
    below = Unit.objects.create(name="24数控1班", kind="class", parent=top)
    aside = Unit.objects.create(name="财经部", kind="department")
    from zhixing.kernel.people.models import Assignment, Role

    role = Role.objects.create(code="keeper", title="管理员", permissions={"unit": ["people.unit.view"]})
    user = make_user()
    Assignment.objects.create(user=user, role=role, unit=top)
    user = User.objects.get(pk=user.pk)
    assert set(Unit.objects.all().visible_to(user)) == {top, below}
    assert not user.can("view", aside)
    assert not user.holds("people.unit.change")
    with pytest.raises(TypeError):
        user.can("view", None)
