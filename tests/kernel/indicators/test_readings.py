"""Readings are kept by day and unit; a frozen one never changes; what can't be read again says so."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.kernel.indicators.conftest import CODE, declared
from zhixing.domains.school.models import ClassGroup
from zhixing.kernel.base.tenancy import tenant_scope
from zhixing.kernel.indicators.models import Period, Reading
from zhixing.kernel.indicators.readings import (
    NotReadable,
    freeze,
    read,
    read_all,
    read_with_units,
    readings_of,
    trend,
    trends,
)
from zhixing.kernel.indicators.standings import standing, standings
from zhixing.kernel.trail.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


def values(found):
    return {
        reading.unit.name if reading.unit else "": (reading.value, reading.part, reading.whole) for reading in found
    }


def test_units_are_kept_with_all_below_them(classes, one, today):
    found = values(read_with_units(one, today))
    assert found == {
        "": (Decimal("66.7"), 2, 3), "机电部": (100, 1, 1), "数控组": (100, 1, 1), "财经部": (50, 1, 2),
    }  # fmt: skip
    assert Reading.objects.count() == 4


def test_the_last_reading_of_a_day_wins(classes, one, today):
    read_with_units(one, today)
    ClassGroup.objects.filter(pk=classes[2].pk).delete()
    again = values(read_with_units(one, today))
    assert again[""] == (100, 2, 2)
    assert Reading.objects.count() == 4
    ClassGroup.objects.filter(pk=classes[1].pk).delete()
    read_with_units(one, today)
    assert not Reading.objects.filter(unit__name="财经部").exists()


def test_a_unit_reads_the_same_alone(classes, one, departments, today):
    read_with_units(one, today)
    kept = Reading.objects.get(unit=departments[0].unit)
    assert read(one, today, departments[0].unit) == kept
    with pytest.raises(NotReadable, match="不分部门"):
        read(declared(), today, departments[0].unit)


def test_a_past_day_is_not_made_up(classes, one, today):
    with pytest.raises(NotReadable, match="台账不保留历史"):
        read(one, today - timedelta(days=1))
    with pytest.raises(NotReadable, match="还没有到"):
        read(one, today + timedelta(days=1))
    assert read(declared(historic=True), today - timedelta(days=1)).on == today - timedelta(days=1)


def test_units_cost_no_more_questions(classes, one, today):
    read_with_units(one, today)
    with CaptureQueriesContext(connection) as asked:
        read_with_units(one, today)
    assert len(asked) <= 14


def test_freezing_fixes_readings_for_a_record(classes, one, departments, make_user, today):
    boss, now = make_user("principal"), timezone.now()
    fixed = freeze(
        [CODE], today, departments[0], by=boss, at=now, period="stage", label="全面实施", units=[departments[1].unit]
    )
    assert [(row.unit, row.value) for row in fixed] == [(None, Decimal("66.7")), (departments[1].unit, 50)]
    assert list(readings_of(departments[0])) == fixed
    assert {row.target for row in fixed} == {100}
    assert AuditEvent.objects.filter(action="freeze", object_uid=departments[0].uid).exists()
    ClassGroup.objects.update(tutor=None)
    again = freeze(
        [CODE], today, departments[0], by=boss, at=now, period="stage", label="全面实施", units=[departments[1].unit]
    )
    assert [row.pk for row in again] == [row.pk for row in fixed]
    assert read(one, today).value == 0
    assert [row.value for row in readings_of(departments[0])][0] == Decimal("66.7")


def test_freezing_a_past_day_takes_what_was_kept_or_nothing(classes, one, departments, make_user, today):
    boss, now, before = make_user("principal"), timezone.now(), today - timedelta(days=3)
    with pytest.raises(NotReadable, match=one.title):
        freeze([CODE], before, departments[0], by=boss, at=now)
    assert not Reading.objects.frozen().exists()
    Reading.objects.create(indicator=CODE, on=before, value=88, part=8, whole=9)
    assert freeze([CODE], before, departments[0], by=boss, at=now)[0].value == 88
    with pytest.raises(NotReadable, match=r"没有代码为“no\.such”"):
        freeze(["no.such"], today, by=boss, at=now)


@pytest.mark.parametrize(
    "change", [{"value": 1}, {"part": 1}, {"on": date(2001, 1, 1)}, {"label": "x"}, {"frozen_at": None}]
)
def test_the_database_keeps_a_frozen_reading(classes, make_user, today, change):
    freeze([CODE], today, by=make_user("principal"), at=timezone.now(), period=Period.MONTH, label="2019-03")
    row = Reading.objects.frozen().get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Reading.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reading.objects.filter(pk=row.pk).delete()


def test_a_period_is_frozen(school, today):
    with pytest.raises(IntegrityError), transaction.atomic():
        Reading.objects.create(indicator=CODE, on=today, value=1, period=Period.TERM)


def test_standings_read_and_never_count(classes, one, today, departments):
    assert standing(CODE, today).value is None
    Reading.objects.create(indicator=CODE, on=today - timedelta(days=2), value=90, part=9, whole=10)
    read_all(today)
    with CaptureQueriesContext(connection) as asked:
        every = standings([CODE, "students.student_teacher_ratio"], today)
    assert len(asked) == 3
    found = every[CODE]
    assert (found.value, found.lamp, found.target) == (Decimal("66.7"), "red", 100)
    assert found.change == pytest.approx(66.7 - 90)
    assert trend(CODE) == [(today - timedelta(days=2), 90), (today, Decimal("66.7"))]
    assert trends([CODE], today)[CODE] == [(today, Decimal("66.7"))]
    assert standing(CODE, today, departments[1].unit).value == 50
    assert standing(CODE, today - timedelta(days=1)).value == 90


def test_frozen_readings_are_no_part_of_a_trend(classes, make_user, today):
    freeze([CODE], today, by=make_user("principal"), at=timezone.now())
    assert len(trend(CODE)) == 1


def test_another_school_has_its_own(classes, other_school, one, today):
    read(one, today)
    with tenant_scope(other_school.pk):
        assert not Reading.objects.exists()
        assert read(one, today).value is None


def test_the_daily_job_reads_all(classes, today):
    from zhixing.kernel.jobs.models import Job
    from zhixing.kernel.jobs.queue import enqueue
    from zhixing.kernel.jobs.worker import run_pending

    enqueue("indicators.read_all", "读取指标", by=None)
    run_pending()
    assert Job.objects.get(kind="indicators.read_all").state == "done"
    assert Reading.objects.filter(indicator=CODE, unit=None, on=today).count() == 1


def test_a_month_that_is_over_is_fixed_once(classes, departments, today):
    from zhixing.kernel.indicators.readings import freeze_period

    place = departments[1].unit
    for day, value in ((10, 80), (28, 90)):
        Reading.objects.create(indicator=CODE, on=date(2019, 3, day), value=value, part=9, whole=10)
        Reading.objects.create(indicator=CODE, on=date(2019, 3, day), unit=place, value=value - 5, part=9, whole=10)
    Reading.objects.create(indicator=CODE, on=date(2019, 4, 1), value=1, part=1, whole=10)
    month = {"period": Period.MONTH, "label": "2019年3月", "at": timezone.now()}
    assert freeze_period(date(2019, 3, 1), date(2019, 3, 31), **month) == 2
    assert freeze_period(date(2019, 3, 1), date(2019, 3, 31), **month) == 0
    found = {row.unit_id: (row.on.day, row.value, row.target) for row in Reading.objects.frozen()}
    assert found == {None: (28, 90, 100), place.pk: (28, 85, 100)}


def test_a_term_that_has_ended_is_fixed_for_its_record(classes, today):
    from zhixing.domains.school.models import AcademicYear, Term
    from zhixing.kernel.jobs.models import Job
    from zhixing.kernel.jobs.queue import enqueue
    from zhixing.kernel.jobs.worker import run_pending

    end = today - timedelta(days=2)
    year = AcademicYear.objects.create(name="2018-2019", starts_on=end - timedelta(days=200), ends_on=today)
    term = Term.objects.create(
        academic_year=year, season="1", starts_on=end - timedelta(days=100), ends_on=end,
        teaching_starts_on=end - timedelta(days=99),
    )  # fmt: skip
    Reading.objects.create(indicator=CODE, on=end - timedelta(days=1), value=90, part=9, whole=10)
    Reading.objects.create(indicator=CODE, on=end + timedelta(days=1), value=10, part=1, whole=10)
    enqueue("school.freeze_terms", "冻结", by=None)
    run_pending()
    assert Job.objects.get(kind="school.freeze_terms").state == "done"
    assert [(row.value, row.label, row.period) for row in readings_of(term)] == [(90, str(term), "term")]
