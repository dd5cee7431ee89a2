"""Each check of the staff register: one offender, one clean row; and the figures."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from tests.factories import a_teacher, an_id_number
from tests.factories.clock import NOW
from zhixing.domains.staff import actions, checks, indicators
from zhixing.domains.staff.models import StaffMember

TODAY = date.today()


def a_certificate(staff, **values):
    facts = {
        "staff": staff,
        "kind": "dual_qualified",
        "name": "双师型教师（中级）",
        "issued_date": date(2020, 6, 1),
        **values,
    }
    return actions.add_qualification(facts, by=None, at=NOW)


def test_certificate_expired(school):
    row = a_teacher()
    a_certificate(row, expires_date=TODAY + timedelta(days=1))
    late = a_certificate(row, expires_date=TODAY - timedelta(days=1))
    a_certificate(row, expires_date=TODAY - timedelta(days=1), revoked_date=TODAY)
    assert list(checks.certificate_expired.run()) == [late]


def test_left_but_account_open(school, make_user):
    clean, loose = a_teacher(with_account=True), a_teacher(with_account=True)
    for row in (clean, loose):
        actions.leave(row, on=TODAY - timedelta(days=3), successor=None, by=make_user("office_director"), at=NOW)
    loose.user.is_active, loose.user.leaves_on = True, None
    loose.user.save()
    assert list(checks.left_but_account_open.run()) == [loose]


def test_teacher_certificate_missing_and_the_like(school):
    row, holder = a_teacher(), a_teacher(teaching_kind="professional", id_number=an_id_number(sex="女"))
    a_certificate(holder, kind="teacher", name="中等职业学校教师资格")
    assert list(checks.teacher_certificate_missing.run()) == [row]
    assert list(checks.id_number_missing.run()) == [row]
    assert list(checks.teaching_major_missing.run()) == [holder]


def test_figures_count_only_valid_certificates_of_people_in_service(school):
    holders = [a_teacher(teaching_kind="professional", title_level="senior") for _ in range(4)]
    a_certificate(holders[0])
    a_certificate(holders[1], expires_date=date(2021, 1, 1))
    assert indicators.dual_qualified_rate.measure(TODAY).value() == Decimal("25.0")
    assert indicators.senior_title_rate.measure(TODAY).value() == Decimal("100.0")
    assert indicators.full_time_teacher_count.measure(TODAY).value() == 4
    assert list(StaffMember.objects.all().dual_qualified(TODAY)) == [holders[0]]
    by = indicators.professional_teacher_rate.measure(TODAY).by("department__name")
    assert set(by.values()) == {Decimal("100.0")}
