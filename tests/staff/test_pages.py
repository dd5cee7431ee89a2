"""Pages of the staff register through the client."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import a_class, a_department, a_teacher, an_id_number
from tests.factories.clock import NOW
from zhixing.domains.staff import actions
from zhixing.domains.staff.models import Qualification, StaffMember

LIST = "staff.staffmember.list"


def text(answer):
    return answer.content.decode()


@pytest.fixture
def office(make_user, client_of):
    return client_of(make_user("office_director"))


def test_the_list_masks_filters_and_finds(school, office):
    number = an_id_number(sex="女")
    row = a_teacher("周晓红", id_number=number, phone="13912345678", kind="1")
    a_teacher("郑工", kind="4")
    actions.add_qualification(
        {"staff": row, "kind": "dual_qualified", "name": "双师型", "issued_date": date(2020, 1, 1)}, by=None, at=NOW
    )
    page = text(office.get(reverse(LIST)))
    assert "139****5678" in page
    assert number not in page
    for query in ({"q": "zxh"}, {"q": number}, {"q": "13912345678"}, {"dual_qualified": "1"}, {"kind": "1"}):
        found = text(office.get(reverse(LIST), query))
        assert "周晓红" in found, query
        assert "郑工" not in found, query
    assert "周晓红" not in text(office.get(reverse(LIST), {"dual_qualified": "0"}))


def test_employ_edit_and_conflict_through_the_forms(school, office):
    department, number = a_department(), an_id_number(date(1985, 3, 2), "女")
    values = {"staff_no": "T1", "name": "周晓红", "sex": "女", "id_number": number, "birth_date": "1985-03-02",
              "department": str(department.uid), "kind": "1", "employment": "established"}  # fmt: skip
    wrong = office.post(reverse("staff.staffmember.add"), {**values, "sex": "男"})
    assert (wrong.status_code, "不一致" in text(wrong)) == (422, True)
    assert office.post(reverse("staff.staffmember.add"), values).status_code == 302
    row = StaffMember.objects.get()
    address = reverse("staff.staffmember.edit", args=[row.uid])
    changed = {**values, "id_number": "", "title": "讲师", "seen_version": row.version}
    assert office.post(address, changed).status_code == 302
    assert office.post(address, {**changed, "title": "高级讲师"}).status_code == 409
    row.refresh_from_db()
    assert (row.title, str(row.id_number)[:3]) == ("讲师", number[:3])


def test_leaving_lists_what_is_open_and_goes_through_with_a_successor(school, office):
    row, heir = a_teacher("周老师", with_account=True), a_teacher("吴老师", with_account=True)
    group = a_class("26数控1班", tutor=row.user, tutor_since=date(2026, 9, 1))
    assert "26数控1班" in text(office.get(reverse("staff.staffmember.detail", args=[row.uid])))
    address = reverse("staff.staffmember.detail.deed.leave", args=[row.uid])
    today = date.today().isoformat()
    refused = office.post(address, {"confirmed": "1", "on": today, "reason": "调离"})
    assert "26数控1班" in text(refused)
    row.refresh_from_db()
    assert row.status == "working"
    office.post(address, {"confirmed": "1", "on": today, "reason": "调离", "successor": str(heir.uid)})
    row.refresh_from_db()
    group.refresh_from_db()
    assert (row.status, group.tutor) == ("left", heir.user)


def test_certificates_from_the_persons_page(school, office):
    row = a_teacher("周老师")
    address = reverse("staff.staffmember.detail.deed.qualify", args=[row.uid])
    late = (date.today() - timedelta(days=2)).isoformat()
    office.post(
        address,
        {
            "confirmed": "1",
            "kind": "dual_qualified",
            "name": "双师型（中级）",
            "issued_date": "2020-01-01",
            "expires_date": late,
        },
    )
    held = Qualification.objects.get()
    assert held.staff == row
    tab = text(office.get(reverse("staff.staffmember.tab", args=[row.uid, "staff.QualificationsTab"])))
    assert "过期" in tab
    assert "双师型（中级）" in text(office.get(reverse("staff.qualification.list")))
    assert office.get(reverse("staff.qualification.detail", args=[held.uid])).status_code == 200
    assert office.get(reverse("staff.qualification.edit", args=[held.uid])).status_code == 200


def test_an_account_is_opened_from_the_page(school, office):
    row = a_teacher("周老师")
    done = office.post(reverse("staff.staffmember.detail.deed.give_account", args=[row.uid]), {"confirmed": "1"})
    assert row.staff_no in text(done)
    row.refresh_from_db()
    assert row.user.account == row.staff_no


def test_who_sees_which_colleagues(school, make_user, client_of):
    here, there = a_teacher("周老师", with_account=True), a_teacher("吴老师")
    head = client_of(make_user("department_head", unit=here.department.unit))
    page = text(head.get(reverse(LIST)))
    assert "周老师" in page
    assert "吴老师" not in page
    assert head.get(reverse("staff.staffmember.detail", args=[there.uid])).status_code == 404
    assert client_of(make_user("student")).get(reverse(LIST)).status_code == 403
    assert not StaffMember.objects.all().visible_to(make_user("guardian"), "view")
    assert not StaffMember.objects.all().visible_to(make_user("system_admin"), "view")


@pytest.mark.parametrize("name", [LIST, "staff.qualification.list"])
def test_lists_cost_the_same_for_one_row_and_five(school, office, name):
    def make():
        facts = {"staff": a_teacher(), "kind": "teacher", "name": "教师资格", "issued_date": date(2020, 1, 1)}
        actions.add_qualification(facts, by=None, at=NOW)

    make()
    office.get(reverse(name))
    counts = []
    for rows in (0, 4):
        for _ in range(rows):
            make()
        with CaptureQueriesContext(connection) as queries:
            assert office.get(reverse(name)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
