"""Whatever people find or hear goes on the one book, once, and from there to closure."""

import io
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.factories.clock import NOW
from zhixing.domains.inspections import actions
from zhixing.domains.inspections.models import AppraisalItem, Complaint, PublicAppraisal, SiteInspection
from zhixing.kernel.checks.models import Finding, Source
from zhixing.kernel.files.store import files_of
from zhixing.kernel.people.models import Unit

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def cast(school, make_user):
    unit = Unit.objects.create(name="总务科", kind="department")
    head = make_user("department_head", unit=unit)
    unit.head = head
    unit.save(update_fields=["head"])
    return {"unit": unit, "director": make_user("office_director"), "head": head}


def an_inspection(cast, **more):
    facts = {"title": "消防检查", "on": TODAY, "unit": cast["unit"], "leader": cast["director"], **more}
    return actions.add_inspection(facts, by=cast["director"], at=NOW)


def raised(cast, row, title="灭火器过期", **more):
    facts = {"title": title, "message": "三楼 2 具", "severity": "error", **more}
    return actions.raise_from(row, **facts, by=cast["director"], at=timezone.now())


def test_each_source_says_where_the_finding_came_from(cast):
    director, unit = cast["director"], cast["unit"]
    complaint = actions.add_complaint(
        {"received_on": TODAY, "channel": "phone", "title": "食堂卫生", "content": "菜里有异物", "unit": unit,
         "complainant": "王五", "contact": "13800001111"}, by=director, at=NOW,
    )  # fmt: skip
    notice = actions.add_notice(
        {"organ": "市教育局", "title": "安全检查整改通知", "received_on": TODAY, "unit": unit}, by=director, at=NOW
    )
    found = [raised(cast, row) for row in (an_inspection(cast), complaint, notice)]
    assert [f.source for f in found] == [Source.SITE_INSPECTION, Source.COMPLAINT, Source.NOTICE]
    assert {f.unit for f in found} == {unit}
    assert Finding.objects.count() == 3
    complaint.refresh_from_db()
    assert complaint.state == "handling"


def test_the_same_fault_of_the_same_visit_is_one_finding(cast):
    visit = an_inspection(cast)
    assert raised(cast, visit).pk == raised(cast, visit, message="又看了一遍").pk
    assert raised(cast, visit, title="应急灯不亮").pk != raised(cast, visit).pk


def test_a_fault_nobody_could_mend_is_refused(cast):
    visit = an_inspection(cast, unit=None)
    with pytest.raises(ValidationError, match="责任部门"):
        raised(cast, visit)
    assert not Finding.objects.exists()
    assert raised(cast, visit, unit=cast["unit"]).unit == cast["unit"]


def test_the_photo_is_filed_under_the_finding_and_a_bad_one_writes_nothing(cast):
    photo = io.BytesIO(b"%PDF-1.7 x")
    photo.name = "现场.pdf"
    assert files_of(raised(cast, an_inspection(cast), photo=photo)).get().purpose == "整改前"
    bad = io.BytesIO(b"MZ\x90")
    bad.name = "现场.exe"
    with pytest.raises(ValidationError, match="不支持"):
        raised(cast, an_inspection(cast, title="二次检查"), title="另一处", photo=bad)
    assert Finding.objects.count() == 1


def test_days_to_come_and_deadlines_before_receipt_are_refused(cast):
    with pytest.raises(ValidationError) as refused:
        an_inspection(cast, on=TODAY + timedelta(days=1))
    assert refused.value.message_dict == {"on": ["日期不能晚于今天。"]}
    with pytest.raises(ValidationError, match="期限不能早于收到日期"):
        actions.add_notice(
            {"organ": "市局", "title": "通知", "received_on": TODAY, "due_date": TODAY - timedelta(days=1)},
            by=cast["director"], at=NOW,
        )  # fmt: skip


def an_appraisal(cast, **more):
    facts = {"title": "学期满意度", "audience": "students", "on": TODAY, "issued_count": 100, "returned_count": 90,
             "valid_count": 80, **more}  # fmt: skip
    return actions.add_appraisal(facts, by=cast["director"], at=NOW)


def test_satisfaction_is_reckoned_from_the_sheets(cast):
    appraisal = an_appraisal(cast)
    item = actions.add_appraisal_item(
        appraisal,
        question="食堂",
        satisfied_count=40,
        fair_count=20,
        dissatisfied_count=15,
        by=cast["director"],
        at=NOW,
    )
    assert (item.answer_count, item.rate) == (75, 80.0)
    with pytest.raises(ValidationError, match="超过有效份数 80"):
        actions.add_appraisal_item(appraisal, question="宿舍", satisfied_count=81, by=cast["director"], at=NOW)
    assert AppraisalItem.objects.count() == 1
    with pytest.raises(ValidationError, match="有效 ≤ 收回 ≤ 发放"):
        an_appraisal(cast, valid_count=95)
    assert PublicAppraisal.objects.count() == 1


def test_pages_serve_those_who_may_and_nobody_else(cast, make_user, client_of):
    director = client_of(cast["director"])
    facts = {"kind": "site", "title": "消防检查", "on": timezone.localdate().isoformat(), "unit": str(cast["unit"].uid),
             "leader": str(cast["director"].uid), "place": "实训楼"}  # fmt: skip
    assert director.post("/inspections/siteinspection/add/", facts).status_code == 302
    visit = SiteInspection.objects.get()
    asked = {"confirmed": "1", "title": "灭火器过期", "message": "三楼 2 具", "severity": "error"}
    answered = director.post(f"/inspections/siteinspection/{visit.uid}/deed/raise/", asked)
    assert "已登记问题" in answered.content.decode()
    assert "灭火器过期" in director.get("/checks/finding/").content.decode()
    teacher = client_of(make_user("teacher"))
    assert teacher.get(f"/inspections/siteinspection/{visit.uid}/").status_code in (403, 404)


def test_who_complained_is_masked_and_an_answer_needs_words(cast, client_of):
    director = client_of(cast["director"])
    facts = {"received_on": TODAY, "channel": "visit", "title": "收费不清", "content": "书本费没有票据",
             "complainant": "王五六", "contact": "13800001111", "unit": cast["unit"]}  # fmt: skip
    row = actions.add_complaint(facts, by=cast["director"], at=NOW)
    shown = director.get(f"/inspections/complaint/{row.uid}/").content.decode()
    assert "书本费没有票据" in shown
    assert "王五六" not in shown
    assert "13800001111" not in shown
    with pytest.raises(ValidationError, match="不少于 5 个字"):
        actions.answer_complaint(row, answer="好", by=cast["director"], at=NOW)
    actions.answer_complaint(row, answer="已补开票据并向家长说明。", by=cast["director"], at=NOW)
    assert Complaint.objects.get().state == "answered"
