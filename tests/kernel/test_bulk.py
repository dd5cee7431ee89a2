"""Whole rows written at once are the rows that ``save`` would have written, behind the same walls."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from zhixing.domains.students.models import Guardian, StatusEntry, Student
from zhixing.kernel.base.bulk import PIECE, insert_rows, update_rows
from zhixing.kernel.base.tenancy import ScopeMissing, WrongTenant, across_tenants, tenant_scope
from zhixing.kernel.base.text import pinyin_keys
from zhixing.kernel.people.sealing import open_sealed
from zhixing.kernel.trail.models import AuditEvent
from zhixing.kernel.trail.record import record, record_many
from zhixing.kernel.trail.sealer import seal_pending, verify_chain

pytestmark = pytest.mark.django_db

OWN = {"id", "uid", "created_at", "updated_at", "id_number", "phone"}


def _student(number: int, **facts: Any) -> Student:
    facts = {"name": f"王测{number}", "student_no": f"B{number:05d}", "status_date": date(2026, 9, 1)} | facts
    return Student(
        entry_date=date(2026, 9, 1), id_number=f"42060620100101{number:04d}", extra={"考": [number, None]},
        grant_month_amount="200.00", **facts,
    )  # fmt: skip


def _columns(row: models.Model) -> dict[str, Any]:
    fresh = type(row)._default_manager.get(pk=row.pk)
    return {f.attname: getattr(fresh, f.attname) for f in row._meta.concrete_fields if f.name not in OWN}


def test_a_row_inserted_in_bulk_is_the_row_that_save_writes(school: Any) -> None:
    one, other = _student(1), _student(1, student_no="B00002")
    one.id_number = other.id_number = "420606201001010011"
    one.name_keys = pinyin_keys(one.name)
    insert_rows([one], with_keys=True)
    kept = _columns(one)
    one.delete()
    other.student_no = "B00001"
    other.save()
    assert kept == _columns(other)
    fresh = Student.objects.get(pk=other.pk)
    assert (open_sealed(fresh, "id_number"), fresh.name_keys) == ("420606201001010011", other.name_keys)


def test_many_rows_get_their_own_keys_and_few_statements(school: Any) -> None:
    rows = [_student(number) for number in range(PIECE + 3)]
    insert_rows([_student(99_999)], with_keys=True)  # the data key is made at first use
    with CaptureQueriesContext(connection) as asked:
        insert_rows(rows, with_keys=True)
    assert len({row.pk for row in rows}) == len(rows)
    assert Student.objects.get(pk=rows[PIECE].pk).uid == rows[PIECE].uid
    assert not rows[0]._state.adding
    assert len([each for each in asked if "INSERT" in each["sql"]]) < 80


def test_a_row_of_another_school_or_of_none_is_not_written(school: Any, other_school: Any) -> None:
    with pytest.raises(WrongTenant):
        insert_rows([_student(1), _student(2, tenant=other_school)])
    with pytest.raises(WrongTenant):
        update_rows([_student(2, tenant=other_school, pk=1)], ("name",))
    assert Student.objects.count() == 0


def test_without_a_scope_nothing_is_guessed(db: None) -> None:
    with pytest.raises(ScopeMissing):
        insert_rows([_student(1)])


def test_the_database_s_walls_stand_against_bulk_rows_too(school: Any, other_school: Any) -> None:
    with tenant_scope(other_school.pk):
        theirs = _student(1)
        insert_rows([theirs], with_keys=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows([Guardian(student=theirs, name="张三")])
    assert Guardian.objects.count() == 0


def test_a_rival_s_number_undoes_all_rows(school: Any) -> None:
    insert_rows([_student(7)])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows([*(_student(number) for number in range(100, 100 + PIECE)), _student(7)])
    assert Student.objects.count() == 1


def test_each_row_is_updated_with_its_own_values_within_its_tenant(school: Any, other_school: Any) -> None:
    rows = [_student(number) for number in range(3)]
    insert_rows(rows, with_keys=True)
    for row in rows:
        row.note, row.phone = f"记{row.student_no}", f"1390000000{row.student_no[-1]}"
    before = Student.objects.get(pk=rows[0].pk).updated_at
    assert update_rows(rows, ("note", "phone", "phone_index")) == 3
    fresh = {row.pk: row for row in Student.objects.all()}
    for row in rows:
        assert (fresh[row.pk].note, open_sealed(fresh[row.pk], "phone")) == (
            row.note,
            f"1390000000{row.student_no[-1]}",
        )
        assert fresh[row.pk].phone_index == row.phone_index
    assert fresh[rows[0].pk].updated_at > before
    stranger = _student(9, pk=rows[0].pk, tenant=other_school)
    with tenant_scope(other_school.pk):
        assert update_rows([stranger], ("name",)) == 0
    assert Student.objects.get(pk=rows[0].pk).name == rows[0].name


def test_many_events_are_what_one_by_one_they_would_be(school: Any, make_user: Any) -> None:
    by, at = make_user("registrar"), timezone.now()
    rows = [_student(number) for number in range(30)]
    insert_rows(rows, with_keys=True)
    told = {"name": [None, "王测"]}
    single = record(action="enrol", by=by, at=at, on=rows[0], changes=told, reason="单条")
    record_many(((row, told) for row in rows), action="enrol", by=by, at=at, reason="单条")
    events = list(AuditEvent.objects.filter(action="enrol").order_by("pk"))
    assert [event.object_uid for event in events[1:]] == [row.uid for row in rows]
    kept = [{f.attname: getattr(e, f.attname) for f in e._meta.concrete_fields if f.name != "id"} for e in events[:2]]
    assert kept[0] == kept[1]
    assert single.pk == events[0].pk
    assert seal_pending() >= 31
    events = list(AuditEvent.objects.filter(action="enrol").order_by("pk"))
    assert [event.seq for event in events] == sorted(event.seq for event in events)
    assert verify_chain() == []


def test_history_and_family_of_a_bulk_enrolment_are_whole(school: Any, make_user: Any) -> None:
    from zhixing.domains.students.actions import enrol_students

    by, at = make_user("registrar"), timezone.now()
    rows = [
        {"name": f"李测{n}", "student_no": f"E{n}", "guardians": [{"name": f"李父{n}", "phone": f"1380000{n:04d}"}]}
        for n in range(5)
    ]
    students = enrol_students(rows, by=by, at=at)
    assert [entry.student_id for entry in StatusEntry.objects.order_by("pk")] == [row.pk for row in students]
    assert Guardian.objects.exclude(phone_index=None).count() == 5
    assert AuditEvent.objects.filter(action="enrol", actor=by).count() == 5
    with across_tenants("test"):
        assert set(Guardian.objects.values_list("tenant_id", flat=True)) == {school.pk}
