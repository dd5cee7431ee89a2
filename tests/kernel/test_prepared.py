"""Prepared questions: compiled once, and still each run sees its own tenant, its own person and its own words only."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from zhixing.kernel.base.prepared import CONTAINED, Prepared, assembled, columns
from zhixing.kernel.base.tenancy import ScopeMissing, across_tenants, tenant_scope
from zhixing.kernel.people.models import Tenant, Unit, User


def names() -> Prepared:
    return Prepared(lambda: Unit.objects.order_by("name").values_list("name"))


@pytest.fixture
def both(school: Any, other_school: Any) -> tuple[Any, Any]:
    """A unit in each of two schools."""
    for tenant, name in ((school, "甲科"), (other_school, "乙科")):
        with tenant_scope(tenant.pk):
            Unit.objects.create(name=name, kind="department")
    return school, other_school


def test_each_run_sees_the_tenant_in_scope(both: tuple[Any, Any]) -> None:
    question, (school, other) = names(), both
    for _ in range(2):
        with tenant_scope(school.pk):
            assert question.rows() == [("甲科",)]
        with tenant_scope(other.pk):
            assert question.rows() == [("乙科",)]


def test_subqueries_are_walled_too(both: tuple[Any, Any]) -> None:
    question = Prepared(lambda: Unit.objects.filter(pk__in=Unit.objects.values("pk")).values_list("name"))
    for tenant, name in zip(both, ("甲科", "乙科"), strict=True):
        with tenant_scope(tenant.pk), CaptureQueriesContext(connection) as seen:
            assert question.rows() == [(name,)]
        assert seen[0]["sql"].count('"tenant_id" =') == 2


@pytest.mark.django_db
def test_without_scope_there_is_no_answer() -> None:
    with pytest.raises(ScopeMissing):
        names().rows()


def test_an_open_scope_is_not_narrowed(both: tuple[Any, Any]) -> None:
    question = names()
    assert question.rows() == [("甲科",)]
    with across_tenants("test"):
        assert {name for (name,) in question.rows()} == {"甲科", "乙科"}
    assert question.rows() == [("甲科",)]


def test_a_question_about_no_tenant_has_to_say_so(both: tuple[Any, Any]) -> None:
    def build() -> Any:
        return Tenant.objects.order_by("code").values_list("code")

    with pytest.raises(ScopeMissing):
        Prepared(build).rows()
    assert Prepared(build, walled=False).rows() == [("xy01",), ("xy02",)]


def test_contained_words_are_only_words(school: Any) -> None:
    for name in ("甲%科", "甲_科", "甲a科", "甲\\科"):
        Unit.objects.create(name=name, kind="department")
    question = Prepared(
        lambda word: Unit.objects.filter(name__icontains=word).order_by("pk").values_list("name"), {"word": CONTAINED}
    )
    for word, found in (("%", ["甲%科"]), ("_", ["甲_科"]), ("A", ["甲a科"]), ("\\", ["甲\\科"]), ("'", [])):
        assert [name for (name,) in question.rows(word=word)] == found, word
        assert [unit.name for unit in Unit.objects.filter(name__icontains=word)] == found, word


def test_contained_words_stand_in_icontains_only(school: Any) -> None:
    question = Prepared(lambda word: Unit.objects.filter(name=word).values_list("name"), {"word": CONTAINED})
    with pytest.raises(ValueError, match="icontains"):
        question.rows(word="甲科")


def test_assembles_what_select_related_would(school: Any, make_user: Any) -> None:
    top = Unit.objects.create(name="本校", kind="school")
    unit = Unit.objects.create(name="教务科", kind="department", parent=top)
    placed, loose = make_user(unit=unit, phone="13812345678"), make_user()
    joins = ("tenant", "unit__parent")
    question = Prepared(
        lambda key: User.objects.filter(pk=key).values_list(*columns(User, joins)), {"key": models.BigIntegerField()}
    )
    for user in (placed, loose):
        plain = User.objects.select_related(*joins).get(pk=user.pk)
        (row,) = question.rows(key=user.pk)
        made = assembled(User, joins, row)
        with CaptureQueriesContext(connection) as seen:
            assert (made, made.tenant, made.unit) == (plain, plain.tenant, plain.unit)
            assert made.unit is None or made.unit.parent == top
        assert len(seen) == 0
        for field in User._meta.concrete_fields:
            assert str(getattr(made, field.attname)) == str(getattr(plain, field.attname)), field.name
        assert not made._state.adding


def test_nobodys_rows_are_no_rows(school: Any) -> None:
    Unit.objects.create(name="甲科", kind="department")
    question = Prepared(lambda: Unit.objects.filter(pk__in=()).values_list("name"))
    assert question.rows() == question.rows() == []


def test_keeps_no_connection(school: Any) -> None:
    """What one thread compiled serves all; the connection of that thread must be free to go."""
    Unit.objects.create(name="甲科", kind="department")
    question = Prepared(lambda: Unit.objects.values_list("uid", "created_at", "closed_on", "name"))
    ((uid, created_at, closed_on, _),) = question.rows()
    unit = Unit.objects.get()
    assert (uid, created_at, closed_on) == (unit.uid, unit.created_at, unit.closed_on)
    (compiled,) = question._compiled.values()
    held = [getattr(one, "__self__", None) for _, several, _ in compiled.converters for one in several]
    assert not any(owner is connection.ops for owner in held)
